#pragma once
/*
 * What the domain asks of a store: the log of each room, what follows from it (messages as they are now, members, read marks),
 * and who people are. The store decides nothing: the sequencer does, and says so in small steps within one transaction.
 *
 * struct store is the writing half: one thread, the writer's, calls it. Between begin and commit every step sees what those before it
 * did; a commit is all or nothing, and only what it has answered with OK is kept: only then may anybody hear of it.
 * struct store_reader is the reading half, one for each reading thread; it sees what is committed.
 *
 * Every function returns OK or one of: ERR_NOT_FOUND and ERR_EXISTS where it says so; ERR_BUSY: the disk is full, roll
 * back, nothing was kept, and it will go again when there is room; ERR_IO: the disk or the file is broken and the program must end (the store has
 * logged nothing: store->fault says in one line what it was). Output stays untouched on failure.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "chat/directory.h"
#include "chat/event.h"
#include "chat/listing.h"
#include "chat/welcome.h"

struct store;

enum { STORE_FAULT_BYTES = 256 };

/* A person as kept. */
struct person_record {
    uint64_t id;
    struct name name;   /* as shown */
    struct name folded; /* by which it is taken; empty: somebody else has it now */
    uint64_t seen_ms;   /* last time here, wall clock */
    /* Set by steps of their own; person_create and person_update pass them over, but for the role of a new one. */
    uint8_t role;                 /* enum role */
    uint64_t muted_ms, banned_ms; /* until when; 0: not. banned: the longest of all in force */
    uint64_t session;             /* person_by_session: the session's public id, */
    uint64_t session_used_ms;     /* when it was last noted to be used, */
    uint64_t session_created_ms;  /* and made */
    uint32_t color;
    struct name display; /* empty: as the name */
};

/* Somebody's place in a room, as kept. */
struct seat_record {
    uint64_t room;
    uint64_t read;       /* the read mark, */
    uint64_t read_count; /* and how many messages of the room it covers */
    uint32_t mentions;   /* behind it; at most UNREAD_MAX */
    uint8_t level;       /* enum attention */
    bool host;
};

/* A room as kept. The head is that of its log. */
struct room_record {
    uint64_t id;
    uint8_t kind; /* enum room_kind */
    uint64_t head, mid, ts_ms;
    uint64_t messages;  /* how many the room has, deleted ones too */
    uint64_t first_seq; /* what is before it is not kept any more */
    uint32_t flags;     /* ROOM_FLAG_… */
    uint32_t slow_ms, retention_days;
    struct name name;
    struct name folded;
    char *topic; /* owned by whoever got it, NULL: none; for room_create: borrowed */
};

/* A kept event, as far as a retry needs it. */
struct kept_record {
    uint64_t seq, mid, ts_ms;
    uint64_t digest; /* of its content; 0: the content is gone, anything fits */
};

/* A message, as far as the rules need it. */
struct message_record {
    uint64_t author;
    bool deleted;
    bool has_files;
};

struct store_ops {
    int (*begin)(struct store *store);
    int (*commit)(struct store *store);
    /** Undoes all since begin. Cannot fail; without a transaction it does nothing. */
    void (*rollback)(struct store *store);

    /* ---- rooms (also outside of a transaction) ---- */

    /** ERR_NOT_FOUND. ret_room->topic is owned by the caller. */
    int (*room_get)(struct store *store, uint64_t id, struct room_record *ret_room);
    /** ERR_NOT_FOUND. Which room has this folded name. */
    int (*room_by_name)(struct store *store, const struct name *folded, uint64_t *ret_id);

    /* ---- rooms ---- */

    int (*room_create)(struct store *store, const struct room_record *room);
    int (*room_set_topic)(struct store *store, uint64_t room, struct slice topic);
    /** ERR_EXISTS: another room has the folded name. */
    int (*room_set_name)(struct store *store, uint64_t room, const struct name *name,
                         const struct name *folded);
    /** Sets kind (public, private, announcement), flags, slow_ms and retention_days. */
    int (*room_set)(struct store *store, const struct room_record *room);
    /** Calls visit for each room with one of these flags and none of the archived. */
    int (*rooms_with_flag)(struct store *store, uint32_t flag,
                           void (*visit)(void *ctx, uint64_t room), void *ctx);
    /** The people of a room, up to max, by id (also outside of a transaction). */
    int (*people_of)(struct store *store, uint64_t room, struct peer *ret_people, unsigned max,
                     unsigned *ret_count);

    /* ---- the log ---- */

