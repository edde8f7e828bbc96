#include "chat/hub_rig.h"

#include <string.h>

/*
 * Clients of several rooms: they take turns; hello again, leaving, answers that come late, never,
 * or for nobody.
 */

enum { LOBBY = ROOM_LOBBY, GARDEN = 2, PARK = 3, ROOMS = 3 };

static struct wire wire, other;

/* Three rooms with six events each, and somebody in them. */
static int use_with(const struct hub_limits *limits)
{
    hub_rig_start(limits);
    hub_rig.in_room[GARDEN] = hub_rig.in_room[PARK] = true;
    hub_rig_come(&other, 1, LANE_WEB_DEFLATE);
    hub_rig_deliver();
    for (uint64_t room = 1; room <= ROOMS; room++)
        hub_rig_go_on(room, 6);
    return 0;
}

static int use(void **state)
{
    (void)state;
    return use_with(&hub_rig_limits);
}

static int take_down(void **state)
{
    hub_rig_go(&other);
    return hub_rig_take_down(state);
}

/* With a cursor at this seq in each room. */
static void say_hello(uint64_t seq)
{
    uint64_t seqs[HUB_RIG_ROOMS + 1];
    for (unsigned room = 0; room <= HUB_RIG_ROOMS; room++)
        seqs[room] = room >= 1 && room <= ROOMS ? seq : UINT64_MAX;
    assert_int_equal(hub_rig_hello(&wire, seqs), OK);
    hub_rig_deliver();
}

static void come_with(uint64_t seq)
{
    hub_rig_connect(&wire, 7, LANE_WEB);
    wire.speaks = true;
    say_hello(seq);
}

/* Answers the one question that must be there. */
static void answer(uint64_t room, uint64_t seq)
{
    assert_int_equal(hub_rig.reads_count, 1);
    assert_int_equal(hub_rig.reads[0]->room, room);
    assert_int_equal(hub_rig.reads[0]->seq, seq);
    hub_rig_answer();
    wire_turn(&wire);
}

static void rooms_take_turns(void **state)
{
    (void)state;
    hub_rig.page_events = 2;
    come_with(0);
    wire_turn(&wire);
    for (uint64_t seq = 0; seq < 6; seq += 2) {
        for (uint64_t room = 1; room <= ROOMS; room++)
            answer(room, seq);
    }
    assert_int_equal(hub_rig.reads_count, 0);
    wire_assert_got(&wire, SLICE_LITERAL("<hello>1,2,1,2,1,2,3,4,3,4,3,4,5,6,5,6,5,6,<ready>"));
    hub_rig_go(&wire);
}

/* Little of many rooms is asked for at one go; when it has become enough, it has to drain first. */
static void rooms_that_lack_little_are_fed_at_one_go(void **state)
{
    struct hub_limits limits = hub_rig_limits;
    (void)state;
    take_down(NULL);
    limits.feed_bytes = 10; /* a page has 4 */
    use_with(&limits);
    hub_rig.page_events = 2;
    come_with(2);
    wire.room = 0;
    for (unsigned pages = 0; pages < 3; pages++) {
        assert_int_equal(hub_rig.reads_count, 1);
        assert_int_equal(hub_rig.reads[0]->room, 1 + pages); /* in turn, nothing has drained */
        hub_rig_answer();
    }
    assert_int_equal(hub_rig.reads_count, 0);
    hub_tick(hub_rig.hub);
    assert_int_equal(hub_rig.reads_count, 0);
    wire_open(&wire, SIZE_MAX);
    assert_int_equal(hub_rig.reads_count, 1);
    hub_rig_settle(&wire);
    wire_assert_got(&wire, SLICE_LITERAL("<hello>3,4,3,4,3,4,5,6,5,6,5,6,<ready>"));
    hub_rig_go(&wire);
}

