#pragma once
/*
 * The sequencer makes the order: it takes what the hubs of all workers have submitted, in the order in which it came, decides about
 * each, has the store keep in one transaction what is to be kept, settles who is here, and yields one batch of events that every hub
 * then sees in that same order. What the store did not keep did not happen: those events come back with an error, and
 * only whoever asked hears of it. One thread runs it. It is pure: time and chance are handed in.
 *
 * Notices (came, went, turned, renamed) have a budget per room, so that a storm of joins does not cost every
 * member a frame for every other one. Beyond the budget none is made: a HERE event with the whole picture
 * (of a large room: how many they are) follows within a second (sequencer_tick).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chat/event.h"
#include "chat/rate.h"
#include "chat/store.h"

struct sequencer;

struct sequencer_limits {
    struct rate posts;   /* per person, over all its connections; {10, 30}; count 0: no limit */
    struct rate notices; /* per room; {50, 50} */
    /* Of all rooms: a notice counts as often as there is somebody to see it; {200000, 200000}. */
    struct rate notice_deliveries;
    uint32_t here_names_max;  /* a HERE of a room with more people has only their number; 50 */
    uint32_t here_ms;         /* at most one HERE event of a room in this time; 1,000 */
    uint32_t away_ms;         /* a person is here so long after its last connection; 30,000 */
    uint64_t name_ms;         /* a guest's name is free after so long an absence; 30 days */
    uint64_t quota_bytes;     /* that a person may have in files; 2 GiB */
    uint64_t session_idle_ms; /* a session ends when it was not used for so long; 0: not; 30 days */
    /* and when it is as old as this; 0: not; a year. Of accounts only: a guest's and a bot's last */
    uint64_t session_ms;
    uint8_t sign_up;          /* enum sign_up; an invitation is good for SIGN_UP_OPEN, too */
    bool guests;              /* whether people without an account are let in */
    bool guests_may_all;      /* and have the rights of members */
    uint64_t (*chance)(void); /* 64 random bits: ids, mids */
};

/** OK with ret_sequencer owned, or what the store said. keeps store. */
int sequencer_new(struct store *store, const struct sequencer_limits *limits, uint64_t now_ms,
                  uint64_t wall_ms, struct sequencer **ret_sequencer);
void sequencer_free(struct sequencer *sequencer);

/**
 * Completes count events (taken) and returns owned the batch they form, in their order, with what follows from them.
 * now_ms is monotonic, wall_ms since 1970. When sequencer_is_broken is true afterwards, nobody may be told of the batch.
 */
struct event_batch *sequencer_run(struct sequencer *sequencer, struct event **events, size_t count,
                                  uint64_t now_ms, uint64_t wall_ms);

/** Returns borrowed, until the next run, what moderators have set for the server: for hubs that start. */
struct server_state *sequencer_server(const struct sequencer *sequencer);

/** The store has answered ERR_IO: what it kept is not known, and the program must end. store->fault says why. */
bool sequencer_is_broken(const struct sequencer *sequencer);

/** Milliseconds until sequencer_tick wants to be called, or UINT32_MAX for not at all. */
uint32_t sequencer_wait_ms(const struct sequencer *sequencer, uint64_t now_ms);

/** Returns owned a batch of what is due without anybody having asked, or NULL. */
struct event_batch *sequencer_tick(struct sequencer *sequencer, uint64_t now_ms, uint64_t wall_ms);
