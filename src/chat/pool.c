#include "chat/pool.h"

#include <string.h>

#include "base/assert.h"
#include "base/memory.h"
#include "chat/pool_state.h"

enum { FIRST_MEMBERS = 4 };

struct pool *pool_new(struct pool_shared *shared, uint64_t room)
{
    struct pool *pool = mem_zalloc(sizeof(*pool));
    pool->shared = shared;
    pool->room = pool->by_room.id = room;
    return pool;
}

static void count_ring_bytes(struct pool *pool, size_t before, size_t after)
{
    pool->shared->rings_bytes += after - before;
    metrics_add(pool->shared->metrics, METRIC_RING_BYTES, (int64_t)after - (int64_t)before);
}

static void release_ring(struct pool *pool, struct lane *lane)
{
    count_ring_bytes(pool, lane->ring.cap, 0);
    ring_release(&lane->ring);
}

void pool_free(struct pool *pool)
{
    if (!pool)
        return;
    ASSERT(pool->behind_count == 0 && !pool->listed);
    for (unsigned i = 0; i < LANE_COUNT; i++) {
        struct lane *lane = &pool->lanes[i];
        ASSERT(lane->members_count == 0);
        release_ring(pool, lane);
        mem_free(lane->members);
    }
    mem_free(pool->behind);
    mem_free(pool);
}

uint32_t pool_members(const struct pool *pool)
{
    uint32_t count = 0;
    for (unsigned i = 0; i < LANE_COUNT; i++)
        count += pool->lanes[i].members_count;
    return count;
}

/* ---- the dense arrays ---- */

static void swap_members(struct lane *lane, uint32_t a, uint32_t b)
{
    struct member member = lane->members[a];
    lane->members[a] = lane->members[b];
    lane->members[b] = member;
    lane->members[a].client->places[lane->members[a].place].index = a;
    lane->members[b].client->places[lane->members[b].place].index = b;
}

/* Moves a ready member behind those who are ready. Returns its new place. */
uint32_t pool_member_stall(struct pool *pool, struct lane *lane, uint32_t index)
{
    ASSERT(index < lane->ready_count);
    lane->ready_count--;
    swap_members(lane, index, lane->ready_count);
    metrics_add(pool->shared->metrics, METRIC_LAGGING, 1);
    return lane->ready_count;
}

void pool_member_ready(struct pool *pool, struct lane *lane, uint32_t index)
{
    ASSERT(index >= lane->ready_count);
    swap_members(lane, index, lane->ready_count);
    lane->ready_count++;
    metrics_add(pool->shared->metrics, METRIC_LAGGING, -1);
}

/* Grows by half: the array of a large pool should not be half empty. */
static uint32_t grown(uint32_t cap)
{
    return cap ? cap + (cap + 1) / 2 : FIRST_MEMBERS;
}

/* Adds a member that lags. Returns its index. */
static uint32_t add_member(struct pool *pool, struct client *client, uint16_t place, uint64_t pos)
{
    struct lane *lane = &pool->lanes[client->lane];
    ASSERT(client->places[place].pool == pool && !client->places[place].behind);
    if (lane->members_count == lane->members_cap) {
        lane->members_cap = grown(lane->members_cap);
        lane->members = mem_realloc(lane->members, lane->members_cap * sizeof(lane->members[0]));
    }
    uint32_t index = lane->members_count++;
    lane->members[index] = (struct member){pos, place, client, client->link};
    client->places[place].index = index;
    pool->shared->members_count++;
    metrics_add(pool->shared->metrics, METRIC_MEMBERS, 1);
    metrics_add(pool->shared->metrics, METRIC_LAGGING, 1);
    return index;
}

void pool_register(struct pool *pool, struct client *client, uint16_t place)
{
    struct lane *lane = &pool->lanes[client->lane];
    /* While nobody was here nothing was appended: what is left from before has a hole behind it. */
    if (lane->members_count == 0) {
        ring_forget(&lane->ring);
        lane->flushed = lane->ring.end;
    }
    pool_member_ready(pool, lane, add_member(pool, client, place, lane->ring.end));
}

bool pool_register_after(struct pool *pool, struct client *client, uint16_t place, uint64_t seq)
{
    struct lane *lane = &pool->lanes[client->lane];
    uint64_t pos;
    if (lane->members_count == 0 || !ring_find(&lane->ring, seq + 1, &pos))
        return false;
    add_member(pool, client, place, pos);
    pool_resume(client, place);
    return true;
}

