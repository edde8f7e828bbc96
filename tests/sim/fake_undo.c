/*
 * The fake store's transactions: every change is written down, and undone by going back.
 */

#include "array.h"
#include "base/assert.h"
#include "fake_state.h"

static struct fake_store *of(struct store *store)
{
    return (struct fake_store *)store;
}

/* ---- going back ---- */

struct fake_undo *fake_note(struct fake_store *fake, enum undo_kind kind, uint64_t room,
                            uint64_t seq)
{
    struct fake_undo *undo = ARRAY_ADD(fake->undo, fake->undo_count, fake->undo_cap);
    memset(undo, 0, sizeof(*undo));
    undo->kind = kind;
    undo->room = room;
    undo->seq = seq;
    return undo;
}

void fake_take_reaction_away(struct fake_store *fake, const struct fake_reaction *key)
{
    struct fake_reaction *reaction = fake_find_reaction(fake, key);
    *reaction = fake->reactions[--fake->reactions_count];
}

void fake_take_member_away(struct fake_store *fake, struct fake_member *member)
{
    *member = fake->members[--fake->members_count];
}

void fake_take_session_away(struct fake_store *fake, struct fake_session *session)
{
    *session = fake->sessions[--fake->sessions_count];
}

/* Whether nothing else of the room was appended since the undo at `from`. */
static bool is_first_of_room(const struct fake_store *fake, size_t from, size_t at)
{
    for (size_t i = from; i < at; i++) {
        if (fake->undo[i].kind == UNDO_APPEND && fake->undo[i].room == fake->undo[at].room)
            return false;
    }
    return true;
}

static void undo_append(struct fake_store *fake, const struct fake_undo *undo, bool as_ghost)
{
    struct fake_room *room = fake_store_room(fake, undo->room);
    ASSERT(room && room->count >= undo->seq);
    if (as_ghost)
        room->events[undo->seq - 1].ghost = true;
    else if (room->count == undo->seq)
        room->count--;
}

static void undo_one(struct fake_store *fake, const struct fake_undo *undo, bool as_ghost)
{
    switch (undo->kind) {
    case UNDO_APPEND:
        undo_append(fake, undo, as_ghost);
        break;
    case UNDO_EVENT:
        *fake_find_event(fake, undo->room, undo->seq) = undo->event;
        break;
    case UNDO_ROOM:
        mem_free(fake->rooms[--fake->rooms_count].events);
        break;
    case UNDO_TOPIC:
        fake_store_room(fake, undo->room)->topic = undo->number;
        break;
    case UNDO_REACTION_ADD:
        fake_take_reaction_away(fake, &undo->reaction);
        break;
    case UNDO_REACTION_REMOVE:
        *ARRAY_ADD(fake->reactions, fake->reactions_count, fake->reactions_cap) = undo->reaction;
        break;
    case UNDO_MEMBER_ADD:
        fake_take_member_away(fake, fake_find_member(fake, undo->member.room, undo->member.person));
        break;
    case UNDO_MEMBER_REMOVE:
        *ARRAY_ADD(fake->members, fake->members_count, fake->members_cap) = undo->member;
        break;
    case UNDO_RECORD:
        fake_store_room(fake, undo->room)->record = undo->record;
        break;
    case UNDO_MEMBER:
        *fake_find_member(fake, undo->member.room, undo->member.person) = undo->member;
        break;
    case UNDO_PERSON_ADD:
        fake->people_count--;
        break;
    case UNDO_PERSON:
        *fake_find_person(fake, undo->person.id) = undo->person;
        break;
    case UNDO_SESSION_ADD:
        fake_take_session_away(fake, fake_find_session(fake, undo->session.hash));
        break;
    case UNDO_SESSION_REMOVE:
        *ARRAY_ADD(fake->sessions, fake->sessions_count, fake->sessions_cap) = undo->session;
        break;
    case UNDO_SESSION_USED:
        *fake_find_session(fake, undo->session.hash) = undo->session;
        break;
    case UNDO_SERVER:
        fake->server = undo->server;
        break;
    }
}

static void go_back(struct fake_store *fake, size_t to, bool ghosts)
{
    while (fake->undo_count > to) {
        size_t at = fake->undo_count - 1;
        const struct fake_undo *undo = &fake->undo[at];
        bool as_ghost =
            ghosts && undo->kind == UNDO_APPEND && is_first_of_room(fake, to, at) && undo->seq > 1;
        undo_one(fake, undo, as_ghost);
        fake->undo_count--;
    }
}

static size_t committed(const struct fake_store *fake)
{
    return fake->marks[fake->marks_count - 1];
}

/* ---- transactions ---- */

int fake_step(struct fake_store *fake)
{
    ASSERT(fake->open);
    return dice_below(fake->dice, 100) < fake->fail_percent ? ERR_BUSY : OK;
}

int fake_begin(struct store *store)
{
    struct fake_store *fake = of(store);
    if (fake->open)
        fake->wrong = "a transaction was begun within another one";
    if (dice_below(fake->dice, 100) < fake->fail_percent)
        return ERR_BUSY;
    fake->open = true;
    return OK;
}

void fake_keep(struct fake_store *fake)
{
    *ARRAY_ADD(fake->marks, fake->marks_count, fake->marks_cap) = fake->undo_count;
    fake->open = false;
}

int fake_commit(struct store *store)
{
    struct fake_store *fake = of(store);
    ASSERT(fake->open);
    if (fake->io != FAKE_IO_NONE) {
        if (fake->io == FAKE_IO_KEPT)
            fake_keep(fake);
        return ERR_IO;
    }
    if (dice_below(fake->dice, 100) < fake->fail_percent) {
        if (!fake->lie)
            return ERR_BUSY;
        go_back(fake, committed(fake), false);
    }
    fake_keep(fake);
    return OK;
}

void fake_rollback(struct store *store)
{
    struct fake_store *fake = of(store);
    if (!fake->open)
        return;
    fake->rollbacks++;
    go_back(fake, committed(fake), fake->keep_ghosts);
    fake->open = false;
}

void fake_store_crash(struct fake_store *fake)
{
    go_back(fake, committed(fake), false);
    fake->open = false;
    fake->io = FAKE_IO_NONE;
}

void fake_store_restore(struct fake_store *fake, size_t commits)
{
    ASSERT(!fake->open);
    fake->marks_count -= commits < fake->marks_count ? commits : fake->marks_count - 1;
    go_back(fake, committed(fake), false);
    for (size_t i = 0; i < fake->rooms_count; i++) {
        if (fake->rooms[i].forgotten > fake->rooms[i].count)
            fake->rooms[i].forgotten = fake->rooms[i].count;
    }
}