static void one_room_is_live_while_another_is_fed(void **state)
{
    (void)state;
    uint64_t seqs[HUB_RIG_ROOMS + 1];
    for (unsigned room = 0; room <= HUB_RIG_ROOMS; room++)
        seqs[room] = UINT64_MAX;
    seqs[LOBBY] = 6;
    seqs[GARDEN] = 4;
    seqs[5] = 77; /* a room that it is not in is passed over */
    hub_rig_connect(&wire, 7, LANE_WEB);
    wire.speaks = true;
    hub_rig_hello(&wire, seqs);
    hub_rig_deliver();
    wire_turn(&wire);
    hub_rig_go_on(LOBBY, 1);
    hub_rig_go_on(GARDEN, 1);
    hub_rig_go_on(PARK, 1);
    wire_assert_got(&wire, SLICE_LITERAL("<hello>7,7,"));
    hub_rig_settle(&wire);
    wire_assert_got(&wire, SLICE_LITERAL("<hello>7,7,5,6,7,<ready>"));
    assert_int_equal(wire.client.places_count, 3);
    hub_rig_go(&wire);
}

/* ---- answers ---- */

static void what_is_not_answered_is_asked_again(void **state)
{
    (void)state;
    come_with(4);
    wire_turn(&wire);
    struct store_read *lost = hub_rig_take_answer();
    hub_rig.now_ms += hub_rig_limits.feed_ms - 1;
    hub_tick(hub_rig.hub);
    assert_int_equal(hub_rig.reads_count, 0);
    hub_rig.now_ms += 1;
    hub_tick(hub_rig.hub);
    assert_int_equal(metrics_read(&hub_rig.metrics, METRIC_READS_LATE), 1);
    assert_int_equal(hub_rig.reads_count, 1);
    hub_read_done(hub_rig.hub, lost); /* it comes after all: nobody waits for it */
    wire_turn(&wire);
    wire_assert_got(&wire, SLICE_LITERAL("<hello>"));
    hub_rig_settle(&wire);
    wire_assert_got(&wire, SLICE_LITERAL("<hello>5,6,5,6,5,6,<ready>"));
    hub_rig_go(&wire);
}

static void the_late_answer_may_come_last(void **state)
{
    (void)state;
    come_with(4);
    wire_turn(&wire);
    struct store_read *late = hub_rig_take_answer();
    hub_rig.now_ms += hub_rig_limits.feed_ms;
    hub_tick(hub_rig.hub);
    hub_rig_settle(&wire);
    hub_read_done(hub_rig.hub, late);
    hub_rig_settle(&wire);
    wire_assert_got(&wire, SLICE_LITERAL("<hello>5,6,5,6,5,6,<ready>"));
    hub_rig_go(&wire);
}

static void a_reader_that_is_too_busy_is_asked_again(void **state)
{
    const int results[] = {ERR_AGAIN, ERR_IO};
    (void)state;
    come_with(4);
    wire_turn(&wire);
    for (size_t i = 0; i < 2; i++) {
        struct store_read *read = hub_rig_take_answer();
        event_batch_unref(read->events);
        read->events = NULL;
        read->result = results[i];
        hub_read_done(hub_rig.hub, read);
        assert_int_equal(hub_rig.reads_count, 0); /* not at once */
        hub_tick(hub_rig.hub);
        assert_int_equal(hub_rig.reads_count, 1);
    }
    hub_rig_settle(&wire);
    wire_assert_got(&wire, SLICE_LITERAL("<hello>5,6,5,6,5,6,<ready>"));
    hub_rig_go(&wire);
}

static void an_answer_for_the_dead(void **state)
{
    (void)state;
    come_with(4);
    struct store_read *read = hub_rig_take_answer();
    uint32_t slot = wire.client.slot;
    hub_rig_go(&wire);
    hub_rig_deliver();
    come_with(6); /* in the same slot */
    assert_int_equal(wire.client.slot, slot);
    hub_read_done(hub_rig.hub, read);
    wire_turn(&wire);
    wire_assert_got(&wire, SLICE_LITERAL("<hello><ready>"));
    hub_rig_go(&wire);
}

