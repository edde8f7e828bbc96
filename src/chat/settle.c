/*
 * Commands that change a room: who may, what follows, and in which steps the store keeps it.
 * Everything here happens within the run's transaction and changes nothing in memory but heads,
 * which are set back when it fails.
 */

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/mix.h"
#include "chat/permission.h"
#include "chat/sequencer_state.h"

/* What a command is about, gathered for the rules. */
struct ask {
    struct sequencer *sequencer;
    struct event *event;
    struct room *room;
    struct person *person; /* NULL for a visitor */
    struct seat *seat;     /* NULL: not in the room, */
    bool joins;            /* unless this run lets it in */
    uint64_t digest;
};

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
    return hash ? hash : 1;
}

/* Returns ERR_NOT_FOUND when this command is new. */
static int answer_again(const struct ask *ask)
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

/* Gives the event the room's next place and has it kept. Time never goes back within a room. */
static int append(const struct ask *ask)
{
    struct sequencer *sequencer = ask->sequencer;
    struct room *room = ask->room;
    struct event *event = ask->event;
    event->seq = room->head.seq + 1;
    event->mid = sequencer->limits.chance();
    event->mid += event->mid == 0; /* 0 means: not known */
    event->ts_ms = room->head.ts_ms > sequencer->wall_ms ? room->head.ts_ms : sequencer->wall_ms;
    int result = sequencer->store->ops->append(sequencer->store, event, ask->digest);
    if (result == ERR_EXISTS)
        return answer_again(ask);
    if (settle_step(sequencer, result) != OK)
        return result;
    community_touch(&sequencer->community, room);
    room->head = (struct room_head){event->seq, event->mid, event->ts_ms};
    return OK;
}

static int no_change(const struct ask *ask)
{
    ask->event->unchanged = true;
    return OK;
}

/* ERR_NOT_FOUND: there is no such message, or it is gone. */
static int find_message(const struct ask *ask, uint64_t seq, struct message_record *ret_message)
{
    struct store *store = ask->sequencer->store;
    struct message_record message;
    if (seq == 0 || seq > ask->room->head.seq)
        return ERR_NOT_FOUND;
    int result = store->ops->message_get(store, ask->room->id, seq, &message);
    if (settle_step(ask->sequencer, result) != OK)
        return result;
    if (message.deleted)
        return ERR_NOT_FOUND;
    *ret_message = message;
    return OK;
}

static int keep_message(const struct ask *ask)
{
    struct message_record quoted;
    if (ask->event->reply_to != 0) {
        int result = find_message(ask, ask->event->reply_to, &quoted);
        if (result != OK)
            return result;
    }
    return append(ask);
}

/* EDIT and DELETE: of one's own messages. */
static int keep_change(const struct ask *ask)
{
    struct store *store = ask->sequencer->store;
    struct event *event = ask->event;
    struct message_record message;
    int result = find_message(ask, event->target, &message);
    if (result != OK)
        return result;
    const struct may_query query = {
        .visitor = event->visitor,
        .member = true,
        .kind = ask->room->kind,
        .own = message.author == event->person,
    };
    result = may(event->kind == EVENT_EDIT ? ACTION_EDIT : ACTION_DELETE, &query);
    if (result != OK)
        return result;
    if (event->kind == EVENT_EDIT)
        result = store->ops->message_set_text(store, event->room, event->target,
                                              event->message.body, ask->sequencer->wall_ms);
    else
        result = store->ops->message_erase(store, event->room, event->target);
    if (settle_step(ask->sequencer, result) != OK)
        return result;
    return append(ask);
}

static int keep_reaction(const struct ask *ask)
{
    struct store *store = ask->sequencer->store;
    struct event *event = ask->event;
    struct message_record message;
    bool on = event->kind == EVENT_REACT;
    int result = find_message(ask, event->target, &message);
    if (result != OK)
        return result;
    result = store->ops->reaction_set(store, event->room, event->target, event->person,
                                      event->message.body, on, MESSAGE_REACTIONS_MAX);
    if (settle_step(ask->sequencer, result) == (on ? ERR_EXISTS : ERR_NOT_FOUND))
        return no_change(ask);
    return result == OK ? append(ask) : result;
}

static int keep_pin(const struct ask *ask)
{
    struct store *store = ask->sequencer->store;
    struct event *event = ask->event;
    struct message_record message;
    bool on = event->kind == EVENT_PIN;
    int result = find_message(ask, event->target, &message);
    if (result != OK)
        return result;
    result = store->ops->pin_set(store, event->room, event->target, on, ROOM_PINS_MAX);
    if (settle_step(ask->sequencer, result) == (on ? ERR_EXISTS : ERR_NOT_FOUND))
        return no_change(ask);
    return result == OK ? append(ask) : result;
}

