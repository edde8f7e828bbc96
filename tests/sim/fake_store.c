#include <string.h>

#include "array.h"
#include "base/assert.h"
#include "fake_state.h"
#include "frame.h"

static struct fake_store *of(struct store *store)
{
    return (struct fake_store *)store;
}

/* ---- finding ---- */

struct fake_room *fake_store_room(const struct fake_store *fake, uint64_t id)
{
    for (size_t i = 0; i < fake->rooms_count; i++) {
        if (fake->rooms[i].record.id == id)
            return &fake->rooms[i];
    }
    return NULL;
}

struct fake_event *fake_find_event(const struct fake_store *fake, uint64_t room, uint64_t seq)
{
    struct fake_room *found = fake_store_room(fake, room);
    return found && seq > 0 && seq <= found->count ? &found->events[seq - 1] : NULL;
}

const struct fake_event *fake_store_event(const struct fake_store *fake, uint64_t room,
                                          uint64_t seq)
{
    const struct fake_event *event = fake_find_event(fake, room, seq);
    return event && !event->ghost ? event : NULL;
}

struct fake_member *fake_find_member(const struct fake_store *fake, uint64_t room, uint64_t person)
{
    for (size_t i = 0; i < fake->members_count; i++) {
        if (fake->members[i].room == room && fake->members[i].person == person)
            return &fake->members[i];
    }
    return NULL;
}

bool fake_store_is_member(const struct fake_store *fake, uint64_t room, uint64_t person)
{
    return fake_find_member(fake, room, person) != NULL;
}

uint64_t fake_store_read_mark(const struct fake_store *fake, uint64_t room, uint64_t person)
{
    const struct fake_member *member = fake_find_member(fake, room, person);
    return member ? member->read : 0;
}

struct person_record *fake_find_person(const struct fake_store *fake, uint64_t id)
{
    for (size_t i = 0; i < fake->people_count; i++) {
        if (fake->people[i].id == id)
            return &fake->people[i];
    }
    return NULL;
}

struct fake_reaction *fake_find_reaction(const struct fake_store *fake,
                                         const struct fake_reaction *key)
{
    for (size_t i = 0; i < fake->reactions_count; i++) {
        if (memcmp(&fake->reactions[i], key, sizeof(*key)) == 0)
            return &fake->reactions[i];
    }
    return NULL;
}

uint64_t fake_store_reactions(const struct fake_store *fake, uint64_t room, uint64_t seq)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < fake->reactions_count; i++) {
        const struct fake_reaction *reaction = &fake->reactions[i];
        if (reaction->room == room && reaction->seq == seq)
            hash ^= reaction_hash(reaction->person, reaction->emoji);
    }
    return hash;
}

/* What was noted by a transaction that was undone does not count. */
bool fake_store_is_erased(const struct fake_store *fake, uint64_t number, uint64_t seq)
{
    const struct fake_said *said = &fake->said[number];
    const struct fake_event *by = fake_store_event(fake, said->room, said->until);
    return by && said->until <= seq && by->target == said->seq &&
           (by->kind == EVENT_EDIT || by->kind == EVENT_DELETE);
}

static uint64_t find_cid(const struct fake_room *room, uint64_t person, const uint8_t *cid)
{
    for (size_t i = 0; i < room->count; i++) {
        const struct fake_event *event = &room->events[i];
        if (event->person == person && event->has_cid && memcmp(event->cid, cid, CID_BYTES) == 0)
            return i + 1;
    }
    return 0;
}

unsigned fake_store_count_cid(const struct fake_store *fake, uint64_t person,
                              const uint8_t cid[CID_BYTES])
{
    unsigned count = 0;
    for (size_t r = 0; r < fake->rooms_count; r++) {
        const struct fake_room *room = &fake->rooms[r];
        for (size_t i = 0; i < room->count; i++) {
            const struct fake_event *event = &room->events[i];
            count += event->person == person && event->has_cid &&
                     memcmp(event->cid, cid, CID_BYTES) == 0;
        }
    }
    return count;
}

/* ---- rooms ---- */

static uint64_t count_messages(const struct fake_room *room, uint64_t to)
{
    uint64_t count = 0;
    for (size_t i = 0; i < room->count && i < to; i++)
        count += room->events[i].kind == EVENT_MESSAGE;
    return count;
}

