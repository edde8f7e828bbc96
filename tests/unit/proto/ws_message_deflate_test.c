#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include "guard.h"
#include "proto/ws_message.h"
#include "ws_client.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { MESSAGE_BYTES_MAX = 1000 };

static struct guard guard;

/** As in ws_message_test.c: the events that an input brings, in words. */
static void feed(struct ws_message *message, const struct ws_message_limits *limits,
                 const uint8_t *bytes, size_t len, struct buffer *out)
{
    static const char letters[] = ".TBIOCE";
    uint8_t *at = guard_put(&guard, bytes, len);
    struct ws_event event;
    do {
        size_t used = ws_message_feed(message, limits, at, len, &event);
        at += used;
        len -= used;
        if (event.kind == WS_EVENT_ERROR)
            buffer_printf(out, "E%d", event.code);
        else if (event.kind != WS_EVENT_NONE)
            buffer_printf(out, "%c(%.*s)", letters[event.kind], (int)event.payload.len,
                          (const char *)event.payload.ptr);
        ws_event_release(&event);
    } while (event.kind != WS_EVENT_NONE);
    assert_int_equal(len, 0);
}

static void check(const struct buffer *in, bool takeover, const char *expected)
{
    for (size_t split = 0; split <= in->len; split++) {
        struct ws_message message = {0};
        struct buffer got = {0};
        struct ws_message_limits limits = {MESSAGE_BYTES_MAX, ws_inflater_new(15, takeover)};
        feed(&message, &limits, in->ptr, split, &got);
        feed(&message, &limits, in->ptr + split, in->len - split, &got);
        if (!slice_is(buffer_slice(&got), expected))
            fail_msg("split at %zu: %.*s is not %s", split, (int)got.len, (const char *)got.ptr,
                     expected);
        buffer_release(&got);
        ws_message_release(&message);
        ws_inflater_free(limits.inflater);
    }
}

struct frame {
    unsigned first;
    const char *payload;
    size_t len;
};

#define FRAME(first, text)                                                                         \
    {                                                                                              \
        first, text, sizeof(text) - 1                                                              \
    }
#define HELLO "\xf2\x48\xcd\xc9\xc9\x07\x00"

static const struct {
    struct frame frames[6];
    bool takeover;
    const char *expected;
} scripts[] = {
    /* RFC 7692 7.2.3 */
    {{FRAME(0xc1, HELLO)}, false, "T(Hello)"},
    {{FRAME(0xc2, HELLO)}, false, "B(Hello)"},
    {{FRAME(0x41, "\xf2\x48\xcd"), FRAME(0x80, "\xc9\xc9\x07\x00")}, false, "T(Hello)"},
    {{FRAME(0xc1, HELLO), FRAME(0xc1, "\xf2\x00\x11\x00\x00")}, true, "T(Hello)T(Hello)"},
    {{FRAME(0xc1, HELLO), FRAME(0xc1, "\xf2\x00\x11\x00\x00")}, false, "T(Hello)E1007"},
    {{FRAME(0xc1, "\x00")}, false, "T()"},
    {{FRAME(0xc1, "")}, false, "T()"},
    {{FRAME(0x41, ""), FRAME(0x00, ""), FRAME(0x80, HELLO)}, false, "T(Hello)"},
    /* compressed and plain ones take turns; control frames are never compressed */
    {{FRAME(0xc1, HELLO), FRAME(0x81, "plain"), FRAME(0xc1, HELLO)},
     false,
     "T(Hello)T(plain)T(Hello)"},
    {{FRAME(0x41, "\xf2\x48\xcd"), FRAME(0x89, "ping"), FRAME(0x80, "\xc9\xc9\x07\x00")},
     false,
     "I(ping)T(Hello)"},
    {{FRAME(0xc9, HELLO)}, false, "E1002"},
    {{FRAME(0xc8, "")}, false, "E1002"},
    /* RSV1 belongs on the first frame only */
    {{FRAME(0x41, "\xf2\x48\xcd"), FRAME(0xc0, "\xc9\xc9\x07\x00")}, false, "E1002"},
    {{FRAME(0x01, "a"), FRAME(0xc0, "b")}, false, "E1002"},
    {{FRAME(0xe1, HELLO)}, false, "E1002"},
    /* what comes out is checked */
    {{FRAME(0xc1, "\x00\x02\x00\xfd\xff\xc3\x28\x00")}, false, "E1007"},
    {{FRAME(0xc1, "\x00\x01\x00\xfe\xff\xc3\x00")}, false, "E1007"},
    {{FRAME(0xc2, "\x00\x01\x00\xfe\xff\xff\x00")}, false, "B(\xff)"},
    {{FRAME(0xc1, "\xff\xff")}, false, "E1007"},
    {{FRAME(0xc1, "\xf2\x48\xcd")}, false, "E1007"},
};

