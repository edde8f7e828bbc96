#pragma once
/*
 * A WebSocket at /ws of the serve rig, after its handshake, with a door that writes down what it is told. The peer's
 * frames are masked; the server's are taken apart one by one.
 */

#include "serve/serve_rig.h"
#include "serve/ws_upgrade.h"

enum { WS_RIG_SLOW_MS = 40 };

struct ws_rig {
    struct ws_server server;
    struct ws_limits limits;
    struct ws_endpoint endpoint;
    struct ws_conn *ws;     /* NULL after on_closed */
    struct buffer messages; /* what came: each with a '|' behind it */
    unsigned messages_count, beats, drains, gones, closes;
    void (*on_message)(struct ws_conn *ws); /* what the door does then; NULL: nothing */
};

extern struct ws_rig ws_rig;

/** A test's setup: connects and shakes hands. Limits: 1,000 bytes a message, long times. */
int ws_rig_use(void **state);
int ws_rig_use_unconnected(void **state);
int ws_rig_take_down(void **state);

/** Sends the handshake with further fields and returns the answer. */
struct response ws_rig_handshake(const char *fields);

/** Sends a frame of the client. first is its first byte: 0x81 a text, 0x89 a ping, 0x88 a close … */
void ws_rig_send(unsigned first, const void *payload, size_t len);
void ws_rig_send_text(const char *text);
void ws_rig_send_close(unsigned code);

/** Waits for the server's next frame: fails unless it has this first byte; returns borrowed its payload. */
struct slice ws_rig_frame(unsigned first);

/** A close frame with this code (0: none); reason may be NULL for any. */
void ws_rig_assert_close(unsigned code, const char *reason);

/** Fails unless the messages that came are just these, each with a '|'. */
void ws_rig_assert_messages(const char *expected);

/** Waits until on_closed; it and on_gone must have come just once. */
void ws_rig_assert_closed(void);
