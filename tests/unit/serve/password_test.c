#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "serve/password.h"

static const struct password_cost cheap = {.memory_kb = 64, .passes = 1};

/* ---- what is a password ---- */

static void lengths_are_counted_in_code_points(void **state)
{
    char text[PASSWORD_BYTES_MAX + 8];
    (void)state;
    memset(text, 'a', sizeof(text));
    assert_int_equal(password_check(slice_of(text, 7)), ERR_LIMIT);
    assert_int_equal(password_check(slice_of(text, 8)), OK);
    assert_int_equal(password_check(slice_of(text, 128)), OK);
    assert_int_equal(password_check(slice_of(text, 129)), ERR_LIMIT);
    assert_int_equal(password_check(slice_of(text, sizeof(text))), ERR_LIMIT);
    assert_int_equal(password_check(slice_of(NULL, 0)), ERR_LIMIT);
    /* Two characters of four bytes are two, 128 of them are 512 bytes. */
    for (size_t i = 0; i + 4 <= sizeof(text); i += 4)
        memcpy(text + i, "\xf0\x9f\x90\xb9", 4);
    assert_int_equal(password_check(slice_of(text, 2 * 4)), ERR_LIMIT);
    assert_int_equal(password_check(slice_of(text, 128 * 4)), OK);
    assert_int_equal(password_check(slice_of(text, 129 * 4)), ERR_LIMIT);
}

static void bytes_that_are_no_text_are_refused(void **state)
{
    (void)state;
    assert_int_equal(password_check(SLICE_LITERAL("abcd\0efgh")), ERR_PROTOCOL);
    assert_int_equal(password_check(SLICE_LITERAL("abcdefg\xff")), ERR_PROTOCOL);
    assert_int_equal(password_check(SLICE_LITERAL("abcdefgh\xed\xa0\x80")), ERR_PROTOCOL);
    assert_int_equal(password_check(SLICE_LITERAL("  spaces  count ")), OK);
}

/* ---- hashing ---- */

/* What argon2(1) prints: echo -n 'correct horse' | argon2 0123456789abcdef -id -t 1 -k 64 -p 1 -l 32 -e */
static const char sample[] =
    "$argon2id$v=19$m=64,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$MjZP1+1U9JUbDWvDvtLyEsZiNXOKEUxfi6O2oe46uxA";

static void a_hash_of_the_reference_program_is_verified(void **state)
{
    bool outdated = true;
    (void)state;
    assert_int_equal(password_verify(&cheap, sample, SLICE_LITERAL("correct horse"), &outdated),
                     OK);
    assert_false(outdated);
    assert_int_equal(password_verify(&cheap, sample, SLICE_LITERAL("correct horsf"), &outdated),
                     ERR_DENIED);
    assert_int_equal(password_verify(&cheap, sample, SLICE_LITERAL(""), &outdated), ERR_DENIED);
}

static void a_hash_is_verified_and_no_two_are_alike(void **state)
{
    char first[ARGON2_TEXT_MAX + 1], second[ARGON2_TEXT_MAX + 1];
    struct slice password = SLICE_LITERAL("  pässwörd 🐹 ");
    bool outdated = true;
    (void)state;
    assert_int_equal(password_hash(&cheap, password, first), OK);
    assert_int_equal(password_hash(&cheap, password, second), OK);
    assert_string_not_equal(first, second);
    assert_non_null(strstr(first, "$argon2id$v=19$m=64,t=1,p=1$"));
    assert_int_equal(password_verify(&cheap, first, password, &outdated), OK);
    assert_false(outdated);
    /* Not trimmed, and not cut: the last character counts. */
    assert_int_equal(password_verify(&cheap, first, SLICE_LITERAL("pässwörd 🐹"), &outdated),
                     ERR_DENIED);
    char longest[PASSWORD_BYTES_MAX];
    memset(longest, 'x', sizeof(longest));
    assert_int_equal(password_hash(&cheap, slice_of(longest, sizeof(longest)), first), OK);
    longest[PASSWORD_BYTES_MAX - 1] = 'y';
    assert_int_equal(password_verify(&cheap, first, slice_of(longest, sizeof(longest)), &outdated),
                     ERR_DENIED);
}

