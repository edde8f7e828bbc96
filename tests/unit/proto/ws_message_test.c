#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include "base/error.h"
#include "guard.h"
#include "proto/ws_message.h"
#include "ws_client.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { GUARD_BYTES = 1 << 18, MESSAGE_BYTES_MAX = 65536 };

static struct guard guard;
static struct ws_message_limits limits;

/** Appends the events that a piece of input brings, as T(…) B(…) I(…) O(…) C1000(…) E1002. */
static void feed(struct ws_message *message, const uint8_t *bytes, size_t len, struct buffer *out)
{
    static const char letters[] = ".TBIOCE";
    uint8_t *at = guard_put(&guard, bytes, len);
    struct ws_event event;
    do {
        size_t used = ws_message_feed(message, &limits, at, len, &event);
        assert_true(used <= len);
        at += used;
        len -= used;
        if (event.kind != WS_EVENT_NONE)
            buffer_append_byte(out, (uint8_t)letters[event.kind]);
        if (event.kind >= WS_EVENT_CLOSE)
            buffer_printf(out, "%d", event.code);
        if (event.kind != WS_EVENT_NONE && event.kind != WS_EVENT_ERROR) {
            buffer_append_byte(out, '(');
            buffer_append(out, event.payload.ptr, event.payload.len);
            buffer_append_byte(out, ')');
        }
        ws_event_release(&event);
    } while (event.kind != WS_EVENT_NONE);
    assert_int_equal(len, 0);
}

static void assert_transcript(const struct buffer *got, struct slice expected, const char *how,
                              size_t where)
{
    if (!slice_equals(buffer_slice(got), expected))
        fail_msg("%s %zu: got %.*s, expected %.*s", how, where, (int)got->len,
                 (const char *)got->ptr, (int)expected.len, (const char *)expected.ptr);
}

/** Feeds it whole, in two pieces cut at every place (a step at a time), and in small pieces. */
static void check_stepping(const struct buffer *in, struct slice expected, size_t step)
{
    for (size_t split = 0; split <= in->len; split += step) {
        struct ws_message message = {0};
        struct buffer got = {0};
        feed(&message, in->ptr, split, &got);
        feed(&message, in->ptr + split, in->len - split, &got);
        assert_transcript(&got, expected, "split at", split);
        buffer_release(&got);
        ws_message_release(&message);
    }
    for (size_t size = 1; size <= 17; size += size < 5 ? 1 : 3) {
        struct ws_message message = {0};
        struct buffer got = {0};
        for (size_t at = 0; at < in->len; at += size)
            feed(&message, in->ptr + at, in->len - at < size ? in->len - at : size, &got);
        assert_transcript(&got, expected, "pieces of", size);
        buffer_release(&got);
        ws_message_release(&message);
    }
}

struct frame {
    unsigned first;
    const char *payload;
    size_t len;
};

struct script {
    struct frame frames[8]; /* up to a first of 0 with no payload */
    const char *expected;
};

#define FRAME(first, text)                                                                         \
    {                                                                                              \
        first, text, sizeof(text) - 1                                                              \
    }

#define BYTES_125                                                                                  \
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890"  \
    "1234567890123456789012345678901234"
#define BYTES_126 BYTES_125 "x"

