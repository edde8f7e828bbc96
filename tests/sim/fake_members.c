/*
 * The fake store's members; and who may say what where, as simply as it can be said: the domain's table is much
 * longer, but must never let more through.
 */

#include "array.h"
#include "base/assert.h"
#include "chat/role.h"
#include "fake_state.h"

static struct fake_store *of(struct store *store)
{
    return (struct fake_store *)store;
}

/* ---- steps ---- */

int fake_member_set(struct store *store, uint64_t room, uint64_t person, bool on)
{
    struct fake_store *fake = of(store);
    struct fake_member *member = fake_find_member(fake, room, person);
    int result = fake_step(fake);
    if (result != OK)
        return result;
    if ((member != NULL) == on)
        return on ? ERR_EXISTS : ERR_NOT_FOUND;
    struct fake_undo *undo = fake_note(fake, on ? UNDO_MEMBER_ADD : UNDO_MEMBER_REMOVE, room, 0);
    if (on) {
        undo->member = (struct fake_member){.room = room, .person = person};
        *ARRAY_ADD(fake->members, fake->members_count, fake->members_cap) = undo->member;
    } else {
        undo->member = *member;
        fake_take_member_away(fake, member);
    }
    return OK;
}

static struct seat_record seat_of(const struct fake_member *member)
{
    return (struct seat_record){
        .room = member->room,
        .read = member->read,
        .read_count = member->read_count,
        .level = member->level,
        .host = member->host,
    };
}

int fake_member_get(struct store *store, uint64_t room, uint64_t person,
                    struct seat_record *ret_seat)
{
    const struct fake_member *member = fake_find_member(of(store), room, person);
    if (!member)
        return ERR_NOT_FOUND;
    *ret_seat = seat_of(member);
    return OK;
}

/* Notes what the member was. NULL: it is none. */
static struct fake_member *change(struct fake_store *fake, uint64_t room, uint64_t person)
{
    struct fake_member *member = fake_find_member(fake, room, person);
    if (member)
        fake_note(fake, UNDO_MEMBER, room, 0)->member = *member;
    return member;
}

int fake_member_set_host(struct store *store, uint64_t room, uint64_t person, bool host)
{
    struct fake_store *fake = of(store);
    int result = fake_step(fake);
    struct fake_member *member = result == OK ? change(fake, room, person) : NULL;
    if (!member)
        return result == OK ? ERR_NOT_FOUND : result;
    member->host = host;
    return OK;
}

int fake_member_set_level(struct store *store, uint64_t room, uint64_t person, uint8_t level)
{
    struct fake_store *fake = of(store);
    int result = fake_step(fake);
    struct fake_member *member = result == OK ? change(fake, room, person) : NULL;
    if (!member)
        return result == OK ? ERR_NOT_FOUND : result;
    member->level = level;
    return OK;
}

/* Whoever is let in has read the event that lets it in, which is appended after that. */
int fake_read_set(struct store *store, uint64_t room, uint64_t person, uint64_t seq, uint64_t count)
{
    struct fake_store *fake = of(store);
    struct fake_member *member = fake_find_member(fake, room, person);
    int result = fake_step(fake);
    if (result != OK)
        return result;
    if (!member || member->read >= seq)
        return OK;
    if (seq > fake_store_room(fake, room)->count + 1)
        fake->wrong = "a read mark stands behind the head";
    member = change(fake, room, person);
    member->read = seq;
    member->read_count = count;
    return OK;
}

int fake_rooms_of(struct store *store, uint64_t person,
                  void (*visit)(void *ctx, const struct seat_record *seat), void *ctx)
{
    const struct fake_store *fake = of(store);
    for (size_t i = 0; i < fake->members_count; i++) {
        const struct seat_record seat = seat_of(&fake->members[i]);
        if (fake->members[i].person == person)
            visit(ctx, &seat);
    }
    return OK;
}

int fake_people_of(struct store *store, uint64_t room, struct peer *ret_people, unsigned max,
                   unsigned *ret_count)
{
    const struct fake_store *fake = of(store);
    unsigned count = 0;
    for (size_t i = 0; i < fake->members_count && count < max; i++) {
        if (fake->members[i].room == room)
            ret_people[count++] = (struct peer){.id = fake->members[i].person};
    }
    *ret_count = count;
    return OK;
}

