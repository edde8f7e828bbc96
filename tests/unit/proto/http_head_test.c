#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <stdio.h>

#include "base/buffer.h"
#include "base/error.h"
#include "guard.h"
#include "proto/http_head.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static struct guard guard;
static struct http_head head;

static int parse(const char *text, size_t len, size_t *scanned)
{
    return http_head_parse(&head, slice_of(guard_put(&guard, text, len), len), scanned,
                           &http_limits_default);
}

static int parse_all(const char *text, size_t len)
{
    size_t scanned = 0;
    return parse(text, len, &scanned);
}

static void assert_slice(struct slice slice, const char *text)
{
    if (!slice_is(slice, text))
        fail_msg("\"%.*s\" is not \"%s\"", (int)slice.len, (const char *)slice.ptr, text);
}

static const char *const good[] = {
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET / HTTP/1.0\r\n\r\n",
    "GET / HTTP/1.9\r\nHost: a\r\n\r\n",
    "HEAD /x?y=z HTTP/1.1\r\nHost: a:8080\r\nAccept: */*\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
    "GET http://example.com/p?q HTTP/1.1\r\nHost: other\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
    "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775807\r\n\r\n",
    "PATCH / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\tCHUNKED \r\n\r\n",
    "DELETE / HTTP/1.1\r\nHost:a\r\nX:\r\nY: \r\nZ: \tz z\t \r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nX: \x80\xff\x80\xff tab\tin a longer value ~~~~~\x80\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nX: caf\xc3\xa9 \xff\r\n\r\n",
    "GET /%zz|^{} HTTP/1.1\r\nHost: a\r\n!#$%&'*+-.^_`|~09azAZ: x\r\n\r\n",
};

struct refusal {
    const char *text;
    int status;
};

