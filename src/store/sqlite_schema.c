#include <stdio.h>

#include "base/error.h"
#include "store/sqlite_db.h"

/*
 * How a text is erased. secure_delete alone does not: when SQLite moves rows between pages to
 * balance its tree, copies stay behind in the unused part of pages, and nothing overwrites them
 * when the row is changed or deleted later (measured: 72 of 6,000 erased texts were still in the
 * file; docs/decisions/0007-sqlite.md). So rows that hold a text never move:
 *
 * - They stand in tables with a rowid, to which rows are only appended; SQLite then never balances
 *   a page with text in it. None of them is deleted.
 * - An erased text is overwritten in place with as many zeros. SQLite overwrites a row in place
 *   when its size stays the same, so every column that changes with it has a fixed size: flags are
 *   one byte, a digest is a blob of eight.
 *
 * The text after an edit is a new row of texts, to which revised points. A plain message is one
 * row, one INSERT.
 */
static const char first_form[] =
    "PRAGMA application_id = 1215652450;" /* "Hubb" */

    "CREATE TABLE meta("
    " key TEXT PRIMARY KEY,"
    " value ANY NOT NULL"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE rooms("
    " id INTEGER PRIMARY KEY,"
    " kind INTEGER NOT NULL,"
    " name TEXT NOT NULL,"
    " folded TEXT NOT NULL UNIQUE,"
    " topic TEXT NOT NULL DEFAULT '',"
    " first_seq INTEGER NOT NULL DEFAULT 1" /* what is before it is not kept any more */
    ") STRICT;"

    /* body stands last: it alone is large, and what is before it is read without it. */
    "CREATE TABLE events("
    " id INTEGER PRIMARY KEY,"
    " room INTEGER NOT NULL,"
    " seq INTEGER NOT NULL,"
    " kind INTEGER NOT NULL,"
    " flags INTEGER NOT NULL,"
    " author INTEGER NOT NULL,"
    " cid BLOB,"
    " mid INTEGER NOT NULL,"
    " ts INTEGER NOT NULL,"
    " target INTEGER NOT NULL,"
    " reply_to INTEGER NOT NULL,"
    " type INTEGER NOT NULL,"
    " digest BLOB NOT NULL,"
    " body BLOB NOT NULL"
    ") STRICT;"
    "CREATE UNIQUE INDEX events_by_seq ON events(room, seq);"
    "CREATE UNIQUE INDEX events_by_cid ON events(room, author, cid) WHERE cid IS NOT NULL;"
    "CREATE INDEX edits_by_target ON events(room, target) WHERE kind = 3;"

    "CREATE TABLE texts("
    " id INTEGER PRIMARY KEY,"
    " body BLOB NOT NULL"
    ") STRICT;"
    "CREATE TABLE revised(" /* messages that were edited and not deleted */
    " room INTEGER NOT NULL,"
    " seq INTEGER NOT NULL,"
    " text INTEGER NOT NULL," /* texts.id */
    " ts INTEGER NOT NULL,"
    " PRIMARY KEY(room, seq)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE reactions("
    " room INTEGER NOT NULL,"
    " seq INTEGER NOT NULL,"
    " emoji BLOB NOT NULL,"
    " person INTEGER NOT NULL,"
    " PRIMARY KEY(room, seq, emoji, person)"
    ") STRICT, WITHOUT ROWID;"
    /* How many there are of each, so that nobody has to count a hundred thousand for a page. */
    "CREATE TABLE reaction_counts("
    " room INTEGER NOT NULL,"
    " seq INTEGER NOT NULL,"
    " emoji BLOB NOT NULL,"
    " count INTEGER NOT NULL,"
    " PRIMARY KEY(room, seq, emoji)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE pins("
    " room INTEGER NOT NULL,"
    " seq INTEGER NOT NULL,"
    " PRIMARY KEY(room, seq)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE people("
    " id INTEGER PRIMARY KEY,"
    " name TEXT NOT NULL,"
    " folded TEXT UNIQUE," /* NULL: somebody else has the name now */
    " seen INTEGER NOT NULL"
    ") STRICT;"
    "CREATE TABLE sessions("
    " hash BLOB PRIMARY KEY,"
    " person INTEGER NOT NULL,"
    " created INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    /* In this order, since what is asked is in which rooms a person is. */
    "CREATE TABLE members("
    " person INTEGER NOT NULL,"
    " room INTEGER NOT NULL,"
    " read INTEGER NOT NULL DEFAULT 0,"
    " PRIMARY KEY(person, room)"
    ") STRICT, WITHOUT ROWID;"

    "INSERT INTO rooms(id, kind, name, folded) VALUES(1, 0, 'Lobby', 'lobby');";

/* Forward only. A form that has been released is never changed: the next one is appended. */
static const char *const forms[] = {first_form};

enum { FORM = sizeof(forms) / sizeof(forms[0]), APPLICATION_ID = 1215652450 };

static int migrate_from(struct db *db, int64_t form)
{
    char sql[64];
    int result = db_run(db, "begin bringing it to the newest form", "BEGIN IMMEDIATE");
    for (size_t i = (size_t)form; result == OK && i < FORM; i++)
        result = db_run(db, "bring it to the newest form", forms[i]);
    snprintf(sql, sizeof(sql), "PRAGMA user_version = %d; COMMIT", FORM);
    if (result == OK)
        result = db_run(db, "bring it to the newest form", sql);
    if (!sqlite3_get_autocommit(db->handle))
        sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
    return result;
}

int db_migrate(struct db *db)
{
    int64_t form, application, tables;
    int result = db_number(db, "read its form", "PRAGMA user_version", &form);
    if (result == OK)
        result = db_number(db, "read its form", "PRAGMA application_id", &application);
    if (result == OK)
        result = db_number(db, "read its form", "SELECT count(*) FROM sqlite_schema", &tables);
    if (result != OK)
        return result;
    if (tables > 0 && application != APPLICATION_ID) {
        snprintf(db->fault, STORE_FAULT_BYTES, "%s: this is a database of another program",
                 db->path);
        return ERR_DENIED;
    }
    if (form > FORM) {
        snprintf(db->fault, STORE_FAULT_BYTES,
                 "%s: made by a newer Hubbub (form %lld, this program knows up to %d): "
                 "start that one, or restore a backup",
                 db->path, (long long)form, FORM);
        return ERR_DENIED;
    }
    result = db_run(db, "set up its journal",
                    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                    "PRAGMA secure_delete = ON; PRAGMA journal_size_limit = 67108864;");
    if (result == OK && form < FORM)
        result = migrate_from(db, form);
    return result;
}
