/*
 * Who people are, as far as the store is concerned: guests, their sessions and names; read marks.
 */

#include <string.h>

#include "base/error.h"
#include "chat/sequencer_state.h"

enum { SEEN_STEP_MS = 24 * 60 * 60 * 1000, GUEST_NUMBERS = 9000, GUEST_NUMBER_FIRST = 1000 };

/* ---- names ---- */

/*
 * Whether the person may bear the name: nobody has it, or somebody who has not been here for so
 * long that it is taken away.
 * OK, ERR_EXISTS, or what the store says.
 */
static int claim(struct sequencer *sequencer, uint64_t person, const struct name *folded)
{
    struct store *store = sequencer->store;
    struct person_record holder;
    int result = settle_step(sequencer, store->ops->person_by_name(store, folded, &holder));
    if (result == ERR_NOT_FOUND || (result == OK && holder.id == person))
        return OK;
    if (result != OK)
        return result;
    bool is_here = community_person(&sequencer->community, holder.id) != NULL;
    if (is_here || holder.seen_ms + sequencer->limits.name_ms > sequencer->wall_ms)
        return ERR_EXISTS;
    holder.folded.len = 0;
    return settle_step(sequencer, store->ops->person_update(store, &holder));
}

/*
 * The name asked for, with a number behind it where somebody has it. After a few small numbers one
 * is made of the person's (random) id, so that ten thousand people of one name do not cost a search
 * each.
 */
static int take_free_name(struct sequencer *sequencer, struct person_record *record,
                          const struct name *asked)
{
    enum { SMALL_NUMBERS = 9, RANDOM_NUMBERS = 1000000, ATTEMPTS = 100 };
    record->name = *asked;
    for (unsigned number = 2; number < RANDOM_NUMBERS + ATTEMPTS; number++) {
        name_fold(&record->name, &record->folded);
        int result = claim(sequencer, record->id, &record->folded);
        if (result != ERR_EXISTS)
            return result;
        if (number == SMALL_NUMBERS + 1)
            number = SMALL_NUMBERS + 1 + (unsigned)(record->id % RANDOM_NUMBERS);
        name_with_number(asked, number, &record->name);
    }
    return ERR_INTERNAL;
}

bool settle_rename(struct sequencer *sequencer, struct event *event)
{
    struct store *store = sequencer->store;
    struct person *person = community_person(&sequencer->community, event->person);
    struct person_record record = {.id = event->person, .seen_ms = sequencer->wall_ms};
    if (!person) {
        event->result = ERR_INTERNAL;
        return false;
    }
    struct name asked = event->name;
    event->result = settle_open(sequencer);
    if (event->result == OK)
        event->result = take_free_name(sequencer, &record, &asked);
    if (event->result == OK)
        event->result = settle_step(sequencer, store->ops->person_update(store, &record));
    event->name = record.name;
    return true;
}

/* ---- hello ---- */

/* Nonzero and positive as SQL's integers are; tables by id rely on its low bits being random. */
static uint64_t random_id(const struct sequencer *sequencer)
{
    uint64_t id = sequencer->limits.chance() >> 1;
    return id + (id == 0);
}

/* The id is changed until it is free. */
static int make_person(struct sequencer *sequencer, struct person_record *record)
{
    struct store *store = sequencer->store;
    int result;
    do {
        result = settle_step(sequencer, store->ops->person_create(store, record));
        if (result == ERR_EXISTS)
            record->id = random_id(sequencer);
    } while (result == ERR_EXISTS);
    return result;
}

static int make_guest(struct sequencer *sequencer, struct event *event)
{
    struct store *store = sequencer->store;
    struct person_record record = {
        .id = random_id(sequencer),
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
        result = take_free_name(sequencer, &record, &asked);
    if (result == OK)
        result = make_person(sequencer, &record);
    if (result == OK)
        result = settle_step(sequencer, store->ops->session_create(store, event->token_hash,
                                                                   record.id, sequencer->wall_ms));
    if (result == OK)
        result = settle_step(sequencer, store->ops->member_set(store, ROOM_LOBBY, record.id, true));
    if (result != OK)
        return result;
    event->person = record.id;
    event->name = record.name;
    return OK;
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
        result = take_free_name(sequencer, &renewed, &record->name);
    if (result == OK)
        result = settle_step(sequencer, store->ops->person_update(store, &renewed));
    if (!nameless)
        return false;
    event->result = result;
    if (result == OK)
        event->name = renewed.name;
    return true;
}

bool settle_hello(struct sequencer *sequencer, struct event *event)
{
    struct store *store = sequencer->store;
    struct person_record record;
    /* A visitor's door asks before it lets anybody in. */
    if (event->visitor || event->again)
        return false;
    if (!sequencer->limits.guests) {
        event->result = ERR_DENIED;
        return false;
    }
    if (!event->has_token) {
        event->result = make_guest(sequencer, event);
        return true;
    }
    event->result =
        settle_step(sequencer, store->ops->person_by_session(store, event->token_hash, &record));
    if (event->result != OK)
        return false;
    event->person = record.id;
    event->name = record.name;
    return renew(sequencer, event, &record);
}

/* ---- read marks ---- */

bool settle_read(struct sequencer *sequencer, struct event *event)
{
    struct store *store = sequencer->store;
    struct person *person = community_person(&sequencer->community, event->person);
    struct seat *seat = person ? person_seat(person, event->room) : NULL;
    if (!seat) {
        event->result = ERR_NOT_FOUND;
        return false;
    }
    if (event->seq > seat->room->head.seq)
        event->seq = seat->room->head.seq;
    if (event->seq <= seat->read) {
        event->seq = seat->read;
        event->unchanged = true;
        return false;
    }
    event->result = settle_open(sequencer);
    if (event->result == OK)
        event->result = settle_step(
            sequencer, store->ops->read_set(store, event->room, event->person, event->seq, 0));
    return true;
}
