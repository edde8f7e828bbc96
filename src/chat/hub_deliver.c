/*
 * What comes back: from the sequencer, in the one order for all workers, and from the readers.
 */

#include "base/assert.h"
#include "base/error.h"
#include "base/memory.h"
#include "chat/hub_state.h"
#include "chat/refusal.h"
#include "chat/roster.h"

/* ---- coming into rooms ---- */

static struct pool *make_pool(struct hub *hub, const struct room_info *info)
{
    struct pool *pool = hub_find_pool(hub, info->id);
    if (!pool) {
        pool = pool_new(&hub->shared, info->id);
        pool->head = info->head;
        pool->head_mid = info->mid;
        id_table_add(&hub->pools, &pool->by_room);
    }
    /* Both follow the one order; a difference would be a hole, or a message shown twice. */
    ASSERT(pool->head == info->head);
    return pool;
}

static const struct cursor *find_cursor(const struct welcome *welcome, uint64_t room)
{
    for (size_t i = 0; i < welcome->cursors_count; i++) {
        if (welcome->cursors[i].room == room)
            return &welcome->cursors[i];
    }
    return NULL;
}

static void greet(struct hub *hub, struct client *client, const struct event *event)
{
    client->greeting = false;
    if (event->result != OK) {
        client->greeted = client->known;
        client->door->on_answer(client, event);
        return;
    }
    if (!client->visitor && !client->known)
        hub_know(client, event->person);
    /* Of a hello said again it was set when it was said; what was set since then counts more. */
    if (!event->again)
        client->active = event->active;
    metrics_add(hub->shared.metrics, METRIC_CLIENTS, !client->known && !client->quiet);
    client->known = true;
    client->role = event->role;
    if (!event->again)
        client->session = event->session;
    if (client->quiet) {
        hub_take_rooms(client, event->welcome);
        client->door->on_answer(client, event);
        return;
    }
    client->ready = false;
    while (client->places_count > 0)
        feed_detach(client, (uint16_t)(client->places_count - 1));
    /* What the feed has asked for belongs to the cursors before. */
    client->feeding = false;
    client->feed_number++;
    client->door->on_answer(client, event);
    const struct welcome *welcome = event->welcome;
    feed_reserve(client, (uint16_t)welcome->rooms_count);
    for (size_t i = 0; i < welcome->rooms_count; i++) {
        const struct room_info *info = &welcome->rooms[i];
        feed_attach(&hub->feed, client, make_pool(hub, info), find_cursor(welcome, info->id));
    }
    feed_client(&hub->feed, client);
}

static void enter(struct hub *hub, struct client *client, const struct event *event)
{
    if (client->quiet) {
        hub_add_room(client, event->room);
        return;
    }
    if (feed_place(client, event->room) != NO_PLACE)
        return;
    client->door->on_personal(client, event);
    feed_attach(&hub->feed, client, make_pool(hub, event->info), NULL);
}

static void quit(struct client *client, const struct event *event)
{
    if (client->quiet) {
        hub_drop_room(client, event->room);
        return;
    }
    uint16_t place = feed_place(client, event->room);
    if (place == NO_PLACE)
        return;
    feed_detach(client, place);
    client->door->on_personal(client, event);
    feed_check_ready(client);
}

static bool is_origin(const struct hub *hub, const struct client *client, const struct event *event)
{
    return hub_find_client(hub, &event->origin) == client;
}

/* Whether the connection is of a session that has ended. */
static bool is_ended(const struct client *client, const struct event *event)
{
    if (event->session != 0)
        return client->session == event->session;
    return event->but == 0 || client->session != event->but;
}

static void change_client(struct client *client, const struct event *event)
{
    if (event->kind == EVENT_YOU)
        client->role = event->role;
    if (!client->quiet)
        client->door->on_personal(client, event);
}

/* Shows an event to the connections of one person. */
static void deliver_personal(struct hub *hub, const struct event *event)
{
    struct client *next;
    for (struct client *client = hub_first_of(hub, event->person); client; client = next) {
        next = hub_next_of(client);
        if (event->kind == EVENT_ADDED)
            enter(hub, client, event);
        else if (event->kind == EVENT_GONE)
            quit(client, event);
        else if (event->kind == EVENT_ENDED && is_ended(client, event))
            client->door->on_ended(client, event->refusal);
        else if (event->kind == EVENT_YOU ||
                 (event->kind != EVENT_ENDED && !is_origin(hub, client, event)))
            change_client(client, event);
    }
}

/* ---- the order ---- */

static void deliver_kept(struct hub *hub, const struct event *event)
{
    struct pool *pool = hub_find_pool(hub, event->room);
    if (event->origin.worker == hub->worker && pool && event->pooled)
        pool->waiting--;
    if (event->result != OK || event->dup || event->unchanged)
        return;
    if (hub->waiting_count > 0)
        hub_stir(hub, event->room);
    if (!pool)
        return;
    ASSERT(event->seq == pool->head + 1);
    pool_broadcast(pool, event);
    pool->head = event->seq;
    pool->head_mid = event->mid;
    if (event->kind == EVENT_EDIT || event->kind == EVENT_DELETE)
        pool->erased = event->seq;
}

