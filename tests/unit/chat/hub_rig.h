#pragma once
/*
 * A hub with small limits (4 posts or 100 bytes wait, 3 posts at once and 10 a second), wires for clients, and
 * a sequencer that gives every post the next seq. Frames are words: a post is its body, a join "+", a leave "-".
 * The tutorial's lanes show one's own join.
 */

#include "chat/hub.h"
#include "chat/wire.h"

enum { HUB_RIG_SUBMITTED_MAX = 4096, HUB_RIG_WORKER = 3 };

struct hub_rig {
    struct hub *hub;
    struct metrics metrics;
    uint64_t now_ms;
    struct event *submitted[HUB_RIG_SUBMITTED_MAX]; /* not delivered yet */
    size_t submitted_count;
    uint64_t last_seq;
    struct { /* what a door was told last */
        unsigned count;
        struct client *client;
        uint8_t kind;
        int result;
        uint64_t seq;
        bool in_pool;
    } answer;
};

extern struct hub_rig hub_rig;

/** A test's setup and teardown; every client must have gone. */
int hub_rig_use(void **state);
int hub_rig_take_down(void **state);

/** Submits an event, as the hub does. */
void hub_rig_submit(struct event *event);

/** Completes what was submitted as a sequencer would, as one batch. Returns the DRAINs. */
unsigned hub_rig_deliver(void);

/** Comes in and asks to join; in the tutorial's lanes as a visitor, else as the person 100 + id, "Ann". */
void hub_rig_come(struct wire *wire, uint64_t id, enum lane_number lane);
void hub_rig_go(struct wire *wire);

/** A door that writes down what it is told. */
extern const struct client_door hub_rig_door;

/** Posts; an empty command_id wants no reply. */
int hub_rig_say(struct wire *wire, const char *body, const char *command_id);
