#pragma once
/*
 * A store without a disk that does what chat/store.h says, in fixed arrays, and fails at the step
 * that the test names. It is strict: whoever writes without a transaction, or goes on writing after
 * a step has failed, fails the test.
 */

#include "chat/scripted_directory.h"
#include "chat/store.h"

enum {
    SCRIPTED_EVENTS_MAX = 800,
    SCRIPTED_ROOMS_MAX = 250,
    SCRIPTED_PEOPLE_MAX = 64,
    SCRIPTED_MEMBERS_MAX = 512,
    SCRIPTED_REACTIONS_MAX = 128,
    SCRIPTED_PINS_MAX = 128,
    SCRIPTED_MENTIONS_MAX = 256,
    SCRIPTED_FILES_MAX = 32,
    SCRIPTED_TEXT_MAX = 300,
};

struct scripted_text {
    uint16_t len;
    char text[SCRIPTED_TEXT_MAX];
};

struct scripted_event {
    uint64_t room, seq, mid, ts_ms, author, target, reply_to, digest, edited_ms;
    uint8_t kind;
    bool visitor, has_cid, deleted;
    uint8_t cid[CID_BYTES];
    struct scripted_text text; /* of a message: as it is now */
};

struct scripted_state {
    size_t events_count, rooms_count, people_count, members_count, reactions_count, pins_count;
    struct scripted_event events[SCRIPTED_EVENTS_MAX];
    struct {
        uint64_t id;
        uint8_t kind;
        uint32_t flags, slow_ms, retention_days;
        struct name name, folded;
        struct scripted_text topic;
    } rooms[SCRIPTED_ROOMS_MAX];
    struct {
        struct person_record record;
        uint8_t session[TOKEN_HASH_BYTES];
    } people[SCRIPTED_PEOPLE_MAX];
    struct {
        uint64_t room, person, read, read_count;
        uint8_t level;
        bool host;
    } members[SCRIPTED_MEMBERS_MAX];
    struct {
        uint64_t room, seq, person;
        struct scripted_text emoji;
    } reactions[SCRIPTED_REACTIONS_MAX];
    struct {
        uint64_t room, seq;
    } pins[SCRIPTED_PINS_MAX];
    size_t mentions_count;
    struct {
        uint64_t room, seq, person; /* 0: everybody */
    } mentions[SCRIPTED_MENTIONS_MAX];
    size_t files_count;
    struct {
        uint64_t id, person, room, seq;
    } files[SCRIPTED_FILES_MAX];
    struct scripted_directory directory;
};

struct scripted_store {
    struct store store;
    struct scripted_state now, saved; /* as it is; as it was at begin */
    bool open, failed;                /* a transaction is; and a step of it has failed */
    unsigned begins, commits, rollbacks, appends;
    unsigned steps;   /* asked so far */
    unsigned fail_at; /* which step of these fails; 0: none */
    int fail_with;
};

extern struct scripted_store script;

/** A store with the lobby in it. Returns borrowed. */
struct store *scripted_store_init(void);

/** The next step, or the one after so many more, fails. */
void scripted_store_fail(unsigned after, int result);

/** The kept event, or NULL. */
const struct scripted_event *scripted_store_event(uint64_t room, uint64_t seq);

/** Whether the person is a member, and its read mark (where asked for). */
bool scripted_store_member(uint64_t room, uint64_t person, uint64_t *ret_read);

/** The person as kept; it must be there. */
struct person_record *scripted_store_person(uint64_t id);

/** Makes a room with an empty log. */
void scripted_store_add_room(uint64_t id, const char *name);

/** Makes a member. */
void scripted_store_add_member(uint64_t room, uint64_t person, uint64_t read);

/** How many of its events a room has. */
uint64_t scripted_store_head(uint64_t room);

/* ---- for scripted_store*.c only ---- */

/** Counts the step and says whether it fails; the second is for those that write. */
int scripted_step(struct store *store);
int scripted_write_step(struct store *store);

static inline bool scripted_same_name(const struct name *a, const struct name *b)
{
    return slice_equals(name_slice(a), name_slice(b));
}

int scripted_member_set(struct store *store, uint64_t room, uint64_t person, bool on);
int scripted_read_set(struct store *store, uint64_t room, uint64_t person, uint64_t seq,
                      uint64_t count);
int scripted_rooms_of(struct store *store, uint64_t person,
                      void (*visit)(void *ctx, const struct seat_record *seat), void *ctx);
int scripted_person_by_session(struct store *store, const uint8_t hash[TOKEN_HASH_BYTES],
                               struct person_record *ret_person);
int scripted_person_by_name(struct store *store, const struct name *folded,
                            struct person_record *ret_person);
int scripted_person_create(struct store *store, const struct person_record *person);
int scripted_session_create(struct store *store, const uint8_t hash[TOKEN_HASH_BYTES],
                            uint64_t person, uint64_t now_ms);
int scripted_person_update(struct store *store, const struct person_record *person);
int scripted_person_get(struct store *store, uint64_t id, struct person_record *ret_person);
int scripted_member_get(struct store *store, uint64_t room, uint64_t person,
                        struct seat_record *ret_seat);
int scripted_member_set_host(struct store *store, uint64_t room, uint64_t person, bool host);
int scripted_member_set_level(struct store *store, uint64_t room, uint64_t person, uint8_t level);
int scripted_mentions_behind(struct store *store, uint64_t room, uint64_t person, uint64_t seq,
                             uint32_t *ret_count);
int scripted_people_of(struct store *store, uint64_t room, struct peer *ret_people, unsigned max,
                       unsigned *ret_count);
