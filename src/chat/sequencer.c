#include "chat/sequencer.h"

#include "base/assert.h"
#include "base/error.h"
#include "base/memory.h"
#include "chat/room.h"

struct sequencer {
    struct store *store;
    struct sequencer_limits limits;
    struct room lobby;
    struct event **posts; /* scratch: the posts of the batch in hand */
    size_t posts_cap;
};

struct sequencer *sequencer_new(struct store *store, const struct sequencer_limits *limits,
                                uint64_t now_ms)
{
    struct sequencer *sequencer = mem_zalloc(sizeof(*sequencer));
    sequencer->store = store;
    sequencer->limits = *limits;
    room_init(&sequencer->lobby, ROOM_LOBBY, &limits->notices, now_ms);
    return sequencer;
}

void sequencer_free(struct sequencer *sequencer)
{
    if (!sequencer)
        return;
    room_release(&sequencer->lobby);
    mem_free(sequencer->posts);
    mem_free(sequencer);
}

static size_t gather_posts(struct sequencer *sequencer, struct event **events, size_t count)
{
    size_t posts_count = 0;
    if (sequencer->posts_cap < count) {
        sequencer->posts = mem_realloc(sequencer->posts, count * sizeof(sequencer->posts[0]));
        sequencer->posts_cap = count;
    }
    for (size_t i = 0; i < count; i++) {
        if (events[i]->kind == EVENT_POST)
            sequencer->posts[posts_count++] = events[i];
    }
    return posts_count;
}

struct event_batch *sequencer_run(struct sequencer *sequencer, struct event **events, size_t count,
                                  uint64_t now_ms, uint64_t wall_ms)
{
    struct store *store = sequencer->store;
    struct event_batch *batch = event_batch_new(count);
    bool was_stale = sequencer->lobby.stale;

    /* What a newcomer is told as the head is the head at its place in the order. */
    uint64_t head = store->ops->head(store, ROOM_LOBBY);

    size_t posts_count = gather_posts(sequencer, events, count);
    if (posts_count > 0) {
        int result = store->ops->commit(store, sequencer->posts, posts_count, wall_ms);
        for (size_t i = 0; result != OK && i < posts_count; i++)
            sequencer->posts[i]->result = result;
    }

    for (size_t i = 0; i < count; i++) {
        struct event *event = events[i];
        ASSERT(event->kind == EVENT_DRAIN || event->room == ROOM_LOBBY);
        if (event->kind == EVENT_POST) {
            if (event->result == OK && !event->dup)
                head = event->seq;
        } else {
            event->head = head;
            event->ts_ms = wall_ms;
        }
        if (event->kind != EVENT_DRAIN)
            room_settle(&sequencer->lobby, event, &sequencer->limits.notices, now_ms);
        batch->events[batch->count++] = event;
    }
    if (sequencer->lobby.stale && !was_stale)
        sequencer->lobby.here_at_ms = now_ms + sequencer->limits.here_ms;
    return batch;
}

uint32_t sequencer_wait_ms(const struct sequencer *sequencer, uint64_t now_ms)
{
    const struct room *room = &sequencer->lobby;
    if (!room->stale)
        return UINT32_MAX;
    return room->here_at_ms > now_ms ? (uint32_t)(room->here_at_ms - now_ms) : 0;
}

struct event_batch *sequencer_tick(struct sequencer *sequencer, uint64_t now_ms)
{
    struct room *room = &sequencer->lobby;
    if (sequencer_wait_ms(sequencer, now_ms) != 0)
        return NULL;
    room->stale = false;

    struct event *here = event_new(EVENT_HERE, slice_of(NULL, 0), slice_of(NULL, 0));
    here->room = room->number;
    here->roster = roster_view(room->roster);
    here->people = here->roster->people;
    here->visitors = here->roster->visitors;
    struct event_batch *batch = event_batch_new(1);
    batch->events[batch->count++] = here;
    return batch;
}
