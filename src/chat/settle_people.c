/*
 * Who people are, as far as the store is concerned: guests, their sessions and names; read marks.
 */

#include <string.h>

#include "base/error.h"
#include "chat/refusal.h"
#include "chat/sequencer_state.h"

enum {
    SEEN_STEP_MS = 24 * 60 * 60 * 1000,
    SESSION_STEP_MS = 60 * 60 * 1000,
    GUEST_NUMBERS = 9000,
    GUEST_NUMBER_FIRST = 1000
};

/* ---- names ---- */

int settle_claim(struct sequencer *sequencer, uint64_t person, const struct name *folded)
{
    struct store *store = sequencer->store;
    struct person_record holder;
    int result = settle_step(sequencer, store->ops->person_by_name(store, folded, &holder));
    if (result == ERR_NOT_FOUND || (result == OK && holder.id == person))
        return OK;
    if (result != OK)
        return result;
    bool is_here = community_person(&sequencer->community, holder.id) != NULL;
    if (is_here || holder.role != ROLE_GUEST ||
        holder.seen_ms + sequencer->limits.name_ms > sequencer->wall_ms)
        return ERR_EXISTS;
    holder.folded.len = 0;
    return settle_step(sequencer, store->ops->person_update(store, &holder));
}

/*
 * The name asked for, with a number behind it where somebody has it. After a few small numbers one
 * is made of the person's (random) id, so that ten thousand people of one name do not cost a search
 * each.
 */
int settle_free_name(struct sequencer *sequencer, struct person_record *record,
                     const struct name *asked)
{
    enum { SMALL_NUMBERS = 9, RANDOM_NUMBERS = 1000000, ATTEMPTS = 100 };
    record->name = *asked;
    for (unsigned number = 2; number < RANDOM_NUMBERS + ATTEMPTS; number++) {
        name_fold(&record->name, &record->folded);
        int result = settle_claim(sequencer, record->id, &record->folded);
        if (result != ERR_EXISTS)
            return result;
        if (number == SMALL_NUMBERS + 1)
            number = SMALL_NUMBERS + 1 + (unsigned)(record->id % RANDOM_NUMBERS);
        name_with_number(asked, number, &record->name);
    }
    return ERR_INTERNAL;
}

/* Somebody with an account has a name of its own, or keeps the one before. */
static int take_name(struct sequencer *sequencer, struct person_record *record,
                     const struct name *asked)
{
    record->name = *asked;
    name_fold(&record->name, &record->folded);
    return settle_claim(sequencer, record->id, &record->folded);
}

bool settle_rename(struct sequencer *sequencer, struct event *event)
{
    struct store *store = sequencer->store;
    struct person *person = community_person(&sequencer->community, event->person);
    struct person_record record = {.id = event->person, .seen_ms = sequencer->wall_ms};
    if (!person || person->out) {
        event->result = person ? ERR_DENIED : ERR_INTERNAL;
        return false;
    }
    struct name asked = event->name;
    event->result = settle_open(sequencer);
    if (event->result == OK)
        event->result = person->role == ROLE_GUEST ? settle_free_name(sequencer, &record, &asked)
                                                   : take_name(sequencer, &record, &asked);
    if (event->result == ERR_EXISTS)
        event->refusal = REFUSED_NAME_TAKEN;
    if (event->result == OK)
        event->result = settle_step(sequencer, store->ops->person_update(store, &record));
    event->name = record.name;
    return true;
}

/* ---- hello ---- */

/* Nonzero and positive as SQL's integers are; tables by id rely on its low bits being random. */
uint64_t settle_random_id(const struct sequencer *sequencer)
{
    uint64_t id = sequencer->limits.chance() >> 1;
    return id + (id == 0);
}

int settle_make_person(struct sequencer *sequencer, struct person_record *record)
{
    struct store *store = sequencer->store;
    int result;
    do {
        result = settle_step(sequencer, store->ops->person_create(store, record));
        if (result == ERR_EXISTS)
            record->id = settle_random_id(sequencer);
    } while (result == ERR_EXISTS);
    return result;
}

void settle_take_person(struct event *event, const struct person_record *record)
{
    event->person = record->id;
    event->name = record->name;
    event->display = record->display;
    event->role = record->role;
    event->muted_ms = record->muted_ms;
    event->color = record->color;
}