static int keep_topic(const struct ask *ask)
{
    struct store *store = ask->sequencer->store;
    struct slice topic = ask->event->message.body;
    struct room_record record;
    /* The room in memory still has the topic of before this batch. */
    int result = store->ops->room_get(store, ask->room->id, &record);
    if (settle_step(ask->sequencer, result) != OK)
        return result;
    bool is_same = slice_is(topic, record.topic ? record.topic : "");
    mem_free(record.topic);
    if (is_same)
        return no_change(ask);
    result = store->ops->room_set_topic(store, ask->room->id, topic);
    return settle_step(ask->sequencer, result) == OK ? append(ask) : result;
}

/* What this batch has let the person into has no seat yet. */
static bool has_room_for_one_more(const struct person *person)
{
    return person->seats_count + person->joining < PERSON_ROOMS_MAX;
}

static int keep_joined(const struct ask *ask)
{
    struct store *store = ask->sequencer->store;
    if (ask->seat)
        return no_change(ask);
    if (!has_room_for_one_more(ask->person))
        return ERR_LIMIT;
    int result = store->ops->member_set(store, ask->room->id, ask->person->id, true);
    if (settle_step(ask->sequencer, result) == ERR_EXISTS)
        return no_change(ask);
    return result == OK ? append(ask) : result;
}

static int keep_left(const struct ask *ask)
{
    struct store *store = ask->sequencer->store;
    int result = store->ops->member_set(store, ask->room->id, ask->person->id, false);
    ask->event->no_room = result == ERR_NOT_FOUND;
    if (settle_step(ask->sequencer, result) != OK)
        return result;
    if (ask->seat)
        ask->seat->leaving = true;
    return append(ask);
}

/* ---- a new room ---- */

/*
 * A room's id follows from who makes it and the command's cid, so that the retry of the command
 * finds the room that the first one made.
 */
static uint64_t room_id_of(const struct event *event, unsigned attempt)
{
    uint64_t parts[2];
    memcpy(parts, event->cid, sizeof(parts));
    uint64_t id = mix64(parts[0] ^ mix64(parts[1] ^ mix64(event->person + attempt)));
    return id & ROOM_ID_MAX;
}

/*
 * Finds a free id for the event's room. OK; dup is set when the room was made by this very command
 * before.
 */
static int find_room_id(const struct ask *ask)
{
    struct store *store = ask->sequencer->store;
    struct event *event = ask->event;
    enum { ATTEMPTS = 16 };
    for (unsigned attempt = 0; attempt < ATTEMPTS; attempt++) {
        struct room_record taken;
        event->room = room_id_of(event, attempt);
        if (event->room <= ROOM_LOBBY)
            continue;
        int result = store->ops->room_get(store, event->room, &taken);
        if (settle_step(ask->sequencer, result) == ERR_NOT_FOUND)
            return OK;
        if (result != OK)
            return result;
        mem_free(taken.topic);
        result = answer_again(ask);
        if (result != ERR_NOT_FOUND)
            return result;
    }
    return ERR_INTERNAL;
}

static int keep_created(struct ask *ask)
{
    struct sequencer *sequencer = ask->sequencer;
    struct store *store = sequencer->store;
    struct event *event = ask->event;
    struct room_record record = {.kind = ROOM_PUBLIC};
    uint64_t other;
    int result = find_room_id(ask);
    if (result != OK || event->dup)
        return result;
    if (!has_room_for_one_more(ask->person))
        return ERR_LIMIT;
    record.id = event->room;
    record.name.len = (uint8_t)event->message.body.len;
    memcpy(record.name.text, event->message.body.ptr, record.name.len);
    name_fold(&record.name, &record.folded);
    result = settle_step(sequencer, store->ops->room_by_name(store, &record.folded, &other));
    if (result != ERR_NOT_FOUND)
        return result == OK ? ERR_AGAIN : result;
    result = settle_step(sequencer, store->ops->room_create(store, &record));
    if (result == OK)
        result =
            settle_step(sequencer, store->ops->member_set(store, record.id, event->person, true));
    if (result != OK)
        return result;
    ask->room = community_add_room(&sequencer->community, &record, sequencer->now_ms);
    return append(ask);
}

/* ---- the rules ---- */

