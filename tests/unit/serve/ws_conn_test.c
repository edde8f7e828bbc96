#include <string.h>

#include "serve/ws_rig.h"

#include "base/error.h"
#include "proto/ws_client.h"

/* Messages, and the end of a connection. Slowness and silence: ws_pace_test.c. */

static void messages_come_to_the_door(void **state)
{
    (void)state;
    ws_rig_send_text("hello");
    ws_rig_send(0x82, "\xff", 1);
    ws_rig_send_text("");
    ws_rig_send(0x01, "in ", 3);
    ws_rig_send(0x80, "pieces", 6);
    SERVE_UNTIL(ws_rig.messages_count == 4);
    ws_rig_assert_messages("hello|#\xff||in pieces|");
}

static void the_first_frame_may_come_with_the_handshake(void **state)
{
    struct buffer both = {0};
    (void)state;
    assert_true(serve_rig_connect());
    buffer_append_string(&both, "GET /ws HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n"
                                "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    size_t head_len = both.len;
    ws_client_frame(&both, 0x81, SLICE_LITERAL("early"));
    ws_client_frame(&both, 0x81, SLICE_LITERAL("bird"));
    for (size_t at = head_len - 4; at <= both.len; at++) {
        ws_rig.messages.len = ws_rig.messages_count = 0;
        ws_rig.gones = ws_rig.closes = 0;
        serve_rig_send(both.ptr, at);
        rig_turns(&serve_rig.net, 3);
        serve_rig_send(both.ptr + at, both.len - at);
        SERVE_UNTIL(ws_rig.messages_count == 2);
        ws_rig_assert_messages("early|bird|");
        serve_rig_close();
        ws_rig_assert_closed();
        assert_true(serve_rig_connect());
    }
    buffer_release(&both);
    ws_rig.gones = ws_rig.closes = 0;
}

static void what_is_sent_is_one_frame(void **state)
{
    char text[300];
    (void)state;
    memset(text, 'x', sizeof(text));
    assert_int_equal(ws_send(ws_rig.ws, WS_OP_TEXT, false, SLICE_LITERAL("hello")), OK);
    assert_int_equal(ws_send(ws_rig.ws, WS_OP_BINARY, false, slice_of(text, sizeof(text))), OK);
    assert_int_equal(ws_send(ws_rig.ws, WS_OP_TEXT, true, slice_of(NULL, 0)), OK);
    assert_true(slice_is(ws_rig_frame(0x81), "hello"));
    assert_int_equal(ws_rig_frame(0x82).len, sizeof(text));
    assert_int_equal(ws_rig_frame(0xc1).len, 0);
}

static void a_ping_is_answered_with_its_payload(void **state)
{
    uint8_t longest[125] = {7};
    (void)state;
    ws_rig_send(0x89, "abc", 3);
    ws_rig_send(0x89, NULL, 0);
    ws_rig_send(0x89, longest, sizeof(longest));
    ws_rig_send(0x8a, "unasked", 7); /* a pong is fine */
    assert_true(slice_is(ws_rig_frame(0x8a), "abc"));
    assert_int_equal(ws_rig_frame(0x8a).len, 0);
    assert_int_equal(ws_rig_frame(0x8a).len, sizeof(longest));
    assert_int_equal(ws_rig.messages_count, 0);
}

/* ---- the close handshake ---- */

static void the_peer_closes_and_is_answered(void **state)
{
    static const unsigned codes[] = {1000, 1001, 1003, 3000, 4999};
    (void)state;
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        ws_rig_send_text("last");
        ws_rig_send_close(codes[i]);
        ws_rig_assert_close(codes[i], "");
        serve_rig_assert_end();
        assert_int_equal(ws_rig.gones, 1);
        assert_int_equal(ws_rig.closes, 0); /* until the peer has ended its side */
        serve_rig_close();
        ws_rig_assert_closed();
        ws_rig.gones = ws_rig.closes = 0;
        assert_true(serve_rig_connect());
        assert_int_equal(ws_rig_handshake("").status, 101);
    }
    ws_rig_send(0x88, NULL, 0); /* without a code */
    ws_rig_assert_close(0, NULL);
    serve_rig_assert_end();
}

