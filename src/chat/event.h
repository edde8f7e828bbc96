#pragma once
/*
 * An event begins as what a client asks for: its worker's hub makes it and submits it. The sequencer, the one place where
 * order is made, completes it (seq, mid, time, result) and hands it, in a batch, to the hubs of all workers. From
 * then on it is immutable and shared; the batch's last reference frees its events.
 * Kept events are what a room's log consists of and have a seq; the others pass: they have their place in the order, but
 * are not stored. An event read back from the log has the same form.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chat/message.h"
#include "chat/name.h"

struct act;
struct roster_view;
struct room_change;
struct server_state;
struct welcome;
struct room_info;

enum event_kind {
    /* Kept. These numbers are on disk: they never change their meaning. */
    EVENT_CREATED = 1, /* the room; body: its name. Its author is in it from here on */
    EVENT_MESSAGE = 2,
    EVENT_EDIT = 3,   /* of target; body: the new text */
    EVENT_DELETE = 4, /* of target */
    EVENT_REACT = 5,  /* to target; body: the emoji */
    EVENT_UNREACT = 6,
    EVENT_PIN = 7, /* target */
    EVENT_UNPIN = 8,
    EVENT_TOPIC = 9, /* body: the topic */
    EVENT_JOINED = 10,
    EVENT_LEFT = 11,
    EVENT_NAMED = 12,    /* the room; body: its new name */
    EVENT_SETTINGS = 13, /* of the room; body: see chat/room_settings.h */
    EVENT_ADDED_BY = 14, /* target: the person whom the author put into the room */
    EVENT_REMOVED = 15,  /* target: the person whom the author took out; body: the reason */
    EVENT_HOST = 16,     /* target: the person whom the author made a host */
    EVENT_UNHOST = 17,   /* target: one who is none any more */
    EVENT_KEPT_END = 32,

    /* Passing: what one client asks for, and is answered. */
    EVENT_HELLO,  /* a connection says who it is, or says so again */
    EVENT_BYE,    /* a connection is gone */
    EVENT_RENAME, /* name; everybody in the person's rooms sees EVENT_RENAMED */
    EVENT_ACTIVE, /* active */
    EVENT_READ,   /* seq; the person's other connections see it, too */
    EVENT_TYPING, /* the room sees it */
    EVENT_WHO,    /* asks who is here: roster */
    EVENT_LEVEL,  /* seq: enum attention; the person's other connections see it, too */
    EVENT_ACT,    /* see chat/act.h */

    /* Passing: made by the sequencer, seen by the room. */
    EVENT_CAME,    /* a connection came, or a person into the room: see moved and turned */
    EVENT_WENT,    /* the other way round */
    EVENT_TURNED,  /* a person became active or idle */
    EVENT_RENAMED, /* a person has another name */
    EVENT_HERE,    /* who is here, after notices were left out; without a roster only how many */

    /* Passing: made by the sequencer, seen by the connections of one person. */
    EVENT_ADDED, /* the person is in the room from here on: info */
    EVENT_GONE,  /* the person is not in the room any more */
    EVENT_YOU,   /* what the person is has changed: role, muted_ms, display, color */
    EVENT_ENDED, /* sessions of the person have ended: session, 0 for all but `but`; see refusal for why. Their connections are closed */

    /* Passing: made by the sequencer, for every hub. */
    EVENT_SERVER, /* server: the state of the brake, and which addresses are banned */

    EVENT_DRAIN, /* nothing comes after this one: the program stops */
};

enum { CID_BYTES = 16, COMMAND_ID_BYTES_MAX = 64, TOKEN_HASH_BYTES = 32 };

static inline bool event_kind_is_kept(uint8_t kind)
{
    return kind > 0 && kind < EVENT_KEPT_END;
}

/* Which client asked, so that the answer finds it: the slot may be somebody else's by then. */
struct event_origin {
    uint32_t worker;
    uint32_t slot;
    uint32_t generation;
};

struct event {
    struct event *next; /* for whoever owns it at the moment */
    uint8_t kind;       /* enum event_kind */

    /* What was asked. */
    /* the author speaks the tutorial's dialect: a person of its own, without a name */
    bool visitor;
    bool active; /* HELLO, BYE: the connection's state; ACTIVE: the new one */
    bool has_cid;
    bool has_command; /* a reply is expected, with command_id in it */
    bool again;       /* HELLO: not the first one of this connection */
    /* HELLO, BYE: of a connection that does not make its person be here: the HTTP API's */
    bool quiet;
    bool console; /* HELLO: of whoever sits at the server's console */
    bool counted; /* among what its hub waits for, */
    bool pooled;  /* and what its pool does */
    uint8_t cid[CID_BYTES];
    uint8_t token_hash
        [TOKEN_HASH_BYTES]; /* HELLO of a person: SHA-256 of the token it showed, or of the new one */
    bool has_token;         /* HELLO: it showed one */
    struct event_origin origin;
    uint64_t room;   /* its id; 0 for what belongs to no room */
    uint64_t client; /* the public id of the connection */
    uint64_t person; /* the author; a visitor's is the same as client */
    /* seq of the message that is meant; ADDED_BY, REMOVED, HOST, UNHOST: a person; GONE: who has taken the person out (name, body: the reason), or 0; MESSAGE that was kept: how many messages the room has, this one included */
    uint64_t target;
    uint64_t reply_to; /* MESSAGE: seq, 0 for none */
    /* HELLO, RENAME: asked for (may be empty), then what it became; otherwise the author's */
    struct name name;
    struct message message; /* type and body; body is the event's text, whatever its kind */
    struct slice command_id;
    /* set by the sequencer: kept events that follow from this one, in order; owned until they are followed */
    struct event *consequences;
    struct act *act; /* ACT: owned by the event */
    struct room_change
        *change; /* CREATED, SETTINGS: owned by the event; see chat/room_settings.h */
    /* CREATED of a direct room: who is in it besides the author; then, and of MESSAGE: whom it mentions. Owned by the event */
    struct people_list *people_ids;
    struct file_list *
        files; /* MESSAGE: what comes with it; owned by the event. Asked for: only id and alt are filled in */

