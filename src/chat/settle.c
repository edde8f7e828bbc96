/*
 * Commands that change a room: who may, what follows, and in which steps the store keeps it.
 * Everything here happens within the run's transaction and changes nothing in memory but heads,
 * which are set back when it fails.
 */

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "chat/follow.h"
#include "chat/refusal.h"
#include "chat/settle_ask.h"

int settle_open(struct sequencer *sequencer)
{
    if (sequencer->failed != OK)
        return sequencer->failed;
    if (!sequencer->open) {
        int result = sequencer->store->ops->begin(sequencer->store);
        if (settle_step(sequencer, result) != OK)
            return result;
        sequencer->open = true;
    }
    return OK;
}

int settle_step(struct sequencer *sequencer, int result)
{
    if (result != ERR_BUSY && result != ERR_IO)
        return result;
    sequencer->failed = result;
    sequencer->broken |= result == ERR_IO;
    sequencer->store->ops->rollback(sequencer->store);
    sequencer->open = false;
    return result;
}

/* ---- the same command again ---- */

/*
 * FNV-1a (Fowler, Noll, Vo), for telling a retry from another command; nothing secret depends on
 * it.
 */
static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t len)
{
    const uint8_t *at = bytes;
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static uint64_t hash_number(uint64_t hash, uint64_t number)
{
    return hash_bytes(hash, &number, sizeof(number));
}

static uint64_t digest_of(const struct event *event)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    hash = hash_number(hash, event->kind);
    hash = hash_number(hash, event->target);
    hash = hash_number(hash, event->reply_to);
    hash = hash_number(hash, event->message.type);
    hash = hash_bytes(hash, event->message.body.ptr, event->message.body.len);
    for (uint32_t i = 0; event->files && i < event->files->count; i++)
        hash = hash_number(hash, event->files->list[i].id);
    for (uint32_t i = 0; event->people_ids && i < event->people_ids->count; i++)
        hash = hash_number(hash, event->people_ids->ids[i]);
    return hash ? hash : 1;
}

int ask_answer_again(const struct ask *ask)
{
    struct event *event = ask->event;
    struct store *store = ask->sequencer->store;
    struct kept_record first;
    if (!event->has_cid)
        return ERR_NOT_FOUND;
    int result = store->ops->kept_by_cid(store, event->room, event->person, event->cid, &first);
    if (settle_step(ask->sequencer, result) != OK)
        return result;
    if (first.digest != 0 && first.digest != ask->digest)
        return ERR_EXISTS;
    event->dup = true;
    event->seq = first.seq;
    event->mid = first.mid;
    event->ts_ms = first.ts_ms;
    return OK;
}

/* ---- keeping ---- */

int ask_append(const struct ask *ask)
{
    struct sequencer *sequencer = ask->sequencer;
    struct room *room = ask->room;
    struct event *event = ask->event;
    event->seq = room->head.seq + 1;
    event->mid = sequencer->limits.chance();
    event->mid += event->mid == 0; /* 0 means: not known */
    event->ts_ms = room->head.ts_ms > sequencer->wall_ms ? room->head.ts_ms : sequencer->wall_ms;
    uint64_t messages = room->head.messages + (event->kind == EVENT_MESSAGE);
    if (event->kind == EVENT_MESSAGE)
        event->target = messages;
    int result = sequencer->store->ops->append(sequencer->store, event, ask->digest);
    if (result == ERR_EXISTS)
        return ask_answer_again(ask);
    if (settle_step(sequencer, result) != OK)
        return result;
    community_touch(&sequencer->community, room);
    room->head = (struct room_head){event->seq, event->mid, event->ts_ms, messages};
    return OK;
}

int ask_append_office(const struct ask *ask, const char *action, uint64_t person)
{
    struct sequencer *sequencer = ask->sequencer;
    struct store *store = sequencer->store;
    const struct event *event = ask->event;
    char detail[32] = "";
    int result = ask_append(ask);
    /* What follows from an act is noted as that. */
    if (result != OK || event->dup || ask->unasked || !store->directory)
        return result;
    if (event->kind == EVENT_DELETE)
        snprintf(detail, sizeof(detail), "message %llu", (unsigned long long)event->target);
    return settle_step(sequencer, store->directory->audit(store, event->person, action, person,
                                                          event->room, detail, sequencer->wall_ms));
}

