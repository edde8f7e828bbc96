#pragma once
/*
 * The disk threads: a few, for the work that may have to wait for the disk (files), so that no worker's loop ever does. A
 * job is embedded in what it is about; it runs on one of the threads, and comes back as a letter to the mailbox that it
 * calls home, whose owner calls disk_job_done with it. Jobs of one lane run one after the other, in the order in which
 * they were submitted. There is no limit here: whoever submits bounds what it has under way.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "net/mailbox.h"

enum { DISK_THREADS_MAX = 8 };

struct disk_job {
    struct letter letter;
    struct mailbox *home; /* NULL: nobody wants to know, and done is called on the disk thread */
    void (*run)(struct disk_job *job);  /* on a disk thread */
    void (*done)(struct disk_job *job); /* at home; may free the job or submit it again */
};

struct disk_pool;

struct disk_thread {
    struct disk_pool *pool;
    struct mailbox mailbox;
    struct letter wake; /* no job: only wakes it */
    pthread_t thread;
    atomic_bool stopping;
};

struct disk_pool {
    struct disk_thread threads[DISK_THREADS_MAX];
    size_t count;
    uint32_t done_kind; /* of the letter that brings a job home */
    atomic_uint next;
};

/** Starts count threads (1 to DISK_THREADS_MAX). ERR_IO when the kernel refuses. */
int disk_pool_start(struct disk_pool *pool, size_t count, uint32_t done_kind);

/** A lane for jobs that have to stay in order; lanes share threads. Any thread. */
unsigned disk_pool_lane(struct disk_pool *pool);

/**
 * Submits a job (keeps it until it is done). After disk_pool_stop it is run and done at once, on the calling thread. Any
 * thread.
 */
void disk_pool_submit(struct disk_pool *pool, unsigned lane, struct disk_job *job);

/** Calls done, for the owner of the mailbox that a letter of done_kind came to. */
void disk_job_done(struct letter *letter);

/** Runs what still waits, then ends the threads. Homes must still be there; what came back lies in them. */
void disk_pool_stop(struct disk_pool *pool);