/* ---- hello again ---- */

static void hello_again_states_all_of_it_anew(void **state)
{
    (void)state;
    come_with(6);
    wire_turn(&wire);
    say_hello(3);
    assert_false(wire.client.ready);
    hub_rig_settle(&wire);
    wire_assert_got(&wire, SLICE_LITERAL("<hello><ready><hello>4,5,6,4,5,6,4,5,6,<ready>"));
    hub_rig_go_on(GARDEN, 1);
    assert_int_equal(wire.got.ptr[wire.got.len - 2], '7');
    hub_rig_go(&wire);
}

static void an_answer_from_before_a_second_hello_is_ignored(void **state)
{
    (void)state;
    for (unsigned between = 0; between < 2; between++) {
        take_down(NULL);
        use(NULL);
        come_with(2);
        struct store_read *old = hub_rig_take_answer();
        say_hello(4);
        if (between) {
            hub_rig_answer(); /* the new question first */
            hub_read_done(hub_rig.hub, old);
        } else {
            hub_read_done(hub_rig.hub, old);
            hub_rig_answer();
        }
        hub_rig_settle(&wire);
        wire_assert_got(&wire, SLICE_LITERAL("<hello><hello>5,6,5,6,5,6,<ready>"));
        hub_rig_go(&wire);
    }
}

static void only_one_hello_at_a_time(void **state)
{
    (void)state;
    hub_rig_connect(&wire, 7, LANE_WEB);
    assert_int_equal(hub_rig_hello(&wire, NULL), OK);
    assert_int_equal(hub_rig_hello(&wire, NULL), ERR_BUSY);
    hub_rig_deliver();
    assert_int_equal(hub_rig_hello(&wire, NULL), OK);
    assert_true(hub_rig.submitted[0]->again);
    assert_int_equal(hub_rig.submitted[0]->person, HUB_RIG_PERSON + 7);
    hub_rig_deliver();
    assert_int_equal(wire.answers, 2);
    assert_int_equal(wire.client.places_count, 3);
    hub_rig_go(&wire);
}

/*
 * A page is in the queue, not drained yet, when the cursors are replaced: the next question waits
 * for it all the same.
 */
static void hello_again_while_a_page_is_draining(void **state)
{
    (void)state;
    hub_rig.page_events = 2;
    come_with(0);
    wire_turn(&wire);
    wire.room = 1;
    hub_rig_answer();
    wire_turn(&wire);
    say_hello(4);
    assert_int_equal(hub_rig.reads_count, 0);
    wire_open(&wire, SIZE_MAX);
    hub_rig_settle(&wire);
    wire_assert_got(&wire, SLICE_LITERAL("<hello>1,2,<hello>5,6,5,6,5,6,<ready>"));
    hub_rig_go(&wire);
}

/* ---- leaving ---- */

static void leave(uint64_t room)
{
    struct event *gone = hub_rig_elsewhere(EVENT_GONE, room, "");
    gone->person = HUB_RIG_PERSON + 7;
    hub_rig_deliver();
}

static void join(uint64_t room)
{
    struct event *added = hub_rig_elsewhere(EVENT_ADDED, room, "");
    added->person = HUB_RIG_PERSON + 7;
    added->info = room_info_copy(&(struct room_info){
        .id = room,
        .head = hub_rig.logs[room].head,
        .mid = hub_rig_mid(room, hub_rig.logs[room].head),
    });
    hub_rig_deliver();
}

