#pragma once
/*
 * Puts the messages of a client's WebSocket together, from bytes that may be cut anywhere. It works
 * in the caller's bytes, unmasking them in place: a message that came as one frame in one piece is
 * never copied. Each call yields at most one event and says how much it consumed, so that the
 * caller can stop after any message and go on later. An idle one holds no memory outside this
 * struct.
 *
 *   HEADER -> PAYLOAD -> HEADER …;  HEADER, PAYLOAD -> CLOSED (a close frame, or an error)
 *
 * While a message is incomplete its bytes are kept, at most the limit; memory grows with what came,
 * not with what a header promised. One thread at a time.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "proto/ws_deflate.h"
#include "proto/ws_frame.h"

enum ws_event_kind {
    WS_EVENT_NONE, /* everything was consumed, more is needed; also after the end */
    WS_EVENT_TEXT, /* payload: valid UTF-8 */
    WS_EVENT_BINARY,
    WS_EVENT_PING, /* payload: what the pong has to carry */
    WS_EVENT_PONG,
    WS_EVENT_CLOSE, /* code (WS_CLOSE_NONE if there was none) and reason in payload */
    WS_EVENT_ERROR, /* code to close with: 1002, 1007 or 1009 */
};

/* Points into itself: must not be copied. */
struct ws_event {
    enum ws_event_kind kind;
    uint16_t code;
    struct slice payload; /* in the caller's bytes, in owned or in control */
    struct buffer owned;
    uint8_t control[WS_CONTROL_BYTES_MAX];
};

struct ws_message_limits {
    uint32_t message_bytes_max;   /* of a message, inflated; at most 2^31 - 1 */
    struct ws_inflater *inflater; /* NULL unless permessage-deflate was agreed */
};

struct ws_message_partial;

struct ws_message {
    struct ws_message_partial *partial; /* what came of an incomplete message; NULL when idle */
    uint64_t frame_left;                /* payload bytes of the current frame still to come */
    uint32_t message_len; /* payload bytes of the current message, all frames so far */
    uint8_t mask[4];      /* turned: its first byte is for the next payload byte */
    uint8_t header[WS_HEADER_SIZE_MAX];
    uint8_t header_len;
    uint8_t state;
    uint8_t opcode;         /* of the current frame */
    uint8_t message_opcode; /* of the message in progress, 0 if there is none */
    uint8_t utf8_state;
    bool fin;
    bool compressed;
};

/** Begins on the caller's storage, which may just as well be zeroed. */
void ws_message_init(struct ws_message *message);

/** Frees what was kept of an incomplete message. */
void ws_message_release(struct ws_message *message);

/**
 * Takes bytes up to the next event. Returns the bytes consumed; less than len only with an event.
 * Borrows the limits (the same ones each time); the payload of an event is good until
 * ws_event_release, and as long as the caller's bytes. After WS_EVENT_CLOSE and WS_EVENT_ERROR all
 * further bytes are consumed unread.
 */
size_t ws_message_feed(struct ws_message *message, const struct ws_message_limits *limits,
                       uint8_t *bytes, size_t len, struct ws_event *ret_event);

/** Frees what the event owns, after each call of ws_message_feed; harmless if that is nothing. */
void ws_event_release(struct ws_event *event);
