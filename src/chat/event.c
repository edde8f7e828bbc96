#include "chat/event.h"

#include <string.h>

#include "base/memory.h"
#include "chat/roster.h"
#include "chat/welcome.h"

struct event *event_new(enum event_kind kind, struct slice body, struct slice command_id)
{
    struct event *event = mem_alloc(sizeof(*event) + body.len + command_id.len + 1);
    memset(event, 0, sizeof(*event));
    event->kind = (uint8_t)kind;
    event->message.type = MESSAGE_TEXT;
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
    welcome_free(event->welcome);
    room_info_free(event->info);
    mem_free(event->reactions);
    mem_free(event);
}

struct event_batch *event_batch_new(size_t cap)
{
    struct event_batch *batch = mem_alloc(sizeof(*batch));
    atomic_init(&batch->refs, 1);
    batch->count = 0;
    batch->cap = cap > 0 ? cap : 1;
    batch->events = mem_alloc(batch->cap * sizeof(batch->events[0]));
    return batch;
}

void event_batch_add(struct event_batch *batch, struct event *event)
{
    if (batch->count == batch->cap) {
        batch->cap *= 2;
        batch->events = mem_realloc(batch->events, batch->cap * sizeof(batch->events[0]));
    }
    batch->events[batch->count++] = event;
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
    mem_free(batch->events);
    mem_free(batch);
}
