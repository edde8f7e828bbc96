#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "serve/policy.h"

/* Tables: who sends a request, and whose pages may connect. */

static struct policy policy; /* proxies 10.0.0.0/8, 192.168.1.1 and fd00::/8; two origins */

static int use(void **state)
{
    static const char *const proxies[] = {"10.0.0.0/8", "192.168.1.1", "fd00::/8"};
    static const char *const origins[] = {"https://chat.example.org", "http://other.example:3000"};
    (void)state;
    for (; policy.proxies_count < 3; policy.proxies_count++) {
        if (address_block_parse(slice_of_string(proxies[policy.proxies_count]),
                                &policy.proxies[policy.proxies_count]) != OK)
            return 1;
    }
    for (; policy.origins_count < 2; policy.origins_count++) {
        if (origin_parse(slice_of_string(origins[policy.origins_count]),
                         &policy.origins[policy.origins_count]) != OK)
            return 1;
    }
    return 0;
}

/* A request from a peer. fields are whole lines; the head points into text. */
struct request {
    struct conn conn;
    struct http_head head;
    char text[1024];
};

static void request_init(struct request *request, const char *peer, const char *host,
                         const char *fields)
{
    size_t scanned = 0;
    struct address address;
    memset(request, 0, sizeof(*request));
    assert_int_equal(address_parse(slice_of_string(peer), &address), OK);
    memcpy(request->conn.peer, address.bytes, sizeof(request->conn.peer));
    int len = snprintf(request->text, sizeof(request->text),
                       "GET /ws HTTP/1.1\r\nHost: %s\r\n%s\r\n", host, fields);
    assert_int_equal(http_head_parse(&request->head, slice_of(request->text, (size_t)len), &scanned,
                                     &http_limits_default),
                     len);
}

struct source_case {
    const char *peer, *fields, *address;
    bool forwarded, secure, unasked;
};

static void check_sources(const struct source_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct request request;
        struct request_source source;
        struct address expected;
        request_init(&request, cases[i].peer, "h", cases[i].fields);
        policy_source(&policy, &request.conn, &request.head, &source);
        assert_int_equal(address_parse(slice_of_string(cases[i].address), &expected), OK);
        if (memcmp(&expected, &source.address, sizeof(expected)) != 0 ||
            source.forwarded != cases[i].forwarded || source.secure != cases[i].secure ||
            source.unasked != cases[i].unasked)
            fail_msg("%s with %s is not from %s (forwarded %d, secure %d, unasked %d)",
                     cases[i].peer, cases[i].fields, cases[i].address, source.forwarded,
                     source.secure, source.unasked);
    }
}

#define FOR(list) "X-Forwarded-For: " list "\r\n"
#define PROTO(scheme) "X-Forwarded-Proto: " scheme "\r\n"

static void nobody_is_believed_who_is_not_trusted(void **state)
{
    static const struct source_case cases[] = {
        {"1.2.3.4", "", "1.2.3.4", false, false, false},
        {"1.2.3.4", FOR("9.9.9.9"), "1.2.3.4", false, false, true},
        {"1.2.3.4", FOR("9.9.9.9") FOR("8.8.8.8"), "1.2.3.4", false, false, true},
        {"1.2.3.4", FOR("10.0.0.1") PROTO("https"), "1.2.3.4", false, false, true},
        {"1.2.3.4", PROTO("https"), "1.2.3.4", false, false, false},
        {"192.168.1.2", FOR("9.9.9.9"), "192.168.1.2", false, false, true},
        {"127.0.0.1", FOR("9.9.9.9"), "127.0.0.1", false, false, true}, /* loopback neither */
        {"fc00::1", FOR("9.9.9.9"), "fc00::1", false, false, true},
        {"2001:db8::1", FOR("::1"), "2001:db8::1", false, false, true},
    };
    (void)state;
    check_sources(cases, sizeof(cases) / sizeof(cases[0]));
}

