#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include "base/error.h"
#include "base/utf8.h"
#include "guard.h"
#include "proto/ws_frame.h"
#include "ws_client.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static struct guard guard;

static int decode(const void *bytes, size_t len, bool deflate, struct ws_frame *ret_frame)
{
    return ws_frame_decode(guard_put(&guard, bytes, len), len, deflate, ret_frame);
}

static void headers_are_decoded_at_every_split(void **unused)
{
    (void)unused;
    static const uint64_t lengths[] = {0,          1,          125,       126,
                                       127,        65535,      65536,     UINT32_MAX,
                                       4294967301, 1ull << 62, INT64_MAX, INT64_MAX - 1};
    static const uint8_t firsts[] = {0x81, 0x01, 0x82, 0x02, 0x80, 0x00, 0xc1, 0x42};
    for (size_t i = 0; i < COUNT(lengths); i++) {
        for (size_t f = 0; f < COUNT(firsts); f++) {
            struct buffer bytes = {0};
            struct ws_frame frame;
            ws_client_header(&bytes, firsts[f], lengths[i]);
            for (size_t len = 0; len < bytes.len; len++)
                assert_int_equal(decode(bytes.ptr, len, true, &frame), ERR_AGAIN);
            assert_int_equal(decode(bytes.ptr, bytes.len, true, &frame), (int)bytes.len);
            assert_int_equal(frame.opcode, firsts[f] & 0x0f);
            assert_int_equal(frame.fin, firsts[f] >> 7);
            assert_int_equal(frame.rsv1, firsts[f] >> 6 & 1);
            assert_true(frame.len == lengths[i]);
            assert_memory_equal(frame.mask, ws_client_mask, 4);
            buffer_release(&bytes);
        }
    }
}

static void first_bytes_are_judged_alone(void **unused)
{
    (void)unused;
    struct ws_frame frame;
    for (unsigned byte = 0; byte < 256; byte++) {
        unsigned opcode = byte & 0x0f;
        bool data = opcode <= 2;
        bool control = opcode >= 8 && opcode <= 10;
        bool plain = (data || (control && byte & 0x80)) && !(byte & 0x70);
        bool marked = (opcode == 1 || opcode == 2) && (byte & 0x70) == 0x40;
        uint8_t bytes[1] = {(uint8_t)byte};
        assert_int_equal(decode(bytes, 1, false, &frame), plain ? ERR_AGAIN : ERR_PROTOCOL);
        assert_int_equal(decode(bytes, 1, true, &frame),
                         plain || marked ? ERR_AGAIN : ERR_PROTOCOL);
    }
}

