#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/rig.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"

/* The private queue, its limits, and finishing. Sends that are taken in part: loop_flush_test.c. */

static struct rig rig;
static struct end end;
static struct buffer answer;

/* Times that run out in a test, and times that a busy machine does not run into by chance. */
static const struct loop_limits tight = {
    .read_bytes = 4096,
    .queue_bytes_soft = 100000,
    .queue_ms = 60,
    .queue_bytes_hard = 300000,
    .linger_ms = 60,
};
static const struct loop_limits patient = {
    .read_bytes = 4096,
    .queue_bytes_soft = 100000,
    .queue_ms = 500,
    .queue_bytes_hard = 300000,
    .linger_ms = RIG_DEADLINE_MS,
};

/* The first fills a pair of AF_UNIX, the second one of TCP with its growing buffers. */
enum { ENOUGH = 1 << 20, PLENTY = 8 << 20 };

static uint8_t pattern[PLENTY];

static int fill_pattern(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(pattern); i++)
        pattern[i] = rig_pattern(i);
    return 0;
}

static int use(const struct loop_limits *limits, void (*pair)(int fds[2]))
{
    int fds[2];
    rig_init(&rig, limits);
    pair(fds);
    end_init(&end, &rig, fds);
    return 0;
}

static int use_unix(void **state)
{
    (void)state;
    return use(&tight, rig_socketpair);
}

static int use_tcp(void **state)
{
    (void)state;
    return use(&tight, rig_tcp_pair);
}

static int use_unix_patiently(void **state)
{
    (void)state;
    return use(&patient, rig_socketpair);
}

static int use_tcp_patiently(void **state)
{
    (void)state;
    return use(&patient, rig_tcp_pair);
}

static int take_down(void **state)
{
    (void)state;
    rig_release(&rig);
    end_release(&end);
    buffer_release(&answer);
    return 0;
}

/* Puts static bytes, which no limit counts, into the queue until the kernel takes no more. */
static void stall(size_t len)
{
    assert_true(len <= sizeof(pattern));
    conn_write_static(end.conn, slice_of(pattern, len));
    rig_turns(&rig, 1);
    assert_true(end.conn->blocked);
    assert_true(conn_has_queued(end.conn));
    assert_int_equal(end.conn->out_bytes, 0);
}

/* --- queueing --------------------------------------------------------------------------------- */

static void small_writes_share_a_piece_and_a_send(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++)
        assert_int_equal(conn_write(end.conn, "0123456789", 10), OK);
    assert_int_equal(conn_write(end.conn, NULL, 0), OK);
    assert_ptr_equal(end.conn->out_first, end.conn->out_last);
    assert_int_equal(end.conn->out_bytes, 100);
    assert_true(conn_has_queued(end.conn));
    rig_turns(&rig, 1);
    assert_false(conn_has_queued(end.conn));
    assert_null(end.conn->out_last);
    assert_int_equal(end.conn->out_bytes, 0);
    assert_int_equal(rig_metric(&rig, METRIC_SENDS), 1);
    end_peer_reads(&end, &answer);
    assert_int_equal(answer.len, 100);
}

static void writes_of_all_sizes_stay_in_order(void **state)
{
    (void)state;
    size_t at = 0;
    for (size_t len = 0; len < 700; len += 7) {
        assert_int_equal(conn_write(end.conn, pattern + at, len), OK);
        at += len;
    }
    rig_turns(&rig, 1);
    end_peer_reads(&end, &answer);
    assert_int_equal(answer.len, at);
    rig_check_pattern(answer.ptr, answer.len, 0);
}