/* What moderators have set for the whole server. */
static void deliver_server(struct hub *hub, const struct event *event)
{
    if (hub->ports.server_state)
        hub->ports.server_state(hub->ports.pool.ctx, event->server);
    for (uint32_t i = 0; i < hub->slots_count; i++) {
        struct client *client = hub->slots[i].client;
        if (client && client->known && !client->visitor && !client->quiet)
            client->door->on_personal(client, event);
    }
}

static void show(struct hub *hub, const struct event *event)
{
    struct pool *pool = hub_find_pool(hub, event->room);
    if (pool)
        pool_broadcast(pool, event);
}

/* Of who is here: whoever comes back to the ring has to know how many they are now. */
static void deliver_notice(struct hub *hub, const struct event *event)
{
    struct pool *pool = hub_find_pool(hub, event->room);
    if (!pool)
        return;
    pool->people = event->people;
    pool->visitors = event->visitors;
    pool->notices++;
    pool_broadcast(pool, event);
}

static void deliver(struct hub *hub, const struct event *event)
{
    struct client *client = hub_find_client(hub, &event->origin);
    /* Its own allowance must not refuse what the person's will let through, or who waits as told waits twice. */
    if (client && event->refusal == REFUSED_RATE)
        rate_promise(&client->posts, &hub->limits.posts, event->retry_ms, *hub->shared.now_ms);
    if (event->counted && event->origin.worker == hub->worker) {
        hub->posts_waiting--;
        hub->bytes_waiting -= event->message.body.len;
    }
    switch (event->kind) {
    case EVENT_HELLO:
        if (client)
            greet(hub, client, event);
        else if (event->origin.worker == hub->worker && event->result == OK && !event->again &&
                 !event->visitor)
            hub_say_bye(hub, &(struct bye){
                                 .client = event->client,
                                 .person = event->person,
                                 .active = event->active,
                                 .quiet = event->quiet,
                             });
        return;
    case EVENT_CAME:
    case EVENT_WENT:
    case EVENT_TURNED:
    case EVENT_RENAMED:
    case EVENT_HERE:
        deliver_notice(hub, event);
        return;
    case EVENT_ADDED:
    case EVENT_GONE:
    case EVENT_YOU:
    case EVENT_ENDED:
        deliver_personal(hub, event);
        return;
    case EVENT_SERVER:
        deliver_server(hub, event);
        return;
    case EVENT_TYPING:
        if (event->result == OK)
            show(hub, event);
        break;
    case EVENT_READ:
    case EVENT_LEVEL:
        if (event->result == OK && !event->unchanged)
            deliver_personal(hub, event);
        break;
    default:
        if (event_kind_is_kept(event->kind))
            deliver_kept(hub, event);
        break;
    }
    if (client && event->has_command)
        client->door->on_answer(client, event);
}

static void tell_unbusy(struct hub *hub)
{
    if (!hub->was_busy || hub_has_too_much(hub))
        return;
    hub->was_busy = false;
    for (uint32_t i = 0; i < hub->slots_count; i++) {
        struct client *client = hub->slots[i].client;
        if (client)
            client->door->on_unbusy(client);
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
    tell_unbusy(hub);
    return drained;
}

/* ---- the readers ---- */

/* Whoever has left a room meanwhile gets nothing of it any more. */
static void check_read(const struct client *client, struct store_read *read)
{
    bool of_room = read->kind == READ_HISTORY || read->kind == READ_FEED ||
                   read->kind == READ_EXPORT || (read->kind == READ_LIST && read->room != 0);
    if (of_room && !hub_is_in(client, read->room))
        read->result = ERR_NOT_FOUND;
    if (read->kind != READ_SEARCH)
        return;
    struct search *search = read->search;
    size_t kept = 0;
    for (size_t i = 0; i < search->hits_count; i++) {
        if (hub_is_in(client, search->hits[i].room))
            search->hits[kept++] = search->hits[i];
        else
            event_free(search->hits[i].event);
    }
    search->hits_count = kept;
}

void hub_read_done(struct hub *hub, struct store_read *read)
{
    struct client *client = hub_find_client(hub, &read->origin);
    /* The feed's own questions have no command. */
    bool fed = read->kind == READ_FEED && read->command_id[0] == '\0';
    if (!fed)
        hub->reads_waiting--;
    if (client && fed) {
        feed_answer(&hub->feed, client, read);
    } else if (client) {
        client->reads--;
        check_read(client, read);
        client->door->on_read(client, read);
    }
    store_read_free(read);
}

void hub_drained(struct client *client)
{
    feed_drained(&client->hub->feed, client);
}
