#pragma once
/*
 * A person as the sequencer knows it while it is here: from its first connection until some time after its last; or while
 * a quiet connection (the HTTP API's) asks for something in its name: then it is known, but not here. A seat is its place in
 * one of its rooms. Belongs to the sequencer's community.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/id_table.h"
#include "chat/name.h"
#include "chat/rate.h"

struct room;
struct person_record;
struct seat_record;

struct seat {
    struct room *room;
    uint64_t read; /* the read mark */
    /* how many messages of the room it covers; only differences count, so it may wrap */
    uint32_t read_count;
    /* in the room's array of who is here; NOT_LISTED while the person is not here */
    uint32_t index;
    uint32_t mentions : 14; /* behind the mark; at most UNREAD_MAX */
    uint32_t level : 2;     /* enum attention */
    uint32_t host : 1;
    uint32_t leaving : 1; /* a LEFT or REMOVED of the batch in hand is with the store */
    /* the mark was moved by the person's own messages, and the store does not know it yet */
    uint32_t stale : 1;
};

#define NOT_LISTED UINT32_MAX

struct person {
    uint64_t id;
    struct id_link by_id;
    char *name;    /* owned, NUL-terminated */
    char *display; /* owned; NULL: as the name */
    uint32_t connections, active_connections;
    uint32_t quiet; /* connections that do not make it be here */
    uint32_t color;
    uint64_t muted_ms;        /* until when, wall clock; 0: not */
    struct rate_bucket posts; /* all zero is full */
    struct seat *seats;       /* owned */
    uint16_t seats_count, seats_cap;
    uint16_t joining; /* rooms that the batch in hand lets it into */
    uint8_t role;     /* enum role */
    bool here : 1;    /* its seats are listed in the rooms */
    bool out : 1;     /* its sessions have ended: nothing is heard from it before another hello, */
    bool erased : 1;  /* and nothing ever again */
    bool stale : 1;   /* among those with a mark that the store does not know yet */
    bool shown_active : 1; /* what the rooms were told last */
    uint64_t away_ms;      /* while there is no connection: when it stops being here (monotonic) */
    struct person *prev, *next; /* among those without a connection, in order of away_ms */
    struct person *next_stale;
};

/** Returns owned a person as the record says, without connections and seats. */
struct person *person_new(const struct person_record *record);

/** Makes room for so many seats, exactly: most people never come into another room. */
void person_reserve(struct person *person, uint16_t seats);

/** Takes it; it must have no seats. */
void person_free(struct person *person);

void person_set_name(struct person *person, const struct name *name);

/** An empty name: none but the name. */
void person_set_display(struct person *person, const struct name *display);

/** What is shown instead of its name; empty: its name. */
struct name person_display(const struct person *person);

/** Its name, or for NULL none. */
struct name person_name(const struct person *person);

/** Returns borrowed the seat in a room, or NULL. */
struct seat *person_seat(const struct person *person, uint64_t room);
