#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "store/blob_folder.h"
#include "store/sqlite_store.h"

/*
 * Files that nobody uses. A row goes first, in a transaction of its own, and leaves its blobs' hashes in the table
 * garbage; a blob goes only when that is committed and no other row has its hash. This is the thread that makes rows: one
 * that is to come has its blob pinned (store/blob_folder.h).
 */

enum {
    STEP_FILES = 50, /* of each time, so that nobody waits long for the writer */
    STEP_BLOBS = 100,
    SOON_MS = 60 * 1000,
};

static sqlite3_stmt *of_file(struct db *db, enum directory_sql sql, uint64_t id)
{
    sqlite3_stmt *statement = db_statement(db, sql);
    bind_u64(statement, 1, id);
    return statement;
}

static sqlite3_stmt *of_blob(struct db *db, enum directory_sql sql, const uint8_t *hash)
{
    sqlite3_stmt *statement = db_statement(db, sql);
    bind_blob(statement, 1, slice_of(hash, BLOB_HASH_BYTES));
    return statement;
}

/* ---- thumbnails ---- */

int sqlite_file_set_thumbnail(struct store *store, uint64_t id, uint64_t person,
                              const uint8_t hash[ACT_HASH_BYTES], uint64_t bytes,
                              uint64_t quota_bytes)
{
    struct db *db = &sqlite_of(store)->db;
    uint64_t before = 0, all = 0;
    bind_u64(of_file(db, SQL_THUMBNAIL_GET, id), 2, person);
    int result = sqlite_number(db, SQL_THUMBNAIL_GET, &before);
    if (result != OK)
        return result;
    of_file(db, SQL_FILES_BYTES, person);
    result = sqlite_number(db, SQL_FILES_BYTES, &all);
    if (result != OK)
        return result;
    if (bytes > quota_bytes || all - before > quota_bytes - bytes)
        return ERR_LIMIT;
    of_file(db, SQL_THUMBNAIL_GARBAGE, id);
    result = db_done(db, SQL_THUMBNAIL_GARBAGE);
    if (result != OK)
        return result;
    sqlite3_stmt *set = of_file(db, SQL_THUMBNAIL_SET, id);
    bind_blob(set, 2, slice_of(hash, ACT_HASH_BYTES));
    bind_u64(set, 3, bytes);
    return db_change(db, SQL_THUMBNAIL_SET);
}

/* ---- files in no message ---- */

struct unused {
    uint64_t id, person, created_ms;
};

static int find_unused(struct db *db, struct unused *ret_unused)
{
    sqlite3_stmt *row = db_statement(db, SQL_UNUSED_OLDEST);
    int result = db_row(db, SQL_UNUSED_OLDEST);
    if (result == OK)
        *ret_unused = (struct unused){column_u64(row, 0), column_u64(row, 1), column_u64(row, 2)};
    db_reset(db, SQL_UNUSED_OLDEST);
    return result;
}

static bool is_old(const struct sqlite_store *sqlite, const struct unused *unused, uint64_t now_ms)
{
    return now_ms > unused->created_ms && now_ms - unused->created_ms >= sqlite->unused_ms;
}

/* Within a transaction. */
static int end_unused(struct sqlite_store *sqlite, uint64_t now_ms)
{
    struct unused unused;
    int result = OK;
    for (unsigned i = 0; result == OK && i < STEP_FILES; i++) {
        result = find_unused(&sqlite->db, &unused);
        if (result != OK || !is_old(sqlite, &unused, now_ms))
            break;
        result = sqlite_file_end(&sqlite->store, unused.id, unused.person);
    }
    return result == ERR_NOT_FOUND ? OK : result;
}

/* Commits, or rolls back what went wrong. What did not go because of a full disk is done another time. */
static int end_transaction(struct sqlite_store *sqlite, int result)
{
    const struct store_ops *ops = sqlite->store.ops;
    if (result == OK)
        result = ops->commit(&sqlite->store);
    else
        ops->rollback(&sqlite->store);
    return result;
}

static int collect_unused(struct sqlite_store *sqlite)
{
    struct unused unused;
    uint64_t now_ms = clock_wall_ms();
    if (sqlite->unused_ms == 0)
        return OK;
    int result = find_unused(&sqlite->db, &unused);
    if (result != OK)
        return result == ERR_NOT_FOUND ? OK : result;
    if (!is_old(sqlite, &unused, now_ms))
        return unused.created_ms + sqlite->unused_ms < now_ms + SOON_MS ? ERR_AGAIN : OK;
    result = sqlite_begin_anyway(sqlite);
    if (result == OK)
        result = end_transaction(sqlite, end_unused(sqlite, now_ms));
    return result == OK ? ERR_AGAIN : result; /* and then their blobs */
}

