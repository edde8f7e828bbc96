#include <errno.h>
#include <string.h>

#include "base/assert.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "chat/search.h"
#include "store/sqlite_search.h"
#include "store/sqlite_store.h"

enum { OLDER_EACH_MS = 50 }; /* of each rest, for blocks of old events */

enum search_sql {
    SQL_BLOCK_EVENTS,
    SQL_ONE_EVENT,
    SQL_FILE_TYPES,
    SQL_BLOCK_FIRST,
    SQL_BLOCK_ADD,
    SQL_ROW_ADD,
    SQL_BLOCKS,
    SQL_BLOCK_ROWS,
    SQL_SEARCH_COUNT,
};

/* A message as it is now. */
#define MESSAGES                                                                                   \
    "SELECT e.id, e.room, e.seq, e.flags, e.author, e.ts, CASE WHEN v.seq IS NULL THEN e.body"     \
    " ELSE t.body END FROM events e"                                                               \
    " LEFT JOIN revised v ON v.room = e.room AND v.seq = CASE WHEN e.flags & 4 THEN e.seq END"     \
    " LEFT JOIN texts t ON t.id = v.text"

enum column { ID, ROOM, SEQ, FLAGS, AUTHOR, TS, TEXT };

static const struct sql search_sql[SQL_SEARCH_COUNT] = {
    [SQL_BLOCK_EVENTS] = {"read messages for the search's index",
                          MESSAGES " WHERE e.id >= ?1 AND e.id < ?2 AND e.kind = 2"},
    [SQL_ONE_EVENT] = {"read a message for the search's index",
                       MESSAGES " WHERE e.room = ?1 AND e.seq = ?2 AND e.kind = 2"},
    [SQL_FILE_TYPES] = {"read a message's files",
                        "SELECT type FROM files WHERE room = ?1 AND seq = ?2 AND room > 0"},
    [SQL_BLOCK_FIRST] = {"find a block of the search's index",
                         "SELECT first FROM search_blocks WHERE block = ?1"},
    [SQL_BLOCK_ADD] = {"keep a block of the search's index",
                       "INSERT INTO search_blocks(block, first, oldest, newest, rooms)"
                       " VALUES(?1, ?2, ?3, ?4, ?5)"},
    [SQL_ROW_ADD] = {"keep a block of the search's index",
                     "INSERT INTO search_slices(bits) VALUES(?1)"},
    [SQL_BLOCKS] = {"read the search's index",
                    "SELECT block, first, rooms FROM search_blocks ORDER BY block"},
    [SQL_BLOCK_ROWS] = {"read the search's index", "SELECT bits FROM search_slices"
                                                   " WHERE id >= ?1 AND id < ?1 + ?2 ORDER BY id"},
};

struct search_index {
    unsigned sql;            /* number of its first statement */
    uint64_t appended;       /* events.id of the newest one of this transaction; 0: none */
    uint64_t full;           /* all events of the blocks before this one are there */
    uint64_t older;          /* blocks from this one to full are written */
    struct search_text text; /* for use at the moment, as all below */
    struct search_rooms rooms;
    uint64_t oldest_ms, newest_ms;
    uint8_t slices[SEARCH_ROWS * SEARCH_ROW_BYTES];
    uint8_t rooms_bytes[SEARCH_ROOMS_BYTES_MAX];
};

int sqlite_search_open(struct sqlite_store *sqlite)
{
    struct db *db = &sqlite->db;
    struct search_index *index = mem_zalloc(sizeof(*index));
    int64_t newest = 0;
    sqlite->search = index;
    index->sql = (unsigned)db->count;
    int result = db_prepare(db, search_sql, SQL_SEARCH_COUNT);
    if (result == OK)
        result = db_number(db, "read its newest event", "SELECT ifnull(max(id), 0) FROM events",
                           &newest);
    index->full = index->older = (uint64_t)newest / SEARCH_BLOCK;
    return result;
}

void sqlite_search_close(struct sqlite_store *sqlite)
{
    if (sqlite->search)
        search_text_release(&sqlite->search->text);
    mem_free(sqlite->search);
    sqlite->search = NULL;
}

/* ---- messages ---- */

static int sign_files(struct sqlite_store *sqlite, uint64_t room, uint64_t seq,
                      struct search_sign *sign)
{
    struct db *db = &sqlite->db;
    unsigned sql = sqlite->search->sql + SQL_FILE_TYPES;
    sqlite3_stmt *types = db_statement(db, sql);
    bind_u64(types, 1, room);
    bind_u64(types, 2, seq);
    int result;
    while ((result = db_row(db, sql)) == OK) {
        struct slice type = column_slice(types, 0);
        search_sign_trait(sign, SEARCH_HAS_FILE);
        if (type.len >= 6 && memcmp(type.ptr, "image/", 6) == 0)
            search_sign_trait(sign, SEARCH_HAS_IMAGE);
    }
    db_reset(db, sql);
    return result == ERR_NOT_FOUND ? OK : result;
}

