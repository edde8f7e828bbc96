#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "chat/role.h"
#include "store/both.h"

/* Rooms with settings, seats with marks, whom messages mean: steps of chat/store.h, against every store. */

enum { ANN = RIG_ANN, BOB = 4, CID = 5, GARDEN = 0x1884c };

#define CALL(op, ...) rig.store->ops->op(rig.store, __VA_ARGS__)

static void make_room(uint64_t id, const char *name, uint8_t kind, uint32_t flags)
{
    const struct room_record room = {.id = id,
                                     .kind = kind,
                                     .flags = flags,
                                     .slow_ms = 11,
                                     .retention_days = 12,
                                     .name = rig_name(name),
                                     .folded = rig_name(name)};
    assert_int_equal(CALL(room_create, &room), OK);
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
    assert_int_equal(seat.room, room);
    return seat;
}

/* Says something in the garden, with the number of messages noted as the sequencer does. */
static void say(uint64_t seq, uint64_t messages, const uint64_t *people, uint32_t count, bool all)
{
    struct event *event = rig_event(EVENT_MESSAGE, GARDEN, seq, ANN, seq, "hm");
    event->target = messages;
    event->mentions_all = all;
    if (count > 0) {
        event->people_ids = people_list_new(count);
        memcpy(event->people_ids->ids, people, count * sizeof(people[0]));
    }
    if (count > 0 || all)
        assert_int_equal(CALL(mention, GARDEN, seq, event->people_ids, all), OK);
    assert_int_equal(rig_append(&rig, event, seq), OK);
}

/* ---- rooms ---- */

static void a_room_keeps_what_it_is_made_with(void **state)
{
    (void)state;
    rig_begin(&rig);
    make_room(GARDEN, "garden", ROOM_PRIVATE, ROOM_FLAG_GUESTS);
    rig_commit(&rig);
    struct room_record room = room_of(GARDEN);
    assert_int_equal(room.kind, ROOM_PRIVATE);
    assert_int_equal(room.flags, ROOM_FLAG_GUESTS);
    assert_int_equal(room.slow_ms, 11);
    assert_int_equal(room.retention_days, 12);
    assert_int_equal(room.first_seq, 1);
    assert_int_equal(room.messages, 0);
    room = room_of(ROOM_LOBBY);
    assert_int_equal(room.kind, ROOM_PUBLIC);
    assert_int_equal(room.flags, ROOM_FLAG_GUESTS | ROOM_FLAG_DEFAULT);
}

static void set_garden(uint8_t kind, uint32_t flags, uint32_t slow_ms, uint32_t retention_days)
{
    const struct room_record record = {.id = GARDEN,
                                       .kind = kind,
                                       .flags = flags,
                                       .slow_ms = slow_ms,
                                       .retention_days = retention_days};
    assert_int_equal(CALL(room_set, &record), OK);
}

static void a_room_is_set_to_something_else(void **state)
{
    const struct room_record none = {.id = 99};
    (void)state;
    rig_begin(&rig);
    make_room(GARDEN, "garden", ROOM_PUBLIC, 0);
    rig_commit(&rig);
    rig_begin(&rig);
    set_garden(ROOM_PRIVATE, ROOM_FLAG_ARCHIVED, 5, 0);
    rig.store->ops->rollback(rig.store);
    assert_int_equal(room_of(GARDEN).kind, ROOM_PUBLIC);
    assert_int_equal(room_of(GARDEN).retention_days, 12);
    rig_begin(&rig);
    set_garden(ROOM_ANNOUNCEMENT, ROOM_FLAG_DEFAULT, 5, 6);
    assert_int_equal(CALL(room_set, &none), ERR_NOT_FOUND);
    rig_commit(&rig);
    struct room_record room = room_of(GARDEN);
    assert_int_equal(room.kind, ROOM_ANNOUNCEMENT);
    assert_int_equal(room.flags, ROOM_FLAG_DEFAULT);
    assert_int_equal(room.slow_ms, 5);
    assert_int_equal(room.retention_days, 6);
    assert_string_equal(room.name.text, "garden");
}

static int name_room(uint64_t id, const char *name)
{
    const struct name shown = rig_name(name);
    struct name folded;
    name_fold(&shown, &folded);
    return CALL(room_set_name, id, &shown, &folded);
}

