#include <string.h>

#include "base/error.h"
#include "store/sqlite_store.h"

/* What keeps order: bans, reports, what was done by whom, and the state of the server. */

static void bind_string(sqlite3_stmt *statement, int at, const char *text)
{
    bind_text(statement, at, slice_of_string(text ? text : ""));
}

/* ---- bans ---- */

int sqlite_ban_make(struct store *store, const struct ban_record *ban, const char *reason)
{
    struct db *db = sqlite_db(store);
    sqlite3_stmt *statement = db_of_id(db, SQL_BAN_MAKE, ban->id);
    bind_u64(statement, 2, ban->person);
    bind_string(statement, 3, ban->address);
    bind_string(statement, 4, reason);
    bind_u64(statement, 5, ban->by);
    bind_u64(statement, 6, ban->created_ms);
    bind_u64(statement, 7, ban->until_ms);
    return db_done(db, SQL_BAN_MAKE);
}

static void read_ban(sqlite3_stmt *row, struct ban_record *ret_ban)
{
    struct slice address = column_slice(row, 5);
    *ret_ban = (struct ban_record){
        .id = column_u64(row, 0),
        .person = column_u64(row, 1),
        .by = column_u64(row, 2),
        .created_ms = column_u64(row, 3),
        .until_ms = column_u64(row, 4),
    };
    if (address.len > 0 && address.len <= ACT_ADDRESS_MAX)
        memcpy(ret_ban->address, address.ptr, address.len);
}

int sqlite_ban_end(struct store *store, uint64_t id, struct ban_record *ret_ban)
{
    struct db *db = sqlite_db(store);
    struct ban_record ban;
    sqlite3_stmt *row = db_of_id(db, SQL_BAN_GET, id);
    int result = db_row(db, SQL_BAN_GET);
    if (result == OK)
        read_ban(row, &ban);
    db_reset(db, SQL_BAN_GET);
    if (result != OK)
        return result;
    db_of_id(db, SQL_BAN_END, id);
    result = db_change(db, SQL_BAN_END);
    if (result == OK)
        *ret_ban = ban;
    return result;
}

int sqlite_ban_of(struct store *store, uint64_t person, uint64_t now_ms, uint64_t *ret_until_ms)
{
    struct db *db = sqlite_db(store);
    uint64_t until_ms = 0;
    bind_u64(db_of_id(db, SQL_BAN_OF, person), 2, now_ms);
    int result = sqlite_number(db, SQL_BAN_OF, &until_ms);
    if (result != OK)
        return result;
    /* max() of no rows is NULL, which reads as 0. */
    if (until_ms == 0)
        return ERR_NOT_FOUND;
    *ret_until_ms = until_ms == INT64_MAX ? UINT64_MAX : until_ms;
    return OK;
}

int sqlite_bans_of_addresses(struct store *store, uint64_t now_ms,
                             void (*visit)(void *ctx, const struct ban_record *ban), void *ctx)
{
    struct db *db = sqlite_db(store);
    sqlite3_stmt *row = db_of_id(db, SQL_BANS_OF_ADDRESSES, now_ms);
    int result;
    while ((result = db_row(db, SQL_BANS_OF_ADDRESSES)) == OK) {
        struct ban_record ban;
        read_ban(row, &ban);
        visit(ctx, &ban);
    }
    db_reset(db, SQL_BANS_OF_ADDRESSES);
    return result == ERR_NOT_FOUND ? OK : result;
}

/* ---- reports ---- */

/* NOLINTNEXTLINE(readability-function-size): chat/directory.h asks for so many. */
int sqlite_report_make(struct store *store, uint64_t room, uint64_t seq, uint64_t author,
                       uint64_t by, const char *reason, uint64_t now_ms, uint64_t *ret_id)
{
    struct db *db = sqlite_db(store);
    sqlite3_stmt *statement = db_of_id(db, SQL_REPORT_MAKE, room);
    bind_u64(statement, 2, seq);
    bind_u64(statement, 3, author);
    bind_u64(statement, 4, by);
    bind_string(statement, 5, reason);
    bind_u64(statement, 6, now_ms);
    int made = db_change(db, SQL_REPORT_MAKE);
    if (made == OK)
        *ret_id = (uint64_t)sqlite3_last_insert_rowid(db->handle);
    if (made != ERR_NOT_FOUND)
        return made;
    statement = db_of_id(db, SQL_REPORT_GET, room);
    bind_u64(statement, 2, seq);
    bind_u64(statement, 3, by);
    int result = sqlite_number(db, SQL_REPORT_GET, ret_id);
    return result == OK ? ERR_EXISTS : result;
}

int sqlite_report_end(struct store *store, uint64_t id, uint64_t by, const char *note,
                      uint64_t now_ms)
{
    struct db *db = sqlite_db(store);
    sqlite3_stmt *statement = db_of_id(db, SQL_REPORT_END, id);
    bind_u64(statement, 2, now_ms);
    bind_u64(statement, 3, by);
    bind_string(statement, 4, note);
    return db_change(db, SQL_REPORT_END);
}

