#include "chat/refusal.h"
#include "chat/sequencer_rig.h"

#include <stdio.h>
#include <string.h>

/*
 * Rooms that are made, and people who come into them and leave: settle.c and what follows from it.
 */

enum { LOBBY = ROOM_LOBBY };

static uint64_t ann, bea;

static int use(void **state)
{
    int result = rig_use(state);
    ann = rig_guest("Ann");
    bea = rig_guest("Bea");
    return result;
}

static void assert_personal(const struct event *event, enum event_kind kind, uint64_t person,
                            uint64_t room)
{
    assert_non_null(event);
    assert_int_equal(event->kind, kind);
    assert_int_equal(event->person, person);
    assert_int_equal(event->room, room);
}

static void who_makes_a_room_is_in_it(void **state)
{
    (void)state;
    struct event *created = ask_kept(EVENT_CREATED, ann, 0, 1, "Garden");
    struct event *post = ask_kept(EVENT_MESSAGE, ann, LOBBY, 2, "look");
    rig_run();
    assert_int_equal(created->result, OK);
    assert_true(created->room > LOBBY && created->room <= ROOM_ID_MAX);
    assert_int_equal(created->seq, 1);
    assert_int_equal(post->seq, 1);
    assert_true(scripted_store_member(created->room, ann, NULL));
    assert_int_equal(rig.batch->count, 3);
    const struct event *added = rig.batch->events[0];
    assert_personal(added, EVENT_ADDED, ann, created->room);
    assert_int_equal(added->info->id, created->room);
    assert_true(name_is(&added->info->name, "Garden"));
    assert_int_equal(added->info->head, 0);
    assert_int_equal(added->info->people, 1);
    assert_int_equal(rig_at(created), 1);
}

static void making_a_room_again_finds_the_one_that_was_made(void **state)
{
    (void)state;
    uint64_t room = rig_room(ann, 1, "Garden");
    struct event *again = ask_kept(EVENT_CREATED, ann, 0, 1, "Garden");
    struct event *other = ask_kept(EVENT_CREATED, ann, 0, 1, "Park");
    struct event *hers = ask_kept(EVENT_CREATED, bea, 0, 1, "Park");
    rig_run();
    assert_true(again->dup);
    assert_int_equal(again->result, OK);
    assert_int_equal(again->room, room);
    assert_int_equal(again->seq, 1);
    assert_int_equal(other->result, ERR_EXISTS); /* the cid was used for something else */
    assert_int_equal(hers->result, OK);
    assert_false(hers->dup);
    assert_true(hers->room != room);
    assert_int_equal(script.now.rooms_count, 3);
    assert_int_equal(rig_count(EVENT_ADDED), 1);

    /* Also when the program was started anew in between, and when nobody is in it any more. */
    rig_restart();
    ask_hello(1);
    rig_run();
    ask_kept(EVENT_LEFT, ann, room, 2, "");
    again = ask_kept(EVENT_CREATED, ann, 0, 1, "Garden");
    rig_run();
    assert_true(again->dup);
    assert_int_equal(again->room, room);
    assert_int_equal(rig_count(EVENT_ADDED), 0);
}

static void a_room_made_twice_in_one_batch_is_one(void **state)
{
    (void)state;
    struct event *first = ask_kept(EVENT_CREATED, ann, 0, 1, "Garden");
    struct event *second = ask_kept(EVENT_CREATED, ann, 0, 1, "Garden");
    rig_run();
    assert_false(first->dup);
    assert_true(second->dup);
    assert_int_equal(second->room, first->room);
    assert_int_equal(rig_count(EVENT_ADDED), 1);
}

