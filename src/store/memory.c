#include "store/memory.h"

#include <string.h>

#include "base/assert.h"
#include "base/error.h"
#include "base/memory.h"
#include "store/memory_state.h"

/* ---- rooms ---- */

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

static int room_get(struct store *store, uint64_t id, struct room_record *ret_room)
{
    const struct memory_room *room = memory_room(memory_of(store), id);
    if (!room)
        return ERR_NOT_FOUND;
    *ret_room = room->record;
    if (room->record.topic)
        ret_room->topic = mem_copy_string(room->record.topic, strlen(room->record.topic));
    return OK;
}

static int room_by_name(struct store *store, const struct name *folded, uint64_t *ret_id)
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

static struct memory_room *add_room(struct memory_store *memory, const struct room_record *record)
{
    struct memory_room *room = mem_zalloc(sizeof(*room));
    room->record = *record;
    room->record.head = room->record.mid = room->record.ts_ms = 0;
    room->record.topic = topic_of(slice_of_string(record->topic ? record->topic : ""));
    room->first = 1;
    HASH_ADD(by_id, memory->rooms, record.id, sizeof(room->record.id), room);
    HASH_ADD_KEYPTR(by_name, memory->rooms_by_name, room->record.folded.text,
                    room->record.folded.len, room);
    return room;
}

static void delete_room(struct memory_store *memory, struct memory_room *room)
{
    HASH_DELETE(by_id, memory->rooms, room);
    HASH_DELETE(by_name, memory->rooms_by_name, room);
    memory_log_free(memory, room);
    mem_free(room->record.topic);
    mem_free(room);
}

static int room_create(struct store *store, const struct room_record *record)
{
    struct memory_store *memory = memory_of(store);
    if (memory_room(memory, record->id) || room_by_folded(memory, &record->folded))
        return ERR_EXISTS;
    struct memory_room *room = add_room(memory, record);
    memory_note(memory, (struct undo){.kind = UNDO_ROOM, .room = room});
    return OK;
}

static int room_set_topic(struct store *store, uint64_t id, struct slice topic)
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

/* ---- members ---- */

static struct memory_seats *seats_of(const struct memory_store *memory, uint64_t person)
{
    struct memory_seats *seats;
    HASH_FIND(by_person, memory->seats, &person, sizeof(person), seats);
    return seats;
}

static struct memory_seat *find_seat(const struct memory_store *memory, uint64_t room,
                                     uint64_t person)
{
    struct memory_seats *seats = seats_of(memory, person);
    for (size_t i = 0; seats && i < seats->count; i++) {
        if (seats->list[i].room == room)
            return &seats->list[i];
    }
    return NULL;
}

static void add_seat(struct memory_store *memory, uint64_t room, uint64_t person, uint64_t read)
{
    struct memory_seats *seats = seats_of(memory, person);
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
    for (; at > 0 && seats->list[at - 1].room > room; at--)
        seats->list[at] = seats->list[at - 1];
    seats->list[at] = (struct memory_seat){room, read};
}

static void delete_seat(struct memory_store *memory, uint64_t room, uint64_t person)
{
    struct memory_seats *seats = seats_of(memory, person);
    struct memory_seat *seat = find_seat(memory, room, person);
    size_t behind = (size_t)(&seats->list[seats->count] - (seat + 1));
    memmove(seat, seat + 1, behind * sizeof(*seat));
    seats->count--;
}

static int member_set(struct store *store, uint64_t room_id, uint64_t person, bool on)
{
    struct memory_store *memory = memory_of(store);
    const struct memory_seat *seat = find_seat(memory, room_id, person);
    struct memory_room *room = memory_room(memory, room_id);
    if (on && seat)
        return ERR_EXISTS;
    if (!room || (!on && !seat))
        return ERR_NOT_FOUND;
    memory_note(memory, (struct undo){.kind = on ? UNDO_JOIN : UNDO_LEAVE,
                                      .room = room,
                                      .person = person,
                                      .read = on ? 0 : seat->read});
    if (on)
        add_seat(memory, room_id, person, 0);
    else
        delete_seat(memory, room_id, person);
    return OK;
}

static int read_set(struct store *store, uint64_t room, uint64_t person, uint64_t seq,
                    uint64_t count)
{
    struct memory_store *memory = memory_of(store);
    struct memory_seat *seat = find_seat(memory, room, person);
    (void)count;
    if (!seat || seat->read >= seq)
        return OK;
    memory_note(memory, (struct undo){.kind = UNDO_READ,
                                      .room = memory_room(memory, room),
                                      .person = person,
                                      .read = seat->read});
    seat->read = seq;
    return OK;
}

