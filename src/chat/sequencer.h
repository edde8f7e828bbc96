#pragma once
/*
 * The sequencer makes the order: it takes what the hubs of all workers have submitted, in the order in
 * which it came, has the posts kept by the store, settles who is here, and yields one batch of events
 * that every hub then sees in that same order. One thread runs it. It is pure: time is handed in.
 *
 * Notices (joined, left, renamed, active) have a budget per room, so that a storm of joins does not cost every
 * member a frame for every other one. Beyond the budget an event is still in the batch, with shown = false;
 * a HERE event with the whole picture follows within a second (sequencer_tick).
 */

#include <stddef.h>
#include <stdint.h>

#include "chat/event.h"
#include "chat/rate.h"
#include "chat/store.h"

struct sequencer_limits {
    struct rate notices; /* per room; {50, 50} */
    uint32_t here_ms;    /* at most one HERE event in this time; 1,000 */
};

/** Returns owned. keeps store. */
struct sequencer *sequencer_new(struct store *store, const struct sequencer_limits *limits,
                                uint64_t now_ms);
void sequencer_free(struct sequencer *sequencer);

/**
 * Completes count events (taken) and returns owned the batch they form, in their order.
 * now_ms is monotonic, wall_ms since 1970.
 */
struct event_batch *sequencer_run(struct sequencer *sequencer, struct event **events, size_t count,
                                  uint64_t now_ms, uint64_t wall_ms);

/** Milliseconds until sequencer_tick wants to be called, or UINT32_MAX for not at all. */
uint32_t sequencer_wait_ms(const struct sequencer *sequencer, uint64_t now_ms);

/** Returns owned a batch of HERE events that are due, or NULL. */
struct event_batch *sequencer_tick(struct sequencer *sequencer, uint64_t now_ms);
