#include "doors/web.h"

#include "base/assert.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "chat/refusal.h"
#include "doors/web_reply.h"
#include "doors/web_session.h"
#include "doors/web_text.h"

static struct web *of_ws(struct ws_conn *ws)
{
    return (struct web *)ws;
}

static struct web *of_speaker(struct web_speaker *speaker)
{
    return (struct web *)((char *)speaker - offsetof(struct web, speaker));
}

static struct web *of_client(struct client *client)
{
    return of_speaker(web_speaker_of(client));
}

void web_encode(void *ctx, const struct event *event, struct buffer *out)
{
    struct frame_maker *maker = ctx;
    web_write_event(&maker->payload, event);
    if (maker->payload.len > 0)
        frame_maker_finish(maker, out);
}

void web_set_stage(struct web *web, enum web_stage stage)
{
    switch (stage) {
    case WEB_STAGE_NEW:
        ASSERT(false);
        break;
    case WEB_STAGE_GREETING:
        ASSERT(web->stage == WEB_STAGE_NEW || web->stage == WEB_STAGE_STRANGER);
        break;
    case WEB_STAGE_READY:
    case WEB_STAGE_STRANGER:
        ASSERT(web->stage == WEB_STAGE_GREETING);
        break;
    }
    web->stage = (uint8_t)stage;
}

/* ---- what it is sent ---- */

void web_send(struct web *web, struct buffer *text)
{
    struct conn *conn = web->ws.conn;
    if (conn->out_bytes > WEB_QUEUE_BYTES_MAX) {
        conn->close_metric = METRIC_DROPPED_QUEUE;
        conn_close(conn);
    } else {
        ws_send(&web->ws, WS_OP_TEXT, false, buffer_slice(text));
    }
    buffer_release(text);
}

/* Reads on, or does not: see WEB_HOLD_BYTES. Called after whatever was asked, answered or taken. */
static void pace(struct web *web)
{
    struct ws_conn *ws = &web->ws;
    bool full = ws->conn->out_bytes > WEB_HOLD_BYTES;
    if (ws->state != WS_OPEN)
        return;
    /* The kernel may take it all at the end of this turn; then there is no other sign of it. */
    if (full)
        conn_notify_drained(ws->conn);
    if (full || web->speaker.questions >= WEB_QUESTIONS_MAX)
        ws_hold(ws);
    else if (ws->held)
        ws_resume(ws);
}

void web_refuse(struct web *web, struct slice id, const struct web_error *error)
{
    struct buffer text = {0};
    metrics_add(web->ws.server->metrics, METRIC_REFUSED_COMMAND, 1);
    web_write_error(&text, id, error);
    web_send(web, &text);
    /* Being told to wait is no fault, unless one does not: that has an allowance of its own. */
    uint64_t now_ms = web->ws.conn->loop->now_ms;
    bool within = error->retry_ms > 0 ? rate_take(&web->waits, &web->door->waits, now_ms)
                                      : rate_take(&web->errors, &web->door->errors, now_ms);
    if (!within) {
        metrics_add(web->ws.server->metrics, METRIC_DROPPED_ERRORS, 1);
        ws_close(&web->ws, WS_CLOSE_POLICY, "too many errors");
    }
}

static void on_reply(struct web_speaker *speaker, struct buffer *text)
{
    web_send(of_speaker(speaker), text);
}

static void on_refused(struct web_speaker *speaker, struct slice id, const struct web_error *error)
{
    web_refuse(of_speaker(speaker), id, error);
}

static const struct web_speaker_door speaker_door = {
    .on_reply = on_reply,
    .on_refused = on_refused,
};

/* ---- what it says ---- */

bool web_take(struct web *web, enum rate_kind kind, struct rate_key key, struct slice id)
{
    if (!web->door->rates)
        return true;
    struct rate_verdict verdict =
        rate_table_take(web->door->rates, kind, key, web->ws.conn->loop->now_ms);
    if (!verdict.allowed) {
        metrics_add(web->ws.server->metrics, METRIC_RATE_LIMITED, 1);
        web_refuse(
            web, id,
            &(struct web_error){"rate_limited", "that is too much at once", verdict.retry_ms});
    }
    return verdict.allowed;
}

