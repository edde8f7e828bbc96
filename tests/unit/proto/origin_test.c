#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include "base/error.h"
#include "guard.h"
#include "proto/origin.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static struct guard guard;

static int parse(const char *text, struct origin *ret_origin)
{
    size_t len = strlen(text);
    return origin_parse(slice_of(guard_put(&guard, text, len), len), ret_origin);
}

static void good_origins_are_parsed(void **unused)
{
    (void)unused;
    static const struct {
        const char *text;
        bool secure;
        const char *host;
        uint16_t port;
    } good[] = {
        {"http://example.com", false, "example.com", 80},
        {"https://example.com", true, "example.com", 443},
        {"HTTP://Example.COM:8080", false, "Example.COM", 8080},
        {"http://localhost:3000", false, "localhost", 3000},
        {"http://127.0.0.1:65535", false, "127.0.0.1", 65535},
        {"https://[::1]", true, "::1", 443},
        {"http://[2001:db8::7]:81", false, "2001:db8::7", 81},
        {"http://xn--nxasmq6b", false, "xn--nxasmq6b", 80},
        {"http://a_b", false, "a_b", 80},
    };
    for (size_t i = 0; i < COUNT(good); i++) {
        struct origin origin;
        if (parse(good[i].text, &origin) != OK)
            fail_msg("%s", good[i].text);
        assert_int_equal(origin.secure, good[i].secure);
        assert_true(slice_is(origin.host, good[i].host));
        assert_int_equal(origin.port, good[i].port);
    }
}

static void bad_origins_are_refused(void **unused)
{
    (void)unused;
    static const char *const bad[] = {
        "",
        "null",
        "http",
        "http:",
        "http:/",
        "http://",
        "https://",
        "http:///",
        "http://a/",
        "http://a/b",
        "http://a?b",
        "http://a#b",
        "http://a b",
        " http://a",
        "http://a ",
        "http://a http://b",
        "http://a, http://b",
        "http://u@a",
        "http://u:p@a",
        "http://a@",
        "http://*",
        "http://*.a",
        "http://a:",
        "http://a:0",
        "http://a:00",
        "http://a:080",
        "http://a:65536",
        "http://a:99999",
        "http://a:100000",
        "http://a:4294967376",
        "http://a:+80",
        "http://a:-1",
        "http://a:8x",
        "http://a:80:80",
        "http://:80",
        "http://[::1",
        "http://::1",
        "http://[]",
        "http://[::1]x",
        "http://[::1]80",
        "http://[::1%25eth0]",
        "http://[127.0.0.1]",
        "http://[::g]",
        "http://[[::1]]",
        "http://\xc3\xbc.example",
        "http://a%2eb",
        "ftp://a",
        "ws://a",
        "file://",
        "httpss://a",
        "chrome-extension://abc",
        "javascript:alert(1)",
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct origin origin;
        if (parse(bad[i], &origin) != ERR_PROTOCOL)
            fail_msg("%s", bad[i]);
    }
}

static void a_prefix_of_a_good_one_is_read_to_its_own_end(void **unused)
{
    (void)unused;
    static const char text[] = "https://[2001:db8::7]:8443";
    for (size_t len = 0; len < sizeof text; len++) {
        struct origin origin;
        int result = origin_parse(slice_of(guard_put(&guard, text, len), len), &origin);
        bool good = len == 21 || (len > 22 && len < sizeof text);
        assert_int_equal(result, good ? OK : ERR_PROTOCOL);
    }
}

static void origins_are_equal_only_exactly(void **unused)
{
    (void)unused;
    static const struct {
        const char *a, *b;
        bool equal;
    } pairs[] = {
        {"http://a.example", "http://A.Example:80", true},
        {"https://a.example", "https://a.example:443", true},
        {"http://a.example", "https://a.example", false},
        {"http://a.example:443", "https://a.example", false},
        {"http://a.example", "http://a.example:8080", false},
        {"http://a.example", "http://a.example.", false},
        {"http://a.example", "http://b.a.example", false},
        {"http://a.example", "http://a.example.evil", false},
        {"http://[::1]", "http://[0:0:0:0:0:0:0:1]", true},
        {"http://[::1]", "http://[::2]", false},
        {"http://[::ffff:127.0.0.1]", "http://127.0.0.1", false},
        {"http://[::ffff:127.0.0.1]", "http://[::ffff:7f00:1]", true},
    };
    for (size_t i = 0; i < COUNT(pairs); i++) {
        struct origin a, b;
        assert_int_equal(origin_parse(slice_of_string(pairs[i].a), &a), OK);
        assert_int_equal(origin_parse(slice_of_string(pairs[i].b), &b), OK);
        assert_int_equal(origin_equals(&a, &b), pairs[i].equal);
        assert_int_equal(origin_equals(&b, &a), pairs[i].equal);
    }
}

