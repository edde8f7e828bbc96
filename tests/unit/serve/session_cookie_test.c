#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <stdio.h>

#include "base/error.h"
#include "proto/request.h"
#include "serve/session_cookie.h"

#define TOKEN "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopE"

static const struct policy plain = {.secure = false}, secure = {.secure = true};

static void assert_written(const struct policy *policy, const char *token, uint32_t age_s,
                           const char *expected)
{
    struct buffer out = {0};
    session_cookie_write(policy, token, age_s, &out);
    buffer_append_byte(&out, '\0');
    assert_string_equal((char *)out.ptr, expected);
    buffer_release(&out);
}

static void it_is_out_of_the_reach_of_scripts_and_other_sites(void **state)
{
    (void)state;
    assert_written(&plain, TOKEN, 3600,
                   "Set-Cookie: hubbub_session=" TOKEN
                   "; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax\r\n");
    assert_written(&secure, TOKEN, 3600,
                   "Set-Cookie: __Host-hubbub_session=" TOKEN
                   "; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax; Secure\r\n");
    assert_written(&plain, "", 0,
                   "Set-Cookie: hubbub_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax\r\n");
}

static int find(const struct policy *policy, const char *lines)
{
    struct slice token = {NULL, 0};
    int result = session_cookie_get(policy, request_with("GET / HTTP/1.1", lines), &token);
    assert_true((result == OK) == slice_is(token, TOKEN));
    return result;
}

/* Under https a cookie without the prefix may have been set by anybody on the way. */
static void each_server_knows_its_own_alone(void **state)
{
    (void)state;
    assert_int_equal(find(&plain, "Cookie: hubbub_session=" TOKEN "\r\n"), OK);
    assert_int_equal(find(&secure, "Cookie: hubbub_session=" TOKEN "\r\n"), ERR_NOT_FOUND);
    assert_int_equal(find(&secure, "Cookie: __Host-hubbub_session=" TOKEN "\r\n"), OK);
    assert_int_equal(find(&plain, "Cookie: __Host-hubbub_session=" TOKEN "\r\n"), ERR_NOT_FOUND);
    assert_int_equal(find(&secure, "Cookie: hubbub_session=x; __Host-hubbub_session=" TOKEN "\r\n"),
                     OK);
    assert_int_equal(find(&plain, "Cookie: hubbub_session=x; hubbub_session=" TOKEN "\r\n"),
                     ERR_PROTOCOL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_out_of_the_reach_of_scripts_and_other_sites),
        cmocka_unit_test(each_server_knows_its_own_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
