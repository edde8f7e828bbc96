#include "chat/hub_rig.h"

#include <string.h>

/*
 * The connections of one person: what only they are told, and the goodbye that each of them owes.
 */

enum { LOBBY = ROOM_LOBBY, GARDEN = 2, ANN = HUB_RIG_PERSON + 1, BEA = HUB_RIG_PERSON + 3 };

static struct wire first, second, other;

/* Ann with two windows, and Bea. */
static const uint8_t cid[CID_BYTES] = {1};

static int use(void **state)
{
    int result = hub_rig_use(state);
    hub_rig.quiet = true;
    hub_rig_come(&first, 1, LANE_WEB);
    hub_rig_come(&second, 2, LANE_WEB);
    hub_rig.submitted[1]->person = ANN;
    hub_rig_come(&other, 3, LANE_WEB);
    hub_rig_deliver();
    assert_int_equal(first.client.person, ANN);
    assert_int_equal(second.client.person, ANN);
    assert_int_equal(other.client.person, BEA);
    first.speaks = second.speaks = other.speaks = true;
    return result;
}

static int take_down(void **state)
{
    hub_rig_go(&first);
    hub_rig_go(&second);
    hub_rig_go(&other);
    return hub_rig_take_down(state);
}

static void flush(void)
{
    hub_rig_deliver();
    wire_turn(&first);
    wire_turn(&second);
    wire_turn(&other);
    hub_flush_all(hub_rig.hub);
}

static struct event *personal(enum event_kind kind, uint64_t room, uint64_t person)
{
    struct event *event = hub_rig_elsewhere(kind, room, "");
    event->person = person;
    if (kind == EVENT_ADDED)
        event->info = room_info_copy(&(struct room_info){
            .id = room,
            .head = hub_rig.logs[room].head,
            .mid = hub_rig_mid(room, hub_rig.logs[room].head),
        });
    return event;
}

static void coming_into_a_room_is_told_to_all_ones_windows(void **state)
{
    (void)state;
    hub_command(&first.client, &(struct command){.kind = EVENT_JOINED,
                                                 .room = GARDEN,
                                                 .cid = cid,
                                                 .command_id = SLICE_LITERAL("j")});
    struct event *joined = hub_rig.submitted[0];
    hub_rig.submitted_count = 0;
    personal(EVENT_ADDED, GARDEN, ANN); /* as the sequencer has it: just before */
    hub_rig_submit(joined);
    hub_rig_elsewhere(EVENT_MESSAGE, GARDEN, "welcome");
    flush();
    wire_assert_got(&first, SLICE_LITERAL("<added><answer>Jwelcome"));
    wire_assert_got(&second, SLICE_LITERAL("<added>Jwelcome"));
    wire_assert_got(&other, SLICE_LITERAL(""));
    assert_int_equal(first.client.places_count, 2);
    assert_int_equal(other.client.places_count, 1);
    assert_int_equal(first.readies, 1); /* that was its hello; a new room is no news of it */
    assert_int_equal(hub_rig.personal.places, 1);
    personal(EVENT_ADDED, GARDEN, ANN); /* it has it already */
    flush();
    assert_int_equal(first.personals, 1);
}

static void going_is_told_to_all_ones_windows(void **state)
{
    (void)state;
    personal(EVENT_ADDED, GARDEN, ANN);
    personal(EVENT_ADDED, GARDEN, BEA);
    flush();
    hub_rig_elsewhere(EVENT_LEFT, GARDEN, "");
    personal(EVENT_GONE, GARDEN, ANN);
    hub_rig_elsewhere(EVENT_MESSAGE, GARDEN, "without her");
    flush();
    wire_assert_got(&other, SLICE_LITERAL("<added>Lwithout her"));
    wire_assert_got(&second, SLICE_LITERAL("<added><gone>"));
    assert_int_equal(first.client.places_count, 1);
    assert_int_equal(hub_typing(&first.client, GARDEN, SLICE_LITERAL("t")), ERR_NOT_FOUND);
    personal(EVENT_GONE, GARDEN, ANN);
    flush();
    assert_int_equal(first.personals, 2); /* it was not there any more */
}

/*
 * The event that says it is the last one that they see; it is in the ring when their membership
 * ends.
 */
