/*
 * What people do that is no event of a room's log: which act is whose, and what several of them need.
 */

#include "chat/settle_act.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

/* ---- the rules ---- */

int act_step(const struct acting *acting, int result)
{
    return settle_step(acting->sequencer, result);
}

int act_refuse(const struct acting *acting, int result, enum refusal refusal)
{
    acting->event->refusal = (uint8_t)refusal;
    return result;
}

int act_no_change(const struct acting *acting)
{
    acting->event->unchanged = true;
    return OK;
}

int act_find_other(struct acting *acting)
{
    struct store *store = acting->store;
    uint64_t id = acting->act->person;
    if (id == 0 || id == PERSON_CONSOLE)
        return act_refuse(acting, ERR_NOT_FOUND, REFUSED_NO_PERSON);
    int result = act_step(acting, store->ops->person_get(store, id, &acting->other));
    return result == ERR_NOT_FOUND ? act_refuse(acting, result, REFUSED_NO_PERSON) : result;
}

int act_may(const struct acting *acting, enum action action)
{
    return settle_may(acting->sequencer, acting->event, action, NULL, ROLE_GUEST);
}

int act_may_to_other(const struct acting *acting, enum action action)
{
    return settle_may(acting->sequencer, acting->event, action, &acting->other, acting->act->role);
}

int act_look_at_room(const struct acting *acting, uint64_t person, uint64_t id,
                     struct may_query *query)
{
    struct store *store = acting->store;
    struct room_record room;
    struct seat_record seat;
    int result = act_step(acting, store->ops->room_get(store, id, &room));
    if (result != OK)
        return result;
    mem_free(room.topic);
    query->lobby = id == ROOM_LOBBY;
    query->kind = room.kind;
    query->flags = room.flags;
    result = act_step(acting, store->ops->member_get(store, id, person, &seat));
    if (result == OK) {
        query->member = true;
        query->host |= seat.host;
    }
    return result == ERR_NOT_FOUND ? OK : result;
}

int act_may_in(const struct acting *acting, enum action action, uint64_t room, uint8_t other)
{
    struct may_query query;
    settle_query(acting->sequencer, acting->event->person, &query);
    query.other = other;
    int result = act_look_at_room(acting, acting->event->person, room, &query);
    if (result == OK)
        result = may(action, &query);
    if (result == ERR_DENIED)
        acting->event->refusal = settle_refusal(action, &query);
    acting->event->no_room = result == ERR_NOT_FOUND;
    return result;
}

int act_keep_an_owner(const struct acting *acting, const struct person_record *person)
{
    uint64_t owners;
    if (person->role != ROLE_OWNER)
        return OK;
    int result =
        act_step(acting, acting->directory->people_with_role(acting->store, ROLE_OWNER, &owners));
    if (result == OK && owners <= 1)
        return act_refuse(acting, ERR_DENIED, REFUSED_LAST_OWNER);
    return result;
}

/* ---- steps that several acts consist of ---- */

int act_audit(const struct acting *acting, const char *action, uint64_t person, uint64_t room,
              const char *detail)
{
    return act_step(acting,
                    acting->directory->audit(acting->store, acting->event->person, action, person,
                                             room, detail ? detail : "", acting->now_ms));
}

static int make_session(const struct acting *acting, uint64_t person,
                        const uint8_t hash[ACT_HASH_BYTES], const char *device, uint64_t *ret_id)
{
    const struct session_record session = {
        .id = settle_random_id(acting->sequencer),
        .person = person,
        .created_ms = acting->now_ms,
        .used_ms = acting->now_ms,
    };
    *ret_id = session.id;
    return act_step(acting, acting->directory->session_make(acting->store, &session, hash, device));
}

int act_make_session(const struct acting *acting, uint64_t person)
{
    const struct act *act = acting->act;
    return make_session(acting, person, act->hash, act->device, &acting->event->session);
}

int act_make_bot(const struct acting *acting, struct person_record *record,
                 const uint8_t session[ACT_HASH_BYTES], const char *device)
{
    uint64_t id;
    record->role = ROLE_BOT;
    record->seen_ms = acting->now_ms;
    int result = settle_make_person(acting->sequencer, record);
    if (result == OK)
        result = make_session(acting, record->id, session, device, &id);
    return result;
}

/* The rooms of a person, gathered before anything is done to them. */
struct rooms_found {
    size_t count;
    uint64_t list[PERSON_ROOMS_MAX + 1];
};

static void note_room(void *ctx, const struct seat_record *seat)
{
    struct rooms_found *found = ctx;
    if (found->count < sizeof(found->list) / sizeof(found->list[0]))
        found->list[found->count++] = seat->room;
}

