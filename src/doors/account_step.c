#include "doors/account_step.h"

#include <ctype.h>
#include <openssl/sha.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/random.h"
#include "chat/role.h"
#include "doors/device.h"
#include "doors/json_text.h"
#include "serve/session_cookie.h"

const struct web_error account_bad_credentials = {"bad_credentials", "name or password is wrong",
                                                  0};
const struct web_error account_bad_token = {"bad_token", "this link is unknown, used up or too old",
                                            0};
const struct web_error account_sign_up_closed = {
    "signup_closed", "only whoever is invited can make an account here", 0};
static const struct web_error code_needed = {"code_needed",
                                             "a code is needed, one that was not used before", 0};
static const struct web_error weak_password = {"weak_password",
                                               "a password has 8 to 128 characters", 0};

/* ---- the state ---- */

void account_begin(struct rest_call *call)
{
    call->state = mem_zalloc(sizeof(struct account));
}

static void wipe(json_t *json, const char *field)
{
    json_t *value = json_object_get(json, field);
    /* Overwritten, since jansson gives the memory back as it is. */
    if (json_is_string(value))
        explicit_bzero((void *)(uintptr_t)json_string_value(value), json_string_length(value));
}

void account_release(struct rest_call *call)
{
    struct account *account = account_of(call);
    wipe(call->json, "password");
    wipe(call->json, "new_password");
    if (!account)
        return;
    act_free(account->act);
    buffer_release(&account->json);
    explicit_bzero(account, sizeof(*account));
    mem_free(account);
    call->state = NULL;
}

/* ---- what the request says ---- */

bool account_field(struct rest_call *call, const char *field, struct slice *ret_value)
{
    *ret_value = rest_string(call, field);
    if (ret_value->ptr)
        return true;
    char detail[80];
    snprintf(detail, sizeof(detail), "%s has to be a string", field);
    rest_refuse_with(call, "bad_request", detail);
    return false;
}

bool account_new_password(struct rest_call *call, const char *field, struct slice *ret_password)
{
    if (!account_field(call, field, ret_password))
        return false;
    if (password_check(*ret_password) == OK)
        return true;
    rest_refuse(call, &weak_password);
    return false;
}

bool account_may_try(struct rest_call *call, const struct name *folded)
{
    return rest_take(call, RATE_SIGN_IN,
                     rate_key_of_address_and_name(&call->address, name_slice(folded))) &&
           rest_take(call, RATE_SIGN_IN_HERE, rate_key_of_address(&call->address));
}

bool account_may_try_self(struct rest_call *call, uint64_t person)
{
    return rest_take(call, RATE_SIGN_IN, rate_key_of_person(person));
}

bool account_token_hash(const struct rest_call *call, const char *field,
                        uint8_t ret_hash[TOKEN_HASH_BYTES])
{
    struct slice token = rest_string(call, field);
    if (!token.ptr || !guest_token_is_valid(token))
        return false;
    guest_token_hash((const char *)token.ptr, ret_hash);
    return true;
}

/* ---- questions ---- */

void account_ask(struct rest_call *call, const struct name *folded, uint64_t person)
{
    struct store_read *read = mem_zalloc(sizeof(*read));
    read->kind = READ_ACCOUNT;
    if (folded)
        read->after = *folded;
    read->id = person;
    if (hub_ask(&call->speaker.client, read) != OK)
        rest_refuse(call, &web_error_busy);
}

bool account_take_record(struct rest_call *call, const struct store_read *read)
{
    struct account *account = account_of(call);
    if (read->result == OK)
        account->record = read->account;
    if (read->result == OK || read->result == ERR_NOT_FOUND)
        return true;
    rest_refuse(call, &web_error_busy);
    return false;
}

/* ---- the hasher ---- */