static void names_of_rooms_are_taken_without_case(void **state)
{
    (void)state;
    rig_room(ann, 1, "Garden");
    struct event *same = ask_kept(EVENT_CREATED, bea, 0, 1, "gARDEN");
    struct event *lobby = ask_kept(EVENT_CREATED, bea, 0, 2, "lobby");
    struct event *first = ask_kept(EVENT_CREATED, bea, 0, 3, "Park");
    struct event *second = ask_kept(EVENT_CREATED, ann, 0, 4, "PARK");
    rig_run();
    assert_int_equal(same->result, ERR_DENIED);
    assert_int_equal(same->refusal, REFUSED_NAME_TAKEN);
    assert_int_equal(lobby->result, ERR_DENIED);
    assert_int_equal(lobby->refusal, REFUSED_NAME_TAKEN);
    assert_int_equal(first->result, OK);
    assert_int_equal(second->result, ERR_DENIED);
    assert_int_equal(second->refusal, REFUSED_NAME_TAKEN);
    assert_int_equal(script.now.rooms_count, 3);
}

static void joining_is_told_before_it_is_seen(void **state)
{
    (void)state;
    uint64_t room = rig_room(ann, 1, "Garden");
    rig_kept(EVENT_MESSAGE, ann, room, 2, "a");
    struct event *before = ask_kept(EVENT_MESSAGE, ann, room, 3, "b");
    struct event *joined = ask_kept(EVENT_JOINED, bea, room, 1, "");
    struct event *after = ask_kept(EVENT_MESSAGE, ann, room, 4, "c");
    rig_run();
    assert_int_equal(joined->result, OK);
    assert_int_equal(joined->seq, 4);
    assert_int_equal(rig.batch->count, 5);
    const struct event *added = rig.batch->events[1], *came = rig.batch->events[3];
    assert_int_equal(rig_at(before), 0);
    assert_personal(added, EVENT_ADDED, bea, room);
    assert_int_equal(added->info->head, 3); /* just before the event that let her in */
    assert_int_equal(added->info->mid, before->mid);
    assert_int_equal(added->info->ts_ms, before->ts_ms);
    assert_int_equal(added->info->read, 4); /* whoever comes has nothing to catch up on */
    assert_int_equal(added->info->unread, 0);
    assert_int_equal(added->info->people, 2);
    assert_int_equal(rig_at(joined), 2);
    assert_personal(came, EVENT_CAME, bea, room);
    assert_true(came->turned && !came->moved && came->person_active);
    assert_true(name_is(&came->name, "Bea"));
    assert_int_equal(came->people, 2);
    assert_int_equal(rig_at(after), 4);
    assert_true(scripted_store_member(room, bea, NULL));
}

static void leaving_is_seen_and_then_over(void **state)
{
    (void)state;
    uint64_t room = rig_room(ann, 1, "Garden");
    rig_kept(EVENT_JOINED, bea, room, 1, "");
    struct event *left = ask_kept(EVENT_LEFT, bea, room, 2, "");
    struct event *post = ask_kept(EVENT_MESSAGE, bea, room, 3, "x");
    rig_run();
    assert_int_equal(left->seq, 3);
    assert_int_equal(post->result, ERR_NOT_FOUND);
    assert_int_equal(rig.batch->count, 4);
    assert_int_equal(rig_at(left), 0);
    assert_personal(rig.batch->events[1], EVENT_GONE, bea, room);
    assert_personal(rig.batch->events[2], EVENT_WENT, bea, room);
    assert_true(rig.batch->events[2]->turned && !rig.batch->events[2]->moved);
    assert_int_equal(rig.batch->events[2]->people, 1);
    assert_false(scripted_store_member(room, bea, NULL));
    struct event *again = ask_kept(EVENT_LEFT, bea, room, 4, "");
    rig_run();
    assert_int_equal(again->result, ERR_NOT_FOUND);
}

static void nobody_leaves_the_lobby_or_joins_twice(void **state)
{
    (void)state;
    uint64_t room = rig_room(ann, 1, "Garden");
    struct event *left = ask_kept(EVENT_LEFT, ann, LOBBY, 2, "");
    struct event *joined = ask_kept(EVENT_JOINED, ann, LOBBY, 3, "");
    struct event *twice = ask_kept(EVENT_JOINED, ann, room, 4, "");
    struct event *nowhere = ask_kept(EVENT_JOINED, ann, 777, 5, "");
    rig_run();
    assert_int_equal(left->result, ERR_DENIED);
    assert_true(joined->unchanged);
    assert_true(twice->unchanged);
    assert_int_equal(nowhere->result, ERR_NOT_FOUND);
    assert_int_equal(rig_count(EVENT_ADDED) + rig_count(EVENT_CAME), 0);
}

