#include "chat/hub_rig.h"

#include <string.h>

/* Questions to the readers: what they are, how many at once, and who gets the answer. */

enum { LOBBY = ROOM_LOBBY, GARDEN = 2 };

static const struct name nobody = {0};

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

static int ask(struct wire *who)
{
    return hub_history(&who->client, LOBBY, READ_NEWEST, 0, 50, SLICE_LITERAL("h"));
}

static void a_page_is_asked_for_as_it_was_said(void **state)
{
    char id[COMMAND_ID_BYTES_MAX + 1];
    (void)state;
    memset(id, 'i', COMMAND_ID_BYTES_MAX);
    id[COMMAND_ID_BYTES_MAX] = '\0';
    assert_int_equal(hub_history(&wire.client, LOBBY, READ_AROUND, 42, 17, slice_of_string(id)),
                     OK);
    const struct store_read *read = hub_rig.reads[0];
    assert_int_equal(read->kind, READ_HISTORY);
    assert_int_equal(read->room, LOBBY);
    assert_int_equal(read->where, READ_AROUND);
    assert_int_equal(read->seq, 42);
    assert_int_equal(read->limit, 17);
    assert_int_equal(read->bytes_max, hub_rig_limits.page_bytes);
    assert_string_equal(read->command_id, id);
    assert_int_equal(read->origin.worker, HUB_RIG_WORKER);
    hub_rig_answer();
    assert_int_equal(wire.reads, 1);
    assert_int_equal(other.reads, 0);
    assert_int_equal(hub_rig.read_result, OK);
}

static void rooms_are_asked_for_behind_a_name(void **state)
{
    const struct name after = {4, "park"};
    (void)state;
    assert_int_equal(hub_rooms(&wire.client, &after, 30, SLICE_LITERAL("r")), OK);
    const struct store_read *read = hub_rig.reads[0];
    assert_int_equal(read->kind, READ_ROOMS);
    assert_true(slice_is(name_slice(&read->after), "park"));
    assert_int_equal(read->limit, 30);
    assert_string_equal(read->command_id, "r");
    hub_rig_answer();
    assert_int_equal(wire.reads, 1);
}

static void answers_may_be_errors_and_come_in_any_order(void **state)
{
    (void)state;
    ask(&wire);
    ask(&other);
    struct store_read *first = hub_rig_take_answer(), *second = hub_rig_take_answer();
    second->result = ERR_AGAIN;
    hub_read_done(hub_rig.hub, second);
    assert_int_equal(hub_rig.read_result, ERR_AGAIN);
    assert_int_equal(other.reads, 1);
    assert_int_equal(wire.reads, 0);
    hub_read_done(hub_rig.hub, first);
    assert_int_equal(wire.reads, 1);
}

static void so_many_at_once_for_each_and_for_all(void **state)
{
    (void)state;
    for (unsigned i = 0; i < hub_rig_limits.client_reads_max; i++)
        assert_int_equal(ask(&wire), OK);
    assert_int_equal(ask(&wire), ERR_BUSY);
    assert_int_equal(hub_rooms(&wire.client, &nobody, 1, SLICE_LITERAL("r")), ERR_BUSY);
    for (unsigned i = hub_rig_limits.client_reads_max; i < hub_rig_limits.reads_max; i++)
        assert_int_equal(ask(&other), OK);
    assert_int_equal(ask(&other), ERR_BUSY); /* the worker's limit */
    hub_rig_answer();
    assert_int_equal(ask(&wire), OK);
    assert_int_equal(ask(&other), ERR_BUSY);
    while (hub_rig.reads_count > 0)
        hub_rig_answer();
    assert_int_equal(ask(&other), OK);
    assert_int_equal(wire.reads, 4);
}

static void questions_of_the_dead_count_until_they_are_answered(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3; i++)
        ask(&wire);
    hub_rig_go(&wire);
    hub_rig_deliver();
    hub_rig_come(&wire, 3, LANE_WEB); /* in its slot */
    hub_rig_deliver();
    assert_int_equal(ask(&wire), OK);
    assert_int_equal(ask(&wire), OK);
    assert_int_equal(ask(&wire), ERR_BUSY);
    for (unsigned i = 0; i < 3; i++)
        hub_rig_answer();
    assert_int_equal(wire.reads, 0);
    assert_int_equal(ask(&wire), OK);
    while (hub_rig.reads_count > 0)
        hub_rig_answer();
    assert_int_equal(wire.reads, 3);
}

/* Whoever is not in the room any more does not get its past, either. */
static void who_has_left_meanwhile_gets_nothing(void **state)
{
    (void)state;
    struct event *added = hub_rig_elsewhere(EVENT_ADDED, GARDEN, "");
    added->person = wire.client.person;
    added->info = room_info_copy(&(struct room_info){.id = GARDEN});
    hub_rig_deliver();
    assert_int_equal(hub_history(&wire.client, GARDEN, READ_NEWEST, 0, 50, SLICE_LITERAL("h")), OK);
    hub_rig_elsewhere(EVENT_GONE, GARDEN, "")->person = wire.client.person;
    hub_rig_deliver();
    struct store_read *read = hub_rig_take_answer();
    read->events = event_batch_new(1);
    hub_read_done(hub_rig.hub, read);
    assert_int_equal(wire.reads, 1);
    assert_int_equal(hub_rig.read_result, ERR_NOT_FOUND);
    ask(&wire);
    hub_rig_answer();
    assert_int_equal(hub_rig.read_result, OK);
}

/* The feed's own questions take nothing from them. */
static void the_feed_has_questions_of_its_own(void **state)
{
    uint64_t seqs[HUB_RIG_ROOMS + 1];
    (void)state;
    for (unsigned room = 0; room <= HUB_RIG_ROOMS; room++)
        seqs[room] = room == LOBBY ? 1 : UINT64_MAX;
    hub_rig_go_on(LOBBY, 5);
    hub_rig_hello(&wire, seqs);
    hub_rig_deliver();
    assert_int_equal(hub_rig.reads_count, 1);
    for (unsigned i = 0; i < hub_rig_limits.client_reads_max; i++)
        assert_int_equal(ask(&wire), OK);
    assert_int_equal(wire.reads, 0);
    hub_rig_settle(&wire);
    assert_int_equal(wire.reads, hub_rig_limits.client_reads_max);
    assert_int_equal(wire.readies, 2);
    assert_int_equal(ask(&wire), OK);
}

#define READ_TEST(name) cmocka_unit_test_setup_teardown(name, use, take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        READ_TEST(a_page_is_asked_for_as_it_was_said),
        READ_TEST(rooms_are_asked_for_behind_a_name),
        READ_TEST(answers_may_be_errors_and_come_in_any_order),
        READ_TEST(so_many_at_once_for_each_and_for_all),
        READ_TEST(questions_of_the_dead_count_until_they_are_answered),
        READ_TEST(who_has_left_meanwhile_gets_nothing),
        READ_TEST(the_feed_has_questions_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
