#include "chat/sequencer_rig.h"

#include <stdio.h>
#include <string.h>

/* Guests, their tokens and names; read marks. */

enum { LOBBY = ROOM_LOBBY, DAY_MS = 24 * 60 * 60 * 1000 };

static void gone_for(uint64_t person, uint64_t ms)
{
    ask_bye(person, true);
    rig_run();
    rig_pass(ms);
    rig_tick();
}

/* ---- hello ---- */

static void a_new_guest_is_kept_with_its_token(void **state)
{
    (void)state;
    struct event *hello = ask_guest(7, "Ann");
    rig_run();
    assert_int_equal(hello->result, OK);
    assert_true(name_is(&hello->name, "Ann"));
    /* Ids are nonzero, and positive as SQL's integers are. */
    assert_true(hello->person != 0 && hello->person <= INT64_MAX);
    const struct person_record *record = scripted_store_person(hello->person);
    assert_true(name_is(&record->name, "Ann"));
    assert_true(name_is(&record->folded, "ann"));
    assert_int_equal(record->seen_ms, rig.wall_ms);
    assert_true(scripted_store_member(LOBBY, hello->person, NULL));

    uint64_t ann = hello->person;
    struct event *second = ask_hello(7);
    rig_run();
    assert_int_equal(second->result, OK);
    assert_int_equal(second->person, ann);
    assert_true(name_is(&second->name, "Ann"));
    rig_restart();
    struct event *third = ask_hello(7);
    third->name = (struct name){3, "Eve"}; /* passed over: it has a name */
    rig_run();
    assert_int_equal(third->person, ann);
    assert_true(name_is(&third->name, "Ann"));
}

static void a_token_that_is_unknown_is_told(void **state)
{
    (void)state;
    struct event *hello = ask_hello(7);
    rig_run();
    assert_int_equal(hello->result, ERR_NOT_FOUND);
    assert_int_equal(hello->person, 0);
    assert_int_equal(rig.batch->count, 1);
    assert_int_equal(script.now.people_count, 0);
    assert_int_equal(script.begins, 0);
}

static void guests_may_be_off(void **state)
{
    (void)state;
    rig_guest("Ann");
    rig.limits.guests = false;
    rig_restart();
    struct event *old = ask_hello(1), *newcomer = ask_guest(9, "Bea");
    struct event *visitor = ask_visitor(EVENT_HELLO, 77, "");
    rig_run();
    assert_int_equal(old->result, ERR_DENIED);
    assert_int_equal(newcomer->result, ERR_DENIED);
    assert_int_equal(visitor->result, OK); /* its door asks before it lets anybody in */
    assert_int_equal(script.now.people_count, 1);
}

static void without_a_name_one_is_made(void **state)
{
    (void)state;
    struct event *hello = ask_guest(1, NULL);
    rig_run();
    assert_int_equal(hello->result, OK);
    assert_int_equal(hello->name.len, strlen("Guest 1234"));
    assert_memory_equal(hello->name.text, "Guest ", 6);
    assert_true(hello->name.text[6] >= '1' && hello->name.text[6] <= '9');
}

/* ---- names ---- */

static void a_taken_name_gets_a_number(void **state)
{
    (void)state;
    struct event *hellos[4];
    const char *const asked[] = {"Ann", "ANN", "ann", "Ann 2"};
    const char *const got[] = {"Ann", "ANN 2", "ann 3", "Ann 2 2"};
    for (uint8_t i = 0; i < 4; i++)
        hellos[i] = ask_guest((uint8_t)(i + 1), asked[i]);
    rig_run(); /* all of them in one batch */
    for (uint8_t i = 0; i < 4; i++) {
        assert_int_equal(hellos[i]->result, OK);
        assert_true(name_is(&hellos[i]->name, got[i]));
    }
    struct event *later = ask_guest(9, "aNN");
    rig_run();
    assert_true(name_is(&later->name, "aNN 4"));
}

/*
 * After a few small numbers one is made of the id: many people of one name do not cost a search
 * each.
 */