static void a_trusted_proxy_names_its_client(void **state)
{
    static const struct source_case cases[] = {
        {"10.0.0.1", "", "10.0.0.1", false, false, false},
        {"10.0.0.1", FOR("9.9.9.9"), "9.9.9.9", true, false, false},
        {"10.0.0.1", FOR("  9.9.9.9\t"), "9.9.9.9", true, false, false},
        {"10.0.0.1", "x-forwarded-FOR: 9.9.9.9\r\n", "9.9.9.9", true, false, false},
        {"192.168.1.1", FOR("9.9.9.9") PROTO("https"), "9.9.9.9", true, true, false},
        {"192.168.1.1", FOR("9.9.9.9") PROTO("HTTPS"), "9.9.9.9", true, true, false},
        {"192.168.1.1", FOR("9.9.9.9") PROTO("http"), "9.9.9.9", true, false, false},
        {"192.168.1.1", FOR("9.9.9.9") PROTO("httpsx"), "9.9.9.9", true, false, false},
        {"fd00::1", FOR("2001:db8::7"), "2001:db8::7", true, false, false},
        {"fdff:1::1", FOR("9.9.9.9"), "9.9.9.9", true, false, false},
        {"::ffff:10.1.1.1", FOR("9.9.9.9"), "9.9.9.9", true, false, false},
        {"10.0.0.1", FOR("127.0.0.1"), "127.0.0.1", true, false, false},
    };
    (void)state;
    check_sources(cases, sizeof(cases) / sizeof(cases[0]));
}

/* Each proxy appends whom it heard from: what stands in front was said by the client. */
static void a_chain_is_read_from_its_end(void **state)
{
    static const struct source_case cases[] = {
        {"10.0.0.1", FOR("1.1.1.1, 9.9.9.9"), "9.9.9.9", true, false, false},
        {"10.0.0.1", FOR("1.1.1.1,9.9.9.9,10.0.0.2"), "9.9.9.9", true, false, false},
        {"10.0.0.1", FOR("9.9.9.9, 10.0.0.2 ,192.168.1.1"), "9.9.9.9", true, false, false},
        {"10.0.0.1", FOR("9.9.9.9, fd00::5, 10.0.0.2"), "9.9.9.9", true, false, false},
        {"10.0.0.1", FOR("10.0.0.3, 9.9.9.9"), "9.9.9.9", true, false, false}, /* spoofed */
        {"10.0.0.1", FOR("10.0.0.3, 10.0.0.2"), "10.0.0.3", true, false, false},
        {"10.0.0.1", FOR("nonsense, 9.9.9.9"), "9.9.9.9", true, false, false},
        {"10.0.0.1", FOR("9.9.9.9, nonsense, 10.0.0.2"), "10.0.0.2", true, false, false},
    };
    (void)state;
    check_sources(cases, sizeof(cases) / sizeof(cases[0]));
}

static void what_cannot_be_read_leaves_the_proxy(void **state)
{
    static const struct source_case cases[] = {
        {"10.0.0.1", FOR(""), "10.0.0.1", false, false, false},
        {"10.0.0.1", FOR("unknown"), "10.0.0.1", false, false, false},
        {"10.0.0.1", FOR("9.9.9.9,"), "10.0.0.1", false, false, false},
        {"10.0.0.1", FOR("9.9.9.9, unknown"), "10.0.0.1", false, false, false},
        {"10.0.0.1", FOR("9.9.9.9:8080"), "10.0.0.1", false, false, false},
        {"10.0.0.1", FOR("[2001:db8::1]"), "10.0.0.1", false, false, false},
    };
    (void)state;
    check_sources(cases, sizeof(cases) / sizeof(cases[0]));
}

/*
 * Fields of one name are one list (RFC 9110 5.3). HAProxy's "option forwardfor" adds a field of its own behind the one
 * that the client sent: a client must not get rid of its address by sending one.
 */
static void several_fields_are_one_list(void **state)
{
    static const struct source_case cases[] = {
        {"10.0.0.1", FOR("1.1.1.1") FOR("9.9.9.9"), "9.9.9.9", true, false, false},
        {"10.0.0.1", FOR("9.9.9.9") FOR("10.0.0.2"), "9.9.9.9", true, false, false},
        {"10.0.0.1", FOR("1.1.1.1") FOR("9.9.9.9") PROTO("https"), "9.9.9.9", true, true, false},
        {"10.0.0.1", FOR("1.1.1.1, 2.2.2.2") FOR("9.9.9.9, 10.0.0.2"), "9.9.9.9", true, false,
         false},
    };
    (void)state;
    check_sources(cases, sizeof(cases) / sizeof(cases[0]));
}

