#include "chat/hub.h"

#include <string.h>

#include "base/assert.h"
#include "base/error.h"
#include "base/memory.h"
#include "chat/hub_state.h"
#include "chat/role.h"
#include "chat/welcome.h"

#define NO_SLOT UINT32_MAX

enum { FIRST_SLOTS = 16 };

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
    hub->pools.key = hub->people.key = limits->key;
    hub->free_slot = NO_SLOT;
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
    id_table_remove(&hub->pools, &pool->by_room);
    pool_free(pool);
}

static struct pool *pool_of(struct id_link *link)
{
    return link ? ID_TABLE_OWNER(struct pool, by_room, link) : NULL;
}

static void drop_each(void *ctx, struct id_link *link)
{
    drop_pool(ctx, pool_of(link));
}

void hub_free(struct hub *hub)
{
    if (!hub)
        return;
    id_table_each(&hub->pools, drop_each, hub);
    id_table_release(&hub->pools);
    id_table_release(&hub->people);
    buffer_release(&hub->shared.scratch);
    mem_free(hub->waiting);
    mem_free(hub->slots);
    mem_free(hub);
}

struct pool *hub_find_pool(struct hub *hub, uint64_t room)
{
    return pool_of(id_table_find(&hub->pools, room));
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

void hub_say_bye(struct hub *hub, const struct bye *bye)
{
    struct event *event = event_new(EVENT_BYE, slice_of(NULL, 0), slice_of(NULL, 0));
    event->client = bye->client;
    event->person = bye->person;
    event->visitor = bye->visitor;
    event->active = bye->active;
    event->quiet = bye->quiet;
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
    hub_end_wait(client);
    mem_free(client->rooms);
    client->rooms = NULL;
    metrics_add(hub->shared.metrics, METRIC_CLIENTS, client->known && !client->quiet ? -1 : 0);
    if (client->known && !client->visitor)
        hub_know(client, 0);
    /* Who has not been answered yet is a person without a name here: the answer finds nobody, and says goodbye then. */
    if (client->known || (client->visitor && client->greeted))
        hub_say_bye(hub, &(struct bye){
                             .client = client->id,
                             .person = client->person,
                             .visitor = client->visitor,
                             .active = client->active,
                             .quiet = client->quiet,
                         });
    slot->client = NULL;
    slot->generation++;
    slot->next_free = hub->free_slot;
    hub->free_slot = client->slot;
}

/* ---- clients by person ---- */

void hub_know(struct client *client, uint64_t person)
{
    struct id_table *people = &client->hub->people;
    if (client->person != 0)
        id_table_remove(people, &client->by_person);
    if (person == 0)
        return;
    client->person = client->by_person.id = person;
    id_table_add(people, &client->by_person);
}

static struct client *client_of(struct id_link *link)
{
    return link ? ID_TABLE_OWNER(struct client, by_person, link) : NULL;
}

struct client *hub_first_of(const struct hub *hub, uint64_t person)
{
    return client_of(id_table_find(&hub->people, person));
}

struct client *hub_next_of(const struct client *client)
{
    return client_of(id_table_again(&client->by_person));
}

/* ---- quiet clients: where they are, and waiting ---- */

/* Where the room stands, or would stand. */
static uint16_t find_room(const struct client *client, uint64_t room)
{
    uint16_t low = 0, high = client->rooms_count;
    while (low < high) {
        uint16_t middle = (uint16_t)((low + high) / 2);
        if (client->rooms[middle] < room)
            low = (uint16_t)(middle + 1);
        else
            high = middle;
    }
    return low;
}

static bool has_room(const struct client *client, uint64_t room)
{
    uint16_t at = find_room(client, room);
    return at < client->rooms_count && client->rooms[at] == room;
}

void hub_add_room(struct client *client, uint64_t room)
{
    uint16_t at = find_room(client, room);
    if (at < client->rooms_count && client->rooms[at] == room)
        return;
    client->rooms =
        mem_realloc(client->rooms, ((size_t)client->rooms_count + 1) * sizeof(client->rooms[0]));
    memmove(&client->rooms[at + 1], &client->rooms[at],
            (size_t)(client->rooms_count - at) * sizeof(client->rooms[0]));
    client->rooms[at] = room;
    client->rooms_count++;
}

void hub_drop_room(struct client *client, uint64_t room)
{
    uint16_t at = find_room(client, room);
    if (at == client->rooms_count || client->rooms[at] != room)
        return;
    client->rooms_count--;
    memmove(&client->rooms[at], &client->rooms[at + 1],
            (size_t)(client->rooms_count - at) * sizeof(client->rooms[0]));
}

void hub_take_rooms(struct client *client, const struct welcome *welcome)
{
    client->rooms_count = 0;
    for (size_t i = 0; i < welcome->rooms_count; i++)
        hub_add_room(client, welcome->rooms[i].id);
}

bool hub_is_in(const struct client *client, uint64_t room)
{
    if (client->visitor)
        return room == ROOM_LOBBY;
    if (client->person == PERSON_CONSOLE)
        return true;
    return client->quiet ? has_room(client, room) : feed_place(client, room) != NO_PLACE;
}

int hub_wait(struct client *client)
{
    struct hub *hub = client->hub;
    ASSERT(client->quiet && client->known);
    if (client->waits)
        return OK;
    if (hub->waiting_count == hub->limits.waits_max)
        return ERR_BUSY;
    if (!hub->waiting)
        hub->waiting = mem_alloc(hub->limits.waits_max * sizeof(hub->waiting[0]));
    client->waits = true;
    client->wait_at = hub->waiting_count;
    hub->waiting[hub->waiting_count++] = client;
    return OK;
}

void hub_end_wait(struct client *client)
{
    struct hub *hub = client->hub;
    if (!client->waits)
        return;
    client->waits = false;
    struct client *last = hub->waiting[--hub->waiting_count];
    hub->waiting[client->wait_at] = last;
    last->wait_at = client->wait_at;
}

void hub_stir(struct hub *hub, uint64_t room)
{
    for (uint32_t i = hub->waiting_count; i-- > 0;) {
        struct client *client = hub->waiting[i];
        if (!has_room(client, room))
            continue;
        hub_end_wait(client);
        client->door->on_stirred(client);
    }
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

static void rest_each(void *ctx, struct id_link *link)
{
    struct pool *pool = pool_of(link);
    bool empty = pool_members(pool) == 0 && pool->behind_count == 0;
    if (empty && pool->waiting == 0)
        drop_pool(ctx, pool);
    else
        pool_rest(pool);
}

void hub_tick(struct hub *hub)
{
    id_table_each(&hub->pools, rest_each, hub);
    for (uint32_t i = 0; i < hub->slots_count; i++) {
        if (hub->slots[i].client)
            feed_tick(&hub->feed, hub->slots[i].client);
    }
}
