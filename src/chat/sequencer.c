#include "chat/sequencer.h"

#include <string.h>

#include "base/assert.h"
#include "base/error.h"
#include "base/memory.h"
#include "chat/roster.h"
#include "chat/sequencer_state.h"

int sequencer_new(struct store *store, const struct sequencer_limits *limits, uint64_t now_ms,
                  struct sequencer **ret_sequencer)
{
    struct sequencer *sequencer = mem_zalloc(sizeof(*sequencer));
    sequencer->store = store;
    sequencer->limits = *limits;
    sequencer->now_ms = now_ms;
    rate_init(&sequencer->notice_deliveries, &limits->notice_deliveries, now_ms);
    int result =
        community_init(&sequencer->community, store, &limits->notices, limits->chance(), now_ms);
    if (result != OK) {
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
    mem_free(sequencer->kept_in);
    mem_free(sequencer->joins);
    mem_free(sequencer);
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
    default:
        return event_kind_is_kept(event->kind) && settle_kept(sequencer, event);
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
        events[i]->result = sequencer->failed;
        events[i]->dup = events[i]->unchanged = false;
        events[i]->seq = 0;
    }
}

/* ---- then: what follows from it, in order ---- */

static struct event *new_notice(uint8_t kind, const struct room *room, uint64_t person)
{
    struct event *notice = event_new(kind, slice_of(NULL, 0), slice_of(NULL, 0));
    notice->room = room->id;
    notice->person = person;
    notice->client = person;
    notice->people = room->here_count;
    notice->visitors = room->visitors;
    notice->origin = (struct event_origin){UINT32_MAX, UINT32_MAX, 0};
    return notice;
}

/* Whether the budgets have room for a notice in this room. If not, a HERE is owed, and the notice is not even made. */
static bool may_tell(struct sequencer *sequencer, struct room *room)
{
    const struct sequencer_limits *limits = &sequencer->limits;
    uint32_t seen_by = room->here_count + room->visitors;
    if (rate_take(&room->notices, &limits->notices, sequencer->now_ms) &&
        rate_take_many(&sequencer->notice_deliveries, &limits->notice_deliveries, seen_by,
                       sequencer->now_ms))
        return true;
    community_stale(&sequencer->community, room, sequencer->now_ms + limits->here_ms);
    return false;
}

static void add_notice(struct sequencer *sequencer, struct event *notice)
{
    notice->ts_ms = sequencer->wall_ms;
    notice->shown = true;
    event_batch_add(sequencer->batch, notice);
}

static void tell_came(struct sequencer *sequencer, struct room *room, const struct person *person,
                      bool moved, bool turned)
{
    if (!may_tell(sequencer, room))
        return;
    struct event *notice = new_notice(EVENT_CAME, room, person->id);
    notice->name = person_name(person);
    notice->person_active = person->shown_active;
    notice->moved = moved;
    notice->turned = turned;
    add_notice(sequencer, notice);
}

static void tell_went(struct sequencer *sequencer, struct room *room, const struct person *person,
                      bool moved, bool turned)
{
    if (!may_tell(sequencer, room))
        return;
    struct event *notice = new_notice(EVENT_WENT, room, person->id);
    notice->name = person_name(person);
    notice->moved = moved;
    notice->turned = turned;
    add_notice(sequencer, notice);
}

static void tell_visitor(struct sequencer *sequencer, uint8_t kind, uint64_t visitor)
{
    struct room *lobby = sequencer->community.lobby;
    if (!may_tell(sequencer, lobby))
        return;
    struct event *notice = new_notice(kind, lobby, visitor);
    notice->visitor = notice->moved = notice->turned = true;
    notice->person_active = kind == EVENT_CAME;
    add_notice(sequencer, notice);
}

/* Tells the person's rooms when it has become active or idle. */
static void tell_turned(struct sequencer *sequencer, struct person *person)
{
    bool active = person->active_connections > 0;
    if (person->shown_active == active)
        return;
    person->shown_active = active;
    for (uint16_t i = 0; i < person->seats_count; i++) {
        struct room *room = person->seats[i].room;
        room_changed(room);
        if (!may_tell(sequencer, room))
            continue;
        struct event *notice = new_notice(EVENT_TURNED, room, person->id);
        notice->name = person_name(person);
        notice->person_active = active;
        add_notice(sequencer, notice);
    }
}

static void add_room(struct welcome *welcome, const struct room *room, uint64_t read)
{
    room_describe(room, read, &welcome->rooms[welcome->rooms_count++]);
}

