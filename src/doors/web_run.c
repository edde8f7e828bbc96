/*
 * What clients of the web protocol ask for, as calls of the hub.
 */

#include <string.h>

#include "base/clock.h"
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

/* ---- what changes a room ---- */

static const uint8_t kinds[] = {
    [WEB_POST] = EVENT_MESSAGE,   [WEB_EDIT] = EVENT_EDIT,         [WEB_DELETE] = EVENT_DELETE,
    [WEB_REACT] = EVENT_REACT,    [WEB_UNREACT] = EVENT_UNREACT,   [WEB_PIN] = EVENT_PIN,
    [WEB_UNPIN] = EVENT_UNPIN,    [WEB_TOPIC] = EVENT_TOPIC,       [WEB_CREATE] = EVENT_CREATED,
    [WEB_DIRECT] = EVENT_CREATED, [WEB_JOIN] = EVENT_JOINED,       [WEB_LEAVE] = EVENT_LEFT,
    [WEB_NAME] = EVENT_NAMED,     [WEB_SETTINGS] = EVENT_SETTINGS, [WEB_ADD] = EVENT_ADDED_BY,
    [WEB_REMOVE] = EVENT_REMOVED, [WEB_HOST] = EVENT_HOST,         [WEB_UNHOST] = EVENT_UNHOST,
};

static int run_kept(struct web_speaker *speaker, struct web_command *command)
{
    bool named = command->op == WEB_CREATE || command->op == WEB_NAME;
    struct command kept = {
        .kind = kinds[command->op],
        .room = command->room,
        .target = command->target,
        .reply_to = command->reply_to,
        .message = {MESSAGE_TEXT, command->text},
        .name = named ? &command->name : NULL,
        .cid = command->cid,
        .command_id = command->id,
        .change = command->change,
        .people = command->people,
        .files = command->files,
    };
    command->change = NULL;
    command->people = NULL;
    command->files = NULL;
    return hub_command(&speaker->client, &kept);
}

/* ---- what passes ---- */

static int run_passing(struct web_speaker *speaker, const struct web_command *command)
{
    struct client *client = &speaker->client;
    switch (command->op) {
    case WEB_READ:
        return hub_mark_read(client, command->room, command->seq, command->id);
    case WEB_LEVEL:
        return hub_set_level(client, command->room, command->level, command->id);
    case WEB_TYPING:
        return hub_typing(client, command->room, command->id);
    case WEB_ACTIVE:
        return hub_set_active(client, command->active, command->id);
    default:
        return hub_rename(client, &command->name, command->id);
    }
}

/* ---- acts ---- */

static bool makes_token(uint8_t kind)
{
    return kind == ACT_INVITE || kind == ACT_RESET_MAKE || kind == ACT_BOT || kind == ACT_HOOK;
}

static int run_act(struct web_speaker *speaker, struct web_command *command)
{
    struct act *act = command->act;
    if (makes_token(act->kind) && !web_speaker_make_token(speaker, act))
        return ERR_BUSY;
    if (act->kind == ACT_RESET_MAKE)
        command->for_ms = WEB_RESET_MS;
    if (command->for_ms > 0)
        act->until_ms = clock_wall_ms() + command->for_ms;
    struct act token = {.has_token = act->has_token};
    memcpy(token.token, act->token, sizeof(token.token));
    command->act = NULL;
    int result = hub_act(&speaker->client, act, command->id);
    if (result != OK)
        web_speaker_forget_token(speaker, &token);
    return result;
}

/* ---- questions ---- */

static int ask_list(struct client *client, const struct web_command *command,
                    const struct name *after)
{
    struct list_question question = {
        .kind = (enum listing_kind)command->list,
        .room = command->room,
        .after = after,
        .after_id = command->after,
        .limit = command->limit,
    };
    return hub_list(client, &question, command->id);
}

static int ask(struct web_speaker *speaker, struct web_command *command)
{
    struct client *client = &speaker->client;
    struct name folded;
    struct search *search = command->search;
    name_fold(&command->name, &folded);
    switch (command->op) {
    case WEB_HISTORY:
        return hub_history(client, command->room, (enum read_where)command->where, command->seq,
                           command->limit, command->id);
    case WEB_LIST:
        return ask_list(client, command, &folded);
    case WEB_SEARCH:
        command->search = NULL;
        return hub_search(client, search, command->id);
    case WEB_ROOMS:
        return hub_rooms(client, &folded, command->limit, command->id);
    default:
        return hub_who(client, command->room, command->id);
    }
}

/* Who is here is the sequencer's to say, the rest is the readers'. */
static void run_question(struct web_speaker *speaker, struct web_command *command)
{
    bool may = command->op == WEB_HERE ? web_may_ask(speaker, command->id)
                                       : may_read(speaker, command->id);
    if (!may)
        return;
    int result = ask(speaker, command);
    if (result == OK)
        speaker->questions++;
    check(speaker, command, result);
}

void web_run(struct web_speaker *speaker, struct web_command *command)
{
    if (command->op >= WEB_HERE && command->op <= WEB_SEARCH) {
        run_question(speaker, command);
    } else if (!web_may_ask(speaker, command->id)) {
        return;
    } else if (command->op == WEB_ACT) {
        check(speaker, command, run_act(speaker, command));
    } else if (command->op >= WEB_READ) {
        check(speaker, command, run_passing(speaker, command));
    } else {
        check(speaker, command, run_kept(speaker, command));
    }
}
