#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <stdlib.h>

#include "base/error.h"
#include "guard.h"
#include "proto/ws_deflate.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static struct guard guard;

static int inflate_guarded(struct ws_inflater *inflater, struct slice payload, size_t bytes_max,
                           struct buffer *out)
{
    uint8_t *bytes = guard_put(&guard, payload.ptr, payload.len);
    return ws_inflater_run(inflater, slice_of(bytes, payload.len), bytes_max, out);
}

static void assert_inflates(struct ws_inflater *inflater, struct slice payload, const char *text)
{
    struct buffer out = {0};
    assert_int_equal(inflate_guarded(inflater, payload, 1000, &out), OK);
    if (!slice_is(buffer_slice(&out), text))
        fail_msg("\"%.*s\" is not \"%s\"", (int)out.len, (const char *)out.ptr, text);
    buffer_release(&out);
}

/* RFC 7692 7.2.3, one after the other, and what has been seen besides. */
static const struct {
    struct {
        const char *bytes;
        size_t len;
    } payload;
    const char *text;
} samples[] = {
#define PAYLOAD(text)                                                                              \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }
    {PAYLOAD("\xf2\x48\xcd\xc9\xc9\x07\x00"), "Hello"},
    {PAYLOAD("\x00\x05\x00\xfa\xffHello\x00"), "Hello"},
    {PAYLOAD("\xf3\x48\xcd\xc9\xc9\x07\x00\x00"), "Hello"},
    {PAYLOAD("\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"), "Hello"},
    {PAYLOAD("\x00"), ""},
    {PAYLOAD(""), ""},
    /* a final block with nothing behind it; one whose length is the appended tail */
    {PAYLOAD("\xf3\x48\xcd\xc9\xc9\x07\x00"), "Hello"},
    {PAYLOAD("\x01"), ""},
    /* several final blocks */
    {PAYLOAD("\xf3\x48\xcd\xc9\xc9\x07\x00\xf3\x48\xcd\xc9\xc9\x07\x00\x00"), "HelloHello"},
    {PAYLOAD("\xf3\x48\xcd\xc9\xc9\x07\x00\xf2\x00\x11\x00\x00"), "HelloHello"},
    {PAYLOAD("\x01\x00\x00\xff\xff\x01\x00\x00\xff\xff\xf2\x48\xcd\xc9\xc9\x07\x00"), "Hello"},
};

static void the_examples_of_the_rfc_inflate(void **unused)
{
    (void)unused;
    for (int bits = WS_WINDOW_BITS_MIN; bits <= WS_WINDOW_BITS_MAX; bits++) {
        for (int takeover = 0; takeover <= 1; takeover++) {
            struct ws_inflater *inflater = ws_inflater_new(bits, takeover);
            for (size_t i = 0; i < COUNT(samples); i++)
                assert_inflates(inflater,
                                slice_of(samples[i].payload.bytes, samples[i].payload.len),
                                samples[i].text);
            ws_inflater_free(inflater);
        }
    }
}

static void the_window_is_taken_over_only_if_agreed(void **unused)
{
    (void)unused;
    /* RFC 7692 7.2.3.2: the second Hello is a reference to the first. */
    struct slice first = SLICE_LITERAL("\xf2\x48\xcd\xc9\xc9\x07\x00");
    struct slice second = SLICE_LITERAL("\xf2\x00\x11\x00\x00");
    struct ws_inflater *inflater = ws_inflater_new(15, true);
    struct buffer out = {0};
    assert_inflates(inflater, first, "Hello");
    assert_inflates(inflater, second, "Hello");
    ws_inflater_free(inflater);

    /* A final block does not end the window. */
    inflater = ws_inflater_new(15, true);
    assert_inflates(inflater, SLICE_LITERAL("\xf3\x48\xcd\xc9\xc9\x07\x00"), "Hello");
    assert_inflates(inflater, second, "Hello");
    ws_inflater_free(inflater);

    inflater = ws_inflater_new(15, false);
    assert_inflates(inflater, first, "Hello");
    assert_int_equal(inflate_guarded(inflater, second, 1000, &out), ERR_PROTOCOL);
    /* Without takeover an error harms nobody else. */
    assert_inflates(inflater, first, "Hello");
    ws_inflater_free(inflater);
    ws_inflater_free(NULL);
    buffer_release(&out);
}

static void bad_data_is_refused(void **unused)
{
    (void)unused;
    static const struct {
        const char *bytes;
        size_t len;
    } bad[] = {
        PAYLOAD("\x07"),                          /* a block of the reserved type */
        PAYLOAD("\xff\xff\xff\xff"),              /* likewise */
        PAYLOAD("\x00\x05\x00\xfa\xfeHello\x00"), /* a length that does not match its complement */
        PAYLOAD("\xf2\x48\xcd\xc9\xc9"),          /* cut off */
        PAYLOAD("\xf2\x48\xcd\xc9\xc9\x07"),      /* the last block's header is missing */
        PAYLOAD("\x00\x05\x00\xfa\xffHel"),       /* cut off */
        PAYLOAD("\x05\xff"),                      /* a bad code table */
        PAYLOAD("\x00\x00"),                      /* a byte too many */
    };
    for (int takeover = 0; takeover <= 1; takeover++) {
        for (size_t i = 0; i < COUNT(bad); i++) {
            struct ws_inflater *inflater = ws_inflater_new(15, takeover);
            struct buffer out = {0};
            assert_int_equal(
                inflate_guarded(inflater, slice_of(bad[i].bytes, bad[i].len), 1000, &out),
                ERR_PROTOCOL);
            buffer_release(&out);
            ws_inflater_free(inflater);
        }
    }
}

