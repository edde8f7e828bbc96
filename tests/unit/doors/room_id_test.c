#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <string.h>

#include "chat/welcome.h"
#include "doors/hex_text.h"
#include "doors/room_id.h"

static void assert_both_ways(uint64_t room, const char *text)
{
    struct buffer out = {0};
    uint64_t read = 0;
    room_id_write(&out, room);
    assert_true(slice_is(buffer_slice(&out), text));
    assert_true(room_id_parse(buffer_slice(&out), &read));
    assert_true(read == room);
    buffer_release(&out);
}

static void ids_go_out_and_come_in(void **state)
{
    (void)state;
    assert_both_ways(ROOM_LOBBY, "lobby");
    assert_both_ways(2, "000000000002");
    assert_both_ways(0x9f86d081884c, "9f86d081884c");
    assert_both_ways(ROOM_ID_MAX, "ffffffffffff");
}

static void what_is_no_id_is_refused(void **state)
{
    static const char *const bad[] = {"",
                                      "Lobby",
                                      "lobby ",
                                      "lobb",
                                      "000000000000",
                                      "000000000001",
                                      "9f86d081884",
                                      "9f86d081884c7",
                                      "9F86D081884C",
                                      "9f86d081884g",
                                      "0x86d081884c",
                                      " f86d081884c"};
    uint64_t room = 7;
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (room_id_parse(slice_of_string(bad[i]), &room))
            fail_msg("\"%s\" was taken for an id", bad[i]);
    }
    assert_false(room_id_parse(slice_of("9f86d08188\0c", 12), &room));
    assert_true(room == 7);
}

static void every_digit_counts(void **state)
{
    char text[] = "000000000002";
    (void)state;
    for (unsigned at = 0; at < 12; at++) {
        uint64_t room = 0;
        char was = text[at];
        text[at] = 'a';
        assert_true(room_id_parse(slice_of(text, 12), &room));
        uint64_t expected = at == 11 ? 0xa : UINT64_C(0xa) << (4 * (11 - at)) | 2;
        assert_true(room == expected);
        text[at] = was;
    }
}

static void bytes_and_digits(void **state)
{
    static const uint8_t bytes[] = {0x00, 0x0f, 0xf0, 0xa5, 0xff};
    uint8_t read[sizeof(bytes)];
    struct buffer out = {0};
    (void)state;
    buffer_append_string(&out, "x");
    hex_write(&out, bytes, sizeof(bytes));
    assert_true(slice_is(buffer_slice(&out), "x000ff0a5ff"));
    assert_true(hex_read(slice_of(out.ptr + 1, 10), read, sizeof(read)));
    assert_memory_equal(read, bytes, sizeof(bytes));
    memset(read, 1, sizeof(read));
    assert_false(hex_read(slice_of(out.ptr + 1, 9), read, sizeof(read)));
    assert_false(hex_read(slice_of(out.ptr, 11), read, sizeof(read)));
    assert_false(hex_read(slice_of(out.ptr, 10), read, sizeof(read))); /* 'x' */
    assert_int_equal(read[0], 1);                                      /* untouched */
    assert_false(hex_read(slice_of(NULL, 0), read, sizeof(read)));
    buffer_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_go_out_and_come_in),
        cmocka_unit_test(what_is_no_id_is_refused),
        cmocka_unit_test(every_digit_counts),
        cmocka_unit_test(bytes_and_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
