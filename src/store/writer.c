#include "store/writer.h"

#include <limits.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"

static void run_batch(struct writer *writer)
{
    if (writer->batch_count == 0)
        return;
    struct event_batch *batch = sequencer_run(writer->sequencer, writer->batch, writer->batch_count,
                                              clock_mono_ms(), clock_wall_ms());
    size_t posts_count = 0;
    for (size_t i = 0; i < batch->count; i++)
        posts_count += batch->events[i]->kind == EVENT_POST && batch->events[i]->result == OK &&
                       !batch->events[i]->dup;
    metrics_add(writer->metrics, METRIC_COMMITS, posts_count > 0);
    metrics_add(writer->metrics, METRIC_EVENTS, (int64_t)posts_count);
    writer->batch_count = 0;
    writer->ports.publish(writer->ports.ctx, batch);
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
        uint32_t wait_ms = sequencer_wait_ms(writer->sequencer, clock_mono_ms());
        mailbox_wait(&writer->mailbox, wait_ms < INT_MAX ? (int)wait_ms : -1);

        /* Read before taking: what was put before stopping was set is then certainly taken. */
        bool stopping = atomic_load(&writer->stopping);
        take_what_waits(writer);
        struct event_batch *batch = sequencer_tick(writer->sequencer, clock_mono_ms());
        if (batch)
            writer->ports.publish(writer->ports.ctx, batch);
        if (stopping)
            return NULL;
    }
}

int writer_start(struct writer *writer, struct sequencer *sequencer,
                 const struct writer_ports *ports, struct metrics *metrics, size_t batch_events_max)
{
    *writer = (struct writer){
        .sequencer = sequencer,
        .ports = *ports,
        .metrics = metrics,
        .batch_events_max = batch_events_max,
    };
    int result = mailbox_init(&writer->mailbox);
    if (result != OK)
        return result;
    writer->batch = mem_alloc(batch_events_max * sizeof(writer->batch[0]));
    if (pthread_create(&writer->thread, NULL, run, writer) != 0) {
        mailbox_release(&writer->mailbox);
        mem_free(writer->batch);
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