static int messages_up_to(struct store *store, uint64_t room, uint64_t seq, uint64_t *ret_count)
{
    *ret_count = count_messages(fake_store_room(of(store), room), seq);
    return OK;
}

static int room_get(struct store *store, uint64_t id, struct room_record *ret_room)
{
    const struct fake_room *room = fake_store_room(of(store), id);
    if (!room)
        return ERR_NOT_FOUND;
    *ret_room = room->record;
    ret_room->messages = count_messages(room, room->count);
    if (room->count > 0) {
        ret_room->head = room->count;
        ret_room->mid = room->events[room->count - 1].mid;
        ret_room->ts_ms = room->events[room->count - 1].ts_ms;
    }
    if (room->topic) {
        uint8_t text[TEXT_BYTES_MIN];
        text_write(room->topic, sizeof(text), text);
        ret_room->topic = mem_copy_string(text, sizeof(text));
    }
    return OK;
}

static int room_by_name(struct store *store, const struct name *folded, uint64_t *ret_id)
{
    const struct fake_store *fake = of(store);
    for (size_t i = 0; i < fake->rooms_count; i++) {
        if (slice_equals(name_slice(&fake->rooms[i].record.folded), name_slice(folded))) {
            *ret_id = fake->rooms[i].record.id;
            return OK;
        }
    }
    return ERR_NOT_FOUND;
}

static void add_room(struct fake_store *fake, const struct room_record *record)
{
    struct fake_room *room = ARRAY_ADD(fake->rooms, fake->rooms_count, fake->rooms_cap);
    *room = (struct fake_room){.record = *record};
    room->record.head = room->record.mid = room->record.ts_ms = 0;
    room->record.topic = NULL;
}

static int room_create(struct store *store, const struct room_record *record)
{
    struct fake_store *fake = of(store);
    int result = fake_step(fake);
    if (result != OK)
        return result;
    if (fake_store_room(fake, record->id))
        fake->wrong = "a room was made twice";
    add_room(fake, record);
    fake_note(fake, UNDO_ROOM, record->id, 0);
    return OK;
}

static int room_set_topic(struct store *store, uint64_t id, struct slice topic)
{
    struct fake_store *fake = of(store);
    struct fake_room *room = fake_store_room(fake, id);
    int result = fake_step(fake);
    if (result != OK)
        return result;
    fake_note(fake, UNDO_TOPIC, id, 0)->number = room->topic;
    if (!text_read(topic, &room->topic))
        fake->wrong = "a topic was damaged on its way";
    return OK;
}

/* Names of rooms stay: a room that is renamed is left to the tests of the settling. */
static int room_set(struct store *store, const struct room_record *record)
{
    struct fake_store *fake = of(store);
    struct fake_room *room = fake_store_room(fake, record->id);
    int result = fake_step(fake);
    if (result != OK)
        return result;
    fake_note(fake, UNDO_RECORD, record->id, 0)->record = room->record;
    room->record.kind = record->kind;
    room->record.flags = record->flags;
    room->record.slow_ms = record->slow_ms;
    room->record.retention_days = record->retention_days;
    return OK;
}

static int rooms_with_flag(struct store *store, uint32_t flag,
                           void (*visit)(void *ctx, uint64_t room), void *ctx)
{
    const struct fake_store *fake = of(store);
    for (size_t i = 0; i < fake->rooms_count; i++) {
        if (fake->rooms[i].record.flags & flag)
            visit(ctx, fake->rooms[i].record.id);
    }
    return OK;
}

/* ---- the log ---- */

static int kept_by_cid(struct store *store, uint64_t id, uint64_t author,
                       const uint8_t cid[CID_BYTES], struct kept_record *ret_kept)
{
    struct fake_store *fake = of(store);
    const struct fake_room *room = fake_store_room(fake, id);
    int result = fake->open ? fake_step(fake) : OK;
    if (result != OK)
        return result;
    uint64_t seq = room ? find_cid(room, author, cid) : 0;
    if (seq == 0)
        return ERR_NOT_FOUND;
    const struct fake_event *event = &room->events[seq - 1];
    *ret_kept = (struct kept_record){seq, event->mid, event->ts_ms, event->digest};
    return OK;
}

/*
 * Remembers in which message a text is said. Emojis and topics are small numbers that come again
 * and again.
 */
