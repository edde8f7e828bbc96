#include "serve/ws_conn.h"

#include "base/error.h"
#include "serve/policy.h"

static const char *reason_of(unsigned code)
{
    switch (code) {
    case WS_CLOSE_INVALID_DATA:
        return "invalid UTF-8";
    case WS_CLOSE_TOO_BIG:
        return "message too long";
    case WS_CLOSE_TRY_LATER:
        return "reading too slowly";
    case WS_CLOSE_PROTOCOL:
        return "protocol error";
    default:
        return "";
    }
}

static uint32_t now_of(const struct ws_conn *ws)
{
    return (uint32_t)ws->conn->loop->now_ms;
}

static bool has_passed(uint32_t now_ms, uint32_t at_ms)
{
    return (int32_t)(now_ms - at_ms) >= 0;
}

/* One timer serves all deadlines: it is set to the next. */
static void set_timer(struct ws_conn *ws)
{
    uint32_t now_ms = now_of(ws);
    uint32_t at_ms = ws->state == WS_CLOSING ? ws->close_at_ms : ws->beat_at_ms;
    if (ws->slowed && (int32_t)(ws->resume_at_ms - at_ms) < 0)
        at_ms = ws->resume_at_ms;
    if (ws->close_soon)
        at_ms = now_ms;
    conn_set_timer(ws->conn, has_passed(now_ms, at_ms) ? 1 : at_ms - now_ms);
}

static void update_reading(struct ws_conn *ws)
{
    bool pause = ws->slowed || ws->held || ws->flooded;
    if (ws->state == WS_OPEN && ws->server->deaf)
        pause = true;
    if (pause && !ws->conn->paused) {
        conn_pause(ws->conn);
    } else if (!pause && ws->conn->paused) {
        /* What could not be heard was not silence. */
        ws->conn->heard_ms = now_of(ws);
        conn_resume(ws->conn);
    }
}

void ws_conn_init(struct ws_conn *ws, struct ws_server *server, struct conn *conn,
                  const struct ws_door *door, bool deflate, const struct ws_message_limits *input)
{
    *ws = (struct ws_conn){
        .conn = conn,
        .server = server,
        .door = door,
        .deflate = deflate,
        .input = input     ? input
                 : deflate ? &server->inflated
                           : &server->plain,
    };
    ws_message_init(&ws->in);
    rate_init(&ws->controls, &server->limits->controls, conn->loop->now_ms);
    ws->beat_at_ms = now_of(ws) + server->limits->ping_ms;
    ws->taken_at_ms = now_of(ws);
    update_reading(ws);
    set_timer(ws);
}

/* ---- sending ---- */

int ws_send(struct ws_conn *ws, enum ws_opcode type, bool rsv1, struct slice payload)
{
    uint8_t header[WS_SERVER_HEADER_SIZE_MAX];
    if (ws->state != WS_OPEN)
        return ERR_EOF;
    size_t header_len = ws_frame_header(header, type, rsv1, payload.len);
    int result = conn_write(ws->conn, header, header_len);
    if (result == OK && payload.len > 0)
        result = conn_write(ws->conn, payload.ptr, payload.len);
    return result;
}

static void send_close(struct ws_conn *ws, unsigned code, struct slice reason)
{
    uint8_t frame[WS_CLOSE_FRAME_SIZE_MAX];
    size_t len = ws_frame_close(frame, code, reason);
    conn_write(ws->conn, frame, len);
}

static void leave_open(struct ws_conn *ws, enum ws_state state)
{
    bool was_open = ws->state == WS_OPEN;
    ws->state = (uint8_t)state;
    if (was_open && ws->door->on_gone)
        ws->door->on_gone(ws);
}

void ws_close(struct ws_conn *ws, unsigned code, const char *reason)
{
    if (ws->state != WS_OPEN)
        return;
    send_close(ws, code, slice_of_string(reason));
    ws->close_at_ms = now_of(ws) + ws->server->limits->close_ms;
    ws->close_soon = 0;
    leave_open(ws, WS_CLOSING);
    /* The peer's close frame must be read, however slow it was to be read before. */
    ws->slowed = ws->held = ws->flooded = false;
    update_reading(ws);
    set_timer(ws);
}

