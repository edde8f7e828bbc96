#include "chat/pool_rig.h"

#include <string.h>

/* Members from whom the kernel takes a part or nothing: rests of frames, growth, being lapped. */

enum { FIRST_CAP = 1024, LARGEST_CAP = 4096 };

static struct pool_rig rig;

static int use(void **state)
{
    (void)state;
    pool_rig_init(&rig);
    return 0;
}

static int take_down(void **state)
{
    (void)state;
    pool_rig_release(&rig);
    return 0;
}

static void join(struct wire *wire, uint64_t id)
{
    wire_init(wire, id);
    wire_enter(wire, rig.pool, LANE_TUTORIAL);
}

static void leave(struct wire *wire)
{
    wire_leave(wire);
    wire_release(wire);
}

static const char *const frames[] = {"[1]", "[second]", "[3rd]", "[f]"};
static const char everything[] = "[1][second][3rd][f]";

enum { FRAMES = 4, ALL_LEN = sizeof(everything) - 1 };

/* What is on the wire and what waits in the private queue end together where a frame ends. */
static void assert_whole_frames(const struct wire *wire)
{
    struct buffer both = {0};
    buffer_append(&both, wire->got.ptr, wire->got.len);
    buffer_append(&both, wire->queued.ptr, wire->queued.len);
    assert_true(both.len <= ALL_LEN);
    if (both.len > 0) {
        assert_memory_equal(both.ptr, everything, both.len);
        assert_int_equal(both.ptr[both.len - 1], ']');
    }
    buffer_release(&both);
}

/* The ring stands at place; one member's wire takes first and then second bytes, then all. */
static void stall_twice(uint64_t place, size_t first, size_t second)
{
    struct wire other, wire;
    pool_rig_init(&rig);
    pool_rig_move_to(&rig, place);
    join(&other, 1);
    join(&wire, 2);
    wire.room = first;
    for (int i = 0; i < FRAMES; i++)
        pool_rig_say_text(&rig, frames[i]);
    pool_flush(rig.pool);
    assert_int_equal(wire.got.len, first < ALL_LEN ? first : ALL_LEN);
    assert_whole_frames(&wire);
    wire_assert_got(&other, SLICE_LITERAL(everything));

    wire_open(&wire, second);
    assert_int_equal(wire.got.len, first + second < ALL_LEN ? first + second : ALL_LEN);
    assert_whole_frames(&wire);
    wire_open(&wire, SIZE_MAX);
    wire_assert_got(&wire, SLICE_LITERAL(everything));
    assert_int_equal(wire.queued.len, 0);
    assert_int_equal(pool_rig_metric(&rig, METRIC_LAGGING), 0);

    pool_rig_say_text(&rig, "!");
    pool_flush(rig.pool);
    assert_int_equal(wire.got.ptr[wire.got.len - 1], '!');
    leave(&other);
    leave(&wire);
    pool_rig_release(&rig);
}

static void a_member_stalls_at_every_byte(void **state)
{
    (void)state;
    for (size_t first = 0; first <= ALL_LEN; first++) {
        for (size_t second = 0; first + second <= ALL_LEN; second++)
            stall_twice(0, first, second);
    }
}

/* The same with the ring's end at each byte of the frames: two ranges. */
static void a_member_stalls_at_every_byte_of_two_ranges(void **state)
{
    (void)state;
    for (uint64_t before = 1; before < ALL_LEN; before++) {
        for (size_t first = 0; first <= ALL_LEN; first++)
            stall_twice(FIRST_CAP - before, first, (first * 7 + (size_t)before) % ALL_LEN);
    }
}

static void two_ranges_are_offered_where_the_ring_wraps(void **state)
{
    struct wire wire;
    (void)state;
    pool_rig_move_to(&rig, FIRST_CAP - 5);
    join(&wire, 1);
    pool_rig_say_text(&rig, "across the end");
    pool_flush(rig.pool);
    assert_int_equal(wires.two_ranges, 1);
    wire_assert_got(&wire, SLICE_LITERAL("across the end"));
    leave(&wire);
}

