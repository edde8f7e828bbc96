#include "base/error.h"
#include "store/sqlite_store.h"

/* Rooms, members, people and their sessions. */

static struct db *db_of(struct store *store)
{
    return &sqlite_of(store)->db;
}

/* An empty folded name is NULL: any number of people may have none. */
static void bind_folded(sqlite3_stmt *statement, int at, const struct name *folded)
{
    if (folded->len > 0)
        bind_text(statement, at, name_slice(folded));
    else
        sqlite3_bind_null(statement, at);
}

int sqlite_room_get(struct store *store, uint64_t id, struct room_record *ret_room)
{
    struct db *db = db_of(store);
    sqlite3_stmt *statement = db_statement(db, SQL_ROOM_GET);
    bind_u64(statement, 1, id);
    int result = db_row(db, SQL_ROOM_GET);
    if (result == OK) {
        struct room_record room = {
            .id = id,
            .kind = (uint8_t)sqlite3_column_int(statement, 0),
            .topic = column_string(statement, 3),
            .head = column_u64(statement, 4),
            .mid = column_u64(statement, 5),
            .ts_ms = column_u64(statement, 6),
        };
        column_name(statement, 1, &room.name);
        column_name(statement, 2, &room.folded);
        *ret_room = room;
    }
    db_reset(db, SQL_ROOM_GET);
    return result;
}

int sqlite_room_by_name(struct store *store, const struct name *folded, uint64_t *ret_id)
{
    struct db *db = db_of(store);
    sqlite3_stmt *statement = db_statement(db, SQL_ROOM_BY_NAME);
    bind_text(statement, 1, name_slice(folded));
    int result = db_row(db, SQL_ROOM_BY_NAME);
    if (result == OK)
        *ret_id = column_u64(statement, 0);
    db_reset(db, SQL_ROOM_BY_NAME);
    return result;
}

int sqlite_room_create(struct store *store, const struct room_record *room)
{
    struct db *db = db_of(store);
    sqlite3_stmt *statement = db_statement(db, SQL_ROOM_CREATE);
    bind_u64(statement, 1, room->id);
    sqlite3_bind_int(statement, 2, room->kind);
    bind_text(statement, 3, name_slice(&room->name));
    bind_text(statement, 4, name_slice(&room->folded));
    bind_text(statement, 5, slice_of_string(room->topic ? room->topic : ""));
    return db_done(db, SQL_ROOM_CREATE);
}

int sqlite_room_set_topic(struct store *store, uint64_t room, struct slice topic)
{
    struct db *db = db_of(store);
    sqlite3_stmt *statement = db_statement(db, SQL_ROOM_SET_TOPIC);
    bind_u64(statement, 1, room);
    bind_text(statement, 2, topic);
    return db_change(db, SQL_ROOM_SET_TOPIC);
}

/* ---- members ---- */

static sqlite3_stmt *of_member(struct db *db, enum writer_sql sql, uint64_t room, uint64_t person)
{
    sqlite3_stmt *statement = db_statement(db, sql);
    bind_u64(statement, 1, person);
    bind_u64(statement, 2, room);
    return statement;
}

int sqlite_member_set(struct store *store, uint64_t room, uint64_t person, bool on)
{
    struct db *db = db_of(store);
    of_member(db, on ? SQL_MEMBER_ADD : SQL_MEMBER_DELETE, room, person);
    return on ? db_done(db, SQL_MEMBER_ADD) : db_change(db, SQL_MEMBER_DELETE);
}

int sqlite_read_set(struct store *store, uint64_t room, uint64_t person, uint64_t seq,
                    uint64_t count)
{
    struct db *db = db_of(store);
    bind_u64(of_member(db, SQL_READ_SET, room, person), 3, seq);
    bind_u64(db->statements[SQL_READ_SET], 4, count);
    return db_done(db, SQL_READ_SET);
}

int sqlite_rooms_of(struct store *store, uint64_t person,
                    void (*visit)(void *ctx, const struct seat_record *seat), void *ctx)
{
    struct db *db = db_of(store);
    sqlite3_stmt *statement = db_statement(db, SQL_ROOMS_OF);
    bind_u64(statement, 1, person);
    int result;
    while ((result = db_row(db, SQL_ROOMS_OF)) == OK)
        visit(ctx, &(struct seat_record){.room = column_u64(statement, 0),
                                         .read = column_u64(statement, 1)});
    db_reset(db, SQL_ROOMS_OF);
    return result == ERR_NOT_FOUND ? OK : result;
}

/* ---- people ---- */

/* Reads the person that a statement, bound already, yields. */
static int person(struct db *db, enum writer_sql sql, struct person_record *ret_person)
{
    sqlite3_stmt *statement = db->statements[sql];
    int result = db_row(db, sql);
    if (result == OK) {
        ret_person->id = column_u64(statement, 0);
        column_name(statement, 1, &ret_person->name);
        column_name(statement, 2, &ret_person->folded);
        ret_person->seen_ms = column_u64(statement, 3);
    }
    db_reset(db, sql);
    return result;
}

int sqlite_person_by_session(struct store *store, const uint8_t hash[TOKEN_HASH_BYTES],
                             struct person_record *ret_person)
{
    struct db *db = db_of(store);
    bind_blob(db_statement(db, SQL_PERSON_BY_SESSION), 1, slice_of(hash, TOKEN_HASH_BYTES));
    return person(db, SQL_PERSON_BY_SESSION, ret_person);
}

int sqlite_person_by_name(struct store *store, const struct name *folded,
                          struct person_record *ret_person)
{
    struct db *db = db_of(store);
    bind_folded(db_statement(db, SQL_PERSON_BY_NAME), 1, folded);
    return person(db, SQL_PERSON_BY_NAME, ret_person);
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
    struct db *db = db_of(store);
    bind_person(db_statement(db, SQL_PERSON_CREATE), record);
    return db_done(db, SQL_PERSON_CREATE);
}

int sqlite_person_update(struct store *store, const struct person_record *record)
{
    struct db *db = db_of(store);
    bind_person(db_statement(db, SQL_PERSON_UPDATE), record);
    return db_change(db, SQL_PERSON_UPDATE);
}

int sqlite_session_create(struct store *store, const uint8_t hash[TOKEN_HASH_BYTES],
                          uint64_t person_id, uint64_t now_ms)
{
    struct db *db = db_of(store);
    sqlite3_stmt *statement = db_statement(db, SQL_SESSION_CREATE);
    bind_blob(statement, 1, slice_of(hash, TOKEN_HASH_BYTES));
    bind_u64(statement, 2, person_id);
    bind_u64(statement, 3, now_ms);
    return db_done(db, SQL_SESSION_CREATE);
}
