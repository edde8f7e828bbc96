#include "chat/sequencer_rig.h"

#include <string.h>

/*
 * Who is here: coming, going, turning; the budget of notices and the picture that follows; being
 * away.
 */

enum { LOBBY = ROOM_LOBBY };

struct seen {
    enum event_kind kind;
    uint64_t person;
    bool moved, turned, active;
    uint32_t people, visitors;
};

/* The notices of the last batch that are of the lobby, one after the other. */
static void assert_notices(const struct seen *list, size_t count)
{
    size_t found = 0;
    for (size_t i = 0; rig.batch && i < rig.batch->count; i++) {
        const struct event *event = rig.batch->events[i];
        bool is_notice =
            event->kind == EVENT_CAME || event->kind == EVENT_WENT || event->kind == EVENT_TURNED;
        if (!is_notice || event->room != LOBBY)
            continue;
        assert_true(found < count);
        const struct seen *seen = &list[found++];
        assert_int_equal(event->kind, seen->kind);
        assert_int_equal(event->person, seen->person);
        assert_int_equal(event->moved, seen->moved);
        assert_int_equal(event->turned, seen->turned);
        if (event->kind != EVENT_WENT)
            assert_int_equal(event->person_active, seen->active);
        assert_int_equal(event->people, seen->people);
        assert_int_equal(event->visitors, seen->visitors);
        assert_true(event->visitor || event->name.len > 0);
    }
    assert_int_equal(found, count);
}

#define ASSERT_NOTICES(...)                                                                        \
    assert_notices((const struct seen[]){__VA_ARGS__},                                             \
                   sizeof((const struct seen[]){__VA_ARGS__}) / sizeof(struct seen))

static void a_person_of_two_connections(void **state)
{
    (void)state;
    uint64_t ann = rig_guest("Ann");
    ASSERT_NOTICES({EVENT_CAME, ann, true, true, true, 1, 0});
    ask_hello(1);
    rig_run();
    ASSERT_NOTICES({EVENT_CAME, ann, true, false, true, 1, 0}); /* the tutorial shows connections */
    ask_bye(ann, true);
    rig_run();
    ASSERT_NOTICES({EVENT_WENT, ann, true, false, false, 1, 0});
    ask_bye(ann, true);
    rig_run();
    ASSERT_NOTICES({EVENT_WENT, ann, true, false, false, 1, 0}); /* she is here a while yet */
    assert_int_equal(sequencer_wait_ms(rig.sequencer, rig.now_ms), RIG_AWAY_MS);
    rig_pass(RIG_AWAY_MS - 1);
    assert_null(rig_tick());
    rig_pass(1);
    assert_non_null(rig_tick());
    ASSERT_NOTICES({EVENT_WENT, ann, false, true, false, 0, 0});
    assert_int_equal(scripted_store_person(ann)->seen_ms, rig.wall_ms);
    assert_int_equal(sequencer_wait_ms(rig.sequencer, rig.now_ms), UINT32_MAX);
}

static void who_comes_back_in_time_was_never_away(void **state)
{
    (void)state;
    uint64_t ann = rig_guest("Ann");
    ask_bye(ann, true);
    rig_run();
    rig_pass(RIG_AWAY_MS - 1);
    ask_hello(1);
    rig_run();
    ASSERT_NOTICES({EVENT_CAME, ann, true, false, true, 1, 0});
    rig_pass(RIG_AWAY_MS);
    assert_null(rig_tick());
    assert_int_equal(sequencer_wait_ms(rig.sequencer, rig.now_ms), UINT32_MAX);
}

static void active_while_one_window_is(void **state)
{
    (void)state;
    uint64_t ann = rig_guest("Ann");
    struct event *idle = ask_hello(1);
    idle->active = false;
    rig_run();
    ASSERT_NOTICES({EVENT_CAME, ann, true, false, true, 1, 0});
    ask(EVENT_ACTIVE, ann, 0)->active = false; /* the first window, too */
    rig_run();
    ASSERT_NOTICES({EVENT_TURNED, ann, false, false, false, 1, 0});
    ask(EVENT_ACTIVE, ann, 0)->active = true;
    ask(EVENT_ACTIVE, ann, 0)->active = true;
    ask(EVENT_ACTIVE, ann, 0)->active = false;
    rig_run();
    ASSERT_NOTICES({EVENT_TURNED, ann, false, false, true, 1, 0});
    ask_bye(ann, false);
    rig_run();
    ASSERT_NOTICES({EVENT_WENT, ann, true, false, false, 1, 0});
    ask(EVENT_ACTIVE, 4242, 0)->active = true; /* nobody */
    rig_run();
    assert_int_equal(rig.batch->count, 1);
}

