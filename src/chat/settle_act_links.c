/*
 * Acts that give somebody a way in: invitations, links that set another password, bots, webhooks.
 */

#include <stdio.h>

#include "base/error.h"
#include "base/memory.h"
#include "chat/settle_act.h"

/* ---- resets ---- */

/* A link that is found in an old mail must not open an account any more. */
enum { RESET_MS_MAX = 24 * 60 * 60 * 1000 };

static bool has_account(uint8_t role)
{
    return role != ROLE_GUEST && role != ROLE_BOT;
}

int act_reset_make(struct acting *acting)
{
    struct act *act = acting->act;
    int result = act_find_other(acting);
    if (result == OK)
        result = act_may_to_other(acting, ACTION_RESET);
    if (result == OK && !has_account(acting->other.role))
        result = act_refuse(acting, ERR_DENIED, REFUSED_GUEST);
    if (result != OK)
        return result;
    uint64_t latest_ms = acting->now_ms + RESET_MS_MAX;
    if (act->until_ms == 0 || act->until_ms > latest_ms)
        act->until_ms = latest_ms;
    result = act_step(acting, acting->directory->reset_make(acting->store, act->person, act->token,
                                                            act->until_ms));
    return result == OK ? act_audit(acting, "reset", act->person, 0, NULL) : result;
}

/* ---- invitations ---- */

/* An owner is made by an owner, and by name. */
static int may_invite_as(const struct acting *acting, uint8_t role)
{
    const struct person_record newcomer = {.role = ROLE_MEMBER};
    int result = act_may(acting, ACTION_INVITE);
    if (result != OK || role == ROLE_MEMBER)
        return result;
    if (role == ROLE_OWNER)
        return ERR_DENIED;
    return settle_may(acting->sequencer, acting->event, ACTION_ROLE, &newcomer, role);
}

/* The author may put people into each of the rooms; everybody is in the lobby anyway. */
static int may_invite_into(const struct acting *acting)
{
    const struct act *act = acting->act;
    int result = OK;
    for (size_t i = 0; result == OK && i < act->rooms_count; i++) {
        if (act->rooms[i] != ROOM_LOBBY)
            result = act_may_in(acting, ACTION_ADD, act->rooms[i], ROLE_MEMBER);
    }
    return result;
}

static int make_invitation(const struct acting *acting, uint8_t role)
{
    struct act *act = acting->act;
    struct invite_record invite = {
        .id = settle_random_id(acting->sequencer),
        .by = acting->event->person,
        .until_ms = act->until_ms,
        .count = act->count,
        .role = role,
    };
    for (size_t i = 0; i < act->rooms_count; i++) {
        if (act->rooms[i] != ROOM_LOBBY)
            invite.rooms[invite.rooms_count++] = act->rooms[i];
    }
    act->number = invite.id;
    return act_step(acting,
                    acting->directory->invite_make(acting->store, &invite, act->token,
                                                   acting->now_ms, act->text ? act->text : ""));
}

int act_invite(struct acting *acting)
{
    struct act *act = acting->act;
    if (act->role == ROLE_GUEST)
        act->role = ROLE_MEMBER;
    if (act->rooms_count > ACT_ROOMS_MAX)
        return ERR_PROTOCOL;
    int result = may_invite_as(acting, act->role);
    if (result == OK)
        result = may_invite_into(acting);
    if (result == OK)
        result = make_invitation(acting, act->role);
    return result == OK ? act_audit(acting, "invite", 0, 0, role_name(act->role)) : result;
}

/* What the rules ask of whoever has made it. ERR_NOT_FOUND: that is nobody any more, or banned. */
static int look_at_inviter(const struct acting *acting, const struct invite_record *invite,
                           struct may_query *ret_query)
{
    struct store *store = acting->store;
    struct person_record inviter;
    uint64_t until_ms;
    bool console = invite->by == PERSON_CONSOLE;
    int result = act_step(acting, store->ops->person_get(store, invite->by, &inviter));
    if (result != OK)
        return result;
    *ret_query = (struct may_query){
        .role = inviter.role,
        .member = console,
        .host = console,
        .other = ROLE_MEMBER,
        .wanted = invite->role,
    };
    result =
        act_step(acting, acting->directory->ban_of(store, invite->by, acting->now_ms, &until_ms));
    if (result == OK)
        return ERR_NOT_FOUND;
    return result == ERR_NOT_FOUND ? OK : result;
}

static int leave_out_rooms(const struct acting *acting, const struct may_query *inviter,
                           struct invite_record *invite)
{
    size_t count = 0;
    for (size_t i = 0; i < invite->rooms_count; i++) {
        struct may_query query = *inviter;
        int result = act_look_at_room(acting, invite->by, invite->rooms[i], &query);
        if (result != OK && result != ERR_NOT_FOUND)
            return result;
        if (result == OK && may(ACTION_ADD, &query) == OK)
            invite->rooms[count++] = invite->rooms[i];
    }
    invite->rooms_count = count;
    return OK;
}

int act_weigh_invitation(const struct acting *acting, struct invite_record *invite)
{
    struct may_query query;
    int result = look_at_inviter(acting, invite, &query);
    bool worthless =
        result == OK && (may(ACTION_INVITE, &query) != OK ||
                         (invite->role != ROLE_MEMBER && may(ACTION_ROLE, &query) != OK));
    if (worthless || result == ERR_NOT_FOUND)
        return act_refuse(acting, ERR_NOT_FOUND, REFUSED_TOKEN);
    return result == OK ? leave_out_rooms(acting, &query, invite) : result;
}

