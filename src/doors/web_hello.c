/*
 * Hello: who a client of the web protocol is.
 */

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "chat/hub.h"
#include "doors/web_session.h"
#include "serve/policy.h"

void web_end_greeting(struct web *web)
{
    if (!web->greeting)
        return;
    mem_free(web->greeting->cursors);
    mem_free(web->greeting);
    web->greeting = NULL;
}

/* Whoever comes without a session is kept as somebody new: an address has an allowance of these. */
static bool may_be_new(struct web *web, struct slice id)
{
    struct address address = policy_peer(web->ws.conn);
    return web->greeting->has_token || web->stage == WEB_STAGE_READY ||
           web_take(web, RATE_GUEST, rate_key_of_address(&address), id);
}

static void turn_away(struct web *web)
{
    if (web->stage == WEB_STAGE_GREETING)
        web_set_stage(web, WEB_STAGE_STRANGER);
    web_end_greeting(web);
}

void web_say_hello(struct web *web)
{
    const struct web_greeting *greeting = web->greeting;
    uint8_t hash[TOKEN_HASH_BYTES];
    guest_token_hash(greeting->token, hash);
    struct slice id = slice_of(greeting->id, greeting->id_len);
    if (!may_be_new(web, id)) {
        turn_away(web);
        return;
    }
    int result =
        hub_hello(&web->speaker.client, &(struct hello){
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
    turn_away(web);
}

void web_say_hello_anew(struct web *web)
{
    guest_token_make(web->greeting->token);
    web->greeting->has_token = false;
    web->greeting->by_cookie = false;
    web_say_hello(web);
}

static struct web_greeting *make_greeting(struct web_command *command, const char *cookie)
{
    struct web_greeting *greeting = mem_zalloc(sizeof(*greeting));
    const void *token = command->has_token ? command->token.ptr : NULL;
    greeting->by_cookie = cookie && !command->token.ptr;
    if (greeting->by_cookie)
        token = cookie;
    greeting->has_token = token != NULL;
    if (token)
        memcpy(greeting->token, token, GUEST_TOKEN_LEN);
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

void web_run_hello(struct web *web, struct web_command *command)
{
    if (web->greeting) {
        web_refuse(web, command->id, &web_error_busy);
        return;
    }
    /* The first one is taken even while the server is busy: there is one for each connection. */
    if (web->stage != WEB_STAGE_NEW && !web_may_ask(&web->speaker, command->id))
        return;
    if (web->stage == WEB_STAGE_NEW)
        hub_add(web->door->hub, &web->speaker.client, &web_client_door, web->ws.conn, random_u64(),
                web->ws.deflate ? LANE_WEB_DEFLATE : LANE_WEB);
    if (web->stage != WEB_STAGE_READY)
        web_set_stage(web, WEB_STAGE_GREETING);
    web->greeting = make_greeting(command, web->cookie);
    web_say_hello(web);
}
