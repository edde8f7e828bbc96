/*
 * What people do with their own account: who am I, the password, the second factor, leaving.
 */

#include "base/clock.h"
#include "base/error.h"
#include "base/random.h"
#include "chat/role.h"
#include "doors/account_step.h"
#include "doors/json_text.h"
#include "doors/web_field.h"

static uint64_t me(const struct rest_call *call)
{
    return call->speaker.client.person;
}

/* ---- who am I ---- */

/* Kept until the account was read, in the order in which it is replied. */
static void begin_me(struct rest_call *call, const struct event *hello)
{
    account_begin(call);
    struct buffer *json = &account_of(call)->json;
    buffer_append_byte(json, '{');
    account_write_person(json, hello);
    if (hello->display.len > 0) {
        buffer_append_string(json, ",\"display\":");
        json_append_string(json, name_slice(&hello->display), JSON_PLAIN);
    }
    if (hello->color != 0)
        buffer_printf(json, ",\"color\":\"#%06x\"", hello->color);
    if (hello->muted_ms > 0)
        buffer_printf(json, ",\"muted_until\":%llu", (unsigned long long)hello->muted_ms);
    if (hello->session != 0)
        buffer_printf(json, ",\"session\":\"%llu\"", (unsigned long long)hello->session);
    account_ask(call, NULL, hello->person);
}

static void me_read(struct rest_call *call, const struct store_read *read)
{
    struct account *account = account_of(call);
    if (!account_take_record(call, read))
        return;
    buffer_printf(&account->json, ",\"password\":%s,\"totp\":%s}",
                  account->record.secret[0] ? "true" : "false",
                  account->record.has_totp ? "true" : "false");
    rest_reply(call, &account->json, NULL);
}

const struct rest_route account_me_route = {
    .who = REST_PERSON,
    .begin = begin_me,
    .on_read = me_read,
    .release = account_release,
};

/* ---- name and profile: the commands of the web protocol ---- */

static void begin_profile(struct rest_call *call, const struct event *hello)
{
    (void)hello;
    bool name = json_object_get(call->json, "name") != NULL;
    bool profile = json_object_get(call->json, "display") || json_object_get(call->json, "color");
    if (name == profile) {
        rest_refuse_with(call, "bad_request", "either name, or display and color");
        return;
    }
    json_object_set_new(call->json, "op", json_string(name ? "rename" : "profile"));
    rest_run(call);
}

const struct rest_route account_profile_route = {
    .who = REST_PERSON,
    .body = REST_BODY_JSON,
    .begin = begin_profile,
};

/* ---- whatever takes one's password first ---- */

/* Begins with the password in the request; verified goes on. */
static void ask_for_own(struct rest_call *call)
{
    struct slice password;
    if (account_field(call, "password", &password) && account_may_try_self(call, me(call)))
        account_ask(call, NULL, me(call));
}

static void verify_own(struct rest_call *call, const struct store_read *read,
                       void (*verified)(struct rest_call *call, struct hash_job *job))
{
    if (!account_take_record(call, read))
        return;
    struct slice password = rest_string(call, "password");
    if (account_of(call)->record.secret[0] == '\0')
        rest_refuse_with(call, "needs_account", "guests and bots have no password");
    else if (password_check(password) != OK)
        rest_refuse(call, &account_bad_credentials);
    else
        account_verify(call, password, verified);
}

/* Notes which secret it was that was checked: another one may be set meanwhile. */
static bool is_verified(struct rest_call *call, const struct hash_job *job)
{
    struct account *account = account_of(call);
    if (!account_job_is_good(call, job))
        return false;
    account->act->number = act_secret_digest(account->record.secret);
    return true;
}

static void act_verified(struct rest_call *call, struct hash_job *job)
{
    if (is_verified(call, job))
        account_act(call);
}

static void verify_then_act(struct rest_call *call, const struct store_read *read)
{
    verify_own(call, read, act_verified);
}

/* ---- the password ---- */

static void password_made(struct rest_call *call, struct hash_job *job)
{
    if (!account_job_is_good(call, job))
        return;
    memcpy(account_of(call)->act->secret, job->secret, sizeof(job->secret));
    account_act(call);
}

static void old_password_verified(struct rest_call *call, struct hash_job *job)
{
    if (is_verified(call, job))
        account_make(call, rest_string(call, "new_password"), password_made);
}

static void password_read(struct rest_call *call, const struct store_read *read)
{
    verify_own(call, read, old_password_verified);
}

static void begin_password(struct rest_call *call, const struct event *hello)
{
    (void)hello;
    struct slice password;
    account_begin(call);
    account_of(call)->act = act_new(ACT_PASSWORD);
    if (account_new_password(call, "new_password", &password))
        ask_for_own(call);
}

const struct rest_route account_password_route = {
    .who = REST_PERSON,
    .body = REST_BODY_JSON,
    .begin = begin_password,
    .on_read = password_read,
    .on_answer = account_answered,
    .release = account_release,
};

/* ---- the second factor ---- */

/* The name under which an authenticator app lists the account: the host of this server. */
static struct slice issuer_of(const struct rest_call *call)
{
    struct slice url = slice_of_string(call->rest->public_url);
    const uint8_t *colon = url.len > 0 ? memmem(url.ptr, url.len, "://", 3) : NULL;
    if (!colon)
        return SLICE_LITERAL("Hubbub");
    const uint8_t *host = colon + 3;
    size_t len = url.len - (size_t)(host - url.ptr);
    const uint8_t *end = memchr(host, '/', len);
    return slice_of(host, end ? (size_t)(end - host) : len);
}

