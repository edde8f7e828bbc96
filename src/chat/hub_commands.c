/*
 * What clients ask for: checked as far as this worker can, and submitted.
 */

#include <string.h>

#include "base/assert.h"
#include "base/error.h"
#include "base/memory.h"
#include "chat/hub_state.h"
#include "chat/permission.h"

static struct event *new_event(struct client *client, uint8_t kind, uint64_t room,
                               struct slice body, struct slice command_id)
{
    struct event *event = event_new(kind, body, command_id);
    event->room = room;
    event->client = client->id;
    event->person = client->person;
    event->visitor = client->visitor;
    event->active = client->active;
    event->has_command = command_id.len > 0;
    event->origin = (struct event_origin){client->hub->worker, client->slot, client->generation};
    return event;
}

/* Whatever the writer has of this worker's clients counts, so that nothing they ask for can pile up there. */
static void submit(struct client *client, struct event *event)
{
    struct hub *hub = client->hub;
    event->counted = true;
    hub->posts_waiting++;
    hub->bytes_waiting += event->message.body.len;
    hub->ports.submit(hub->ports.pool.ctx, event);
}

static int may_in(const struct client *client, uint64_t room, enum action action)
{
    struct may_query query = {
        .visitor = client->visitor,
        .lobby = room == ROOM_LOBBY,
        .member = feed_place(client, room) != NO_PLACE || (client->visitor && room == ROOM_LOBBY),
    };
    return may(action, &query);
}

int hub_hello(struct client *client, const struct hello *hello)
{
    if (client->greeting)
        return ERR_BUSY;
    if (client->known && hello->active != client->active)
        hub_set_active(client, hello->active, slice_of(NULL, 0));
    struct event *event = new_event(client, EVENT_HELLO, 0, slice_of(NULL, 0), hello->command_id);
    event->again = client->known;
    event->active = hello->active;
    event->welcome = welcome_new();
    if (hello->name)
        event->name = *hello->name;
    if (hello->token_hash) {
        memcpy(event->token_hash, hello->token_hash, TOKEN_HASH_BYTES);
        event->has_token = hello->has_token;
    }
    if (hello->cursors_count > 0) {
        size_t bytes = hello->cursors_count * sizeof(hello->cursors[0]);
        event->welcome->cursors = mem_alloc(bytes);
        memcpy(event->welcome->cursors, hello->cursors, bytes);
        event->welcome->cursors_count = hello->cursors_count;
    }
    client->greeted = true;
    client->greeting = true;
    submit(client, event);
    return OK;
}

/* ---- what changes a room ---- */

bool hub_has_too_much(const struct hub *hub)
{
    return hub->posts_waiting >= hub->limits.posts_waiting_max ||
           hub->bytes_waiting >= hub->limits.bytes_waiting_max;
}

bool hub_is_busy(struct client *client)
{
    bool busy = hub_has_too_much(client->hub);
    client->hub->was_busy |= busy;
    return busy;
}

int hub_command(struct client *client, const struct command *command)
{
    struct hub *hub = client->hub;
    ASSERT(event_kind_is_kept(command->kind));
    if (client->visitor ? !client->greeted : !client->known)
        return ERR_PROTOCOL;
    /* Whoever may not is told by the sequencer, which knows whether this is only the retry of what was done before. */
    int result = OK;
    if (client->visitor && command->kind != EVENT_MESSAGE)
        result = ERR_DENIED;
    else if (!command->cid)
        result = may_in(client, command->room, ACTION_POST);
    if (result != OK)
        return result;
    struct slice body = command->name ? name_slice(command->name) : command->message.body;
    struct event *event =
        new_event(client, command->kind, command->room, body, command->command_id);
    if (command->message.type)
        event->message.type = command->message.type;
    event->target = command->target;
    event->reply_to = command->reply_to;
    if (command->cid) {
        event->has_cid = true;
        memcpy(event->cid, command->cid, CID_BYTES);
    }
    struct pool *pool = hub_find_pool(hub, command->room);
    if (pool)
        pool->waiting++;
    event->pooled = pool != NULL;
    metrics_add(hub->shared.metrics, METRIC_MESSAGES_IN, command->kind == EVENT_MESSAGE);
    submit(client, event);
    return OK;
}

uint32_t hub_rate(struct client *client)
{
    struct hub *hub = client->hub;
    uint64_t now_ms = *hub->shared.now_ms;
    if (rate_take(&client->posts, &hub->limits.posts, now_ms))
        return 0;
    metrics_add(hub->shared.metrics, METRIC_RATE_LIMITED, 1);
    return rate_wait_ms(&client->posts, &hub->limits.posts, now_ms);
}

