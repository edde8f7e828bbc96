#pragma once
/*
 * What a hello brings and what it is answered with. It belongs to the HELLO event: the hub fills in the cursors, the
 * sequencer the rooms.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chat/name.h"

struct server_state;

/* Ids of rooms are 48 random bits; outside they are 12 hexadecimal digits, and the lobby's is "lobby". */
enum { ROOM_LOBBY = 1 };

#define ROOM_LOBBY_ID "lobby"
#define ROOM_LOBBY_NAME "Lobby"
#define ROOM_ID_MAX ((UINT64_C(1) << 48) - 1)

/* On disk. */
enum room_kind {
    ROOM_PUBLIC = 0,
    ROOM_PRIVATE = 1, /* seen only by those in it */
    ROOM_DIRECT = 2,  /* the same, of two or more people, without a name; nobody comes or goes */
    ROOM_ANNOUNCEMENT = 3, /* public; only hosts, moderators and bots speak */
    ROOM_KIND_END
};

/* Bits of a room's flags; on disk. */
enum {
    ROOM_FLAG_GUESTS = 1,   /* guests may come in; the lobby's is set */
    ROOM_FLAG_DEFAULT = 2,  /* newcomers are in it at once */
    ROOM_FLAG_ARCHIVED = 4, /* can be read only */
};

/* How much of a room somebody wants to be told; on disk. */
enum attention { ATTENTION_ALL = 0, ATTENTION_MENTIONS = 1, ATTENTION_NONE = 2, ATTENTION_END };

enum {
    TOPIC_CHARACTERS_MAX = 250,
    TOPIC_BYTES_MAX = 4 * TOPIC_CHARACTERS_MAX,
    PERSON_ROOMS_MAX = 200, /* that a person can be in */
    EMOJI_BYTES_MAX = 32,
    MESSAGE_REACTIONS_MAX = 50, /* different ones */
    ROOM_PINS_MAX = 100,
    DIRECT_PEOPLE_MAX = 10, /* of a direct room, oneself included */
    MESSAGE_FILES_MAX = 10,
    MESSAGE_MENTIONS_MAX = 20, /* people named in one message; further ones are plain text */
    UNREAD_MAX = 9999,         /* counted no further */
    SLOW_MS_MAX = 6 * 60 * 60 * 1000,
    RETENTION_DAYS_MAX = 3650,
};

/* Where a client stands in a room: the last kept event that it has. */
struct cursor {
    uint64_t room;
    uint64_t seq; /* 0: has none */
    uint64_t mid; /* of that event; 0: it does not know */
};

/* Somebody in a direct room. */
struct peer {
    uint64_t id;
    struct name name;
};

/* What a client is told of a room that it is in. */
struct room_info {
    uint64_t id;
    uint8_t kind;              /* enum room_kind */
    uint8_t level;             /* enum attention: the person's */
    bool host;                 /* the person is one */
    uint32_t flags;            /* ROOM_FLAG_… */
    uint32_t slow_ms;          /* slow mode; 0: none */
    uint32_t retention_days;   /* 0: kept for good */
    uint32_t unread, mentions; /* messages behind the read mark, and those that mean the person */
    uint64_t head, mid, ts_ms; /* of the newest kept event; all 0 for none */
    uint64_t read;             /* the person's read mark */
    uint32_t people, visitors; /* here now */
    struct name name;
    char *topic; /* owned, NUL-terminated; NULL: none */
    size_t peers_count;
    struct peer
        *peers; /* owned; all the people of a direct room, the person too; NULL for others */
};

struct welcome {
    size_t cursors_count;
    struct cursor *cursors; /* owned */
    size_t rooms_count;
    struct room_info *rooms;     /* owned */
    struct server_state *server; /* one reference; NULL: a visitor's */
};

/** Returns owned, empty. */
struct welcome *welcome_new(void);

/** Frees it with all that it owns; NULL is fine. */
void welcome_free(struct welcome *welcome);

/** Returns owned a copy of a room's info. */
struct room_info *room_info_copy(const struct room_info *info);

/** NULL is fine. */
void room_info_free(struct room_info *info);
