#pragma once
/*
 * An event begins as what a client asks for: its worker's hub makes it and submits it. The sequencer,
 * the one place where order is made, completes it (seq, mid, time, result) and hands it, in a batch, to the hubs of all
 * workers. From then on it is immutable and shared; the batch's last reference frees its events.
 * Kept events have a seq; the others pass: they take their place in the order but are not stored.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chat/message.h"
#include "chat/name.h"

struct roster_view;

enum event_kind {
    EVENT_POST,   /* a message; kept */
    EVENT_JOIN,   /* a client came into the room */
    EVENT_LEAVE,  /* a client is gone */
    EVENT_RENAME, /* a person has another name */
    EVENT_ACTIVE, /* a person became active or idle */
    EVENT_HERE,   /* who is here, after notices were left out; made by the sequencer */
    EVENT_DRAIN,  /* nothing comes after this one: the program stops */
};

enum { CID_BYTES = 16, COMMAND_ID_BYTES_MAX = 64 };

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
    bool visitor; /* the client speaks the tutorial's dialect: it is a person of its own */
    bool active;  /* JOIN, LEAVE: the client's state; ACTIVE: the new one */
    bool has_cid;
    bool has_command; /* a reply is expected, with command_id in it */
    uint8_t cid[CID_BYTES];
    struct event_origin origin;
    uint32_t room;
    uint64_t client; /* the public id of the connection */
    uint64_t person; /* who asks */
    struct name
        name; /* JOIN, RENAME: asked for, then what it became. POST and others: of the person */
    struct message message;
    struct slice command_id;

    /* What became of it. */
    int result; /* OK, or why it did not happen: then only its origin hears of it */
    bool dup;   /* POST: this cid was there already; seq, mid and ts are the first answer's */
    bool shown; /* JOIN, LEAVE, RENAME, ACTIVE: within the room's budget of notices */
    bool
        turned; /* JOIN: first, LEAVE: last connection of the person; ACTIVE: the person's state changed */
    bool active_turned; /* JOIN, LEAVE, ACTIVE: the person became active or idle by it */
    bool person_active; /* and is this now: one of its connections is active */
    uint32_t people;    /* how many are here now, and how many visitors */
    uint32_t visitors;
    uint64_t seq, mid, ts_ms;
    uint64_t head;              /* JOIN: the room's last seq */
    struct name was;            /* RENAME */
    struct roster_view *roster; /* JOIN of a person, HERE: one reference; NULL otherwise */

    uint8_t tail[]; /* what message.body and command_id point into */
};

/** Returns owned an event with copies of body and command_id (both may be empty); all else is zero. */
struct event *event_new(enum event_kind kind, struct slice body, struct slice command_id);

/** Takes the event; NULL is fine. */
void event_free(struct event *event);

/* Events in their order. */
struct event_batch {
    atomic_uint refs;
    size_t count;
    struct event *events[];
};

/** Returns owned (one reference) a batch with room for count events. */
struct event_batch *event_batch_new(size_t count);

/** Takes another reference. */
struct event_batch *event_batch_ref(struct event_batch *batch);

/** Gives a reference back; the last one frees the events too. Any thread. NULL is fine. */
void event_batch_unref(struct event_batch *batch);
