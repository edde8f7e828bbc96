#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "chat/dice.h"

#include "chat/roster.h"

static struct roster *roster;
static struct name became, was;

static int use(void **state)
{
    (void)state;
    roster = roster_new();
    return 0;
}

static int take_down(void **state)
{
    (void)state;
    roster_free(roster);
    return 0;
}

static struct name named(const char *text)
{
    struct name name = {.len = (uint8_t)strlen(text)};
    memcpy(name.text, text, strlen(text) + 1);
    return name;
}

static bool join(uint64_t id, const char *text, bool active)
{
    struct name asked = named(text);
    return roster_join(roster, id, &asked, active, &became);
}

static void rename_to(uint64_t id, const char *text)
{
    struct name asked = named(text);
    roster_rename(roster, id, &asked, &was, &became);
}

static bool leave(uint64_t id, bool active)
{
    return roster_leave(roster, id, active, &became);
}

#define assert_became(expected) assert_string_equal(became.text, expected)

static void starts_empty(void **state)
{
    struct name name = named("untouched");
    (void)state;
    assert_int_equal(roster_people(roster), 0);
    assert_int_equal(roster_visitors(roster), 0);
    assert_false(roster_name(roster, 1, &name));
    assert_string_equal(name.text, "untouched");
    struct roster_view *view = roster_view(roster);
    assert_int_equal(view->count, 0);
    roster_view_unref(view);
    roster_view_unref(NULL);
}

static void counts_connections_of_a_person(void **state)
{
    (void)state;
    assert_true(join(1, "Ann", true));
    assert_false(join(1, "Other", true)); /* keeps the name that the person has */
    assert_became("Ann");
    assert_int_equal(roster_people(roster), 1);
    assert_false(leave(1, true));
    assert_became("Ann");
    assert_int_equal(roster_people(roster), 1);
    assert_true(leave(1, true));
    assert_became("Ann");
    assert_int_equal(roster_people(roster), 0);
    assert_false(roster_name(roster, 1, &became));
}

static void gives_a_free_name(void **state)
{
    (void)state;
    join(1, "Ann", true);
    join(2, "ann", true);
    assert_became("ann 2");
    join(3, "ANN", true);
    assert_became("ANN 3");
    join(4, "Ann 2", true); /* that one is taken as well */
    assert_became("Ann 2 2");
    leave(2, true);
    join(5, "Ann", true);
    assert_became("Ann 2");
    leave(1, true);
    join(6, "Ann", true);
    assert_became("Ann");
}

static void renames_to_a_free_name(void **state)
{
    (void)state;
    join(1, "Ann", true);
    join(2, "Bea", true);
    rename_to(2, "Ann");
    assert_string_equal(was.text, "Bea");
    assert_became("Ann 2");
    rename_to(2, "Ann"); /* its own name is free for itself */
    assert_became("Ann 2");
    rename_to(1, "ANN");
    assert_string_equal(was.text, "Ann");
    assert_became("ANN");
    join(3, "Bea", true); /* what was given up is free */
    assert_became("Bea");
    assert_true(roster_name(roster, 2, &became));
    assert_became("Ann 2");
}

static void many_bear_one_name(void **state)
{
    enum { MANY = 20000 };
    struct dice dice = dice_new("roster");
    (void)state;
    for (unsigned i = 0; i < MANY; i++) {
        join(dice_next(&dice) | 1, "Ann", true);
        if (i >= 1 && i < 9) {
            char numbered[16];
            snprintf(numbered, sizeof(numbered), "Ann %u", i + 1);
            assert_became(numbered);
        }
    }
    assert_int_equal(roster_people(roster), MANY);
    /* As many different names as people: the table of names would have lost one otherwise. */
    struct roster_view *view = roster_view(roster);
    for (uint32_t i = 0; i < view->count; i++) {
        for (uint32_t j = 0; j < i; j++)
            assert_string_not_equal(view->list[i].name.text, view->list[j].name.text);
    }
    roster_view_unref(view);
}

