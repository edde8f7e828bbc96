#include "chat/pool_rig.h"

#include <string.h>

/* Who is a member, what is due and when. What happens to those who lag: pool_lag_test.c. */

enum { MANY = 700 };

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

static void nobody_costs_nothing(void **state)
{
    (void)state;
    pool_rig_say_text(&rig, "hello");
    assert_false(rig.pool->due);
    assert_int_equal(rig.encoded[LANE_TUTORIAL], 0);
    assert_int_equal(rig.shared.rings_bytes, 0);
    pool_flush(rig.pool);
    assert_int_equal(wires.calls, 0);
}

static void broadcasting_sends_nothing_until_the_flush(void **state)
{
    struct wire wire;
    (void)state;
    wire_init(&wire, 1);
    wire_enter(&wire, rig.pool, LANE_TUTORIAL);
    pool_rig_say_text(&rig, "one,");
    pool_rig_say_text(&rig, "two,");
    pool_rig_say_text(&rig, "three");
    assert_true(rig.pool->due);
    assert_int_equal(wires.calls, 0);
    pool_flush(rig.pool);
    assert_false(rig.pool->due);
    assert_int_equal(wires.calls, 1); /* three messages, one send */
    wire_assert_got(&wire, SLICE_LITERAL("one,two,three"));
    pool_flush(rig.pool);
    assert_int_equal(wires.calls, 1);
    wire_leave(&wire);
    wire_release(&wire);
}

static void gets_what_comes_after_registering_only(void **state)
{
    struct wire early, late;
    (void)state;
    wire_init(&early, 1);
    wire_init(&late, 2);
    wire_enter(&early, rig.pool, LANE_TUTORIAL);
    pool_rig_say_text(&rig, "before");
    wire_enter(&late, rig.pool, LANE_TUTORIAL);
    pool_flush(rig.pool);
    wire_assert_got(&early, SLICE_LITERAL("before"));
    wire_assert_got(&late, SLICE_LITERAL(""));
    pool_rig_say_text(&rig, "after");
    wire_leave(&early); /* what is not sent yet will not be */
    pool_flush(rig.pool);
    wire_assert_got(&early, SLICE_LITERAL("before"));
    wire_assert_got(&late, SLICE_LITERAL("after"));
    wire_leave(&late);
    wire_release(&early);
    wire_release(&late);
}

static void assert_consistent(const struct wire *list, size_t count)
{
    const struct lane *lane = &rig.pool->lanes[LANE_TUTORIAL];
    uint32_t found = 0;
    for (size_t i = 0; i < count; i++) {
        if (list[i].client.places_count == 0)
            continue;
        const struct place *place = &list[i].client.places[0];
        found++;
        assert_true(place->index < lane->members_count);
        assert_ptr_equal(lane->members[place->index].client, &list[i].client);
        assert_int_equal(list[i].blocked, place->index >= lane->ready_count);
    }
    assert_int_equal(found, lane->members_count);
    assert_int_equal(pool_members(rig.pool), found);
    assert_int_equal(pool_rig_metric(&rig, METRIC_MEMBERS), found);
    assert_int_equal(pool_rig_metric(&rig, METRIC_LAGGING), found - lane->ready_count);
}

/* Four members, each combination of who lags, gone in one of the 24 orders. */
static void leave_in_order(const unsigned order[4], unsigned lagging)
{
    struct wire list[4];
    for (unsigned i = 0; i < 4; i++) {
        wire_init(&list[i], i + 1);
        list[i].room = lagging & (1u << i) ? 2 : SIZE_MAX;
        wire_enter(&list[i], rig.pool, LANE_TUTORIAL);
    }
    pool_rig_say_text(&rig, "first");
    pool_flush(rig.pool);
    assert_consistent(list, 4);
    for (unsigned i = 0; i < 4; i++) {
        wire_leave(&list[order[i]]);
        assert_consistent(list, 4);
        pool_rig_say_text(&rig, "x");
        pool_flush(rig.pool);
    }
    for (unsigned i = 0; i < 4; i++) {
        struct slice all = SLICE_LITERAL("firstxxx");
        unsigned place = 0;
        while (order[place] != i)
            place++;
        all.len = lagging & (1u << i) ? 2 : strlen("first") + place;
        wire_assert_got(&list[i], all);
        wire_release(&list[i]);
    }
}

