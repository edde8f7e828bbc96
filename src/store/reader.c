#include "store/reader.h"

#include <errno.h>

#include "base/assert.h"
#include "base/error.h"
#include "base/memory.h"

/* A question on its way; NULL only wakes the thread. */
struct reader_letter {
    struct letter letter;
    struct store_read *read;
};

static void put(struct reader *reader, struct store_read *read)
{
    struct reader_letter *letter = mem_zalloc(sizeof(*letter));
    letter->read = read;
    mailbox_put(&reader->mailbox, &letter->letter);
}

static void answer(struct reader *reader, struct store_read *read)
{
    reader->store->ops->run(reader->store, read);
    metrics_add(&reader->metrics, METRIC_READS, 1);
    /* Of the feed's questions the hub counts those that it has to ask again. */
    metrics_add(&reader->metrics, METRIC_READS_LATE,
                read->kind != READ_FEED && read->result == ERR_AGAIN);
    reader->ports.answer(reader->ports.ctx, read);
}

/* Answers what is waiting; once the thread is to stop, frees it instead. */
static void take_what_waits(struct reader *reader)
{
    struct letter *next;
    for (struct letter *letter = mailbox_take(&reader->mailbox); letter; letter = next) {
        struct store_read *read = ((struct reader_letter *)letter)->read;
        next = letter->next;
        mem_free(letter);
        if (read && !atomic_load(&reader->stopping))
            answer(reader, read);
        else
            store_read_free(read);
    }
}

static void *run(void *arg)
{
    struct reader *reader = arg;
    while (!atomic_load(&reader->stopping)) {
        mailbox_wait(&reader->mailbox, -1);
        take_what_waits(reader);
    }
    return NULL;
}

static int start(struct reader *reader, const struct reader_ports *ports)
{
    reader->ports = *ports;
    int result = mailbox_init(&reader->mailbox);
    if (result != OK)
        return result;
    int error = pthread_create(&reader->thread, NULL, run, reader);
    if (error != 0) {
        mailbox_release(&reader->mailbox);
        errno = error;
        return ERR_IO;
    }
    return OK;
}

int reader_pool_start(struct reader_pool *pool, struct store_reader **stores, size_t count,
                      const struct reader_ports *ports)
{
    ASSERT(count > 0 && count <= READERS_MAX);
    *pool = (struct reader_pool){.count = 0};
    for (size_t i = 0; i < count; i++) {
        pool->readers[i].store = stores[i];
        int result = start(&pool->readers[i], ports);
        if (result != OK) {
            for (size_t j = i; j < count; j++)
                stores[j]->ops->close(stores[j]);
            reader_pool_stop(pool);
            return result;
        }
        pool->count++;
    }
    return OK;
}

void reader_pool_submit(struct reader_pool *pool, struct store_read *read)
{
    unsigned turn = atomic_fetch_add_explicit(&pool->next, 1, memory_order_relaxed);
    put(&pool->readers[turn % pool->count], read);
}

void reader_pool_stop(struct reader_pool *pool)
{
    for (size_t i = 0; i < pool->count; i++) {
        atomic_store(&pool->readers[i].stopping, true);
        put(&pool->readers[i], NULL);
    }
    for (size_t i = 0; i < pool->count; i++) {
        struct reader *reader = &pool->readers[i];
        pthread_join(reader->thread, NULL);
        /* It may have seen the flag before the letter that was to wake it. */
        take_what_waits(reader);
        mailbox_release(&reader->mailbox);
        reader->store->ops->close(reader->store);
    }
    pool->count = 0;
}