/* The column of the message in a row of MESSAGES: zero for one that is deleted. */
static int sign_message(struct sqlite_store *sqlite, sqlite3_stmt *row,
                        struct search_sign *ret_sign)
{
    struct search_text *text = &sqlite->search->text;
    unsigned flags = (unsigned)sqlite3_column_int(row, FLAGS);
    struct slice said = column_slice(row, TEXT);
    memset(ret_sign, 0, sizeof(*ret_sign));
    if (flags & EVENT_FLAG_DELETED)
        return OK;
    search_text_fold(text, said);
    search_sign_run(ret_sign, text->chars, text->count);
    search_sign_author(ret_sign, column_u64(row, AUTHOR), (flags & EVENT_FLAG_VISITOR) != 0);
    if (search_has_link(said))
        search_sign_trait(ret_sign, SEARCH_HAS_LINK);
    if ((flags & EVENT_FLAG_FILES) == 0)
        return OK;
    return sign_files(sqlite, column_u64(row, ROOM), column_u64(row, SEQ), ret_sign);
}

/* ---- blocks ---- */

static void set_column(uint8_t *slices, unsigned column, const struct search_sign *sign)
{
    for (unsigned i = 0; i < sizeof(sign->words) / sizeof(sign->words[0]); i++) {
        for (uint64_t left = sign->words[i]; left != 0; left &= left - 1) {
            unsigned slice = 64 * i + (unsigned)__builtin_ctzll(left);
            slices[slice * SEARCH_SLICE_BYTES + column / 8] |= (uint8_t)(1 << column % 8);
        }
    }
}

static int add_message(struct sqlite_store *sqlite, sqlite3_stmt *row)
{
    struct search_index *index = sqlite->search;
    unsigned column = (unsigned)(column_u64(row, ID) % SEARCH_BLOCK);
    uint64_t ts_ms = column_u64(row, TS);
    struct search_sign sign;
    int result = sign_message(sqlite, row, &sign);
    if (result != OK)
        return result;
    set_column(index->slices, column, &sign);
    search_rooms_add(&index->rooms, column, column_u64(row, ROOM));
    if (ts_ms < index->oldest_ms)
        index->oldest_ms = ts_ms;
    if (ts_ms > index->newest_ms)
        index->newest_ms = ts_ms;
    return OK;
}

static int gather(struct sqlite_store *sqlite, uint64_t block)
{
    struct search_index *index = sqlite->search;
    struct db *db = &sqlite->db;
    unsigned sql = index->sql + SQL_BLOCK_EVENTS;
    sqlite3_stmt *messages = db_statement(db, sql);
    memset(index->slices, 0, sizeof(index->slices));
    memset(&index->rooms, 0, sizeof(index->rooms));
    index->oldest_ms = INT64_MAX;
    index->newest_ms = 0;
    bind_u64(messages, 1, block * SEARCH_BLOCK);
    bind_u64(messages, 2, (block + 1) * SEARCH_BLOCK);
    int result;
    while ((result = db_row(db, sql)) == OK && (result = add_message(sqlite, messages)) == OK)
        ;
    db_reset(db, sql);
    return result == ERR_NOT_FOUND ? OK : result;
}

/* Appends the rows of the block; no other rows can come between. */
static int keep_rows(struct sqlite_store *sqlite, uint64_t *ret_first)
{
    struct search_index *index = sqlite->search;
    struct db *db = &sqlite->db;
    for (unsigned i = 0; i < SEARCH_ROWS; i++) {
        bind_blob(db_statement(db, index->sql + SQL_ROW_ADD), 1,
                  slice_of(index->slices + (size_t)i * SEARCH_ROW_BYTES, SEARCH_ROW_BYTES));
        int result = db_done(db, index->sql + SQL_ROW_ADD);
        if (result != OK)
            return result;
        if (i == 0)
            *ret_first = (uint64_t)sqlite3_last_insert_rowid(db->handle);
    }
    return OK;
}

