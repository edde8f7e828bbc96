/*
 * What follows from an act that is kept: what the sequencer has in memory of people, and what their connections and the hubs
 * are told. What follows in rooms (who left, what was deleted) stands in the event's consequences.
 */

#include "base/error.h"
#include "chat/act.h"
#include "chat/follow.h"
#include "chat/refusal.h"

/* Somebody whose every session has ended: what it still has under way is not done any more. */
static void put_out(struct sequencer *sequencer, uint64_t id, enum refusal refusal)
{
    struct person *person = community_person(&sequencer->community, id);
    if (person)
        person->out = true;
    follow_ended(sequencer, id, 0, 0, (uint8_t)refusal);
}

/* Its seats are with the store no more. */
static void erase(struct sequencer *sequencer, uint64_t id, const struct name *name)
{
    struct person *person = community_person(&sequencer->community, id);
    put_out(sequencer, id, REFUSED_PLAIN);
    if (!person)
        return;
    person->erased = true;
    person->role = ROLE_GUEST;
    if (name)
        follow_named(sequencer, person, name);
    while (person->seats_count > 0) {
        struct room *room = person->seats[person->seats_count - 1].room;
        follow_let_out(sequencer, room, id);
        community_sweep(&sequencer->community, room);
    }
}

/* A guest that was here has an account now. Its old session goes, and with it its connections. */
static void raise_guest(struct sequencer *sequencer, const struct event *event)
{
    struct person *person = community_person(&sequencer->community, event->person);
    if (!person)
        return;
    person->role = event->role;
    person_set_display(person, &event->display);
    follow_named(sequencer, person, &event->name);
    follow_you(sequencer, person);
    follow_ended(sequencer, event->person, 0, event->session, REFUSED_PLAIN);
}

static void change_role(struct sequencer *sequencer, const struct act *act)
{
    struct person *person = community_person(&sequencer->community, act->person);
    if (!person)
        return;
    person->role = act->role;
    follow_you(sequencer, person);
}

static void change_muted(struct sequencer *sequencer, uint64_t id, uint64_t until_ms)
{
    struct person *person = community_person(&sequencer->community, id);
    if (!person)
        return;
    person->muted_ms = until_ms;
    follow_you(sequencer, person);
}

static void change_profile(struct sequencer *sequencer, const struct event *event)
{
    struct person *person = community_person(&sequencer->community, event->person);
    if (!person)
        return;
    person_set_display(person, &event->act->display);
    person->color = event->act->color;
    follow_you(sequencer, person);
}

/* Sessions of one's own, and what ends them. */
static void follow_sessions(struct sequencer *sequencer, const struct event *event)
{
    uint64_t id = event->person;
    switch (event->act->kind) {
    case ACT_SIGN_UP:
        raise_guest(sequencer, event);
        break;
    case ACT_SIGN_OUT:
        follow_ended(sequencer, id, event->session, 0, REFUSED_PLAIN);
        break;
    case ACT_SESSION_END:
        follow_ended(sequencer, id, event->act->number, 0, REFUSED_PLAIN);
        break;
    case ACT_RESET_USE:
    case ACT_SESSIONS_END:
    case ACT_PASSWORD:
        follow_ended(sequencer, id, 0, event->session, REFUSED_PLAIN);
        break;
    case ACT_LEAVE:
        erase(sequencer, event->act->person != 0 ? event->act->person : id, &event->act->name);
        break;
    default:
        break;
    }
}

static void follow_person(struct sequencer *sequencer, const struct event *event)
{
    const struct act *act = event->act;
    switch (act->kind) {
    case ACT_PROFILE:
        change_profile(sequencer, event);
        break;
    case ACT_ROLE:
        change_role(sequencer, act);
        break;
    case ACT_MUTE:
        change_muted(sequencer, act->person, act->until_ms);
        break;
    case ACT_UNMUTE:
        change_muted(sequencer, act->person, 0);
        break;
    case ACT_KICK:
        put_out(sequencer, act->person, REFUSED_KICKED);
        break;
    case ACT_BAN:
        if (act->person != 0)
            put_out(sequencer, act->person, REFUSED_BANNED);
        break;
    case ACT_BOT_END:
    case ACT_HOOK_END:
        erase(sequencer, act->person, NULL);
        break;
    default:
        follow_sessions(sequencer, event);
        break;
    }
}

/* The answer stands before what may end the connection that waits for it. */
void follow_act(struct sequencer *sequencer, struct event *event)
{
    struct server_state *state = event->server;
    event->server = NULL;
    if (sequencer->failed != OK) {
        event->refusal = REFUSED_PLAIN;
        event->no_room = false;
    }
    event_batch_add(sequencer->batch, event);
    if (event->result != OK || event->unchanged) {
        server_state_unref(state);
        return;
    }
    follow_person(sequencer, event);
    if (state)
        follow_server(sequencer, state);
}
