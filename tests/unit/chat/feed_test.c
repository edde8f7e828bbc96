#include "chat/hub_rig.h"

#include <string.h>

#include "base/memory.h"

/*
 * Clients that come with cursors: what they are given, in which order, and in which questions to
 * the store. Those whom a ring overtakes: feed_overtaken_test.c.
 */

enum { LOBBY = ROOM_LOBBY, NONE = -1 };

static struct wire wire, other;

/*
 * Somebody else is there, so that the hub knows the head. In the same lane: the ring holds what is
 * said.
 */
static int use_with(enum lane_number lane)
{
    hub_rig_use(NULL);
    hub_rig.quiet = true;
    hub_rig_come(&other, 1, lane);
    hub_rig_deliver();
    return 0;
}

static int use(void **state)
{
    (void)state;
    return use_with(LANE_WEB);
}

static int use_without_ring(void **state)
{
    (void)state;
    return use_with(LANE_WEB_DEFLATE);
}

static int take_down(void **state)
{
    hub_rig_go(&other);
    return hub_rig_take_down(state);
}

/* Comes with a cursor of the lobby, or none; the answer is delivered. It speaks. */
static void come_with(int64_t seq)
{
    uint64_t seqs[HUB_RIG_ROOMS + 1];
    for (unsigned room = 0; room <= HUB_RIG_ROOMS; room++)
        seqs[room] = room == LOBBY && seq != NONE ? (uint64_t)seq : UINT64_MAX;
    hub_rig_connect(&wire, 7, LANE_WEB);
    wire.speaks = true;
    assert_int_equal(hub_rig_hello(&wire, seqs), OK);
    hub_rig_deliver();
}

/* The mid of the cursor may be wrong (or 0: not known). */
static void come_with_mid(uint64_t seq, uint64_t mid)
{
    const struct cursor cursor = {LOBBY, seq, mid};
    const uint8_t hash[TOKEN_HASH_BYTES] = {1};
    hub_rig_connect(&wire, 7, LANE_WEB);
    wire.speaks = true;
    hub_hello(&wire.client, &(struct hello){.token_hash = hash,
                                            .cursors = &cursor,
                                            .cursors_count = 1,
                                            .command_id = SLICE_LITERAL("h")});
    hub_rig_deliver();
}

static void assert_live(void)
{
    wire_turn(&wire);
    wire.got.len = 0;
    hub_rig_go_on(LOBBY, 1);
    hub_rig_assert_got(&wire, "", hub_rig.logs[LOBBY].head - 1, hub_rig.logs[LOBBY].head, "");
    assert_int_equal(wire.client.behind_count, 0);
    assert_int_equal(wire.readies, 1);
}

static void at_the_head_nothing_is_asked(void **state)
{
    (void)state;
    hub_rig_go_on(LOBBY, 5);
    come_with(5);
    assert_int_equal(hub_rig.reads_count, 0);
    wire_turn(&wire);
    wire_assert_got(&wire, SLICE_LITERAL("<hello><ready>"));
    assert_live();
    hub_rig_go(&wire);
}

static void without_a_cursor_the_head_is_where_it_begins(void **state)
{
    (void)state;
    hub_rig_go_on(LOBBY, 5);
    come_with(NONE);
    assert_int_equal(hub_rig.reads_count, 0);
    wire_turn(&wire);
    wire_assert_got(&wire, SLICE_LITERAL("<hello><ready>"));
    assert_live();
    hub_rig_go(&wire);
}

static void a_head_whose_mid_is_not_known_is_believed(void **state)
{
    (void)state;
    hub_rig_go_on(LOBBY, 5);
    come_with_mid(5, 0);
    assert_int_equal(wire.resets, 0);
    assert_live();
    hub_rig_go(&wire);
}

/*
 * The ring would do for those who lack little, but nobody knows whether their cursor is of this
 * log: the store is asked.
 */
static void behind_by_anything_in_pages_of_anything(void **state)
{
    (void)state;
    for (uint32_t page = 1; page <= 14; page++) {
        for (uint64_t lacks = 1; lacks <= 12; lacks++) {
            take_down(NULL);
            use_with(page % 2 ? LANE_WEB : LANE_WEB_DEFLATE);
            hub_rig.page_events = page / 2 + 1;
            hub_rig_go_on(LOBBY, 12);
            come_with((int64_t)(12 - lacks));
            wire_turn(&wire);
            /* Who has nothing needs no check of its cursor: the ring may do. */
            assert_int_equal(wire.readies, hub_rig.reads_count == 0);
            hub_rig_settle(&wire);
            hub_rig_assert_got(&wire, "<hello>", 12 - lacks, 12, "<ready>");
            assert_live();
            hub_rig_go(&wire);
        }
    }
}

