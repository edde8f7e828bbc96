#include <string.h>

#include "base/error.h"
#include "store/sqlite_search.h"
#include "store/sqlite_store.h"

/* The log, and what follows from it: messages as they are now, reactions, pins. */

static sqlite3_stmt *of_message(struct db *db, enum writer_sql sql, uint64_t room, uint64_t seq)
{
    sqlite3_stmt *statement = db_statement(db, sql);
    bind_u64(statement, 1, room);
    bind_u64(statement, 2, seq);
    return statement;
}

int sqlite_number(struct db *db, unsigned sql, uint64_t *ret_number)
{
    int result = db_row(db, sql);
    if (result == OK)
        *ret_number = column_u64(db->statements[sql], 0);
    db_reset(db, sql);
    return result;
}

int sqlite_kept_by_cid(struct store *store, uint64_t room, uint64_t author,
                       const uint8_t cid[CID_BYTES], struct kept_record *ret_kept)
{
    struct db *db = &sqlite_of(store)->db;
    sqlite3_stmt *statement = db_statement(db, SQL_KEPT_BY_CID);
    bind_u64(statement, 1, room);
    bind_u64(statement, 2, author);
    bind_blob(statement, 3, slice_of(cid, CID_BYTES));
    int result = db_row(db, SQL_KEPT_BY_CID);
    if (result == OK) {
        struct kept_record kept = {column_u64(statement, 0), column_u64(statement, 1),
                                   column_u64(statement, 2), 0};
        struct slice digest = column_slice(statement, 3);
        if (digest.len == sizeof(kept.digest))
            memcpy(&kept.digest, digest.ptr, sizeof(kept.digest));
        *ret_kept = kept;
    }
    db_reset(db, SQL_KEPT_BY_CID);
    return result;
}

static int flags_of(const struct event *event)
{
    bool message = event->kind == EVENT_MESSAGE;
    int flags = EVENT_FLAGS_KEPT;
    if (event->visitor)
        flags |= EVENT_FLAG_VISITOR;
    if (message && (event->people_ids || event->mentions_all))
        flags |= EVENT_FLAG_MENTIONS;
    if (message && event->files)
        flags |= EVENT_FLAG_FILES;
    return flags;
}

static struct slice body_of(const struct event *event)
{
    return event->kind == EVENT_EDIT || event->kind == EVENT_DELETE ? slice_of(NULL, 0)
                                                                    : event->message.body;
}

int sqlite_append(struct store *store, const struct event *event, uint64_t digest)
{
    struct sqlite_store *sqlite = sqlite_of(store);
    struct db *db = &sqlite->db;
    sqlite3_stmt *statement = of_message(db, SQL_APPEND, event->room, event->seq);
    sqlite3_bind_int(statement, 3, event->kind);
    sqlite3_bind_int(statement, 4, flags_of(event));
    bind_u64(statement, 5, event->person);
    if (event->has_cid)
        bind_blob(statement, 6, slice_of(event->cid, CID_BYTES));
    else
        sqlite3_bind_null(statement, 6);
    bind_u64(statement, 7, event->mid);
    bind_u64(statement, 8, event->ts_ms);
    bind_u64(statement, 9, event->target);
    bind_u64(statement, 10, event->reply_to);
    sqlite3_bind_int(statement, 11, event->message.type);
    bind_blob(statement, 12, slice_of(&digest, sizeof(digest)));
    bind_blob(statement, 13, body_of(event));
    int result = db_done(db, SQL_APPEND);
    if (result == ERR_EXISTS) {
        /*
         * Not the cid's: this seq is there already. Whoever counts from another head must not go
         * on.
         */
        result = db_error(db, SQLITE_CONSTRAINT_UNIQUE, writer_sql[SQL_APPEND].what);
        db->broken = result;
    }
    if (result != OK)
        return result;
    if (sqlite3_changes(db->handle) == 0)
        return ERR_EXISTS;
    sqlite->newest = (struct data_tail){event->room, event->seq, event->mid};
    sqlite_search_appended(sqlite);
    return OK;
}

