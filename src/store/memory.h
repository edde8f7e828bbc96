#pragma once
/*
 * The store without a disk: the newest events of each room in memory, for tests, benchmarks and for trying things out.
 * It keeps the promises of chat/store.h as long as the program runs and as far back as its limits reach:
 * older events are forgotten, and with them their cids. One thread calls it.
 */

#include <stddef.h>

#include "chat/store.h"

struct memory_store_limits {
    size_t events_max; /* kept of a room; 100,000 */
    size_t bytes_max;  /* of message bodies kept; 64 MB */
};

/** Returns owned; closed through its ops. next_mid yields 64 random bits (random_u64, or a simulation's). */
struct store *memory_store_new(const struct memory_store_limits *limits,
                               uint64_t (*next_mid)(void));
