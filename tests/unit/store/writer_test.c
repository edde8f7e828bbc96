/* threaded */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "chat/welcome.h"
#include "store/writer.h"

enum { PRODUCERS = 4, POSTS = 5000, BATCH_MAX = 50, DEADLINE_MS = 20000 };

/*
 * What was published, in order, and told of the store. Read after writer_stop, or under the mutex.
 */
static struct {
    pthread_mutex_t mutex;
    pthread_cond_t more;
    struct event_batch **batches;
    size_t count, cap;
    size_t events_count;
    size_t batch_events_max;
    unsigned broken, rests;
    char fault[STORE_FAULT_BYTES];
} published;

static struct writer writer;
static struct sequencer *sequencer;
static struct metrics metrics;

/*
 * ---- a store that only counts: what visitors say in the lobby. The writer's thread alone calls
 * it. ----
 */

static struct {
    struct store store;
    uint64_t head, head_before;
    bool open;
    unsigned commits, rests;
    int commit_result, rest_result;
} counter;

static int begin(struct store *store)
{
    assert_ptr_equal(store, &counter.store);
    assert_false(counter.open);
    counter.open = true;
    counter.head_before = counter.head;
    return OK;
}

static int commit(struct store *store)
{
    assert_true(counter.open);
    if (counter.commit_result != OK) {
        (void)snprintf(store->fault, sizeof(store->fault), "commit: no such luck");
        return counter.commit_result;
    }
    counter.open = false;
    counter.commits++;
    return OK;
}

static void rollback(struct store *store)
{
    (void)store;
    counter.open = false;
    counter.head = counter.head_before;
}

static int room_get(struct store *store, uint64_t id, struct room_record *ret_room)
{
    (void)store;
    assert_int_equal(id, ROOM_LOBBY);
    *ret_room = (struct room_record){.id = id};
    return OK;
}

static int append(struct store *store, const struct event *event, uint64_t digest)
{
    (void)store;
    (void)digest;
    assert_true(counter.open);
    assert_int_equal(event->seq, ++counter.head);
    return OK;
}

static int rest(struct store *store, uint64_t now_mono_ms)
{
    assert_false(counter.open);
    assert_true(now_mono_ms > 0);
    pthread_mutex_lock(&published.mutex);
    published.rests++;
    pthread_cond_signal(&published.more);
    pthread_mutex_unlock(&published.mutex);
    if (counter.rest_result != OK)
        (void)snprintf(store->fault, sizeof(store->fault), "rest: no such luck");
    return counter.rest_result;
}

static const struct store_ops counter_ops = {
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .room_get = room_get,
    .append = append,
    .rest = rest,
};

/* ---- the writer's ports ---- */

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

static void broken(void *ctx, const char *fault)
{
    assert_ptr_equal(ctx, &published);
    pthread_mutex_lock(&published.mutex);
    published.broken++;
    (void)snprintf(published.fault, sizeof(published.fault), "%s", fault);
    pthread_cond_signal(&published.more);
    pthread_mutex_unlock(&published.mutex);
}

static int start(void **state)
{
    const struct sequencer_limits order = {
        .notices = {2, 2}, .here_ms = 20, .away_ms = 30000, .chance = random_u64};
    const struct writer_ports ports = {&published, publish, broken};
    (void)state;
    memset(&published, 0, sizeof(published));
    memset(&counter, 0, sizeof(counter));
    counter.store.ops = &counter_ops;
    pthread_mutex_init(&published.mutex, NULL);
    pthread_cond_init(&published.more, NULL);
    metrics = (struct metrics){0};
    if (sequencer_new(&counter.store, &order, clock_mono_ms(), clock_wall_ms(), &sequencer) != OK)
        return -1;
    return writer_start(&writer, sequencer, &counter.store, &ports, &metrics, BATCH_MAX);
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
    return 0;
}

static bool has_events(size_t count)
{
    return published.events_count >= count;
}

static bool has_rested(size_t count)
{
    return published.rests >= count;
}

static bool is_broken(size_t count)
{
    return published.broken >= count;
}

/* Waits until it is so, with a deadline. */
static void wait_until(bool (*is_so)(size_t), size_t count)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += DEADLINE_MS / 1000;
    pthread_mutex_lock(&published.mutex);
    int result = 0;
    while (!is_so(count) && result == 0)
        result = pthread_cond_timedwait(&published.more, &published.mutex, &until);
    pthread_mutex_unlock(&published.mutex);
    assert_int_equal(result, 0);
}

static struct event *visitor_event(enum event_kind kind, uint64_t visitor, struct slice command_id)
{
    struct event *event = event_new(kind, SLICE_LITERAL("hi"), command_id);
    event->room = ROOM_LOBBY;
    event->visitor = true;
    event->client = event->person = visitor;
    if (kind == EVENT_HELLO)
        event->welcome = welcome_new();
    return event;
}

static void say(unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        writer_submit(&writer, visitor_event(EVENT_MESSAGE, 1, slice_of(NULL, 0)));
}

/* ---- order ---- */

