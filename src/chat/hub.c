#include "chat/hub.h"

#include <string.h>

#include "base/assert.h"
#include "base/error.h"
#include "base/memory.h"
#include "chat/hub_state.h"

#define NO_SLOT UINT32_MAX

enum { FIRST_SLOTS = 16, FIRST_BUCKETS = 64 };

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
    hub->feed = (struct feed){&hub->shared, &hub->ports, &hub->limits, worker};
    hub->free_slot = NO_SLOT;
    hub->buckets_count = FIRST_BUCKETS;
    hub->buckets = mem_zalloc(FIRST_BUCKETS * sizeof(hub->buckets[0]));
    return hub;
}

static void unlist(struct hub *hub, struct pool *pool)
{
    for (struct pool **link = &hub->shared.due; *link; link = &(*link)->next_due) {
        if (*link != pool)
            continue;
        *link = pool->next_due;
        pool->listed = false;
        return;
    }
}

static void drop_pool(struct hub *hub, struct pool *pool)
{
    if (pool->listed)
        unlist(hub, pool);
    HASH_DELETE(by_room, hub->pools, pool);
    pool_free(pool);
}

void hub_free(struct hub *hub)
{
    if (!hub)
        return;
    struct pool *pool, *next;
    HASH_ITER (by_room, hub->pools, pool, next)
        drop_pool(hub, pool);
    buffer_release(&hub->shared.scratch);
    mem_free(hub->buckets);
    mem_free(hub->slots);
    mem_free(hub);
}