static int rooms_of(struct store *store, uint64_t person,
                    void (*visit)(void *ctx, const struct seat_record *seat), void *ctx)
{
    const struct memory_seats *seats = seats_of(memory_of(store), person);
    for (size_t i = 0; seats && i < seats->count; i++)
        visit(ctx, &(struct seat_record){.room = seats->list[i].room, .read = seats->list[i].read});
    return OK;
}

/* ---- people ---- */

struct memory_person *memory_person(const struct memory_store *memory, uint64_t id)
{
    struct memory_person *person;
    HASH_FIND(by_id, memory->people, &id, sizeof(id), person);
    return person;
}

static struct memory_person *person_by_folded(const struct memory_store *memory,
                                              const struct name *folded)
{
    struct memory_person *person = NULL;
    if (folded->len > 0)
        HASH_FIND(by_name, memory->people_by_name, folded->text, folded->len, person);
    return person;
}

/* Sets the record and what can be found by it. */
static void set_record(struct memory_store *memory, struct memory_person *person,
                       const struct person_record *record)
{
    if (person->record.folded.len > 0)
        HASH_DELETE(by_name, memory->people_by_name, person);
    person->record = *record;
    if (person->record.folded.len > 0)
        HASH_ADD_KEYPTR(by_name, memory->people_by_name, person->record.folded.text,
                        person->record.folded.len, person);
}

static void delete_person(struct memory_store *memory, struct memory_person *person)
{
    HASH_DELETE(by_id, memory->people, person);
    if (person->record.folded.len > 0)
        HASH_DELETE(by_name, memory->people_by_name, person);
    mem_free(person);
}

static struct memory_session *find_session(const struct memory_store *memory,
                                           const uint8_t hash[TOKEN_HASH_BYTES])
{
    struct memory_session *session;
    HASH_FIND(by_hash, memory->sessions, hash, TOKEN_HASH_BYTES, session);
    return session;
}

static int person_by_session(struct store *store, const uint8_t hash[TOKEN_HASH_BYTES],
                             struct person_record *ret_person)
{
    const struct memory_store *memory = memory_of(store);
    const struct memory_session *session = find_session(memory, hash);
    const struct memory_person *person = session ? memory_person(memory, session->person) : NULL;
    if (!person)
        return ERR_NOT_FOUND;
    *ret_person = person->record;
    return OK;
}

static int person_by_name(struct store *store, const struct name *folded,
                          struct person_record *ret_person)
{
    const struct memory_person *person = person_by_folded(memory_of(store), folded);
    if (!person)
        return ERR_NOT_FOUND;
    *ret_person = person->record;
    return OK;
}

static int person_create(struct store *store, const struct person_record *record)
{
    struct memory_store *memory = memory_of(store);
    if (memory_person(memory, record->id) || person_by_folded(memory, &record->folded))
        return ERR_EXISTS;
    struct memory_person *person = mem_zalloc(sizeof(*person));
    set_record(memory, person, record);
    HASH_ADD(by_id, memory->people, record.id, sizeof(person->record.id), person);
    memory_note(memory, (struct undo){.kind = UNDO_PERSON, .person = record->id});
    return OK;
}

static int person_update(struct store *store, const struct person_record *record)
{
    struct memory_store *memory = memory_of(store);
    struct memory_person *person = memory_person(memory, record->id);
    const struct memory_person *holder = person_by_folded(memory, &record->folded);
    if (!person)
        return ERR_NOT_FOUND;
    if (holder && holder != person)
        return ERR_EXISTS;
    struct person_record *before = mem_alloc(sizeof(*before));
    *before = person->record;
    memory_note(memory, (struct undo){.kind = UNDO_RECORD, .record = before});
    set_record(memory, person, record);
    return OK;
}

static int session_create(struct store *store, const uint8_t hash[TOKEN_HASH_BYTES],
                          uint64_t person, uint64_t now_ms)
{
    struct memory_store *memory = memory_of(store);
    (void)now_ms;
    if (find_session(memory, hash))
        return ERR_EXISTS;
    struct memory_session *session = mem_zalloc(sizeof(*session));
    memcpy(session->hash, hash, TOKEN_HASH_BYTES);
    session->person = person;
    HASH_ADD(by_hash, memory->sessions, hash, sizeof(session->hash), session);
    memory_note(memory, (struct undo){.kind = UNDO_SESSION, .session = session});
    return OK;
}

/* ---- transactions ---- */

void memory_note(struct memory_store *memory, struct undo undo)
{
    ASSERT(memory->open);
    if (memory->undo_count == memory->undo_cap) {
        memory->undo_cap = memory->undo_cap ? 2 * memory->undo_cap : 64;
        memory->undo = mem_realloc(memory->undo, memory->undo_cap * sizeof(memory->undo[0]));
    }
    memory->undo[memory->undo_count++] = undo;
}