static void welcome_person(struct sequencer *sequencer, struct event *event)
{
    struct welcome *welcome = event->welcome;
    struct person *person;
    bool first;
    int result = community_enter(&sequencer->community, event->person, &event->name,
                                 sequencer->now_ms, &person, &first);
    if (settle_step(sequencer, result) != OK) {
        event->result = result;
        return;
    }
    event->name = person_name(person);
    if (!event->again) {
        community_back(&sequencer->community, person);
        person->connections++;
        person->active_connections += event->active;
        if (first)
            person->shown_active = event->active;
        for (uint16_t i = 0; i < person->seats_count; i++) {
            struct room *room = person->seats[i].room;
            bool moved = room == sequencer->community.lobby;
            room_changed(room);
            if (first || moved)
                tell_came(sequencer, room, person, moved, first);
        }
        tell_turned(sequencer, person);
    }
    welcome->rooms = mem_zalloc(((size_t)person->seats_count + 1) * sizeof(welcome->rooms[0]));
    for (uint16_t i = 0; i < person->seats_count; i++)
        add_room(welcome, person->seats[i].room, person->seats[i].read);
}

static void welcome_visitor(struct sequencer *sequencer, struct event *event)
{
    struct room *lobby = sequencer->community.lobby;
    room_visit(lobby, 1);
    tell_visitor(sequencer, EVENT_CAME, event->person);
    event->welcome->rooms = mem_zalloc(sizeof(event->welcome->rooms[0]));
    add_room(event->welcome, lobby, 0);
}

/* The notices stand before the answer: what the newcomer itself sees of its coming its door makes of the answer. */
static void follow_hello(struct sequencer *sequencer, struct event *event)
{
    if (event->result == OK && event->visitor)
        welcome_visitor(sequencer, event);
    else if (event->result == OK)
        welcome_person(sequencer, event);
    event_batch_add(sequencer->batch, event);
}

static void follow_bye(struct sequencer *sequencer, struct event *event)
{
    struct community *community = &sequencer->community;
    struct person *person = community_person(community, event->person);
    event_batch_add(sequencer->batch, event);
    if (event->visitor) {
        room_visit(community->lobby, -1);
        tell_visitor(sequencer, EVENT_WENT, event->person);
        return;
    }
    ASSERT(person && person->connections > 0);
    person->connections--;
    person->active_connections -= event->active;
    ASSERT(person->active_connections <= person->connections);
    tell_went(sequencer, community->lobby, person, true, false);
    /* Whoever only reloads the page or changes networks has not been idle, either. */
    if (person->connections == 0)
        community_away(community, person, sequencer->now_ms + sequencer->limits.away_ms);
    else
        tell_turned(sequencer, person);
}

static void follow_rename(struct sequencer *sequencer, struct event *event)
{
    struct person *person = community_person(&sequencer->community, event->person);
    event_batch_add(sequencer->batch, event);
    if (event->result != OK)
        return;
    struct name was = person_name(person);
    if (slice_equals(name_slice(&was), name_slice(&event->name)))
        return;
    person_set_name(person, &event->name);
    for (uint16_t i = 0; i < person->seats_count; i++) {
        struct room *room = person->seats[i].room;
        room_changed(room);
        if (!may_tell(sequencer, room))
            continue;
        struct event *notice = new_notice(EVENT_RENAMED, room, person->id);
        notice->name = event->name;
        notice->was = was;
        add_notice(sequencer, notice);
    }
}

static void follow_active(struct sequencer *sequencer, struct event *event)
{
    struct person *person = community_person(&sequencer->community, event->person);
    event_batch_add(sequencer->batch, event);
    if (!person)
        return;
    if (event->active)
        person->active_connections++;
    else
        person->active_connections--;
    ASSERT(person->active_connections <= person->connections);
    tell_turned(sequencer, person);
}

/* Another one of this batch may have moved it further. */
static void move_mark(struct seat *seat, struct event *event)
{
    if (event->seq > seat->read) {
        seat->read = event->seq;
    } else {
        event->seq = seat->read;
        event->unchanged = true;
    }
}

/* READ, TYPING, WHO: of a room that the person is in. */
static void follow_in_room(struct sequencer *sequencer, struct event *event)
{
    struct person *person = community_person(&sequencer->community, event->person);
    struct seat *seat = person ? person_seat(person, event->room) : NULL;
    event->name = person_name(person);
    if (!seat)
        event->result = ERR_NOT_FOUND;
    else if (event->kind == EVENT_WHO)
        event->roster = room_view(seat->room);
    else if (event->kind == EVENT_READ && event->result == OK)
        move_mark(seat, event);
    event_batch_add(sequencer->batch, event);
}

/* ---- kept events ---- */

static struct event *new_personal(uint8_t kind, const struct event *cause)
{
    struct event *personal = event_new(kind, slice_of(NULL, 0), slice_of(NULL, 0));
    personal->room = cause->room;
    personal->person = cause->person;
    personal->origin = (struct event_origin){UINT32_MAX, UINT32_MAX, 0};
    return personal;
}

