#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <string.h>

#include "base/error.h"
#include "chat/community.h"
#include "chat/roster.h"
#include "chat/scripted_store.h"

enum { GARDEN = 20, PARK = 30, ANN = 101, BEA = 102, CYN = 103, NOW_MS = 5000 };

static const struct rate notices = {5, 5};
static const struct name ann = {3, "Ann"}, bea = {3, "Bea"};

static struct community community;

/* Ann is in the lobby and the garden, Bea in these and the park. */
static int use(void **state)
{
    (void)state;
    struct store *store = scripted_store_init();
    scripted_store_add_room(GARDEN, "Garden");
    scripted_store_add_room(PARK, "Park");
    scripted_store_add_member(ROOM_LOBBY, ANN, 0);
    scripted_store_add_member(GARDEN, ANN, 7);
    scripted_store_add_member(ROOM_LOBBY, BEA, 0);
    scripted_store_add_member(GARDEN, BEA, 0);
    scripted_store_add_member(PARK, BEA, 0);
    return community_init(&community, store, &notices, 7, NOW_MS);
}

static int take_down(void **state)
{
    (void)state;
    community_release(&community); /* whoever is still here; a leak is found by the sanitizer */
    return 0;
}

static unsigned rooms_held(void)
{
    return community.rooms.count;
}

static struct person *enter(uint64_t id, const struct name *name, bool *ret_first)
{
    struct person *person = NULL;
    const struct person_record record = {.id = id, .name = *name};
    assert_int_equal(community_enter(&community, &record, NOW_MS, &person), OK);
    assert_non_null(person);
    *ret_first = !person->here;
    if (!person->here)
        assert_int_equal(community_appear(&community, person), OK);
    return person;
}

static void a_room_is_loaded_with_the_first_who_comes(void **state)
{
    bool first = false;
    (void)state;
    assert_int_equal(rooms_held(), 1); /* the lobby always is */
    struct person *person = enter(ANN, &ann, &first);
    assert_true(first);
    assert_int_equal(person->seats_count, 2);
    assert_int_equal(rooms_held(), 2);
    assert_int_equal(person_seat(person, GARDEN)->read, 7);
    assert_null(person_seat(person, PARK));
    assert_ptr_equal(person_seat(person, ROOM_LOBBY)->room, community.lobby);
    struct name name = person_name(person);
    assert_true(slice_is(name_slice(&name), "Ann"));
    unsigned steps = script.steps;
    assert_ptr_equal(enter(ANN, &bea, &first), person); /* already here: nothing is asked */
    assert_false(first);
    assert_int_equal(script.steps, steps);
    enter(BEA, &bea, &first);
    assert_true(first);
    assert_int_equal(rooms_held(), 3);
    assert_int_equal(community.lobby->here_count, 2);
    assert_ptr_equal(community_person(&community, ANN), person);
    assert_null(community_person(&community, CYN));
}

static void a_room_goes_with_the_last_who_leaves(void **state)
{
    bool first;
    (void)state;
    struct person *one = enter(ANN, &ann, &first), *two = enter(BEA, &bea, &first);
    community_drop(&community, one);
    assert_int_equal(rooms_held(), 3);
    assert_null(community_person(&community, ANN));
    assert_int_equal(community.lobby->here_count, 1);
    community_drop(&community, two);
    assert_int_equal(rooms_held(), 1);
    assert_int_equal(community.lobby->here_count, 0);
    enter(ANN, &ann, &first);
    assert_true(first);
}

static void a_store_that_fails_leaves_nobody_half_here(void **state)
{
    (void)state;
    for (unsigned step = 0; step < 3; step++) { /* the seats, the garden, the park */
        struct person *person = NULL;
        const struct person_record record = {.id = BEA, .name = bea};
        scripted_store_fail(step, ERR_IO);
        int result = community_enter(&community, &record, NOW_MS, &person);
        assert_int_equal(result, ERR_IO);
        assert_null(person);
        assert_null(community_person(&community, BEA));
        assert_int_equal(rooms_held(), 1);
        assert_int_equal(community.lobby->here_count, 0);
    }
    bool first;
    assert_int_equal(enter(BEA, &bea, &first)->seats_count, 3);
}

static void a_room_that_was_only_looked_at_goes_again(void **state)
{
    struct room *room = NULL, *same = NULL;
    (void)state;
    assert_int_equal(community_room(&community, 999, NOW_MS, &room), ERR_NOT_FOUND);
    assert_null(room);
    assert_int_equal(community_room(&community, GARDEN, NOW_MS, &room), OK);
    unsigned steps = script.steps;
    assert_int_equal(community_room(&community, GARDEN, NOW_MS, &same), OK);
    assert_ptr_equal(room, same);
    assert_int_equal(script.steps, steps);
    assert_int_equal(rooms_held(), 2);
    community_sweep(&community, room);
    assert_int_equal(rooms_held(), 1);
    community_sweep(&community, community.lobby); /* which stays */
    assert_int_equal(rooms_held(), 1);
}

