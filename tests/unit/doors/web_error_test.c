#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <string.h>

#include "base/error.h"
#include "chat/act.h"
#include "chat/refusal.h"
#include "doors/web_error.h"

/* The table in doors/web_error.h. */

static void assert_error(struct web_error error, const char *code, uint32_t retry_ms)
{
    assert_string_equal(error.code, code);
    assert_int_equal(error.retry_ms, retry_ms);
    assert_true(strlen(error.message) > 0);
    /* It is put between quotes as it is. */
    assert_null(strpbrk(error.message, "\"\\\n"));
}

static void of_calls(void **state)
{
    (void)state;
    assert_error(web_error_of_call(ERR_NOT_FOUND), "no_room", 0);
    assert_error(web_error_of_call(ERR_DENIED), "forbidden", 0);
    assert_error(web_error_of_call(ERR_PROTOCOL), "hello_first", 0);
    assert_error(web_error_of_call(ERR_BUSY), "busy", 1000);
    assert_error(web_error_of_call(ERR_INTERNAL), "busy", 1000);
}

static struct web_error answer(enum event_kind kind, uint64_t reply_to, int result)
{
    struct event event = {.kind = (uint8_t)kind, .reply_to = reply_to, .result = result};
    return web_error_of_answer(&event);
}

static void of_answers_whatever_was_asked(void **state)
{
    static const enum event_kind kinds[] = {EVENT_MESSAGE, EVENT_EDIT, EVENT_CREATED, EVENT_JOINED,
                                            EVENT_RENAME,  EVENT_READ, EVENT_HELLO};
    (void)state;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        assert_error(answer(kinds[i], 0, ERR_EXISTS), "cid_reuse", 0);
        assert_error(answer(kinds[i], 0, ERR_LIMIT), "too_many", 0);
        assert_error(answer(kinds[i], 0, ERR_BUSY), "disk_full", 5000);
        assert_error(answer(kinds[i], 0, ERR_INTERNAL), "busy", 1000);
        assert_error(answer(kinds[i], 0, ERR_IO), "busy", 1000);
        assert_error(answer(kinds[i], 0, ERR_DENIED),
                     kinds[i] == EVENT_HELLO ? "guests_off" : "forbidden", 0);
        assert_error(answer(kinds[i], 0, ERR_AGAIN),
                     kinds[i] == EVENT_CREATED ? "name_taken" : "busy",
                     kinds[i] == EVENT_CREATED ? 0 : 1000);
    }
}

static void what_was_not_found(void **state)
{
    static const enum event_kind with_target[] = {EVENT_EDIT,    EVENT_DELETE, EVENT_REACT,
                                                  EVENT_UNREACT, EVENT_PIN,    EVENT_UNPIN};
    static const enum event_kind others[] = {EVENT_MESSAGE, EVENT_TOPIC, EVENT_JOINED, EVENT_LEFT,
                                             EVENT_READ,    EVENT_WHO,   EVENT_TYPING};
    (void)state;
    for (size_t i = 0; i < sizeof(with_target) / sizeof(with_target[0]); i++)
        assert_error(answer(with_target[i], 0, ERR_NOT_FOUND), "no_message", 0);
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        assert_error(answer(others[i], 0, ERR_NOT_FOUND), "no_room", 0);
    assert_error(answer(EVENT_MESSAGE, 17, ERR_NOT_FOUND), "no_message", 0);
}

static void every_refusal_has_a_name(void **state)
{
    static const char *const codes[REFUSED_END] = {
        [REFUSED_MUTED] = "muted",           [REFUSED_BANNED] = "banned",
        [REFUSED_SLOW_MODE] = "slow_mode",   [REFUSED_BRAKE] = "members_only",
        [REFUSED_ARCHIVED] = "archived",     [REFUSED_GUEST] = "needs_account",
        [REFUSED_LAST_OWNER] = "last_owner", [REFUSED_NO_PERSON] = "no_person",
        [REFUSED_NO_FILE] = "no_file",       [REFUSED_NO_THING] = "not_found",
        [REFUSED_NAME_TAKEN] = "name_taken", [REFUSED_TOKEN] = "bad_token",
        [REFUSED_SIGN_UP] = "signup_closed", [REFUSED_SIGN_IN] = "bad_credentials",
        [REFUSED_CODE] = "code_needed",      [REFUSED_MEMORY] = "no_accounts",
        [REFUSED_QUOTA] = "quota",           [REFUSED_NEEDS_ROOM] = "needs_people",
        [REFUSED_EMPTY] = "empty",           [REFUSED_KICKED] = "kicked",
        [REFUSED_RATE] = "rate_limited",
    };
    (void)state;
    for (unsigned refusal = REFUSED_PLAIN + 1; refusal < REFUSED_END; refusal++) {
        struct event event = {
            .kind = EVENT_ACT, .result = ERR_DENIED, .refusal = (uint8_t)refusal, .retry_ms = 70};
        if (!codes[refusal])
            fail_msg("refusal %u has no name here", refusal);
        assert_error(web_error_of_answer(&event), codes[refusal], 70);
        event.kind = EVENT_HELLO;
        event.result = ERR_NOT_FOUND;
        event.retry_ms = 0;
        assert_error(web_error_of_answer(&event), codes[refusal], 0);
    }
}

static void of_acts(void **state)
{
    struct act act = {.kind = ACT_BAN_END};
    struct event event = {.kind = EVENT_ACT, .act = &act, .result = ERR_NOT_FOUND};
    (void)state;
    assert_error(web_error_of_answer(&event), "not_found", 0);
    act.kind = ACT_REPORT;
    assert_error(web_error_of_answer(&event), "no_message", 0);
    event.no_room = true;
    assert_error(web_error_of_answer(&event), "no_room", 0);
    event.result = ERR_EXISTS;
    assert_error(web_error_of_answer(&event), "exists", 0);
    event.result = ERR_PROTOCOL;
    assert_error(web_error_of_answer(&event), "bad_request", 0);
    event.result = ERR_DENIED;
    assert_error(web_error_of_answer(&event), "forbidden", 0);
    event.result = ERR_LIMIT;
    assert_error(web_error_of_answer(&event), "too_many", 0);
    event.result = ERR_BUSY;
    assert_error(web_error_of_answer(&event), "disk_full", 5000);
    event.result = ERR_INTERNAL;
    assert_error(web_error_of_answer(&event), "busy", 1000);
}

static void of_pages_and_lists(void **state)
{
    struct store_read read = {.kind = READ_HISTORY, .result = ERR_NOT_FOUND};
    (void)state;
    assert_error(web_error_of_read(&read), "no_room", 0);
    read.result = ERR_DENIED;
    assert_error(web_error_of_read(&read), "forbidden", 0);
    read.result = ERR_AGAIN;
    assert_error(web_error_of_read(&read), "busy", 1000);
    read.result = ERR_IO;
    assert_error(web_error_of_read(&read), "busy", 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_calls),
        cmocka_unit_test(of_answers_whatever_was_asked),
        cmocka_unit_test(what_was_not_found),
        cmocka_unit_test(every_refusal_has_a_name),
        cmocka_unit_test(of_acts),
        cmocka_unit_test(of_pages_and_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
