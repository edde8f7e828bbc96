#include "doors/tutorial.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "doors/json_text.h"

struct tutorial {
    struct ws_conn ws; /* first: the connection knows the session by it */
    struct client client;
};

static struct tutorial *of_ws(struct ws_conn *ws)
{
    return (struct tutorial *)ws;
}

static struct tutorial *of_client(struct client *client)
{
    return (struct tutorial *)((char *)client - offsetof(struct tutorial, client));
}

/* ---- what it sees ---- */

static void write_body(struct buffer *out, int type, struct slice body)
{
    buffer_printf(out, "{\"type\":%d,\"body\":", type);
    json_append_string(out, body, JSON_GO);
    /* Go's Encoder ends each value with a line feed, and the tutorial sends what it makes. */
    buffer_append(out, "}\n", 2);
}

void tutorial_encode(void *ctx, const struct event *event, struct buffer *out)
{
    struct frame_maker *maker = ctx;
    if (event->kind == EVENT_MESSAGE && !event->deleted)
        write_body(&maker->payload, event->message.type, event->message.body);
    else if (event->kind == EVENT_CAME && event->moved)
        write_body(&maker->payload, MESSAGE_TEXT, SLICE_LITERAL(TUTORIAL_JOINED));
    else if (event->kind == EVENT_WENT && event->moved)
        write_body(&maker->payload, MESSAGE_TEXT, SLICE_LITERAL(TUTORIAL_LEFT));
    if (maker->payload.len > 0)
        frame_maker_finish(maker, out);
}

/* ---- what it says ---- */

static void on_message(struct ws_conn *ws, enum ws_opcode type, struct slice payload)
{
    struct client *client = &of_ws(ws)->client;
    hub_command(client,
                &(struct command){
                    .kind = EVENT_MESSAGE,
                    .room = ROOM_LOBBY,
                    .message = {type == WS_OP_TEXT ? MESSAGE_TEXT : MESSAGE_BINARY, payload},
                });
    uint32_t wait_ms = hub_rate_debt(client);
    if (wait_ms > 0)
        ws_slow(ws, wait_ms);
    if (hub_is_busy(client))
        ws_hold(ws);
}

static void on_drained(struct ws_conn *ws)
{
    hub_drained(&of_ws(ws)->client);
}

static void on_gone(struct ws_conn *ws)
{
    hub_remove(&of_ws(ws)->client);
}

static void on_closed(struct ws_conn *ws)
{
    mem_free(of_ws(ws));
}

static const struct ws_door ws_door = {
    .on_message = on_message,
    .on_drained = on_drained,
    .on_gone = on_gone,
    .on_closed = on_closed,
};

/* ---- what the hub tells it ---- */

static void on_answer(struct client *client, const struct event *event)
{
    struct ws_conn *ws = &of_client(client)->ws;
    if (event->kind != EVENT_HELLO)
        return; /* this dialect has no replies and no errors */
    if (event->result != OK) {
        ws_close_soon(ws, WS_CLOSE_TRY_LATER);
        return;
    }
    /* The newcomer's first frame is its own notice, even when the others are spared it. */
    struct buffer payload = {0};
    write_body(&payload, MESSAGE_TEXT, SLICE_LITERAL(TUTORIAL_JOINED));
    ws_send(ws, WS_OP_TEXT, false, buffer_slice(&payload));
    buffer_release(&payload);
}

static void on_lapped(struct client *client)
{
    metrics_add(of_client(client)->ws.server->metrics, METRIC_DROPPED_LAPPED, 1);
    ws_close_soon(&of_client(client)->ws, WS_CLOSE_TRY_LATER);
}

static void on_unbusy(struct client *client)
{
    ws_resume(&of_client(client)->ws);
}

static const struct client_door client_door = {
    .on_answer = on_answer,
    .on_lapped = on_lapped,
    .on_unbusy = on_unbusy,
};

struct ws_conn *tutorial_open(struct hub *hub, struct ws_server *server, struct conn *conn,
                              const struct ws_offer *offer)
{
    struct tutorial *tutorial = mem_alloc(sizeof(*tutorial));
    ws_conn_init(&tutorial->ws, server, conn, &ws_door, offer->deflate, NULL);
    hub_add(hub, &tutorial->client, &client_door, conn, random_u64(),
            offer->deflate ? LANE_TUTORIAL_DEFLATE : LANE_TUTORIAL);
    hub_hello(&tutorial->client, &(struct hello){.active = true});
    if (hub_is_busy(&tutorial->client))
        ws_hold(&tutorial->ws);
    return &tutorial->ws;
}
