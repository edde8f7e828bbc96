#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <string.h>

#include "base/error.h"
#include "chat/room.h"
#include "chat/sequencer.h"

enum { EVENTS_MAX = 64, START_MS = 5000, WALL_MS = 1700000000 };

/* A store that numbers what it is given, and can be told to fail or to know a cid. */
static struct fake_store {
    struct store store;
    uint64_t head;
    int result; /* of the next commits */
    unsigned commits;
    size_t posts; /* in the last commit */
    uint64_t wall_ms;
} fake;

static struct sequencer *sequencer;
static struct event *asked[EVENTS_MAX];
static size_t asked_count;

/* A cid beginning with 'd' is known with seq 1, one with 'r' was used for something else. */
static int commit(struct store *store, struct event **posts, size_t count, uint64_t now_wall_ms)
{
    assert_ptr_equal(store, &fake.store);
    fake.commits++;
    fake.posts = count;
    fake.wall_ms = now_wall_ms;
    if (fake.result != OK)
        return fake.result;
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(posts[i]->kind, EVENT_POST);
        if (posts[i]->cid[0] == 'r') {
            posts[i]->result = ERR_EXISTS;
        } else if (posts[i]->cid[0] == 'd') {
            posts[i]->dup = true;
            posts[i]->seq = 1;
        } else {
            posts[i]->seq = ++fake.head;
        }
    }
    return OK;
}

static uint64_t head(struct store *store, uint32_t room)
{
    assert_ptr_equal(store, &fake.store);
    assert_int_equal(room, ROOM_LOBBY);
    return fake.head;
}

static const struct store_ops fake_ops = {commit, head, NULL};

static int use(void **state)
{
    const struct sequencer_limits limits = {.notices = {5, 5}, .here_ms = 1000};
    (void)state;
    fake = (struct fake_store){.store = {&fake_ops}};
    sequencer = sequencer_new(&fake.store, &limits, START_MS);
    asked_count = 0;
    return 0;
}

static int take_down(void **state)
{
    (void)state;
    assert_int_equal(asked_count, 0);
    sequencer_free(sequencer);
    return 0;
}

static struct event *ask(enum event_kind kind, uint64_t person)
{
    struct event *event = event_new(kind, slice_of(NULL, 0), slice_of(NULL, 0));
    assert_true(asked_count < EVENTS_MAX);
    event->room = ROOM_LOBBY;
    event->person = event->client = person;
    event->active = true;
    event->name = (struct name){3, "Ann"};
    asked[asked_count++] = event;
    return event;
}

static void ask_visitor(enum event_kind kind, uint64_t id)
{
    ask(kind, id)->visitor = true;
}

static void ask_post(uint64_t person, char cid)
{
    struct event *event = ask(EVENT_POST, person);
    event->has_cid = cid != 0;
    event->cid[0] = (uint8_t)cid;
}

static struct event_batch *run(uint64_t now_ms)
{
    size_t count = asked_count;
    asked_count = 0;
    struct event_batch *batch = sequencer_run(sequencer, asked, count, now_ms, WALL_MS + now_ms);
    assert_int_equal(batch->count, count);
    for (size_t i = 0; i < count; i++)
        assert_ptr_equal(batch->events[i], asked[i]); /* their order is the batch's */
    return batch;
}

static void keeps_the_order_and_numbers_the_posts(void **state)
{
    (void)state;
    ask(EVENT_JOIN, 1);
    ask_post(1, 0);
    ask(EVENT_JOIN, 2);
    ask_post(2, 0);
    ask_post(1, 0);
    struct event_batch *batch = run(START_MS);
    assert_int_equal(fake.commits, 1); /* one transaction for all of them */
    assert_int_equal(fake.posts, 3);
    assert_int_equal(fake.wall_ms, WALL_MS + START_MS);
    assert_int_equal(batch->events[1]->seq, 1);
    assert_int_equal(batch->events[3]->seq, 2);
    assert_int_equal(batch->events[4]->seq, 3);
    assert_true(slice_is(name_slice(&batch->events[3]->name), "Ann 2"));
    assert_true(slice_is(name_slice(&batch->events[4]->name), "Ann"));
    event_batch_unref(batch);
}

