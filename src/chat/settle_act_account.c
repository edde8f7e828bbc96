/*
 * Acts about one's own account: signing up and in, sessions, the password, the second factor, leaving.
 */

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "chat/settle_act.h"

static int check_not_banned(const struct acting *acting, uint64_t person)
{
    uint64_t until_ms;
    int result = act_step(
        acting, acting->directory->ban_of(acting->store, person, acting->now_ms, &until_ms));
    if (result == OK)
        return act_refuse(acting, ERR_DENIED, REFUSED_BANNED);
    return result == ERR_NOT_FOUND ? OK : result;
}

/* ---- signing up ---- */

/* The link that makes the first owner is worth nothing once there is one. */
static int check_owner_link(const struct acting *acting)
{
    uint64_t owners;
    int result =
        act_step(acting, acting->directory->people_with_role(acting->store, ROLE_OWNER, &owners));
    if (result == OK && owners > 0)
        return act_refuse(acting, ERR_NOT_FOUND, REFUSED_TOKEN);
    return result;
}

static int check_invitation(const struct acting *acting, struct invite_record *ret_invite)
{
    uint8_t sign_up = acting->sequencer->limits.sign_up;
    const struct act *act = acting->act;
    int result = act_step(acting, acting->directory->invite_get(acting->store, act->token,
                                                                acting->now_ms, ret_invite));
    if (result == ERR_NOT_FOUND)
        return act_refuse(acting, result, REFUSED_TOKEN);
    if (result != OK)
        return result;
    if (ret_invite->role == ROLE_OWNER)
        return check_owner_link(acting);
    if (sign_up == SIGN_UP_CLOSED)
        return act_refuse(acting, ERR_DENIED, REFUSED_SIGN_UP);
    return act_weigh_invitation(acting, ret_invite);
}

/* Whether anybody may sign up now; with what role, and into which rooms, is in the invitation. */
static int check_sign_up(const struct acting *acting, struct invite_record *ret_invite)
{
    const struct server_state *server = acting->sequencer->server;
    *ret_invite = (struct invite_record){.role = ROLE_MEMBER};
    if (acting->act->has_token)
        return check_invitation(acting, ret_invite);
    if (acting->sequencer->limits.sign_up != SIGN_UP_OPEN)
        return act_refuse(acting, ERR_DENIED, REFUSED_SIGN_UP);
    if (server && server->members_only)
        return act_refuse(acting, ERR_DENIED, REFUSED_BRAKE);
    return OK;
}

/* Who is to have the account: the guest that asks, or somebody new (id 0). */
static int find_guest(const struct acting *acting, struct person_record *ret_record)
{
    struct store *store = acting->store;
    uint64_t id = acting->event->person;
    *ret_record = (struct person_record){.id = 0};
    if (id == 0)
        return OK;
    int result = act_step(acting, store->ops->person_get(store, id, ret_record));
    if (result == OK && ret_record->role != ROLE_GUEST)
        return ERR_EXISTS;
    return result;
}

static int take_name(const struct acting *acting, struct person_record *record)
{
    record->name = acting->act->name;
    record->seen_ms = acting->now_ms;
    name_fold(&record->name, &record->folded);
    int result = settle_claim(acting->sequencer, record->id, &record->folded);
    return result == ERR_EXISTS ? act_refuse(acting, result, REFUSED_NAME_TAKEN) : result;
}

/* Everybody is in the lobby, and has read what was said there before. */
static int make_member(const struct acting *acting, struct person_record *record)
{
    struct store *store = acting->store;
    const struct room_head *head = &acting->sequencer->community.lobby->head;
    record->id = settle_random_id(acting->sequencer);
    int result = settle_make_person(acting->sequencer, record);
    if (result == OK)
        result = act_step(acting, store->ops->member_set(store, ROOM_LOBBY, record->id, true));
    if (result == OK)
        result = act_step(
            acting, store->ops->read_set(store, ROOM_LOBBY, record->id, head->seq, head->messages));
    return result;
}

