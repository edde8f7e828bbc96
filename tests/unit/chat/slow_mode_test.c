#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include "chat/slow_mode.h"

enum { ROOM = 7, OTHER_ROOM = 8, ANN = 100, BEA = 101, SLOW_MS = 5000 };

static void whoever_has_spoken_waits(void **state)
{
    struct slow_mode slow = {.salt = 42};
    (void)state;
    assert_int_equal(slow_mode_wait_ms(&slow, ROOM, ANN, SLOW_MS, 1000), 0);
    slow_mode_note(&slow, ROOM, ANN, 1000);
    assert_int_equal(slow_mode_wait_ms(&slow, ROOM, ANN, SLOW_MS, 1000), SLOW_MS);
    assert_int_equal(slow_mode_wait_ms(&slow, ROOM, ANN, SLOW_MS, 5999), 1);
    assert_int_equal(slow_mode_wait_ms(&slow, ROOM, ANN, SLOW_MS, 6000), 0);
    assert_int_equal(slow_mode_wait_ms(&slow, ROOM, BEA, SLOW_MS, 1000), 0);
    assert_int_equal(slow_mode_wait_ms(&slow, OTHER_ROOM, ANN, SLOW_MS, 1000), 0);
    slow_mode_note(&slow, ROOM, ANN, 7000);
    assert_int_equal(slow_mode_wait_ms(&slow, ROOM, ANN, SLOW_MS, 7001), SLOW_MS - 1);
    slow_mode_release(&slow);
}

/* Ten times as many people as there is room for: those who spoke last are known, and memory does not grow. */
static void the_newest_are_remembered(void **state)
{
    enum { PEOPLE = 10 * SLOW_BUCKETS * SLOW_BUCKET_ENTRIES, NEWEST = 2000 };
    struct slow_mode slow = {.salt = 43};
    unsigned known = 0;
    (void)state;
    for (uint64_t person = 1; person <= PEOPLE; person++)
        slow_mode_note(&slow, ROOM, person, 1000 + person);
    for (uint64_t person = PEOPLE - NEWEST + 1; person <= PEOPLE; person++)
        known += slow_mode_wait_ms(&slow, ROOM, person, SLOW_MS, 1000 + PEOPLE) > 0;
    assert_in_range(known, NEWEST - 2, NEWEST);
    slow_mode_release(&slow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whoever_has_spoken_waits),
        cmocka_unit_test(the_newest_are_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
