/*
 * What follows from an event once the store has kept what was to be kept: who is here, the notices that rooms see of it,
 * and what belongs to one person.
 */

#include <string.h>

#include "base/assert.h"
#include "base/error.h"
#include "base/memory.h"
#include "chat/follow.h"
#include "chat/roster.h"
#include "chat/server_state.h"

struct event *follow_new_notice(uint8_t kind, const struct room *room, uint64_t person)
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
bool follow_may_tell(struct sequencer *sequencer, struct room *room)
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

void follow_add_notice(struct sequencer *sequencer, struct event *notice)
{
    notice->ts_ms = sequencer->wall_ms;
    event_batch_add(sequencer->batch, notice);
}

void follow_tell_came(struct sequencer *sequencer, struct room *room, const struct person *person,
                      bool moved, bool turned)
{
    if (!follow_may_tell(sequencer, room))
        return;
    struct event *notice = follow_new_notice(EVENT_CAME, room, person->id);
    notice->name = person_name(person);
    notice->person_active = person->shown_active;
    notice->moved = moved;
    notice->turned = turned;
    follow_add_notice(sequencer, notice);
}

void follow_tell_went(struct sequencer *sequencer, struct room *room, const struct person *person,
                      bool moved, bool turned)
{
    if (!follow_may_tell(sequencer, room))
        return;
    struct event *notice = follow_new_notice(EVENT_WENT, room, person->id);
    notice->name = person_name(person);
    notice->moved = moved;
    notice->turned = turned;
    follow_add_notice(sequencer, notice);
}

static void tell_visitor(struct sequencer *sequencer, uint8_t kind, uint64_t visitor)
{
    struct room *lobby = sequencer->community.lobby;
    if (!follow_may_tell(sequencer, lobby))
        return;
    struct event *notice = follow_new_notice(kind, lobby, visitor);
    notice->visitor = notice->moved = notice->turned = true;
    notice->person_active = kind == EVENT_CAME;
    follow_add_notice(sequencer, notice);
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
        if (!follow_may_tell(sequencer, room))
            continue;
        struct event *notice = follow_new_notice(EVENT_TURNED, room, person->id);
        notice->name = person_name(person);
        notice->person_active = active;
        follow_add_notice(sequencer, notice);
    }
}

/* Who is in a direct room is read once while it is known: it changes when somebody leaves the server or is renamed. */
static int look_up_peers(struct sequencer *sequencer, struct room *room)
{
    struct store *store = sequencer->store;
    struct peer peers[DIRECT_PEOPLE_MAX];
    unsigned count = 0;
    if (room->peers)
        return OK;
    int result = store->ops->people_of(store, room->id, peers, DIRECT_PEOPLE_MAX, &count);
    if (settle_step(sequencer, result) != OK)
        return result;
    room->peers_count = count;
    room->peers = mem_alloc((count + 1) * sizeof(peers[0]));
    memcpy(room->peers, peers, count * sizeof(peers[0]));
    return OK;
}

/* Of a direct room everybody is told who is in it: it has no other name. */
static void describe(struct sequencer *sequencer, struct room *room, const struct seat *seat,
                     struct room_info *ret_info)
{
    room_describe(room, seat, ret_info);
    if (room->kind != ROOM_DIRECT || look_up_peers(sequencer, room) != OK)
        return;
    ret_info->peers_count = room->peers_count;
    ret_info->peers = mem_alloc((room->peers_count + 1) * sizeof(room->peers[0]));
    memcpy(ret_info->peers, room->peers, room->peers_count * sizeof(room->peers[0]));
}

struct room_info *follow_describe(struct sequencer *sequencer, struct room *room,
                                  const struct seat *seat)
{
    struct room_info *info = mem_zalloc(sizeof(*info));
    describe(sequencer, room, seat, info);
    return info;
}

static void add_room(struct sequencer *sequencer, struct welcome *welcome, struct room *room,
                     const struct seat *seat)
{
    describe(sequencer, room, seat, &welcome->rooms[welcome->rooms_count++]);
}

static int know(struct sequencer *sequencer, struct event *event, struct person **ret_person)
{
    const struct person_record record = {
        .id = event->person,
        .name = event->name,
        .display = event->display,
        .role = event->role,
        .muted_ms = event->muted_ms,
        .color = event->color,
    };
    int result = community_enter(&sequencer->community, &record, sequencer->now_ms, ret_person);
    if (settle_step(sequencer, result) != OK) {
        event->result = result;
        return result;
    }
    struct person *person = *ret_person;
    person->out &= event->again || person->erased;
    event->name = person_name(person);
    event->display = person_display(person);
    event->role = person->role;
    event->muted_ms = person->muted_ms;
    event->color = person->color;
    return OK;
}

/* A connection that makes its person be here. */
static int connect(struct sequencer *sequencer, struct event *event, struct person *person)
{
    bool first = !person->here;
    if (first) {
        int result = community_appear(&sequencer->community, person);
        if (settle_step(sequencer, result) != OK)
            return result;
    }
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
            follow_tell_came(sequencer, room, person, moved, first);
    }
    tell_turned(sequencer, person);
    return OK;
}

