#pragma once
/*
 * What the domain asks of a store: the log of each room, and its order. One thread, the writer's, calls it.
 * A commit is all or nothing; only what it has answered with OK is kept, and only then may anybody hear of it.
 */

#include <stddef.h>
#include <stdint.h>

#include "chat/event.h"

struct store;

struct store_ops {
    /**
     * Keeps the posts, in order, as one transaction. For each one:
     * new: gives it the room's next seq (from 1, without a hole), a mid and the time now_wall_ms (not before
     * the room's last); (room, person, cid) known with the same content: dup with the first answer's seq, mid and ts;
     * known with other content: result ERR_EXISTS. Two of one cid in the same batch count as one after the other.
     * Returns OK, or an error and nothing was kept (ERR_BUSY: full for now).
     */
    int (*commit)(struct store *store, struct event **posts, size_t count, uint64_t now_wall_ms);

    /** The last seq of a room, 0 for one without events. */
    uint64_t (*head)(struct store *store, uint32_t room);

    /** Frees the store. */
    void (*close)(struct store *store);
};

/* The first member of every store. */
struct store {
    const struct store_ops *ops;
};
