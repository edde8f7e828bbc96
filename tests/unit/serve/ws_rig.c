#include "serve/ws_rig.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "proto/ws_client.h"

struct ws_rig ws_rig;

static void on_message(struct ws_conn *ws, enum ws_opcode type, struct slice payload)
{
    assert_ptr_equal(ws, ws_rig.ws);
    assert_int_equal(ws->state, WS_OPEN);
    if (type == WS_OP_BINARY)
        buffer_append_byte(&ws_rig.messages, '#');
    buffer_append(&ws_rig.messages, payload.ptr, payload.len);
    buffer_append_byte(&ws_rig.messages, '|');
    ws_rig.messages_count++;
    if (ws_rig.on_message)
        ws_rig.on_message(ws);
}

static void on_drained(struct ws_conn *ws)
{
    assert_ptr_equal(ws, ws_rig.ws);
    ws_rig.drains++;
}

static void on_beat(struct ws_conn *ws)
{
    assert_ptr_equal(ws, ws_rig.ws);
    ws_rig.beats++;
}

static void on_gone(struct ws_conn *ws)
{
    assert_ptr_equal(ws, ws_rig.ws);
    assert_int_equal(ws_rig.gones++, 0);
    assert_int_equal(ws_rig.closes, 0);
}

static void on_closed(struct ws_conn *ws)
{
    assert_ptr_equal(ws, ws_rig.ws);
    assert_int_equal(ws_rig.gones, 1);
    assert_int_equal(ws_rig.closes++, 0);
    ws_rig.ws = NULL;
    mem_free(ws);
}

static const struct ws_door door = {on_message, on_drained, on_beat, on_gone, on_closed};

static struct ws_conn *open_session(void *ctx, struct conn *conn, const struct ws_offer *offer)
{
    assert_ptr_equal(ctx, &ws_rig);
    assert_null(ws_rig.ws);
    ws_rig.ws = mem_alloc(sizeof(*ws_rig.ws));
    ws_conn_init(ws_rig.ws, &ws_rig.server, conn, &door, offer->deflate, NULL);
    return ws_rig.ws;
}

int ws_rig_use_unconnected(void **state)
{
    static const char *const subprotocols[] = {"one.v1", "two.v1"};
    static const struct http_route routes[] = {
        {.path = "/ws", .ctx = &ws_rig.endpoint, .handle = ws_upgrade_handle}};
    (void)state;
    memset(&ws_rig, 0, sizeof(ws_rig));
    serve_rig_init(routes, 1, 0, 2);
    ws_rig.limits = (struct ws_limits){
        .message_bytes_max = 1000,
        .frames_per_turn = 64,
        .pongs_max = 8,
        .ping_ms = 60000,
        .dead_ms = 120000,
        .close_ms = 60000,
        .controls = {0, 0},
    };
    ws_rig.server = (struct ws_server){
        .metrics = &serve_rig.net.metrics,
        .limits = &ws_rig.limits,
        .connections = serve_rig.connections,
        .plain = {1000, NULL},
    };
    ws_rig.endpoint = (struct ws_endpoint){
        .server = &ws_rig.server,
        .subprotocols = subprotocols,
        .subprotocols_count = 2,
        .ctx = &ws_rig,
        .open = open_session,
    };
    return 0;
}

int ws_rig_use(void **state)
{
    ws_rig_use_unconnected(state);
    return !serve_rig_connect() || ws_rig_handshake("").status != 101;
}

int ws_rig_take_down(void **state)
{
    (void)state;
    serve_rig_release();
    assert_int_equal(ws_rig.gones, ws_rig.closes);
    buffer_release(&ws_rig.messages);
    return 0;
}

struct response ws_rig_handshake(const char *fields)
{
    struct buffer text = {0};
    buffer_printf(&text,
                  "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                  "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n",
                  fields);
    serve_rig_send(text.ptr, text.len);
    buffer_release(&text);
    return serve_rig_response(false);
}

void ws_rig_send(unsigned first, const void *payload, size_t len)
{
    struct buffer frame = {0};
    ws_client_frame(&frame, first, slice_of(payload, len));
    serve_rig_send(frame.ptr, frame.len);
    buffer_release(&frame);
}

void ws_rig_send_text(const char *text)
{
    ws_rig_send(0x81, text, strlen(text));
}

void ws_rig_send_close(unsigned code)
{
    const uint8_t payload[2] = {(uint8_t)(code >> 8), (uint8_t)code};
    ws_rig_send(0x88, payload, sizeof(payload));
}

/* The length of the frame at the head of what was not read yet; 0 while it is not all there. */
static size_t frame_len(size_t *ret_header_len)
{
    const uint8_t *bytes = serve_rig.got.ptr + serve_rig.got_at;
    size_t left = serve_rig.got.len - serve_rig.got_at;
    if (left < 2)
        return 0;
    size_t header_len = bytes[1] < 126 ? 2 : 4;
    assert_true(bytes[1] < 127); /* short and unmasked */
    if (left < header_len)
        return 0;
    size_t len = header_len == 2 ? bytes[1] : (size_t)(bytes[2] << 8 | bytes[3]);
    *ret_header_len = header_len;
    return left < header_len + len ? 0 : header_len + len;
}

struct slice ws_rig_frame(unsigned first)
{
    size_t header_len = 0;
    SERVE_UNTIL(frame_len(&header_len) > 0 || serve_rig.ended);
    size_t len = frame_len(&header_len);
    if (len == 0)
        fail_msg("the connection ended instead of a frame %02x", first);
    const uint8_t *bytes = serve_rig.got.ptr + serve_rig.got_at;
    assert_int_equal(bytes[0], first);
    serve_rig.got_at += len;
    return slice_of(bytes + header_len, len - header_len);
}

void ws_rig_assert_close(unsigned code, const char *reason)
{
    struct slice payload = ws_rig_frame(0x88);
    if (code == 0) {
        assert_int_equal(payload.len, 0);
        return;
    }
    assert_true(payload.len >= 2);
    assert_int_equal(payload.ptr[0] << 8 | payload.ptr[1], code);
    if (reason)
        assert_true(slice_is(slice_of(payload.ptr + 2, payload.len - 2), reason));
}

void ws_rig_assert_messages(const char *expected)
{
    if (!slice_is(buffer_slice(&ws_rig.messages), expected))
        fail_msg("\"%.*s\" is not \"%s\"", (int)ws_rig.messages.len, ws_rig.messages.ptr, expected);
}

void ws_rig_assert_closed(void)
{
    RIG_UNTIL(&serve_rig.net, ws_rig.closes > 0);
    assert_int_equal(ws_rig.gones, 1);
    assert_int_equal(ws_rig.closes, 1);
}