static void a_room_is_renamed_to_what_is_free(void **state)
{
    const struct name garden = rig_name("garden"), meadow = rig_name("meadow");
    uint64_t id = 0;
    (void)state;
    rig_begin(&rig);
    make_room(GARDEN, "garden", ROOM_PUBLIC, 0);
    assert_int_equal(name_room(GARDEN, "Lobby"), ERR_EXISTS);
    assert_int_equal(name_room(99, "Meadow"), ERR_NOT_FOUND);
    assert_int_equal(name_room(GARDEN, "Garden"), OK); /* its own */
    rig_commit(&rig);
    assert_string_equal(room_of(GARDEN).name.text, "Garden");
    rig_begin(&rig);
    assert_int_equal(name_room(GARDEN, "Meadow"), OK);
    rig.store->ops->rollback(rig.store);
    assert_int_equal(CALL(room_by_name, &garden, &id), OK);
    rig_begin(&rig);
    assert_int_equal(name_room(GARDEN, "Meadow"), OK);
    rig_commit(&rig);
    assert_int_equal(CALL(room_by_name, &garden, &id), ERR_NOT_FOUND);
    assert_int_equal(CALL(room_by_name, &meadow, &id), OK);
    assert_int_equal(id, GARDEN);
    assert_string_equal(room_of(GARDEN).name.text, "Meadow");
    assert_string_equal(room_of(GARDEN).folded.text, "meadow");
}

static char visited[128];

static void visit(void *ctx, uint64_t room)
{
    size_t len = strlen(visited);
    (void)ctx;
    snprintf(visited + len, sizeof(visited) - len, "%llu ", (unsigned long long)room);
}

static void rooms_are_found_by_a_flag(void **state)
{
    (void)state;
    rig_begin(&rig);
    make_room(9, "a", ROOM_PUBLIC, ROOM_FLAG_DEFAULT);
    make_room(8, "b", ROOM_ANNOUNCEMENT, ROOM_FLAG_DEFAULT | ROOM_FLAG_GUESTS);
    make_room(7, "c", ROOM_PUBLIC, ROOM_FLAG_DEFAULT | ROOM_FLAG_ARCHIVED);
    make_room(6, "d", ROOM_PUBLIC, ROOM_FLAG_GUESTS);
    make_room(5, "e", ROOM_PUBLIC, 0);
    visited[0] = '\0';
    assert_int_equal(CALL(rooms_with_flag, ROOM_FLAG_DEFAULT, visit, NULL), OK);
    assert_string_equal(visited, "1 8 9 ");
    visited[0] = '\0';
    assert_int_equal(CALL(rooms_with_flag, ROOM_FLAG_GUESTS, visit, NULL), OK);
    assert_string_equal(visited, "1 6 8 ");
    rig_commit(&rig);
}

static void people_of_a_room_come_by_id(void **state)
{
    struct peer people[3] = {{.id = 77}};
    unsigned count = 9;
    (void)state;
    rig_begin(&rig);
    make_room(GARDEN, "garden", ROOM_DIRECT, 0);
    rig_person(&rig, BOB, "Bob");
    rig_person(&rig, ANN, "Ann");
    assert_int_equal(CALL(people_of, GARDEN, people, 3, &count), OK);
    assert_int_equal(count, 0);
    assert_int_equal(CALL(member_set, GARDEN, CID, true), OK); /* whom nobody knows */
    assert_int_equal(CALL(member_set, GARDEN, BOB, true), OK);
    assert_int_equal(CALL(member_set, GARDEN, ANN, true), OK);
    assert_int_equal(CALL(member_set, ROOM_LOBBY, 6, true), OK);
    rig_commit(&rig);
    assert_int_equal(CALL(people_of, GARDEN, people, 3, &count), OK);
    assert_int_equal(count, 3);
    assert_int_equal(people[0].id, ANN);
    assert_string_equal(people[0].name.text, "Ann");
    assert_int_equal(people[1].id, BOB);
    assert_int_equal(people[2].id, CID);
    assert_int_equal(people[2].name.len, 0);
    assert_int_equal(CALL(people_of, GARDEN, people, 2, &count), OK);
    assert_int_equal(count, 2);
    assert_int_equal(people[0].id, ANN);
    assert_int_equal(people[1].id, BOB);
}

/* ---- seats ---- */

