#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <stdio.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/utf8.h"
#include "chat/name.h"

#define X10 "xxxxxxxxxx"
#define X39 X10 X10 X10 "xxxxxxxxx"
#define GRIN10 "😀😀😀😀😀😀😀😀😀😀"

static struct name make(const char *typed)
{
    struct name name;
    assert_int_equal(name_make(slice_of_string(typed), &name), OK);
    assert_int_equal(name.text[name.len], '\0');
    return name;
}

static void names_are_made(void **state)
{
    const struct {
        const char *typed, *name;
    } cases[] = {
        {"Ann", "Ann"},
        {"  Ann\t ", "Ann"},
        {"Ann Lee", "Ann Lee"},
        {"Ann\tLee", "Ann Lee"},
        {"\xc2\xa0 Ann\xe3\x80\x80\xe2\x80\x83", "Ann"},
        {"x", "x"},
        {"Zoë", "Zoë"},
        {"Zoe\xcc\x88", "Zoe\xcc\x88"}, /* with a combining diaeresis */
        {"שלום", "שלום"},
        {"مرحبا", "مرحبا"},
        {"李小龍", "李小龍"},
        {"नमस्ते", "नमस्ते"},
        {"😀", "😀"},
        {"<b>&\"'", "<b>&\"'"},
        {"~", "~"},
        {X39 "x", X39 "x"},
        {"   " X39 "x   ", X39 "x"},
        {GRIN10 GRIN10 GRIN10 GRIN10, GRIN10 GRIN10 GRIN10 GRIN10},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_string_equal(make(cases[i].typed).text, cases[i].name);
}

static void what_is_no_name_is_refused(void **state)
{
    const struct {
        const char *typed;
        int result;
    } cases[] = {
        {"", ERR_PROTOCOL},
        {" ", ERR_PROTOCOL},
        {" \t\xc2\xa0\xe3\x80\x80", ERR_PROTOCOL},
        {"Ann\n", ERR_PROTOCOL},
        {"\rAnn", ERR_PROTOCOL},
        {"A\x01n", ERR_PROTOCOL},
        {"Ann\x7f", ERR_PROTOCOL},
        {"A\xff", ERR_PROTOCOL},
        {"A\xc3", ERR_PROTOCOL},        /* cut off */
        {"\xed\xa0\x80", ERR_PROTOCOL}, /* a surrogate */
        {"\xc1\x81", ERR_PROTOCOL},     /* overlong */
        {"Ann \xff", ERR_PROTOCOL},
        {X39 "xy", ERR_LIMIT},
        {X39 " y", ERR_LIMIT},
        {GRIN10 GRIN10 GRIN10 GRIN10 "x", ERR_LIMIT},
        {X39 "e\xcc\x88", ERR_LIMIT}, /* a combining character counts */
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct name name = {.len = 77};
        int result = name_make(slice_of_string(cases[i].typed), &name);
        if (result != cases[i].result)
            fail_msg("case %zu: %s", i, error_name(result));
        assert_int_equal(name.len, 77); /* untouched */
    }
}

static void a_name_that_may_be_missing(void **state)
{
    static const char *const empty[] = {"", " ", " \t\xc2\xa0\xe3\x80\x80"};
    struct name name;
    (void)state;
    for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++) {
        name.len = 77;
        assert_int_equal(name_make_optional(slice_of_string(empty[i]), &name), OK);
        assert_int_equal(name.len, 0);
        assert_string_equal(name.text, "");
    }
    assert_int_equal(name_make_optional(slice_of(NULL, 0), &name), OK);
    assert_int_equal(name.len, 0);
    assert_int_equal(name_make_optional(slice_of_string(" An n "), &name), OK);
    assert_string_equal(name.text, "An n");
    assert_int_equal(name_make_optional(slice_of_string(" \n"), &name), ERR_PROTOCOL);
    assert_int_equal(name_make_optional(slice_of_string(X39 "xy"), &name), ERR_LIMIT);
    assert_string_equal(name.text, "An n"); /* untouched */
}

static void a_nul_is_refused(void **state)
{
    struct name name;
    (void)state;
    assert_int_equal(name_make(slice_of("A\0n", 3), &name), ERR_PROTOCOL);
    assert_int_equal(name_make(slice_of("\0", 1), &name), ERR_PROTOCOL);
}

