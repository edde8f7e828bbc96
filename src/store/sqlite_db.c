#include "store/sqlite_db.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "base/error.h"
#include "base/memory.h"

/*
 * How long a connection waits for a lock. Ours never wait for each other; somebody's sqlite3 shell
 * may hold one.
 */
enum { LOCK_WAIT_MS = 1000, CACHE_KB = 2000 };

/*
 * A quota and a limit of file size come as I/O errors. A failed fsync is one, whatever its reason.
 */
static bool disk_is_full(int code, int reason)
{
    if ((code & 0xff) == SQLITE_FULL)
        return true;
    return (code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_SHMSIZE) &&
           (reason == ENOSPC || reason == EDQUOT || reason == EFBIG);
}

int db_error(struct db *db, int code, const char *what)
{
    /* Not sqlite3_system_errno, which knows nothing of an error while committing. */
    int reason = errno;
    if (disk_is_full(code, reason))
        return ERR_BUSY;
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return OK;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ERR_BUSY;
    case SQLITE_INTERRUPT:
        return ERR_AGAIN;
    default:
        break;
    }
    const char *said = db->handle ? sqlite3_errmsg(db->handle) : sqlite3_errstr(code);
    bool is_io = (code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN;
    snprintf(db->fault, STORE_FAULT_BYTES, "%s: cannot %s: %s (code %d%s%s)", db->path, what, said,
             code, is_io && reason ? ", " : "", is_io && reason ? strerror(reason) : "");
    return ERR_IO;
}

static int set_up(struct db *db, const struct sqlite_options *options)
{
    char sql[256];
    sqlite3_extended_result_codes(db->handle, 1);
    sqlite3_busy_timeout(db->handle, LOCK_WAIT_MS);
    /* A file that somebody else has prepared must not run anything. */
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    /* temp_store: a temporary file would hold texts that nobody erases. */
    snprintf(sql, sizeof(sql),
             "PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -%u;"
             "PRAGMA wal_autocheckpoint = 0; PRAGMA foreign_keys = OFF;",
             options->cache_kb ? options->cache_kb : CACHE_KB);
    return db_run(db, "set up", sql);
}

int db_open(struct db *db, const struct sqlite_options *options, int flags, char *fault)
{
    size_t len = strlen(options->folder) + sizeof("/hubbub.db");
    *db = (struct db){.path = mem_alloc(len), .fault = fault};
    snprintf(db->path, len, "%s/hubbub.db", options->folder);
    errno = 0;
    int code = sqlite3_open_v2(db->path, &db->handle,
                               flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, NULL);
    int result = code == SQLITE_OK ? set_up(db, options) : db_error(db, code, "open it");
    if (result == OK)
        return OK;
    if (result == ERR_BUSY)
        snprintf(fault, STORE_FAULT_BYTES, "%s: another program has locked it, or the disk is full",
                 db->path);
    db_close(db);
    return result;
}

int db_prepare(struct db *db, const struct sql *sql, size_t count)
{
    db->statements = mem_realloc(db->statements, (db->count + count) * sizeof(db->statements[0]));
    db->what = mem_realloc(db->what, (db->count + count) * sizeof(db->what[0]));
    for (size_t i = 0; i < count; i++) {
        errno = 0;
        int code = sqlite3_prepare_v3(db->handle, sql[i].text, -1, SQLITE_PREPARE_PERSISTENT,
                                      &db->statements[db->count], NULL);
        if (code != SQLITE_OK)
            return db_error(db, code, sql[i].what);
        db->what[db->count++] = sql[i].what;
    }
    return OK;
}

void db_close(struct db *db)
{
    for (size_t i = 0; i < db->count; i++)
        sqlite3_finalize(db->statements[i]);
    int code = sqlite3_close(db->handle);
    ASSERT(code == SQLITE_OK);
    mem_free(db->statements);
    mem_free(db->what);
    mem_free(db->path);
    *db = (struct db){0};
}

int db_run(struct db *db, const char *what, const char *sql)
{
    errno = 0;
    int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? OK : db_error(db, code, what);
}

int db_number(struct db *db, const char *what, const char *sql, int64_t *ret_number)
{
    sqlite3_stmt *statement = NULL;
    errno = 0;
    int code = sqlite3_prepare_v2(db->handle, sql, -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    int result = code == SQLITE_ROW ? OK : db_error(db, code, what);
    if (code == SQLITE_ROW)
        *ret_number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return result;
}

sqlite3_stmt *db_statement(struct db *db, unsigned number)
{
    ASSERT(number < db->count && !sqlite3_stmt_busy(db->statements[number]));
    return db->statements[number];
}

int db_row(struct db *db, unsigned number)
{
    if (db->broken != OK)
        return db->broken;
    errno = 0;
    int code = sqlite3_step(db->statements[number]);
    if (code == SQLITE_ROW)
        return OK;
    if (code == SQLITE_DONE)
        return ERR_NOT_FOUND;
    if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY)
        return ERR_EXISTS;
    int result = db_error(db, code, db->what[number]);
    if (result != ERR_AGAIN)
        db->broken = result;
    return result;
}

int db_done(struct db *db, unsigned number)
{
    int result = db_row(db, number);
    ASSERT(result != OK);
    db_reset(db, number);
    return result == ERR_NOT_FOUND ? OK : result;
}

int db_change(struct db *db, unsigned number)
{
    int result = db_done(db, number);
    return result == OK && sqlite3_changes(db->handle) == 0 ? ERR_NOT_FOUND : result;
}

void db_reset(struct db *db, unsigned number)
{
    sqlite3_reset(db->statements[number]);
}

void column_name(sqlite3_stmt *statement, int at, struct name *ret_name)
{
    struct slice text = column_slice(statement, at);
    if (text.len > NAME_BYTES_MAX)
        text.len = NAME_BYTES_MAX;
    if (text.len > 0)
        memcpy(ret_name->text, text.ptr, text.len);
    ret_name->text[text.len] = '\0';
    ret_name->len = (uint8_t)text.len;
}

char *column_string(sqlite3_stmt *statement, int at)
{
    struct slice text = column_slice(statement, at);
    return text.len > 0 ? mem_copy_string(text.ptr, text.len) : NULL;
}
