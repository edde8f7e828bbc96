#include "proto/argon2_text.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "base/error.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* ---- base64 (RFC 4648 4) without padding ---- */

#define BASE64_LEN(bytes) (((bytes)*8 + 5) / 6)

static void write_base64(const uint8_t *bytes, size_t len, char *out)
{
    size_t digits = BASE64_LEN(len);
    for (size_t i = 0; i < digits; i++) {
        size_t bit = i * 6;
        unsigned second = bit / 8 + 1 < len ? bytes[bit / 8 + 1] : 0;
        unsigned pair = (unsigned)bytes[bit / 8] << 8 | second;
        out[i] = alphabet[pair >> (10 - bit % 8) & 63];
    }
    out[digits] = '\0';
}

/* The bits of the last digit that stand for nothing must be zero: each value has one text. */
static bool read_base64(struct slice text, uint8_t *ret_bytes, size_t len)
{
    unsigned bits = 0, held = 0;
    size_t at = 0;
    if (text.len != BASE64_LEN(len))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        const char *digit = text.ptr[i] ? strchr(alphabet, text.ptr[i]) : NULL;
        if (!digit)
            return false;
        held = (held << 6 | (unsigned)(digit - alphabet)) & 0xffff;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            ret_bytes[at++] = (uint8_t)(held >> bits);
        }
    }
    return (held & ((1u << bits) - 1)) == 0;
}

/* ---- the text ---- */

static bool take_literal(struct slice *rest, const char *literal)
{
    size_t len = strlen(literal);
    if (rest->len < len || memcmp(rest->ptr, literal, len) != 0)
        return false;
    *rest = slice_of(rest->ptr + len, rest->len - len);
    return true;
}

/* A decimal number without leading zeros. */
static bool take_number(struct slice *rest, uint32_t min, uint32_t max, uint32_t *ret_number)
{
    uint64_t number = 0;
    size_t len = 0;
    while (len < rest->len && rest->ptr[len] >= '0' && rest->ptr[len] <= '9' && number <= max)
        number = number * 10 + (rest->ptr[len++] - '0');
    if (len == 0 || rest->ptr[0] == '0' || number < min || number > max)
        return false;
    *ret_number = (uint32_t)number;
    *rest = slice_of(rest->ptr + len, rest->len - len);
    return true;
}

void argon2_text_write(const struct argon2_text *parts, char ret_text[ARGON2_TEXT_MAX + 1])
{
    char salt[BASE64_LEN(ARGON2_SALT_BYTES) + 1], tag[BASE64_LEN(ARGON2_TAG_BYTES) + 1];
    write_base64(parts->salt, sizeof(parts->salt), salt);
    write_base64(parts->tag, sizeof(parts->tag), tag);
    int len = snprintf(ret_text, ARGON2_TEXT_MAX + 1, "$argon2id$v=19$m=%u,t=%u,p=1$%s$%s",
                       parts->memory_kb, parts->passes, salt, tag);
    ASSERT(len > 0 && len <= ARGON2_TEXT_MAX);
}

int argon2_text_read(struct slice text, struct argon2_text *ret_parts)
{
    struct argon2_text parts;
    struct slice rest = text;
    size_t salt_len = BASE64_LEN(ARGON2_SALT_BYTES);
    bool fine = take_literal(&rest, "$argon2id$v=19$m=") &&
                take_number(&rest, ARGON2_MEMORY_KB_MIN, ARGON2_MEMORY_KB_MAX, &parts.memory_kb) &&
                take_literal(&rest, ",t=") &&
                take_number(&rest, 1, ARGON2_PASSES_MAX, &parts.passes) &&
                take_literal(&rest, ",p=1$") && rest.len > salt_len &&
                read_base64(slice_of(rest.ptr, salt_len), parts.salt, sizeof(parts.salt));
    if (!fine)
        return ERR_PROTOCOL;
    rest = slice_of(rest.ptr + salt_len, rest.len - salt_len);
    if (!take_literal(&rest, "$") || !read_base64(rest, parts.tag, sizeof(parts.tag)))
        return ERR_PROTOCOL;
    *ret_parts = parts;
    return OK;
}
