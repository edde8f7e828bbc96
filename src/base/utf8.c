#include "base/utf8.h"

#include <string.h>

#include "base/assert.h"
#include "base/error.h"

/*
 * A state machine whose states are shift amounts: each byte has a row of nine 6-bit fields, one for
 * the state that follows from each state, so a step is one load and one shift, without a branch
 * (Vognsen, "Shift-based DFAs"). 2 KB of table; about 2 cycles a byte, and ASCII runs do not come
 * here.
 */
enum {
    START = UTF8_START, /* between code points */
    TAIL1 = 6,          /* one more continuation byte */
    TAIL2 = 12,
    TAIL3 = 18,
    AFTER_E0 = 24, /* A0..BF, or it is overlong */
    AFTER_ED = 30, /* 80..9F, or it is a surrogate */
    AFTER_F0 = 36, /* 90..BF, or it is overlong */
    AFTER_F4 = 42, /* 80..8F, or it is above U+10FFFF */
    BAD = 48,
};

#define AT(from, to) ((uint64_t)(to) << (from))
#define ONLY_BAD                                                                                   \
    (AT(TAIL1, BAD) | AT(TAIL2, BAD) | AT(TAIL3, BAD) | AT(AFTER_E0, BAD) | AT(AFTER_ED, BAD) |    \
     AT(AFTER_F0, BAD) | AT(AFTER_F4, BAD) | AT(BAD, BAD))
#define LEAD(to) (ONLY_BAD | AT(START, to))
#define CONT(e0, ed, f0, f4)                                                                       \
    (AT(START, BAD) | AT(TAIL1, START) | AT(TAIL2, TAIL1) | AT(TAIL3, TAIL2) | AT(AFTER_E0, e0) |  \
     AT(AFTER_ED, ed) | AT(AFTER_F0, f0) | AT(AFTER_F4, f4) | AT(BAD, BAD))

#define X2(row) row, row
#define X4(row) X2(row), X2(row)
#define X8(row) X4(row), X4(row)
#define X16(row) X8(row), X8(row)
#define X32(row) X16(row), X16(row)
#define X64(row) X32(row), X32(row)

static const uint64_t rows[256] = {
    X64(LEAD(START)),                  /* 00..3F */
    X64(LEAD(START)),                  /* 40..7F */
    X16(CONT(BAD, TAIL1, BAD, TAIL2)), /* 80..8F */
    X16(CONT(BAD, TAIL1, TAIL2, BAD)), /* 90..9F */
    X32(CONT(TAIL1, BAD, TAIL2, BAD)), /* A0..BF */
    X2(LEAD(BAD)),                     /* C0, C1: overlong */
    X2(LEAD(TAIL1)),                   /* C2, C3 */
    X4(LEAD(TAIL1)),                   /* C4..C7 */
    X8(LEAD(TAIL1)),                   /* C8..CF */
    X16(LEAD(TAIL1)),                  /* D0..DF */
    LEAD(AFTER_E0),                    /* E0 */
    X8(LEAD(TAIL2)),                   /* E1..E8 */
    X4(LEAD(TAIL2)),                   /* E9..EC */
    LEAD(AFTER_ED),                    /* ED */
    X2(LEAD(TAIL2)),                   /* EE, EF */
    LEAD(AFTER_F0),                    /* F0 */
    X2(LEAD(TAIL3)),
    LEAD(TAIL3),    /* F1..F3 */
    LEAD(AFTER_F4), /* F4 */
    X8(LEAD(BAD)),
    X2(LEAD(BAD)), /* F5..FE */
    LEAD(BAD),     /* FF */
};

static uint64_t step(uint64_t state, uint8_t byte)
{
    return rows[byte] >> (state & 63);
}

/** The number of ASCII bytes at the start, in whole blocks of 16. */
static size_t ascii_blocks(const uint8_t *bytes, size_t len)
{
    size_t i = 0;
    for (; len - i >= 16; i += 16) {
        uint64_t words[2];
        memcpy(words, bytes + i, sizeof words);
        if ((words[0] | words[1]) & 0x8080808080808080u)
            break;
    }
    return i;
}

bool utf8_check(uint8_t *state, const void *bytes, size_t len)
{
    const uint8_t *in = bytes;
    uint64_t now = *state;
    size_t i = 0;
    while (i < len && (now & 63) != BAD) {
        if ((now & 63) == START)
            i += ascii_blocks(in + i, len - i);
        /* Mixed text gets no faster by looking for ASCII more often than this. */
        size_t end = len - i > 64 ? i + 64 : len;
        for (; i < end; i++)
            now = step(now, in[i]);
    }
    *state = now & 63;
    return *state != BAD;
}

bool utf8_is_complete(uint8_t state)
{
    return state == START;
}

bool utf8_is_valid(struct slice text)
{
    uint8_t state = UTF8_START;
    return utf8_check(&state, text.ptr, text.len) && utf8_is_complete(state);
}

int utf8_decode(struct slice text, uint32_t *ret_code_point)
{
    uint64_t state = START;
    uint32_t code_point = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.ptr[i];
        if (i > 0)
            code_point = code_point << 6 | (byte & 0x3f);
        else
            code_point = byte < 0x80 ? byte : byte < 0xe0 ? byte & 0x1f : byte & 0x0f;
        state = step(state, byte) & 63;
        if (state == BAD)
            return ERR_PROTOCOL;
        if (state == START) {
            *ret_code_point = code_point;
            return (int)i + 1;
        }
    }
    return ERR_AGAIN;
}

size_t utf8_encode(uint32_t code_point, uint8_t ret_bytes[UTF8_BYTES_MAX])
{
    ASSERT(code_point < 0x110000 && (code_point < 0xd800 || code_point > 0xdfff));
    if (code_point < 0x80) {
        ret_bytes[0] = (uint8_t)code_point;
        return 1;
    }
    size_t len = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--) {
        ret_bytes[i] = 0x80 | (code_point & 0x3f);
        code_point >>= 6;
    }
    static const uint8_t leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    ret_bytes[0] = (uint8_t)(leads[len] | code_point);
    return len;
}

void utf8_replace_invalid(struct slice text, struct buffer *out)
{
    size_t kept = 0;
    size_t i = 0;
    while (i < text.len) {
        i += ascii_blocks(text.ptr + i, text.len - i);
        uint32_t code_point;
        int len = utf8_decode(slice_of(text.ptr + i, text.len - i), &code_point);
        if (len > 0) {
            i += (size_t)len;
        } else if (i < text.len) {
            buffer_append(out, text.ptr + kept, i - kept);
            buffer_append_string(out, "\xef\xbf\xbd");
            kept = ++i;
        }
    }
    if (text.len > kept)
        buffer_append(out, text.ptr + kept, text.len - kept);
}

size_t utf8_length(struct slice text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += (text.ptr[i] & 0xc0) != 0x80;
    return count;
}