/** Text that compresses, binary that does not, or one byte repeated. */
static struct buffer make_message(size_t len, int kind)
{
    struct buffer message = {0};
    uint64_t random = 88172645463325252u;
    for (size_t i = 0; i < len; i++) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        uint8_t byte = kind == 0 ? (uint8_t)random : kind == 1 ? 'a' + random % 5 : 'z';
        buffer_append_byte(&message, byte);
    }
    return message;
}

static void check_round_trip(struct ws_deflater *deflater, struct ws_inflater *inflater,
                             struct slice message)
{
    struct buffer payload = {0}, back = {0};
    buffer_append_string(&payload, "kept");
    ws_deflater_run(deflater, message, &payload);
    assert_memory_equal(payload.ptr, "kept", 4);
    struct slice compressed = slice_of(payload.ptr + 4, payload.len - 4);
    assert_int_equal(inflate_guarded(inflater, compressed, message.len, &back), OK);
    assert_true(slice_equals(buffer_slice(&back), message));
    buffer_release(&payload);
    buffer_release(&back);
}

static void messages_survive_a_round_trip(void **unused)
{
    (void)unused;
    static const size_t sizes[] = {0, 1, 5, 300, 4090, 4096, 4097, 16384, 100000, 0, 7};
    for (int bits = WS_WINDOW_BITS_MIN; bits <= WS_WINDOW_BITS_MAX; bits += 2) {
        for (int takeover = 0; takeover <= 1; takeover++) {
            struct ws_deflater *deflater = ws_deflater_new(6, bits, takeover);
            struct ws_inflater *inflater = ws_inflater_new(bits, takeover);
            for (size_t i = 0; i < COUNT(sizes); i++) {
                for (int kind = 0; kind < 3; kind++) {
                    struct buffer message = make_message(sizes[i], kind);
                    check_round_trip(deflater, inflater, buffer_slice(&message));
                    buffer_release(&message);
                }
            }
            ws_deflater_free(deflater);
            ws_inflater_free(inflater);
        }
    }
    ws_deflater_free(NULL);
}

static void outputs_of_every_length_round_trip(void **unused)
{
    (void)unused;
    /* The flush may end just where the deflater's step of 4096 bytes ends. */
    struct buffer message = make_message(5000, 0);
    struct ws_deflater *deflater = ws_deflater_new(1, 15, true);
    struct ws_inflater *inflater = ws_inflater_new(15, true);
    for (size_t len = 4070; len < 4110; len++)
        check_round_trip(deflater, inflater, slice_of(message.ptr + len % 7, len));
    ws_deflater_free(deflater);
    ws_inflater_free(inflater);
    buffer_release(&message);
}

static void the_deflater_makes_the_examples_of_the_rfc(void **unused)
{
    (void)unused;
    struct ws_deflater *deflater = ws_deflater_new(6, 15, true);
    struct buffer out = {0};
    ws_deflater_run(deflater, SLICE_LITERAL("Hello"), &out);
    assert_int_equal(out.len, 7);
    assert_memory_equal(out.ptr, "\xf2\x48\xcd\xc9\xc9\x07\x00", 7);
    out.len = 0;
    ws_deflater_run(deflater, SLICE_LITERAL("Hello"), &out);
    assert_int_equal(out.len, 5);
    assert_memory_equal(out.ptr, "\xf2\x00\x11\x00\x00", 5);
    out.len = 0;
    ws_deflater_run(deflater, SLICE_LITERAL(""), &out);
    assert_int_equal(out.len, 1);
    assert_memory_equal(out.ptr, "\x00", 1);
    buffer_release(&out);
    ws_deflater_free(deflater);
}

static void bombs_are_stopped_one_byte_over_the_limit(void **unused)
{
    (void)unused;
    enum { LEN = 10000000, LIMIT = 65536 };
    struct buffer message = make_message(LEN, 2);
    struct buffer payload = {0}, out = {0};
    struct ws_deflater *deflater = ws_deflater_new(9, 15, false);
    struct ws_inflater *inflater = ws_inflater_new(15, false);
    ws_deflater_run(deflater, buffer_slice(&message), &payload);
    assert_true(payload.len < 20000);
    assert_int_equal(inflate_guarded(inflater, buffer_slice(&payload), LIMIT, &out), ERR_LIMIT);
    assert_int_equal(out.len, LIMIT + 1);
    assert_true(out.cap <= 4 * LIMIT);

    /* Exactly the limit is fine, one byte more is not. */
    for (size_t len = LIMIT - 1; len <= LIMIT + 1; len++) {
        payload.len = out.len = 0;
        ws_deflater_run(deflater, slice_of(message.ptr, len), &payload);
        assert_int_equal(inflate_guarded(inflater, buffer_slice(&payload), LIMIT, &out),
                         len <= LIMIT ? OK : ERR_LIMIT);
    }
    out.len = 0;
    assert_int_equal(inflate_guarded(inflater, SLICE_LITERAL("\x00"), 0, &out), OK);
    ws_deflater_free(deflater);
    ws_inflater_free(inflater);
    buffer_release(&message);
    buffer_release(&payload);
    buffer_release(&out);
}

static int set_up(void **unused)
{
    (void)unused;
    guard = guard_new(1 << 18);
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
        cmocka_unit_test(the_examples_of_the_rfc_inflate),
        cmocka_unit_test(the_window_is_taken_over_only_if_agreed),
        cmocka_unit_test(bad_data_is_refused),
        cmocka_unit_test(messages_survive_a_round_trip),
        cmocka_unit_test(outputs_of_every_length_round_trip),
        cmocka_unit_test(the_deflater_makes_the_examples_of_the_rfc),
        cmocka_unit_test(bombs_are_stopped_one_byte_over_the_limit),
    };
    return cmocka_run_group_tests(tests, set_up, take_down);
}
