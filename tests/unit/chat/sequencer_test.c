#include "chat/sequencer_rig.h"

#include <string.h>

/*
 * The order, what a newcomer is told in it, and what asks for nothing to be kept. The rules of
 * commands: settle_*_test.c; who is here: presence_test.c; stores that fail: settle_failure_test.c.
 */

enum { LOBBY = ROOM_LOBBY };

static void the_order_is_that_of_asking(void **state)
{
    (void)state;
    struct event *asked[5];
    uint64_t ann = rig_guest("Ann");
    asked[0] = ask_kept(EVENT_MESSAGE, ann, LOBBY, 1, "a");
    asked[1] = ask(EVENT_TYPING, ann, LOBBY);
    asked[2] = ask_guest(9, "Bea");
    asked[3] = ask(EVENT_DRAIN, 0, 0);
    asked[4] = ask_kept(EVENT_MESSAGE, ann, LOBBY, 2, "b");
    rig_run();
    assert_int_equal(rig.batch->count, 6);
    for (size_t i = 0; i < 2; i++)
        assert_ptr_equal(rig.batch->events[i], asked[i]);
    assert_int_equal(rig.batch->events[2]->kind, EVENT_CAME); /* before the answer of who comes */
    for (size_t i = 2; i < 5; i++)
        assert_ptr_equal(rig.batch->events[i + 1], asked[i]);
    assert_int_equal(asked[0]->seq, 1);
    assert_int_equal(asked[4]->seq, 2);
    assert_int_equal(asked[3]->result, OK);
}

static void nothing_is_begun_for_what_passes(void **state)
{
    (void)state;
    uint64_t ann = rig_guest("Ann");
    unsigned begins = script.begins, commits = script.commits;
    ask(EVENT_TYPING, ann, LOBBY);
    ask(EVENT_WHO, ann, LOBBY);
    ask(EVENT_ACTIVE, ann, 0)->active = false;
    ask_visitor(EVENT_HELLO, 77, "");
    ask_visitor(EVENT_BYE, 77, "");
    ask_hello(1);
    rig_run();
    rig_run(); /* an empty one is fine */
    assert_int_equal(script.begins, begins);
    assert_int_equal(script.commits, commits);
}

static void a_run_is_one_transaction(void **state)
{
    (void)state;
    uint64_t ann = rig_guest("Ann");
    rig_kept(EVENT_MESSAGE, ann, LOBBY, 1, "a");
    unsigned begins = script.begins, commits = script.commits;
    struct event *read = ask(EVENT_READ, ann, LOBBY);
    read->seq = 1;
    ask_kept(EVENT_MESSAGE, ann, LOBBY, 2, "b");
    ask_guest(9, "Bea");
    ask_kept(EVENT_CREATED, ann, 0, 3, "Garden");
    struct event *rename = ask(EVENT_RENAME, ann, 0);
    rename->name = (struct name){4, "Anna"};
    rig_run();
    assert_int_equal(script.begins, begins + 1);
    assert_int_equal(script.commits, commits + 1);
    assert_int_equal(script.rollbacks, 0);
}

/*
 * A newcomer is told the head of its place in the order: what comes before it is the past, what
 * comes after it will follow.
 */
static void a_newcomers_head_is_that_of_its_place(void **state)
{
    (void)state;
    uint64_t ann = rig_guest("Ann");
    rig_kept(EVENT_MESSAGE, ann, LOBBY, 1, "a");
    struct event *first = ask_guest(11, "Bea");
    struct event *post = ask_kept(EVENT_MESSAGE, ann, LOBBY, 2, "b");
    struct event *again = ask_kept(EVENT_MESSAGE, ann, LOBBY, 2, "b"); /* moves nothing */
    struct event *wrong = ask_kept(EVENT_MESSAGE, ann, LOBBY, 2, "c");
    struct event *second = ask_hello(1);
    struct event *visitor = ask_visitor(EVENT_HELLO, 77, "");
    ask_kept(EVENT_TOPIC, ann, LOBBY, 3, "roses");
    struct event *third = ask_guest(12, "Cyn");
    rig_run();
    assert_true(again->dup);
    assert_int_equal(wrong->result, ERR_EXISTS);
    assert_int_equal(first->welcome->rooms[0].head, 1);
    assert_null(first->welcome->rooms[0].topic);
    const struct room_info *room = &second->welcome->rooms[0];
    assert_int_equal(room->head, 2);
    assert_int_equal(room->mid, post->mid);
    assert_int_equal(room->ts_ms, post->ts_ms);
    assert_int_equal(room->people, 2);
    assert_int_equal(room->visitors, 0);
    assert_int_equal(visitor->welcome->rooms[0].head, 2);
    assert_int_equal(third->welcome->rooms[0].head, 3);
    assert_string_equal(third->welcome->rooms[0].topic, "roses");
    assert_int_equal(third->welcome->rooms[0].people, 3);
    assert_int_equal(third->welcome->rooms[0].visitors, 1);
    ask_visitor(EVENT_BYE, 77, "");
    rig_run();
}