void ws_close_soon(struct ws_conn *ws, unsigned code)
{
    if (ws->state != WS_OPEN || ws->close_soon)
        return;
    ws->close_soon = (uint16_t)code;
    set_timer(ws);
}

void ws_slow(struct ws_conn *ws, uint32_t wait_ms)
{
    if (ws->state != WS_OPEN)
        return;
    ws->slowed = true;
    ws->resume_at_ms = now_of(ws) + wait_ms;
    update_reading(ws);
    set_timer(ws);
}

void ws_hold(struct ws_conn *ws)
{
    if (ws->state != WS_OPEN)
        return;
    ws->held = true;
    update_reading(ws);
}

void ws_resume(struct ws_conn *ws)
{
    ws->held = false;
    update_reading(ws);
}

void ws_deafen(struct ws_conn *ws)
{
    update_reading(ws);
}

/* ---- receiving ---- */

/* RFC 6455 7.1.7: after an error nothing the peer says is of interest, so its close frame is not waited for. */
static void fail(struct ws_conn *ws, unsigned code)
{
    enum metric metric = code == WS_CLOSE_INVALID_DATA ? METRIC_REFUSED_UTF8
                         : code == WS_CLOSE_TOO_BIG    ? METRIC_REFUSED_TOO_BIG
                                                       : METRIC_REFUSED_FRAME;
    metrics_add(ws->server->metrics, metric, 1);
    if (ws->state == WS_OPEN)
        send_close(ws, code, slice_of_string(reason_of(code)));
    leave_open(ws, WS_DONE);
    conn_finish(ws->conn);
}

static void peer_closed(struct ws_conn *ws, const struct ws_event *event)
{
    if (ws->state == WS_OPEN)
        send_close(ws, event->code, slice_of(NULL, 0));
    leave_open(ws, WS_DONE);
    conn_finish(ws->conn);
}

static void count_control(struct ws_conn *ws)
{
    const struct rate *rate = &ws->server->limits->controls;
    uint32_t wait_ms = rate_take_debt(&ws->controls, rate, ws->conn->loop->now_ms);
    if (wait_ms > 0) {
        metrics_add(ws->server->metrics, METRIC_RATE_LIMITED, 1);
        ws_slow(ws, wait_ms);
    }
}

static void answer_ping(struct ws_conn *ws, const struct ws_event *event)
{
    if (ws->state != WS_OPEN)
        return;
    if (!conn_has_queued(ws->conn))
        ws->pongs = 0;
    ws_send(ws, WS_OP_PONG, false, event->payload);
    ws->pongs++;
    count_control(ws);
    /* Only a peer that takes nothing lets them pile up; within one turn they go out together. */
    if (ws->pongs >= ws->server->limits->pongs_max && ws->conn->blocked) {
        ws->flooded = true;
        update_reading(ws);
    }
}

static void take_event(struct ws_conn *ws, const struct ws_event *event)
{
    switch (event->kind) {
    case WS_EVENT_NONE:
        break;
    case WS_EVENT_TEXT:
    case WS_EVENT_BINARY:
        if (ws->state == WS_OPEN)
            ws->door->on_message(ws, event->kind == WS_EVENT_TEXT ? WS_OP_TEXT : WS_OP_BINARY,
                                 event->payload);
        break;
    case WS_EVENT_PING:
        answer_ping(ws, event);
        break;
    case WS_EVENT_PONG:
        if (ws->state == WS_OPEN)
            count_control(ws);
        break;
    case WS_EVENT_CLOSE:
        peer_closed(ws, event);
        break;
    case WS_EVENT_ERROR:
        fail(ws, event->code);
        break;
    }
}