struct origin_case {
    const char *peer, *host, *fields;
    bool allowed;
};

static void check_origins(const struct origin_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct request request;
        request_init(&request, cases[i].peer, cases[i].host, cases[i].fields);
        if (policy_allows_origin(&policy, &request.conn, &request.head) != cases[i].allowed)
            fail_msg("%s, Host %s, %s is %s", cases[i].peer, cases[i].host, cases[i].fields,
                     cases[i].allowed ? "refused" : "allowed");
    }
}

#define ORIGIN(origin) "Origin: " origin "\r\n"

static void ones_own_pages_may_connect(void **state)
{
    static const struct origin_case cases[] = {
        {"1.2.3.4", "a.example", "", true}, /* not a browser */
        {"1.2.3.4", "a.example", ORIGIN("http://a.example"), true},
        {"1.2.3.4", "A.EXAMPLE", ORIGIN("http://a.example"), true},
        {"1.2.3.4", "a.example:80", ORIGIN("http://a.example"), true},
        {"1.2.3.4", "a.example:8080", ORIGIN("http://a.example:8080"), true},
        {"1.2.3.4", "[2001:db8::1]:8080", ORIGIN("http://[2001:db8::1]:8080"), true},
        {"1.2.3.4", "a.example", ORIGIN("http://a.example:8080"), false},
        {"1.2.3.4", "a.example", ORIGIN("http://a.example.evil"), false},
        {"1.2.3.4", "a.example", ORIGIN("http://evil-a.example"), false},
        {"1.2.3.4", "a.example", ORIGIN("https://a.example"), false}, /* we do not speak it */
        {"1.2.3.4", "a.example", ORIGIN("null"), false},
        {"1.2.3.4", "a.example", ORIGIN(""), false},
        {"1.2.3.4", "a.example", ORIGIN("http://a.example/"), false},
        {"1.2.3.4", "a.example", ORIGIN("file://"), false},
        {"1.2.3.4", "a.example", ORIGIN("http://a.example") ORIGIN("http://a.example"), false},
        {"1.2.3.4", "a.example", ORIGIN("http://evil http://a.example"), false},
    };
    (void)state;
    check_origins(cases, sizeof(cases) / sizeof(cases[0]));
}

static void allowed_pages_may_connect_from_anywhere(void **state)
{
    static const struct origin_case cases[] = {
        {"1.2.3.4", "x", ORIGIN("https://chat.example.org"), true},
        {"1.2.3.4", "x", ORIGIN("https://CHAT.example.org:443"), true},
        {"1.2.3.4", "x", ORIGIN("http://other.example:3000"), true},
        {"1.2.3.4", "x", ORIGIN("http://chat.example.org"), false},
        {"1.2.3.4", "x", ORIGIN("https://chat.example.org:8443"), false},
        {"1.2.3.4", "x", ORIGIN("https://a.chat.example.org"), false},
        {"1.2.3.4", "x", ORIGIN("https://chat.example.org.evil.com"), false},
        {"1.2.3.4", "x", ORIGIN("http://other.example"), false},
    };
    (void)state;
    check_origins(cases, sizeof(cases) / sizeof(cases[0]));
}

static void behind_a_proxy_the_scheme_is_its_own(void **state)
{
    static const struct origin_case cases[] = {
        {"10.0.0.1", "a.example", ORIGIN("https://a.example"), true},
        {"10.0.0.1", "a.example", ORIGIN("http://a.example"), true},
        {"10.0.0.1", "a.example", ORIGIN("https://b.example"), false},
        {"10.0.0.1", "a.example", FOR("9.9.9.9") PROTO("https") ORIGIN("https://a.example"), true},
        {"10.0.0.1", "a.example", FOR("9.9.9.9") PROTO("https") ORIGIN("http://a.example"), false},
        {"1.2.3.4", "a.example", FOR("9.9.9.9") PROTO("https") ORIGIN("https://a.example"), false},
        {"10.0.0.1", "a.example:8443", ORIGIN("https://a.example:8443"), true},
    };
    (void)state;
    check_origins(cases, sizeof(cases) / sizeof(cases[0]));
}