/* A frame that wraps, broken before, at and behind the wrap: its rest is one or two ranges. */
static void the_rest_of_a_wrapped_frame_is_whole(void **state)
{
    static const char frame[] = "0123456789abcdef";
    (void)state;
    for (size_t taken = 0; taken < sizeof(frame) - 1; taken++) {
        struct wire wire;
        pool_rig_init(&rig);
        pool_rig_move_to(&rig, FIRST_CAP - 8);
        join(&wire, 1);
        wire.room = taken;
        pool_rig_say_text(&rig, frame);
        pool_flush(rig.pool);
        /*
         * A frame of which nothing was taken stays in the ring; of a broken one the rest is copied.
         */
        assert_int_equal(wire.queued.len, taken ? sizeof(frame) - 1 - taken : 0);
        wire_open(&wire, SIZE_MAX);
        wire_assert_got(&wire, SLICE_LITERAL(frame));
        leave(&wire);
        pool_rig_release(&rig);
    }
}

static void a_lagging_member_costs_no_flush_until_it_drains(void **state)
{
    struct wire wire;
    (void)state;
    join(&wire, 1);
    wire.room = 0;
    pool_rig_say_text(&rig, "a");
    pool_flush(rig.pool);
    assert_int_equal(wires.calls, 1);
    for (int i = 0; i < 10; i++) {
        pool_rig_say_text(&rig, "b");
        pool_flush(rig.pool);
    }
    assert_int_equal(wires.calls, 1);
    wire_open(&wire, SIZE_MAX);
    assert_int_equal(wires.calls, 2); /* all of it in one send */
    wire_assert_got(&wire, SLICE_LITERAL("abbbbbbbbbb"));
    leave(&wire);
}

static void resuming_brings_what_is_not_flushed_yet_once(void **state)
{
    struct wire wire;
    (void)state;
    join(&wire, 1);
    wire.room = 1;
    pool_rig_say_text(&rig, "ab");
    pool_flush(rig.pool);
    pool_rig_say_text(&rig, "cd");
    wire_open(&wire, SIZE_MAX); /* before the flush of this turn */
    wire_assert_got(&wire, SLICE_LITERAL("abcd"));
    pool_flush(rig.pool);
    wire_assert_got(&wire, SLICE_LITERAL("abcd"));
    leave(&wire);
}

static void resuming_who_does_not_lag_does_nothing(void **state)
{
    struct wire wire;
    (void)state;
    join(&wire, 1);
    pool_rig_say_text(&rig, "ab");
    pool_resume(&wire.client, 0);
    assert_int_equal(wires.calls, 0);
    pool_flush(rig.pool);
    wire_assert_got(&wire, SLICE_LITERAL("ab"));
    leave(&wire);
}

static void one_that_is_closing_takes_nothing_more(void **state)
{
    struct wire wire, other;
    (void)state;
    join(&wire, 1);
    join(&other, 2);
    wire.closing = true;
    pool_rig_say_text(&rig, "ab");
    pool_flush(rig.pool);
    wire_assert_got(&wire, SLICE_LITERAL(""));
    wire_assert_got(&other, SLICE_LITERAL("ab"));
    assert_int_equal(wire.queued.len, 0);
    leave(&wire);
    leave(&other);
}

static void say_bytes(size_t len)
{
    uint8_t body[LARGEST_CAP * 4] = {0};
    assert_true(len <= sizeof(body));
    memset(body, 'x', len);
    pool_rig_say(&rig, body, len);
}

static size_t ring_cap(void)
{
    return rig.pool->lanes[LANE_TUTORIAL].ring.cap;
}

static void the_ring_does_not_grow_while_all_keep_up(void **state)
{
    struct wire wire;
    (void)state;
    join(&wire, 1);
    for (int i = 0; i < 100; i++) {
        say_bytes(100);
        pool_flush(rig.pool);
    }
    assert_int_equal(ring_cap(), FIRST_CAP);
    assert_int_equal(wire.got.len, 10000);
    leave(&wire);
}

/*
 * One lags by 100 bytes a message: the ring grows to its limit, then it is overtaken, and told
 * once.
 */
static void the_ring_grows_for_one_who_lags_then_laps_it(void **state)
{
    struct wire slow, fast;
    (void)state;
    join(&slow, 1);
    join(&fast, 2);
    slow.room = 0;
    for (size_t said = 0; said < LARGEST_CAP / 100; said++) {
        assert_int_equal(slow.lapped, 0);
        say_bytes(100);
        pool_flush(rig.pool);
    }
    assert_int_equal(ring_cap(), LARGEST_CAP);
    assert_int_equal(slow.lapped, 0);
    for (int i = 0; i < 200; i++) {
        say_bytes(100);
        pool_flush(rig.pool);
        assert_int_equal(slow.lapped, 1);
    }
    assert_int_equal(ring_cap(), LARGEST_CAP);
    assert_int_equal(rig.shared.rings_bytes, LARGEST_CAP);
    assert_int_equal(fast.lapped, 0);
    assert_int_equal(fast.got.len, 100 * (LARGEST_CAP / 100 + 200));

    wire_open(&slow, SIZE_MAX); /* it cannot be caught up */
    assert_int_equal(slow.got.len, 0);
    leave(&slow);
    leave(&fast);
}