/* What was said since it came is in the ring, which is as good as the store. */
static void what_the_ring_has_is_not_asked_for(void **state)
{
    (void)state;
    hub_rig.page_events = 2;
    hub_rig_go_on(LOBBY, 6);
    come_with(4);
    assert_int_equal(hub_rig.reads_count, 1);
    hub_rig_go_on(LOBBY, 6);
    hub_rig_answer();
    assert_int_equal(wire.client.behind_count, 1); /* until the page has drained */
    wire_turn(&wire);
    assert_int_equal(hub_rig.reads_count, 0);
    assert_int_equal(wire.client.behind_count, 0);
    wire_turn(&wire);
    hub_rig_assert_got(&wire, "<hello>5,6,<ready>", 6, 12, "");
    assert_live();
    hub_rig_go(&wire);
}

static void the_next_page_is_asked_for_when_the_last_has_drained(void **state)
{
    (void)state;
    hub_rig.page_events = 3;
    hub_rig_go_on(LOBBY, 9);
    come_with(0);
    wire_turn(&wire);
    wire.room = 4; /* of six bytes */
    for (unsigned page = 1; page <= 3; page++) {
        assert_int_equal(hub_rig.reads_count, 1);
        assert_int_equal(hub_rig.reads[0]->seq, 3 * (page - 1));
        assert_int_equal(hub_rig.reads[0]->check_mid, false);
        assert_int_equal(hub_rig.reads[0]->bytes_max, hub_rig_limits.page_bytes);
        hub_rig_answer();
        wire_turn(&wire);
        hub_tick(hub_rig.hub);
        assert_int_equal(hub_rig.reads_count, 0);
        wire_open(&wire, SIZE_MAX);
        wire.room = 4;
    }
    wire_open(&wire, SIZE_MAX);
    hub_rig_assert_got(&wire, "<hello>", 0, 9, "<ready>");
    hub_rig_go(&wire);
}

static void too_far_behind_is_told(void **state)
{
    (void)state;
    uint64_t most = hub_rig_limits.replay_max;
    hub_rig_go_on(LOBBY, most + 1);
    come_with(0);
    assert_int_equal(hub_rig.reads_count, 0);
    assert_int_equal(hub_rig.reset.room, LOBBY);
    assert_int_equal(hub_rig.reset.head, most + 1);
    assert_int_equal(hub_rig.reset.mid, hub_rig_mid(LOBBY, most + 1));
    assert_false(hub_rig.reset.diverged);
    wire_turn(&wire);
    wire_assert_got(&wire, SLICE_LITERAL("<hello><truncated><ready>"));
    assert_live();
    hub_rig_go(&wire);
    come_with(2); /* the most that is replayed */
    hub_rig_settle(&wire);
    assert_int_equal(wire.resets, 0);
    hub_rig_assert_got(&wire, "<hello>", 2, most + 2, "<ready>");
    hub_rig_go(&wire);
    assert_int_equal(metrics_read(&hub_rig.metrics, METRIC_RESETS), 1);
}

static void another_log_is_told(void **state)
{
    const struct {
        uint64_t seq, mid;
        bool asks;
    } cursors[] = {
        {6, 0, false},          {6, 99, false}, {UINT64_MAX, 1, false},
        {UINT64_MAX, 0, false}, {5, 99, false}, /* another event at the head */
        {4, 99, true},                          /* and before it: only the store knows */
        {1, 99, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cursors) / sizeof(cursors[0]); i++) {
        take_down(NULL);
        use(NULL);
        hub_rig_go_on(LOBBY, 5);
        come_with_mid(cursors[i].seq, cursors[i].mid);
        assert_int_equal(hub_rig.reads_count, cursors[i].asks);
        assert_int_equal(wire.readies, !cursors[i].asks);
        hub_rig_settle(&wire);
        assert_int_equal(wire.resets, 1);
        assert_true(hub_rig.reset.diverged);
        assert_int_equal(hub_rig.reset.head, 5);
        wire_assert_got(&wire, SLICE_LITERAL("<hello><diverged><ready>"));
        assert_live();
        hub_rig_go(&wire);
    }
}

/* Retention has taken the beginning away since: there is a gap, and it is told. */
static void a_log_that_begins_later_is_told(void **state)
{
    (void)state;
    hub_rig_go_on(LOBBY, 9);
    hub_rig.logs[LOBBY].first = 5;
    come_with_mid(2, 0);
    hub_rig_settle(&wire);
    wire_assert_got(&wire, SLICE_LITERAL("<hello><truncated><ready>"));
    assert_live();
    hub_rig_go(&wire);
}

