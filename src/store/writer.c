#include "store/writer.h"

#include <errno.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"

enum {
    REST_MS = 1000,
    RESTS = 3,
    IDLE_REST_MS = 60 * 1000, /* and so often when nothing is written: what is done by time alone */
};

/* Whether the store still is what it should be. What it may or may not have kept is told to nobody. */
static bool check_store(struct writer *writer)
{
    if (!sequencer_is_broken(writer->sequencer))
        return true;
    writer->ports.broken(writer->ports.ctx, writer->store->fault);
    return false;
}

static void publish(struct writer *writer, struct event_batch *batch)
{
    if (check_store(writer))
        writer->ports.publish(writer->ports.ctx, batch);
    else
        event_batch_unref(batch);
}

static void count_events(struct writer *writer, const struct event_batch *batch)
{
    size_t kept = 0, refused = 0;
    for (size_t i = 0; i < batch->count; i++) {
        const struct event *event = batch->events[i];
        if (!event_kind_is_kept(event->kind))
            continue;
        kept += event->result == OK && !event->dup && !event->unchanged;
        refused += event->result == ERR_BUSY;
    }
    metrics_add(writer->metrics, METRIC_COMMITS, kept > 0);
    metrics_add(writer->metrics, METRIC_EVENTS, (int64_t)kept);
    metrics_add(writer->metrics, METRIC_REFUSED_DISK, (int64_t)refused);
}

static void run_batch(struct writer *writer)
{
    if (writer->batch_count == 0)
        return;
    struct event_batch *batch = sequencer_run(writer->sequencer, writer->batch, writer->batch_count,
                                              clock_mono_ms(), clock_wall_ms());
    count_events(writer, batch);
    writer->batch_count = 0;
    writer->rests = RESTS;
    publish(writer, batch);
}

/* About once a second while something is written, and a few times after; then now and then. */
static void rest(struct writer *writer)
{
    uint64_t now_ms = clock_mono_ms();
    if (now_ms < writer->rest_ms + (writer->rests > 0 ? 0 : IDLE_REST_MS))
        return;
    int result = writer->store->ops->rest(writer->store, now_ms);
    if (result == ERR_IO)
        writer->ports.broken(writer->ports.ctx, writer->store->fault);
    if (result == ERR_AGAIN && writer->rests == 0)
        writer->rests = 1;
    else if (result != ERR_AGAIN && writer->rests > 0)
        writer->rests--;
    writer->rest_ms = now_ms + REST_MS;
}

static int wait_time(const struct writer *writer)
{
    uint32_t wait_ms = sequencer_wait_ms(writer->sequencer, clock_mono_ms());
    uint32_t rest_ms = writer->rests > 0 ? REST_MS : IDLE_REST_MS;
    if (wait_ms > rest_ms)
        wait_ms = rest_ms;
    return (int)wait_ms;
}

static void take_letter(struct writer *writer, struct writer_letter *letter)
{
    struct event *next;
    for (struct event *event = letter->first; event; event = next) {
        next = event->next;
        event->next = NULL;
        writer->batch[writer->batch_count++] = event;
        if (writer->batch_count == writer->batch_events_max)
            run_batch(writer);
    }
    mem_free(letter);
}

static void take_what_waits(struct writer *writer)
{
    struct letter *next;
    for (struct letter *letter = mailbox_take(&writer->mailbox); letter; letter = next) {
        next = letter->next;
        take_letter(writer, (struct writer_letter *)letter);
    }
    run_batch(writer);
}

static void *run(void *arg)
{
    struct writer *writer = arg;
    for (;;) {
        mailbox_wait(&writer->mailbox, wait_time(writer));

        /* Read before taking: what was put before stopping was set is then certainly taken. */
        bool stopping = atomic_load(&writer->stopping);
        take_what_waits(writer);
        struct event_batch *batch =
            sequencer_tick(writer->sequencer, clock_mono_ms(), clock_wall_ms());
        if (batch)
            publish(writer, batch);
        rest(writer);
        if (stopping)
            return NULL;
    }
}

int writer_start(struct writer *writer, struct sequencer *sequencer, struct store *store,
                 const struct writer_ports *ports, struct metrics *metrics, size_t batch_events_max)
{
    *writer = (struct writer){
        .sequencer = sequencer,
        .store = store,
        .ports = *ports,
        .metrics = metrics,
        .batch_events_max = batch_events_max,
        .rest_ms = clock_mono_ms(),
    };
    int result = mailbox_init(&writer->mailbox);
    if (result != OK)
        return result;
    writer->batch = mem_alloc(batch_events_max * sizeof(writer->batch[0]));
    int error = pthread_create(&writer->thread, NULL, run, writer);
    if (error != 0) {
        mailbox_release(&writer->mailbox);
        mem_free(writer->batch);
        errno = error;
        return ERR_IO;
    }
    return OK;
}

void writer_submit(struct writer *writer, struct event *first)
{
    struct writer_letter *letter = mem_zalloc(sizeof(*letter));
    letter->first = first;
    mailbox_put(&writer->mailbox, &letter->letter);
}

void writer_stop(struct writer *writer)
{
    atomic_store(&writer->stopping, true);
    writer_submit(writer, NULL);
    pthread_join(writer->thread, NULL);
    /* It may have seen the flag before the letter that was to wake it. */
    take_what_waits(writer);
    mailbox_release(&writer->mailbox);
    mem_free(writer->batch);
}
