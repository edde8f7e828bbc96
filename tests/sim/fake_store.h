#pragma once
/*
 * A store that keeps everything in plain arrays, and fails as it is told to. Every change is
 * written down, so that a transaction is undone by going back, and so is a whole store: as if a
 * backup had been restored. It is also the truth that the screens are compared with, and knows
 * nothing of how the domain works.
 *
 * It checks what it is told: a seq that is there already or leaves a hole, a text that is damaged.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chat/dice.h"
#include "chat/store.h"

struct fake_event {
    uint8_t kind;
    bool visitor, has_cid;
    bool deleted, pinned;
    bool ghost; /* it was not kept, and is here nevertheless: see keep_ghosts */
    uint8_t cid[CID_BYTES];
    uint64_t mid, ts_ms, person, target, reply_to, digest;
    uint64_t number; /* of its text, as it is now */
    uint32_t len;    /* bytes of that text */
    uint64_t edited_ms;
};

struct fake_room {
    struct room_record record; /* without head and topic */
    uint64_t topic;            /* number of its text; 0: none */
    struct fake_event *events; /* seq 1 is the first */
    size_t count, cap;
    uint64_t forgotten; /* up to this seq readers do not see the log any more */
};

struct fake_reaction {
    uint64_t room, seq, person, emoji;
};

struct fake_member {
    uint64_t room, person, read, read_count;
    uint8_t level;
    bool host;
};

struct fake_session {
    uint8_t hash[TOKEN_HASH_BYTES];
    uint64_t person;
    uint64_t id, used_ms; /* with a directory */
};

/*
 * Which message a text was said in, and the seq of the edit or deletion that took it back; 0: none.
 */
struct fake_said {
    uint64_t room, seq, until;
};

struct fake_undo;

enum fake_io { FAKE_IO_NONE, FAKE_IO_KEPT, FAKE_IO_LOST };

struct fake_store {
    struct store store;
    struct dice *dice; /* kept */
    struct fake_room *rooms;
    struct fake_reaction *reactions;
    struct fake_member *members;
    struct person_record *people;
    struct fake_session *sessions;
    struct fake_said *said; /* by number of the text */
    struct fake_undo *undo; /* all that was ever changed, in order */
    size_t *marks;          /* how long undo was after each commit */
    size_t rooms_count, rooms_cap, reactions_count, reactions_cap, members_count, members_cap;
    size_t people_count, people_cap, sessions_count, sessions_cap, said_cap;
    size_t undo_count, undo_cap, marks_count, marks_cap;
    bool open;
    struct server_record server; /* with a directory */

    /* Faults. */
    unsigned fail_percent; /* of the steps of a transaction: the disk is full */
    enum fake_io io;       /* the next commit ends the program; was it kept? */
    bool keep_ghosts; /* the first event of a room stays where it was rolled back (a planted bug) */
    bool lie;         /* a commit that fails says that it went well (a planted bug) */

    uint64_t rollbacks;
    const char *wrong; /* what the domain did that it must not, or NULL */
};

/** With the lobby in it. keeps dice. */
void fake_store_init(struct fake_store *fake, struct dice *dice);
/** Has it keep accounts, too: an invitation is any token, whose first byte is the role that it carries. */
void fake_store_use_directory(struct fake_store *fake);
void fake_store_release(struct fake_store *fake);

/** Undoes what was not committed, as a restart does. */
void fake_store_crash(struct fake_store *fake);

/** Goes back by some commits, as a restored backup does. */
void fake_store_restore(struct fake_store *fake, size_t commits);

/** Answers a question from what is committed. */
void fake_store_read(struct fake_store *fake, struct store_read *read);

/* ---- the truth ---- */

/** Returns borrowed, or NULL. */
struct fake_room *fake_store_room(const struct fake_store *fake, uint64_t id);

/** Returns borrowed, or NULL when that seq was not kept. */
const struct fake_event *fake_store_event(const struct fake_store *fake, uint64_t room,
                                          uint64_t seq);

bool fake_store_is_host(const struct fake_store *fake, uint64_t room, uint64_t person);

bool fake_store_is_member(const struct fake_store *fake, uint64_t room, uint64_t person);

/** How far the person has read there; 0 also when it is not in the room. */
uint64_t fake_store_read_mark(const struct fake_store *fake, uint64_t room, uint64_t person);

/** Whether the text was taken back by an event up to `seq`. */
bool fake_store_is_erased(const struct fake_store *fake, uint64_t number, uint64_t seq);

/** Whose token this is, or 0. */
uint64_t fake_store_session(const struct fake_store *fake, const uint8_t hash[TOKEN_HASH_BYTES]);

/** All reactions to a message, each as reaction_hash. */
uint64_t fake_store_reactions(const struct fake_store *fake, uint64_t room, uint64_t seq);

/** How many kept events carry this cid. */
unsigned fake_store_count_cid(const struct fake_store *fake, uint64_t person,
                              const uint8_t cid[CID_BYTES]);