/* ---- blobs ---- */

/* OK: removed, or there is a use for it. ERR_BUSY: not now. */
static int remove_if_useless(struct sqlite_store *sqlite, const uint8_t *hash)
{
    uint64_t is_used = 0;
    of_blob(&sqlite->db, SQL_BLOB_IS_USED, hash);
    int result = sqlite_number(&sqlite->db, SQL_BLOB_IS_USED, &is_used);
    if (result != OK)
        return result;
    if (!is_used)
        return blob_remove(sqlite->blobs, hash) == OK ? OK : ERR_BUSY;
    blob_cleared(sqlite->blobs, hash);
    return OK;
}

static int next_garbage(struct db *db, uint8_t hash[BLOB_HASH_BYTES], size_t after_len)
{
    sqlite3_stmt *row = db_statement(db, SQL_GARBAGE_ANY);
    bind_blob(row, 1, slice_of(hash, after_len));
    int result = db_row(db, SQL_GARBAGE_ANY);
    if (result == OK) {
        struct slice found = column_slice(row, 0);
        memset(hash, 0, BLOB_HASH_BYTES);
        memcpy(hash, found.ptr, found.len < BLOB_HASH_BYTES ? found.len : BLOB_HASH_BYTES);
    }
    db_reset(db, SQL_GARBAGE_ANY);
    return result;
}

/* Within a transaction. Sets ret_more when something stays. */
static int empty_garbage(struct sqlite_store *sqlite, bool *ret_more)
{
    uint8_t hash[BLOB_HASH_BYTES] = {0};
    unsigned seen = 0;
    int result;
    while ((result = next_garbage(&sqlite->db, hash, seen > 0 ? sizeof(hash) : 0)) == OK) {
        if (seen++ == STEP_BLOBS) {
            *ret_more = true;
            return OK;
        }
        result = remove_if_useless(sqlite, hash);
        if (result == ERR_BUSY) {
            *ret_more = true;
            continue;
        }
        if (result != OK)
            return result;
        of_blob(&sqlite->db, SQL_GARBAGE_DELETE, hash);
        result = db_done(&sqlite->db, SQL_GARBAGE_DELETE);
        if (result != OK)
            return result;
    }
    return result == ERR_NOT_FOUND ? OK : result;
}

static int collect_suspects(struct sqlite_store *sqlite, bool *ret_more)
{
    uint8_t suspects[STEP_BLOBS][BLOB_HASH_BYTES];
    size_t count = blob_suspects(sqlite->blobs, suspects, STEP_BLOBS);
    int result = OK;
    for (size_t i = 0; i < count && (result == OK || result == ERR_BUSY); i++)
        result = remove_if_useless(sqlite, suspects[i]);
    *ret_more = count > 0;
    return result == ERR_BUSY ? OK : result;
}

static int collect_blobs(struct sqlite_store *sqlite)
{
    uint8_t hash[BLOB_HASH_BYTES];
    bool more = false;
    if (!sqlite->blobs)
        return OK;
    int result = collect_suspects(sqlite, &more);
    if (result != OK)
        return result;
    result = next_garbage(&sqlite->db, hash, 0);
    if (result == ERR_NOT_FOUND)
        return more ? ERR_AGAIN : OK;
    if (result == OK)
        result = sqlite_begin_anyway(sqlite);
    if (result == OK)
        result = end_transaction(sqlite, empty_garbage(sqlite, &more));
    return result == OK && more ? ERR_AGAIN : result;
}

/* What a full disk did not allow is done another time. */
static int settled(struct sqlite_store *sqlite, int result)
{
    if (result == OK || result == ERR_AGAIN)
        return result;
    sqlite->store.ops->rollback(&sqlite->store);
    return result == ERR_IO ? ERR_IO : ERR_AGAIN;
}

int sqlite_collect(struct sqlite_store *sqlite)
{
    int blobs = settled(sqlite, collect_blobs(sqlite));
    int unused = blobs == ERR_IO ? ERR_IO : settled(sqlite, collect_unused(sqlite));
    if (unused == ERR_IO)
        return ERR_IO;
    return blobs == OK && unused == OK ? OK : ERR_AGAIN;
}
