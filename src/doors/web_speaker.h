#pragma once
/*
 * Whoever says commands of the web protocol: a WebSocket session embeds one, and so does a request of
 * the HTTP API. What a command says is done here, whichever way it came; who speaks is the embedder's
 * matter: it calls hub_add (or hub_hello) for the client, and hands on what its client_door hears.
 * Its worker's thread.
 */

#include "base/buffer.h"
#include "chat/client.h"
#include "chat/rate.h"
#include "chat/store.h"
#include "doors/guest.h"
#include "doors/web_command.h"
#include "doors/web_error.h"

struct web_speaker;

/* How a speaker is answered. */
struct web_speaker_door {
    /** The reply to a command, one JSON object. Takes the text. */
    void (*on_reply)(struct web_speaker *speaker, struct buffer *text);
    /** The refusal of one. id: the command's. Both borrowed until return. */
    void (*on_refused)(struct web_speaker *speaker, struct slice id, const struct web_error *error);
    bool bare; /* replies come without `re` and `ok` */
};

/* What is the same for many speakers of a worker; immutable. */
struct web_terms {
    const uint64_t *now_ms; /* of the loop */
    struct rate reads;      /* of pages and lists for each speaker; {20, 200}; 0: no limit */
    const char *public_url; /* how people reach this server; "" or NULL: not known */
};

enum {
    WEB_SECRETS_MAX = 4,
    WEB_RESET_MS = 30 * 60 * 1000, /* how long a link to reset a password is good */
};

/* A token that an act makes. Only its hash goes to the domain; the clear text waits here for the answer. */
struct web_secret {
    struct web_secret *next;
    uint8_t hash[TOKEN_HASH_BYTES];
    char token[GUEST_TOKEN_LEN + 1];
};

struct web_speaker {
    struct client client;
    const struct web_speaker_door *door;
    const struct web_terms *terms;
    struct rate_bucket reads;
    struct web_secret *secrets; /* owned; at most WEB_SECRETS_MAX */
    uint8_t questions; /* long answers (pages, lists, who is here) that are still to come */
};

/** Begins on the caller's storage; the client in it is hub_add's to begin. keeps door and terms. */
void web_speaker_init(struct web_speaker *speaker, const struct web_speaker_door *door,
                      const struct web_terms *terms);

/** Gives up what it holds. The client has been removed before. */
void web_speaker_release(struct web_speaker *speaker);

static inline struct web_speaker *web_speaker_of(struct client *client)
{
    return (struct web_speaker *)((char *)client - offsetof(struct web_speaker, client));
}

/**
 * Does what a command without an error says, and any but hello. The client has been greeted. The reply
 * or refusal comes now or later, once.
 */
void web_run(struct web_speaker *speaker, struct web_command *command);

/** Whether the sequencer may be asked for something; refuses otherwise. */
bool web_may_ask(struct web_speaker *speaker, struct slice id);

/** Makes the token of an act and remembers it until the answer. False: too many are under way. */
bool web_speaker_make_token(struct web_speaker *speaker, struct act *act);

/** Forgets the token of an act, if it has one. */
void web_speaker_forget_token(struct web_speaker *speaker, const struct act *act);

/** Replies to a command, or refuses it: its answer came. Any but a HELLO's. */
void web_speaker_answered(struct web_speaker *speaker, const struct event *event);

/** The same with what was read: HISTORY, ROOMS, LIST, SEARCH. */
void web_speaker_read(struct web_speaker *speaker, const struct store_read *read);