static void who_leaves_sees_itself_leave(void **state)
{
    (void)state;
    personal(EVENT_ADDED, GARDEN, ANN);
    flush();
    hub_rig_elsewhere(EVENT_LEFT, GARDEN, "");
    hub_rig_deliver();
    hub_flush_all(hub_rig.hub);
    personal(EVENT_GONE, GARDEN, ANN);
    flush();
    wire_assert_got(&first, SLICE_LITERAL("<added>L<gone>"));
}

static void a_read_mark_is_told_to_the_other_windows(void **state)
{
    (void)state;
    assert_int_equal(hub_mark_read(&first.client, LOBBY, 7, SLICE_LITERAL("r")), OK);
    assert_int_equal(hub_rig.submitted[0]->seq, 7);
    flush();
    wire_assert_got(&first, SLICE_LITERAL("<answer>"));
    wire_assert_got(&second, SLICE_LITERAL("<read>"));
    wire_assert_got(&other, SLICE_LITERAL(""));
    assert_int_equal(hub_rig.personal.kind, EVENT_READ);
    assert_int_equal(hub_rig.personal.seq, 7);
    hub_mark_read(&first.client, LOBBY, 7, SLICE_LITERAL("r"));
    hub_mark_read(&first.client, LOBBY, 8, SLICE_LITERAL("r"));
    hub_rig.submitted[0]->unchanged = true;
    hub_rig.submitted[1]->result = ERR_BUSY;
    flush();
    assert_int_equal(first.answers, 4);
    assert_int_equal(second.personals, 1);
    personal(EVENT_READ, LOBBY, ANN)->seq = 9; /* from another worker */
    flush();
    assert_int_equal(first.personals, 1);
    assert_int_equal(second.personals, 2);
}

/* Hundreds of people in chains of a table that grows; each is told what is its own. */
static void many_people_are_found(void **state)
{
    enum { MANY = 300 };
    struct wire *list = test_calloc(MANY, sizeof(*list));
    (void)state;
    for (unsigned i = 0; i < MANY; i++) {
        hub_rig_come(&list[i], 1000 + i, LANE_WEB);
        hub_rig.submitted[hub_rig.submitted_count - 1]->person = 5000 + 64 * (uint64_t)(i / 2);
    }
    hub_rig_deliver();
    for (unsigned i = 0; i < MANY; i += 2)
        personal(EVENT_READ, LOBBY, 5000 + 64 * (uint64_t)(i / 2));
    for (unsigned i = 0; i < MANY; i += 4)
        hub_rig_go(&list[i]);
    hub_rig_deliver();
    for (unsigned i = 0; i < MANY; i++) {
        assert_int_equal(list[i].personals, i % 4 != 0);
        if (i % 4 != 0)
            hub_rig_go(&list[i]);
    }
    test_free(list);
}

/* ---- the goodbye ---- */

static const struct event *last_submitted(void)
{
    assert_true(hub_rig.submitted_count > 0);
    return hub_rig.submitted[hub_rig.submitted_count - 1];
}

static void a_window_says_goodbye_for_itself(void **state)
{
    (void)state;
    hub_rig_go(&second);
    assert_int_equal(hub_rig.submitted_count, 1);
    assert_int_equal(last_submitted()->kind, EVENT_BYE);
    assert_int_equal(last_submitted()->person, ANN);
    assert_int_equal(last_submitted()->client, 2);
    assert_true(last_submitted()->active && !last_submitted()->visitor);
    hub_rig_deliver();
    personal(EVENT_READ, LOBBY, ANN);
    hub_rig_deliver();
    assert_int_equal(first.personals, 1);
    hub_rig_come(&second, 2, LANE_WEB);
    hub_rig_deliver();
}

/*
 * It goes while its hello is under way: nobody knows yet who it is, and the goodbye is owed when
 * the answer comes.
 */
