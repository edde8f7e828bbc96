/* threaded */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <pthread.h>
#include <string.h>

#include "base/memory.h"
#include "chat/event.h"
#include "chat/roster.h"
#include "chat/welcome.h"

enum { THREADS = 4, ROUNDS = 200, EVENTS = 3 };

static void copies_what_it_is_given(void **state)
{
    char body[] = "hello", id[] = "c1";
    (void)state;
    struct event *event = event_new(EVENT_MESSAGE, slice_of_string(body), slice_of_string(id));
    memset(body, 'x', strlen(body));
    memset(id, 'x', strlen(id));
    assert_int_equal(event->kind, EVENT_MESSAGE);
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
    struct event *event = event_new(EVENT_HELLO, slice_of(NULL, 0), slice_of(NULL, 0));
    assert_int_equal(event->message.body.len, 0);
    assert_int_equal(event->command_id.len, 0);
    event_free(event);
    event_free(NULL);
    event_batch_unref(NULL);
}

static void gives_back_what_it_holds(void **state)
{
    struct roster_view *view = roster_view_new(2);
    struct event *event = event_new(EVENT_HERE, slice_of(NULL, 0), slice_of(NULL, 0));
    (void)state;
    assert_int_equal(view->count, 0);
    event->roster = roster_view_ref(view);
    event->welcome = welcome_new(); /* a leak of one of these is found by the sanitizer */
    event->welcome->rooms = mem_zalloc(sizeof(event->welcome->rooms[0]));
    event->welcome->rooms[event->welcome->rooms_count++].topic = mem_copy_string("topic", 5);
    event->welcome->cursors = mem_zalloc(sizeof(event->welcome->cursors[0]));
    event->info = room_info_copy(&event->welcome->rooms[0]);
    event->reactions = mem_zalloc(sizeof(*event->reactions));
    assert_int_equal(view->refs, 2);
    assert_string_equal(event->info->topic, "topic");
    assert_ptr_not_equal(event->info->topic, event->welcome->rooms[0].topic);
    event_free(event);
    assert_int_equal(view->refs, 1);
    roster_view_unref(view);
    roster_view_unref(NULL);
    welcome_free(NULL);
    room_info_free(NULL);
}

/* On disk they are numbers, for ever. */
static void kept_kinds_are_the_small_numbers(void **state)
{
    const uint8_t kept[] = {EVENT_CREATED, EVENT_MESSAGE, EVENT_EDIT, EVENT_DELETE,
                            EVENT_REACT,   EVENT_UNREACT, EVENT_PIN,  EVENT_UNPIN,
                            EVENT_TOPIC,   EVENT_JOINED,  EVENT_LEFT};
    (void)state;
    for (size_t i = 0; i < sizeof(kept); i++) {
        assert_int_equal(kept[i], i + 1);
        assert_true(event_kind_is_kept(kept[i]));
    }
    assert_false(event_kind_is_kept(0));
    for (unsigned kind = EVENT_KEPT_END; kind <= EVENT_DRAIN; kind++)
        assert_false(event_kind_is_kept((uint8_t)kind));
}

static struct event_batch *batch_of_posts(void)
{
    struct event_batch *batch = event_batch_new(1);
    for (size_t i = 0; i < EVENTS; i++)
        event_batch_add(batch, event_new(EVENT_MESSAGE, SLICE_LITERAL("hello"), slice_of(NULL, 0)));
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

static void a_batch_grows(void **state)
{
    struct event_batch *batch = event_batch_new(0);
    struct event *events[20];
    (void)state;
    for (size_t i = 0; i < 20; i++) {
        events[i] = event_new(EVENT_TYPING, slice_of(NULL, 0), slice_of(NULL, 0));
        event_batch_add(batch, events[i]);
    }
    assert_int_equal(batch->count, 20);
    for (size_t i = 0; i < 20; i++)
        assert_ptr_equal(batch->events[i], events[i]);
    event_batch_unref(batch);
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
        cmocka_unit_test(gives_back_what_it_holds),
        cmocka_unit_test(kept_kinds_are_the_small_numbers),
        cmocka_unit_test(a_batch_grows),
        cmocka_unit_test(the_last_reference_frees_the_events),
        cmocka_unit_test(threads_share_a_batch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
