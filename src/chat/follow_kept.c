/*
 * What follows from a kept event: who is in the room, what it is called and set to, whom a message means.
 */

#include <string.h>

#include "base/assert.h"
#include "base/error.h"
#include "base/memory.h"
#include "chat/follow.h"
#include "chat/room_settings.h"

/* The person's connections follow the room from just before the event that lets them in. */
static void let_in(struct sequencer *sequencer, struct room *room, uint64_t person_id,
                   const struct event *event, bool host)
{
    struct person *person = community_person(&sequencer->community, person_id);
    if (!person || person_seat(person, room->id))
        return;
    const struct seat_record record = {
        .room = room->id,
        .read = event->seq,
        .read_count = room->told.messages,
        .host = host,
    };
    struct event *added = follow_personal(EVENT_ADDED, room->id, person_id);
    struct seat *seat = room_seat(room, person, &record);
    added->info = follow_describe(sequencer, room, seat);
    event_batch_add(sequencer->batch, added);
}

static void let_all_in(struct sequencer *sequencer, struct room *room, const struct event *event)
{
    if (event->kind == EVENT_ADDED_BY) {
        let_in(sequencer, room, event->target, event, false);
    } else if (room->kind != ROOM_DIRECT || event->kind == EVENT_JOINED) {
        let_in(sequencer, room, event->person, event, event->kind == EVENT_CREATED);
    } else {
        for (uint32_t i = 0; event->people_ids && i < event->people_ids->count; i++)
            let_in(sequencer, room, event->people_ids->ids[i], event, false);
    }
}

/* Whoever was taken out never gets the event of it: they are told here by whom, and why. */
static struct event *taken_out(const struct event *removed)
{
    struct event *gone = event_new(EVENT_GONE, removed->message.body, slice_of(NULL, 0));
    gone->room = removed->room;
    gone->person = removed->target;
    gone->target = removed->person;
    gone->name = removed->name;
    gone->origin = (struct event_origin){UINT32_MAX, UINT32_MAX, 0};
    return gone;
}

/* removed: the event that takes the person out; NULL when nobody does. */
static void let_out(struct sequencer *sequencer, struct room *room, uint64_t person_id,
                    const struct event *removed)
{
    struct person *person = community_person(&sequencer->community, person_id);
    if (!person || !person_seat(person, room->id))
        return;
    room_unseat(room, person);
    event_batch_add(sequencer->batch, removed ? taken_out(removed)
                                              : follow_personal(EVENT_GONE, room->id, person_id));
    if (person->here)
        follow_tell_went(sequencer, room, person, false, true);
}

void follow_let_out(struct sequencer *sequencer, struct room *room, uint64_t person_id)
{
    let_out(sequencer, room, person_id, NULL);
}

static void tell_come(struct sequencer *sequencer, struct room *room, uint64_t person_id)
{
    const struct person *person = community_person(&sequencer->community, person_id);
    if (person && person->here)
        follow_tell_came(sequencer, room, person, false, true);
}

static void set_topic(struct room *room, struct slice topic)
{
    mem_free(room->topic);
    room->topic = topic.len > 0 ? mem_copy_string(topic.ptr, topic.len) : NULL;
}

static void set_name(struct room *room, struct slice text)
{
    room->name = (struct name){.len = (uint8_t)text.len};
    memcpy(room->name.text, text.ptr, text.len);
}

static void set_settings(struct room *room, const struct room_change *change)
{
    struct room_record record = {.kind = room->kind,
                                 .flags = room->flags,
                                 .slow_ms = room->slow_ms,
                                 .retention_days = room->retention_days};
    room_change_apply(change, &record);
    room->kind = record.kind;
    room->flags = record.flags;
    room->slow_ms = record.slow_ms;
    room->retention_days = record.retention_days;
}

static void set_host(struct sequencer *sequencer, const struct event *event)
{
    const struct person *person = community_person(&sequencer->community, event->target);
    struct seat *seat = person ? person_seat(person, event->room) : NULL;
    if (seat)
        seat->host = event->kind == EVENT_HOST;
}

/* ---- whom a message means ---- */

static void count_mention(struct seat *seat)
{
    if (seat && seat->mentions < UNREAD_MAX)
        seat->mentions++;
}

