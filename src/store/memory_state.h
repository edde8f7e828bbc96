#pragma once
/*
 * The store in memory, as its files share it: memory.c (transactions, people), memory_rooms.c (rooms,
 * and who is in them), memory_log.c (the log and what follows from it), memory_read.c (its readers).
 *
 * Whatever a step changes it notes in the list of things to undo; a rollback undoes them from the
 * last to the first.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include <uthash.h>

#include "base/blob.h"
#include "store/memory.h"

/* What makes an event the same one. No padding: it is hashed as bytes. */
struct cid_key {
    uint64_t room, person;
    uint8_t cid[CID_BYTES];
};

/* The reactions of one kind, people in order. */
struct reaction_kind {
    struct blob *emoji;
    size_t count, cap;
    uint64_t *people;
};

/* A kept event. */
struct kept {
    uint64_t seq, mid, ts_ms, digest, target, reply_to, edited_ms;
    uint64_t order;    /* of all that was kept in any room */
    uint64_t edit;     /* MESSAGE: seq of its last edit; EDIT: of the one before; 0: none */
    uint64_t messages; /* how many the room has up to here */
    struct cid_key key;
    uint8_t kind, type;
    bool visitor, has_cid, deleted, revised, pinned, mentions_all;
    struct people_list *mentions; /* owned; NULL: of nobody */
    struct blob *text;
    size_t kinds_count;
    struct reaction_kind *kinds; /* in order of emoji */
    UT_hash_handle by_cid;
};

struct memory_room {
    struct room_record record; /* its topic is owned here; its head is the log's */
    uint64_t first;            /* seq of the oldest event kept; head + 1 when there is none */
    size_t bytes;              /* of the texts kept */
    size_t cap;                /* a power of two */
    struct kept **events;      /* by seq modulo cap */
    unsigned pins;
    size_t meaning; /* messages that mean somebody */
    UT_hash_handle by_id, by_name;
};

struct memory_seat {
    uint64_t room, read, read_count;
    uint8_t level;
    bool host;
};

/* Where somebody is a member, in order of room. */
struct memory_seats {
    uint64_t person;
    size_t count, cap;
    struct memory_seat *list;
    UT_hash_handle by_person;
};

struct memory_person {
    struct person_record record;
    UT_hash_handle by_id, by_name;
};

struct memory_session {
    uint8_t hash[TOKEN_HASH_BYTES];
    uint64_t person, used_ms;
    UT_hash_handle by_hash;
};

enum undo_kind {
    UNDO_ROOM,    /* room was made */
    UNDO_TOPIC,   /* text was its topic */
    UNDO_SET,     /* room_record was what it was set to, and called */
    UNDO_APPEND,  /* to room; before, its newest event had mid and ts_ms */
    UNDO_TEXT,    /* kept had text, edited_ms, deleted, revised, mentions */
    UNDO_DIGEST,  /* kept had digest */
    UNDO_REACT,   /* text, person was added to kept */
    UNDO_UNREACT, /* … taken away */
    UNDO_PIN,     /* kept was pinned, or not */
    UNDO_JOIN,    /* person came into room */
    UNDO_LEAVE,   /* … left it; seat is how it sat there */
    UNDO_SEAT,    /* … sits there otherwise now */
    UNDO_PERSON,  /* person was made */
    UNDO_RECORD,  /* record was a person's */
    UNDO_SESSION, /* session was made */
};

struct undo {
    enum undo_kind kind;
    bool deleted, revised, mentions_all;
    uint64_t person, mid, ts_ms, digest, edited_ms;
    struct memory_seat seat;
    struct memory_room *room;
    struct kept *kept;
    struct blob *text;               /* owned */
    struct person_record *record;    /* owned */
    struct room_record *room_record; /* owned */
    struct people_list *mentions;    /* owned */
    struct memory_session *session;
};

struct memory_store {
    struct store store;
    struct memory_store_limits limits;
    pthread_mutex_t lock;
    bool open; /* the writer is in a transaction and holds the lock */
    struct memory_room *rooms, *rooms_by_name;
    struct kept *kept; /* by cid */
    uint64_t appended; /* so many were, also such as were rolled back */
    struct memory_seats *seats;
    struct memory_person *people, *people_by_name;
    struct memory_session *sessions;
    struct undo *undo;
    size_t undo_count, undo_cap;
};

static inline struct memory_store *memory_of(struct store *store)
{
    return (struct memory_store *)store;
}

/** Notes how to undo what is about to happen; takes what it owns. Only within a transaction. */
void memory_note(struct memory_store *memory, struct undo undo);