static void many_of_one_name(void **state)
{
    (void)state;
    for (uint8_t i = 0; i < 30; i++)
        rig_guest("Ann");
    unsigned large = 0;
    for (size_t i = 0; i < script.now.people_count; i++)
        large += script.now.people[i].record.name.len > strlen("Ann 99");
    assert_in_range(large, 18, 21);
    unsigned odd = 0; /* tables by id rely on every bit of it */
    for (size_t i = 0; i < script.now.people_count; i++)
        odd += script.now.people[i].record.id & 1;
    assert_in_range(odd, 5, 25);
    unsigned steps = script.steps;
    rig_guest("Ann");
    assert_in_range(script.steps - steps, 10, 30);
}

static void a_long_name_keeps_its_number(void **state)
{
    char longest[NAME_CHARACTERS_MAX + 1];
    (void)state;
    memset(longest, 'x', NAME_CHARACTERS_MAX);
    longest[NAME_CHARACTERS_MAX] = '\0';
    rig_guest(longest);
    struct event *second = ask_guest(9, longest);
    rig_run();
    assert_int_equal(second->name.len, NAME_CHARACTERS_MAX);
    assert_memory_equal(second->name.text + NAME_CHARACTERS_MAX - 2, " 2", 2);
}

static struct event *ask_rename(uint64_t person, const char *name)
{
    struct event *event = ask(EVENT_RENAME, person, 0);
    event->name.len = (uint8_t)strlen(name);
    memcpy(event->name.text, name, strlen(name));
    return event;
}

static void renaming_is_told_in_all_ones_rooms(void **state)
{
    (void)state;
    uint64_t ann = rig_guest("Ann"), bea = rig_guest("Bea");
    rig_room(bea, 1, "Elsewhere");
    uint64_t room = rig_room(ann, 1, "Garden");
    struct event *before = ask_kept(EVENT_MESSAGE, ann, LOBBY, 2, "a");
    struct event *rename = ask_rename(ann, "Anna");
    struct event *after = ask_kept(EVENT_MESSAGE, ann, LOBBY, 3, "b");
    rig_run();
    assert_int_equal(rename->result, OK);
    assert_true(name_is(&rename->name, "Anna"));
    assert_true(name_is(&before->name, "Ann"));
    assert_true(name_is(&after->name, "Anna"));
    assert_int_equal(rig_count(EVENT_RENAMED), 2);
    const struct event *one = rig_find(EVENT_RENAMED, 0), *two = rig_find(EVENT_RENAMED, 1);
    assert_int_equal(one->room + two->room, LOBBY + room);
    assert_true(name_is(&one->name, "Anna") && name_is(&one->was, "Ann"));
    assert_true(name_is(&scripted_store_person(ann)->folded, "anna"));
    struct event *free_now = ask_guest(9, "Ann");
    rig_run();
    assert_true(name_is(&free_now->name, "Ann"));
}

static void renaming_to_what_is_taken_or_ones_own(void **state)
{
    (void)state;
    uint64_t ann = rig_guest("Ann"), bea = rig_guest("Bea");
    struct event *taken = ask_rename(bea, "ann");
    rig_run();
    assert_true(name_is(&taken->name, "ann 2"));
    assert_int_equal(rig_count(EVENT_RENAMED), 1);
    struct event *again = ask_rename(bea, "ann");
    rig_run();
    assert_true(name_is(&again->name, "ann 2")); /* the free one is the one it has */
    assert_int_equal(rig_count(EVENT_RENAMED), 0);
    struct event *letters = ask_rename(ann, "ANN");
    rig_run();
    assert_true(name_is(&letters->name, "ANN"));
    assert_int_equal(rig_count(EVENT_RENAMED), 1);
    struct event *nobody = ask_rename(4242, "Eve");
    rig_run();
    assert_int_equal(nobody->result, ERR_INTERNAL);
}

