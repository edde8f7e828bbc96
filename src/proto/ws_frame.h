#pragma once
/*
 * The frame of a WebSocket (RFC 6455 5.2): decoding the header of a client's, encoding a server's,
 * the mask. What a message is made of is ws_message.h's business. Pure; any thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

enum ws_opcode {
    WS_OP_CONTINUATION = 0x0,
    WS_OP_TEXT = 0x1,
    WS_OP_BINARY = 0x2,
    WS_OP_CLOSE = 0x8,
    WS_OP_PING = 0x9,
    WS_OP_PONG = 0xa,
};

enum ws_close_code {
    WS_CLOSE_NORMAL = 1000,
    WS_CLOSE_GOING_AWAY = 1001,
    WS_CLOSE_PROTOCOL = 1002,
    WS_CLOSE_UNSUPPORTED = 1003,
    WS_CLOSE_NONE = 1005, /* never on the wire: the close frame had no code */
    WS_CLOSE_INVALID_DATA = 1007,
    WS_CLOSE_POLICY = 1008,
    WS_CLOSE_TOO_BIG = 1009,
    WS_CLOSE_INTERNAL = 1011,
    WS_CLOSE_TRY_LATER = 1013,
};

enum {
    WS_HEADER_SIZE_MAX = 14,        /* of a client's frame: 2 + 8 + mask 4 */
    WS_SERVER_HEADER_SIZE_MAX = 10, /* of ours: no mask */
    WS_CONTROL_BYTES_MAX = 125,
    WS_CLOSE_REASON_BYTES_MAX = 123,
    WS_CLOSE_FRAME_SIZE_MAX = 2 + WS_CONTROL_BYTES_MAX,
};

struct ws_frame {
    uint8_t opcode; /* enum ws_opcode, a known one */
    bool fin;
    bool rsv1;
    uint8_t mask[4];
    uint64_t len; /* of the payload, at most 2^63 - 1 */
};

/**
 * Decodes the header of a client's frame. Returns its length (2 to 14); ERR_AGAIN if it is not all
 * there; ERR_PROTOCOL as soon as a byte breaks a rule: reserved bits or opcodes, no mask, a control
 * frame in pieces or over 125 bytes, a length not in its shortest form or with the top bit. RSV1 is
 * allowed only with deflate, and only where a message begins.
 */
int ws_frame_decode(const uint8_t *bytes, size_t len, bool deflate, struct ws_frame *ret_frame);

/** Applies the mask to len bytes in place; rotate the key with ws_frame_mask_rotate to go on. */
void ws_frame_mask(uint8_t *bytes, size_t len, const uint8_t mask[4]);

/** Turns the key so that its first byte is for the byte that comes after len masked ones. */
void ws_frame_mask_rotate(uint8_t mask[4], size_t len);

/**
 * Writes the header of a server's frame (final, unmasked) with a payload of len bytes. Returns its
 * length: 2, 4 or 10.
 */
size_t ws_frame_header(uint8_t ret_bytes[WS_SERVER_HEADER_SIZE_MAX], enum ws_opcode opcode,
                       bool rsv1, uint64_t len);

/**
 * Writes a whole close frame. WS_CLOSE_NONE makes an empty one. The reason is cut to 123 bytes,
 * between code points. Returns its length.
 */
size_t ws_frame_close(uint8_t ret_bytes[WS_CLOSE_FRAME_SIZE_MAX], unsigned code,
                      struct slice reason);

/** Whether an endpoint may send this code in a close frame (RFC 6455 7.4, and the registry). */
bool ws_close_code_is_valid(unsigned code);
