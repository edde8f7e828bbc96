/* threaded */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>

#include "base/error.h"
#include "serve/rate_table.h"

enum { NOW = 1000000 };

static const struct rate_class classes[RATE_KIND_COUNT] = {
    [RATE_API] = {2, 1000, 4},
    [RATE_SIGN_IN] = {5, 60000, 5},
    [RATE_SIGN_UP] = {0, 0, 0},
    [RATE_JOIN] = {1, 1000, 100},
};

static struct rate_table *table;

static int use(void **state)
{
    (void)state;
    table = rate_table_new(classes);
    return 0;
}

static int take_down(void **state)
{
    (void)state;
    rate_table_free(table);
    return 0;
}

static struct rate_verdict take(enum rate_kind kind, uint64_t person, uint64_t now_ms)
{
    return rate_table_take(table, kind, rate_key_of_person(person), now_ms);
}

static void a_burst_is_allowed_and_then_the_rate(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        struct rate_verdict verdict = take(RATE_API, 7, NOW);
        assert_true(verdict.allowed);
        assert_int_equal(verdict.limit, 4);
        assert_int_equal(verdict.remaining, 3 - i);
        assert_int_equal(verdict.reset_ms, 500 * (i + 1));
        assert_int_equal(verdict.retry_ms, 0);
    }
    struct rate_verdict verdict = take(RATE_API, 7, NOW);
    assert_false(verdict.allowed);
    assert_int_equal(verdict.remaining, 0);
    assert_int_equal(verdict.retry_ms, 500);
    assert_int_equal(verdict.reset_ms, 2000);
    assert_int_equal(take(RATE_API, 7, NOW + 100).retry_ms, 400);
    assert_false(take(RATE_API, 7, NOW + 499).allowed);
    assert_true(take(RATE_API, 7, NOW + 500).allowed);
    assert_false(take(RATE_API, 7, NOW + 500).allowed);
    assert_int_equal(take(RATE_API, 7, NOW + 100000).remaining, 3);
}

static void rates_may_be_below_one_a_second(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 5; i++)
        assert_true(take(RATE_SIGN_IN, 7, NOW).allowed);
    assert_int_equal(take(RATE_SIGN_IN, 7, NOW).retry_ms, 12000);
    assert_false(take(RATE_SIGN_IN, 7, NOW + 11999).allowed);
    assert_true(take(RATE_SIGN_IN, 7, NOW + 12000).allowed);
}

static void people_and_kinds_have_their_own(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 5; i++)
        take(RATE_API, 7, NOW);
    assert_true(take(RATE_API, 8, NOW).allowed);
    assert_true(take(RATE_SIGN_IN, 7, NOW).allowed);
}

static void a_count_of_zero_is_no_limit(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 1000; i++) {
        struct rate_verdict verdict = take(RATE_SIGN_UP, 7, NOW);
        assert_true(verdict.allowed);
        assert_int_equal(verdict.limit, 0);
    }
}

static struct address address_of(const char *text)
{
    struct address address;
    assert_int_equal(address_parse(slice_of_string(text), &address), OK);
    return address;
}

static bool same(struct rate_key a, struct rate_key b)
{
    return !a.is_none && !b.is_none && a.high == b.high && a.low == b.low;
}

static void an_address_is_what_one_customer_gets(void **state)
{
    struct address v4 = address_of("192.0.2.1"), other_v4 = address_of("192.0.2.2");
    struct address v6 = address_of("2001:db8::1"), near_v6 = address_of("2001:db8::ffff:1");
    struct address far_v6 = address_of("2001:db8:0:1::1"), loopback = address_of("127.0.0.1");
    (void)state;
    assert_true(same(rate_key_of_address(&v4), rate_key_of_address(&v4)));
    assert_false(same(rate_key_of_address(&v4), rate_key_of_address(&other_v4)));
    assert_true(same(rate_key_of_address(&v6), rate_key_of_address(&near_v6)));
    assert_false(same(rate_key_of_address(&v6), rate_key_of_address(&far_v6)));
    assert_true(rate_key_of_address(&loopback).is_none);
    struct slice ada = SLICE_LITERAL("ada"), bob = SLICE_LITERAL("bob");
    assert_true(same(rate_key_of_address_and_name(&loopback, ada),
                     rate_key_of_address_and_name(&loopback, ada)));
    assert_false(
        same(rate_key_of_address_and_name(&v4, ada), rate_key_of_address_and_name(&v4, bob)));
    assert_false(
        same(rate_key_of_address_and_name(&v4, ada), rate_key_of_address_and_name(&other_v4, ada)));
    assert_true(
        same(rate_key_of_address_and_name(&v6, ada), rate_key_of_address_and_name(&near_v6, ada)));
}

/* However many come, it stays as large as it is, and who has nothing left is still remembered. */
static void a_crowd_does_not_make_it_forget_who_has_nothing_left(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 100; i++)
        assert_true(take(RATE_JOIN, 7, NOW).allowed);
    for (uint64_t person = 100; person < 300000; person++)
        take(RATE_JOIN, person, NOW);
    assert_false(take(RATE_JOIN, 7, NOW).allowed);
}

enum { THREADS = 4, TAKES = 20000 };

static atomic_uint allowed;

static void *run(void *arg)
{
    (void)arg;
    for (unsigned i = 0; i < TAKES; i++)
        atomic_fetch_add(&allowed, take(RATE_JOIN, 9, NOW).allowed);
    return NULL;
}

static void threads_share_one_allowance(void **state)
{
    pthread_t threads[THREADS];
    (void)state;
    atomic_store(&allowed, 0);
    for (unsigned i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run, NULL), 0);
    for (unsigned i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&allowed), 100);
}

#define RATE_TEST(name) cmocka_unit_test_setup_teardown(name, use, take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RATE_TEST(a_burst_is_allowed_and_then_the_rate),
        RATE_TEST(rates_may_be_below_one_a_second),
        RATE_TEST(people_and_kinds_have_their_own),
        RATE_TEST(a_count_of_zero_is_no_limit),
        RATE_TEST(an_address_is_what_one_customer_gets),
        RATE_TEST(a_crowd_does_not_make_it_forget_who_has_nothing_left),
        RATE_TEST(threads_share_one_allowance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
