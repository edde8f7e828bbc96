/*
 * Acts that keep order: roles, and what moderators do to people and about what was said.
 */

#include <stdio.h>

#include "base/error.h"
#include "base/memory.h"
#include "chat/settle_act.h"

enum { DETAIL_BYTES = ACT_TEXT_BYTES_MAX + 64 };

#define FOR_GOOD (UINT64_MAX >> 1)

static const char *reason_of(const struct acting *acting)
{
    return acting->act->text ? acting->act->text : "";
}

/* "for 3600 s: the reason"; 0 for good. A short term may be over before it begins. */
static void describe_term(const struct acting *acting, char ret_detail[DETAIL_BYTES])
{
    uint64_t until_ms = acting->act->until_ms;
    uint64_t term_ms = until_ms > acting->now_ms ? until_ms - acting->now_ms : 0;
    const char *reason = reason_of(acting);
    const char *colon = reason[0] ? ": " : "";
    if (until_ms == 0)
        (void)snprintf(ret_detail, DETAIL_BYTES, "for good%s%s", colon, reason);
    else
        (void)snprintf(ret_detail, DETAIL_BYTES, "for %llu s%s%s",
                       (unsigned long long)(term_ms / 1000), colon, reason);
}

/* Finds whom it is done to, and asks whether the author may. */
static int may_do(struct acting *acting, enum action action)
{
    int result = act_find_other(acting);
    return result == OK ? act_may_to_other(acting, action) : result;
}

/* ---- roles ---- */

int act_role(struct acting *acting)
{
    const struct act *act = acting->act;
    char detail[DETAIL_BYTES];
    int result = may_do(acting, ACTION_ROLE);
    if (result == ERR_DENIED && acting->other.role == ROLE_GUEST)
        return act_refuse(acting, result, REFUSED_GUEST);
    if (result != OK)
        return result;
    if (acting->other.role == act->role)
        return act_no_change(acting);
    result = act_keep_an_owner(acting, &acting->other);
    if (result == OK)
        result = act_step(
            acting, acting->directory->person_set_role(acting->store, act->person, act->role));
    if (result != OK)
        return result;
    (void)snprintf(detail, sizeof(detail), "%s to %s", role_name(acting->other.role),
                   role_name(act->role));
    return act_audit(acting, "role", act->person, 0, detail);
}

/* ---- what is done to somebody ---- */

int act_kick(struct acting *acting)
{
    uint64_t id = acting->act->person;
    int result = may_do(acting, ACTION_KICK);
    if (result == OK)
        result = act_step(acting, acting->directory->sessions_end(acting->store, id, 0));
    return result == OK ? act_audit(acting, "kick", id, 0, reason_of(acting)) : result;
}

int act_mute(struct acting *acting)
{
    struct act *act = acting->act;
    char detail[DETAIL_BYTES];
    int result = may_do(acting, ACTION_MUTE);
    if (result != OK)
        return result;
    describe_term(acting, detail);
    if (act->until_ms == 0)
        act->until_ms = FOR_GOOD;
    result = act_step(
        acting, acting->directory->person_set_muted(acting->store, act->person, act->until_ms));
    return result == OK ? act_audit(acting, "mute", act->person, 0, detail) : result;
}

int act_unmute(struct acting *acting)
{
    uint64_t id = acting->act->person;
    int result = may_do(acting, ACTION_MUTE);
    if (result == OK && acting->other.muted_ms <= acting->now_ms)
        return act_no_change(acting);
    if (result == OK)
        result = act_step(acting, acting->directory->person_set_muted(acting->store, id, 0));
    return result == OK ? act_audit(acting, "unmute", id, 0, NULL) : result;
}

/* ---- bans, and the server's state ---- */

static void note_ban(void *ctx, const struct ban_record *ban)
{
    struct server_state **state = ctx;
    *state = server_state_with_ban(*state, ban);
}

/* What every hub is told once it is kept: in the event. */
static int take_server_state(const struct acting *acting)
{
    struct server_record record;
    struct server_state *state = server_state_new(0);
    int result = act_step(acting, acting->directory->server_get(acting->store, &record));
    if (result == OK)
        result = act_step(acting, acting->directory->bans_of_addresses(
                                      acting->store, acting->now_ms, note_ban, &state));
    if (result != OK) {
        server_state_unref(state);
        return result;
    }
    state->members_only = record.members_only;
    state->slow_ms = record.slow_ms;
    state->name = record.name;
    acting->event->server = state;
    return OK;
}

static int make_ban(const struct acting *acting, uint64_t person)
{
    struct act *act = acting->act;
    char detail[DETAIL_BYTES];
    struct ban_record ban = {
        .id = settle_random_id(acting->sequencer),
        .person = person,
        .by = acting->event->person,
        .created_ms = acting->now_ms,
        .until_ms = act->until_ms,
    };
    if (person == 0)
        (void)snprintf(ban.address, sizeof(ban.address), "%s", act->address);
    act->number = ban.id;
    describe_term(acting, detail);
    int result =
        act_step(acting, acting->directory->ban_make(acting->store, &ban, reason_of(acting)));
    return result == OK ? act_audit(acting, "ban", person, 0, detail) : result;
}

static int ban_address(struct acting *acting)
{
    int result = act_may(acting, ACTION_BAN);
    if (result == OK && acting->act->address[0] == '\0')
        result = act_refuse(acting, ERR_NOT_FOUND, REFUSED_NO_PERSON);
    if (result == OK)
        result = make_ban(acting, 0);
    return result == OK ? take_server_state(acting) : result;
}

