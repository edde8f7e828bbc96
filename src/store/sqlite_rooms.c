#include "base/error.h"
#include "base/memory.h"
#include "store/sqlite_store.h"

/* Rooms, and who is in them. */

int sqlite_room_get(struct store *store, uint64_t id, struct room_record *ret_room)
{
    struct db *db = sqlite_db(store);
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
            .flags = (uint32_t)column_u64(statement, 7),
            .slow_ms = (uint32_t)column_u64(statement, 8),
            .retention_days = (uint32_t)column_u64(statement, 9),
            .first_seq = column_u64(statement, 10),
            .messages = column_u64(statement, 11),
        };
        /* A number and 0: there is a message, from before it was noted how many there are. */
        bool counted = sqlite3_column_type(statement, 11) == SQLITE_NULL || room.messages > 0;
        column_name(statement, 1, &room.name);
        column_name(statement, 2, &room.folded);
        if (!counted)
            result = sqlite_messages_up_to(store, id, room.head, &room.messages);
        if (result == OK)
            *ret_room = room;
        else
            mem_free(room.topic);
    }
    db_reset(db, SQL_ROOM_GET);
    return result;
}

int sqlite_room_by_name(struct store *store, const struct name *folded, uint64_t *ret_id)
{
    struct db *db = sqlite_db(store);
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
    struct db *db = sqlite_db(store);
    sqlite3_stmt *statement = db_statement(db, SQL_ROOM_CREATE);
    bind_u64(statement, 1, room->id);
    sqlite3_bind_int(statement, 2, room->kind);
    bind_text(statement, 3, name_slice(&room->name));
    bind_text(statement, 4, name_slice(&room->folded));
    bind_text(statement, 5, slice_of_string(room->topic ? room->topic : ""));
    bind_u64(statement, 6, room->flags);
    bind_u64(statement, 7, room->slow_ms);
    bind_u64(statement, 8, room->retention_days);
    return db_done(db, SQL_ROOM_CREATE);
}

int sqlite_room_set_topic(struct store *store, uint64_t room, struct slice topic)
{
    struct db *db = sqlite_db(store);
    sqlite3_stmt *statement = db_statement(db, SQL_ROOM_SET_TOPIC);
    bind_u64(statement, 1, room);
    bind_text(statement, 2, topic);
    return db_change(db, SQL_ROOM_SET_TOPIC);
}

int sqlite_room_set_name(struct store *store, uint64_t room, const struct name *name,
                         const struct name *folded)
{
    struct db *db = sqlite_db(store);
    sqlite3_stmt *statement = db_statement(db, SQL_ROOM_SET_NAME);
    bind_u64(statement, 1, room);
    bind_text(statement, 2, name_slice(name));
    bind_text(statement, 3, name_slice(folded));
    return db_change(db, SQL_ROOM_SET_NAME);
}

int sqlite_room_set(struct store *store, const struct room_record *room)
{
    struct db *db = sqlite_db(store);
    sqlite3_stmt *statement = db_statement(db, SQL_ROOM_SET);
    bind_u64(statement, 1, room->id);
    sqlite3_bind_int(statement, 2, room->kind);
    bind_u64(statement, 3, room->flags);
    bind_u64(statement, 4, room->slow_ms);
    bind_u64(statement, 5, room->retention_days);
    return db_change(db, SQL_ROOM_SET);
}

int sqlite_rooms_with_flag(struct store *store, uint32_t flag,
                           void (*visit)(void *ctx, uint64_t room), void *ctx)
{
    struct db *db = sqlite_db(store);
    sqlite3_stmt *statement = db_statement(db, SQL_ROOMS_WITH_FLAG);
    bind_u64(statement, 1, flag);
    int result;
    while ((result = db_row(db, SQL_ROOMS_WITH_FLAG)) == OK)
        visit(ctx, column_u64(statement, 0));
    db_reset(db, SQL_ROOMS_WITH_FLAG);
    return result == ERR_NOT_FOUND ? OK : result;
}

int sqlite_people_of(struct store *store, uint64_t room, struct peer *ret_people, unsigned max,
                     unsigned *ret_count)
{
    struct db *db = sqlite_db(store);
    sqlite3_stmt *statement = db_statement(db, SQL_PEOPLE_OF);
    unsigned count = 0;
    bind_u64(statement, 1, room);
    bind_u64(statement, 2, max);
    int result;
    while ((result = db_row(db, SQL_PEOPLE_OF)) == OK) {
        ret_people[count].id = column_u64(statement, 0);
        column_name(statement, 1, &ret_people[count++].name);
    }
    db_reset(db, SQL_PEOPLE_OF);
    if (result != ERR_NOT_FOUND)
        return result;
    *ret_count = count;
    return OK;
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
    struct db *db = sqlite_db(store);
    of_member(db, on ? SQL_MEMBER_ADD : SQL_MEMBER_DELETE, room, person);
    return on ? db_done(db, SQL_MEMBER_ADD) : db_change(db, SQL_MEMBER_DELETE);
}

int sqlite_read_set(struct store *store, uint64_t room, uint64_t person, uint64_t seq,
                    uint64_t count)
{
    struct db *db = sqlite_db(store);
    bind_u64(of_member(db, SQL_READ_SET, room, person), 3, seq);
    bind_u64(db->statements[SQL_READ_SET], 4, count);
    return db_done(db, SQL_READ_SET);
}

static void read_seat(sqlite3_stmt *row, struct seat_record *ret_seat)
{
    *ret_seat = (struct seat_record){
        .room = column_u64(row, 0),
        .read = column_u64(row, 1),
        .read_count = column_u64(row, 2),
        .level = (uint8_t)sqlite3_column_int(row, 3),
        .host = sqlite3_column_int(row, 4) != 0,
        .mentions = (uint32_t)column_u64(row, 5),
    };
}

int sqlite_member_get(struct store *store, uint64_t room, uint64_t person,
                      struct seat_record *ret_seat)
{
    struct db *db = sqlite_db(store);
    sqlite3_stmt *statement = of_member(db, SQL_MEMBER_GET, room, person);
    int result = db_row(db, SQL_MEMBER_GET);
    if (result == OK)
        read_seat(statement, ret_seat);
    db_reset(db, SQL_MEMBER_GET);
    return result;
}

int sqlite_member_set_host(struct store *store, uint64_t room, uint64_t person, bool host)
{
    struct db *db = sqlite_db(store);
    sqlite3_bind_int(of_member(db, SQL_MEMBER_SET_HOST, room, person), 3, host);
    return db_change(db, SQL_MEMBER_SET_HOST);
}

int sqlite_member_set_level(struct store *store, uint64_t room, uint64_t person, uint8_t level)
{
    struct db *db = sqlite_db(store);
    sqlite3_bind_int(of_member(db, SQL_MEMBER_SET_LEVEL, room, person), 3, level);
    return db_change(db, SQL_MEMBER_SET_LEVEL);
}

int sqlite_rooms_of(struct store *store, uint64_t person,
                    void (*visit)(void *ctx, const struct seat_record *seat), void *ctx)
{
    struct db *db = sqlite_db(store);
    sqlite3_stmt *statement = db_statement(db, SQL_ROOMS_OF);
    bind_u64(statement, 1, person);
    int result;
    while ((result = db_row(db, SQL_ROOMS_OF)) == OK) {
        struct seat_record seat;
        read_seat(statement, &seat);
        visit(ctx, &seat);
    }
    db_reset(db, SQL_ROOMS_OF);
    return result == ERR_NOT_FOUND ? OK : result;
}
