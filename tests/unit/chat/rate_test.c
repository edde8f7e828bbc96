#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include "chat/dice.h"

#include "chat/rate.h"

static const struct rate ten = {10, 3};

static void a_full_bucket_holds_the_burst(void **state)
{
    struct rate_bucket bucket;
    (void)state;
    rate_init(&bucket, &ten, 1000);
    for (int i = 0; i < 3; i++)
        assert_true(rate_take(&bucket, &ten, 1000));
    assert_false(rate_take(&bucket, &ten, 1000));
    assert_int_equal(rate_wait_ms(&bucket, &ten, 1000), 100);
    assert_false(rate_take(&bucket, &ten, 1099));
    assert_int_equal(rate_wait_ms(&bucket, &ten, 1099), 1);
    assert_true(rate_take(&bucket, &ten, 1100));
    assert_false(rate_take(&bucket, &ten, 1100));
}

/* One is enough to take many; what is missing is owed. */
static void many_are_taken_on_credit(void **state)
{
    struct rate_bucket bucket;
    (void)state;
    rate_init(&bucket, &ten, 0);
    assert_true(rate_take_many(&bucket, &ten, 2, 0));
    assert_true(rate_take_many(&bucket, &ten, 5, 0)); /* one of its own and four on credit */
    assert_false(rate_take_many(&bucket, &ten, 1, 499));
    assert_true(rate_take_many(&bucket, &ten, 0, 500)); /* nothing costs nothing, */
    assert_true(rate_take_many(&bucket, &ten, 1, 500));
    assert_false(rate_take_many(&bucket, &ten, 0, 500)); /* but not without credit */
    rate_init(&bucket, &ten, 0);
    assert_true(rate_take_many(&bucket, &ten, UINT32_MAX, 0)); /* no debt goes on for ever */
    assert_false(rate_take_many(&bucket, &ten, 1, 200000000));
    assert_true(rate_take_many(&bucket, &ten, 1, 220000000));
    const struct rate none = {0, 0};
    assert_true(rate_take_many(&bucket, &none, UINT32_MAX, 0));
}

static void it_never_holds_more_than_the_burst(void **state)
{
    struct rate_bucket bucket;
    int taken = 0;
    (void)state;
    rate_init(&bucket, &ten, 0);
    while (rate_take(&bucket, &ten, 3600000))
        taken++;
    assert_int_equal(taken, 3);
}

static void waiting_as_told_is_enough_and_no_more_than_needed(void **state)
{
    const uint32_t rates[] = {1, 2, 3, 7, 10, 50, 999, 1000, 1001, 1000000};
    (void)state;
    for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
        const struct rate rate = {rates[i], 5};
        struct rate_bucket bucket;
        rate_init(&bucket, &rate, 0);
        while (rate_take(&bucket, &rate, 0))
            ;
        uint32_t wait_ms = rate_wait_ms(&bucket, &rate, 0);
        assert_true(wait_ms > 0);
        if (wait_ms > 1)
            assert_false(rate_take(&bucket, &rate, wait_ms - 1));
        assert_int_equal(rate_wait_ms(&bucket, &rate, wait_ms), 0);
        assert_true(rate_take(&bucket, &rate, wait_ms));
    }
}

static void what_was_promised_is_there_in_time_and_not_before(void **state)
{
    const struct rate rate = {20, 5};
    struct rate_bucket bucket;
    (void)state;
    rate_init(&bucket, &rate, 0);
    while (rate_take(&bucket, &rate, 0))
        ;
    rate_promise(&bucket, &rate, 3, 0);
    assert_int_equal(rate_wait_ms(&bucket, &rate, 0), 3);
    assert_true(rate_take(&bucket, &rate, 3));
    assert_int_equal(rate_wait_ms(&bucket, &rate, 3), 50);
    rate_promise(&bucket, &rate, 70, 3); /* it comes sooner */
    assert_int_equal(rate_wait_ms(&bucket, &rate, 3), 50);
    rate_promise(&bucket, &rate, UINT32_MAX, 3);
    assert_int_equal(rate_wait_ms(&bucket, &rate, 3), 50);
}