    /** ERR_NOT_FOUND. The event that (room, author, cid) made (also outside of a transaction). */
    int (*kept_by_cid)(struct store *store, uint64_t room, uint64_t author,
                       const uint8_t cid[CID_BYTES], struct kept_record *ret_kept);
    /**
     * Keeps an event: room, seq, mid, ts_ms, kind, person, visitor, cid, target, reply_to, message and digest.
     * Of EDIT and DELETE it keeps no body: message_set_text and message_erase do. ERR_EXISTS: (room, person, cid) is there, nothing was done.
     */
    int (*append)(struct store *store, const struct event *event, uint64_t digest);
    /** ERR_NOT_FOUND: that seq is no message. */
    int (*message_get)(struct store *store, uint64_t room, uint64_t seq,
                       struct message_record *ret_message);
    /** Replaces the text; the old one, and the digests of the message and of its earlier edits, are erased. */
    int (*message_set_text)(struct store *store, uint64_t room, uint64_t seq, struct slice text,
                            uint64_t edited_ms);
    /** Erases the text, its digests, its reactions, its pin, its mentions and its files; the tombstone stays. */
    int (*message_erase)(struct store *store, uint64_t room, uint64_t seq);

    /** on: ERR_EXISTS it is there already, ERR_LIMIT kinds_max other kinds are. off: ERR_NOT_FOUND. */
    int (*reaction_set)(struct store *store, uint64_t room, uint64_t seq, uint64_t person,
                        struct slice emoji, bool on, unsigned kinds_max);
    /** on: ERR_EXISTS, ERR_LIMIT. off: ERR_NOT_FOUND. */
    int (*pin_set)(struct store *store, uint64_t room, uint64_t seq, bool on, unsigned pins_max);

    /** Notes whom a message means; all: everybody in the room. The event is appended after it, with people_ids and mentions_all. */
    int (*mention)(struct store *store, uint64_t room, uint64_t seq,
                   const struct people_list *people, bool all);
    /**
     * Puts files of this person into the message that is appended after it. OK with ret_files owned, all filled in. ERR_NOT_FOUND: one of them is none, another's, or in a message already.
     */
    int (*files_attach)(struct store *store, uint64_t room, uint64_t seq, uint64_t person,
                        const struct file_list *wanted, struct file_list **ret_files);
    /** How many messages of the room have a seq up to this one (also outside of a transaction). */
    int (*messages_up_to)(struct store *store, uint64_t room, uint64_t seq, uint64_t *ret_count);

    /* ---- members ---- */

    /** on: ERR_EXISTS. off: ERR_NOT_FOUND. */
    int (*member_set)(struct store *store, uint64_t room, uint64_t person, bool on);
    /** ERR_NOT_FOUND (also outside of a transaction). */
    int (*member_get)(struct store *store, uint64_t room, uint64_t person,
                      struct seat_record *ret_seat);
    /** ERR_NOT_FOUND: not a member. */
    int (*member_set_host)(struct store *store, uint64_t room, uint64_t person, bool host);
    int (*member_set_level)(struct store *store, uint64_t room, uint64_t person, uint8_t level);
    /** Moves the read mark of a member forward, and notes how many messages it covers; a smaller seq changes nothing. */
    int (*read_set)(struct store *store, uint64_t room, uint64_t person, uint64_t seq,
                    uint64_t count);
    /** How many messages behind seq mean the person, at most UNREAD_MAX (also outside of a transaction). */
    int (*mentions_behind)(struct store *store, uint64_t room, uint64_t person, uint64_t seq,
                           uint32_t *ret_count);
    /** Calls visit for each room the person is in (also outside of a transaction). */
    int (*rooms_of)(struct store *store, uint64_t person,
                    void (*visit)(void *ctx, const struct seat_record *seat), void *ctx);

    /* ---- people ---- */

    /** ERR_NOT_FOUND. Who a session's token stands for (also outside of a transaction). */
    int (*person_by_session)(struct store *store, const uint8_t hash[TOKEN_HASH_BYTES],
                             struct person_record *ret_person);
    /** ERR_NOT_FOUND. Who has taken this folded name. */
    int (*person_by_name)(struct store *store, const struct name *folded,
                          struct person_record *ret_person);
    /** ERR_NOT_FOUND (also outside of a transaction). */
    int (*person_get)(struct store *store, uint64_t id, struct person_record *ret_person);
    /** ERR_EXISTS: the id is taken. */
    int (*person_create)(struct store *store, const struct person_record *person);
    int (*session_create)(struct store *store, const uint8_t hash[TOKEN_HASH_BYTES],
                          uint64_t person, uint64_t now_ms);
    /** Sets name, folded and seen_ms of person->id. */
    int (*person_update)(struct store *store, const struct person_record *person);

    /**
     * Called between transactions, about once a second while something is written and a few times after: checkpoints and the
     * like. ERR_AGAIN: something is still to be done (an erased text stands in the WAL because of a reader), call again.
     */
    int (*rest)(struct store *store, uint64_t now_mono_ms);
    /** Frees the store; what is committed is kept. */
    void (*close)(struct store *store);
};