struct pool *hub_find_pool(struct hub *hub, uint64_t room)
{
    struct pool *pool;
    HASH_FIND(by_room, hub->pools, &room, sizeof(room), pool);
    return pool;
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

struct client *hub_find_client(const struct hub *hub, const struct event_origin *origin)
{
    if (origin->worker != hub->worker || origin->slot >= hub->slots_count)
        return NULL;
    const struct hub_slot *slot = &hub->slots[origin->slot];
    return slot->generation == origin->generation ? slot->client : NULL;
}

void hub_add(struct hub *hub, struct client *client, const struct client_door *door, void *link,
             uint64_t id, enum lane_number lane)
{
    bool visitor = lane == LANE_TUTORIAL || lane == LANE_TUTORIAL_DEFLATE;
    *client = (struct client){
        .id = id,
        .person = visitor ? id : 0,
        .visitor = visitor,
        .lane = (uint8_t)lane,
        .link = link,
        .door = door,
        .hub = hub,
    };
    client->slot = take_slot(hub, client);
    client->generation = hub->slots[client->slot].generation;
    rate_init(&client->posts, &hub->limits.posts, *hub->shared.now_ms);
}

void hub_say_bye(struct hub *hub, uint64_t client, uint64_t person, bool visitor, bool active)
{
    struct event *event = event_new(EVENT_BYE, slice_of(NULL, 0), slice_of(NULL, 0));
    event->client = client;
    event->person = person;
    event->visitor = visitor;
    event->active = active;
    event->origin.worker = hub->worker;
    event->origin.slot = NO_SLOT;
    hub->ports.submit(hub->ports.pool.ctx, event);
}

void hub_remove(struct client *client)
{
    struct hub *hub = client->hub;
    struct hub_slot *slot = &hub->slots[client->slot];
    ASSERT(slot->client == client);
    while (client->places_count > 0)
        feed_detach(client, (uint16_t)(client->places_count - 1));
    mem_free(client->places);
    client->places = NULL;
    if (client->known && !client->visitor)
        hub_know(client, 0);
    /* Who has not been answered yet is a person without a name here: the answer finds nobody, and says goodbye then. */
    if (client->known || (client->visitor && client->greeted))
        hub_say_bye(hub, client->id, client->person, client->visitor, client->active);
    slot->client = NULL;
    slot->generation++;
    slot->next_free = hub->free_slot;
    hub->free_slot = client->slot;
}

/* ---- clients by person ---- */

/* Ids of people are random: their low bits are as good as any hash. */
static struct client **bucket_of(const struct hub *hub, uint64_t person)
{
    return &hub->buckets[person & (hub->buckets_count - 1)];
}

static void grow_buckets(struct hub *hub)
{
    struct client **old = hub->buckets;
    uint32_t old_count = hub->buckets_count;
    hub->buckets_count *= 2;
    hub->buckets = mem_zalloc(hub->buckets_count * sizeof(hub->buckets[0]));
    for (uint32_t i = 0; i < old_count; i++) {
        struct client *next;
        for (struct client *client = old[i]; client; client = next) {
            struct client **bucket = bucket_of(hub, client->person);
            next = client->next_of_person;
            client->next_of_person = *bucket;
            *bucket = client;
        }
    }
    mem_free(old);
}

static void forget(struct hub *hub, struct client *client)
{
    struct client **link = bucket_of(hub, client->person);
    while (*link != client)
        link = &(*link)->next_of_person;
    *link = client->next_of_person;
    hub->known_count--;
}

void hub_know(struct client *client, uint64_t person)
{
    struct hub *hub = client->hub;
    if (client->person != 0)
        forget(hub, client);
    if (person == 0)
        return;
    client->person = person;
    if (hub->known_count == hub->buckets_count)
        grow_buckets(hub);
    struct client **bucket = bucket_of(hub, person);
    client->next_of_person = *bucket;
    *bucket = client;
    hub->known_count++;
}

struct client *hub_first_of(const struct hub *hub, uint64_t person)
{
    return *bucket_of(hub, person);
}

/* ---- the end of a turn ---- */

/* The milliseconds that this pool still waits; 0: it is flushed now. */
static uint32_t flush_wait_ms(const struct hub *hub, const struct pool *pool)
{
    uint64_t now_ms = *hub->shared.now_ms;
    /*
     * What this worker has read and the writer is about to answer goes out with the rest: without this
     * wait a full conversation falls apart into two halves that alternate, each with its own round
     * of sends. A quiet pool has nothing with the writer when its answer comes, and waits for nothing.
     */
    uint64_t at_ms = pool->flush_at_ms;
    uint64_t held_ms = pool->post_ms + hub->limits.pool.hold_ms;
    if (pool->waiting > 0 && pool->post_due && at_ms < held_ms)
        at_ms = held_ms;
    return at_ms > now_ms ? (uint32_t)(at_ms - now_ms) : 0;
}

static void note_flush(struct hub *hub, struct pool *pool)
{
    uint64_t now_ms = *hub->shared.now_ms;
    pool->paced = hub->limits.pool.gather_ms > 0 && (pool->posts > 1 || pool->hot);
    if (pool->paced)
        hub->paced_ms = now_ms;
    pool->flush_at_ms = now_ms;
}

uint32_t hub_flush(struct hub *hub)
{
    enum { TOGETHER_MAX = 256 };
    struct pool *pools[TOGETHER_MAX];
    size_t count = 0;
    uint32_t wait_ms = UINT32_MAX;
    struct pool **link = &hub->shared.due;
    while (*link) {
        struct pool *pool = *link;
        uint32_t pool_ms = pool->due ? flush_wait_ms(hub, pool) : 0;
        if (pool_ms > 0) {
            wait_ms = pool_ms < wait_ms ? pool_ms : wait_ms;
            link = &pool->next_due;
            continue;
        }
        *link = pool->next_due;
        pool->listed = false;
        if (!pool->due)
            continue;
        note_flush(hub, pool);
        pools[count++] = pool;
        if (count == TOGETHER_MAX) {
            pool_flush_all(pools, count);
            count = 0;
        }
    }
    pool_flush_all(pools, count);
    return wait_ms;
}

uint32_t hub_pace_ms(const struct hub *hub)
{
    return hub->paced_ms == *hub->shared.now_ms ? hub->limits.pool.gather_ms : 0;
}

void hub_flush_all(struct hub *hub)
{
    while (hub->shared.due) {
        struct pool *pool = hub->shared.due;
        hub->shared.due = pool->next_due;
        pool->listed = false;
        pool_flush(pool);
    }
}

void hub_tick(struct hub *hub)
{
    struct pool *pool, *next;
    HASH_ITER (by_room, hub->pools, pool, next) {
        bool empty = pool_members(pool) == 0 && pool->behind_count == 0;
        if (empty && pool->waiting == 0)
            drop_pool(hub, pool);
        else
            pool_rest(pool);
    }
    for (uint32_t i = 0; i < hub->slots_count; i++) {
        if (hub->slots[i].client)
            feed_tick(&hub->feed, hub->slots[i].client);
    }
}
