#pragma once
/*
 * What a hello brings and what it is answered with. It belongs to the HELLO event: the hub fills in the cursors, the
 * sequencer the rooms.
 */

#include <stddef.h>
#include <stdint.h>

#include "chat/name.h"

/* Ids of rooms are 48 random bits; outside they are 12 hexadecimal digits, and the lobby's is "lobby". */
enum { ROOM_LOBBY = 1 };

#define ROOM_LOBBY_ID "lobby"
#define ROOM_LOBBY_NAME "Lobby"
#define ROOM_ID_MAX ((UINT64_C(1) << 48) - 1)

enum room_kind { ROOM_PUBLIC = 0 }; /* on disk */

enum {
    TOPIC_CHARACTERS_MAX = 250,
    TOPIC_BYTES_MAX = 4 * TOPIC_CHARACTERS_MAX,
    PERSON_ROOMS_MAX = 200, /* that a person can be in */
    EMOJI_BYTES_MAX = 32,
    MESSAGE_REACTIONS_MAX = 50, /* different ones */
    ROOM_PINS_MAX = 100,
};

/* Where a client stands in a room: the last kept event that it has. */
struct cursor {
    uint64_t room;
    uint64_t seq; /* 0: has none */
    uint64_t mid; /* of that event; 0: it does not know */
};

/* What a client is told of a room that it is in. */
struct room_info {
    uint64_t id;
    uint8_t kind;              /* enum room_kind */
    uint64_t head, mid, ts_ms; /* of the newest kept event; all 0 for none */
    uint64_t read;             /* the person's read mark */
    uint32_t people, visitors; /* here now */
    struct name name;
    char *topic; /* owned, NUL-terminated; NULL: none */
};

struct welcome {
    size_t cursors_count;
    struct cursor *cursors; /* owned */
    size_t rooms_count;
    struct room_info *rooms; /* owned */
};

/** Returns owned, empty. */
struct welcome *welcome_new(void);

/** Frees it with all that it owns; NULL is fine. */
void welcome_free(struct welcome *welcome);

/** Returns owned a copy of a room's info. */
struct room_info *room_info_copy(const struct room_info *info);

/** NULL is fine. */
void room_info_free(struct room_info *info);