static void note_said(struct fake_store *fake, uint64_t number, uint64_t room, uint64_t seq)
{
    while (number >= fake->said_cap) {
        size_t cap = fake->said_cap ? fake->said_cap * 2 : 256;
        fake->said = mem_realloc(fake->said, cap * sizeof(fake->said[0]));
        memset(fake->said + fake->said_cap, 0, (cap - fake->said_cap) * sizeof(fake->said[0]));
        fake->said_cap = cap;
    }
    fake->said[number] = (struct fake_said){room, seq, 0};
}

/* The text of the message is taken back by the event that comes next. */
static void note_erased(struct fake_store *fake, uint64_t number, uint64_t room)
{
    if (number > 0 && number < fake->said_cap)
        fake->said[number].until = fake_store_room(fake, room)->count + 1;
}

static void read_body(struct fake_store *fake, struct fake_event *ret_event, struct slice body)
{
    ret_event->len = (uint32_t)body.len;
    if (!text_read(body, &ret_event->number))
        fake->wrong = "a text was damaged on its way";
}

static int append(struct store *store, const struct event *event, uint64_t digest)
{
    struct fake_store *fake = of(store);
    struct fake_room *room = fake_store_room(fake, event->room);
    int result = fake_step(fake);
    if (result != OK)
        return result;
    ASSERT(room);
    if (event->has_cid && find_cid(room, event->person, event->cid) != 0)
        return ERR_EXISTS;
    if (room->count > 0 && room->events[room->count - 1].ghost && event->seq == room->count)
        room->count--;
    if (event->seq != room->count + 1)
        fake->wrong = event->seq <= room->count ? "a seq was used twice" : "a seq was left out";
    const char *wrong = fake_check_author(fake, event);
    fake->wrong = wrong ? wrong : fake->wrong;
    room->events = array_grown(room->events, room->count, &room->cap, sizeof(room->events[0]));
    struct fake_event *kept = &room->events[room->count++];
    *kept = (struct fake_event){
        .kind = event->kind,
        .visitor = event->visitor,
        .has_cid = event->has_cid,
        .mid = event->mid,
        .ts_ms = event->ts_ms,
        .person = event->person,
        .target = event->target,
        .reply_to = event->reply_to,
        .digest = digest,
    };
    memcpy(kept->cid, event->cid, CID_BYTES);
    if (event->kind != EVENT_EDIT && event->kind != EVENT_DELETE && event->kind != EVENT_SETTINGS)
        read_body(fake, kept, event->message.body);
    if (event->kind == EVENT_MESSAGE)
        note_said(fake, kept->number, event->room, event->seq);
    fake_note(fake, UNDO_APPEND, event->room, room->count);
    return OK;
}

static int message_get(struct store *store, uint64_t room, uint64_t seq,
                       struct message_record *ret_message)
{
    struct fake_store *fake = of(store);
    int result = fake_step(fake);
    if (result != OK)
        return result;
    const struct fake_event *event = fake_find_event(fake, room, seq);
    if (!event || event->kind != EVENT_MESSAGE)
        return ERR_NOT_FOUND;
    *ret_message = (struct message_record){.author = event->person, .deleted = event->deleted};
    return OK;
}

/* Returns the event for changing it. */
static struct fake_event *change(struct fake_store *fake, uint64_t room, uint64_t seq)
{
    struct fake_event *event = fake_find_event(fake, room, seq);
    fake_note(fake, UNDO_EVENT, room, seq)->event = *event;
    return event;
}

static void erase_digests(struct fake_store *fake, uint64_t id, uint64_t seq)
{
    const struct fake_room *room = fake_store_room(fake, id);
    change(fake, id, seq)->digest = 0;
    for (uint64_t other = seq + 1; other <= room->count; other++) {
        const struct fake_event *event = &room->events[other - 1];
        if (event->kind == EVENT_EDIT && event->target == seq && event->digest != 0)
            change(fake, id, other)->digest = 0;
    }
}