static void begin_totp(struct rest_call *call, const struct event *hello)
{
    account_begin(call);
    account_of(call)->name = hello->name;
    account_ask(call, NULL, me(call));
}

/* The secret is kept nowhere until a code has proved that the app has it: it comes back with that code. */
static void totp_read(struct rest_call *call, const struct store_read *read)
{
    struct account *account = account_of(call);
    struct buffer json = {0}, uri = {0};
    char secret[BASE32_LEN(TOTP_SECRET_BYTES) + 1];
    if (!account_take_record(call, read))
        return;
    if (account->record.secret[0] == '\0') {
        rest_refuse_with(call, "needs_account", "guests and bots have no password");
        return;
    }
    random_bytes(account->totp, sizeof(account->totp));
    base32_write(account->totp, sizeof(account->totp), secret);
    totp_uri(&uri, issuer_of(call), name_slice(&account->name), account->totp);
    buffer_printf(&json, "{\"secret\":\"%s\",\"uri\":", secret);
    json_append_string(&json, buffer_slice(&uri), JSON_PLAIN);
    buffer_append_byte(&json, '}');
    buffer_release(&uri);
    rest_reply(call, &json, NULL);
}

const struct rest_route account_totp_begin_route = {
    .who = REST_PERSON,
    .body = REST_BODY_OPTIONAL,
    .begin = begin_totp,
    .on_read = totp_read,
    .release = account_release,
};

static void begin_totp_on(struct rest_call *call, const struct event *hello)
{
    (void)hello;
    struct slice secret, code;
    account_begin(call);
    struct account *account = account_of(call);
    struct act *act = account->act = act_new(ACT_TOTP_ON);
    if (!account_field(call, "secret", &secret) || !account_field(call, "code", &code))
        return;
    if (base32_read((const char *)secret.ptr, secret.len, act->totp, sizeof(act->totp)) != OK) {
        rest_refuse_with(call, "bad_request", "secret is not what POST /me/totp has answered");
        return;
    }
    if (totp_check(act->totp, code, clock_wall_ms(), 0, &act->code_step) != OK) {
        rest_refuse_with(call, "code_needed", "that is not the code of this secret");
        return;
    }
    account_make_codes(account->codes, act->codes);
    ask_for_own(call);
}

static void totp_is_on(struct rest_call *call, const struct event *event)
{
    struct account *account = account_of(call);
    struct buffer json = {0};
    if (event->result == ERR_EXISTS) {
        rest_refuse_with(call, "too_many", "a second factor is on already: take it off first");
        return;
    }
    if (event->result != OK) {
        account_answered(call, event);
        return;
    }
    buffer_append_string(&json, "{\"codes\":[");
    for (unsigned i = 0; i < ACT_CODES; i++)
        buffer_printf(&json, "%s\"%s\"", i > 0 ? "," : "", account->codes[i]);
    buffer_append_string(&json, "]}");
    rest_reply(call, &json, NULL);
}

const struct rest_route account_totp_on_route = {
    .who = REST_PERSON,
    .body = REST_BODY_JSON,
    .begin = begin_totp_on,
    .on_read = verify_then_act,
    .on_answer = totp_is_on,
    .release = account_release,
};

static void begin_totp_off(struct rest_call *call, const struct event *hello)
{
    (void)hello;
    account_begin(call);
    account_of(call)->act = act_new(ACT_TOTP_OFF);
    ask_for_own(call);
}

const struct rest_route account_totp_off_route = {
    .who = REST_PERSON,
    .body = REST_BODY_JSON,
    .begin = begin_totp_off,
    .on_read = verify_then_act,
    .on_answer = account_answered,
    .release = account_release,
};

/* ---- leaving ---- */

static void begin_leave(struct rest_call *call, const struct event *hello)
{
    account_begin(call);
    account_of(call)->act = act_new(ACT_LEAVE);
    /* A guest has no password to be asked for. */
    if (hello->role == ROLE_GUEST)
        account_act(call);
    else
        ask_for_own(call);
}

static void left(struct rest_call *call, const struct event *event)
{
    if (event->result == OK)
        account_reply_signed_out(call);
    else
        account_answered(call, event);
}

const struct rest_route account_leave_route = {
    .who = REST_PERSON,
    .body = REST_BODY_OPTIONAL,
    .begin = begin_leave,
    .on_read = verify_then_act,
    .on_answer = left,
    .release = account_release,
};

/* ---- deleting somebody's account, at the console ---- */

static void begin_delete(struct rest_call *call, const struct event *hello)
{
    uint64_t person;
    (void)hello;
    account_begin(call);
    if (!call->console) {
        rest_refuse_with(call, "forbidden", "accounts of others are deleted at the console");
        return;
    }
    if (!web_person_of(rest_string(call, "person"), &person)) {
        rest_refuse_with(call, "no_person", "there is no such person");
        return;
    }
    account_of(call)->act = act_new(ACT_LEAVE);
    account_of(call)->act->person = person;
    account_act(call);
}

const struct rest_route account_delete_route = {
    .who = REST_PERSON,
    .params = "person",
    .begin = begin_delete,
    .on_answer = account_answered,
    .release = account_release,
};
