#include "doors/rest.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "doors/json_text.h"
#include "doors/room_id.h"
#include "doors/web_field.h"
#include "doors/web_reply.h"
#include "doors/web_text.h"

/* ---- what hello says ---- */

static void begin_server(struct rest_call *call, const struct event *hello)
{
    struct buffer out = {0};
    web_write_server(&out, hello->welcome->server, call->rest->server_terms);
    rest_reply(call, &out, NULL);
}

static void begin_rooms(struct rest_call *call, const struct event *hello)
{
    struct buffer out = {0};
    buffer_append_string(&out, "{\"rooms\":");
    web_write_rooms(&out, hello->welcome);
    buffer_append_byte(&out, '}');
    rest_reply(call, &out, NULL);
}

static void begin_room(struct rest_call *call, const struct event *hello)
{
    uint64_t room;
    struct web_error error = web_error_of_call(ERR_NOT_FOUND);
    if (!room_id_parse(rest_string(call, "room"), &room)) {
        rest_refuse(call, &error);
        return;
    }
    for (size_t i = 0; i < hello->welcome->rooms_count; i++) {
        if (hello->welcome->rooms[i].id != room)
            continue;
        struct buffer out = {0};
        web_write_info(&out, &hello->welcome->rooms[i]);
        rest_reply(call, &out, NULL);
        return;
    }
    rest_refuse(call, &error);
}

/* ---- one command or another ---- */

static bool has(const struct rest_call *call, const char *field)
{
    return json_object_get(call->json, field) != NULL;
}

static void set_op(struct rest_call *call, const char *op)
{
    json_object_set_new(call->json, "op", json_string(op));
    rest_run(call);
}

/* A change of a room is one event: its name, its topic, or its settings. */
static void begin_room_change(struct rest_call *call, const struct event *hello)
{
    static const char *const settings[] = {"kind",     "guests",  "default",
                                           "archived", "slow_ms", "retention_days"};
    bool sets = false;
    (void)hello;
    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
        sets |= has(call, settings[i]);
    if (has(call, "name") + has(call, "topic") + sets != 1) {
        rest_refuse_with(call, "bad_request", "name, or topic, or settings: one of them at a time");
    } else if (has(call, "topic")) {
        json_object_set(call->json, "text", json_object_get(call->json, "topic"));
        set_op(call, "topic");
    } else {
        set_op(call, sets ? "settings" : "name");
    }
}

/* ---- a person ---- */

static void begin_person(struct rest_call *call, const struct event *hello)
{
    (void)hello;
    uint64_t person;
    if (!web_person_of(rest_string(call, "person"), &person)) {
        rest_refuse_with(call, "no_person", "there is no such person");
        return;
    }
    int result = hub_may(&call->speaker.client, 0, ACTION_PEOPLE);
    if (result == OK) {
        struct store_read *read = mem_zalloc(sizeof(*read));
        read->kind = READ_ACCOUNT;
        read->id = person;
        result = hub_ask(&call->speaker.client, read);
    }
    if (result != OK) {
        struct web_error error = web_error_of_call(result);
        rest_refuse(call, &error);
    }
}

static void show_person(struct rest_call *call, const struct store_read *read)
{
    const struct person_record *person = &read->account_person;
    struct buffer out = {0};
    if (read->result != OK) {
        if (read->result == ERR_NOT_FOUND)
            rest_refuse_with(call, "no_person", "there is no such person");
        else
            rest_refuse(call, &web_error_busy);
        return;
    }
    buffer_append_byte(&out, '{');
    json_append_id(&out, "id", person->id);
    web_write_string(&out, "name", name_slice(&person->name));
    if (person->display.len > 0)
        web_write_string(&out, "display", name_slice(&person->display));
    if (person->color > 0)
        web_write_color(&out, "color", person->color);
    web_write_string(&out, "role", slice_of_string(role_name(person->role)));
    buffer_append_byte(&out, '}');
    rest_reply(call, &out, NULL);
}

/* ---- routes ---- */