static int begin(struct store *store)
{
    struct memory_store *memory = memory_of(store);
    ASSERT(!memory->open);
    pthread_mutex_lock(&memory->lock);
    memory->open = true;
    return OK;
}

static void undo_free(struct undo *undo)
{
    blob_unref(undo->text);
    mem_free(undo->record);
}

static void end(struct memory_store *memory)
{
    for (size_t i = 0; i < memory->undo_count; i++)
        undo_free(&memory->undo[i]);
    memory->undo_count = 0;
    memory->open = false;
    pthread_mutex_unlock(&memory->lock);
}

static int commit(struct store *store)
{
    struct memory_store *memory = memory_of(store);
    ASSERT(memory->open);
    for (size_t i = 0; i < memory->undo_count; i++) {
        if (memory->undo[i].kind == UNDO_APPEND || memory->undo[i].kind == UNDO_TEXT)
            memory_log_trim(memory, memory->undo[i].room);
    }
    end(memory);
    return OK;
}

static void undo_one(struct memory_store *memory, const struct undo *undo)
{
    struct memory_room *room = undo->room;
    switch (undo->kind) {
    case UNDO_ROOM:
        delete_room(memory, room);
        break;
    case UNDO_TOPIC:
        mem_free(room->record.topic);
        room->record.topic = topic_of(blob_slice(undo->text));
        break;
    case UNDO_JOIN:
        delete_seat(memory, room->record.id, undo->person);
        break;
    case UNDO_LEAVE:
        add_seat(memory, room->record.id, undo->person, undo->read);
        break;
    case UNDO_READ:
        find_seat(memory, room->record.id, undo->person)->read = undo->read;
        break;
    case UNDO_PERSON:
        delete_person(memory, memory_person(memory, undo->person));
        break;
    case UNDO_RECORD:
        set_record(memory, memory_person(memory, undo->record->id), undo->record);
        break;
    case UNDO_SESSION:
        HASH_DELETE(by_hash, memory->sessions, undo->session);
        mem_free(undo->session);
        break;
    default:
        memory_log_undo(memory, undo);
        break;
    }
}

static void rollback(struct store *store)
{
    struct memory_store *memory = memory_of(store);
    if (!memory->open)
        return;
    for (size_t i = memory->undo_count; i-- > 0;)
        undo_one(memory, &memory->undo[i]);
    end(memory);
}

static int rest(struct store *store, uint64_t now_mono_ms)
{
    (void)store;
    (void)now_mono_ms;
    return OK;
}

static void close_store(struct store *store)
{
    struct memory_store *memory = memory_of(store);
    rollback(store);
    struct memory_room *room, *next_room;
    HASH_ITER (by_id, memory->rooms, room, next_room)
        delete_room(memory, room);
    struct memory_seats *seats, *next_seats;
    HASH_ITER (by_person, memory->seats, seats, next_seats) {
        HASH_DELETE(by_person, memory->seats, seats);
        mem_free(seats->list);
        mem_free(seats);
    }
    struct memory_person *person, *next_person;
    HASH_ITER (by_id, memory->people, person, next_person)
        delete_person(memory, person);
    struct memory_session *session, *next_session;
    HASH_ITER (by_hash, memory->sessions, session, next_session) {
        HASH_DELETE(by_hash, memory->sessions, session);
        mem_free(session);
    }
    pthread_mutex_destroy(&memory->lock);
    mem_free(memory->undo);
    mem_free(memory);
}

static const struct store_ops ops = {
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .room_get = room_get,
    .room_by_name = room_by_name,
    .room_create = room_create,
    .room_set_topic = room_set_topic,
    .kept_by_cid = memory_kept_by_cid,
    .append = memory_append,
    .message_get = memory_message_get,
    .message_set_text = memory_message_set_text,
    .message_erase = memory_message_erase,
    .reaction_set = memory_reaction_set,
    .pin_set = memory_pin_set,
    .member_set = member_set,
    .read_set = read_set,
    .rooms_of = rooms_of,
    .person_by_session = person_by_session,
    .person_by_name = person_by_name,
    .person_create = person_create,
    .session_create = session_create,
    .person_update = person_update,
    .rest = rest,
    .close = close_store,
};

struct store *memory_store_new(const struct memory_store_limits *limits)
{
    struct memory_store *memory = mem_zalloc(sizeof(*memory));
    struct room_record lobby = {.id = ROOM_LOBBY, .kind = ROOM_PUBLIC};
    memory->store.ops = &ops;
    memory->limits = *limits;
    pthread_mutex_init(&memory->lock, NULL);
    lobby.name.len = sizeof(ROOM_LOBBY_NAME) - 1;
    memcpy(lobby.name.text, ROOM_LOBBY_NAME, sizeof(ROOM_LOBBY_NAME));
    name_fold(&lobby.name, &lobby.folded);
    add_room(memory, &lobby);
    return &memory->store;
}
