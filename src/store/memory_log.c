#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "base/error.h"
#include "base/memory.h"
#include "store/memory_state.h"

enum { EVENTS_CAP_MIN = 16 };

struct kept *memory_kept(const struct memory_room *room, uint64_t seq)
{
    if (seq < room->first || seq > room->record.head)
        return NULL;
    return room->events[seq & (room->cap - 1)];
}

/* The message at this seq, or NULL. */
static struct kept *message_at(struct memory_store *memory, uint64_t room_id, uint64_t seq)
{
    const struct memory_room *room = memory_room(memory, room_id);
    struct kept *kept = room ? memory_kept(room, seq) : NULL;
    return kept && kept->kind == EVENT_MESSAGE ? kept : NULL;
}

static size_t text_bytes(const struct kept *kept)
{
    return kept->text ? kept->text->len : 0;
}

static bool means_somebody(const struct kept *kept)
{
    return kept->mentions_all || kept->mentions;
}

static void grow(struct memory_room *room)
{
    size_t cap = room->cap ? 2 * room->cap : EVENTS_CAP_MIN;
    struct kept **events = mem_alloc(cap * sizeof(struct kept *));
    for (uint64_t seq = room->first; seq <= room->record.head; seq++)
        events[seq & (cap - 1)] = room->events[seq & (room->cap - 1)];
    mem_free(room->events);
    room->events = events;
    room->cap = cap;
}

static void kind_free(struct reaction_kind *kind)
{
    blob_unref(kind->emoji);
    mem_free(kind->people);
}

/* Takes an event that stands in no log any more. */
static void kept_free(struct memory_store *memory, struct memory_room *room, struct kept *kept)
{
    if (kept->has_cid)
        HASH_DELETE(by_cid, memory->kept, kept);
    for (size_t i = 0; i < kept->kinds_count; i++)
        kind_free(&kept->kinds[i]);
    room->bytes -= text_bytes(kept);
    room->pins -= kept->pinned;
    room->meaning -= means_somebody(kept);
    blob_unref(kept->text);
    mem_free(kept->mentions);
    mem_free(kept->kinds);
    mem_free(kept);
}

void memory_log_trim(struct memory_store *memory, struct memory_room *room)
{
    while (room->first < room->record.head &&
           (room->record.head - room->first >= memory->limits.events_max ||
            room->bytes > memory->limits.bytes_max)) {
        struct kept *oldest = memory_kept(room, room->first);
        room->first++;
        kept_free(memory, room, oldest);
    }
}

void memory_log_free(struct memory_store *memory, struct memory_room *room)
{
    for (uint64_t seq = room->first; seq <= room->record.head; seq++)
        kept_free(memory, room, memory_kept(room, seq));
    mem_free(room->events);
}

/* ---- appending ---- */

static struct cid_key key_of(uint64_t room, uint64_t person, const uint8_t cid[CID_BYTES])
{
    struct cid_key key = {.room = room, .person = person};
    memcpy(key.cid, cid, CID_BYTES);
    return key;
}

static struct kept *by_key(struct memory_store *memory, const struct cid_key *key)
{
    struct kept *kept;
    HASH_FIND(by_cid, memory->kept, key, sizeof(*key), kept);
    return kept;
}

int memory_kept_by_cid(struct store *store, uint64_t room, uint64_t author,
                       const uint8_t cid[CID_BYTES], struct kept_record *ret_kept)
{
    const struct cid_key key = key_of(room, author, cid);
    const struct kept *kept = by_key(memory_of(store), &key);
    if (!kept)
        return ERR_NOT_FOUND;
    *ret_kept = (struct kept_record){kept->seq, kept->mid, kept->ts_ms, kept->digest};
    return OK;
}

struct people_list *memory_people_copy(const struct people_list *people)
{
    struct people_list *copy = people_list_new(people->count);
    memcpy(copy->ids, people->ids, people->count * sizeof(people->ids[0]));
    return copy;
}

static struct kept *kept_new(const struct event *event, uint64_t digest)
{
    struct slice body = event->message.body;
    struct kept *kept = mem_zalloc(sizeof(*kept));
    kept->seq = event->seq;
    kept->mid = event->mid;
    kept->ts_ms = event->ts_ms;
    kept->digest = digest;
    kept->target = event->target;
    kept->reply_to = event->reply_to;
    kept->key = key_of(event->room, event->person, event->cid);
    kept->kind = event->kind;
    kept->type = event->message.type;
    kept->visitor = event->visitor;
    kept->has_cid = event->has_cid;
    if (event->kind == EVENT_MESSAGE) {
        kept->mentions_all = event->mentions_all;
        kept->mentions = event->people_ids ? memory_people_copy(event->people_ids) : NULL;
    }
    if (event->kind != EVENT_EDIT && event->kind != EVENT_DELETE)
        kept->text = blob_new(body.len > 0 ? body.ptr : (const void *)"", body.len);
    return kept;
}

