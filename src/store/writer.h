#pragma once
/*
 * The writer is the one thread that makes order: it takes all events that are waiting, has the sequencer
 * complete them in batches (one commit each), and publishes each batch. Workers reach it by its mailbox.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#include "base/metrics.h"
#include "chat/sequencer.h"
#include "net/mailbox.h"

/* What a worker submitted in one turn: a chain of events in order, linked by next. */
struct writer_letter {
    struct letter letter;
    struct event *first;
};

struct writer_ports {
    void *ctx;
    /** Takes the batch; every worker is to see the batches in the order of these calls. On the writer's thread. */
    void (*publish)(void *ctx, struct event_batch *batch);
    /**
     * The store is broken (fault, in one line): what it has kept is not known. Must end the program; nothing is published
     * any more. On the writer's thread.
     */
    void (*broken)(void *ctx, const char *fault);
};

struct writer {
    struct mailbox mailbox;
    struct sequencer *sequencer;
    struct store *store;
    struct writer_ports ports;
    struct metrics *metrics;
    size_t batch_events_max; /* 500 */
    struct event **batch;    /* scratch */
    size_t batch_count;
    uint64_t rest_ms; /* when the store is let do what it does between transactions (monotonic) */
    unsigned rests;   /* how many more times: a few after the last thing was written */
    atomic_bool stopping;
    pthread_t thread;
};

/** Starts the thread. keeps sequencer, its store and metrics. ERR_IO when the kernel refuses. */
int writer_start(struct writer *writer, struct sequencer *sequencer, struct store *store,
                 const struct writer_ports *ports, struct metrics *metrics,
                 size_t batch_events_max);

/** Takes a chain of events (linked by next, in order). Any thread. */
void writer_submit(struct writer *writer, struct event *first);

/** Completes what is waiting, then ends the thread and waits for it. */
void writer_stop(struct writer *writer);
