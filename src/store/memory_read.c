#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "chat/role.h"
#include "store/memory_state.h"
#include "store/page.h"

/*
 * Everything here happens under the store's lock: it sees what is committed, and nothing changes
 * meanwhile.
 */

static int seek(void *ctx, uint64_t seq, bool up)
{
    struct memory_reader *reader = ctx;
    reader->up = up;
    reader->seq = up && seq < reader->room->first ? reader->room->first : seq;
    return OK;
}

static int next(void *ctx, uint64_t *ret_seq, uint8_t *ret_kind)
{
    struct memory_reader *reader = ctx;
    reader->kept = memory_kept(reader->room, reader->seq);
    if (!reader->kept)
        return ERR_EOF;
    reader->seq = reader->up ? reader->seq + 1 : reader->seq - 1;
    *ret_seq = reader->kept->seq;
    *ret_kind = reader->kept->kind;
    return OK;
}

static uint64_t ts_ms(void *ctx)
{
    const struct memory_reader *reader = ctx;
    return reader->kept->ts_ms;
}

static struct event *event_of(const struct memory_reader *reader)
{
    const struct kept *kept = reader->kept;
    const struct kept *holder =
        kept->kind == EVENT_EDIT ? memory_kept(reader->room, kept->target) : kept;
    const struct memory_person *person = memory_person(reader->memory, kept->key.person);
    bool deleted = !holder || holder->deleted || (kept->kind == EVENT_EDIT && !holder->revised);
    bool has_text = !deleted && holder->text;
    struct event *event =
        event_new((enum event_kind)kept->kind,
                  has_text ? blob_slice(holder->text) : slice_of(NULL, 0), slice_of(NULL, 0));
    event->room = kept->key.room;
    event->seq = kept->seq;
    event->mid = kept->mid;
    event->ts_ms = kept->ts_ms;
    event->person = kept->key.person;
    event->target = kept->target;
    event->reply_to = kept->reply_to;
    event->message.type = kept->type;
    event->deleted = deleted;
    event->edited_ms = kept->edited_ms;
    event->mentions_all = kept->mentions_all;
    event->people_ids = kept->mentions ? memory_people_copy(kept->mentions) : NULL;
    if (kept->kind >= EVENT_ADDED_BY && kept->kind <= EVENT_UNHOST) {
        const struct memory_person *subject = memory_person(reader->memory, kept->target);
        if (subject)
            event->subject = subject->record.name;
    }
    event->visitor = kept->visitor;
    if (kept->visitor)
        event->client = event->person;
    else if (person)
        event->name = person->record.name;
    event->has_cid = kept->has_cid;
    if (kept->has_cid)
        memcpy(event->cid, kept->key.cid, CID_BYTES);
    return event;
}

static int feed_event(void *ctx, struct event **ret_event)
{
    *ret_event = event_of(ctx);
    return OK;
}

static struct reaction_list *reactions_of(const struct kept *kept)
{
    size_t bytes = sizeof(struct reaction_list) + kept->kinds_count * sizeof(struct reaction);
    size_t emoji_bytes = 0;
    for (size_t i = 0; i < kept->kinds_count; i++)
        emoji_bytes += kept->kinds[i].emoji->len;
    struct reaction_list *list = mem_alloc(bytes + emoji_bytes);
    uint8_t *to = (uint8_t *)list + bytes;
    list->count = (uint32_t)kept->kinds_count;
    for (size_t i = 0; i < kept->kinds_count; i++) {
        const struct reaction_kind *kind = &kept->kinds[i];
        size_t people = kind->count < REACTION_PEOPLE_MAX ? kind->count : REACTION_PEOPLE_MAX;
        memcpy(to, kind->emoji->bytes, kind->emoji->len);
        list->list[i] = (struct reaction){.emoji = slice_of(to, kind->emoji->len),
                                          .count = (uint32_t)kind->count,
                                          .people_count = (uint32_t)people};
        memcpy(list->list[i].people, kind->people, people * sizeof(kind->people[0]));
        to += kind->emoji->len;
    }
    return list;
}

struct event *memory_page_event(const struct memory_reader *reader)
{
    struct event *event = event_of(reader);
    event->pinned = reader->kept->pinned;
    if (reader->kept->kinds_count > 0)
        event->reactions = reactions_of(reader->kept);
    return event;
}

static int page_event(void *ctx, struct event **ret_event)
{
    *ret_event = memory_page_event(ctx);
    return OK;
}

static int read_feed(struct memory_reader *reader, struct store_read *read)
{
    const struct page_rows rows = {reader, seek, next, NULL, feed_event};
    if (read->check_mid && read->seq > 0) {
        const struct kept *kept = memory_kept(reader->room, read->seq);
        if (!kept && read->seq < reader->room->first)
            return ERR_NOT_FOUND;
        if (!kept || kept->mid != read->mid)
            return ERR_PROTOCOL;
    }
    return page_feed(&rows, read);
}

/* The same without a cursor that could be wrong: what is kept behind seq. */
static int read_export(struct memory_reader *reader, struct store_read *read)
{
    const struct page_rows rows = {reader, seek, next, NULL, feed_event};
    if (read->seq < reader->room->first - 1)
        read->seq = reader->room->first - 1;
    return page_feed(&rows, read);
}

static int read_history(struct memory_reader *reader, struct store_read *read)
{
    const struct page_rows rows = {reader, seek, next, ts_ms, page_event};
    return page_history(&rows, reader->room->record.head, read);
}

/* ---- rooms ---- */

static int name_order(const struct name *a, const struct name *b)
{
    int order = memcmp(a->text, b->text, a->len < b->len ? a->len : b->len);
    return order ? order : a->len - b->len;
}

