#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "store/page.h"
#include "store/sqlite_reader.h"

/*
 * The reading half. Each question is answered from one snapshot (a read transaction), and has a
 * deadline: a reader that went on reading would keep the writer from emptying the WAL.
 */
enum { DEADLINE_MS = 200, STEPS_PER_LOOK = 500 };

/*
 * A row as it is to be shown. The current text of a message that was edited, and of an edit, stands
 * in texts. The CASE yields NULL for all others, so that nothing is looked up for them.
 */
#define EVENT_COLUMNS                                                                              \
    "SELECT e.seq, e.kind, e.flags, e.author, e.cid, e.mid, e.ts, e.target, e.reply_to, e.type,"   \
    " e.body, t.body, v.ts, p.name"                                                                \
    " FROM events e"                                                                               \
    " LEFT JOIN revised v ON v.room = e.room AND v.seq ="                                          \
    " CASE WHEN e.kind = 3 THEN e.target WHEN e.flags & 4 THEN e.seq END"                          \
    " LEFT JOIN texts t ON t.id = v.text"                                                          \
    " LEFT JOIN people p ON p.id = e.author"

enum column {
    SEQ,
    KIND,
    FLAGS,
    AUTHOR,
    CID,
    MID,
    TS,
    TARGET,
    REPLY_TO,
    TYPE,
    BODY,
    TEXT,
    EDITED,
    NAME
};

static const struct sql reader_sql[SQL_READER_COUNT] = {
    [SQL_BEGIN] = {"begin reading", "BEGIN"},
    [SQL_END] = {"end reading", "COMMIT"},
    [SQL_HEAD] = {"read a room's head",
                  "SELECT seq FROM events WHERE room = ?1 ORDER BY seq DESC LIMIT 1"},
    [SQL_MID] = {"read an event", "SELECT mid FROM events WHERE room = ?1 AND seq = ?2"},
    [SQL_ROWS_UP] = {"read events",
                     EVENT_COLUMNS " WHERE e.room = ?1 AND e.seq >= ?2 ORDER BY e.seq"},
    [SQL_ROWS_DOWN] = {"read events",
                       EVENT_COLUMNS " WHERE e.room = ?1 AND e.seq <= ?2 ORDER BY e.seq DESC"},
    [SQL_KINDS] =
        {"read reactions",
         "SELECT emoji, count FROM reaction_counts WHERE room = ?1 AND seq = ?2 LIMIT ?3"},
    [SQL_PEOPLE] = {"read reactions", "SELECT person FROM reactions"
                                      " WHERE room = ?1 AND seq = ?2 AND emoji = ?3 LIMIT ?4"},
    [SQL_PINNED] = {"read a pin", "SELECT 1 FROM pins WHERE room = ?1 AND seq = ?2"},
    [SQL_ROOMS] = {"read the rooms", "SELECT id, kind, name, topic FROM rooms"
                                     " WHERE kind = 0 AND folded > ?1 ORDER BY folded LIMIT ?2"},
};

static int look_at_clock(void *ctx)
{
    const struct sqlite_reader *reader = ctx;
    return clock_mono_ms() >= reader->until_ms;
}

/* ---- rows of a room ---- */

static int seek(void *ctx, uint64_t seq, bool up)
{
    struct sqlite_reader *reader = ctx;
    struct db *db = &reader->db;
    db_reset(db, reader->rows);
    reader->rows = up ? SQL_ROWS_UP : SQL_ROWS_DOWN;
    sqlite3_stmt *rows = db_statement(db, reader->rows);
    bind_u64(rows, 1, reader->room);
    bind_u64(rows, 2, seq < INT64_MAX ? seq : INT64_MAX);
    return OK;
}

static int next(void *ctx, uint64_t *ret_seq, uint8_t *ret_kind)
{
    struct sqlite_reader *reader = ctx;
    int result = db_row(&reader->db, reader->rows);
    if (result != OK)
        return result == ERR_NOT_FOUND ? ERR_EOF : result;
    sqlite3_stmt *row = reader->db.statements[reader->rows];
    *ret_seq = column_u64(row, SEQ);
    *ret_kind = (uint8_t)sqlite3_column_int(row, KIND);
    return OK;
}

