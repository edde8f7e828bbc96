#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "chat/role.h"
#include "store/sqlite_reader.h"
#include "store/sqlite_rows.h"

/* What doors have to know of somebody who shows a name, a token, or the id of a file. */

#define AT(number) [(number)-SQL_LINK_FIRST]

const struct sql link_sql[SQL_LINK_COUNT] = {
    AT(SQL_PERSON_BY_SESSION) = {"find a session", PERSON_BY_SESSION},
    AT(SQL_PERSON_BY_NAME) = {"find a name", PERSON_BY_NAME},
    AT(SQL_PERSON_GET) = {"read a person", PERSON_BY_ID},
    AT(SQL_ACCOUNT_GET) = {"read an account", ACCOUNT_BY_ID},
    AT(SQL_FILE_GET) = {"find a file",
                        "SELECT f.person, f.room, f.seq, f.created, f.hash, f.bytes, f.width,"
                        " f.height, f.type, n.body, f.thumbnail, f.thumbnail_bytes"
                        " FROM files f LEFT JOIN texts n ON n.id = f.name WHERE f.id = ?1"},
    AT(SQL_INVITE_GET) = {"find an invitation", INVITE_BY_TOKEN},
    AT(SQL_INVITE_ROOMS) = {"read an invitation", INVITE_ROOMS},
    AT(SQL_RESET_GET) = {"find a reset", RESET_BY_TOKEN},
    AT(SQL_HOOK_GET) = {"find a webhook", "SELECT person, room FROM hooks WHERE token = ?1"},
};

/* Reads the person that a statement, bound already, yields. */
static int person(struct db *db, enum link_sql sql, struct person_record *ret_person)
{
    int result = db_row(db, sql);
    if (result == OK)
        column_person(db->statements[sql], ret_person);
    db_reset(db, sql);
    return result;
}

static int person_by_id(struct db *db, uint64_t id, struct person_record *ret_person)
{
    bind_u64(db_statement(db, SQL_PERSON_GET), 1, id);
    return person(db, SQL_PERSON_GET, ret_person);
}

/* ---- accounts ---- */

static int find_person(struct db *db, const struct store_read *read,
                       struct person_record *ret_person)
{
    if (read->has_token) {
        bind_blob(db_statement(db, SQL_PERSON_BY_SESSION), 1,
                  slice_of(read->token, TOKEN_HASH_BYTES));
        return person(db, SQL_PERSON_BY_SESSION, ret_person);
    }
    if (read->id != 0)
        return person_by_id(db, read->id, ret_person);
    if (read->after.len == 0)
        return ERR_NOT_FOUND;
    bind_text(db_statement(db, SQL_PERSON_BY_NAME), 1, name_slice(&read->after));
    return person(db, SQL_PERSON_BY_NAME, ret_person);
}

int sqlite_read_account(struct sqlite_reader *reader, struct store_read *read)
{
    struct db *db = &reader->db;
    int result = find_person(db, read, &read->account_person);
    if (result != OK)
        return result;
    sqlite3_stmt *row = db_statement(db, SQL_ACCOUNT_GET);
    bind_u64(row, 1, read->account_person.id);
    result = db_row(db, SQL_ACCOUNT_GET);
    if (result == OK)
        column_account(row, &read->account);
    db_reset(db, SQL_ACCOUNT_GET);
    return result;
}

/* ---- links ---- */

/* Whose name it is; one who is no more has none. */
static int read_name(struct db *db, uint64_t id, struct name *ret_name)
{
    struct person_record record;
    int result = person_by_id(db, id, &record);
    if (result == OK)
        *ret_name = record.name;
    return result == ERR_NOT_FOUND ? OK : result;
}

/* Makes the statement for a token step. now_ms: where it asks for it. */
static int look_up(struct db *db, enum link_sql sql, const struct store_read *read, uint64_t now_ms)
{
    sqlite3_stmt *statement = db_statement(db, sql);
    bind_blob(statement, 1, slice_of(read->token, TOKEN_HASH_BYTES));
    if (now_ms != 0)
        bind_u64(statement, 2, now_ms);
    return db_row(db, sql);
}

