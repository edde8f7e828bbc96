#include <string.h>
#include <sys/socket.h>

#include "serve/ws_rig.h"

#include "base/clock.h"
#include "proto/ws_client.h"

/* ws_conn: who says too much is read more slowly, who says nothing is asked, and dropped. */

static void send_frames(unsigned first, const char *payload, unsigned count)
{
    struct buffer frames = {0};
    for (unsigned i = 0; i < count; i++)
        ws_client_frame(&frames, first, slice_of_string(payload));
    serve_rig_send(frames.ptr, frames.len);
    buffer_release(&frames);
}

static void a_turn_takes_so_many_frames(void **state)
{
    (void)state;
    ws_rig.limits.frames_per_turn = 3;
    send_frames(0x81, "x", 10);
    unsigned before = 0;
    for (int turn = 0; turn < 20 && ws_rig.messages_count < 10; turn++) {
        loop_turn(&serve_rig.net.loop, 0);
        assert_true(ws_rig.messages_count - before <= 3);
        before = ws_rig.messages_count;
    }
    assert_int_equal(ws_rig.messages_count, 10);
}

static void slow(struct ws_conn *ws)
{
    ws_slow(ws, WS_RIG_SLOW_MS);
}

static void slowing_stops_behind_the_message_in_hand(void **state)
{
    (void)state;
    ws_rig.on_message = slow;
    send_frames(0x81, "x", 3);
    uint64_t since_ms = serve_rig.net.loop.now_ms;
    for (unsigned i = 1; i <= 3; i++) {
        SERVE_UNTIL(ws_rig.messages_count == i);
        assert_true(serve_rig.net.loop.now_ms - since_ms >= (i - 1) * WS_RIG_SLOW_MS);
        since_ms = i == 1 ? serve_rig.net.loop.now_ms : since_ms;
    }
}

static void hold(struct ws_conn *ws)
{
    ws_hold(ws);
}

static void holding_lasts_until_it_is_resumed(void **state)
{
    (void)state;
    ws_rig.on_message = hold;
    send_frames(0x81, "x", 3);
    for (unsigned i = 1; i <= 3; i++) {
        SERVE_UNTIL(ws_rig.messages_count == i);
        rig_turns(&serve_rig.net, 10);
        send_frames(0x81, "y", 1); /* what comes meanwhile is kept, in order */
        rig_turns(&serve_rig.net, 10);
        assert_int_equal(ws_rig.messages_count, i);
        ws_resume(ws_rig.ws);
    }
    ws_rig.on_message = NULL;
    SERVE_UNTIL(ws_rig.messages_count == 6);
    ws_rig_assert_messages("x|x|x|y|y|y|");
}

/* Each reason not to read counts for itself. */
static void one_reason_gone_is_not_all(void **state)
{
    (void)state;
    ws_hold(ws_rig.ws);
    ws_slow(ws_rig.ws, WS_RIG_SLOW_MS);
    ws_resume(ws_rig.ws);
    uint64_t since_ms = serve_rig.net.loop.now_ms;
    send_frames(0x81, "x", 1);
    SERVE_UNTIL(ws_rig.messages_count == 1);
    assert_true(serve_rig.net.loop.now_ms - since_ms >= WS_RIG_SLOW_MS - 5);

    ws_slow(ws_rig.ws, 1);
    ws_hold(ws_rig.ws);
    send_frames(0x81, "y", 1);
    SERVE_UNTIL(!ws_rig.ws->slowed);
    rig_turns(&serve_rig.net, 5);
    assert_int_equal(ws_rig.messages_count, 1);
    ws_resume(ws_rig.ws);
    SERVE_UNTIL(ws_rig.messages_count == 2);
}

/* However slowly it is read, its close frame must be heard. */
static void closing_reads_again(void **state)
{
    (void)state;
    ws_hold(ws_rig.ws);
    ws_slow(ws_rig.ws, 60000);
    send_frames(0x81, "never", 2);
    rig_turns(&serve_rig.net, 3);
    ws_close(ws_rig.ws, 1001, "");
    ws_rig_assert_close(1001, "");
    ws_rig_send_close(1001);
    serve_rig_assert_end();
    assert_int_equal(ws_rig.messages_count, 0);
}

static void too_many_controls_are_read_more_slowly(void **state)
{
    (void)state;
    ws_rig.limits.controls = (struct rate){100, 2};
    ws_rig.ws->controls = (struct rate_bucket){(uint32_t)serve_rig.net.loop.now_ms, 2000};
    uint64_t since_ms = serve_rig.net.loop.now_ms;
    send_frames(0x89, "p", 4);
    send_frames(0x8a, "p", 4);
    send_frames(0x81, "x", 1);
    for (int i = 0; i < 4; i++)
        assert_true(slice_is(ws_rig_frame(0x8a), "p"));
    SERVE_UNTIL(ws_rig.messages_count == 1);
    /* Eight of them, two at once: the last is out of debt 60 ms later. */
    assert_true(serve_rig.net.loop.now_ms - since_ms >= 59);
    assert_true(rig_metric(&serve_rig.net, METRIC_RATE_LIMITED) >= 3);
}

/*
 * A peer that sends pings and reads nothing: what waits for it stays small, and when it reads at last, each ping has
 * its pong.
 */