static void two_who_want_one_name_in_one_batch(void **state)
{
    (void)state;
    uint64_t ann = rig_guest("Ann"), bea = rig_guest("Bea");
    struct event *first = ask_rename(ann, "Cyn"), *second = ask_rename(bea, "cyn");
    struct event *third = ask_guest(9, "Ann"); /* free by the first */
    rig_run();
    assert_true(name_is(&first->name, "Cyn"));
    assert_true(name_is(&second->name, "cyn 2"));
    assert_true(name_is(&third->name, "Ann"));
}

static void a_name_is_free_again_after_a_long_absence(void **state)
{
    (void)state;
    uint64_t ann = rig_guest("Ann");
    gone_for(ann, RIG_AWAY_MS); /* seen last at the end of these */
    rig_pass(RIG_NAME_MS - 1);
    struct event *early = ask_guest(8, "Ann");
    rig_run();
    assert_true(name_is(&early->name, "Ann 2"));
    rig_pass(1);
    struct event *late = ask_guest(9, "ann");
    rig_run();
    assert_true(name_is(&late->name, "ann"));
    assert_int_equal(scripted_store_person(ann)->folded.len, 0);
    assert_true(name_is(&scripted_store_person(ann)->name, "Ann")); /* old messages keep it */

    struct event *back = ask_hello(1);
    rig_run();
    assert_int_equal(back->person, ann);
    assert_true(name_is(&back->name, "Ann 3"));
    assert_true(name_is(&scripted_store_person(ann)->folded, "ann 3"));
}

static void who_is_here_keeps_its_name_for_ever(void **state)
{
    (void)state;
    rig_guest("Ann");
    rig_pass(10 * RIG_NAME_MS);
    struct event *other = ask_guest(9, "Ann");
    rig_run();
    assert_true(name_is(&other->name, "Ann 2"));
}

/* Somebody who comes back often is noted about once a day: not every hello is written. */
static void coming_back_is_noted_once_a_day(void **state)
{
    (void)state;
    uint64_t ann = rig_guest("Ann");
    uint64_t seen_ms = scripted_store_person(ann)->seen_ms;
    rig_pass(DAY_MS - 1);
    ask_hello(1);
    unsigned begins = script.begins;
    rig_run();
    assert_int_equal(script.begins, begins);
    assert_int_equal(scripted_store_person(ann)->seen_ms, seen_ms);
    rig_pass(1);
    ask_hello(1);
    rig_run();
    assert_int_equal(scripted_store_person(ann)->seen_ms, rig.wall_ms);
}

/* A full disk refuses what is to be kept, but lets in whoever is known. */
static void a_full_disk_keeps_nobody_out(void **state)
{
    (void)state;
    uint64_t ann = rig_guest("Ann");
    gone_for(ann, RIG_AWAY_MS);
    rig_pass(2 * (uint64_t)DAY_MS);
    for (unsigned step = 1; step <= 3; step++) { /* begin, the change, commit */
        rig_restart();
        struct event *hello = ask_hello(1);
        scripted_store_fail(step, ERR_BUSY); /* the token is looked up before */
        rig_run();
        assert_int_equal(hello->result, OK);
        assert_int_equal(hello->person, ann);
        assert_true(name_is(&hello->name, "Ann"));
    }
}

/* Let in while nothing could be kept, one bears a name that is another's by now: leaving does not take it back. */
static void an_old_name_is_not_taken_back(void **state)
{
    (void)state;
    uint64_t ann = rig_guest("Ann");
    gone_for(ann, RIG_AWAY_MS);
    rig_pass(RIG_NAME_MS);
    const struct event *other = ask_guest(9, "ann");
    rig_run();
    uint64_t heir = other->person;
    struct event *back = ask_hello(1);
    scripted_store_fail(1, ERR_BUSY); /* the token is looked up before */
    rig_run();
    assert_int_equal(back->result, OK);
    assert_true(name_is(&back->name, "Ann"));
    uint64_t seen_ms = scripted_store_person(ann)->seen_ms;
    gone_for(ann, RIG_AWAY_MS);
    assert_true(scripted_store_person(ann)->seen_ms > seen_ms);
    assert_int_equal(scripted_store_person(ann)->folded.len, 0);
    assert_true(name_is(&scripted_store_person(heir)->folded, "ann"));
}

