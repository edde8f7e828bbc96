#pragma once
/*
 * A sequencer over the scripted store, and few words to ask it for things. A room's budget of
 * notices is {5 a second, 5 at once}, that of all rooms together has no limit; a HERE follows
 * within 1,000 ms, people are away after 30,000 ms and their names free after 100,000.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include "base/error.h"
#include "chat/roster.h"
#include "chat/scripted_store.h"
#include "chat/sequencer.h"

enum {
    RIG_ASKED_MAX = 1000,
    RIG_START_MS = 5000,
    RIG_WALL_MS = 1700000000,
    RIG_AWAY_MS = 30000,
    RIG_NAME_MS = 100000,
    RIG_HERE_NAMES_MAX = 3,
};

struct sequencer_rig {
    struct sequencer *sequencer;
    struct sequencer_limits limits;
    uint64_t now_ms, wall_ms;
    struct event *asked[RIG_ASKED_MAX]; /* not run yet */
    size_t asked_count;
    struct event_batch *batch; /* of the last run or tick; the next one frees it */
    uint8_t tokens;            /* given out */
};

extern struct sequencer_rig rig;

/** A test's setup and teardown. */
int rig_use(void **state);
int rig_take_down(void **state);

/** A new sequencer over the same store: the program has restarted. */
void rig_restart(void);

/* ---- asking: each returns the event borrowed, as it will stand in the batch ---- */

struct event *ask(enum event_kind kind, uint64_t person, uint64_t room);

/** A guest without a token, to be known by this one from now on; a NULL name is none. */
struct event *ask_guest(uint8_t token, const char *name);

/** Shows a token. */
struct event *ask_hello(uint8_t token);

/** The connection of a person is gone. */
struct event *ask_bye(uint64_t person, bool active);

/** A kept one; cid 0 is none. */
struct event *ask_kept(enum event_kind kind, uint64_t person, uint64_t room, uint8_t cid,
                       const char *body);
struct event *ask_about(enum event_kind kind, uint64_t person, uint64_t room, uint8_t cid,
                        uint64_t target, const char *body);

/** A visitor's HELLO, BYE or MESSAGE. */
struct event *ask_visitor(enum event_kind kind, uint64_t id, const char *body);

/** Runs what was asked. Fails unless the store is left without a transaction. */
struct event_batch *rig_run(void);

/** Runs the tick; may return NULL. */
struct event_batch *rig_tick(void);

/** Turns both clocks. */
void rig_pass(uint64_t ms);

/* ---- looking ---- */

/** The nth (from 0) event of a kind in the last batch, or NULL. */
const struct event *rig_find(enum event_kind kind, size_t nth);
size_t rig_count(enum event_kind kind);

/** Where an event stands in the last batch; it must be there. */
size_t rig_at(const struct event *event);

bool name_is(const struct name *name, const char *text);

/* ---- shortcuts, each with a run of its own ---- */

/** A guest comes; returns the person. Its token is the next number from 1. */
uint64_t rig_guest(const char *name);

/** Asks for one kept thing, which must go well; returns its seq. */
uint64_t rig_kept(enum event_kind kind, uint64_t person, uint64_t room, uint8_t cid,
                  const char *body);

/** A new room by this person; returns its id. */
uint64_t rig_room(uint64_t person, uint8_t cid, const char *name);