static void going_before_the_answer(void **state)
{
    struct wire wire;
    (void)state;
    for (unsigned active = 0; active < 2; active++) {
        hub_rig_come(&wire, 9, LANE_WEB);
        hub_rig.submitted[0]->active = active;
        hub_rig_go(&wire);
        assert_int_equal(hub_rig.submitted_count, 1);
        hub_rig_deliver();
        assert_int_equal(hub_rig.submitted_count, 1);
        assert_int_equal(last_submitted()->kind, EVENT_BYE);
        assert_int_equal(last_submitted()->person, HUB_RIG_PERSON + 9);
        assert_int_equal(last_submitted()->client, 9);
        assert_int_equal(last_submitted()->active, active);
        hub_rig_deliver();
    }
    hub_rig_come(&wire, 9, LANE_WEB); /* but not when it was not let in */
    hub_rig.submitted[0]->result = ERR_DENIED;
    hub_rig_go(&wire);
    hub_rig_deliver();
    assert_int_equal(hub_rig.submitted_count, 0);
}

static void going_while_a_second_hello_is_under_way(void **state)
{
    (void)state;
    hub_rig_hello(&second, NULL);
    hub_rig_go(&second);
    assert_int_equal(hub_rig.submitted_count, 2);
    assert_int_equal(last_submitted()->kind, EVENT_BYE);
    hub_rig_deliver();
    assert_int_equal(hub_rig.submitted_count, 0); /* one goodbye for one coming */
    hub_rig_come(&second, 2, LANE_WEB);
    hub_rig_deliver();
}

static void another_workers_hello_is_nothing_to_this_one(void **state)
{
    (void)state;
    struct event *hello = hub_rig_elsewhere(EVENT_HELLO, 0, "");
    hello->welcome = welcome_new();
    hello->client = 99;
    hub_rig_deliver();
    assert_int_equal(hub_rig.submitted_count, 0);
}

static void visitors_say_goodbye_at_once(void **state)
{
    struct wire wire;
    (void)state;
    hub_rig_come(&wire, 9, LANE_TUTORIAL);
    hub_rig_go(&wire);
    assert_int_equal(hub_rig.submitted_count, 2);
    assert_true(last_submitted()->visitor);
    assert_int_equal(last_submitted()->person, 9);
    hub_rig_deliver();
    assert_int_equal(hub_rig.submitted_count, 0);
}

/* What the sequencer counts is what it was told; a goodbye has to take off just that. */
static void a_goodbye_says_what_was_said_last_of_the_focus(void **state)
{
    (void)state;
    hub_rig_hello(&second, NULL); /* active, as before */
    assert_int_equal(hub_set_active(&second.client, false, SLICE_LITERAL("a")), OK);
    hub_rig_deliver(); /* the answer of the hello does not undo it */
    assert_false(second.client.active);
    hub_rig_hello(&second, NULL); /* active again by it: told as a change */
    assert_int_equal(hub_rig.submitted_count, 2);
    assert_int_equal(hub_rig.submitted[0]->kind, EVENT_ACTIVE);
    assert_true(hub_rig.submitted[0]->active);
    hub_rig_deliver();
    assert_true(second.client.active);
    hub_set_active(&second.client, false, SLICE_LITERAL("a"));
    hub_set_active(&second.client, false, SLICE_LITERAL("a"));
    hub_set_active(&second.client, false, slice_of(NULL, 0));
    assert_int_equal(hub_rig.submitted_count, 1); /* what does not change is not told */
    hub_rig_go(&second);
    assert_false(last_submitted()->active);
    hub_rig_come(&second, 2, LANE_WEB);
    hub_rig_deliver();
}

#define PEOPLE_TEST(name) cmocka_unit_test_setup_teardown(name, use, take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PEOPLE_TEST(coming_into_a_room_is_told_to_all_ones_windows),
        PEOPLE_TEST(going_is_told_to_all_ones_windows),
        PEOPLE_TEST(who_leaves_sees_itself_leave),
        PEOPLE_TEST(a_read_mark_is_told_to_the_other_windows),
        PEOPLE_TEST(many_people_are_found),
        PEOPLE_TEST(a_window_says_goodbye_for_itself),
        PEOPLE_TEST(going_before_the_answer),
        PEOPLE_TEST(going_while_a_second_hello_is_under_way),
        PEOPLE_TEST(another_workers_hello_is_nothing_to_this_one),
        PEOPLE_TEST(visitors_say_goodbye_at_once),
        PEOPLE_TEST(a_goodbye_says_what_was_said_last_of_the_focus),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
