#pragma once
/*
 * A room as the sequencer knows it: who is here, and how many notices may still be shown. (Its log is the
 * store's; each worker's part of its clients is a pool.)
 */

#include <stdbool.h>
#include <stdint.h>

#include "chat/rate.h"
#include "chat/roster.h"

enum { ROOM_LOBBY = 1 }; /* the number of the room in which everybody is */

/* What the protocols call that room. */
#define ROOM_LOBBY_ID "lobby"
#define ROOM_LOBBY_NAME "Lobby"

struct event;

struct room {
    uint32_t number;
    struct roster *roster;
    struct rate_bucket notices;
    bool stale;          /* a notice was left out: a HERE event is owed */
    uint64_t here_at_ms; /* not before this */
};

void room_init(struct room *room, uint32_t number, const struct rate *notices, uint64_t now_ms);
void room_release(struct room *room);

/**
 * Settles an event of who is here (JOIN, LEAVE, RENAME, ACTIVE): changes the roster and fills in name, was,
 * turned, shown, people, visitors and, for a person's JOIN, the roster. For a POST fills in the name.
 */
void room_settle(struct room *room, struct event *event, const struct rate *notices,
                 uint64_t now_ms);