static const struct room_info *info_of(const struct event *hello, uint64_t room)
{
    for (size_t i = 0; i < hello->welcome->rooms_count; i++) {
        if (hello->welcome->rooms[i].id == room)
            return &hello->welcome->rooms[i];
    }
    fail_msg("the room %llu is not among them", (unsigned long long)room);
    return NULL;
}

static void a_welcome_names_all_ones_rooms(void **state)
{
    (void)state;
    uint64_t ann = rig_guest("Ann"), bea = rig_guest("Bea");
    uint64_t garden = rig_room(ann, 1, "Garden");
    uint64_t park = rig_room(bea, 1, "Park");
    rig_kept(EVENT_TOPIC, ann, garden, 2, "roses");
    struct event *read = ask(EVENT_READ, ann, garden);
    read->seq = 1;
    struct event *hello = ask_hello(1);
    hello->welcome->cursors = NULL;
    rig_run();
    assert_int_equal(hello->welcome->rooms_count, 2);
    const struct room_info *info = info_of(hello, garden);
    assert_true(name_is(&info->name, "Garden"));
    assert_int_equal(info->head, 2);
    assert_int_equal(info->read, 1);
    assert_int_equal(info->people, 1);
    assert_string_equal(info->topic, "roses");
    assert_true(name_is(&info_of(hello, LOBBY)->name, ROOM_LOBBY_NAME));
    /* After a restart nobody is here, and the rooms come from the store. */
    rig_restart();
    rig_kept(EVENT_JOINED, rig_guest("Cyn"), park, 1, "");
    hello = ask_hello(1);
    rig_run();
    assert_int_equal(hello->welcome->rooms_count, 2);
    info = info_of(hello, garden);
    assert_int_equal(info->head, 2);
    assert_int_equal(info->read, 1);
    assert_string_equal(info->topic, "roses");
    assert_int_equal(info_of(hello, LOBBY)->people, 2);
}

/*
 * Somebody comes for the first time in the batch in which its room goes on: it is loaded from a
 * store that already has what follows, and must still be told of its own place.
 */
static void a_room_loaded_in_the_batch_that_changes_it(void **state)
{
    (void)state;
    uint64_t ann = rig_guest("Ann");
    uint64_t garden = rig_room(ann, 1, "Garden");
    ask_bye(ann, true);
    rig_run();
    uint64_t bea = rig_guest("Bea");
    rig_restart();
    ask_hello(2); /* Bea; nobody holds the garden */
    rig_run();
    struct event *early = ask_hello(1);
    struct event *joined = ask_kept(EVENT_JOINED, bea, garden, 1, "");
    struct event *late = ask_hello(1);
    rig_run();
    assert_int_equal(joined->seq, 2);
    assert_int_equal(info_of(early, garden)->head, 1);
    assert_int_equal(info_of(late, garden)->head, 2);
    assert_int_equal(info_of(late, garden)->people, 2);
}

static void typing_and_asking_are_for_those_inside(void **state)
{
    (void)state;
    uint64_t ann = rig_guest("Ann"), bea = rig_guest("Bea");
    uint64_t garden = rig_room(ann, 1, "Garden");
    struct event *typing = ask(EVENT_TYPING, ann, garden);
    struct event *who = ask(EVENT_WHO, ann, garden);
    struct event *no_typing = ask(EVENT_TYPING, bea, garden);
    struct event *no_who = ask(EVENT_WHO, bea, garden);
    rig_run();
    assert_int_equal(typing->result, OK);
    assert_true(name_is(&typing->name, "Ann"));
    assert_int_equal(who->roster->people, 1);
    assert_int_equal(no_typing->result, ERR_NOT_FOUND);
    assert_int_equal(no_who->result, ERR_NOT_FOUND);
    assert_null(no_who->roster);
}

static void a_store_that_cannot_say_what_it_has(void **state)
{
    struct sequencer *none = NULL;
    (void)state;
    scripted_store_fail(0, ERR_IO);
    assert_int_equal(sequencer_new(&script.store, &rig.limits, 1, 1, &none), ERR_IO);
    assert_null(none);
    sequencer_free(NULL);
}

#define SEQUENCER_TEST(name) cmocka_unit_test_setup_teardown(name, rig_use, rig_take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SEQUENCER_TEST(the_order_is_that_of_asking),
        SEQUENCER_TEST(nothing_is_begun_for_what_passes),
        SEQUENCER_TEST(a_run_is_one_transaction),
        SEQUENCER_TEST(a_newcomers_head_is_that_of_its_place),
        SEQUENCER_TEST(a_welcome_names_all_ones_rooms),
        SEQUENCER_TEST(a_room_loaded_in_the_batch_that_changes_it),
        SEQUENCER_TEST(typing_and_asking_are_for_those_inside),
        SEQUENCER_TEST(a_store_that_cannot_say_what_it_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