/* Nobody names anybody here: texts are numbers. */
int fake_mentions_behind(struct store *store, uint64_t room, uint64_t person, uint64_t seq,
                         uint32_t *ret_count)
{
    (void)store;
    (void)room;
    (void)person;
    (void)seq;
    *ret_count = 0;
    return OK;
}

/* ---- the truth ---- */

bool fake_store_is_host(const struct fake_store *fake, uint64_t room, uint64_t person)
{
    const struct fake_member *member = fake_find_member(fake, room, person);
    return member && member->host;
}

/* Who is in the room besides the author, or is not any more. */
static const char *check_other(const struct fake_store *fake, const struct event *event)
{
    bool in = fake_store_is_member(fake, event->room, event->target);
    switch (event->kind) {
    case EVENT_ADDED_BY:
    case EVENT_HOST:
    case EVENT_UNHOST:
        return in ? NULL : "somebody was put into a room, or made a host, who is not in it";
    case EVENT_REMOVED:
        return in ? "somebody was taken out of a room who is in it still" : NULL;
    default:
        return NULL;
    }
}

uint8_t fake_role_of(const struct fake_store *fake, uint64_t person)
{
    const struct person_record *record = fake_find_person(fake, person);
    return record ? record->role : ROLE_GUEST;
}

/* What takes an office, or to be a host of the room. */
static const char *check_office(const struct fake_store *fake, const struct event *event)
{
    const struct fake_room *room = fake_store_room(fake, event->room);
    uint8_t role = fake_role_of(fake, event->person);
    const struct fake_event *target = fake_store_event(fake, event->room, event->target);
    /* A host may cease to be one. */
    bool ceases = event->kind == EVENT_UNHOST && event->target == event->person;
    bool host = ceases || fake_store_is_host(fake, event->room, event->person);
    switch (event->kind) {
    case EVENT_REMOVED:
        return host || role >= ROLE_MODERATOR ? NULL
                                              : "somebody was taken out by somebody who is no host";
    case EVENT_DELETE:
        return host || role >= ROLE_MODERATOR || (target && target->person == event->person)
                   ? NULL
                   : "somebody deleted what another one said";
    case EVENT_EDIT:
        return target && target->person == event->person ? NULL
                                                         : "somebody changed what another one said";
    case EVENT_HOST:
    case EVENT_UNHOST:
    case EVENT_SETTINGS:
        return host || role >= ROLE_ADMIN ? NULL : "somebody who is no host did what hosts do";
    case EVENT_ADDED_BY:
        return host || role >= ROLE_ADMIN || room->record.kind == ROOM_PUBLIC
                   ? NULL
                   : "somebody was let into a private room by somebody who is no host";
    case EVENT_JOINED:
        return room->record.kind == ROOM_PRIVATE ? "somebody came into a private room uninvited"
                                                 : NULL;
    default:
        return NULL;
    }
}

/* Who may not speak at all. */
static const char *check_silence(const struct fake_store *fake, const struct event *event)
{
    const struct person_record *person =
        event->visitor ? NULL : fake_find_person(fake, event->person);
    if (person && fake_is_erased(person))
        return "somebody is heard who has left the server";
    if (event->kind != EVENT_MESSAGE && event->kind != EVENT_EDIT && event->kind != EVENT_REACT)
        return NULL;
    if (person && person->muted_ms == UINT64_MAX >> 1)
        return "somebody is heard who is muted";
    if (fake->server.members_only && (!person || person->role == ROLE_GUEST))
        return "a guest is heard while the brake is on";
    return NULL;
}

/* Whoever speaks in a room is in it; whoever leaves has just left. A moderator deletes wherever it is. */
const char *fake_check_author(const struct fake_store *fake, const struct event *event)
{
    const struct fake_room *room = fake_store_room(fake, event->room);
    bool in = event->visitor ? event->room == ROOM_LOBBY
                             : fake_store_is_member(fake, event->room, event->person);
    bool purges = event->kind == EVENT_DELETE && !event->has_cid;
    if (in == (event->kind == EVENT_LEFT) && !purges)
        return "an event of somebody who is not in the room";
    if ((room->record.flags & ROOM_FLAG_ARCHIVED) &&
        (event->kind == EVENT_MESSAGE || event->kind == EVENT_EDIT))
        return "something was said in a room that can be read only";
    const char *wrong = check_other(fake, event);
    wrong = wrong ? wrong : check_silence(fake, event);
    return wrong ? wrong : check_office(fake, event);
}
