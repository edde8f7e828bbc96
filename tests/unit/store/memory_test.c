#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <string.h>

#include "store/memory.h"
#include "store/rig.h"

/*
 * The limits of the store in memory; the rest of what it promises is in contract_test.c and
 * pages_test.c.
 */

enum { ANN = RIG_ANN, LOTS = 1 << 20 };

static struct rig rig;

#define CALL(op, ...) rig.store->ops->op(rig.store, __VA_ARGS__)
#define DO(op) rig.store->ops->op(rig.store)

/* At most three events and twenty bytes. */
static int use(void **state)
{
    const struct memory_store_limits limits = {3, 20};
    (void)state;
    rig = (struct rig){.kind = RIG_MEMORY, .store = memory_store_new(&limits)};
    rig.reader = memory_reader_new(rig.store);
    return 0;
}

static int take_down(void **state)
{
    (void)state;
    rig_close(&rig);
    return 0;
}

static void say(uint64_t seq, const char *text)
{
    rig_begin(&rig);
    rig_say(&rig, seq, text);
    rig_commit(&rig);
}

static bool is_known(uint64_t seq)
{
    uint8_t cid[CID_BYTES] = {(uint8_t)seq};
    struct kept_record kept;
    return CALL(kept_by_cid, ROOM_LOBBY, ANN, cid, &kept) == OK;
}

static int feed_after(uint64_t seq)
{
    struct store_read *read = rig_feed(&rig, seq, 10, LOTS);
    int result = read->result == OK ? (int)read->events->count : read->result;
    store_read_free(read);
    return result;
}

static void too_many_events_forget_the_oldest(void **state)
{
    (void)state;
    for (uint64_t seq = 1; seq <= 4; seq++)
        say(seq, "a");
    assert_false(is_known(1));
    assert_true(is_known(2) && is_known(3) && is_known(4));
    rig_begin(&rig); /* its cid is as new */
    assert_int_equal(rig_append(&rig, rig_event(EVENT_MESSAGE, 1, 5, ANN, 1, "b"), 1), OK);
    rig_commit(&rig);
    assert_false(is_known(2));
}

static void too_many_bytes_forget_the_oldest(void **state)
{
    (void)state;
    say(1, "0123456789");
    say(2, "0123456789");
    assert_true(is_known(1)); /* just so many */
    say(3, "x");
    assert_false(is_known(1));
    assert_true(is_known(2));
    rig_begin(&rig);
    rig_edit(&rig, 4, 3, "01234567890");
    rig_commit(&rig);
    assert_false(is_known(2));
    assert_true(is_known(3));
}

static void the_newest_one_is_always_kept(void **state)
{
    struct room_record room;
    (void)state;
    say(1, "a");
    say(2, "a text of more than twenty bytes");
    assert_false(is_known(1));
    assert_true(is_known(2));
    assert_int_equal(CALL(room_get, ROOM_LOBBY, &room), OK);
    assert_int_equal(room.head, 2);
}

static void nothing_is_forgotten_before_the_commit(void **state)
{
    (void)state;
    say(1, "a");
    rig_begin(&rig);
    for (uint64_t seq = 2; seq <= 9; seq++)
        rig_say(&rig, seq, "a");
    assert_true(is_known(1));
    DO(rollback);
    assert_true(is_known(1));
    assert_int_equal(feed_after(0), 1);
}

static void a_cursor_from_before_cannot_go_on(void **state)
{
    (void)state;
    for (uint64_t seq = 1; seq <= 5; seq++)
        say(seq, "a");
    assert_int_equal(feed_after(0), ERR_NOT_FOUND);
    assert_int_equal(feed_after(1), ERR_NOT_FOUND);
    assert_int_equal(feed_after(2), 3);
    assert_int_equal(feed_after(5), 0);
}

static void a_page_ends_where_memory_does(void **state)
{
    (void)state;
    for (uint64_t seq = 1; seq <= 5; seq++)
        say(seq, "a");
    struct store_read *read = rig_page(&rig, READ_NEWEST, 0, 10);
    assert_int_equal(read->events->count, 3);
    assert_int_equal(read->first, 1); /* there is nothing to go on asking for */
    assert_int_equal(read->last, 5);
    store_read_free(read);
    read = rig_page(&rig, READ_BEFORE, 2, 10);
    assert_int_equal(read->events->count, 0);
    assert_int_equal(read->first, 1);
    store_read_free(read);
    read = rig_page(&rig, READ_AFTER, 0, 10);
    assert_int_equal(read->events->count, 3);
    assert_int_equal(read->events->events[0]->seq, 3);
    store_read_free(read);
}

static void what_is_about_a_forgotten_message_is_gone_as_well(void **state)
{
    (void)state;
    say(1, "a");
    rig_begin(&rig);
    rig_edit(&rig, 2, 1, "b");
    rig_commit(&rig);
    say(3, "c");
    say(4, "d");
    struct store_read *read = rig_feed(&rig, 1, 10, LOTS);
    assert_int_equal(read->events->events[0]->kind, EVENT_EDIT);
    assert_true(read->events->events[0]->deleted);
    store_read_free(read);
}

#define MEMORY_TEST(name) cmocka_unit_test_setup_teardown(name, use, take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        MEMORY_TEST(too_many_events_forget_the_oldest),
        MEMORY_TEST(too_many_bytes_forget_the_oldest),
        MEMORY_TEST(the_newest_one_is_always_kept),
        MEMORY_TEST(nothing_is_forgotten_before_the_commit),
        MEMORY_TEST(a_cursor_from_before_cannot_go_on),
        MEMORY_TEST(a_page_ends_where_memory_does),
        MEMORY_TEST(what_is_about_a_forgotten_message_is_gone_as_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
