#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "chat/role.h"
#include "store/page.h"
#include "store/sqlite_reader.h"
#include "store/sqlite_rows.h"
#include "store/sqlite_search.h"

/*
 * The reading half. Each question is answered from one snapshot (a read transaction), and has a
 * deadline: a reader that went on reading would keep the writer from emptying the WAL.
 */
enum { DEADLINE_MS = 200, STEPS_PER_LOOK = 500 };

static const struct sql reader_sql[SQL_READER_COUNT] = {
    [SQL_BEGIN] = {"begin reading", "BEGIN"},
    [SQL_END] = {"end reading", "COMMIT"},
    [SQL_HEAD] = {"read a room's head",
                  "SELECT seq FROM events WHERE room = ?1 ORDER BY seq DESC LIMIT 1"},
    [SQL_MID] = {"read an event", "SELECT mid FROM events WHERE room = ?1 AND seq = ?2"},
    [SQL_ROWS_UP] = {"read events", sqlite_rows_up},
    [SQL_ROWS_DOWN] = {"read events", sqlite_rows_down},
    [SQL_KINDS] =
        {"read reactions",
         "SELECT emoji, count FROM reaction_counts WHERE room = ?1 AND seq = ?2 LIMIT ?3"},
    [SQL_PEOPLE] = {"read reactions", "SELECT person FROM reactions"
                                      " WHERE room = ?1 AND seq = ?2 AND emoji = ?3 LIMIT ?4"},
    [SQL_PINNED] = {"read a pin", "SELECT 1 FROM pins WHERE room = ?1 AND seq = ?2"},
    [SQL_NAME_OF] = {"read a name", "SELECT name FROM people WHERE id = ?1"},
    [SQL_MEANT] = {"read mentions",
                   "SELECT person FROM mentions WHERE room = ?1 AND seq = ?2 ORDER BY id LIMIT ?3"},
    [SQL_FILES] = {"read files", FILE_COLUMNS " WHERE f.room = ?1 AND f.room > 0 AND f.seq = ?2"
                                              " ORDER BY f.place LIMIT ?3"},
    [SQL_FIRST] = {"read a room", "SELECT first_seq FROM rooms WHERE id = ?1"},
    /* Names begin behind the control characters with which direct rooms are kept apart. */
    [SQL_ROOMS] = {"read the rooms",
                   "SELECT id, kind, name, topic, flags, slow, retention FROM rooms"
                   " WHERE folded > max(?1, char(31)) AND kind IN (0, 3) AND NOT flags & 4"
                   " AND (?3 OR flags & 1) ORDER BY folded LIMIT ?2"},
    [SQL_MEMBERS_MANY] = {"count members",
                          "SELECT 1 FROM members WHERE room = ?1 LIMIT 1 OFFSET ?2"},
    [SQL_IS_HOST] = {"read a member",
                     "SELECT 1 FROM members WHERE room = ?1 AND person = ?2 AND host"},
};

static int look_at_clock(void *ctx)
{
    const struct sqlite_reader *reader = ctx;
    return clock_mono_ms() >= reader->until_ms;
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

/* Where the log of the room that is asked about begins. */
static int find_first(struct sqlite_reader *reader)
{
    sqlite3_stmt *statement = db_statement(&reader->db, SQL_FIRST);
    bind_u64(statement, 1, reader->room);
    int result = db_row(&reader->db, SQL_FIRST);
    reader->first = result == OK ? column_u64(statement, 0) : 1;
    db_reset(&reader->db, SQL_FIRST);
    return result == ERR_NOT_FOUND ? OK : result;
}

static const struct page_rows *feed_rows(struct sqlite_reader *reader, struct page_rows *rows)
{
    *rows = (struct page_rows){reader, sqlite_row_seek, sqlite_row_next, NULL, sqlite_row_event};
    return rows;
}

static int read_feed(struct sqlite_reader *reader, struct store_read *read)
{
    struct page_rows rows;
    int result = find_first(reader);
    if (result == OK && read->seq < reader->first - 1)
        result = ERR_NOT_FOUND;
    if (result == OK)
        result = check_mid(&reader->db, read);
    return result == OK ? page_feed(feed_rows(reader, &rows), read) : result;
}

/* The same without a cursor that could be wrong: what is kept behind seq. */
static int read_export(struct sqlite_reader *reader, struct store_read *read)
{
    struct page_rows rows;
    int result = find_first(reader);
    if (result == OK && read->seq < reader->first - 1)
        read->seq = reader->first - 1;
    return result == OK ? page_feed(feed_rows(reader, &rows), read) : result;
}

static int read_history(struct sqlite_reader *reader, struct store_read *read)
{
    const struct page_rows rows = {reader, sqlite_row_seek, sqlite_row_next, sqlite_row_ts_ms,
                                   sqlite_row_page_event};
    struct db *db = &reader->db;
    sqlite3_stmt *statement = db_statement(db, SQL_HEAD);
    uint64_t head = 0;
    bind_u64(statement, 1, read->room);
    int result = db_row(db, SQL_HEAD);
    if (result == OK)
        head = column_u64(statement, 0);
    db_reset(db, SQL_HEAD);
    if (result == OK || result == ERR_NOT_FOUND)
        result = find_first(reader);
    if (result != OK)
        return result;
    return page_history(&rows, head, read);
}

static void read_room(sqlite3_stmt *row, struct room_info *ret_info)
{
    *ret_info = (struct room_info){
        .id = column_u64(row, 0),
        .kind = (uint8_t)sqlite3_column_int(row, 1),
        .topic = column_string(row, 3),
        .flags = (uint32_t)column_u64(row, 4),
        .slow_ms = (uint32_t)column_u64(row, 5),
        .retention_days = (uint32_t)column_u64(row, 6),
    };
    column_name(row, 2, &ret_info->name);
}

static int read_rooms(struct sqlite_reader *reader, struct store_read *read)
{
    struct db *db = &reader->db;
    sqlite3_stmt *rooms = db_statement(db, SQL_ROOMS);
    bind_text(rooms, 1, name_slice(&read->after));
    bind_u64(rooms, 2, (uint64_t)read->limit + 1);
    sqlite3_bind_int(rooms, 3, read->role != ROLE_GUEST);
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
    case READ_LIST:
        return sqlite_read_list(reader, read);
    case READ_ACCOUNT:
        return sqlite_read_account(reader, read);
    case READ_FILE:
        return sqlite_read_file(reader, read);
    case READ_LINK:
        return sqlite_read_link(reader, read);
    case READ_EXPORT:
        return read_export(reader, read);
    case READ_SEARCH:
        return sqlite_read_search(reader, read);
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

/* In the order of their numbers. */
static int prepare(struct db *db)
{
    int result = db_prepare(db, reader_sql, SQL_READER_COUNT);
    if (result == OK)
        result = db_prepare(db, link_sql, SQL_LINK_COUNT);
    if (result == OK)
        result = db_prepare(db, list_sql, SQL_LIST_COUNT);
    return result;
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
        result = prepare(&reader->db);
        if (result == OK)
            result = sqlite_search_prepare(reader);
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