int memory_append(struct store *store, const struct event *event, uint64_t digest)
{
    struct memory_store *memory = memory_of(store);
    struct memory_room *room = memory_room(memory, event->room);
    const struct cid_key key = key_of(event->room, event->person, event->cid);
    if (event->has_cid && by_key(memory, &key))
        return ERR_EXISTS;
    if (!room || event->seq != room->record.head + 1) {
        snprintf(store->fault, sizeof(store->fault),
                 "the store in memory: event %llu does not follow on what room %llx holds",
                 (unsigned long long)event->seq, (unsigned long long)event->room);
        return ERR_IO;
    }
    memory_note(memory, (struct undo){.kind = UNDO_APPEND,
                                      .room = room,
                                      .mid = room->record.mid,
                                      .ts_ms = room->record.ts_ms});
    struct kept *kept = kept_new(event, digest);
    kept->order = ++memory->appended;
    if (event->seq - room->first >= room->cap)
        grow(room);
    room->events[event->seq & (room->cap - 1)] = kept;
    room->record.head = event->seq;
    room->record.mid = event->mid;
    room->record.ts_ms = event->ts_ms;
    room->record.messages += kept->kind == EVENT_MESSAGE;
    room->meaning += means_somebody(kept);
    kept->messages = room->record.messages;
    room->bytes += text_bytes(kept);
    if (kept->has_cid)
        HASH_ADD(by_cid, memory->kept, key, sizeof(kept->key), kept);
    struct kept *target = kept->kind == EVENT_EDIT ? memory_kept(room, kept->target) : NULL;
    if (target) {
        kept->edit = target->edit;
        target->edit = kept->seq;
    }
    return OK;
}

static void undo_append(struct memory_store *memory, const struct undo *undo)
{
    struct memory_room *room = undo->room;
    struct kept *kept = memory_kept(room, room->record.head);
    struct kept *target = kept->kind == EVENT_EDIT ? memory_kept(room, kept->target) : NULL;
    if (target)
        target->edit = kept->edit;
    room->record.head--;
    room->record.messages -= kept->kind == EVENT_MESSAGE;
    room->record.mid = undo->mid;
    room->record.ts_ms = undo->ts_ms;
    kept_free(memory, room, kept);
}

/* ---- messages ---- */

int memory_message_get(struct store *store, uint64_t room, uint64_t seq,
                       struct message_record *ret_message)
{
    const struct kept *kept = message_at(memory_of(store), room, seq);
    if (!kept)
        return ERR_NOT_FOUND;
    /* There are no files in memory. */
    *ret_message = (struct message_record){.author = kept->key.person, .deleted = kept->deleted};
    return OK;
}

static void erase_digest(struct memory_store *memory, struct kept *kept)
{
    memory_note(memory, (struct undo){.kind = UNDO_DIGEST, .kept = kept, .digest = kept->digest});
    kept->digest = 0;
}

/* Puts another text in the place of a message's; takes it. */
static void exchange(struct memory_store *memory, struct memory_room *room, struct kept *kept,
                     struct blob *text)
{
    struct kept *edit = memory_kept(room, kept->edit);
    memory_note(
        memory,
        (struct undo){.kind = UNDO_TEXT,
                      .room = room,
                      .kept = kept,
                      .text = kept->text,
                      .edited_ms = kept->edited_ms,
                      .deleted = kept->deleted,
                      .revised = kept->revised,
                      .mentions_all = kept->mentions_all,
                      .mentions = kept->mentions ? memory_people_copy(kept->mentions) : NULL});
    room->bytes -= text_bytes(kept);
    kept->text = text;
    room->bytes += text_bytes(kept);
    erase_digest(memory, kept);
    /* Those before it have lost theirs already. */
    if (edit)
        erase_digest(memory, edit);
}

int memory_message_set_text(struct store *store, uint64_t room, uint64_t seq, struct slice text,
                            uint64_t edited_ms)
{
    struct memory_store *memory = memory_of(store);
    struct kept *kept = message_at(memory, room, seq);
    if (!kept)
        return ERR_NOT_FOUND;
    exchange(memory, memory_room(memory, room), kept,
             blob_new(text.len > 0 ? text.ptr : (const void *)"", text.len));
    kept->edited_ms = edited_ms;
    kept->deleted = false;
    kept->revised = true;
    return OK;
}

/* ---- reactions ---- */

