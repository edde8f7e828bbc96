/*
 * Sending: what is due to the members of pools becomes one array for the network, and what was taken becomes positions.
 */

#include "base/assert.h"
#include "chat/pool_state.h"

enum {
    CHUNK_ENTRIES = 256,
    CHUNK_RANGES = 1024,
    CHUNK_PARTS = 512,
    ENTRY_PARTS_MAX = 24, /* of other pools, in one send; the rest goes with the next */
};

/* What else a member of the pool in hand is sent: from another one of its pools. */
struct part {
    struct client *client;
    uint64_t end; /* of the ring */
    uint16_t place;
};

/*
 * Sends that are made together. Members of the lane in hand stand in descending order, so that one who stalls changes
 * places with one who has been served already; those of other lanes are found by their client's place.
 */
struct chunk {
    struct pool *pool;
    struct lane *lane;
    uint64_t end;  /* of the lane's ring */
    bool together; /* other pools are flushed in the same turn */
    struct flush flush;
    struct flush_entry entries[CHUNK_ENTRIES];
    struct iovec ranges[CHUNK_RANGES];
    uint32_t members[CHUNK_ENTRIES];      /* index of each entry's member in the lane in hand */
    uint16_t parts_behind[CHUNK_ENTRIES]; /* where each entry's parts end */
    struct part parts[CHUNK_PARTS];
    uint16_t parts_count;
    uint64_t from;         /* position that the last ranges begin at, for sharing them */
    uint32_t first, count; /* and which they are */
};

/*
 * The kernel took `taken` bytes from pos on. Completes a broken frame from the private queue, moves
 * the member to where it stands now; returns whether it has everything.
 */
static bool settle_member(struct pool *pool, struct lane *lane, struct member *member, uint64_t end,
                          uint64_t taken)
{
    uint64_t pos = member->pos + taken;
    uint64_t boundary = ring_boundary(&lane->ring, pos);
    if (boundary > pos) {
        struct iovec rest[2];
        unsigned count = ring_ranges(&lane->ring, pos, boundary, rest);
        for (unsigned i = 0; i < count; i++)
            pool->shared->ports.queue(pool->shared->ports.ctx, member->link,
                                      slice_of(rest[i].iov_base, rest[i].iov_len));
    }
    member->pos = boundary;
    return pos >= end;
}

/* Gives a member its share of what was taken, and returns what is left for the parts behind it. */
static uint64_t settle_share(struct pool *pool, struct lane *lane, uint32_t index, uint64_t end,
                             uint64_t taken)
{
    struct member *member = &lane->members[index];
    uint64_t due = end - member->pos;
    if (taken >= due) {
        member->pos = end;
        return taken - due;
    }
    settle_member(pool, lane, member, end, taken);
    pool_member_stall(pool, lane, index);
    return 0;
}

static void settle_entry(struct chunk *chunk, size_t entry)
{
    int64_t result = chunk->entries[entry].taken;
    uint64_t taken = result > 0 ? (uint64_t)result : 0;
    taken = settle_share(chunk->pool, chunk->lane, chunk->members[entry], chunk->end, taken);
    for (uint16_t i = entry > 0 ? chunk->parts_behind[entry - 1] : 0;
         i < chunk->parts_behind[entry]; i++) {
        const struct part *part = &chunk->parts[i];
        const struct place *place = &part->client->places[part->place];
        struct lane *lane = &place->pool->lanes[part->client->lane];
        taken = settle_share(place->pool, lane, place->index, part->end, taken);
    }
}

static void send_chunk(struct chunk *chunk)
{
    struct pool_shared *shared = chunk->pool->shared;
    if (chunk->flush.entries_count == 0)
        return;
    shared->ports.flush(shared->ports.ctx, &chunk->flush);
    metrics_add(shared->metrics, METRIC_DELIVERIES, (int64_t)chunk->flush.entries_count);
    for (size_t i = 0; i < chunk->flush.entries_count; i++)
        settle_entry(chunk, i);
    chunk->flush.entries_count = 0;
    chunk->flush.ranges_count = 0;
    chunk->parts_count = 0;
    chunk->from = UINT64_MAX;
}

static unsigned add_ranges(struct chunk *chunk, const struct lane *lane, uint64_t pos, uint64_t end)
{
    unsigned count = ring_ranges(&lane->ring, pos, end, &chunk->ranges[chunk->flush.ranges_count]);
    chunk->flush.ranges_count += count;
    return count;
}

