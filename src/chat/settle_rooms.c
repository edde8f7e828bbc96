/*
 * Commands about rooms and who is in them: making, joining, leaving, adding, removing, hosts, names, settings.
 */

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/mix.h"
#include "chat/refusal.h"
#include "chat/room_settings.h"
#include "chat/settle_ask.h"

/* ---- what a room is called and set to ---- */

/* The room in memory is still as it was before this batch. ret_room->topic is owned by the caller. */
static int room_as_kept(const struct ask *ask, struct room_record *ret_room)
{
    struct store *store = ask->sequencer->store;
    return settle_step(ask->sequencer, store->ops->room_get(store, ask->room->id, ret_room));
}

int ask_keep_topic(const struct ask *ask)
{
    struct store *store = ask->sequencer->store;
    struct slice topic = ask->event->message.body;
    struct room_record record;
    int result = room_as_kept(ask, &record);
    if (result != OK)
        return result;
    bool is_same = slice_is(topic, record.topic ? record.topic : "");
    mem_free(record.topic);
    if (is_same)
        return ask_no_change(ask);
    result = store->ops->room_set_topic(store, ask->room->id, topic);
    return settle_step(ask->sequencer, result) == OK ? ask_append(ask) : result;
}

static void body_name(const struct event *event, struct name *ret_name, struct name *ret_folded)
{
    *ret_name = (struct name){.len = (uint8_t)event->message.body.len};
    memcpy(ret_name->text, event->message.body.ptr, ret_name->len);
    name_fold(ret_name, ret_folded);
}

int ask_keep_named(const struct ask *ask)
{
    struct store *store = ask->sequencer->store;
    struct room_record record;
    struct name name, folded;
    int result = room_as_kept(ask, &record);
    if (result != OK)
        return result;
    mem_free(record.topic);
    body_name(ask->event, &name, &folded);
    if (slice_equals(name_slice(&name), name_slice(&record.name)))
        return ask_no_change(ask);
    result = store->ops->room_set_name(store, ask->room->id, &name, &folded);
    if (settle_step(ask->sequencer, result) == ERR_EXISTS)
        return ask_refuse(ask, ERR_DENIED, REFUSED_NAME_TAKEN);
    return result == OK ? ask_append_office(ask, "name", 0) : result;
}

/* Every right that the change takes. */
static int may_change(const struct ask *ask, const struct room_change *change)
{
    struct may_query query;
    ask_query(ask, &query);
    int result = OK;
    if (change->has_archived)
        result = ask_may(ask, ACTION_ARCHIVE, &query);
    if (result == OK && (change->has_slow || change->has_retention || change->has_kind))
        result = ask_may(ask, ACTION_SETTINGS, &query);
    if (result == OK && (change->has_guests || change->has_default))
        result = ask_may(ask, ACTION_OPEN, &query);
    if (result == OK && change->has_kind) {
        query.kind = change->kind;
        result = ask_may(ask, ACTION_CREATE, &query);
    }
    return result;
}

int ask_keep_settings(const struct ask *ask)
{
    struct store *store = ask->sequencer->store;
    struct room_record record;
    struct room_change change = *ask->event->change;
    int result = room_as_kept(ask, &record);
    if (result != OK)
        return result;
    if (room_change_reduce(&change, &record)) {
        result = may_change(ask, &change);
        room_change_apply(&change, &record);
        if (result == OK)
            result = settle_step(ask->sequencer, store->ops->room_set(store, &record));
        if (result == OK)
            result = ask_append_office(ask, "settings", 0);
    } else {
        result = ask_no_change(ask);
    }
    mem_free(record.topic);
    return result;
}

/* ---- who is in it ---- */

static void count_room(void *ctx, const struct seat_record *seat)
{
    (void)seat;
    (*(size_t *)ctx)++;
}

/*
 * Whether the person is in fewer rooms than max: OK, ERR_LIMIT. What this batch has let somebody into has no seat yet. The rooms of whoever
 * is not known are counted in the store: one too many would not be found again at the next hello.
 */
static int check_rooms(const struct ask *ask, uint64_t id, size_t max)
{
    struct sequencer *sequencer = ask->sequencer;
    const struct person *person = community_person(&sequencer->community, id);
    size_t count = person ? (size_t)person->seats_count + person->joining : 0;
    int result = OK;
    if (!person)
        result = settle_step(
            sequencer, sequencer->store->ops->rooms_of(sequencer->store, id, count_room, &count));
    return result == OK && count >= max ? ERR_LIMIT : result;
}

/* Makes the person a member who has read everything up to the event in hand. OK, ERR_EXISTS, ERR_LIMIT. */
static int let_in(const struct ask *ask, uint64_t person, bool host)
{
    struct sequencer *sequencer = ask->sequencer;
    struct store *store = sequencer->store;
    const struct room_head *head = &ask->room->head;
    int result = check_rooms(ask, person, PERSON_ROOMS_MAX);
    if (result == OK)
        result = settle_step(sequencer, store->ops->member_set(store, ask->room->id, person, true));
    if (result == OK)
        result = settle_step(sequencer, store->ops->read_set(store, ask->room->id, person,
                                                             head->seq + 1, head->messages));
    if (result == OK && host)
        result =
            settle_step(sequencer, store->ops->member_set_host(store, ask->room->id, person, true));
    if (result == OK)
        ask_note_join(sequencer, person, ask->room->id, host);
    return result;
}

