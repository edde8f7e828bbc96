#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include "base/unicode.h"

enum { BEYOND = 0x110000 };

static void classes(void **state)
{
    static const struct {
        uint32_t code_point;
        enum unicode_class class_is;
    } samples[] = {
        {0, UNICODE_SPACE},          {' ', UNICODE_SPACE},        {'-', UNICODE_SPACE},
        {'_', UNICODE_SPACE},        {'a', UNICODE_LETTER},       {'Z', UNICODE_LETTER},
        {'0', UNICODE_LETTER},       {'9', UNICODE_LETTER},       {'+', UNICODE_SYMBOL},
        {0x7f, UNICODE_SPACE},       {0xa0, UNICODE_SPACE},       {0xe9, UNICODE_LETTER},
        {0xad, UNICODE_NOTHING},     {0x301, UNICODE_NOTHING},    {0x3b1, UNICODE_LETTER},
        {0x64e, UNICODE_NOTHING},    {0x93f, UNICODE_LETTER},     {0xe01, UNICODE_UNSPACED},
        {0x200b, UNICODE_SPACE},     {0x200d, UNICODE_NOTHING},   {0x2014, UNICODE_SPACE},
        {0x3042, UNICODE_UNSPACED},  {0x4e00, UNICODE_UNSPACED},  {0xac00, UNICODE_UNSPACED},
        {0xfe0f, UNICODE_NOTHING},   {0xff21, UNICODE_LETTER},    {0x1f389, UNICODE_SYMBOL},
        {0x1f3fd, UNICODE_NOTHING},  {0x20000, UNICODE_UNSPACED}, {BEYOND, UNICODE_SPACE},
        {UINT32_MAX, UNICODE_SPACE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++)
        assert_int_equal(unicode_class_of(samples[i].code_point), samples[i].class_is);
}

static void folding(void **state)
{
    static const uint32_t samples[][2] = {
        {'A', 'a'},       {'a', 'a'},         {'@', '@'},         {'[', '['},       {0xc9, 'e'},
        {0xdf, 0xdf},     {0x1e9e, 0xdf},     {0x130, 'i'},       {0x131, 'i'},     {0x3a3, 0x3c3},
        {0x3c2, 0x3c3},   {0x386, 0x3b1},     {0x401, 0x435},     {0x419, 0x438},   {0xff21, 'a'},
        {0x304c, 0x304c}, {0x10400, 0x10428}, {0x1f389, 0x1f389}, {BEYOND, BEYOND},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++)
        assert_int_equal(unicode_fold(samples[i][0]), samples[i][1]);
}

static void folding_twice_changes_nothing_more(void **state)
{
    unsigned changed = 0;
    (void)state;
    for (uint32_t i = 0; i < BEYOND; i++) {
        uint32_t folded = unicode_fold(i);
        changed += folded != i;
        assert_int_equal(unicode_fold(folded), folded);
        assert_int_equal(unicode_class_of(folded), unicode_class_of(i));
    }
    assert_true(changed > 1500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes),
        cmocka_unit_test(folding),
        cmocka_unit_test(folding_twice_changes_nothing_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