/* The window that had the focus goes: the person is idle, unless it was the last one. */
static void the_active_window_goes(void **state)
{
    (void)state;
    uint64_t ann = rig_guest("Ann");
    ask_hello(1)->active = false;
    rig_run();
    ask_bye(ann, true);
    rig_run();
    ASSERT_NOTICES({EVENT_WENT, ann, true, false, false, 1, 0},
                   {EVENT_TURNED, ann, false, false, false, 1, 0});
    ask_bye(ann, false);
    rig_run();
    ASSERT_NOTICES({EVENT_WENT, ann, true, false, false, 1, 0});
}

static void a_reload_is_no_idleness(void **state)
{
    (void)state;
    uint64_t ann = rig_guest("Ann");
    ask_bye(ann, true);
    ask_hello(1);
    rig_run();
    ASSERT_NOTICES({EVENT_WENT, ann, true, false, false, 1, 0},
                   {EVENT_CAME, ann, true, false, true, 1, 0});
    rig_pass(1000);
    ask_bye(ann, true);
    rig_run();
    ask_hello(1)->active = false; /* it comes back in the background */
    rig_run();
    ASSERT_NOTICES({EVENT_CAME, ann, true, false, true, 1, 0},
                   {EVENT_TURNED, ann, false, false, false, 1, 0});
}

static void saying_hello_again_moves_nobody(void **state)
{
    (void)state;
    uint64_t ann = rig_guest("Ann");
    struct event *again = ask(EVENT_HELLO, ann, 0);
    again->welcome = welcome_new();
    again->again = again->active = true;
    rig_run();
    assert_int_equal(again->result, OK);
    assert_int_equal(again->welcome->rooms_count, 1);
    assert_true(name_is(&again->name, "Ann"));
    assert_int_equal(rig.batch->count, 1);
    ask_bye(ann, true); /* there was one connection only */
    rig_run();
    rig_pass(RIG_AWAY_MS);
    assert_non_null(rig_tick());
}

static void all_rooms_of_a_person_see_it(void **state)
{
    (void)state;
    uint64_t ann = rig_guest("Ann");
    uint64_t garden = rig_room(ann, 1, "Garden");
    ask_bye(ann, true);
    rig_run();
    assert_int_equal(rig_count(EVENT_WENT), 1); /* connections are the lobby's */
    rig_pass(RIG_AWAY_MS);
    rig_tick();
    assert_int_equal(rig_count(EVENT_WENT), 2);
    assert_int_equal(rig_find(EVENT_WENT, 0)->room + rig_find(EVENT_WENT, 1)->room, LOBBY + garden);
    struct event *hello = ask_hello(1);
    rig_run();
    assert_int_equal(rig_count(EVENT_CAME), 2);
    const struct event *one = rig_find(EVENT_CAME, 0), *two = rig_find(EVENT_CAME, 1);
    assert_int_equal(one->room + two->room, LOBBY + garden);
    assert_int_equal(one->moved, one->room == LOBBY);
    assert_true(one->turned && two->turned);
    assert_int_equal(hello->welcome->rooms_count, 2);
    ask(EVENT_ACTIVE, ann, 0)->active = false;
    rig_run();
    assert_int_equal(rig_count(EVENT_TURNED), 2);
}

static void visitors_are_counted(void **state)
{
    (void)state;
    uint64_t ann = rig_guest("Ann");
    ask_visitor(EVENT_HELLO, 70, "");
    struct event *hello = ask_visitor(EVENT_HELLO, 71, "");
    rig_run();
    ASSERT_NOTICES({EVENT_CAME, 70, true, true, true, 1, 1},
                   {EVENT_CAME, 71, true, true, true, 1, 2});
    assert_int_equal(hello->welcome->rooms_count, 1);
    assert_int_equal(hello->welcome->rooms[0].id, LOBBY);
    struct event *who = ask(EVENT_WHO, ann, LOBBY);
    ask_visitor(EVENT_BYE, 70, "");
    struct event *then = ask(EVENT_WHO, ann, LOBBY);
    rig_run();
    ASSERT_NOTICES({EVENT_WENT, 70, true, true, false, 1, 1});
    assert_int_equal(who->roster->people, 1);
    assert_int_equal(who->roster->visitors, 2);
    assert_int_equal(then->roster->visitors, 1);
    assert_int_equal(then->roster->count, 1);
    assert_int_equal(then->roster->list[0].id, ann);
    assert_true(then->roster->list[0].active);
    assert_true(name_is(&then->roster->list[0].name, "Ann"));
    assert_int_equal(script.now.people_count, 1); /* they are kept nowhere */
    ask_visitor(EVENT_BYE, 71, "");
    rig_run();
}

/* ---- the budget ---- */

static unsigned shown(void)
{
    return rig_count(EVENT_CAME) + rig_count(EVENT_WENT) + rig_count(EVENT_TURNED) +
           rig_count(EVENT_RENAMED);
}