static int let_out(const struct ask *ask, uint64_t person)
{
    struct sequencer *sequencer = ask->sequencer;
    struct store *store = sequencer->store;
    int result =
        settle_step(sequencer, store->ops->member_set(store, ask->room->id, person, false));
    if (result == OK)
        ask_note_leave(sequencer, person, ask->room->id);
    return result;
}

/* A person of a room that is not open to guests has to have an account. */
int ask_keep_joined(const struct ask *ask)
{
    if (ask->seat)
        return ask_no_change(ask);
    int result = let_in(ask, ask->event->person, false);
    if (result == ERR_EXISTS)
        return ask_no_change(ask);
    return result == OK ? ask_append(ask) : result;
}

int ask_keep_left(const struct ask *ask)
{
    int result = let_out(ask, ask->event->person);
    ask->event->no_room = result == ERR_NOT_FOUND;
    return result == OK ? ask_append(ask) : result;
}

/* The person that a command is about. ERR_NOT_FOUND with its refusal. */
static int find_other(const struct ask *ask, struct person_record *ret_other)
{
    struct store *store = ask->sequencer->store;
    int result = store->ops->person_get(store, ask->event->target, ret_other);
    if (settle_step(ask->sequencer, result) == ERR_NOT_FOUND ||
        (result == OK && ret_other->id == PERSON_CONSOLE))
        return ask_refuse(ask, ERR_NOT_FOUND, REFUSED_NO_PERSON);
    if (result == OK)
        ask->event->subject = ret_other->name;
    return result;
}

static int may_do_to(const struct ask *ask, enum action action, const struct person_record *other)
{
    struct may_query query;
    ask_query(ask, &query);
    query.other = settle_role(ask->sequencer, other->role);
    query.self = other->id == ask->event->person;
    return ask->unasked ? OK : ask_may(ask, action, &query);
}

int ask_keep_added(const struct ask *ask)
{
    struct person_record other;
    int result = find_other(ask, &other);
    if (result == OK)
        result = may_do_to(ask, ACTION_ADD, &other);
    if (result == OK)
        result = let_in(ask, other.id, false);
    if (result == ERR_EXISTS)
        return ask_no_change(ask);
    return result == OK ? ask_append(ask) : result;
}

int ask_keep_removed(const struct ask *ask)
{
    struct person_record other;
    int result = find_other(ask, &other);
    if (result == OK)
        result = may_do_to(ask, ACTION_REMOVE, &other);
    if (result != OK)
        return result;
    result = let_out(ask, other.id);
    if (result == ERR_NOT_FOUND)
        return ask_no_change(ask);
    return result == OK ? ask_append_office(ask, "remove", other.id) : result;
}

int ask_keep_host(const struct ask *ask)
{
    struct store *store = ask->sequencer->store;
    bool host = ask->event->kind == EVENT_HOST;
    struct person_record other;
    struct seat_record seat;
    int result = find_other(ask, &other);
    if (result == OK)
        result = settle_step(ask->sequencer,
                             store->ops->member_get(store, ask->room->id, other.id, &seat));
    if (result == ERR_NOT_FOUND)
        return ask_refuse(ask, ERR_NOT_FOUND, REFUSED_NO_PERSON);
    if (result != OK)
        return result;
    if (host && settle_role(ask->sequencer, other.role) == ROLE_GUEST)
        return ask_refuse(ask, ERR_DENIED, REFUSED_GUEST);
    if (seat.host == host)
        return ask_no_change(ask);
    result = store->ops->member_set_host(store, ask->room->id, other.id, host);
    if (settle_step(ask->sequencer, result) != OK)
        return result;
    return ask_append_office(ask, host ? "host" : "unhost", other.id);
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

int ask_find_room_id(const struct ask *ask)
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
        result = ask_answer_again(ask);
        if (result != ERR_NOT_FOUND)
            return result;
    }
    return ERR_INTERNAL;
}

static void sort_ids(uint64_t *ids, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        uint64_t id = ids[i];
        uint32_t at = i;
        for (; at > 0 && ids[at - 1] > id; at--)
            ids[at] = ids[at - 1];
        ids[at] = id;
    }
}

/* The same people always meet in the same room: what stands for its name follows from who they are. */
static void name_of_people(const uint64_t *ids, uint32_t count, struct name *ret_folded)
{
    uint64_t sorted[DIRECT_PEOPLE_MAX];
    uint64_t high = count, low = ~(uint64_t)count;
    memcpy(sorted, ids, count * sizeof(ids[0]));
    sort_ids(sorted, count);
    for (uint32_t i = 0; i < count; i++) {
        high = mix64(high ^ sorted[i]);
        low = mix64(low + sorted[i] * UINT64_C(0x9e3779b97f4a7c15));
    }
    int len = snprintf(ret_folded->text, sizeof(ret_folded->text), "\x01%016llx%016llx",
                       (unsigned long long)high, (unsigned long long)low);
    ret_folded->len = (uint8_t)len;
}

