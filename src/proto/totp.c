#include "proto/totp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/assert.h"
#include "base/error.h"
#include "proto/base32.h"

enum { TOTP_MODULUS = 1000000, SHA1_BYTES = 20 };

uint32_t totp_code(const uint8_t secret[TOTP_SECRET_BYTES], uint64_t step)
{
    uint8_t counter[8], digest[SHA1_BYTES];
    unsigned len = 0;
    for (unsigned i = 0; i < sizeof(counter); i++)
        counter[i] = (uint8_t)(step >> (56 - 8 * i));
    ASSERT(HMAC(EVP_sha1(), secret, TOTP_SECRET_BYTES, counter, sizeof(counter), digest, &len));
    ASSERT(len == SHA1_BYTES);
    /* Dynamic truncation: RFC 4226 5.3. */
    unsigned at = digest[SHA1_BYTES - 1] & 15;
    uint32_t number = (uint32_t)(digest[at] & 0x7f) << 24 | (uint32_t)digest[at + 1] << 16 |
                      (uint32_t)digest[at + 2] << 8 | digest[at + 3];
    return number % TOTP_MODULUS;
}

static bool read_digits(struct slice code, uint32_t *ret_number)
{
    uint32_t number = 0;
    if (code.len != TOTP_DIGITS)
        return false;
    for (size_t i = 0; i < code.len; i++) {
        if (code.ptr[i] < '0' || code.ptr[i] > '9')
            return false;
        number = number * 10 + (code.ptr[i] - '0');
    }
    *ret_number = number;
    return true;
}

int totp_check(const uint8_t secret[TOTP_SECRET_BYTES], struct slice code, uint64_t wall_ms,
               uint64_t last_step, uint64_t *ret_step)
{
    uint32_t number;
    uint64_t now = wall_ms / TOTP_STEP_MS, found = 0;
    if (!read_digits(code, &number))
        return ERR_PROTOCOL;
    /* All of the window is computed, the newest last: of two equal codes the later step counts. */
    for (uint64_t step = now - TOTP_WINDOW; step <= now + TOTP_WINDOW; step++) {
        uint64_t equal = (uint64_t)0 - (totp_code(secret, step) == number);
        found = (step & equal) | (found & ~equal);
    }
    if (found == 0)
        return ERR_DENIED;
    if (found <= last_step)
        return ERR_EXISTS;
    *ret_step = found;
    return OK;
}

/* Everything but what RFC 3986 2.3 calls unreserved. */
static void append_escaped(struct buffer *out, struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            c == '-' || c == '.' || c == '_' || c == '~')
            buffer_append_byte(out, c);
        else
            buffer_printf(out, "%%%02X", c);
    }
}

void totp_uri(struct buffer *out, struct slice issuer, struct slice name,
              const uint8_t secret[TOTP_SECRET_BYTES])
{
    char digits[BASE32_LEN(TOTP_SECRET_BYTES) + 1];
    base32_write(secret, TOTP_SECRET_BYTES, digits);
    buffer_append_string(out, "otpauth://totp/");
    append_escaped(out, issuer);
    buffer_append_byte(out, ':');
    append_escaped(out, name);
    buffer_printf(out, "?secret=%s&issuer=", digits);
    append_escaped(out, issuer);
}