static int write_block(struct sqlite_store *sqlite, uint64_t block)
{
    struct search_index *index = sqlite->search;
    struct db *db = &sqlite->db;
    uint64_t first = 0;
    int result = gather(sqlite, block);
    if (result == OK)
        result = keep_rows(sqlite, &first);
    if (result != OK)
        return result;
    sqlite3_stmt *add = db_statement(db, index->sql + SQL_BLOCK_ADD);
    bind_u64(add, 1, block);
    bind_u64(add, 2, first);
    bind_u64(add, 3, index->oldest_ms);
    bind_u64(add, 4, index->newest_ms);
    bind_blob(add, 5,
              slice_of(index->rooms_bytes, search_rooms_write(&index->rooms, index->rooms_bytes)));
    return db_done(db, index->sql + SQL_BLOCK_ADD);
}

static int find_block(struct sqlite_store *sqlite, uint64_t block, uint64_t *ret_first)
{
    unsigned sql = sqlite->search->sql + SQL_BLOCK_FIRST;
    bind_u64(db_statement(&sqlite->db, sql), 1, block);
    return sqlite_number(&sqlite->db, sql, ret_first);
}

/* ---- what the store says ---- */

void sqlite_search_appended(struct sqlite_store *sqlite)
{
    sqlite->search->appended = (uint64_t)sqlite3_last_insert_rowid(sqlite->db.handle);
}

int sqlite_search_before_commit(struct sqlite_store *sqlite)
{
    struct search_index *index = sqlite->search;
    for (uint64_t block = index->full; !sqlite->no_index && block < index->appended / SEARCH_BLOCK;
         block++) {
        int result = write_block(sqlite, block);
        if (result != OK)
            return result;
    }
    return OK;
}

void sqlite_search_after(struct sqlite_store *sqlite, bool committed)
{
    struct search_index *index = sqlite->search;
    if (committed && index->appended > 0)
        index->full = index->appended / SEARCH_BLOCK;
    index->appended = 0;
}

/* As db_row does it: after this nothing of the transaction counts. */
static int row_error(struct db *db, int code)
{
    int result = db_error(db, code, "change the search's index");
    if (result != OK)
        db->broken = result;
    return result;
}

/* Brings the column to what it is to be in one row of the block, at which the blob stands. */
static int change_row(struct db *db, sqlite3_blob *blob, unsigned row, unsigned column,
                      const struct search_sign *sign)
{
    const uint8_t bit = (uint8_t)(1 << column % 8);
    uint8_t slices[SEARCH_ROW_BYTES];
    ASSERT(sqlite3_blob_bytes(blob) == SEARCH_ROW_BYTES);
    int code = sqlite3_blob_read(blob, slices, SEARCH_ROW_BYTES, 0);
    for (unsigned i = 0; code == SQLITE_OK && i < SEARCH_ROW_SLICES; i++) {
        unsigned at = i * SEARCH_SLICE_BYTES + column / 8;
        bool is = (slices[at] & bit) != 0,
             wanted = search_sign_has(sign, row * SEARCH_ROW_SLICES + i);
        slices[at] ^= bit;
        if (is != wanted)
            code = sqlite3_blob_write(blob, slices + at, 1, (int)at);
    }
    return row_error(db, code);
}

/* Not by UPDATE, which takes three times as long. */
static int change_rows(struct db *db, uint64_t first, unsigned column,
                       const struct search_sign *sign)
{
    sqlite3_blob *blob = NULL;
    errno = 0;
    int result = row_error(db, sqlite3_blob_open(db->handle, "main", "search_slices", "bits",
                                                 (sqlite3_int64)first, 1, &blob));
    for (unsigned row = 0; result == OK && row < SEARCH_ROWS; row++) {
        if (row > 0)
            result = row_error(db, sqlite3_blob_reopen(blob, (sqlite3_int64)(first + row)));
        if (result == OK)
            result = change_row(db, blob, row, column, sign);
    }
    sqlite3_blob_close(blob);
    return result;
}

/* The column is compared as a whole: whatever an older text has set in it is gone. */
int sqlite_search_change(struct sqlite_store *sqlite, uint64_t room, uint64_t seq)
{
    struct db *db = &sqlite->db;
    unsigned sql = sqlite->search->sql + SQL_ONE_EVENT;
    struct search_sign sign;
    uint64_t id = 0, first = 0;
    sqlite3_stmt *message = db_statement(db, sql);
    bind_u64(message, 1, room);
    bind_u64(message, 2, seq);
    int result = db_row(db, sql);
    if (result == OK) {
        id = column_u64(message, ID);
        result = sign_message(sqlite, message, &sign);
    }
    db_reset(db, sql);
    if (result == OK)
        result = find_block(sqlite, id / SEARCH_BLOCK, &first);
    if (result == OK)
        result = change_rows(db, first, (unsigned)(id % SEARCH_BLOCK), &sign);
    return result == ERR_NOT_FOUND ? OK : result;
}

