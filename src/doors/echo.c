#include "doors/echo.h"

#include "base/error.h"
#include "base/memory.h"

enum { LEVEL = 6 };

struct echo {
    struct ws_conn ws; /* first */
    struct ws_message_limits input;
    struct ws_deflater *deflater; /* NULL without permessage-deflate */
};

static struct echo *of(struct ws_conn *ws)
{
    return (struct echo *)ws;
}

static void on_message(struct ws_conn *ws, enum ws_opcode type, struct slice payload)
{
    struct echo *echo = of(ws);
    struct buffer packed = {0};
    if (echo->deflater) {
        ws_deflater_run(echo->deflater, payload, &packed);
        payload = buffer_slice(&packed);
    }
    ws_send(ws, type, echo->deflater != NULL, payload);
    buffer_release(&packed);
    /* One who does not read what comes back is not read either: at most one message waits. */
    if (ws->conn->blocked)
        ws_hold(ws);
}

static void on_drained(struct ws_conn *ws)
{
    ws_resume(ws);
}

static void on_closed(struct ws_conn *ws)
{
    struct echo *echo = of(ws);
    ws_inflater_free(echo->input.inflater);
    ws_deflater_free(echo->deflater);
    mem_free(echo);
}

static const struct ws_door ws_door = {
    .on_message = on_message,
    .on_drained = on_drained,
    .on_closed = on_closed,
};

struct ws_conn *echo_open(struct ws_server *server, struct conn *conn, const struct ws_offer *offer)
{
    struct echo *echo = mem_zalloc(sizeof(*echo));
    echo->input.message_bytes_max = ECHO_MESSAGE_BYTES_MAX;
    if (offer->deflate) {
        echo->input.inflater = ws_inflater_new(offer->params.client_window_bits,
                                               !offer->params.client_no_context_takeover);
        echo->deflater = ws_deflater_new(LEVEL, offer->params.server_window_bits,
                                         !offer->params.server_no_context_takeover);
    }
    conn->self_limited = true; /* by on_message */
    ws_conn_init(&echo->ws, server, conn, &ws_door, offer->deflate, &echo->input);
    return &echo->ws;
}
