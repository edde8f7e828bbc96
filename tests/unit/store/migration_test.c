#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "chat/role.h"
#include "store/rig.h"

/* A database of the first form, as programs made it before there were accounts, is brought to the newest one. */

enum { ANN = 3, BOB = 4, GARDEN = 0x1884c, POND = 77 };

#define CALL(op, ...) rig.store->ops->op(rig.store, __VA_ARGS__)

/* As it was released; it is not made from today's. */
static const char released_form[] =
    "PRAGMA application_id = 1215652450;"

    "CREATE TABLE meta("
    " key TEXT PRIMARY KEY,"
    " value ANY NOT NULL"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE rooms("
    " id INTEGER PRIMARY KEY,"
    " kind INTEGER NOT NULL,"
    " name TEXT NOT NULL,"
    " folded TEXT NOT NULL UNIQUE,"
    " topic TEXT NOT NULL DEFAULT '',"
    " first_seq INTEGER NOT NULL DEFAULT 1"
    ") STRICT;"

    "CREATE TABLE events("
    " id INTEGER PRIMARY KEY,"
    " room INTEGER NOT NULL,"
    " seq INTEGER NOT NULL,"
    " kind INTEGER NOT NULL,"
    " flags INTEGER NOT NULL,"
    " author INTEGER NOT NULL,"
    " cid BLOB,"
    " mid INTEGER NOT NULL,"
    " ts INTEGER NOT NULL,"
    " target INTEGER NOT NULL,"
    " reply_to INTEGER NOT NULL,"
    " type INTEGER NOT NULL,"
    " digest BLOB NOT NULL,"
    " body BLOB NOT NULL"
    ") STRICT;"
    "CREATE UNIQUE INDEX events_by_seq ON events(room, seq);"
    "CREATE UNIQUE INDEX events_by_cid ON events(room, author, cid) WHERE cid IS NOT NULL;"
    "CREATE INDEX edits_by_target ON events(room, target) WHERE kind = 3;"

    "CREATE TABLE texts("
    " id INTEGER PRIMARY KEY,"
    " body BLOB NOT NULL"
    ") STRICT;"
    "CREATE TABLE revised("
    " room INTEGER NOT NULL,"
    " seq INTEGER NOT NULL,"
    " text INTEGER NOT NULL,"
    " ts INTEGER NOT NULL,"
    " PRIMARY KEY(room, seq)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE reactions("
    " room INTEGER NOT NULL,"
    " seq INTEGER NOT NULL,"
    " emoji BLOB NOT NULL,"
    " person INTEGER NOT NULL,"
    " PRIMARY KEY(room, seq, emoji, person)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE reaction_counts("
    " room INTEGER NOT NULL,"
    " seq INTEGER NOT NULL,"
    " emoji BLOB NOT NULL,"
    " count INTEGER NOT NULL,"
    " PRIMARY KEY(room, seq, emoji)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE pins("
    " room INTEGER NOT NULL,"
    " seq INTEGER NOT NULL,"
    " PRIMARY KEY(room, seq)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE people("
    " id INTEGER PRIMARY KEY,"
    " name TEXT NOT NULL,"
    " folded TEXT UNIQUE,"
    " seen INTEGER NOT NULL"
    ") STRICT;"
    "CREATE TABLE sessions("
    " hash BLOB PRIMARY KEY,"
    " person INTEGER NOT NULL,"
    " created INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE members("
    " person INTEGER NOT NULL,"
    " room INTEGER NOT NULL,"
    " read INTEGER NOT NULL DEFAULT 0,"
    " PRIMARY KEY(person, room)"
    ") STRICT, WITHOUT ROWID;"

    "INSERT INTO rooms(id, kind, name, folded) VALUES(1, 0, 'Lobby', 'lobby');";

/* Ann made the garden and said something in it, Bob in the pond; an edit, somebody who came back, visitors. */
static const char filled[] =
    "INSERT INTO rooms(id, kind, name, folded, topic) VALUES"
    " (100428, 0, 'Garden', 'garden', 'peas'), (77, 0, 'Pond', 'pond', '');"
    "INSERT INTO people(id, name, folded, seen) VALUES(3, 'Ann', 'ann', 5), (4, 'Bob', 'bob', 6);"
    "INSERT INTO events(room, seq, kind, flags, author, cid, mid, ts, target, reply_to, type,"
    " digest, body) VALUES"
    " (100428, 1, 1, 64, 3, x'01', 11, 101, 0, 0, 1, zeroblob(8), CAST('Garden' AS BLOB)),"
    " (100428, 2, 2, 64, 3, x'02', 12, 102, 0, 0, 1, zeroblob(8), CAST('one' AS BLOB)),"
    " (100428, 3, 10, 64, 4, x'03', 13, 103, 0, 0, 1, zeroblob(8), CAST('' AS BLOB)),"
    " (100428, 4, 2, 66, 4, x'04', 14, 104, 0, 0, 1, zeroblob(8), zeroblob(3)),"
    " (100428, 5, 2, 68, 3, x'05', 15, 105, 0, 0, 1, zeroblob(8), zeroblob(5)),"
    " (100428, 6, 3, 64, 3, x'06', 16, 106, 5, 0, 1, zeroblob(8), CAST('' AS BLOB)),"
    " (77, 1, 1, 64, 4, x'07', 17, 107, 0, 0, 1, zeroblob(8), CAST('Pond' AS BLOB)),"
    " (1, 1, 2, 65, 99, NULL, 18, 108, 0, 0, 1, zeroblob(8), CAST('from a visitor' AS BLOB));"
    "INSERT INTO texts(id, body) VALUES(1, CAST('edited' AS BLOB));"
    "INSERT INTO revised(room, seq, text, ts) VALUES(100428, 5, 1, 106);"
    "INSERT INTO pins(room, seq) VALUES(100428, 2);"
    "INSERT INTO sessions(hash, person, created) VALUES"
    " (CAST('0123456789abcdef0123456789abcdef' AS BLOB), 3, 55),"
    " (CAST('1123456789abcdef0123456789abcdef' AS BLOB), 3, 56),"
    " (CAST('2123456789abcdef0123456789abcdef' AS BLOB), 4, 57);"
    "INSERT INTO members(person, room, read) VALUES"
    " (3, 1, 0), (3, 100428, 4), (4, 100428, 6), (4, 77, 1), (4, 1, 1);"
    "PRAGMA user_version = 1;";

static struct rig rig;

static void run_sql(const char *sql)
{
    char path[128];
    sqlite3 *handle;
    snprintf(path, sizeof(path), "%s/hubbub.db", rig.folder);
    assert_int_equal(sqlite3_open(path, &handle), SQLITE_OK);
    assert_int_equal(sqlite3_exec(handle, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(handle);
}

static int number(const char *sql)
{
    char path[128];
    sqlite3 *handle;
    sqlite3_stmt *statement;
    snprintf(path, sizeof(path), "%s/hubbub.db", rig.folder);
    assert_int_equal(sqlite3_open(path, &handle), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(handle, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int found = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(handle);
    return found;
}

static int make_old(void **state)
{
    (void)state;
    rig = (struct rig){.kind = RIG_SQLITE};
    rig_folder(rig.folder);
    rig.options = (struct sqlite_options){.folder = rig.folder, .deadline_ms = 20000};
    run_sql("PRAGMA journal_mode = WAL;");
    run_sql(released_form);
    run_sql(filled);
    return 0;
}

static int take_down(void **state)
{
    (void)state;
    rig_close(&rig);
    return 0;
}

static struct room_record room_of(uint64_t id)
{
    struct room_record room;
    assert_int_equal(CALL(room_get, id, &room), OK);
    mem_free(room.topic);
    room.topic = NULL;
    return room;
}

static struct seat_record seat_of(uint64_t room, uint64_t person)
{
    struct seat_record seat;
    assert_int_equal(CALL(member_get, room, person, &seat), OK);
    return seat;
}

static void rooms_stay_open_to_those_who_were_in_them(void **state)
{
    (void)state;
    rig_start(&rig);
    assert_int_equal(room_of(ROOM_LOBBY).flags, ROOM_FLAG_GUESTS | ROOM_FLAG_DEFAULT);
    struct room_record garden = room_of(GARDEN);
    assert_int_equal(garden.flags, ROOM_FLAG_GUESTS);
    assert_int_equal(garden.kind, ROOM_PUBLIC);
    assert_int_equal(garden.head, 6);
    assert_int_equal(garden.first_seq, 1);
    assert_int_equal(garden.messages, 3);
    assert_int_equal(room_of(POND).messages, 0);
    assert_int_equal(room_of(ROOM_LOBBY).messages, 1);
}

static void read_marks_count(void **state)
{
    (void)state;
    rig_start(&rig);
    assert_int_equal(seat_of(ROOM_LOBBY, ANN).read_count, 0);
    assert_int_equal(seat_of(GARDEN, ANN).read, 4);
    assert_int_equal(seat_of(GARDEN, ANN).read_count, 2);
    assert_int_equal(seat_of(GARDEN, BOB).read_count, 3);
    assert_int_equal(seat_of(POND, BOB).read_count, 0);
    assert_int_equal(seat_of(ROOM_LOBBY, BOB).read_count, 1);
}

static void who_made_a_room_is_its_host(void **state)
{
    (void)state;
    rig_start(&rig);
    assert_true(seat_of(GARDEN, ANN).host);
    assert_false(seat_of(GARDEN, BOB).host);
    assert_true(seat_of(POND, BOB).host);
    assert_false(seat_of(ROOM_LOBBY, ANN).host);
}

static struct person_record by_session(char first)
{
    char hash[TOKEN_HASH_BYTES + 1] = "0123456789abcdef0123456789abcdef";
    struct person_record person;
    hash[0] = first;
    assert_int_equal(CALL(person_by_session, (const uint8_t *)hash, &person), OK);
    return person;
}

static void who_has_a_token_comes_back(void **state)
{
    (void)state;
    rig_start(&rig);
    struct person_record first = by_session('0'), second = by_session('1'), bob = by_session('2');
    assert_int_equal(first.id, ANN);
    assert_int_equal(second.id, ANN);
    assert_int_equal(bob.id, BOB);
    assert_int_equal(first.role, ROLE_GUEST);
    assert_int_equal(first.session_used_ms, 55);
    assert_int_equal(bob.session_used_ms, 57);
    assert_true(first.session > 0 && second.session > 0 && bob.session > 0);
    assert_int_not_equal(first.session, second.session);
    assert_int_not_equal(first.session, bob.session);
}

static void what_was_said_is_there(void **state)
{
    (void)state;
    rig_start(&rig);
    struct store_read *read = mem_zalloc(sizeof(*read));
    read->kind = READ_HISTORY;
    read->room = GARDEN;
    read->limit = 10;
    read->bytes_max = 1 << 20;
    rig.reader->ops->run(rig.reader, read);
    assert_int_equal(read->result, OK);
    assert_int_equal(read->events->count, 5); /* without the edit */
    assert_true(slice_is(read->events->events[1]->message.body, "one"));
    assert_true(read->events->events[1]->pinned);
    assert_true(read->events->events[3]->deleted);
    assert_true(slice_is(read->events->events[4]->message.body, "edited"));
    store_read_free(read);
}

static void new_things_go_on_from_there(void **state)
{
    (void)state;
    rig_start(&rig);
    rig_begin(&rig);
    struct event *event = rig_event(EVENT_MESSAGE, GARDEN, 7, BOB, 7, "new");
    event->target = 4;
    assert_int_equal(rig_append(&rig, event, 7), OK);
    assert_int_equal(rig.store->directory->account_set_secret(rig.store, ANN, "$a", 9), OK);
    rig_commit(&rig);
    assert_int_equal(room_of(GARDEN).messages, 4);
    rig_reopen(&rig); /* and again, with nothing to be done */
    assert_int_equal(room_of(GARDEN).messages, 4);
    assert_int_equal(by_session('0').role, ROLE_MEMBER);
}

static void the_community_has_no_name_yet(void **state)
{
    struct server_record server = {.name = {.len = 1, .text = "x"}};
    (void)state;
    rig_start(&rig);
    assert_int_equal(rig.store->directory->server_get(rig.store, &server), OK);
    assert_int_equal(server.name.len, 0);
    assert_false(server.members_only);
    rig_shut(&rig);
    assert_int_equal(number("SELECT count(*) FROM meta WHERE key = 'name' AND value = ''"), 1);
}

static void an_older_program_would_refuse_it(void **state)
{
    (void)state;
    assert_int_equal(number("PRAGMA user_version"), 1);
    rig_start(&rig);
    rig_shut(&rig);
    /* It asks for this number; sqlite_test.c has what it then does. */
    assert_true(number("PRAGMA user_version") > 1);
}

static void what_cannot_be_brought_there_is_left_alone(void **state)
{
    char fault[STORE_FAULT_BYTES] = "";
    struct store *store = NULL;
    struct sqlite_opened opened;
    (void)state;
    run_sql("CREATE TABLE audit(x)"); /* somebody else's, where one of ours is to be */
    assert_int_equal(sqlite_store_open(&rig.options, &store, &opened, fault), ERR_IO);
    assert_non_null(strstr(fault, "newest form"));
    assert_int_equal(number("PRAGMA user_version"), 1);
    assert_int_equal(number("SELECT count(*) FROM pragma_table_info('rooms')"), 6);
    run_sql("DROP TABLE audit");
    rig_start(&rig);
    assert_int_equal(room_of(GARDEN).messages, 3);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, make_old, take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(rooms_stay_open_to_those_who_were_in_them),
        TEST(read_marks_count),
        TEST(who_made_a_room_is_its_host),
        TEST(who_has_a_token_comes_back),
        TEST(what_was_said_is_there),
        TEST(new_things_go_on_from_there),
        TEST(the_community_has_no_name_yet),
        TEST(an_older_program_would_refuse_it),
        TEST(what_cannot_be_brought_there_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
