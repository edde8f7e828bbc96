#pragma once
/*
 * The reading threads: each has a store_reader of its own and answers questions one after the
 * other, so that no worker ever waits for the disk. A worker's hub puts a question in with
 * reader_pool_submit; the answer goes to ports.answer on the reading thread.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#include "base/metrics.h"
#include "chat/store.h"
#include "net/mailbox.h"

enum { READERS_MAX = 8 };

struct reader_ports {
    void *ctx;
    /** Takes the question with its answer. On a reading thread. */
    void (*answer)(void *ctx, struct store_read *read);
};

struct reader {
    struct mailbox mailbox;
    struct store_reader *store; /* owned */
    struct reader_ports ports;
    struct metrics metrics; /* this thread's own block */
    atomic_bool stopping;
    pthread_t thread;
};

struct reader_pool {
    struct reader readers[READERS_MAX];
    size_t count;
    atomic_uint next;
};

/**
 * Starts count threads (1 to READERS_MAX); takes the stores (also on error). ERR_IO when the kernel
 * refuses.
 */
int reader_pool_start(struct reader_pool *pool, struct store_reader **stores, size_t count,
                      const struct reader_ports *ports);

/** Takes a question. Any thread. */
void reader_pool_submit(struct reader_pool *pool, struct store_read *read);

/** Ends the threads; questions that still wait are freed unanswered. No submitter may be left. */
void reader_pool_stop(struct reader_pool *pool);