static void kinds_of_bytes_stay_in_order(void **state)
{
    (void)state;
    char *long_text = mem_zalloc(1001);
    memset(long_text, 'L', 1000);
    struct blob *small = blob_new("[blob]", 6);
    struct blob *big = blob_new(long_text, 1000);
    struct blob *empty = blob_new(NULL, 0);
    assert_int_equal(conn_write(end.conn, "one", 3), OK);
    assert_int_equal(conn_write_static(end.conn, SLICE_LITERAL(" static ")), OK);
    assert_int_equal(conn_write_static(end.conn, SLICE_LITERAL("")), OK);
    assert_int_equal(conn_write(end.conn, "two", 3), OK);
    assert_int_equal(conn_write_blob(end.conn, small), OK);
    assert_int_equal(conn_write_blob(end.conn, big), OK);
    assert_int_equal(conn_write_blob(end.conn, empty), OK);
    assert_int_equal(conn_write(end.conn, "end", 3), OK);
    assert_int_equal(end.conn->out_bytes, 3 + 3 + 6 + 1000 + 3);
    blob_unref(small);
    blob_unref(empty);
    assert_int_equal(atomic_load(&big->refs), 2);
    rig_turns(&rig, 1);
    assert_int_equal(atomic_load(&big->refs), 1);
    blob_unref(big);

    struct buffer expected = {0};
    buffer_printf(&expected, "one static two[blob]%send", long_text);
    end_peer_reads(&end, &answer);
    assert_true(slice_equals(buffer_slice(&answer), buffer_slice(&expected)));
    buffer_release(&expected);
    mem_free(long_text);
}

static void many_pieces_need_few_sends(void **state)
{
    (void)state;
    for (int i = 0; i < 200; i++)
        assert_int_equal(conn_write_static(end.conn, slice_of(pattern + i, 1)), OK);
    rig_turns(&rig, 1);
    assert_false(conn_has_queued(end.conn));
    assert_int_equal(rig_metric(&rig, METRIC_SENDS), 4);
    end_peer_reads(&end, &answer);
    assert_int_equal(answer.len, 200);
    rig_check_pattern(answer.ptr, answer.len, 0);
}

static void closing_loses_the_queue(void **state)
{
    (void)state;
    struct blob *blob = blob_new(pattern, 1000);
    assert_int_equal(conn_write_blob(end.conn, blob), OK);
    conn_close(end.conn);
    assert_int_equal(conn_write(end.conn, "x", 1), ERR_EOF);
    assert_int_equal(conn_write_static(end.conn, SLICE_LITERAL("x")), ERR_EOF);
    assert_int_equal(conn_write_blob(end.conn, blob), ERR_EOF);
    rig_turns(&rig, 1);
    assert_int_equal(atomic_load(&blob->refs), 1);
    blob_unref(blob);
    assert_false(end_peer_reads(&end, &answer));
    assert_int_equal(answer.len, 0);
}

/* --- draining --------------------------------------------------------------------------------- */

static void it_drains_once_after_being_blocked(void **state)
{
    (void)state;
    stall(PLENTY);
    RIG_UNTIL(&rig, end_peer_reads(&end, &answer) && answer.len == PLENTY && end.drains_count);
    assert_false(end.conn->blocked);
    rig_check_pattern(answer.ptr, answer.len, 0);
    rig_turns(&rig, 3);
    assert_int_equal(end.drains_count, 1);
}

static void while_it_is_blocked_nothing_is_tried(void **state)
{
    (void)state;
    stall(ENOUGH);
    assert_int_equal(conn_write(end.conn, "more", 4), OK);
    rig_turns(&rig, 5);
    assert_int_equal(end.drains_count, 0);
    assert_int_equal(rig_metric(&rig, METRIC_SENDS), 1);
}

static void write_next_page(struct end *one)
{
    if (one->drains_count > 10)
        return;
    assert_int_equal(conn_write(one->conn, pattern, 1000), OK);
    conn_notify_drained(one->conn);
}

static void pages_follow_each_other(void **state)
{
    (void)state;
    end.on_drained = write_next_page;
    conn_notify_drained(end.conn);
    assert_int_equal(end.drains_count, 0);
    RIG_UNTIL(&rig, end.drains_count == 11);
    end_peer_reads(&end, &answer);
    assert_int_equal(answer.len, 10000);
    rig_turns(&rig, 3);
    assert_int_equal(end.drains_count, 11);
}

