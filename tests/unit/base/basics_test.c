#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/metrics.h"
#include "base/random.h"

/* Of the parts of base/ that are too small for a file each. */

static void every_error_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (int a = OK; a >= ERR_INTERNAL; a--) {
        assert_non_null(error_name(a));
        for (int b = a - 1; b >= ERR_INTERNAL; b--)
            assert_string_not_equal(error_name(a), error_name(b));
    }
    assert_non_null(error_name(-1000));
    assert_non_null(error_name(1000));
}

static void clocks_go_forward(void **state)
{
    (void)state;
    uint64_t ns = clock_mono_ns();
    uint64_t ms = clock_mono_ms();
    assert_true(ms >= ns / 1000000);
    while (clock_mono_ms() == ms)
        ;
    assert_true(clock_mono_ns() > ns);
    assert_true(clock_wall_ms() > 1700000000000u); /* later than 2023, in milliseconds */
}

static void random_bits_differ(void **state)
{
    (void)state;
    uint8_t bytes[256];
    uint64_t ones = 0, zeros = 0;
    for (int i = 0; i < 64; i++) {
        uint64_t bits = random_u64();
        ones |= bits;
        zeros |= ~bits;
    }
    assert_int_equal(ones, UINT64_MAX); /* each bit was each value: wrong once in 10^17 runs */
    assert_int_equal(zeros, UINT64_MAX);
    bool seen = false;
    random_bytes(bytes, sizeof(bytes));
    for (size_t i = 128; i < sizeof(bytes); i++)
        seen = seen || bytes[i] != bytes[i - 1];
    assert_true(seen);
}

static void gauges_go_down_too(void **state)
{
    (void)state;
    static struct metrics metrics;
    metrics_add(&metrics, METRIC_CLIENTS, 3);
    metrics_add(&metrics, METRIC_CLIENTS, -2);
    assert_int_equal(metrics_read(&metrics, METRIC_CLIENTS), 1);
    assert_int_equal(metrics_read(&metrics, METRIC_EVENTS), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_error_has_a_name_of_its_own),
        cmocka_unit_test(clocks_go_forward),
        cmocka_unit_test(random_bits_differ),
        cmocka_unit_test(gauges_go_down_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