static void come_and_go(unsigned count, enum event_kind kind)
{
    for (unsigned i = 0; i < count; i++)
        ask_visitor(kind, 100 + i, "");
    rig_run();
}

static void notices_have_a_budget_and_a_picture_follows(void **state)
{
    (void)state;
    assert_int_equal(sequencer_wait_ms(rig.sequencer, rig.now_ms), UINT32_MAX);
    assert_null(rig_tick());
    come_and_go(5, EVENT_HELLO);
    assert_int_equal(shown(), 5);
    assert_int_equal(sequencer_wait_ms(rig.sequencer, rig.now_ms), UINT32_MAX);

    rig_pass(1);
    ask_visitor(EVENT_HELLO, 200, "");
    const struct event *hello = ask_guest(1, "Ann");
    rig_run();
    uint64_t ann = hello->person;
    assert_int_equal(shown(), 0);
    assert_int_equal(rig_count(EVENT_CAME), 0); /* not even made */
    assert_int_equal(sequencer_wait_ms(rig.sequencer, rig.now_ms), 1000);
    rig_pass(100);
    ask_visitor(EVENT_BYE, 100, ""); /* the time does not begin anew */
    rig_run();
    assert_int_equal(sequencer_wait_ms(rig.sequencer, rig.now_ms), 900);
    rig_pass(899);
    assert_null(rig_tick());
    rig_pass(1);
    assert_non_null(rig_tick());
    assert_int_equal(rig.batch->count, 1);
    const struct event *here = rig.batch->events[0];
    assert_int_equal(here->kind, EVENT_HERE);
    assert_int_equal(here->room, LOBBY);
    assert_int_equal(here->people, 1);
    assert_int_equal(here->visitors, 5);
    assert_int_equal(here->roster->count, 1);
    assert_int_equal(here->roster->list[0].id, ann);
    rig_pass(9000);
    assert_null(rig_tick());
    assert_int_equal(sequencer_wait_ms(rig.sequencer, rig.now_ms), UINT32_MAX);
}

static void the_budget_comes_back_with_time(void **state)
{
    (void)state;
    come_and_go(8, EVENT_HELLO);
    rig_pass(400); /* two at 5 a second */
    come_and_go(8, EVENT_BYE);
    assert_int_equal(shown(), 2);
    rig_pass(600);
    assert_non_null(rig_tick());
    assert_int_equal(rig_find(EVENT_HERE, 0)->visitors, 0);
}

static void each_room_has_a_budget_of_its_own(void **state)
{
    (void)state;
    uint64_t ann = rig_guest("Ann");
    uint64_t garden = rig_room(ann, 1, "Garden");
    uint64_t bea = rig_guest("Bea");
    rig_kept(EVENT_JOINED, bea, garden, 1, "");
    assert_int_equal(rig_count(EVENT_CAME), 1);
    come_and_go(10, EVENT_HELLO);
    ask(EVENT_ACTIVE, bea, 0)->active = false;
    rig_run();
    assert_int_equal(rig_count(EVENT_TURNED), 1);
    assert_int_equal(rig_find(EVENT_TURNED, 0)->room, garden);
    rig_pass(1000);
    rig_tick();
    assert_int_equal(rig_count(EVENT_HERE), 1);
    assert_int_equal(rig_find(EVENT_HERE, 0)->room, LOBBY);
}

/*
 * All rooms together: a notice counts as often as there is somebody to see it, and what is missing
 * is owed.
 */
static void all_rooms_share_a_budget(void **state)
{
    (void)state;
    rig.limits.notices = (struct rate){0, 0};
    rig.limits.notice_deliveries = (struct rate){10, 6};
    rig_restart();
    uint64_t ann = rig_guest("Ann"); /* 1 */
    uint64_t bea = rig_guest("Bea"); /* 2 */
    uint64_t garden = rig_room(ann, 1, "Garden");
    rig_kept(EVENT_JOINED, bea, garden, 1, ""); /* 2 */
    assert_int_equal(rig_count(EVENT_CAME), 1);
    ask(EVENT_ACTIVE, ann, 0)->active = false; /* 2 in each of her rooms; there is 1 left */
    rig_run();
    assert_int_equal(rig_count(EVENT_TURNED), 1);
    rig_pass(199); /* one is owed, and one is needed: 200 ms */
    ask(EVENT_ACTIVE, ann, 0)->active = true;
    rig_run();
    assert_int_equal(rig_count(EVENT_TURNED), 0);
    rig_pass(1);
    ask(EVENT_ACTIVE, ann, 0)->active = false;
    rig_run();
    assert_int_equal(rig_count(EVENT_TURNED), 1);
    rig_pass(1000);
    rig_tick();
    assert_int_equal(rig_count(EVENT_HERE), 2); /* both rooms are told how it stands */
}

