#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

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

/* printf %s TOKEN | sha256sum: a token is good for as long as the data is kept. */
static void the_server_knows_a_token_by_its_hash(void **state)
{
    static const uint8_t expected[TOKEN_HASH_BYTES] = {
        0x10, 0xa2, 0x8a, 0x6a, 0x81, 0x50, 0x54, 0x53, 0x14, 0x2d, 0x4a,
        0x91, 0xb0, 0x96, 0x0c, 0xac, 0xbb, 0x15, 0xf3, 0x6a, 0xaf, 0x51,
        0x18, 0x73, 0xc2, 0x36, 0x05, 0x4e, 0xfe, 0xdd, 0xa5, 0x44,
    };
    uint8_t hash[TOKEN_HASH_BYTES], another[TOKEN_HASH_BYTES];
    char other[] = TOKEN;
    (void)state;
    guest_token_hash(TOKEN, hash);
    assert_memory_equal(hash, expected, sizeof(hash));
    other[42] = 'I';
    guest_token_hash(other, another);
    assert_memory_not_equal(hash, another, sizeof(hash));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_has_its_form),
        cmocka_unit_test(what_is_no_token_is_refused),
        cmocka_unit_test(the_server_knows_a_token_by_its_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