static void leaving_the_room_that_is_waited_for_is_ready(void **state)
{
    (void)state;
    for (uint64_t first = 1; first <= ROOMS; first++) {
        take_down(NULL);
        use(NULL);
        come_with(4);
        wire_turn(&wire);
        for (uint64_t i = 0; i < ROOMS; i++) {
            assert_int_equal(wire.readies, 0);
            leave((first + i - 1) % ROOMS + 1);
        }
        assert_int_equal(wire.readies, 1);
        hub_rig_settle(&wire); /* the answer is to nobody's question */
        wire_assert_got(&wire, SLICE_LITERAL("<hello><gone><gone><gone><ready>"));
        hub_rig_go(&wire);
    }
}

static void leaving_a_room_leaves_the_others_their_turns(void **state)
{
    (void)state;
    hub_rig.page_events = 1;
    for (unsigned answers = 0; answers < 6; answers++) {
        for (uint64_t room = 1; room <= ROOMS; room++) {
            take_down(NULL);
            use(NULL);
            hub_rig.page_events = 1;
            come_with(3);
            wire_turn(&wire);
            for (unsigned i = 0; i < answers; i++) {
                hub_rig_answer();
                wire_turn(&wire);
            }
            leave(room);
            hub_rig_settle(&wire);
            assert_int_equal(wire.readies, 1);
            assert_int_equal(wire.client.behind_count, 0);
            assert_int_equal(wire.client.places_count, 2);
            /* Six events of the two others, and what the one had before it was left. */
            size_t words = strlen("<hello><gone><ready>");
            size_t of_left = (answers + ROOMS - room) / ROOMS;
            assert_int_equal(wire.got.len, words + 2 * (6 + of_left));
            hub_rig_go(&wire);
        }
    }
}

static void an_answer_for_a_room_that_was_left(void **state)
{
    (void)state;
    come_with(4);
    wire_turn(&wire);
    assert_int_equal(hub_rig.reads[0]->room, LOBBY);
    leave(LOBBY);
    hub_rig_settle(&wire);
    wire_assert_got(&wire, SLICE_LITERAL("<hello><gone>5,6,5,6,<ready>"));
    hub_rig_go(&wire);
}

/*
 * The room was left and entered again, and its ring has overtaken the client, all while a question
 * of before was under way: the answer does not fit where it stands now, which is no reset.
 */
static void an_answer_for_where_it_stood_before(void **state)
{
    (void)state;
    come_with(4);
    wire_turn(&wire);
    struct store_read *old = hub_rig_take_answer();
    leave(LOBBY);
    join(LOBBY);
    wire.room = 0;
    hub_rig_go_on(LOBBY, 2000);
    assert_int_equal(wire.client.behind_count, 3);
    hub_read_done(hub_rig.hub, old);
    wire_open(&wire, SIZE_MAX);
    hub_rig_settle(&wire);
    wire_turn(&wire);
    assert_int_equal(wire.resets, 0);
    assert_int_equal(wire.client.behind_count, 0);
    hub_rig_go(&wire);
}

#define FEED_TEST(name) cmocka_unit_test_setup_teardown(name, use, take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FEED_TEST(rooms_take_turns),
        FEED_TEST(rooms_that_lack_little_are_fed_at_one_go),
        FEED_TEST(one_room_is_live_while_another_is_fed),
        FEED_TEST(what_is_not_answered_is_asked_again),
        FEED_TEST(the_late_answer_may_come_last),
        FEED_TEST(a_reader_that_is_too_busy_is_asked_again),
        FEED_TEST(an_answer_for_the_dead),
        FEED_TEST(hello_again_states_all_of_it_anew),
        FEED_TEST(an_answer_from_before_a_second_hello_is_ignored),
        FEED_TEST(only_one_hello_at_a_time),
        FEED_TEST(hello_again_while_a_page_is_draining),
        FEED_TEST(leaving_the_room_that_is_waited_for_is_ready),
        FEED_TEST(leaving_a_room_leaves_the_others_their_turns),
        FEED_TEST(an_answer_for_a_room_that_was_left),
        FEED_TEST(an_answer_for_where_it_stood_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