static int message_set_text(struct store *store, uint64_t room, uint64_t seq, struct slice text,
                            uint64_t edited_ms)
{
    struct fake_store *fake = of(store);
    int result = fake_step(fake);
    if (result != OK)
        return result;
    struct fake_event *event = change(fake, room, seq);
    if (event->kind != EVENT_MESSAGE || event->deleted)
        fake->wrong = "what is no message was edited";
    event->edited_ms = edited_ms;
    note_erased(fake, event->number, room);
    read_body(fake, event, text);
    note_said(fake, event->number, room, seq);
    erase_digests(fake, room, seq);
    return OK;
}

static int message_erase(struct store *store, uint64_t room, uint64_t seq)
{
    struct fake_store *fake = of(store);
    int result = fake_step(fake);
    if (result != OK)
        return result;
    struct fake_event *event = change(fake, room, seq);
    note_erased(fake, event->number, room);
    event->deleted = true;
    event->pinned = false;
    event->number = event->len = 0;
    erase_digests(fake, room, seq);
    for (size_t i = fake->reactions_count; i-- > 0;) {
        struct fake_reaction reaction = fake->reactions[i];
        if (reaction.room != room || reaction.seq != seq)
            continue;
        fake_note(fake, UNDO_REACTION_REMOVE, room, seq)->reaction = reaction;
        fake->reactions[i] = fake->reactions[--fake->reactions_count];
    }
    return OK;
}

/* NOLINTNEXTLINE(readability-function-size): chat/store.h asks for so many. */
static int reaction_set(struct store *store, uint64_t room, uint64_t seq, uint64_t person,
                        struct slice emoji, bool on, unsigned kinds_max)
{
    struct fake_store *fake = of(store);
    struct fake_reaction key = {room, seq, person, 0};
    int result = fake_step(fake);
    (void)kinds_max; /* there are not so many */
    if (result != OK)
        return result;
    if (!text_read(emoji, &key.emoji))
        fake->wrong = "an emoji was damaged on its way";
    bool there = fake_find_reaction(fake, &key) != NULL;
    if (there == on)
        return on ? ERR_EXISTS : ERR_NOT_FOUND;
    if (on)
        *ARRAY_ADD(fake->reactions, fake->reactions_count, fake->reactions_cap) = key;
    else
        fake_take_reaction_away(fake, &key);
    fake_note(fake, on ? UNDO_REACTION_ADD : UNDO_REACTION_REMOVE, room, seq)->reaction = key;
    return OK;
}

static int pin_set(struct store *store, uint64_t room, uint64_t seq, bool on, unsigned pins_max)
{
    struct fake_store *fake = of(store);
    int result = fake_step(fake);
    (void)pins_max;
    if (result != OK)
        return result;
    if (fake_find_event(fake, room, seq)->pinned == on)
        return on ? ERR_EXISTS : ERR_NOT_FOUND;
    change(fake, room, seq)->pinned = on;
    return OK;
}

/* ---- people ---- */

struct fake_session *fake_find_session(const struct fake_store *fake,
                                       const uint8_t hash[TOKEN_HASH_BYTES])
{
    for (size_t i = 0; i < fake->sessions_count; i++) {
        if (memcmp(fake->sessions[i].hash, hash, TOKEN_HASH_BYTES) == 0)
            return &fake->sessions[i];
    }
    return NULL;
}

uint64_t fake_store_session(const struct fake_store *fake, const uint8_t hash[TOKEN_HASH_BYTES])
{
    const struct fake_session *session = fake_find_session(fake, hash);
    return session ? session->person : 0;
}

static int person_by_session(struct store *store, const uint8_t hash[TOKEN_HASH_BYTES],
                             struct person_record *ret_person)
{
    const struct fake_store *fake = of(store);
    const struct fake_session *session = fake_find_session(fake, hash);
    if (!session)
        return ERR_NOT_FOUND;
    *ret_person = *fake_find_person(fake, session->person);
    ret_person->session = session->id;
    ret_person->session_used_ms = session->used_ms;
    return OK;
}

static int person_get(struct store *store, uint64_t id, struct person_record *ret_person)
{
    const struct person_record *person = fake_find_person(of(store), id);
    if (!person)
        return ERR_NOT_FOUND;
    *ret_person = *person;
    return OK;
}

static int person_by_name(struct store *store, const struct name *folded,
                          struct person_record *ret_person)
{
    const struct fake_store *fake = of(store);
    for (size_t i = 0; i < fake->people_count; i++) {
        if (slice_equals(name_slice(&fake->people[i].folded), name_slice(folded))) {
            *ret_person = fake->people[i];
            return OK;
        }
    }
    return ERR_NOT_FOUND;
}