int ask_no_change(const struct ask *ask)
{
    ask->event->unchanged = true;
    return OK;
}

int ask_refuse(const struct ask *ask, int result, uint8_t refusal)
{
    ask->event->refusal = refusal;
    return result;
}

/* ---- the rules ---- */

uint8_t settle_refusal(enum action action, const struct may_query *query)
{
    static const uint8_t refusals[] = {REFUSED_ARCHIVED, REFUSED_MUTED, REFUSED_BRAKE,
                                       REFUSED_GUEST};
    for (size_t i = 0; i < sizeof(refusals); i++) {
        struct may_query without = *query;
        if (refusals[i] == REFUSED_ARCHIVED)
            without.flags &= ~(uint32_t)ROOM_FLAG_ARCHIVED;
        else if (refusals[i] == REFUSED_MUTED)
            without.muted = false;
        else if (refusals[i] == REFUSED_BRAKE)
            without.brake = false;
        else if (query->role == ROLE_GUEST && !query->visitor)
            without.role = ROLE_MEMBER;
        if (may(action, &without) == OK)
            return refusals[i];
    }
    return REFUSED_PLAIN;
}

uint8_t settle_role(const struct sequencer *sequencer, uint8_t role)
{
    return role == ROLE_GUEST && sequencer->limits.guests_may_all ? ROLE_MEMBER : role;
}

void settle_query(const struct sequencer *sequencer, uint64_t person_id,
                  struct may_query *ret_query)
{
    const struct person *person = community_person(&sequencer->community, person_id);
    uint8_t role = person ? person->role : ROLE_GUEST;
    /* Whoever sits at the server's console could read and change the files as well. */
    bool console = person_id == PERSON_CONSOLE;
    *ret_query = (struct may_query){
        .role = settle_role(sequencer, role),
        .guest = role == ROLE_GUEST,
        .muted = person && person->muted_ms > sequencer->wall_ms,
        .brake = sequencer->server && sequencer->server->members_only,
        .member = console,
        .host = console,
    };
}

void ask_query(const struct ask *ask, struct may_query *ret_query)
{
    const struct event *event = ask->event;
    const struct room *room = ask->room;
    settle_query(ask->sequencer, event->visitor ? 0 : event->person, ret_query);
    ret_query->visitor = event->visitor;
    ret_query->lobby = room && room->id == ROOM_LOBBY;
    ret_query->member |= ask->seat || ask->joins || (event->visitor && ret_query->lobby);
    ret_query->host |= ask->seat ? ask->seat->host : ask->joins_as_host;
    ret_query->kind = room ? room->kind : ROOM_PUBLIC;
    ret_query->flags = room ? room->flags : 0;
}

int ask_may(const struct ask *ask, enum action action, const struct may_query *query)
{
    int result = may(action, query);
    if (result == ERR_DENIED)
        ask->event->refusal = settle_refusal(action, query);
    return result;
}

int settle_may(const struct sequencer *sequencer, struct event *event, enum action action,
               const struct person_record *other, uint8_t wanted)
{
    struct may_query query;
    settle_query(sequencer, event->person, &query);
    query.member = true; /* of whatever room: where is asked about otherwise */
    query.other = other ? other->role : ROLE_GUEST;
    query.self = other && other->id == event->person;
    query.wanted = wanted;
    bool known = community_person(&sequencer->community, event->person) != NULL;
    int result = known ? may(action, &query) : ERR_DENIED;
    if (result == ERR_DENIED)
        event->refusal = settle_refusal(action, &query);
    return result;
}

/* What is asked before anything else; some ask again when they know whose message, or whom, it is about. */
static enum action action_of(uint8_t kind)
{
    switch (kind) {
    case EVENT_MESSAGE:
        return ACTION_POST;
    case EVENT_REACT:
    case EVENT_UNREACT:
        return ACTION_REACT;
    case EVENT_PIN:
    case EVENT_UNPIN:
        return ACTION_PIN;
    case EVENT_TOPIC:
        return ACTION_TOPIC;
    case EVENT_JOINED:
        return ACTION_JOIN;
    case EVENT_LEFT:
        return ACTION_LEAVE;
    case EVENT_NAMED:
        return ACTION_NAME;
    case EVENT_HOST:
    case EVENT_UNHOST:
        return ACTION_HOST;
    default:
        return ACTION_FOLLOW;
    }
}