/* The tutorial's own page is served from port 3000. */
static void on_this_machine_every_port_is_fine(void **state)
{
    static const struct origin_case cases[] = {
        {"127.0.0.1", "localhost:8080", ORIGIN("http://localhost:3000"), true},
        {"127.0.0.1", "127.0.0.1:8080", ORIGIN("http://localhost:3000"), true},
        {"::1", "[::1]:8080", ORIGIN("https://127.0.0.1"), true},
        {"127.0.0.1", "localhost", ORIGIN("http://app.localhost:1"), true},
        {"127.0.0.1", "localhost:8080", ORIGIN("http://evil.example"), false},
        {"127.0.0.1", "localhost:8080", ORIGIN("http://localhost.evil.example"), false},
        {"127.0.0.1", "chat.example", ORIGIN("http://localhost:3000"), false},
        {"1.2.3.4", "localhost:8080", ORIGIN("http://localhost:3000"), false},
        {"127.0.0.1", "localhost:8080", ORIGIN("null"), false},
    };
    (void)state;
    check_origins(cases, sizeof(cases) / sizeof(cases[0]));
}

static void only_own_and_allowed_pages_act_by_a_cookie(void **state)
{
    static const struct origin_case cases[] = {
        {"1.2.3.4", "a.example", ORIGIN("http://a.example"), true},
        {"1.2.3.4", "x", ORIGIN("https://chat.example.org"), true},
        {"127.0.0.1", "localhost:8080", ORIGIN("http://localhost:8080"), true},
        {"127.0.0.1", "localhost:8080", ORIGIN("http://localhost:3000"), false},
        {"127.0.0.1", "localhost:8080", ORIGIN("http://127.0.0.1:8080"), false},
        {"1.2.3.4", "a.example", ORIGIN("http://b.example"), false},
        {"1.2.3.4", "a.example", ORIGIN("null"), false},
        {"1.2.3.4", "a.example", ORIGIN("http://a.example") ORIGIN("http://a.example"), false},
        {"1.2.3.4", "a.example", "", false}, /* not a browser */
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct request request;
        request_init(&request, cases[i].peer, cases[i].host, cases[i].fields);
        if (policy_is_own_origin(&policy, &request.conn, &request.head) != cases[i].allowed)
            fail_msg("%s, Host %s, %s", cases[i].peer, cases[i].host, cases[i].fields);
    }
}

static void with_a_trusted_proxy_on_this_machine(void **state)
{
    struct policy before = policy;
    static const struct origin_case cases[] = {
        {"127.0.0.1", "localhost:8080", FOR("9.9.9.9") ORIGIN("http://localhost:3000"), false},
        {"127.0.0.1", "localhost:8080", ORIGIN("http://localhost:3000"), true},
    };
    (void)state;
    assert_int_equal(
        address_block_parse(SLICE_LITERAL("127.0.0.1"), &policy.proxies[policy.proxies_count++]),
        OK);
    check_origins(cases, sizeof(cases) / sizeof(cases[0]));
    policy = before;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_is_believed_who_is_not_trusted),
        cmocka_unit_test(a_trusted_proxy_names_its_client),
        cmocka_unit_test(a_chain_is_read_from_its_end),
        cmocka_unit_test(what_cannot_be_read_leaves_the_proxy),
        cmocka_unit_test(several_fields_are_one_list),
        cmocka_unit_test(ones_own_pages_may_connect),
        cmocka_unit_test(allowed_pages_may_connect_from_anywhere),
        cmocka_unit_test(behind_a_proxy_the_scheme_is_its_own),
        cmocka_unit_test(on_this_machine_every_port_is_fine),
        cmocka_unit_test(only_own_and_allowed_pages_act_by_a_cookie),
        cmocka_unit_test(with_a_trusted_proxy_on_this_machine),
    };
    return cmocka_run_group_tests(tests, use, NULL);
}