static void a_newcomers_head_is_that_of_its_place(void **state)
{
    (void)state;
    fake.head = 40;
    ask(EVENT_JOIN, 1);
    ask_post(1, 0);
    ask_post(1, 'd'); /* moves nothing */
    ask_post(1, 'r');
    ask(EVENT_JOIN, 2);
    ask_post(1, 0);
    ask(EVENT_JOIN, 3);
    struct event_batch *batch = run(START_MS);
    assert_int_equal(batch->events[0]->head, 40);
    assert_int_equal(batch->events[4]->head, 41);
    assert_int_equal(batch->events[6]->head, 42);
    assert_true(batch->events[2]->dup);
    assert_int_equal(batch->events[3]->result, ERR_EXISTS);
    assert_int_equal(batch->events[6]->ts_ms, WALL_MS + START_MS);
    event_batch_unref(batch);
}

static void nothing_is_committed_without_posts(void **state)
{
    (void)state;
    ask(EVENT_JOIN, 1);
    event_batch_unref(run(START_MS));
    assert_int_equal(fake.commits, 0);
    event_batch_unref(run(START_MS)); /* an empty batch is fine */
}

/* Only what the store has answered with OK is kept: the others hear that it was not, and the rest goes on. */
static void a_store_that_refuses_fails_the_posts_alone(void **state)
{
    (void)state;
    fake.head = 9;
    fake.result = ERR_BUSY;
    ask(EVENT_JOIN, 1);
    ask_post(1, 0);
    ask(EVENT_JOIN, 2);
    ask_post(2, 0);
    struct event_batch *batch = run(START_MS);
    assert_int_equal(batch->events[0]->result, OK);
    assert_int_equal(batch->events[1]->result, ERR_BUSY);
    assert_int_equal(batch->events[2]->result, OK);
    assert_int_equal(batch->events[2]->head, 9);
    assert_int_equal(batch->events[3]->result, ERR_BUSY);
    event_batch_unref(batch);
    fake.result = OK;
    ask_post(1, 0);
    batch = run(START_MS);
    assert_int_equal(batch->events[0]->result, OK);
    assert_int_equal(batch->events[0]->seq, 10);
    event_batch_unref(batch);
}

static unsigned shown_of(const struct event_batch *batch)
{
    unsigned shown = 0;
    for (size_t i = 0; i < batch->count; i++)
        shown += batch->events[i]->shown;
    return shown;
}

static void notices_have_a_budget_and_a_picture_follows(void **state)
{
    (void)state;
    assert_int_equal(sequencer_wait_ms(sequencer, START_MS), UINT32_MAX);
    assert_null(sequencer_tick(sequencer, START_MS));
    for (unsigned i = 0; i < 5; i++)
        ask_visitor(EVENT_JOIN, 10 + i);
    struct event_batch *batch = run(START_MS);
    assert_int_equal(shown_of(batch), 5);
    event_batch_unref(batch);
    assert_int_equal(sequencer_wait_ms(sequencer, START_MS), UINT32_MAX);

    ask_visitor(EVENT_JOIN, 20);
    ask(EVENT_JOIN, 21);
    batch = run(START_MS + 1);
    assert_int_equal(shown_of(batch), 0);
    event_batch_unref(batch);
    assert_int_equal(sequencer_wait_ms(sequencer, START_MS + 1), 1000);
    ask_visitor(EVENT_LEAVE, 10); /* the time does not begin anew */
    event_batch_unref(run(START_MS + 101));
    assert_int_equal(sequencer_wait_ms(sequencer, START_MS + 201), 800);
    assert_null(sequencer_tick(sequencer, START_MS + 1000));
    assert_int_equal(sequencer_wait_ms(sequencer, START_MS + 5000), 0);

    batch = sequencer_tick(sequencer, START_MS + 1001);
    assert_non_null(batch);
    assert_int_equal(batch->count, 1);
    const struct event *here = batch->events[0];
    assert_int_equal(here->kind, EVENT_HERE);
    assert_int_equal(here->room, ROOM_LOBBY);
    assert_int_equal(here->people, 1);
    assert_int_equal(here->visitors, 5);
    assert_int_equal(here->roster->count, 1);
    assert_int_equal(here->roster->list[0].id, 21);
    event_batch_unref(batch);
    assert_null(sequencer_tick(sequencer, START_MS + 9000));
    assert_int_equal(sequencer_wait_ms(sequencer, START_MS + 9000), UINT32_MAX);
}

