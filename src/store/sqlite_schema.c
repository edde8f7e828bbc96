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

/*
 * People with accounts, rooms with rights, files. Rows of people, rooms and members may grow and move: none of them holds
 * what was said.
 */
static const char second_form[] =
    "ALTER TABLE rooms ADD COLUMN flags INTEGER NOT NULL DEFAULT 0;" /* ROOM_FLAG_… */
    "ALTER TABLE rooms ADD COLUMN slow INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE rooms ADD COLUMN retention INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE rooms ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;" /* messages before first_seq */
    /* Until now there were only guests: they stay where they are. */
    "UPDATE rooms SET flags = 1;"
    "UPDATE rooms SET flags = 3 WHERE id = 1;"
    "CREATE INDEX rooms_by_flags ON rooms(flags) WHERE flags > 0;" /* a direct room has none */
    "CREATE INDEX rooms_retained ON rooms(id) WHERE retention > 0;"

    "ALTER TABLE people ADD COLUMN role INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE people ADD COLUMN muted INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE people ADD COLUMN color INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE people ADD COLUMN display TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE people ADD COLUMN created INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE people ADD COLUMN secret TEXT;" /* encoded argon2id; NULL: no password */
    "ALTER TABLE people ADD COLUMN totp BLOB;"
    "ALTER TABLE people ADD COLUMN totp_step INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX accounts_by_name ON people(folded) WHERE role > 0;"
    "CREATE INDEX people_by_role ON people(role) WHERE role > 1;"
    "CREATE INDEX people_muted ON people(id) WHERE muted > 0;"
    /* PERSON_CONSOLE: whoever sits at the server. */
    "INSERT OR IGNORE INTO people(id, name, folded, seen, role) VALUES(1, 'Console', NULL, 0, 4);"
    "CREATE TABLE codes("
    " person INTEGER NOT NULL,"
    " hash BLOB NOT NULL,"
    " PRIMARY KEY(person, hash)"
    ") STRICT, WITHOUT ROWID;"

    "ALTER TABLE sessions ADD COLUMN id INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE sessions ADD COLUMN device TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE sessions ADD COLUMN used INTEGER NOT NULL DEFAULT 0;"
    "UPDATE sessions SET id = abs(random() >> 1), used = created;"
    "CREATE UNIQUE INDEX sessions_by_id ON sessions(id);"
    "CREATE INDEX sessions_by_person ON sessions(person);"

    "ALTER TABLE members ADD COLUMN read_count INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE members ADD COLUMN level INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE members ADD COLUMN host INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX members_by_room ON members(room, person);"
    /* Counted once for each message, not once for each member. */
    "CREATE TEMP TABLE counted(room, seq, count, PRIMARY KEY(room, seq)) WITHOUT ROWID;"
    "INSERT INTO counted SELECT room, seq, row_number() OVER (PARTITION BY room ORDER BY seq)"
    " FROM events WHERE kind = 2;"
    "UPDATE members SET read_count = coalesce((SELECT c.count FROM counted c"
    " WHERE c.room = members.room AND c.seq <= members.read ORDER BY c.seq DESC LIMIT 1), 0)"
    " WHERE read > 0;"
    "DROP TABLE counted;"
    "UPDATE members SET host = 1 WHERE room > 1 AND person ="
    " (SELECT author FROM events e WHERE e.room = members.room AND e.seq = 1 AND e.kind = 1);"

    "CREATE TABLE mentions("
    " id INTEGER PRIMARY KEY," /* in the order of time, over all rooms */
    " room INTEGER NOT NULL,"
    " seq INTEGER NOT NULL,"
    " person INTEGER NOT NULL," /* 0: everybody in the room */
    " UNIQUE(room, seq, person)"
    ") STRICT;"
    "CREATE INDEX mentions_by_person ON mentions(person, room, seq);"
    "CREATE INDEX mentions_by_time ON mentions(person, id);"

    /*
     * What a sender says of a file stands in texts, where it can be erased: rows of files are
     * deleted, and move.
     */
    "CREATE TABLE files("
    " id INTEGER PRIMARY KEY," /* random */
    " person INTEGER NOT NULL,"
    " room INTEGER NOT NULL DEFAULT 0," /* 0: in no message yet */
    " seq INTEGER NOT NULL DEFAULT 0,"
    " place INTEGER NOT NULL DEFAULT 0," /* among the files of the message */
    " created INTEGER NOT NULL,"
    " hash BLOB NOT NULL,"
    " bytes INTEGER NOT NULL,"
    " type TEXT NOT NULL,"
    " name INTEGER NOT NULL,"          /* texts.id */
    " alt INTEGER NOT NULL DEFAULT 0," /* texts.id; 0: none */
    " width INTEGER NOT NULL DEFAULT 0,"
    " height INTEGER NOT NULL DEFAULT 0,"
    " thumbnail BLOB," /* hash; NULL: none */
    " thumbnail_bytes INTEGER NOT NULL DEFAULT 0"
    ") STRICT;"
    "CREATE INDEX files_by_message ON files(room, seq, place) WHERE room > 0;"
    "CREATE INDEX files_by_person ON files(person, created);"
    "CREATE INDEX files_by_hash ON files(hash);"
    "CREATE INDEX files_by_thumbnail ON files(thumbnail) WHERE thumbnail IS NOT NULL;"
    "CREATE INDEX files_unused ON files(created) WHERE room = 0;"
    /* Blobs that may have become useless: they are looked at, and their bytes deleted, after the commit. */
    "CREATE TABLE garbage(hash BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;";