static const struct script scripts[] = {
    /* 1: framing */
    {{FRAME(0x81, "")}, "T()"},
    {{FRAME(0x82, "")}, "B()"},
    {{FRAME(0x81, "hello"), FRAME(0x82, "\xff\xfe")}, "T(hello)B(\xff\xfe)"},
    {{FRAME(0x81, BYTES_125), FRAME(0x81, BYTES_126)}, "T(" BYTES_125 ")T(" BYTES_126 ")"},
    /* 2: pings and pongs */
    {{FRAME(0x89, "")}, "I()"},
    {{FRAME(0x89, "\xfe\xff")}, "I(\xfe\xff)"},
    {{FRAME(0x89, BYTES_125)}, "I(" BYTES_125 ")"},
    {{FRAME(0x89, BYTES_126)}, "E1002"},
    {{FRAME(0x8a, ""), FRAME(0x8a, "x"), FRAME(0x89, "y")}, "O()O(x)I(y)"},
    {{FRAME(0x89, "1"), FRAME(0x89, "2"), FRAME(0x89, "3")}, "I(1)I(2)I(3)"},
    /* 3: reserved bits */
    {{FRAME(0x91, "x")}, "E1002"},
    {{FRAME(0xa1, "x")}, "E1002"},
    {{FRAME(0x81, "x"), FRAME(0xc1, "x"), FRAME(0x81, "never")}, "T(x)E1002"},
    {{FRAME(0xf2, "")}, "E1002"},
    {{FRAME(0xd9, "x")}, "E1002"},
    {{FRAME(0xf8, "")}, "E1002"},
    /* 4: opcodes */
    {{FRAME(0x83, "")}, "E1002"},
    {{FRAME(0x84, "x")}, "E1002"},
    {{FRAME(0x81, "a"), FRAME(0x87, "x")}, "T(a)E1002"},
    {{FRAME(0x8b, "")}, "E1002"},
    {{FRAME(0x8f, "x")}, "E1002"},
    /* 5: fragments */
    {{FRAME(0x09, "a"), FRAME(0x80, "b")}, "E1002"},
    {{FRAME(0x0a, "a"), FRAME(0x80, "b")}, "E1002"},
    {{FRAME(0x08, "")}, "E1002"},
    {{FRAME(0x01, "one"), FRAME(0x80, "two")}, "T(onetwo)"},
    {{FRAME(0x02, "one"), FRAME(0x00, "two"), FRAME(0x80, "")}, "B(onetwo)"},
    {{FRAME(0x01, ""), FRAME(0x00, ""), FRAME(0x80, "")}, "T()"},
    {{FRAME(0x01, ""), FRAME(0x80, "all")}, "T(all)"},
    {{FRAME(0x01, "a"), FRAME(0x89, "p"), FRAME(0x80, "b")}, "I(p)T(ab)"},
    {{FRAME(0x01, "a"), FRAME(0x00, "b"), FRAME(0x89, "p"), FRAME(0x00, "c"), FRAME(0x89, "q"),
      FRAME(0x80, "d")},
     "I(p)I(q)T(abcd)"},
    {{FRAME(0x80, "x")}, "E1002"},
    {{FRAME(0x00, "x")}, "E1002"},
    {{FRAME(0x81, "x"), FRAME(0x80, "y")}, "T(x)E1002"},
    {{FRAME(0x01, "a"), FRAME(0x81, "b")}, "E1002"},
    {{FRAME(0x01, "a"), FRAME(0x01, "b")}, "E1002"},
    {{FRAME(0x01, "a"), FRAME(0x80, "b"), FRAME(0x80, "c")}, "T(ab)E1002"},
    {{FRAME(0x01, "a"), FRAME(0x80, "b"), FRAME(0x02, "c"), FRAME(0x80, "d")}, "T(ab)B(cd)"},
    /* 6: UTF-8 */
    {{FRAME(0x81, "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5")},
     "T(\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5)"},
    {{FRAME(0x01, "\xce\xba\xe1"), FRAME(0x00, "\xbd"), FRAME(0x80, "\xb9\xcf\x83")},
     "T(\xce\xba\xe1\xbd\xb9\xcf\x83)"},
    {{FRAME(0x01, "\xe1"), FRAME(0x89, "\xff"), FRAME(0x00, "\xbd"), FRAME(0x80, "\xb9")},
     "I(\xff)T(\xe1\xbd\xb9)"},
    {{FRAME(0x81, "\xce\xba\xed\xa0\x80 edited")}, "E1007"},
    {{FRAME(0x81, "\xce")}, "E1007"},
    {{FRAME(0x01, "\xce"), FRAME(0x80, "")}, "E1007"},
    {{FRAME(0x01, "\xf4"), FRAME(0x00, "\x90"), FRAME(0x80, "\x80\x80")}, "E1007"},
    {{FRAME(0x01, "a"), FRAME(0x89, "p"), FRAME(0x80, "\xff")}, "I(p)E1007"},
    {{FRAME(0x82, "\xce"), FRAME(0x81, "ok")}, "B(\xce)T(ok)"},
    /* 7: closing */
    {{FRAME(0x88, "")}, "C1005()"},
    {{FRAME(0x88, "x")}, "E1002"},
    {{FRAME(0x88, "\x03\xe8")}, "C1000()"},
    {{FRAME(0x88, "\x03\xe8gr\xc3\xbc\xc3\x9f")}, "C1000(gr\xc3\xbc\xc3\x9f)"},
    {{FRAME(0x88, "\x03\xe8\xce\xba\xed\xa0\x80")}, "E1007"},
    {{FRAME(0x88, "\x03\xe8\xce")}, "E1007"},
    {{FRAME(0x88, "\x03\xed")}, "E1002"},
    {{FRAME(0x88, "\x13\x88")}, "E1002"},
    {{FRAME(0x88, "\x0f\xa0z")}, "C4000(z)"},
    {{FRAME(0x88, BYTES_126)}, "E1002"},
    {{FRAME(0x81, "a"), FRAME(0x88, "\x03\xe8"), FRAME(0x81, "b"), FRAME(0x89, "c")},
     "T(a)C1000()"},
    {{FRAME(0x88, "\x03\xe8"), FRAME(0x88, "\x03\xe9")}, "C1000()"},
    {{FRAME(0x01, "cut off"), FRAME(0x88, "\x03\xe8"), FRAME(0x80, "b")}, "C1000()"},
    {{FRAME(0x81, "a"), FRAME(0xff, ""), FRAME(0x81, "b")}, "T(a)E1002"},
};