static void count_mentions(struct sequencer *sequencer, struct room *room,
                           const struct event *event)
{
    for (uint32_t i = 0; event->mentions_all && i < room->here_count; i++) {
        if (room->here[i]->id != event->person)
            count_mention(person_seat(room->here[i], room->id));
    }
    if (event->mentions_all || !event->people_ids)
        return;
    for (uint32_t i = 0; i < event->people_ids->count; i++) {
        const struct person *person =
            community_person(&sequencer->community, event->people_ids->ids[i]);
        if (person && person->id != event->person)
            count_mention(person_seat(person, room->id));
    }
}

/* Whoever says something has read what is before it. */
static void read_own(struct sequencer *sequencer, struct room *room, struct person *person,
                     const struct event *event)
{
    struct seat *seat = person ? person_seat(person, room->id) : NULL;
    if (!seat)
        return;
    seat->read = event->seq;
    seat->read_count = (uint32_t)room->told.messages;
    seat->mentions = 0;
    community_stale_mark(&sequencer->community, person, seat);
}

/* ---- events ---- */

static bool makes_event(const struct event *event)
{
    return event->result == OK && !event->dup && !event->unchanged;
}

void follow_forget(struct sequencer *sequencer, const struct event *event)
{
    const uint64_t ids[] = {event->person, event->target};
    for (unsigned i = 0; i < 2; i++) {
        struct person *person =
            event->visitor ? NULL : community_person(&sequencer->community, ids[i]);
        struct seat *seat = person ? person_seat(person, event->room) : NULL;
        if (seat)
            seat->leaving = false;
        if (person)
            person->joining = 0;
    }
    for (uint32_t i = 0; event->people_ids && i < event->people_ids->count; i++) {
        struct person *person = community_person(&sequencer->community, event->people_ids->ids[i]);
        if (person)
            person->joining = 0;
    }
}

static void change_room(struct sequencer *sequencer, struct room *room, const struct event *event)
{
    switch (event->kind) {
    case EVENT_CREATED:
    case EVENT_JOINED:
    case EVENT_ADDED_BY:
        let_all_in(sequencer, room, event);
        break;
    case EVENT_TOPIC:
        set_topic(room, event->message.body);
        break;
    case EVENT_NAMED:
        set_name(room, event->message.body);
        break;
    case EVENT_SETTINGS:
        set_settings(room, event->change);
        break;
    case EVENT_HOST:
    case EVENT_UNHOST:
        set_host(sequencer, event);
        break;
    default:
        break;
    }
}

/* What stands behind the event in the order. */
static void tell_of(struct sequencer *sequencer, struct room *room, struct person *person,
                    const struct event *event)
{
    switch (event->kind) {
    case EVENT_JOINED:
        tell_come(sequencer, room, event->person);
        break;
    case EVENT_ADDED_BY:
        tell_come(sequencer, room, event->target);
        break;
    case EVENT_LEFT:
        room_forget_peers(room);
        follow_let_out(sequencer, room, event->person);
        break;
    case EVENT_REMOVED:
        let_out(sequencer, room, event->target, event);
        break;
    case EVENT_MESSAGE:
        if (event->people_ids || event->mentions_all)
            count_mentions(sequencer, room, event);
        read_own(sequencer, room, person, event);
        break;
    default:
        break;
    }
}

void follow_kept(struct sequencer *sequencer, struct event *event)
{
    struct community *community = &sequencer->community;
    struct person *person = event->visitor ? NULL : community_person(community, event->person);
    struct room *room;
    follow_forget(sequencer, event);
    if (!makes_event(event)) {
        event_batch_add(sequencer->batch, event);
        return;
    }
    if (person)
        event->name = person_name(person);
    /* It was found when the event was settled, and stays at least until the run ends. */
    int found = community_room(community, event->room, sequencer->now_ms, &room);
    ASSERT(found == OK && event->seq == room->told.seq + 1);
    change_room(sequencer, room, event);
    room->told = (struct room_head){event->seq, event->mid, event->ts_ms,
                                    room->told.messages + (event->kind == EVENT_MESSAGE)};
    event_batch_add(sequencer->batch, event);
    tell_of(sequencer, room, person, event);
}