static void members_leave_in_every_order(void **state)
{
    (void)state;
    for (unsigned code = 0; code < 256; code++) {
        unsigned order[4] = {code & 3, code >> 2 & 3, code >> 4 & 3, code >> 6 & 3};
        if ((1u << order[0] | 1u << order[1] | 1u << order[2] | 1u << order[3]) != 15)
            continue;
        for (unsigned lagging = 0; lagging < 16; lagging++)
            leave_in_order(order, lagging);
    }
}

static void flushes_in_chunks(void **state)
{
    struct wire *list = test_calloc(MANY, sizeof(*list));
    (void)state;
    for (unsigned i = 0; i < MANY; i++) {
        wire_init(&list[i], i + 1);
        list[i].room = i % 3 ? SIZE_MAX : i % 8;
        wire_enter(&list[i], rig.pool, LANE_TUTORIAL);
    }
    pool_rig_say_text(&rig, "message");
    pool_flush(rig.pool);
    assert_int_equal(wires.calls, (MANY + 255) / 256);
    assert_int_equal(wires.entries, MANY);
    assert_int_equal(wires.entries_max, 256);
    assert_consistent(list, MANY);
    for (unsigned i = 0; i < MANY; i++) {
        if (list[i].blocked)
            wire_open(&list[i], SIZE_MAX);
    }
    assert_consistent(list, MANY);
    for (unsigned i = 0; i < MANY; i++) {
        wire_assert_got(&list[i], SLICE_LITERAL("message"));
        wire_leave(&list[i]);
        wire_release(&list[i]);
    }
    test_free(list);
}

static void a_full_chunk_is_one_call(void **state)
{
    struct wire *list = test_calloc(256, sizeof(*list));
    (void)state;
    for (unsigned i = 0; i < 256; i++) {
        wire_init(&list[i], i + 1);
        wire_enter(&list[i], rig.pool, LANE_TUTORIAL);
    }
    pool_rig_say_text(&rig, "message");
    pool_flush(rig.pool);
    assert_int_equal(wires.calls, 1);
    for (unsigned i = 0; i < 256; i++) {
        wire_leave(&list[i]);
        wire_release(&list[i]);
    }
    test_free(list);
}

static void each_dialect_is_asked_once_if_it_has_members(void **state)
{
    struct wire list[5];
    const enum lane_number lanes[5] = {LANE_TUTORIAL, LANE_WEB, LANE_TUTORIAL, LANE_WEB,
                                       LANE_WEB_DEFLATE};
    (void)state;
    for (unsigned i = 0; i < 5; i++) {
        wire_init(&list[i], i + 1);
        wire_enter(&list[i], rig.pool, lanes[i]);
    }
    pool_rig_say_text(&rig, "hi");
    assert_int_equal(rig.encoded[LANE_TUTORIAL], 1);
    assert_int_equal(rig.encoded[LANE_WEB], 1);
    assert_int_equal(rig.encoded[LANE_WEB_DEFLATE], 1); /* it shows nothing of this one */
    assert_int_equal(rig.encoded[LANE_TUTORIAL_DEFLATE], 0);
    assert_int_equal(pool_rig_metric(&rig, METRIC_MESSAGES_OUT), 2);
    pool_flush(rig.pool);
    wire_assert_got(&list[0], SLICE_LITERAL("hi"));
    wire_assert_got(&list[1], SLICE_LITERAL("Whi"));
    wire_assert_got(&list[2], SLICE_LITERAL("hi"));
    wire_assert_got(&list[3], SLICE_LITERAL("Whi"));
    wire_assert_got(&list[4], SLICE_LITERAL(""));
    for (unsigned i = 0; i < 5; i++) {
        wire_leave(&list[i]);
        wire_release(&list[i]);
    }
}

