#pragma once
/*
 * A WebSocket connection on the server's side (RFC 6455): bytes become messages for a door, messages
 * become frames; pings, pongs, the close handshake and time limits are settled here. It is the first member of the door's
 * session, which is one allocation. One worker owns it.
 *
 *   OPEN -> CLOSING (we sent a close frame and wait for the peer's, at most close_ms) -> DONE
 *   OPEN -> DONE (the peer closed and was answered, it broke a rule, or the connection went)
 *
 * on_gone is called as it leaves OPEN: from then on nothing may be sent. on_closed is the very last call.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/metrics.h"
#include "base/slice.h"
#include "chat/rate.h"
#include "net/conn.h"
#include "proto/ws_frame.h"
#include "proto/ws_message.h"
#include "serve/connection_limit.h"

struct ws_conn;

struct ws_door {
    /** A complete message: WS_OP_TEXT (valid UTF-8) or WS_OP_BINARY. The payload is borrowed. May call ws_pause, ws_close. */
    void (*on_message)(struct ws_conn *ws, enum ws_opcode type, struct slice payload);
    /** The peer takes bytes again and the private queue is empty. May be NULL. */
    void (*on_drained)(struct ws_conn *ws);
    /** Every ping_ms. May be NULL. */
    void (*on_beat)(struct ws_conn *ws);
    /** Nothing can be sent or comes any more. Once. May be NULL. */
    void (*on_gone)(struct ws_conn *ws);
    /** The connection's memory goes: frees the session. Once. */
    void (*on_closed)(struct ws_conn *ws);
};

struct ws_limits {
    uint32_t message_bytes_max; /* 64 KB */
    uint32_t frames_per_turn;   /* 64; the rest of the input waits for the next turn */
    uint32_t pongs_max;         /* that wait to be sent: then reading stops; 64 */
    uint32_t ping_ms;           /* a beat: a ping if nothing was heard for that long; 30,000 */
    uint32_t dead_ms;     /* nothing heard for so long: dropped; one that reads slowly, when it has
                                   taken nothing for twice as long; 60,000 */
    uint32_t close_ms;    /* for the peer's close frame; 5,000 */
    struct rate controls; /* control frames: above it is read more slowly; {100, 100} */
};

/* What the connections of one endpoint and worker share. */
struct ws_server {
    struct metrics *metrics;
    const struct ws_limits *limits;
    struct connection_limit *connections;
    struct ws_message_limits plain;    /* without permessage-deflate */
    struct ws_message_limits inflated; /* with a shared inflater */
    bool deaf;                         /* the server stops: nothing more is read from open ones */
};

enum ws_state { WS_OPEN, WS_CLOSING, WS_DONE };

struct ws_conn {
    struct conn *conn;
    struct ws_server *server;
    const struct ws_door *door;
    const struct ws_message_limits *input; /* the server's, or the session's own */
    struct ws_message in;
    struct rate_bucket controls;
    uint32_t beat_at_ms;   /* low bits of the loop's time, like the next two */
    uint32_t resume_at_ms; /* while slowed */
    uint32_t close_at_ms;  /* while closing */
    uint32_t acked_bytes;  /* low bits of what the peer had acknowledged, */
    uint32_t taken_at_ms;  /* and when that was last seen to grow, while something waits for it */
    uint16_t close_soon;   /* a code: close at the next opportunity; 0: none */
    uint8_t state;         /* enum ws_state */
    uint8_t pongs;         /* queued since the queue was last seen empty */
    bool deflate;          /* permessage-deflate was agreed */
    bool slowed;           /* not read until resume_at_ms */
    bool held;             /* not read until ws_resume */
    bool flooded;          /* not read until the pongs are sent */
    bool asked;            /* pinged, and not heard of since */
};

/** Begins on the caller's storage; called by ws_upgrade. input NULL: the server's own. */
void ws_conn_init(struct ws_conn *ws, struct ws_server *server, struct conn *conn,
                  const struct ws_door *door, bool deflate, const struct ws_message_limits *input);

/** The connection's callbacks; conn->user is the ws_conn. */
extern const struct conn_handler ws_conn_handler;

/** Sends one message as one frame. rsv1: the payload is compressed. ERR_EOF when it is not open. */
int ws_send(struct ws_conn *ws, enum ws_opcode type, bool rsv1, struct slice payload);

/** Sends a close frame and waits for the peer's. Fine when it is closing already. Not from within a broadcast: see ws_close_soon. */
void ws_close(struct ws_conn *ws, unsigned code, const char *reason);

/** The same at the beginning of the next turn: safe from anywhere. */
void ws_close_soon(struct ws_conn *ws, unsigned code);

/** Reads nothing more for so long. The message in hand is the last one delivered. */
void ws_slow(struct ws_conn *ws, uint32_t wait_ms);

/** Reads nothing more until ws_resume. */
void ws_hold(struct ws_conn *ws);
void ws_resume(struct ws_conn *ws);

/** The server stops and has become deaf: reads nothing more until it is closed. */
void ws_deafen(struct ws_conn *ws);
