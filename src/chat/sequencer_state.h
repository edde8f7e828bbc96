#pragma once
/*
 * The inside of the sequencer, for sequencer.c, settle.c and settle_people.c only.
 */

#include "chat/community.h"
#include "chat/sequencer.h"

/* Somebody whom the run in hand lets into a room: in memory only when the run is done. */
struct settle_join {
    uint64_t person, room;
};

struct sequencer {
    struct store *store;
    struct sequencer_limits limits;
    struct community community;
    struct rate_bucket notice_deliveries;
    uint64_t now_ms, wall_ms; /* of the run in hand */
    bool open;                /* a transaction is */
    int failed;               /* why nothing of this run can be kept any more; OK: it can */
    bool broken;
    bool *kept_in; /* scratch: which events of the run stand and fall with the transaction */
    size_t kept_in_cap;
    struct settle_join *joins; /* of the run in hand; owned */
    size_t joins_count, joins_cap;
    struct event_batch *batch; /* being made */
};

/**
 * Sees to it that a transaction is open. Returns OK or why none can be: then nothing can be kept in this run.
 */
int settle_open(struct sequencer *sequencer);

/**
 * Notes a step's result: anything but the plain answers makes the run fail, and what it did is rolled back at once, so that the store can
 * be read from again. Returns it.
 */
int settle_step(struct sequencer *sequencer, int result);

/**
 * A command that makes a kept event: decides, and has it kept. The result is in the event. Returns whether it depends on the
 * transaction.
 */
bool settle_kept(struct sequencer *sequencer, struct event *event);

/**
 * HELLO, RENAME, READ: as far as the store is concerned. Returns whether the event depends on the transaction.
 */
bool settle_hello(struct sequencer *sequencer, struct event *event);
bool settle_rename(struct sequencer *sequencer, struct event *event);
bool settle_read(struct sequencer *sequencer, struct event *event);