static int make_session(struct sequencer *sequencer, struct event *event, uint64_t person)
{
    struct store *store = sequencer->store;
    const struct session_record session = {
        .id = settle_random_id(sequencer),
        .person = person,
        .created_ms = sequencer->wall_ms,
        .used_ms = sequencer->wall_ms,
    };
    if (!store->directory)
        return settle_step(sequencer, store->ops->session_create(store, event->token_hash, person,
                                                                 sequencer->wall_ms));
    event->session = session.id;
    return settle_step(sequencer,
                       store->directory->session_make(store, &session, event->token_hash, ""));
}

static int make_guest(struct sequencer *sequencer, struct event *event)
{
    struct store *store = sequencer->store;
    const struct room_head *head = &sequencer->community.lobby->head;
    struct person_record record = {
        .id = settle_random_id(sequencer),
        .seen_ms = sequencer->wall_ms,
    };
    struct name asked = event->name;
    if (asked.len == 0) {
        const struct name guest = {.len = 5, .text = "Guest"};
        name_with_number(&guest, GUEST_NUMBER_FIRST + (unsigned)(record.id % GUEST_NUMBERS),
                         &asked);
    }
    int result = settle_open(sequencer);
    if (result == OK)
        result = settle_free_name(sequencer, &record, &asked);
    if (result == OK)
        result = settle_make_person(sequencer, &record);
    if (result == OK)
        result = make_session(sequencer, event, record.id);
    if (result == OK)
        result = settle_step(sequencer, store->ops->member_set(store, ROOM_LOBBY, record.id, true));
    if (result == OK)
        result = settle_step(sequencer, store->ops->read_set(store, ROOM_LOBBY, record.id,
                                                             head->seq, head->messages));
    if (result == OK)
        settle_take_person(event, &record);
    return result;
}

/*
 * Somebody comes back: is noted about once a day, and gets a name again if somebody else has taken
 * it meanwhile. Returns whether the event depends on the transaction: only a new name does.
 */
static bool renew(struct sequencer *sequencer, struct event *event, struct person_record *record)
{
    struct store *store = sequencer->store;
    bool nameless = record->folded.len == 0;
    if (!nameless && sequencer->wall_ms < record->seen_ms + SEEN_STEP_MS)
        return false;
    /* Where nothing can be kept this must not keep anybody out: it is done the next time. */
    if (settle_open(sequencer) != OK)
        return false;
    struct person_record renewed = *record;
    int result = OK;
    renewed.seen_ms = sequencer->wall_ms;
    if (nameless)
        result = settle_free_name(sequencer, &renewed, &record->name);
    if (result == OK)
        result = settle_step(sequencer, store->ops->person_update(store, &renewed));
    if (!nameless)
        return false;
    event->result = result;
    if (result == OK)
        event->name = renewed.name;
    return true;
}

/* How often is noted that a session is used: more often where it ends so soon when it is not. */
static uint64_t session_step_ms(const struct sequencer *sequencer)
{
    uint64_t idle_ms = sequencer->limits.session_idle_ms;
    uint64_t tenth_ms = idle_ms / 10;
    return idle_ms > 0 && tenth_ms < SESSION_STEP_MS ? tenth_ms : SESSION_STEP_MS;
}

/* What a session's person is, as the connection is to know it; and that it was used, about once an hour. */
static void note_session(struct sequencer *sequencer, struct event *event,
                         const struct person_record *record)
{
    struct store *store = sequencer->store;
    event->session = record->session;
    if (!store->directory || record->session == 0 ||
        sequencer->wall_ms < record->session_used_ms + session_step_ms(sequencer) ||
        settle_open(sequencer) != OK)
        return;
    settle_step(sequencer,
                store->directory->session_used(store, record->session, sequencer->wall_ms));
}

static bool has_expired(const struct sequencer *sequencer, const struct person_record *record)
{
    const struct sequencer_limits *limits = &sequencer->limits;
    if (record->role == ROLE_BOT || record->role == ROLE_GUEST)
        return false;
    return (limits->session_idle_ms > 0 &&
            sequencer->wall_ms > record->session_used_ms + limits->session_idle_ms) ||
           (limits->session_ms > 0 &&
            sequencer->wall_ms > record->session_created_ms + limits->session_ms);
}

static int check_person(const struct sequencer *sequencer, struct event *event,
                        const struct person_record *record)
{
    if (record->banned_ms > sequencer->wall_ms) {
        event->refusal = REFUSED_BANNED;
        return ERR_DENIED;
    }
    if (record->role == ROLE_GUEST && !sequencer->limits.guests)
        return ERR_DENIED;
    return has_expired(sequencer, record) ? ERR_NOT_FOUND : OK;
}