static int read_invite(struct db *db, const struct store_read *read, uint64_t now_ms,
                       struct link_record *link)
{
    int result = look_up(db, SQL_INVITE_GET, read, now_ms);
    if (result == OK)
        column_invite(db->statements[SQL_INVITE_GET], &link->invite);
    db_reset(db, SQL_INVITE_GET);
    if (result != OK)
        return result;
    link->kind = link->invite.role == ROLE_OWNER ? LINK_OWNER : LINK_INVITE;
    result = sqlite_invite_rooms(db, SQL_INVITE_ROOMS, &link->invite);
    return result == OK ? read_name(db, link->invite.by, &link->by) : result;
}

static int read_reset(struct db *db, const struct store_read *read, uint64_t now_ms,
                      struct link_record *link)
{
    int result = look_up(db, SQL_RESET_GET, read, now_ms);
    if (result == OK) {
        link->kind = LINK_RESET;
        link->person = column_u64(db->statements[SQL_RESET_GET], 0);
    }
    db_reset(db, SQL_RESET_GET);
    return result == OK ? read_name(db, link->person, &link->name) : result;
}

static int read_hook(struct db *db, const struct store_read *read, struct link_record *link)
{
    int result = look_up(db, SQL_HOOK_GET, read, 0);
    if (result == OK) {
        link->kind = LINK_HOOK;
        link->person = column_u64(db->statements[SQL_HOOK_GET], 0);
        link->room = column_u64(db->statements[SQL_HOOK_GET], 1);
    }
    db_reset(db, SQL_HOOK_GET);
    return result == OK ? read_name(db, link->person, &link->name) : result;
}

int sqlite_read_link(struct sqlite_reader *reader, struct store_read *read)
{
    struct db *db = &reader->db;
    struct link_record link = {.kind = LINK_NONE};
    uint64_t now_ms = clock_wall_ms();
    int result = read_invite(db, read, now_ms, &link);
    if (result == ERR_NOT_FOUND)
        result = read_reset(db, read, now_ms, &link);
    if (result == ERR_NOT_FOUND)
        result = read_hook(db, read, &link);
    if (result == OK)
        read->link = link;
    return result;
}

/* ---- files ---- */

static void copy_text(struct slice text, char *to, size_t size)
{
    size_t len = text.len < size ? text.len : size - 1;
    if (len > 0)
        memcpy(to, text.ptr, len);
    to[len] = '\0';
}

static bool copy_hash(struct slice bytes, uint8_t to[ACT_HASH_BYTES])
{
    if (bytes.len != ACT_HASH_BYTES)
        return false;
    memcpy(to, bytes.ptr, ACT_HASH_BYTES);
    return true;
}

static struct file_record *file_of(sqlite3_stmt *row, uint64_t id)
{
    struct file_record *record = mem_zalloc(sizeof(*record));
    struct act_file *file = &record->file;
    record->id = id;
    record->person = column_u64(row, 0);
    record->room = column_u64(row, 1);
    record->seq = column_u64(row, 2);
    record->created_ms = column_u64(row, 3);
    copy_hash(column_slice(row, 4), file->hash);
    file->bytes = column_u64(row, 5);
    file->width = (uint32_t)column_u64(row, 6);
    file->height = (uint32_t)column_u64(row, 7);
    copy_text(column_slice(row, 8), file->type, sizeof(file->type));
    copy_text(column_slice(row, 9), file->name, sizeof(file->name));
    file->has_thumbnail = copy_hash(column_slice(row, 10), file->thumbnail);
    file->thumbnail_bytes = column_u64(row, 11);
    return record;
}

int sqlite_read_file(struct sqlite_reader *reader, struct store_read *read)
{
    struct db *db = &reader->db;
    sqlite3_stmt *row = db_statement(db, SQL_FILE_GET);
    bind_u64(row, 1, read->id);
    int result = db_row(db, SQL_FILE_GET);
    if (result == OK)
        read->file = file_of(row, read->id);
    db_reset(db, SQL_FILE_GET);
    return result;
}