static void nothing_counts_behind_the_peers_close(void **state)
{
    struct buffer frames = {0};
    (void)state;
    ws_client_frame(&frames, 0x88, SLICE_LITERAL("\x03\xe8"));
    ws_client_frame(&frames, 0x81, SLICE_LITERAL("too late"));
    ws_client_frame(&frames, 0x89, SLICE_LITERAL("ping"));
    serve_rig_send(frames.ptr, frames.len);
    buffer_release(&frames);
    ws_rig_assert_close(1000, "");
    serve_rig_assert_end();
    assert_int_equal(ws_rig.messages_count, 0);
}

static void the_server_closes_and_waits_for_the_answer(void **state)
{
    (void)state;
    ws_close(ws_rig.ws, 1001, "the server stops");
    assert_int_equal(ws_rig.gones, 1);
    assert_int_equal(ws_send(ws_rig.ws, WS_OP_TEXT, false, SLICE_LITERAL("x")), ERR_EOF);
    ws_close(ws_rig.ws, 1000, "again"); /* does nothing */
    ws_close_soon(ws_rig.ws, 1013);
    ws_rig_assert_close(1001, "the server stops");
    ws_rig_send_text("on its way");
    ws_rig_send(0x89, "ping", 4);
    rig_turns(&serve_rig.net, 5);
    serve_rig_read();
    assert_false(serve_rig.ended);
    assert_int_equal(ws_rig.messages_count, 0);
    ws_rig_send_close(1001);
    serve_rig_assert_end(); /* nothing but the close frame was sent */
    serve_rig_close();
    ws_rig_assert_closed();
}

static void the_answer_is_not_waited_for_too_long(void **state)
{
    (void)state;
    ws_rig.limits.close_ms = WS_RIG_SLOW_MS;
    ws_close(ws_rig.ws, 1000, "");
    uint64_t since_ms = serve_rig.net.loop.now_ms;
    ws_rig_assert_close(1000, "");
    ws_rig_send_text("still here"); /* saying something does not help */
    ws_rig_assert_closed();
    assert_true(serve_rig.net.loop.now_ms - since_ms >= WS_RIG_SLOW_MS);
    serve_rig_assert_end();
}

static void both_close_at_once(void **state)
{
    (void)state;
    ws_rig_send_close(1000);
    ws_close(ws_rig.ws, 1001, "");
    ws_rig_assert_close(1001, "");
    serve_rig_assert_end(); /* not a second close frame */
    serve_rig_close();
    ws_rig_assert_closed();
}

static void close_in_door(struct ws_conn *ws)
{
    ws_close(ws, 1008, "enough");
}

static void the_door_may_close_out_of_a_message(void **state)
{
    (void)state;
    ws_rig.on_message = close_in_door;
    struct buffer frames = {0};
    ws_client_frame(&frames, 0x81, SLICE_LITERAL("one"));
    ws_client_frame(&frames, 0x81, SLICE_LITERAL("two"));
    serve_rig_send(frames.ptr, frames.len);
    buffer_release(&frames);
    ws_rig_assert_close(1008, "enough");
    ws_rig_assert_messages("one|");
    ws_rig_send_close(1008);
    serve_rig_assert_end();
}

static void closing_soon_is_closing_in_the_next_turn(void **state)
{
    (void)state;
    ws_close_soon(ws_rig.ws, 1013);
    assert_int_equal(ws_rig.gones, 0);
    ws_close_soon(ws_rig.ws, 1011); /* the first one counts */
    assert_int_equal(ws_send(ws_rig.ws, WS_OP_TEXT, false, SLICE_LITERAL("x")), OK);
    assert_true(slice_is(ws_rig_frame(0x81), "x"));
    ws_rig_assert_close(1013, "reading too slowly");
    assert_int_equal(ws_rig.gones, 1);
    ws_rig_send_close(1013);
    serve_rig_assert_end();
}