static int person_create(struct store *store, const struct person_record *person)
{
    struct fake_store *fake = of(store);
    int result = fake_step(fake);
    if (result != OK)
        return result;
    if (fake_find_person(fake, person->id))
        return ERR_EXISTS;
    *ARRAY_ADD(fake->people, fake->people_count, fake->people_cap) = *person;
    fake_note(fake, UNDO_PERSON_ADD, 0, 0);
    return OK;
}

static int session_create(struct store *store, const uint8_t hash[TOKEN_HASH_BYTES],
                          uint64_t person, uint64_t now_ms)
{
    struct fake_store *fake = of(store);
    int result = fake_step(fake);
    (void)now_ms;
    if (result != OK)
        return result;
    struct fake_session *session =
        ARRAY_ADD(fake->sessions, fake->sessions_count, fake->sessions_cap);
    *session = (struct fake_session){.person = person};
    memcpy(session->hash, hash, TOKEN_HASH_BYTES);
    fake_note(fake, UNDO_SESSION_ADD, 0, 0)->session = *session;
    return OK;
}

static int person_update(struct store *store, const struct person_record *person)
{
    struct fake_store *fake = of(store);
    struct person_record *kept = fake_find_person(fake, person->id);
    int result = fake_step(fake);
    if (result != OK)
        return result;
    if (!kept) {
        fake->wrong = "somebody was changed who is not known";
        return OK;
    }
    struct person_record other;
    if (person->folded.len > 0 && person_by_name(store, &person->folded, &other) == OK &&
        other.id != person->id)
        fake->wrong = "two people have the same name";
    fake_note(fake, UNDO_PERSON, 0, 0)->person = *kept;
    kept->name = person->name;
    kept->folded = person->folded;
    kept->seen_ms = person->seen_ms;
    return OK;
}

static int rest(struct store *store, uint64_t now_mono_ms)
{
    (void)store;
    (void)now_mono_ms;
    return OK;
}

static void close_store(struct store *store)
{
    fake_store_release(of(store));
}

void fake_store_init(struct fake_store *fake, struct dice *dice)
{
    static const struct store_ops ops = {
        .begin = fake_begin,
        .commit = fake_commit,
        .rollback = fake_rollback,
        .room_get = room_get,
        .room_by_name = room_by_name,
        .room_create = room_create,
        .room_set_topic = room_set_topic,
        .kept_by_cid = kept_by_cid,
        .append = append,
        .message_get = message_get,
        .message_set_text = message_set_text,
        .message_erase = message_erase,
        .reaction_set = reaction_set,
        .pin_set = pin_set,
        .room_set = room_set,
        .rooms_with_flag = rooms_with_flag,
        .messages_up_to = messages_up_to,
        .people_of = fake_people_of,
        .member_set = fake_member_set,
        .member_get = fake_member_get,
        .member_set_host = fake_member_set_host,
        .member_set_level = fake_member_set_level,
        .mentions_behind = fake_mentions_behind,
        .read_set = fake_read_set,
        .rooms_of = fake_rooms_of,
        .person_get = person_get,
        .person_by_session = person_by_session,
        .person_by_name = person_by_name,
        .person_create = person_create,
        .session_create = session_create,
        .person_update = person_update,
        .rest = rest,
        .close = close_store,
    };
    const struct room_record lobby = {.id = ROOM_LOBBY,
                                      .first_seq = 1,
                                      .flags = ROOM_FLAG_GUESTS,
                                      .name = {5, ROOM_LOBBY_NAME},
                                      .folded = {5, ROOM_LOBBY_ID}};
    *fake = (struct fake_store){.store = {.ops = &ops}, .dice = dice};
    add_room(fake, &lobby);
    fake_keep(fake);
}

void fake_store_release(struct fake_store *fake)
{
    for (size_t i = 0; i < fake->rooms_count; i++)
        mem_free(fake->rooms[i].events);
    mem_free(fake->rooms);
    mem_free(fake->reactions);
    mem_free(fake->members);
    mem_free(fake->people);
    mem_free(fake->sessions);
    mem_free(fake->said);
    mem_free(fake->undo);
    mem_free(fake->marks);
}