static bool hello_of_console(struct sequencer *sequencer, struct event *event)
{
    struct store *store = sequencer->store;
    struct person_record record;
    event->result = settle_step(sequencer, store->ops->person_get(store, PERSON_CONSOLE, &record));
    if (event->result == OK)
        settle_take_person(event, &record);
    return false;
}

/*
 * To describe all rooms costs the writer more than most commands, so that hellos said again count as messages do: over all connections of
 * the person. Those of quiet clients are paced by their door.
 */
static bool hello_again(struct sequencer *sequencer, struct event *event)
{
    const struct rate *rate = &sequencer->limits.posts;
    struct person *person = community_person(&sequencer->community, event->person);
    if (event->quiet || !person || rate_take(&person->posts, rate, sequencer->now_ms))
        return false;
    event->result = ERR_DENIED;
    event->refusal = REFUSED_RATE;
    event->retry_ms = rate_wait_ms(&person->posts, rate, sequencer->now_ms);
    return false;
}

bool settle_hello(struct sequencer *sequencer, struct event *event)
{
    struct store *store = sequencer->store;
    struct person_record record;
    /* A visitor's door asks before it lets anybody in. */
    if (event->visitor)
        return false;
    if (event->again)
        return hello_again(sequencer, event);
    if (event->console)
        return hello_of_console(sequencer, event);
    if (!event->has_token) {
        event->result = sequencer->limits.guests ? make_guest(sequencer, event) : ERR_DENIED;
        return sequencer->limits.guests;
    }
    event->result =
        settle_step(sequencer, store->ops->person_by_session(store, event->token_hash, &record));
    if (event->result == OK)
        event->result = check_person(sequencer, event, &record);
    if (event->result != OK)
        return false;
    settle_take_person(event, &record);
    note_session(sequencer, event, &record);
    return renew(sequencer, event, &record);
}

/* ---- read marks ---- */

/* How much the mark covers, and what still means the person behind it. */
static int count_for(struct sequencer *sequencer, struct event *event, const struct seat *seat)
{
    struct store *store = sequencer->store;
    const struct room_head *head = &seat->room->head;
    event->target = head->messages;
    event->mentions = 0;
    if (event->seq == head->seq)
        return OK;
    int result = settle_step(
        sequencer, store->ops->messages_up_to(store, event->room, event->seq, &event->target));
    if (result != OK)
        return result;
    return settle_step(sequencer, store->ops->mentions_behind(store, event->room, event->person,
                                                              event->seq, &event->mentions));
}

static struct seat *seat_of(const struct sequencer *sequencer, struct event *event)
{
    struct person *person = community_person(&sequencer->community, event->person);
    struct seat *seat = person && !person->out ? person_seat(person, event->room) : NULL;
    if (!seat)
        event->result = ERR_NOT_FOUND;
    return seat;
}

bool settle_read(struct sequencer *sequencer, struct event *event)
{
    struct store *store = sequencer->store;
    struct seat *seat = seat_of(sequencer, event);
    if (!seat)
        return false;
    if (event->seq > seat->room->head.seq)
        event->seq = seat->room->head.seq;
    /* What is answered is kept: also a mark that the person's own message moved, which the store does not know yet. */
    event->unchanged = event->seq <= seat->read;
    if (event->unchanged)
        event->seq = seat->read;
    if (event->unchanged && !seat->stale)
        return false;
    event->result = settle_open(sequencer);
    if (event->result == OK)
        event->result = count_for(sequencer, event, seat);
    if (event->result == OK)
        event->result =
            settle_step(sequencer, store->ops->read_set(store, event->room, event->person,
                                                        event->seq, event->target));
    return true;
}

bool settle_level(struct sequencer *sequencer, struct event *event)
{
    struct store *store = sequencer->store;
    struct seat *seat = seat_of(sequencer, event);
    if (!seat)
        return false;
    event->result = settle_open(sequencer);
    if (event->result == OK)
        event->result =
            settle_step(sequencer, store->ops->member_set_level(store, event->room, event->person,
                                                                (uint8_t)event->seq));
    return true;
}

void settle_marks(struct sequencer *sequencer, const struct person *person)
{
    struct store *store = sequencer->store;
    for (uint16_t i = 0; i < person->seats_count; i++) {
        const struct seat *seat = &person->seats[i];
        if (!seat->stale || settle_open(sequencer) != OK)
            continue;
        /* The low bits of the count are all that the seat has: the room's own gives the rest. */
        uint64_t messages = seat->room->head.messages;
        uint64_t count = messages - (uint32_t)((uint32_t)messages - seat->read_count);
        int result = store->ops->read_set(store, seat->room->id, person->id, seat->read, count);
        settle_step(sequencer, result);
    }
}
