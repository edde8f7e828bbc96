#include "chat/hub_rig.h"

/*
 * When the pools of a worker are flushed, several of them, and when they are let go. One hot pool:
 * hub_test.c.
 */

enum { LOBBY = ROOM_LOBBY, GARDEN = 2 };

static struct wire wire, other;

static int use(void **state)
{
    int result = hub_rig_use(state);
    hub_rig_come(&wire, 1, LANE_WEB);
    hub_rig_come(&other, 2, LANE_WEB);
    hub_rig_deliver();
    return result;
}

static int take_down(void **state)
{
    hub_rig_go(&wire);
    hub_rig_go(&other);
    return hub_rig_take_down(state);
}

static void pools_are_flushed_each_in_its_time(void **state)
{
    struct wire third;
    (void)state;
    hub_flush_all(hub_rig.hub);
    other.got.len = wire.got.len = 0;
    hub_rig.in_room[GARDEN] = true;
    hub_rig.quiet = true;
    hub_rig_come(&third, 3, LANE_WEB);
    hub_rig_deliver();
    hub_rig.now_ms += 1000;
    hub_rig_elsewhere(EVENT_MESSAGE, LOBBY, "a");
    hub_rig_deliver();
    assert_int_equal(hub_flush(hub_rig.hub), UINT32_MAX);
    hub_rig.now_ms++;
    /* The lobby is hot now and gathers; the garden was quiet and does not. */
    hub_rig_elsewhere(EVENT_MESSAGE, LOBBY, "b");
    hub_rig_elsewhere(EVENT_MESSAGE, GARDEN, "x");
    hub_rig_deliver();
    assert_int_equal(hub_flush(hub_rig.hub), 2);
    wire_assert_got(&third, SLICE_LITERAL("ax"));
    hub_rig.now_ms++;
    hub_rig_elsewhere(EVENT_MESSAGE, GARDEN, "y");
    hub_rig_deliver();
    assert_int_equal(hub_flush(hub_rig.hub), 1); /* the sooner of the two */
    hub_rig.now_ms++;
    assert_int_equal(hub_flush(hub_rig.hub), 1);
    wire_assert_got(&third, SLICE_LITERAL("axb"));
    hub_rig.now_ms++;
    assert_int_equal(hub_flush(hub_rig.hub), UINT32_MAX);
    wire_assert_got(&third, SLICE_LITERAL("axby"));
    wire_assert_got(&wire, SLICE_LITERAL("ab"));
    hub_rig_go(&third);
}

/*
 * Posts of this worker that the writer has make a pool wait a moment for them, so that all go out
 * together.
 */
static void a_pool_waits_for_what_its_worker_has_asked(void **state)
{
    struct hub_limits limits = hub_rig_limits;
    struct wire one;
    (void)state;
    limits.pool.hold_ms = 1;
    limits.pool.gather_ms = 0;
    hub_rig_start(&limits);
    hub_rig_come(&one, 1, LANE_WEB);
    hub_rig_deliver();
    hub_rig_say(&one, "mine", "");
    struct event *mine = hub_rig.submitted[0];
    hub_rig.submitted_count = 0;
    hub_rig_elsewhere(EVENT_MESSAGE, LOBBY, "theirs");
    hub_rig_deliver();
    assert_int_equal(hub_flush(hub_rig.hub), 1);
    wire_assert_got(&one, SLICE_LITERAL(""));
    hub_rig_submit(mine);
    hub_rig_deliver();
    assert_int_equal(hub_flush(hub_rig.hub), UINT32_MAX);
    wire_assert_got(&one, SLICE_LITERAL("theirsmine"));
    assert_int_equal(wires.calls, 1);
    /* But not for long: the answer may be far away. */
    hub_rig_say(&one, "mine", "");
    mine = hub_rig.submitted[0];
    hub_rig.submitted_count = 0;
    hub_rig_elsewhere(EVENT_MESSAGE, LOBBY, "theirs");
    hub_rig_deliver();
    assert_int_equal(hub_flush(hub_rig.hub), 1);
    hub_rig.now_ms++;
    assert_int_equal(hub_flush(hub_rig.hub), UINT32_MAX);
    hub_rig_submit(mine);
    hub_rig_deliver();
    hub_rig_go(&one);
    hub_rig_take_down(NULL);
}

/*
 * Nobody here is in the room any more: its pool goes, and begins anew at the right place when
 * somebody comes.
 */
static void a_pool_that_nobody_needs_is_let_go(void **state)
{
    struct wire third;
    (void)state;
    hub_rig.in_room[GARDEN] = true;
    hub_rig_come(&third, 3, LANE_WEB);
    hub_rig_deliver();
    hub_rig_go_on(GARDEN, 3);
    hub_command(&third.client, &(struct command){.kind = EVENT_MESSAGE,
                                                 .room = GARDEN,
                                                 .message = {MESSAGE_TEXT, SLICE_LITERAL("last")}});
    struct event *last = hub_rig.submitted[0];
    hub_rig.submitted_count = 0;
    hub_rig_go(&third);
    hub_tick(hub_rig.hub); /* an answer is under way that will be taken off the pool */
    hub_rig_submit(last);
    hub_rig_deliver();
    hub_tick(hub_rig.hub);
    hub_rig_go_on(GARDEN, 2); /* nothing to this hub */
    hub_rig_come(&third, 3, LANE_WEB);
    hub_rig_deliver();
    third.got.len = 0;
    hub_rig_go_on(GARDEN, 1);
    wire_assert_got(&third, SLICE_LITERAL("7,"));
    hub_rig_go(&third);
}

#define FLUSH_TEST(name) cmocka_unit_test_setup_teardown(name, use, take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FLUSH_TEST(pools_are_flushed_each_in_its_time),
        cmocka_unit_test(a_pool_waits_for_what_its_worker_has_asked),
        FLUSH_TEST(a_pool_that_nobody_needs_is_let_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