uint32_t hub_rate_debt(struct client *client)
{
    struct hub *hub = client->hub;
    uint32_t wait_ms = rate_take_debt(&client->posts, &hub->limits.posts, *hub->shared.now_ms);
    if (wait_ms > 0)
        metrics_add(hub->shared.metrics, METRIC_RATE_LIMITED, 1);
    return wait_ms;
}

/* ---- what passes ---- */

int hub_rename(struct client *client, const struct name *name, struct slice command_id)
{
    if (!client->known)
        return ERR_PROTOCOL;
    struct event *event = new_event(client, EVENT_RENAME, 0, slice_of(NULL, 0), command_id);
    event->name = *name;
    submit(client, event);
    return OK;
}

int hub_set_active(struct client *client, bool active, struct slice command_id)
{
    if (!client->known)
        return ERR_PROTOCOL;
    bool changes = client->active != active;
    client->active = active;
    struct event *event = new_event(client, EVENT_ACTIVE, 0, slice_of(NULL, 0), command_id);
    if (!changes) {
        /* Nobody else needs to hear of it; told twice, it would be counted twice. */
        if (event->has_command)
            client->door->on_answer(client, event);
        event_free(event);
        return OK;
    }
    submit(client, event);
    return OK;
}

static int submit_passing(struct client *client, uint8_t kind, uint64_t room, enum action action,
                          uint64_t seq, struct slice command_id)
{
    if (!client->known)
        return ERR_PROTOCOL;
    int result = may_in(client, room, action);
    if (result != OK)
        return result;
    struct event *event = new_event(client, kind, room, slice_of(NULL, 0), command_id);
    event->seq = seq;
    submit(client, event);
    return OK;
}

int hub_mark_read(struct client *client, uint64_t room, uint64_t seq, struct slice command_id)
{
    return submit_passing(client, EVENT_READ, room, ACTION_POST, seq, command_id);
}

int hub_typing(struct client *client, uint64_t room, struct slice command_id)
{
    return submit_passing(client, EVENT_TYPING, room, ACTION_POST, 0, command_id);
}

int hub_who(struct client *client, uint64_t room, struct slice command_id)
{
    return submit_passing(client, EVENT_WHO, room, ACTION_FOLLOW, 0, command_id);
}

/* ---- what is read ---- */

static struct store_read *new_read(struct client *client, enum store_read_kind kind, uint32_t limit,
                                   struct slice command_id)
{
    struct hub *hub = client->hub;
    ASSERT(command_id.len <= COMMAND_ID_BYTES_MAX);
    if (client->reads >= hub->limits.client_reads_max ||
        hub->reads_waiting >= hub->limits.reads_max)
        return NULL;
    struct store_read *read = mem_zalloc(sizeof(*read));
    client->reads++;
    hub->reads_waiting++;
    read->kind = (uint8_t)kind;
    read->origin = (struct event_origin){hub->worker, client->slot, client->generation};
    read->limit = limit;
    read->bytes_max = hub->limits.page_bytes;
    memcpy(read->command_id, command_id.ptr, command_id.len);
    return read;
}

int hub_history(struct client *client, uint64_t room, enum read_where where, uint64_t seq,
                uint32_t limit, struct slice command_id)
{
    if (!client->known)
        return ERR_PROTOCOL;
    int result = may_in(client, room, ACTION_FOLLOW);
    if (result != OK)
        return result;
    struct store_read *read = new_read(client, READ_HISTORY, limit, command_id);
    if (!read)
        return ERR_BUSY;
    read->room = room;
    read->where = (uint8_t)where;
    read->seq = seq;
    client->hub->ports.read(client->hub->ports.pool.ctx, read);
    return OK;
}

int hub_rooms(struct client *client, const struct name *after, uint32_t limit,
              struct slice command_id)
{
    if (!client->known)
        return ERR_PROTOCOL;
    struct store_read *read = new_read(client, READ_ROOMS, limit, command_id);
    if (!read)
        return ERR_BUSY;
    read->after = *after;
    client->hub->ports.read(client->hub->ports.pool.ctx, read);
    return OK;
}

void hub_drain(struct hub *hub)
{
    struct event *event = event_new(EVENT_DRAIN, slice_of(NULL, 0), slice_of(NULL, 0));
    event->origin.worker = hub->worker;
    hub->ports.submit(hub->ports.pool.ctx, event);
}
