#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include "base/slice.h"

static void equality_looks_at_all_bytes(void **state)
{
    (void)state;
    struct slice abc = SLICE_LITERAL("abc");
    struct slice none = {0};
    assert_int_equal(abc.len, 3);
    assert_true(slice_is(abc, "abc"));
    assert_false(slice_is(abc, "ab"));
    assert_false(slice_is(abc, "abcd"));
    assert_false(slice_is(abc, "abd"));
    assert_true(slice_is(none, ""));
    assert_true(slice_equals(none, slice_of("xyz", 0)));
    assert_true(slice_equals(slice_of("a\0b", 3), slice_of("a\0b", 3)));
    assert_false(slice_equals(slice_of("a\0b", 3), slice_of("a\0c", 3)));
}

static void case_is_that_of_ascii_letters_only(void **state)
{
    (void)state;
    assert_true(slice_equals_nocase(SLICE_LITERAL("Upgrade"), SLICE_LITERAL("uPGRADE")));
    assert_true(slice_equals_nocase(slice_of(NULL, 0), SLICE_LITERAL("")));
    assert_false(slice_equals_nocase(SLICE_LITERAL("upgrade"), SLICE_LITERAL("upgrad")));
    for (int a = 0; a < 256; a++) {
        for (int b = 0; b < 256; b++) {
            uint8_t left = (uint8_t)a;
            uint8_t right = (uint8_t)b;
            int low_a = a >= 'A' && a <= 'Z' ? a + 32 : a;
            int low_b = b >= 'A' && b <= 'Z' ? b + 32 : b;
            bool equal = slice_equals_nocase(slice_of(&left, 1), slice_of(&right, 1));
            assert_int_equal(equal, low_a == low_b);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equality_looks_at_all_bytes),
        cmocka_unit_test(case_is_that_of_ascii_letters_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
