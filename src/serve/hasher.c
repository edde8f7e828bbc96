#include "serve/hasher.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
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
    struct metrics metrics;
    pthread_t thread;
};

struct hasher {
    struct hasher_settings settings;
    pthread_mutex_t mutex; /* guards what follows, down to stopping */
    pthread_cond_t more;
    struct hash_job *first, *last; /* linked by letter.next */
    size_t waiting;
    uint32_t job_ms; /* what one takes, of late */
    bool stopping;
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

static struct hash_job *next_of(const struct hash_job *job)
{
    return (struct hash_job *)job->letter.next;
}

/* ---- the queue ---- */

int hasher_submit(struct hasher *hasher, struct hash_job *job)
{
    job->letter.next = NULL;
    pthread_mutex_lock(&hasher->mutex);
    bool full = hasher->waiting == hasher->settings.waiting_max;
    if (!full) {
        if (hasher->last)
            hasher->last->letter.next = &job->letter;
        else
            hasher->first = job;
        hasher->last = job;
        hasher->waiting++;
        pthread_cond_signal(&hasher->more);
    }
    pthread_mutex_unlock(&hasher->mutex);
    if (full)
        hash_job_free(job);
    return full ? ERR_BUSY : OK;
}

uint32_t hasher_wait_ms(struct hasher *hasher)
{
    pthread_mutex_lock(&hasher->mutex);
    uint64_t wait_ms = (hasher->waiting + 1) * hasher->job_ms / hasher->settings.threads;
    pthread_mutex_unlock(&hasher->mutex);
    return wait_ms < UINT32_MAX ? (uint32_t)wait_ms : UINT32_MAX;
}

/* Called with the mutex held. */
static struct hash_job *take(struct hasher *hasher)
{
    struct hash_job *job = hasher->first;
    if (!job)
        return NULL;
    hasher->first = next_of(job);
    if (!hasher->first)
        hasher->last = NULL;
    hasher->waiting--;
    return job;
}

/* Waits for a job. The memory of the last one is given back before it sleeps. NULL: the end. */
static struct hash_job *wait_for_job(struct hasher *hasher)
{
    pthread_mutex_lock(&hasher->mutex);
    bool idle = !hasher->first && !hasher->stopping;
    pthread_mutex_unlock(&hasher->mutex);
    if (idle)
        password_release_memory();

    pthread_mutex_lock(&hasher->mutex);
    while (!hasher->first && !hasher->stopping)
        pthread_cond_wait(&hasher->more, &hasher->mutex);
    struct hash_job *job = hasher->stopping ? NULL : take(hasher);
    pthread_mutex_unlock(&hasher->mutex);
    return job;
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

static void note_time(struct hasher *hasher, uint64_t took_ms)
{
    pthread_mutex_lock(&hasher->mutex);
    uint64_t guess_ms = (hasher->job_ms * (uint64_t)(GUESS_WEIGHT - 1) + took_ms) / GUESS_WEIGHT;
    hasher->job_ms = guess_ms > 0 ? (uint32_t)guess_ms : 1;
    pthread_mutex_unlock(&hasher->mutex);
}

/*
 * On Linux both are the thread's own, and stepping back is always allowed. SCHED_IDLE makes room at once for whoever wakes up; a
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
    struct hasher *hasher = thread->hasher;
    struct hash_job *job;
    be_humble();
    while ((job = wait_for_job(hasher))) {
        uint64_t began_ms = clock_mono_ms();
        compute(&hasher->settings.cost, job);
        explicit_bzero(job->password, sizeof(job->password));
        metrics_add(&thread->metrics, METRIC_PASSWORDS, 1);
        note_time(hasher, clock_mono_ms() - began_ms);
        mailbox_put(job->answer_to, &job->letter);
    }
    password_release_memory();
    return NULL;
}

struct hasher *hasher_new(const struct hasher_settings *settings)
{
    struct hasher *hasher = mem_zalloc(sizeof(*hasher));
    ASSERT(settings->threads > 0 && settings->threads <= HASHER_THREADS_MAX);
    hasher->settings = *settings;
    hasher->job_ms = FIRST_GUESS_MS;
    pthread_mutex_init(&hasher->mutex, NULL);
    pthread_cond_init(&hasher->more, NULL);
    for (; hasher->started < settings->threads; hasher->started++) {
        struct hasher_thread *thread = &hasher->threads[hasher->started];
        thread->hasher = hasher;
        int error = pthread_create(&thread->thread, NULL, run, thread);
        if (error != 0) {
            hasher_free(hasher);
            errno = error;
            return NULL;
        }
    }
    return hasher;
}

void hasher_free(struct hasher *hasher)
{
    struct hash_job *job;
    if (!hasher)
        return;
    pthread_mutex_lock(&hasher->mutex);
    hasher->stopping = true;
    pthread_cond_broadcast(&hasher->more);
    pthread_mutex_unlock(&hasher->mutex);
    for (unsigned i = 0; i < hasher->started; i++)
        pthread_join(hasher->threads[i].thread, NULL);
    while ((job = take(hasher)))
        hash_job_free(job);
    pthread_cond_destroy(&hasher->more);
    pthread_mutex_destroy(&hasher->mutex);
    mem_free(hasher);
}

const struct metrics *hasher_metrics(const struct hasher *hasher, unsigned thread)
{
    return thread < hasher->started ? &hasher->threads[thread].metrics : NULL;
}