/* What the row says now: the text of an edit is its target's, and gone when that is deleted. */
static struct slice text_of(sqlite3_stmt *row, uint8_t kind, unsigned flags, bool *ret_deleted)
{
    bool revised = sqlite3_column_type(row, EDITED) != SQLITE_NULL;
    *ret_deleted = (flags & EVENT_FLAG_DELETED) != 0 || (kind == EVENT_EDIT && !revised);
    if (*ret_deleted)
        return slice_of(NULL, 0);
    return column_slice(row, revised ? TEXT : BODY);
}

static struct event *event_of(sqlite3_stmt *row, uint64_t room)
{
    unsigned flags = (unsigned)sqlite3_column_int(row, FLAGS);
    uint8_t kind = (uint8_t)sqlite3_column_int(row, KIND);
    bool deleted;
    struct slice text = text_of(row, kind, flags, &deleted);
    struct event *event = event_new((enum event_kind)kind, text, slice_of(NULL, 0));
    struct slice cid = column_slice(row, CID);
    event->room = room;
    event->seq = column_u64(row, SEQ);
    event->mid = column_u64(row, MID);
    event->ts_ms = column_u64(row, TS);
    event->person = column_u64(row, AUTHOR);
    event->target = column_u64(row, TARGET);
    event->reply_to = column_u64(row, REPLY_TO);
    event->message.type = (uint8_t)sqlite3_column_int(row, TYPE);
    event->deleted = deleted;
    if (kind == EVENT_MESSAGE)
        event->edited_ms = column_u64(row, EDITED);
    event->visitor = (flags & EVENT_FLAG_VISITOR) != 0;
    if (event->visitor)
        event->client = event->person;
    else
        column_name(row, NAME, &event->name);
    event->has_cid = cid.len == CID_BYTES;
    if (event->has_cid)
        memcpy(event->cid, cid.ptr, CID_BYTES);
    return event;
}

static int feed_event(void *ctx, struct event **ret_event)
{
    struct sqlite_reader *reader = ctx;
    *ret_event = event_of(reader->db.statements[reader->rows], reader->room);
    return OK;
}

/* ---- reactions and pins ---- */

/* Reads the kinds of reactions; their emoji stand behind the list, where there is room for all. */
static int read_kinds(struct db *db, const struct event *event, struct reaction_list **ret_list)
{
    const size_t list_bytes =
        sizeof(struct reaction_list) + MESSAGE_REACTIONS_MAX * sizeof(struct reaction);
    struct reaction_list *list = NULL;
    sqlite3_stmt *kinds = db_statement(db, SQL_KINDS);
    bind_u64(kinds, 1, event->room);
    bind_u64(kinds, 2, event->seq);
    bind_u64(kinds, 3, MESSAGE_REACTIONS_MAX);
    int result;
    while ((result = db_row(db, SQL_KINDS)) == OK) {
        struct slice emoji = column_slice(kinds, 0);
        if (!list) {
            list = mem_alloc(list_bytes + (size_t)MESSAGE_REACTIONS_MAX * EMOJI_BYTES_MAX);
            list->count = 0;
        }
        if (emoji.len > EMOJI_BYTES_MAX)
            continue;
        uint8_t *to = (uint8_t *)list + list_bytes + (size_t)list->count * EMOJI_BYTES_MAX;
        memcpy(to, emoji.ptr, emoji.len);
        list->list[list->count++] = (struct reaction){.emoji = slice_of(to, emoji.len),
                                                      .count = (uint32_t)column_u64(kinds, 1)};
    }
    db_reset(db, SQL_KINDS);
    *ret_list = list;
    return result == ERR_NOT_FOUND ? OK : result;
}

static int read_people(struct db *db, const struct event *event, struct reaction *reaction)
{
    sqlite3_stmt *people = db_statement(db, SQL_PEOPLE);
    bind_u64(people, 1, event->room);
    bind_u64(people, 2, event->seq);
    bind_blob(people, 3, reaction->emoji);
    bind_u64(people, 4, REACTION_PEOPLE_MAX);
    int result;
    while ((result = db_row(db, SQL_PEOPLE)) == OK)
        reaction->people[reaction->people_count++] = column_u64(people, 0);
    db_reset(db, SQL_PEOPLE);
    return result == ERR_NOT_FOUND ? OK : result;
}

