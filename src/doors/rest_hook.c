/*
 * Incoming webhooks: whoever has the address of one can say something in its room, and nothing else. The address holds the
 * token since the programs that send to webhooks can show it in no other way; it is the one address that has one.
 */

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "doors/guest.h"
#include "doors/rest.h"
#include "doors/room_id.h"

static const struct web_error no_hook = {"bad_token", "there is no such webhook", 0};

/* What stands behind the dot of "id.token"; the id is for people who compare addresses with lists. */
static struct slice token_of_path(const struct rest_call *call)
{
    struct slice hook = rest_string(call, "hook");
    const uint8_t *dot = hook.len > 0 ? memchr(hook.ptr, '.', hook.len) : NULL;
    if (!dot)
        return slice_of(NULL, 0);
    size_t before = (size_t)(dot + 1 - hook.ptr);
    return slice_of(dot + 1, hook.len - before);
}

/* Looks the webhook up by its token: of the path, or else of Authorization. */
static void begin(struct rest_call *call, const struct event *hello)
{
    (void)hello;
    struct slice token = token_of_path(call);
    if (guest_token_is_valid(token)) {
        guest_token_hash((const char *)token.ptr, call->token_hash);
    } else if (token.ptr || !call->has_token) {
        rest_refuse(call, &no_hook);
        return;
    }
    struct store_read *read = mem_zalloc(sizeof(*read));
    read->kind = READ_LINK;
    memcpy(read->token, call->token_hash, sizeof(read->token));
    if (hub_ask(&call->speaker.client, read) != OK)
        rest_refuse(call, &web_error_busy);
}

/* Nobody can show a token for the session of its bot; see act_hook_session. */
static void on_read(struct rest_call *call, const struct store_read *read)
{
    if (!call->request)
        return;
    if (read->result != OK && read->result != ERR_NOT_FOUND) {
        rest_refuse(call, &web_error_busy);
        return;
    }
    if (read->result != OK || read->link.kind != LINK_HOOK) {
        rest_refuse(call, &no_hook);
        return;
    }
    uint8_t session[TOKEN_HASH_BYTES];
    struct buffer room = {0};
    act_hook_session(call->token_hash, session);
    room_id_write(&room, read->link.room);
    json_object_set_new(call->json, "room", json_stringn((const char *)room.ptr, room.len));
    buffer_release(&room);
    if (rest_say_hello(call, session) != OK)
        rest_refuse(call, &web_error_busy);
}

static void on_answer(struct rest_call *call, const struct event *event)
{
    if (event->kind != EVENT_HELLO)
        web_speaker_answered(&call->speaker, event);
    else if (event->result != OK)
        rest_refuse(call, event->result == ERR_NOT_FOUND ? &no_hook : &web_error_busy);
    else if (rest_take(call, RATE_API, rate_key_of_person(event->person)))
        rest_run(call);
}

const struct rest_entry *rest_hook_routes(size_t *ret_count)
{
    static const struct rest_entry entries[] = {
        {HTTP_POST,
         "/api/v1/hooks/{hook}",
         {.who = REST_TOKEN,
          .body = REST_BODY_TEXT,
          .op = "post",
          .params = "hook",
          .keeps = true,
          .status = 201,
          .begin = begin,
          .on_answer = on_answer,
          .on_read = on_read}},
    };
    *ret_count = sizeof(entries) / sizeof(entries[0]);
    return entries;
}