/* Ids whose numbers meet: they differ by a multiple of what the numbers are made of. */
static void numbers_that_meet_are_passed_over(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 30; i++)
        join(1 + i * 1000000, "Ann", true);
    assert_became("Ann 31");
    assert_int_equal(roster_people(roster), 30);
}

static void counts_the_active_connections(void **state)
{
    (void)state;
    assert_false(roster_is_active(roster, 1));
    join(1, "Ann", false);
    join(1, "Ann", false);
    assert_false(roster_is_active(roster, 1));
    assert_true(roster_set_active(roster, 1, true));
    assert_true(roster_is_active(roster, 1));
    assert_false(roster_set_active(roster, 1, true));
    assert_false(roster_set_active(roster, 1, false));
    assert_true(roster_set_active(roster, 1, false));
    assert_true(roster_set_active(roster, 1, true));
    struct roster_view *view = roster_view(roster);
    assert_true(view->list[0].active);
    roster_view_unref(view);
    assert_true(roster_set_active(roster, 1, false));
    view = roster_view(roster);
    assert_false(view->list[0].active);
    roster_view_unref(view);
    roster_set_active(roster, 1, true);
    leave(1, true); /* the active one goes */
    view = roster_view(roster);
    assert_false(view->list[0].active);
    roster_view_unref(view);
    leave(1, false);
}

static void visitors_are_a_number(void **state)
{
    (void)state;
    roster_visitor_came(roster);
    roster_visitor_came(roster);
    assert_int_equal(roster_visitors(roster), 2);
    roster_visitor_went(roster);
    struct roster_view *view = roster_view(roster);
    assert_int_equal(view->visitors, 1);
    assert_int_equal(view->people, 0);
    roster_view_unref(view);
}

static void a_view_names_two_hundred(void **state)
{
    (void)state;
    for (uint64_t id = 1; id <= ROSTER_VIEW_MAX + 1; id++) {
        char text[16];
        snprintf(text, sizeof(text), "P%llu", (unsigned long long)id);
        join(id, text, id % 2);
        struct roster_view *view = roster_view(roster);
        assert_int_equal(view->people, id);
        assert_int_equal(view->count, id < ROSTER_VIEW_MAX ? id : ROSTER_VIEW_MAX);
        for (uint32_t i = 0; i < view->count; i++)
            assert_int_equal(view->list[i].active, view->list[i].id % 2);
        roster_view_unref(view);
    }
}

static void a_view_is_a_picture_and_shared_until_something_changes(void **state)
{
    (void)state;
    join(1, "Ann", true);
    join(1, "Ann", false);
    struct roster_view *first = roster_view(roster), *same = roster_view(roster);
    assert_ptr_equal(first, same);
    assert_int_equal(first->refs, 3); /* the roster's own is one */
    roster_view_unref(same);
    assert_false(roster_set_active(roster, 1, true)); /* the second one, too: nothing to see */
    same = roster_view(roster);
    assert_ptr_equal(first, same);
    roster_view_unref(same);

    rename_to(1, "Bea");
    struct roster_view *second = roster_view(roster);
    assert_ptr_not_equal(first, second);
    assert_string_equal(first->list[0].name.text, "Ann"); /* it stays what it was */
    assert_string_equal(second->list[0].name.text, "Bea");
    roster_visitor_came(roster);
    struct roster_view *third = roster_view(roster);
    assert_ptr_not_equal(second, third);
    assert_int_equal(second->visitors, 0);
    roster_view_unref(first);
    roster_view_unref(second);
    roster_view_unref(third);
}

#define ROSTER_TEST(name) cmocka_unit_test_setup_teardown(name, use, take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROSTER_TEST(starts_empty),
        ROSTER_TEST(counts_connections_of_a_person),
        ROSTER_TEST(gives_a_free_name),
        ROSTER_TEST(renames_to_a_free_name),
        ROSTER_TEST(many_bear_one_name),
        ROSTER_TEST(numbers_that_meet_are_passed_over),
        ROSTER_TEST(counts_the_active_connections),
        ROSTER_TEST(visitors_are_a_number),
        ROSTER_TEST(a_view_names_two_hundred),
        ROSTER_TEST(a_view_is_a_picture_and_shared_until_something_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