static void the_budget_comes_back_with_time(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 8; i++)
        ask_visitor(EVENT_JOIN, 10 + i);
    event_batch_unref(run(START_MS));
    for (unsigned i = 0; i < 8; i++)
        ask_visitor(EVENT_LEAVE, 10 + i);
    struct event_batch *batch = run(START_MS + 400); /* two at 5 a second */
    assert_int_equal(shown_of(batch), 2);
    event_batch_unref(batch);
    event_batch_unref(sequencer_tick(sequencer, START_MS + 1000));
}

static void posts_are_no_notices(void **state)
{
    (void)state;
    ask(EVENT_JOIN, 1);
    for (unsigned i = 0; i < 20; i++)
        ask_post(1, 0);
    for (unsigned i = 0; i < 4; i++)
        ask_visitor(EVENT_JOIN, 10 + i);
    struct event_batch *batch = run(START_MS);
    assert_int_equal(shown_of(batch), 5);
    event_batch_unref(batch);
}

static void drain_takes_its_place_and_nothing_else(void **state)
{
    (void)state;
    ask(EVENT_JOIN, 1);
    ask_post(1, 0);
    ask(EVENT_DRAIN, 0)->room = 0;
    ask_post(1, 0);
    struct event_batch *batch = run(START_MS);
    assert_int_equal(batch->events[2]->kind, EVENT_DRAIN);
    assert_int_equal(batch->events[2]->result, OK);
    assert_false(batch->events[2]->shown);
    assert_int_equal(batch->events[3]->seq, 2);
    event_batch_unref(batch);
}

static void a_person_of_two_connections(void **state)
{
    (void)state;
    ask(EVENT_JOIN, 1);
    ask(EVENT_JOIN, 1);
    ask(EVENT_ACTIVE, 1)->active = false;
    ask(EVENT_ACTIVE, 1)->active = false;
    ask(EVENT_LEAVE, 1)->active = false;
    ask(EVENT_LEAVE, 1)->active = false;
    struct event_batch *batch = run(START_MS);
    const bool turned[] = {true, false, false, true, false, true};
    for (size_t i = 0; i < batch->count; i++) {
        assert_int_equal(batch->events[i]->turned, turned[i]);
        assert_int_equal(batch->events[i]->people, i < 5);
    }
    event_batch_unref(batch);
}

#define SEQUENCER_TEST(name) cmocka_unit_test_setup_teardown(name, use, take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SEQUENCER_TEST(keeps_the_order_and_numbers_the_posts),
        SEQUENCER_TEST(a_newcomers_head_is_that_of_its_place),
        SEQUENCER_TEST(nothing_is_committed_without_posts),
        SEQUENCER_TEST(a_store_that_refuses_fails_the_posts_alone),
        SEQUENCER_TEST(notices_have_a_budget_and_a_picture_follows),
        SEQUENCER_TEST(the_budget_comes_back_with_time),
        SEQUENCER_TEST(posts_are_no_notices),
        SEQUENCER_TEST(drain_takes_its_place_and_nothing_else),
        SEQUENCER_TEST(a_person_of_two_connections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
