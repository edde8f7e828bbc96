#include "chat/feed.h"

#include "base/assert.h"
#include "base/error.h"
#include "base/memory.h"

enum { PAGE_EVENTS = 1000 };

void feed_reserve(struct client *client, uint16_t places)
{
    if (places <= client->places_cap)
        return;
    client->places_cap = places;
    client->places = mem_realloc(client->places, places * sizeof(client->places[0]));
}

static uint16_t add_place(struct client *client, struct pool *pool)
{
    if (client->places_count == client->places_cap)
        feed_reserve(client, (uint16_t)(client->places_cap + client->places_cap / 4 + 1));
    client->places[client->places_count] = (struct place){.pool = pool};
    return client->places_count++;
}

void feed_check_ready(struct client *client)
{
    if (client->known && !client->visitor && client->awaited_count == 0 && !client->ready) {
        client->ready = true;
        client->door->on_ready(client);
    }
}

/* The place has reached what its client waits for. */
static void arrived(struct client *client, uint16_t place)
{
    if (!client->places[place].awaited)
        return;
    client->places[place].awaited = false;
    client->awaited_count--;
}

/* What the ring still has for it would come after the word that all has come. */
static void arrive_when_served(struct client *client, uint16_t place)
{
    if (client->places[place].awaited && pool_is_served(client, place))
        arrived(client, place);
}

static void tell_reset(struct feed *feed, struct client *client, const struct pool *pool,
                       bool diverged)
{
    metrics_add(feed->shared->metrics, METRIC_RESETS, 1);
    client->door->on_reset(client, pool->room, pool->head, pool->head_mid, diverged);
}

void feed_attach(struct feed *feed, struct client *client, struct pool *pool,
                 const struct cursor *cursor)
{
    uint16_t place = add_place(client, pool);
    uint64_t head = pool->head;
    bool knows_mid = cursor && cursor->mid != 0 && cursor->seq > 0;
    if (!cursor || (cursor->seq == head && (!knows_mid || cursor->mid == pool->head_mid))) {
        pool_register(pool, client, place);
        return;
    }
    bool diverged = cursor->seq >= head; /* beyond it, or at it with another event there */
    if (diverged || head - cursor->seq > feed->limits->replay_max) {
        tell_reset(feed, client, pool, diverged);
        pool_register(pool, client, place);
        return;
    }
    client->places[place].awaited = true;
    client->awaited_count++;
    pool_put_behind(pool, &(struct behind){
                              .client = client,
                              .place = place,
                              .seq = cursor->seq,
                              .mid = cursor->mid,
                              .check_mid = knows_mid,
                              .until = head,
                          });
}

uint16_t feed_place(const struct client *client, uint64_t room)
{
    for (uint16_t i = 0; i < client->places_count; i++) {
        if (client->places[i].pool->room == room)
            return i;
    }
    return NO_PLACE;
}

void feed_detach(struct client *client, uint16_t place)
{
    pool_unregister(client, place);
    arrived(client, place);
    uint16_t last = --client->places_count;
    if (place != last) {
        client->places[place] = client->places[last];
        pool_renumber(client, place);
    }
}

/* Becomes live where the ring stands now. */
static void go_live(struct client *client, uint16_t place)
{
    struct pool *pool = client->places[place].pool;
    pool_unregister(client, place);
    arrived(client, place);
    pool_register(pool, client, place);
}

static void reset(struct feed *feed, struct client *client, uint16_t place, bool diverged)
{
    tell_reset(feed, client, client->places[place].pool, diverged);
    go_live(client, place);
}

/* Notices that passed while it was behind are lost to it: it is told how many are here, and may ask who they are. */
static void tell_here(struct client *client, const struct pool *pool, uint32_t notices_before)
{
    if (pool->notices == notices_before)
        return;
    const struct event here = {
        .kind = EVENT_HERE,
        .room = pool->room,
        .people = pool->people,
        .visitors = pool->visitors,
    };
    client->door->on_personal(client, &here);
}

/* Whether the ring, or the head, is where the place stands: then it is live again. */
static bool come_back(struct client *client, uint16_t place)
{
    struct pool *pool = client->places[place].pool;
    const struct behind at = *pool_behind(client, place);
    if (at.check_mid)
        return false;
    if (at.seq == pool->head) {
        tell_here(client, pool, at.notices);
        go_live(client, place);
        return true;
    }
    /* Whoever was not there gets no text any more that was taken back meanwhile: the store has it as it is now. */
    if (at.seq < pool->erased)
        return false;
    struct lane *lane = &pool->lanes[client->lane];
    uint64_t pos;
    if (lane->members_count == 0 || !ring_find(&lane->ring, at.seq + 1, &pos))
        return false;
    tell_here(client, pool, at.notices);
    pool_unregister(client, place);
    bool found = pool_register_after(pool, client, place, at.seq);
    ASSERT(found);
    arrive_when_served(client, place);
    return true;
}

