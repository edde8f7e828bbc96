#pragma once
/*
 * One connection that speaks the web protocol: what web.c (the connection and what the hub tells
 * it) and web_hello.c (who the client is) share. For them only. Its worker's thread.
 *
 *   NEW -> GREETING        the first hello; from here on the hub knows the client
 *   GREETING -> READY      it was answered well
 *   GREETING -> STRANGER   it was not (no guests, a full disk): hello may be tried again
 *   STRANGER -> GREETING
 */

#include "base/buffer.h"
#include "chat/hub.h"
#include "doors/guest.h"
#include "doors/web.h"
#include "doors/web_command.h"
#include "doors/web_error.h"
#include "doors/web_speaker.h"

enum {
    /*
     * A client that has so much to read, or so many long answers to come, is not heard until it has
     * read.
     */
    WEB_HOLD_BYTES = 64 * 1024,
    WEB_QUESTIONS_MAX = 2,
    /*
     * More cannot come together without a fault of ours: a page, fed or asked for, is at most about
     * 400 KB with escapes.
     */
    WEB_QUEUE_BYTES_MAX = 2 * 1024 * 1024,
};

enum web_stage { WEB_STAGE_NEW, WEB_STAGE_GREETING, WEB_STAGE_READY, WEB_STAGE_STRANGER };

/*
 * A hello that is being answered, kept because a token that is unknown makes it be said again with
 * a new one.
 */
struct web_greeting {
    char token[GUEST_TOKEN_LEN + 1];
    bool has_token; /* the client showed it, */
    bool by_cookie; /* or its browser did: then it does not learn it */
    bool active;
    uint8_t id_len;
    char id[COMMAND_ID_BYTES_MAX];
    struct name name;
    struct cursor *cursors; /* owned */
    size_t cursors_count;
};

struct web {
    struct ws_conn ws; /* first: the connection knows the session by it */
    const struct web_door *door;
    struct web_speaker speaker;    /* its client is known to the hub from the first hello on */
    char *cookie;                  /* owned: the token that the handshake carried; NULL: none */
    struct web_greeting *greeting; /* owned; NULL when no hello is being answered */
    struct rate_bucket errors, waits;
    uint8_t stage;        /* enum web_stage; see web_set_stage */
    bool questions_stand; /* there were too many questions at the last beat, too */
};

extern const struct client_door web_client_door;

/** Goes along one of the edges above. */
void web_set_stage(struct web *web, enum web_stage stage);

/** Sends what was written as one frame, and releases the buffer. */
void web_send(struct web *web, struct buffer *text);

/** Answers with an error, and closes the connection when that is one too many. id empty: null. */
void web_refuse(struct web *web, struct slice id, const struct web_error *error);

/** Says what a hello says; the reply comes later. */
void web_run_hello(struct web *web, struct web_command *command);

/** Takes one of somebody's allowance; refuses the command (its id) when there is none left. */
bool web_take(struct web *web, enum rate_kind kind, struct rate_key key, struct slice id);

/** Says (again) the hello in web->greeting; ends it when the hub does not take it. */
void web_say_hello(struct web *web);

/** Nobody knows the token that was shown: whoever showed it is a new guest, with a new one. */
void web_say_hello_anew(struct web *web);

/** Gives up web->greeting; NULL is fine. */
void web_end_greeting(struct web *web);
