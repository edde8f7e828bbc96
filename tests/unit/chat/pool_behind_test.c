#include "chat/pool_rig.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"

/*
 * Members that have a cursor: where they stand when the ring has overtaken them, and how they come
 * back.
 */

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

/* A client of many rooms has many places; when one goes, another takes its number. */
static void a_place_may_be_numbered_anew(void **state)
{
    struct wire wire;
    (void)state;
    wire_init(&wire, 1);
    wire_enter(&wire, rig.pool, LANE_WEB);
    wire.client.places = mem_realloc(wire.client.places, 6 * sizeof(struct place));
    wire.client.places[5] = wire.client.places[0];
    pool_renumber(&wire.client, 5);
    wire.room = 0;
    pool_rig_say_text(&rig, "hi");
    pool_flush(rig.pool);
    wire.room = SIZE_MAX;
    wire.blocked = false;
    pool_resume(&wire.client, 5);
    wire_assert_got(&wire, SLICE_LITERAL("Whi"));
    pool_unregister(&wire.client, 5);

    pool_put_behind(rig.pool, &(struct behind){.client = &wire.client, .place = 5, .seq = 1});
    wire.client.places[2] = wire.client.places[5];
    pool_renumber(&wire.client, 2);
    assert_int_equal(pool_behind(&wire.client, 2)->place, 2);
    pool_unregister(&wire.client, 2);
    mem_free(wire.client.places);
    wire.client.places_count = 0;
    wire_release(&wire);
}

/* Those who stand behind lie in an array without holes, whatever order they go in. */
static void who_is_behind_is_found_again(void **state)
{
    enum { COUNT = 9 };
    struct wire list[COUNT];
    (void)state;
    for (unsigned i = 0; i < COUNT; i++) {
        wire_init(&list[i], i + 1);
        wire_enter(&list[i], rig.pool, LANE_WEB);
        pool_unregister(&list[i].client, 0);
        pool_put_behind(rig.pool, &(struct behind){.client = &list[i].client, .seq = 10 + i});
        assert_int_equal(list[i].client.behind_count, 1);
    }
    assert_int_equal(pool_members(rig.pool), 0);
    assert_int_equal(pool_rig_metric(&rig, METRIC_BEHIND), COUNT);
    for (unsigned gone = 0; gone < COUNT; gone++) {
        unsigned which = gone * 4 % COUNT;
        wire_leave(&list[which]);
        assert_int_equal(list[which].client.behind_count, 0);
        for (unsigned i = 0; i < COUNT; i++) {
            if (list[i].client.behind_count > 0)
                assert_int_equal(pool_behind(&list[i].client, 0)->seq, 10 + i);
        }
        wire_release(&list[which]);
    }
    assert_int_equal(rig.pool->behind_count, 0);
}

static void registering_after_an_event_sends_what_follows(void **state)
{
    struct wire other, wire;
    (void)state;
    wire_init(&other, 1);
    wire_init(&wire, 2);
    wire_enter(&other, rig.pool, LANE_WEB);
    wire_enter(&wire, rig.pool, LANE_WEB);
    for (unsigned i = 0; i < 5; i++) {
        pool_rig_say_text(&rig, (const char *[]){"1", "2", "3", "4", "5"}[i]);
        pool_rig_hint(&rig, "~");
    }
    pool_flush(rig.pool);
    pool_unregister(&wire.client, 0);
    wire.got.len = 0;
    assert_false(pool_register_after(rig.pool, &wire.client, 0, 5)); /* 6 is not there yet */
    assert_true(pool_register_after(rig.pool, &wire.client, 0, 3));
    wire_assert_got(&wire, SLICE_LITERAL("W4W~W5W~"));
    pool_rig_say_text(&rig, "6");
    pool_flush(rig.pool);
    wire_assert_got(&wire, SLICE_LITERAL("W4W~W5W~W6"));
    wire_leave(&wire);
    wire_leave(&other);
    wire_release(&wire);
    wire_release(&other);
}

/*
 * While nobody was there nothing was appended: the ring has a hole, and nobody may be led across
 * it.
 */
static void a_ring_is_forgotten_when_all_have_gone(void **state)
{
    struct wire first, second;
    (void)state;
    wire_init(&first, 1);
    wire_init(&second, 2);
    wire_enter(&first, rig.pool, LANE_WEB);
    pool_rig_say_text(&rig, "1");
    pool_flush(rig.pool);
    wire_leave(&first);
    pool_rig_say_text(&rig, "2"); /* for nobody */
    wire_enter(&second, rig.pool, LANE_WEB);
    pool_rig_say_text(&rig, "3");
    wire_enter(&first, rig.pool, LANE_WEB);
    pool_unregister(&first.client, 0);
    assert_false(pool_register_after(rig.pool, &first.client, 0, 0));
    assert_false(pool_register_after(rig.pool, &first.client, 0, 1));
    assert_true(pool_register_after(rig.pool, &first.client, 0, 2));
    pool_flush(rig.pool);
    wire_assert_got(&second, SLICE_LITERAL("W3"));
    wire_assert_got(&first, SLICE_LITERAL("W1W3"));
    wire_leave(&first);
    assert_true(pool_members(rig.pool) == 1);
    wire_leave(&second);
    wire_release(&first);
    wire_release(&second);
}

