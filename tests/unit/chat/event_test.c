/* threaded */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <pthread.h>
#include <string.h>

#include "chat/event.h"
#include "chat/roster.h"

enum { THREADS = 4, ROUNDS = 200, EVENTS = 3 };

static void copies_what_it_is_given(void **state)
{
    char body[] = "hello", id[] = "c1";
    (void)state;
    struct event *event = event_new(EVENT_POST, slice_of_string(body), slice_of_string(id));
    memset(body, 'x', strlen(body));
    memset(id, 'x', strlen(id));
    assert_int_equal(event->kind, EVENT_POST);
    assert_true(slice_is(event->message.body, "hello"));
    assert_true(slice_is(event->command_id, "c1"));
    assert_int_equal(event->seq, 0);
    assert_int_equal(event->result, 0);
    assert_null(event->next);
    assert_null(event->roster);
    event_free(event);
}

static void may_be_empty(void **state)
{
    (void)state;
    struct event *event = event_new(EVENT_JOIN, slice_of(NULL, 0), slice_of(NULL, 0));
    assert_int_equal(event->message.body.len, 0);
    assert_int_equal(event->command_id.len, 0);
    event_free(event);
    event_free(NULL);
    event_batch_unref(NULL);
}

static void gives_back_the_roster(void **state)
{
    struct roster *roster = roster_new();
    struct event *event = event_new(EVENT_HERE, slice_of(NULL, 0), slice_of(NULL, 0));
    (void)state;
    event->roster = roster_view(roster);
    struct roster_view *view = event->roster;
    assert_int_equal(view->refs, 2);
    event_free(event);
    assert_int_equal(view->refs, 1);
    roster_free(roster);
}

static struct event_batch *batch_of_posts(void)
{
    struct event_batch *batch = event_batch_new(EVENTS);
    for (size_t i = 0; i < EVENTS; i++)
        batch->events[batch->count++] =
            event_new(EVENT_POST, SLICE_LITERAL("hello"), slice_of(NULL, 0));
    return batch;
}

static void the_last_reference_frees_the_events(void **state)
{
    struct event_batch *batch = batch_of_posts();
    (void)state;
    assert_ptr_equal(event_batch_ref(batch), batch);
    event_batch_unref(batch);
    assert_true(slice_is(batch->events[EVENTS - 1]->message.body, "hello")); /* still there */
    event_batch_unref(batch); /* a leak or a use after this is found by the sanitizer */
}

static void *read_and_unref(void *arg)
{
    struct event_batch *batch = arg;
    size_t bytes = 0;
    for (size_t i = 0; i < batch->count; i++)
        bytes += batch->events[i]->message.body.len;
    event_batch_unref(batch);
    return (void *)bytes;
}

static void threads_share_a_batch(void **state)
{
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        pthread_t threads[THREADS];
        struct event_batch *batch = batch_of_posts();
        for (int i = 0; i < THREADS; i++) {
            event_batch_ref(batch);
            assert_int_equal(pthread_create(&threads[i], NULL, read_and_unref, batch), 0);
        }
        event_batch_unref(batch);
        for (int i = 0; i < THREADS; i++) {
            void *bytes;
            pthread_join(threads[i], &bytes);
            assert_int_equal((size_t)bytes, EVENTS * strlen("hello"));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_what_it_is_given),
        cmocka_unit_test(may_be_empty),
        cmocka_unit_test(gives_back_the_roster),
        cmocka_unit_test(the_last_reference_frees_the_events),
        cmocka_unit_test(threads_share_a_batch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
