#include <string.h>
#include <sys/socket.h>

#include "serve/ws_rig.h"

#include "base/error.h"
#include "serve/address.h"

/*
 * ws_conn: a peer for which bytes wait. One that takes them slowly has not come to our ping yet and
 * is not dropped; one that takes nothing is. Over TCP, since only that says what the peer has
 * acknowledged.
 */

/*
 * The buffers are large enough for TCP over loopback, whose segments have 64 KB: with smaller ones
 * it waits for its timers. What is taken in a turn moves the window several times in each beat.
 */
enum {
    PING_MS = 120,
    DEAD_MS = 300,
    BUFFER_BYTES = 131072,
    QUEUE_BYTES = 600000,
    SIP_BYTES = 65536,
};

static int use(void **state)
{
    const int bytes = BUFFER_BYTES;
    struct sockaddr_storage from;
    socklen_t len = sizeof(from);
    int fds[2];
    int result = ws_rig_use_unconnected(state);
    ws_rig.limits.ping_ms = PING_MS;
    ws_rig.limits.dead_ms = DEAD_MS;
    rig_tcp_pair(fds);
    setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
    setsockopt(fds[1], SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
    assert_int_equal(getpeername(fds[0], (struct sockaddr *)&from, &len), 0);
    struct address address = address_of_socket(&from);
    assert_int_equal(connection_limit_take(serve_rig.connections, &address), OK);
    serve_rig.peer = fds[1];
    http_server_accept(&serve_rig.server, fds[0], &from);
    return result != 0 || ws_rig_handshake("").status != 101;
}

/*
 * So that something waits here whatever the buffers on the way hold, and however much they take at
 * once.
 */
static void pile_up(void)
{
    static const char text[1000];
    while (ws_rig.ws && ws_rig.ws->conn->out_bytes < QUEUE_BYTES)
        assert_int_equal(ws_send(ws_rig.ws, WS_OP_BINARY, false, slice_of(text, sizeof(text))), OK);
}

/* Takes a sip of what is on the wire, and forgets it. Returns how many bytes. */
static size_t take(void)
{
    uint8_t bytes[SIP_BYTES];
    ssize_t taken = recv(serve_rig.peer, bytes, sizeof(bytes), MSG_DONTWAIT);
    return taken > 0 ? (size_t)taken : 0;
}

static uint64_t now_ms(void)
{
    return serve_rig.net.loop.now_ms;
}

static uint64_t dropped(void)
{
    return rig_metric(&serve_rig.net, METRIC_DROPPED_TIMEOUT);
}

/* It says nothing all the while: our pings wait behind what it has not read. */
static void who_reads_slowly_is_not_dropped(void **state)
{
    size_t taken = 0;
    (void)state;
    uint64_t since_ms = now_ms();
    while (now_ms() - since_ms < 4 * DEAD_MS) {
        pile_up();
        loop_turn(&serve_rig.net.loop, 5);
        taken += take();
        assert_int_equal(ws_rig.gones, 0);
    }
    assert_true(taken > 0);
    assert_true((uint32_t)now_ms() - ws_rig.ws->conn->heard_ms >= 4 * DEAD_MS);
    assert_true(conn_has_queued(ws_rig.ws->conn));
    assert_true(ws_rig.beats >= 6);
    assert_int_equal(dropped(), 0);
}

static void who_takes_nothing_is_dropped(void **state)
{
    (void)state;
    pile_up();
    uint64_t since_ms = now_ms();
    RIG_UNTIL(&serve_rig.net, ws_rig.closes > 0);
    assert_int_equal(ws_rig.gones, 1);
    assert_int_equal(dropped(), 1);
    assert_true(now_ms() - since_ms >= DEAD_MS);
}

static void who_stops_taking_is_dropped(void **state)
{
    (void)state;
    uint64_t since_ms = now_ms();
    while (now_ms() - since_ms < 3 * DEAD_MS) {
        pile_up();
        loop_turn(&serve_rig.net.loop, 5);
        take();
    }
    assert_int_equal(ws_rig.gones, 0);
    RIG_UNTIL(&serve_rig.net, ws_rig.closes > 0);
    assert_int_equal(dropped(), 1);
}

/* Held for the sake of the others, and yet what waits for it must not wait for ever. */
static void who_takes_nothing_is_dropped_though_it_is_held(void **state)
{
    (void)state;
    ws_hold(ws_rig.ws);
    pile_up();
    RIG_UNTIL(&serve_rig.net, ws_rig.closes > 0);
    assert_int_equal(dropped(), 1);
}

/* It has all that was sent and our ping as well, and says nothing. */
static void who_has_all_and_is_silent_is_dropped(void **state)
{
    (void)state;
    pile_up();
    uint64_t since_ms = now_ms();
    uint64_t end_ms = rig_deadline_ms();
    while (ws_rig.closes == 0 && !rig_passed(end_ms)) {
        loop_turn(&serve_rig.net.loop, 5);
        while (take() > 0)
            ;
    }
    assert_int_equal(ws_rig.closes, 1);
    assert_int_equal(dropped(), 1);
    assert_true(now_ms() - since_ms >= DEAD_MS);
}

/*
 * It took nothing for a while, but spoke: it is given up for the one only after twice the time, and
 * for the other not at all.
 */
static void who_catches_up_in_time_stays(void **state)
{
    (void)state;
    pile_up();
    uint64_t since_ms = now_ms();
    while (now_ms() - since_ms < DEAD_MS) {
        ws_rig_send(0x8a, NULL, 0);
        loop_turn(&serve_rig.net.loop, 10);
    }
    while (conn_has_queued(ws_rig.ws->conn)) {
        loop_turn(&serve_rig.net.loop, 1);
        take();
    }
    assert_int_equal(ws_rig.gones, 0);
    since_ms = now_ms();
    while (now_ms() - since_ms < 3 * DEAD_MS) { /* and from then on it is like any other */
        while (take() > 0)
            ;
        ws_rig_send(0x8a, NULL, 0);
        loop_turn(&serve_rig.net.loop, 10);
    }
    assert_int_equal(ws_rig.gones, 0);
}

#define SLOW_TEST(name) cmocka_unit_test_setup_teardown(name, use, ws_rig_take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SLOW_TEST(who_reads_slowly_is_not_dropped),
        SLOW_TEST(who_takes_nothing_is_dropped),
        SLOW_TEST(who_stops_taking_is_dropped),
        SLOW_TEST(who_takes_nothing_is_dropped_though_it_is_held),
        SLOW_TEST(who_has_all_and_is_silent_is_dropped),
        SLOW_TEST(who_catches_up_in_time_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