struct memory_room *memory_room(const struct memory_store *memory, uint64_t id);
struct memory_person *memory_person(const struct memory_store *memory, uint64_t id);

/* memory_rooms.c */
struct memory_room *memory_room_add(struct memory_store *memory, const struct room_record *record);
void memory_room_delete(struct memory_store *memory, struct memory_room *room);
struct memory_seats *memory_seats(const struct memory_store *memory, uint64_t person);
struct memory_seat *memory_seat(const struct memory_store *memory, uint64_t room, uint64_t person);
/** Undoes a change of rooms and seats; frees nothing of undo. */
void memory_rooms_undo(struct memory_store *memory, const struct undo *undo);

int memory_room_get(struct store *store, uint64_t id, struct room_record *ret_room);
int memory_room_by_name(struct store *store, const struct name *folded, uint64_t *ret_id);
int memory_room_create(struct store *store, const struct room_record *record);
int memory_room_set_topic(struct store *store, uint64_t id, struct slice topic);
int memory_room_set_name(struct store *store, uint64_t id, const struct name *name,
                         const struct name *folded);
int memory_room_set(struct store *store, const struct room_record *record);
int memory_rooms_with_flag(struct store *store, uint32_t flag,
                           void (*visit)(void *ctx, uint64_t room), void *ctx);
int memory_people_of(struct store *store, uint64_t room, struct peer *ret_people, unsigned max,
                     unsigned *ret_count);
int memory_member_set(struct store *store, uint64_t room_id, uint64_t person, bool on);
int memory_member_get(struct store *store, uint64_t room, uint64_t person,
                      struct seat_record *ret_seat);
int memory_member_set_host(struct store *store, uint64_t room, uint64_t person, bool host);
int memory_member_set_level(struct store *store, uint64_t room, uint64_t person, uint8_t level);
int memory_read_set(struct store *store, uint64_t room, uint64_t person, uint64_t seq,
                    uint64_t count);
int memory_rooms_of(struct store *store, uint64_t person,
                    void (*visit)(void *ctx, const struct seat_record *seat), void *ctx);

/* memory_log.c */

/** Returns borrowed the event, or NULL. */
struct kept *memory_kept(const struct memory_room *room, uint64_t seq);
/** Forgets the oldest events beyond the limits. */
void memory_log_trim(struct memory_store *memory, struct memory_room *room);
/** Undoes a change of the log; frees nothing of undo. */
void memory_log_undo(struct memory_store *memory, const struct undo *undo);
/** Returns owned a copy. */
struct people_list *memory_people_copy(const struct people_list *people);
/** Frees the log of a room. */
void memory_log_free(struct memory_store *memory, struct memory_room *room);

int memory_kept_by_cid(struct store *store, uint64_t room, uint64_t author,
                       const uint8_t cid[CID_BYTES], struct kept_record *ret_kept);
int memory_append(struct store *store, const struct event *event, uint64_t digest);
int memory_message_get(struct store *store, uint64_t room, uint64_t seq,
                       struct message_record *ret_message);
int memory_message_set_text(struct store *store, uint64_t room, uint64_t seq, struct slice text,
                            uint64_t edited_ms);
int memory_message_erase(struct store *store, uint64_t room, uint64_t seq);
int memory_reaction_set(struct store *store, uint64_t room, uint64_t seq, uint64_t person,
                        struct slice emoji, bool on, unsigned kinds_max);
int memory_pin_set(struct store *store, uint64_t room, uint64_t seq, bool on, unsigned pins_max);
int memory_mention(struct store *store, uint64_t room, uint64_t seq,
                   const struct people_list *people, bool all);
int memory_mentions_behind(struct store *store, uint64_t room, uint64_t person, uint64_t seq,
                           uint32_t *ret_count);
int memory_files_attach(struct store *store, uint64_t room, uint64_t seq, uint64_t person,
                        const struct file_list *wanted, struct file_list **ret_files);
int memory_messages_up_to(struct store *store, uint64_t room, uint64_t seq, uint64_t *ret_count);

/* memory_read.c */
struct memory_reader {
    struct store_reader reader;
    struct memory_store *memory;
    const struct memory_room *room; /* of the question at hand */
    const struct kept *kept;        /* the row at which it stands */
    uint64_t seq;                   /* of the next one */
    bool up;
};

/** Returns owned the event of the row at which the reader stands, as a page of history shows it. */
struct event *memory_page_event(const struct memory_reader *reader);

/* memory_search.c */
/** Answers a READ_SEARCH: every message is looked at. */
int memory_read_search(struct memory_reader *reader, struct store_read *read);