static void a_lapped_member_still_gets_the_rest_of_its_frame(void **state)
{
    struct wire slow;
    (void)state;
    join(&slow, 1);
    slow.room = 30;
    for (int i = 0; i < 200; i++) {
        say_bytes(100);
        pool_flush(rig.pool);
    }
    assert_int_equal(slow.lapped, 1);
    wire_open(&slow, SIZE_MAX);
    assert_int_equal(slow.got.len, 100);
    leave(&slow);
}

static void one_who_drains_in_time_is_not_lapped(void **state)
{
    struct wire slow;
    (void)state;
    join(&slow, 1);
    slow.room = 0;
    for (int i = 0; i < 40; i++) {
        say_bytes(100);
        pool_flush(rig.pool);
    }
    wire_open(&slow, 1);
    wire_open(&slow, SIZE_MAX);
    assert_int_equal(slow.got.len, 4000);
    for (int i = 0; i < 100; i++) {
        say_bytes(100);
        pool_flush(rig.pool);
    }
    assert_int_equal(slow.lapped, 0);
    assert_int_equal(slow.got.len, 14000);
    leave(&slow);
}

static void one_who_left_holds_nothing_up(void **state)
{
    struct wire slow, fast;
    (void)state;
    join(&slow, 1);
    join(&fast, 2);
    slow.room = 0;
    for (int i = 0; i < 9; i++)
        say_bytes(100);
    pool_flush(rig.pool);
    leave(&slow);
    for (int i = 0; i < 100; i++) {
        say_bytes(100);
        pool_flush(rig.pool);
    }
    assert_int_equal(ring_cap(), FIRST_CAP);
    leave(&fast);
}

/* Bytes not yet offered are never overwritten, however full the gathering ring is. */
static void a_full_ring_interrupts_the_gathering(void **state)
{
    struct wire wire;
    (void)state;
    join(&wire, 1);
    for (int i = 0; i < 1000; i++)
        say_bytes(99);
    assert_true(wires.calls > 0);
    assert_true(rig.pool->due);
    assert_int_equal(ring_cap(), LARGEST_CAP);
    pool_flush(rig.pool);
    assert_int_equal(wire.got.len, 99000);
    assert_int_equal(wire.lapped, 0);
    leave(&wire);
}

static void the_workers_limit_keeps_rings_from_growing(void **state)
{
    struct wire slow;
    (void)state;
    rig.shared.limits.worker_bytes_max = 2048;
    join(&slow, 1);
    slow.room = 0;
    for (int i = 0; i < 40; i++) {
        say_bytes(100);
        pool_flush(rig.pool);
    }
    assert_int_equal(slow.lapped, 1);
    assert_int_equal(rig.shared.rings_bytes, 2048);
    leave(&slow);
}

static void a_frame_larger_than_the_ring_finds_room(void **state)
{
    const size_t lens[] = {LARGEST_CAP, LARGEST_CAP + 1, 4 * LARGEST_CAP, 5};
    struct wire slow, fast;
    size_t total = 3;
    (void)state;
    join(&fast, 1);
    join(&slow, 2);
    slow.room = 0;
    say_bytes(3);
    pool_flush(rig.pool);
    for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
        say_bytes(lens[i]);
        say_bytes(lens[i]);
        total += 2 * lens[i];
        pool_flush(rig.pool);
        assert_int_equal(fast.got.len, total);
    }
    assert_int_equal(slow.lapped, 1);
    assert_int_equal(fast.lapped, 0);
    assert_int_equal(ring_cap(), 4 * LARGEST_CAP);
    leave(&slow);
    leave(&fast);
}