static void two_devices_join_in_one_batch(void **state)
{
    (void)state;
    uint64_t room = rig_room(ann, 1, "Garden");
    struct event *first = ask_kept(EVENT_JOINED, bea, room, 1, "");
    struct event *second = ask_kept(EVENT_JOINED, bea, room, 2, "");
    rig_run();
    assert_int_equal(first->seq, 2);
    assert_true(second->unchanged);
    assert_int_equal(rig_count(EVENT_ADDED), 1);
    struct event *left = ask_kept(EVENT_LEFT, bea, room, 3, "");
    struct event *late = ask_kept(EVENT_LEFT, bea, room, 4, "");
    rig_run();
    assert_int_equal(left->seq, 3);
    assert_int_equal(late->result, ERR_NOT_FOUND);
    assert_int_equal(rig_count(EVENT_GONE), 1);
}

static void leaving_and_joining_in_one_batch(void **state)
{
    (void)state;
    uint64_t room = rig_room(ann, 1, "Garden");
    rig_kept(EVENT_JOINED, bea, room, 1, "");
    struct event *left = ask_kept(EVENT_LEFT, bea, room, 2, "");
    struct event *between = ask_kept(EVENT_MESSAGE, ann, room, 2, "without her");
    struct event *joined = ask_kept(EVENT_JOINED, bea, room, 3, "");
    rig_run();
    assert_int_equal(left->seq, 3);
    assert_int_equal(between->seq, 4);
    assert_int_equal(joined->seq, 5);
    const struct event *gone = rig_find(EVENT_GONE, 0), *added = rig_find(EVENT_ADDED, 0);
    assert_true(rig_at(left) < rig_at(gone) && rig_at(gone) < rig_at(between));
    assert_true(rig_at(between) < rig_at(added) && rig_at(added) < rig_at(joined));
    assert_int_equal(added->info->head, 4);
    assert_true(scripted_store_member(room, bea, NULL));
    rig_kept(EVENT_MESSAGE, bea, room, 4, "back");
}

static void joining_and_speaking_in_one_batch(void **state)
{
    (void)state;
    uint64_t room = rig_room(ann, 1, "Garden");
    struct event *joined = ask_kept(EVENT_JOINED, bea, room, 1, "");
    struct event *post = ask_kept(EVENT_MESSAGE, bea, room, 2, "here I am");
    struct event *left = ask_kept(EVENT_LEFT, bea, room, 3, "");
    struct event *late = ask_kept(EVENT_MESSAGE, bea, room, 4, "too late");
    rig_run();
    assert_int_equal(joined->seq, 2);
    assert_int_equal(post->seq, 3);
    assert_int_equal(left->seq, 4);
    assert_int_equal(late->result, ERR_NOT_FOUND);
    assert_true(late->no_room);
}

static void joining_and_leaving_in_one_batch(void **state)
{
    (void)state;
    uint64_t room = rig_room(ann, 1, "Garden");
    struct event *joined = ask_kept(EVENT_JOINED, bea, room, 1, "");
    struct event *left = ask_kept(EVENT_LEFT, bea, room, 2, "");
    rig_run();
    assert_int_equal(joined->seq, 2);
    assert_int_equal(left->seq, 3);
    const struct event *gone = rig_find(EVENT_GONE, 0), *added = rig_find(EVENT_ADDED, 0);
    assert_true(rig_at(added) < rig_at(joined) && rig_at(joined) < rig_at(left));
    assert_true(rig_at(left) < rig_at(gone));
    assert_false(scripted_store_member(room, bea, NULL));
    struct event *late = ask_kept(EVENT_LEFT, bea, room, 3, "");
    rig_run();
    assert_int_equal(late->result, ERR_NOT_FOUND);
}

/*
 * The last one out: nobody holds the room in memory, and it is all there when somebody comes again.
 */
