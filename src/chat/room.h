#pragma once
/*
 * A room as the sequencer knows it while somebody is here: where its log stands, who is here, and how many notices may still
 * be shown. (Its log is the store's; each worker's part of its clients is a pool.) Belongs to the sequencer's community.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/id_table.h"
#include "chat/event.h"
#include "chat/person.h"
#include "chat/rate.h"
#include "chat/store.h"
#include "chat/welcome.h"

/* Where a log stands. */
struct room_head {
    uint64_t seq, mid, ts_ms; /* of the newest kept event; 0 for none */
    uint64_t messages;        /* how many there are */
};

struct room {
    uint64_t id;
    struct id_link by_id;
    uint8_t kind;   /* enum room_kind */
    uint32_t flags; /* ROOM_FLAG_… */
    uint32_t slow_ms, retention_days;
    struct name name;
    char *topic; /* owned; NULL: none */
    struct peer
        *peers; /* of a direct room: who is in it, once somebody was told; owned; NULL: not known */
    size_t peers_count;
    struct room_head head;  /* as the store has it, with the batch in hand */
    struct room_head saved; /* while touched: before the batch in hand */
    struct room_head told;  /* as far as the batch in hand is in order: what a newcomer is told */
    bool touched;           /* by the batch in hand */
    struct room *next_touched;
    uint32_t seats;       /* of people who are known, here or not */
    struct person **here; /* who is here, in no order; owned */
    uint32_t here_count, here_cap;
    uint32_t visitors;
    struct roster_view *view; /* NULL after a change */
    struct rate_bucket notices;
    bool stale;          /* a notice was left out: a HERE event is owed, */
    uint64_t here_at_ms; /* not before this */
    struct room *next_stale;
};

/** Returns owned; takes record->topic. */
struct room *room_new(const struct room_record *record, const struct rate *notices,
                      uint64_t now_ms);

/** Takes it; nobody may be here. */
void room_free(struct room *room);

/** Gives the person a seat here, as the record says; lists it among those who are here if the person is. */
struct seat *room_seat(struct room *room, struct person *person, const struct seat_record *record);

/** Lists the person's seat among those who are here, or takes it off the list. */
void room_list(struct room *room, struct person *person, bool here);

/** Takes the person's seat away. */
void room_unseat(struct room *room, struct person *person);

/** Who is in it, or what they are called, has changed: it is looked up when it is next told. */
void room_forget_peers(struct room *room);

/** A visitor came (+1) or went (-1). */
void room_visit(struct room *room, int by);

/** Whoever is here has changed (name, activity): the picture is made anew when it is next asked for. */
void room_changed(struct room *room);

/** Returns owned a reference to a picture of now. */
struct roster_view *room_view(struct room *room);

/** How many messages are behind the person's read mark, as far as the batch in hand is in order. */
uint32_t room_unread(const struct room *room, const struct seat *seat);

/** Fills in what a client is told, but for peers; info->topic is a copy, owned. */
void room_describe(const struct room *room, const struct seat *seat, struct room_info *ret_info);
