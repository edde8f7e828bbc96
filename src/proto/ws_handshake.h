#pragma once
/*
 * The opening handshake of a WebSocket on the server's side (RFC 6455 4.2), decided from the parsed
 * head alone; the Origin is checked with proto/origin.h, the extension with proto/ws_deflate.h.
 * Pure; any thread.
 */

#include <stddef.h>

#include "base/slice.h"
#include "proto/http_head.h"

enum { WS_ACCEPT_SIZE = 29 }; /* 28 characters and a NUL */

/* What every 426 has to carry, ready to be put among the header lines. */
#define WS_UPGRADE_REQUIRED_HEADERS                                                                \
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"

/**
 * Whether the request opens a WebSocket. Returns OK, or the HTTP status to refuse it with: 405 (not
 * GET), 426 with WS_UPGRADE_REQUIRED_HEADERS (no Upgrade to websocket was asked for, or not in
 * version 13), 400 (HTTP/1.0, a body, no Connection: upgrade, a key that is not one canonical
 * base64 of 16 bytes, …).
 */
int ws_handshake_check(const struct http_head *head);

/** Computes Sec-WebSocket-Accept of a key, with a NUL behind it. */
void ws_handshake_accept(struct slice key, char ret_accept[WS_ACCEPT_SIZE]);

/**
 * Picks a subprotocol: the first that the client offers and that is in names. Returns its index;
 * ERR_NOT_FOUND if nothing was offered or nothing is known (then the answer has no such field);
 * ERR_PROTOCOL (400) if the offer is not a list of tokens.
 */
int ws_handshake_subprotocol(const struct http_head *head, const char *const *names, size_t count);