static enum action action_of(uint8_t kind)
{
    switch (kind) {
    case EVENT_CREATED:
        return ACTION_CREATE;
    case EVENT_JOINED:
        return ACTION_JOIN;
    case EVENT_LEFT:
        return ACTION_LEAVE;
    case EVENT_PIN:
    case EVENT_UNPIN:
        return ACTION_PIN;
    case EVENT_TOPIC:
        return ACTION_TOPIC;
    default:
        return ACTION_POST; /* EDIT and DELETE ask again when it is known whose message it is */
    }
}

static int check_rights(const struct ask *ask)
{
    const struct may_query query = {
        .visitor = ask->event->visitor,
        .member =
            ask->seat != NULL || ask->joins || (ask->event->visitor && ask->room->id == ROOM_LOBBY),
        .lobby = ask->room->id == ROOM_LOBBY,
        .kind = ask->room->kind,
    };
    return may(action_of(ask->event->kind), &query);
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
        if (!ask->person)
            return ERR_INTERNAL;
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
    ask->joins = find_join(sequencer, event->person, event->room) != NULL;
    return OK;
}

/* The retry of what was done while one was in the room is answered, even to somebody who is not in it any more. */
static int refuse(const struct ask *ask, int refusal)
{
    int result = answer_again(ask);
    if (result != ERR_NOT_FOUND)
        return result;
    ask->event->no_room = refusal == ERR_NOT_FOUND;
    return refusal;
}

static int keep(struct ask *ask)
{
    struct event *event = ask->event;
    if (event->kind == EVENT_CREATED)
        return event->visitor ? ERR_DENIED : keep_created(ask);
    int refusal = check_rights(ask);
    if (refusal != OK)
        return refuse(ask, refusal);
    /* A plain post finds out by itself whether its cid is known, which saves a look. */
    bool plain = event->kind == EVENT_MESSAGE && event->reply_to == 0;
    if (!plain) {
        int result = answer_again(ask);
        if (result != ERR_NOT_FOUND)
            return result;
    }
    switch (event->kind) {
    case EVENT_MESSAGE:
        return keep_message(ask);
    case EVENT_EDIT:
    case EVENT_DELETE:
        return keep_change(ask);
    case EVENT_REACT:
    case EVENT_UNREACT:
        return keep_reaction(ask);
    case EVENT_PIN:
    case EVENT_UNPIN:
        return keep_pin(ask);
    case EVENT_TOPIC:
        return keep_topic(ask);
    case EVENT_JOINED:
        return keep_joined(ask);
    case EVENT_LEFT:
        return keep_left(ask);
    default:
        return ERR_INTERNAL;
    }
}

/* Nothing can be kept in this run; but what was kept before is answered, and is no refusal. */
static bool is_answered(struct ask *ask)
{
    struct event *event = ask->event;
    if (look_up(ask) != OK)
        return false;
    if (event->kind != EVENT_CREATED)
        return answer_again(ask) == OK;
    bool again = find_room_id(ask) == OK && event->dup;
    if (!again)
        event->room = 0;
    return again;
}

static void note_join(struct sequencer *sequencer, struct person *person, uint64_t room)
{
    enum { FIRST_JOINS = 16 };
    if (sequencer->joins_count == sequencer->joins_cap) {
        sequencer->joins_cap = sequencer->joins_cap ? sequencer->joins_cap * 2 : FIRST_JOINS;
        sequencer->joins =
            mem_realloc(sequencer->joins, sequencer->joins_cap * sizeof(sequencer->joins[0]));
    }
    sequencer->joins[sequencer->joins_count++] = (struct settle_join){person->id, room};
    person->joining++;
}

/* What the commands behind this one, in the same run, have to know of who is in which room. */
static void note_membership(const struct ask *ask)
{
    struct sequencer *sequencer = ask->sequencer;
    const struct event *event = ask->event;
    if (event->result != OK || event->dup || event->unchanged)
        return;
    if (event->kind == EVENT_JOINED || event->kind == EVENT_CREATED) {
        note_join(sequencer, ask->person, event->room);
    } else if (event->kind == EVENT_LEFT) {
        struct settle_join *join = find_join(sequencer, event->person, event->room);
        if (join)
            *join = sequencer->joins[--sequencer->joins_count];
    }
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
        note_membership(&ask);
    } else if (event->result == ERR_BUSY && is_answered(&ask)) {
        event->result = OK;
        answered = true;
    }
    if (ask.room && !ask.room->touched)
        community_sweep(&sequencer->community, ask.room);
    return !answered;
}
