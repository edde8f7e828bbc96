#pragma once
/* What a client sends, for tests and fuzzers: frames with a mask, valid or not. */

#include "base/buffer.h"
#include "proto/ws_frame.h"

static const uint8_t ws_client_mask[4] = {0x37, 0xfa, 0x21, 0x3d};

enum { CLIENT_FIN = 0x80, CLIENT_RSV1 = 0x40 };

/** Appends a header with any first byte; len is what it promises, in its shortest form. */
static inline void ws_client_header(struct buffer *out, unsigned first, uint64_t len)
{
    size_t more = len > UINT16_MAX ? 8 : len > WS_CONTROL_BYTES_MAX ? 2 : 0;
    buffer_append_byte(out, (uint8_t)first);
    buffer_append_byte(out, (uint8_t)(0x80 | (more == 8 ? 127 : more == 2 ? 126 : len)));
    for (size_t i = more; i > 0; i--)
        buffer_append_byte(out, (uint8_t)(len >> (8 * (i - 1))));
    buffer_append(out, ws_client_mask, sizeof ws_client_mask);
}

/** Appends a whole frame with any first byte. */
static inline void ws_client_frame(struct buffer *out, unsigned first, struct slice payload)
{
    ws_client_header(out, first, payload.len);
    size_t begin = out->len;
    buffer_append(out, payload.ptr, payload.len);
    for (size_t i = 0; i < payload.len; i++)
        out->ptr[begin + i] ^= ws_client_mask[i % 4];
}
