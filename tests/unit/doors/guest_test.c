#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "doors/guest.h"

/* 43 characters; the last one stands for four bits. */
#define TOKEN "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopE"

static void a_token_has_its_form(void **state)
{
    char tokens[200][GUEST_TOKEN_LEN + 1];
    unsigned seen[256] = {0};
    (void)state;
    for (unsigned i = 0; i < 200; i++) {
        guest_token_make(tokens[i]);
        assert_int_equal(strlen(tokens[i]), 43);
        assert_true(guest_token_is_valid(slice_of_string(tokens[i])));
        assert_non_null(strchr("AEIMQUYcgkosw048", tokens[i][42])); /* its last two bits are zero */
        for (unsigned j = 0; j < i; j++)
            assert_string_not_equal(tokens[i], tokens[j]);
        for (unsigned j = 0; j < 42; j++)
            seen[(uint8_t)tokens[i][j]]++;
    }
    /* 8,400 characters of 64 kinds: each is there but once in e^-131. */
    for (const char *c = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"; *c;
         c++)
        assert_true(seen[(uint8_t)*c] > 0);
}

static void what_is_no_token_is_refused(void **state)
{
    char text[] = TOKEN;
    (void)state;
    assert_true(guest_token_is_valid(SLICE_LITERAL(TOKEN)));
    assert_false(guest_token_is_valid(slice_of(NULL, 0)));
    assert_false(guest_token_is_valid(slice_of(text, 42)));
    assert_false(guest_token_is_valid(SLICE_LITERAL(TOKEN "x")));
    assert_false(guest_token_is_valid(SLICE_LITERAL(TOKEN "=")));
    for (unsigned c = 0; c < 256; c++) {
        bool fits = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                    c == '-' || c == '_';
        for (size_t place = 0; place < 43; place += 21) {
            memcpy(text, TOKEN, sizeof(text));
            text[place] = (char)c;
            assert_int_equal(guest_token_is_valid(slice_of(text, 43)), fits);
        }
    }
}

/* printf %s TOKEN | sha256sum, the first sixteen digits: people keep their ids over versions. */
static void the_id_follows_from_the_token(void **state)
{
    char other[] = TOKEN;
    (void)state;
    assert_true(guest_person(TOKEN) == UINT64_C(0x10a28a6a81505453));
    other[0] = 'B';
    assert_true(guest_person(TOKEN) != guest_person(other));
    assert_true(guest_person(TOKEN) == guest_person(TOKEN));
}

static void a_guests_name_is_a_number(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++) {
        struct name name, made;
        unsigned number;
        guest_name(&name);
        assert_int_equal(name.len, strlen("Guest 1234"));
        assert_int_equal(sscanf(name.text, "Guest %4u", &number), 1);
        assert_in_range(number, 1000, 9999);
        assert_int_equal(name_make(name_slice(&name), &made), 0);
        assert_string_equal(name.text, made.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_has_its_form),
        cmocka_unit_test(what_is_no_token_is_refused),
        cmocka_unit_test(the_id_follows_from_the_token),
        cmocka_unit_test(a_guests_name_is_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