/* What the directory keeps besides: links, bots' tongues, order, and what was done for it. */
static const char third_form[] =
    "CREATE TABLE invites("
    " id INTEGER PRIMARY KEY,"
    " token BLOB NOT NULL UNIQUE,"
    " by INTEGER NOT NULL,"
    " created INTEGER NOT NULL,"
    " until INTEGER NOT NULL," /* 0: for ever */
    " count INTEGER NOT NULL," /* 0: any number of uses */
    " used INTEGER NOT NULL DEFAULT 0,"
    " role INTEGER NOT NULL,"
    " note TEXT NOT NULL"
    ") STRICT;"
    "CREATE TABLE invite_rooms("
    " invite INTEGER NOT NULL,"
    " room INTEGER NOT NULL,"
    " PRIMARY KEY(invite, room)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE resets("
    " person INTEGER PRIMARY KEY,"
    " token BLOB NOT NULL UNIQUE,"
    " until INTEGER NOT NULL"
    ") STRICT;"
    "CREATE TABLE hooks("
    " id INTEGER PRIMARY KEY,"
    " token BLOB NOT NULL UNIQUE,"
    " room INTEGER NOT NULL,"
    " person INTEGER NOT NULL," /* the bot that speaks */
    " by INTEGER NOT NULL,"
    " created INTEGER NOT NULL"
    ") STRICT;"

    "CREATE TABLE bans("
    " id INTEGER PRIMARY KEY,"
    " person INTEGER NOT NULL," /* 0: of an address */
    " address TEXT NOT NULL,"
    " reason TEXT NOT NULL,"
    " by INTEGER NOT NULL,"
    " created INTEGER NOT NULL,"
    " until INTEGER NOT NULL" /* 0: for good */
    ") STRICT;"
    "CREATE INDEX bans_by_person ON bans(person);" /* 0: those of addresses */
    "CREATE TABLE reports("
    " id INTEGER PRIMARY KEY,"
    " room INTEGER NOT NULL,"
    " seq INTEGER NOT NULL,"
    " author INTEGER NOT NULL,"
    " by INTEGER NOT NULL,"
    " reason TEXT NOT NULL,"
    " created INTEGER NOT NULL,"
    " closed INTEGER NOT NULL DEFAULT 0," /* when; 0: it is open */
    " closed_by INTEGER NOT NULL DEFAULT 0,"
    " note TEXT NOT NULL DEFAULT '',"
    " UNIQUE(room, seq, by)"
    ") STRICT;"
    "CREATE TABLE audit("
    " id INTEGER PRIMARY KEY,"
    " ts INTEGER NOT NULL,"
    " by INTEGER NOT NULL,"
    " action TEXT NOT NULL,"
    " person INTEGER NOT NULL,"
    " room INTEGER NOT NULL,"
    " detail TEXT NOT NULL"
    ") STRICT;"
    "INSERT INTO meta(key, value) VALUES('members_only', 0), ('slow_ms', 0);";

/*
 * The index of the search: see sqlite_search.h. Rows of search_slices are only appended, and none ever changes its size;
 * those of search_blocks say where they stand and hold nothing of what was said.
 */
static const char fourth_form[] = "CREATE TABLE search_slices("
                                  " id INTEGER PRIMARY KEY,"
                                  " bits BLOB NOT NULL"
                                  ") STRICT;"
                                  "CREATE TABLE search_blocks("
                                  " block INTEGER PRIMARY KEY," /* events.id / 1024 */
                                  " first INTEGER NOT NULL," /* search_slices.id of its first row */
                                  " oldest INTEGER NOT NULL," /* events.ts, over all its messages */
                                  " newest INTEGER NOT NULL,"
                                  " rooms BLOB NOT NULL"
                                  ") STRICT;";

/* What the community is called; empty: it has no name of its own. */
static const char fifth_form[] = "INSERT INTO meta(key, value) VALUES('name', '');";

/* Forward only. A form that has been released is never changed: the next one is appended. */
static const char *const forms[] = {first_form, second_form, third_form, fourth_form, fifth_form};

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

/* ret_form: 0 for an empty database. */
static int read_form(struct db *db, int64_t *ret_form)
{
    int64_t application, tables;
    int result = db_number(db, "read its form", "PRAGMA user_version", ret_form);
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
    if (*ret_form > FORM) {
        snprintf(db->fault, STORE_FAULT_BYTES,
                 "%s: made by a newer Hubbub (form %lld, this program knows up to %d): "
                 "start that one, or restore a backup",
                 db->path, (long long)*ret_form, FORM);
        return ERR_DENIED;
    }
    return OK;
}

int db_migrate(struct db *db)
{
    int64_t form;
    int result = read_form(db, &form);
    if (result == OK)
        result = db_run(db, "set up its journal",
                        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                        "PRAGMA secure_delete = ON; PRAGMA journal_size_limit = 67108864;");
    if (result == OK && form < FORM)
        result = migrate_from(db, form);
    return result;
}

int db_check_form(struct db *db)
{
    int64_t form;
    int result = read_form(db, &form);
    if (result != OK || form == FORM)
        return result;
    snprintf(db->fault, STORE_FAULT_BYTES,
             "%s: made by an older Hubbub (form %lld, this program knows form %d): "
             "start the server once, which brings it to the newest form",
             db->path, (long long)form, FORM);
    return ERR_DENIED;
}
