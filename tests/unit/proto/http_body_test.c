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
#include "proto/http_body.h"
#include "request.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define CHUNKED "Transfer-Encoding: chunked\r\n"

enum { BYTES_MAX = 1000 };

static struct guard guard;

struct outcome {
    int64_t result; /* an error, or the bytes consumed so far */
    bool done;
    struct buffer payload;
};

/** Feeds one piece until all is consumed, the body is complete, or it fails. */
static void feed(struct http_body *body, const char *text, size_t len, struct outcome *outcome)
{
    const uint8_t *at = guard_put(&guard, text, len);
    while (len > 0 && outcome->result >= 0 && !outcome->done) {
        struct slice payload;
        int64_t used = http_body_feed(body, at, len, &payload, &outcome->done);
        if (used < 0) {
            outcome->result = used;
            return;
        }
        assert_true(used > 0 && (size_t)used <= len);
        if (payload.len > 0)
            assert_true(payload.ptr >= at && payload.ptr + payload.len <= at + used);
        buffer_append(&outcome->payload, payload.ptr, payload.len);
        outcome->result += used;
        at += used;
        len -= (size_t)used;
    }
    assert_int_equal(http_body_is_done(body), outcome->done);
}

static struct outcome run(const struct http_head *head, const char *text, size_t len, size_t piece)
{
    struct http_body body;
    struct outcome outcome = {0};
    assert_int_equal(http_body_init(&body, head, BYTES_MAX), OK);
    for (size_t at = 0; at < len && outcome.result >= 0; at += piece)
        feed(&body, text + at, len - at < piece ? len - at : piece, &outcome);
    return outcome;
}

static const struct {
    const char *text;
    size_t used; /* 0: all of it */
    const char *payload;
} good[] = {
    {"0\r\n\r\n", 0, ""},
    {"5\r\nhello\r\n0\r\n\r\n", 0, "hello"},
    {"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", 0, "hello world"},
    {"a\r\n0123456789\r\nA\r\n0123456789\r\n000\r\n\r\n", 0, "01234567890123456789"},
    {"0000000000000005\r\nhello\r\n0000000000000000\r\n\r\n", 0, "hello"},
    {"5;a=b;c=\"d;e\"\r\nhello\r\n0;last\r\n\r\n", 0, "hello"},
    {"5;\xc3\xa9\t \r\nhello\r\n0\r\n\r\n", 0, "hello"},
    {"2\r\n\r\n\r\n0\r\n\r\n", 0, "\r\n"},
    {"0\r\nX-Trailer: y\r\nZ:\r\n\r\n", 0, ""},
    {"0\r\n\r\nGET / HTTP/1.1\r\n", 5, ""},
    {"1\r\nx\r\n0\r\nT: u\r\n\r\n1\r\n", 17, "x"},
};

static void good_chunks_give_their_payload_at_every_split(void **unused)
{
    (void)unused;
    const struct http_head *head = request_with("POST / HTTP/1.1", CHUNKED);
    for (size_t i = 0; i < COUNT(good); i++) {
        size_t len = strlen(good[i].text);
        for (size_t piece = 1; piece <= len; piece++) {
            struct outcome outcome = run(head, good[i].text, len, piece);
            assert_true(outcome.done);
            assert_int_equal(outcome.result, good[i].used ? good[i].used : len);
            assert_true(slice_is(buffer_slice(&outcome.payload), good[i].payload));
            buffer_release(&outcome.payload);
        }
        /* Without its last byte it is not complete. */
        size_t used = good[i].used ? good[i].used : len;
        struct outcome outcome = run(head, good[i].text, used - 1, used);
        assert_int_equal(outcome.result, used - 1);
        assert_false(outcome.done);
        buffer_release(&outcome.payload);
    }
}