/* Submits its posts in chains of 1, 2, … 7, 1, … events; command_id counts them. */
static void *produce(void *arg)
{
    uint64_t visitor = (uintptr_t)arg;
    struct event *first = NULL, **last = &first;
    uint32_t chained = 0;
    for (uint32_t i = 0; i < POSTS; i++) {
        *last = visitor_event(EVENT_MESSAGE, visitor, slice_of(&i, sizeof(i)));
        last = &(*last)->next;
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
            assert_int_equal(event->kind, EVENT_MESSAGE);
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
    assert_int_equal(counter.commits, published.count); /* one for each batch */
    assert_int_equal(metrics_read(&metrics, METRIC_EVENTS), PRODUCERS * POSTS);
    assert_int_equal(metrics_read(&metrics, METRIC_COMMITS), published.count);
}

static void what_waits_goes_together(void **state)
{
    struct event *first = NULL;
    (void)state;
    for (int i = 0; i < 2 * BATCH_MAX + 5; i++) {
        struct event *event = visitor_event(EVENT_MESSAGE, 1, slice_of(NULL, 0));
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
    say(10);
    writer_stop(&writer);
    assert_int_equal(published.events_count, 10);
}

static void stopping_without_work_does_nothing(void **state)
{
    (void)state;
    writer_stop(&writer);
    assert_int_equal(published.count, 0);
    assert_int_equal(published.rests, 0);
    assert_int_equal(metrics_read(&metrics, METRIC_COMMITS), 0);
}

static void a_picture_follows_by_itself(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 10; i++)
        writer_submit(&writer, visitor_event(EVENT_HELLO, 10 + i, slice_of(NULL, 0)));
    wait_until(has_events, 10 + 2 + 1); /* hellos, notices, and a HERE that nobody asked for */
    writer_stop(&writer);
    const struct event_batch *last = published.batches[published.count - 1];
    assert_int_equal(last->events[last->count - 1]->kind, EVENT_HERE);
    assert_int_equal(last->events[last->count - 1]->visitors, 10);
    assert_int_equal(metrics_read(&metrics, METRIC_EVENTS), 0);
    assert_int_equal(metrics_read(&metrics, METRIC_COMMITS), 0);
}

/* ---- the store ---- */

static void a_full_disk_is_told_to_those_who_asked(void **state)
{
    (void)state;
    counter.commit_result = ERR_BUSY;
    say(3);
    wait_until(has_events, 3);
    writer_stop(&writer);
    for (size_t i = 0; i < published.count; i++) {
        for (size_t j = 0; j < published.batches[i]->count; j++)
            assert_int_equal(published.batches[i]->events[j]->result, ERR_BUSY);
    }
    assert_int_equal(published.broken, 0);
    assert_int_equal(counter.head, 0);
    assert_int_equal(metrics_read(&metrics, METRIC_REFUSED_DISK), 3);
    assert_int_equal(metrics_read(&metrics, METRIC_COMMITS), 0);
    assert_int_equal(metrics_read(&metrics, METRIC_EVENTS), 0);
}

/*
 * What it has kept is not known: nobody may hear of it, neither that it was kept nor that it was
 * not.
 */
static void of_a_broken_store_nothing_is_published(void **state)
{
    (void)state;
    counter.commit_result = ERR_IO;
    say(1);
    wait_until(is_broken, 1);
    assert_string_equal(published.fault, "commit: no such luck");
    say(5); /* nor of what comes after, which did not depend on it */
    writer_submit(&writer, visitor_event(EVENT_HELLO, 7, slice_of(NULL, 0)));
    writer_stop(&writer);
    assert_int_equal(published.count, 0);
    assert_true(published.broken > 1);
    assert_int_equal(counter.commits, 0);
}

static void the_store_rests_after_work(void **state)
{
    (void)state;
    say(1);
    wait_until(has_rested, 1); /* at once, as it has not rested for long */
    uint64_t since_ms = clock_mono_ms();
    wait_until(has_rested, 2); /* by itself, about a second later */
    assert_true(clock_mono_ms() - since_ms >= 900);
    writer_stop(&writer);
    assert_int_equal(published.events_count, 1);
}

static void a_store_that_breaks_while_it_rests(void **state)
{
    (void)state;
    counter.rest_result = ERR_IO;
    say(1);
    wait_until(is_broken, 1);
    assert_string_equal(published.fault, "rest: no such luck");
    writer_stop(&writer);
    assert_int_equal(published.events_count, 1); /* which was kept before */
}

#define WRITER_TEST(name) cmocka_unit_test_setup_teardown(name, start, take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WRITER_TEST(many_producers_make_one_order),
        WRITER_TEST(what_waits_goes_together),
        WRITER_TEST(stopping_at_once_completes_what_was_submitted),
        WRITER_TEST(stopping_without_work_does_nothing),
        WRITER_TEST(a_picture_follows_by_itself),
        WRITER_TEST(a_full_disk_is_told_to_those_who_asked),
        WRITER_TEST(of_a_broken_store_nothing_is_published),
        WRITER_TEST(the_store_rests_after_work),
        WRITER_TEST(a_store_that_breaks_while_it_rests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