/* The first member of every store. */
struct store {
    const struct store_ops *ops;
    const struct directory_ops *directory; /* NULL: it has none */
    char fault[STORE_FAULT_BYTES];         /* after ERR_IO: what happened, in one line */
};

/* ---- reading ---- */

enum store_read_kind {
    READ_FEED,    /* what follows a cursor, as a replay shows it */
    READ_HISTORY, /* a page of the room as it is now */
    READ_ROOMS,   /* the rooms that the asker may come into, in order of name */
    READ_LIST,    /* see chat/listing.h */
    READ_SEARCH,  /* see chat/search.h */
    READ_ACCOUNT, /* what signing in needs to know; only for doors, shown to nobody */
    READ_FILE,    /* where a file is, and in which room */
    READ_LINK,    /* what an invitation or a reset leads to, or a webhook's token */
    READ_EXPORT,  /* a page of the log as it is, for NDJSON */
};

/* A file as a reader finds it. */
struct file_record {
    uint64_t id, person; /* who sent it */
    uint64_t room, seq;  /* 0: in no message yet */
    struct act_file file;
    uint64_t created_ms;
};

enum link_kind { LINK_NONE, LINK_INVITE, LINK_RESET, LINK_OWNER, LINK_HOOK };

struct link_record {
    uint8_t kind; /* enum link_kind */
    struct invite_record invite;
    struct name by;   /* who invites */
    uint64_t person;  /* RESET: whose; HOOK: the bot that speaks */
    struct name name; /* of that person */
    uint64_t room;    /* HOOK */
};

/* AT: around the first event of that moment or later. */
enum read_where { READ_NEWEST, READ_BEFORE, READ_AFTER, READ_AROUND, READ_AT };

/*
 * A question to a reading thread, and its answer. The hub makes it and gets it back; in between it belongs to the reader.
 */
struct store_read {
    struct store_read *next; /* for whoever owns it at the moment */
    uint8_t kind;            /* enum store_read_kind */
    uint8_t where;           /* HISTORY: enum read_where */
    bool check_mid; /* FEED: the event `seq` must have this mid, or result is ERR_PROTOCOL */
    struct event_origin origin;
    uint32_t number;   /* FEED: which of the client's questions this is */
    uint64_t room;     /* FEED, HISTORY */
    uint64_t seq, mid; /* FEED: the cursor; HISTORY: what `where` refers to, AT: in ms */
    uint32_t limit;    /* most events (HISTORY) or rooms (ROOMS) */
    /* FEED, HISTORY: a page ends when its texts and 256 bytes for each event are more; one event always fits */
    uint32_t bytes_max;
    struct name after; /* ROOMS; LIST by name: folded, those behind it; ACCOUNT: the folded name */
    uint64_t person;   /* who asks, and what they are; LIST: whose */
    uint64_t session;  /* LIST sessions: the asker's */
    uint8_t role;
    uint8_t list; /* LIST: enum listing_kind */
    /* LIST: rows behind the one with this id; FILE: which; ACCOUNT: of whom, 0: by name */
    uint64_t id;
    uint8_t token[TOKEN_HASH_BYTES];           /* LINK: hash of the token; ACCOUNT: see has_token */
    bool has_token;                            /* ACCOUNT: of a session */
    struct search *search;                     /* SEARCH: owned */
    char command_id[COMMAND_ID_BYTES_MAX + 1]; /* HISTORY, ROOMS */

    /* The answer. result: OK; ERR_PROTOCOL see check_mid; ERR_NOT_FOUND: the log begins behind the cursor; ERR_AGAIN: not in time, ask again; ERR_IO: fault. */
    int result;
    /* FEED, HISTORY: owned; NULL unless OK. Names are filled in (visitors have none) */
    struct event_batch *events;
    uint64_t first, last; /* HISTORY: the seq that the page covers; FEED: last, of the last event */
    uint64_t head;        /* HISTORY: what it is true for */
    uint64_t at;          /* HISTORY, AT: the seq of that event, 0: there is none */
    struct room_info *rooms; /* ROOMS: owned */
    size_t rooms_count;
    bool more;                     /* ROOMS, SEARCH: there are others behind these */
    struct listing listing;        /* LIST: owned */
    struct account_record account; /* ACCOUNT */
    struct person_record account_person;
    struct file_record *file; /* FILE: owned */
    struct link_record link;  /* LINK */
    char fault[STORE_FAULT_BYTES];
};

/** Takes the question with its answer; NULL is fine. */
void store_read_free(struct store_read *read);

struct store_reader;

struct store_reader_ops {
    /** Fills in the answer. Takes at most about the deadline the reader was made with. */
    void (*run)(struct store_reader *reader, struct store_read *read);
    void (*close)(struct store_reader *reader);
};

/* The first member of every reader. */
struct store_reader {
    const struct store_reader_ops *ops;
};
