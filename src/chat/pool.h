#pragma once
/*
 * A pool is one worker's part of the clients of one room. What is broadcast is appended, once per dialect,
 * to a ring; a member is a position in it, in a dense array: no queue and no copy per member. Broadcasting never sends,
 * never closes and allocates nothing per member; pool_flush offers every member what it lacks.
 *
 * The array of a lane has the members to whom the kernel's door is open in front and those from which it takes
 * nothing behind: [0, ready_count) stand at or behind `flushed`, the rest wait for pool_resume. Whoever the ring has
 * overtaken is a member no more, but behind: it is fed from the store until it can come back (chat/feed.h).
 *
 * Rules: positions stand on frame boundaries only; the rest of a frame that was taken in part is copied
 * to the connection's private queue. Bytes not yet offered are never overwritten. A ring grows for the sake of members that
 * lag, up to a limit; beyond it they are overtaken. What a ring holds is the newest of the room's log without a hole.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/flush.h"
#include "base/id_table.h"
#include "base/metrics.h"
#include "chat/client.h"
#include "chat/dialect.h"
#include "chat/ring.h"

struct member {
    uint64_t pos : 48;   /* in the lane's ring */
    uint64_t place : 16; /* which of the client's places this is */
    struct client *client;
    void *link; /* the client's, here to spare the flush a look at the client */
};

/* Where a client that is not live stands. */
struct behind {
    struct client *client;
    uint64_t seq;     /* the last kept event that it was given */
    uint64_t mid;     /* while check_mid: what it says that event is */
    uint64_t until;   /* awaited: where the room's head was at its hello, or later */
    uint32_t notices; /* the pool's, when it fell behind */
    uint16_t place;
    bool check_mid;
};

struct lane {
    struct ring ring;
    uint64_t flushed; /* up to here it has been offered to every member */
    struct member *members;
    uint32_t members_count, members_cap;
    uint32_t ready_count;
};

struct pool_limits {
    size_t ring_bytes_min;   /* a ring starts with this (4 KB) */
    size_t ring_bytes_max;   /* and grows no further for the sake of those who lag (256 KB) */
    size_t worker_bytes_max; /* all rings of a worker (64 MB); a single frame always finds room */
    uint32_t quiet_ms;       /* an idle ring is freed after this (10,000) */
    uint32_t gather_ms;      /* a hot pool waits this long for more (2); 0 flushes every turn */
    /* a notice alone waits a millisecond for so many members of the worker (20), */
    uint32_t notice_members;
    uint32_t notice_ms; /* but at most this long (1,000): it is worth a round of sends only then */
    uint32_t hold_ms;   /* and any pool so long for posts of this worker that the writer has (1) */
};

/* What a pool needs of the outside; handed over at creation. */
struct pool_ports {
    void *ctx;
    /** Sends all of it and fills in what was taken. Must not call back. */
    void (*flush)(void *ctx, struct flush *flush);
    /** Puts bytes (borrowed) into the private queue of a connection, next on the wire. */
    void (*queue)(void *ctx, void *link, struct slice bytes);
};

/* What the pools of one worker share. */
struct pool_shared {
    struct pool_limits limits;
    struct pool_ports ports;
    struct dialect dialects[LANE_COUNT];
    uint32_t worker;
    struct metrics *metrics;
    size_t rings_bytes;
    struct buffer scratch;  /* the frame being encoded */
    const uint64_t *now_ms; /* of this turn */
    struct pool *due;       /* those with something to flush, linked by next_due */
    uint64_t members_count; /* live ones, of all pools */
    uint64_t notice_at_ms;  /* when the notices of all pools are flushed */
};

struct pool {
    struct pool_shared *shared;
    uint64_t room;
    struct id_link by_room;  /* in the hub's table */
    uint64_t head, head_mid; /* of the newest kept event that this worker has heard of */
    /* seq of the newest EDIT or DELETE: the ring may hold texts from before that are gone */
    uint64_t erased;
    uint32_t people, visitors; /* here, as the newest notice says */
    uint32_t notices;          /* how many there were, shown or not */
    struct pool *next_due;
    bool listed;           /* among the due ones */
    bool due;              /* something was appended since the last flush */
    bool post_due;         /* and a message is among it */
    bool flushing;         /* in this very flush */
    bool hot;              /* another broadcast may be expected before gather_ms are over */
    bool paced;            /* the worker reads only every gather_ms: what it reads comes gathered */
    uint32_t posts;        /* appended since the last flush */
    uint32_t waiting;      /* submitted by this worker's clients and not answered yet */
    uint64_t post_ms;      /* while post_due: since then */
    uint64_t flush_at_ms;  /* while due: not before this; otherwise when the last one was */
    uint64_t broadcast_ms; /* the last one */
    struct behind *behind; /* dense, in no order */
    uint32_t behind_count, behind_cap;
    struct lane lanes[LANE_COUNT];
};

/** Returns owned a pool without members. keeps shared. */
struct pool *pool_new(struct pool_shared *shared, uint64_t room);

/** Takes the pool; it must have no members and nobody behind. */
void pool_free(struct pool *pool);

/**
 * Makes the client, by its place (whose pool this is), a member from here on: the next broadcast is the first that it gets.
 */
void pool_register(struct pool *pool, struct client *client, uint16_t place);

/**
 * The same, but from the event behind seq on, if the ring has it: it is sent at once. Returns whether it has.
 */
bool pool_register_after(struct pool *pool, struct client *client, uint16_t place, uint64_t seq);

/** Whether the client is a member from which the kernel has taken all that was offered. */
bool pool_is_served(const struct client *client, uint16_t place);

/** Notes that the client stands behind; place, client and check_mid are filled in. */
void pool_put_behind(struct pool *pool, const struct behind *behind);

/** Ends the membership or the standing behind. What is not sent yet will not be. */
void pool_unregister(struct client *client, uint16_t place);

/** The place of a client has another number now: whatever knows it by the old one is told. */
void pool_renumber(struct client *client, uint16_t place);

/** Where a client that is behind stands. Returns borrowed until the pool changes. */
struct behind *pool_behind(const struct client *client, uint16_t place);

/** Appends the event for each dialect that has members, and marks the pool as due. */
void pool_broadcast(struct pool *pool, const struct event *event);

/** Offers every member what it lacks. */
void pool_flush(struct pool *pool);

/** The same for several pools of a worker: a client of many of them gets what it lacks of all in one send. */
void pool_flush_all(struct pool **pools, size_t count);

/** The kernel takes bytes for this client again: gives it what it lacks. */
void pool_resume(struct client *client, uint16_t place);

/** Frees the rings that nobody needs at the moment. Cheap; about once a second. */
void pool_rest(struct pool *pool);

/** All live members, in all dialects. */
uint32_t pool_members(const struct pool *pool);
