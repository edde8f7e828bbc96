#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/error.h"
#include "base/memory.h"
#include "store/memory_state.h"

/* Rooms, and who is in them. */

struct memory_room *memory_room(const struct memory_store *memory, uint64_t id)
{
    struct memory_room *room;
    HASH_FIND(by_id, memory->rooms, &id, sizeof(id), room);
    return room;
}

static struct memory_room *room_by_folded(const struct memory_store *memory,
                                          const struct name *folded)
{
    struct memory_room *room;
    HASH_FIND(by_name, memory->rooms_by_name, folded->text, folded->len, room);
    return room;
}

int memory_room_get(struct store *store, uint64_t id, struct room_record *ret_room)
{
    const struct memory_room *room = memory_room(memory_of(store), id);
    if (!room)
        return ERR_NOT_FOUND;
    *ret_room = room->record;
    ret_room->first_seq = room->first;
    if (room->record.topic)
        ret_room->topic = mem_copy_string(room->record.topic, strlen(room->record.topic));
    return OK;
}

int memory_room_by_name(struct store *store, const struct name *folded, uint64_t *ret_id)
{
    const struct memory_room *room = room_by_folded(memory_of(store), folded);
    if (!room)
        return ERR_NOT_FOUND;
    *ret_id = room->record.id;
    return OK;
}

static char *topic_of(struct slice text)
{
    return text.len > 0 ? mem_copy_string(text.ptr, text.len) : NULL;
}

struct memory_room *memory_room_add(struct memory_store *memory, const struct room_record *record)
{
    struct memory_room *room = mem_zalloc(sizeof(*room));
    room->record = *record;
    room->record.head = room->record.mid = room->record.ts_ms = room->record.messages = 0;
    room->record.topic = topic_of(slice_of_string(record->topic ? record->topic : ""));
    room->first = 1;
    HASH_ADD(by_id, memory->rooms, record.id, sizeof(room->record.id), room);
    HASH_ADD_KEYPTR(by_name, memory->rooms_by_name, room->record.folded.text,
                    room->record.folded.len, room);
    return room;
}

void memory_room_delete(struct memory_store *memory, struct memory_room *room)
{
    HASH_DELETE(by_id, memory->rooms, room);
    HASH_DELETE(by_name, memory->rooms_by_name, room);
    memory_log_free(memory, room);
    mem_free(room->record.topic);
    mem_free(room);
}

int memory_room_create(struct store *store, const struct room_record *record)
{
    struct memory_store *memory = memory_of(store);
    if (memory_room(memory, record->id) || room_by_folded(memory, &record->folded))
        return ERR_EXISTS;
    struct memory_room *room = memory_room_add(memory, record);
    memory_note(memory, (struct undo){.kind = UNDO_ROOM, .room = room});
    return OK;
}

int memory_room_set_topic(struct store *store, uint64_t id, struct slice topic)
{
    struct memory_store *memory = memory_of(store);
    struct memory_room *room = memory_room(memory, id);
    if (!room)
        return ERR_NOT_FOUND;
    const char *before = room->record.topic ? room->record.topic : "";
    memory_note(
        memory,
        (struct undo){.kind = UNDO_TOPIC, .room = room, .text = blob_new(before, strlen(before))});
    mem_free(room->record.topic);
    room->record.topic = topic_of(topic);
    return OK;
}

/* Sets what room_set and room_set_name do. */
static void set_room(struct memory_store *memory, struct memory_room *room,
                     const struct room_record *record)
{
    HASH_DELETE(by_name, memory->rooms_by_name, room);
    room->record.kind = record->kind;
    room->record.flags = record->flags;
    room->record.slow_ms = record->slow_ms;
    room->record.retention_days = record->retention_days;
    room->record.name = record->name;
    room->record.folded = record->folded;
    HASH_ADD_KEYPTR(by_name, memory->rooms_by_name, room->record.folded.text,
                    room->record.folded.len, room);
}

static void note_room(struct memory_store *memory, struct memory_room *room)
{
    struct room_record *before = mem_alloc(sizeof(*before));
    *before = room->record;
    before->topic = NULL;
    memory_note(memory, (struct undo){.kind = UNDO_SET, .room = room, .room_record = before});
}