/* ---- read marks ---- */

static struct event *ask_read(uint64_t person, uint64_t seq)
{
    struct event *event = ask(EVENT_READ, person, LOBBY);
    event->seq = seq;
    return event;
}

static void marks_move_forward_only(void **state)
{
    uint64_t read = 99;
    (void)state;
    uint64_t ann = rig_guest("Ann"), bea = rig_guest("Bea");
    for (uint8_t i = 1; i <= 5; i++)
        rig_kept(EVENT_MESSAGE, bea, LOBBY, i, "x");
    struct event *first = ask_read(ann, 3);
    rig_run();
    assert_int_equal(first->seq, 3);
    assert_false(first->unchanged);
    assert_true(scripted_store_member(LOBBY, ann, &read));
    assert_int_equal(read, 3);
    struct event *back = ask_read(ann, 2), *same = ask_read(ann, 3);
    rig_run();
    assert_int_equal(back->seq, 3);
    assert_true(back->unchanged && same->unchanged);
    struct event *beyond = ask_read(ann, UINT64_MAX);
    rig_run();
    assert_int_equal(beyond->seq, 5);
    struct event *hello = ask_hello(1);
    rig_run();
    assert_int_equal(hello->welcome->rooms[0].read, 5);
    rig_restart();
    hello = ask_hello(1);
    rig_run();
    assert_int_equal(hello->welcome->rooms[0].read, 5);
}

/*
 * Two windows of one person; the answers say where the mark stands, and nobody is told that it went
 * back.
 */
static void two_marks_in_one_batch(void **state)
{
    (void)state;
    uint64_t ann = rig_guest("Ann"), bea = rig_guest("Bea");
    for (uint8_t i = 1; i <= 5; i++)
        rig_kept(EVENT_MESSAGE, bea, LOBBY, i, "x");
    struct event *far = ask_read(ann, 4), *near = ask_read(ann, 2);
    struct event *farther = ask_read(ann, 5);
    rig_run();
    assert_int_equal(far->seq, 4);
    assert_int_equal(near->seq, 4);
    assert_true(near->unchanged);
    assert_int_equal(farther->seq, 5);
    assert_false(farther->unchanged);
}

static void marks_of_rooms_one_is_not_in(void **state)
{
    (void)state;
    uint64_t ann = rig_guest("Ann");
    struct event *event = ask_read(ann, 1);
    event->room = 777;
    struct event *nobody = ask_read(4242, 1);
    rig_run();
    assert_int_equal(event->result, ERR_NOT_FOUND);
    assert_int_equal(nobody->result, ERR_NOT_FOUND);
}

#define PEOPLE_TEST(name) cmocka_unit_test_setup_teardown(name, rig_use, rig_take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PEOPLE_TEST(a_new_guest_is_kept_with_its_token),
        PEOPLE_TEST(a_token_that_is_unknown_is_told),
        PEOPLE_TEST(guests_may_be_off),
        PEOPLE_TEST(without_a_name_one_is_made),
        PEOPLE_TEST(a_taken_name_gets_a_number),
        PEOPLE_TEST(many_of_one_name),
        PEOPLE_TEST(a_long_name_keeps_its_number),
        PEOPLE_TEST(renaming_is_told_in_all_ones_rooms),
        PEOPLE_TEST(renaming_to_what_is_taken_or_ones_own),
        PEOPLE_TEST(two_who_want_one_name_in_one_batch),
        PEOPLE_TEST(a_name_is_free_again_after_a_long_absence),
        PEOPLE_TEST(who_is_here_keeps_its_name_for_ever),
        PEOPLE_TEST(coming_back_is_noted_once_a_day),
        PEOPLE_TEST(a_full_disk_keeps_nobody_out),
        PEOPLE_TEST(an_old_name_is_not_taken_back),
        PEOPLE_TEST(marks_move_forward_only),
        PEOPLE_TEST(two_marks_in_one_batch),
        PEOPLE_TEST(marks_of_rooms_one_is_not_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