/* Of some things an account has an allowance over all its connections; the HTTP API takes of the same. */
static bool may_run(struct web *web, const struct web_command *command)
{
    struct rate_key key = rate_key_of_person(web->speaker.client.person);
    switch (command->op) {
    case WEB_CREATE:
    case WEB_DIRECT:
    case WEB_JOIN:
        return web_take(web, RATE_JOIN, key, command->id);
    case WEB_SEARCH:
        return web_take(web, RATE_SEARCH, key, command->id);
    default:
        return true;
    }
}

static void run(struct web *web, struct web_command *command)
{
    if (command->op != WEB_NONE && command->op != WEB_HELLO && web->stage != WEB_STAGE_READY)
        web_refuse(web, command->id, &web_error_hello_first);
    else if (command->error.code)
        web_refuse(web, command->id, &command->error);
    else if (command->op == WEB_HELLO)
        web_run_hello(web, command);
    else if (may_run(web, command))
        web_run(&web->speaker, command);
}

static void on_message(struct ws_conn *ws, enum ws_opcode type, struct slice payload)
{
    struct web *web = of_ws(ws);
    struct web_command command;
    if (type != WS_OP_TEXT) {
        metrics_add(ws->server->metrics, METRIC_REFUSED_COMMAND, 1);
        ws_close(ws, WS_CLOSE_UNSUPPORTED, "text frames only");
        return;
    }
    web_command_parse(payload, &command);
    run(web, &command);
    web_command_release(&command);
    pace(web);
}

/* ---- what the hub tells it ---- */

static void welcome(struct web *web, const struct event *event)
{
    struct buffer text = {0};
    bool first = web->stage == WEB_STAGE_GREETING;
    web_write_welcome(&text, event,
                      &(struct web_greeting_facts){
                          .token = first && !web->greeting->by_cookie ? web->greeting->token : NULL,
                          .build = web->door->build,
                          .terms = web->door->server_terms,
                          .message_bytes_max = web->ws.server->limits->message_bytes_max,
                          .heartbeat_ms = web->door->heartbeat_ms,
                          .upload_bytes_max = web->door->upload_bytes_max,
                      });
    web_send(web, &text);
    if (first)
        web_set_stage(web, WEB_STAGE_READY);
    web_end_greeting(web);
}

static void on_greeted(struct web *web, const struct event *event)
{
    if (event->result == OK) {
        welcome(web, event);
    } else if (event->result == ERR_NOT_FOUND && web->greeting->has_token) {
        web_say_hello_anew(web);
    } else {
        struct web_error error = web_error_of_answer(event);
        web_refuse(web, event->command_id, &error);
        if (web->stage == WEB_STAGE_GREETING)
            web_set_stage(web, WEB_STAGE_STRANGER);
        web_end_greeting(web);
    }
}

static void on_answer(struct client *client, const struct event *event)
{
    struct web *web = of_client(client);
    if (event->kind == EVENT_HELLO)
        on_greeted(web, event);
    else
        web_speaker_answered(&web->speaker, event);
    pace(web);
}

static void on_personal(struct client *client, const struct event *event)
{
    struct buffer text = {0};
    web_write_personal(&text, event);
    web_send(of_client(client), &text);
}

static void on_reset(struct client *client, uint64_t room, uint64_t head, uint64_t mid,
                     bool diverged)
{
    struct buffer text = {0};
    web_write_reset(&text, room, head, mid, diverged);
    web_send(of_client(client), &text);
}

static void on_ready(struct client *client)
{
    struct buffer text = {0};
    web_write_ready(&text);
    web_send(of_client(client), &text);
}

static void on_read(struct client *client, const struct store_read *read)
{
    struct web *web = of_client(client);
    web_speaker_read(&web->speaker, read);
    pace(web);
}

