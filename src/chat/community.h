#pragma once
/*
 * Those rooms and people that are here at the moment: what the sequencer holds in memory of what the store keeps. A room is
 * loaded with the first person who comes, and let go after the last; so a quiet room costs nothing.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/id_table.h"
#include "chat/person.h"
#include "chat/room.h"
#include "chat/store.h"

struct community {
    struct store *store; /* kept */
    struct rate notices; /* of a room */
    struct id_table rooms;
    struct id_table people;
    struct person *away_first,
        *away_last;       /* without a connection, the one who goes first in front */
    struct room *touched; /* by the batch in hand */
    struct room *stale;   /* a HERE event is owed */
    struct person *marks; /* with marks that the store does not know yet */
    struct room *lobby;
};

/** Loads the lobby. OK, or what the store says. keeps store. key is random: see base/id_table.h. */
int community_init(struct community *community, struct store *store, const struct rate *notices,
                   uint64_t key, uint64_t now_ms);
void community_release(struct community *community);

/** OK with ret_room borrowed; ERR_NOT_FOUND; or what the store says. A room where nobody is stays until community_sweep. */
int community_room(struct community *community, uint64_t id, uint64_t now_ms,
                   struct room **ret_room);

/** Adds a room that was just made. Returns borrowed. */
struct room *community_add_room(struct community *community, const struct room_record *record,
                                uint64_t now_ms);

/** Returns borrowed the person if it is here, or NULL. */
struct person *community_person(const struct community *community, uint64_t id);

/**
 * The person of the record, with seats in all its rooms: OK with ret_person borrowed. It is known from here on, and not here. Or what
 * the store says; then nothing has changed.
 */
int community_enter(struct community *community, const struct person_record *record,
                    uint64_t now_ms, struct person **ret_person);

/** The person is here from now on: its seats are listed. Its marks are looked up anew, as nobody has followed them. */
int community_appear(struct community *community, struct person *person);

/** It is not here any more; it is forgotten when no quiet connection speaks in its name. */
void community_vanish(struct community *community, struct person *person);

/** One of its marks was moved by what it said itself: the store is to be told some time. */
void community_stale_mark(struct community *community, struct person *person, struct seat *seat);

/** It has no connection any more, and stops being here at away_ms, which is not before anybody else's. */
void community_away(struct community *community, struct person *person, uint64_t away_ms);

/** It has one again. */
void community_back(struct community *community, struct person *person);

/** Takes the person out of memory with all its seats. */
void community_drop(struct community *community, struct person *person);

/** Notes that the batch in hand changes the room's head. */
void community_touch(struct community *community, struct room *room);

/** The batch in hand is done: kept (heads stay) or not (they are what they were before). */
void community_settle(struct community *community, bool kept);

/** A notice was left out in this room: a HERE is owed at here_at_ms. */
void community_stale(struct community *community, struct room *room, uint64_t here_at_ms);

/** Lets go of the room if nobody is here. */
void community_sweep(struct community *community, struct room *room);