#define API "/api/v1"
#define ROOM API "/rooms/{room}"
#define MESSAGE ROOM "/messages/{seq}"
#define PERSON API "/people/{person}"

/* A list of the web protocol; its rows' ids are strings but for a few. */
#define LIST(path_, what_)                                                                         \
    {                                                                                              \
        HTTP_GET, (path_),                                                                         \
        {                                                                                          \
            .op = "list", .fixed = "what", .fixed_value = (what_), .query = "after limit#"         \
        }                                                                                          \
    }
#define LIST_OF_ROOM(path_, what_, query_)                                                         \
    {                                                                                              \
        HTTP_GET, (path_),                                                                         \
        {                                                                                          \
            .op = "list", .fixed = "what", .fixed_value = (what_), .params = "room",               \
            .query = (query_)                                                                      \
        }                                                                                          \
    }

static const struct rest_entry entries[] = {
    LIST(API "/sessions", "sessions"),
    {HTTP_DELETE, API "/sessions", {.op = "sessions_end"}},
    {HTTP_DELETE, API "/sessions/{session}", {.op = "session_end", .params = "session"}},

    {HTTP_GET, API "/rooms", {.begin = begin_rooms}},
    {HTTP_POST,
     API "/rooms",
     {.op = "create", .body = REST_BODY_JSON, .keeps = true, .status = 201, .rate = RATE_JOIN}},
    {HTTP_GET, API "/rooms/public", {.op = "rooms", .query = "after limit#"}},
    {HTTP_POST,
     API "/direct",
     {.op = "direct", .body = REST_BODY_JSON, .keeps = true, .status = 201, .rate = RATE_JOIN}},
    {HTTP_GET, ROOM, {.params = "room", .begin = begin_room}},
    {HTTP_PATCH,
     ROOM,
     {.params = "room", .body = REST_BODY_JSON, .keeps = true, .begin = begin_room_change}},
    {HTTP_POST,
     ROOM "/join",
     {.op = "join",
      .params = "room",
      .body = REST_BODY_OPTIONAL,
      .keeps = true,
      .rate = RATE_JOIN}},
    {HTTP_POST,
     ROOM "/leave",
     {.op = "leave", .params = "room", .body = REST_BODY_OPTIONAL, .keeps = true}},
    {HTTP_POST, ROOM "/read", {.op = "read", .params = "room", .body = REST_BODY_JSON}},
    {HTTP_POST, ROOM "/level", {.op = "level", .params = "room", .body = REST_BODY_JSON}},
    {HTTP_POST, ROOM "/typing", {.op = "typing", .params = "room", .body = REST_BODY_OPTIONAL}},
    {HTTP_GET, ROOM "/here", {.op = "here", .params = "room"}},

    {HTTP_GET,
     ROOM "/messages",
     {.op = "history", .params = "room", .query = "before# after# around# at# limit#"}},
    {HTTP_POST,
     ROOM "/messages",
     {.op = "post", .params = "room", .body = REST_BODY_JSON, .keeps = true, .status = 201}},
    {HTTP_PATCH,
     MESSAGE,
     {.op = "edit", .params = "room target#", .body = REST_BODY_JSON, .keeps = true}},
    {HTTP_DELETE, MESSAGE, {.op = "delete", .params = "room target#", .keeps = true}},
    {HTTP_PUT,
     MESSAGE "/reactions/{emoji}",
     {.op = "react", .params = "room target# emoji", .keeps = true}},
    {HTTP_DELETE,
     MESSAGE "/reactions/{emoji}",
     {.op = "unreact", .params = "room target# emoji", .keeps = true}},
    {HTTP_PUT, MESSAGE "/pin", {.op = "pin", .params = "room target#", .keeps = true}},
    {HTTP_DELETE, MESSAGE "/pin", {.op = "unpin", .params = "room target#", .keeps = true}},
    {HTTP_POST,
     MESSAGE "/report",
     {.op = "report", .params = "room target#", .body = REST_BODY_JSON, .status = 201}},

    LIST_OF_ROOM(ROOM "/members", "members", "after limit#"),
    {HTTP_POST,
     ROOM "/members",
     {.op = "add", .params = "room", .body = REST_BODY_JSON, .keeps = true, .status = 201}},
    {HTTP_DELETE,
     ROOM "/members/{person}",
     {.op = "remove", .params = "room person", .query = "reason", .keeps = true}},
    {HTTP_PUT, ROOM "/hosts/{person}", {.op = "host", .params = "room person", .keeps = true}},
    {HTTP_DELETE, ROOM "/hosts/{person}", {.op = "unhost", .params = "room person", .keeps = true}},
    LIST_OF_ROOM(ROOM "/pins", "pins", "after# limit#"),
    LIST_OF_ROOM(ROOM "/webhooks", "webhooks", "after limit#"),
    {HTTP_POST,
     ROOM "/webhooks",
     {.op = "webhook", .params = "room", .body = REST_BODY_JSON, .status = 201}},
    LIST(API "/webhooks", "webhooks"),
    {HTTP_DELETE, API "/webhooks/{webhook}", {.op = "webhook_end", .params = "webhook"}},

    {HTTP_GET,
     API "/search",
     {.op = "search", .query = "q=text before limit#", .rate = RATE_SEARCH}},
    LIST(API "/mentions", "mentions"),
    LIST(API "/files", "files"),

    LIST(API "/people", "people"),
    {HTTP_GET, PERSON, {.params = "person", .begin = begin_person, .on_read = show_person}},
    {HTTP_PUT, PERSON "/role", {.op = "role", .params = "person", .body = REST_BODY_JSON}},
    {HTTP_POST, PERSON "/kick", {.op = "kick", .params = "person", .body = REST_BODY_OPTIONAL}},
    {HTTP_POST, PERSON "/mute", {.op = "mute", .params = "person", .body = REST_BODY_OPTIONAL}},
    {HTTP_POST, PERSON "/unmute", {.op = "unmute", .params = "person", .body = REST_BODY_OPTIONAL}},
    {HTTP_POST,
     PERSON "/ban",
     {.op = "ban", .params = "person", .body = REST_BODY_OPTIONAL, .status = 201}},
    {HTTP_POST, PERSON "/purge", {.op = "purge", .params = "person", .body = REST_BODY_OPTIONAL}},
    {HTTP_POST,
     PERSON "/reset",
     {.op = "reset_link", .params = "person", .body = REST_BODY_OPTIONAL, .status = 201}},

    LIST(API "/invites", "invites"),
    {HTTP_POST, API "/invites", {.op = "invite", .body = REST_BODY_OPTIONAL, .status = 201}},
    {HTTP_DELETE, API "/invites/{invite}", {.op = "invite_end", .params = "invite"}},
    LIST(API "/bans", "bans"),
    {HTTP_POST, API "/bans", {.op = "ban", .body = REST_BODY_JSON, .status = 201}},
    {HTTP_DELETE, API "/bans/{ban}", {.op = "ban_end", .params = "ban"}},
    LIST(API "/mutes", "mutes"),
    LIST(API "/reports", "reports"),
    {HTTP_POST,
     API "/reports/{report}/close",
     {.op = "report_end", .params = "report", .body = REST_BODY_OPTIONAL}},
    LIST(API "/audit", "audit"),
    LIST(API "/bots", "bots"),
    {HTTP_POST, API "/bots", {.op = "bot", .body = REST_BODY_JSON, .status = 201}},
    {HTTP_DELETE, API "/bots/{person}", {.op = "bot_end", .params = "person"}},
    {HTTP_GET, API "/server", {.begin = begin_server}},
    {HTTP_PUT, API "/server", {.op = "brake", .body = REST_BODY_JSON}},
    {HTTP_PATCH, API "/server", {.op = "server_name", .body = REST_BODY_JSON}},
};

const struct rest_entry *rest_routes(size_t *ret_count)
{
    *ret_count = sizeof(entries) / sizeof(entries[0]);
    return entries;
}