/* --- limits ----------------------------------------------------------------------------------- */

static void over_the_hard_limit_it_closes(void **state)
{
    (void)state;
    assert_int_equal(conn_write(end.conn, pattern, tight.queue_bytes_hard - 1), OK);
    assert_int_equal(conn_write(end.conn, pattern, 1), OK);
    assert_int_equal(conn_write_static(end.conn, slice_of(pattern, 1000)), OK);
    assert_int_equal(conn_write(end.conn, pattern, 1), ERR_LIMIT);
    assert_int_equal(end.conn->state, CONN_CLOSED);
    assert_int_equal(conn_write(end.conn, pattern, 1), ERR_EOF);
    rig_turns(&rig, 1);
    assert_int_equal(end.closes_count, 1);
    assert_int_equal(rig_metric(&rig, METRIC_DROPPED_QUEUE), 1);
}

static void one_write_over_the_hard_limit_closes(void **state)
{
    (void)state;
    assert_int_equal(conn_write(end.conn, pattern, tight.queue_bytes_hard + 1), ERR_LIMIT);
    rig_turns(&rig, 1);
    assert_int_equal(end.closes_count, 1);
}

static void a_stalled_queue_over_the_soft_limit_closes_in_time(void **state)
{
    (void)state;
    stall(ENOUGH);
    uint64_t begin_ms = rig.loop.now_ms;
    assert_int_equal(conn_write(end.conn, pattern, tight.queue_bytes_soft + 1), OK);
    RIG_UNTIL(&rig, !end.conn);
    assert_true(rig.loop.now_ms - begin_ms >= tight.queue_ms);
    assert_int_equal(rig_metric(&rig, METRIC_DROPPED_QUEUE), 1);
}

static void a_write_finds_out_that_it_was_over_too_long(void **state)
{
    (void)state;
    stall(ENOUGH);
    assert_int_equal(conn_write(end.conn, pattern, tight.queue_bytes_soft + 1), OK);
    /* As at the beginning of a turn that is late: time is told before the timers fire. */
    rig.loop.now_ms += tight.queue_ms;
    assert_int_equal(conn_write(end.conn, "x", 1), ERR_LIMIT);
    rig_turns(&rig, 1);
    assert_int_equal(end.closes_count, 1);
    assert_int_equal(rig_metric(&rig, METRIC_DROPPED_QUEUE), 1);
}

static void each_has_its_own_time_over_the_soft_limit(void **state)
{
    (void)state;
    int fds[2];
    struct end later;
    rig_socketpair(fds);
    end_init(&later, &rig, fds);
    stall(ENOUGH);
    conn_write_static(later.conn, slice_of(pattern, sizeof(pattern)));
    assert_int_equal(conn_write(end.conn, pattern, tight.queue_bytes_soft + 1), OK);
    uint64_t until_ms = rig.loop.now_ms + tight.queue_ms / 2;
    RIG_UNTIL(&rig, rig.loop.now_ms >= until_ms);
    uint64_t later_ms = rig.loop.now_ms;
    assert_int_equal(conn_write(later.conn, pattern, tight.queue_bytes_soft + 1), OK);
    RIG_UNTIL(&rig, !later.conn);
    assert_true(rig.loop.now_ms - later_ms >= tight.queue_ms);
    assert_null(end.conn);
    assert_null(rig.loop.over);
    assert_int_equal(rig_metric(&rig, METRIC_DROPPED_QUEUE), 2);
    end_release(&later);
}

static void at_the_soft_limit_it_may_stall(void **state)
{
    (void)state;
    stall(ENOUGH);
    assert_int_equal(conn_write(end.conn, pattern, tight.queue_bytes_soft), OK);
    uint64_t until_ms = clock_mono_ms() + 3 * tight.queue_ms;
    RIG_UNTIL(&rig, clock_mono_ms() > until_ms);
    assert_non_null(end.conn);
    assert_int_equal(conn_write(end.conn, "x", 1), OK);
}

