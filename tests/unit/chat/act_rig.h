#pragma once
/*
 * The sequencer's rig with a directory: people with accounts, and acts to ask for. Guests talk
 * only, and anybody may sign up, unless a test says otherwise.
 */

#include "chat/act.h"
#include "chat/refusal.h"
#include "chat/sequencer_rig.h"

/** A test's setup (teardown: rig_take_down). */
int act_rig_use(void **state);

/**
 * Somebody with an account, here with a connection; returns the person. The secret is "secret of
 * NAME"; the session's token the next of rig.tokens.
 */
uint64_t act_person(const char *name, uint8_t role);

/** The id of the session with this token. */
uint64_t act_session(uint8_t token);

/** Asks for an act; event->act is to be filled in. person 0: a stranger. */
struct event *ask_act(enum act_kind kind, uint64_t person);

/** The same, to somebody. */
struct event *ask_act_on(enum act_kind kind, uint64_t person, uint64_t other);

/** A stranger's (person 0) or guest's ACT_SIGN_UP. invite 0: without an invitation. */
struct event *ask_sign_up(uint64_t person, const char *name, uint8_t token, uint8_t invite);

/** ACT_SIGN_IN with the secret of act_person. */
struct event *ask_sign_in(uint64_t person, const char *name, uint8_t token);

/** Runs what was asked; the event must have gone well. */
void act_run_ok(const struct event *event);

/** Runs what was asked; it must have been refused, and nothing kept. */
void act_run_refused(const struct event *event, int result, enum refusal refusal);

void act_text(struct event *event, const char *text);
void act_name(struct event *event, const char *name);

/** The only event of the kind in the last batch that is about the person; fails if there is none. */
const struct event *act_find(enum event_kind kind, uint64_t person);

/** What the sequencer has in memory of a person that is known. */
struct person *act_known(uint64_t person);

/** Sets the role of somebody, in the store and in memory. */
void act_set_role(uint64_t person, uint8_t role);
