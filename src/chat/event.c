#include "chat/event.h"

#include <string.h>

#include "base/memory.h"
#include "chat/act.h"
#include "chat/roster.h"
#include "chat/server_state.h"
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
    while (event->consequences) {
        struct event *next = event->consequences->next;
        event_free(event->consequences);
        event->consequences = next;
    }
    act_free(event->act);
    mem_free(event->change);
    mem_free(event->people_ids);
    mem_free(event->files);
    server_state_unref(event->server);
    mem_free(event);
}

struct people_list *people_list_new(uint32_t count)
{
    struct people_list *list = mem_zalloc(sizeof(*list) + count * sizeof(list->ids[0]));
    list->count = count;
    return list;
}

static struct slice copy_behind(uint8_t **at, struct slice text)
{
    uint8_t *to = *at;
    if (text.len > 0)
        memcpy(to, text.ptr, text.len);
    *at += text.len;
    return slice_of(to, text.len);
}

struct file_list *file_list_new(const struct file *files, uint32_t count)
{
    size_t bytes = sizeof(struct file_list) + count * sizeof(files[0]);
    size_t texts = 0;
    for (uint32_t i = 0; i < count; i++)
        texts += files[i].name.len + files[i].type.len + files[i].alt.len;
    struct file_list *list = mem_alloc(bytes + texts);
    uint8_t *at = (uint8_t *)list + bytes;
    list->count = count;
    for (uint32_t i = 0; i < count; i++) {
        list->list[i] = files[i];
        list->list[i].name = copy_behind(&at, files[i].name);
        list->list[i].type = copy_behind(&at, files[i].type);
        list->list[i].alt = copy_behind(&at, files[i].alt);
    }
    return list;
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