static int check_rights(const struct ask *ask)
{
    struct may_query query;
    ask_query(ask, &query);
    return ask->unasked ? OK : ask_may(ask, action_of(ask->event->kind), &query);
}

static struct settle_join *find_join(const struct sequencer *sequencer, uint64_t person,
                                     uint64_t room)
{
    for (size_t i = 0; i < sequencer->joins_count; i++) {
        struct settle_join *join = &sequencer->joins[i];
        if (join->person == person && join->room == room)
            return join;
    }
    return NULL;
}

bool ask_joins(const struct sequencer *sequencer, uint64_t person, uint64_t room, bool *ret_host)
{
    const struct settle_join *join = find_join(sequencer, person, room);
    *ret_host = join && join->host;
    return join != NULL;
}

/*
 * Who asks, and where. The author of a room that is being made has nothing to be looked up but
 * itself.
 */
static int look_up(struct ask *ask)
{
    struct sequencer *sequencer = ask->sequencer;
    struct event *event = ask->event;
    if (!event->visitor) {
        ask->person = community_person(&sequencer->community, event->person);
        if (!ask->person && !ask->unasked)
            return ERR_INTERNAL;
        if (!ask->unasked && ask->person->out)
            return ask_refuse(ask, ERR_DENIED, REFUSED_KICKED);
        if (ask->person)
            event->name = person_name(ask->person);
    }
    if (event->kind == EVENT_CREATED)
        return OK;
    int result = community_room(&sequencer->community, event->room, sequencer->now_ms, &ask->room);
    event->no_room = result == ERR_NOT_FOUND;
    if (settle_step(sequencer, result) != OK)
        return result;
    if (ask->person)
        ask->seat = person_seat(ask->person, event->room);
    if (ask->seat && ask->seat->leaving)
        ask->seat = NULL;
    ask->joins = ask_joins(sequencer, event->person, event->room, &ask->joins_as_host);
    return OK;
}

/* The retry of what was done while one was in the room is answered, even to somebody who is not in it any more. */
static int refuse(const struct ask *ask, int refusal)
{
    int result = ask_answer_again(ask);
    if (result != ERR_NOT_FOUND) {
        ask->event->refusal = REFUSED_PLAIN;
        ask->event->retry_ms = 0;
        return result;
    }
    ask->event->no_room = refusal == ERR_NOT_FOUND;
    return refusal;
}

/* A plain post finds out by itself whether its cid is known, which saves a look. */
static bool is_plain(const struct event *event)
{
    const struct slice body = event->message.body;
    return event->kind == EVENT_MESSAGE && event->reply_to == 0 && !event->files &&
           (body.len == 0 || !memchr(body.ptr, '@', body.len));
}

static int keep_kind(const struct ask *ask)
{
    switch (ask->event->kind) {
    case EVENT_MESSAGE:
        return ask_keep_message(ask);
    case EVENT_EDIT:
    case EVENT_DELETE:
        return ask_keep_change(ask);
    case EVENT_REACT:
    case EVENT_UNREACT:
        return ask_keep_reaction(ask);
    case EVENT_PIN:
    case EVENT_UNPIN:
        return ask_keep_pin(ask);
    case EVENT_TOPIC:
        return ask_keep_topic(ask);
    case EVENT_JOINED:
        return ask_keep_joined(ask);
    case EVENT_LEFT:
        return ask_keep_left(ask);
    case EVENT_NAMED:
        return ask_keep_named(ask);
    case EVENT_SETTINGS:
        return ask_keep_settings(ask);
    case EVENT_ADDED_BY:
        return ask_keep_added(ask);
    case EVENT_REMOVED:
        return ask_keep_removed(ask);
    case EVENT_HOST:
    case EVENT_UNHOST:
        return ask_keep_host(ask);
    default:
        return ERR_INTERNAL;
    }
}

