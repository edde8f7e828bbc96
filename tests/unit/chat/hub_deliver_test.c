#include "chat/hub_rig.h"

#include "chat/roster.h"

/* What comes back from the sequencer: who is shown it, and whom it answers. */

static void a_newcomer_is_a_member_from_its_answer_on(void **state)
{
    struct wire old, new;
    (void)state;
    hub_rig_come(&old, 1, LANE_TUTORIAL);
    hub_rig_deliver();
    hub_rig_say(&old, "before", "");
    hub_rig_come(&new, 2, LANE_TUTORIAL);
    hub_rig_say(&new, "after", "");
    hub_rig_deliver();
    hub_flush_all(hub_rig.hub);
    wire_assert_got(&old, SLICE_LITERAL("before+after"));
    wire_assert_got(&new, SLICE_LITERAL("after"));
    assert_int_equal(hub_rig.answer.places, 0); /* its place comes after the answer */
    assert_int_equal(new.client.places_count, 1);
    hub_rig_go(&old);
    hub_rig_go(&new);
}

static void a_person_does_not_see_itself_come(void **state)
{
    struct wire old, new;
    (void)state;
    hub_rig_come(&old, 1, LANE_WEB);
    hub_rig_deliver();
    hub_rig_come(&new, 2, LANE_WEB);
    hub_rig_deliver();
    hub_rig_say(&new, "after", "");
    hub_rig_deliver();
    assert_int_equal(new.answers, 1);
    hub_flush_all(hub_rig.hub);
    wire_assert_got(&old, SLICE_LITERAL("+after"));
    wire_assert_got(&new, SLICE_LITERAL("after"));
    hub_rig_go(&old);
    hub_rig_go(&new);
}

static void who_left_before_the_answer_never_becomes_a_member(void **state)
{
    struct wire other, wire;
    (void)state;
    hub_rig_come(&other, 1, LANE_TUTORIAL);
    hub_rig_deliver();
    hub_rig_come(&wire, 2, LANE_TUTORIAL);
    hub_rig_go(&wire);
    hub_rig_deliver();
    hub_flush_all(hub_rig.hub);
    assert_int_equal(wire.answers, 0);
    assert_int_equal(metrics_read(&hub_rig.metrics, METRIC_CLIENTS), 1);
    wire_assert_got(&other, SLICE_LITERAL("+-"));
    hub_rig_go(&other);
}

static void only_who_asked_is_answered(void **state)
{
    struct wire one, two;
    (void)state;
    hub_rig_come(&one, 1, LANE_WEB);
    hub_rig_come(&two, 2, LANE_WEB);
    hub_rig_deliver();
    hub_rig_say(&one, "a", "c1");
    hub_rig_say(&two, "b", ""); /* wants no reply */
    hub_rig_deliver();
    assert_int_equal(hub_rig.answer.count, 3);
    assert_ptr_equal(hub_rig.answer.client, &one.client);
    assert_int_equal(hub_rig.answer.kind, EVENT_MESSAGE);
    assert_int_equal(hub_rig.answer.seq, 1);
    hub_flush_all(hub_rig.hub);
    wire_assert_got(&one, SLICE_LITERAL("+ab"));
    wire_assert_got(&two, SLICE_LITERAL("ab"));
    hub_rig_go(&one);
    hub_rig_go(&two);
}

static void what_failed_or_was_said_before_is_shown_to_nobody(void **state)
{
    struct wire wire;
    (void)state;
    hub_rig_come(&wire, 1, LANE_WEB);
    hub_rig_deliver();
    hub_rig_say(&wire, "refused", "c1");
    hub_rig_say(&wire, "again", "c2");
    hub_rig.submitted[0]->result = ERR_EXISTS;
    hub_rig.submitted[1]->dup = true;
    hub_rig.submitted[1]->seq = 41;
    hub_rig_deliver();
    assert_int_equal(wire.answers, 3);
    assert_int_equal(hub_rig.answer.seq, 41);
    hub_flush_all(hub_rig.hub);
    wire_assert_got(&wire, SLICE_LITERAL(""));
    hub_rig_go(&wire);
}

/* The batch is for all workers: an event of another one is shown, and answered there. */
static void another_workers_event_is_shown_but_not_answered(void **state)
{
    struct wire wire;
    (void)state;
    hub_rig_come(&wire, 1, LANE_WEB);
    hub_rig_deliver();
    hub_rig_say(&wire, "hello", "c");
    struct event *theirs = hub_rig_elsewhere(EVENT_MESSAGE, ROOM_LOBBY, "theirs");
    theirs->has_command = true;
    theirs->origin.slot = wire.client.slot;
    theirs->origin.generation = wire.client.generation;
    hub_rig_deliver();
    assert_int_equal(wire.answers, 2);
    hub_flush_all(hub_rig.hub);
    wire_assert_got(&wire, SLICE_LITERAL("hellotheirs"));
    assert_false(hub_is_busy(&wire.client));
    hub_rig_go(&wire);
}