static void bad_lengths_are_refused(void **unused)
{
    (void)unused;
    static const struct {
        uint8_t bytes[10];
        size_t len;
    } bad[] = {
        {{0x81, 0x00}, 2},                                /* no mask */
        {{0x81, 0x7f}, 2},                                /* no mask */
        {{0x89, 0xfe}, 2},                                /* a control frame over 125 */
        {{0x88, 0xff}, 2},                                /* a control frame over 125 */
        {{0x81, 0xfe, 0x00, 0x7d}, 4},                    /* 125 in 16 bits */
        {{0x81, 0xfe, 0x00, 0x00}, 4},                    /* 0 in 16 bits */
        {{0x81, 0xff, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 10}, /* 65535 in 64 bits */
        {{0x81, 0xff, 0, 0, 0, 0, 0, 0, 0, 0x05}, 10},    /* 5 in 64 bits */
        {{0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0x05}, 10}, /* the top bit */
        {{0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, 10},
    };
    struct ws_frame frame;
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_int_equal(decode(bad[i].bytes, bad[i].len, true, &frame), ERR_PROTOCOL);
}

static void masks_fit_at_every_length_and_offset(void **unused)
{
    (void)unused;
    enum { LEN = 131 };
    uint8_t bytes[LEN], expected[LEN];
    for (size_t len = 0; len <= LEN; len++) {
        for (size_t i = 0; i < len; i++) {
            bytes[i] = (uint8_t)(i * 7);
            expected[i] = (uint8_t)(bytes[i] ^ ws_client_mask[i % 4]);
        }
        for (size_t split = 0; split <= len; split++) {
            uint8_t mask[4];
            memcpy(mask, ws_client_mask, 4);
            uint8_t *piece = guard_put(&guard, bytes, split);
            ws_frame_mask(piece, split, mask);
            assert_memory_equal(piece, expected, split);
            ws_frame_mask_rotate(mask, split);
            piece = guard_put(&guard, bytes + split, len - split);
            ws_frame_mask(piece, len - split, mask);
            if (len > split)
                assert_memory_equal(piece, expected + split, len - split);
        }
    }
}

static void server_headers_have_three_sizes(void **unused)
{
    (void)unused;
    uint8_t out[WS_SERVER_HEADER_SIZE_MAX];
    assert_int_equal(ws_frame_header(out, WS_OP_TEXT, false, 125), 2);
    assert_memory_equal(out, "\x81\x7d", 2);
    assert_int_equal(ws_frame_header(out, WS_OP_BINARY, true, 126), 4);
    assert_memory_equal(out, "\xc2\x7e\x00\x7e", 4);
    assert_int_equal(ws_frame_header(out, WS_OP_TEXT, false, 65535), 4);
    assert_memory_equal(out, "\x81\x7e\xff\xff", 4);
    assert_int_equal(ws_frame_header(out, WS_OP_TEXT, false, 65536), 10);
    assert_memory_equal(out, "\x81\x7f\0\0\0\0\0\1\0\0", 10);
    assert_int_equal(ws_frame_header(out, WS_OP_TEXT, false, 4294967301), 10);
    assert_memory_equal(out, "\x81\x7f\0\0\0\1\0\0\0\5", 10);
    assert_int_equal(ws_frame_header(out, WS_OP_PONG, false, 0), 2);
    assert_memory_equal(out, "\x8a\x00", 2);
}

static void close_frames_are_built(void **unused)
{
    (void)unused;
    uint8_t out[WS_CLOSE_FRAME_SIZE_MAX];
    assert_int_equal(ws_frame_close(out, WS_CLOSE_NONE, slice_of(NULL, 0)), 2);
    assert_memory_equal(out, "\x88\x00", 2);
    assert_int_equal(ws_frame_close(out, 1000, slice_of(NULL, 0)), 4);
    assert_memory_equal(out, "\x88\x02\x03\xe8", 4);
    assert_int_equal(ws_frame_close(out, 1009, SLICE_LITERAL("too big")), 11);
    assert_memory_equal(out, "\x88\x09\x03\xf1too big", 11);
}

static void long_reasons_are_cut_between_code_points(void **unused)
{
    (void)unused;
    uint8_t out[WS_CLOSE_FRAME_SIZE_MAX];
    char reason[200];
    for (size_t shift = 0; shift < 4; shift++) {
        memset(reason, 'x', shift);
        for (size_t i = shift; i + 4 <= sizeof reason; i += 4)
            memcpy(reason + i, "\xf0\x9f\x98\x80", 4);
        size_t len = ws_frame_close(out, 1000, slice_of(reason, 196));
        assert_in_range(len, 4 + WS_CLOSE_REASON_BYTES_MAX - 3, 4 + WS_CLOSE_REASON_BYTES_MAX);
        assert_int_equal(out[1], len - 2);
        assert_true(utf8_is_valid(slice_of(out + 4, len - 4)));
    }
}

static void close_codes_are_judged(void **unused)
{
    (void)unused;
    /* Autobahn 7.7 and 7.9, and the codes that were registered since. */
    static const unsigned good[] = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010,
                                    1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999};
    static const unsigned bad[] = {0,    1,    999,  1004, 1005, 1006,  1015,
                                   1016, 1100, 2000, 2999, 5000, 65535, 1u << 31};
    for (size_t i = 0; i < COUNT(good); i++)
        assert_true(ws_close_code_is_valid(good[i]));
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(ws_close_code_is_valid(bad[i]));
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
        cmocka_unit_test(headers_are_decoded_at_every_split),
        cmocka_unit_test(first_bytes_are_judged_alone),
        cmocka_unit_test(bad_lengths_are_refused),
        cmocka_unit_test(masks_fit_at_every_length_and_offset),
        cmocka_unit_test(server_headers_have_three_sizes),
        cmocka_unit_test(close_frames_are_built),
        cmocka_unit_test(long_reasons_are_cut_between_code_points),
        cmocka_unit_test(close_codes_are_judged),
    };
    return cmocka_run_group_tests(tests, set_up, take_down);
}
