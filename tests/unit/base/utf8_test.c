#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include "base/error.h"
#include "base/utf8.h"
#include "guard.h"

struct sample {
    const char *text;
    size_t len;
};

#define SAMPLE(text)                                                                               \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }

/* After Markus Kuhn's UTF-8 decoder stress test, which the Autobahn cases 6.5 to 6.23 use too. */
static const struct sample good[] = {
    SAMPLE(""),
    SAMPLE("\0"),
    SAMPLE("hello world, hello world, hello world, hello world, hello world, hello world"),
    SAMPLE("\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5"),
    SAMPLE("hello\xc2\xa2world"),
    SAMPLE("hello\xe2\x82\xacworld"),
    SAMPLE("hello\xf0\xa4\xad\xa2world"),
    SAMPLE("0123456789abcdef0123456789abcde\xf0\xa4\xad\xa2 0123456789abcdef0123456789abcdef"),
    SAMPLE("\xc2\x80"),
    SAMPLE("\xe0\xa0\x80"),
    SAMPLE("\xf0\x90\x80\x80"),
    SAMPLE("\x7f"),
    SAMPLE("\xdf\xbf"),
    SAMPLE("\xef\xbf\xbf"),
    SAMPLE("\xf4\x8f\xbf\xbf"),
    SAMPLE("\xed\x9f\xbf"),
    SAMPLE("\xee\x80\x80"),
    SAMPLE("\xef\xbf\xbd"),
    SAMPLE("\xef\xbf\xbe"),
    SAMPLE("\xf0\x9f\xbf\xbe"),
    SAMPLE("\xf3\xbf\xbf\xbf"),
};

