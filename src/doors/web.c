#include "doors/web.h"

#include <string.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "chat/room.h"
#include "doors/guest.h"
#include "doors/json_text.h"
#include "doors/web_text.h"
#include "proto/json_scan.h"

enum { BUSY_RETRY_MS = 1000 };

enum web_stage {
    WEB_NEW,     /* nothing was said yet */
    WEB_JOINING, /* hello was said and is being answered */
    WEB_READY,
};

struct web {
    struct ws_conn ws; /* first: the connection knows the session by it */
    const struct web_door *door;
    struct client client; /* known to the hub from hello on */
    struct rate_bucket errors, waits;
    uint8_t stage; /* enum web_stage */
    char *token;   /* while joining: what hello's reply will say */
};

/* A command in hand. */
struct command {
    struct web *web;
    json_t *json;
    struct slice id;
};

static struct web *of_ws(struct ws_conn *ws)
{
    return (struct web *)ws;
}

static struct web *of_client(struct client *client)
{
    return (struct web *)((char *)client - offsetof(struct web, client));
}

static const struct client_door client_door;

void web_encode(void *ctx, const struct event *event, struct buffer *out)
{
    struct frame_maker *maker = ctx;
    web_write_event(&maker->payload, event);
    if (maker->payload.len > 0)
        frame_maker_finish(maker, out);
}

/* Sends and empties what was written. */
static void send_text(struct web *web, struct buffer *text)
{
    ws_send(&web->ws, WS_OP_TEXT, false, buffer_slice(text));
    buffer_release(text);
}

static void refuse(const struct command *command, const char *code, const char *message,
                   uint32_t retry_ms)
{
    struct web *web = command->web;
    struct buffer text = {0};
    metrics_add(web->ws.server->metrics, METRIC_REFUSED_COMMAND, 1);
    web_write_error(&text, command->id, code, message, retry_ms);
    send_text(web, &text);
    /* Being told to wait is no fault, unless one does not: that has an allowance of its own. */
    uint64_t now_ms = web->ws.conn->loop->now_ms;
    bool within = retry_ms > 0 ? rate_take(&web->waits, &web->door->waits, now_ms)
                               : rate_take(&web->errors, &web->door->errors, now_ms);
    if (!within) {
        metrics_add(web->ws.server->metrics, METRIC_DROPPED_ERRORS, 1);
        ws_close(&web->ws, WS_CLOSE_POLICY, "too many errors");
    }
}

/* ---- fields ---- */

/* Returns borrowed the string in a field; ptr is NULL when it is not there or is no string. */
static struct slice string_field(const struct command *command, const char *key)
{
    json_t *value = json_object_get(command->json, key);
    if (!json_is_string(value))
        return slice_of(NULL, 0);
    return slice_of(json_string_value(value), json_string_length(value));
}

