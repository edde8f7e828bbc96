#include "chat/sequencer.h"

#include <string.h>

#include "base/assert.h"
#include "base/error.h"
#include "base/memory.h"
#include "chat/follow.h"
#include "chat/roster.h"
#include "chat/server_state.h"

enum { MARKS_MS = 2000 };

/* Which addresses are banned, and the brake. */
static void note_ban(void *ctx, const struct ban_record *ban)
{
    struct sequencer *sequencer = ctx;
    sequencer->server = server_state_with_ban(sequencer->server, ban);
}

static int load_server(struct sequencer *sequencer, uint64_t wall_ms)
{
    struct store *store = sequencer->store;
    struct server_record record = {0};
    sequencer->server = server_state_new(0);
    if (!store->directory)
        return OK;
    int result = store->directory->server_get(store, &record);
    if (result == OK)
        result = store->directory->bans_of_addresses(store, wall_ms, note_ban, sequencer);
    sequencer->server->members_only = record.members_only;
    sequencer->server->slow_ms = record.slow_ms;
    sequencer->server->name = record.name;
    return result;
}

int sequencer_new(struct store *store, const struct sequencer_limits *limits, uint64_t now_ms,
                  uint64_t wall_ms, struct sequencer **ret_sequencer)
{
    struct sequencer *sequencer = mem_zalloc(sizeof(*sequencer));
    sequencer->store = store;
    sequencer->limits = *limits;
    sequencer->slow.salt = limits->chance();
    sequencer->now_ms = now_ms;
    rate_init(&sequencer->notice_deliveries, &limits->notice_deliveries, now_ms);
    int result =
        community_init(&sequencer->community, store, &limits->notices, limits->chance(), now_ms);
    if (result == OK)
        result = load_server(sequencer, wall_ms);
    if (result != OK) {
        community_release(&sequencer->community);
        server_state_unref(sequencer->server);
        mem_free(sequencer);
        return result;
    }
    *ret_sequencer = sequencer;
    return OK;
}

void sequencer_free(struct sequencer *sequencer)
{
    if (!sequencer)
        return;
    community_release(&sequencer->community);
    server_state_unref(sequencer->server);
    slow_mode_release(&sequencer->slow);
    mem_free(sequencer->kept_in);
    mem_free(sequencer->joins);
    mem_free(sequencer);
}

struct server_state *sequencer_server(const struct sequencer *sequencer)
{
    return sequencer->server;
}

bool sequencer_is_broken(const struct sequencer *sequencer)
{
    return sequencer->broken;
}

/* ---- first: what the store keeps ---- */

static bool settle(struct sequencer *sequencer, struct event *event)
{
    switch (event->kind) {
    case EVENT_HELLO:
        return settle_hello(sequencer, event);
    case EVENT_RENAME:
        return settle_rename(sequencer, event);
    case EVENT_READ:
        return settle_read(sequencer, event);
    case EVENT_LEVEL:
        return settle_level(sequencer, event);
    case EVENT_ACT:
        return settle_act(sequencer, event);
    default:
        return event_kind_is_kept(event->kind) && settle_kept(sequencer, event);
    }
}

/* They did not happen; what was noted of them for the length of the run is forgotten. */
static void drop_consequences(struct sequencer *sequencer, struct event *event)
{
    while (event->consequences) {
        struct event *next = event->consequences->next;
        follow_forget(sequencer, event->consequences);
        event_free(event->consequences);
        event->consequences = next;
    }
}

/* All or nothing. Nobody hears of anything in this run before this has answered OK. */
static void settle_all(struct sequencer *sequencer, struct event **events, size_t count)
{
    struct store *store = sequencer->store;
    if (sequencer->kept_in_cap < count) {
        sequencer->kept_in = mem_realloc(sequencer->kept_in, count * sizeof(sequencer->kept_in[0]));
        sequencer->kept_in_cap = count;
    }
    sequencer->open = false;
    sequencer->failed = OK;
    sequencer->joins_count = 0;
    for (size_t i = 0; i < count; i++)
        sequencer->kept_in[i] = settle(sequencer, events[i]);

    if (sequencer->open && sequencer->failed == OK)
        settle_step(sequencer, store->ops->commit(store));
    if (sequencer->failed == OK)
        return;
    community_settle(&sequencer->community, false);
    for (size_t i = 0; i < count; i++) {
        if (!sequencer->kept_in[i])
            continue;
        drop_consequences(sequencer, events[i]);
        events[i]->result = sequencer->failed;
        events[i]->dup = events[i]->unchanged = false;
        events[i]->seq = 0;
    }
}

