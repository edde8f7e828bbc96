#include "serve/hasher.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>

#include "base/assert.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"

enum {
    LOW_PRIORITY = 19,
    FIRST_GUESS_MS = 50, /* of what a job takes, before one was done */
    GUESS_WEIGHT = 8,    /* the last job counts for an eighth */
};

struct hasher_thread {
    struct hasher *hasher;
    struct mailbox mailbox; /* jobs */
    struct metrics metrics;
    pthread_t thread;
};

/*
 * No lock anywhere: a thread of low priority that is put off while it holds one would put off whoever waits for it, which would be a worker.
 */
struct hasher {
    struct hasher_settings settings;
    atomic_size_t waiting; /* jobs taken and not begun */
    atomic_uint next;      /* thread */
    atomic_uint job_ms;    /* what one takes, of late */
    atomic_bool stopping;
    unsigned started;
    struct hasher_thread threads[HASHER_THREADS_MAX];
};

/* ---- jobs ---- */

struct hash_job *hash_job_new(enum hash_job_kind kind, struct slice password)
{
    struct hash_job *job = mem_zalloc(sizeof(*job));
    ASSERT(password.len <= PASSWORD_BYTES_MAX);
    job->kind = (uint8_t)kind;
    job->password_len = (uint16_t)password.len;
    if (password.len > 0)
        memcpy(job->password, password.ptr, password.len);
    return job;
}

void hash_job_free(struct hash_job *job)
{
    if (!job)
        return;
    explicit_bzero(job, sizeof(*job));
    mem_free(job);
}

/* ---- the queue ---- */

int hasher_submit(struct hasher *hasher, struct hash_job *job)
{
    if (atomic_fetch_add(&hasher->waiting, 1) >= hasher->settings.waiting_max) {
        atomic_fetch_sub(&hasher->waiting, 1);
        hash_job_free(job);
        return ERR_BUSY;
    }
    unsigned turn = atomic_fetch_add_explicit(&hasher->next, 1, memory_order_relaxed);
    mailbox_put(&hasher->threads[turn % hasher->started].mailbox, &job->letter);
    return OK;
}

uint32_t hasher_wait_ms(struct hasher *hasher)
{
    uint64_t jobs = atomic_load(&hasher->waiting) + 1;
    uint64_t wait_ms = jobs * atomic_load(&hasher->job_ms) / hasher->settings.threads;
    return wait_ms < UINT32_MAX ? (uint32_t)wait_ms : UINT32_MAX;
}

/* ---- the threads ---- */

static void compute(const struct password_cost *cost, struct hash_job *job)
{
    struct slice password = slice_of(job->password, job->password_len);
    bool outdated = false;
    if (job->kind == HASH_MAKE) {
        job->result = password_hash(cost, password, job->secret);
        return;
    }
    job->result = password_verify(cost, job->secret, password, &outdated);
    /* Where there is no memory for hashing it anew it is done at another time. */
    if (outdated && password_hash(cost, password, job->renewed) != OK)
        job->renewed[0] = '\0';
}

/* Only a guess: of two threads that note at once one may not count. */
static void note_time(struct hasher *hasher, uint64_t took_ms)
{
    uint64_t before_ms = atomic_load(&hasher->job_ms);
    uint64_t guess_ms = (before_ms * (GUESS_WEIGHT - 1) + took_ms) / GUESS_WEIGHT;
    atomic_store(&hasher->job_ms, guess_ms > 0 ? (uint32_t)guess_ms : 1);
}

static void answer(struct hasher_thread *thread, struct hash_job *job)
{
    struct hasher *hasher = thread->hasher;
    uint64_t began_ms = clock_mono_ms();
    compute(&hasher->settings.cost, job);
    explicit_bzero(job->password, sizeof(job->password));
    metrics_add(&thread->metrics, METRIC_PASSWORDS, 1);
    note_time(hasher, clock_mono_ms() - began_ms);
    mailbox_put(job->answer_to, &job->letter);
}

/* Answers what is waiting; once it is to stop, frees it instead. */
static void take_what_waits(struct hasher_thread *thread)
{
    struct letter *next;
    for (struct letter *letter = mailbox_take(&thread->mailbox); letter; letter = next) {
        next = letter->next;
        struct hash_job *job = (struct hash_job *)letter;
        atomic_fetch_sub(&thread->hasher->waiting, 1);
        if (atomic_load(&thread->hasher->stopping))
            hash_job_free(job);
        else
            answer(thread, job);
    }
}

/*
 * Both are the thread's own on Linux, and stepping back is always allowed. SCHED_IDLE makes room at once for whoever wakes up; a
 * thread that is merely nice may run on for milliseconds, which the chat's p99 shows (docs/decisions/0013-accounts.md).
 */
static void be_humble(void)
{
    setpriority(PRIO_PROCESS, 0, LOW_PRIORITY);
    sched_setscheduler(0, SCHED_IDLE, &(struct sched_param){.sched_priority = 0});
}

static void *run(void *arg)
{
    struct hasher_thread *thread = arg;
    be_humble();
    while (!atomic_load(&thread->hasher->stopping)) {
        mailbox_wait(&thread->mailbox, -1);
        take_what_waits(thread);
        if (mailbox_is_empty(&thread->mailbox))
            password_release_memory();
    }
    password_release_memory();
    return NULL;
}

static int start(struct hasher *hasher, struct hasher_thread *thread)
{
    thread->hasher = hasher;
    int result = mailbox_init(&thread->mailbox);
    if (result != OK)
        return result;
    int error = pthread_create(&thread->thread, NULL, run, thread);
    if (error != 0) {
        mailbox_release(&thread->mailbox);
        errno = error;
        return ERR_IO;
    }
    hasher->started++;
    return OK;
}

struct hasher *hasher_new(const struct hasher_settings *settings)
{
    struct hasher *hasher = mem_zalloc(sizeof(*hasher));
    ASSERT(settings->threads > 0 && settings->threads <= HASHER_THREADS_MAX);
    hasher->settings = *settings;
    atomic_init(&hasher->job_ms, FIRST_GUESS_MS);
    for (unsigned i = 0; i < settings->threads; i++) {
        if (start(hasher, &hasher->threads[i]) != OK) {
            int error = errno;
            hasher_free(hasher);
            errno = error;
            return NULL;
        }
    }
    return hasher;
}

/* A job for nobody only wakes the thread. */
static void wake(struct hasher *hasher, struct hasher_thread *thread)
{
    struct hash_job *job = hash_job_new(HASH_MAKE, slice_of(NULL, 0));
    atomic_fetch_add(&hasher->waiting, 1);
    mailbox_put(&thread->mailbox, &job->letter);
}

void hasher_free(struct hasher *hasher)
{
    if (!hasher)
        return;
    atomic_store(&hasher->stopping, true);
    for (unsigned i = 0; i < hasher->started; i++) {
        struct hasher_thread *thread = &hasher->threads[i];
        wake(hasher, thread);
        pthread_join(thread->thread, NULL);
        take_what_waits(thread);
        mailbox_release(&thread->mailbox);
    }
    mem_free(hasher);
}

const struct metrics *hasher_metrics(const struct hasher *hasher, unsigned thread)
{
    return thread < hasher->started ? &hasher->threads[thread].metrics : NULL;
}