static void submit(struct rest_call *call, struct hash_job *job,
                   void (*hashed)(struct rest_call *call, struct hash_job *job))
{
    const struct account_terms *terms = account_terms_of(call);
    job->letter.kind = terms->letter_kind;
    job->answer_to = terms->mailbox;
    job->owner = call;
    account_of(call)->hashed = hashed;
    rest_hold(call);
    if (hasher_submit(terms->hasher, job) == OK)
        return;
    rest_unhold(call);
    metrics_add(call->rest->metrics, METRIC_REFUSED_PASSWORDS, 1);
    rest_refuse(call, &(struct web_error){"busy", "too many passwords wait to be computed",
                                          hasher_wait_ms(terms->hasher)});
}

void account_verify(struct rest_call *call, struct slice password,
                    void (*hashed)(struct rest_call *call, struct hash_job *job))
{
    struct hash_job *job = hash_job_new(HASH_VERIFY, password);
    memcpy(job->secret, account_of(call)->record.secret,
           strnlen(account_of(call)->record.secret, sizeof(job->secret) - 1));
    submit(call, job, hashed);
}

void account_make(struct rest_call *call, struct slice password,
                  void (*hashed)(struct rest_call *call, struct hash_job *job))
{
    submit(call, hash_job_new(HASH_MAKE, password), hashed);
}

void account_hashed(struct hash_job *job)
{
    struct rest_call *call = job->owner;
    rest_unhold(call);
    if (!call->ended)
        account_of(call)->hashed(call, job);
    hash_job_free(job);
}

bool account_job_is_good(struct rest_call *call, const struct hash_job *job)
{
    if (job->result == ERR_DENIED)
        rest_refuse(call, &account_bad_credentials);
    else if (job->result != OK)
        rest_refuse(call, &web_error_busy);
    return job->result == OK;
}

/* ---- acts ---- */

void account_act(struct rest_call *call)
{
    struct act *act = account_of(call)->act;
    account_of(call)->act = NULL;
    int result = hub_act(&call->speaker.client, act, SLICE_LITERAL("act"));
    if (result != OK) {
        struct web_error error = web_error_of_call(result);
        rest_refuse(call, &error);
    }
}

void account_act_with_session(struct rest_call *call)
{
    struct account *account = account_of(call);
    struct slice user_agent =
        call->user_agent ? slice_of_string(call->user_agent) : slice_of(NULL, 0);
    guest_token_make(account->token);
    guest_token_hash(account->token, account->act->hash);
    device_of_user_agent(user_agent, account->act->device);
    account_act(call);
}

static bool is_good(struct rest_call *call, const struct event *event)
{
    if (event->result == OK)
        return true;
    struct web_error error = web_error_of_answer(event);
    rest_refuse(call, &error);
    return false;
}

void account_answered(struct rest_call *call, const struct event *event)
{
    struct buffer json = {0};
    if (is_good(call, event))
        rest_reply(call, &json, NULL);
}

void account_write_person(struct buffer *out, const struct event *event)
{
    json_append_id(out, "id", event->person);
    buffer_append_string(out, ",\"name\":");
    json_append_string(out, name_slice(&event->name), JSON_PLAIN);
    buffer_printf(out, ",\"role\":\"%s\"", role_name(event->role));
}

/* A browser's script never sees the token; whoever is no browser asks for it, and gets no cookie. */
static void log_session(const struct rest_call *call, const struct event *event)
{
    char address[ADDRESS_WORD_BYTES];
    address_write(&call->address, address);
    log_event(LOG_INFO, "accounts",
              event->act->kind == ACT_SIGN_UP   ? "an account was made"
              : event->act->kind == ACT_SIGN_IN ? "signed in"
                                                : "a new password was set by a link",
              LOG_ID("person", event->person), LOG_TEXT("address", address),
              LOG_NUMBER("session", event->session));
}

