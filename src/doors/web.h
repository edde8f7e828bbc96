#pragma once
/*
 * The web protocol, hubbub.v1. docs/PROTOCOL.md, section 1. What clients say is read by
 * doors/web_command.h and carried out by doors/web_run.c, what they see is written by
 * doors/web_text.h and doors/web_reply.h; here is the session.
 */

#include "chat/hub.h"
#include "doors/frame_maker.h"
#include "doors/web_reply.h"
#include "doors/web_speaker.h"
#include "serve/rate_table.h"
#include "serve/ws_upgrade.h"

#define WEB_SUBPROTOCOL "hubbub.v1"

/** What the sessions of one worker share; immutable. */
struct web_door {
    struct hub *hub;
    struct ws_server *server;
    const char *build; /* of the web client */
    struct web_server_terms server_terms;
    uint32_t heartbeat_ms;     /* what hello says: the server's ping_ms */
    uint64_t upload_bytes_max; /* and how large a file may be; 0: no files are taken */
    struct rate errors;        /* above it a client is closed with 1008; {2, 20} */
    struct rate waits;         /* the same for answers that told it to wait; {20, 200} */
    struct web_terms terms;
    struct rate_table *rates; /* of all workers; kept; NULL: no limits */
};

/** A dialect's encode; ctx is a struct frame_maker. */
void web_encode(void *ctx, const struct event *event, struct buffer *out);

/** A session on an accepted connection. Returns owned by the connection. keeps door. */
struct ws_conn *web_open(const struct web_door *door, struct conn *conn,
                         const struct ws_offer *offer);

/**
 * Tells a session of web_open when to come back, because the server stops. Fine when it is closing
 * already; a connection of another door is passed over.
 */
void web_goodbye(struct ws_conn *ws, uint32_t retry_ms);