/* The person's connections follow the room from just before the event that lets them in. */
static void let_in(struct sequencer *sequencer, struct room *room, struct person *person,
                   struct event *event)
{
    struct event *added = new_personal(EVENT_ADDED, event);
    room_seat(room, person, 0);
    added->info = mem_zalloc(sizeof(*added->info));
    room_describe(room, 0, added->info);
    event_batch_add(sequencer->batch, added);
}

static void let_out(struct sequencer *sequencer, struct room *room, struct person *person,
                    struct event *event)
{
    room_unseat(room, person);
    event_batch_add(sequencer->batch, new_personal(EVENT_GONE, event));
    tell_went(sequencer, room, person, false, true);
}

static void set_topic(struct room *room, struct slice topic)
{
    mem_free(room->topic);
    room->topic = topic.len > 0 ? mem_copy_string(topic.ptr, topic.len) : NULL;
}

static bool makes_event(const struct event *event)
{
    return event->result == OK && !event->dup && !event->unchanged;
}

static void follow_kept(struct sequencer *sequencer, struct event *event)
{
    struct community *community = &sequencer->community;
    struct person *person = event->visitor ? NULL : community_person(community, event->person);
    struct seat *seat = person ? person_seat(person, event->room) : NULL;
    struct room *room;
    if (seat)
        seat->leaving = false;
    if (person)
        person->joining = 0;
    if (!makes_event(event)) {
        event_batch_add(sequencer->batch, event);
        return;
    }
    event->name = person_name(person);
    /* It was found when the event was settled, and stays at least until the run ends. */
    int found = community_room(community, event->room, sequencer->now_ms, &room);
    ASSERT(found == OK);
    bool enters = event->kind == EVENT_JOINED || event->kind == EVENT_CREATED;
    bool leaves = event->kind == EVENT_LEFT;
    ASSERT(person || !(enters || leaves));
    if (enters)
        let_in(sequencer, room, person, event);
    else if (event->kind == EVENT_TOPIC)
        set_topic(room, event->message.body);
    ASSERT(event->seq == room->told.seq + 1);
    room->told = (struct room_head){event->seq, event->mid, event->ts_ms};
    event_batch_add(sequencer->batch, event);
    if (enters && event->kind == EVENT_JOINED)
        tell_came(sequencer, room, person, false, true);
    else if (leaves)
        let_out(sequencer, room, person, event);
}

static void follow(struct sequencer *sequencer, struct event *event)
{
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
    case EVENT_TYPING:
    case EVENT_WHO:
        follow_in_room(sequencer, event);
        break;
    default:
        if (event_kind_is_kept(event->kind))
            follow_kept(sequencer, event);
        else
            event_batch_add(sequencer->batch, event);
        break;
    }
}

static struct event_batch *begin_batch(struct sequencer *sequencer, size_t count, uint64_t now_ms,
                                       uint64_t wall_ms)
{
    sequencer->now_ms = now_ms;
    sequencer->wall_ms = wall_ms;
    sequencer->batch = event_batch_new(count);
    return sequencer->batch;
}

struct event_batch *sequencer_run(struct sequencer *sequencer, struct event **events, size_t count,
                                  uint64_t now_ms, uint64_t wall_ms)
{
    struct event_batch *batch = begin_batch(sequencer, count + count / 2, now_ms, wall_ms);
    settle_all(sequencer, events, count);
    for (size_t i = 0; i < count; i++)
        follow(sequencer, events[i]);
    community_settle(&sequencer->community, true);
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
        struct event *here = new_notice(EVENT_HERE, room, 0);
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
    if (settle_open(sequencer) != OK)
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
    struct store *store = sequencer->store;
    enum { DROPS_MAX = 500 };
    sequencer->open = false;
    sequencer->failed = OK;
    for (unsigned i = 0; i < DROPS_MAX; i++) {
        struct person *person = community->away_first;
        if (!person || person->away_ms > sequencer->now_ms)
            break;
        note_seen(sequencer, person);
        while (person->seats_count > 0) {
            struct room *room = person->seats[person->seats_count - 1].room;
            room_unseat(room, person);
            tell_went(sequencer, room, person, false, true);
            community_sweep(community, room);
        }
        community_drop(community, person);
    }
    if (sequencer->open && sequencer->failed == OK)
        settle_step(sequencer, store->ops->commit(store));
}

struct event_batch *sequencer_tick(struct sequencer *sequencer, uint64_t now_ms, uint64_t wall_ms)
{
    if (sequencer_wait_ms(sequencer, now_ms) != 0)
        return NULL;
    struct event_batch *batch = begin_batch(sequencer, 1, now_ms, wall_ms);
    drop_away(sequencer);
    tell_here(sequencer);
    if (batch->count > 0)
        return batch;
    event_batch_unref(batch);
    return NULL;
}
