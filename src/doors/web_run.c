/*
 * What clients of the web protocol ask for, as calls of the hub.
 */

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "doors/web_session.h"

static struct web_error rate_limited(uint32_t wait_ms)
{
    return (struct web_error){"rate_limited", "that is too much at once", wait_ms};
}

/* Whether the sequencer may be asked for something; refuses otherwise. */
static bool may_ask(struct web *web, const struct web_command *command)
{
    if (hub_is_busy(&web->client)) {
        web_refuse(web, command->id, &web_error_busy);
        return false;
    }
    uint32_t wait_ms = hub_rate(&web->client);
    if (wait_ms > 0) {
        struct web_error error = rate_limited(wait_ms);
        web_refuse(web, command->id, &error);
    }
    return wait_ms == 0;
}

/* The same for the readers. */
static bool may_read(struct web *web, const struct web_command *command)
{
    uint64_t now_ms = web->ws.conn->loop->now_ms;
    if (rate_take(&web->reads, &web->door->reads, now_ms))
        return true;
    struct web_error error = rate_limited(rate_wait_ms(&web->reads, &web->door->reads, now_ms));
    web_refuse(web, command->id, &error);
    return false;
}

/* A call that went well is answered by the hub, later. */
static void check(struct web *web, const struct web_command *command, int result)
{
    if (result == OK)
        return;
    struct web_error error = web_error_of_call(result);
    web_refuse(web, command->id, &error);
}

static void check_question(struct web *web, const struct web_command *command, int result)
{
    if (result == OK)
        web->questions++;
    check(web, command, result);
}

/* ---- hello ---- */

void web_end_greeting(struct web *web)
{
    if (!web->greeting)
        return;
    mem_free(web->greeting->cursors);
    mem_free(web->greeting);
    web->greeting = NULL;
}

void web_say_hello(struct web *web)
{
    const struct web_greeting *greeting = web->greeting;
    uint8_t hash[TOKEN_HASH_BYTES];
    guest_token_hash(greeting->token, hash);
    struct slice id = slice_of(greeting->id, greeting->id_len);
    int result =
        hub_hello(&web->client, &(struct hello){
                                    .name = greeting->name.len > 0 ? &greeting->name : NULL,
                                    .token_hash = hash,
                                    .has_token = greeting->has_token,
                                    .active = greeting->active,
                                    .cursors = greeting->cursors,
                                    .cursors_count = greeting->cursors_count,
                                    .command_id = id,
                                });
    if (result == OK)
        return;
    struct web_error error = web_error_of_call(result);
    web_refuse(web, id, &error);
    if (web->stage == WEB_STAGE_GREETING)
        web_set_stage(web, WEB_STAGE_STRANGER);
    web_end_greeting(web);
}

static struct web_greeting *make_greeting(struct web_command *command)
{
    struct web_greeting *greeting = mem_zalloc(sizeof(*greeting));
    greeting->has_token = command->has_token;
    if (command->has_token)
        memcpy(greeting->token, command->token.ptr, GUEST_TOKEN_LEN);
    else
        guest_token_make(greeting->token);
    greeting->active = command->active;
    greeting->id_len = (uint8_t)command->id.len;
    memcpy(greeting->id, command->id.ptr, command->id.len);
    greeting->name = command->name;
    greeting->cursors = command->cursors;
    greeting->cursors_count = command->cursors_count;
    command->cursors = NULL;
    return greeting;
}

static void run_hello(struct web *web, struct web_command *command)
{
    if (web->greeting) {
        web_refuse(web, command->id, &web_error_busy);
        return;
    }
    /* The first one is taken even while the server is busy: there is one for each connection. */
    if (web->stage != WEB_STAGE_NEW && !may_ask(web, command))
        return;
    if (web->stage == WEB_STAGE_NEW)
        hub_add(web->door->hub, &web->client, &web_client_door, web->ws.conn, random_u64(),
                web->ws.deflate ? LANE_WEB_DEFLATE : LANE_WEB);
    if (web->stage != WEB_STAGE_READY)
        web_set_stage(web, WEB_STAGE_GREETING);
    web->greeting = make_greeting(command);
    web_say_hello(web);
}

/* ---- what changes a room ---- */

static const uint8_t kinds[] = {
    [WEB_POST] = EVENT_MESSAGE, [WEB_EDIT] = EVENT_EDIT,       [WEB_DELETE] = EVENT_DELETE,
    [WEB_REACT] = EVENT_REACT,  [WEB_UNREACT] = EVENT_UNREACT, [WEB_PIN] = EVENT_PIN,
    [WEB_UNPIN] = EVENT_UNPIN,  [WEB_TOPIC] = EVENT_TOPIC,     [WEB_CREATE] = EVENT_CREATED,
    [WEB_JOIN] = EVENT_JOINED,  [WEB_LEAVE] = EVENT_LEFT,
};

static int run_kept(struct web *web, const struct web_command *command)
{
    return hub_command(&web->client, &(struct command){
                                         .kind = kinds[command->op],
                                         .room = command->room,
                                         .target = command->target,
                                         .reply_to = command->reply_to,
                                         .message = {MESSAGE_TEXT, command->text},
                                         .name = command->op == WEB_CREATE ? &command->name : NULL,
                                         .cid = command->cid,
                                         .command_id = command->id,
                                     });
}

/* ---- the rest ---- */

static void run_history(struct web *web, const struct web_command *command)
{
    if (may_read(web, command))
        check_question(web, command,
                       hub_history(&web->client, command->room, (enum read_where)command->where,
                                   command->seq, command->limit, command->id));
}

static void run_rooms(struct web *web, const struct web_command *command)
{
    struct name after;
    name_fold(&command->name, &after);
    if (may_read(web, command))
        check_question(web, command, hub_rooms(&web->client, &after, command->limit, command->id));
}

static void run_here(struct web *web, const struct web_command *command)
{
    if (may_ask(web, command))
        check_question(web, command, hub_who(&web->client, command->room, command->id));
}

static int run_passing(struct web *web, const struct web_command *command)
{
    struct client *client = &web->client;
    switch (command->op) {
    case WEB_READ:
        return hub_mark_read(client, command->room, command->seq, command->id);
    case WEB_TYPING:
        return hub_typing(client, command->room, command->id);
    case WEB_ACTIVE:
        return hub_set_active(client, command->active, command->id);
    default:
        return hub_rename(client, &command->name, command->id);
    }
}

void web_run(struct web *web, struct web_command *command)
{
    if (command->op != WEB_NONE && command->op != WEB_HELLO && web->stage != WEB_STAGE_READY) {
        web_refuse(web, command->id, &web_error_hello_first);
        return;
    }
    if (command->error.code) {
        web_refuse(web, command->id, &command->error);
        return;
    }
    switch (command->op) {
    case WEB_HELLO:
        run_hello(web, command);
        break;
    case WEB_HISTORY:
        run_history(web, command);
        break;
    case WEB_ROOMS:
        run_rooms(web, command);
        break;
    case WEB_HERE:
        run_here(web, command);
        break;
    case WEB_READ:
    case WEB_TYPING:
    case WEB_ACTIVE:
    case WEB_RENAME:
        if (may_ask(web, command))
            check(web, command, run_passing(web, command));
        break;
    default:
        if (may_ask(web, command))
            check(web, command, run_kept(web, command));
        break;
    }
}