/* What the client lacks of its other pools that are flushed in this turn goes along. Returns how many ranges it is. */
static unsigned add_parts(struct chunk *chunk, struct client *client)
{
    unsigned ranges = 0, parts = 0;
    for (uint16_t i = 0; i < client->places_count && parts < ENTRY_PARTS_MAX; i++) {
        const struct place *place = &client->places[i];
        if (!place->pool->flushing || place->behind || place->pool == chunk->pool)
            continue;
        const struct lane *lane = &place->pool->lanes[client->lane];
        uint64_t pos = lane->members[place->index].pos;
        if (place->index >= lane->ready_count || pos >= lane->ring.end)
            continue;
        chunk->parts[chunk->parts_count++] = (struct part){client, lane->ring.end, i};
        ranges += add_ranges(chunk, lane, pos, lane->ring.end);
        parts++;
    }
    return ranges;
}

static bool is_full(const struct chunk *chunk)
{
    return chunk->flush.entries_count == CHUNK_ENTRIES ||
           chunk->flush.ranges_count + 2 * (ENTRY_PARTS_MAX + 1) > CHUNK_RANGES ||
           chunk->parts_count + ENTRY_PARTS_MAX > CHUNK_PARTS;
}

static void add_to_chunk(struct chunk *chunk, uint32_t index)
{
    const struct member *member = &chunk->lane->members[index];
    size_t at = chunk->flush.entries_count++;
    /* Members at the same place name the same ranges, unless something of their own goes along. */
    if (member->pos != chunk->from || chunk->together) {
        chunk->from = member->pos;
        chunk->first = (uint32_t)chunk->flush.ranges_count;
        chunk->count = add_ranges(chunk, chunk->lane, member->pos, chunk->end);
        if (chunk->together)
            chunk->count += add_parts(chunk, member->client);
    }
    chunk->entries[at] = (struct flush_entry){member->link, chunk->first, chunk->count, 0};
    chunk->members[at] = index;
    chunk->parts_behind[at] = chunk->parts_count;
}

static void flush_lane(struct pool *pool, struct lane *lane, bool together)
{
    if (lane->flushed == lane->ring.end)
        return;
    struct chunk chunk;
    chunk.pool = pool;
    chunk.lane = lane;
    chunk.end = lane->ring.end;
    chunk.together = together;
    chunk.flush = (struct flush){chunk.entries, 0, chunk.ranges, 0};
    chunk.parts_count = 0;
    chunk.from = UINT64_MAX;
    for (uint32_t i = lane->ready_count; i-- > 0;) {
        if (lane->members[i].pos < chunk.end)
            add_to_chunk(&chunk, i);
        if (is_full(&chunk))
            send_chunk(&chunk);
    }
    send_chunk(&chunk);
    lane->flushed = chunk.end;
}

void pool_flush_lane(struct pool *pool, struct lane *lane)
{
    flush_lane(pool, lane, false);
}

void pool_flush_all(struct pool **pools, size_t count)
{
    for (size_t i = 0; i < count; i++)
        pools[i]->flushing = true;
    for (size_t i = 0; i < count; i++) {
        struct pool *pool = pools[i];
        for (unsigned lane = 0; lane < LANE_COUNT; lane++)
            flush_lane(pool, &pool->lanes[lane], count > 1);
        pool->due = false;
        pool->post_due = false;
        pool->posts = 0;
    }
    for (size_t i = 0; i < count; i++)
        pools[i]->flushing = false;
}

void pool_flush(struct pool *pool)
{
    pool_flush_all(&pool, 1);
}

void pool_resume(struct client *client, uint16_t place)
{
    struct pool *pool = client->places[place].pool;
    struct lane *lane = &pool->lanes[client->lane];
    uint32_t index = client->places[place].index;
    ASSERT(!client->places[place].behind);
    struct member *member = &lane->members[index];
    if (index < lane->ready_count)
        return;
    if (member->pos < lane->ring.start)
        return; /* a visitor that was overtaken: its door was told */

    uint64_t end = lane->ring.end;
    if (member->pos < end) {
        struct flush_entry entry = {member->link, 0, 0, 0};
        struct iovec ranges[2];
        struct flush flush = {&entry, 1, ranges, 0};
        entry.count = ring_ranges(&lane->ring, member->pos, end, ranges);
        flush.ranges_count = entry.count;
        pool->shared->ports.flush(pool->shared->ports.ctx, &flush);
        metrics_add(pool->shared->metrics, METRIC_DELIVERIES, 1);
        uint64_t taken = entry.taken > 0 ? (uint64_t)entry.taken : 0;
        if (!settle_member(pool, lane, member, end, taken))
            return;
    }
    pool_member_ready(pool, lane, index);
}