static void another_cost_is_told(void **state)
{
    const struct password_cost more_memory = {128, 1}, more_passes = {64, 2};
    char secret[ARGON2_TEXT_MAX + 1];
    bool outdated = false;
    struct slice password = SLICE_LITERAL("password");
    (void)state;
    assert_int_equal(password_hash(&cheap, password, secret), OK);
    assert_int_equal(password_verify(&more_memory, secret, password, &outdated), OK);
    assert_true(outdated);
    outdated = false;
    assert_int_equal(password_verify(&more_passes, secret, password, &outdated), OK);
    assert_true(outdated);
    outdated = false;
    assert_int_equal(password_verify(&more_passes, secret, SLICE_LITERAL("Password"), &outdated),
                     ERR_DENIED);
    assert_false(outdated);
}

static void nobody_has_any_password(void **state)
{
    static const char *const secrets[] = {"", "x", "$argon2id$v=19$m=64,t=1,p=1$"};
    bool outdated = false;
    (void)state;
    for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
        assert_int_equal(password_verify(&cheap, secrets[i], SLICE_LITERAL("password"), &outdated),
                         ERR_DENIED);
    password_release_memory();
    password_release_memory();
}

/* ---- how it is written ---- */

static void what_was_written_is_read(void **state)
{
    struct argon2_text parts = {.memory_kb = ARGON2_MEMORY_KB_MAX, .passes = ARGON2_PASSES_MAX};
    struct argon2_text again;
    char text[ARGON2_TEXT_MAX + 1];
    (void)state;
    for (unsigned i = 0; i < sizeof(parts.tag); i++) {
        parts.tag[i] = (uint8_t)(i * 37);
        parts.salt[i % sizeof(parts.salt)] = (uint8_t)(255 - i);
    }
    argon2_text_write(&parts, text);
    assert_int_equal(argon2_text_read(slice_of_string(text), &again), OK);
    assert_memory_equal(&parts, &again, sizeof(parts));
    /* Cut anywhere, or with one character more, it is none. */
    for (size_t len = 0; len < strlen(text); len++)
        assert_int_equal(argon2_text_read(slice_of(text, len), &again), ERR_PROTOCOL);
    char longer[ARGON2_TEXT_MAX + 2];
    snprintf(longer, sizeof(longer), "%sA", text);
    assert_int_equal(argon2_text_read(slice_of_string(longer), &again), ERR_PROTOCOL);
}

static void what_is_not_ours_is_not_read(void **state)
{
#define TAIL "$MDEyMzQ1Njc4OWFiY2RlZg$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    static const char *const wrong[] = {
        "$argon2i$v=19$m=64,t=1,p=1" TAIL,
        "$argon2id$v=16$m=64,t=1,p=1" TAIL,
        "$argon2id$v=19$m=64,t=1,p=2" TAIL,
        "$argon2id$v=19$m=7,t=1,p=1" TAIL,
        "$argon2id$v=19$m=1048577,t=1,p=1" TAIL,
        "$argon2id$v=19$m=4294967360,t=1,p=1" TAIL,
        "$argon2id$v=19$m=99999999999999999999999,t=1,p=1" TAIL,
        "$argon2id$v=19$m=064,t=1,p=1" TAIL,
        "$argon2id$v=19$m=64,t=0,p=1" TAIL,
        "$argon2id$v=19$m=64,t=101,p=1" TAIL,
        "$argon2id$v=19$m=,t=1,p=1" TAIL,
        "$argon2id$v=19$m=-64,t=1,p=1" TAIL,
        " $argon2id$v=19$m=64,t=1,p=1" TAIL,
        /* Bits in the last digit that stand for nothing. */
        "$argon2id$v=19$m=64,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZh$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=64,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB",
        "$argon2id$v=19$m=64,t=1,p=1$MDEyMzQ1Njc4OWFiY2Rl-g$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    };
    struct argon2_text parts;
    (void)state;
    assert_int_equal(argon2_text_read(SLICE_LITERAL("$argon2id$v=19$m=64,t=1,p=1" TAIL), &parts),
                     OK);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        if (argon2_text_read(slice_of_string(wrong[i]), &parts) != ERR_PROTOCOL)
            fail_msg("taken: %s", wrong[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_are_counted_in_code_points),
        cmocka_unit_test(bytes_that_are_no_text_are_refused),
        cmocka_unit_test(a_hash_of_the_reference_program_is_verified),
        cmocka_unit_test(a_hash_is_verified_and_no_two_are_alike),
        cmocka_unit_test(another_cost_is_told),
        cmocka_unit_test(nobody_has_any_password),
        cmocka_unit_test(what_was_written_is_read),
        cmocka_unit_test(what_is_not_ours_is_not_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
