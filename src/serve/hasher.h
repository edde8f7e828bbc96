#pragma once
/*
 * The hasher: a few threads of low priority that compute what passwords cost, so that no worker waits for it and sign-ins do not
 * take the processor from the chat. Its memory is bounded by the number of threads, what waits by the queue. Any thread
 * may submit; the answer is the job itself, as a letter in the asker's mailbox.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/metrics.h"
#include "net/mailbox.h"
#include "serve/password.h"

enum { HASHER_THREADS_MAX = 16 };

struct hasher_settings {
    struct password_cost cost;
    unsigned threads;   /* 1 to HASHER_THREADS_MAX */
    size_t waiting_max; /* jobs that wait for a thread; 256 */
};

enum hash_job_kind {
    HASH_MAKE,   /* of a new password: secret is the answer */
    HASH_VERIFY, /* of one that was shown: result is the answer */
};

/* A job, owned by the hasher from hasher_submit until it comes back. */
struct hash_job {
    struct letter letter;      /* first; its kind is the asker's */
    struct mailbox *answer_to; /* kept */
    void *owner;               /* the asker's alone: it may change it at any time */
    uint8_t kind;              /* enum hash_job_kind */
    int result; /* OK; VERIFY: ERR_DENIED, it is not this password; ERR_BUSY: there was no memory */
    char secret[ARGON2_TEXT_MAX + 1]; /* VERIFY: of whom it should be; empty: of nobody */
    char renewed[ARGON2_TEXT_MAX +
                 1]; /* VERIFY, OK: hashed anew because the cost has changed; or empty */
    uint16_t password_len;
    uint8_t password[PASSWORD_BYTES_MAX];
};

struct hasher;

/** Starts the threads. Returns owned, or NULL when the kernel refuses (errno). */
struct hasher *hasher_new(const struct hasher_settings *settings);

/** Ends the threads; jobs that wait are freed unanswered. Takes hasher; NULL is fine. No submitter may be left. */
void hasher_free(struct hasher *hasher);

/** Takes job, in any case. ERR_BUSY: too many wait; there will be no answer. Any thread. */
int hasher_submit(struct hasher *hasher, struct hash_job *job);

/** How long about until a job that is submitted now is answered: for telling when to try again. Any thread. */
uint32_t hasher_wait_ms(struct hasher *hasher);

/** The block of metrics of each thread: returns borrowed; NULL: there are not so many threads. */
const struct metrics *hasher_metrics(const struct hasher *hasher, unsigned thread);

/** Returns owned a job with this password (PASSWORD_BYTES_MAX at most); all else is zero. */
struct hash_job *hash_job_new(enum hash_job_kind kind, struct slice password);

/** Takes job, wipes it; NULL is fine. */
void hash_job_free(struct hash_job *job);