static bool bool_field(const struct command *command, const char *key, bool *ret_value)
{
    json_t *value = json_object_get(command->json, key);
    if (!json_is_boolean(value))
        return false;
    *ret_value = json_is_true(value);
    return true;
}

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool cid_field(const struct command *command, uint8_t ret_cid[CID_BYTES])
{
    struct slice text = string_field(command, "cid");
    if (text.len != (size_t)2 * CID_BYTES)
        return false;
    for (unsigned i = 0; i < CID_BYTES; i++) {
        int high = hex_digit(text.ptr[2 * i]), low = hex_digit(text.ptr[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        ret_cid[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

/* Refuses by itself when it is not a name. */
static bool name_field(const struct command *command, struct name *ret_name)
{
    struct slice typed = string_field(command, "name");
    int result = typed.ptr ? name_make(typed, ret_name) : ERR_PROTOCOL;
    if (result == ERR_LIMIT)
        refuse(command, "too_long", "a name has at most 40 characters", 0);
    else if (result != OK)
        refuse(command, "bad_request", "name: one line of visible characters is needed", 0);
    return result == OK;
}

static bool within_rate(const struct command *command)
{
    uint32_t wait_ms = hub_rate(&command->web->client);
    if (wait_ms > 0)
        refuse(command, "rate_limited", "that is too much at once", wait_ms);
    return wait_ms == 0;
}

/* ---- commands ---- */

static void do_hello(const struct command *command)
{
    struct web *web = command->web;
    struct name name;
    bool active = true;
    if (web->stage != WEB_NEW) {
        refuse(command, "bad_request", "hello was said already", 0);
        return;
    }
    if (json_object_get(command->json, "active") && !bool_field(command, "active", &active)) {
        refuse(command, "bad_request", "active: true or false is needed", 0);
        return;
    }
    if (!json_object_get(command->json, "name"))
        guest_name(&name);
    else if (!name_field(command, &name))
        return;

    struct slice token = string_field(command, "token");
    web->token = mem_alloc(GUEST_TOKEN_LEN + 1);
    if (token.ptr && guest_token_is_valid(token)) {
        memcpy(web->token, token.ptr, GUEST_TOKEN_LEN);
        web->token[GUEST_TOKEN_LEN] = '\0';
    } else {
        guest_token_make(web->token);
    }
    web->stage = WEB_JOINING;
    const struct identity identity = {.client = random_u64(), .person = guest_person(web->token)};
    hub_add(web->door->hub, &web->client, &client_door, web->ws.conn, &identity);
    hub_join(&web->client, web->ws.deflate ? LANE_WEB_DEFLATE : LANE_WEB, &name, active,
             command->id);
}

static void do_post(const struct command *command)
{
    struct web *web = command->web;
    uint8_t cid[CID_BYTES];
    struct slice text = string_field(command, "text");
    struct slice room = string_field(command, "room");
    if (!room.ptr) {
        refuse(command, "bad_request", "room: a string is needed", 0);
    } else if (!slice_is(room, ROOM_LOBBY_ID)) {
        refuse(command, "no_room", "there is no such room, or you are not in it", 0);
    } else if (!cid_field(command, cid)) {
        refuse(command, "bad_request", "cid: 32 lower-case hexadecimal digits are needed", 0);
    } else if (!text.ptr) {
        refuse(command, "bad_request", "text: a string is needed", 0);
    } else if (text.len == 0) {
        refuse(command, "empty", "there is nothing in the text", 0);
    } else if (hub_is_busy(&web->client)) {
        refuse(command, "busy", "the server has too much waiting", BUSY_RETRY_MS);
    } else if (within_rate(command)) {
        hub_post(&web->client, &(struct post){
                                   .message = {MESSAGE_TEXT, text},
                                   .cid = cid,
                                   .command_id = command->id,
                               });
    }
}

static void do_rename(const struct command *command)
{
    struct name name;
    if (name_field(command, &name) && within_rate(command))
        hub_rename(&command->web->client, &name, command->id);
}

static void do_active(const struct command *command)
{
    bool active;
    if (!bool_field(command, "active", &active))
        refuse(command, "bad_request", "active: true or false is needed", 0);
    else if (within_rate(command))
        hub_set_active(&command->web->client, active, command->id);
}

static const struct {
    const char *op;
    void (*run)(const struct command *command);
    bool before_ready;
} commands[] = {
    {"hello", do_hello, true},
    {"post", do_post, false},
    {"rename", do_rename, false},
    {"active", do_active, false},
};

static void run_command(struct command *command)
{
    struct slice id = string_field(command, "id");
    struct slice op = string_field(command, "op");
    if (!id.ptr || id.len == 0 || id.len > COMMAND_ID_BYTES_MAX) {
        refuse(command, "bad_request", "id: a string of 1 to 64 bytes is needed", 0);
        return;
    }
    command->id = id;
    if (!op.ptr) {
        refuse(command, "bad_request", "op: a string is needed", 0);
        return;
    }
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (!slice_is(op, commands[i].op))
            continue;
        if (command->web->stage != WEB_READY && !commands[i].before_ready)
            refuse(command, "hello_first", "hello has to be answered first", 0);
        else
            commands[i].run(command);
        return;
    }
    refuse(command, "unknown_op", "there is no such command", 0);
}

static void on_message(struct ws_conn *ws, enum ws_opcode type, struct slice payload)
{
    struct command command = {.web = of_ws(ws)};
    if (type != WS_OP_TEXT) {
        metrics_add(ws->server->metrics, METRIC_REFUSED_COMMAND, 1);
        ws_close(ws, WS_CLOSE_UNSUPPORTED, "text frames only");
        return;
    }
    if (json_scan(payload, &json_limits_default) == OK)
        command.json =
            json_loadb((const char *)payload.ptr, payload.len, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_object(command.json))
        run_command(&command);
    else
        refuse(&command, "bad_json", "that is not one JSON object within the limits", 0);
    json_decref(command.json);
}

/* ---- what the hub tells it ---- */

static void welcome(struct web *web, const struct event *event)
{
    struct buffer text = {0};
    web_write_ok(&text, event->command_id);
    buffer_append_string(&text, ",\"you\":{");
    json_append_id(&text, "id", event->person);
    buffer_append_string(&text, ",\"name\":");
    json_append_string(&text, name_slice(&event->name), JSON_PLAIN);
    buffer_append_byte(&text, ',');
    json_append_id(&text, "client", event->client);
    buffer_printf(&text,
                  "},\"token\":\"%s\",\"limits\":{\"message_bytes\":%u,\"name_chars\":%d},"
                  "\"heartbeat_ms\":%u,\"build\":\"%s\",\"rooms\":[{\"id\":\"" ROOM_LOBBY_ID
                  "\",\"name\":\"" ROOM_LOBBY_NAME
                  "\",\"kind\":\"public\",\"log\":\"%016llx\",\"head\":%llu}]}",
                  web->token, web->ws.server->limits->message_bytes_max, NAME_CHARACTERS_MAX,
                  web->door->heartbeat_ms, web->door->build, (unsigned long long)web->door->log,
                  (unsigned long long)event->head);
    send_text(web, &text);
    web_write_here(&text, event->roster);
    send_text(web, &text);
    buffer_append_string(&text, "{\"ev\":\"ready\"}");
    send_text(web, &text);

    web->stage = WEB_READY;
    mem_free(web->token);
    web->token = NULL;
}

static void on_answer(struct client *client, const struct event *event)
{
    struct web *web = of_client(client);
    struct command command = {.web = web, .id = event->command_id};
    struct buffer text = {0};
    if (event->kind == EVENT_JOIN) {
        welcome(web, event);
        return;
    }
    if (event->result == ERR_EXISTS) {
        refuse(&command, "cid_reuse", "this cid was used for another text", 0);
        return;
    }
    if (event->result != OK) {
        refuse(&command, "busy", "the message could not be kept", BUSY_RETRY_MS);
        return;
    }
    if (event->kind == EVENT_POST) {
        web_write_posted(&text, event);
    } else {
        web_write_ok(&text, event->command_id);
        if (event->kind == EVENT_RENAME) {
            buffer_append_string(&text, ",\"name\":");
            json_append_string(&text, name_slice(&event->name), JSON_PLAIN);
        }
        buffer_append_byte(&text, '}');
    }
    send_text(web, &text);
}

static void on_lapped(struct client *client)
{
    metrics_add(of_client(client)->ws.server->metrics, METRIC_DROPPED_LAPPED, 1);
    ws_close_soon(&of_client(client)->ws, WS_CLOSE_TRY_LATER);
}

static void on_ready(struct client *client)
{
    (void)client; /* who was told "busy" tries again by itself */
}

static const struct client_door client_door = {on_answer, on_lapped, on_ready};

/* ---- the connection ---- */

static void on_drained(struct ws_conn *ws)
{
    if (of_ws(ws)->stage != WEB_NEW)
        hub_drained(&of_ws(ws)->client);
}

static void on_beat(struct ws_conn *ws)
{
    struct web *web = of_ws(ws);
    struct buffer text = {0};
    if (web->stage == WEB_NEW) {
        metrics_add(ws->server->metrics, METRIC_DROPPED_TIMEOUT, 1);
        ws_close(ws, WS_CLOSE_POLICY, "hello was not said");
        return;
    }
    buffer_printf(&text, "{\"ev\":\"heartbeat\",\"ts\":%llu}", (unsigned long long)clock_wall_ms());
    send_text(web, &text);
}

static void on_gone(struct ws_conn *ws)
{
    if (of_ws(ws)->stage != WEB_NEW)
        hub_remove(&of_ws(ws)->client);
}

static void on_closed(struct ws_conn *ws)
{
    mem_free(of_ws(ws)->token);
    mem_free(of_ws(ws));
}

static const struct ws_door ws_door = {
    .on_message = on_message,
    .on_drained = on_drained,
    .on_beat = on_beat,
    .on_gone = on_gone,
    .on_closed = on_closed,
};

struct ws_conn *web_open(const struct web_door *door, struct conn *conn,
                         const struct ws_offer *offer)
{
    struct web *web = mem_zalloc(sizeof(*web));
    web->door = door;
    rate_init(&web->errors, &door->errors, conn->loop->now_ms);
    rate_init(&web->waits, &door->waits, conn->loop->now_ms);
    ws_conn_init(&web->ws, door->server, conn, &ws_door, offer->deflate, NULL);
    return &web->ws;
}