/* What a guest could be known by until now must not open an account. */
static int raise_guest(const struct acting *acting, const struct person_record *record)
{
    struct store *store = acting->store;
    const struct directory_ops *directory = acting->directory;
    int result = act_step(acting, store->ops->person_update(store, record));
    if (result == OK)
        result = act_step(acting, directory->person_set_role(store, record->id, record->role));
    if (result == OK)
        result = act_step(acting, directory->sessions_end(store, record->id, 0));
    return result;
}

static int make_account(const struct acting *acting, struct person_record *record)
{
    struct store *store = acting->store;
    const struct directory_ops *directory = acting->directory;
    const struct act *act = acting->act;
    int result = record->id == 0 ? make_member(acting, record) : raise_guest(acting, record);
    if (result == OK)
        result = act_step(
            acting, directory->account_set_secret(store, record->id, act->secret, acting->now_ms));
    if (result == OK && act->display.len > 0) {
        record->display = act->display;
        result = act_step(acting, directory->person_set_profile(store, record->id, &record->display,
                                                                record->color));
    }
    return result == OK ? act_make_session(acting, record->id) : result;
}

/* ---- the rooms that a newcomer is in at once ---- */

enum { DEFAULT_ROOMS_MAX = 100 };

struct rooms_wanted {
    size_t count;
    uint64_t list[DEFAULT_ROOMS_MAX + ACT_ROOMS_MAX];
};

static void want_default(void *ctx, uint64_t room)
{
    struct rooms_wanted *wanted = ctx;
    if (room != ROOM_LOBBY && wanted->count < DEFAULT_ROOMS_MAX)
        wanted->list[wanted->count++] = room;
}

/* A room may have changed, or be no more, since the invitation was made. */
static bool can_be_joined(const struct acting *acting, uint64_t room)
{
    struct store *store = acting->store;
    struct room_record record;
    if (room == ROOM_LOBBY || act_step(acting, store->ops->room_get(store, room, &record)) != OK)
        return false;
    mem_free(record.topic);
    return record.kind != ROOM_DIRECT && !(record.flags & ROOM_FLAG_ARCHIVED);
}

static int join_rooms(const struct acting *acting, const struct person_record *record,
                      const struct invite_record *invite)
{
    struct sequencer *sequencer = acting->sequencer;
    struct store *store = acting->store;
    struct rooms_wanted wanted = {.count = 0};
    int result = act_step(
        acting, store->ops->rooms_with_flag(store, ROOM_FLAG_DEFAULT, want_default, &wanted));
    for (size_t i = 0; i < invite->rooms_count; i++)
        wanted.list[wanted.count++] = invite->rooms[i];
    for (size_t i = 0; result == OK && i < wanted.count; i++) {
        if (!can_be_joined(acting, wanted.list[i]))
            continue;
        struct event *joined = event_new(EVENT_JOINED, slice_of(NULL, 0), slice_of(NULL, 0));
        joined->person = record->id;
        joined->name = record->name;
        joined->room = wanted.list[i];
        result = settle_consequence(sequencer, acting->event, joined);
        /* Whoever is in as many rooms as can be is not kept from signing up. */
        result = result == ERR_LIMIT ? OK : result;
    }
    return result == OK ? sequencer->failed : result;
}

int act_sign_up(struct acting *acting)
{
    struct invite_record invite;
    struct person_record record;
    int result = find_guest(acting, &record);
    if (result == OK)
        result = check_sign_up(acting, &invite);
    if (result == OK)
        result = take_name(acting, &record);
    if (result == OK && acting->act->has_token)
        result = act_step(acting, acting->directory->invite_use(acting->store, invite.id));
    if (result == ERR_NOT_FOUND)
        return act_refuse(acting, result, REFUSED_TOKEN);
    if (result != OK)
        return result;
    record.role = invite.role;
    result = make_account(acting, &record);
    if (result == OK)
        result = join_rooms(acting, &record, &invite);
    if (result == OK)
        settle_take_person(acting->event, &record);
    return result;
}

/* ---- signing in ---- */

/* Whether the secret that the door has checked is still the account's. */
static int check_secret(const struct acting *acting, uint64_t person,
                        struct account_record *ret_account)
{
    int result =
        act_step(acting, acting->directory->account_get(acting->store, person, ret_account));
    if (result != OK && result != ERR_NOT_FOUND)
        return result;
    if (result != OK || ret_account->secret[0] == '\0' ||
        act_secret_digest(ret_account->secret) != acting->act->number)
        return act_refuse(acting, ERR_DENIED, REFUSED_SIGN_IN);
    return OK;
}

