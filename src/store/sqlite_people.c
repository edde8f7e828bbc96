#include "base/error.h"
#include "store/session_id.h"
#include "store/sqlite_rows.h"
#include "store/sqlite_store.h"

/* People and their sessions. */

/* An empty folded name is NULL: any number of people may have none. */
static void bind_folded(sqlite3_stmt *statement, int at, const struct name *folded)
{
    if (folded->len > 0)
        bind_text(statement, at, name_slice(folded));
    else
        sqlite3_bind_null(statement, at);
}

/* Reads the person that a statement, bound already, yields. */
static int person(struct db *db, enum writer_sql sql, struct person_record *ret_person)
{
    sqlite3_stmt *statement = db->statements[sql];
    int result = db_row(db, sql);
    if (result == OK)
        column_person(statement, ret_person);
    db_reset(db, sql);
    return result;
}

int sqlite_person_by_session(struct store *store, const uint8_t hash[TOKEN_HASH_BYTES],
                             struct person_record *ret_person)
{
    struct db *db = sqlite_db(store);
    bind_blob(db_statement(db, SQL_PERSON_BY_SESSION), 1, slice_of(hash, TOKEN_HASH_BYTES));
    return person(db, SQL_PERSON_BY_SESSION, ret_person);
}

int sqlite_person_by_name(struct store *store, const struct name *folded,
                          struct person_record *ret_person)
{
    struct db *db = sqlite_db(store);
    bind_folded(db_statement(db, SQL_PERSON_BY_NAME), 1, folded);
    return person(db, SQL_PERSON_BY_NAME, ret_person);
}

int sqlite_person_get(struct store *store, uint64_t id, struct person_record *ret_person)
{
    struct db *db = sqlite_db(store);
    bind_u64(db_statement(db, SQL_PERSON_GET), 1, id);
    return person(db, SQL_PERSON_GET, ret_person);
}

static void bind_person(sqlite3_stmt *statement, const struct person_record *record)
{
    bind_u64(statement, 1, record->id);
    bind_text(statement, 2, name_slice(&record->name));
    bind_folded(statement, 3, &record->folded);
    bind_u64(statement, 4, record->seen_ms);
}

int sqlite_person_create(struct store *store, const struct person_record *record)
{
    struct db *db = sqlite_db(store);
    sqlite3_stmt *statement = db_statement(db, SQL_PERSON_CREATE);
    bind_person(statement, record);
    sqlite3_bind_int(statement, 5, record->role);
    return db_done(db, SQL_PERSON_CREATE);
}

int sqlite_person_update(struct store *store, const struct person_record *record)
{
    struct db *db = sqlite_db(store);
    bind_person(db_statement(db, SQL_PERSON_UPDATE), record);
    return db_change(db, SQL_PERSON_UPDATE);
}

int sqlite_session_create(struct store *store, const uint8_t hash[TOKEN_HASH_BYTES],
                          uint64_t person_id, uint64_t now_ms)
{
    struct db *db = sqlite_db(store);
    sqlite3_stmt *statement = db_statement(db, SQL_SESSION_CREATE);
    bind_blob(statement, 1, slice_of(hash, TOKEN_HASH_BYTES));
    bind_u64(statement, 2, person_id);
    bind_u64(statement, 3, now_ms);
    bind_u64(statement, 4, session_id_of(hash));
    return db_done(db, SQL_SESSION_CREATE);
}