static void what_drains_in_time_stays(void **state)
{
    (void)state;
    stall(ENOUGH);
    assert_int_equal(conn_write(end.conn, pattern, tight.queue_bytes_soft + 1), OK);
    RIG_UNTIL(&rig, end_peer_reads(&end, &answer) && !conn_has_queued(end.conn));
    assert_int_equal(end.conn->out_over_ms, 0);
    uint64_t until_ms = clock_mono_ms() + patient.queue_ms + 50;
    RIG_UNTIL(&rig, clock_mono_ms() > until_ms);
    assert_non_null(end.conn);
    assert_null(rig.loop.over);
    assert_int_equal(rig_metric(&rig, METRIC_DROPPED_QUEUE), 0);
}

static void closing_while_over_the_limit(void **state)
{
    (void)state;
    stall(ENOUGH);
    assert_int_equal(conn_write(end.conn, pattern, tight.queue_bytes_soft + 1), OK);
    conn_close(end.conn);
    rig_turns(&rig, 1);
    assert_null(rig.loop.over);
    uint64_t until_ms = clock_mono_ms() + 2 * tight.queue_ms;
    RIG_UNTIL(&rig, clock_mono_ms() > until_ms);
    assert_int_equal(rig_metric(&rig, METRIC_DROPPED_QUEUE), 0);
}

/* --- finishing -------------------------------------------------------------------------------- */

static void finishing_sends_everything_then_the_end(void **state)
{
    (void)state;
    end.conn->close_metric = METRIC_DROPPED_LAPPED;
    size_t len = PLENTY;
    stall(len);
    assert_int_equal(conn_write(end.conn, "bye", 3), OK);
    conn_set_timer(end.conn, 1); /* is not to come any more */
    conn_finish(end.conn);
    conn_finish(end.conn);
    assert_int_equal(conn_write(end.conn, "x", 1), ERR_EOF);
    end_peer_sends(&end, "discarded", 9);
    RIG_UNTIL(&rig, !end_peer_reads(&end, &answer));
    assert_int_equal(answer.len, len + 3);
    assert_memory_equal(answer.ptr + len, "bye", 3);
    rig_check_pattern(answer.ptr, len, 0);
    assert_non_null(end.conn); /* waits for the peer's end */
    end_peer_sends(&end, "discarded", 9);
    end_close_peer(&end);
    RIG_UNTIL(&rig, !end.conn);
    assert_int_equal(end.reads_count + end.eofs_count + end.drains_count + end.timers_count, 0);
    assert_int_equal(rig_metric(&rig, METRIC_DROPPED_LAPPED), 1);
}

static void finishing_lingers_for_a_time(void **state)
{
    (void)state;
    assert_int_equal(conn_write(end.conn, "bye", 3), OK);
    conn_finish(end.conn);
    rig_turns(&rig, 1);
    uint64_t begin_ms = rig.loop.now_ms;
    uint64_t turns = rig_metric(&rig, METRIC_TURNS);
    RIG_UNTIL(&rig, !end.conn);
    assert_true(rig.loop.now_ms - begin_ms >= tight.linger_ms);
    /* The socket is writable all the time after shutdown(2): the loop must not spin. */
    assert_true(rig_metric(&rig, METRIC_TURNS) - turns < 30);
    assert_false(end_peer_reads(&end, &answer));
    assert_true(slice_is(buffer_slice(&answer), "bye"));
}

static void finishing_while_blocked_without_a_queue_does_not_spin(void **state)
{
    (void)state;
    struct iovec range = {pattern, sizeof(pattern)};
    struct flush_entry entry = {.link = end.conn, .count = 1};
    struct flush flush = {&entry, 1, &range, 1};
    loop_flush(&rig.loop, &flush);
    assert_true(end.conn->blocked);
    conn_finish(end.conn);
    uint64_t turns = rig_metric(&rig, METRIC_TURNS);
    RIG_UNTIL(&rig, !end.conn);
    assert_true(rig_metric(&rig, METRIC_TURNS) - turns < 30);
}