void account_answered_with_session(struct rest_call *call, const struct event *event)
{
    struct buffer json = {0}, headers = {0};
    const struct account_terms *terms = account_terms_of(call);
    const struct account *account = account_of(call);
    bool wants_token = json_is_true(json_object_get(call->json, "token"));
    if (!is_good(call, event))
        return;
    log_session(call, event);
    buffer_append_string(&json, "{\"you\":{");
    account_write_person(&json, event);
    buffer_append_string(&json, "}");
    if (event->session != 0) {
        buffer_printf(&json, ",\"session\":\"%llu\"", (unsigned long long)event->session);
        if (wants_token)
            buffer_printf(&json, ",\"token\":\"%s\"", account->token);
        else
            session_cookie_write(terms->policy, account->token, terms->session_s, &headers);
    }
    buffer_append_string(&json, "}");
    buffer_append_byte(&headers, '\0');
    rest_reply(call, &json, (const char *)headers.ptr);
    explicit_bzero(headers.ptr, headers.len);
    buffer_release(&headers);
}

void account_reply_signed_out(struct rest_call *call)
{
    struct buffer json = {0}, headers = {0};
    session_cookie_write(account_terms_of(call)->policy, "", 0, &headers);
    buffer_append_byte(&headers, '\0');
    rest_reply(call, &json, (const char *)headers.ptr);
    buffer_release(&headers);
}

/* ---- the second factor ---- */

/* What people type, without what they put between the digits. Returns its length; 0: it is too long. */
static size_t pack_code(struct slice typed, char ret_code[RECOVERY_DIGITS + 1])
{
    size_t len = 0;
    for (size_t i = 0; i < typed.len; i++) {
        if (typed.ptr[i] == ' ' || typed.ptr[i] == '-')
            continue;
        if (len == RECOVERY_DIGITS)
            return 0;
        ret_code[len++] = (char)toupper(typed.ptr[i]);
    }
    ret_code[len] = '\0';
    return len;
}

static void hash_recovery(const uint8_t bytes[RECOVERY_BYTES], uint8_t ret_hash[ACT_HASH_BYTES])
{
    SHA256(bytes, RECOVERY_BYTES, ret_hash);
}

static bool take_factor(const struct account_record *record, struct slice typed, struct act *act)
{
    char code[RECOVERY_DIGITS + 1];
    uint8_t bytes[RECOVERY_BYTES];
    size_t len = pack_code(typed, code);
    act->totp_given = true;
    if (len == TOTP_DIGITS)
        return totp_check(record->totp, slice_of(code, len), clock_wall_ms(), record->totp_step,
                          &act->code_step) == OK;
    act->has_recovery = len > 0 && base32_read(code, len, bytes, sizeof(bytes)) == OK;
    if (act->has_recovery)
        hash_recovery(bytes, act->recovery);
    return act->has_recovery;
}

bool account_check_factor(struct rest_call *call, struct act *act)
{
    const struct account_record *record = &account_of(call)->record;
    struct slice typed = rest_string(call, "code");
    if (!record->has_totp)
        return true;
    if (typed.ptr && typed.len > 0) {
        /* Whoever knows the password can guess at codes no faster than this, from however many addresses. */
        if (!account_may_try_self(call, record->person))
            return false;
        if (take_factor(record, typed, act))
            return true;
    }
    rest_refuse(call, &code_needed);
    return false;
}

void account_make_codes(char ret_codes[ACT_CODES][RECOVERY_TEXT + 1],
                        uint8_t ret_hashes[ACT_CODES][ACT_HASH_BYTES])
{
    for (unsigned i = 0; i < ACT_CODES; i++) {
        uint8_t bytes[RECOVERY_BYTES];
        char digits[RECOVERY_DIGITS + 1];
        char *at = ret_codes[i];
        random_bytes(bytes, sizeof(bytes));
        hash_recovery(bytes, ret_hashes[i]);
        base32_write(bytes, sizeof(bytes), digits);
        for (unsigned j = 0; j < RECOVERY_DIGITS; j++) {
            if (j > 0 && j % RECOVERY_GROUP == 0)
                *at++ = '-';
            *at++ = (char)tolower(digits[j]);
        }
        *at = '\0';
    }
}