/* NOLINTNEXTLINE(readability-function-size): chat/directory.h asks for so many. */
int sqlite_audit(struct store *store, uint64_t by, const char *action, uint64_t person,
                 uint64_t room, const char *detail, uint64_t now_ms)
{
    struct db *db = sqlite_db(store);
    sqlite3_stmt *statement = db_of_id(db, SQL_AUDIT, now_ms);
    bind_u64(statement, 2, by);
    bind_string(statement, 3, action);
    bind_u64(statement, 4, person);
    bind_u64(statement, 5, room);
    bind_string(statement, 6, detail);
    return db_done(db, SQL_AUDIT);
}

/* ---- all that somebody said ---- */

/* What a step is to fill in. */
struct found {
    uint64_t *rooms, *seqs;
    unsigned count, max;
};

/* Goes on behind a place, or (before) up to it; place is then the last one found. */
static int find_messages(struct db *db, enum directory_sql sql, struct purge_place *place,
                         struct found *found)
{
    sqlite3_stmt *row = db_of_id(db, sql, place->person);
    const struct purge_place from = *place;
    bind_u64(row, 2, from.room);
    bind_blob(row, 3, slice_of(from.cid, CID_BYTES));
    bind_u64(row, 4, found->max - found->count);
    int result;
    while ((result = db_row(db, sql)) == OK) {
        struct slice cid = column_slice(row, 2);
        found->rooms[found->count] = place->room = column_u64(row, 0);
        found->seqs[found->count++] = column_u64(row, 1);
        if (cid.len == CID_BYTES)
            memcpy(place->cid, cid.ptr, CID_BYTES);
    }
    db_reset(db, sql);
    return result == ERR_NOT_FOUND ? OK : result;
}

/*
 * What a step before has found is deleted by now, and would be passed over again by every one that follows.
 * So each goes on where the last one ended; and once no more is there, what has come meanwhile is looked for.
 */
int sqlite_messages_of(struct store *store, uint64_t person, unsigned max, uint64_t *ret_rooms,
                       uint64_t *ret_seqs, unsigned *ret_count)
{
    struct sqlite_store *sqlite = sqlite_of(store);
    struct found found = {ret_rooms, ret_seqs, 0, max};
    struct purge_place place = sqlite->purge;
    if (place.person != person)
        place = (struct purge_place){.person = person};
    struct purge_place first = place;
    int result = find_messages(&sqlite->db, SQL_MESSAGES_OF_BEHIND, &place, &found);
    if (result == OK && found.count < max && first.room > 0) {
        place = first;
        result = find_messages(&sqlite->db, SQL_MESSAGES_OF_BEFORE, &place, &found);
        place = (struct purge_place){0};
    }
    if (result != OK)
        return result;
    sqlite->purge = found.count == max ? place : (struct purge_place){0};
    *ret_count = found.count;
    return OK;
}

/* ---- the server ---- */

static int get_number(struct db *db, const char *key, uint64_t *ret_number)
{
    uint64_t number = 0;
    bind_string(db_statement(db, SQL_SERVER_GET), 1, key);
    int result = sqlite_number(db, SQL_SERVER_GET, &number);
    if (result == OK || result == ERR_NOT_FOUND)
        *ret_number = number;
    return result == ERR_NOT_FOUND ? OK : result;
}

static int set_number(struct db *db, const char *key, uint64_t number)
{
    sqlite3_stmt *statement = db_statement(db, SQL_SERVER_SET);
    bind_string(statement, 1, key);
    bind_u64(statement, 2, number);
    return db_done(db, SQL_SERVER_SET);
}

static int get_name(struct db *db, struct name *ret_name)
{
    sqlite3_stmt *row = db_statement(db, SQL_SERVER_GET);
    *ret_name = (struct name){0};
    bind_string(row, 1, "name");
    int result = db_row(db, SQL_SERVER_GET);
    if (result == OK)
        column_name(row, 0, ret_name);
    db_reset(db, SQL_SERVER_GET);
    return result == ERR_NOT_FOUND ? OK : result;
}

static int set_name(struct db *db, const struct name *name)
{
    sqlite3_stmt *statement = db_statement(db, SQL_SERVER_SET);
    bind_string(statement, 1, "name");
    bind_text(statement, 2, name_slice(name));
    return db_done(db, SQL_SERVER_SET);
}

int sqlite_server_get(struct store *store, struct server_record *ret_server)
{
    struct db *db = sqlite_db(store);
    uint64_t members_only = 0, slow_ms = 0;
    struct name name;
    int result = get_number(db, "members_only", &members_only);
    if (result == OK)
        result = get_number(db, "slow_ms", &slow_ms);
    if (result == OK)
        result = get_name(db, &name);
    if (result == OK)
        *ret_server = (struct server_record){members_only != 0, (uint32_t)slow_ms, name};
    return result;
}

int sqlite_server_set(struct store *store, const struct server_record *server)
{
    struct db *db = sqlite_db(store);
    int result = set_number(db, "members_only", server->members_only);
    if (result == OK)
        result = set_number(db, "slow_ms", server->slow_ms);
    return result == OK ? set_name(db, &server->name) : result;
}
