#include "proto/base32.h"

#include "base/error.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

void base32_write(const uint8_t *bytes, size_t len, char *ret_text)
{
    size_t digits = BASE32_LEN(len);
    for (size_t i = 0; i < digits; i++) {
        size_t bit = i * 5;
        unsigned second = bit / 8 + 1 < len ? bytes[bit / 8 + 1] : 0;
        unsigned pair = (unsigned)bytes[bit / 8] << 8 | second;
        ret_text[i] = alphabet[pair >> (11 - bit % 8) & 31];
    }
    ret_text[digits] = '\0';
}

static int value_of(char digit)
{
    if (digit >= 'A' && digit <= 'Z')
        return digit - 'A';
    if (digit >= 'a' && digit <= 'z')
        return digit - 'a';
    if (digit >= '2' && digit <= '7')
        return digit - '2' + 26;
    return -1;
}

int base32_read(const char *text, size_t text_len, uint8_t *ret_bytes, size_t len)
{
    unsigned bits = 0, held = 0;
    size_t at = 0;
    if (text_len != BASE32_LEN(len))
        return ERR_PROTOCOL;
    for (size_t i = 0; i < text_len; i++) {
        int value = value_of(text[i]);
        if (value < 0)
            return ERR_PROTOCOL;
        held = (held << 5 | (unsigned)value) & 0xfff;
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            ret_bytes[at++] = (uint8_t)(held >> bits);
        }
    }
    return (held & ((1u << bits) - 1)) == 0 ? OK : ERR_PROTOCOL;
}
