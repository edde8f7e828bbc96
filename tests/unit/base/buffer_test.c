#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include "base/buffer.h"

static void it_holds_no_memory_until_it_is_used(void **state)
{
    (void)state;
    struct buffer buffer = {0};
    buffer_append(&buffer, NULL, 0);
    buffer_append_string(&buffer, "");
    assert_null(buffer.ptr);
    assert_int_equal(buffer.cap, 0);
    buffer_release(&buffer);
}

static void it_grows_and_keeps_its_bytes(void **state)
{
    (void)state;
    struct buffer buffer = {0};
    for (int i = 0; i < 100000; i++)
        buffer_append_byte(&buffer, (uint8_t)(i * 7));
    assert_int_equal(buffer.len, 100000);
    for (int i = 0; i < 100000; i++)
        assert_int_equal(buffer.ptr[i], (uint8_t)(i * 7));
    buffer_release(&buffer);
    assert_null(buffer.ptr);
    assert_int_equal(buffer.len, 0);
    buffer_append_string(&buffer, "again");
    assert_true(slice_is(buffer_slice(&buffer), "again"));
    buffer_release(&buffer);
}

static void text_is_formatted_behind_what_is_there(void **state)
{
    (void)state;
    struct buffer buffer = {0};
    char long_text[1000];
    memset(long_text, 'x', sizeof(long_text) - 1);
    long_text[sizeof(long_text) - 1] = 0;
    buffer_append_string(&buffer, "a=");
    buffer_printf(&buffer, "%d,%s", 42, "b");
    assert_true(slice_is(buffer_slice(&buffer), "a=42,b"));
    buffer_printf(&buffer, "%s", long_text);
    assert_int_equal(buffer.len, 6 + 999);
    assert_memory_equal(buffer.ptr + 6, long_text, 999);
    buffer_release(&buffer);
}

static void reserved_room_is_there(void **state)
{
    (void)state;
    struct buffer buffer = {0};
    for (size_t len = 1; len < 5000; len = len * 3 + 1) {
        uint8_t *room = buffer_reserve(&buffer, len);
        assert_ptr_equal(room, buffer.ptr + buffer.len);
        assert_true(buffer.cap - buffer.len >= len);
        memset(room, 'r', len);
        buffer.len += len;
    }
    buffer_release(&buffer);
}

static void the_front_can_be_dropped(void **state)
{
    (void)state;
    struct buffer buffer = {0};
    buffer_append_string(&buffer, "0123456789");
    buffer_drop_front(&buffer, 0);
    buffer_drop_front(&buffer, 3);
    assert_true(slice_is(buffer_slice(&buffer), "3456789"));
    buffer_drop_front(&buffer, 7);
    assert_int_equal(buffer.len, 0);
    buffer_drop_front(&buffer, 0);
    buffer_release(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_holds_no_memory_until_it_is_used),
        cmocka_unit_test(it_grows_and_keeps_its_bytes),
        cmocka_unit_test(text_is_formatted_behind_what_is_there),
        cmocka_unit_test(reserved_room_is_there),
        cmocka_unit_test(the_front_can_be_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
