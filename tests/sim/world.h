#pragma once
/*
 * A community in one thread: the true hubs, pools, sequencer and memory store, with a virtual clock, a network that
 * stalls, takes bytes in part and breaks, and mailboxes that deliver late. All chance comes from one seed.
 *
 * Every client checks what it receives, byte by byte, as it comes: whole frames, undamaged, messages in the one
 * order without a hole from the first one after it joined.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Deliberate faults of the world, to see that the checks notice: one for each kind of check. */
enum world_fault {
    FAULT_NONE,
    FAULT_LOSE_BYTE,    /* the network loses a byte of what it took */
    FAULT_LOSE_EVENT,   /* one worker does not hear of one batch */
    FAULT_SWAP_BATCHES, /* one worker hears of two batches in the wrong order */
    FAULT_FORGET_REST,  /* the rest of a broken frame is not queued */
    FAULT_COUNT,
};

struct world_size {
    unsigned workers;
    unsigned clients; /* most at the same time */
    unsigned steps;
};

struct world_result {
    const char *broken; /* what was found wrong, or NULL */
    uint64_t messages, deliveries, partial_sends, lapped, joins;
    uint64_t ring_bytes_most;
};

/** Runs one world from its seed to its end and says what was found. */
struct world_result world_run(uint64_t seed, const struct world_size *size, enum world_fault fault);