/* A person has one allowance, however many connections it speaks through; each of these has one of its own before. */
static int check_allowance(const struct ask *ask)
{
    const struct rate *rate = &ask->sequencer->limits.posts;
    struct person *person = ask->person;
    uint64_t now_ms = ask->sequencer->now_ms;
    if (!person || rate_take(&person->posts, rate, now_ms))
        return OK;
    ask->event->retry_ms = rate_wait_ms(&person->posts, rate, now_ms);
    return ask_refuse(ask, ERR_DENIED, REFUSED_RATE);
}

static int keep(struct ask *ask)
{
    struct event *event = ask->event;
    if (event->kind == EVENT_CREATED)
        return event->visitor ? ERR_DENIED : ask_keep_created(ask);
    int refusal = check_rights(ask);
    if (refusal == OK)
        refusal = check_allowance(ask);
    if (refusal != OK)
        return refuse(ask, refusal);
    if (!is_plain(event)) {
        int result = ask_answer_again(ask);
        if (result != ERR_NOT_FOUND)
            return result;
    }
    return keep_kind(ask);
}

/* Nothing can be kept in this run; but what was kept before is answered, and is no refusal. */
static bool is_answered(struct ask *ask)
{
    struct event *event = ask->event;
    if (look_up(ask) != OK)
        return false;
    if (event->kind != EVENT_CREATED)
        return ask_answer_again(ask) == OK;
    bool again = ask_find_room_id(ask) == OK && event->dup;
    if (!again)
        event->room = 0;
    return again;
}

void ask_note_join(struct sequencer *sequencer, uint64_t person_id, uint64_t room, bool host)
{
    enum { FIRST_JOINS = 16 };
    struct person *person = community_person(&sequencer->community, person_id);
    if (sequencer->joins_count == sequencer->joins_cap) {
        sequencer->joins_cap = sequencer->joins_cap ? sequencer->joins_cap * 2 : FIRST_JOINS;
        sequencer->joins =
            mem_realloc(sequencer->joins, sequencer->joins_cap * sizeof(sequencer->joins[0]));
    }
    sequencer->joins[sequencer->joins_count++] = (struct settle_join){person_id, room, host};
    if (person)
        person->joining++;
}

void ask_note_leave(struct sequencer *sequencer, uint64_t person_id, uint64_t room)
{
    struct person *person = community_person(&sequencer->community, person_id);
    struct seat *seat = person ? person_seat(person, room) : NULL;
    struct settle_join *join = find_join(sequencer, person_id, room);
    if (join)
        *join = sequencer->joins[--sequencer->joins_count];
    if (seat)
        seat->leaving = true;
}

bool settle_kept(struct sequencer *sequencer, struct event *event)
{
    struct ask ask = {.sequencer = sequencer, .event = event, .digest = digest_of(event)};
    bool answered = false;
    event->result = settle_open(sequencer);
    if (event->result == OK) {
        event->result = look_up(&ask);
        if (event->result == OK)
            event->result = keep(&ask);
    } else if (event->result == ERR_BUSY && is_answered(&ask)) {
        event->result = OK;
        answered = true;
    }
    if (ask.room && !ask.room->touched)
        community_sweep(&sequencer->community, ask.room);
    return !answered;
}

int settle_consequence(struct sequencer *sequencer, struct event *cause, struct event *event)
{
    struct ask ask = {
        .sequencer = sequencer, .event = event, .unasked = true, .digest = digest_of(event)};
    struct event **link = &cause->consequences;
    int result = settle_open(sequencer);
    if (result == OK)
        result = look_up(&ask);
    if (result == OK)
        result = keep_kind(&ask);
    event->result = result;
    event->origin = (struct event_origin){UINT32_MAX, UINT32_MAX, 0};
    if (ask.room && !ask.room->touched)
        community_sweep(&sequencer->community, ask.room);
    if (sequencer->failed != OK)
        follow_forget(sequencer, event);
    if (result != OK || event->unchanged) {
        event_free(event);
        return result;
    }
    while (*link)
        link = &(*link)->next;
    *link = event;
    return OK;
}