static int read_pinned(struct db *db, struct event *event)
{
    sqlite3_stmt *pinned = db_statement(db, SQL_PINNED);
    bind_u64(pinned, 1, event->room);
    bind_u64(pinned, 2, event->seq);
    int result = db_row(db, SQL_PINNED);
    event->pinned = result == OK;
    db_reset(db, SQL_PINNED);
    return result == ERR_NOT_FOUND ? OK : result;
}

static int page_event(void *ctx, struct event **ret_event)
{
    struct sqlite_reader *reader = ctx;
    struct db *db = &reader->db;
    struct event *event = event_of(db->statements[reader->rows], reader->room);
    int result = OK;
    if (event->kind == EVENT_MESSAGE && !event->deleted) {
        result = read_kinds(db, event, &event->reactions);
        for (uint32_t i = 0; result == OK && event->reactions && i < event->reactions->count; i++)
            result = read_people(db, event, &event->reactions->list[i]);
        if (result == OK)
            result = read_pinned(db, event);
    }
    if (result != OK) {
        event_free(event);
        return result;
    }
    *ret_event = event;
    return OK;
}

int sqlite_read_event(struct sqlite_reader *reader, uint64_t room, uint64_t seq,
                      struct event **ret_event)
{
    uint64_t found = 0;
    uint8_t kind = 0;
    reader->room = room;
    int result = seek(reader, seq, true);
    if (result == OK)
        result = next(reader, &found, &kind);
    if (result == ERR_EOF || (result == OK && found != seq))
        result = ERR_NOT_FOUND;
    if (result == OK)
        result = page_event(reader, ret_event);
    db_reset(&reader->db, reader->rows);
    return result;
}

/* ---- the questions ---- */

static int check_mid(struct db *db, const struct store_read *read)
{
    if (!read->check_mid || read->seq == 0)
        return OK;
    sqlite3_stmt *statement = db_statement(db, SQL_MID);
    bind_u64(statement, 1, read->room);
    bind_u64(statement, 2, read->seq);
    int result = db_row(db, SQL_MID);
    if (result == ERR_NOT_FOUND || (result == OK && column_u64(statement, 0) != read->mid))
        result = ERR_PROTOCOL;
    db_reset(db, SQL_MID);
    return result;
}

static int read_feed(struct sqlite_reader *reader, struct store_read *read)
{
    const struct page_rows rows = {reader, seek, next, feed_event};
    int result = check_mid(&reader->db, read);
    return result == OK ? page_feed(&rows, read) : result;
}

static int read_history(struct sqlite_reader *reader, struct store_read *read)
{
    const struct page_rows rows = {reader, seek, next, page_event};
    struct db *db = &reader->db;
    sqlite3_stmt *statement = db_statement(db, SQL_HEAD);
    uint64_t head = 0;
    bind_u64(statement, 1, read->room);
    int result = db_row(db, SQL_HEAD);
    if (result == OK)
        head = column_u64(statement, 0);
    db_reset(db, SQL_HEAD);
    if (result != OK && result != ERR_NOT_FOUND)
        return result;
    return page_history(&rows, head, read);
}

static void read_room(sqlite3_stmt *row, struct room_info *ret_info)
{
    *ret_info = (struct room_info){
        .id = column_u64(row, 0),
        .kind = (uint8_t)sqlite3_column_int(row, 1),
        .topic = column_string(row, 3),
    };
    column_name(row, 2, &ret_info->name);
}

static int read_rooms(struct sqlite_reader *reader, struct store_read *read)
{
    struct db *db = &reader->db;
    sqlite3_stmt *rooms = db_statement(db, SQL_ROOMS);
    bind_text(rooms, 1, name_slice(&read->after));
    bind_u64(rooms, 2, (uint64_t)read->limit + 1);
    read->rooms = mem_zalloc(((size_t)read->limit + 1) * sizeof(read->rooms[0]));
    int result;
    while ((result = db_row(db, SQL_ROOMS)) == OK) {
        read->more = read->rooms_count == read->limit;
        if (!read->more)
            read_room(rooms, &read->rooms[read->rooms_count++]);
    }
    db_reset(db, SQL_ROOMS);
    return result == ERR_NOT_FOUND ? OK : result;
}