static int room_order(const void *a, const void *b)
{
    const struct memory_room *const *first = a, *const *second = b;
    return name_order(&(*first)->record.folded, &(*second)->record.folded);
}

static bool is_open(const struct room_record *room, uint8_t role)
{
    if (room->kind != ROOM_PUBLIC && room->kind != ROOM_ANNOUNCEMENT)
        return false;
    if (room->flags & ROOM_FLAG_ARCHIVED)
        return false;
    return role != ROLE_GUEST || (room->flags & ROOM_FLAG_GUESTS);
}

static int read_rooms(const struct memory_store *memory, struct store_read *read)
{
    const struct memory_room **found =
        mem_alloc((HASH_CNT(by_id, memory->rooms) + 1) * sizeof(found[0]));
    size_t count = 0;
    const struct memory_room *room, *next_room;
    HASH_ITER (by_id, memory->rooms, room, next_room) {
        if (is_open(&room->record, read->role) &&
            name_order(&room->record.folded, &read->after) > 0)
            found[count++] = room;
    }
    qsort(found, count, sizeof(found[0]), room_order);
    read->more = count > read->limit;
    count = read->more ? read->limit : count;
    read->rooms = mem_zalloc((count + 1) * sizeof(read->rooms[0]));
    for (size_t i = 0; i < count; i++) {
        const char *topic = found[i]->record.topic;
        read->rooms[i] = (struct room_info){
            .id = found[i]->record.id,
            .kind = found[i]->record.kind,
            .flags = found[i]->record.flags,
            .slow_ms = found[i]->record.slow_ms,
            .retention_days = found[i]->record.retention_days,
            .name = found[i]->record.name,
            .topic = topic ? mem_copy_string(topic, strlen(topic)) : NULL,
        };
    }
    read->rooms_count = count;
    mem_free(found);
    return OK;
}

/* ---- members ---- */

/* A person, and its seat in the room that is asked about. */
struct member {
    const struct memory_person *person;
    const struct memory_seat *seat;
};

static int member_order(const void *a, const void *b)
{
    const struct member *first = a, *second = b;
    return name_order(&first->person->record.folded, &second->person->record.folded);
}

static char *copy_name(const struct name *name)
{
    return name->len > 0 ? mem_copy_string(name->text, name->len) : NULL;
}

/* In the order of the columns of chat/listing.c. */
static void fill_member(struct cell *cells, const struct member *member)
{
    const struct person_record *person = &member->person->record;
    cells[0].number = person->id;
    cells[1].text = copy_name(&person->name);
    cells[2].text = copy_name(&person->display);
    cells[2].is_null = !cells[2].text;
    cells[3].number = person->color;
    cells[3].is_null = person->color == 0;
    cells[4].number = person->role;
    cells[5].number = member->seat->host;
    cells[5].is_null = !member->seat->host;
}

static int read_members(const struct memory_store *memory, struct store_read *read)
{
    struct member *found = mem_alloc((HASH_CNT(by_person, memory->seats) + 1) * sizeof(found[0]));
    const struct memory_seats *seats, *next_seats;
    size_t count = 0, columns;
    HASH_ITER (by_person, memory->seats, seats, next_seats) {
        struct member member = {memory_person(memory, seats->person),
                                memory_seat(memory, read->room, seats->person)};
        if (member.person && member.seat &&
            name_order(&member.person->record.folded, &read->after) > 0)
            found[count++] = member;
    }
    qsort(found, count, sizeof(found[0]), member_order);
    listing_columns(LIST_MEMBERS, &columns);
    read->listing.kind = LIST_MEMBERS;
    read->listing.more = count > read->limit;
    read->listing.rows_count = read->listing.more ? read->limit : count;
    read->listing.cells = mem_zalloc((count + 1) * columns * sizeof(read->listing.cells[0]));
    for (size_t i = 0; i < read->listing.rows_count; i++)
        fill_member(&read->listing.cells[i * columns], &found[i]);
    mem_free(found);
    return OK;
}

/* ---- the questions ---- */

static int answer(struct memory_reader *reader, struct store_read *read)
{
    static const struct memory_room none = {.first = 1};
    reader->room = memory_room(reader->memory, read->room);
    if (!reader->room)
        reader->room = &none;
    switch ((enum store_read_kind)read->kind) {
    case READ_FEED:
        return read_feed(reader, read);
    case READ_HISTORY:
        return read_history(reader, read);
    case READ_ROOMS:
        return read_rooms(reader->memory, read);
    case READ_EXPORT:
        return read_export(reader, read);
    case READ_LIST:
        return read->list == LIST_MEMBERS ? read_members(reader->memory, read) : ERR_NOT_FOUND;
    case READ_SEARCH:
        return memory_read_search(reader, read);
    default: /* of what there is no directory for */
        return ERR_NOT_FOUND;
    }
}

static void run(struct store_reader *store_reader, struct store_read *read)
{
    struct memory_reader *reader = (struct memory_reader *)store_reader;
    pthread_mutex_lock(&reader->memory->lock);
    read->result = answer(reader, read);
    pthread_mutex_unlock(&reader->memory->lock);
}

static void close_reader(struct store_reader *store_reader)
{
    mem_free(store_reader);
}

struct store_reader *memory_reader_new(struct store *store)
{
    static const struct store_reader_ops ops = {run, close_reader};
    struct memory_reader *reader = mem_zalloc(sizeof(*reader));
    reader->reader.ops = &ops;
    reader->memory = memory_of(store);
    return &reader->reader;
}
