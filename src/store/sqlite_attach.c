#include "base/error.h"
#include "base/memory.h"
#include "store/sqlite_rows.h"
#include "store/sqlite_store.h"

/* What hangs on messages: whom they mean, and files. */

static sqlite3_stmt *of_message(struct db *db, enum writer_sql sql, uint64_t room, uint64_t seq)
{
    sqlite3_stmt *statement = db_statement(db, sql);
    bind_u64(statement, 1, room);
    bind_u64(statement, 2, seq);
    return statement;
}

int sqlite_text_add(struct db *db, struct slice text, uint64_t *ret_id)
{
    bind_blob(db_statement(db, SQL_TEXT_ADD), 1, text);
    int result = db_done(db, SQL_TEXT_ADD);
    if (result == OK)
        *ret_id = (uint64_t)sqlite3_last_insert_rowid(db->handle);
    return result;
}

/* ---- mentions ---- */

int sqlite_mention(struct store *store, uint64_t room, uint64_t seq,
                   const struct people_list *people, bool all)
{
    struct db *db = &sqlite_of(store)->db;
    int result = OK;
    if (all) {
        bind_u64(of_message(db, SQL_MENTION_ADD, room, seq), 3, 0);
        result = db_done(db, SQL_MENTION_ADD);
    }
    for (uint32_t i = 0; result == OK && people && i < people->count; i++) {
        bind_u64(of_message(db, SQL_MENTION_ADD, room, seq), 3, people->ids[i]);
        result = db_done(db, SQL_MENTION_ADD);
    }
    return result;
}

int sqlite_mentions_behind(struct store *store, uint64_t room, uint64_t person, uint64_t seq,
                           uint32_t *ret_count)
{
    struct db *db = &sqlite_of(store)->db;
    sqlite3_stmt *statement = db_statement(db, SQL_MENTIONS_BEHIND);
    uint64_t count = 0;
    bind_u64(statement, 1, room);
    bind_u64(statement, 2, person);
    bind_u64(statement, 3, seq < INT64_MAX ? seq : INT64_MAX);
    bind_u64(statement, 4, UNREAD_MAX);
    int result = sqlite_number(db, SQL_MENTIONS_BEHIND, &count);
    if (result == OK)
        *ret_count = (uint32_t)count;
    return result;
}

/* ---- files of messages ---- */

static bool is_twice(const struct file_list *wanted, uint32_t at)
{
    for (uint32_t i = 0; i < at; i++) {
        if (wanted->list[i].id == wanted->list[at].id)
            return true;
    }
    return false;
}

/* Adds the file that is wanted, if it may be. */
static int find_file(struct db *db, const struct file *wanted, uint64_t person,
                     struct file_list **list)
{
    sqlite3_stmt *row = db_statement(db, SQL_FILE_UNUSED);
    bind_u64(row, 1, wanted->id);
    bind_u64(row, 2, person);
    int result = db_row(db, SQL_FILE_UNUSED);
    if (result == OK) {
        struct file file;
        column_file(row, &file);
        file.alt = wanted->alt;
        sqlite_file_add(list, &file);
    }
    db_reset(db, SQL_FILE_UNUSED);
    return result;
}

static int attach(struct db *db, uint64_t room, uint64_t seq, uint32_t place,
                  const struct file *file)
{
    uint64_t alt = 0;
    int result = file->alt.len > 0 ? sqlite_text_add(db, file->alt, &alt) : OK;
    if (result != OK)
        return result;
    sqlite3_stmt *statement = of_message(db, SQL_FILE_ATTACH, room, seq);
    sqlite3_bind_int(statement, 3, (int)place);
    bind_u64(statement, 4, alt);
    bind_u64(statement, 5, file->id);
    return db_change(db, SQL_FILE_ATTACH);
}

int sqlite_files_attach(struct store *store, uint64_t room, uint64_t seq, uint64_t person,
                        const struct file_list *wanted, struct file_list **ret_files)
{
    struct db *db = &sqlite_of(store)->db;
    struct file_list *found = NULL;
    int result = wanted->count > 0 && wanted->count <= MESSAGE_FILES_MAX ? OK : ERR_NOT_FOUND;
    /* All are looked for before one is changed, since the transaction goes on without them. */
    for (uint32_t i = 0; result == OK && i < wanted->count; i++)
        result =
            is_twice(wanted, i) ? ERR_NOT_FOUND : find_file(db, &wanted->list[i], person, &found);
    for (uint32_t i = 0; result == OK && i < wanted->count; i++)
        result = attach(db, room, seq, i, &found->list[i]);
    if (result == OK)
        *ret_files = found;
    else
        mem_free(found);
    return result;
}

