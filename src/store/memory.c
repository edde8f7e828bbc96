#include "store/memory.h"

#include <string.h>

#include "base/assert.h"
#include "base/error.h"
#include "base/memory.h"
#include "chat/role.h"
#include "store/memory_state.h"
#include "store/session_id.h"

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

/* Sets what person_update does, and by what it can be found. */
static void set_record(struct memory_store *memory, struct memory_person *person,
                       const struct person_record *record)
{
    if (person->record.folded.len > 0)
        HASH_DELETE(by_name, memory->people_by_name, person);
    person->record.id = record->id;
    person->record.name = record->name;
    person->record.folded = record->folded;
    person->record.seen_ms = record->seen_ms;
    if (person->record.folded.len > 0)
        HASH_ADD_KEYPTR(by_name, memory->people_by_name, person->record.folded.text,
                        person->record.folded.len, person);
}

static void add_person(struct memory_store *memory, const struct person_record *record)
{
    struct memory_person *person = mem_zalloc(sizeof(*person));
    person->record.role = record->role;
    set_record(memory, person, record);
    HASH_ADD(by_id, memory->people, record.id, sizeof(person->record.id), person);
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
    ret_person->session = session_id_of(hash);
    ret_person->session_used_ms = ret_person->session_created_ms = session->used_ms;
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

static int person_get(struct store *store, uint64_t id, struct person_record *ret_person)
{
    const struct memory_person *person = memory_person(memory_of(store), id);
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
    add_person(memory, record);
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
    if (find_session(memory, hash))
        return ERR_EXISTS;
    struct memory_session *session = mem_zalloc(sizeof(*session));
    memcpy(session->hash, hash, TOKEN_HASH_BYTES);
    session->person = person;
    session->used_ms = now_ms;
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
    mem_free(undo->room_record);
    mem_free(undo->mentions);
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
    switch (undo->kind) {
    case UNDO_ROOM:
    case UNDO_TOPIC:
    case UNDO_SET:
    case UNDO_JOIN:
    case UNDO_LEAVE:
    case UNDO_SEAT:
        memory_rooms_undo(memory, undo);
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
        memory_room_delete(memory, room);
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
    .room_get = memory_room_get,
    .room_by_name = memory_room_by_name,
    .room_create = memory_room_create,
    .room_set_topic = memory_room_set_topic,
    .room_set_name = memory_room_set_name,
    .room_set = memory_room_set,
    .rooms_with_flag = memory_rooms_with_flag,
    .people_of = memory_people_of,
    .kept_by_cid = memory_kept_by_cid,
    .append = memory_append,
    .message_get = memory_message_get,
    .message_set_text = memory_message_set_text,
    .message_erase = memory_message_erase,
    .reaction_set = memory_reaction_set,
    .pin_set = memory_pin_set,
    .mention = memory_mention,
    .files_attach = memory_files_attach,
    .messages_up_to = memory_messages_up_to,
    .member_set = memory_member_set,
    .member_get = memory_member_get,
    .member_set_host = memory_member_set_host,
    .member_set_level = memory_member_set_level,
    .read_set = memory_read_set,
    .mentions_behind = memory_mentions_behind,
    .rooms_of = memory_rooms_of,
    .person_by_session = person_by_session,
    .person_by_name = person_by_name,
    .person_get = person_get,
    .person_create = person_create,
    .session_create = session_create,
    .person_update = person_update,
    .rest = rest,
    .close = close_store,
};

struct store *memory_store_new(const struct memory_store_limits *limits)
{
    struct memory_store *memory = mem_zalloc(sizeof(*memory));
    const struct person_record console = {
        .id = PERSON_CONSOLE, .name = {.len = 7, .text = "Console"}, .role = ROLE_OWNER};
    struct room_record lobby = {
        .id = ROOM_LOBBY, .kind = ROOM_PUBLIC, .flags = ROOM_FLAG_GUESTS | ROOM_FLAG_DEFAULT};
    memory->store.ops = &ops;
    memory->limits = *limits;
    pthread_mutex_init(&memory->lock, NULL);
    lobby.name.len = sizeof(ROOM_LOBBY_NAME) - 1;
    memcpy(lobby.name.text, ROOM_LOBBY_NAME, sizeof(ROOM_LOBBY_NAME));
    name_fold(&lobby.name, &lobby.folded);
    memory_room_add(memory, &lobby);
    add_person(memory, &console);
    return &memory->store;
}
