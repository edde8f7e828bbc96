#pragma once
/*
 * What the web protocol's replies look like. docs/PROTOCOL.md, section 1. Events are in
 * doors/web_text.h.
 */

#include <stdbool.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "chat/event.h"
#include "chat/store.h"
#include "doors/web_error.h"

/* How this server takes people in. */
struct web_server_terms {
    const char *signup; /* "open", "invite", "closed" */
    const char
        *guests; /* "off"; "talk": they may only speak; "all": they may do what members may */
};

/* What hello's reply says besides what the answer brings. */
struct web_greeting_facts {
    const char *token; /* NULL: left out */
    const char *build;
    struct web_server_terms terms;
    uint32_t message_bytes_max;
    uint32_t heartbeat_ms;
    uint64_t upload_bytes_max; /* 0: is not said */
};

/* What a reply looks like. */
struct web_reply_form {
    bool bare;              /* without re and ok: the HTTP API's */
    const char *token;      /* the clear text of the token that the act made; NULL: none */
    const char *public_url; /* how people reach this server; NULL or "": not known */
};

/** Appends the reply to hello; the event is a HELLO that went well. */
void web_write_welcome(struct buffer *out, const struct event *event,
                       const struct web_greeting_facts *facts);

/* Parts of it, for the HTTP API. */

/** Appends who somebody is, an object; the event is a HELLO that went well. */
void web_write_you(struct buffer *out, const struct event *event);

/** Appends the state of the server, an object; server NULL: nothing is set. */
void web_write_server(struct buffer *out, const struct server_state *server,
                      const struct web_server_terms *terms);

/** Appends the rooms that somebody is in, a list. */
void web_write_rooms(struct buffer *out, const struct welcome *welcome);

/** Appends the reply to any other command; the event is its answer, and went well. */
void web_write_answer(struct buffer *out, const struct event *event,
                      const struct web_reply_form *form);

/** Appends the reply to a question (HISTORY, ROOMS, LIST, SEARCH) that went well. */
void web_write_read(struct buffer *out, const struct store_read *read,
                    const struct web_reply_form *form);

/** Appends an error reply. command_id empty: null. */
void web_write_error(struct buffer *out, struct slice command_id, const struct web_error *error);