static void a_room_that_everybody_has_left_goes_on(void **state)
{
    (void)state;
    uint64_t room = rig_room(ann, 1, "Garden");
    rig_kept(EVENT_TOPIC, ann, room, 2, "roses");
    rig_kept(EVENT_LEFT, ann, room, 3, "");
    struct event *joined = ask_kept(EVENT_JOINED, bea, room, 1, "");
    rig_run();
    assert_int_equal(joined->seq, 4);
    const struct event *added = rig_find(EVENT_ADDED, 0);
    assert_string_equal(added->info->topic, "roses");
    assert_int_equal(added->info->head, 3);
    assert_int_equal(added->info->people, 1);
}

static uint64_t make_rooms(unsigned count)
{
    uint64_t room = 0;
    for (unsigned i = 0; i < count; i++) {
        char name[16];
        (void)snprintf(name, sizeof(name), "Room %u", i);
        struct event *event = ask_kept(EVENT_CREATED, ann, 0, 0, name);
        memcpy(event->cid, &i, sizeof(i));
        event->cid[15] = 1;
        event->has_cid = true;
        rig_run();
        room = event->result == OK ? event->room : 0;
    }
    return room;
}

static void a_person_is_in_so_many_rooms_at_most(void **state)
{
    (void)state;
    uint64_t room = rig_room(bea, 1, "Garden");
    uint64_t last = make_rooms(PERSON_ROOMS_MAX - 1); /* and the lobby */
    assert_true(last != 0);
    struct event *joined = ask_kept(EVENT_JOINED, ann, room, 201, "");
    struct event *created = ask_kept(EVENT_CREATED, ann, 0, 202, "One more");
    rig_run();
    assert_int_equal(joined->result, ERR_LIMIT);
    assert_int_equal(created->result, ERR_LIMIT);
    rig_kept(EVENT_LEFT, ann, last, 203, "");
    rig_kept(EVENT_JOINED, ann, room, 204, "");
}

/*
 * Also when many are asked for at once: what is over the limit would not be found again at the next
 * hello.
 */
static void the_limit_of_rooms_counts_those_of_the_batch(void **state)
{
    (void)state;
    uint64_t rooms[3];
    for (uint8_t i = 0; i < 3; i++)
        rooms[i] = rig_room(bea, (uint8_t)(1 + i), (const char[]){(char)('A' + i), 0});
    make_rooms(PERSON_ROOMS_MAX - 2);
    struct event *joined[3];
    for (uint8_t i = 0; i < 3; i++)
        joined[i] = ask_kept(EVENT_JOINED, ann, rooms[i], (uint8_t)(201 + i), "");
    struct event *created = ask_kept(EVENT_CREATED, ann, 0, 210, "One more");
    rig_run();
    assert_int_equal(joined[0]->result, OK);
    assert_int_equal(joined[1]->result, ERR_LIMIT);
    assert_int_equal(joined[2]->result, ERR_LIMIT);
    assert_int_equal(created->result, ERR_LIMIT);
    rig_kept(EVENT_LEFT, ann, rooms[0], 220, "");
    rig_kept(EVENT_JOINED, ann, rooms[1], 221, "");
}

#define ROOMS_TEST(name) cmocka_unit_test_setup_teardown(name, use, rig_take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROOMS_TEST(who_makes_a_room_is_in_it),
        ROOMS_TEST(making_a_room_again_finds_the_one_that_was_made),
        ROOMS_TEST(a_room_made_twice_in_one_batch_is_one),
        ROOMS_TEST(names_of_rooms_are_taken_without_case),
        ROOMS_TEST(joining_is_told_before_it_is_seen),
        ROOMS_TEST(leaving_is_seen_and_then_over),
        ROOMS_TEST(nobody_leaves_the_lobby_or_joins_twice),
        ROOMS_TEST(two_devices_join_in_one_batch),
        ROOMS_TEST(leaving_and_joining_in_one_batch),
        ROOMS_TEST(joining_and_leaving_in_one_batch),
        ROOMS_TEST(joining_and_speaking_in_one_batch),
        ROOMS_TEST(a_room_that_everybody_has_left_goes_on),
        ROOMS_TEST(a_person_is_in_so_many_rooms_at_most),
        ROOMS_TEST(the_limit_of_rooms_counts_those_of_the_batch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