int sqlite_detach(struct sqlite_store *sqlite, uint64_t room, uint64_t seq)
{
    static const enum writer_sql steps[] = {SQL_MENTIONS_DELETE, SQL_FILES_GARBAGE, SQL_FILES_TEXTS,
                                            SQL_FILES_DELETE};
    int result = OK;
    for (size_t i = 0; result == OK && i < sizeof(steps) / sizeof(steps[0]); i++) {
        of_message(&sqlite->db, steps[i], room, seq);
        result = db_done(&sqlite->db, steps[i]);
    }
    return result;
}

/* ---- files ---- */

static sqlite3_stmt *of_file(struct db *db, unsigned sql, uint64_t id)
{
    sqlite3_stmt *statement = db_statement(db, sql);
    bind_u64(statement, 1, id);
    return statement;
}

static int check_quota(struct db *db, uint64_t person, const struct act_file *file,
                       uint64_t quota_bytes)
{
    uint64_t bytes = 0;
    of_file(db, SQL_FILES_BYTES, person);
    int result = sqlite_number(db, SQL_FILES_BYTES, &bytes);
    if (result != OK)
        return result;
    uint64_t left = bytes < quota_bytes ? quota_bytes - bytes : 0;
    uint64_t thumbnail_bytes = file->has_thumbnail ? file->thumbnail_bytes : 0;
    return file->bytes > left || thumbnail_bytes > left - file->bytes ? ERR_LIMIT : OK;
}

static int insert(struct db *db, uint64_t id, uint64_t person, const struct act_file *file,
                  uint64_t now_ms)
{
    sqlite3_stmt *statement = of_file(db, SQL_FILE_MAKE, id);
    bind_u64(statement, 2, person);
    bind_u64(statement, 3, now_ms);
    bind_blob(statement, 4, slice_of(file->hash, ACT_HASH_BYTES));
    bind_u64(statement, 5, file->bytes);
    bind_text(statement, 6, slice_of_string(file->type));
    bind_u64(statement, 7, file->width);
    bind_u64(statement, 8, file->height);
    if (file->has_thumbnail)
        bind_blob(statement, 9, slice_of(file->thumbnail, ACT_HASH_BYTES));
    else
        sqlite3_bind_null(statement, 9);
    bind_u64(statement, 10, file->has_thumbnail ? file->thumbnail_bytes : 0);
    return db_done(db, SQL_FILE_MAKE);
}

int sqlite_file_make(struct store *store, uint64_t id, uint64_t person, const struct act_file *file,
                     uint64_t quota_bytes, uint64_t now_ms)
{
    struct db *db = &sqlite_of(store)->db;
    uint64_t name = 0;
    int result = check_quota(db, person, file, quota_bytes);
    if (result == OK)
        result = insert(db, id, person, file, now_ms);
    /* Only then: a text that belongs to nothing would never be erased. */
    if (result == OK)
        result = sqlite_text_add(db, slice_of_string(file->name), &name);
    if (result != OK)
        return result;
    bind_u64(of_file(db, SQL_FILE_NAME, id), 2, name);
    return db_change(db, SQL_FILE_NAME);
}

int sqlite_file_end(struct store *store, uint64_t id, uint64_t person)
{
    struct sqlite_store *sqlite = sqlite_of(store);
    struct db *db = &sqlite->db;
    sqlite3_stmt *unused = of_file(db, SQL_FILE_UNUSED, id);
    bind_u64(unused, 2, person);
    int result = db_row(db, SQL_FILE_UNUSED);
    db_reset(db, SQL_FILE_UNUSED);
    if (result != OK)
        return result;
    sqlite->erasing = true;
    of_file(db, SQL_FILE_GARBAGE, id);
    result = db_done(db, SQL_FILE_GARBAGE);
    if (result != OK)
        return result;
    of_file(db, SQL_FILE_TEXT, id);
    result = db_done(db, SQL_FILE_TEXT);
    if (result != OK)
        return result;
    bind_u64(of_file(db, SQL_FILE_END, id), 2, person);
    return db_change(db, SQL_FILE_END);
}

int sqlite_unused_files_end(struct sqlite_store *sqlite, uint64_t person)
{
    uint64_t id = 0;
    int result;
    do {
        of_file(&sqlite->db, SQL_UNUSED_OF, person);
        result = sqlite_number(&sqlite->db, SQL_UNUSED_OF, &id);
        if (result == OK)
            result = sqlite_file_end(&sqlite->store, id, person);
    } while (result == OK);
    return result == ERR_NOT_FOUND ? OK : result;
}