int sqlite_message_get(struct store *store, uint64_t room, uint64_t seq,
                       struct message_record *ret_message)
{
    struct db *db = &sqlite_of(store)->db;
    sqlite3_stmt *statement = of_message(db, SQL_MESSAGE_GET, room, seq);
    int result = db_row(db, SQL_MESSAGE_GET);
    if (result == OK)
        *ret_message = (struct message_record){
            .author = column_u64(statement, 0),
            .deleted = (column_u64(statement, 1) & EVENT_FLAG_DELETED) != 0,
            .has_files = (column_u64(statement, 1) & EVENT_FLAG_FILES) != 0};
    db_reset(db, SQL_MESSAGE_GET);
    return result;
}

/*
 * Overwrites what was said before, in the message and in the text of its last edit. The EDIT that
 * this is for is appended after it, so that its own digest stays.
 */
static int erase(struct sqlite_store *sqlite, uint64_t room, uint64_t seq, unsigned flags_kept,
                 unsigned flags_set)
{
    struct db *db = &sqlite->db;
    sqlite3_stmt *statement = of_message(db, SQL_MESSAGE_ERASE, room, seq);
    sqlite3_bind_int(statement, 3, (int)flags_kept);
    sqlite3_bind_int(statement, 4, (int)flags_set);
    sqlite->erasing = true;
    int result = db_change(db, SQL_MESSAGE_ERASE);
    if (result != OK)
        return result;
    of_message(db, SQL_EDIT_DIGESTS, room, seq);
    result = db_done(db, SQL_EDIT_DIGESTS);
    if (result != OK)
        return result;
    of_message(db, SQL_TEXT_ERASE, room, seq);
    return db_done(db, SQL_TEXT_ERASE);
}

int sqlite_message_set_text(struct store *store, uint64_t room, uint64_t seq, struct slice text,
                            uint64_t edited_ms)
{
    struct sqlite_store *sqlite = sqlite_of(store);
    struct db *db = &sqlite->db;
    uint64_t id = 0;
    int result = erase(sqlite, room, seq, UINT8_MAX & ~EVENT_FLAG_DELETED, EVENT_FLAG_REVISED);
    if (result == OK)
        result = sqlite_text_add(db, text, &id);
    if (result != OK)
        return result;
    sqlite3_stmt *statement = of_message(db, SQL_REVISED_SET, room, seq);
    bind_u64(statement, 3, id);
    bind_u64(statement, 4, edited_ms);
    result = db_done(db, SQL_REVISED_SET);
    return result == OK ? sqlite_search_change(sqlite, room, seq) : result;
}

int sqlite_message_erase(struct store *store, uint64_t room, uint64_t seq)
{
    static const enum writer_sql follow[] = {SQL_REVISED_DELETE, SQL_REACTIONS_DELETE,
                                             SQL_KINDS_DELETE, SQL_PIN_DELETE};
    struct sqlite_store *sqlite = sqlite_of(store);
    const unsigned gone = EVENT_FLAG_REVISED | EVENT_FLAG_MENTIONS | EVENT_FLAG_FILES;
    int result = erase(sqlite, room, seq, UINT8_MAX & ~gone, EVENT_FLAG_DELETED);
    for (size_t i = 0; result == OK && i < sizeof(follow) / sizeof(follow[0]); i++) {
        of_message(&sqlite->db, follow[i], room, seq);
        result = db_done(&sqlite->db, follow[i]);
    }
    if (result == OK)
        result = sqlite_detach(sqlite, room, seq);
    return result == OK ? sqlite_search_change(sqlite, room, seq) : result;
}

