#pragma once
/*
 * A command that makes a kept event, on its way through the rules: what settle.c, settle_messages.c and settle_rooms.c share. For
 * them only. Everything happens within the run's transaction and changes nothing in memory but heads, which are
 * set back when it fails, and what a seat notes for the length of the run.
 */

#include "chat/permission.h"
#include "chat/sequencer_state.h"

struct ask {
    struct sequencer *sequencer;
    struct event *event;
    struct room *room;
    struct person
        *person; /* NULL for a visitor, and for the author of a consequence who is not known */
    struct seat *seat; /* NULL: not in the room, */
    bool joins;        /* unless this run lets it in, */
    bool joins_as_host;
    bool unasked; /* a consequence: its rights have been looked at */
    uint64_t digest;
};

/** Returns ERR_NOT_FOUND when this command is new; else its first answer is in the event, or ERR_EXISTS: other content. */
int ask_answer_again(const struct ask *ask);

/** Gives the event the room's next place and has it kept. Time never goes back within a room. */
int ask_append(const struct ask *ask);

/** The same for what is somebody's office: it is noted in the audit log, too. person: whom it is done to; 0: nobody. */
int ask_append_office(const struct ask *ask, const char *action, uint64_t person);

/** The command changes nothing: no event is made. */
int ask_no_change(const struct ask *ask);

/** Refuses for a reason that the plain code does not tell. Returns result. */
int ask_refuse(const struct ask *ask, int result, uint8_t refusal);

/** Fills in what the rules ask of the author and the room. */
void ask_query(const struct ask *ask, struct may_query *ret_query);

/** may(), with the refusal in the event. */
int ask_may(const struct ask *ask, enum action action, const struct may_query *query);

/** Whether this run lets the person into the room; host: as a host of it. */
bool ask_joins(const struct sequencer *sequencer, uint64_t person, uint64_t room, bool *ret_host);

/** From here on, in this run, the person is in the room, or not any more. */
void ask_note_join(struct sequencer *sequencer, uint64_t person, uint64_t room, bool host);
void ask_note_leave(struct sequencer *sequencer, uint64_t person, uint64_t room);

/* settle_messages.c: each returns the event's result. */
int ask_keep_message(const struct ask *ask);
int ask_keep_change(const struct ask *ask);
int ask_keep_reaction(const struct ask *ask);
int ask_keep_pin(const struct ask *ask);

/* settle_rooms.c */
int ask_keep_created(struct ask *ask);
int ask_keep_joined(const struct ask *ask);
int ask_keep_left(const struct ask *ask);
int ask_keep_added(const struct ask *ask);
int ask_keep_removed(const struct ask *ask);
int ask_keep_host(const struct ask *ask);
int ask_keep_topic(const struct ask *ask);
int ask_keep_named(const struct ask *ask);
int ask_keep_settings(const struct ask *ask);

/** CREATED: finds a free id for the room, or (dup) the one that this very command made. */
int ask_find_room_id(const struct ask *ask);

/* settle_mentions.c */

/** Finds whom a new message means, has it noted, and fills in event->people_ids and mentions_all. OK, or what the store says. */
int ask_note_mentions(const struct ask *ask);
