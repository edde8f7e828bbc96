/* The input is taken for a password's hash as it is stored, for digits of base32, for a code. */
#include "fuzz.h"

#include "base/error.h"
#include "proto/argon2_text.h"
#include "proto/base32.h"
#include "proto/totp.h"

/** Each hash has one text. */
static void check_hash(struct slice text)
{
    struct argon2_text parts;
    char again[ARGON2_TEXT_MAX + 1];
    if (argon2_text_read(text, &parts) != OK)
        return;
    argon2_text_write(&parts, again);
    ASSERT(slice_equals(slice_of_string(again), text));
}

/** What was read is written the same again, in upper case. */
static void check_base32(struct slice text)
{
    size_t len = text.len * 5 / 8;
    uint8_t *bytes = fuzz_copy(text.ptr, len);
    char *again = mem_alloc(BASE32_LEN(len) + 1);
    if (base32_read((const char *)text.ptr, text.len, bytes, len) == OK) {
        base32_write(bytes, len, again);
        ASSERT(slice_equals_nocase(slice_of_string(again), text));
    }
    mem_free(again);
    mem_free(bytes);
}

static void check_code(struct slice text)
{
    static const uint8_t secret[TOTP_SECRET_BYTES] = "12345678901234567890";
    uint64_t step = 0;
    int result = totp_check(secret, text, UINT64_C(1111111109000), 0, &step);
    ASSERT((result == OK) == (step > 0));
    ASSERT(result == OK || result == ERR_PROTOCOL || result == ERR_DENIED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *bytes = fuzz_copy(data, size);
    check_hash(slice_of(bytes, size));
    check_base32(slice_of(bytes, size));
    check_code(slice_of(bytes, size));
    mem_free(bytes);
    return 0;
}
