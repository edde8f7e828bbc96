#include "store/disk_pool.h"

#include <errno.h>

#include "base/assert.h"
#include "base/error.h"

static void run_job(struct disk_pool *pool, struct disk_job *job)
{
    job->run(job);
    job->letter.kind = pool->done_kind;
    if (job->home)
        mailbox_put(job->home, &job->letter);
    else
        job->done(job);
}

static void take_what_waits(struct disk_thread *thread)
{
    struct letter *next;
    for (struct letter *letter = mailbox_take(&thread->mailbox); letter; letter = next) {
        next = letter->next;
        if (letter != &thread->wake)
            run_job(thread->pool, (struct disk_job *)letter);
    }
}

static void *run(void *arg)
{
    struct disk_thread *thread = arg;
    while (!atomic_load(&thread->stopping)) {
        mailbox_wait(&thread->mailbox, -1);
        take_what_waits(thread);
    }
    return NULL;
}

int disk_pool_start(struct disk_pool *pool, size_t count, uint32_t done_kind)
{
    ASSERT(count > 0 && count <= DISK_THREADS_MAX);
    *pool = (struct disk_pool){.done_kind = done_kind};
    while (pool->count < count) {
        struct disk_thread *thread = &pool->threads[pool->count];
        thread->pool = pool;
        int error = 0;
        if (mailbox_init(&thread->mailbox) != OK) {
            error = errno;
        } else {
            error = pthread_create(&thread->thread, NULL, run, thread);
            if (error != 0)
                mailbox_release(&thread->mailbox);
        }
        if (error != 0) {
            disk_pool_stop(pool);
            errno = error;
            return ERR_IO;
        }
        pool->count++;
    }
    return OK;
}

unsigned disk_pool_lane(struct disk_pool *pool)
{
    return atomic_fetch_add_explicit(&pool->next, 1, memory_order_relaxed);
}

void disk_pool_submit(struct disk_pool *pool, unsigned lane, struct disk_job *job)
{
    if (pool->count == 0) {
        job->run(job);
        job->done(job);
        return;
    }
    mailbox_put(&pool->threads[lane % pool->count].mailbox, &job->letter);
}

void disk_job_done(struct letter *letter)
{
    struct disk_job *job = (struct disk_job *)letter;
    job->done(job);
}

void disk_pool_stop(struct disk_pool *pool)
{
    for (size_t i = 0; i < pool->count; i++) {
        struct disk_thread *thread = &pool->threads[i];
        atomic_store(&thread->stopping, true);
        mailbox_put(&thread->mailbox, &thread->wake);
    }
    for (size_t i = 0; i < pool->count; i++) {
        struct disk_thread *thread = &pool->threads[i];
        pthread_join(thread->thread, NULL);
        /* It may have seen the flag before the letter that was to wake it. */
        take_what_waits(thread);
        mailbox_release(&thread->mailbox);
    }
    pool->count = 0;
}
