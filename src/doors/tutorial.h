#pragma once
/*
 * The tutorial's dialect: /ws without a subprotocol. A text frame is a message body; everyone gets
 * {"type":1,"body":"…"}. No commands, no errors, no history: who says too much is read more slowly,
 * who reads too slowly is closed with 1013. docs/PROTOCOL.md, section 2.
 */

#include "chat/hub.h"
#include "doors/frame_maker.h"
#include "serve/ws_upgrade.h"

#define TUTORIAL_JOINED "New User Joined..."
#define TUTORIAL_LEFT "User Disconnected..."

/** A dialect's encode; ctx is a struct frame_maker. */
void tutorial_encode(void *ctx, const struct event *event, struct buffer *out);

/** A visitor's session on an accepted connection. Returns owned by the connection. */
struct ws_conn *tutorial_open(struct hub *hub, struct ws_server *server, struct conn *conn,
                              const struct ws_offer *offer);
