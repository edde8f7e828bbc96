#include "chat/room.h"

#include <string.h>

#include "base/assert.h"
#include "base/memory.h"
#include "chat/roster.h"

struct room *room_new(const struct room_record *record, const struct rate *notices, uint64_t now_ms)
{
    struct room *room = mem_zalloc(sizeof(*room));
    room->id = room->by_id.id = record->id;
    room->kind = record->kind;
    room->flags = record->flags;
    room->slow_ms = record->slow_ms;
    room->retention_days = record->retention_days;
    room->name = record->name;
    room->topic = record->topic;
    room->head = (struct room_head){record->head, record->mid, record->ts_ms, record->messages};
    room->told = room->head;
    rate_init(&room->notices, notices, now_ms);
    return room;
}

void room_free(struct room *room)
{
    ASSERT(room->seats == 0 && room->visitors == 0 && !room->touched && !room->stale);
    roster_view_unref(room->view);
    mem_free(room->here);
    mem_free(room->topic);
    mem_free(room->peers);
    mem_free(room);
}

void room_changed(struct room *room)
{
    roster_view_unref(room->view);
    room->view = NULL;
}

static void list(struct room *room, struct person *person, struct seat *seat)
{
    if (room->here_count == room->here_cap) {
        room->here_cap += room->here_cap / 2 + 2;
        room->here = mem_realloc(room->here, room->here_cap * sizeof(room->here[0]));
    }
    seat->index = room->here_count;
    room->here[room->here_count++] = person;
    room_changed(room);
}

static void unlist(struct room *room, const struct person *person, struct seat *seat)
{
    ASSERT(room->here[seat->index] == person);
    struct person *last = room->here[--room->here_count];
    person_seat(last, room->id)->index = seat->index;
    room->here[seat->index] = last;
    seat->index = NOT_LISTED;
    room_changed(room);
}

void room_list(struct room *room, struct person *person, bool here)
{
    struct seat *seat = person_seat(person, room->id);
    ASSERT(seat && (seat->index == NOT_LISTED) == here);
    if (here)
        list(room, person, seat);
    else
        unlist(room, person, seat);
}

struct seat *room_seat(struct room *room, struct person *person, const struct seat_record *record)
{
    if (person->seats_count == person->seats_cap)
        person_reserve(person, (uint16_t)(person->seats_cap + person->seats_cap / 4 + 1));
    struct seat *seat = &person->seats[person->seats_count++];
    *seat = (struct seat){
        .room = room,
        .read = record->read,
        .read_count = (uint32_t)record->read_count,
        .index = NOT_LISTED,
        .mentions = record->mentions < UNREAD_MAX ? record->mentions : UNREAD_MAX,
        .level = record->level & 3u,
        .host = record->host,
    };
    room->seats++;
    if (person->here)
        list(room, person, seat);
    return seat;
}

void room_unseat(struct room *room, struct person *person)
{
    struct seat *seat = person_seat(person, room->id);
    ASSERT(seat);
    if (seat->index != NOT_LISTED)
        unlist(room, person, seat);
    *seat = person->seats[--person->seats_count];
    room->seats--;
}

void room_forget_peers(struct room *room)
{
    mem_free(room->peers);
    room->peers = NULL;
}

void room_visit(struct room *room, int by)
{
    room->visitors += (uint32_t)by;
    room_changed(room);
}

struct roster_view *room_view(struct room *room)
{
    if (!room->view) {
        uint32_t count = room->here_count < ROSTER_VIEW_MAX ? room->here_count : ROSTER_VIEW_MAX;
        struct roster_view *view = roster_view_new(count);
        view->people = room->here_count;
        view->visitors = room->visitors;
        for (; view->count < count; view->count++) {
            const struct person *person = room->here[view->count];
            view->list[view->count] = (struct roster_person){
                .id = person->id,
                .active = person->shown_active,
                .name = person_name(person),
            };
        }
        room->view = view;
    }
    return roster_view_ref(room->view);
}

uint32_t room_unread(const struct room *room, const struct seat *seat)
{
    uint32_t unread = (uint32_t)room->told.messages - seat->read_count;
    return unread < UNREAD_MAX ? unread : UNREAD_MAX;
}

void room_describe(const struct room *room, const struct seat *seat, struct room_info *ret_info)
{
    *ret_info = (struct room_info){
        .id = room->id,
        .kind = room->kind,
        .head = room->told.seq,
        .mid = room->told.mid,
        .ts_ms = room->told.ts_ms,
        .level = seat ? seat->level : ATTENTION_ALL,
        .host = seat && seat->host,
        .flags = room->flags,
        .slow_ms = room->slow_ms,
        .retention_days = room->retention_days,
        .unread = seat ? room_unread(room, seat) : 0,
        .mentions = seat ? seat->mentions : 0,
        .read = seat ? seat->read : 0,
        .people = room->here_count,
        .visitors = room->visitors,
        .name = room->name,
        .topic = room->topic ? mem_copy_string(room->topic, strlen(room->topic)) : NULL,
    };
}
