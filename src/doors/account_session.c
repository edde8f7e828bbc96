/*
 * How a session begins and ends: signing up, signing in, a new password by a link; and what a link leads to.
 */

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "chat/role.h"
#include "doors/account_step.h"
#include "doors/json_text.h"

/* The name that an account shall have, or is said to have. */
static bool take_name(struct rest_call *call, struct name *ret_name)
{
    struct slice typed;
    if (!account_field(call, "name", &typed))
        return false;
    if (name_make(typed, ret_name) == OK)
        return true;
    rest_refuse_with(call, "bad_request",
                     "a name has 1 to 40 characters in one line, and none that is invisible");
    return false;
}

static void ask_for_link(struct rest_call *call, const uint8_t token[TOKEN_HASH_BYTES])
{
    struct store_read *read = mem_zalloc(sizeof(*read));
    read->kind = READ_LINK;
    memcpy(read->token, token, sizeof(read->token));
    if (hub_ask(&call->speaker.client, read) != OK)
        rest_refuse(call, &web_error_busy);
}

/* What the link leads to. False: there was no answer, and that was said. */
static bool take_link(struct rest_call *call, const struct store_read *read, uint8_t *ret_kind)
{
    if (read->result != OK && read->result != ERR_NOT_FOUND) {
        rest_refuse(call, &web_error_busy);
        return false;
    }
    *ret_kind = read->result == OK ? read->link.kind : LINK_NONE;
    return true;
}

/* ---- signing up ---- */

static void sign_up_hashed(struct rest_call *call, struct hash_job *job)
{
    struct act *act = account_of(call)->act;
    if (!account_job_is_good(call, job))
        return;
    memcpy(act->secret, job->secret, sizeof(job->secret));
    account_act_with_session(call);
}

static void make_account(struct rest_call *call)
{
    if (rest_take(call, RATE_SIGN_UP, rate_key_of_address(&call->address)))
        account_make(call, rest_string(call, "password"), sign_up_hashed);
}

static void sign_up_looked(struct rest_call *call, const struct store_read *read)
{
    uint8_t kind;
    if (!take_link(call, read, &kind))
        return;
    if (kind != LINK_INVITE && kind != LINK_OWNER)
        rest_refuse(call, &account_bad_token);
    else if (kind == LINK_INVITE && account_terms_of(call)->sign_up == SIGN_UP_CLOSED)
        rest_refuse(call, &account_sign_up_closed);
    else
        make_account(call);
}

static bool take_display(struct rest_call *call, struct act *act)
{
    struct slice typed = rest_string(call, "display");
    if (!typed.ptr || typed.len == 0 || name_make(typed, &act->display) == OK)
        return true;
    rest_refuse_with(call, "bad_request", "display is no name");
    return false;
}

static void begin_sign_up(struct rest_call *call, const struct event *hello)
{
    struct slice password;
    account_begin(call);
    struct act *act = account_of(call)->act = act_new(ACT_SIGN_UP);
    if (hello && hello->role != ROLE_GUEST) {
        rest_refuse_with(call, "forbidden", "you have an account: sign out first");
        return;
    }
    if (!take_name(call, &act->name) || !take_display(call, act) ||
        !account_new_password(call, "password", &password))
        return;
    /* A link is looked at before anything is computed: guessing at links is not to cost us hashes. */
    if (rest_string(call, "invite").ptr) {
        act->has_token = account_token_hash(call, "invite", act->token);
        if (act->has_token)
            ask_for_link(call, act->token);
        else
            rest_refuse(call, &account_bad_token);
    } else if (account_terms_of(call)->sign_up == SIGN_UP_OPEN) {
        make_account(call);
    } else {
        rest_refuse(call, &account_sign_up_closed);
    }
}

const struct rest_route account_sign_up_route = {
    .who = REST_ANYBODY,
    .body = REST_BODY_JSON,
    .status = 201,
    .begin = begin_sign_up,
    .on_read = sign_up_looked,
    .on_answer = account_answered_with_session,
    .release = account_release,
};

/* ---- signing in ---- */

static void sign_in_hashed(struct rest_call *call, struct hash_job *job)
{
    struct account *account = account_of(call);
    if (!account_job_is_good(call, job))
        return;
    account->act = act_new(ACT_SIGN_IN);
    if (!account_check_factor(call, account->act))
        return;
    account->act->person = account->record.person;
    account->act->number = act_secret_digest(account->record.secret);
    memcpy(account->act->secret, job->renewed, sizeof(job->renewed));
    account_act_with_session(call);
}

/* Whether there is such an account or not: the same is done, and takes the same time. */
static void sign_in_read(struct rest_call *call, const struct store_read *read)
{
    if (account_take_record(call, read))
        account_verify(call, rest_string(call, "password"), sign_in_hashed);
}

static void begin_sign_in(struct rest_call *call, const struct event *hello)
{
    (void)hello;
    struct slice typed, password;
    struct name name, folded;
    account_begin(call);
    if (!account_field(call, "name", &typed) || !account_field(call, "password", &password))
        return;
    /* What can be nobody's name or password is told from a wrong one by nobody but us. */
    if (name_make(typed, &name) != OK || password_check(password) != OK) {
        rest_refuse(call, &account_bad_credentials);
        return;
    }
    name_fold(&name, &folded);
    if (account_may_try(call, &folded))
        account_ask(call, &folded, 0);
}

const struct rest_route account_sign_in_route = {
    .who = REST_STRANGER,
    .body = REST_BODY_JSON,
    .begin = begin_sign_in,
    .on_read = sign_in_read,
    .on_answer = account_answered_with_session,
    .release = account_release,
};

/* ---- signing out ---- */