bool pool_is_served(const struct client *client, uint16_t place)
{
    const struct place *at = &client->places[place];
    return !at->behind && at->index < at->pool->lanes[client->lane].ready_count;
}

static void remove_member(struct pool *pool, struct client *client, uint16_t place)
{
    struct lane *lane = &pool->lanes[client->lane];
    uint32_t index = client->places[place].index;
    if (index < lane->ready_count)
        index = pool_member_stall(pool, lane, index);
    metrics_add(pool->shared->metrics, METRIC_LAGGING, -1);
    swap_members(lane, index, lane->members_count - 1);
    lane->members_count--;
    pool->shared->members_count--;
    metrics_add(pool->shared->metrics, METRIC_MEMBERS, -1);
}

void pool_put_behind(struct pool *pool, const struct behind *behind)
{
    if (pool->behind_count == pool->behind_cap) {
        pool->behind_cap = grown(pool->behind_cap);
        pool->behind = mem_realloc(pool->behind, pool->behind_cap * sizeof(pool->behind[0]));
    }
    struct place *place = &behind->client->places[behind->place];
    ASSERT(place->pool == pool && !place->behind);
    place->behind = true;
    place->index = pool->behind_count;
    behind->client->behind_count++;
    pool->behind[pool->behind_count] = *behind;
    pool->behind[pool->behind_count++].notices = pool->notices;
    metrics_add(pool->shared->metrics, METRIC_BEHIND, 1);
}

struct behind *pool_behind(const struct client *client, uint16_t place)
{
    const struct place *at = &client->places[place];
    ASSERT(at->behind && at->pool->behind[at->index].client == client);
    return &at->pool->behind[at->index];
}

static void remove_behind(struct pool *pool, struct client *client, uint16_t place)
{
    uint32_t index = client->places[place].index;
    struct behind *last = &pool->behind[--pool->behind_count];
    last->client->places[last->place].index = index;
    pool->behind[index] = *last;
    client->places[place].behind = false;
    client->behind_count--;
    metrics_add(pool->shared->metrics, METRIC_BEHIND, -1);
}

void pool_unregister(struct client *client, uint16_t place)
{
    struct pool *pool = client->places[place].pool;
    if (client->places[place].behind)
        remove_behind(pool, client, place);
    else
        remove_member(pool, client, place);
}

void pool_renumber(struct client *client, uint16_t place)
{
    struct place *at = &client->places[place];
    if (at->behind)
        at->pool->behind[at->index].place = place;
    else
        at->pool->lanes[client->lane].members[at->index].place = place;
}

/* ---- making room in the ring ---- */

static uint64_t oldest_position(const struct lane *lane)
{
    uint64_t oldest = lane->flushed;
    for (uint32_t i = lane->ready_count; i < lane->members_count; i++) {
        /* Those who were lapped before need nothing of this ring any more. */
        uint64_t pos = lane->members[i].pos;
        if (pos >= lane->ring.start && pos < oldest)
            oldest = pos;
    }
    return oldest;
}

static void grow(struct pool *pool, struct lane *lane, size_t bytes)
{
    size_t before = lane->ring.cap;
    ring_grow(&lane->ring, bytes);
    count_ring_bytes(pool, before, lane->ring.cap);
}

static bool may_grow(const struct pool *pool, const struct lane *lane)
{
    const struct pool_limits *limits = &pool->shared->limits;
    return lane->ring.cap * 2 <= limits->ring_bytes_max &&
           pool->shared->rings_bytes + lane->ring.cap <= limits->worker_bytes_max;
}

/*
 * The ring overtakes a member that the kernel takes nothing for. One that has a cursor goes on from the store; a visitor has none, and
 * its door is told (which must not close anything at once).
 */
static void overtake_member(struct pool *pool, struct lane *lane, uint32_t index)
{
    struct member member = lane->members[index];
    if (member.client->visitor) {
        if (member.pos >= lane->ring.start)
            member.client->door->on_lapped(member.client);
        return;
    }
    uint64_t next = ring_next_seq(&lane->ring, member.pos);
    remove_member(pool, member.client, member.place);
    pool_put_behind(pool, &(struct behind){
                              .client = member.client,
                              .place = member.place,
                              .seq = next > 0 ? next - 1 : pool->head,
                              .until = pool->head,
                          });
}

/* Overtakes all who stand before the place where the ring will begin when len more bytes are to fit. */
static void overtake(struct pool *pool, struct lane *lane, size_t len)
{
    uint64_t start = ring_start_after(&lane->ring, len, lane->flushed);
    for (uint32_t i = lane->members_count; i-- > lane->ready_count;) {
        if (lane->members[i].pos < start)
            overtake_member(pool, lane, i);
    }
}