static void a_seat_keeps_mark_level_and_office(void **state)
{
    struct seat_record seat = {.room = 5};
    (void)state;
    rig_begin(&rig);
    make_room(GARDEN, "garden", ROOM_PUBLIC, 0);
    assert_int_equal(CALL(member_get, GARDEN, ANN, &seat), ERR_NOT_FOUND);
    assert_int_equal(CALL(member_set_host, GARDEN, ANN, true), ERR_NOT_FOUND);
    assert_int_equal(CALL(member_set_level, GARDEN, ANN, 1), ERR_NOT_FOUND);
    assert_int_equal(CALL(member_set, GARDEN, ANN, true), OK);
    seat = seat_of(GARDEN, ANN);
    assert_int_equal(seat.read, 0);
    assert_int_equal(seat.read_count, 0);
    assert_int_equal(seat.level, ATTENTION_ALL);
    assert_false(seat.host);
    rig_commit(&rig);
    rig_begin(&rig);
    assert_int_equal(CALL(member_set_host, GARDEN, ANN, true), OK);
    assert_int_equal(CALL(member_set_level, GARDEN, ANN, ATTENTION_MENTIONS), OK);
    assert_int_equal(CALL(read_set, GARDEN, ANN, 9, 4), OK);
    assert_int_equal(CALL(read_set, GARDEN, ANN, 9, 7), OK); /* not forward: nothing */
    rig_commit(&rig);
    seat = seat_of(GARDEN, ANN);
    assert_int_equal(seat.read, 9);
    assert_int_equal(seat.read_count, 4);
    assert_int_equal(seat.level, ATTENTION_MENTIONS);
    assert_true(seat.host);
}

static void what_a_seat_was_comes_back_with_a_rollback(void **state)
{
    (void)state;
    rig_begin(&rig);
    make_room(GARDEN, "garden", ROOM_PUBLIC, 0);
    assert_int_equal(CALL(member_set, GARDEN, ANN, true), OK);
    assert_int_equal(CALL(member_set_host, GARDEN, ANN, true), OK);
    assert_int_equal(CALL(read_set, GARDEN, ANN, 3, 2), OK);
    rig_commit(&rig);
    rig_begin(&rig);
    assert_int_equal(CALL(member_set_host, GARDEN, ANN, false), OK);
    assert_int_equal(CALL(member_set_level, GARDEN, ANN, ATTENTION_NONE), OK);
    assert_int_equal(CALL(read_set, GARDEN, ANN, 8, 5), OK);
    assert_int_equal(CALL(member_set, GARDEN, ANN, false), OK);
    assert_int_equal(CALL(member_set, GARDEN, ANN, true), OK);
    assert_false(seat_of(GARDEN, ANN).host); /* who comes back comes new */
    rig.store->ops->rollback(rig.store);
    struct seat_record seat = seat_of(GARDEN, ANN);
    assert_true(seat.host);
    assert_int_equal(seat.level, ATTENTION_ALL);
    assert_int_equal(seat.read, 3);
    assert_int_equal(seat.read_count, 2);
}

/* ---- how many messages there are ---- */

static void assert_up_to(uint64_t seq, uint64_t expected)
{
    uint64_t count = 77;
    assert_int_equal(CALL(messages_up_to, GARDEN, seq, &count), OK);
    assert_int_equal(count, expected);
}

static void messages_are_counted(void **state)
{
    (void)state;
    rig_begin(&rig);
    make_room(GARDEN, "garden", ROOM_PUBLIC, 0);
    assert_up_to(5, 0);
    assert_int_equal(rig_append(&rig, rig_event(EVENT_CREATED, GARDEN, 1, ANN, 1, "garden"), 1),
                     OK);
    assert_int_equal(room_of(GARDEN).messages, 0);
    say(2, 1, NULL, 0, false);
    say(3, 2, NULL, 0, false);
    assert_int_equal(rig_append(&rig, rig_event(EVENT_JOINED, GARDEN, 4, BOB, 4, ""), 1), OK);
    assert_int_equal(room_of(GARDEN).messages, 2);
    say(5, 3, NULL, 0, false);
    assert_int_equal(CALL(message_erase, GARDEN, 3), OK); /* counts all the same */
    rig_commit(&rig);
    assert_int_equal(room_of(GARDEN).messages, 3);
    static const uint64_t expected[] = {0, 0, 1, 2, 2, 3, 3};
    for (uint64_t seq = 0; seq < 7; seq++)
        assert_up_to(seq, expected[seq]);
    assert_up_to(UINT64_MAX, 3);
    rig_begin(&rig);
    say(6, 4, NULL, 0, false);
    rig.store->ops->rollback(rig.store);
    assert_int_equal(room_of(GARDEN).messages, 3);
}

/* Rows from before their number was noted. */
static void messages_without_a_number_are_counted(void **state)
{
    (void)state;
    rig_begin(&rig);
    make_room(GARDEN, "garden", ROOM_PUBLIC, 0);
    for (uint64_t seq = 1; seq < 4; seq++)
        say(seq, 0, NULL, 0, false);
    assert_int_equal(room_of(GARDEN).messages, 3);
    assert_up_to(2, 2);
    say(4, 4, NULL, 0, false);
    rig_commit(&rig);
    assert_int_equal(room_of(GARDEN).messages, 4);
    assert_up_to(3, 3);
}

