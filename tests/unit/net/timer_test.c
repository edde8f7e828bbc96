#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include "base/random.h"
#include "net/timer.h"

enum { MANY = 200, STEPS = 20000 };

/* --- against a naive model -------------------------------------------------------------------- */

/* The model: when each timer is due, found by looking at all of them. 0 is not set. */
struct model {
    struct timer_wheel wheel;
    struct timer timers[MANY];
    uint64_t due_ms[MANY];
    uint64_t now_ms, done_ms;
    uint64_t random;
    unsigned fired_count;
    bool firing;
};

static struct model model;

static uint64_t next_random(void)
{
    /* splitmix64 */
    uint64_t z = model.random += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* Of every size: each level of the wheel, its edges, and beyond them all. */
static uint64_t random_span_ms(void)
{
    unsigned bits = (unsigned)(next_random() % 36);
    uint64_t span = next_random() & (((uint64_t)1 << bits) - 1);
    switch (next_random() % 8) {
    case 0:
        return (uint64_t)1 << bits;
    case 1:
        return ((uint64_t)1 << bits) - 1;
    default:
        return span;
    }
}

static uint64_t least_due(void)
{
    uint64_t least = UINT64_MAX;
    for (int i = 0; i < MANY; i++) {
        if (model.due_ms[i] != 0 && model.due_ms[i] < least)
            least = model.due_ms[i];
    }
    return least;
}

static void random_set(void)
{
    int i = (int)(next_random() % MANY);
    uint64_t delay_ms = random_span_ms();
    timer_set(&model.wheel, &model.timers[i], delay_ms);
    uint64_t due_ms = model.now_ms + delay_ms;
    model.due_ms[i] = due_ms > model.done_ms ? due_ms : model.done_ms + 1;
}

static void random_cancel(void)
{
    int i = (int)(next_random() % MANY);
    timer_cancel(&model.wheel, &model.timers[i]);
    model.due_ms[i] = 0;
}

static void model_fire(struct timer *timer)
{
    ptrdiff_t i = timer - model.timers;
    assert_true(model.firing);
    assert_false(timer_is_set(timer));
    assert_true(model.due_ms[i] != 0);
    assert_true(model.due_ms[i] <= model.now_ms);
    assert_true(model.due_ms[i] == least_due());
    model.done_ms = model.due_ms[i];
    model.due_ms[i] = 0;
    model.fired_count++;
    while (next_random() % 3 == 0)
        random_set();
    while (next_random() % 3 == 0)
        random_cancel();
}

static void model_advance(uint64_t span_ms)
{
    model.now_ms += span_ms;
    model.firing = true;
    timer_wheel_advance(&model.wheel, model.now_ms);
    model.firing = false;
    model.done_ms = model.now_ms;
    assert_true(least_due() > model.now_ms);
}

static void model_check(void)
{
    uint32_t count = 0;
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(timer_is_set(&model.timers[i]), model.due_ms[i] != 0);
        count += model.due_ms[i] != 0;
    }
    assert_int_equal(model.wheel.count, count);
    uint32_t wait_ms = timer_wheel_wait_ms(&model.wheel);
    if (count == 0)
        assert_int_equal(wait_ms, UINT32_MAX);
    else
        assert_true(wait_ms <= least_due() - model.now_ms);
}

static void random_operations_match_the_model(void **state)
{
    (void)state;
    const char *given = getenv("SEED");
    uint64_t seed = given ? strtoull(given, NULL, 0) : random_u64();
    printf("# SEED=%" PRIu64 "\n", seed);
    model = (struct model){.random = seed};
    model.now_ms = model.done_ms = next_random() % 1000000;
    timer_wheel_init(&model.wheel, model.now_ms);
    for (int i = 0; i < MANY; i++)
        model.timers[i].fire = model_fire;
    for (int step = 0; step < STEPS; step++) {
        switch (next_random() % 6) {
        case 0:
        case 1:
            random_set();
            break;
        case 2:
            random_cancel();
            break;
        case 3:
            model.now_ms += next_random() % 100;
            timer_wheel_set_now(&model.wheel, model.now_ms);
            break;
        default:
            model_advance(next_random() % 4 ? next_random() % 300 : random_span_ms());
        }
        model_check();
    }
    assert_true(model.fired_count > 1000);
}

/* --- one by one ------------------------------------------------------------------------------- */

struct probe {
    struct timer timer;
    struct timer_wheel *wheel;
    uint64_t fired_ms; /* the wheel's time when it fired last */
    int count;
    struct timer *cancels, *sets;
    uint64_t sets_delay_ms;
};

static void probe_fire(struct timer *timer)
{
    struct probe *probe = (struct probe *)timer;
    probe->fired_ms = probe->wheel->done_ms;
    probe->count++;
    if (probe->cancels)
        timer_cancel(probe->wheel, probe->cancels);
    if (probe->sets)
        timer_set(probe->wheel, probe->sets, probe->sets_delay_ms);
}

static struct timer_wheel wheel;

static struct probe new_probe(void)
{
    return (struct probe){.timer.fire = probe_fire, .wheel = &wheel};
}

