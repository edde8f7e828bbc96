#pragma once
/*
 * A connection to the database with its prepared statements: what the writing half (sqlite.c,
 * sqlite_log.c, sqlite_people.c) and the reading half (sqlite_read.c) share. A connection belongs
 * to one thread.
 *
 * Ids, mids and the like are unsigned in the domain and signed in SQLite: the bit pattern is kept.
 */

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "chat/name.h"
#include "chat/store.h"
#include "store/sqlite.h"

/* A statement and what it does, for faults. */
struct sql {
    const char *what, *text;
};

struct db {
    sqlite3 *handle;
    char *path;                /* owned */
    sqlite3_stmt **statements; /* owned, */
    const char **what;         /* and what each does */
    size_t count;
    char *fault; /* kept, STORE_FAULT_BYTES: what happened, after ERR_IO */
    int broken;  /* a step of this transaction failed with it; see db_row */
};

/**
 * Opens FOLDER/hubbub.db with SQLite's open flags and sets what holds for every connection. keeps
 * fault. ERR_IO with fault; db then needs no db_close.
 */
int db_open(struct db *db, const struct sqlite_options *options, int flags, char *fault);

/**
 * Prepares count statements, whose numbers follow on those of earlier tables; keeps the texts. ERR_IO
 * with fault.
 */
int db_prepare(struct db *db, const struct sql *sql, size_t count);

/** Frees all of it. */
void db_close(struct db *db);

/** Runs SQL that yields no rows. ERR_BUSY, ERR_IO. */
int db_run(struct db *db, const char *what, const char *sql);

/** Reads one number, as PRAGMA user_version is one. ERR_IO. */
int db_number(struct db *db, const char *what, const char *sql, int64_t *ret_number);

/** Returns borrowed the statement, ready to be bound. */
sqlite3_stmt *db_statement(struct db *db, unsigned number);

/**
 * Steps to the next row. OK: it is there, and the statement stays open until db_reset.
 * ERR_NOT_FOUND: no further one. ERR_EXISTS: a constraint is in the way. ERR_AGAIN: out of time.
 * ERR_BUSY, ERR_IO; after these two every step fails in the same way until broken is cleared:
 * SQLite may have ended the transaction by itself, and what follows would be kept one by one.
 */
int db_row(struct db *db, unsigned number);

/**
 * Steps a statement that yields no rows to its end, and resets it. As db_row, with OK for its end.
 */
int db_done(struct db *db, unsigned number);

/** The same for one that changes rows. ERR_NOT_FOUND: it changed none. */
int db_change(struct db *db, unsigned number);

/** Ends reading from the statement and forgets what was bound; without a fault of its own. */
void db_reset(struct db *db, unsigned number);

/**
 * Makes one of our codes of SQLite's, and for ERR_IO writes the fault; what: what was being done.
 * Right after the call that failed, before which errno was set to 0.
 */
int db_error(struct db *db, int code, const char *what);

static inline void bind_u64(sqlite3_stmt *statement, int at, uint64_t value)
{
    sqlite3_bind_int64(statement, at, (sqlite3_int64)value);
}

/** An empty slice is an empty blob, not NULL. The bytes stay until the statement was reset. */
static inline void bind_blob(sqlite3_stmt *statement, int at, struct slice bytes)
{
    sqlite3_bind_blob64(statement, at, bytes.len > 0 ? (const void *)bytes.ptr : "", bytes.len,
                        SQLITE_STATIC);
}

static inline void bind_text(sqlite3_stmt *statement, int at, struct slice text)
{
    sqlite3_bind_text64(statement, at, text.len > 0 ? (const char *)text.ptr : "", text.len,
                        SQLITE_STATIC, SQLITE_UTF8);
}

static inline uint64_t column_u64(sqlite3_stmt *statement, int at)
{
    return (uint64_t)sqlite3_column_int64(statement, at);
}

/** Borrowed until the next step. */
static inline struct slice column_slice(sqlite3_stmt *statement, int at)
{
    /* In this order: the length is that of the form asked for before. */
    const void *bytes = sqlite3_column_blob(statement, at);
    return slice_of(bytes, (size_t)sqlite3_column_bytes(statement, at));
}

/** NULL is the empty name. Never more than a name can hold. */
void column_name(sqlite3_stmt *statement, int at, struct name *ret_name);

/** Returns owned a copy with a NUL behind it, or NULL where the text is empty or NULL. */
char *column_string(sqlite3_stmt *statement, int at);

/* ---- the form of the database (sqlite_schema.c) ---- */

/*
 * Bits of events.flags. EVENT_FLAGS_KEPT is always set: a number of 2 to 127 takes one byte in a
 * row, so a bit can be set without changing the row's size (see sqlite_schema.c for why that
 * matters).
 */
enum {
    EVENT_FLAG_VISITOR = 1,
    EVENT_FLAG_DELETED = 2,  /* a message whose text was erased */
    EVENT_FLAG_REVISED = 4,  /* a message whose text is in revised and texts */
    EVENT_FLAG_MENTIONS = 8, /* a message that means somebody: see mentions */
    EVENT_FLAG_FILES = 16,   /* a message with files */
    EVENT_FLAGS_KEPT = 64,
};

/**
 * Brings the database to the newest form, in one transaction. ERR_DENIED with fault: it is from a
 * newer program, or not Hubbub's. ERR_BUSY, ERR_IO.
 */
int db_migrate(struct db *db);

/**
 * Whether the database has the newest form, for whoever only reads it. ERR_DENIED with fault: it is from a newer program, or not
 * Hubbub's, or the program has to be started once to bring it there. ERR_BUSY, ERR_IO.
 */
int db_check_form(struct db *db);
