#include "chat/community.h"

#include <string.h>

#include "base/assert.h"
#include "base/error.h"
#include "base/memory.h"

int community_init(struct community *community, struct store *store, const struct rate *notices,
                   uint64_t key, uint64_t now_ms)
{
    *community = (struct community){.store = store, .notices = *notices};
    community->rooms.key = community->people.key = key;
    return community_room(community, ROOM_LOBBY, now_ms, &community->lobby);
}

static struct room *room_of(struct id_link *link)
{
    return link ? ID_TABLE_OWNER(struct room, by_id, link) : NULL;
}

static struct person *person_of(struct id_link *link)
{
    return link ? ID_TABLE_OWNER(struct person, by_id, link) : NULL;
}

static void free_person(void *ctx, struct id_link *link)
{
    struct person *person = person_of(link);
    (void)ctx;
    while (person->seats_count > 0)
        room_unseat(person->seats[person->seats_count - 1].room, person);
    person_free(person);
}

static void free_room(void *ctx, struct id_link *link)
{
    struct room *room = room_of(link);
    (void)ctx;
    room->visitors = 0;
    room->touched = room->stale = false;
    room_free(room);
}

void community_release(struct community *community)
{
    id_table_each(&community->people, free_person, NULL);
    id_table_each(&community->rooms, free_room, NULL);
    id_table_release(&community->people);
    id_table_release(&community->rooms);
}

/* ---- rooms ---- */

struct room *community_add_room(struct community *community, const struct room_record *record,
                                uint64_t now_ms)
{
    struct room *room = room_new(record, &community->notices, now_ms);
    id_table_add(&community->rooms, &room->by_id);
    return room;
}

int community_room(struct community *community, uint64_t id, uint64_t now_ms,
                   struct room **ret_room)
{
    struct room *room = room_of(id_table_find(&community->rooms, id));
    if (!room) {
        struct room_record record;
        int result = community->store->ops->room_get(community->store, id, &record);
        if (result != OK)
            return result;
        room = community_add_room(community, &record, now_ms);
    }
    *ret_room = room;
    return OK;
}

void community_sweep(struct community *community, struct room *room)
{
    bool empty = room->seats == 0 && room->visitors == 0;
    if (!empty || room->touched || room->stale || room == community->lobby)
        return;
    id_table_remove(&community->rooms, &room->by_id);
    room_free(room);
}

void community_touch(struct community *community, struct room *room)
{
    if (room->touched)
        return;
    room->touched = true;
    room->saved = room->head;
    room->next_touched = community->touched;
    community->touched = room;
}

void community_settle(struct community *community, bool kept)
{
    while (community->touched) {
        struct room *room = community->touched;
        community->touched = room->next_touched;
        room->touched = false;
        if (!kept)
            room->head = room->saved;
        ASSERT(!kept || room->told.seq <= room->head.seq);
        community_sweep(community, room);
    }
}

void community_stale(struct community *community, struct room *room, uint64_t here_at_ms)
{
    if (room->stale)
        return;
    room->stale = true;
    room->here_at_ms = here_at_ms;
    room->next_stale = community->stale;
    community->stale = room;
}

/* ---- people ---- */

struct person *community_person(const struct community *community, uint64_t id)
{
    return person_of(id_table_find(&community->people, id));
}

struct seats_found {
    struct seat_record list[PERSON_ROOMS_MAX + 1];
    size_t count;
};

static void note_seat(void *ctx, const struct seat_record *seat)
{
    struct seats_found *found = ctx;
    if (found->count == sizeof(found->list) / sizeof(found->list[0]))
        return;
    found->list[found->count++] = *seat;
}

static int take_seats(struct community *community, struct person *person, uint64_t now_ms)
{
    struct seats_found found = {.count = 0};
    struct store *store = community->store;
    int result = store->ops->rooms_of(store, person->id, note_seat, &found);
    person_reserve(person, (uint16_t)found.count);
    for (size_t i = 0; result == OK && i < found.count; i++) {
        struct room *room;
        result = community_room(community, found.list[i].room, now_ms, &room);
        if (result == OK)
            room_seat(room, person, &found.list[i]);
        else if (result == ERR_NOT_FOUND)
            result = OK; /* a room that is no more keeps nobody out */
    }
    return result;
}

int community_enter(struct community *community, const struct person_record *record,
                    uint64_t now_ms, struct person **ret_person)
{
    struct person *person = community_person(community, record->id);
    if (!person) {
        person = person_new(record);
        id_table_add(&community->people, &person->by_id);
        int result = take_seats(community, person, now_ms);
        if (result != OK) {
            community_drop(community, person);
            return result;
        }
    }
    *ret_person = person;
    return OK;
}

int community_appear(struct community *community, struct person *person)
{
    struct store *store = community->store;
    ASSERT(!person->here);
    person->here = true;
    for (uint16_t i = 0; i < person->seats_count; i++) {
        struct seat *seat = &person->seats[i];
        uint32_t mentions = 0;
        room_list(seat->room, person, true);
        if (person->quiet == 0 || seat->read >= seat->room->head.seq)
            continue;
        int result =
            store->ops->mentions_behind(store, seat->room->id, person->id, seat->read, &mentions);
        if (result != OK)
            return result;
        seat->mentions = mentions < UNREAD_MAX ? mentions : UNREAD_MAX;
    }
    return OK;
}

void community_vanish(struct community *community, struct person *person)
{
    community_back(community, person);
    for (uint16_t i = 0; person->here && i < person->seats_count; i++)
        room_list(person->seats[i].room, person, false);
    person->here = false;
    if (person->quiet == 0)
        community_drop(community, person);
}

void community_stale_mark(struct community *community, struct person *person, struct seat *seat)
{
    seat->stale = true;
    if (person->stale)
        return;
    person->stale = true;
    person->next_stale = community->marks;
    community->marks = person;
}

static void unmark(struct community *community, struct person *person)
{
    struct person **link = &community->marks;
    while (person->stale && *link != person)
        link = &(*link)->next_stale;
    if (person->stale)
        *link = person->next_stale;
    person->stale = false;
}

void community_away(struct community *community, struct person *person, uint64_t away_ms)
{
    person->away_ms = away_ms;
    person->prev = community->away_last;
    person->next = NULL;
    if (community->away_last)
        community->away_last->next = person;
    else
        community->away_first = person;
    community->away_last = person;
}

void community_back(struct community *community, struct person *person)
{
    if (person->away_ms == 0)
        return;
    if (person->prev)
        person->prev->next = person->next;
    else
        community->away_first = person->next;
    if (person->next)
        person->next->prev = person->prev;
    else
        community->away_last = person->prev;
    person->away_ms = 0;
    person->prev = person->next = NULL;
}

void community_drop(struct community *community, struct person *person)
{
    community_back(community, person);
    unmark(community, person);
    while (person->seats_count > 0) {
        struct room *room = person->seats[person->seats_count - 1].room;
        room_unseat(room, person);
        community_sweep(community, room);
    }
    id_table_remove(&community->people, &person->by_id);
    person_free(person);
}