static void a_debt_is_paid_off_with_time(void **state)
{
    struct rate_bucket bucket;
    (void)state;
    rate_init(&bucket, &ten, 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(rate_take_debt(&bucket, &ten, 0), 0);
    for (uint32_t i = 1; i <= 50; i++)
        assert_int_equal(rate_take_debt(&bucket, &ten, 0), 100 * i);
    assert_false(rate_take(&bucket, &ten, 5000)); /* out of debt, and empty */
    assert_true(rate_take(&bucket, &ten, 5100));
}

static void no_rate_is_no_limit(void **state)
{
    const struct rate none = {0, 0};
    struct rate_bucket bucket;
    (void)state;
    rate_init(&bucket, &none, 0);
    for (int i = 0; i < 1000; i++) {
        assert_true(rate_take(&bucket, &none, 0));
        assert_int_equal(rate_take_debt(&bucket, &none, 0), 0);
        assert_int_equal(rate_wait_ms(&bucket, &none, 0), 0);
    }
}

/* Only the low bits of the time are kept. */
static void time_goes_past_32_bits(void **state)
{
    const uint64_t start = UINT32_MAX - 50;
    struct rate_bucket bucket;
    (void)state;
    rate_init(&bucket, &ten, start);
    while (rate_take(&bucket, &ten, start))
        ;
    assert_false(rate_take(&bucket, &ten, start + 99));
    assert_true(rate_take(&bucket, &ten, start + 100));
    assert_false(rate_take(&bucket, &ten, start + 199));
}

static void the_largest_settings_do_not_overflow(void **state)
{
    const struct rate rate = {1000000, 1000000};
    struct rate_bucket bucket;
    (void)state;
    rate_init(&bucket, &rate, 0);
    for (int i = 0; i < 1000000; i++)
        assert_true(rate_take(&bucket, &rate, 0));
    assert_false(rate_take(&bucket, &rate, 0));
    assert_true(rate_take(&bucket, &rate, UINT64_C(1) << 31));
    for (int i = 1; i < 1000000; i++)
        assert_true(rate_take(&bucket, &rate, UINT64_C(1) << 31));
    assert_false(rate_take(&bucket, &rate, UINT64_C(1) << 31));
}

static void a_long_rest_fills_any_bucket(void **state)
{
    const struct rate rate = {1, 5000};
    const uint64_t two_hours_ms = 7200000;
    struct rate_bucket bucket;
    (void)state;
    rate_init(&bucket, &rate, 0);
    for (int i = 0; i < 5000; i++)
        assert_true(rate_take(&bucket, &rate, 0));
    for (int i = 0; i < 5000; i++)
        assert_true(rate_take(&bucket, &rate, two_hours_ms));
}

/*
 * In any stretch of time no more than burst + rate * time is let through, and one who asks all the
 * time gets it.
 */
static void lets_through_what_is_due(void **state)
{
    struct dice dice = dice_new("rate");
    (void)state;
    for (int run = 0; run < 200; run++) {
        const struct rate rate = {1 + dice_below(&dice, 200), 1 + dice_below(&dice, 100)};
        struct rate_bucket bucket;
        uint64_t start = dice_next(&dice), now_ms = start;
        uint64_t taken = 0;
        rate_init(&bucket, &rate, start);
        for (int i = 0; i < 200; i++) {
            while (rate_take(&bucket, &rate, now_ms))
                taken++;
            uint64_t due = rate.burst + (now_ms - start) * rate.per_second / 1000;
            assert_true(taken <= due);
            /*
             * Less only where the bucket ran over, which it does not in less than a burst's time.
             */
            assert_int_equal(taken, due);
            uint32_t full_ms = (rate.burst - 1) * 1000 / rate.per_second;
            now_ms += dice_below(&dice, full_ms > 0 ? full_ms + 1 : 1);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_bucket_holds_the_burst),
        cmocka_unit_test(many_are_taken_on_credit),
        cmocka_unit_test(it_never_holds_more_than_the_burst),
        cmocka_unit_test(waiting_as_told_is_enough_and_no_more_than_needed),
        cmocka_unit_test(what_was_promised_is_there_in_time_and_not_before),
        cmocka_unit_test(a_debt_is_paid_off_with_time),
        cmocka_unit_test(no_rate_is_no_limit),
        cmocka_unit_test(time_goes_past_32_bits),
        cmocka_unit_test(the_largest_settings_do_not_overflow),
        cmocka_unit_test(a_long_rest_fills_any_bucket),
        cmocka_unit_test(lets_through_what_is_due),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
