#include "base/error.h"
#include "store/sqlite_rows.h"
#include "store/sqlite_store.h"

/* What somebody comes in by who shows a token: invitations, resets, webhooks. */

static sqlite3_stmt *of_token(struct db *db, enum directory_sql sql,
                              const uint8_t token[ACT_HASH_BYTES], uint64_t now_ms)
{
    sqlite3_stmt *statement = db_statement(db, sql);
    bind_blob(statement, 1, slice_of(token, ACT_HASH_BYTES));
    bind_u64(statement, 2, now_ms);
    return statement;
}

/* ---- invitations ---- */

int sqlite_invite_make(struct store *store, const struct invite_record *invite,
                       const uint8_t token[ACT_HASH_BYTES], uint64_t now_ms, const char *note)
{
    struct db *db = sqlite_db(store);
    sqlite3_stmt *statement = db_of_id(db, SQL_INVITE_MAKE, invite->id);
    bind_blob(statement, 2, slice_of(token, ACT_HASH_BYTES));
    bind_u64(statement, 3, invite->by);
    bind_u64(statement, 4, now_ms);
    bind_u64(statement, 5, invite->until_ms);
    bind_u64(statement, 6, invite->count);
    sqlite3_bind_int(statement, 7, invite->role);
    bind_text(statement, 8, slice_of_string(note ? note : ""));
    int result = db_done(db, SQL_INVITE_MAKE);
    for (size_t i = 0; result == OK && i < invite->rooms_count; i++) {
        bind_u64(db_of_id(db, SQL_INVITE_ROOM_ADD, invite->id), 2, invite->rooms[i]);
        result = db_done(db, SQL_INVITE_ROOM_ADD);
    }
    return result;
}

int sqlite_invite_get(struct store *store, const uint8_t token[ACT_HASH_BYTES], uint64_t now_ms,
                      struct invite_record *ret_invite)
{
    struct db *db = sqlite_db(store);
    struct invite_record invite = {0};
    sqlite3_stmt *row = of_token(db, SQL_INVITE_GET, token, now_ms);
    int result = db_row(db, SQL_INVITE_GET);
    if (result == OK)
        column_invite(row, &invite);
    db_reset(db, SQL_INVITE_GET);
    if (result == OK)
        result = sqlite_invite_rooms(db, SQL_INVITE_ROOMS, &invite);
    if (result == OK)
        *ret_invite = invite;
    return result;
}

int sqlite_invite_use(struct store *store, uint64_t id)
{
    struct db *db = sqlite_db(store);
    db_of_id(db, SQL_INVITE_USE, id);
    return db_change(db, SQL_INVITE_USE);
}

int sqlite_invite_end(struct store *store, uint64_t id)
{
    struct db *db = sqlite_db(store);
    db_of_id(db, SQL_INVITE_END, id);
    int result = db_change(db, SQL_INVITE_END);
    if (result != OK)
        return result;
    db_of_id(db, SQL_INVITE_ROOMS_DELETE, id);
    return db_done(db, SQL_INVITE_ROOMS_DELETE);
}

/* ---- resets ---- */

int sqlite_reset_make(struct store *store, uint64_t person, const uint8_t token[ACT_HASH_BYTES],
                      uint64_t until_ms)
{
    struct db *db = sqlite_db(store);
    sqlite3_stmt *statement = db_of_id(db, SQL_RESET_MAKE, person);
    bind_blob(statement, 2, slice_of(token, ACT_HASH_BYTES));
    bind_u64(statement, 3, until_ms);
    return db_done(db, SQL_RESET_MAKE);
}

int sqlite_reset_use(struct store *store, const uint8_t token[ACT_HASH_BYTES], uint64_t now_ms,
                     uint64_t *ret_person)
{
    struct db *db = sqlite_db(store);
    uint64_t person = 0;
    of_token(db, SQL_RESET_GET, token, now_ms);
    int result = sqlite_number(db, SQL_RESET_GET, &person);
    if (result != OK)
        return result;
    db_of_id(db, SQL_RESET_DELETE, person);
    result = db_change(db, SQL_RESET_DELETE);
    if (result == OK)
        *ret_person = person;
    return result;
}

/* ---- webhooks ---- */

int sqlite_hook_make(struct store *store, const struct hook_record *hook,
                     const uint8_t token[ACT_HASH_BYTES], uint64_t by, uint64_t now_ms)
{
    struct db *db = sqlite_db(store);
    sqlite3_stmt *statement = db_of_id(db, SQL_HOOK_MAKE, hook->id);
    bind_blob(statement, 2, slice_of(token, ACT_HASH_BYTES));
    bind_u64(statement, 3, hook->room);
    bind_u64(statement, 4, hook->person);
    bind_u64(statement, 5, by);
    bind_u64(statement, 6, now_ms);
    return db_done(db, SQL_HOOK_MAKE);
}

int sqlite_hook_get(struct store *store, uint64_t id, struct hook_record *ret_hook)
{
    struct db *db = sqlite_db(store);
    sqlite3_stmt *row = db_of_id(db, SQL_HOOK_GET, id);
    int result = db_row(db, SQL_HOOK_GET);
    if (result == OK)
        *ret_hook =
            (struct hook_record){column_u64(row, 0), column_u64(row, 1), column_u64(row, 2)};
    db_reset(db, SQL_HOOK_GET);
    return result;
}

int sqlite_hook_end(struct store *store, uint64_t id, struct hook_record *ret_hook)
{
    struct db *db = sqlite_db(store);
    struct hook_record hook;
    int result = sqlite_hook_get(store, id, &hook);
    if (result != OK)
        return result;
    db_of_id(db, SQL_HOOK_END, id);
    result = db_change(db, SQL_HOOK_END);
    if (result == OK)
        *ret_hook = hook;
    return result;
}