/* ---- mentions ---- */

static void assert_behind(uint64_t person, uint64_t seq, uint32_t expected)
{
    uint32_t count = 77;
    assert_int_equal(CALL(mentions_behind, GARDEN, person, seq, &count), OK);
    assert_int_equal(count, expected);
}

static void mentions_are_counted_behind_a_mark(void **state)
{
    const uint64_t both[] = {BOB, CID};
    (void)state;
    rig_begin(&rig);
    make_room(GARDEN, "garden", ROOM_PUBLIC, 0);
    assert_int_equal(CALL(member_set, GARDEN, BOB, true), OK);
    say(1, 1, both, 1, false);
    say(2, 2, both, 2, false);
    say(3, 3, NULL, 0, false);
    say(4, 4, NULL, 0, true);
    say(5, 5, both, 2, true); /* counts once */
    rig_commit(&rig);
    assert_behind(BOB, 0, 4);
    assert_behind(BOB, 1, 3);
    assert_behind(BOB, 4, 1);
    assert_behind(BOB, 5, 0);
    assert_behind(BOB, UINT64_MAX, 0);
    assert_behind(CID, 0, 3);
    assert_behind(ANN, 0, 2);
    assert_int_equal(seat_of(GARDEN, BOB).mentions, 4);
    rig_begin(&rig);
    assert_int_equal(CALL(read_set, GARDEN, BOB, 2, 2), OK);
    rig_commit(&rig);
    assert_int_equal(seat_of(GARDEN, BOB).mentions, 2);
    rig_begin(&rig);
    assert_int_equal(CALL(message_erase, GARDEN, 5), OK);
    rig.store->ops->rollback(rig.store);
    assert_behind(CID, 0, 3);
    rig_begin(&rig);
    assert_int_equal(CALL(message_erase, GARDEN, 5), OK);
    assert_int_equal(CALL(message_erase, GARDEN, 2), OK);
    rig_commit(&rig);
    assert_behind(CID, 0, 1);
    assert_behind(BOB, 0, 2);
}

static struct event *read_back(uint64_t seq, struct store_read **ret_read)
{
    struct store_read *read = mem_zalloc(sizeof(*read));
    read->kind = READ_FEED;
    read->room = GARDEN;
    read->seq = seq - 1;
    read->limit = 1;
    read->bytes_max = 1 << 20;
    rig.reader->ops->run(rig.reader, read);
    assert_int_equal(read->result, OK);
    assert_int_equal(read->events->count, 1);
    *ret_read = read;
    return read->events->events[0];
}

static void a_message_says_whom_it_means(void **state)
{
    const uint64_t both[] = {CID, BOB};
    struct store_read *read;
    (void)state;
    rig_begin(&rig);
    make_room(GARDEN, "garden", ROOM_PUBLIC, 0);
    say(1, 1, both, 2, false);
    say(2, 2, both, 1, true);
    say(3, 3, NULL, 0, true);
    say(4, 4, NULL, 0, false);
    assert_int_equal(CALL(message_erase, GARDEN, 2), OK);
    rig_commit(&rig);
    struct event *event = read_back(1, &read);
    assert_false(event->mentions_all);
    assert_int_equal(event->people_ids->count, 2);
    assert_int_equal(event->people_ids->ids[0], CID);
    assert_int_equal(event->people_ids->ids[1], BOB);
    assert_int_equal(event->target, 1);
    store_read_free(read);
    event = read_back(2, &read);
    assert_true(event->deleted);
    assert_false(event->mentions_all);
    assert_null(event->people_ids);
    store_read_free(read);
    event = read_back(3, &read);
    assert_true(event->mentions_all);
    assert_null(event->people_ids);
    store_read_free(read);
    event = read_back(4, &read);
    assert_false(event->mentions_all);
    assert_null(event->people_ids);
    store_read_free(read);
}

/* As @here does it. */
static void a_message_may_mean_many(void **state)
{
    enum { MANY = 200 };
    uint64_t people[MANY];
    struct store_read *read;
    (void)state;
    for (unsigned i = 0; i < MANY; i++)
        people[i] = 1000 + (i * 77) % MANY;
    rig_begin(&rig);
    make_room(GARDEN, "garden", ROOM_PUBLIC, 0);
    say(1, 1, people, MANY, false);
    rig_commit(&rig);
    struct event *event = read_back(1, &read);
    assert_int_equal(event->people_ids->count, MANY);
    assert_memory_equal(event->people_ids->ids, people, sizeof(people));
    store_read_free(read);
    assert_behind(1000 + MANY - 1, 0, 1);
}

