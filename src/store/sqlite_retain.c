#include "base/error.h"
#include "store/sqlite_store.h"

/*
 * What is older than its room keeps is erased, oldest first and a few events at a time, so that nobody waits long for the
 * writer. Rows stay where they are, as zeros (see sqlite_schema.c): their seq and cid are taken, and how many messages
 * there were is still known. first_seq says what readers may not show any more, and is where the next step goes on.
 */

enum { STEP_EVENTS = 250 };

/* A room of which something is too old. */
struct old_room {
    uint64_t id, first_seq, before_ms;
};

static sqlite3_stmt *of_event(struct db *db, enum writer_sql sql, uint64_t room, uint64_t seq)
{
    sqlite3_stmt *statement = db_statement(db, sql);
    bind_u64(statement, 1, room);
    bind_u64(statement, 2, seq);
    return statement;
}

/* The next one, in the order of their ids. */
static int find_room(struct sqlite_store *sqlite, uint64_t now_ms, struct old_room *ret_room)
{
    struct db *db = &sqlite->db;
    sqlite3_stmt *row = db_statement(db, SQL_RETAIN_FIND);
    bind_u64(row, 1, now_ms);
    bind_u64(row, 2, sqlite->retained);
    int result = db_row(db, SQL_RETAIN_FIND);
    if (result == OK)
        *ret_room = (struct old_room){column_u64(row, 0), column_u64(row, 1), column_u64(row, 2)};
    db_reset(db, SQL_RETAIN_FIND);
    return result;
}

/* ERR_NOT_FOUND: the event is young enough, or there is none. */
static int erase_event(struct sqlite_store *sqlite, const struct old_room *room, uint64_t seq)
{
    struct db *db = &sqlite->db;
    uint8_t kind = 0;
    bool deleted = false;
    sqlite3_stmt *row = of_event(db, SQL_RETAIN_ROW, room->id, seq);
    bind_u64(row, 3, room->before_ms);
    int result = db_row(db, SQL_RETAIN_ROW);
    if (result == OK) {
        kind = (uint8_t)sqlite3_column_int(row, 0);
        deleted = (sqlite3_column_int(row, 1) & EVENT_FLAG_DELETED) != 0;
    }
    db_reset(db, SQL_RETAIN_ROW);
    if (result != OK || deleted)
        return result;
    if (kind == EVENT_MESSAGE)
        return sqlite_message_erase(&sqlite->store, room->id, seq);
    sqlite->erasing = true;
    of_event(db, SQL_RETAIN_ERASE, room->id, seq);
    return db_done(db, SQL_RETAIN_ERASE);
}

static int erase_in_room(struct sqlite_store *sqlite, const struct old_room *room,
                         unsigned *ret_left)
{
    uint64_t seq = room->first_seq, gone = 0;
    int result = OK;
    for (; result == OK && *ret_left > 0; (*ret_left)--) {
        result = erase_event(sqlite, room, seq);
        seq += result == OK;
    }
    if (result == OK || result == ERR_NOT_FOUND)
        result = sqlite_messages_up_to(&sqlite->store, room->id, seq - 1, &gone);
    if (result != OK)
        return result;
    sqlite3_stmt *set = of_event(&sqlite->db, SQL_RETAIN_SET, room->id, seq);
    bind_u64(set, 3, gone);
    return db_done(&sqlite->db, SQL_RETAIN_SET);
}

/* Within a transaction, with the first room that was found. */
static int erase_some(struct sqlite_store *sqlite, uint64_t now_ms, struct old_room *room)
{
    unsigned left = STEP_EVENTS;
    int result;
    do {
        result = erase_in_room(sqlite, room, &left);
        if (result != OK || left == 0)
            return result;
        sqlite->retained = room->id;
        result = find_room(sqlite, now_ms, room);
    } while (result == OK);
    return result == ERR_NOT_FOUND ? OK : result;
}

int sqlite_retain(struct sqlite_store *sqlite, uint64_t now_ms)
{
    const struct store_ops *ops = sqlite->store.ops;
    struct old_room room;
    int result = find_room(sqlite, now_ms, &room);
    if (result == ERR_NOT_FOUND) {
        sqlite->retained = 0;
        return OK;
    }
    /* Erasing has to go on where the disk is full: it takes no room that stays taken. */
    if (result == OK)
        result = sqlite_begin_anyway(sqlite);
    if (result == OK)
        result = erase_some(sqlite, now_ms, &room);
    if (result == OK)
        result = ops->commit(&sqlite->store);
    if (result != OK)
        ops->rollback(&sqlite->store);
    return result == ERR_IO ? ERR_IO : ERR_AGAIN;
}