/*
 * In this order: drop what everybody has; grow for those who lag; overtake them; and only then interrupt
 * the gathering by a flush. A frame larger than the limit finds room in any case.
 */
static void make_room(struct pool *pool, struct lane *lane, size_t len)
{
    struct ring *ring = &lane->ring;
    if (ring->cap == 0)
        grow(pool, lane, pool->shared->limits.ring_bytes_min);
    while (!ring_make_room(ring, len, oldest_position(lane))) {
        if (may_grow(pool, lane)) {
            grow(pool, lane, ring->cap * 2);
            continue;
        }
        overtake(pool, lane, len);
        if (ring_make_room(ring, len, lane->flushed))
            return;
        if (lane->flushed < ring->end)
            pool_flush_lane(pool, lane);
        else
            grow(pool, lane, len);
    }
}

/*
 * When notices are sent. One alone is not worth a round of sends: 50 of them a second in each room would keep a worker with many
 * members busy with nothing else. So they wait, the longer the more members the worker has, and those of all its pools
 * for the same moment: then each client gets what is due to it from all of its rooms in one send.
 */
static uint64_t notice_time(struct pool_shared *shared)
{
    uint64_t now_ms = *shared->now_ms;
    if (shared->limits.notice_members == 0)
        return now_ms;
    if (shared->notice_at_ms < now_ms) {
        uint64_t wait_ms = shared->members_count / shared->limits.notice_members;
        shared->notice_at_ms =
            now_ms + (wait_ms < shared->limits.notice_ms ? wait_ms : shared->limits.notice_ms);
    }
    return shared->notice_at_ms;
}

/*
 * When the flush for this event is due. Hot is a pool whose last broadcast is so recent that another one may be
 * expected in time.
 */
static uint64_t flush_time(const struct pool *pool, const struct event *event)
{
    struct pool_shared *shared = pool->shared;
    bool gathered = pool->paced && event->origin.worker == shared->worker;
    uint64_t at_ms = *shared->now_ms;
    if (pool->hot && !gathered)
        at_ms += shared->limits.gather_ms;
    if (!event_kind_is_kept(event->kind)) {
        uint64_t notice_ms = notice_time(shared);
        at_ms = notice_ms > at_ms ? notice_ms : at_ms;
    }
    return at_ms;
}

static void mark_due(struct pool *pool, const struct event *event)
{
    struct pool_shared *shared = pool->shared;
    bool is_post = event_kind_is_kept(event->kind);
    if (!pool->due)
        pool->hot = *shared->now_ms - pool->broadcast_ms <= shared->limits.gather_ms;
    pool->posts += is_post;
    uint64_t at_ms = flush_time(pool, event);
    if (!pool->due || at_ms < pool->flush_at_ms)
        pool->flush_at_ms = at_ms;
    pool->due = true;
    if (is_post && !pool->post_due) {
        pool->post_due = true;
        pool->post_ms = *shared->now_ms;
    }
    pool->broadcast_ms = *shared->now_ms;
    if (!pool->listed) {
        pool->listed = true;
        pool->next_due = shared->due;
        shared->due = pool;
    }
}

void pool_broadcast(struct pool *pool, const struct event *event)
{
    struct pool_shared *shared = pool->shared;
    bool appended = false;

    for (unsigned i = 0; i < LANE_COUNT; i++) {
        struct lane *lane = &pool->lanes[i];
        const struct dialect *dialect = &shared->dialects[i];
        if (lane->members_count == 0)
            continue;
        shared->scratch.len = 0;
        dialect->encode(dialect->ctx, event, &shared->scratch);
        if (shared->scratch.len == 0)
            continue;
        if (ring_room(&lane->ring) < shared->scratch.len)
            make_room(pool, lane, shared->scratch.len);
        ring_append(&lane->ring, buffer_slice(&shared->scratch), event->seq);
        metrics_add(shared->metrics, METRIC_MESSAGES_OUT, 1);
        appended = true;
    }
    if (appended)
        mark_due(pool, event);
}

void pool_rest(struct pool *pool)
{
    if (pool->due || *pool->shared->now_ms - pool->broadcast_ms < pool->shared->limits.quiet_ms)
        return;
    for (unsigned i = 0; i < LANE_COUNT; i++) {
        struct lane *lane = &pool->lanes[i];
        if (lane->ring.cap > 0 && oldest_position(lane) == lane->ring.end) {
            release_ring(pool, lane);
            lane->flushed = lane->ring.end;
        }
    }
}