/* Each code opens once. */
static int use_code(const struct acting *acting, const struct account_record *account)
{
    const struct act *act = acting->act;
    int result;
    if (!account->has_totp)
        return OK;
    if (!act->totp_given)
        return act_refuse(acting, ERR_DENIED, REFUSED_CODE);
    if (act->has_recovery)
        result = acting->directory->account_use_code(acting->store, act->person, act->recovery);
    else
        result = acting->directory->account_use_step(acting->store, act->person, act->code_step);
    result = act_step(acting, result);
    if (result == ERR_NOT_FOUND || result == ERR_EXISTS)
        return act_refuse(acting, ERR_DENIED, REFUSED_CODE);
    return result;
}

int act_sign_in(struct acting *acting)
{
    struct act *act = acting->act;
    struct account_record account;
    int result = act_find_other(acting);
    if (result == ERR_NOT_FOUND)
        return act_refuse(acting, ERR_DENIED, REFUSED_SIGN_IN);
    if (result == OK)
        result = check_secret(acting, act->person, &account);
    if (result == OK)
        result = check_not_banned(acting, act->person);
    if (result == OK)
        result = use_code(acting, &account);
    if (result == OK && act->secret[0] != '\0')
        result = act_step(acting, acting->directory->account_set_secret(
                                      acting->store, act->person, act->secret, acting->now_ms));
    if (result == OK)
        result = act_make_session(acting, act->person);
    if (result == OK)
        settle_take_person(acting->event, &acting->other);
    return result;
}

/* Somebody with a second factor has to show it, although a moderator has made the link. */
int act_reset_use(struct acting *acting)
{
    struct act *act = acting->act;
    struct store *store = acting->store;
    const struct directory_ops *directory = acting->directory;
    struct account_record account = {.has_totp = false};
    int result =
        act_step(acting, directory->reset_use(store, act->token, acting->now_ms, &act->person));
    if (result == OK)
        result = act_find_other(acting);
    if (result == ERR_NOT_FOUND)
        return act_refuse(acting, result, REFUSED_TOKEN);
    if (result == OK)
        result = check_not_banned(acting, act->person);
    if (result == OK)
        result = act_step(acting, directory->account_get(store, act->person, &account));
    if (result == OK)
        result = act_step(
            acting, directory->account_set_secret(store, act->person, act->secret, acting->now_ms));
    if (result == OK)
        result = act_step(acting, directory->sessions_end(store, act->person, 0));
    acting->event->session = 0;
    if (result == OK && !account.has_totp)
        result = act_make_session(acting, act->person);
    if (result == OK)
        settle_take_person(acting->event, &acting->other);
    return result;
}

/* ---- sessions ---- */

static int end_session(const struct acting *acting, uint64_t id)
{
    int result =
        act_step(acting, acting->directory->session_end(acting->store, acting->event->person, id));
    return result == ERR_NOT_FOUND ? act_refuse(acting, result, REFUSED_NO_THING) : result;
}

int act_sign_out(struct acting *acting)
{
    return end_session(acting, acting->event->session);
}

int act_session_end(struct acting *acting)
{
    return end_session(acting, acting->act->number);
}

/* All but the one in which this is said. */
static int end_other_sessions(const struct acting *acting)
{
    const struct event *event = acting->event;
    return act_step(acting,
                    acting->directory->sessions_end(acting->store, event->person, event->session));
}

int act_sessions_end(struct acting *acting)
{
    return end_other_sessions(acting);
}

/* ---- the secret ---- */

/* As check_secret, for oneself; a guest has none. */
static int check_own_secret(const struct acting *acting, struct account_record *ret_account)
{
    uint64_t person = acting->event->person;
    int result =
        act_step(acting, acting->directory->account_get(acting->store, person, ret_account));
    if (result == ERR_NOT_FOUND || (result == OK && ret_account->secret[0] == '\0'))
        return act_refuse(acting, ERR_DENIED, REFUSED_GUEST);
    return result == OK ? check_secret(acting, person, ret_account) : result;
}