/* The codes are of the protocol's own range (RFC 6455 7.4.2). */
static void on_ended(struct client *client, uint8_t refusal)
{
    enum { CLOSE_SIGNED_OUT = 4001, CLOSE_TURNED_OUT = 4003 };
    struct web *web = of_client(client);
    const char *reason = refusal == REFUSED_PLAIN    ? "signed_out"
                         : refusal == REFUSED_BANNED ? "banned"
                                                     : "kicked";
    struct buffer text = {0};
    web_write_ended(&text, reason);
    web_send(web, &text);
    ws_close(&web->ws, refusal == REFUSED_PLAIN ? CLOSE_SIGNED_OUT : CLOSE_TURNED_OUT, reason);
}

static void on_unbusy(struct client *client)
{
    (void)
        client; /* who was told "busy" tries again by itself, and held is only who does not read */
}

const struct client_door web_client_door = {
    .on_answer = on_answer,
    .on_personal = on_personal,
    .on_reset = on_reset,
    .on_ready = on_ready,
    .on_read = on_read,
    .on_ended = on_ended,
    .on_unbusy = on_unbusy,
};

/* ---- the connection ---- */

static void on_drained(struct ws_conn *ws)
{
    struct web *web = of_ws(ws);
    if (web->stage != WEB_STAGE_NEW)
        hub_drained(&web->speaker.client);
    pace(web);
}

/* An answer that did not come within a beat comes no more: nobody is left unheard because of it. */
static void give_up_questions(struct web *web)
{
    bool standing = web->speaker.questions >= WEB_QUESTIONS_MAX;
    if (standing && web->questions_stand) {
        web->speaker.questions = 0;
        pace(web);
        standing = false;
    }
    web->questions_stand = standing;
}

static void on_beat(struct ws_conn *ws)
{
    struct web *web = of_ws(ws);
    struct buffer text = {0};
    if (web->stage == WEB_STAGE_NEW || web->stage == WEB_STAGE_STRANGER) {
        metrics_add(ws->server->metrics, METRIC_DROPPED_TIMEOUT, 1);
        ws_close(ws, WS_CLOSE_POLICY, "hello was not said");
        return;
    }
    web_write_heartbeat(&text, clock_wall_ms());
    web_send(web, &text);
    give_up_questions(web);
}

static void on_gone(struct ws_conn *ws)
{
    if (of_ws(ws)->stage != WEB_STAGE_NEW)
        hub_remove(&of_ws(ws)->speaker.client);
}

static void on_closed(struct ws_conn *ws)
{
    struct web *web = of_ws(ws);
    web_end_greeting(web);
    web_speaker_release(&web->speaker);
    mem_free(web->cookie);
    mem_free(web);
}

static const struct ws_door ws_door = {
    .on_message = on_message,
    .on_drained = on_drained,
    .on_beat = on_beat,
    .on_gone = on_gone,
    .on_closed = on_closed,
};

void web_goodbye(struct ws_conn *ws, uint32_t retry_ms)
{
    struct buffer text = {0};
    if (ws->door != &ws_door)
        return;
    web_write_goodbye(&text, retry_ms);
    web_send(of_ws(ws), &text);
}

struct ws_conn *web_open(const struct web_door *door, struct conn *conn,
                         const struct ws_offer *offer)
{
    struct web *web = mem_zalloc(sizeof(*web));
    uint64_t now_ms = conn->loop->now_ms;
    web->door = door;
    if (guest_token_is_valid(slice_of_string(offer->session)))
        web->cookie = mem_copy_string(offer->session, GUEST_TOKEN_LEN);
    rate_init(&web->errors, &door->errors, now_ms);
    rate_init(&web->waits, &door->waits, now_ms);
    web_speaker_init(&web->speaker, &speaker_door, &door->terms);
    conn->self_limited =
        true; /* by pace, by the feed, which goes page by page, and at last by web_send */
    ws_conn_init(&web->ws, door->server, conn, &ws_door, offer->deflate, NULL);
    return &web->ws;
}