static void scripts_give_the_same_events_at_every_split(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(scripts); i++) {
        struct buffer in = {0};
        for (size_t f = 0; f < COUNT(scripts[i].frames) && scripts[i].frames[f].payload; f++) {
            const struct frame *frame = &scripts[i].frames[f];
            ws_client_frame(&in, frame->first, slice_of(frame->payload, frame->len));
        }
        check(&in, scripts[i].takeover, scripts[i].expected);
        buffer_release(&in);
    }
}

static void compression_has_to_be_agreed(void **unused)
{
    (void)unused;
    const struct ws_message_limits limits = {.message_bytes_max = MESSAGE_BYTES_MAX};
    struct buffer in = {0}, got = {0};
    struct ws_message message = {0};
    ws_client_frame(&in, 0xc1, SLICE_LITERAL(HELLO));
    feed(&message, &limits, in.ptr, in.len, &got);
    assert_true(slice_is(buffer_slice(&got), "E1002"));
    buffer_release(&got);
    buffer_release(&in);
}

/** A compressed message of len bytes, the same or all different ones, in fragments. */
static const char *outcome(size_t len, bool random, size_t fragment)
{
    struct ws_message_limits limits = {MESSAGE_BYTES_MAX, ws_inflater_new(15, false)};
    struct ws_deflater *deflater = ws_deflater_new(1, 15, false);
    struct buffer text = {0}, payload = {0}, in = {0};
    uint32_t seed = 1;
    for (size_t i = 0; i < len; i++) {
        seed = seed * 1664525 + 1013904223;
        buffer_append_byte(&text, random ? (uint8_t)(seed >> 24) : 'z');
    }
    ws_deflater_run(deflater, buffer_slice(&text), &payload);
    for (size_t at = 0; at < payload.len; at += fragment) {
        size_t part = payload.len - at < fragment ? payload.len - at : fragment;
        unsigned first = (at == 0 ? 0x42u : 0) | (at + part == payload.len ? 0x80u : 0);
        ws_client_frame(&in, first, slice_of(payload.ptr + at, part));
    }
    struct ws_message message = {0};
    struct ws_event event;
    ws_message_feed(&message, &limits, in.ptr, in.len, &event);
    const char *said =
        event.kind == WS_EVENT_ERROR && event.code == 1009 ? "too big"
        : event.kind == WS_EVENT_BINARY && slice_equals(event.payload, buffer_slice(&text))
            ? "whole"
            : "wrong";
    ws_event_release(&event);
    ws_message_release(&message);
    buffer_release(&text);
    buffer_release(&payload);
    buffer_release(&in);
    ws_deflater_free(deflater);
    ws_inflater_free(limits.inflater);
    return said;
}

static void the_limit_is_that_of_the_inflated_message(void **unused)
{
    (void)unused;
    for (size_t fragment = 1; fragment < 2000; fragment = fragment * 3 + 1) {
        assert_string_equal(outcome(MESSAGE_BYTES_MAX, false, fragment), "whole");
        assert_string_equal(outcome(MESSAGE_BYTES_MAX + 1, false, fragment), "too big");
        /* What does not compress is longer on the wire than the limit, and still fits. */
        assert_string_equal(outcome(MESSAGE_BYTES_MAX, true, fragment), "whole");
        assert_string_equal(outcome(MESSAGE_BYTES_MAX + 1, true, fragment), "too big");
        assert_string_equal(outcome(1000000, false, fragment), "too big");
    }
}

static void a_compressed_frame_far_over_the_limit_is_refused_by_its_header(void **unused)
{
    (void)unused;
    struct buffer in = {0};
    ws_client_header(&in, 0xc2, MESSAGE_BYTES_MAX + MESSAGE_BYTES_MAX / 8 + 65);
    check(&in, false, "E1009");
    in.len = 0;
    ws_client_header(&in, 0xc2, 4294967301);
    check(&in, false, "E1009");
    in.len = 0;
    ws_client_header(&in, 0xc2, INT64_MAX);
    check(&in, false, "E1009");
    buffer_release(&in);
}

static int set_up(void **unused)
{
    (void)unused;
    guard = guard_new(1 << 16);
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
        cmocka_unit_test(scripts_give_the_same_events_at_every_split),
        cmocka_unit_test(compression_has_to_be_agreed),
        cmocka_unit_test(the_limit_is_that_of_the_inflated_message),
        cmocka_unit_test(a_compressed_frame_far_over_the_limit_is_refused_by_its_header),
    };
    return cmocka_run_group_tests(tests, set_up, take_down);
}