static const struct refusal bad[] = {
    /* lines */
    {"GET / HTTP/1.1\nHost: a\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\nHost: a\n\r\n", 400},
    {"GET / HTTP/1.1\r\nHost: a\r\n\n", 400},
    {"\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", 400},
    {"GET / HTTP/1.1\rHost: a\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n folded\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\nHost: a\r\n\tX: a\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400},
    /* request lines */
    {"GET /\r\nHost: a\r\n\r\n", 400},
    {"GET\r\nHost: a\r\n\r\n", 400},
    {" GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"GET  HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"GET /  HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400},
    {"GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"GET / http/1.1\r\nHost: a\r\n\r\n", 400},
    {"GET / HTTP/1.1x\r\nHost: a\r\n\r\n", 400},
    {"GET / HTTP/11\r\nHost: a\r\n\r\n", 400},
    {"GET / HTTP/1.\r\nHost: a\r\n\r\n", 400},
    {"GET / HTTP/1,1\r\nHost: a\r\n\r\n", 400},
    {"GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505},
    {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
    {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
    {"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 501},
    {"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
    {"get / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
    {"BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
    {"G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"GET index.html HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"GET /caf\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"GET /a\x7f HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"GET http:// HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"GET ?q HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    /* fields */
    {"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\nHost: a\r\nX\t: b\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\nHost: a\r\nX\xc3\xa9: b\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\nHost: a\r\nX(Y: b\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\nHost: a\r\nX: a\x01\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\nHost: a\r\nX: a\x7f\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\nHost: a\r\nX: 01234567 1234\x7f"
     "67 234567\r\n\r\n",
     400},
    {"GET / HTTP/1.1\r\nHost: a\r\nX: 01234567 1234\x1f"
     "67 234567\r\n\r\n",
     400},
    {"GET / HTTP/1.1\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
    {"GET / HTTP/1.0\r\nHost: a\r\nhost: b\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\nHost:\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\nHost: a\r\nExpect: magic\r\n\r\n", 417},
    {"GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nExpect: 100-continue\r\n\r\n", 417},
    /* framing, and so smuggling */
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1 1\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1.0\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \"1\"\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775808\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551617\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\ncontent-length: 2\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n",
     400},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \"chunked\"\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked;q=1\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \x0b"
     "chunked\r\n\r\n",
     400},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n", 400},
    {"POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
};

static void good_heads_pass_at_every_split(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(good); i++) {
        size_t len = strlen(good[i]);
        for (size_t split = 0; split < len; split++) {
            size_t scanned = 0;
            assert_int_equal(parse(good[i], split, &scanned), ERR_AGAIN);
            assert_int_equal(parse(good[i], len, &scanned), (int)len);
        }
        size_t scanned = 0;
        for (size_t part = 0; part < len; part++)
            assert_int_equal(parse(good[i], part, &scanned), ERR_AGAIN);
        assert_int_equal(parse(good[i], len, &scanned), (int)len);
    }
}

static void bad_heads_are_refused_at_every_split(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(bad); i++) {
        size_t len = strlen(bad[i].text);
        for (size_t split = 0; split <= len; split++) {
            size_t scanned = 0;
            int result = parse(bad[i].text, split, &scanned);
            if (result == ERR_AGAIN)
                result = parse(bad[i].text, len, &scanned);
            if (result != ERR_PROTOCOL || head.status != bad[i].status)
                fail_msg("%d, status %d: %s", result, head.status, bad[i].text);
        }
    }
}

static void a_nul_is_refused_wherever_it_stands(void **unused)
{
    (void)unused;
    static const char request[] = "GET /p?q HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n";
    char text[sizeof request];
    /* Not in the last three bytes, without which there is no end to be found. */
    for (size_t at = 0; at < sizeof request - 4; at++) {
        memcpy(text, request, sizeof text);
        text[at] = '\0';
        assert_int_equal(parse_all(text, sizeof request - 1), ERR_PROTOCOL);
        assert_int_equal(head.status, 400);
    }
}

static void what_follows_the_head_is_left_alone(void **unused)
{
    (void)unused;
    static const char two[] = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\nrubbish";
    assert_int_equal(parse_all(two, sizeof two - 1), 28);
    assert_slice(head.target, "/1");
}

static void the_parts_are_found(void **unused)
{
    (void)unused;
    static const char text[] = "POST /a%20b?x=1&y HTTP/1.1\r\nhOST: Example.com:81\r\n"
                               "X-One: 1\r\nx-one:  two  words \r\nContent-Length: 12\r\n"
                               "Expect: 100-Continue\r\n\r\n";
    assert_int_equal(parse_all(text, sizeof text - 1), (int)sizeof text - 1);
    assert_int_equal(head.method, HTTP_POST);
    assert_int_equal(head.minor, 1);
    assert_slice(head.method_name, "POST");
    assert_slice(head.target, "/a%20b?x=1&y");
    assert_slice(head.path, "/a%20b");
    assert_slice(head.query, "x=1&y");
    assert_slice(head.host, "Example.com:81");
    assert_int_equal(head.headers_count, 5);
    assert_slice(head.headers[2].value, "two  words");
    assert_slice(http_header(&head, "X-ONE"), "1");
    assert_int_equal(http_header_count(&head, "x-one"), 2);
    assert_null(http_header(&head, "x-two").ptr);
    assert_true(head.has_content_length);
    assert_int_equal(head.content_length, 12);
    assert_false(head.chunked);
    assert_true(head.expect_continue);
    assert_true(head.keep_alive);
}

static void an_old_client_cannot_expect(void **unused)
{
    (void)unused;
    static const char text[] = "POST / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n";
    assert_int_equal(parse_all(text, sizeof text - 1), (int)sizeof text - 1);
    assert_false(head.expect_continue);
}

static void targets_have_three_forms(void **unused)
{
    (void)unused;
    static const struct {
        const char *target, *path, *query, *host;
    } forms[] = {
        {"/", "/", NULL, "a"},         {"/?", "/", "", "a"},
        {"/a?b?c", "/a", "b?c", "a"},  {"//x", "//x", NULL, "a"},
        {"http://h", "/", NULL, "h"},  {"HTTPS://h:1/p?q", "/p", "q", "h:1"},
        {"http://h?q", "/", "q", "h"},
    };
    for (size_t i = 0; i < COUNT(forms); i++) {
        char text[128];
        int len =
            snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", forms[i].target);
        assert_int_equal(parse_all(text, (size_t)len), len);
        assert_slice(head.path, forms[i].path);
        assert_slice(head.host, forms[i].host);
        assert_int_equal(head.query.ptr != NULL, forms[i].query != NULL);
        assert_slice(head.query, forms[i].query ? forms[i].query : "");
    }
}

static void connections_are_kept_as_the_version_says(void **unused)
{
    (void)unused;
    static const struct {
        const char *text;
        bool keep;
    } cases[] = {
        {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", true},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: x\r\nConnection: close\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: closed\r\n\r\n", true},
        {"GET / HTTP/1.0\r\n\r\n", false},
        {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true},
        {"GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_true(parse_all(cases[i].text, strlen(cases[i].text)) > 0);
        assert_int_equal(head.keep_alive, cases[i].keep);
    }
}

/** A head whose first part, a filler and its end are given. Returns the result of the parse. */
static int parse_filled(const char *before, size_t fill, const char *behind)
{
    struct buffer text = {0};
    buffer_append_string(&text, before);
    for (size_t i = 0; i < fill; i++)
        buffer_append_byte(&text, 'a');
    buffer_append_string(&text, behind);
    int result = parse_all((const char *)text.ptr, text.len);
    buffer_release(&text);
    return result;
}

static void sizes_have_limits(void **unused)
{
    (void)unused;
    /* The target: 8192 bytes, known to be too long before the line ends. */
    assert_true(parse_filled("GET /", 8191, " HTTP/1.1\r\nHost: a\r\n\r\n") > 0);
    assert_int_equal(parse_filled("GET /", 8192, " HTTP/1.1\r\nHost: a\r\n\r\n"), ERR_LIMIT);
    assert_int_equal(head.status, 414);
    assert_int_equal(parse_filled("GET /", 8300, ""), ERR_LIMIT);
    assert_int_equal(head.status, 414);

    assert_int_equal(parse_filled("GET / ", 8300, ""), ERR_PROTOCOL);
    assert_int_equal(head.status, 400);

    /* The head: 16384 bytes with its last CRLF. "GET / HTTP/1.1\r\nHost: a\r\nX: " has 28. */
    assert_int_equal(parse_filled("GET / HTTP/1.1\r\nHost: a\r\nX: ", 16384 - 28 - 4, "\r\n\r\n"),
                     16384);
    assert_int_equal(parse_filled("GET / HTTP/1.1\r\nHost: a\r\nX: ", 16384 - 28 - 3, "\r\n\r\n"),
                     ERR_LIMIT);
    assert_int_equal(head.status, 431);
    assert_int_equal(parse_filled("GET / HTTP/1.1\r\nHost: a\r\nX: ", 16384, ""), ERR_LIMIT);
    assert_int_equal(head.status, 431);

    /* The method. */
    assert_int_equal(parse_filled("", 16, ""), ERR_AGAIN);
    assert_int_equal(parse_filled("", 17, ""), ERR_PROTOCOL);
    assert_int_equal(head.status, 501);
    assert_int_equal(parse_filled("\x16\x03\x01", 40, ""), ERR_PROTOCOL);
    assert_int_equal(head.status, 400);
}

static void fields_are_counted(void **unused)
{
    (void)unused;
    for (size_t count = 99; count <= 101; count++) {
        struct buffer text = {0};
        buffer_append_string(&text, "GET / HTTP/1.1\r\nHost: a\r\n");
        for (size_t i = 1; i < count; i++)
            buffer_append_string(&text, "X: y\r\n");
        buffer_append_string(&text, "\r\n");
        int result = parse_all((const char *)text.ptr, text.len);
        if (count <= 100) {
            assert_int_equal(result, (int)text.len);
            assert_int_equal(head.headers_count, count);
        } else {
            assert_int_equal(result, ERR_LIMIT);
            assert_int_equal(head.status, 431);
        }
        buffer_release(&text);
    }
}

static void limits_are_parameters(void **unused)
{
    (void)unused;
    static const struct http_limits small = {
        .head_bytes_max = 64, .target_bytes_max = 4, .headers_max = 1};
    static const struct refusal cases[] = {
        {"GET /abc HTTP/1.1\r\nHost: a\r\n\r\n", 0},
        {"GET /abcd HTTP/1.1\r\nHost: a\r\n\r\n", 414},
        {"GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n", 431},
        {"GET / HTTP/1.1\r\nHost: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n\r\n", 431},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t scanned = 0;
        struct slice in = slice_of_string(cases[i].text);
        int result = http_head_parse(&head, in, &scanned, &small);
        assert_int_equal(head.status, cases[i].status);
        assert_int_equal(result, cases[i].status ? ERR_LIMIT : (int)in.len);
    }
}

static int set_up(void **unused)
{
    (void)unused;
    guard = guard_new(32768);
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
        cmocka_unit_test(good_heads_pass_at_every_split),
        cmocka_unit_test(bad_heads_are_refused_at_every_split),
        cmocka_unit_test(a_nul_is_refused_wherever_it_stands),
        cmocka_unit_test(what_follows_the_head_is_left_alone),
        cmocka_unit_test(the_parts_are_found),
        cmocka_unit_test(an_old_client_cannot_expect),
        cmocka_unit_test(targets_have_three_forms),
        cmocka_unit_test(connections_are_kept_as_the_version_says),
        cmocka_unit_test(sizes_have_limits),
        cmocka_unit_test(fields_are_counted),
        cmocka_unit_test(limits_are_parameters),
    };
    return cmocka_run_group_tests(tests, set_up, take_down);
}