static int emoji_order(struct slice a, struct slice b)
{
    int order = memcmp(a.ptr, b.ptr, a.len < b.len ? a.len : b.len);
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

/* The place of a kind in the list, and whether it is there. */
static size_t kind_place(const struct kept *kept, struct slice emoji, bool *ret_found)
{
    size_t at = 0;
    while (at < kept->kinds_count && emoji_order(blob_slice(kept->kinds[at].emoji), emoji) < 0)
        at++;
    *ret_found = at < kept->kinds_count && slice_equals(blob_slice(kept->kinds[at].emoji), emoji);
    return at;
}

/*
 * The same of a person; people are in the order of SQLite's signed numbers, so that all stores show
 * the same.
 */
static size_t person_place(const struct reaction_kind *kind, uint64_t person, bool *ret_found)
{
    size_t low = 0, high = kind->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if ((int64_t)kind->people[middle] < (int64_t)person)
            low = middle + 1;
        else
            high = middle;
    }
    *ret_found = low < kind->count && kind->people[low] == person;
    return low;
}

static void react(struct kept *kept, struct slice emoji, uint64_t person)
{
    bool found;
    size_t at = kind_place(kept, emoji, &found);
    if (!found) {
        kept->kinds = mem_realloc(kept->kinds, (kept->kinds_count + 1) * sizeof(kept->kinds[0]));
        memmove(&kept->kinds[at + 1], &kept->kinds[at],
                (kept->kinds_count - at) * sizeof(kept->kinds[0]));
        kept->kinds[at] = (struct reaction_kind){.emoji = blob_new(emoji.ptr, emoji.len)};
        kept->kinds_count++;
    }
    struct reaction_kind *kind = &kept->kinds[at];
    if (kind->count == kind->cap) {
        kind->cap = kind->cap ? 2 * kind->cap : 4;
        kind->people = mem_realloc(kind->people, kind->cap * sizeof(kind->people[0]));
    }
    at = person_place(kind, person, &found);
    ASSERT(!found);
    memmove(&kind->people[at + 1], &kind->people[at], (kind->count - at) * sizeof(kind->people[0]));
    kind->people[at] = person;
    kind->count++;
}

static void unreact(struct kept *kept, struct slice emoji, uint64_t person)
{
    bool found;
    size_t at = kind_place(kept, emoji, &found);
    ASSERT(found);
    struct reaction_kind *kind = &kept->kinds[at];
    size_t place = person_place(kind, person, &found);
    ASSERT(found);
    kind->count--;
    memmove(&kind->people[place], &kind->people[place + 1],
            (kind->count - place) * sizeof(kind->people[0]));
    if (kind->count > 0)
        return;
    kind_free(kind);
    kept->kinds_count--;
    memmove(kind, kind + 1, (kept->kinds_count - at) * sizeof(kept->kinds[0]));
}

/* NOLINTNEXTLINE(readability-function-size): chat/store.h asks for so many. */
int memory_reaction_set(struct store *store, uint64_t room, uint64_t seq, uint64_t person,
                        struct slice emoji, bool on, unsigned kinds_max)
{
    struct memory_store *memory = memory_of(store);
    struct kept *kept = message_at(memory, room, seq);
    bool kind_found, found = false;
    if (!kept)
        return ERR_NOT_FOUND;
    size_t at = kind_place(kept, emoji, &kind_found);
    if (kind_found)
        person_place(&kept->kinds[at], person, &found);
    if (on && found)
        return ERR_EXISTS;
    if (!on && !found)
        return ERR_NOT_FOUND;
    if (on && !kind_found && kept->kinds_count >= kinds_max)
        return ERR_LIMIT;
    memory_note(memory, (struct undo){.kind = on ? UNDO_REACT : UNDO_UNREACT,
                                      .kept = kept,
                                      .person = person,
                                      .text = blob_new(emoji.ptr, emoji.len)});
    if (on)
        react(kept, emoji, person);
    else
        unreact(kept, emoji, person);
    return OK;
}

/* ---- pins ---- */

int memory_pin_set(struct store *store, uint64_t room_id, uint64_t seq, bool on, unsigned pins_max)
{
    struct memory_store *memory = memory_of(store);
    struct memory_room *room = memory_room(memory, room_id);
    struct kept *kept = message_at(memory, room_id, seq);
    if (!kept || (!on && !kept->pinned))
        return ERR_NOT_FOUND;
    if (on && kept->pinned)
        return ERR_EXISTS;
    if (on && room->pins >= pins_max)
        return ERR_LIMIT;
    memory_note(memory, (struct undo){.kind = UNDO_PIN, .room = room, .kept = kept});
    kept->pinned = on;
    room->pins += on ? 1 : -1u;
    return OK;
}