static void notices_go_where_they_happened(void **state)
{
    struct wire wire;
    (void)state;
    hub_rig_come(&wire, 1, LANE_WEB);
    hub_rig_deliver();
    hub_rig_elsewhere(EVENT_CAME, ROOM_LOBBY, "");
    hub_rig_elsewhere(EVENT_WENT, 2, ""); /* of a room where nobody is */
    hub_rig_deliver();
    hub_flush_all(hub_rig.hub);
    wire_assert_got(&wire, SLICE_LITERAL("+"));
    hub_rig_go(&wire);
}

static void only_typing_that_went_well_is_shown(void **state)
{
    struct wire one, two;
    (void)state;
    hub_rig_come(&one, 1, LANE_WEB);
    hub_rig_come(&two, 2, LANE_WEB);
    hub_rig_deliver();
    hub_flush_all(hub_rig.hub);
    two.got.len = 0;
    assert_int_equal(hub_typing(&one.client, ROOM_LOBBY, SLICE_LITERAL("t")), OK);
    assert_int_equal(hub_typing(&one.client, ROOM_LOBBY, SLICE_LITERAL("t")), OK);
    hub_rig.submitted[1]->result = ERR_NOT_FOUND;
    hub_rig_deliver();
    assert_int_equal(one.answers, 3);
    assert_int_equal(hub_rig.answer.result, ERR_NOT_FOUND);
    hub_flush_all(hub_rig.hub);
    wire_assert_got(&two, SLICE_LITERAL("~"));
    hub_rig_go(&one);
    hub_rig_go(&two);
}

static void who_is_here_is_for_who_asked(void **state)
{
    struct wire wire;
    (void)state;
    hub_rig_come(&wire, 1, LANE_WEB);
    hub_rig_deliver();
    assert_int_equal(hub_who(&wire.client, ROOM_LOBBY, SLICE_LITERAL("w")), OK);
    hub_rig.submitted[0]->roster = roster_view_new(0);
    hub_rig_deliver();
    assert_int_equal(hub_rig.answer.kind, EVENT_WHO);
    hub_flush_all(hub_rig.hub);
    wire_assert_got(&wire, SLICE_LITERAL(""));
    hub_rig_go(&wire);
}

static void a_newcomer_never_gets_the_answer_of_the_dead(void **state)
{
    struct wire dead, newcomer;
    (void)state;
    hub_rig_come(&dead, 1, LANE_WEB);
    hub_rig_deliver();
    hub_rig_say(&dead, "last words", "c1");
    uint32_t slot = dead.client.slot;
    hub_rig_go(&dead);
    hub_rig_come(&newcomer, 2, LANE_WEB);
    assert_int_equal(newcomer.client.slot, slot);
    assert_int_equal(hub_rig.submitted_count, 3);
    hub_rig_deliver();
    assert_int_equal(newcomer.answers, 1); /* its own HELLO */
    assert_int_equal(dead.answers, 1);
    assert_int_equal(hub_rig.answer.kind, EVENT_HELLO);
    hub_rig_say(&newcomer, "first words", "c2");
    hub_rig_deliver();
    assert_int_equal(hub_rig.answer.seq, 2);
    hub_flush_all(hub_rig.hub);
    wire_assert_got(&newcomer, SLICE_LITERAL("first words"));
    hub_rig_go(&newcomer);
}

/*
 * Many come and go while answers are under way; each hub_rig.answer finds the client that asked or
 * nobody.
 */
static void slots_are_used_again_and_again(void **state)
{
    enum { PLACES = 60 };
    struct wire *list = test_calloc(PLACES, sizeof(*list));
    unsigned asked[PLACES] = {0};
    (void)state;
    for (unsigned i = 0; i < PLACES; i++)
        hub_rig_come(&list[i], i + 1, LANE_WEB);
    hub_rig_deliver();
    for (unsigned round = 0; round < 50; round++) {
        for (unsigned i = round % 3; i < PLACES; i += 3) {
            hub_rig_say(&list[i], "x", "c");
            if (i % 2) {
                hub_rig_go(&list[i]);
                hub_rig_come(&list[i], i + 1, LANE_WEB);
                asked[i] = 0;
            } else {
                asked[i]++;
            }
        }
        hub_rig_deliver();
        for (unsigned i = 0; i < PLACES; i++)
            assert_int_equal(list[i].answers, asked[i] + 1);
        hub_flush_all(hub_rig.hub);
    }
    for (unsigned i = 0; i < PLACES; i++)
        hub_rig_go(&list[i]);
    test_free(list);
}

#define HUB_TEST(name) cmocka_unit_test_setup_teardown(name, hub_rig_use, hub_rig_take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HUB_TEST(a_newcomer_is_a_member_from_its_answer_on),
        HUB_TEST(a_person_does_not_see_itself_come),
        HUB_TEST(who_left_before_the_answer_never_becomes_a_member),
        HUB_TEST(only_who_asked_is_answered),
        HUB_TEST(what_failed_or_was_said_before_is_shown_to_nobody),
        HUB_TEST(another_workers_event_is_shown_but_not_answered),
        HUB_TEST(notices_go_where_they_happened),
        HUB_TEST(only_typing_that_went_well_is_shown),
        HUB_TEST(who_is_here_is_for_who_asked),
        HUB_TEST(a_newcomer_never_gets_the_answer_of_the_dead),
        HUB_TEST(slots_are_used_again_and_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
