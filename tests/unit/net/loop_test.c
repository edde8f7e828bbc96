#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "net/rig.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"

/* How long the last turn wanted to wait. Stands in front of the C library's function. */
static int last_wait_ms;

int epoll_wait(int fd, struct epoll_event *events, int max, int timeout_ms)
{
    last_wait_ms = timeout_ms;
    return (int)syscall(SYS_epoll_pwait, fd, events, max, timeout_ms, NULL, 0);
}

static struct rig rig;

static int set_up(void **state)
{
    (void)state;
    rig_init(&rig, NULL);
    return 0;
}

static int take_down(void **state)
{
    (void)state;
    rig_release(&rig);
    return 0;
}

/* --- time ------------------------------------------------------------------------------------- */

struct alarm {
    struct timer timer;
    int count;
    uint64_t at_ms; /* by the clock, not the loop's */
};

static void ring(struct timer *timer)
{
    struct alarm *alarm = (struct alarm *)timer;
    alarm->count++;
    alarm->at_ms = clock_mono_ms();
}

static void a_timer_ends_the_wait_and_not_too_early(void **state)
{
    (void)state;
    struct alarm alarm = {.timer.fire = ring};
    rig_turns(&rig, 1);
    uint64_t begin_ms = rig.loop.now_ms;
    timer_set(&rig.loop.timers, &alarm.timer, 30);
    while (alarm.count == 0)
        loop_turn(&rig.loop, RIG_DEADLINE_MS);
    assert_true(alarm.at_ms >= begin_ms + 30);
    assert_true(alarm.at_ms < begin_ms + RIG_DEADLINE_MS);
}

static void be_busy_until(uint64_t ms)
{
    while (clock_mono_ms() < ms)
        ;
}

/* A turn that was busy for long must not make the next wait as much longer. */
static void a_wait_counts_from_now(void **state)
{
    (void)state;
    struct alarm alarm = {.timer.fire = ring};
    rig_turns(&rig, 1);
    timer_set(&rig.loop.timers, &alarm.timer, 250);
    uint64_t due_ms = rig.loop.now_ms + 250;
    be_busy_until(due_ms - 10);
    loop_turn(&rig.loop, -1);
    assert_true(last_wait_ms <= 10);
    be_busy_until(due_ms);
    rig_turns(&rig, 1);
    assert_int_equal(alarm.count, 1);
}

static size_t set_alarm(struct end *end, uint8_t *bytes, size_t len)
{
    (void)bytes;
    conn_set_timer(end->conn, 60);
    return len;
}

/*
 * The wheel has to be told the time before anything is called, or the delay counts from before the
 * sleep.
 */
static void a_delay_counts_from_the_turn_that_set_it(void **state)
{
    (void)state;
    int fds[2];
    struct end end;
    rig_socketpair(fds);
    end_init(&end, &rig, fds);
    end.on_bytes = set_alarm;
    rig_turns(&rig, 1);
    be_busy_until(rig.loop.now_ms + 100);
    end_peer_sends(&end, "x", 1);
    loop_turn(&rig.loop, RIG_DEADLINE_MS);
    uint64_t set_ms = rig.loop.now_ms;
    RIG_UNTIL(&rig, end.timers_count == 1);
    assert_true(rig.loop.now_ms >= set_ms + 60);
    conn_close(end.conn);
    rig_turns(&rig, 1);
    end_release(&end);
}

static void busy_time_is_without_the_wait(void **state)
{
    (void)state;
    loop_turn(&rig.loop, 100);
    loop_turn(&rig.loop, 100);
    assert_int_equal(rig_metric(&rig, METRIC_TURNS), 2);
    assert_true(rig_metric(&rig, METRIC_TURN_NS) > 0);
    assert_true(rig_metric(&rig, METRIC_TURN_NS) < 100000000);
}

/* --- letters and the flush -------------------------------------------------------------------- */

static void put(uint32_t kind)
{
    struct letter *letter = mem_zalloc(sizeof(*letter));
    letter->kind = kind;
    mailbox_put(&rig.loop.mailbox, letter);
}

static void flush_after_letters(struct rig *one)
{
    int *letters_before_flush = one->flush_ctx;
    *letters_before_flush = one->letters_count;
}

