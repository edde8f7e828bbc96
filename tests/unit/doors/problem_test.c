#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <string.h>

#include "base/error.h"
#include "chat/refusal.h"
#include "doors/problem.h"

static void assert_written(const struct web_error *error, const char *body, const char *headers)
{
    struct buffer out = {0};
    problem_write(&out, error);
    if (!slice_is(buffer_slice(&out), body))
        fail_msg("%.*s", (int)out.len, out.ptr);
    out.len = 0;
    problem_write_headers(&out, error);
    if (!slice_is(buffer_slice(&out), headers))
        fail_msg("%.*s", (int)out.len, out.ptr);
    buffer_release(&out);
}

static void a_problem_says_what_the_web_protocol_says(void **state)
{
    (void)state;
    assert_written(&(struct web_error){"no_room", "there is no such \"room\"", 0},
                   "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,"
                   "\"detail\":\"there is no such \\\"room\\\"\",\"code\":\"no_room\"}\n",
                   "");
    assert_written(&(struct web_error){"rate_limited", "too much", 1001},
                   "{\"type\":\"about:blank\",\"title\":\"Too Many Requests\",\"status\":429,"
                   "\"detail\":\"too much\",\"code\":\"rate_limited\",\"retry_ms\":1001}\n",
                   "Retry-After: 2\r\n");
    assert_written(&(struct web_error){"no_session", "sign in", 0},
                   "{\"type\":\"about:blank\",\"title\":\"Unauthorized\",\"status\":401,"
                   "\"detail\":\"sign in\",\"code\":\"no_session\"}\n",
                   "WWW-Authenticate: Bearer realm=\"hubbub\"\r\n");
}

/* What waiting helps against has a status that clients know to try again after. */
static void every_refusal_has_a_status(void **state)
{
    (void)state;
    for (unsigned refusal = REFUSED_PLAIN + 1; refusal < REFUSED_END; refusal++) {
        struct event event = {.kind = EVENT_ACT, .result = ERR_DENIED, .refusal = (uint8_t)refusal};
        struct web_error error = web_error_of_answer(&event);
        if (problem_status(error.code) == 400)
            fail_msg("%s has no status of its own", error.code);
    }
    static const int results[] = {ERR_NOT_FOUND, ERR_DENIED, ERR_BUSY, ERR_LIMIT};
    for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
        struct web_error error = web_error_of_call(results[i]);
        assert_int_not_equal(problem_status(error.code), 400);
        struct event event = {.kind = EVENT_MESSAGE, .result = results[i]};
        error = web_error_of_answer(&event);
        assert_int_not_equal(problem_status(error.code), 400);
    }
    assert_int_equal(problem_status("bad_request"), 400);
    assert_int_equal(problem_status("bad_json"), 400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_problem_says_what_the_web_protocol_says),
        cmocka_unit_test(every_refusal_has_a_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