int act_ban(struct acting *acting)
{
    uint64_t id = acting->act->person;
    if (id == 0)
        return ban_address(acting);
    int result = may_do(acting, ACTION_BAN);
    if (result == OK)
        result = act_keep_an_owner(acting, &acting->other);
    if (result == OK)
        result = make_ban(acting, id);
    if (result == OK)
        result = act_step(acting, acting->directory->sessions_end(acting->store, id, 0));
    return result;
}

int act_ban_end(struct acting *acting)
{
    struct ban_record ban;
    int result = act_may(acting, ACTION_BAN);
    if (result == OK)
        result =
            act_step(acting, acting->directory->ban_end(acting->store, acting->act->number, &ban));
    if (result == ERR_NOT_FOUND)
        return act_refuse(acting, result, REFUSED_NO_THING);
    if (result == OK)
        result = act_audit(acting, "ban_end", ban.person, 0, ban.address);
    return result == OK && ban.person == 0 ? take_server_state(acting) : result;
}

int act_brake(struct acting *acting)
{
    const struct act *act = acting->act;
    struct server_record server;
    char detail[DETAIL_BYTES];
    int result = act_may(acting, ACTION_BRAKE);
    if (result == OK && act->slow_ms > SLOW_MS_MAX)
        result = ERR_LIMIT;
    if (result == OK)
        result = act_step(acting, acting->directory->server_get(acting->store, &server));
    if (result != OK)
        return result;
    server.members_only = act->members_only;
    server.slow_ms = act->slow_ms;
    result = act_step(acting, acting->directory->server_set(acting->store, &server));
    if (result != OK)
        return result;
    (void)snprintf(detail, sizeof(detail), "members only %s, slow mode %u ms",
                   act->members_only ? "on" : "off", act->slow_ms);
    result = act_audit(acting, "brake", 0, 0, detail);
    return result == OK ? take_server_state(acting) : result;
}

/* The audit log has the new name: everybody can see it, and what it was stands one line before. */
int act_server_name(struct acting *acting)
{
    const struct name *name = &acting->act->name;
    struct server_record server;
    int result = act_may(acting, ACTION_SERVER_NAME);
    if (result == OK)
        result = act_step(acting, acting->directory->server_get(acting->store, &server));
    if (result != OK)
        return result;
    if (slice_equals(name_slice(&server.name), name_slice(name)))
        return act_no_change(acting);
    server.name = *name;
    result = act_step(acting, acting->directory->server_set(acting->store, &server));
    if (result == OK)
        result = act_audit(acting, "server_name", 0, 0, name->text);
    return result == OK ? take_server_state(acting) : result;
}

/* ---- about what was said ---- */

/* The same report again is the same report. */
int act_report(struct acting *acting)
{
    struct act *act = acting->act;
    struct store *store = acting->store;
    struct message_record message = {.deleted = true};
    int result = act_may_in(acting, ACTION_REPORT, act->room, ROLE_GUEST);
    if (result == OK) {
        result = act_step(acting, store->ops->message_get(store, act->room, act->seq, &message));
        result = result == OK && message.deleted ? ERR_NOT_FOUND : result;
    }
    if (result != OK)
        return result;
    result = act_step(acting, acting->directory->report_make(
                                  store, act->room, act->seq, message.author, acting->event->person,
                                  reason_of(acting), acting->now_ms, &act->number));
    return result == ERR_EXISTS ? act_no_change(acting) : result;
}

int act_report_end(struct acting *acting)
{
    const struct act *act = acting->act;
    int result = act_may(acting, ACTION_REPORTS);
    if (result == OK)
        result = act_step(acting, acting->directory->report_end(acting->store, act->number,
                                                                acting->event->person,
                                                                reason_of(acting), acting->now_ms));
    if (result == ERR_NOT_FOUND)
        return act_refuse(acting, result, REFUSED_NO_THING);
    return result == OK ? act_audit(acting, "report_end", 0, 0, reason_of(acting)) : result;
}

/* In rooms, too, that the moderator is not in: a flood stops everywhere, and nothing of it is shown to anybody. */
static int erase_message(const struct acting *acting, uint64_t room, uint64_t seq)
{
    struct event *erased = event_new(EVENT_DELETE, slice_of(NULL, 0), slice_of(NULL, 0));
    erased->person = acting->event->person;
    erased->room = room;
    erased->target = seq;
    return settle_consequence(acting->sequencer, acting->event, erased);
}

int act_purge(struct acting *acting)
{
    struct act *act = acting->act;
    uint64_t rooms[PURGE_STEP + 1], seqs[PURGE_STEP + 1];
    unsigned found = 0;
    char detail[DETAIL_BYTES];
    act->count = 0;
    int result = may_do(acting, ACTION_PURGE);
    if (result == OK)
        result =
            act_step(acting, acting->directory->messages_of(acting->store, act->person,
                                                            PURGE_STEP + 1, rooms, seqs, &found));
    act->more = found > PURGE_STEP;
    for (unsigned i = 0; result == OK && i < found && i < PURGE_STEP; i++) {
        result = erase_message(acting, rooms[i], seqs[i]);
        act->count += result == OK;
    }
    if (result != OK || act->count == 0)
        return result;
    (void)snprintf(detail, sizeof(detail), "%u messages", act->count);
    return act_audit(acting, "purge", act->person, 0, detail);
}