static void letters_come_before_the_flush(void **state)
{
    (void)state;
    int letters_before_flush = 0;
    rig.on_flush = flush_after_letters;
    rig.flush_ctx = &letters_before_flush;
    put(1);
    put(2);
    loop_turn(&rig.loop, RIG_DEADLINE_MS);
    assert_int_equal(rig.letters_count, 2);
    assert_int_equal(rig.letters[0], 1);
    assert_int_equal(rig.letters[1], 2);
    assert_int_equal(letters_before_flush, 2);
    assert_int_equal(rig.flushes_count, 1);
}

static void the_wake_up_is_used_up(void **state)
{
    (void)state;
    put(1);
    loop_turn(&rig.loop, RIG_DEADLINE_MS);
    assert_true(rig_gets_quiet(&rig));

    /* Also one whose letter was found before. */
    eventfd_write(rig.loop.mailbox.event_fd, 1);
    loop_turn(&rig.loop, RIG_DEADLINE_MS);
    assert_true(rig_gets_quiet(&rig));
}

static void letters_left_at_the_end_are_handed_over(void **state)
{
    (void)state;
    put(7);
    put(8);
    rig_release(&rig);
    assert_int_equal(rig.letters_count, 2);
    rig_init(&rig, NULL);
}

static void stop_in_flush(struct rig *one)
{
    if (one->flushes_count == 3)
        loop_stop(&one->loop);
    put(0);
}

static void it_waits_as_long_as_it_may(void **state)
{
    (void)state;
    struct alarm alarm = {.timer.fire = ring};
    loop_turn(&rig.loop, 7);
    assert_int_equal(last_wait_ms, 7);
    timer_set(&rig.loop.timers, &alarm.timer, (uint64_t)1 << 40);
    loop_turn(&rig.loop, 7);
    assert_int_equal(last_wait_ms, 7);
    timer_set(&rig.loop.timers, &alarm.timer, 3);
    loop_turn(&rig.loop, 7);
    assert_true(last_wait_ms <= 3);
}

static void it_runs_until_it_is_stopped(void **state)
{
    (void)state;
    rig.on_flush = stop_in_flush;
    put(0);
    loop_run(&rig.loop);
    assert_int_equal(rig.flushes_count, 3);
    rig.flushes_count = 0;
    loop_run(&rig.loop); /* and may run again */
    assert_int_equal(rig.flushes_count, 3);
}

/* --- sources ---------------------------------------------------------------------------------- */

struct bell {
    struct loop_source source;
    int fd;
    int count;
    uint32_t events;
    struct bell *removes;
};

static void bell_ready(struct loop_source *source, uint32_t events)
{
    struct bell *bell = (struct bell *)source;
    bell->count++;
    bell->events = events;
    if (bell->removes)
        loop_watch(&rig.loop, bell->removes->fd, 0, &bell->removes->source);
}

static void bell_init(struct bell *bell)
{
    *bell = (struct bell){.source.on_ready = bell_ready, .fd = eventfd(1, EFD_NONBLOCK)};
    assert_int_equal(loop_watch(&rig.loop, bell->fd, EPOLLIN, &bell->source), OK);
}

static void a_source_is_watched_changed_and_removed(void **state)
{
    (void)state;
    struct bell bell;
    bell_init(&bell);
    rig_turns(&rig, 1);
    assert_int_equal(bell.count, 1);
    assert_int_equal(bell.events, EPOLLIN);
    assert_int_equal(loop_watch(&rig.loop, bell.fd, EPOLLIN | EPOLLOUT, &bell.source), OK);
    rig_turns(&rig, 1);
    assert_int_equal(bell.count, 2);
    assert_int_equal(bell.events, EPOLLIN | EPOLLOUT);
    assert_int_equal(loop_watch(&rig.loop, bell.fd, 0, &bell.source), OK);
    assert_int_equal(loop_watch(&rig.loop, bell.fd, 0, &bell.source), OK);
    rig_turns(&rig, 2);
    assert_int_equal(bell.count, 2);
    close(bell.fd);
    assert_int_equal(loop_watch(&rig.loop, bell.fd, EPOLLIN, &bell.source), ERR_IO);
}

