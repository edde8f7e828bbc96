#pragma once
/*
 * What the web protocol's events look like, live, replayed and in pages. docs/PROTOCOL.md, section
 * 1. Its replies are in doors/web_reply.h.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "chat/event.h"
#include "chat/roster.h"
#include "chat/welcome.h"

/** Appends the event as one JSON object, or nothing when the web does not show it to a room. */
void web_write_event(struct buffer *out, const struct event *event);

/** Appends what only one person's connections see (ADDED, GONE, READ, LEVEL, YOU, SERVER), or nothing. */
void web_write_personal(struct buffer *out, const struct event *event);

/** Appends that a room's cursor cannot be continued. */
void web_write_reset(struct buffer *out, uint64_t room, uint64_t head, uint64_t mid, bool diverged);

/** Appends that the session has ended, and why: a word. */
void web_write_ended(struct buffer *out, const char *reason);

/** Appends that every room has reached the head of the hello. */
void web_write_ready(struct buffer *out);

/** Appends a sign of life; ts_ms is the wall clock's. */
void web_write_heartbeat(struct buffer *out, uint64_t ts_ms);

/** Appends that the server stops, and when to come back. */
void web_write_goodbye(struct buffer *out, uint32_t retry_ms);

/* ---- parts that replies share ---- */

/** Appends ,"key":"text" with what has to be escaped. */
void web_write_string(struct buffer *out, const char *key, struct slice text);

/** Appends ,"key":number */
void web_write_number(struct buffer *out, const char *key, uint64_t number);

/** The same of a time; what never ends is shown as the last moment there is. */
void web_write_time(struct buffer *out, const char *key, uint64_t ms);

/** Appends ,"key":true or false; or just true. */
void web_write_truth(struct buffer *out, const char *key, bool truth);
void web_write_true(struct buffer *out, const char *key);

/** Appends ,"key":"decimal number": how the ids of sessions, invitations, files and the like look. */
void web_write_key(struct buffer *out, const char *key, uint64_t id);

/** Appends ,"key":"16 hexadecimal digits" */
void web_write_person(struct buffer *out, const char *key, uint64_t person);

/** Appends ,"key":"#rrggbb" */
void web_write_color(struct buffer *out, const char *key, uint32_t color);

/** Appends {"ev":"kind","room":"…" */
void web_begin_event(struct buffer *out, const char *kind, uint64_t room);

/** Appends ,"from":{…}: the author. */
void web_write_from(struct buffer *out, const struct event *event);

/** Appends a kept event as an object, or nothing when its kind is of a later version. */
void web_write_kept(struct buffer *out, const struct event *event);

/** Appends ,"role":… and what else a person is (of a HELLO or YOU). */
void web_write_standing(struct buffer *out, const struct event *event);

/** Appends ,"room":… with the read mark or level, and what is unread (of a READ or LEVEL). */
void web_write_attention(struct buffer *out, const struct event *event);

/** Appends ,"members_only":…,"slow_ms":…,"name":…; server NULL: nothing is set. */
void web_write_set(struct buffer *out, const struct server_state *server);

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
