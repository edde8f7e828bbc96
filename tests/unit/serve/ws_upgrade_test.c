#include <string.h>

#include "serve/ws_rig.h"

#include "base/error.h"

static void a_handshake_is_answered(void **state)
{
    (void)state;
    assert_true(serve_rig_connect());
    struct response response = ws_rig_handshake("");
    assert_true(slice_is(response.head, "HTTP/1.1 101 Switching Protocols\r\n"
                                        "Upgrade: websocket\r\n"
                                        "Connection: Upgrade\r\n"
                                        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
                                        "\r\n"));
    assert_non_null(ws_rig.ws);
}

static void the_subprotocol_is_one_that_both_know(void **state)
{
    const struct {
        const char *fields, *line;
    } cases[] = {
        {"Sec-WebSocket-Protocol: two.v1\r\n", "Sec-WebSocket-Protocol: two.v1"},
        {"Sec-WebSocket-Protocol: x, two.v1\r\n", "Sec-WebSocket-Protocol: two.v1"},
        {"Sec-WebSocket-Protocol: x\r\nSec-WebSocket-Protocol: one.v1\r\n",
         "Sec-WebSocket-Protocol: one.v1"},
        {"Sec-WebSocket-Protocol: x\r\n", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ws_rig.gones = ws_rig.closes = 0;
        assert_true(serve_rig_connect());
        struct response response = ws_rig_handshake(cases[i].fields);
        assert_int_equal(response.status, 101);
        if (cases[i].line)
            assert_true(serve_rig_has(&response, cases[i].line));
        else
            assert_null(memmem(response.head.ptr, response.head.len, "Protocol:", 9));
        serve_rig_close();
    }
}

static void assert_refused(const char *request, unsigned status, const char *line)
{
    assert_true(serve_rig_connect());
    serve_rig_send_text(request);
    struct response response = serve_rig_response(false);
    if (response.status != status)
        fail_msg("%u for %s", response.status, request);
    if (line)
        assert_true(serve_rig_has(&response, line));
    serve_rig_assert_end();
    assert_null(ws_rig.ws);
    serve_rig_close();
}

#define START "GET /ws HTTP/1.1\r\nHost: h\r\n"
#define UPGRADE "Upgrade: websocket\r\nConnection: Upgrade\r\n"
#define VERSION "Sec-WebSocket-Version: 13\r\n"
#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

static void what_is_no_handshake_is_refused(void **state)
{
    (void)state;
    assert_refused(START "\r\n", 426, "Upgrade: websocket");
    assert_refused(START UPGRADE KEY "Sec-WebSocket-Version: 8\r\n\r\n", 426,
                   "Sec-WebSocket-Version: 13");
    assert_refused(START UPGRADE VERSION "\r\n", 400, NULL);
    assert_refused(START UPGRADE VERSION "Sec-WebSocket-Key: short\r\n\r\n", 400, NULL);
    assert_refused("POST /ws HTTP/1.1\r\nHost: h\r\n" UPGRADE VERSION KEY "\r\n", 405,
                   "Allow: GET");
    assert_refused(START UPGRADE VERSION KEY "Sec-WebSocket-Protocol: a,,/\r\n\r\n", 400, NULL);
    assert_int_equal(rig_metric(&serve_rig.net, METRIC_REFUSED_HANDSHAKE), 6);
}

static void pages_of_strangers_are_refused(void **state)
{
    (void)state;
    assert_refused(START UPGRADE VERSION KEY "Origin: http://evil.example\r\n\r\n", 403, NULL);
    assert_int_equal(rig_metric(&serve_rig.net, METRIC_REFUSED_ORIGIN), 1);
    assert_true(serve_rig_connect());
    assert_int_equal(ws_rig_handshake("Origin: http://localhost:3000\r\n").status, 101);
}

static void trust(const char *proxy)
{
    assert_int_equal(address_block_parse(slice_of_string(proxy), &serve_rig.policy.proxies[0]), OK);
    serve_rig.policy.proxies_count = 1;
}

static bool has_room(const char *text)
{
    struct address address;
    assert_int_equal(address_parse(slice_of_string(text), &address), OK);
    if (connection_limit_take(serve_rig.connections, &address) != OK)
        return false;
    connection_limit_give(serve_rig.connections, &address);
    return true;
}

/* Two connections are allowed for each address. */
static void behind_a_proxy_the_clients_address_is_counted(void **state)
{
    struct address client;
    (void)state;
    trust("10.0.0.1");
    assert_int_equal(address_parse(SLICE_LITERAL("9.9.9.9"), &client), OK);
    assert_int_equal(connection_limit_take(serve_rig.connections, &client), OK);

    assert_true(serve_rig_connect_from("10.0.0.1"));
    assert_int_equal(ws_rig_handshake("X-Forwarded-For: 9.9.9.9\r\n").status, 101);
    assert_false(has_room("9.9.9.9"));
    assert_true(has_room("10.0.0.1"));
    serve_rig_close();
    assert_true(has_room("9.9.9.9")); /* given back where it was counted last */

    assert_int_equal(connection_limit_take(serve_rig.connections, &client), OK);
    assert_true(serve_rig_connect_from("10.0.0.1"));
    assert_int_equal(ws_rig_handshake("X-Forwarded-For: 9.9.9.9\r\n").status, 429);
    serve_rig_assert_end();
    assert_int_equal(rig_metric(&serve_rig.net, METRIC_DROPPED_ADDRESS), 1);
    serve_rig_close();
    assert_false(has_room("9.9.9.9"));
    assert_true(has_room("10.0.0.1"));
}

static void a_strangers_word_for_its_address_is_not_taken(void **state)
{
    (void)state;
    trust("10.0.0.1");
    assert_true(serve_rig_connect_from("1.2.3.4"));
    assert_int_equal(ws_rig_handshake("X-Forwarded-For: 9.9.9.9\r\n").status, 101);
    struct address address = policy_peer(ws_rig.ws->conn);
    struct address expected;
    assert_int_equal(address_parse(SLICE_LITERAL("1.2.3.4"), &expected), OK);
    assert_memory_equal(&address, &expected, sizeof(address));
}

static void deflate_is_agreed_where_it_is_offered(void **state)
{
    (void)state;
    ws_rig.endpoint.deflate = &ws_deflate_policy_shared;
    ws_rig.server.inflated = (struct ws_message_limits){1000, ws_inflater_new(15, false)};
    assert_true(serve_rig_connect());
    struct response response = ws_rig_handshake("Sec-WebSocket-Extensions: permessage-deflate\r\n");
    assert_int_equal(response.status, 101);
    assert_non_null(memmem(response.head.ptr, response.head.len,
                           "Sec-WebSocket-Extensions: permessage-deflate; ", 46));
    assert_true(ws_rig.ws->deflate);
    ws_rig_send(0xc1, "\xf2\x48\xcd\xc9\xc9\x07\x00", 7); /* RFC 7692 7.2.3.1 */
    SERVE_UNTIL(ws_rig.messages_count == 1);
    ws_rig_assert_messages("Hello|");
    serve_rig_close();
    ws_rig_assert_closed();
    ws_inflater_free(ws_rig.server.inflated.inflater);
}

#define UPGRADE_TEST(name)                                                                         \
    cmocka_unit_test_setup_teardown(name, ws_rig_use_unconnected, ws_rig_take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UPGRADE_TEST(a_handshake_is_answered),
        UPGRADE_TEST(the_subprotocol_is_one_that_both_know),
        UPGRADE_TEST(what_is_no_handshake_is_refused),
        UPGRADE_TEST(pages_of_strangers_are_refused),
        UPGRADE_TEST(behind_a_proxy_the_clients_address_is_counted),
        UPGRADE_TEST(a_strangers_word_for_its_address_is_not_taken),
        UPGRADE_TEST(deflate_is_agreed_where_it_is_offered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
