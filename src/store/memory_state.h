#pragma once
/*
 * The store in memory, as its files share it: memory.c (transactions, rooms, people), memory_log.c
 * (the log and what follows from it), memory_read.c (its readers).
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
    uint64_t edit; /* MESSAGE: seq of its last edit; EDIT: of the one before; 0: none */
    struct cid_key key;
    uint8_t kind, type;
    bool visitor, has_cid, deleted, revised, pinned;
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
    UT_hash_handle by_id, by_name;
};

struct memory_seat {
    uint64_t room, read;
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
    uint64_t person;
    UT_hash_handle by_hash;
};

enum undo_kind {
    UNDO_ROOM,    /* room was made */
    UNDO_TOPIC,   /* text was its topic */
    UNDO_APPEND,  /* to room; before, its newest event had mid and ts_ms */
    UNDO_TEXT,    /* kept had text, edited_ms, deleted, revised */
    UNDO_DIGEST,  /* kept had digest */
    UNDO_REACT,   /* text, person was added to kept */
    UNDO_UNREACT, /* … taken away */
    UNDO_PIN,     /* kept was pinned, or not */
    UNDO_JOIN,    /* person came into room */
    UNDO_LEAVE,   /* … left it and had read */
    UNDO_READ,    /* … had read */
    UNDO_PERSON,  /* person was made */
    UNDO_RECORD,  /* record was a person's */
    UNDO_SESSION, /* session was made */
};

struct undo {
    enum undo_kind kind;
    bool deleted, revised;
    uint64_t person, read, mid, ts_ms, digest, edited_ms;
    struct memory_room *room;
    struct kept *kept;
    struct blob *text;            /* owned */
    struct person_record *record; /* owned */
    struct memory_session *session;
};

struct memory_store {
    struct store store;
    struct memory_store_limits limits;
    pthread_mutex_t lock;
    bool open; /* the writer is in a transaction and holds the lock */
    struct memory_room *rooms, *rooms_by_name;
    struct kept *kept; /* by cid */
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

/* memory_log.c */

/** Returns borrowed the event, or NULL. */
struct kept *memory_kept(const struct memory_room *room, uint64_t seq);
/** Forgets the oldest events beyond the limits. */
void memory_log_trim(struct memory_store *memory, struct memory_room *room);
/** Undoes a change of the log; frees nothing of undo. */
void memory_log_undo(struct memory_store *memory, const struct undo *undo);
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