/* ---- events from before there was an index ---- */

static int write_older(struct sqlite_store *sqlite, uint64_t block)
{
    uint64_t first;
    int result = find_block(sqlite, block, &first);
    if (result != ERR_NOT_FOUND)
        return result;
    result = sqlite->store.ops->begin(&sqlite->store);
    if (result != OK)
        return result;
    result = write_block(sqlite, block);
    if (result == OK)
        return sqlite->store.ops->commit(&sqlite->store);
    sqlite->store.ops->rollback(&sqlite->store);
    return result;
}

int sqlite_search_rest(struct sqlite_store *sqlite)
{
    struct search_index *index = sqlite->search;
    uint64_t until_ms = clock_mono_ms() + OLDER_EACH_MS;
    int result = OK;
    if (sqlite->no_index)
        return OK;
    while (result == OK && index->older > 0 && clock_mono_ms() < until_ms) {
        result = write_older(sqlite, index->older - 1);
        if (result == OK)
            index->older--;
    }
    if (result == ERR_IO) {
        sqlite->broken = true;
        return result;
    }
    /* A full disk is passed over: posting has said so. */
    return index->older > 0 ? ERR_AGAIN : OK;
}

/* ---- the check ---- */

/* ret_differ: a bit for each message of the block whose column is not what is in index->slices. */
static int compare_rows(struct sqlite_store *sqlite, uint64_t first, bool *ret_whole,
                        uint8_t ret_differ[SEARCH_SLICE_BYTES])
{
    struct search_index *index = sqlite->search;
    struct db *db = &sqlite->db;
    unsigned sql = index->sql + SQL_BLOCK_ROWS, row = 0;
    sqlite3_stmt *rows = db_statement(db, sql);
    bind_u64(rows, 1, first);
    bind_u64(rows, 2, SEARCH_ROWS);
    memset(ret_differ, 0, SEARCH_SLICE_BYTES);
    int result;
    for (; (result = db_row(db, sql)) == OK && row < SEARCH_ROWS; row++) {
        struct slice bits = column_slice(rows, 0);
        const uint8_t *wanted = index->slices + (size_t)row * SEARCH_ROW_BYTES;
        if (bits.len != SEARCH_ROW_BYTES)
            break;
        for (unsigned i = 0; i < SEARCH_ROW_BYTES; i++)
            ret_differ[i % SEARCH_SLICE_BYTES] |= bits.ptr[i] ^ wanted[i];
    }
    db_reset(db, sql);
    *ret_whole = row == SEARCH_ROWS;
    return result == ERR_NOT_FOUND ? OK : result;
}

static int compare_block(struct sqlite_store *sqlite, const struct search_check *check)
{
    struct search_index *index = sqlite->search;
    sqlite3_stmt *row = sqlite->db.statements[index->sql + SQL_BLOCKS];
    uint64_t block = column_u64(row, 0);
    uint8_t differ[SEARCH_SLICE_BYTES];
    unsigned count = 0;
    bool whole = false;
    int result = gather(sqlite, block);
    if (result == OK)
        result = compare_rows(sqlite, column_u64(row, 1), &whole, differ);
    if (result != OK)
        return result;
    for (unsigned i = 0; i < sizeof(differ); i++)
        count += (unsigned)__builtin_popcount(differ[i]);
    size_t len = search_rooms_write(&index->rooms, index->rooms_bytes);
    struct slice rooms = column_slice(row, 2);
    if (!whole)
        check->found(check->ctx, block, "rows of it are missing", 0);
    else if (count > 0)
        check->found(check->ctx, block, "messages are not in it as they are now", count);
    if (rooms.len != len || memcmp(rooms.ptr, index->rooms_bytes, len) != 0)
        check->found(check->ctx, block, "it is not of the rooms of its messages", 0);
    return OK;
}

int sqlite_search_verify(struct db *db, const struct search_check *check)
{
    /* As much of a store as reading takes. */
    struct sqlite_store *sqlite = mem_zalloc(sizeof(*sqlite));
    sqlite->db = *db;
    int result = sqlite_search_open(sqlite);
    unsigned sql = sqlite->search->sql + SQL_BLOCKS;
    while (result == OK && (result = db_row(&sqlite->db, sql)) == OK)
        result = compare_block(sqlite, check);
    if (sqlite->db.count > sql)
        db_reset(&sqlite->db, sql);
    sqlite_search_close(sqlite);
    /* The statements are its owner's to finalize. */
    *db = sqlite->db;
    mem_free(sqlite);
    return result == ERR_NOT_FOUND ? OK : result;
}