static void welcome_person(struct sequencer *sequencer, struct event *event)
{
    struct welcome *welcome = event->welcome;
    struct person *person;
    if (know(sequencer, event, &person) != OK)
        return;
    if (event->quiet)
        person->quiet += !event->again;
    else if (!event->again)
        event->result = connect(sequencer, event, person);
    if (event->result != OK)
        return;
    welcome->server = sequencer->server ? server_state_ref(sequencer->server) : NULL;
    welcome->rooms = mem_zalloc(((size_t)person->seats_count + 1) * sizeof(welcome->rooms[0]));
    for (uint16_t i = 0; i < person->seats_count; i++)
        add_room(sequencer, welcome, person->seats[i].room, &person->seats[i]);
}

static void welcome_visitor(struct sequencer *sequencer, struct event *event)
{
    struct room *lobby = sequencer->community.lobby;
    room_visit(lobby, 1);
    tell_visitor(sequencer, EVENT_CAME, event->person);
    event->welcome->rooms = mem_zalloc(sizeof(event->welcome->rooms[0]));
    add_room(sequencer, event->welcome, lobby, NULL);
}

/* The notices stand before the answer: what the newcomer itself sees of its coming its door makes of the answer. */
void follow_hello(struct sequencer *sequencer, struct event *event)
{
    if (event->result == OK && event->visitor)
        welcome_visitor(sequencer, event);
    else if (event->result == OK)
        welcome_person(sequencer, event);
    event_batch_add(sequencer->batch, event);
}

static void bye_quiet(struct sequencer *sequencer, struct person *person)
{
    ASSERT(person->quiet > 0);
    person->quiet--;
    if (!person->here && person->quiet == 0)
        community_vanish(&sequencer->community, person);
}

void follow_bye(struct sequencer *sequencer, struct event *event)
{
    struct community *community = &sequencer->community;
    struct person *person = community_person(community, event->person);
    event_batch_add(sequencer->batch, event);
    if (event->visitor) {
        room_visit(community->lobby, -1);
        tell_visitor(sequencer, EVENT_WENT, event->person);
        return;
    }
    ASSERT(person);
    if (event->quiet) {
        bye_quiet(sequencer, person);
        return;
    }
    ASSERT(person->connections > 0);
    person->connections--;
    person->active_connections -= event->active;
    ASSERT(person->active_connections <= person->connections);
    follow_tell_went(sequencer, community->lobby, person, true, false);
    /* Whoever only reloads the page or changes networks has not been idle, either. */
    if (person->connections == 0)
        community_away(community, person, sequencer->now_ms + sequencer->limits.away_ms);
    else
        tell_turned(sequencer, person);
}

void follow_named(struct sequencer *sequencer, struct person *person, const struct name *name)
{
    struct name was = person_name(person);
    if (slice_equals(name_slice(&was), name_slice(name)))
        return;
    person_set_name(person, name);
    for (uint16_t i = 0; i < person->seats_count; i++) {
        struct room *room = person->seats[i].room;
        room_forget_peers(room);
        room_changed(room);
        if (!follow_may_tell(sequencer, room))
            continue;
        struct event *notice = follow_new_notice(EVENT_RENAMED, room, person->id);
        notice->name = *name;
        notice->was = was;
        follow_add_notice(sequencer, notice);
    }
}

void follow_rename(struct sequencer *sequencer, struct event *event)
{
    struct person *person = community_person(&sequencer->community, event->person);
    event_batch_add(sequencer->batch, event);
    if (event->result == OK)
        follow_named(sequencer, person, &event->name);
}

void follow_active(struct sequencer *sequencer, struct event *event)
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
        seat->read_count = (uint32_t)event->target;
        seat->mentions = event->mentions & 0x3fffu;
        seat->stale = false;
    } else {
        /* What moved it further in this batch is kept, too, unless it was the person's own message. */
        if (!seat->stale)
            event->seq = seat->read;
        event->unchanged = true;
    }
    event->unread = room_unread(seat->room, seat);
    event->mentions = seat->mentions;
}

static void take_level(struct seat *seat, struct event *event)
{
    seat->level = event->seq & 3u;
    event->unread = room_unread(seat->room, seat);
    event->mentions = seat->mentions;
}

void follow_in_room(struct sequencer *sequencer, struct event *event)
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
    else if (event->kind == EVENT_LEVEL && event->result == OK)
        take_level(seat, event);
    event_batch_add(sequencer->batch, event);
}

/* ---- what one person, or every hub, is told ---- */

struct event *follow_personal(uint8_t kind, uint64_t room, uint64_t person)
{
    struct event *personal = event_new(kind, slice_of(NULL, 0), slice_of(NULL, 0));
    personal->room = room;
    personal->person = person;
    personal->origin = (struct event_origin){UINT32_MAX, UINT32_MAX, 0};
    return personal;
}

void follow_you(struct sequencer *sequencer, const struct person *person)
{
    struct event *you = follow_personal(EVENT_YOU, 0, person->id);
    you->name = person_name(person);
    you->display = person_display(person);
    you->role = person->role;
    you->muted_ms = person->muted_ms;
    you->color = person->color;
    event_batch_add(sequencer->batch, you);
}

void follow_ended(struct sequencer *sequencer, uint64_t person, uint64_t session, uint64_t but,
                  uint8_t refusal)
{
    struct event *ended = follow_personal(EVENT_ENDED, 0, person);
    ended->session = session;
    ended->but = but;
    ended->refusal = refusal;
    event_batch_add(sequencer->batch, ended);
}

void follow_server(struct sequencer *sequencer, struct server_state *state)
{
    struct event *event = follow_personal(EVENT_SERVER, 0, 0);
    server_state_unref(sequencer->server);
    sequencer->server = state;
    event->server = server_state_ref(state);
    event_batch_add(sequencer->batch, event);
}