static void one_that_vanishes_is_gone_and_closed(void **state)
{
    (void)state;
    ws_rig_send(0x01, "half a mess", 11);
    rig_turns(&serve_rig.net, 3);
    serve_rig_close();
    ws_rig_assert_closed();
}

/* ---- broken rules ---- */

static void assert_fails(unsigned first, const char *payload, size_t len, unsigned code,
                         enum metric metric)
{
    uint64_t before = rig_metric(&serve_rig.net, metric);
    ws_rig_send(first, payload, len);
    ws_rig_assert_close(code, NULL);
    serve_rig_assert_end();
    assert_int_equal(ws_rig.messages_count, 0);
    assert_int_equal(ws_rig.gones, 1);
    assert_int_equal(rig_metric(&serve_rig.net, metric), before + 1);
    serve_rig_close();
    ws_rig_assert_closed();
    ws_rig.gones = ws_rig.closes = 0;
    assert_true(serve_rig_connect());
    assert_int_equal(ws_rig_handshake("").status, 101);
}

static void broken_rules_end_the_connection(void **state)
{
    char large[1001];
    (void)state;
    memset(large, 'x', sizeof(large));
    assert_fails(0x83, "x", 1, 1002, METRIC_REFUSED_FRAME);        /* a reserved opcode */
    assert_fails(0xc1, "x", 1, 1002, METRIC_REFUSED_FRAME);        /* RSV1 that was not agreed */
    assert_fails(0x80, "x", 1, 1002, METRIC_REFUSED_FRAME);        /* continues nothing */
    assert_fails(0x88, "x", 1, 1002, METRIC_REFUSED_FRAME);        /* half a code */
    assert_fails(0x88, "\x03\xed", 2, 1002, METRIC_REFUSED_FRAME); /* 1005 */
    assert_fails(0x81, "\xff", 1, 1007, METRIC_REFUSED_UTF8);
    assert_fails(0x88, "\x03\xe8\xff", 3, 1007, METRIC_REFUSED_UTF8);
    assert_fails(0x81, large, sizeof(large), 1009, METRIC_REFUSED_TOO_BIG);
    ws_rig_send(0x81, large, sizeof(large) - 1);
    SERVE_UNTIL(ws_rig.messages_count == 1);
}

static void broken_rules_while_closing_just_end_it(void **state)
{
    (void)state;
    ws_close(ws_rig.ws, 1000, "");
    ws_rig_assert_close(1000, "");
    ws_rig_send(0x83, "x", 1);
    serve_rig_assert_end();
}

#define WS_TEST(name) cmocka_unit_test_setup_teardown(name, ws_rig_use, ws_rig_take_down)
#define UNCONNECTED_TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, ws_rig_use_unconnected, ws_rig_take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WS_TEST(messages_come_to_the_door),
        UNCONNECTED_TEST(the_first_frame_may_come_with_the_handshake),
        WS_TEST(what_is_sent_is_one_frame),
        WS_TEST(a_ping_is_answered_with_its_payload),
        WS_TEST(the_peer_closes_and_is_answered),
        WS_TEST(nothing_counts_behind_the_peers_close),
        WS_TEST(the_server_closes_and_waits_for_the_answer),
        WS_TEST(the_answer_is_not_waited_for_too_long),
        WS_TEST(both_close_at_once),
        WS_TEST(the_door_may_close_out_of_a_message),
        WS_TEST(closing_soon_is_closing_in_the_next_turn),
        WS_TEST(one_that_vanishes_is_gone_and_closed),
        WS_TEST(broken_rules_end_the_connection),
        WS_TEST(broken_rules_while_closing_just_end_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