static const struct {
    const char *text;
    int error;
} bad[] = {
    {"\r\n", ERR_PROTOCOL},
    {"g\r\n", ERR_PROTOCOL},
    {"-1\r\n", ERR_PROTOCOL},
    {"+5\r\nhello", ERR_PROTOCOL},
    {"0x5\r\nhello", ERR_PROTOCOL},
    {" 5\r\nhello", ERR_PROTOCOL},
    {"5 \r\nhello", ERR_PROTOCOL},
    {"5 ;a\r\nhello", ERR_PROTOCOL},
    {"5\nhello\r\n0\r\n\r\n", ERR_PROTOCOL},
    {"5\rhello", ERR_PROTOCOL},
    {";a\r\n", ERR_PROTOCOL},
    {"5;a\nhello\r\n0\r\n\r\n", ERR_PROTOCOL},
    {"5;a\rb\r\nhello", ERR_PROTOCOL},
    {"5;a\x01\r\nhello", ERR_PROTOCOL},
    {"5\r\nhello!\r\n", ERR_PROTOCOL},
    {"5\r\nhello\n0\r\n\r\n", ERR_PROTOCOL},
    {"5\r\nhello\r0\r\n\r\n", ERR_PROTOCOL},
    {"5\r\nhelloX\n0\r\n\r\n", ERR_PROTOCOL},
    {"5\r\nhello0\r\n\r\n", ERR_PROTOCOL},
    {"0\r\n\n", ERR_PROTOCOL},
    {"0\r\n\rX", ERR_PROTOCOL},
    {"0\r\nX\r\n\r\n", ERR_PROTOCOL},
    {"0\r\nX : y\r\n\r\n", ERR_PROTOCOL},
    {"0\r\n X: y\r\n\r\n", ERR_PROTOCOL},
    {"0\r\n: y\r\n\r\n", ERR_PROTOCOL},
    {"0\r\nX: y\n\r\n", ERR_PROTOCOL},
    {"0\r\nX: y\rz\r\n\r\n", ERR_PROTOCOL},
    {"0\r\nX: y\x7f\r\n\r\n", ERR_PROTOCOL},
    {"00000000000000005\r\nhello", ERR_PROTOCOL}, /* seventeen digits */
    {"10000000000000005\r\nhello", ERR_PROTOCOL}, /* 2^64 + 5 */
    {"100000005\r\nhello", ERR_LIMIT},            /* 2^32 + 5 */
    {"7fffffffffffffff\r\n", ERR_LIMIT},
    {"ffffffffffffffff\r\n", ERR_LIMIT},
    {"3e9\r\n", ERR_LIMIT},
    {"5\r\nhello\r\nfffffffffffffffb\r\n", ERR_LIMIT}, /* wraps to 0 */
    {"5\r\nhello\r\n3e4\r\n", ERR_LIMIT},
};

static void bad_chunks_are_refused_at_every_split(void **unused)
{
    (void)unused;
    const struct http_head *head = request_with("POST / HTTP/1.1", CHUNKED);
    for (size_t i = 0; i < COUNT(bad); i++) {
        size_t len = strlen(bad[i].text);
        for (size_t piece = 1; piece <= len; piece++) {
            struct outcome outcome = run(head, bad[i].text, len, piece);
            if (outcome.result != bad[i].error)
                fail_msg("%d for %s", (int)outcome.result, bad[i].text);
            buffer_release(&outcome.payload);
        }
    }
}

static void an_error_is_final(void **unused)
{
    (void)unused;
    struct http_body body;
    struct slice payload;
    bool done;
    assert_int_equal(http_body_init(&body, request_with("POST / HTTP/1.1", CHUNKED), 9), OK);
    const uint8_t *bytes = (const uint8_t *)"g\r\n0\r\n\r\n";
    assert_int_equal(http_body_feed(&body, bytes, 1, &payload, &done), ERR_PROTOCOL);
    assert_int_equal(http_body_feed(&body, bytes + 3, 5, &payload, &done), ERR_PROTOCOL);
    assert_false(http_body_is_done(&body));
}

