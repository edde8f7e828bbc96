#pragma once
/*
 * A client is one connection's identity and cursors. It is embedded in the session of its door, which
 * gives it its link (the connection, as the network knows it) and hears of answers. One worker owns it.
 */

#include <stdbool.h>
#include <stdint.h>

#include "chat/event.h"
#include "chat/rate.h"

struct hub;
struct pool;
struct client;

/* A client's place in one pool. Its position itself lies in the pool's dense array. */
struct membership {
    struct pool *pool; /* NULL while it is in none */
    uint32_t index;    /* in the lane's array of members */
    uint8_t lane;      /* enum lane_number */
};

/* What a door wants to hear; calls come on the worker's thread, in order. */
struct client_door {
    /** An event that this client asked for came back completed (OK or not). The event is borrowed. */
    void (*on_answer)(struct client *client, const struct event *event);
    /** The pool's ring has overtaken it while the kernel took nothing: it cannot be caught up. */
    void (*on_lapped)(struct client *client);
    /** The hub is no longer busy, after hub_is_busy was true for somebody. */
    void (*on_ready)(struct client *client);
};

struct client {
    uint64_t id;     /* of this connection, random, public */
    uint64_t person; /* who it is; for a visitor the same as id */
    void *link;
    const struct client_door *door;
    struct hub *hub;
    uint32_t slot, generation; /* where the hub finds it */
    struct rate_bucket posts;
    struct membership place; /* in the lobby */
    bool visitor;
    bool active; /* its window has the focus */
    bool joined; /* a JOIN was submitted, so a LEAVE is owed */
};
