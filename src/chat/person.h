#pragma once
/*
 * A person as the sequencer knows it while it is here: from its first connection until some time after its last. A seat is
 * its place in one of its rooms. Belongs to the sequencer's community.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/id_table.h"
#include "chat/name.h"

struct room;

struct seat {
    struct room *room;
    uint64_t read;  /* the read mark */
    uint32_t index; /* in the room's array of who is here */
    bool leaving;   /* a LEFT of the batch in hand is with the store */
};

struct person {
    uint64_t id;
    struct id_link by_id;
    char *name; /* owned, NUL-terminated */
    uint32_t connections, active_connections;
    struct seat *seats; /* owned */
    uint16_t seats_count, seats_cap;
    uint16_t joining;  /* rooms that the batch in hand lets it into */
    bool shown_active; /* what the rooms were told last */
    uint64_t away_ms;  /* while there is no connection: when it stops being here (monotonic) */
    struct person *prev, *next; /* among those without a connection, in order of away_ms */
};

/** Returns owned a person without connections and seats. */
struct person *person_new(uint64_t id, const struct name *name);

/** Makes room for so many seats, exactly: most people never come into another room. */
void person_reserve(struct person *person, uint16_t seats);

/** Takes it; it must have no seats. */
void person_free(struct person *person);

void person_set_name(struct person *person, const struct name *name);

/** Its name, or for NULL none. */
struct name person_name(const struct person *person);

/** Returns borrowed the seat in a room, or NULL. */
struct seat *person_seat(const struct person *person, uint64_t room);
