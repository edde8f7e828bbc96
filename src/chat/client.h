#pragma once
/*
 * A client is one connection's identity and cursors: for each room that its person is in, a place. It is embedded in the
 * session of its door, which gives it its link (the connection, as the network knows it) and hears of answers. One worker
 * owns it.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/id_table.h"
#include "chat/event.h"
#include "chat/rate.h"

struct hub;
struct pool;
struct client;
struct store_read;

/*
 * A client's place in one room: live (its position lies in the pool's dense array) or behind (it is fed from the store;
 * where it stands lies in the feed). Small on purpose: a client has one for each of its rooms.
 */
struct place {
    struct pool *pool;
    /* live: in the lane's array of members; behind: in the pool's array of those who are behind */
    uint32_t index;
    bool behind : 1;
    /* the client is not ready before this place is live or has reached the head of its hello */
    bool awaited : 1;
};

/* What a door wants to hear; calls come on the worker's thread, in order. Whatever is borrowed is so until return. */
struct client_door {
    /**
     * An event that this client asked for came back completed (OK or not). For a HELLO that went well the client's
     * places are not there yet; the events that it lacks, on_reset and on_ready come after this.
     */
    void (*on_answer)(struct client *client, const struct event *event);
    /**
     * An event for this person's connections only: ADDED, GONE, READ; or for this one alone: HERE without a roster, when it
     * has missed notices. NULL for visitors' doors.
     */
    void (*on_personal)(struct client *client, const struct event *event);
    /** Its cursor in a room cannot be continued; it goes on from the head. NULL for visitors' doors. */
    void (*on_reset)(struct client *client, uint64_t room, uint64_t head, uint64_t mid,
                     bool diverged);
    /** Every room has reached the head of the hello. NULL for visitors' doors. */
    void (*on_ready)(struct client *client);
    /** The answer to hub_history or hub_rooms, also when it went wrong. NULL for visitors' doors. */
    void (*on_read)(struct client *client, const struct store_read *read);
    /** Visitors only: the pool's ring has overtaken it while the kernel took nothing. Must not close anything at once. */
    void (*on_lapped)(struct client *client);
    /** Its session has ended (enum refusal says why: PLAIN for a sign-out), and the connection must: say so and close it. NULL: visitors have none. */
    void (*on_ended)(struct client *client, uint8_t refusal);
    /** See hub_wait. NULL for doors that do not call it. */
    void (*on_stirred)(struct client *client);
    /** The hub is no longer busy, after hub_is_busy was true for somebody. */
    void (*on_unbusy)(struct client *client);
};

struct client {
    uint64_t id;     /* of this connection, random, public */
    uint64_t person; /* who it is; for a visitor the same as id; 0 until hello is answered */
    void *link;
    const struct client_door *door;
    struct hub *hub;
    struct id_link by_person;  /* in the hub's table, while it is known */
    struct place *places;      /* owned */
    uint32_t slot, generation; /* where the hub finds it */
    struct rate_bucket posts;
    uint16_t places_count, places_cap;
    uint16_t behind_count, awaited_count; /* of its places */
    uint16_t feed_next;                   /* the place whose turn it is to be fed */
    uint32_t fed_bytes;   /* given by the feed since the private queue was last empty */
    uint16_t reads;       /* questions to the store under way, without the feed's */
    uint32_t feed_number; /* of the feed's question that is under way or comes next */
    uint32_t feed_at_ms;  /* low bits of the time at which it was asked */
    uint8_t lane;         /* enum lane_number */
    bool visitor;
    uint8_t role;     /* enum role, as far as this worker knows */
    bool quiet;       /* follows no room: see hub_hello */
    bool waits;       /* see hub_wait */
    uint32_t wait_at; /* its place among those who wait */
    uint64_t session; /* public id of its session; 0: none */
    uint64_t *rooms;  /* QUIET: the rooms it is in, in order; owned */
    uint16_t rooms_count;
    bool active;   /* its window has the focus */
    bool greeted;  /* a HELLO was submitted, so a BYE is owed */
    bool greeting; /* and is not answered yet */
    bool known;    /* it was answered well: person is set */
    bool ready;    /* and every room has reached the head of that hello */
    bool feeding;  /* a question of the feed is under way */
    bool fed;      /* enough of what the answers brought has not drained yet */
};