static void a_batch_that_fails_sets_heads_back(void **state)
{
    struct room *room;
    bool first;
    (void)state;
    enter(ANN, &ann, &first);
    community_room(&community, GARDEN, NOW_MS, &room);
    for (unsigned kept = 0; kept < 2; kept++) {
        struct room_head before = room->head;
        for (unsigned i = 0; i < 3; i++) {
            community_touch(&community, room);
            room->head = (struct room_head){before.seq + 1 + i, 50 + i, 60, 0};
        }
        community_touch(&community, community.lobby);
        community.lobby->head.seq++;
        if (kept)
            room->told = room->head;
        community_settle(&community, kept);
        assert_int_equal(room->head.seq, kept ? 3 : 0);
        assert_int_equal(room->head.mid, kept ? 52 : 0);
        assert_int_equal(community.lobby->head.seq, kept ? 1 : 0);
        assert_null(community.touched);
        assert_false(room->touched || community.lobby->touched);
    }
}

/* Held while the batch in hand changes it, or a picture is owed, though nobody is there. */
static void a_room_is_held_while_it_is_needed(void **state)
{
    struct room *room;
    (void)state;
    community_room(&community, GARDEN, NOW_MS, &room);
    community_touch(&community, room);
    community_sweep(&community, room);
    assert_int_equal(rooms_held(), 2);
    community_stale(&community, room, NOW_MS + 1000);
    community_stale(&community, room, NOW_MS + 9000); /* the first time counts */
    assert_int_equal(room->here_at_ms, NOW_MS + 1000);
    community_settle(&community, true);
    assert_int_equal(rooms_held(), 2);
    assert_ptr_equal(community.stale, room);
    community.stale = room->next_stale;
    room->stale = false;
    community_sweep(&community, room);
    assert_int_equal(rooms_held(), 1);
    /* One that the batch made and that was not kept. */
    const struct room_record record = {.id = 77, .name = {1, "x"}, .folded = {1, "x"}};
    room = community_add_room(&community, &record, NOW_MS);
    community_touch(&community, room);
    room->head.seq = 1;
    community_settle(&community, false);
    assert_int_equal(rooms_held(), 1);
}

/*
 * A list in order of time, from which anybody may come back: first, middle, last, and the only one.
 */
static void those_who_are_away_stand_in_order(void **state)
{
    const uint64_t ids[] = {ANN, BEA, CYN};
    (void)state;
    for (unsigned back = 0; back < 8; back++) {
        struct person *people[3];
        bool first;
        for (unsigned i = 0; i < 3; i++) {
            people[i] = enter(ids[i], &ann, &first);
            community_away(&community, people[i], 100 + i);
        }
        for (unsigned i = 0; i < 3; i++) {
            if (back & (1u << i))
                community_back(&community, people[i]);
        }
        const struct person *at = community.away_first, *before = NULL;
        for (unsigned i = 0; i < 3; i++) {
            if (back & (1u << i)) {
                assert_int_equal(people[i]->away_ms, 0);
                continue;
            }
            assert_ptr_equal(at, people[i]);
            assert_ptr_equal(at->prev, before);
            assert_int_equal(at->away_ms, 100 + i);
            before = at;
            at = at->next;
        }
        assert_null(at);
        assert_ptr_equal(community.away_last, before);
        community_back(&community, people[0]); /* also who is not away */
        for (unsigned i = 0; i < 3; i++)
            community_drop(&community, people[(i + back) % 3]);
        assert_null(community.away_first);
        assert_null(community.away_last);
    }
}

static void a_lobby_that_cannot_be_read(void **state)
{
    struct community none;
    (void)state;
    scripted_store_fail(0, ERR_IO);
    assert_int_equal(community_init(&none, &script.store, &notices, 7, NOW_MS), ERR_IO);
}

#define COMMUNITY_TEST(name) cmocka_unit_test_setup_teardown(name, use, take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        COMMUNITY_TEST(a_room_is_loaded_with_the_first_who_comes),
        COMMUNITY_TEST(a_room_goes_with_the_last_who_leaves),
        COMMUNITY_TEST(a_store_that_fails_leaves_nobody_half_here),
        COMMUNITY_TEST(a_room_that_was_only_looked_at_goes_again),
        COMMUNITY_TEST(a_batch_that_fails_sets_heads_back),
        COMMUNITY_TEST(a_room_is_held_while_it_is_needed),
        COMMUNITY_TEST(those_who_are_away_stand_in_order),
        COMMUNITY_TEST(a_lobby_that_cannot_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
