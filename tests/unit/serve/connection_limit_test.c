/* threaded */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <pthread.h>

#include "base/error.h"
#include "serve/connection_limit.h"

enum { THREADS = 4, ROUNDS = 5000 };

static struct connection_limit *limit;

static int take_down(void **state)
{
    (void)state;
    connection_limit_free(limit);
    return 0;
}

static struct address of(const char *text)
{
    struct address address;
    assert_int_equal(address_parse(slice_of_string(text), &address), OK);
    return address;
}

static int take(const char *text)
{
    struct address address = of(text);
    return connection_limit_take(limit, &address);
}

static void give(const char *text)
{
    struct address address = of(text);
    connection_limit_give(limit, &address);
}

static int move(const char *from, const char *to)
{
    struct address a = of(from), b = of(to);
    return connection_limit_move(limit, &a, &b);
}

static void each_address_has_its_own(void **state)
{
    (void)state;
    limit = connection_limit_new(0, 2);
    assert_int_equal(take("1.2.3.4"), OK);
    assert_int_equal(take("1.2.3.4"), OK);
    assert_int_equal(take("1.2.3.4"), ERR_LIMIT);
    assert_int_equal(take("1.2.3.5"), OK);
    give("1.2.3.4");
    assert_int_equal(take("1.2.3.4"), OK);
    assert_int_equal(take("::ffff:1.2.3.4"), ERR_LIMIT); /* the same one */
}

static void a_customers_network_counts_as_one(void **state)
{
    (void)state;
    limit = connection_limit_new(0, 2);
    assert_int_equal(take("2001:db8::1"), OK);
    assert_int_equal(take("2001:db8::ffff:0:0:2"), OK);
    assert_int_equal(take("2001:db8::3"), ERR_LIMIT);
    assert_int_equal(take("2001:db8:0:1::1"), OK);
    give("2001:db8::9"); /* given back by any address of it */
    assert_int_equal(take("2001:db8::3"), OK);
}

static void loopback_counts_only_in_the_total(void **state)
{
    (void)state;
    limit = connection_limit_new(5, 1);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(take("127.0.0.1"), OK);
        if (i < 2)
            assert_int_equal(take("::1"), OK);
    }
    assert_int_equal(take("127.0.0.1"), ERR_BUSY);
    assert_int_equal(take("1.2.3.4"), ERR_BUSY);
    give("::1");
    assert_int_equal(take("1.2.3.4"), OK);
}

/* What is refused for one reason must not be counted for the other. */
static void a_refusal_counts_nothing(void **state)
{
    (void)state;
    limit = connection_limit_new(2, 1);
    assert_int_equal(take("1.1.1.1"), OK);
    for (int i = 0; i < 5; i++)
        assert_int_equal(take("1.1.1.1"), ERR_LIMIT);
    assert_int_equal(take("2.2.2.2"), OK);
    for (int i = 0; i < 5; i++)
        assert_int_equal(take("3.3.3.3"), ERR_BUSY);
    give("1.1.1.1");
    assert_int_equal(take("3.3.3.3"), OK);
    give("2.2.2.2");
    give("3.3.3.3");
    assert_int_equal(take("1.1.1.1"), OK);
    assert_int_equal(take("2.2.2.2"), OK);
}

static void zero_is_no_limit(void **state)
{
    (void)state;
    limit = connection_limit_new(0, 0);
    for (int i = 0; i < 5000; i++)
        assert_int_equal(take("1.2.3.4"), OK);
    assert_int_equal(move("1.2.3.4", "2.2.2.2"), OK);
    for (int i = 0; i < 5000; i++)
        give("2.2.2.2");
}

static void a_connection_moves_to_another_address(void **state)
{
    (void)state;
    limit = connection_limit_new(0, 1);
    assert_int_equal(take("10.0.0.1"), OK);
    assert_int_equal(move("10.0.0.1", "1.2.3.4"), OK);
    assert_int_equal(take("1.2.3.4"), ERR_LIMIT);
    assert_int_equal(take("10.0.0.1"), OK); /* free again */
    assert_int_equal(move("10.0.0.1", "1.2.3.4"), ERR_LIMIT);
    assert_int_equal(take("10.0.0.1"), ERR_LIMIT); /* nothing changed */
    give("1.2.3.4");
    assert_int_equal(move("10.0.0.1", "1.2.3.4"), OK);
    give("1.2.3.4");
}

static void from_and_to_loopback(void **state)
{
    (void)state;
    limit = connection_limit_new(0, 1);
    assert_int_equal(take("127.0.0.1"), OK);
    assert_int_equal(move("127.0.0.1", "1.2.3.4"), OK);
    assert_int_equal(take("1.2.3.4"), ERR_LIMIT);
    assert_int_equal(move("1.2.3.4", "127.0.0.1"), OK);
    assert_int_equal(take("1.2.3.4"), OK);
}

/* A proxy that speaks for itself, with as many connections as it may have: there is not one more. */
static void moving_to_where_it_is_changes_nothing(void **state)
{
    (void)state;
    limit = connection_limit_new(0, 1);
    assert_int_equal(take("10.0.0.1"), OK);
    assert_int_equal(move("10.0.0.1", "10.0.0.1"), OK);
    assert_int_equal(take("10.0.0.1"), ERR_LIMIT);
    give("10.0.0.1");
    assert_int_equal(take("10.0.0.1"), OK);
}

static void *come_and_go(void *arg)
{
    const char *other = arg;
    for (int i = 0; i < ROUNDS; i++) {
        if (take("1.2.3.4") != OK)
            continue;
        give(move("1.2.3.4", other) == OK ? other : "1.2.3.4");
    }
    return NULL;
}

static void threads_share_it(void **state)
{
    static const char *const others[THREADS] = {"2.0.0.1", "2.0.0.1", "2001::1", "2001::2"};
    pthread_t threads[THREADS];
    (void)state;
    limit = connection_limit_new(3, 2);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(
            pthread_create(&threads[i], NULL, come_and_go, (void *)(uintptr_t)others[i]), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    /* All have gone: as much room as there was. */
    assert_int_equal(take("1.2.3.4"), OK);
    assert_int_equal(take("1.2.3.4"), OK);
    assert_int_equal(take("1.2.3.4"), ERR_LIMIT);
    assert_int_equal(take("2.0.0.1"), OK);
    assert_int_equal(take("2001::9"), ERR_BUSY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(each_address_has_its_own, take_down),
        cmocka_unit_test_teardown(a_customers_network_counts_as_one, take_down),
        cmocka_unit_test_teardown(loopback_counts_only_in_the_total, take_down),
        cmocka_unit_test_teardown(a_refusal_counts_nothing, take_down),
        cmocka_unit_test_teardown(zero_is_no_limit, take_down),
        cmocka_unit_test_teardown(a_connection_moves_to_another_address, take_down),
        cmocka_unit_test_teardown(from_and_to_loopback, take_down),
        cmocka_unit_test_teardown(moving_to_where_it_is_changes_nothing, take_down),
        cmocka_unit_test_teardown(threads_share_it, take_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