static void rest_keeps_what_somebody_needs(void **state)
{
    struct wire slow;
    (void)state;
    join(&slow, 1);
    slow.room = 2;
    pool_rig_say_text(&rig, "abcd");
    pool_rig_say_text(&rig, "efgh");
    pool_flush(rig.pool);
    rig.now_ms += 20000;
    pool_rest(rig.pool);
    assert_int_equal(ring_cap(), FIRST_CAP);
    wire_open(&slow, SIZE_MAX);
    pool_rest(rig.pool);
    assert_int_equal(ring_cap(), 0);
    wire_assert_got(&slow, SLICE_LITERAL("abcdefgh"));
    leave(&slow);
}

/* Its last frame is broken, the rest lies in the private queue: it needs nothing of the ring. */
static void rest_frees_the_ring_of_one_who_only_drains(void **state)
{
    struct wire slow;
    (void)state;
    join(&slow, 1);
    slow.room = 2;
    pool_rig_say_text(&rig, "abcd");
    pool_flush(rig.pool);
    rig.now_ms += 20000;
    pool_rest(rig.pool);
    assert_int_equal(ring_cap(), 0);
    pool_rig_say_text(&rig, "efgh");
    pool_flush(rig.pool);
    wire_open(&slow, SIZE_MAX);
    assert_int_equal(slow.lapped, 0);
    wire_assert_got(&slow, SLICE_LITERAL("abcdefgh"));
    leave(&slow);
}

/*
 * Those who were lapped need nothing of the ring any more: they neither keep it nor make it grow.
 */
static void who_was_lapped_holds_nothing_up(void **state)
{
    struct wire slow, fast;
    (void)state;
    join(&slow, 1);
    join(&fast, 2);
    slow.room = 0;
    for (int i = 0; i < 100; i++) {
        say_bytes(100);
        pool_flush(rig.pool);
    }
    assert_int_equal(slow.lapped, 1);
    rig.now_ms += 20000;
    pool_rest(rig.pool);
    assert_int_equal(ring_cap(), 0);
    for (int i = 0; i < 100; i++) {
        say_bytes(100);
        pool_flush(rig.pool);
    }
    assert_int_equal(ring_cap(), FIRST_CAP);
    assert_int_equal(slow.lapped, 1);
    assert_int_equal(fast.got.len, 20000);
    leave(&slow);
    leave(&fast);
}

static void lanes_lag_apart(void **state)
{
    struct wire web, tutorial;
    (void)state;
    join(&tutorial, 1);
    wire_init(&web, 2);
    wire_enter(&web, rig.pool, LANE_WEB);
    web.room = 0;
    for (int i = 0; i < 100; i++) {
        say_bytes(100);
        pool_flush(rig.pool);
    }
    assert_int_equal(web.lapped, 0); /* it has a cursor: it goes on from the store */
    assert_int_equal(web.client.behind_count, 1);
    assert_int_equal(tutorial.got.len, 10000);
    assert_int_equal(ring_cap(), FIRST_CAP);
    assert_int_equal(rig.pool->lanes[LANE_WEB].ring.cap, LARGEST_CAP);
    leave(&tutorial);
    leave(&web);
}

#define POOL_TEST(name) cmocka_unit_test_setup_teardown(name, use, take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_member_stalls_at_every_byte),
        cmocka_unit_test(a_member_stalls_at_every_byte_of_two_ranges),
        POOL_TEST(two_ranges_are_offered_where_the_ring_wraps),
        cmocka_unit_test(the_rest_of_a_wrapped_frame_is_whole),
        POOL_TEST(a_lagging_member_costs_no_flush_until_it_drains),
        POOL_TEST(resuming_brings_what_is_not_flushed_yet_once),
        POOL_TEST(resuming_who_does_not_lag_does_nothing),
        POOL_TEST(one_that_is_closing_takes_nothing_more),
        POOL_TEST(the_ring_does_not_grow_while_all_keep_up),
        POOL_TEST(the_ring_grows_for_one_who_lags_then_laps_it),
        POOL_TEST(a_lapped_member_still_gets_the_rest_of_its_frame),
        POOL_TEST(one_who_drains_in_time_is_not_lapped),
        POOL_TEST(one_who_left_holds_nothing_up),
        POOL_TEST(a_full_ring_interrupts_the_gathering),
        POOL_TEST(the_workers_limit_keeps_rings_from_growing),
        POOL_TEST(a_frame_larger_than_the_ring_finds_room),
        POOL_TEST(rest_keeps_what_somebody_needs),
        POOL_TEST(rest_frees_the_ring_of_one_who_only_drains),
        POOL_TEST(who_was_lapped_holds_nothing_up),
        POOL_TEST(lanes_lag_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
