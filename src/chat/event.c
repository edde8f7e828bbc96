#include "chat/event.h"

#include <string.h>

#include "base/memory.h"
#include "chat/roster.h"

struct event *event_new(enum event_kind kind, struct slice body, struct slice command_id)
{
    struct event *event = mem_alloc(sizeof(*event) + body.len + command_id.len + 1);
    memset(event, 0, sizeof(*event));
    event->kind = kind;
    if (body.len > 0)
        memcpy(event->tail, body.ptr, body.len);
    if (command_id.len > 0)
        memcpy(event->tail + body.len, command_id.ptr, command_id.len);
    event->message.body = slice_of(event->tail, body.len);
    event->command_id = slice_of(event->tail + body.len, command_id.len);
    return event;
}

void event_free(struct event *event)
{
    if (!event)
        return;
    roster_view_unref(event->roster);
    mem_free(event);
}

struct event_batch *event_batch_new(size_t count)
{
    struct event_batch *batch = mem_alloc(sizeof(*batch) + count * sizeof(batch->events[0]));
    atomic_init(&batch->refs, 1);
    batch->count = 0;
    return batch;
}

struct event_batch *event_batch_ref(struct event_batch *batch)
{
    atomic_fetch_add_explicit(&batch->refs, 1, memory_order_relaxed);
    return batch;
}

void event_batch_unref(struct event_batch *batch)
{
    if (!batch || atomic_fetch_sub_explicit(&batch->refs, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < batch->count; i++)
        event_free(batch->events[i]);
    mem_free(batch);
}
