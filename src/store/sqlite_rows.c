#include "store/sqlite_rows.h"

#include <string.h>

#include "base/assert.h"
#include "base/error.h"
#include "base/memory.h"

void column_person(sqlite3_stmt *row, struct person_record *ret_person)
{
    struct person_record person = {
        .id = column_u64(row, 0),
        .seen_ms = column_u64(row, 3),
        .role = (uint8_t)sqlite3_column_int(row, 4),
        .muted_ms = column_u64(row, 5),
        .color = (uint32_t)column_u64(row, 6),
        .banned_ms = column_u64(row, 8),
        .session = column_u64(row, 9),
        .session_used_ms = column_u64(row, 10),
        .session_created_ms = column_u64(row, 11),
    };
    column_name(row, 1, &person.name);
    column_name(row, 2, &person.folded);
    column_name(row, 7, &person.display);
    if (person.banned_ms == INT64_MAX)
        person.banned_ms = UINT64_MAX;
    *ret_person = person;
}

void column_account(sqlite3_stmt *row, struct account_record *ret_account)
{
    struct slice secret = column_slice(row, 1);
    struct slice totp = column_slice(row, 2);
    *ret_account =
        (struct account_record){.person = column_u64(row, 0), .totp_step = column_u64(row, 3)};
    if (secret.len > 0 && secret.len <= ACT_SECRET_MAX)
        memcpy(ret_account->secret, secret.ptr, secret.len);
    ret_account->has_totp = totp.len == ACT_TOTP_BYTES;
    if (ret_account->has_totp)
        memcpy(ret_account->totp, totp.ptr, ACT_TOTP_BYTES);
}

void column_invite(sqlite3_stmt *row, struct invite_record *ret_invite)
{
    *ret_invite = (struct invite_record){
        .id = column_u64(row, 0),
        .by = column_u64(row, 1),
        .until_ms = column_u64(row, 2),
        .count = (uint32_t)column_u64(row, 3),
        .used = (uint32_t)column_u64(row, 4),
        .role = (uint8_t)sqlite3_column_int(row, 5),
    };
}

int sqlite_invite_rooms(struct db *db, unsigned sql, struct invite_record *invite)
{
    sqlite3_stmt *rooms = db_statement(db, sql);
    bind_u64(rooms, 1, invite->id);
    bind_u64(rooms, 2, ACT_ROOMS_MAX);
    int result;
    invite->rooms_count = 0;
    while ((result = db_row(db, sql)) == OK)
        invite->rooms[invite->rooms_count++] = column_u64(rooms, 0);
    db_reset(db, sql);
    return result == ERR_NOT_FOUND ? OK : result;
}

void column_file(sqlite3_stmt *row, struct file *ret_file)
{
    *ret_file = (struct file){
        .id = column_u64(row, 0),
        .bytes = column_u64(row, 1),
        .width = (uint32_t)column_u64(row, 2),
        .height = (uint32_t)column_u64(row, 3),
        .has_thumbnail = sqlite3_column_int(row, 4) != 0,
        .type = column_slice(row, 5),
        .name = column_slice(row, 6),
        .alt = column_slice(row, 7),
    };
}

void sqlite_file_add(struct file_list **list, const struct file *file)
{
    struct file files[MESSAGE_FILES_MAX];
    uint32_t count = *list ? (*list)->count : 0;
    ASSERT(count < MESSAGE_FILES_MAX);
    for (uint32_t i = 0; i < count; i++)
        files[i] = (*list)->list[i];
    files[count] = *file;
    struct file_list *longer = file_list_new(files, count + 1);
    mem_free(*list);
    *list = longer;
}