/** A chunk or trailer with a filler of the given length in it. */
static int64_t run_filled(const char *before, size_t fill, const char *behind)
{
    struct buffer text = {0};
    buffer_append_string(&text, before);
    for (size_t i = 0; i < fill; i++)
        buffer_append_byte(&text, 'a');
    buffer_append_string(&text, behind);
    const struct http_head *head = request_with("POST / HTTP/1.1", CHUNKED);
    struct outcome outcome = run(head, (const char *)text.ptr, text.len, text.len);
    bool complete = outcome.done && outcome.result == (int64_t)text.len;
    buffer_release(&outcome.payload);
    buffer_release(&text);
    return outcome.result < 0 ? outcome.result : complete ? OK : ERR_AGAIN;
}

static void what_is_thrown_away_is_bounded(void **unused)
{
    (void)unused;
    assert_int_equal(run_filled("1;", 256, "\r\nx\r\n0\r\n\r\n"), OK);
    assert_int_equal(run_filled("1;", 257, "\r\nx\r\n0\r\n\r\n"), ERR_LIMIT);
    char text[1024];
    snprintf(text, sizeof text, "1;%0200d\r\nx\r\n1;%0200d\r\nx\r\n0;%0200d\r\nX:", 1, 2, 3);
    assert_int_equal(run_filled(text, HTTP_TRAILER_BYTES_MAX - 5, "\r\n\r\n"), OK);
    /* Counted without the last CRLF's LF. */
    assert_int_equal(run_filled("0\r\nX:", HTTP_TRAILER_BYTES_MAX - 5, "\r\n\r\n"), OK);
    assert_int_equal(run_filled("0\r\nX:", HTTP_TRAILER_BYTES_MAX - 4, "\r\n\r\n"), ERR_LIMIT);
}

static void lengths_are_counted_down(void **unused)
{
    (void)unused;
    const struct http_head *head = request_with("POST / HTTP/1.1", "Content-Length: 5\r\n");
    for (size_t piece = 1; piece <= 9; piece++) {
        struct outcome outcome = run(head, "helloGET ", 9, piece);
        assert_true(outcome.done);
        assert_int_equal(outcome.result, 5);
        assert_true(slice_is(buffer_slice(&outcome.payload), "hello"));
        buffer_release(&outcome.payload);
    }
}

static void no_body_is_done_at_once(void **unused)
{
    (void)unused;
    struct http_body body;
    struct slice payload;
    bool done = false;
    assert_int_equal(http_body_init(&body, request_with("GET / HTTP/1.1", ""), 0), OK);
    assert_true(http_body_is_done(&body));
    assert_int_equal(http_body_feed(&body, (const uint8_t *)"GET", 3, &payload, &done), 0);
    assert_true(done);
    const struct http_head *zero = request_with("POST / HTTP/1.1", "Content-Length: 0\r\n");
    assert_int_equal(http_body_init(&body, zero, 0), OK);
    assert_true(http_body_is_done(&body));
}

static void too_long_a_length_is_refused_before_the_body(void **unused)
{
    (void)unused;
    static const struct {
        const char *lengths;
        uint64_t bytes_max;
        int result;
    } cases[] = {
        {"1000", 1000, OK},
        {"1001", 1000, ERR_LIMIT},
        {"4294967301", 1000, ERR_LIMIT},
        {"9223372036854775807", 1000, ERR_LIMIT},
        {"9223372036854775807", INT64_MAX, OK},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct http_body body;
        char fields[64];
        snprintf(fields, sizeof fields, "Content-Length: %s\r\n", cases[i].lengths);
        const struct http_head *head = request_with("POST / HTTP/1.1", fields);
        assert_int_equal(http_body_init(&body, head, cases[i].bytes_max), cases[i].result);
    }
}

static int set_up(void **unused)
{
    (void)unused;
    guard = guard_new(8192);
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
        cmocka_unit_test(good_chunks_give_their_payload_at_every_split),
        cmocka_unit_test(bad_chunks_are_refused_at_every_split),
        cmocka_unit_test(an_error_is_final),
        cmocka_unit_test(what_is_thrown_away_is_bounded),
        cmocka_unit_test(lengths_are_counted_down),
        cmocka_unit_test(no_body_is_done_at_once),
        cmocka_unit_test(too_long_a_length_is_refused_before_the_body),
    };
    return cmocka_run_group_tests(tests, set_up, take_down);
}
