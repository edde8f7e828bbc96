#include "store/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "store/sqlite_search.h"
#include "store/sqlite_store.h"

/*
 * This connection alone checkpoints, which takes two dangers away: SQLite before 3.51.3 could reset
 * the WAL wrongly when two connections checkpointed at the same moment, and a reader that is the
 * last to close would write to the database.
 */
enum {
    CHECKPOINT_BYTES = 4 << 20, /* of WAL since the last one */
    WAL_BYTES_MAX = 64 << 20,   /* then it is emptied, even if readers have to end first */
    /* How long emptying waits for readers, which have a deadline of 200 ms. */
    EMPTY_WAIT_MS = 250,
    LOCK_WAIT_MS = 1000,
    EMPTY_EACH_MS = 1000,
    TAIL_EACH_MS = 1000,
    RETAIN_EACH_MS = 60 * 1000,
};

/* ---- checkpoints ---- */

/* SQLite calls it after each commit. */
static int commit_was_written(void *ctx, sqlite3 *handle, const char *name, int pages)
{
    struct sqlite_store *sqlite = ctx;
    (void)handle;
    (void)name;
    if ((uint32_t)pages < sqlite->wal_pages)
        sqlite->wal_tried = 0; /* it has begun anew */
    sqlite->wal_pages = (uint32_t)pages;
    return SQLITE_OK;
}

/* What could not be done because of a reader, or of a full disk, is done another time. */
static int checkpoint(struct sqlite_store *sqlite, bool empty)
{
    struct db *db = &sqlite->db;
    int in_wal = 0, done = 0;
    sqlite3_busy_timeout(db->handle, empty ? EMPTY_WAIT_MS : 0);
    errno = 0;
    int code = sqlite3_wal_checkpoint_v2(
        db->handle, "main", empty ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE, &in_wal,
        &done);
    int result = db_error(db, code, "checkpoint");
    sqlite3_busy_timeout(db->handle, LOCK_WAIT_MS);
    sqlite->wal_tried = sqlite->wal_pages;
    if (code == SQLITE_OK && empty) {
        sqlite->wal_pages = sqlite->wal_tried = 0;
        sqlite->erased = false;
    }
    if (result == ERR_IO)
        sqlite->broken = true;
    return result == ERR_IO ? ERR_IO : OK;
}

static int checkpoint_if_due(struct sqlite_store *sqlite)
{
    uint64_t since = (uint64_t)(sqlite->wal_pages - sqlite->wal_tried) * sqlite->page_bytes;
    if (since < CHECKPOINT_BYTES)
        return OK;
    return checkpoint(sqlite, (uint64_t)sqlite->wal_pages * sqlite->page_bytes > WAL_BYTES_MAX);
}

/* ---- transactions ---- */

static void rollback(struct store *store)
{
    struct sqlite_store *sqlite = sqlite_of(store);
    if (sqlite->db.broken == ERR_IO)
        sqlite->broken = true;
    sqlite->db.broken = OK;
    sqlite->newest = (struct data_tail){0};
    sqlite_search_after(sqlite, false);
    sqlite->erasing = false;
    sqlite->purge = (struct purge_place){0};
    /*
     * After some errors SQLite has done it already; after others this is all that it can be asked.
     */
    if (!sqlite3_get_autocommit(sqlite->db.handle))
        sqlite3_exec(sqlite->db.handle, "ROLLBACK", NULL, NULL, NULL);
}

int sqlite_begin_anyway(struct sqlite_store *sqlite)
{
    ASSERT(sqlite3_get_autocommit(sqlite->db.handle) && sqlite->db.broken == OK);
    /* Here and not after the commit, whose authors wait for their answers. */
    int result = checkpoint_if_due(sqlite);
    if (result != OK)
        return result;
    db_statement(&sqlite->db, SQL_BEGIN);
    result = db_done(&sqlite->db, SQL_BEGIN);
    if (result != OK)
        rollback(&sqlite->store);
    return result;
}

static int begin(struct store *store)
{
    struct sqlite_store *sqlite = sqlite_of(store);
    return data_folder_is_short(&sqlite->folder, clock_mono_ms()) ? ERR_BUSY
                                                                  : sqlite_begin_anyway(sqlite);
}