static void build(const struct script *script, struct buffer *out)
{
    for (size_t i = 0; i < COUNT(script->frames); i++) {
        const struct frame *frame = &script->frames[i];
        if (!frame->payload)
            break;
        ws_client_frame(out, frame->first, slice_of(frame->payload, frame->len));
    }
}

static void scripts_give_the_same_events_at_every_split(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(scripts); i++) {
        struct buffer in = {0};
        build(&scripts[i], &in);
        check_stepping(&in, slice_of_string(scripts[i].expected), 1);
        buffer_release(&in);
    }
}

/** Bytes that are ASCII, and differ by place. */
static struct buffer make_payload(size_t len)
{
    struct buffer payload = {0};
    buffer_reserve(&payload, len + 1);
    for (size_t i = 0; i < len; i++)
        buffer_append_byte(&payload, (uint8_t)('a' + i % 23));
    return payload;
}

/** A message of len bytes in fragments of the given size (0: one frame), as it comes back. */
static void check_size(size_t len, size_t fragment, size_t step)
{
    struct buffer payload = make_payload(len);
    struct buffer in = {0}, expected = {0};
    size_t at = 0;
    do {
        size_t part = fragment && len - at > fragment ? fragment : len - at;
        unsigned first = (at == 0 ? 0x02u : 0) | (at + part == len ? 0x80u : 0);
        ws_client_frame(&in, first, slice_of(payload.ptr + at, part));
        at += part;
    } while (at < len);
    buffer_append_string(&expected, "B(");
    buffer_append(&expected, payload.ptr, len);
    buffer_append_string(&expected, ")");
    check_stepping(&in, buffer_slice(&expected), step);
    buffer_release(&payload);
    buffer_release(&in);
    buffer_release(&expected);
}

static void messages_of_all_sizes_come_through(void **unused)
{
    (void)unused;
    static const size_t sizes[] = {0, 1, 125, 126, 127, 128, 1000};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        check_size(sizes[i], 0, 1);
        check_size(sizes[i], 1, 7);
        check_size(sizes[i], 64, 3);
    }
    check_size(65535, 0, 4999);
    check_size(65536, 0, 4999);
    check_size(65536, 1300, 9973);
}