/* ---- mentions, files, and how many messages there are ---- */

/* They stand in the event, from which append takes them. */
int memory_mention(struct store *store, uint64_t room, uint64_t seq,
                   const struct people_list *people, bool all)
{
    (void)store;
    (void)room;
    (void)seq;
    (void)people;
    (void)all;
    return OK;
}

static bool means(const struct kept *kept, uint64_t person)
{
    if (kept->mentions_all)
        return true;
    for (uint32_t i = 0; kept->mentions && i < kept->mentions->count; i++) {
        if (kept->mentions->ids[i] == person)
            return true;
    }
    return false;
}

int memory_mentions_behind(struct store *store, uint64_t room_id, uint64_t person, uint64_t seq,
                           uint32_t *ret_count)
{
    const struct memory_room *room = memory_room(memory_of(store), room_id);
    uint32_t count = 0;
    *ret_count = 0;
    if (!room || room->meaning == 0 || seq >= room->record.head)
        return OK;
    for (uint64_t at = seq < room->first ? room->first : seq + 1;
         at <= room->record.head && count < UNREAD_MAX; at++)
        count += means(memory_kept(room, at), person);
    *ret_count = count;
    return OK;
}

int memory_files_attach(struct store *store, uint64_t room, uint64_t seq, uint64_t person,
                        const struct file_list *wanted, struct file_list **ret_files)
{
    (void)store;
    (void)room;
    (void)seq;
    (void)person;
    (void)wanted;
    (void)ret_files;
    return ERR_NOT_FOUND;
}

int memory_messages_up_to(struct store *store, uint64_t room_id, uint64_t seq, uint64_t *ret_count)
{
    const struct memory_room *room = memory_room(memory_of(store), room_id);
    const struct kept *oldest = room ? memory_kept(room, room->first) : NULL;
    *ret_count = 0;
    if (!oldest)
        return OK;
    if (seq > room->record.head)
        seq = room->record.head;
    *ret_count = seq < room->first ? oldest->messages - (oldest->kind == EVENT_MESSAGE)
                                   : memory_kept(room, seq)->messages;
    return OK;
}

/* ---- erasing ---- */

int memory_message_erase(struct store *store, uint64_t room, uint64_t seq)
{
    struct memory_store *memory = memory_of(store);
    struct kept *kept = message_at(memory, room, seq);
    if (!kept)
        return ERR_NOT_FOUND;
    exchange(memory, memory_room(memory, room), kept, NULL);
    kept->deleted = true;
    kept->revised = false;
    kept->edited_ms = 0;
    memory_room(memory, room)->meaning -= means_somebody(kept);
    mem_free(kept->mentions);
    kept->mentions = NULL;
    kept->mentions_all = false;
    while (kept->kinds_count > 0) {
        const struct reaction_kind *kind = &kept->kinds[0];
        memory_reaction_set(store, room, seq, kind->people[kind->count - 1],
                            blob_slice(kind->emoji), false, 0);
    }
    if (kept->pinned)
        memory_pin_set(store, room, seq, false, 0);
    return OK;
}

static void undo_text(const struct undo *undo)
{
    struct kept *kept = undo->kept;
    undo->room->bytes -= text_bytes(kept);
    blob_unref(kept->text);
    kept->text = undo->text ? blob_ref(undo->text) : NULL;
    undo->room->bytes += text_bytes(kept);
    kept->edited_ms = undo->edited_ms;
    kept->deleted = undo->deleted;
    kept->revised = undo->revised;
    undo->room->meaning -= means_somebody(kept);
    mem_free(kept->mentions);
    kept->mentions = undo->mentions ? memory_people_copy(undo->mentions) : NULL;
    kept->mentions_all = undo->mentions_all;
    undo->room->meaning += means_somebody(kept);
}

void memory_log_undo(struct memory_store *memory, const struct undo *undo)
{
    switch (undo->kind) {
    case UNDO_APPEND:
        undo_append(memory, undo);
        break;
    case UNDO_TEXT:
        undo_text(undo);
        break;
    case UNDO_DIGEST:
        undo->kept->digest = undo->digest;
        break;
    case UNDO_REACT:
        unreact(undo->kept, blob_slice(undo->text), undo->person);
        break;
    case UNDO_UNREACT:
        react(undo->kept, blob_slice(undo->text), undo->person);
        break;
    case UNDO_PIN:
        undo->kept->pinned = !undo->kept->pinned;
        undo->room->pins += undo->kept->pinned ? 1 : -1u;
        break;
    default:
        ASSERT(false);
    }
}
