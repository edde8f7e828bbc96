#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "proto/base32.h"
#include "proto/totp.h"

static const uint8_t secret[TOTP_SECRET_BYTES] = "12345678901234567890";

/* RFC 6238, appendix B, with the last six of its eight digits. */
static void the_codes_are_those_of_the_rfc(void **state)
{
    static const struct {
        uint64_t time_s;
        uint32_t code;
    } samples[] = {
        {59, 287082},       {1111111109, 81804},  {1111111111, 50471},
        {1234567890, 5924}, {2000000000, 279037}, {20000000000, 353130},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++)
        assert_int_equal(totp_code(secret, samples[i].time_s * 1000 / TOTP_STEP_MS),
                         samples[i].code);
}

enum { STEP = 37037036 }; /* of 1111111109 s */
static const uint64_t now_ms = UINT64_C(1111111109000);

static void a_code_of_the_window_is_taken(void **state)
{
    char code[16];
    (void)state;
    for (uint64_t step = STEP - 3; step <= STEP + 3; step++) {
        uint64_t found = 0;
        bool near = step + 1 >= STEP && step <= STEP + 1;
        snprintf(code, sizeof(code), "%06u", totp_code(secret, step));
        int result = totp_check(secret, slice_of_string(code), now_ms, 0, &found);
        assert_int_equal(result, near ? OK : ERR_DENIED);
        assert_int_equal(found, near ? step : 0);
    }
}

static void a_code_is_taken_once(void **state)
{
    uint64_t found = 7;
    char next[16];
    (void)state;
    assert_int_equal(totp_check(secret, SLICE_LITERAL("081804"), now_ms, STEP - 1, &found), OK);
    assert_int_equal(found, STEP);
    assert_int_equal(totp_check(secret, SLICE_LITERAL("081804"), now_ms, STEP, &found), ERR_EXISTS);
    /* Nor when the clock is set back, to where the code would be new. */
    found = 7;
    assert_int_equal(totp_check(secret, SLICE_LITERAL("081804"), now_ms, STEP + 100, &found),
                     ERR_EXISTS);
    assert_int_equal(found, 7);
    snprintf(next, sizeof(next), "%06u", totp_code(secret, STEP + 1));
    assert_int_equal(totp_check(secret, slice_of_string(next), now_ms, STEP, &found), OK);
    assert_int_equal(found, STEP + 1);
}

static void what_is_no_code_is_refused(void **state)
{
    static const char *const wrong[] = {"",       "08180",   "0818044", "08180a", "+81804",
                                        " 81804", "81804\n", "-00001",  "０８１"};
    uint64_t found;
    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_int_equal(totp_check(secret, slice_of_string(wrong[i]), now_ms, 0, &found),
                         ERR_PROTOCOL);
    assert_int_equal(totp_check(secret, SLICE_LITERAL("081805"), now_ms, 0, &found), ERR_DENIED);
    /* Long before there were clocks: nothing breaks. */
    assert_int_equal(totp_check(secret, SLICE_LITERAL("081804"), 0, 0, &found), ERR_DENIED);
}

static void the_uri_is_what_apps_read(void **state)
{
    struct buffer out = {0};
    (void)state;
    totp_uri(&out, SLICE_LITERAL("My chat"), SLICE_LITERAL("Änn&x=1:\r\n"), secret);
    buffer_append_byte(&out, 0);
    assert_string_equal((char *)out.ptr,
                        "otpauth://totp/My%20chat:%C3%84nn%26x%3D1%3A%0D%0A"
                        "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=My%20chat");
    buffer_release(&out);
}

/* ---- base32 ---- */

/* RFC 4648, 10, without the padding. */
static void base32_is_that_of_the_rfc(void **state)
{
    static const char *const samples[][2] = {{"", ""},
                                             {"f", "MY"},
                                             {"fo", "MZXQ"},
                                             {"foo", "MZXW6"},
                                             {"foob", "MZXW6YQ"},
                                             {"fooba", "MZXW6YTB"},
                                             {"foobar", "MZXW6YTBOI"}};
    (void)state;
    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        const char *plain = samples[i][0], *coded = samples[i][1];
        char text[BASE32_LEN(6) + 1];
        uint8_t bytes[8] = {0};
        base32_write((const uint8_t *)plain, strlen(plain), text);
        assert_string_equal(text, coded);
        assert_int_equal(base32_read(coded, strlen(coded), bytes, strlen(plain)), OK);
        assert_memory_equal(bytes, plain, strlen(plain));
    }
}

static void base32_has_one_spelling(void **state)
{
    uint8_t byte = 0;
    (void)state;
    assert_int_equal(base32_read("my", 2, &byte, 1), OK);
    assert_int_equal(byte, 'f');
    static const char *const wrong[] = {"MZ", "M1", "M8", "M=", "M ", "M", "MYA"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_int_equal(base32_read(wrong[i], strlen(wrong[i]), &byte, 1), ERR_PROTOCOL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_codes_are_those_of_the_rfc),
        cmocka_unit_test(a_code_of_the_window_is_taken),
        cmocka_unit_test(a_code_is_taken_once),
        cmocka_unit_test(what_is_no_code_is_refused),
        cmocka_unit_test(the_uri_is_what_apps_read),
        cmocka_unit_test(base32_is_that_of_the_rfc),
        cmocka_unit_test(base32_has_one_spelling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
