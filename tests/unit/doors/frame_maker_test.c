#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <string.h>

#include "chat/dice.h"

#include "base/error.h"
#include "doors/frame_maker.h"
#include "proto/ws_frame.h"

static void write_payload(struct frame_maker *maker, size_t len, bool random)
{
    struct dice dice = dice_from(len);
    uint8_t *to = buffer_reserve(&maker->payload, len);
    for (size_t i = 0; i < len; i++)
        to[i] = random ? (uint8_t)(0x20 + dice_below(&dice, 90)) : (uint8_t)('a' + i / 64 % 26);
    maker->payload.len += len;
}

static void headers_are_of_the_shortest_form(void **state)
{
    const struct {
        size_t len;
        size_t header_len;
        uint8_t header[10];
    } cases[] = {
        {1, 2, {0x81, 1}},
        {125, 2, {0x81, 125}},
        {126, 4, {0x81, 126, 0, 126}},
        {65535, 4, {0x81, 126, 0xff, 0xff}},
        {65536, 10, {0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0}},
        {400000, 10, {0x81, 127, 0, 0, 0, 0, 0, 6, 0x1a, 0x80}},
    };
    struct frame_maker maker;
    (void)state;
    frame_maker_init(&maker, false);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buffer out = {0}, copy = {0};
        buffer_append_string(&out, "before");
        write_payload(&maker, cases[i].len, false);
        buffer_append(&copy, maker.payload.ptr, maker.payload.len);
        frame_maker_finish(&maker, &out);
        assert_int_equal(maker.payload.len, 0); /* ready for the next one */
        assert_int_equal(out.len, strlen("before") + cases[i].header_len + cases[i].len);
        assert_memory_equal(out.ptr, "before", strlen("before"));
        assert_memory_equal(out.ptr + 6, cases[i].header, cases[i].header_len);
        assert_memory_equal(out.ptr + 6 + cases[i].header_len, copy.ptr, copy.len);
        buffer_release(&out);
        buffer_release(&copy);
    }
    frame_maker_release(&maker);
}

static void large_payloads_are_deflated_and_small_ones_are_not(void **state)
{
    const size_t lens[] = {1,
                           100,
                           FRAME_DEFLATE_BYTES_MIN - 1,
                           FRAME_DEFLATE_BYTES_MIN,
                           FRAME_DEFLATE_BYTES_MIN + 1,
                           5000,
                           70000,
                           400000};
    struct frame_maker maker;
    (void)state;
    frame_maker_init(&maker, true);
    struct ws_inflater *inflater = ws_inflater_new(WS_WINDOW_BITS_MAX, false);
    for (unsigned i = 0; i < 2 * sizeof(lens) / sizeof(lens[0]); i++) {
        struct buffer out = {0}, copy = {0}, back = {0};
        size_t len = lens[i / 2];
        write_payload(&maker, len, i % 2);
        buffer_append(&copy, maker.payload.ptr, maker.payload.len);
        frame_maker_finish(&maker, &out);
        assert_int_equal(maker.payload.len, 0);
        size_t header_len = out.ptr[1] < 126 ? 2 : out.ptr[1] == 126 ? 4 : 10;
        struct slice payload = slice_of(out.ptr + header_len, out.len - header_len);
        if (len < FRAME_DEFLATE_BYTES_MIN) {
            assert_int_equal(out.ptr[0], 0x81);
            assert_true(slice_equals(payload, buffer_slice(&copy)));
        } else {
            assert_int_equal(out.ptr[0], 0xc1); /* FIN, RSV1, text */
            assert_true(payload.len < len);
            /* Each frame stands alone, for whoever joins between two. */
            assert_int_equal(ws_inflater_run(inflater, payload, len, &back), OK);
            assert_true(slice_equals(buffer_slice(&back), buffer_slice(&copy)));
        }
        buffer_release(&out);
        buffer_release(&copy);
        buffer_release(&back);
    }
    ws_inflater_free(inflater);
    frame_maker_release(&maker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_are_of_the_shortest_form),
        cmocka_unit_test(large_payloads_are_deflated_and_small_ones_are_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