static void begin_sign_out(struct rest_call *call, const struct event *hello)
{
    account_begin(call);
    if (!hello) {
        account_reply_signed_out(call);
        return;
    }
    account_of(call)->act = act_new(ACT_SIGN_OUT);
    account_act(call);
}

static void signed_out(struct rest_call *call, const struct event *event)
{
    if (event->result == OK)
        account_reply_signed_out(call);
    else
        account_answered(call, event);
}

const struct rest_route account_sign_out_route = {
    .who = REST_ANYBODY,
    .body = REST_BODY_OPTIONAL,
    .begin = begin_sign_out,
    .on_answer = signed_out,
    .release = account_release,
};

/* ---- links ---- */

static void reply_look(struct rest_call *call, const struct link_record *link)
{
    static const char *const modes[] = {
        [SIGN_UP_INVITE] = "invite", [SIGN_UP_OPEN] = "open", [SIGN_UP_CLOSED] = "closed"};
    const struct account_terms *terms = account_terms_of(call);
    struct buffer json = {0};
    const char *kind = "none";
    if (link)
        kind = link->kind == LINK_RESET ? "reset" : link->kind == LINK_OWNER ? "owner" : "invite";
    buffer_printf(&json, "{\"kind\":\"%s\",\"signup\":\"%s\",\"guests\":%s", kind,
                  modes[terms->sign_up], terms->guests ? "true" : "false");
    buffer_append_string(&json, ",\"server_name\":");
    json_append_string(&json, name_slice(&terms->server_name), JSON_PLAIN);
    if (link && link->by.len > 0) {
        buffer_append_string(&json, ",\"by\":");
        json_append_string(&json, name_slice(&link->by), JSON_PLAIN);
    }
    if (link && link->name.len > 0) {
        buffer_append_string(&json, ",\"name\":");
        json_append_string(&json, name_slice(&link->name), JSON_PLAIN);
    }
    if (link && link->invite.until_ms > 0)
        buffer_printf(&json, ",\"until\":%llu", (unsigned long long)link->invite.until_ms);
    buffer_append_string(&json, "}");
    rest_reply(call, &json, NULL);
}

static void looked(struct rest_call *call, const struct store_read *read)
{
    uint8_t kind;
    if (!take_link(call, read, &kind))
        return;
    if (kind == LINK_INVITE || kind == LINK_RESET || kind == LINK_OWNER)
        reply_look(call, &read->link);
    else
        rest_refuse(call, &account_bad_token);
}

static void begin_look(struct rest_call *call, const struct event *hello)
{
    (void)hello;
    uint8_t token[TOKEN_HASH_BYTES];
    account_begin(call);
    if (!json_object_get(call->json, "token"))
        reply_look(call, NULL);
    else if (account_token_hash(call, "token", token))
        ask_for_link(call, token);
    else
        rest_refuse(call, &account_bad_token);
}

const struct rest_route account_look_route = {
    .who = REST_STRANGER,
    .body = REST_BODY_JSON,
    .begin = begin_look,
    .on_read = looked,
    .release = account_release,
};

/* ---- a new password by a link ---- */

static void reset_hashed(struct rest_call *call, struct hash_job *job)
{
    struct account *account = account_of(call);
    if (!account_job_is_good(call, job))
        return;
    memcpy(account->act->secret, job->secret, sizeof(job->secret));
    account_act_with_session(call);
}

static void reset_looked(struct rest_call *call, const struct store_read *read)
{
    uint8_t kind;
    if (!take_link(call, read, &kind))
        return;
    if (kind == LINK_RESET)
        account_make(call, rest_string(call, "password"), reset_hashed);
    else
        rest_refuse(call, &account_bad_token);
}

static void begin_reset(struct rest_call *call, const struct event *hello)
{
    (void)hello;
    struct slice password;
    account_begin(call);
    struct act *act = account_of(call)->act = act_new(ACT_RESET_USE);
    if (!account_new_password(call, "password", &password))
        return;
    act->has_token = account_token_hash(call, "token", act->token);
    if (act->has_token)
        ask_for_link(call, act->token);
    else
        rest_refuse(call, &account_bad_token);
}

const struct rest_route account_reset_route = {
    .who = REST_STRANGER,
    .body = REST_BODY_JSON,
    .begin = begin_reset,
    .on_read = reset_looked,
    .on_answer = account_answered_with_session,
    .release = account_release,
};

/* ---- the owner's link, for whoever sits at the console ---- */

static void begin_owner_link(struct rest_call *call, const struct event *hello)
{
    (void)hello;
    account_begin(call);
    struct account *account = account_of(call);
    struct act *act = account->act = act_new(ACT_OWNER_LINK);
    guest_token_make(account->token);
    guest_token_hash(account->token, act->token);
    act->has_token = true;
    act->until_ms = clock_wall_ms() + OWNER_LINK_MS;
    account_act(call);
}

static void owner_link_made(struct rest_call *call, const struct event *event)
{
    struct buffer json = {0};
    if (event->result == ERR_EXISTS) {
        rest_refuse_with(call, "too_many", "there is an owner already");
    } else if (event->result != OK) {
        account_answered(call, event);
    } else {
        buffer_append_string(&json, "{\"link\":");
        struct buffer link = {0};
        buffer_printf(&link, "%s/join#%s", call->rest->public_url, account_of(call)->token);
        json_append_string(&json, buffer_slice(&link), JSON_PLAIN);
        buffer_release(&link);
        buffer_printf(&json, ",\"until\":%llu}", (unsigned long long)event->act->until_ms);
        rest_reply(call, &json, NULL);
    }
}

const struct rest_route account_owner_link_route = {
    .who = REST_PERSON,
    .body = REST_BODY_OPTIONAL,
    .status = 201,
    .begin = begin_owner_link,
    .on_answer = owner_link_made,
    .release = account_release,
};
