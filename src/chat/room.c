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
    room->name = record->name;
    room->topic = record->topic;
    room->head = (struct room_head){record->head, record->mid, record->ts_ms};
    room->told = room->head;
    rate_init(&room->notices, notices, now_ms);
    return room;
}

void room_free(struct room *room)
{
    ASSERT(room->here_count == 0 && room->visitors == 0 && !room->touched && !room->stale);
    roster_view_unref(room->view);
    mem_free(room->here);
    mem_free(room->topic);
    mem_free(room);
}

void room_changed(struct room *room)
{
    roster_view_unref(room->view);
    room->view = NULL;
}

struct seat *room_seat(struct room *room, struct person *person, uint64_t read)
{
    if (room->here_count == room->here_cap) {
        room->here_cap += room->here_cap / 2 + 2;
        room->here = mem_realloc(room->here, room->here_cap * sizeof(room->here[0]));
    }
    if (person->seats_count == person->seats_cap)
        person_reserve(person, (uint16_t)(person->seats_cap + person->seats_cap / 4 + 1));
    struct seat *seat = &person->seats[person->seats_count++];
    *seat = (struct seat){.room = room, .read = read, .index = room->here_count};
    room->here[room->here_count++] = person;
    room_changed(room);
    return seat;
}

void room_unseat(struct room *room, struct person *person)
{
    struct seat *seat = person_seat(person, room->id);
    ASSERT(seat && room->here[seat->index] == person);
    struct person *last = room->here[--room->here_count];
    person_seat(last, room->id)->index = seat->index;
    room->here[seat->index] = last;
    *seat = person->seats[--person->seats_count];
    room_changed(room);
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

void room_describe(const struct room *room, uint64_t read, struct room_info *ret_info)
{
    *ret_info = (struct room_info){
        .id = room->id,
        .kind = room->kind,
        .head = room->told.seq,
        .mid = room->told.mid,
        .ts_ms = room->told.ts_ms,
        .read = read,
        .people = room->here_count,
        .visitors = room->visitors,
        .name = room->name,
        .topic = room->topic ? mem_copy_string(room->topic, strlen(room->topic)) : NULL,
    };
}