static void paced_it_hears_letters_only(void **state)
{
    (void)state;
    enum { PACE_MS = 40 };
    struct bell bell;
    bell_init(&bell);
    uint64_t begin_ms = clock_mono_ms();
    loop_pace(&rig.loop, PACE_MS);
    put(1);
    loop_turn(&rig.loop, RIG_DEADLINE_MS);
    assert_int_equal(rig.letters_count, 1);
    if (clock_mono_ms() - begin_ms < PACE_MS)
        assert_int_equal(bell.count, 0);
    while (bell.count == 0 && clock_mono_ms() < begin_ms + RIG_DEADLINE_MS)
        loop_turn(&rig.loop, RIG_DEADLINE_MS);
    assert_int_equal(bell.count, 1);
    assert_true(clock_mono_ms() - begin_ms >= PACE_MS);
    loop_watch(&rig.loop, bell.fd, 0, &bell.source);
    close(bell.fd);
}

static void a_source_removed_in_the_turn_is_not_called(void **state)
{
    (void)state;
    struct bell one, two;
    bell_init(&one);
    bell_init(&two);
    one.removes = &two;
    two.removes = &one;
    rig_turns(&rig, 1);
    assert_int_equal(one.count + two.count, 1);
    loop_watch(&rig.loop, one.fd, 0, &one.source);
    loop_watch(&rig.loop, two.fd, 0, &two.source);
    close(one.fd);
    close(two.fd);
}

/* --- many connections, and the end ------------------------------------------------------------ */

/* More than one wait reports at once. */
enum { CROWD = 1200 };

static void nobody_in_a_crowd_starves(void **state)
{
    (void)state;
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    int count = limit.rlim_cur > 2 * CROWD + 50 ? CROWD : (int)(limit.rlim_cur - 50) / 2;
    struct end *crowd = mem_alloc(CROWD * sizeof(struct end));
    for (int i = 0; i < count; i++) {
        int fds[2];
        rig_socketpair(fds);
        end_init(&crowd[i], &rig, fds);
        end_peer_sends(&crowd[i], "x", 1);
    }
    assert_int_equal(rig.loop.conns_count, count);
    assert_int_equal(rig_metric(&rig, METRIC_CONNECTIONS_OPEN), count);
    rig_turns(&rig, 6);
    for (int i = 0; i < count; i++) {
        assert_int_equal(crowd[i].reads_count, 1);
        end_close_peer(&crowd[i]);
    }
    RIG_UNTIL(&rig, rig_metric(&rig, METRIC_CONNECTIONS_OPEN) == 0);
    for (int i = 0; i < count; i++)
        end_release(&crowd[i]);
    mem_free(crowd);
}

static void releasing_closes_what_there_is(void **state)
{
    (void)state;
    struct end ends[4];
    struct alarm alarm = {.timer.fire = ring};
    for (int i = 0; i < 4; i++) {
        int fds[2];
        rig_socketpair(fds);
        end_init(&ends[i], &rig, fds);
        conn_write(ends[i].conn, "lost", 4);
        conn_set_timer(ends[i].conn, 5);
    }
    conn_finish(ends[1].conn);
    conn_close(ends[2].conn);
    conn_hungry(ends[3].conn);
    timer_set(&rig.loop.timers, &alarm.timer, 5);
    rig_release(&rig);
    assert_false(timer_is_set(&alarm.timer));
    for (int i = 0; i < 4; i++) {
        assert_int_equal(ends[i].closes_count, 1);
        end_release(&ends[i]);
    }
    rig_init(&rig, NULL);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, set_up, take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(a_timer_ends_the_wait_and_not_too_early),
        WITH(a_wait_counts_from_now),
        WITH(a_delay_counts_from_the_turn_that_set_it),
        WITH(busy_time_is_without_the_wait),
        WITH(letters_come_before_the_flush),
        WITH(the_wake_up_is_used_up),
        WITH(letters_left_at_the_end_are_handed_over),
        WITH(it_waits_as_long_as_it_may),
        WITH(it_runs_until_it_is_stopped),
        WITH(a_source_is_watched_changed_and_removed),
        WITH(paced_it_hears_letters_only),
        WITH(a_source_removed_in_the_turn_is_not_called),
        WITH(nobody_in_a_crowd_starves),
        WITH(releasing_closes_what_there_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
