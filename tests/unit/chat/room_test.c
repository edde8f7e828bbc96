#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <string.h>

#include "chat/event.h"
#include "chat/room.h"

static struct room room;
static const struct rate notices = {1, 3};

static int use(void **state)
{
    (void)state;
    room_init(&room, ROOM_LOBBY, &notices, 0);
    return 0;
}

static int take_down(void **state)
{
    (void)state;
    room_release(&room);
    return 0;
}

static struct event *settle(enum event_kind kind, uint64_t person, const char *name, bool active)
{
    struct event *event = event_new(kind, slice_of(NULL, 0), slice_of(NULL, 0));
    event->person = person;
    event->active = active;
    event->name.len = (uint8_t)strlen(name);
    memcpy(event->name.text, name, strlen(name) + 1);
    room_settle(&room, event, &notices, 0);
    return event;
}

static struct event *settle_visitor(enum event_kind kind)
{
    struct event *event = event_new(kind, slice_of(NULL, 0), slice_of(NULL, 0));
    event->visitor = true;
    room_settle(&room, event, &notices, 0);
    return event;
}

static void assert_name(struct event *event, const char *name, bool turned, bool shown)
{
    assert_true(slice_is(name_slice(&event->name), name));
    assert_int_equal(event->turned, turned);
    assert_int_equal(event->shown, shown);
    event_free(event);
}

static void a_person_joins_with_a_picture_and_leaves(void **state)
{
    (void)state;
    struct event *join = settle(EVENT_JOIN, 1, "Ann", true);
    assert_int_equal(join->people, 1);
    assert_int_equal(join->visitors, 0);
    assert_non_null(join->roster);
    assert_int_equal(join->roster->count, 1); /* it is in the picture itself */
    assert_name(join, "Ann", true, true);
    struct event *leave = settle(EVENT_LEAVE, 1, "", true);
    assert_int_equal(leave->people, 0);
    assert_null(leave->roster);
    assert_name(leave, "Ann", true, true);
}

static void a_visitor_is_counted_and_has_no_picture(void **state)
{
    (void)state;
    struct event *join = settle_visitor(EVENT_JOIN);
    assert_int_equal(join->visitors, 1);
    assert_int_equal(join->people, 0);
    assert_null(join->roster);
    assert_name(join, "", true, true);
    struct event *post = settle_visitor(EVENT_POST);
    assert_int_equal(post->visitors, 1);
    assert_false(post->shown);
    event_free(post);
    struct event *leave = settle_visitor(EVENT_LEAVE);
    assert_int_equal(leave->visitors, 0);
    assert_name(leave, "", true, true);
}

static void a_post_gets_its_persons_name(void **state)
{
    (void)state;
    assert_name(settle(EVENT_JOIN, 1, "Ann", true), "Ann", true, true);
    assert_name(settle(EVENT_JOIN, 2, "ann", true), "ann 2", true, true);
    assert_name(settle(EVENT_POST, 2, "", true), "ann 2", false, false);
    assert_false(room.stale);
}

static void a_rename_says_what_was(void **state)
{
    (void)state;
    event_free(settle(EVENT_JOIN, 1, "Ann", true));
    event_free(settle(EVENT_JOIN, 2, "Bea", true));
    struct event *rename = settle(EVENT_RENAME, 2, "Ann", true);
    assert_true(slice_is(name_slice(&rename->was), "Bea"));
    assert_name(rename, "Ann 2", true, true);
    rename = settle(EVENT_RENAME, 2, "Ann", true); /* the free one is the one it has: no notice */
    assert_true(slice_is(name_slice(&rename->was), "Ann 2"));
    assert_name(rename, "Ann 2", false, false);
    assert_false(room.stale);
}

static void only_a_change_of_the_person_is_a_notice(void **state)
{
    (void)state;
    event_free(settle(EVENT_JOIN, 1, "Ann", true));
    event_free(settle(EVENT_JOIN, 1, "Other", false));
    assert_name(settle(EVENT_ACTIVE, 1, "", true), "Ann", false, false);
    assert_name(settle(EVENT_ACTIVE, 1, "", false), "Ann", false, false);
    assert_name(settle(EVENT_ACTIVE, 1, "", false), "Ann", true, true);
    assert_false(room.stale);
}

/* A connection that comes or goes may make the difference, without being the first or the last. */
static void a_second_connection_may_change_whether_one_is_active(void **state)
{
    const struct {
        enum event_kind kind;
        bool active, active_turned, person_active;
    } steps[] = {
        {EVENT_JOIN, false, false, false},  {EVENT_JOIN, true, true, true},
        {EVENT_JOIN, true, false, true},    {EVENT_LEAVE, true, false, true},
        {EVENT_LEAVE, true, true, false},   {EVENT_ACTIVE, true, true, true},
        {EVENT_ACTIVE, false, true, false}, {EVENT_POST, false, false, false},
        {EVENT_LEAVE, false, false, false}, {EVENT_JOIN, true, true, true},
        {EVENT_LEAVE, true, true, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        struct event *event = settle(steps[i].kind, 1, "Ann", steps[i].active);
        if (event->active_turned != steps[i].active_turned ||
            event->person_active != steps[i].person_active)
            fail_msg("step %zu: turned %d, active %d", i, event->active_turned,
                     event->person_active);
        event_free(event);
    }
}

static void what_is_over_the_budget_makes_the_room_stale(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        event_free(settle_visitor(EVENT_JOIN));
        assert_false(room.stale);
    }
    struct event *join = settle(EVENT_JOIN, 1, "Ann", true);
    assert_non_null(join->roster); /* who comes gets the picture in any case */
    assert_name(join, "Ann", true, false);
    assert_true(room.stale);
}

#define ROOM_TEST(name) cmocka_unit_test_setup_teardown(name, use, take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROOM_TEST(a_person_joins_with_a_picture_and_leaves),
        ROOM_TEST(a_visitor_is_counted_and_has_no_picture),
        ROOM_TEST(a_post_gets_its_persons_name),
        ROOM_TEST(a_rename_says_what_was),
        ROOM_TEST(only_a_change_of_the_person_is_a_notice),
        ROOM_TEST(a_second_connection_may_change_whether_one_is_active),
        ROOM_TEST(what_is_over_the_budget_makes_the_room_stale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
