#pragma once
/*
 * The inside of the fake store, for fake_*.c only.
 */

#include "fake_store.h"

enum undo_kind {
    UNDO_APPEND,
    UNDO_EVENT, /* an event was changed: was */
    UNDO_ROOM,
    UNDO_TOPIC,
    UNDO_RECORD,
    UNDO_REACTION_ADD,
    UNDO_REACTION_REMOVE,
    UNDO_MEMBER_ADD,
    UNDO_MEMBER_REMOVE,
    UNDO_MEMBER,
    UNDO_PERSON_ADD,
    UNDO_PERSON,
    UNDO_SESSION_ADD,
    UNDO_SESSION_REMOVE,
    UNDO_SESSION_USED,
    UNDO_SERVER,
};

struct fake_undo {
    enum undo_kind kind;
    uint64_t room, seq, number;
    struct fake_event event;
    struct fake_reaction reaction;
    struct fake_member member;
    struct person_record person;
    struct room_record record;
    struct fake_session session;
    struct server_record server;
};

/** Each returns borrowed, or NULL. */
struct fake_event *fake_find_event(const struct fake_store *fake, uint64_t room, uint64_t seq);
struct fake_member *fake_find_member(const struct fake_store *fake, uint64_t room, uint64_t person);
struct person_record *fake_find_person(const struct fake_store *fake, uint64_t id);
struct fake_reaction *fake_find_reaction(const struct fake_store *fake,
                                         const struct fake_reaction *key);

/**
 * Writes a change down; what it was before is to be filled in. Returns borrowed until the next one.
 */
struct fake_undo *fake_note(struct fake_store *fake, enum undo_kind kind, uint64_t room,
                            uint64_t seq);

/** Returns borrowed, or NULL. */
struct fake_session *fake_find_session(const struct fake_store *fake,
                                       const uint8_t hash[TOKEN_HASH_BYTES]);

/** They must be there. */
void fake_take_session_away(struct fake_store *fake, struct fake_session *session);
void fake_take_reaction_away(struct fake_store *fake, const struct fake_reaction *key);
void fake_take_member_away(struct fake_store *fake, struct fake_member *member);

/** Whether a step of a transaction goes well: OK or ERR_BUSY. */
int fake_step(struct fake_store *fake);

/** What was done since the last time is committed. */
void fake_keep(struct fake_store *fake);

/* struct store_ops; those of members are in fake_members.c. */
int fake_member_set(struct store *store, uint64_t room, uint64_t person, bool on);
int fake_member_get(struct store *store, uint64_t room, uint64_t person,
                    struct seat_record *ret_seat);
int fake_member_set_host(struct store *store, uint64_t room, uint64_t person, bool host);
int fake_member_set_level(struct store *store, uint64_t room, uint64_t person, uint8_t level);
int fake_read_set(struct store *store, uint64_t room, uint64_t person, uint64_t seq,
                  uint64_t count);
int fake_rooms_of(struct store *store, uint64_t person,
                  void (*visit)(void *ctx, const struct seat_record *seat), void *ctx);
int fake_people_of(struct store *store, uint64_t room, struct peer *ret_people, unsigned max,
                   unsigned *ret_count);
int fake_mentions_behind(struct store *store, uint64_t room, uint64_t person, uint64_t seq,
                         uint32_t *ret_count);

/** The role that a person has; a visitor's, too. */
uint8_t fake_role_of(const struct fake_store *fake, uint64_t person);

/** Whoever has left the server is nobody's any more. */
static inline bool fake_is_erased(const struct person_record *person)
{
    return person->banned_ms == UINT64_MAX;
}

/** Finds what is wrong with an event that is to be kept: who may say what where. NULL: nothing. */
const char *fake_check_author(const struct fake_store *fake, const struct event *event);

int fake_begin(struct store *store);
int fake_commit(struct store *store);
void fake_rollback(struct store *store);
