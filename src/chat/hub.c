#include "chat/hub.h"

#include <string.h>

#include "base/assert.h"
#include "base/error.h"
#include "base/memory.h"
#include "chat/room.h"

/* Where events find their client again. A slot is used anew with another generation. */
struct slot {
    struct client *client; /* NULL while free */
    uint32_t generation;
    uint32_t next_free;
};

#define NO_SLOT UINT32_MAX

enum { FIRST_SLOTS = 16 };

struct hub {
    struct hub_ports ports;
    struct hub_limits limits;
    struct pool_shared shared;
    struct pool *lobby;
    uint32_t worker;
    struct slot *slots;
    uint32_t slots_count, slots_cap, free_slot;
    uint32_t posts_waiting;
    size_t bytes_waiting;
    bool was_busy; /* somebody was told to wait */
};

struct hub *hub_new(uint32_t worker, const struct hub_limits *limits, const struct hub_ports *ports,
                    const struct dialect dialects[LANE_COUNT], struct metrics *metrics)
{
    struct hub *hub = mem_zalloc(sizeof(*hub));
    hub->worker = worker;
    hub->limits = *limits;
    hub->ports = *ports;
    hub->shared.now_ms = ports->now_ms;
    hub->shared.limits = limits->pool;
    hub->shared.ports = ports->pool;
    hub->shared.metrics = metrics;
    hub->shared.worker = worker;
    memcpy(hub->shared.dialects, dialects, sizeof(hub->shared.dialects));
    hub->free_slot = NO_SLOT;
    hub->lobby = pool_new(&hub->shared, ROOM_LOBBY);
    return hub;
}

void hub_free(struct hub *hub)
{
    if (!hub)
        return;
    pool_free(hub->lobby);
    buffer_release(&hub->shared.scratch);
    mem_free(hub->slots);
    mem_free(hub);
}

/* ---- clients ---- */

static uint32_t take_slot(struct hub *hub, struct client *client)
{
    uint32_t at = hub->free_slot;
    if (at != NO_SLOT) {
        hub->free_slot = hub->slots[at].next_free;
    } else {
        if (hub->slots_count == hub->slots_cap) {
            hub->slots_cap = hub->slots_cap ? hub->slots_cap + hub->slots_cap / 2 : FIRST_SLOTS;
            hub->slots = mem_realloc(hub->slots, hub->slots_cap * sizeof(hub->slots[0]));
        }
        at = hub->slots_count++;
        hub->slots[at].generation = 0;
    }
    hub->slots[at].client = client;
    return at;
}

static struct client *find_client(const struct hub *hub, const struct event_origin *origin)
{
    if (origin->worker != hub->worker || origin->slot >= hub->slots_count)
        return NULL;
    const struct slot *slot = &hub->slots[origin->slot];
    return slot->generation == origin->generation ? slot->client : NULL;
}

void hub_add(struct hub *hub, struct client *client, const struct client_door *door, void *link,
             const struct identity *identity)
{
    *client = (struct client){
        .id = identity->client,
        .person = identity->person,
        .visitor = identity->visitor,
        .link = link,
        .door = door,
        .hub = hub,
    };
    client->slot = take_slot(hub, client);
    client->generation = hub->slots[client->slot].generation;
    rate_init(&client->posts, &hub->limits.posts, *hub->shared.now_ms);
}

static struct event *new_event(struct client *client, enum event_kind kind, struct slice body,
                               struct slice command_id)
{
    struct event *event = event_new(kind, body, command_id);
    event->room = ROOM_LOBBY;
    event->client = client->id;
    event->person = client->person;
    event->visitor = client->visitor;
    event->active = client->active;
    event->has_command = command_id.len > 0;
    event->origin = (struct event_origin){client->hub->worker, client->slot, client->generation};
    return event;
}

static struct event *new_bare_event(struct client *client, enum event_kind kind,
                                    struct slice command_id)
{
    return new_event(client, kind, slice_of(NULL, 0), command_id);
}

static void submit(struct client *client, struct event *event)
{
    client->hub->ports.submit(client->hub->ports.pool.ctx, event);
}

void hub_join(struct client *client, enum lane_number lane, const struct name *name, bool active,
              struct slice command_id)
{
    ASSERT(!client->joined);
    client->joined = true;
    client->active = active;
    client->place.lane = (uint8_t)lane;
    struct event *event = new_bare_event(client, EVENT_JOIN, command_id);
    if (name)
        event->name = *name;
    submit(client, event);
}

void hub_remove(struct client *client)
{
    struct hub *hub = client->hub;
    struct slot *slot = &hub->slots[client->slot];
    ASSERT(slot->client == client);
    pool_unregister(client);
    if (client->joined)
        submit(client, new_bare_event(client, EVENT_LEAVE, slice_of(NULL, 0)));
    client->joined = false;
    slot->client = NULL;
    slot->generation++;
    slot->next_free = hub->free_slot;
    hub->free_slot = client->slot;
}

/* ---- what they ask for ---- */

static bool is_busy(const struct hub *hub)
{
    return hub->posts_waiting >= hub->limits.posts_waiting_max ||
           hub->bytes_waiting >= hub->limits.bytes_waiting_max;
}

