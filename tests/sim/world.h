#pragma once
/*
 * A community in one thread: the true hubs, pools, feed and sequencer, over a store that fails,
 * with a virtual clock, a network that stalls, takes bytes in part and breaks, mailboxes and
 * readers that are late or silent, a server that crashes, and a backup that is restored now and
 * then. All chance comes from one seed.
 *
 * Every client checks what it receives, byte by byte, as it comes (device.h); in the end, when all
 * faults are over, it must show what the store has.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bugs that can be planted, to see that the checks notice. */
enum world_bug {
    BUG_NONE,
    BUG_SKIP_TAIL,    /* one worker does not append one event to its rings */
    BUG_EARLY_CURSOR, /* a member is moved on before the kernel has taken the bytes */
    BUG_REUSE_SEQ,    /* what was rolled back stays, and its seq is used again */
    BUG_EARLY_ACK,    /* what the store did not keep is acknowledged */
    BUG_LOSE_BYTE,    /* the network loses a byte of what it took */
    BUG_LOSE_EVENT,   /* one worker does not hear of one batch */
    BUG_SWAP_BATCHES, /* one worker hears of two batches in the wrong order */
    BUG_FORGET_REST,  /* the rest of a broken frame is not queued */
    BUG_STAY,         /* a connection whose session has ended stays */
    BUG_COUNT,
};

struct world_size {
    unsigned workers;
    unsigned devices; /* clients at the same time */
    unsigned steps;
};

struct world_result {
    const char *broken; /* what was found wrong, or NULL */
    uint64_t commands, kept, frames, partial_sends, pages, resets, lapped, hellos, crashes,
        restores, rollbacks, retries, acts, ended;
    uint64_t ring_bytes_most, queue_bytes_most;
};

/**
 * Runs one world from its seed to its end and says what was found. verbose: tells its life on
 * stdout.
 */
struct world_result world_run(uint64_t seed, const struct world_size *size, enum world_bug bug,
                              bool verbose);