static void whom_something_was_done_to_has_a_name(void **state)
{
    static const enum event_kind kinds[] = {EVENT_ADDED_BY, EVENT_REMOVED, EVENT_HOST, EVENT_UNHOST,
                                            EVENT_JOINED};
    struct store_read *read;
    (void)state;
    rig_begin(&rig);
    make_room(GARDEN, "garden", ROOM_PUBLIC, 0);
    rig_person(&rig, BOB, "Bob");
    for (uint64_t i = 0; i < 5; i++) {
        struct event *event = rig_event(kinds[i], GARDEN, i + 1, ANN, i + 1, "");
        event->target = BOB;
        assert_int_equal(rig_append(&rig, event, 1), OK);
    }
    rig_commit(&rig);
    for (uint64_t i = 0; i < 5; i++) {
        struct event *event = read_back(i + 1, &read);
        assert_string_equal(event->subject.text, i < 4 ? "Bob" : "");
        assert_int_equal(event->target, BOB);
        store_read_free(read);
    }
}

/* ---- people ---- */

static void a_person_has_a_role_and_a_session_an_id(void **state)
{
    const uint8_t hash[TOKEN_HASH_BYTES] = {9, 0, 0, 0, 0, 0, 0, 0x80, 1};
    struct person_record person = {
        .id = ANN, .name = rig_name("Ann"), .folded = rig_name("ann"), .role = ROLE_MODERATOR};
    (void)state;
    rig_begin(&rig);
    assert_int_equal(CALL(person_get, ANN, &person), ERR_NOT_FOUND);
    assert_int_equal(CALL(person_create, &person), OK);
    assert_int_equal(CALL(session_create, hash, ANN, 55), OK);
    person.role = ROLE_OWNER; /* which person_update passes over */
    person.seen_ms = 66;
    assert_int_equal(CALL(person_update, &person), OK);
    rig_commit(&rig);
    memset(&person, 0, sizeof(person));
    assert_int_equal(CALL(person_get, ANN, &person), OK);
    assert_int_equal(person.role, ROLE_MODERATOR);
    assert_int_equal(person.seen_ms, 66);
    assert_int_equal(person.session, 0);
    assert_int_equal(person.muted_ms, 0);
    assert_int_equal(person.banned_ms, 0);
    assert_int_equal(CALL(person_by_session, hash, &person), OK);
    assert_int_equal(person.session, 9); /* the top bit is left out */
    assert_int_equal(person.session_used_ms, 55);
}

static void the_console_is_there_without_a_name_to_sign_in_with(void **state)
{
    struct person_record person;
    (void)state;
    assert_int_equal(CALL(person_get, PERSON_CONSOLE, &person), OK);
    assert_int_equal(person.role, ROLE_OWNER);
    assert_string_equal(person.name.text, "Console");
    assert_int_equal(person.folded.len, 0);
}

static void files_that_nobody_has_are_not_attached(void **state)
{
    const struct file file = {.id = 5};
    struct file_list *wanted = file_list_new(&file, 1), *files = NULL;
    (void)state;
    rig_begin(&rig);
    assert_int_equal(CALL(files_attach, ROOM_LOBBY, 1, ANN, wanted, &files), ERR_NOT_FOUND);
    assert_null(files);
    rig_commit(&rig);
    mem_free(wanted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(a_room_keeps_what_it_is_made_with),
        BOTH(a_room_is_set_to_something_else),
        BOTH(a_room_is_renamed_to_what_is_free),
        BOTH(rooms_are_found_by_a_flag),
        BOTH(people_of_a_room_come_by_id),
        BOTH(a_seat_keeps_mark_level_and_office),
        BOTH(what_a_seat_was_comes_back_with_a_rollback),
        BOTH(messages_are_counted),
        BOTH(messages_without_a_number_are_counted),
        BOTH(mentions_are_counted_behind_a_mark),
        BOTH(a_message_says_whom_it_means),
        BOTH(a_message_may_mean_many),
        BOTH(whom_something_was_done_to_has_a_name),
        BOTH(a_person_has_a_role_and_a_session_an_id),
        BOTH(the_console_is_there_without_a_name_to_sign_in_with),
        BOTH(files_that_nobody_has_are_not_attached),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