/* Who is to be in a direct room: each with an account, each once, the author among them. */
static int check_people(const struct ask *ask)
{
    struct store *store = ask->sequencer->store;
    const struct people_list *list = ask->event->people_ids;
    if (!list || list->count < 2 || list->count > DIRECT_PEOPLE_MAX)
        return ask_refuse(ask, ERR_DENIED, REFUSED_NEEDS_ROOM);
    for (uint32_t i = 0; i < list->count; i++) {
        struct person_record other;
        for (uint32_t j = 0; j < i; j++) {
            if (list->ids[j] == list->ids[i])
                return ask_refuse(ask, ERR_DENIED, REFUSED_NEEDS_ROOM);
        }
        int result =
            settle_step(ask->sequencer, store->ops->person_get(store, list->ids[i], &other));
        if (result == ERR_NOT_FOUND || (result == OK && other.id == PERSON_CONSOLE))
            return ask_refuse(ask, ERR_NOT_FOUND, REFUSED_NO_PERSON);
        if (result != OK)
            return result;
        if (settle_role(ask->sequencer, other.role) == ROLE_GUEST)
            return ask_refuse(ask, ERR_DENIED, REFUSED_GUEST);
    }
    return OK;
}

/* Public rooms of a place where guests are members are open to them. */
static void describe(const struct ask *ask, struct room_record *ret_room)
{
    const struct event *event = ask->event;
    static const struct room_change plain = {.kind = ROOM_PUBLIC};
    const struct room_change *change = event->change ? event->change : &plain;
    *ret_room = (struct room_record){.id = event->room, .first_seq = 1, .kind = change->kind};
    room_change_apply(change, ret_room);
    ret_room->kind = change->kind;
    if (ask->sequencer->limits.guests_may_all && change->kind == ROOM_PUBLIC)
        ret_room->flags |= ROOM_FLAG_GUESTS;
    if (change->kind == ROOM_DIRECT)
        name_of_people(event->people_ids->ids, event->people_ids->count, &ret_room->folded);
    else
        body_name(event, &ret_room->name, &ret_room->folded);
}

static int may_create(const struct ask *ask, const struct room_change *change)
{
    struct may_query query;
    ask_query(ask, &query);
    query.kind = change ? change->kind : ROOM_PUBLIC;
    query.member = true;
    int result = ask_may(ask, ACTION_CREATE, &query);
    if (result == OK && change && (change->guests || change->is_default))
        result = ask_may(ask, ACTION_OPEN, &query);
    if (result == OK && change && change->kind == ROOM_DIRECT)
        result = check_people(ask);
    return result;
}

/*
 * Whether everybody who is to be in it can be in one room more. Nobody is asked before being put into a direct room, nor can leave it: a
 * quarter of one's rooms is left for what one chooses oneself.
 */
static int check_rooms_of_all(const struct ask *ask, uint8_t kind)
{
    const struct event *event = ask->event;
    int result = check_rooms(ask, event->person, PERSON_ROOMS_MAX);
    for (uint32_t i = 0; kind == ROOM_DIRECT && i < event->people_ids->count && result == OK; i++) {
        if (event->people_ids->ids[i] != event->person)
            result = check_rooms(ask, event->people_ids->ids[i], PERSON_ROOMS_MAX * 3 / 4);
    }
    return result;
}

/* Everybody in a direct room; else the author, as its host. */
static int let_all_in(const struct ask *ask)
{
    const struct event *event = ask->event;
    if (ask->room->kind != ROOM_DIRECT)
        return let_in(ask, event->person, true);
    int result = OK;
    for (uint32_t i = 0; i < event->people_ids->count && result == OK; i++)
        result = let_in(ask, event->people_ids->ids[i], false);
    return result;
}

int ask_keep_created(struct ask *ask)
{
    struct sequencer *sequencer = ask->sequencer;
    struct store *store = sequencer->store;
    struct event *event = ask->event;
    struct room_record record;
    uint64_t other;
    int result = ask_find_room_id(ask);
    if (result != OK || event->dup)
        return result;
    result = may_create(ask, event->change);
    if (result != OK)
        return result;
    describe(ask, &record);
    result = settle_step(sequencer, store->ops->room_by_name(store, &record.folded, &other));
    if (result == OK && record.kind == ROOM_DIRECT) {
        event->room = other;
        return ask_no_change(ask);
    }
    if (result != ERR_NOT_FOUND)
        return result == OK ? ask_refuse(ask, ERR_DENIED, REFUSED_NAME_TAKEN) : result;
    result = check_rooms_of_all(ask, record.kind);
    if (result != OK)
        return result;
    result = settle_step(sequencer, store->ops->room_create(store, &record));
    if (result != OK)
        return result;
    ask->room = community_add_room(&sequencer->community, &record, sequencer->now_ms);
    result = let_all_in(ask);
    return result == OK ? ask_append(ask) : result;
}