int act_invite_end(struct acting *acting)
{
    int result = act_may(acting, ACTION_INVITE);
    if (result == OK)
        result =
            act_step(acting, acting->directory->invite_end(acting->store, acting->act->number));
    if (result == ERR_NOT_FOUND)
        return act_refuse(acting, result, REFUSED_NO_THING);
    return result == OK ? act_audit(acting, "invite_end", 0, 0, NULL) : result;
}

int act_owner_link(struct acting *acting)
{
    struct act *act = acting->act;
    uint64_t owners;
    if (acting->event->person != PERSON_CONSOLE)
        return ERR_DENIED;
    int result =
        act_step(acting, acting->directory->people_with_role(acting->store, ROLE_OWNER, &owners));
    if (result != OK)
        return result;
    if (owners > 0)
        return ERR_EXISTS;
    act->count = 1;
    act->rooms_count = 0;
    return make_invitation(acting, ROLE_OWNER);
}

/* ---- bots ---- */

/* A bot is in the lobby, as everybody is, and otherwise where it is put. */
int act_bot(struct acting *acting)
{
    struct act *act = acting->act;
    struct store *store = acting->store;
    struct person_record record = {.id = settle_random_id(acting->sequencer), .name = act->name};
    name_fold(&record.name, &record.folded);
    int result = act_may(acting, ACTION_BOTS);
    if (result == OK)
        result = settle_claim(acting->sequencer, record.id, &record.folded);
    if (result == ERR_EXISTS)
        return act_refuse(acting, result, REFUSED_NAME_TAKEN);
    if (result == OK)
        result = act_make_bot(acting, &record, act->token, "bot");
    if (result == OK)
        result = act_step(acting, store->ops->member_set(store, ROOM_LOBBY, record.id, true));
    act->person = record.id;
    return result == OK ? act_audit(acting, "bot", record.id, 0, NULL) : result;
}

/* Its name goes on standing at what it said. */
int act_bot_end(struct acting *acting)
{
    int result = act_may(acting, ACTION_BOTS);
    if (result == OK)
        result = act_find_other(acting);
    if (result == OK && acting->other.role != ROLE_BOT)
        result = act_refuse(acting, ERR_NOT_FOUND, REFUSED_NO_THING);
    if (result == OK)
        result = act_erase_person(acting, acting->other.id, &acting->other.name);
    return result == OK ? act_audit(acting, "bot_end", acting->other.id, 0, NULL) : result;
}

/* ---- webhooks ---- */

static int put_into_room(const struct acting *acting, uint64_t room,
                         const struct person_record *bot)
{
    struct event *added = event_new(EVENT_ADDED_BY, slice_of(NULL, 0), slice_of(NULL, 0));
    added->person = acting->event->person;
    added->target = bot->id;
    added->room = room;
    return settle_consequence(acting->sequencer, acting->event, added);
}

/* Many rooms have a webhook of the same name: the bots are numbered. */
int act_hook(struct acting *acting)
{
    struct act *act = acting->act;
    struct person_record bot = {.id = settle_random_id(acting->sequencer)};
    uint8_t session[ACT_HASH_BYTES];
    int result = act_may_in(acting, ACTION_SETTINGS, act->room, ROLE_GUEST);
    if (result == OK)
        result = settle_free_name(acting->sequencer, &bot, &act->name);
    act_hook_session(act->token, session);
    if (result == OK)
        result = act_make_bot(acting, &bot, session, "webhook");
    const struct hook_record hook = {
        .id = settle_random_id(acting->sequencer),
        .room = act->room,
        .person = bot.id,
    };
    if (result == OK)
        result =
            act_step(acting, acting->directory->hook_make(acting->store, &hook, act->token,
                                                          acting->event->person, acting->now_ms));
    if (result == OK)
        result = put_into_room(acting, act->room, &bot);
    act->number = hook.id;
    act->person = bot.id;
    return result == OK ? act_audit(acting, "webhook", bot.id, act->room, NULL) : result;
}

/* Whoever may set the room, or is responsible for bots. To others there is none. */
static int may_end_hook(const struct acting *acting, const struct hook_record *hook)
{
    int result = act_may_in(acting, ACTION_SETTINGS, hook->room, ROLE_GUEST);
    if (result == OK || acting->sequencer->failed != OK)
        return result;
    uint8_t refusal = acting->event->refusal;
    acting->event->no_room = false;
    if (act_may(acting, ACTION_BOTS) == OK) {
        acting->event->refusal = REFUSED_PLAIN;
        return OK;
    }
    if (result == ERR_NOT_FOUND)
        return act_refuse(acting, result, REFUSED_NO_THING);
    acting->event->refusal = refusal;
    return result;
}

int act_hook_end(struct acting *acting)
{
    struct act *act = acting->act;
    struct hook_record hook;
    int result = act_step(acting, acting->directory->hook_get(acting->store, act->number, &hook));
    if (result == ERR_NOT_FOUND)
        return act_refuse(acting, result, REFUSED_NO_THING);
    if (result == OK)
        result = may_end_hook(acting, &hook);
    if (result != OK)
        return result;
    act->person = hook.person;
    result = act_find_other(acting);
    if (result == OK)
        result = act_erase_person(acting, hook.person, &acting->other.name);
    /* Erasing the bot may have ended it already. */
    if (result == OK || result == ERR_NOT_FOUND)
        result = act_step(acting, acting->directory->hook_end(acting->store, hook.id, &hook));
    if (result != OK && result != ERR_NOT_FOUND)
        return result;
    acting->event->refusal = REFUSED_PLAIN;
    return act_audit(acting, "webhook_end", hook.person, hook.room, NULL);
}