static void finishing_does_not_wait_for_a_peer_that_has_ended(void **state)
{
    (void)state;
    assert_int_equal(shutdown(end.peer, SHUT_WR), 0);
    RIG_UNTIL(&rig, end.eofs_count == 1); /* the rig's on_eof finishes, */
    assert_null(end.conn);                /* and that was all in one turn */
}

static void finishing_gives_up_on_a_peer_that_takes_nothing(void **state)
{
    (void)state;
    stall(PLENTY);
    conn_finish(end.conn);
    uint64_t begin_ms = rig.loop.now_ms;
    RIG_UNTIL(&rig, !end.conn);
    assert_true(rig.loop.now_ms - begin_ms >= tight.queue_ms);
}

static void finishing_waits_as_long_as_the_queue_moves(void **state)
{
    (void)state;
    size_t len = PLENTY;
    stall(len);
    conn_finish(end.conn);
    uint64_t begin_ms = rig.loop.now_ms;
    uint64_t next_ms = 0;
    bool open = true;
    while (open && answer.len < len) {
        /* A slow reader, yet never slower than the limit. */
        if (clock_mono_ms() >= next_ms) {
            uint8_t *to = buffer_reserve(&answer, 1 << 20);
            ssize_t got = recv(end.peer, to, 1 << 20, MSG_DONTWAIT);
            open = got != 0;
            answer.len += got > 0 ? (size_t)got : 0;
            next_ms = clock_mono_ms() + patient.queue_ms / 16;
        }
        loop_turn(&rig.loop, 1);
        assert_true(rig.loop.now_ms - begin_ms < RIG_DEADLINE_MS);
    }
    assert_int_equal(answer.len, len);
    assert_true(rig.loop.now_ms - begin_ms > patient.queue_ms);
    rig_check_pattern(answer.ptr, answer.len, 0);
}

#define WITH(set_up, test) cmocka_unit_test_setup_teardown(test, set_up, take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(use_unix, small_writes_share_a_piece_and_a_send),
        WITH(use_unix, writes_of_all_sizes_stay_in_order),
        WITH(use_unix, kinds_of_bytes_stay_in_order),
        WITH(use_unix, many_pieces_need_few_sends),
        WITH(use_unix, closing_loses_the_queue),
        WITH(use_unix_patiently, it_drains_once_after_being_blocked),
        WITH(use_tcp_patiently, it_drains_once_after_being_blocked),
        WITH(use_unix, while_it_is_blocked_nothing_is_tried),
        WITH(use_unix, pages_follow_each_other),
        WITH(use_unix, over_the_hard_limit_it_closes),
        WITH(use_unix, one_write_over_the_hard_limit_closes),
        WITH(use_unix, a_stalled_queue_over_the_soft_limit_closes_in_time),
        WITH(use_unix, a_write_finds_out_that_it_was_over_too_long),
        WITH(use_unix, each_has_its_own_time_over_the_soft_limit),
        WITH(use_unix, at_the_soft_limit_it_may_stall),
        WITH(use_unix_patiently, what_drains_in_time_stays),
        WITH(use_unix, closing_while_over_the_limit),
        WITH(use_tcp_patiently, finishing_sends_everything_then_the_end),
        WITH(use_unix_patiently, finishing_sends_everything_then_the_end),
        WITH(use_tcp, finishing_lingers_for_a_time),
        WITH(use_tcp, finishing_while_blocked_without_a_queue_does_not_spin),
        WITH(use_tcp_patiently, finishing_does_not_wait_for_a_peer_that_has_ended),
        WITH(use_tcp, finishing_gives_up_on_a_peer_that_takes_nothing),
        WITH(use_unix_patiently, finishing_waits_as_long_as_the_queue_moves),
    };
    return cmocka_run_group_tests(tests, fill_pattern, NULL);
}