static const struct sample bad[] = {
    SAMPLE("\xf8\x88\x80\x80\x80"),
    SAMPLE("\xfc\x84\x80\x80\x80\x80"),
    SAMPLE("\xf7\xbf\xbf\xbf"),
    SAMPLE("\xfb\xbf\xbf\xbf\xbf"),
    SAMPLE("\xfd\xbf\xbf\xbf\xbf\xbf"),
    SAMPLE("\xf4\x90\x80\x80"),
    SAMPLE("\x80"),
    SAMPLE("\xbf"),
    SAMPLE("\x80\xbf\x80\xbf\x80\xbf"),
    SAMPLE("\xc0 \xc1 \xc2 \xc3 "),
    SAMPLE("\xe0 \xe1 \xe2 "),
    SAMPLE("\xf0 \xf1 \xf2 "),
    SAMPLE("\xfe"),
    SAMPLE("\xff"),
    SAMPLE("\xfe\xfe\xff\xff"),
    SAMPLE("\xc0\xaf"),
    SAMPLE("\xe0\x80\xaf"),
    SAMPLE("\xf0\x80\x80\xaf"),
    SAMPLE("\xc1\xbf"),
    SAMPLE("\xe0\x9f\xbf"),
    SAMPLE("\xf0\x8f\xbf\xbf"),
    SAMPLE("\xc0\x80"),
    SAMPLE("\xed\xa0\x80"),
    SAMPLE("\xed\xad\xbf"),
    SAMPLE("\xed\xae\x80"),
    SAMPLE("\xed\xbf\xbf"),
    SAMPLE("\xed\xa0\x80\xed\xb0\x80"),
    SAMPLE("0123456789abcdef0123456789abcdef\xff"
           "0123456789abcdef0123456789abcdef"),
    SAMPLE("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\xc2"),
    SAMPLE("\xdf"),
    SAMPLE("\xef\xbf"),
    SAMPLE("\xf0\x90\x80"),
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/** A second opinion: RFC 3629's table 3-7, read as it stands. Returns the length, 0 for none. */
static size_t naive_length(const uint8_t *at, size_t len)
{
    static const struct {
        uint8_t first_low, first_high, second_low, second_high, len;
    } table[] = {
        {0x00, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    for (size_t row = 0; row < COUNT(table); row++) {
        if (at[0] < table[row].first_low || at[0] > table[row].first_high)
            continue;
        if (len < table[row].len)
            return 0;
        if (table[row].len > 1 && (at[1] < table[row].second_low || at[1] > table[row].second_high))
            return 0;
        for (size_t i = 2; i < table[row].len; i++) {
            if (at[i] < 0x80 || at[i] > 0xbf)
                return 0;
        }
        return table[row].len;
    }
    return 0;
}

static bool naive_is_valid(const uint8_t *text, size_t len)
{
    size_t i = 0;
    while (i < len) {
        size_t step = naive_length(text + i, len - i);
        if (step == 0)
            return false;
        i += step;
    }
    return true;
}

/** Checks a text in two pieces, each before a guard page. */
static bool check_split(const struct guard *guard, const struct sample *sample, size_t split)
{
    uint8_t state = UTF8_START;
    const uint8_t *piece = guard_put(guard, sample->text, split);
    if (!utf8_check(&state, piece, split))
        return false;
    piece = guard_put(guard, sample->text + split, sample->len - split);
    return utf8_check(&state, piece, sample->len - split) && utf8_is_complete(state);
}

static void tables_are_judged_at_every_split(void **unused)
{
    (void)unused;
    struct guard guard = guard_new(256);
    for (size_t i = 0; i < COUNT(good); i++) {
        for (size_t split = 0; split <= good[i].len; split++)
            assert_true(check_split(&guard, &good[i], split));
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        for (size_t split = 0; split <= bad[i].len; split++)
            assert_false(check_split(&guard, &bad[i], split));
    }
    guard_free(&guard);
}

static void every_sequence_agrees_with_the_table_of_the_standard(void **unused)
{
    (void)unused;
    static const uint8_t edges[] = {0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0,
                                    0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff};
    for (unsigned first = 0; first < 256; first++) {
        for (unsigned second = 0; second < 256; second++) {
            for (size_t third = 0; third < COUNT(edges); third++) {
                for (size_t fourth = 0; fourth < COUNT(edges); fourth++) {
                    uint8_t text[4] = {(uint8_t)first, (uint8_t)second, edges[third],
                                       edges[fourth]};
                    if (utf8_is_valid(slice_of(text, 4)) != naive_is_valid(text, 4))
                        fail_msg("%02x %02x %02x %02x", text[0], text[1], text[2], text[3]);
                }
            }
        }
    }
}

static void the_first_impossible_byte_fails(void **unused)
{
    (void)unused;
    /* Autobahn 6.4: no waiting for the rest of a sequence that is lost already. */
    uint8_t state = UTF8_START;
    assert_true(utf8_check(&state, "\xce\xba\xf4", 3));
    assert_false(utf8_check(&state, "\x90", 1));
    assert_false(utf8_check(&state, "a", 1));
    assert_false(utf8_is_complete(state));
}

static void every_code_point_survives_a_round_trip(void **unused)
{
    (void)unused;
    for (uint32_t code_point = 0; code_point < 0x110000; code_point++) {
        if (code_point >= 0xd800 && code_point <= 0xdfff)
            continue;
        uint8_t bytes[UTF8_BYTES_MAX];
        uint32_t back = UINT32_MAX;
        size_t len = utf8_encode(code_point, bytes);
        int used = utf8_decode(slice_of(bytes, len), &back);
        if (used != (int)len || back != code_point || !utf8_is_valid(slice_of(bytes, len)))
            fail_msg("U+%04X", code_point);
        if (len > 1 && utf8_decode(slice_of(bytes, len - 1), &back) != ERR_AGAIN)
            fail_msg("U+%04X cut", code_point);
    }
}

static void decoding_refuses_what_is_invalid(void **unused)
{
    (void)unused;
    uint32_t code_point = 7;
    assert_int_equal(utf8_decode(SLICE_LITERAL("\xed\xa0"), &code_point), ERR_PROTOCOL);
    assert_int_equal(utf8_decode(SLICE_LITERAL("\x80"), &code_point), ERR_PROTOCOL);
    assert_int_equal(utf8_decode(SLICE_LITERAL(""), &code_point), ERR_AGAIN);
    assert_int_equal(code_point, 7);
}

#define FFFD "\xef\xbf\xbd"

/* What Go's encoding/json makes of each. */
static const struct {
    struct sample in, out;
} replaced[] = {
    {SAMPLE(""), SAMPLE("")},
    {SAMPLE("plain"), SAMPLE("plain")},
    {SAMPLE("\xff"), SAMPLE(FFFD)},
    {SAMPLE("a\xff"
            "b"),
     SAMPLE("a" FFFD "b")},
    {SAMPLE("\xe4\xbd"), SAMPLE(FFFD FFFD)},
    {SAMPLE("\xe4\xbd\xa0\xe4\xbd"), SAMPLE("\xe4\xbd\xa0" FFFD FFFD)},
    {SAMPLE("\xf0\x9f\x98x"), SAMPLE(FFFD FFFD FFFD "x")},
    {SAMPLE("\xed\xa0\x80"), SAMPLE(FFFD FFFD FFFD)},
    {SAMPLE("\xc0\x80"), SAMPLE(FFFD FFFD)},
    {SAMPLE("0123456789abcdef\xfe"
            "0123456789abcdef"),
     SAMPLE("0123456789abcdef" FFFD "0123456789abcdef")},
};

static void invalid_bytes_are_replaced_one_by_one(void **unused)
{
    (void)unused;
    struct guard guard = guard_new(256);
    for (size_t i = 0; i < COUNT(replaced); i++) {
        struct buffer out = {0};
        const struct sample *in = &replaced[i].in;
        utf8_replace_invalid(slice_of(guard_put(&guard, in->text, in->len), in->len), &out);
        assert_int_equal(out.len, replaced[i].out.len);
        if (out.len > 0)
            assert_memory_equal(out.ptr, replaced[i].out.text, out.len);
        buffer_release(&out);
    }
    guard_free(&guard);
}

static void length_counts_code_points(void **unused)
{
    (void)unused;
    assert_int_equal(utf8_length(SLICE_LITERAL("")), 0);
    assert_int_equal(utf8_length(SLICE_LITERAL("a\xc2\xa2\xe2\x82\xac\xf0\xa4\xad\xa2")), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_judged_at_every_split),
        cmocka_unit_test(every_sequence_agrees_with_the_table_of_the_standard),
        cmocka_unit_test(the_first_impossible_byte_fails),
        cmocka_unit_test(every_code_point_survives_a_round_trip),
        cmocka_unit_test(decoding_refuses_what_is_invalid),
        cmocka_unit_test(invalid_bytes_are_replaced_one_by_one),
        cmocka_unit_test(length_counts_code_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