/* ---- then: what follows from it, in order ---- */

static void follow_consequences(struct sequencer *sequencer, struct event *consequences)
{
    while (consequences) {
        struct event *event = consequences;
        consequences = event->next;
        event->next = NULL;
        follow_kept(sequencer, event);
    }
}

static void follow(struct sequencer *sequencer, struct event *event)
{
    /* Shared from when it is in the batch on: what only the sequencer needs is taken out before. */
    struct event *consequences = event->consequences;
    event->consequences = NULL;
    switch (event->kind) {
    case EVENT_HELLO:
        follow_hello(sequencer, event);
        break;
    case EVENT_BYE:
        follow_bye(sequencer, event);
        break;
    case EVENT_RENAME:
        follow_rename(sequencer, event);
        break;
    case EVENT_ACTIVE:
        follow_active(sequencer, event);
        break;
    case EVENT_READ:
    case EVENT_LEVEL:
    case EVENT_TYPING:
    case EVENT_WHO:
        follow_in_room(sequencer, event);
        break;
    case EVENT_ACT:
        follow_act(sequencer, event);
        break;
    default:
        if (event_kind_is_kept(event->kind))
            follow_kept(sequencer, event);
        else
            event_batch_add(sequencer->batch, event);
        break;
    }
    follow_consequences(sequencer, consequences);
}

static struct event_batch *begin_batch(struct sequencer *sequencer, size_t count, uint64_t now_ms,
                                       uint64_t wall_ms)
{
    sequencer->now_ms = now_ms;
    sequencer->wall_ms = wall_ms;
    sequencer->batch = event_batch_new(count);
    return sequencer->batch;
}

/*
 * How many events are settled together. What changes somebody's rights ends a part: whatever comes behind it is asked
 * about with the new ones.
 */
static size_t part_of(struct event *const *events, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        switch (events[i]->kind) {
        case EVENT_ACT:
        case EVENT_SETTINGS:
        case EVENT_HOST:
        case EVENT_UNHOST:
            return i + 1;
        default:
            break;
        }
    }
    return count;
}

/* Nobody will be told of this batch; the events only have to be somebody's. */
static void drop_rest(struct sequencer *sequencer, struct event **events, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        events[i]->result = ERR_IO;
        event_batch_add(sequencer->batch, events[i]);
    }
}

struct event_batch *sequencer_run(struct sequencer *sequencer, struct event **events, size_t count,
                                  uint64_t now_ms, uint64_t wall_ms)
{
    struct event_batch *batch = begin_batch(sequencer, count + count / 2, now_ms, wall_ms);
    while (count > 0) {
        size_t part = part_of(events, count);
        settle_all(sequencer, events, part);
        for (size_t i = 0; i < part; i++)
            follow(sequencer, events[i]);
        community_settle(&sequencer->community, true);
        events += part;
        count -= part;
        if (sequencer->broken) {
            drop_rest(sequencer, events, count);
            break;
        }
    }
    return batch;
}

/* ---- what comes by itself ---- */

uint32_t sequencer_wait_ms(const struct sequencer *sequencer, uint64_t now_ms)
{
    uint64_t at_ms = UINT64_MAX;
    for (const struct room *room = sequencer->community.stale; room; room = room->next_stale)
        at_ms = room->here_at_ms < at_ms ? room->here_at_ms : at_ms;
    const struct person *away = sequencer->community.away_first;
    if (away && away->away_ms < at_ms)
        at_ms = away->away_ms;
    if (sequencer->community.marks && sequencer->marks_at_ms < at_ms)
        at_ms = sequencer->marks_at_ms;
    if (at_ms == UINT64_MAX)
        return UINT32_MAX;
    return at_ms > now_ms ? (uint32_t)(at_ms - now_ms) : 0;
}

