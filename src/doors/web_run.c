/*
 * What clients of the web protocol ask for, as calls of the hub.
 */

#include "base/error.h"
#include "chat/hub.h"
#include "doors/web_speaker.h"

static void refuse(struct web_speaker *speaker, struct slice id, struct web_error error)
{
    speaker->door->on_refused(speaker, id, &error);
}

static struct web_error rate_limited(uint32_t wait_ms)
{
    return (struct web_error){"rate_limited", "that is too much at once", wait_ms};
}

bool web_may_ask(struct web_speaker *speaker, struct slice id)
{
    if (hub_is_busy(&speaker->client)) {
        refuse(speaker, id, web_error_busy);
        return false;
    }
    uint32_t wait_ms = hub_rate(&speaker->client);
    if (wait_ms > 0)
        refuse(speaker, id, rate_limited(wait_ms));
    return wait_ms == 0;
}

/* The same for the readers. */
static bool may_read(struct web_speaker *speaker, struct slice id)
{
    const struct rate *rate = &speaker->terms->reads;
    uint64_t now_ms = *speaker->terms->now_ms;
    if (rate_take(&speaker->reads, rate, now_ms))
        return true;
    refuse(speaker, id, rate_limited(rate_wait_ms(&speaker->reads, rate, now_ms)));
    return false;
}

/* A call that went well is answered by the hub, later. */
static void check(struct web_speaker *speaker, const struct web_command *command, int result)
{
    if (result != OK)
        refuse(speaker, command->id, web_error_of_call(result));
}

static void check_question(struct web_speaker *speaker, const struct web_command *command,
                           int result)
{
    if (result == OK)
        speaker->questions++;
    check(speaker, command, result);
}

/* ---- what changes a room ---- */

static const uint8_t kinds[] = {
    [WEB_POST] = EVENT_MESSAGE, [WEB_EDIT] = EVENT_EDIT,       [WEB_DELETE] = EVENT_DELETE,
    [WEB_REACT] = EVENT_REACT,  [WEB_UNREACT] = EVENT_UNREACT, [WEB_PIN] = EVENT_PIN,
    [WEB_UNPIN] = EVENT_UNPIN,  [WEB_TOPIC] = EVENT_TOPIC,     [WEB_CREATE] = EVENT_CREATED,
    [WEB_JOIN] = EVENT_JOINED,  [WEB_LEAVE] = EVENT_LEFT,
};

static int run_kept(struct web_speaker *speaker, const struct web_command *command)
{
    return hub_command(&speaker->client,
                       &(struct command){
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

static void run_history(struct web_speaker *speaker, const struct web_command *command)
{
    if (may_read(speaker, command->id))
        check_question(speaker, command,
                       hub_history(&speaker->client, command->room, (enum read_where)command->where,
                                   command->seq, command->limit, command->id));
}

static void run_rooms(struct web_speaker *speaker, const struct web_command *command)
{
    struct name after;
    name_fold(&command->name, &after);
    if (may_read(speaker, command->id))
        check_question(speaker, command,
                       hub_rooms(&speaker->client, &after, command->limit, command->id));
}

static void run_here(struct web_speaker *speaker, const struct web_command *command)
{
    if (web_may_ask(speaker, command->id))
        check_question(speaker, command, hub_who(&speaker->client, command->room, command->id));
}

static int run_passing(struct web_speaker *speaker, const struct web_command *command)
{
    struct client *client = &speaker->client;
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

void web_run(struct web_speaker *speaker, struct web_command *command)
{
    switch (command->op) {
    case WEB_HISTORY:
        run_history(speaker, command);
        break;
    case WEB_ROOMS:
        run_rooms(speaker, command);
        break;
    case WEB_HERE:
        run_here(speaker, command);
        break;
    case WEB_READ:
    case WEB_TYPING:
    case WEB_ACTIVE:
    case WEB_RENAME:
        if (web_may_ask(speaker, command->id))
            check(speaker, command, run_passing(speaker, command));
        break;
    default:
        if (web_may_ask(speaker, command->id))
            check(speaker, command, run_kept(speaker, command));
        break;
    }
}
