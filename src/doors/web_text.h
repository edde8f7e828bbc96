#pragma once
/*
 * What the web protocol's events look like, live, replayed and in pages. docs/PROTOCOL.md, section
 * 1. Its replies are in doors/web_reply.h.
 */

#include "base/buffer.h"
#include "base/slice.h"
#include "chat/event.h"
#include "chat/roster.h"
#include "chat/welcome.h"

/** Appends the event as one JSON object, or nothing when the web does not show it to a room. */
void web_write_event(struct buffer *out, const struct event *event);

/** Appends what only one person's connections see (ADDED, GONE, READ), or nothing. */
void web_write_personal(struct buffer *out, const struct event *event);

/** Appends that a room's cursor cannot be continued. */
void web_write_reset(struct buffer *out, uint64_t room, uint64_t head, uint64_t mid, bool diverged);

/** Appends that every room has reached the head of the hello. */
void web_write_ready(struct buffer *out);

/** Appends a sign of life; ts_ms is the wall clock's. */
void web_write_heartbeat(struct buffer *out, uint64_t ts_ms);

/** Appends that the server stops, and when to come back. */
void web_write_goodbye(struct buffer *out, uint32_t retry_ms);

/* ---- parts that replies share ---- */

/** Appends ,"key":"text" with what has to be escaped. */
void web_write_string(struct buffer *out, const char *key, struct slice text);

/** Appends ,"room":"…" */
void web_write_room(struct buffer *out, uint64_t room);

/** Appends ,"seq":…,"mid":"…","ts":… */
void web_write_place(struct buffer *out, const struct event *event);

/** Appends ,"count":…,"visitors":…,"people":[…] */
void web_write_roster(struct buffer *out, const struct roster_view *roster);

/** Appends a room as its members see it, an object. */
void web_write_info(struct buffer *out, const struct room_info *info);

/** Appends {"id":…,"name":…,"kind":…,"topic":… of a room, without the closing brace. */
void web_write_room_name(struct buffer *out, const struct room_info *info);

/** A visitor's name is made of its id: "Visitor 7f3a". */
void web_visitor_name(uint64_t id, struct name *ret_name);
