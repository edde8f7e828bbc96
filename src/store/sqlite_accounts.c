#include "base/error.h"
#include "store/sqlite_rows.h"
#include "store/sqlite_store.h"

/* Accounts and their sessions. */

static sqlite3_stmt *of_person(struct db *db, enum directory_sql sql, uint64_t person)
{
    sqlite3_stmt *statement = db_statement(db, sql);
    bind_u64(statement, 1, person);
    return statement;
}

int sqlite_account_get(struct store *store, uint64_t person, struct account_record *ret_account)
{
    struct db *db = sqlite_db(store);
    sqlite3_stmt *row = of_person(db, SQL_ACCOUNT_GET, person);
    int result = db_row(db, SQL_ACCOUNT_GET);
    if (result == OK)
        column_account(row, ret_account);
    db_reset(db, SQL_ACCOUNT_GET);
    return result;
}

int sqlite_account_set_secret(struct store *store, uint64_t person, const char *secret,
                              uint64_t now_ms)
{
    struct db *db = sqlite_db(store);
    sqlite3_stmt *statement = of_person(db, SQL_ACCOUNT_SET_SECRET, person);
    bind_text(statement, 2, slice_of_string(secret));
    bind_u64(statement, 3, now_ms);
    return db_change(db, SQL_ACCOUNT_SET_SECRET);
}

int sqlite_account_set_totp(struct store *store, uint64_t person, const uint8_t *totp,
                            const uint8_t (*codes)[ACT_HASH_BYTES], unsigned count)
{
    struct db *db = sqlite_db(store);
    sqlite3_stmt *statement = of_person(db, SQL_ACCOUNT_SET_TOTP, person);
    if (totp)
        bind_blob(statement, 2, slice_of(totp, ACT_TOTP_BYTES));
    else
        sqlite3_bind_null(statement, 2);
    int result = db_change(db, SQL_ACCOUNT_SET_TOTP);
    if (result != OK)
        return result;
    of_person(db, SQL_CODES_DELETE, person);
    result = db_done(db, SQL_CODES_DELETE);
    for (unsigned i = 0; result == OK && i < count; i++) {
        bind_blob(of_person(db, SQL_CODE_ADD, person), 2, slice_of(codes[i], ACT_HASH_BYTES));
        result = db_done(db, SQL_CODE_ADD);
    }
    return result;
}

int sqlite_account_use_step(struct store *store, uint64_t person, uint64_t step)
{
    struct db *db = sqlite_db(store);
    bind_u64(of_person(db, SQL_ACCOUNT_USE_STEP, person), 2, step);
    int result = db_change(db, SQL_ACCOUNT_USE_STEP);
    return result == ERR_NOT_FOUND ? ERR_EXISTS : result;
}

int sqlite_account_use_code(struct store *store, uint64_t person,
                            const uint8_t hash[ACT_HASH_BYTES])
{
    struct db *db = sqlite_db(store);
    bind_blob(of_person(db, SQL_CODE_USE, person), 2, slice_of(hash, ACT_HASH_BYTES));
    return db_change(db, SQL_CODE_USE);
}

/* ---- people ---- */

int sqlite_person_set_profile(struct store *store, uint64_t person, const struct name *display,
                              uint32_t color)
{
    struct db *db = sqlite_db(store);
    sqlite3_stmt *statement = of_person(db, SQL_PERSON_SET_PROFILE, person);
    bind_text(statement, 2, name_slice(display));
    bind_u64(statement, 3, color);
    return db_change(db, SQL_PERSON_SET_PROFILE);
}

int sqlite_person_set_role(struct store *store, uint64_t person, uint8_t role)
{
    struct db *db = sqlite_db(store);
    sqlite3_bind_int(of_person(db, SQL_PERSON_SET_ROLE, person), 2, role);
    return db_change(db, SQL_PERSON_SET_ROLE);
}

int sqlite_person_set_muted(struct store *store, uint64_t person, uint64_t until_ms)
{
    struct db *db = sqlite_db(store);
    bind_u64(of_person(db, SQL_PERSON_SET_MUTED, person), 2, until_ms);
    return db_change(db, SQL_PERSON_SET_MUTED);
}

int sqlite_people_with_role(struct store *store, uint8_t role, uint64_t *ret_count)
{
    struct db *db = sqlite_db(store);
    sqlite3_bind_int(db_statement(db, SQL_PEOPLE_WITH_ROLE), 1, role);
    return sqlite_number(db, SQL_PEOPLE_WITH_ROLE, ret_count);
}

int sqlite_person_erase(struct store *store, uint64_t person, const struct name *name)
{
    static const enum directory_sql steps[] = {SQL_CODES_DELETE,
                                               SQL_SEATS_DELETE,
                                               SQL_PERSON_MENTIONS_DELETE,
                                               SQL_PERSON_HOOKS_DELETE,
                                               SQL_PERSON_INVITE_ROOMS_DELETE,
                                               SQL_PERSON_INVITES_DELETE,
                                               SQL_RESET_DELETE};
    struct sqlite_store *sqlite = sqlite_of(store);
    struct db *db = &sqlite->db;
    bind_text(of_person(db, SQL_PERSON_ERASE, person), 2, name_slice(name));
    int result = db_change(db, SQL_PERSON_ERASE);
    if (result == OK)
        result = sqlite_sessions_end(store, person, 0);
    for (size_t i = 0; result == OK && i < sizeof(steps) / sizeof(steps[0]); i++) {
        of_person(db, steps[i], person);
        result = db_done(db, steps[i]);
    }
    return result == OK ? sqlite_unused_files_end(sqlite, person) : result;
}

/* ---- sessions ---- */

int sqlite_session_make(struct store *store, const struct session_record *session,
                        const uint8_t hash[ACT_HASH_BYTES], const char *device)
{
    struct db *db = sqlite_db(store);
    sqlite3_stmt *statement = db_statement(db, SQL_SESSION_MAKE);
    bind_blob(statement, 1, slice_of(hash, ACT_HASH_BYTES));
    bind_u64(statement, 2, session->person);
    bind_u64(statement, 3, session->created_ms);
    bind_u64(statement, 4, session->used_ms);
    bind_u64(statement, 5, session->id);
    bind_text(statement, 6, slice_of_string(device ? device : ""));
    return db_done(db, SQL_SESSION_MAKE);
}

int sqlite_session_end(struct store *store, uint64_t person, uint64_t id)
{
    struct db *db = sqlite_db(store);
    bind_u64(of_person(db, SQL_SESSION_END, person), 2, id);
    return db_change(db, SQL_SESSION_END);
}

int sqlite_sessions_end(struct store *store, uint64_t person, uint64_t but)
{
    struct db *db = sqlite_db(store);
    bind_u64(of_person(db, SQL_SESSIONS_END, person), 2, but);
    return db_done(db, SQL_SESSIONS_END);
}

int sqlite_session_used(struct store *store, uint64_t id, uint64_t now_ms)
{
    struct db *db = sqlite_db(store);
    bind_u64(of_person(db, SQL_SESSION_USED, id), 2, now_ms);
    return db_change(db, SQL_SESSION_USED);
}
