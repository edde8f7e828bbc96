#pragma once
/*
 * What the web protocol's events and replies look like: the writing half of the door. docs/PROTOCOL.md, section 1.
 */

#include "base/buffer.h"
#include "chat/event.h"
#include "chat/roster.h"

/** Appends the event as one JSON object, or nothing when the web does not show it. */
void web_write_event(struct buffer *out, const struct event *event);

/** Appends the here event for a roster. */
void web_write_here(struct buffer *out, const struct roster_view *roster);

/** Appends the reply to a post. */
void web_write_posted(struct buffer *out, const struct event *event);

/** Begins a reply that went well: {"re":"…","ok":true — without its closing brace. */
void web_write_ok(struct buffer *out, struct slice command_id);

/** Appends an error reply. command_id empty: null. retry_ms 0: left out. code and message are plain. */
void web_write_error(struct buffer *out, struct slice command_id, const char *code,
                     const char *message, uint32_t retry_ms);

/** A visitor's name is made of its id: "Visitor 7f3a". */
void web_visitor_name(uint64_t id, struct name *ret_name);