static size_t on_bytes(struct conn *conn, uint8_t *bytes, size_t len)
{
    struct ws_conn *ws = conn->user;
    size_t at = 0;
    ws->asked = false; /* it lives, however long we may have stood still ourselves */
    for (uint32_t frames = 0; at < len; frames++) {
        struct ws_event event;
        if (conn->paused || frames == ws->server->limits->frames_per_turn) {
            if (!conn->paused)
                conn_hungry(conn);
            return at;
        }
        at += ws_message_feed(&ws->in, ws->input, bytes + at, len - at, &event);
        take_event(ws, &event);
        ws_event_release(&event);
        if (ws->state == WS_DONE)
            return len;
    }
    return at;
}

static void on_drained(struct conn *conn)
{
    struct ws_conn *ws = conn->user;
    ws->pongs = 0;
    ws->flooded = false;
    update_reading(ws);
    if (ws->state == WS_OPEN && ws->door->on_drained)
        ws->door->on_drained(ws);
}

/*
 * Whether the peer is gone. One that was asked, has got all and says nothing is; so is one to which bytes are on their way that it
 * does not acknowledge. One for which bytes wait because it takes no more has not come to our ping yet: it only reads slowly,
 * and is given up when it takes nothing at all. (The peer's kernel may report what it has read in steps of 64 KB.) What is not read because we do not want to is
 * not silence; and nobody is dropped who was not asked.
 */
static bool is_gone(struct ws_conn *ws, uint32_t silent_ms)
{
    const struct ws_limits *limits = ws->server->limits;
    bool silent = silent_ms >= limits->dead_ms && ws->asked && !ws->conn->paused;
    if (!silent && !conn_has_queued(ws->conn)) {
        ws->taken_at_ms = now_of(ws);
        return false;
    }
    struct conn_progress progress = conn_progress(ws->conn);
    bool taken = progress.acked_bytes != ws->acked_bytes;
    ws->acked_bytes = progress.acked_bytes;
    if (taken || !progress.waiting)
        ws->taken_at_ms = now_of(ws);
    if (!progress.waiting)
        return silent && !(taken && progress.in_flight);
    uint32_t stuck_ms = now_of(ws) - ws->taken_at_ms;
    return stuck_ms >= (silent && progress.in_flight ? limits->dead_ms : 2 * limits->dead_ms);
}

static void beat(struct ws_conn *ws)
{
    const struct ws_limits *limits = ws->server->limits;
    uint32_t silent_ms = now_of(ws) - ws->conn->heard_ms;
    ws->beat_at_ms = now_of(ws) + limits->ping_ms;
    if (is_gone(ws, silent_ms)) {
        metrics_add(ws->server->metrics, METRIC_DROPPED_TIMEOUT, 1);
        leave_open(ws, WS_DONE);
        conn_close(ws->conn);
        return;
    }
    ws->asked = silent_ms >= limits->ping_ms;
    if (ws->asked)
        ws_send(ws, WS_OP_PING, false, slice_of(NULL, 0));
    if (ws->door->on_beat)
        ws->door->on_beat(ws);
}

static void on_timer(struct conn *conn)
{
    struct ws_conn *ws = conn->user;
    uint32_t now_ms = now_of(ws);
    if (ws->state == WS_DONE)
        return;
    if (ws->state == WS_CLOSING && has_passed(now_ms, ws->close_at_ms)) {
        leave_open(ws, WS_DONE);
        conn_close(conn);
        return;
    }
    if (ws->state == WS_OPEN && ws->close_soon) {
        ws_close(ws, ws->close_soon, reason_of(ws->close_soon));
        return;
    }
    if (ws->slowed && has_passed(now_ms, ws->resume_at_ms)) {
        ws->slowed = false;
        update_reading(ws);
    }
    if (ws->state == WS_OPEN && has_passed(now_ms, ws->beat_at_ms))
        beat(ws);
    if (ws->state != WS_DONE)
        set_timer(ws);
}

static void on_closed(struct conn *conn)
{
    struct ws_conn *ws = conn->user;
    struct address address = policy_peer(conn);
    connection_limit_give(ws->server->connections, &address);
    leave_open(ws, WS_DONE);
    ws_message_release(&ws->in);
    ws->door->on_closed(ws);
}

const struct conn_handler ws_conn_handler = {
    .on_bytes = on_bytes,
    .on_drained = on_drained,
    .on_timer = on_timer,
    .on_closed = on_closed,
};