static void the_same_origin_is_that_of_the_host(void **unused)
{
    (void)unused;
    static const struct {
        const char *origin, *host;
        enum origin_scheme schemes;
        bool same;
    } cases[] = {
        {"http://a", "a", ORIGIN_HTTP, true},
        {"http://a", "a:80", ORIGIN_HTTP, true},
        {"http://a:8080", "A:8080", ORIGIN_HTTP, true},
        {"http://a", "a:8080", ORIGIN_HTTP, false},
        {"http://a:8080", "a", ORIGIN_HTTP, false},
        {"http://a", "b", ORIGIN_HTTP, false},
        {"https://a", "a", ORIGIN_HTTP, false},
        {"https://a", "a", ORIGIN_HTTPS, true},
        {"https://a", "a:443", ORIGIN_HTTPS, true},
        {"https://a", "a:80", ORIGIN_HTTPS, false},
        {"http://a", "a", ORIGIN_HTTPS, false},
        {"https://a", "a", ORIGIN_ANY, true},
        {"http://a", "a", ORIGIN_ANY, true},
        {"http://[::1]:3000", "[::1]:3000", ORIGIN_ANY, true},
        {"http://[::1]:3000", "[0::1]:3000", ORIGIN_ANY, true},
        {"http://a", "", ORIGIN_ANY, false},
        {"http://a", NULL, ORIGIN_ANY, false}, /* HTTP/1.0 without a Host */
        {"http://a", "a:x", ORIGIN_ANY, false},
        {"http://a", "a/b", ORIGIN_ANY, false},
        {"http://a", "u@a", ORIGIN_ANY, false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct origin origin;
        assert_int_equal(origin_parse(slice_of_string(cases[i].origin), &origin), OK);
        struct slice host = cases[i].host ? slice_of_string(cases[i].host) : slice_of(NULL, 0);
        bool same = origin_is_host(&origin, host, cases[i].schemes);
        if (same != cases[i].same)
            fail_msg("%s and %.*s", cases[i].origin, (int)host.len, (const char *)host.ptr);
    }
}

static void loopback_is_this_machine_only(void **unused)
{
    (void)unused;
    static const char *const loopback[] = {
        "localhost", "LocalHost", "app.localhost", "a.b.localhost",   "127.0.0.1",
        "127.1.2.3", "::1",       "[::1]",         "0:0:0:0:0:0:0:1",
    };
    static const char *const elsewhere[] = {
        "",
        "localhost.evil",
        "evillocalhost",
        "localhostx",
        "localhost.",
        "128.0.0.1",
        "127.0.0.1.evil",
        "127.evil",
        "0127.0.0.1",
        "2130706433",
        "0x7f.0.0.1",
        "127.1",
        "0.0.0.0",
        "::",
        "::2",
        "[::1",
        "::ffff:127.0.0.1",
        "[localhost]x",
        "10.0.0.1",
        "local",
        "u@localhost",
        "a b.localhost",
    };
    for (size_t i = 0; i < COUNT(loopback); i++) {
        size_t len = strlen(loopback[i]);
        assert_true(origin_host_is_loopback(slice_of(guard_put(&guard, loopback[i], len), len)));
    }
    for (size_t i = 0; i < COUNT(elsewhere); i++) {
        size_t len = strlen(elsewhere[i]);
        if (origin_host_is_loopback(slice_of(guard_put(&guard, elsewhere[i], len), len)))
            fail_msg("%s", elsewhere[i]);
    }
    assert_false(origin_host_is_loopback(slice_of(NULL, 0)));
}

static int set_up(void **unused)
{
    (void)unused;
    guard = guard_new(4096);
    return 0;
}

static int take_down(void **unused)
{
    (void)unused;
    guard_free(&guard);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_origins_are_parsed),
        cmocka_unit_test(bad_origins_are_refused),
        cmocka_unit_test(a_prefix_of_a_good_one_is_read_to_its_own_end),
        cmocka_unit_test(origins_are_equal_only_exactly),
        cmocka_unit_test(the_same_origin_is_that_of_the_host),
        cmocka_unit_test(loopback_is_this_machine_only),
    };
    return cmocka_run_group_tests(tests, set_up, take_down);
}