/* The rooms take turns. */
static uint16_t next_behind(const struct client *client)
{
    uint16_t place = client->feed_next;
    ASSERT(client->behind_count > 0);
    for (;; place++) {
        if (place >= client->places_count)
            place = 0;
        if (client->places[place].behind)
            return place;
    }
}

static void ask(struct feed *feed, struct client *client, uint16_t place)
{
    const struct behind *at = pool_behind(client, place);
    struct store_read *read = mem_zalloc(sizeof(*read));
    client->feeding = true;
    client->feed_at_ms = (uint32_t)*feed->shared->now_ms;
    client->feed_next = place;
    read->kind = READ_FEED;
    read->check_mid = at->check_mid;
    read->origin = (struct event_origin){feed->worker, client->slot, client->generation};
    read->number = client->feed_number;
    read->room = client->places[place].pool->room;
    read->seq = at->seq;
    read->mid = at->mid;
    read->limit = PAGE_EVENTS;
    read->bytes_max = feed->limits->page_bytes;
    feed->ports->read(feed->ports->pool.ctx, read);
}

void feed_client(struct feed *feed, struct client *client)
{
    while (client->behind_count > 0 && !client->feeding && !client->fed) {
        uint16_t place = next_behind(client);
        if (!come_back(client, place))
            ask(feed, client, place);
    }
    feed_check_ready(client);
}

/*
 * Puts the page into the private queue, up to what this worker has heard of: a reader may be ahead of it, and the rest comes in its
 * place in the order. Returns false when the page does not follow on the cursor: the log begins later.
 */
static bool give_page(struct feed *feed, struct client *client, struct behind *at, uint64_t head,
                      const struct event_batch *events)
{
    struct pool_shared *shared = feed->shared;
    const struct dialect *dialect = &shared->dialects[client->lane];
    for (size_t i = 0; i < events->count; i++) {
        const struct event *event = events->events[i];
        if (event->seq != at->seq + 1)
            return false;
        if (event->seq > head)
            break;
        shared->scratch.len = 0;
        dialect->encode(dialect->ctx, event, &shared->scratch);
        shared->ports.queue(shared->ports.ctx, client->link, buffer_slice(&shared->scratch));
        client->fed_bytes += (uint32_t)shared->scratch.len;
        at->seq = event->seq;
    }
    return events->count > 0;
}

/*
 * Many rooms that lack little are asked for one after another, without a turn of the loop in between.
 */
static void rest_when_full(struct feed *feed, struct client *client, uint32_t fed_before)
{
    if (client->fed_bytes == fed_before)
        return;
    client->fed = client->fed_bytes >= feed->limits->feed_bytes;
    feed->ports->notify_drained(feed->ports->pool.ctx, client->link);
}

void feed_answer(struct feed *feed, struct client *client, const struct store_read *read)
{
    if (!client->feeding || read->number != client->feed_number)
        return; /* asked again meanwhile, or of an earlier hello */
    bool ends = read->result == ERR_PROTOCOL || read->result == ERR_NOT_FOUND;
    if (read->result != OK && !ends) {
        /* Asked again with the next tick. */
        client->feed_at_ms = (uint32_t)*feed->shared->now_ms - feed->limits->feed_ms;
        return;
    }
    client->feeding = false;
    client->feed_number++;
    uint16_t place = feed_place(client, read->room);
    bool waits = place != NO_PLACE && client->places[place].behind;
    if (!waits || pool_behind(client, place)->seq != read->seq) {
        feed_client(feed, client); /* it has left the room meanwhile, and may have come again */
        return;
    }
    metrics_add(feed->shared->metrics, METRIC_FED_PAGES, 1);
    if (ends) {
        reset(feed, client, place, read->result == ERR_PROTOCOL);
        feed_client(feed, client);
        return;
    }
    struct behind *at = pool_behind(client, place);
    at->check_mid = false;
    uint64_t before = at->seq;
    uint32_t fed_before = client->fed_bytes;
    uint64_t head = client->places[place].pool->head;
    if (!give_page(feed, client, at, head, read->events) && at->seq != head)
        reset(feed, client, place, false);
    else if (at->seq >= at->until)
        arrived(client, place);
    if (client->places[place].behind && at->seq != before)
        client->feed_next = (uint16_t)(place + 1);
    rest_when_full(feed, client, fed_before);
    feed_client(feed, client);
}

void feed_drained(struct feed *feed, struct client *client)
{
    client->fed = false;
    client->fed_bytes = 0;
    for (uint16_t i = 0; i < client->places_count; i++) {
        if (client->places[i].behind)
            continue;
        pool_resume(client, i);
        arrive_when_served(client, i);
    }
    feed_client(feed, client);
}

void feed_tick(struct feed *feed, struct client *client)
{
    if (!client->feeding)
        return;
    uint32_t waited_ms = (uint32_t)*feed->shared->now_ms - client->feed_at_ms;
    if (waited_ms < feed->limits->feed_ms)
        return;
    metrics_add(feed->shared->metrics, METRIC_READS_LATE, 1);
    client->feeding = false;
    client->feed_number++;
    feed_client(feed, client);
}