static void pongs_do_not_pile_up(void **state)
{
    enum { PINGS_MAX = 100000, STILL_TURNS = 50 };
    struct buffer ping = {0};
    unsigned sent = 0;
    char payload[125];
    (void)state;
    memset(payload, 'p', sizeof(payload));
    ws_client_frame(&ping, 0x89, slice_of(payload, sizeof(payload)));
    for (int still = 0; still < STILL_TURNS && sent < PINGS_MAX; still++) {
        while (send(serve_rig.peer, ping.ptr, ping.len, MSG_DONTWAIT | MSG_NOSIGNAL) ==
               (ssize_t)ping.len) {
            sent++;
            still = 0;
        }
        loop_turn(&serve_rig.net.loop, 0);
        /* One turn's frames may come on top of the limit. */
        assert_true(serve_rig.net.loop.all->out_bytes <= (8 + 64) * 127);
    }
    assert_true(sent > 100 && sent < PINGS_MAX);
    assert_true(ws_rig.ws->flooded);
    for (unsigned i = 0; i < sent; i++)
        assert_int_equal(ws_rig_frame(0x8a).len, sizeof(payload));
    send_frames(0x81, "x", 1);
    SERVE_UNTIL(ws_rig.messages_count == 1);
    assert_true(ws_rig.drains > 0);
    assert_false(ws_rig.ws->flooded);
    buffer_release(&ping);
}

/* ---- beats ---- */

static void reconnect_with_beats(uint32_t ping_ms, uint32_t dead_ms)
{
    serve_rig_close();
    ws_rig_assert_closed();
    ws_rig.gones = ws_rig.closes = ws_rig.beats = 0;
    ws_rig.limits.ping_ms = ping_ms;
    ws_rig.limits.dead_ms = dead_ms;
    assert_true(serve_rig_connect());
    assert_int_equal(ws_rig_handshake("").status, 101);
}

static void the_silent_are_asked_and_dropped(void **state)
{
    (void)state;
    reconnect_with_beats(20, 60);
    uint64_t since_ms = ws_rig.ws->conn->heard_ms;
    assert_int_equal(ws_rig_frame(0x89).len, 0);
    assert_true((uint32_t)serve_rig.net.loop.now_ms - since_ms >= 20);
    ws_rig_assert_closed();
    assert_true((uint32_t)serve_rig.net.loop.now_ms - since_ms >= 60);
    assert_true(ws_rig.beats >= 1);
    assert_int_equal(rig_metric(&serve_rig.net, METRIC_DROPPED_TIMEOUT), 1);
}

static void who_answers_stays(void **state)
{
    (void)state;
    reconnect_with_beats(20, 60);
    uint64_t since_ms = serve_rig.net.loop.now_ms;
    while (serve_rig.net.loop.now_ms - since_ms < 300) {
        assert_int_equal(ws_rig_frame(0x89).len, 0);
        ws_rig_send(0x8a, NULL, 0);
    }
    assert_int_equal(ws_rig.closes, 0);
    assert_true(ws_rig.beats >= 3);
}

/*
 * This process stood still for a while (a suspended machine) after the peer had answered: nobody has asked since, so it
 * is asked again and not dropped.
 */
static void our_own_stall_is_not_their_silence(void **state)
{
    (void)state;
    reconnect_with_beats(20, 60);
    assert_int_equal(ws_rig_frame(0x89).len, 0);
    uint32_t before_ms = ws_rig.ws->conn->heard_ms;
    ws_rig_send(0x8a, NULL, 0);
    SERVE_UNTIL(ws_rig.ws->conn->heard_ms != before_ms);
    uint64_t until_ms = clock_mono_ms() + 100;
    while (clock_mono_ms() < until_ms)
        ;
    assert_int_equal(ws_rig_frame(0x89).len, 0);
    assert_int_equal(ws_rig.gones, 0);
}

/* One who speaks anyway is not asked, but its door hears of each beat. */
static void who_speaks_is_not_asked(void **state)
{
    (void)state;
    reconnect_with_beats(40, 10000);
    unsigned sent = 0;
    while (ws_rig.beats < 3) {
        ws_rig_send_text("x");
        sent++;
        SERVE_UNTIL(ws_rig.messages_count >= sent);
        loop_turn(&serve_rig.net.loop, 1);
    }
    serve_rig_read();
    assert_int_equal(serve_rig.got.len, serve_rig.got_at);
}

/* What is not read because we do not want to is not silence. */
static void who_is_held_is_not_dropped(void **state)
{
    (void)state;
    reconnect_with_beats(10, 20);
    ws_hold(ws_rig.ws);
    SERVE_UNTIL(ws_rig.beats >= 5);
    assert_int_equal(ws_rig.gones, 0);
    ws_rig_send_text("x");
    ws_resume(ws_rig.ws);
    SERVE_UNTIL(ws_rig.messages_count == 1);
}

#define WS_TEST(name) cmocka_unit_test_setup_teardown(name, ws_rig_use, ws_rig_take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WS_TEST(a_turn_takes_so_many_frames),
        WS_TEST(slowing_stops_behind_the_message_in_hand),
        WS_TEST(holding_lasts_until_it_is_resumed),
        WS_TEST(one_reason_gone_is_not_all),
        WS_TEST(closing_reads_again),
        WS_TEST(too_many_controls_are_read_more_slowly),
        WS_TEST(pongs_do_not_pile_up),
        WS_TEST(the_silent_are_asked_and_dropped),
        WS_TEST(who_answers_stays),
        WS_TEST(our_own_stall_is_not_their_silence),
        WS_TEST(who_speaks_is_not_asked),
        WS_TEST(who_is_held_is_not_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
