/*
 * A WebSocket client's half of RFC 6455, as far as a load generator needs it. Bytes in, bytes out;
 * no socket is touched here.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The first byte of a whole frame: FIN and the opcode. */
enum { WS_TEXT = 0x81, WS_BINARY = 0x82, WS_CLOSE = 0x88, WS_PING = 0x89, WS_PONG = 0x8a };

enum { WS_HEAD_MAX = 14, WS_ANSWER_MAX = 4096 };

/* One frame of the server's. */
struct ws_view {
    uint8_t first; /* as above */
    const uint8_t *payload;
    size_t len;
    size_t size; /* with its head */
};

/*
 * Looks at the frame that begins at `p`. False while it is incomplete. A frame that is masked or
 * carries more than `most` bytes ends the program.
 */
bool ws_client_view(const uint8_t *p, size_t n, size_t most, struct ws_view *ret_view);

/* Writes a masked frame to `out`, which has room for WS_HEAD_MAX + len; returns its size. */
size_t ws_client_frame(uint8_t *out, uint8_t first, const uint8_t *payload, size_t len);

/* Writes the request to upgrade; `subprotocol` may be NULL. Returns its length. */
int ws_client_request(char *out, size_t cap, const char *path, int port, const char *subprotocol);

/*
 * Checks the answer's head (without its last line feed, NUL-terminated; it is scribbled on). Ends
 * the program when it is not the right one.
 */
void ws_client_check_answer(char *head, bool any_accept, const char *subprotocol);

/* The code that a close frame carries; 1005 for none. */
int ws_client_close_code(const struct ws_view *view);