static int commit(struct store *store)
{
    struct sqlite_store *sqlite = sqlite_of(store);
    int result = sqlite->db.broken;
    if (result == OK) {
        ASSERT(!sqlite3_get_autocommit(sqlite->db.handle));
        result = sqlite_search_before_commit(sqlite);
    }
    if (result == OK) {
        db_statement(&sqlite->db, SQL_COMMIT);
        result = db_done(&sqlite->db, SQL_COMMIT);
    }
    if (result != OK) {
        rollback(store);
        return result;
    }
    if (sqlite->newest.seq != 0)
        sqlite->kept = sqlite->newest;
    sqlite->newest = (struct data_tail){0};
    sqlite_search_after(sqlite, true);
    sqlite->erased |= sqlite->erasing;
    sqlite->erasing = false;
    return OK;
}

/* ---- between transactions ---- */

/* Losing this file loses nothing: a full disk or an error here is passed over. */
static void write_tail(struct sqlite_store *sqlite, uint64_t now_ms)
{
    if (sqlite->kept.mid == sqlite->written.mid || now_ms - sqlite->tail_ms < TAIL_EACH_MS)
        return;
    sqlite->tail_ms = now_ms;
    if (data_folder_write_tail(&sqlite->folder, &sqlite->kept) == OK)
        sqlite->written = sqlite->kept;
}

/*
 * An erased text is overwritten in the database by the next checkpoint; in the WAL it stands until
 * that is emptied, which is done within a second, for all that was erased since the last time.
 */
static int empty_if_due(struct sqlite_store *sqlite, uint64_t now_ms)
{
    if (!sqlite->erased || now_ms - sqlite->emptied_ms < EMPTY_EACH_MS)
        return checkpoint_if_due(sqlite);
    sqlite->emptied_ms = now_ms;
    int result = checkpoint(sqlite, true);
    return result == OK && sqlite->erased ? ERR_AGAIN : result;
}

/* Now and then, and at once for what a step before has left. */
static int retain_if_due(struct sqlite_store *sqlite, uint64_t now_ms)
{
    if (now_ms < sqlite->retain_ms)
        return OK;
    int result = sqlite_retain(sqlite, clock_wall_ms());
    sqlite->retain_ms = result == ERR_AGAIN ? now_ms : now_ms + RETAIN_EACH_MS;
    return result;
}

/* What is to be said of two things that were done: that the store is broken, or that one has to go on. */
static int both(int first, int second)
{
    return first == ERR_IO || second == OK ? first : second;
}

static int rest(struct store *store, uint64_t now_ms)
{
    struct sqlite_store *sqlite = sqlite_of(store);
    write_tail(sqlite, now_ms);
    int result = retain_if_due(sqlite, now_ms);
    if (result != ERR_IO)
        result = both(result, sqlite_collect(sqlite));
    if (result != ERR_IO)
        result = both(result, empty_if_due(sqlite, now_ms));
    if (result != ERR_IO)
        result = both(result, sqlite_search_rest(sqlite));
    return result;
}

static void close_store(struct store *store)
{
    struct sqlite_store *sqlite = sqlite_of(store);
    rollback(store);
    bool clean = !sqlite->broken && checkpoint(sqlite, true) == OK;
    if (clean && sqlite->kept.seq != 0)
        data_folder_write_tail(&sqlite->folder, &sqlite->kept);
    sqlite_search_close(sqlite);
    db_close(&sqlite->db);
    data_folder_release(&sqlite->folder, clean);
    mem_free(sqlite);
}

/* ---- opening ---- */

static const struct store_ops ops = {
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .room_get = sqlite_room_get,
    .room_by_name = sqlite_room_by_name,
    .room_create = sqlite_room_create,
    .room_set_topic = sqlite_room_set_topic,
    .room_set_name = sqlite_room_set_name,
    .room_set = sqlite_room_set,
    .rooms_with_flag = sqlite_rooms_with_flag,
    .people_of = sqlite_people_of,
    .kept_by_cid = sqlite_kept_by_cid,
    .append = sqlite_append,
    .message_get = sqlite_message_get,
    .message_set_text = sqlite_message_set_text,
    .message_erase = sqlite_message_erase,
    .reaction_set = sqlite_reaction_set,
    .pin_set = sqlite_pin_set,
    .mention = sqlite_mention,
    .files_attach = sqlite_files_attach,
    .messages_up_to = sqlite_messages_up_to,
    .member_set = sqlite_member_set,
    .member_get = sqlite_member_get,
    .member_set_host = sqlite_member_set_host,
    .member_set_level = sqlite_member_set_level,
    .read_set = sqlite_read_set,
    .mentions_behind = sqlite_mentions_behind,
    .rooms_of = sqlite_rooms_of,
    .person_by_session = sqlite_person_by_session,
    .person_by_name = sqlite_person_by_name,
    .person_get = sqlite_person_get,
    .person_create = sqlite_person_create,
    .session_create = sqlite_session_create,
    .person_update = sqlite_person_update,
    .rest = rest,
    .close = close_store,
};

