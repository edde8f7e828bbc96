#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <string.h>

#include "base/memory.h"
#include "chat/dice.h"
#include "chat/person.h"
#include "chat/room.h"
#include "chat/roster.h"

/* Rooms and the people in them: seats, the picture of who is here, and what a newcomer is told. */

enum { GARDEN = 20 };

static const struct rate notices = {5, 5};
static const struct name ann = {3, "Ann"};

static struct room *new_room(uint64_t id)
{
    const struct room_record record = {
        .id = id,
        .kind = ROOM_PUBLIC,
        .head = 7,
        .mid = 8,
        .ts_ms = 9,
        .name = {6, "Garden"},
        .topic = mem_copy_string("roses", 5),
    };
    return room_new(&record, &notices, 1000);
}

static struct person *new_person(uint64_t id)
{
    const struct person_record record = {.id = id, .name = ann};
    struct person *person = person_new(&record);
    person->here = true;
    return person;
}

static struct seat *sit(struct room *room, struct person *person, uint64_t read)
{
    return room_seat(room, person, &(struct seat_record){.room = room->id, .read = read});
}

static void a_newcomer_is_told_what_is_in_order(void **state)
{
    struct room_info info;
    (void)state;
    struct room *room = new_room(GARDEN);
    struct person *person = new_person(1);
    sit(room, person, 3);
    room_visit(room, 2);
    room->head.seq = 12; /* with the batch in hand, which is not in order yet */
    room_describe(room, person_seat(person, GARDEN), &info);
    assert_int_equal(info.id, GARDEN);
    assert_int_equal(info.kind, ROOM_PUBLIC);
    assert_int_equal(info.head, 7);
    assert_int_equal(info.mid, 8);
    assert_int_equal(info.ts_ms, 9);
    assert_int_equal(info.read, 3);
    assert_int_equal(info.people, 1);
    assert_int_equal(info.visitors, 2);
    assert_true(slice_is(name_slice(&info.name), "Garden"));
    assert_string_equal(info.topic, "roses");
    assert_ptr_not_equal(info.topic, room->topic);
    mem_free(info.topic);
    mem_free(room->topic);
    room->topic = NULL;
    room_describe(room, person_seat(person, GARDEN), &info);
    assert_null(info.topic);
    room_visit(room, -2);
    room_unseat(room, person);
    person_free(person);
    room_free(room);
}

static void a_picture_is_kept_until_something_changes(void **state)
{
    (void)state;
    struct room *room = new_room(GARDEN);
    struct person *person = new_person(1);
    sit(room, person, 0);
    struct roster_view *view = room_view(room), *same = room_view(room);
    assert_ptr_equal(view, same);
    assert_int_equal(view->refs, 3);
    assert_int_equal(view->count, 1);
    assert_int_equal(view->list[0].id, 1);
    assert_false(view->list[0].active);
    assert_true(slice_is(name_slice(&view->list[0].name), "Ann"));
    room_visit(room, 1);
    struct roster_view *next = room_view(room);
    assert_ptr_not_equal(next, view);
    assert_int_equal(view->visitors, 0); /* a picture does not change */
    assert_int_equal(next->visitors, 1);
    person_set_name(person, &(struct name){4, "Anna"});
    person->shown_active = true;
    room_changed(room);
    roster_view_unref(next);
    next = room_view(room);
    assert_true(slice_is(name_slice(&next->list[0].name), "Anna"));
    assert_true(next->list[0].active);
    room_visit(room, -1);
    room_unseat(room, person);
    person_free(person);
    room_free(room);
    roster_view_unref(view);
    roster_view_unref(same);
    roster_view_unref(next);
}

static void a_picture_names_so_many_and_counts_all(void **state)
{
    enum { MANY = ROSTER_VIEW_MAX + 50 };
    struct person *people[MANY];
    (void)state;
    struct room *room = new_room(GARDEN);
    for (unsigned i = 0; i < MANY; i++) {
        people[i] = new_person(1 + i);
        sit(room, people[i], 0);
    }
    struct roster_view *view = room_view(room);
    assert_int_equal(view->count, ROSTER_VIEW_MAX);
    assert_int_equal(view->people, MANY);
    roster_view_unref(view);
    for (unsigned i = 0; i < MANY; i++) {
        room_unseat(room, people[i]);
        person_free(people[i]);
    }
    room_free(room);
}

/* People sit down and get up in any order; each seat leads to its place in its room and back. */
static void seats_and_places_stay_together(void **state)
{
    enum { ROOMS = 9, PEOPLE = 15, STEPS = 20000 };
    struct dice dice = dice_new("seats");
    struct room *rooms[ROOMS];
    struct person *people[PEOPLE];
    bool sits[ROOMS][PEOPLE] = {0};
    (void)state;
    for (unsigned i = 0; i < ROOMS; i++)
        rooms[i] = new_room(100 + i);
    for (unsigned i = 0; i < PEOPLE; i++)
        people[i] = new_person(1 + i);
    for (unsigned step = 0; step < STEPS; step++) {
        unsigned r = dice_below(&dice, ROOMS), p = dice_below(&dice, PEOPLE);
        if (sits[r][p])
            room_unseat(rooms[r], people[p]);
        else
            assert_int_equal(sit(rooms[r], people[p], r * 100 + p)->read, r * 100 + p);
        sits[r][p] = !sits[r][p];
        unsigned here = 0;
        for (unsigned i = 0; i < PEOPLE; i++) {
            const struct seat *seat = person_seat(people[i], rooms[r]->id);
            assert_int_equal(seat != NULL, sits[r][i]);
            here += sits[r][i];
            if (!seat)
                continue;
            assert_ptr_equal(seat->room, rooms[r]);
            assert_ptr_equal(rooms[r]->here[seat->index], people[i]);
            assert_int_equal(seat->read, r * 100 + i);
        }
        assert_int_equal(rooms[r]->here_count, here);
    }
    for (unsigned r = 0; r < ROOMS; r++) {
        for (unsigned p = 0; p < PEOPLE; p++) {
            if (sits[r][p])
                room_unseat(rooms[r], people[p]);
        }
        room_free(rooms[r]);
    }
    for (unsigned p = 0; p < PEOPLE; p++)
        person_free(people[p]);
}

static void nobody_has_no_name(void **state)
{
    (void)state;
    assert_int_equal(person_name(NULL).len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_newcomer_is_told_what_is_in_order),
        cmocka_unit_test(a_picture_is_kept_until_something_changes),
        cmocka_unit_test(a_picture_names_so_many_and_counts_all),
        cmocka_unit_test(seats_and_places_stay_together),
        cmocka_unit_test(nobody_has_no_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