static void a_whole_frame_is_not_copied(void **unused)
{
    (void)unused;
    struct buffer in = {0};
    struct ws_message message = {0};
    struct ws_event event;
    ws_client_frame(&in, 0x81, SLICE_LITERAL("in place"));
    ws_client_frame(&in, 0x89, SLICE_LITERAL("too"));
    size_t used = ws_message_feed(&message, &limits, in.ptr, in.len, &event);
    assert_int_equal(used, 14);
    assert_ptr_equal(event.payload.ptr, in.ptr + 6);
    assert_null(event.owned.ptr);
    assert_int_equal(ws_message_feed(&message, &limits, in.ptr + used, in.len - used, &event), 9);
    assert_ptr_equal(event.payload.ptr, in.ptr + 20);
    assert_null(message.partial);

    /* Even when its header came before it. */
    buffer_release(&in);
    ws_client_frame(&in, 0x82, SLICE_LITERAL("in place"));
    assert_int_equal(ws_message_feed(&message, &limits, in.ptr, 3, &event), 3);
    assert_int_equal(ws_message_feed(&message, &limits, in.ptr + 3, 11, &event), 11);
    assert_ptr_equal(event.payload.ptr, in.ptr + 6);
    buffer_release(&in);
}

static void an_idle_one_holds_nothing(void **unused)
{
    (void)unused;
    struct buffer in = {0};
    struct ws_message message = {0};
    struct ws_event event;
    assert_true(sizeof message <= 96);
    ws_client_frame(&in, 0x01, SLICE_LITERAL("kept"));
    ws_client_frame(&in, 0x89, SLICE_LITERAL("ping"));
    ws_client_frame(&in, 0x80, SLICE_LITERAL("!"));
    assert_int_equal(ws_message_feed(&message, &limits, in.ptr, 18, &event), 18);
    assert_non_null(message.partial);
    ws_message_feed(&message, &limits, in.ptr + 18, 2, &event);
    assert_int_equal(event.kind, WS_EVENT_PING);
    ws_message_feed(&message, &limits, in.ptr + 20, in.len - 20, &event);
    assert_int_equal(event.kind, WS_EVENT_TEXT);
    assert_null(message.partial);
    assert_true(slice_is(event.payload, "kept!"));
    ws_event_release(&event);
    buffer_release(&in);
}

static void bad_text_fails_at_its_byte(void **unused)
{
    (void)unused;
    /* Autobahn 6.4.3: within one frame, whose end never comes. */
    struct buffer in = {0};
    struct ws_message message = {0};
    struct ws_event event;
    ws_client_frame(&in, 0x81, SLICE_LITERAL("\xce\xba\xf4\x90 and more, never sent"));
    for (size_t i = 0; i < 9; i++) {
        assert_int_equal(ws_message_feed(&message, &limits, in.ptr + i, 1, &event), 1);
        assert_int_equal(event.kind, WS_EVENT_NONE);
    }
    ws_message_feed(&message, &limits, in.ptr + 9, 1, &event);
    assert_int_equal(event.kind, WS_EVENT_ERROR);
    assert_int_equal(event.code, WS_CLOSE_INVALID_DATA);
    assert_null(message.partial);
    buffer_release(&in);
}