int memory_room_set_name(struct store *store, uint64_t id, const struct name *name,
                         const struct name *folded)
{
    struct memory_store *memory = memory_of(store);
    struct memory_room *room = memory_room(memory, id);
    const struct memory_room *holder = room_by_folded(memory, folded);
    if (!room)
        return ERR_NOT_FOUND;
    if (holder && holder != room)
        return ERR_EXISTS;
    struct room_record record = room->record;
    record.name = *name;
    record.folded = *folded;
    note_room(memory, room);
    set_room(memory, room, &record);
    return OK;
}

int memory_room_set(struct store *store, const struct room_record *wanted)
{
    struct memory_store *memory = memory_of(store);
    struct memory_room *room = memory_room(memory, wanted->id);
    if (!room)
        return ERR_NOT_FOUND;
    struct room_record record = *wanted;
    record.name = room->record.name;
    record.folded = room->record.folded;
    note_room(memory, room);
    set_room(memory, room, &record);
    return OK;
}

static int id_order(const void *a, const void *b)
{
    const uint64_t *first = a, *second = b;
    return (*first > *second) - (*first < *second);
}

int memory_rooms_with_flag(struct store *store, uint32_t flag,
                           void (*visit)(void *ctx, uint64_t room), void *ctx)
{
    const struct memory_store *memory = memory_of(store);
    uint64_t *found = mem_alloc((HASH_CNT(by_id, memory->rooms) + 1) * sizeof(found[0]));
    const struct memory_room *room, *next_room;
    size_t count = 0;
    HASH_ITER (by_id, memory->rooms, room, next_room) {
        if ((room->record.flags & flag) && !(room->record.flags & ROOM_FLAG_ARCHIVED))
            found[count++] = room->record.id;
    }
    qsort(found, count, sizeof(found[0]), id_order);
    for (size_t i = 0; i < count; i++)
        visit(ctx, found[i]);
    mem_free(found);
    return OK;
}

/* ---- members ---- */

struct memory_seats *memory_seats(const struct memory_store *memory, uint64_t person)
{
    struct memory_seats *seats;
    HASH_FIND(by_person, memory->seats, &person, sizeof(person), seats);
    return seats;
}

struct memory_seat *memory_seat(const struct memory_store *memory, uint64_t room, uint64_t person)
{
    struct memory_seats *seats = memory_seats(memory, person);
    for (size_t i = 0; seats && i < seats->count; i++) {
        if (seats->list[i].room == room)
            return &seats->list[i];
    }
    return NULL;
}

static void add_seat(struct memory_store *memory, uint64_t person, const struct memory_seat *seat)
{
    struct memory_seats *seats = memory_seats(memory, person);
    if (!seats) {
        seats = mem_zalloc(sizeof(*seats));
        seats->person = person;
        HASH_ADD(by_person, memory->seats, person, sizeof(seats->person), seats);
    }
    if (seats->count == seats->cap) {
        seats->cap = seats->cap ? 2 * seats->cap : 4;
        seats->list = mem_realloc(seats->list, seats->cap * sizeof(seats->list[0]));
    }
    size_t at = seats->count++;
    for (; at > 0 && seats->list[at - 1].room > seat->room; at--)
        seats->list[at] = seats->list[at - 1];
    seats->list[at] = *seat;
}

static void delete_seat(struct memory_store *memory, uint64_t room, uint64_t person)
{
    struct memory_seats *seats = memory_seats(memory, person);
    struct memory_seat *seat = memory_seat(memory, room, person);
    size_t behind = (size_t)(&seats->list[seats->count] - (seat + 1));
    memmove(seat, seat + 1, behind * sizeof(*seat));
    seats->count--;
}

int memory_member_set(struct store *store, uint64_t room_id, uint64_t person, bool on)
{
    struct memory_store *memory = memory_of(store);
    const struct memory_seat *seat = memory_seat(memory, room_id, person);
    const struct memory_seat none = {.room = room_id};
    struct memory_room *room = memory_room(memory, room_id);
    if (on && seat)
        return ERR_EXISTS;
    if (!room || (!on && !seat))
        return ERR_NOT_FOUND;
    memory_note(memory, (struct undo){.kind = on ? UNDO_JOIN : UNDO_LEAVE,
                                      .room = room,
                                      .person = person,
                                      .seat = on ? none : *seat});
    if (on)
        add_seat(memory, person, &none);
    else
        delete_seat(memory, room_id, person);
    return OK;
}