static void tell_here(struct sequencer *sequencer)
{
    struct room **link = &sequencer->community.stale;
    while (*link) {
        struct room *room = *link;
        if (room->here_at_ms > sequencer->now_ms) {
            link = &room->next_stale;
            continue;
        }
        *link = room->next_stale;
        room->stale = false;
        struct event *here = follow_new_notice(EVENT_HERE, room, 0);
        if (room->here_count <= sequencer->limits.here_names_max)
            here->roster = room_view(room);
        event_batch_add(sequencer->batch, here);
        community_sweep(&sequencer->community, room);
    }
}

/* When somebody was last here decides when the name is free again; a disk that is full must not stop anybody's leaving. */
static void note_seen(struct sequencer *sequencer, const struct person *person)
{
    struct store *store = sequencer->store;
    struct person_record record = {
        .id = person->id,
        .name = person_name(person),
        .seen_ms = sequencer->wall_ms,
    };
    struct person_record holder;
    if (person->erased || settle_open(sequencer) != OK)
        return;
    /* Whoever came back while nothing could be kept may bear a name that somebody else has by now. */
    name_fold(&record.name, &record.folded);
    int result = settle_step(sequencer, store->ops->person_by_name(store, &record.folded, &holder));
    if (result == OK && holder.id != person->id)
        record.folded.len = 0;
    if (result == OK || result == ERR_NOT_FOUND)
        settle_step(sequencer, store->ops->person_update(store, &record));
}

static void drop_away(struct sequencer *sequencer)
{
    struct community *community = &sequencer->community;
    enum { DROPS_MAX = 500 };
    for (unsigned i = 0; i < DROPS_MAX; i++) {
        struct person *person = community->away_first;
        if (!person || person->away_ms > sequencer->now_ms)
            break;
        settle_marks(sequencer, person);
        note_seen(sequencer, person);
        for (uint16_t at = 0; at < person->seats_count; at++) {
            struct room *room = person->seats[at].room;
            room_list(room, person, false);
            follow_tell_went(sequencer, room, person, false, true);
        }
        person->here = false;
        community_vanish(community, person);
    }
}

/* Marks that people moved by what they said themselves: kept some time later, many at once. */
static unsigned tell_marks(struct sequencer *sequencer)
{
    const struct person *person = sequencer->community.marks;
    enum { PEOPLE_MAX = 500 };
    unsigned count = 0;
    if (!person || sequencer->marks_at_ms > sequencer->now_ms)
        return 0;
    for (; count < PEOPLE_MAX && person && sequencer->failed == OK; person = person->next_stale) {
        settle_marks(sequencer, person);
        count++;
    }
    sequencer->marks_at_ms = sequencer->now_ms + MARKS_MS;
    return count;
}

/* The store knows them now. */
static void forget_marks(struct sequencer *sequencer, unsigned count)
{
    struct community *community = &sequencer->community;
    while (count-- > 0) {
        struct person *person = community->marks;
        for (uint16_t i = 0; i < person->seats_count; i++)
            person->seats[i].stale = false;
        community->marks = person->next_stale;
        person->stale = false;
    }
}

static void begin_settling(struct sequencer *sequencer)
{
    sequencer->open = false;
    sequencer->failed = OK;
}

static void end_settling(struct sequencer *sequencer)
{
    struct store *store = sequencer->store;
    if (sequencer->open && sequencer->failed == OK)
        settle_step(sequencer, store->ops->commit(store));
    sequencer->open = false;
}

struct event_batch *sequencer_tick(struct sequencer *sequencer, uint64_t now_ms, uint64_t wall_ms)
{
    if (sequencer_wait_ms(sequencer, now_ms) != 0)
        return NULL;
    struct event_batch *batch = begin_batch(sequencer, 1, now_ms, wall_ms);
    begin_settling(sequencer);
    drop_away(sequencer);
    unsigned told = tell_marks(sequencer);
    end_settling(sequencer);
    if (sequencer->failed == OK)
        forget_marks(sequencer, told);
    tell_here(sequencer);
    if (batch->count > 0)
        return batch;
    event_batch_unref(batch);
    return NULL;
}
