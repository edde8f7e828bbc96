#pragma once
/*
 * permessage-deflate (RFC 7692): negotiation, and the two machines. An inflater or deflater without
 * context takeover starts anew with each message, so one of each serves all connections of a
 * worker; with takeover each connection needs its own (about 44 KB to inflate, 268 KB to deflate at
 * window 15). One thread at a time.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "proto/http_head.h"

enum {
    WS_WINDOW_BITS_MIN = 9, /* zlib cannot deflate with a raw window of 8 */
    WS_WINDOW_BITS_MAX = 15,
    WS_DEFLATE_RESPONSE_SIZE = 160, /* the longest response value, and a NUL */
};

/*
 * server_window_bits_min: an offer that demands a smaller window of us is declined; 15 where one
 * frame is shared by all, WS_WINDOW_BITS_MIN where not. client_window_bits_max is asked of clients
 * that say that they can be asked.
 */
struct ws_deflate_policy {
    bool server_no_context_takeover; /* always; otherwise only if the client asks for it */
    bool client_no_context_takeover;
    uint8_t server_window_bits_min;
    uint8_t client_window_bits_max;
};

/** For pools, whose frames are compressed once for all: no takeover either way, window 15. */
extern const struct ws_deflate_policy ws_deflate_policy_shared;
/** Whatever the client likes, for a conversation with one client. */
extern const struct ws_deflate_policy ws_deflate_policy_single;

struct ws_deflate_params {
    bool server_no_context_takeover;
    bool client_no_context_takeover;
    uint8_t server_window_bits;
    uint8_t client_window_bits; /* for ws_inflater_new; at least what the client will use */
};

/**
 * Goes through the offers in the client's Sec-WebSocket-Extensions, in order, and accepts the first
 * that is well formed and that the policy allows. Returns true with what was agreed and the value
 * of the response's field (NUL behind it); false if there was none: then the connection goes on
 * without compression.
 */
bool ws_deflate_negotiate(const struct http_head *head, const struct ws_deflate_policy *policy,
                          struct ws_deflate_params *ret_params,
                          char ret_response[WS_DEFLATE_RESPONSE_SIZE]);

struct ws_inflater;

/** Returns owned. takeover: the window goes on from message to message. */
struct ws_inflater *ws_inflater_new(int window_bits, bool takeover);

/** Takes the inflater; NULL is fine. */
void ws_inflater_free(struct ws_inflater *inflater);

/**
 * Inflates one message's whole payload (without its 00 00 ff ff) and appends it to out, in steps:
 * no more than bytes_max + 1 bytes ever come out. Returns OK; ERR_LIMIT if the message is longer
 * than bytes_max; ERR_PROTOCOL if it is not valid deflate data or not whole. After an error out
 * holds some of the message; an inflater with takeover must not be used again, one without is fine.
 * An empty payload is taken as an empty message.
 */
int ws_inflater_run(struct ws_inflater *inflater, struct slice payload, size_t bytes_max,
                    struct buffer *out);

struct ws_deflater;

/** Returns owned. level 1 to 9 as zlib's. */
struct ws_deflater *ws_deflater_new(int level, int window_bits, bool takeover);

/** Takes the deflater; NULL is fine. */
void ws_deflater_free(struct ws_deflater *deflater);

/** Appends one message's compressed payload to out, without its 00 00 ff ff (RFC 7692 7.2.1). */
void ws_deflater_run(struct ws_deflater *deflater, struct slice message, struct buffer *out);
