#include "chat/hub_rig.h"
#include "chat/refusal.h"

#include <string.h>

/* What is asked and when it is sent. Who is shown and answered what: hub_deliver_test.c. */

static void what_is_asked_is_submitted_with_who_asked(void **state)
{
    const uint8_t cid[CID_BYTES] = {1, 2, 3};
    struct wire wire;
    (void)state;
    hub_rig_come(&wire, 7, LANE_WEB);
    const struct event *hello = hub_rig.submitted[0];
    assert_int_equal(hello->kind, EVENT_HELLO);
    assert_true(slice_is(name_slice(&hello->name), "Ann"));
    assert_true(hello->active && !hello->visitor && !hello->again && !hello->has_token);
    assert_int_equal(hello->token_hash[0], 1);
    assert_int_equal(hello->client, 7);
    assert_int_equal(hello->person, 0);
    assert_non_null(hello->welcome);
    hub_rig_deliver();

    const struct command command = {
        .kind = EVENT_MESSAGE,
        .room = ROOM_LOBBY,
        .target = 4,
        .reply_to = 5,
        .message = {MESSAGE_BINARY, SLICE_LITERAL("hi")},
        .cid = cid,
        .command_id = SLICE_LITERAL("c1"),
    };
    assert_int_equal(hub_command(&wire.client, &command), OK);
    assert_int_equal(hub_rig.submitted_count, 1);
    const struct event *post = hub_rig.submitted[0];
    assert_int_equal(post->kind, EVENT_MESSAGE);
    assert_int_equal(post->room, ROOM_LOBBY);
    assert_int_equal(post->client, 7);
    assert_int_equal(post->person, 107);
    assert_int_equal(post->target, 4);
    assert_int_equal(post->reply_to, 5);
    assert_int_equal(post->message.type, MESSAGE_BINARY);
    assert_true(slice_is(post->message.body, "hi"));
    assert_true(slice_is(post->command_id, "c1"));
    assert_true(post->has_cid && post->has_command);
    assert_memory_equal(post->cid, cid, CID_BYTES);
    assert_int_equal(post->origin.worker, HUB_RIG_WORKER);
    hub_rig_go(&wire);
}

static const uint8_t cid[CID_BYTES] = {1};

static void a_new_room_is_submitted_with_its_name(void **state)
{
    const struct name name = {6, "Garden"};
    struct wire wire;
    (void)state;
    hub_rig_come(&wire, 7, LANE_WEB);
    hub_rig_deliver();
    const struct command create = {.kind = EVENT_CREATED, .name = &name, .cid = cid};
    assert_int_equal(hub_command(&wire.client, &create), OK);
    assert_true(slice_is(hub_rig.submitted[0]->message.body, "Garden"));
    assert_int_equal(hub_rig.submitted[0]->room, 0);
    assert_int_equal(hub_rig.submitted[0]->message.type, MESSAGE_TEXT);
    hub_rig.submitted[0]->result = ERR_AGAIN; /* there is one of that name */
    hub_rig_deliver();
    hub_rig_go(&wire);
}

