#pragma once
/*
 * The store without a disk: the newest events of each room in memory, for tests, benchmarks and for
 * trying things out. It keeps the promises of chat/store.h as long as the program runs and as far
 * back as its limits reach: older events are forgotten at commit, and with them their cids; the
 * newest one of a room is always kept. A cursor from before them is answered with
 * ERR_NOT_FOUND.
 *
 * One thread writes, any number of readers read: a lock is held from begin to commit, and for each
 * reading.
 */

#include <stddef.h>

#include "chat/store.h"

struct memory_store_limits {
    size_t events_max; /* kept of a room; 100,000 */
    size_t bytes_max;  /* of the texts kept of a room; 64 MB */
};

/** Returns owned a store with the lobby in it; closed through its ops. */
struct store *memory_store_new(const struct memory_store_limits *limits);

/** Returns owned a reader of such a store, which is kept. For another thread. */
struct store_reader *memory_reader_new(struct store *store);