static void fires_at_its_time_however_time_moves(void **state)
{
    (void)state;
    static const uint64_t delays_ms[] = {1,          2,          255,       256,      257,
                                         65535,      65536,      65537,     16777215, 16777216,
                                         4294967295, 4294967296, 5000000000};
    for (size_t i = 0; i < sizeof(delays_ms) / sizeof(delays_ms[0]); i++) {
        for (uint64_t start_ms = 0; start_ms < 600; start_ms += 85) {
            timer_wheel_init(&wheel, start_ms);
            struct probe probe = new_probe();
            timer_set(&wheel, &probe.timer, delays_ms[i]);
            timer_wheel_advance(&wheel, start_ms + delays_ms[i] - 1);
            assert_int_equal(probe.count, 0);
            timer_wheel_advance(&wheel, start_ms + delays_ms[i]);
            assert_int_equal(probe.count, 1);
            assert_int_equal(probe.fired_ms, start_ms + delays_ms[i]);
        }
    }
}

static void a_sleeper_is_woken_few_times(void **state)
{
    (void)state;
    timer_wheel_init(&wheel, 12345);
    struct probe probe = new_probe();
    timer_set(&wheel, &probe.timer, 3000000000u);
    int wakes = 0;
    while (probe.count == 0) {
        uint32_t wait_ms = timer_wheel_wait_ms(&wheel);
        assert_true(wait_ms > 0 && wait_ms < UINT32_MAX);
        timer_wheel_advance(&wheel, wheel.now_ms + wait_ms);
        wakes++;
    }
    assert_true(wakes <= TIMER_LEVELS);
    assert_int_equal(timer_wheel_wait_ms(&wheel), UINT32_MAX);
}

static void a_jump_of_ages_is_cheap(void **state)
{
    (void)state;
    timer_wheel_init(&wheel, 0);
    struct probe near = new_probe();
    struct probe far = new_probe();
    timer_set(&wheel, &near.timer, 5);
    timer_set(&wheel, &far.timer, (uint64_t)1 << 49);
    /* Millisecond by millisecond this would take days; the test's time limit ends it then. */
    timer_wheel_advance(&wheel, ((uint64_t)1 << 49) - 1);
    assert_int_equal(near.count, 1);
    assert_int_equal(near.fired_ms, 5);
    assert_int_equal(far.count, 0);
    timer_wheel_advance(&wheel, (uint64_t)1 << 50);
    assert_int_equal(far.count, 1);
    assert_int_equal(far.fired_ms, (uint64_t)1 << 49);
}

static void a_delay_counts_from_the_time_told(void **state)
{
    (void)state;
    timer_wheel_init(&wheel, 1000);
    struct probe probe = new_probe();
    timer_wheel_set_now(&wheel, 9000);
    timer_set(&wheel, &probe.timer, 10);
    timer_wheel_advance(&wheel, 9009);
    assert_int_equal(probe.count, 0);
    timer_wheel_advance(&wheel, 9010);
    assert_int_equal(probe.count, 1);
}

static void a_callback_may_cancel_its_neighbours(void **state)
{
    (void)state;
    timer_wheel_init(&wheel, 0);
    struct probe a = new_probe();
    struct probe b = new_probe();
    a.cancels = &b.timer;
    b.cancels = &a.timer;
    timer_set(&wheel, &a.timer, 7);
    timer_set(&wheel, &b.timer, 7);
    timer_wheel_advance(&wheel, 100);
    assert_int_equal(a.count + b.count, 1);
    assert_int_equal(wheel.count, 0);
}

static void a_callback_may_set_itself_again(void **state)
{
    (void)state;
    timer_wheel_init(&wheel, 0);
    struct probe probe = new_probe();
    probe.sets = &probe.timer;
    timer_set(&wheel, &probe.timer, 0);
    timer_wheel_advance(&wheel, 1); /* must end */
    assert_int_equal(probe.count, 1);
    assert_int_equal(timer_wheel_wait_ms(&wheel), 1);
    timer_wheel_advance(&wheel, 2);
    assert_int_equal(probe.count, 2);
}

static void setting_again_moves_and_clear_empties(void **state)
{
    (void)state;
    timer_wheel_init(&wheel, 0);
    struct probe a = new_probe();
    struct probe b = new_probe();
    timer_set(&wheel, &a.timer, 10);
    timer_set(&wheel, &a.timer, 100000);
    timer_set(&wheel, &b.timer, UINT64_MAX);
    assert_int_equal(wheel.count, 2);
    timer_wheel_advance(&wheel, 99999);
    assert_int_equal(a.count, 0);
    timer_wheel_clear(&wheel);
    assert_int_equal(wheel.count, 0);
    assert_false(timer_is_set(&a.timer));
    assert_false(timer_is_set(&b.timer));
    timer_wheel_advance(&wheel, 200000);
    assert_int_equal(a.count, 0);
    timer_cancel(&wheel, &a.timer); /* fine when it is not set */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_operations_match_the_model),
        cmocka_unit_test(fires_at_its_time_however_time_moves),
        cmocka_unit_test(a_sleeper_is_woken_few_times),
        cmocka_unit_test(a_jump_of_ages_is_cheap),
        cmocka_unit_test(a_delay_counts_from_the_time_told),
        cmocka_unit_test(a_callback_may_cancel_its_neighbours),
        cmocka_unit_test(a_callback_may_set_itself_again),
        cmocka_unit_test(setting_again_moves_and_clear_empties),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