/*
 * A database that went back in time, whatever the reason, has given out answers that it does not
 * know any more.
 */
static int look_for_tail(struct sqlite_store *sqlite, struct sqlite_opened *opened)
{
    struct data_tail tail = data_folder_read_tail(&sqlite->folder);
    char sql[160];
    int64_t found = 0;
    if (tail.seq == 0)
        return OK;
    snprintf(sql, sizeof(sql),
             "SELECT count(*) FROM events WHERE room = %lld AND seq = %lld AND mid = %lld",
             (long long)tail.room, (long long)tail.seq, (long long)tail.mid);
    int result = db_number(&sqlite->db, "look for its newest event", sql, &found);
    if (result != OK || found == 1) {
        sqlite->written = sqlite->kept = tail;
        return result;
    }
    opened->tail_lost = true;
    snprintf(opened->warning, sizeof(opened->warning),
             "%s has lost its newest events (event %llu of room %llx at least): "
             "was it restored from a backup, or its WAL removed?",
             sqlite->db.path, (unsigned long long)tail.seq, (unsigned long long)tail.room);
    return OK;
}

/* SQLite would make it readable to everybody. The files beside it take its mode. */
static void make_private(const char *folder)
{
    char path[4096];
    snprintf(path, sizeof(path), "%s/hubbub.db", folder);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
}

static int open_database(struct sqlite_store *sqlite, const struct sqlite_options *options,
                         struct sqlite_opened *opened)
{
    struct db *db = &sqlite->db;
    int64_t page_bytes = 0;
    make_private(options->folder);
    int result =
        db_open(db, options, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, sqlite->store.fault);
    if (result != OK)
        return result;
    result = db_migrate(db);
    if (result == OK)
        result = db_prepare(db, writer_sql, SQL_WRITER_COUNT);
    if (result == OK)
        result = db_prepare(db, directory_sql, SQL_DIRECTORY_COUNT);
    if (result == OK)
        result = db_number(db, "read its page size", "PRAGMA page_size", &page_bytes);
    if (result == OK)
        result = sqlite_search_open(sqlite);
    if (result == OK)
        result = look_for_tail(sqlite, opened);
    if (result == ERR_BUSY)
        snprintf(db->fault, STORE_FAULT_BYTES,
                 "%s: the disk is full, or another program has locked it", db->path);
    if (result != OK) {
        sqlite_search_close(sqlite);
        db_close(db);
        return result;
    }
    sqlite->page_bytes = (uint32_t)page_bytes;
    sqlite->no_index = options->no_index;
    sqlite3_wal_hook(db->handle, commit_was_written, sqlite);
    return OK;
}

int sqlite_store_open(const struct sqlite_options *options, struct store **ret_store,
                      struct sqlite_opened *ret_opened, char ret_fault[STORE_FAULT_BYTES])
{
    struct sqlite_store *sqlite = mem_zalloc(sizeof(*sqlite));
    struct sqlite_opened opened = {0};
    sqlite->store.ops = &ops;
    sqlite->store.directory = &sqlite_directory;
    int result =
        data_folder_lock(&sqlite->folder, options->folder, &opened.unclean, sqlite->store.fault);
    if (result == OK) {
        sqlite->folder.reserve_bytes = options->reserve_bytes;
        sqlite->blobs = options->blobs;
        sqlite->unused_ms = options->unused_ms;
        result = open_database(sqlite, options, &opened);
        if (result != OK)
            data_folder_release(&sqlite->folder, !opened.unclean);
    }
    if (result != OK) {
        memcpy(ret_fault, sqlite->store.fault, STORE_FAULT_BYTES);
        mem_free(sqlite);
        return result;
    }
    *ret_opened = opened;
    *ret_store = &sqlite->store;
    return OK;
}