int act_password(struct acting *acting)
{
    struct account_record account;
    int result = check_own_secret(acting, &account);
    if (result == OK)
        result = act_step(
            acting, acting->directory->account_set_secret(acting->store, acting->event->person,
                                                          acting->act->secret, acting->now_ms));
    return result == OK ? end_other_sessions(acting) : result;
}

/* An existing second factor is taken off first, which takes the password: whoever has stolen a session cannot change it. */
int act_totp_on(struct acting *acting)
{
    const struct act *act = acting->act;
    struct store *store = acting->store;
    const struct directory_ops *directory = acting->directory;
    uint64_t person = acting->event->person;
    struct account_record account;
    int result = act_step(acting, directory->account_get(store, person, &account));
    if (result == ERR_NOT_FOUND || (result == OK && account.secret[0] == '\0'))
        return act_refuse(acting, ERR_DENIED, REFUSED_GUEST);
    if (result == OK && account.has_totp)
        return ERR_EXISTS;
    if (result == OK)
        result = act_step(
            acting, directory->account_set_totp(store, person, act->totp, act->codes, ACT_CODES));
    if (result == OK)
        result = act_step(acting, directory->account_use_step(store, person, act->code_step));
    /* The step of another secret, used a moment ago: the proof cannot be shown again, either. */
    return result == ERR_EXISTS ? OK : result;
}

int act_totp_off(struct acting *acting)
{
    struct account_record account;
    int result = check_own_secret(acting, &account);
    if (result != OK)
        return result;
    if (!account.has_totp)
        return act_no_change(acting);
    return act_step(acting, acting->directory->account_set_totp(
                                acting->store, acting->event->person, NULL, NULL, 0));
}

/* ---- leaving ---- */

static void name_of_gone(const struct acting *acting, struct name *ret_name)
{
    enum { NUMBERS = 9000, NUMBER_FIRST = 1000 };
    const struct name gone = {.len = 4, .text = "Gone"};
    unsigned number = NUMBER_FIRST + (unsigned)(acting->sequencer->limits.chance() % NUMBERS);
    name_with_number(&gone, number, ret_name);
}

int act_leave(struct acting *acting)
{
    struct store *store = acting->store;
    uint64_t other = acting->act->person;
    uint64_t id = other != 0 ? other : acting->event->person;
    struct person_record person;
    struct account_record account = {.secret = ""};
    if (id == PERSON_CONSOLE || (other != 0 && acting->event->person != PERSON_CONSOLE))
        return ERR_DENIED;
    int result = act_step(acting, store->ops->person_get(store, id, &person));
    if (result == OK)
        result = act_step(acting, acting->directory->account_get(store, id, &account));
    if (result == ERR_NOT_FOUND && other != 0)
        return act_refuse(acting, ERR_NOT_FOUND, REFUSED_NO_PERSON);
    if (result != OK && result != ERR_NOT_FOUND)
        return result;
    if (person.role == ROLE_BOT)
        return ERR_DENIED;
    if (other == 0 && act_secret_digest(account.secret) != acting->act->number)
        return act_refuse(acting, ERR_DENIED, REFUSED_SIGN_IN);
    result = act_keep_an_owner(acting, &person);
    if (result != OK)
        return result;
    name_of_gone(acting, &acting->act->name);
    result = act_erase_person(acting, id, &acting->act->name);
    return result == OK && other != 0 ? act_audit(acting, "delete", other, 0, NULL) : result;
}

/* ---- how one is shown ---- */

int act_profile(struct acting *acting)
{
    const struct act *act = acting->act;
    struct may_query query;
    settle_query(acting->sequencer, acting->event->person, &query);
    if (query.role == ROLE_GUEST)
        return act_refuse(acting, ERR_DENIED, REFUSED_GUEST);
    if (query.muted)
        return act_refuse(acting, ERR_DENIED, REFUSED_MUTED);
    if (act->color > 0xffffff)
        return ERR_PROTOCOL;
    return act_step(acting, acting->directory->person_set_profile(
                                acting->store, acting->event->person, &act->display, act->color));
}