static int answer(struct sqlite_reader *reader, struct store_read *read)
{
    switch ((enum store_read_kind)read->kind) {
    case READ_FEED:
        return read_feed(reader, read);
    case READ_HISTORY:
        return read_history(reader, read);
    case READ_ROOMS:
        return read_rooms(reader, read);
    default:
        break;
    }
    return ERR_INTERNAL;
}

static void run(struct store_reader *store_reader, struct store_read *read)
{
    struct sqlite_reader *reader = (struct sqlite_reader *)store_reader;
    struct db *db = &reader->db;
    reader->room = read->room;
    reader->until_ms = clock_mono_ms() + reader->deadline_ms;
    int result = db_done(db, SQL_BEGIN);
    if (result == OK)
        result = answer(reader, read);
    db_reset(db, reader->rows);
    /*
     * Ending must not be out of time: an open transaction would hold the WAL. After some errors it
     * has ended already.
     */
    reader->until_ms = UINT64_MAX;
    db->broken = OK;
    if (!sqlite3_get_autocommit(db->handle))
        db_done(db, SQL_END);
    db->broken = OK;
    if (result == ERR_IO)
        memcpy(read->fault, reader->fault, sizeof(read->fault));
    /* Somebody holds a lock: that passes. */
    read->result = result == ERR_BUSY ? ERR_AGAIN : result;
}

static void close_reader(struct store_reader *store_reader)
{
    struct sqlite_reader *reader = (struct sqlite_reader *)store_reader;
    db_close(&reader->db);
    mem_free(reader);
}

static int open_reading(struct db *db, const struct sqlite_options *options, char *fault)
{
    int result = db_open(db, options, SQLITE_OPEN_READONLY, fault);
    if (result == OK)
        sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    return result == OK ? OK : ERR_IO;
}

int sqlite_reader_open(const struct sqlite_options *options, struct store_reader **ret_reader,
                       char ret_fault[STORE_FAULT_BYTES])
{
    static const struct store_reader_ops ops = {run, close_reader};
    struct sqlite_reader *reader = mem_zalloc(sizeof(*reader));
    reader->reader.ops = &ops;
    reader->rows = SQL_ROWS_UP;
    reader->deadline_ms = options->deadline_ms ? options->deadline_ms : DEADLINE_MS;
    int result = open_reading(&reader->db, options, reader->fault);
    if (result == OK) {
        result = db_prepare(&reader->db, reader_sql, SQL_READER_COUNT);
        if (result != OK)
            db_close(&reader->db);
    }
    if (result != OK) {
        memcpy(ret_fault, reader->fault, STORE_FAULT_BYTES);
        mem_free(reader);
        return ERR_IO;
    }
    sqlite3_busy_timeout(reader->db.handle, (int)reader->deadline_ms);
    sqlite3_progress_handler(reader->db.handle, STEPS_PER_LOOK, look_at_clock, reader);
    *ret_reader = &reader->reader;
    return OK;
}

/* ---- the check ---- */

static int must_stop(void *ctx)
{
    const atomic_bool *stop = ctx;
    return atomic_load(stop);
}

int sqlite_quick_check(const struct sqlite_options *options, char ret_fault[STORE_FAULT_BYTES])
{
    static const struct sql check[] = {{"check it", "PRAGMA quick_check(1)"}};
    struct db db;
    int result = open_reading(&db, options, ret_fault);
    if (result != OK)
        return result;
    if (options->stop)
        sqlite3_progress_handler(db.handle, STEPS_PER_LOOK, must_stop,
                                 (void *)(uintptr_t)options->stop);
    result = db_prepare(&db, check, 1);
    if (result == OK)
        result = db_row(&db, 0);
    if (result == OK && !slice_is(column_slice(db.statements[0], 0), "ok")) {
        snprintf(ret_fault, STORE_FAULT_BYTES, "%s is damaged: %s", db.path,
                 (const char *)sqlite3_column_text(db.statements[0], 0));
        for (char *at = strchr(ret_fault, '\n'); at; at = strchr(at, '\n'))
            *at = ' ';
        result = ERR_IO;
    }
    db_close(&db);
    return result == ERR_BUSY ? ERR_AGAIN : result;
}