static void an_event_that_comes_meanwhile_comes_once(void **state)
{
    (void)state;
    hub_rig_go_on(LOBBY, 6);
    come_with(2);
    struct store_read *early = hub_rig_take_answer();
    hub_rig_go_on(LOBBY, 3); /* after the reader looked */
    hub_read_done(hub_rig.hub, early);
    hub_rig_settle(&wire);
    wire_turn(&wire);
    /* Ready is said where the head of the hello was. */
    hub_rig_assert_got(&wire, "<hello>", 2, 6, "<ready>7,8,9,");
    hub_rig_go(&wire);
}

/* A reader sees what is committed, which may be more than this worker has heard of. */
static void a_reader_that_is_ahead_doubles_nothing(void **state)
{
    (void)state;
    hub_rig_go_on(LOBBY, 6);
    come_with(2);
    hub_rig_elsewhere(EVENT_MESSAGE, LOBBY, "7,");
    struct event *event = hub_rig.submitted[0];
    hub_rig.submitted_count = 0;
    /* It is in the log; the batch is still on its way to this hub. */
    struct store_read *read = hub_rig_take_answer();
    struct event *ahead = event_new(EVENT_MESSAGE, SLICE_LITERAL("7,"), slice_of(NULL, 0));
    ahead->room = LOBBY;
    ahead->seq = 7;
    event_batch_add(read->events, ahead);
    hub_read_done(hub_rig.hub, read);
    wire_turn(&wire);
    hub_rig_assert_got(&wire, "<hello>", 2, 6, "<ready>");
    hub_rig_submit(event);
    hub_rig_deliver();
    hub_flush_all(hub_rig.hub);
    hub_rig_assert_got(&wire, "<hello>", 2, 6, "<ready>7,");
    hub_rig_go(&wire);
}

static void what_passes_is_not_for_those_who_are_behind(void **state)
{
    (void)state;
    hub_rig_go_on(LOBBY, 3);
    come_with(1);
    hub_rig_elsewhere(EVENT_TYPING, LOBBY, "");
    hub_rig_deliver();
    hub_flush_all(hub_rig.hub);
    hub_rig_settle(&wire);
    hub_rig_assert_got(&wire, "<hello>", 1, 3, "<ready>");
    hub_rig_elsewhere(EVENT_TYPING, LOBBY, "");
    hub_rig_deliver();
    hub_flush_all(hub_rig.hub);
    hub_rig_assert_got(&wire, "<hello>", 1, 3, "<ready>~");
    hub_rig_go(&wire);
}

/*
 * The ring holds a text that was taken back since: whoever was not there gets it as the store has
 * it now.
 */
static void a_text_that_was_taken_back_does_not_come_from_the_ring(void **state)
{
    (void)state;
    hub_rig.page_events = 1;
    hub_rig_go_on(LOBBY, 2);
    come_with(1);
    hub_rig_go_on(LOBBY, 2);
    hub_rig_elsewhere(EVENT_EDIT, LOBBY, "edit,");
    hub_rig_deliver();
    mem_free(hub_rig.logs[LOBBY].bodies[3]);
    hub_rig.logs[LOBBY].bodies[3] = mem_copy_string("new,", 4);
    hub_rig_go_on(LOBBY, 1);
    hub_rig_settle(&wire);
    wire_assert_got(&wire, SLICE_LITERAL("<hello>2,<ready>new,4,edit,6,"));
    hub_rig_go(&wire);
}

#define FEED_TEST(name) cmocka_unit_test_setup_teardown(name, use, take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FEED_TEST(at_the_head_nothing_is_asked),
        FEED_TEST(without_a_cursor_the_head_is_where_it_begins),
        FEED_TEST(a_head_whose_mid_is_not_known_is_believed),
        FEED_TEST(behind_by_anything_in_pages_of_anything),
        FEED_TEST(what_the_ring_has_is_not_asked_for),
        cmocka_unit_test_setup_teardown(the_next_page_is_asked_for_when_the_last_has_drained,
                                        use_without_ring, take_down),
        FEED_TEST(too_far_behind_is_told),
        FEED_TEST(another_log_is_told),
        cmocka_unit_test_setup_teardown(a_log_that_begins_later_is_told, use_without_ring,
                                        take_down),
        FEED_TEST(an_event_that_comes_meanwhile_comes_once),
        FEED_TEST(a_reader_that_is_ahead_doubles_nothing),
        FEED_TEST(what_passes_is_not_for_those_who_are_behind),
        FEED_TEST(a_text_that_was_taken_back_does_not_come_from_the_ring),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
