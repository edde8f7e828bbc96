#include "chat/hub_rig.h"

#include <string.h>

/*
 * Live clients that the ring overtakes while the kernel takes nothing: they go on from the store,
 * and come back with nothing lost and nothing doubled, wherever the kernel stopped.
 */

enum { LOBBY = ROOM_LOBBY, RING = 1024 };

static struct wire wire, other;

static void begin(uint32_t page_events)
{
    struct hub_limits limits = hub_rig_limits;
    limits.pool.ring_bytes_max = RING;
    hub_rig_start(&limits);
    hub_rig.page_events = page_events;
    hub_rig_come(&other, 1, LANE_WEB);
    hub_rig_come(&wire, 2, LANE_WEB);
    hub_rig_deliver();
    assert_int_equal(wire.readies, 1);
}

static void end(void)
{
    hub_rig_go(&wire);
    hub_rig_go(&other);
    hub_rig_take_down(NULL);
}

/*
 * Says so much in the lobby that a ring, which holds less than RING / 3 of these, has gone on
 * twice.
 */
static void go_far(void)
{
    hub_rig_go_on(LOBBY, 2 * RING / 3);
}

/* Drains the wire until the client is live and has all. */
static void catch_up(void)
{
    wire_open(&wire, SIZE_MAX);
    hub_rig_settle(&wire);
    wire_turn(&wire);
    assert_int_equal(wire.client.behind_count, 0);
    assert_int_equal(wire.queued.len, 0);
}

static void assert_has_all(void)
{
    uint64_t head = hub_rig.logs[LOBBY].head;
    /* The other one has seen it come. */
    hub_rig_assert_got(&wire, "", 0, head, "");
    hub_rig_assert_got(&other, "+", 0, head, "");
    assert_int_equal(wire.resets, 0);
    assert_int_equal(wire.readies, 1);
}

/*
 * The kernel takes so many bytes, then nothing; then again so many, in the middle of being fed;
 * then everything.
 */
static void stop_and_stop_again(size_t first, size_t second, uint32_t page_events)
{
    begin(page_events);
    wire.room = first;
    go_far();
    assert_int_equal(wire.client.behind_count, 1);
    assert_int_equal(hub_rig.reads_count,
                     0);              /* nothing is read for whom the kernel takes nothing */
    assert_true(wire.queued.len < 8); /* the rest of one frame */
    wire_open(&wire, second);
    for (unsigned i = 0; i < 3 && hub_rig.reads_count > 0; i++) {
        hub_rig_answer();
        wire_turn(&wire);
        hub_rig_go_on(LOBBY, 5);
    }
    go_far();
    catch_up();
    assert_has_all();
    hub_rig_go_on(LOBBY, 3);
    assert_has_all();
    assert_true(metrics_read(&hub_rig.metrics, METRIC_FED_PAGES) > 0);
    end();
}

static void stops_at_every_byte(void **state)
{
    (void)state;
    for (size_t first = 0; first <= 24; first++) {
        for (size_t second = 1; second <= 12; second++)
            stop_and_stop_again(first, second, second % 3 == 0 ? 1 : 7);
    }
}

static void stops_anywhere(void **state)
{
    (void)state;
    for (size_t first = 0; first < 1500; first += 29)
        stop_and_stop_again(first, 1 + first % 211, 1000);
}

/* The last page ends within what the ring holds: from there on the ring is enough. */
static void comes_back_by_the_ring(void **state)
{
    (void)state;
    begin(300);
    wire.room = 0;
    go_far();
    uint64_t head = hub_rig.logs[LOBBY].head;
    assert_true(head > 600 && head < 900);
    wire_open(&wire, SIZE_MAX); /* whose first frame came from the ring no more */
    unsigned asked = 0;
    for (; hub_rig.reads_count > 0; asked++) {
        hub_rig_answer();
        wire_turn(&wire);
    }
    wire_turn(&wire);
    assert_int_equal(asked, 2); /* 600; the rest is in the ring */
    assert_has_all();
    end();
}

/* A page is on its way while the wire is stuck: it waits in the queue, one page and no more. */
static void a_slow_reader_costs_one_page(void **state)
{
    (void)state;
    begin(10);
    wire.room = 0;
    go_far();
    for (unsigned i = 0; i < 500; i++) {
        wire_open(&wire, 3);
        while (hub_rig.reads_count > 0) {
            hub_rig_answer();
            wire_turn(&wire);
        }
        assert_true(wire.queued.len <= 10 * 5);
        hub_rig_go_on(LOBBY, 1);
    }
    catch_up();
    assert_has_all();
    end();
}

static void what_passes_does_not_count(void **state)
{
    (void)state;
    begin(1000);
    hub_rig_go_on(LOBBY, 3);
    wire.room = 0;
    for (unsigned i = 0; i < 2 * RING; i++) {
        hub_rig_elsewhere(EVENT_TYPING, LOBBY, "");
        hub_rig_deliver();
        hub_flush_all(hub_rig.hub);
    }
    assert_int_equal(wire.client.behind_count, 1);
    wire_open(&wire, SIZE_MAX);
    assert_int_equal(hub_rig.reads_count, 0); /* it has all that is kept */
    assert_int_equal(wire.client.behind_count, 0);
    hub_rig_assert_got(&wire, "", 0, 3, "");
    hub_rig_go_on(LOBBY, 1);
    hub_rig_assert_got(&wire, "", 0, 4, "");
    end();
}

/* However far: at hello it would have been a reset, but who is live is never truncated. */
static void who_was_live_is_never_reset(void **state)
{
    (void)state;
    begin(20);
    wire.room = 0;
    hub_rig_go_on(LOBBY, 20 * hub_rig_limits.replay_max);
    catch_up();
    assert_has_all();
    end();
}

/* The log itself has gone on without it, and its beginning was taken away. */
static void unless_the_log_begins_later(void **state)
{
    (void)state;
    begin(1000);
    wire.speaks = true;
    wire.room = 0;
    go_far();
    hub_rig.logs[LOBBY].first = 100;
    wire_open(&wire, SIZE_MAX);
    hub_rig_settle(&wire);
    wire_turn(&wire);
    assert_int_equal(wire.resets, 1);
    assert_false(hub_rig.reset.diverged);
    assert_int_equal(hub_rig.reset.head, hub_rig.logs[LOBBY].head);
    wire_assert_got(&wire, SLICE_LITERAL("<truncated>"));
    wire.got.len = 0;
    hub_rig_go_on(LOBBY, 1);
    hub_rig_assert_got(&wire, "", hub_rig.logs[LOBBY].head - 1, hub_rig.logs[LOBBY].head, "");
    end();
}

static void visitors_are_lapped(void **state)
{
    struct wire visitor;
    (void)state;
    begin(1000);
    hub_rig_come(&visitor, 3, LANE_TUTORIAL);
    hub_rig_deliver();
    visitor.room = 0;
    go_far();
    assert_int_equal(visitor.lapped, 1);
    assert_int_equal(visitor.client.behind_count, 0);
    wire_open(&visitor, SIZE_MAX);
    assert_int_equal(visitor.got.len, 0);
    assert_int_equal(hub_rig.reads_count, 0);
    hub_rig_go(&visitor);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stops_at_every_byte),
        cmocka_unit_test(stops_anywhere),
        cmocka_unit_test(comes_back_by_the_ring),
        cmocka_unit_test(a_slow_reader_costs_one_page),
        cmocka_unit_test(what_passes_does_not_count),
        cmocka_unit_test(who_was_live_is_never_reset),
        cmocka_unit_test(unless_the_log_begins_later),
        cmocka_unit_test(visitors_are_lapped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