static const enum event_kind kinds[] = {
    EVENT_MESSAGE, EVENT_EDIT,  EVENT_DELETE, EVENT_REACT, EVENT_UNREACT,
    EVENT_PIN,     EVENT_UNPIN, EVENT_TOPIC,  EVENT_LEFT,  EVENT_JOINED,
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static int ask(struct wire *wire, enum event_kind kind, uint64_t room)
{
    return hub_command(&wire->client, &(struct command){.kind = (uint8_t)kind, .room = room});
}

static void nothing_may_be_asked_before_the_hello_is_answered(void **state)
{
    const struct name name = {3, "Ann"};
    const struct slice id = SLICE_LITERAL("c");
    struct wire wire;
    (void)state;
    hub_rig_connect(&wire, 1, LANE_WEB);
    for (unsigned greeted = 0; greeted < 2; greeted++) {
        for (size_t i = 0; i < KINDS; i++)
            assert_int_equal(ask(&wire, kinds[i], ROOM_LOBBY), ERR_PROTOCOL);
        assert_int_equal(hub_rename(&wire.client, &name, id), ERR_PROTOCOL);
        assert_int_equal(hub_set_active(&wire.client, true, id), ERR_PROTOCOL);
        assert_int_equal(hub_mark_read(&wire.client, ROOM_LOBBY, 1, id), ERR_PROTOCOL);
        assert_int_equal(hub_typing(&wire.client, ROOM_LOBBY, id), ERR_PROTOCOL);
        assert_int_equal(hub_who(&wire.client, ROOM_LOBBY, id), ERR_PROTOCOL);
        assert_int_equal(hub_history(&wire.client, ROOM_LOBBY, READ_NEWEST, 0, 50, id),
                         ERR_PROTOCOL);
        assert_int_equal(hub_rooms(&wire.client, &name, 50, id), ERR_PROTOCOL);
        assert_int_equal(hub_rig.submitted_count, greeted);
        if (!greeted)
            hub_rig_hello(&wire, NULL);
    }
    hub_rig.submitted[0]->result = ERR_DENIED; /* and it may be refused */
    hub_rig_deliver();
    assert_int_equal(hub_rig.answer.result, ERR_DENIED);
    assert_int_equal(ask(&wire, EVENT_MESSAGE, ROOM_LOBBY), ERR_PROTOCOL);
    hub_rig_hello(&wire, NULL);
    hub_rig_deliver();
    assert_int_equal(ask(&wire, EVENT_MESSAGE, ROOM_LOBBY), OK);
    hub_rig_go(&wire);
}

static void who_never_said_hello_leaves_nothing_behind(void **state)
{
    struct wire wire;
    (void)state;
    for (unsigned visitor = 0; visitor < 2; visitor++) {
        hub_rig_connect(&wire, 1, visitor ? LANE_TUTORIAL : LANE_WEB);
        hub_rig_go(&wire);
        assert_int_equal(hub_rig.submitted_count, 0);
    }
}

static void in_rooms_one_is_not_in_nothing_happens(void **state)
{
    const struct slice id = SLICE_LITERAL("c");
    struct wire wire;
    (void)state;
    hub_rig_come(&wire, 1, LANE_WEB);
    hub_rig_deliver();
    for (size_t i = 0; i < KINDS; i++) {
        /* With a cid it may be the retry of what was done before: the sequencer knows. */
        const struct command again = {.kind = (uint8_t)kinds[i], .room = 2, .cid = cid};
        assert_int_equal(hub_command(&wire.client, &again), OK);
        assert_int_equal(ask(&wire, kinds[i], 2), ERR_NOT_FOUND);
    }
    assert_int_equal(hub_mark_read(&wire.client, 2, 1, id), ERR_NOT_FOUND);
    assert_int_equal(hub_typing(&wire.client, 2, id), ERR_NOT_FOUND);
    assert_int_equal(hub_who(&wire.client, 2, id), ERR_NOT_FOUND);
    assert_int_equal(hub_history(&wire.client, 2, READ_NEWEST, 0, 50, id), ERR_NOT_FOUND);
    assert_int_equal(hub_rig.submitted_count, KINDS);
    for (size_t i = 0; i < KINDS; i++)
        hub_rig.submitted[i]->result = ERR_NOT_FOUND;
    hub_rig_go(&wire);
}

static void visitors_only_speak(void **state)
{
    struct wire wire;
    (void)state;
    hub_rig_connect(&wire, 1, LANE_TUTORIAL);
    assert_int_equal(ask(&wire, EVENT_MESSAGE, ROOM_LOBBY), ERR_PROTOCOL);
    hub_rig_hello(&wire, NULL);
    assert_int_equal(hub_rig_say(&wire, "at once", ""), OK); /* it waits for no answer */
    assert_true(hub_rig.submitted[0]->visitor && hub_rig.submitted[1]->visitor);
    assert_int_equal(hub_rig.submitted[1]->person, 1);
    assert_int_equal(ask(&wire, EVENT_MESSAGE, 2), ERR_NOT_FOUND);
    assert_int_equal(ask(&wire, EVENT_PIN, ROOM_LOBBY), ERR_DENIED);
    assert_int_equal(ask(&wire, EVENT_TOPIC, ROOM_LOBBY), ERR_DENIED);
    assert_int_equal(ask(&wire, EVENT_JOINED, 2), ERR_DENIED);
    assert_int_equal(ask(&wire, EVENT_CREATED, 0), ERR_DENIED);
    hub_rig_go(&wire);
}

static void too_many_posts_make_it_busy_until_they_are_answered(void **state)
{
    struct wire one, two;
    (void)state;
    hub_rig_come(&one, 1, LANE_WEB);
    hub_rig_come(&two, 2, LANE_WEB);
    hub_rig_deliver();
    for (int i = 0; i < 4; i++) {
        assert_false(hub_is_busy(&one.client));
        assert_int_equal(hub_rig_say(&one, "x", ""), OK);
    }
    assert_true(hub_is_busy(&two.client));
    assert_int_equal(hub_rig_say(&two, "x", ""), OK); /* it is taken all the same */
    assert_int_equal(two.unbusied, 0);
    hub_rig_deliver();
    assert_false(hub_is_busy(&two.client));
    assert_int_equal(one.unbusied, 1);
    assert_int_equal(two.unbusied, 1);
    hub_rig_say(&one, "x", "");
    hub_rig_deliver();
    assert_int_equal(one.unbusied, 1); /* nobody was told to wait since */
    hub_rig_go(&one);
    hub_rig_go(&two);
}

static void too_many_bytes_make_it_busy(void **state)
{
    struct wire wire;
    char body[100];
    (void)state;
    memset(body, 'x', 99);
    body[99] = '\0';
    hub_rig_come(&wire, 1, LANE_WEB);
    hub_rig_deliver();
    hub_rig_say(&wire, body, "");
    assert_false(hub_is_busy(&wire.client));
    hub_rig_say(&wire, "y", "");
    assert_true(hub_is_busy(&wire.client));
    hub_rig_deliver();
    assert_int_equal(wire.unbusied, 1);
    assert_false(hub_is_busy(&wire.client));
    hub_rig_go(&wire);
}

/* Its posts still wait, so they still count; and they stop counting when they come back. */
static void posts_of_the_dead_count_until_they_are_answered(void **state)
{
    struct wire dead, wire;
    (void)state;
    hub_rig_come(&dead, 1, LANE_WEB);
    hub_rig_come(&wire, 2, LANE_WEB);
    hub_rig_deliver();
    for (int i = 0; i < 4; i++)
        hub_rig_say(&dead, "x", "");
    hub_rig_go(&dead);
    assert_true(hub_is_busy(&wire.client));
    hub_rig_deliver();
    assert_false(hub_is_busy(&wire.client));
    hub_rig_go(&wire);
}

static void the_rate_is_per_client(void **state)
{
    struct wire one, two;
    (void)state;
    hub_rig_come(&one, 1, LANE_WEB);
    hub_rig_come(&two, 2, LANE_TUTORIAL);
    for (int i = 0; i < 3; i++)
        assert_int_equal(hub_rate(&one.client), 0);
    assert_int_equal(hub_rate(&one.client), 100); /* 10 a second */
    assert_int_equal(hub_rate(&one.client), 100); /* nothing was taken */
    hub_rig.now_ms += 100;
    assert_int_equal(hub_rate(&one.client), 0);

    for (int i = 0; i < 3; i++)
        assert_int_equal(hub_rate_debt(&two.client), 0);
    assert_int_equal(hub_rate_debt(&two.client), 100);
    assert_int_equal(hub_rate_debt(&two.client), 200); /* a debt grows */
    assert_int_equal(metrics_read(&hub_rig.metrics, METRIC_RATE_LIMITED), 4);
    hub_rig_go(&one);
    hub_rig_go(&two);
}

static void who_is_refused_for_the_person_has_to_wait_once(void **state)
{
    struct wire wire;
    (void)state;
    hub_rig_come(&wire, 1, LANE_WEB);
    hub_rig_deliver();
    for (int i = 0; i < 3; i++)
        assert_int_equal(hub_rate(&wire.client), 0);
    hub_rig_say(&wire, "x", "1");
    struct event *event = hub_rig.submitted[0];
    event->result = ERR_DENIED;
    event->refusal = REFUSED_RATE;
    event->retry_ms = 10;
    hub_rig_deliver();
    assert_int_equal(hub_rate(&wire.client), 10);
    hub_rig.now_ms += 10;
    assert_int_equal(hub_rate(&wire.client), 0);
    assert_int_equal(hub_rate(&wire.client), 100);
    hub_rig_go(&wire);
}

static void the_focus_is_told_only_when_it_changes(void **state)
{
    struct wire wire;
    (void)state;
    hub_rig_come(&wire, 1, LANE_WEB);
    hub_rig_deliver();
    assert_int_equal(hub_set_active(&wire.client, true, SLICE_LITERAL("c1")), OK);
    assert_int_equal(hub_rig.submitted_count, 0); /* it was active: answered at once */
    assert_int_equal(hub_rig.answer.kind, EVENT_ACTIVE);
    assert_int_equal(wire.answers, 2);
    assert_int_equal(hub_set_active(&wire.client, false, SLICE_LITERAL("c2")), OK);
    assert_int_equal(hub_rig.submitted_count, 1);
    assert_false(hub_rig.submitted[0]->active);
    hub_rig_deliver();
    assert_int_equal(wire.answers, 3);
    hub_rig_go(&wire);
    assert_int_equal(hub_rig.submitted[0]->kind, EVENT_BYE);
    assert_false(hub_rig.submitted[0]->active); /* what the sequencer has to take off */
}

static void a_hot_lobby_says_when_to_flush(void **state)
{
    struct wire wire;
    (void)state;
    hub_rig_come(&wire, 1, LANE_TUTORIAL);
    assert_int_equal(hub_flush(hub_rig.hub), UINT32_MAX);
    hub_rig_deliver();
    hub_rig_say(&wire, "+", "");
    hub_rig_deliver();
    assert_int_equal(hub_flush(hub_rig.hub), UINT32_MAX); /* it was quiet: sent at once */
    wire_assert_got(&wire, SLICE_LITERAL("+"));
    hub_rig.now_ms++;
    hub_rig_say(&wire, "a", "");
    hub_rig_deliver();
    assert_int_equal(hub_flush(hub_rig.hub), 2);
    hub_rig.now_ms++;
    assert_int_equal(hub_flush(hub_rig.hub), 1);
    wire_assert_got(&wire, SLICE_LITERAL("+"));
    hub_rig.now_ms++;
    assert_int_equal(hub_flush(hub_rig.hub), UINT32_MAX);
    wire_assert_got(&wire, SLICE_LITERAL("+a"));
    hub_rig_say(&wire, "b", "");
    hub_rig_deliver();
    hub_flush_all(hub_rig.hub);
    wire_assert_got(&wire, SLICE_LITERAL("+ab"));
    hub_rig_go(&wire);
}

/*
 * While it is hot, reading waits instead: what is read together comes back together and needs no
 * more gathering.
 */
static void a_hot_lobby_is_read_at_its_pace(void **state)
{
    struct wire wire;
    (void)state;
    hub_rig_come(&wire, 1, LANE_TUTORIAL);
    hub_rig_deliver();
    hub_rig_say(&wire, "a", "");
    hub_rig_deliver();
    assert_int_equal(hub_flush(hub_rig.hub), UINT32_MAX);
    assert_int_equal(hub_pace_ms(hub_rig.hub), 0); /* a single message makes nothing hot */
    hub_rig.now_ms++;
    hub_rig_say(&wire, "b", "");
    hub_rig_deliver();
    hub_rig.now_ms += 2;
    assert_int_equal(hub_flush(hub_rig.hub), UINT32_MAX);
    assert_int_equal(hub_pace_ms(hub_rig.hub), 2);
    hub_rig.now_ms++;
    assert_int_equal(hub_pace_ms(hub_rig.hub), 0); /* once for each flush */
    hub_rig_say(&wire, "c", "");
    hub_rig_say(&wire, "d", "");
    hub_rig_deliver();
    assert_int_equal(hub_flush(hub_rig.hub), UINT32_MAX); /* its own came gathered */
    assert_int_equal(hub_pace_ms(hub_rig.hub), 2);
    wire_assert_got(&wire, SLICE_LITERAL("abcd"));
    hub_rig.now_ms += 1000;
    hub_rig_say(&wire, "e", "");
    hub_rig_deliver();
    assert_int_equal(hub_flush(hub_rig.hub), UINT32_MAX);
    assert_int_equal(hub_pace_ms(hub_rig.hub), 0); /* it has cooled */
    hub_rig_go(&wire);
}

/*
 * 50 notices a second are not worth 50 rounds of sends to a large pool; a message is, and takes
 * them along.
 */
static void a_notice_alone_waits_longer_the_larger_the_pool(void **state)
{
    enum { MANY = 100 };
    static struct wire wires_of_many[MANY];
    (void)state;
    for (uint64_t i = 0; i < MANY; i++)
        hub_rig_come(&wires_of_many[i], i + 1, LANE_TUTORIAL);
    hub_rig_deliver();
    hub_flush_all(hub_rig.hub);
    hub_rig.now_ms += 1000;
    hub_rig_go(&wires_of_many[0]);
    hub_rig_deliver();
    assert_int_equal(hub_flush(hub_rig.hub), (MANY - 1) / 20);
    hub_rig_say(&wires_of_many[1], "a", "");
    hub_rig_deliver();
    hub_rig.now_ms += 2; /* the notice has made the pool hot */
    assert_int_equal(hub_flush(hub_rig.hub), UINT32_MAX);
    for (uint64_t i = 1; i < MANY; i++)
        hub_rig_go(&wires_of_many[i]);
}

static void one_who_lags_is_resumed_or_told(void **state)
{
    struct wire slow;
    (void)state;
    hub_rig_come(&slow, 1, LANE_TUTORIAL);
    hub_rig_deliver();
    hub_rig_say(&slow, "+", "");
    hub_rig_deliver();
    slow.room = 0;
    hub_flush_all(hub_rig.hub);
    slow.room = SIZE_MAX;
    slow.blocked = false;
    hub_drained(&slow.client);
    wire_assert_got(&slow, SLICE_LITERAL("+"));
    slow.room = 0;
    for (int i = 0; i < 2000; i++) {
        hub_rig_say(&slow, "12345", "");
        hub_rig_deliver();
        hub_flush_all(hub_rig.hub);
    }
    assert_int_equal(slow.lapped, 1);
    hub_rig_go(&slow);
}

static void drains_are_counted_and_shown_to_nobody(void **state)
{
    struct wire wire;
    (void)state;
    hub_rig_come(&wire, 1, LANE_TUTORIAL);
    hub_rig_say(&wire, "last", "");
    hub_drain(hub_rig.hub);
    assert_int_equal(hub_rig.submitted_count, 3);
    assert_int_equal(hub_rig.submitted[2]->kind, EVENT_DRAIN);
    assert_int_equal(hub_rig.submitted[2]->origin.worker, HUB_RIG_WORKER);
    for (uint32_t worker = 0; worker < 2; worker++) {
        struct event *drain = event_new(EVENT_DRAIN, slice_of(NULL, 0), slice_of(NULL, 0));
        drain->origin.worker = worker;
        hub_rig_submit(drain);
    }
    assert_int_equal(hub_rig_deliver(), 3);
    assert_int_equal(wire.answers, 1);
    hub_flush_all(hub_rig.hub);
    wire_assert_got(&wire, SLICE_LITERAL("last"));
    hub_rig_go(&wire);
}

static void tick_frees_the_memory_of_a_quiet_lobby(void **state)
{
    struct wire wire;
    (void)state;
    hub_rig_come(&wire, 1, LANE_TUTORIAL);
    hub_rig_deliver();
    hub_rig_say(&wire, "a", "");
    hub_rig_deliver();
    hub_flush_all(hub_rig.hub);
    assert_int_equal(metrics_read(&hub_rig.metrics, METRIC_RING_BYTES), 1024);
    hub_rig.now_ms += 10000;
    hub_tick(hub_rig.hub);
    assert_int_equal(metrics_read(&hub_rig.metrics, METRIC_RING_BYTES), 0);
    hub_rig_go(&wire);
}

#define HUB_TEST(name) cmocka_unit_test_setup_teardown(name, hub_rig_use, hub_rig_take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HUB_TEST(what_is_asked_is_submitted_with_who_asked),
        HUB_TEST(a_new_room_is_submitted_with_its_name),
        HUB_TEST(nothing_may_be_asked_before_the_hello_is_answered),
        HUB_TEST(who_never_said_hello_leaves_nothing_behind),
        HUB_TEST(in_rooms_one_is_not_in_nothing_happens),
        HUB_TEST(visitors_only_speak),
        HUB_TEST(too_many_posts_make_it_busy_until_they_are_answered),
        HUB_TEST(too_many_bytes_make_it_busy),
        HUB_TEST(posts_of_the_dead_count_until_they_are_answered),
        HUB_TEST(the_rate_is_per_client),
        HUB_TEST(who_is_refused_for_the_person_has_to_wait_once),
        HUB_TEST(the_focus_is_told_only_when_it_changes),
        HUB_TEST(a_hot_lobby_says_when_to_flush),
        HUB_TEST(a_hot_lobby_is_read_at_its_pace),
        HUB_TEST(a_notice_alone_waits_longer_the_larger_the_pool),
        HUB_TEST(one_who_lags_is_resumed_or_told),
        HUB_TEST(drains_are_counted_and_shown_to_nobody),
        HUB_TEST(tick_frees_the_memory_of_a_quiet_lobby),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