/* Nobody comes to or goes from the lobby and direct rooms: there only the seat goes. */
static int leave_room(const struct acting *acting, uint64_t person, uint64_t room)
{
    struct store *store = acting->store;
    struct room_record record;
    if (room == ROOM_LOBBY)
        return OK;
    int result = act_step(acting, store->ops->room_get(store, room, &record));
    if (result != OK)
        return result == ERR_NOT_FOUND ? OK : result;
    mem_free(record.topic);
    if (record.kind == ROOM_DIRECT)
        return OK;
    struct event *left = event_new(EVENT_LEFT, slice_of(NULL, 0), slice_of(NULL, 0));
    left->person = person;
    left->room = room;
    return settle_consequence(acting->sequencer, acting->event, left);
}

int act_erase_person(const struct acting *acting, uint64_t person, const struct name *name)
{
    struct store *store = acting->store;
    struct rooms_found found = {.count = 0};
    int result = act_step(acting, store->ops->rooms_of(store, person, note_room, &found));
    for (size_t i = 0; result == OK && i < found.count; i++)
        result = leave_room(acting, person, found.list[i]);
    if (result == OK)
        result = act_step(acting, acting->directory->person_erase(store, person, name));
    return result;
}

/* ---- which act is whose ---- */

static act_run *const runs[ACT_END_KIND] = {
    [ACT_SIGN_UP] = act_sign_up,
    [ACT_SIGN_IN] = act_sign_in,
    [ACT_RESET_USE] = act_reset_use,
    [ACT_SIGN_OUT] = act_sign_out,
    [ACT_SESSION_END] = act_session_end,
    [ACT_SESSIONS_END] = act_sessions_end,
    [ACT_PASSWORD] = act_password,
    [ACT_TOTP_ON] = act_totp_on,
    [ACT_TOTP_OFF] = act_totp_off,
    [ACT_LEAVE] = act_leave,
    [ACT_PROFILE] = act_profile,
    [ACT_RESET_MAKE] = act_reset_make,
    [ACT_INVITE] = act_invite,
    [ACT_INVITE_END] = act_invite_end,
    [ACT_ROLE] = act_role,
    [ACT_BOT] = act_bot,
    [ACT_BOT_END] = act_bot_end,
    [ACT_HOOK] = act_hook,
    [ACT_HOOK_END] = act_hook_end,
    [ACT_KICK] = act_kick,
    [ACT_MUTE] = act_mute,
    [ACT_UNMUTE] = act_unmute,
    [ACT_BAN] = act_ban,
    [ACT_BAN_END] = act_ban_end,
    [ACT_REPORT] = act_report,
    [ACT_REPORT_END] = act_report_end,
    [ACT_PURGE] = act_purge,
    [ACT_BRAKE] = act_brake,
    [ACT_SERVER_NAME] = act_server_name,
    [ACT_OWNER_LINK] = act_owner_link,
    [ACT_FILE] = act_file,
    [ACT_FILE_END] = act_file_end,
    [ACT_FILE_THUMBNAIL] = act_file_thumbnail,
};

static bool is_for_strangers(uint8_t kind)
{
    return kind == ACT_SIGN_UP || kind == ACT_SIGN_IN || kind == ACT_RESET_USE;
}

/* Whether the author is somebody who may ask for anything at all. The program itself asks as the console's person. */
static bool is_heard(const struct acting *acting)
{
    uint64_t id = acting->event->person;
    const struct person *person = community_person(&acting->sequencer->community, id);
    if (id == 0)
        return is_for_strangers(acting->act->kind);
    return person ? !person->out : id == PERSON_CONSOLE;
}

static int run(struct acting *acting)
{
    uint8_t kind = acting->act->kind;
    if (kind >= ACT_END_KIND || !runs[kind])
        return ERR_PROTOCOL;
    if (!is_heard(acting))
        return act_refuse(acting, ERR_DENIED, REFUSED_KICKED);
    int result = settle_open(acting->sequencer);
    return result == OK ? runs[kind](acting) : result;
}

/*
 * The event is shown to every worker: nothing secret goes along. The hash of a token of 256 random bits is none, and the door that has
 * made the token finds it again by that.
 */
static void wipe(struct act *act)
{
    explicit_bzero(act->secret, sizeof(act->secret));
    explicit_bzero(act->hash, sizeof(act->hash));
    explicit_bzero(act->recovery, sizeof(act->recovery));
    explicit_bzero(act->totp, sizeof(act->totp));
    explicit_bzero(act->codes, sizeof(act->codes));
}

bool settle_act(struct sequencer *sequencer, struct event *event)
{
    struct acting acting = {
        .sequencer = sequencer,
        .store = sequencer->store,
        .directory = sequencer->store->directory,
        .event = event,
        .act = event->act,
        .now_ms = sequencer->wall_ms,
    };
    if (!acting.directory)
        event->result = act_refuse(&acting, ERR_DENIED, REFUSED_MEMORY);
    else
        event->result = run(&acting);
    wipe(event->act);
    return acting.directory != NULL;
}