static void what_no_dialect_shows_is_not_due(void **state)
{
    struct wire wire;
    (void)state;
    wire_init(&wire, 1);
    wire_enter(&wire, rig.pool, LANE_WEB_DEFLATE);
    pool_rig_say_text(&rig, "hi");
    assert_false(rig.pool->due);
    assert_int_equal(rig.shared.rings_bytes, 0);
    wire_leave(&wire);
    wire_release(&wire);
}

/* A pool whose last broadcast is at most gather_ms ago waits for more; a quiet one does not. */
static void a_hot_pool_gathers(void **state)
{
    const struct {
        uint64_t after_ms, flush_in_ms;
    } cases[] = {{100, 0}, {1, 2}, {2, 2}, {3, 0}, {0, 2}, {1000000, 0}};
    struct wire wire;
    (void)state;
    wire_init(&wire, 1);
    wire_enter(&wire, rig.pool, LANE_TUTORIAL);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        rig.now_ms += cases[i].after_ms;
        pool_rig_say_text(&rig, "x");
        assert_true(rig.pool->due);
        assert_int_equal(rig.pool->flush_at_ms, rig.now_ms + cases[i].flush_in_ms);
        pool_flush(rig.pool);
    }
    wire_leave(&wire);
    wire_release(&wire);
}

static void gathering_does_not_wait_again_for_the_next(void **state)
{
    struct wire wire;
    (void)state;
    wire_init(&wire, 1);
    wire_enter(&wire, rig.pool, LANE_TUTORIAL);
    pool_rig_say_text(&rig, "a");
    pool_flush(rig.pool);
    pool_rig_say_text(&rig, "b");
    uint64_t flush_at_ms = rig.pool->flush_at_ms;
    assert_int_equal(flush_at_ms, rig.now_ms + 2);
    rig.now_ms++;
    pool_rig_say_text(&rig, "c"); /* gathering has begun: its end does not move */
    assert_int_equal(rig.pool->flush_at_ms, flush_at_ms);
    pool_flush(rig.pool);
    wire_assert_got(&wire, SLICE_LITERAL("abc"));
    wire_leave(&wire);
    wire_release(&wire);
}

static void rest_frees_the_rings_of_a_quiet_pool(void **state)
{
    struct wire wire;
    (void)state;
    wire_init(&wire, 1);
    wire_enter(&wire, rig.pool, LANE_TUTORIAL);
    pool_rig_say_text(&rig, "one");
    assert_int_equal(rig.shared.rings_bytes, 1024);
    rig.now_ms += 20000;
    pool_rest(rig.pool); /* it is due: not now */
    assert_int_equal(rig.shared.rings_bytes, 1024);
    pool_flush(rig.pool);
    rig.now_ms -= 10001;
    pool_rest(rig.pool); /* not quiet for long enough */
    assert_int_equal(rig.shared.rings_bytes, 1024);
    rig.now_ms += 1;
    pool_rest(rig.pool);
    assert_int_equal(rig.shared.rings_bytes, 0);
    assert_int_equal(pool_rig_metric(&rig, METRIC_RING_BYTES), 0);
    pool_rest(rig.pool);

    pool_rig_say_text(&rig, ",two");
    pool_flush(rig.pool);
    wire_assert_got(&wire, SLICE_LITERAL("one,two"));
    wire_leave(&wire);
    wire_release(&wire);
}

#define POOL_TEST(name) cmocka_unit_test_setup_teardown(name, use, take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        POOL_TEST(nobody_costs_nothing),
        POOL_TEST(broadcasting_sends_nothing_until_the_flush),
        POOL_TEST(gets_what_comes_after_registering_only),
        POOL_TEST(members_leave_in_every_order),
        POOL_TEST(flushes_in_chunks),
        POOL_TEST(a_full_chunk_is_one_call),
        POOL_TEST(each_dialect_is_asked_once_if_it_has_members),
        POOL_TEST(what_no_dialect_shows_is_not_due),
        POOL_TEST(a_hot_pool_gathers),
        POOL_TEST(gathering_does_not_wait_again_for_the_next),
        POOL_TEST(rest_frees_the_rings_of_a_quiet_pool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
