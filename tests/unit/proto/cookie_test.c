#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <stdio.h>

#include "base/error.h"
#include "proto/cookie.h"
#include "request.h"

/* Looks for the cookie "s" in a request with these lines. value NULL: untouched. */
static void check(const char *lines, int result, const char *value)
{
    struct slice got = {NULL, 0};
    const struct http_head *head = request_with("GET / HTTP/1.1", lines);
    assert_int_equal(cookie_find(head, "s", &got), result);
    if (!value)
        assert_null(got.ptr);
    else if (!slice_is(got, value))
        fail_msg("%s: \"%.*s\"", lines, (int)got.len, (const char *)got.ptr);
}

static void a_cookie_is_found(void **unused)
{
    (void)unused;
    check("Cookie: s=1\r\n", OK, "1");
    check("cookie: a=2; s=1; b=3\r\n", OK, "1");
    check("Cookie: a=2;s=1;b=3\r\n", OK, "1");
    check("Cookie: s=\r\n", OK, "");
    check("Cookie: s=a=b\r\n", OK, "a=b");
    check("Cookie: s=\"1\"\r\n", OK, "\"1\"");
    check("Cookie: a=2\r\nCookie: s=1\r\n", OK, "1");
}

static void another_one_is_not_taken_for_it(void **unused)
{
    (void)unused;
    check("", ERR_NOT_FOUND, NULL);
    check("Cookie:\r\n", ERR_NOT_FOUND, NULL);
    check("Cookie: s\r\n", ERR_NOT_FOUND, NULL);
    check("Cookie: S=1\r\n", ERR_NOT_FOUND, NULL);
    check("Cookie: xs=1; sx=2; __Host-s=3\r\n", ERR_NOT_FOUND, NULL);
    check("X-Cookie: s=1\r\n", ERR_NOT_FOUND, NULL);
    check("Cookie: =s; ;; s =1\r\n", ERR_NOT_FOUND, NULL);
}

/* What a page of another path or a neighbouring host has set comes along, and in what order is anybody's guess. */
static void of_two_none_is_taken(void **unused)
{
    (void)unused;
    check("Cookie: s=1; s=2\r\n", ERR_PROTOCOL, NULL);
    check("Cookie: s=1; s=1\r\n", ERR_PROTOCOL, NULL);
    check("Cookie: s=1\r\nCookie: s=2\r\n", ERR_PROTOCOL, NULL);
    check("Cookie: s=1; s\r\n", OK, "1");
}

static void a_quote_hides_nothing(void **unused)
{
    (void)unused;
    check("Cookie: a=\"; s=1; b=\"\r\n", OK, "1");
    check("Cookie: a=\"x; s=1\r\n", OK, "1");
    check("Cookie: a=\"s=2\"; s=1\r\n", OK, "1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cookie_is_found),
        cmocka_unit_test(another_one_is_not_taken_for_it),
        cmocka_unit_test(of_two_none_is_taken),
        cmocka_unit_test(a_quote_hides_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