static void too_long_is_refused_by_the_header(void **unused)
{
    (void)unused;
    static const struct {
        uint64_t len;
        const char *expected;
    } cases[] = {
        {MESSAGE_BYTES_MAX, ""},
        {MESSAGE_BYTES_MAX + 1, "E1009"},
        {UINT32_MAX, "E1009"},
        {4294967301, "E1009"}, /* 2^32 + 5: 5 to whoever forgets the upper half */
        {INT64_MAX, "E1009"},
        {UINT64_MAX, "E1002"},
        {1ull << 63, "E1002"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        for (unsigned opcode = 1; opcode <= 2; opcode++) {
            struct buffer in = {0};
            ws_client_header(&in, 0x80 | opcode, cases[i].len);
            check_stepping(&in, slice_of_string(cases[i].expected), 1);
            buffer_release(&in);
        }
    }
}

static void fragments_are_bounded_by_their_sum(void **unused)
{
    (void)unused;
    struct buffer payload = make_payload(MESSAGE_BYTES_MAX);
    struct buffer in = {0}, got = {0};
    struct ws_message message = {0};
    ws_client_frame(&in, 0x02, slice_of(payload.ptr, MESSAGE_BYTES_MAX - 5));
    ws_client_header(&in, 0x00, INT64_MAX);
    feed(&message, in.ptr, in.len, &got);
    assert_true(slice_is(buffer_slice(&got), "E1009"));
    got.len = in.len = 0;

    ws_message_init(&message);
    ws_client_frame(&in, 0x02, slice_of(payload.ptr, MESSAGE_BYTES_MAX - 5));
    ws_client_frame(&in, 0x00, slice_of(payload.ptr, 5));
    for (size_t i = 0; i < 1000; i++)
        ws_client_frame(&in, 0x00, slice_of(payload.ptr, 0));
    ws_client_header(&in, 0x80, 1);
    feed(&message, in.ptr, in.len, &got);
    assert_true(slice_is(buffer_slice(&got), "E1009"));
    buffer_release(&got);
    buffer_release(&in);
    buffer_release(&payload);
}

static void messages_are_not_added_up(void **unused)
{
    (void)unused;
    struct buffer payload = make_payload(MESSAGE_BYTES_MAX);
    struct buffer in = {0}, got = {0};
    struct ws_message message = {0};
    for (int i = 0; i < 3; i++) {
        in.len = 0;
        got.len = 0;
        ws_client_frame(&in, 0x82, buffer_slice(&payload));
        feed(&message, in.ptr, in.len, &got);
        assert_int_equal(got.len, MESSAGE_BYTES_MAX + 3);
    }
    buffer_release(&got);
    buffer_release(&in);
    buffer_release(&payload);
}

static void memory_follows_what_came_not_what_was_promised(void **unused)
{
    (void)unused;
    struct ws_message_limits generous = {.message_bytes_max = INT32_MAX};
    struct buffer in = {0};
    struct ws_message message = {0};
    struct ws_event event;
    ws_client_header(&in, 0x82, INT32_MAX);
    buffer_append(&in, "0123456789", 10);
    assert_int_equal(ws_message_feed(&message, &generous, in.ptr, in.len, &event), in.len);
    /* The first member of the hidden struct is the buffer of the message. */
    struct buffer kept;
    memcpy(&kept, message.partial, sizeof kept);
    assert_int_equal(kept.len, 10);
    assert_true(kept.cap < 1024);
    ws_message_release(&message);
    buffer_release(&in);
}

static void a_release_in_the_middle_frees_all(void **unused)
{
    (void)unused;
    struct buffer in = {0}, got = {0};
    ws_client_frame(&in, 0x01, SLICE_LITERAL("abc"));
    ws_client_frame(&in, 0x89, SLICE_LITERAL("ping"));
    for (size_t len = 0; len < in.len; len++) {
        struct ws_message message = {0};
        feed(&message, in.ptr, len, &got);
        ws_message_release(&message);
        ws_message_release(&message);
        feed(&message, in.ptr, in.len, &got);
        assert_int_equal(got.len, 0);
    }
    buffer_release(&got);
    buffer_release(&in);
}

static int set_up(void **unused)
{
    (void)unused;
    limits = (struct ws_message_limits){.message_bytes_max = MESSAGE_BYTES_MAX};
    guard = guard_new(GUARD_BYTES);
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
        cmocka_unit_test(messages_of_all_sizes_come_through),
        cmocka_unit_test(a_whole_frame_is_not_copied),
        cmocka_unit_test(an_idle_one_holds_nothing),
        cmocka_unit_test(bad_text_fails_at_its_byte),
        cmocka_unit_test(too_long_is_refused_by_the_header),
        cmocka_unit_test(fragments_are_bounded_by_their_sum),
        cmocka_unit_test(messages_are_not_added_up),
        cmocka_unit_test(memory_follows_what_came_not_what_was_promised),
        cmocka_unit_test(a_release_in_the_middle_frees_all),
    };
    return cmocka_run_group_tests(tests, set_up, take_down);
}