bool hub_is_busy(struct client *client)
{
    bool busy = is_busy(client->hub);
    client->hub->was_busy |= busy;
    return busy;
}

int hub_post(struct client *client, const struct post *post)
{
    struct hub *hub = client->hub;
    if (!client->joined)
        return ERR_DENIED;
    struct event *event = new_event(client, EVENT_POST, post->message.body, post->command_id);
    event->message.type = post->message.type;
    if (post->cid) {
        event->has_cid = true;
        memcpy(event->cid, post->cid, CID_BYTES);
    }
    hub->posts_waiting++;
    hub->bytes_waiting += post->message.body.len;
    metrics_add(hub->shared.metrics, METRIC_MESSAGES_IN, 1);
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

int hub_rename(struct client *client, const struct name *name, struct slice command_id)
{
    if (!client->joined || client->visitor)
        return ERR_DENIED;
    struct event *event = new_bare_event(client, EVENT_RENAME, command_id);
    event->name = *name;
    submit(client, event);
    return OK;
}

int hub_set_active(struct client *client, bool active, struct slice command_id)
{
    if (!client->joined || client->visitor)
        return ERR_DENIED;
    bool changes = client->active != active;
    client->active = active;
    struct event *event = new_bare_event(client, EVENT_ACTIVE, command_id);
    if (!changes) {
        /* Nobody else needs to hear of it. */
        client->door->on_answer(client, event);
        event_free(event);
        return OK;
    }
    submit(client, event);
    return OK;
}

/* ---- what comes back ---- */

/*
 * A newcomer's membership begins behind the notice of its own joining; where its dialect shows that notice to itself, the door
 * sends it with the answer, and the private queue goes before the ring.
 */
static void deliver_join(struct hub *hub, struct client *client, const struct event *event)
{
    pool_broadcast(hub->lobby, event);
    if (client)
        pool_register(hub->lobby, client, (enum lane_number)client->place.lane);
}

static void deliver(struct hub *hub, const struct event *event)
{
    struct client *client = find_client(hub, &event->origin);
    if (event->kind == EVENT_POST && event->origin.worker == hub->worker) {
        hub->posts_waiting--;
        hub->bytes_waiting -= event->message.body.len;
    }
    if (event->kind == EVENT_JOIN)
        deliver_join(hub, client, event);
    else if (event->result == OK && !event->dup)
        pool_broadcast(hub->lobby, event);
    if (client && (event->has_command || event->kind == EVENT_JOIN))
        client->door->on_answer(client, event);
}

static void tell_ready(struct hub *hub)
{
    if (!hub->was_busy || is_busy(hub))
        return;
    hub->was_busy = false;
    for (uint32_t i = 0; i < hub->slots_count; i++) {
        struct client *client = hub->slots[i].client;
        if (client)
            client->door->on_ready(client);
    }
}

unsigned hub_deliver(struct hub *hub, const struct event_batch *batch)
{
    unsigned drained = 0;
    for (size_t i = 0; i < batch->count; i++) {
        if (batch->events[i]->kind == EVENT_DRAIN)
            drained++;
        else
            deliver(hub, batch->events[i]);
    }
    tell_ready(hub);
    return drained;
}

void hub_drained(struct client *client)
{
    pool_resume(client);
}

void hub_drain(struct hub *hub)
{
    struct event *event = event_new(EVENT_DRAIN, slice_of(NULL, 0), slice_of(NULL, 0));
    event->origin.worker = hub->worker;
    hub->ports.submit(hub->ports.pool.ctx, event);
}

uint32_t hub_flush(struct hub *hub)
{
    struct pool *pool = hub->lobby;
    uint64_t now_ms = *hub->shared.now_ms;
    if (!pool->due)
        return UINT32_MAX;
    /*
     * What this worker has read and the writer is about to answer goes out with the rest: without this
     * wait a full conversation falls apart into two halves that alternate, each with its own round
     * of sends. A quiet pool has nothing with the writer when its answer comes, and waits for nothing.
     */
    uint64_t at_ms = pool->flush_at_ms;
    uint64_t held_ms = pool->post_ms + hub->limits.pool.hold_ms;
    if (hub->posts_waiting > 0 && pool->post_due && at_ms < held_ms)
        at_ms = held_ms;
    if (at_ms > now_ms)
        return (uint32_t)(at_ms - now_ms);
    pool->paced = hub->limits.pool.gather_ms > 0 && (pool->posts > 1 || pool->hot);
    pool_flush(pool);
    pool->flush_at_ms = now_ms;
    return UINT32_MAX;
}

uint32_t hub_pace_ms(const struct hub *hub)
{
    const struct pool *pool = hub->lobby;
    bool just_flushed = !pool->due && pool->flush_at_ms == *hub->shared.now_ms;
    return pool->paced && just_flushed ? hub->limits.pool.gather_ms : 0;
}

void hub_flush_all(struct hub *hub)
{
    pool_flush(hub->lobby);
}

void hub_tick(struct hub *hub)
{
    pool_rest(hub->lobby);
}
