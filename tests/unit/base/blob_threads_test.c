/* threaded */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include "base/blob.h"

enum { THREADS = 4, ROUNDS = 50000 };

static void the_last_reference_frees(void **state)
{
    (void)state;
    struct blob *blob = blob_new("bytes", 5);
    assert_true(slice_is(blob_slice(blob), "bytes"));
    assert_ptr_equal(blob_ref(blob), blob);
    assert_int_equal(atomic_load(&blob->refs), 2);
    blob_unref(blob);
    assert_int_equal(atomic_load(&blob->refs), 1);
    blob_unref(blob); /* what is left would be found by the leak checker */
    blob_unref(NULL);
}

static void it_can_be_filled_before_it_is_shared(void **state)
{
    (void)state;
    struct blob *blob = blob_new(NULL, 3);
    blob->bytes[0] = 'a';
    blob->bytes[1] = 'b';
    blob->bytes[2] = 'c';
    assert_true(slice_is(blob_slice(blob), "abc"));
    blob_unref(blob);
    struct blob *empty = blob_new(NULL, 0);
    assert_int_equal(blob_slice(empty).len, 0);
    blob_unref(empty);
}

/* Takes one reference over. */
static void *use(void *ctx)
{
    struct blob *blob = ctx;
    bool whole = true;
    for (int i = 0; i < ROUNDS; i++) {
        blob_ref(blob);
        whole = whole && slice_is(blob_slice(blob), "bytes");
        blob_unref(blob);
    }
    blob_unref(blob);
    return whole ? blob : NULL;
}

static void threads_share_it(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    void *results[THREADS];
    struct blob *blob = blob_new("bytes", 5);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, use, blob_ref(blob)), 0);
    blob_unref(blob);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], &results[i]), 0);
    for (int i = 0; i < THREADS; i++)
        assert_ptr_equal(results[i], blob); /* which is gone: only the address counts */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_reference_frees),
        cmocka_unit_test(it_can_be_filled_before_it_is_shared),
        cmocka_unit_test(threads_share_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
