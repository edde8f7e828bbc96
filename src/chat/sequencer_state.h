#pragma once
/*
 * The inside of the sequencer, for sequencer.c, settle*.c and follow*.c only.
 */

#include "chat/community.h"
#include "chat/permission.h"
#include "chat/sequencer.h"
#include "chat/server_state.h"
#include "chat/slow_mode.h"

/* Somebody whom the run in hand lets into a room: in memory only when the run is done. */
struct settle_join {
    uint64_t person, room;
    bool host;
};

struct sequencer {
    struct store *store;
    struct sequencer_limits limits;
    struct community community;
    struct rate_bucket notice_deliveries;
    struct slow_mode slow;
    struct server_state *server; /* as committed; one reference */
    uint64_t marks_at_ms; /* when marks that the store does not know are told to it; monotonic */
    uint64_t now_ms, wall_ms; /* of the run in hand */
    bool open;                /* a transaction is */
    int failed;               /* why nothing of this run can be kept any more; OK: it can */
    bool broken;
    bool *kept_in; /* scratch: which events of the run stand and fall with the transaction */
    size_t kept_in_cap;
    struct settle_join *joins; /* of the run in hand; owned */
    size_t joins_count, joins_cap;
    struct event_batch *batch; /* being made */
};

/**
 * Sees to it that a transaction is open. Returns OK or why none can be: then nothing can be kept in this run.
 */
int settle_open(struct sequencer *sequencer);

/**
 * Notes a step's result: anything but the plain answers makes the run fail, and what it did is rolled back at once, so that the store can
 * be read from again. Returns it.
 */
int settle_step(struct sequencer *sequencer, int result);

/**
 * A command that makes a kept event: decides, and has it kept. The result is in the event. Returns whether it depends on the
 * transaction.
 */
bool settle_kept(struct sequencer *sequencer, struct event *event);

/**
 * HELLO, RENAME, READ: as far as the store is concerned. Returns whether the event depends on the transaction.
 */
bool settle_hello(struct sequencer *sequencer, struct event *event);
bool settle_level(struct sequencer *sequencer, struct event *event);
bool settle_rename(struct sequencer *sequencer, struct event *event);
bool settle_read(struct sequencer *sequencer, struct event *event);

/** ACT: decides, and has it kept. Returns whether the event depends on the transaction. */
bool settle_act(struct sequencer *sequencer, struct event *event);

/** Tells the store of read marks that it does not know yet: within a transaction. */
void settle_marks(struct sequencer *sequencer, const struct person *person);

/* ---- parts that acts need, too ---- */

/**
 * Whether the person (0: nobody yet) may bear the folded name: nobody has it, or a guest who has not been here for so long
 * that it is taken away. OK, ERR_EXISTS, or what the store says.
 */
int settle_claim(struct sequencer *sequencer, uint64_t person, const struct name *folded);

/** Fills in record->name and folded: the name asked for, with a number behind it where somebody has it. OK, or what the store says. */
int settle_free_name(struct sequencer *sequencer, struct person_record *record,
                     const struct name *asked);

/** Returns a random id: positive, not 0. */
uint64_t settle_random_id(const struct sequencer *sequencer);

/** The event's author is this person from here on, and is told what it is. */
void settle_take_person(struct event *event, const struct person_record *record);

/** Makes a person; its id is changed until it is free. */
int settle_make_person(struct sequencer *sequencer, struct person_record *record);

/**
 * What somebody may do on the server; the asker must be known (or nobody: a stranger). other NULL: nobody it is done to. OK or
 * ERR_DENIED, with the refusal in the event.
 */
int settle_may(const struct sequencer *sequencer, struct event *event, enum action action,
               const struct person_record *other, uint8_t wanted);

/**
 * Fills in what the rules ask of whoever asks, wherever it is: role, guest, muted, brake; member and host are the console's
 * only. person 0: nobody yet.
 */
void settle_query(const struct sequencer *sequencer, uint64_t person_id,
                  struct may_query *ret_query);

/** What stands in the way of a right: the first thing without which it would be there. Returns an enum refusal. */
uint8_t settle_refusal(enum action action, const struct may_query *query);

/** The role that counts: of a guest where guests have the rights of members. */
uint8_t settle_role(const struct sequencer *sequencer, uint8_t role);

/**
 * Settles an event that follows from another one (a JOINED, LEFT, DELETE, ADDED_BY … of a person who need not be known, by an author whose rights have
 * been looked at): takes it, has it appended, and puts it behind the event in hand, so that it is followed right
 * after it. OK, also when it would change nothing; or what the store says. event->person, room, target, kind are set.
 */
int settle_consequence(struct sequencer *sequencer, struct event *cause, struct event *event);

/* ---- following ---- */

/** ACT: what follows in memory, and what people and hubs see of it. Adds the event to the batch. */
void follow_act(struct sequencer *sequencer, struct event *event);

/** A kept event that was settled: memory, notices, the event itself. */
void follow_kept(struct sequencer *sequencer, struct event *event);

/** Returns owned an event for one person's connections. */
struct event *follow_personal(uint8_t kind, uint64_t room, uint64_t person);

/** Tells the person's connections what it is now (YOU). */
void follow_you(struct sequencer *sequencer, const struct person *person);

/** Sessions have ended: session (0: all, but the one `but`). */
void follow_ended(struct sequencer *sequencer, uint64_t person, uint64_t session, uint64_t but,
                  uint8_t refusal);

/** The person bears the name from here on: its rooms are told. */
void follow_named(struct sequencer *sequencer, struct person *person, const struct name *name);

/** The person, if it is known, has no seat in the room any more: its connections and the room are told. */
void follow_let_out(struct sequencer *sequencer, struct room *room, uint64_t person_id);

/** Takes the state (one reference), and tells every hub. */
void follow_server(struct sequencer *sequencer, struct server_state *state);
