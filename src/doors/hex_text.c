#include "doors/hex_text.h"

#include "base/hex.h"

static const char digits[] = "0123456789abcdef";

void hex_write(struct buffer *out, const uint8_t *bytes, size_t len)
{
    uint8_t *at = buffer_reserve(out, 2 * len);
    for (size_t i = 0; i < len; i++) {
        *at++ = (uint8_t)digits[bytes[i] >> 4];
        *at++ = (uint8_t)digits[bytes[i] & 15];
    }
    out->len += 2 * len;
}

/* -1: none, or a capital. */
static int lower_value(uint8_t digit)
{
    return digit >= 'A' && digit <= 'F' ? -1 : hex_value(digit);
}

bool hex_read(struct slice text, uint8_t *ret_bytes, size_t len)
{
    if (text.len != 2 * len)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (lower_value(text.ptr[i]) < 0)
            return false;
    }
    for (size_t i = 0; i < len; i++) {
        unsigned high = (unsigned)hex_value(text.ptr[2 * i]);
        unsigned low = (unsigned)hex_value(text.ptr[2 * i + 1]);
        ret_bytes[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}
