#pragma once
/*
 * A request of the HTTP API under way: a quiet client of the hub that says who it is, does one thing, and is gone. Whoever
 * has routes there describes each by a struct rest_entry in a table of its own, and does its part in begin. Everything is on the worker's thread.
 *
 *   request -> checks (allowance of the address, origin, type and form of the body) -> hello -> allowance of the account -> begin
 *           -> … -> rest_reply or rest_refuse, once; or the peer goes, and release comes without.
 *
 * What is wrong before begin is answered here. A call is freed at the end of the turn in which it was answered or its peer went, but not while it is
 * held.
 */

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "chat/hub.h"
#include "doors/web_reply.h"
#include "doors/web_speaker.h"
#include "serve/http_later.h"
#include "serve/rate_table.h"

struct account_terms;
struct state_page;
struct rest_call;

/* What the calls of one worker share. */
struct rest {
    struct hub *hub;
    struct loop *loop;
    struct metrics *metrics;
    struct rate_table *rates;      /* of all workers */
    const struct web_terms *terms; /* of speakers */
    const char *build;             /* of the web client */
    const struct web_server_terms *server_terms;
    const char *public_url; /* without a slash at its end; empty: not known */
    uint32_t message_bytes_max;
    const struct account_terms *accounts; /* doors/account.h; set by whoever has its routes */
    const struct files_door *files;       /* doors/files.h; the same */
    const struct state_page *state;       /* app/state_page.h; the same */
    struct rest_call *ended;              /* to be freed at the end of the turn */
};

/* Who may ask. */
enum rest_who {
    REST_PERSON,   /* a session is needed: 401 without one */
    REST_ANYBODY,  /* with a session its person, otherwise a stranger */
    REST_STRANGER, /* a session is not looked at */
    REST_TOKEN,    /* the same, but call->token_hash is set from Authorization, if has_token */
};

/* What the body has to be. */
enum rest_body {
    REST_BODY_NONE,     /* dropped */
    REST_BODY_JSON,     /* an object */
    REST_BODY_OPTIONAL, /* an object, or nothing */
    REST_BODY_TEXT,     /* an object, or plain text, which becomes its field text */
    REST_BODY_STREAM, /* held until http_go_on_body(call->request) in begin or later, then on_body */
};

/*
 * In params and query a name stands for a field of the command, with '#' behind it if that is a number, and as "name=field" if the field is
 * called otherwise.
 */
struct rest_route {
    enum rest_who who;
    enum rest_body body;
    const char *op;                  /* of the web protocol, or NULL */
    const char *fixed, *fixed_value; /* a further field of it, as "what", "people"; NULL: none */
    /* the fields that the path's parameters become, in their order, with blanks between them; NULL: none */
    const char *params;
    const char *query; /* what may stand in the query; anything else is refused. NULL: nothing */
    bool keeps;      /* the command carries a cid: the body's, Idempotency-Key's, or a random one */
    uint16_t status; /* of success; 0: 200 */
    uint64_t body_bytes_max; /* 0: rest->message_bytes_max; STREAM: no limit */
    enum rate_kind rate;     /* a further allowance of the account; RATE_API: none */
    enum rate_kind counted;  /* as what a request counts: RATE_API unless it is said */
    /** Before all else, while request->head and what it points to are there. May be NULL. */
    void (*prepare)(struct rest_call *call, const struct http_request *request);
    /** Begins. hello: the answer to it (borrowed until return), or NULL for a stranger. NULL: rest_run. */
    void (*begin)(struct rest_call *call, const struct event *hello);
    /** The answer to a command or act. NULL: it is replied with. */
    void (*on_answer)(struct rest_call *call, const struct event *event);
    /** The answer to a question. NULL: it is replied with. */
    void (*on_read)(struct rest_call *call, const struct store_read *read);
    /** See hub_wait. */
    void (*on_stirred)(struct rest_call *call);
    /** See http_later_handler; called only while the request waits. */
    void (*on_body)(struct rest_call *call, struct slice bytes);
    void (*on_body_end)(struct rest_call *call);
    void (*on_drained)(struct rest_call *call);
    /** The last call: frees what hangs on state. May be NULL. */
    void (*release)(struct rest_call *call);
};

struct rest_call {
    struct web_speaker speaker; /* with the client */
    struct rest *rest;
    const struct rest_route *route;
    struct http_request *request; /* the handle; NULL: answered, or the peer is gone */
    struct address address;       /* of the peer */
    json_t *json;             /* the command as far as the request has said it: an object; owned */
    char *user_agent;         /* as it came, or NULL; owned */
    struct rate_verdict rate; /* the tightest so far, for the answer's headers */
    uint8_t token_hash[TOKEN_HASH_BYTES];
    bool has_token; /* token_hash is set, from whichever */
    bool by_cookie; /* and it came as a cookie */
    bool console;   /* it came by the console's socket */
    bool is_head;
    bool greeted; /* begin was called */
    bool ended;
    unsigned holds;
    void *state; /* the route's own */
    struct rest_call *next_ended;
};

/* A route of the API: what a table of them is made of. */
struct rest_entry {
    enum http_method method;
    const char *path;
    struct rest_route route;
};

/** Adds routes (kept) behind the first *count of a worker's. */
void rest_add_routes(struct rest *rest, const struct rest_entry *entries, size_t entries_count,
                     struct http_route *routes, size_t *count);

/** An http_route's handler; ctx is the struct rest, the route's data a struct rest_route. */
void rest_handle(void *ctx, struct http_request *request);

/** Says a (further) hello, as whose session this is; its answer is on_answer. ERR_BUSY. */
int rest_say_hello(struct rest_call *call, const uint8_t token_hash[TOKEN_HASH_BYTES]);

/** Runs call->json as a command of the web protocol; the reply is its reply. To be called in begin, or instead of it. */
void rest_run(struct rest_call *call);

/** Answers with JSON (taken; may be empty: then {}), route->status, and further header lines (or NULL). Fine when nobody waits any more. */
void rest_reply(struct rest_call *call, struct buffer *json, const char *headers);

/** As that, with a status of its own and any type of content; static, or borrowed until return. */
void rest_reply_with(struct rest_call *call, unsigned status, const char *type, struct slice body,
                     const char *headers);

/** Answers with a problem document. Fine when nobody waits any more. */
void rest_refuse(struct rest_call *call, const struct web_error *error);
void rest_refuse_with(struct rest_call *call, const char *code, const char *detail);

/** The answer went out in pieces and was ended by http_end or http_abandon, or by a http_begin that returned false. */
void rest_end(struct rest_call *call);

/** Takes one from an allowance; false: there is none left, and it was answered (429). */
bool rest_take(struct rest_call *call, enum rate_kind kind, struct rate_key key);

/** The header lines of every answer of the API (no-store, RateLimit-…), for http_begin. Appends to out. */
void rest_write_headers(const struct rest_call *call, struct buffer *out);

/** Somebody else (a thread) will come back to it: it is not freed before rest_unhold. */
void rest_hold(struct rest_call *call);
void rest_unhold(struct rest_call *call);

/** At the end: frees all calls, held or not. No connection is left, nor a thread that would come back to them. */
void rest_release(struct rest *rest);

/** Frees the calls that have ended. At the end of each turn, before what the hub has submitted is sent. */
void rest_sweep(struct rest *rest);

/** Returns borrowed a string of call->json, or a slice with ptr NULL. */
struct slice rest_string(const struct rest_call *call, const char *field);

static inline struct rest_call *rest_call_of(struct client *client)
{
    return (struct rest_call *)web_speaker_of(client);
}
