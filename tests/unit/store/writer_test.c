/* threaded */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "chat/room.h"
#include "store/memory.h"
#include "store/writer.h"

enum { PRODUCERS = 4, POSTS = 5000, BATCH_MAX = 50, DEADLINE_MS = 20000 };

/* Everything that was published, in order. Read after writer_stop, or under the mutex. */
static struct {
    pthread_mutex_t mutex;
    pthread_cond_t more;
    struct event_batch **batches;
    size_t count, cap;
    size_t events_count;
    size_t batch_events_max;
} published;

static struct writer writer;
static struct sequencer *sequencer;
static struct store *store;
static struct metrics metrics;

static void publish(void *ctx, struct event_batch *batch)
{
    assert_ptr_equal(ctx, &published);
    pthread_mutex_lock(&published.mutex);
    if (published.count == published.cap) {
        published.cap = published.cap ? 2 * published.cap : 64;
        published.batches =
            mem_realloc(published.batches, published.cap * sizeof(published.batches[0]));
    }
    published.batches[published.count++] = batch;
    published.events_count += batch->count;
    if (batch->count > published.batch_events_max)
        published.batch_events_max = batch->count;
    pthread_cond_signal(&published.more);
    pthread_mutex_unlock(&published.mutex);
}

static int start(void **state)
{
    const struct memory_store_limits limits = {1000, 1 << 20};
    const struct sequencer_limits order = {.notices = {2, 2}, .here_ms = 20};
    const struct writer_ports ports = {&published, publish};
    (void)state;
    memset(&published, 0, sizeof(published));
    pthread_mutex_init(&published.mutex, NULL);
    pthread_cond_init(&published.more, NULL);
    metrics = (struct metrics){0};
    store = memory_store_new(&limits, random_u64);
    sequencer = sequencer_new(store, &order, clock_mono_ms());
    return writer_start(&writer, sequencer, &ports, &metrics, BATCH_MAX);
}

/* The writer must have been stopped. */
static int take_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < published.count; i++)
        event_batch_unref(published.batches[i]);
    mem_free(published.batches);
    pthread_mutex_destroy(&published.mutex);
    pthread_cond_destroy(&published.more);
    sequencer_free(sequencer);
    store->ops->close(store);
    return 0;
}

/* Waits until so many events were published, with a deadline. */
static void wait_for(size_t events_count)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += DEADLINE_MS / 1000;
    pthread_mutex_lock(&published.mutex);
    int result = 0;
    while (published.events_count < events_count && result == 0)
        result = pthread_cond_timedwait(&published.more, &published.mutex, &until);
    pthread_mutex_unlock(&published.mutex);
    assert_int_equal(result, 0);
}

static struct event *visitor_event(enum event_kind kind, uint64_t visitor, const char *body)
{
    struct event *event = event_new(kind, slice_of_string(body), slice_of(NULL, 0));
    event->room = ROOM_LOBBY;
    event->visitor = true;
    event->client = event->person = visitor;
    return event;
}

/* Submits its posts in chains of 1, 2, … 7, 1, … events; command_id counts them. */
static void *produce(void *arg)
{
    uint64_t visitor = (uintptr_t)arg;
    struct event *first = NULL, **last = &first;
    uint32_t chained = 0;
    for (uint32_t i = 0; i < POSTS; i++) {
        struct event *event = event_new(EVENT_POST, SLICE_LITERAL("hi"), slice_of(&i, sizeof(i)));
        event->room = ROOM_LOBBY;
        event->visitor = true;
        event->client = event->person = visitor;
        *last = event;
        last = &event->next;
        if (++chained <= i % 7 && i + 1 < POSTS)
            continue;
        writer_submit(&writer, first);
        first = NULL;
        last = &first;
        chained = 0;
    }
    return NULL;
}

/* Contiguous seqs over everything, and each producer's posts in its order. Returns the posts. */
static size_t check_order(void)
{
    uint64_t last_seq = 0;
    uint32_t next[PRODUCERS + 1] = {0};
    for (size_t i = 0; i < published.count; i++) {
        const struct event_batch *batch = published.batches[i];
        for (size_t j = 0; j < batch->count; j++) {
            const struct event *event = batch->events[j];
            uint32_t number;
            assert_int_equal(event->kind, EVENT_POST);
            assert_int_equal(event->result, OK);
            assert_null(event->next);
            assert_int_equal(event->seq, ++last_seq);
            assert_int_equal(event->command_id.len, sizeof(number));
            memcpy(&number, event->command_id.ptr, sizeof(number));
            assert_in_range(event->client, 1, PRODUCERS);
            assert_int_equal(number, next[event->client]++);
        }
    }
    return (size_t)last_seq;
}

static void many_producers_make_one_order(void **state)
{
    pthread_t threads[PRODUCERS];
    (void)state;
    for (uintptr_t i = 0; i < PRODUCERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, produce, (void *)(i + 1)), 0);
    for (int i = 0; i < PRODUCERS; i++)
        pthread_join(threads[i], NULL);
    writer_stop(&writer); /* completes what waits */
    assert_int_equal(check_order(), PRODUCERS * POSTS);
    assert_in_range(published.batch_events_max, 1, BATCH_MAX);
    assert_int_equal(metrics_read(&metrics, METRIC_EVENTS), PRODUCERS * POSTS);
    assert_int_equal(metrics_read(&metrics, METRIC_COMMITS), published.count);
}

static void what_waits_goes_together(void **state)
{
    struct event *first = NULL;
    (void)state;
    for (int i = 0; i < 2 * BATCH_MAX + 5; i++) {
        struct event *event = visitor_event(EVENT_POST, 1, "x");
        event->next = first;
        first = event;
    }
    writer_submit(&writer, first);
    writer_stop(&writer);
    assert_int_equal(published.count, 3);
    assert_int_equal(published.batches[0]->count, BATCH_MAX);
    assert_int_equal(published.batches[1]->count, BATCH_MAX);
    assert_int_equal(published.batches[2]->count, 5);
}

static void stopping_at_once_completes_what_was_submitted(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++)
        writer_submit(&writer, visitor_event(EVENT_POST, 1, "x"));
    writer_stop(&writer);
    assert_int_equal(published.events_count, 10);
}

static void stopping_without_work_publishes_nothing(void **state)
{
    (void)state;
    writer_stop(&writer);
    assert_int_equal(published.count, 0);
    assert_int_equal(metrics_read(&metrics, METRIC_COMMITS), 0);
}

static void a_picture_follows_by_itself(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 10; i++)
        writer_submit(&writer, visitor_event(EVENT_JOIN, 10 + i, ""));
    wait_for(11); /* ten joins, and a HERE that nobody asked for */
    writer_stop(&writer);
    const struct event_batch *last = published.batches[published.count - 1];
    assert_int_equal(last->events[last->count - 1]->kind, EVENT_HERE);
    assert_int_equal(last->events[last->count - 1]->visitors, 10);
    assert_int_equal(metrics_read(&metrics, METRIC_EVENTS), 0);
}

#define WRITER_TEST(name) cmocka_unit_test_setup_teardown(name, start, take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WRITER_TEST(many_producers_make_one_order),
        WRITER_TEST(what_waits_goes_together),
        WRITER_TEST(stopping_at_once_completes_what_was_submitted),
        WRITER_TEST(stopping_without_work_publishes_nothing),
        WRITER_TEST(a_picture_follows_by_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