static void a_large_room_is_told_how_many(void **state)
{
    (void)state;
    for (unsigned people = 1; people <= RIG_HERE_NAMES_MAX + 1; people++) {
        rig_guest("P");
        come_and_go(6, EVENT_HELLO);
        come_and_go(6, EVENT_BYE);
        rig_pass(1000);
        rig_tick();
        const struct event *here = rig_find(EVENT_HERE, 0);
        assert_int_equal(here->people, people);
        assert_int_equal(here->roster != NULL, people <= RIG_HERE_NAMES_MAX);
        if (here->roster)
            assert_int_equal(here->roster->count, people);
    }
}

/* Everybody has gone and the room would not be held any more, but a picture of it is owed. */
static void a_room_is_held_for_its_picture(void **state)
{
    (void)state;
    uint64_t ann = rig_guest("Ann");
    uint64_t bea = rig_guest("Bea");
    uint64_t garden = rig_room(bea, 1, "Garden");
    rig_kept(EVENT_JOINED, ann, garden, 1, "");
    for (uint8_t i = 0; i < 6; i++) {
        rig_kept(EVENT_LEFT, ann, garden, (uint8_t)(10 + 2 * i), "");
        rig_kept(EVENT_JOINED, ann, garden, (uint8_t)(11 + 2 * i), "");
    }
    rig_kept(EVENT_LEFT, bea, garden, 99, "");
    rig_kept(EVENT_LEFT, ann, garden, 99, "");
    assert_int_equal(rig_count(EVENT_WENT), 0);
    rig_pass(1000);
    rig_tick();
    assert_int_equal(rig_count(EVENT_HERE), 1);
    assert_int_equal(rig_find(EVENT_HERE, 0)->room, garden);
    assert_int_equal(rig_find(EVENT_HERE, 0)->people, 0);
    rig_kept(EVENT_JOINED, ann, garden, 100, "");
}

static void messages_are_no_notices(void **state)
{
    (void)state;
    uint64_t ann = rig_guest("Ann");
    for (uint8_t i = 0; i < 20; i++)
        ask_kept(EVENT_MESSAGE, ann, LOBBY, (uint8_t)(1 + i), "x");
    for (unsigned i = 0; i < 4; i++)
        ask_visitor(EVENT_HELLO, 100 + i, "");
    rig_run();
    assert_int_equal(shown(), 4); /* and she was the fifth */
    rig_pass(1500);
    rig_tick();
    assert_int_equal(rig_count(EVENT_HERE), 0); /* nothing was left out */
}

static void many_are_away_at_once(void **state)
{
    enum { MANY = 40 };
    uint64_t people[MANY];
    (void)state;
    rig.limits.notices = (struct rate){0, 0};
    rig_restart();
    for (unsigned i = 0; i < MANY; i++)
        people[i] = rig_guest("P");
    for (unsigned i = 0; i < MANY; i++) {
        ask_bye(people[i], true);
        rig_run();
        rig_pass(10);
    }
    ask_hello(1); /* the first, and one in the middle, come back */
    ask_hello(20);
    rig_run();
    rig_pass(RIG_AWAY_MS - 10 * MANY + 10 * 10); /* those of the first hundred milliseconds */
    unsigned commits = script.commits;
    rig_tick();
    assert_int_equal(rig_count(EVENT_WENT), 10);
    assert_int_equal(script.commits, commits + 1); /* they are noted together */
    rig_pass(RIG_AWAY_MS);
    rig_tick();
    assert_int_equal(rig_count(EVENT_WENT), MANY - 12);
}

#define PRESENCE_TEST(name) cmocka_unit_test_setup_teardown(name, rig_use, rig_take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PRESENCE_TEST(a_person_of_two_connections),
        PRESENCE_TEST(who_comes_back_in_time_was_never_away),
        PRESENCE_TEST(active_while_one_window_is),
        PRESENCE_TEST(the_active_window_goes),
        PRESENCE_TEST(a_reload_is_no_idleness),
        PRESENCE_TEST(saying_hello_again_moves_nobody),
        PRESENCE_TEST(all_rooms_of_a_person_see_it),
        PRESENCE_TEST(visitors_are_counted),
        PRESENCE_TEST(notices_have_a_budget_and_a_picture_follows),
        PRESENCE_TEST(the_budget_comes_back_with_time),
        PRESENCE_TEST(each_room_has_a_budget_of_its_own),
        PRESENCE_TEST(all_rooms_share_a_budget),
        PRESENCE_TEST(a_large_room_is_told_how_many),
        PRESENCE_TEST(a_room_is_held_for_its_picture),
        PRESENCE_TEST(messages_are_no_notices),
        PRESENCE_TEST(many_are_away_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