int sqlite_messages_up_to(struct store *store, uint64_t room, uint64_t seq, uint64_t *ret_count)
{
    struct db *db = &sqlite_of(store)->db;
    uint64_t count = 0;
    seq = seq < INT64_MAX ? seq : INT64_MAX;
    of_message(db, SQL_MESSAGE_COUNTED, room, seq);
    int result = sqlite_number(db, SQL_MESSAGE_COUNTED, &count);
    /* The row is from before this was noted. */
    if (result == OK && count == 0) {
        of_message(db, SQL_MESSAGES_COUNT, room, seq);
        result = sqlite_number(db, SQL_MESSAGES_COUNT, &count);
    }
    if (result != OK && result != ERR_NOT_FOUND)
        return result;
    *ret_count = count;
    return OK;
}

/* ---- reactions ---- */

static sqlite3_stmt *of_kind(struct db *db, enum writer_sql sql, uint64_t room, uint64_t seq,
                             struct slice emoji)
{
    sqlite3_stmt *statement = of_message(db, sql, room, seq);
    bind_blob(statement, 3, emoji);
    return statement;
}

/* OK: there is room for a reaction of this kind. */
static int kind_fits(struct db *db, uint64_t room, uint64_t seq, struct slice emoji,
                     unsigned kinds_max)
{
    uint64_t count = 0;
    of_kind(db, SQL_KIND_GET, room, seq, emoji);
    int result = sqlite_number(db, SQL_KIND_GET, &count);
    if (result != ERR_NOT_FOUND)
        return result;
    of_message(db, SQL_KIND_COUNT, room, seq);
    result = sqlite_number(db, SQL_KIND_COUNT, &count);
    return result == OK && count >= kinds_max ? ERR_LIMIT : result;
}

static int reaction_add(struct db *db, uint64_t room, uint64_t seq, uint64_t person,
                        struct slice emoji)
{
    bind_u64(of_kind(db, SQL_REACTION_ADD, room, seq, emoji), 4, person);
    int result = db_done(db, SQL_REACTION_ADD);
    if (result != OK)
        return result;
    of_kind(db, SQL_KIND_ADD, room, seq, emoji);
    return db_done(db, SQL_KIND_ADD);
}

static int reaction_delete(struct db *db, uint64_t room, uint64_t seq, uint64_t person,
                           struct slice emoji)
{
    bind_u64(of_kind(db, SQL_REACTION_DELETE, room, seq, emoji), 4, person);
    int result = db_change(db, SQL_REACTION_DELETE);
    if (result != OK)
        return result;
    of_kind(db, SQL_KIND_TAKE, room, seq, emoji);
    result = db_done(db, SQL_KIND_TAKE);
    if (result != OK)
        return result;
    of_kind(db, SQL_KIND_DELETE, room, seq, emoji);
    return db_done(db, SQL_KIND_DELETE);
}

/* NOLINTNEXTLINE(readability-function-size): chat/store.h asks for so many. */
int sqlite_reaction_set(struct store *store, uint64_t room, uint64_t seq, uint64_t person,
                        struct slice emoji, bool on, unsigned kinds_max)
{
    struct db *db = &sqlite_of(store)->db;
    if (!on)
        return reaction_delete(db, room, seq, person, emoji);
    int result = kind_fits(db, room, seq, emoji, kinds_max);
    return result == OK ? reaction_add(db, room, seq, person, emoji) : result;
}

/* ---- pins ---- */

int sqlite_pin_set(struct store *store, uint64_t room, uint64_t seq, bool on, unsigned pins_max)
{
    struct db *db = &sqlite_of(store)->db;
    uint64_t count = 0;
    of_message(db, on ? SQL_PIN_ADD : SQL_PIN_DELETE, room, seq);
    if (!on)
        return db_change(db, SQL_PIN_DELETE);
    int result = db_done(db, SQL_PIN_ADD);
    if (result != OK)
        return result;
    bind_u64(db_statement(db, SQL_PIN_COUNT), 1, room);
    result = sqlite_number(db, SQL_PIN_COUNT, &count);
    if (result != OK || count <= pins_max)
        return result;
    /* One too many: undone here, since the transaction goes on. */
    of_message(db, SQL_PIN_DELETE, room, seq);
    result = db_done(db, SQL_PIN_DELETE);
    return result == OK ? ERR_LIMIT : result;
}