/* Returns borrowed a seat that is about to change, or NULL. */
static struct memory_seat *change_seat(struct store *store, uint64_t room, uint64_t person)
{
    struct memory_store *memory = memory_of(store);
    struct memory_seat *seat = memory_seat(memory, room, person);
    if (seat)
        memory_note(memory, (struct undo){.kind = UNDO_SEAT,
                                          .room = memory_room(memory, room),
                                          .person = person,
                                          .seat = *seat});
    return seat;
}

int memory_member_set_host(struct store *store, uint64_t room, uint64_t person, bool host)
{
    struct memory_seat *seat = change_seat(store, room, person);
    if (!seat)
        return ERR_NOT_FOUND;
    seat->host = host;
    return OK;
}

int memory_member_set_level(struct store *store, uint64_t room, uint64_t person, uint8_t level)
{
    struct memory_seat *seat = change_seat(store, room, person);
    if (!seat)
        return ERR_NOT_FOUND;
    seat->level = level;
    return OK;
}

int memory_read_set(struct store *store, uint64_t room, uint64_t person, uint64_t seq,
                    uint64_t count)
{
    const struct memory_seat *before = memory_seat(memory_of(store), room, person);
    if (!before || before->read >= seq)
        return OK;
    struct memory_seat *seat = change_seat(store, room, person);
    seat->read = seq;
    seat->read_count = count;
    return OK;
}

static struct seat_record record_of(struct store *store, uint64_t person,
                                    const struct memory_seat *seat)
{
    struct seat_record record = {
        .room = seat->room,
        .read = seat->read,
        .read_count = seat->read_count,
        .level = seat->level,
        .host = seat->host,
    };
    memory_mentions_behind(store, seat->room, person, seat->read, &record.mentions);
    return record;
}

int memory_member_get(struct store *store, uint64_t room, uint64_t person,
                      struct seat_record *ret_seat)
{
    const struct memory_seat *seat = memory_seat(memory_of(store), room, person);
    if (!seat)
        return ERR_NOT_FOUND;
    *ret_seat = record_of(store, person, seat);
    return OK;
}

int memory_rooms_of(struct store *store, uint64_t person,
                    void (*visit)(void *ctx, const struct seat_record *seat), void *ctx)
{
    const struct memory_seats *seats = memory_seats(memory_of(store), person);
    for (size_t i = 0; seats && i < seats->count; i++) {
        struct seat_record record = record_of(store, person, &seats->list[i]);
        visit(ctx, &record);
    }
    return OK;
}

/* In the order of SQLite's signed numbers, so that all stores show the same. */
int memory_people_of(struct store *store, uint64_t room, struct peer *ret_people, unsigned max,
                     unsigned *ret_count)
{
    const struct memory_store *memory = memory_of(store);
    const struct memory_seats *seats, *next_seats;
    unsigned count = 0;
    HASH_ITER (by_person, memory->seats, seats, next_seats) {
        if (!memory_seat(memory, room, seats->person))
            continue;
        unsigned at = count < max ? count : max;
        while (at > 0 && (int64_t)ret_people[at - 1].id > (int64_t)seats->person) {
            if (at < max)
                ret_people[at] = ret_people[at - 1];
            at--;
        }
        if (at == max)
            continue;
        const struct memory_person *person = memory_person(memory, seats->person);
        ret_people[at] = (struct peer){.id = seats->person};
        if (person)
            ret_people[at].name = person->record.name;
        count += count < max;
    }
    *ret_count = count;
    return OK;
}

/* ---- undoing ---- */

void memory_rooms_undo(struct memory_store *memory, const struct undo *undo)
{
    struct memory_room *room = undo->room;
    switch (undo->kind) {
    case UNDO_ROOM:
        memory_room_delete(memory, room);
        break;
    case UNDO_TOPIC:
        mem_free(room->record.topic);
        room->record.topic = topic_of(blob_slice(undo->text));
        break;
    case UNDO_SET:
        set_room(memory, room, undo->room_record);
        break;
    case UNDO_JOIN:
        delete_seat(memory, room->record.id, undo->person);
        break;
    case UNDO_LEAVE:
        add_seat(memory, undo->person, &undo->seat);
        break;
    case UNDO_SEAT:
        *memory_seat(memory, room->record.id, undo->person) = undo->seat;
        break;
    default:
        ASSERT(false);
    }
}