    /* What became of it. */
    int result;        /* OK, or why it did not happen: then only its origin hears of it */
    uint8_t refusal;   /* enum refusal: of what kind the result is */
    uint32_t retry_ms; /* with a refusal: when to try again; 0: waiting does not help */
    bool no_room;      /* ERR_NOT_FOUND means the room, or that the author is not in it */
    bool dup;       /* kept: this cid was there already; seq, mid and ts are the first answer's */
    bool unchanged; /* kept: there was nothing to change, no event was made */
    bool moved;     /* CAME, WENT: a connection did so just now; what the tutorial shows */
    /* CAME, WENT: the person, or visitor, is here or not here any more by it; what the web shows */
    bool turned;
    bool person_active; /* CAME, TURNED: what the person is now */
    bool deleted;       /* MESSAGE, EDIT read from the log: the text is gone */
    bool pinned;        /* MESSAGE read for a page */
    bool mentions_all;  /* MESSAGE: it means everybody in the room */
    uint8_t role;       /* HELLO, YOU: enum role of the person */
    uint64_t session;   /* HELLO: of which session the connection is; ACT: the one it made; ENDED */
    uint64_t but;       /* ENDED: a session that goes on */
    uint64_t muted_ms;  /* HELLO, YOU: until when; 0: not */
    uint32_t color;     /* HELLO, YOU */
    uint32_t unread,
        mentions; /* READ, LEVEL: as they are now, at all of the person's connections */
    struct server_state *server; /* SERVER: one reference; NULL otherwise */
    uint32_t people; /* CAME, WENT, TURNED, HERE: how many are here now, and how many visitors */
    uint32_t visitors;
    uint64_t seq, mid, ts_ms;
    uint64_t edited_ms; /* MESSAGE read from the log; 0: as it was posted */
    union {
        struct name was;     /* RENAMED */
        struct name subject; /* ADDED_BY, REMOVED, HOST, UNHOST: of the person that target means */
        struct name display; /* HELLO, YOU; empty: as the name */
    };
    struct roster_view *roster; /* WHO, HERE: one reference; NULL otherwise */
    struct welcome *welcome;    /* HELLO: owned by the event; see chat/welcome.h */
    struct room_info *info;     /* ADDED: owned by the event; see chat/welcome.h */
    struct reaction_list
        *reactions; /* MESSAGE read for a page: owned by the event; NULL for none */

    uint8_t tail[]; /* what message.body and command_id point into */
};

enum { REACTION_PEOPLE_MAX = 20 }; /* that a page names; its count is the true one */

/* The reactions of one kind to a message, as a page shows them. */
struct reaction {
    struct slice emoji; /* points behind the array */
    uint32_t count;
    uint32_t people_count;
    uint64_t people[REACTION_PEOPLE_MAX];
};

struct reaction_list {
    uint32_t count;
    struct reaction list[];
};

/* People meant by an event. */
struct people_list {
    uint32_t count;
    uint64_t ids[];
};

/* What comes with a message. */
struct file {
    uint64_t id;
    uint64_t bytes;
    uint32_t width, height; /* 0: not known */
    bool has_thumbnail;
    struct slice name, type, alt; /* point behind the array */
};

struct file_list {
    uint32_t count;
    struct file list[];
};

/** Returns owned a list with room for count ids; count in it is set. */
struct people_list *people_list_new(uint32_t count);

/** Returns owned a copy of count files with the texts they point to. */
struct file_list *file_list_new(const struct file *files, uint32_t count);

/** Returns owned an event with copies of body and command_id (both may be empty); all else is zero. */
struct event *event_new(enum event_kind kind, struct slice body, struct slice command_id);

/** Takes the event; NULL is fine. */
void event_free(struct event *event);

/* Events in their order. */
struct event_batch {
    atomic_uint refs;
    size_t count, cap;
    struct event **events;
};

/** Returns owned (one reference) a batch with room for cap events; it grows. */
struct event_batch *event_batch_new(size_t cap);

/** Takes the event, as the last one. Only before the batch is shared. */
void event_batch_add(struct event_batch *batch, struct event *event);

/** Takes another reference. */
struct event_batch *event_batch_ref(struct event_batch *batch);

/** Gives a reference back; the last one frees the events too. Any thread. NULL is fine. */
void event_batch_unref(struct event_batch *batch);
