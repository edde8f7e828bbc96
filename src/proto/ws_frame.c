#include "proto/ws_frame.h"

#include <endian.h>
#include <string.h>

#include "base/assert.h"
#include "base/error.h"

enum {
    FIN = 0x80,
    RSV1 = 0x40,
    RSV2_RSV3 = 0x30,
    OPCODE = 0x0f,
    CONTROL = 0x08,
    MASKED = 0x80,
    LEN7 = 0x7f,
    LEN_IS_16 = 126,
    LEN_IS_64 = 127,
};

static uint64_t get_big_endian(const uint8_t *bytes, size_t len)
{
    uint64_t value = 0;
    for (size_t i = 0; i < len; i++)
        value = value << 8 | bytes[i];
    return value;
}

/** RFC 6455 5.2: the reserved bits and opcodes; RFC 7692 6: RSV1 marks a whole message. */
static bool first_byte_is_fine(uint8_t byte, bool deflate)
{
    uint8_t opcode = byte & OPCODE;
    bool known = opcode <= WS_OP_BINARY || (opcode >= WS_OP_CLOSE && opcode <= WS_OP_PONG);
    if (!known || (byte & RSV2_RSV3))
        return false;
    if ((byte & RSV1) && !(deflate && (opcode == WS_OP_TEXT || opcode == WS_OP_BINARY)))
        return false;
    return !(opcode & CONTROL) || (byte & FIN);
}

int ws_frame_decode(const uint8_t *bytes, size_t len, bool deflate, struct ws_frame *ret_frame)
{
    if (len < 1)
        return ERR_AGAIN;
    if (!first_byte_is_fine(bytes[0], deflate))
        return ERR_PROTOCOL;
    if (len < 2)
        return ERR_AGAIN;
    uint8_t len7 = bytes[1] & LEN7;
    if (!(bytes[1] & MASKED) || ((bytes[0] & CONTROL) && len7 > WS_CONTROL_BYTES_MAX))
        return ERR_PROTOCOL;

    size_t more = len7 == LEN_IS_16 ? 2 : len7 == LEN_IS_64 ? 8 : 0;
    if (len < 2 + more)
        return ERR_AGAIN;
    uint64_t payload_len = more ? get_big_endian(bytes + 2, more) : len7;
    uint64_t shortest = more == 2 ? LEN_IS_16 : more == 8 ? UINT16_MAX + 1 : 0;
    if (payload_len < shortest || payload_len > INT64_MAX)
        return ERR_PROTOCOL;
    if (len < 2 + more + 4)
        return ERR_AGAIN;

    ret_frame->opcode = bytes[0] & OPCODE;
    ret_frame->fin = bytes[0] & FIN;
    ret_frame->rsv1 = bytes[0] & RSV1;
    ret_frame->len = payload_len;
    memcpy(ret_frame->mask, bytes + 2 + more, 4);
    return (int)(2 + more + 4);
}

void ws_frame_mask(uint8_t *bytes, size_t len, const uint8_t mask[4])
{
    uint64_t key;
    memcpy(&key, mask, 4);
    memcpy((uint8_t *)&key + 4, mask, 4);
    size_t i = 0;
    /* Blocks of 32 let the compiler use vector registers; memcpy because nothing is aligned. */
    for (; len - i >= 32; i += 32) {
        uint64_t words[4];
        memcpy(words, bytes + i, sizeof words);
        for (int w = 0; w < 4; w++)
            words[w] ^= key;
        memcpy(bytes + i, words, sizeof words);
    }
    for (; len - i >= 8; i += 8) {
        uint64_t word;
        memcpy(&word, bytes + i, sizeof word);
        word ^= key;
        memcpy(bytes + i, &word, sizeof word);
    }
    for (; i < len; i++)
        bytes[i] ^= mask[i % 4];
}

void ws_frame_mask_rotate(uint8_t mask[4], size_t len)
{
    uint8_t old[4];
    memcpy(old, mask, 4);
    for (size_t i = 0; i < 4; i++)
        mask[i] = old[(i + len) % 4];
}

size_t ws_frame_header(uint8_t ret_bytes[WS_SERVER_HEADER_SIZE_MAX], enum ws_opcode opcode,
                       bool rsv1, uint64_t len)
{
    ret_bytes[0] = (uint8_t)(FIN | (rsv1 ? RSV1 : 0) | opcode);
    if (len < LEN_IS_16) {
        ret_bytes[1] = (uint8_t)len;
        return 2;
    }
    if (len <= UINT16_MAX) {
        uint16_t be = htobe16((uint16_t)len);
        ret_bytes[1] = LEN_IS_16;
        memcpy(ret_bytes + 2, &be, sizeof be);
        return 4;
    }
    ASSERT(len <= INT64_MAX);
    uint64_t be = htobe64(len);
    ret_bytes[1] = LEN_IS_64;
    memcpy(ret_bytes + 2, &be, sizeof be);
    return 10;
}

size_t ws_frame_close(uint8_t ret_bytes[WS_CLOSE_FRAME_SIZE_MAX], unsigned code,
                      struct slice reason)
{
    if (code == WS_CLOSE_NONE)
        return ws_frame_header(ret_bytes, WS_OP_CLOSE, false, 0);
    ASSERT(ws_close_code_is_valid(code));
    size_t len = reason.len;
    if (len > WS_CLOSE_REASON_BYTES_MAX) {
        len = WS_CLOSE_REASON_BYTES_MAX;
        while (len > 0 && (reason.ptr[len] & 0xc0) == 0x80)
            len--;
    }
    size_t header_len = ws_frame_header(ret_bytes, WS_OP_CLOSE, false, 2 + len);
    ret_bytes[header_len] = (uint8_t)(code >> 8);
    ret_bytes[header_len + 1] = (uint8_t)code;
    if (len > 0)
        memcpy(ret_bytes + header_len + 2, reason.ptr, len);
    return header_len + 2 + len;
}

bool ws_close_code_is_valid(unsigned code)
{
    /* 1004 is reserved; 1005, 1006 and 1015 are never sent; 1012 to 1014 were registered later. */
    if (code >= 1000 && code <= 1014)
        return code < 1004 || code > 1006;
    return code >= 3000 && code <= 4999;
}