/* The nth message: 100 bytes on the wire, with the W in front. */
static void say(unsigned seq)
{
    char body[100];
    (void)snprintf(body, sizeof(body), "%098u]", seq);
    pool_rig_say(&rig, body, 99);
    assert_int_equal(rig.pool->head, seq);
}

/*
 * The kernel takes so many bytes and then nothing until the ring, of 1 KB, has gone on: the member
 * stands behind the last frame of which it has got anything, since the rest of that one is in its
 * private queue.
 */
static void is_overtaken_after(size_t taken, bool with_hints)
{
    struct wire other, wire;
    unsigned seq = 0;
    pool_rig_init(&rig);
    rig.shared.limits.ring_bytes_max = 1024;
    wire_init(&other, 1);
    wire_init(&wire, 2);
    wire_enter(&other, rig.pool, LANE_WEB);
    wire_enter(&wire, rig.pool, LANE_WEB);
    wire.room = taken;
    while (wire.client.behind_count == 0) {
        assert_in_range(seq, 0, 60);
        say(++seq);
        if (with_hints)
            pool_rig_hint(&rig, "~"); /* two bytes */
        pool_flush(rig.pool);
    }
    size_t frame = with_hints ? 102 : 100;
    size_t whole = taken / frame + (taken % frame > 0);
    const struct behind *behind = pool_behind(&wire.client, 0);
    assert_int_equal(behind->seq, whole);
    assert_false(behind->check_mid);
    assert_int_equal(wire.lapped, 0);
    assert_int_equal(pool_rig_metric(&rig, METRIC_LAGGING), 0);
    assert_int_equal(pool_rig_metric(&rig, METRIC_BEHIND), 1);
    size_t out = wire.got.len + wire.queued.len;
    assert_true(out >= taken);
    assert_true(out % frame == 0 || (with_hints && out % frame == 100));

    wire_leave(&wire);
    wire_leave(&other);
    wire_release(&other);
    wire_release(&wire);
    pool_rig_release(&rig);
}

static void a_member_is_overtaken_at_every_byte(void **state)
{
    (void)state;
    for (size_t taken = 0; taken <= 400; taken++) {
        is_overtaken_after(taken, false);
        is_overtaken_after(taken, true);
    }
}

/* It has all that is kept; only what passes has overtaken it. */
static void who_lacks_nothing_kept_stands_at_the_head(void **state)
{
    struct wire wire;
    char hint[100];
    (void)state;
    memset(hint, '~', sizeof(hint));
    hint[99] = '\0';
    wire_init(&wire, 1);
    wire_enter(&wire, rig.pool, LANE_WEB);
    say(1);
    pool_flush(rig.pool);
    wire.room = 0;
    while (wire.client.behind_count == 0) {
        pool_rig_hint(&rig, hint);
        pool_flush(rig.pool);
    }
    assert_int_equal(pool_behind(&wire.client, 0)->seq, 1);
    wire_leave(&wire);
    wire_release(&wire);
}

/* Several are overtaken by one large frame, others are not. */
static void only_those_in_the_way_are_overtaken(void **state)
{
    enum { COUNT = 12 };
    struct wire list[COUNT];
    (void)state;
    rig.shared.limits.ring_bytes_max = 1024;
    for (unsigned i = 0; i < COUNT; i++) {
        wire_init(&list[i], i + 1);
        wire_enter(&list[i], rig.pool, i % 3 == 2 ? LANE_TUTORIAL : LANE_WEB);
        list[i].room = i % 2 ? SIZE_MAX : i < 3 ? 0 : 50 * (size_t)i;
    }
    for (unsigned seq = 1; seq <= 8; seq++) {
        say(seq);
        pool_flush(rig.pool);
    }
    say(9);
    say(10);
    say(11); /* the first frame has to go */
    pool_flush(rig.pool);
    for (unsigned i = 0; i < COUNT; i++) {
        bool visitor = i % 3 == 2;
        bool lacks = i % 2 == 0 && i < 3; /* 0 and 2 have taken nothing */
        assert_int_equal(list[i].client.behind_count, lacks && !visitor);
        assert_int_equal(list[i].lapped, lacks && visitor);
        wire_leave(&list[i]);
        wire_release(&list[i]);
    }
}

#define POOL_TEST(name) cmocka_unit_test_setup_teardown(name, use, take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        POOL_TEST(a_place_may_be_numbered_anew),
        POOL_TEST(who_is_behind_is_found_again),
        POOL_TEST(registering_after_an_event_sends_what_follows),
        POOL_TEST(a_ring_is_forgotten_when_all_have_gone),
        cmocka_unit_test(a_member_is_overtaken_at_every_byte),
        POOL_TEST(who_lacks_nothing_kept_stands_at_the_head),
        POOL_TEST(only_those_in_the_way_are_overtaken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
