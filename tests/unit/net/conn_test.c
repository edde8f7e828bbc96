#include <fcntl.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/rig.h"

#include "base/clock.h"

/* What comes in, and how a connection ends. What goes out: conn_out_test.c, loop_flush_test.c. */

static struct rig rig;
static struct end end;

static void use(const struct loop_limits *limits, void (*pair)(int fds[2]))
{
    int fds[2];
    rig_init(&rig, limits);
    pair(fds);
    end_init(&end, &rig, fds);
}

static int use_unix(void **state)
{
    (void)state;
    use(NULL, rig_socketpair);
    return 0;
}

static int use_tcp(void **state)
{
    (void)state;
    use(NULL, rig_tcp_pair);
    return 0;
}

static int use_small_reads(void **state)
{
    struct loop_limits limits = rig_limits;
    (void)state;
    limits.read_bytes = 16;
    use(&limits, rig_socketpair);
    return 0;
}

static int take_down(void **state)
{
    (void)state;
    rig_release(&rig);
    end_release(&end);
    return 0;
}

static void reset_peer(struct end *one)
{
    struct linger linger = {.l_onoff = 1};
    setsockopt(one->peer, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
    end_close_peer(one);
}

/* --- reading ---------------------------------------------------------------------------------- */

static size_t echo(struct end *one, uint8_t *bytes, size_t len)
{
    assert_int_equal(conn_write(one->conn, bytes, len), 0);
    return len;
}

static void bytes_come_in_and_go_out_in_one_turn(void **state)
{
    (void)state;
    struct buffer answer = {0};
    end.on_bytes = echo;
    end_peer_sends(&end, "hello", 5);
    RIG_UNTIL(&rig, end.reads_count == 1);
    assert_int_equal(end.conn->heard_ms, (uint32_t)rig.loop.now_ms);
    assert_null(end.conn->out_first);
    RIG_UNTIL(&rig, end_peer_reads(&end, &answer) && answer.len == 5);
    assert_true(slice_is(buffer_slice(&answer), "hello"));
    assert_int_equal(rig_metric(&rig, METRIC_BYTES_IN), 5);
    assert_int_equal(rig_metric(&rig, METRIC_BYTES_OUT), 5);
    assert_int_equal(rig_metric(&rig, METRIC_SENDS), 1);
    assert_true(rig_gets_quiet(&rig));
    buffer_release(&answer);
}

static void a_turn_reads_once(void **state)
{
    (void)state;
    uint8_t bytes[100];
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = rig_pattern(i);
    end_peer_sends(&end, bytes, sizeof(bytes));
    for (int turn = 1; turn <= 7; turn++) {
        loop_turn(&rig.loop, 1000);
        assert_int_equal(end.reads_count, turn);
        assert_int_equal(end.got.len, turn < 7 ? turn * 16 : 100);
    }
    rig_check_pattern(end.got.ptr, end.got.len, 0);
    assert_null(end.conn->rest);
}

static size_t take_some(struct end *one, uint8_t *bytes, size_t len)
{
    if (len > one->take)
        len = one->take;
    buffer_append(&one->got, bytes, len);
    conn_hungry(one->conn);
    return len;
}

static void a_hungry_handler_gets_its_rest_before_anything_new(void **state)
{
    (void)state;
    end.on_bytes = take_some;
    end.take = 3;
    end_peer_sends(&end, "0123456789", 10);
    loop_turn(&rig.loop, 1000);
    assert_int_equal(end.got.len, 3);
    end_peer_sends(&end, "abcdef", 6);
    /* The turn in which the rest is used up reads on. */
    for (int turn = 2; turn <= 4; turn++) {
        loop_turn(&rig.loop, 0);
        assert_int_equal(end.got.len, turn < 4 ? turn * 3 : 13);
    }
    RIG_UNTIL(&rig, end.got.len == 16);
    assert_true(slice_is(buffer_slice(&end.got), "0123456789abcdef"));
    assert_null(end.conn->rest);
}

static void hunger_does_not_wait(void **state)
{
    (void)state;
    end.on_bytes = take_some;
    end.take = 1;
    end_peer_sends(&end, "0123456789", 10);
    uint64_t begin_ms = clock_mono_ms();
    for (int i = 0; i < 10; i++)
        loop_turn(&rig.loop, 5000);
    assert_int_equal(end.got.len, 10);
    assert_true(clock_mono_ms() - begin_ms < 5000);
}

static size_t take_some_and_pause(struct end *one, uint8_t *bytes, size_t len)
{
    if (len > one->take)
        len = one->take;
    buffer_append(&one->got, bytes, len);
    conn_pause(one->conn);
    return len;
}

static void a_paused_connection_keeps_its_rest(void **state)
{
    (void)state;
    end.on_bytes = take_some_and_pause;
    end.take = 4;
    end_peer_sends(&end, "0123456789", 10);
    RIG_UNTIL(&rig, end.got.len == 4);
    end_peer_sends(&end, "abc", 3);
    assert_true(rig_gets_quiet(&rig)); /* what waits in the socket must not make the loop spin */
    assert_int_equal(end.reads_count, 1);
    assert_int_equal(end.conn->rest_len, 6);

    end.take = 100;
    conn_resume(end.conn);
    rig_turns(&rig, 1);
    assert_true(slice_is(buffer_slice(&end.got), "0123456789"));
    conn_resume(end.conn);
    RIG_UNTIL(&rig, end.got.len == 13);
    assert_true(slice_is(buffer_slice(&end.got), "0123456789abc"));
}

static size_t pause_and_resume(struct end *one, uint8_t *bytes, size_t len)
{
    conn_pause(one->conn);
    conn_resume(one->conn);
    buffer_append(&one->got, bytes, 1);
    return len > 0;
}

static void resuming_out_of_on_bytes_keeps_the_rest_coming(void **state)
{
    (void)state;
    end.on_bytes = pause_and_resume;
    end_peer_sends(&end, "0123", 4);
    RIG_UNTIL(&rig, end.got.len == 4);
    assert_true(slice_is(buffer_slice(&end.got), "0123"));
    assert_true(rig_gets_quiet(&rig));
}

static size_t other_bytes(struct conn *conn, uint8_t *bytes, size_t len)
{
    struct end *one = conn->user;
    buffer_append_byte(&one->got, '+');
    buffer_append(&one->got, bytes, len);
    return len;
}

static struct conn_handler other_handler;

static size_t hand_over(struct end *one, uint8_t *bytes, size_t len)
{
    (void)len;
    buffer_append(&one->got, bytes, 4);
    one->conn->handler = &other_handler;
    conn_hungry(one->conn);
    return 4;
}

static void a_new_handler_gets_the_rest(void **state)
{
    (void)state;
    other_handler = rig_handler;
    other_handler.on_bytes = other_bytes;
    end.on_bytes = hand_over;
    end_peer_sends(&end, "headframe", 9);
    RIG_UNTIL(&rig, end.got.len == 10);
    assert_true(slice_is(buffer_slice(&end.got), "head+frame"));
}

/* --- the peer's end --------------------------------------------------------------------------- */

static void what_was_sent_before_the_end_is_read_first(void **state)
{
    (void)state;
    uint8_t bytes[100] = {0};
    end_peer_sends(&end, bytes, sizeof(bytes));
    end_close_peer(&end);
    RIG_UNTIL(&rig, !end.conn);
    assert_int_equal(end.got.len, 100);
    assert_int_equal(end.eofs_count, 1);
    assert_int_equal(end.closes_count, 1);
}

static void without_on_eof_the_peers_end_closes(void **state)
{
    (void)state;
    other_handler = rig_handler;
    other_handler.on_eof = NULL;
    end.conn->handler = &other_handler;
    end.conn->close_metric = METRIC_DROPPED_TIMEOUT;
    end_close_peer(&end);
    RIG_UNTIL(&rig, !end.conn);
    assert_int_equal(end.eofs_count, 0);
    assert_int_equal(rig_metric(&rig, METRIC_DROPPED_TIMEOUT), 0);
}

static void stay(struct end *one)
{
    (void)one;
}

static void a_half_closed_peer_can_be_answered(void **state)
{
    (void)state;
    struct buffer answer = {0};
    end.on_eof = stay;
    end_peer_sends(&end, "?", 1);
    shutdown(end.peer, SHUT_WR);
    RIG_UNTIL(&rig, end.eofs_count == 1);
    assert_true(rig_gets_quiet(&rig));
    assert_int_equal(conn_write(end.conn, "yes", 3), 0);
    conn_finish(end.conn);
    RIG_UNTIL(&rig, !end.conn && !end_peer_reads(&end, &answer));
    assert_true(slice_is(buffer_slice(&answer), "yes"));
    assert_int_equal(end.eofs_count, 1);
    buffer_release(&answer);
}

static void a_reset_closes(void **state)
{
    (void)state;
    end_peer_sends(&end, "x", 1);
    RIG_UNTIL(&rig, end.got.len == 1);
    reset_peer(&end);
    RIG_UNTIL(&rig, !end.conn);
    assert_int_equal(end.eofs_count, 0);
    assert_int_equal(end.closes_count, 1);
}

static void a_reset_closes_a_paused_one(void **state)
{
    (void)state;
    conn_pause(end.conn);
    rig_turns(&rig, 1);
    reset_peer(&end);
    RIG_UNTIL(&rig, !end.conn);
}

static void a_reset_closes_after_the_peers_end(void **state)
{
    (void)state;
    end.on_eof = stay;
    shutdown(end.peer, SHUT_WR);
    RIG_UNTIL(&rig, end.eofs_count == 1);
    assert_int_equal(conn_write(end.conn, "x", 1), 0); /* unread: close(2) resets */
    rig_turns(&rig, 1);
    reset_peer(&end);
    RIG_UNTIL(&rig, !end.conn);
}

static void a_hang_up_in_a_pause_loses_nothing(void **state)
{
    (void)state;
    conn_pause(end.conn);
    end_peer_sends(&end, "last words", 10);
    end_close_peer(&end);
    assert_true(rig_gets_quiet(&rig));
    assert_non_null(end.conn);
    assert_int_equal(end.got.len, 0);
    conn_resume(end.conn);
    RIG_UNTIL(&rig, !end.conn);
    assert_true(slice_is(buffer_slice(&end.got), "last words"));
    assert_int_equal(end.eofs_count, 1);
}

static void finishing_after_a_hang_up_in_a_pause_ends(void **state)
{
    (void)state;
    conn_pause(end.conn);
    end_close_peer(&end);
    assert_true(rig_gets_quiet(&rig));
    conn_finish(end.conn);
    uint64_t begin_ms = clock_mono_ms();
    RIG_UNTIL(&rig, !end.conn);
    assert_true(clock_mono_ms() - begin_ms < rig_limits.linger_ms); /* it has not waited for that */
}

static void finishing_in_a_pause_hears_the_peers_end(void **state)
{
    (void)state;
    conn_pause(end.conn);
    end_peer_sends(&end, "unread", 6);
    assert_true(rig_gets_quiet(&rig));
    conn_finish(end.conn);
    rig_turns(&rig, 2);
    assert_non_null(end.conn);
    end_close_peer(&end);
    uint64_t begin_ms = clock_mono_ms();
    RIG_UNTIL(&rig, !end.conn);
    assert_true(clock_mono_ms() - begin_ms < rig_limits.linger_ms);
    assert_int_equal(end.got.len, 0);
}

/* --- closing in callbacks --------------------------------------------------------------------- */

static void close_it(struct end *one)
{
    conn_close(one->conn);
    conn_close(one->conn); /* twice is fine */
    conn_finish(one->conn);
    conn_pause(one->conn);
    conn_resume(one->conn);
    conn_hungry(one->conn);
    conn_notify_drained(one->conn);
    conn_set_timer(one->conn, 1);
    assert_int_equal(one->conn->state, CONN_CLOSED);
}

static size_t close_in_the_middle(struct end *one, uint8_t *bytes, size_t len)
{
    (void)bytes;
    assert_true(len > 2);
    close_it(one);
    return 2;
}

static void closing_in_on_bytes(void **state)
{
    (void)state;
    end.on_bytes = close_in_the_middle;
    end.conn->close_metric = METRIC_DROPPED_ERRORS;
    end_peer_sends(&end, "abcdef", 6);
    RIG_UNTIL(&rig, !end.conn);
    rig_turns(&rig, 2);
    assert_int_equal(end.reads_count, 1);
    assert_int_equal(end.closes_count, 1);
    assert_int_equal(rig_metric(&rig, METRIC_DROPPED_ERRORS), 1);
}

static void closing_with_the_rest(void **state)
{
    (void)state;
    end.on_bytes = take_some;
    end.take = 1;
    end_peer_sends(&end, "abcdef", 6);
    RIG_UNTIL(&rig, end.got.len == 2);
    end.on_bytes = close_in_the_middle;
    RIG_UNTIL(&rig, !end.conn);
    assert_int_equal(end.reads_count, 3);
}

static void closing_while_hungry(void **state)
{
    (void)state;
    end.on_bytes = take_some;
    end.take = 1;
    end_peer_sends(&end, "abcdef", 6);
    RIG_UNTIL(&rig, end.got.len == 1);
    conn_close(end.conn);
    RIG_UNTIL(&rig, !end.conn);
    rig_turns(&rig, 2);
    assert_int_equal(end.reads_count, 1);
}

static void closing_in_on_eof(void **state)
{
    (void)state;
    end.on_eof = close_it;
    end.conn->close_metric = METRIC_DROPPED_ERRORS;
    end_close_peer(&end);
    RIG_UNTIL(&rig, !end.conn);
    assert_int_equal(end.eofs_count, 1);
    assert_int_equal(rig_metric(&rig, METRIC_DROPPED_ERRORS), 0); /* the peer has ended it */
}

static void closing_in_on_timer(void **state)
{
    (void)state;
    end.on_timer = close_it;
    conn_set_timer(end.conn, 1);
    RIG_UNTIL(&rig, !end.conn);
    assert_int_equal(end.timers_count, 1);
}

static void closing_in_on_drained(void **state)
{
    (void)state;
    end.on_drained = close_it;
    conn_notify_drained(end.conn);
    RIG_UNTIL(&rig, !end.conn);
    assert_int_equal(end.drains_count, 1);
}

/* --- several connections ---------------------------------------------------------------------- */

static struct end left, right;

static size_t close_the_other(struct end *one, uint8_t *bytes, size_t len)
{
    (void)bytes;
    struct end *other = one == &left ? &right : &left;
    conn_close(other->conn);
    return len;
}

static void write_to_the_other(struct end *one)
{
    struct end *other = one == &left ? &right : &left;
    if (other->conn)
        conn_write(other->conn, "gone", 4);
}

static void two_ends(void)
{
    int fds[2];
    rig_socketpair(fds);
    end_init(&left, &rig, fds);
    rig_socketpair(fds);
    end_init(&right, &rig, fds);
}

static void release_two_ends(void)
{
    end_release(&left);
    end_release(&right);
}

static void an_event_of_what_closed_in_this_turn_is_passed_over(void **state)
{
    (void)state;
    two_ends();
    left.on_bytes = right.on_bytes = close_the_other;
    end_peer_sends(&left, "x", 1);
    end_peer_sends(&right, "x", 1);
    loop_turn(&rig.loop, 1000);
    assert_int_equal(left.reads_count + right.reads_count, 1);
    assert_int_equal(left.closes_count + right.closes_count, 1);
    conn_close(left.conn ? left.conn : right.conn);
    rig_turns(&rig, 1);
    release_two_ends();
}

static void the_hungry_one_closed_by_another_is_passed_over(void **state)
{
    (void)state;
    two_ends();
    left.on_bytes = right.on_bytes = take_some;
    left.take = right.take = 1;
    end_peer_sends(&left, "xyz", 3);
    end_peer_sends(&right, "xyz", 3);
    RIG_UNTIL(&rig, left.got.len == 1 && right.got.len == 1);
    left.on_bytes = right.on_bytes = close_the_other;
    rig_turns(&rig, 1);
    assert_int_equal(left.closes_count + right.closes_count, 1);
    conn_close(left.conn ? left.conn : right.conn);
    rig_turns(&rig, 1);
    release_two_ends();
}

/* on_closed comes after the flush; what it wrote goes out in a turn that does not wait. */
static void on_closed_may_write_to_others(void **state)
{
    (void)state;
    struct buffer answer = {0};
    two_ends();
    left.on_closed = write_to_the_other;
    conn_close(left.conn);
    rig_turns(&rig, 1);
    int flushes_count = rig.flushes_count;
    uint64_t begin_ms = clock_mono_ms();
    loop_turn(&rig.loop, 5000);
    assert_true(clock_mono_ms() - begin_ms < 5000);
    assert_int_equal(rig.flushes_count, flushes_count + 1);
    assert_true(end_peer_reads(&right, &answer));
    assert_true(slice_is(buffer_slice(&answer), "gone"));
    buffer_release(&answer);
    conn_close(right.conn);
    rig_turns(&rig, 1);
    release_two_ends();
}

static void write_and_close_the_other(struct end *one)
{
    struct end *other = one == &left ? &right : &left;
    if (!other->conn)
        return;
    conn_write(other->conn, "x", 1);
    conn_notify_drained(other->conn);
    conn_hungry(other->conn);
    conn_close(other->conn);
}

static void on_closed_may_close_others(void **state)
{
    (void)state;
    two_ends();
    left.on_closed = right.on_closed = write_and_close_the_other;
    conn_close(left.conn);
    rig_turns(&rig, 3);
    assert_int_equal(left.closes_count, 1);
    assert_int_equal(right.closes_count, 1);
    release_two_ends();
}

static void close_everything(struct conn *conn, void *ctx)
{
    int *visits_count = ctx;
    (*visits_count)++;
    conn_close(conn);
    for (struct conn *other = conn->loop->all; other; other = conn->loop->all)
        conn_close(other);
}

static void each_may_close_any(void **state)
{
    (void)state;
    two_ends();
    int visits_count = 0;
    conn_each(&rig.loop, close_everything, &visits_count);
    assert_int_equal(visits_count, 1);
    assert_int_equal(rig.loop.conns_count, 0);
    rig_turns(&rig, 1);
    conn_each(&rig.loop, close_everything, &visits_count);
    assert_int_equal(visits_count, 1);
    assert_int_equal(end.closes_count, 1);
    release_two_ends();
}

/* --- small things ----------------------------------------------------------------------------- */

static void the_timer_can_be_moved_and_cancelled(void **state)
{
    (void)state;
    conn_set_timer(end.conn, 5);
    conn_set_timer(end.conn, 0);
    assert_true(rig_gets_quiet(&rig));
    assert_int_equal(end.timers_count, 0);
    uint64_t set_ms = rig.loop.now_ms;
    conn_set_timer(end.conn, 40);
    RIG_UNTIL(&rig, end.timers_count == 1);
    assert_true(rig.loop.now_ms >= set_ms + 40);
    conn_set_timer(end.conn, 1);
    RIG_UNTIL(&rig, end.timers_count == 2);
}

static void the_peer_is_kept_as_ipv6(void **state)
{
    (void)state;
    struct sockaddr_storage v4 = {0}, v6 = {0};
    *(struct sockaddr_in *)&v4 = (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(4321), .sin_addr.s_addr = htonl(0x7f000001)};
    *(struct sockaddr_in6 *)&v6 = (struct sockaddr_in6){
        .sin6_family = AF_INET6, .sin6_port = htons(1234), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    static const uint8_t mapped[16] = {[10] = 0xff, 0xff, 127, 0, 0, 1};
    static const uint8_t loopback[16] = {[15] = 1};
    static const uint8_t none[16];
    assert_memory_equal(end.conn->peer, none, 16);

    int fds[2];
    struct end other = {.peer = -1};
    rig_socketpair(fds);
    other.conn = conn_new(&rig.loop, fds[0], &v4, &rig_handler, &other);
    assert_memory_equal(other.conn->peer, mapped, 16);
    assert_int_equal(other.conn->peer_port, 4321);
    conn_close(other.conn);
    rig_turns(&rig, 1);
    other.closes_count = 0;
    other.conn = conn_new(&rig.loop, fds[1], &v6, &rig_handler, &other);
    assert_memory_equal(other.conn->peer, loopback, 16);
    assert_int_equal(other.conn->peer_port, 1234);
    conn_close(other.conn);
    rig_turns(&rig, 1);
}

static void what_epoll_refuses_is_no_connection(void **state)
{
    (void)state;
    int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    assert_null(conn_new(&rig.loop, fd, NULL, &rig_handler, NULL));
    assert_int_equal(fcntl(fd, F_GETFD), -1); /* closed */
    assert_int_equal(rig.loop.conns_count, 1);
}

static void an_idle_connection_is_small(void **state)
{
    (void)state;
    assert_true(sizeof(struct conn) <= 192);
    end_peer_sends(&end, "hello", 5);
    RIG_UNTIL(&rig, end.got.len == 5);
    assert_int_equal(conn_write(end.conn, "hello", 5), 0);
    rig_turns(&rig, 1);
    assert_null(end.conn->out_first);
    assert_null(end.conn->rest);
    assert_int_equal(end.conn->events, EPOLLIN);
}

#define WITH(set_up, test) cmocka_unit_test_setup_teardown(test, set_up, take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(use_tcp, bytes_come_in_and_go_out_in_one_turn),
        WITH(use_small_reads, a_turn_reads_once),
        WITH(use_unix, a_hungry_handler_gets_its_rest_before_anything_new),
        WITH(use_unix, hunger_does_not_wait),
        WITH(use_unix, a_paused_connection_keeps_its_rest),
        WITH(use_unix, resuming_out_of_on_bytes_keeps_the_rest_coming),
        WITH(use_unix, a_new_handler_gets_the_rest),
        WITH(use_small_reads, what_was_sent_before_the_end_is_read_first),
        WITH(use_tcp, what_was_sent_before_the_end_is_read_first),
        WITH(use_tcp, without_on_eof_the_peers_end_closes),
        WITH(use_tcp, a_half_closed_peer_can_be_answered),
        WITH(use_tcp, a_reset_closes),
        WITH(use_tcp, a_reset_closes_a_paused_one),
        WITH(use_tcp, a_reset_closes_after_the_peers_end),
        WITH(use_unix, a_hang_up_in_a_pause_loses_nothing),
        WITH(use_tcp, a_hang_up_in_a_pause_loses_nothing),
        WITH(use_unix, finishing_after_a_hang_up_in_a_pause_ends),
        WITH(use_tcp, finishing_in_a_pause_hears_the_peers_end),
        WITH(use_unix, closing_in_on_bytes),
        WITH(use_unix, closing_with_the_rest),
        WITH(use_unix, closing_while_hungry),
        WITH(use_unix, closing_in_on_eof),
        WITH(use_unix, closing_in_on_timer),
        WITH(use_unix, closing_in_on_drained),
        WITH(use_unix, an_event_of_what_closed_in_this_turn_is_passed_over),
        WITH(use_unix, the_hungry_one_closed_by_another_is_passed_over),
        WITH(use_unix, on_closed_may_write_to_others),
        WITH(use_unix, on_closed_may_close_others),
        WITH(use_unix, each_may_close_any),
        WITH(use_unix, the_timer_can_be_moved_and_cancelled),
        WITH(use_unix, the_peer_is_kept_as_ipv6),
        WITH(use_unix, what_epoll_refuses_is_no_connection),
        WITH(use_tcp, an_idle_connection_is_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
