#pragma once
/*
 * The web protocol, hubbub.v1, first slice: commands and replies, events, notices. docs/PROTOCOL.md, section 1.
 */

#include "chat/hub.h"
#include "doors/frame_maker.h"
#include "serve/ws_upgrade.h"

#define WEB_SUBPROTOCOL "hubbub.v1"

/** What the sessions of one worker share; immutable. */
struct web_door {
    struct hub *hub;
    struct ws_server *server;
    const char *build; /* of the web client */
    uint64_t
        log; /* random for each new log: a client finds out that its seq belong to another one */
    uint32_t heartbeat_ms; /* what hello says: the server's ping_ms */
    struct rate errors;    /* above it a client is closed with 1008; {2, 20} */
    struct rate waits;     /* the same for answers that told it to wait; {20, 200} */
};

/** A dialect's encode; ctx is a struct frame_maker. */
void web_encode(void *ctx, const struct event *event, struct buffer *out);

/** A session on an accepted connection. Returns owned by the connection. keeps door. */
struct ws_conn *web_open(const struct web_door *door, struct conn *conn,
                         const struct ws_offer *offer);