static int make_with(uint32_t code_point)
{
    struct name name;
    uint8_t typed[16] = {'A'};
    size_t len = 1 + utf8_encode(code_point, typed + 1);
    typed[len++] = 'n';
    return name_make(slice_of(typed, len), &name);
}

struct span {
    uint32_t first, last;
};

static void assert_refused(const struct span *spans, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (uint32_t c = spans[i].first; c <= spans[i].last; c++) {
            if (make_with(c) != ERR_PROTOCOL)
                fail_msg("U+%04X is taken", c);
        }
    }
}

static void controls_and_marks_of_direction_are_refused(void **state)
{
    static const struct span spans[] = {
        {0x00, 0x08},       {0x0a, 0x1f},         {0x7f, 0x9f},     {0xad, 0xad},
        {0x61c, 0x61c},     {0x200b, 0x200f},     {0x2028, 0x202e}, {0x2060, 0x206f},
        {0xfeff, 0xfeff},   {0xfff9, 0xfffb},     {0xfffe, 0xffff}, {0x1fffe, 0x1ffff},
        {0xe0000, 0xe0fff}, {0x10fffe, 0x10ffff},
    };
    (void)state;
    assert_refused(spans, sizeof(spans) / sizeof(spans[0]));
}

/*
 * What is not seen serves to imitate somebody: Hangul fillers, the grapheme joiner, Khmer inherent
 * vowels, Mongolian separators, the blank of Braille (Unicode's Default_Ignorable_Code_Point, and
 * UTS 39's list of confusables).
 */
static void what_is_invisible_is_refused(void **state)
{
    static const struct span spans[] = {
        {0x34f, 0x34f},   {0x115f, 0x1160}, {0x17b4, 0x17b5}, {0x180b, 0x180f},
        {0x2800, 0x2800}, {0x3164, 0x3164}, {0xffa0, 0xffa0}, {0x1d173, 0x1d17a},
    };
    (void)state;
    assert_refused(spans, sizeof(spans) / sizeof(spans[0]));
}

/* The neighbours of what is refused are not. */
static void neighbours_are_taken(void **state)
{
    static const uint32_t taken[] = {0x20,   0x7e,   0xa0,   0xac,   0xae,   0x61b,
                                     0x61d,  0x200a, 0x2010, 0x2027, 0x202f, 0x205f,
                                     0x2070, 0xfefe, 0xfff8, 0xfffd, 0xdfffd};
    (void)state;
    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
        if (make_with(taken[i]) != OK)
            fail_msg("U+%04X is refused", taken[i]);
    }
}

static void folding_is_of_ascii_letters_only(void **state)
{
    struct name folded, name = make("AZ az 09 [\\]^ ÄË");
    (void)state;
    name_fold(&name, &folded);
    assert_string_equal(folded.text, "az az 09 [\\]^ ÄË");
    assert_int_equal(folded.len, name.len);
}

static void a_number_is_put_behind(void **state)
{
    const struct {
        const char *name;
        unsigned number;
        const char *result;
    } cases[] = {
        {"Ann", 2, "Ann 2"},
        {"Ann", 1000009, "Ann 1000009"},
        {X39 "x", 2, X10 X10 X10 "xxxxxxxx 2"},
        {X39 "x", 1000009, X10 X10 X10 "xx 1000009"},
        {X10 X10 X10 "xxxxxxxx", 2, X10 X10 X10 "xxxxxxxx 2"},
        {GRIN10 GRIN10 GRIN10 GRIN10, 4294967295u, GRIN10 GRIN10 "😀😀😀😀😀😀😀😀😀 4294967295"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct name out, name = make(cases[i].name);
        name_with_number(&name, cases[i].number, &out);
        assert_string_equal(out.text, cases[i].result);
        assert_int_equal(out.len, strlen(cases[i].result));
        assert_true(utf8_is_valid(name_slice(&out)));
        assert_true(utf8_length(name_slice(&out)) <= NAME_CHARACTERS_MAX);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_made),
        cmocka_unit_test(what_is_no_name_is_refused),
        cmocka_unit_test(a_name_that_may_be_missing),
        cmocka_unit_test(a_nul_is_refused),
        cmocka_unit_test(controls_and_marks_of_direction_are_refused),
        cmocka_unit_test(what_is_invisible_is_refused),
        cmocka_unit_test(neighbours_are_taken),
        cmocka_unit_test(folding_is_of_ascii_letters_only),
        cmocka_unit_test(a_number_is_put_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
