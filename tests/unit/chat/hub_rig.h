#pragma once
/*
 * A hub with small limits (4 posts or 100 bytes wait, 3 posts at once and 10 a second), wires for
 * clients, a sequencer that gives every kept event its room's next seq, and a store that remembers
 * them for the feed. Frames are words: a kept event is its body (JOINED "J", LEFT "L"), somebody
 * came "+", went "-", types "~"; the tutorial's lanes show messages, coming and going only.
 */

#include "base/error.h"
#include "chat/hub.h"
#include "chat/wire.h"

enum {
    HUB_RIG_SUBMITTED_MAX = 4096,
    HUB_RIG_READS_MAX = 64,
    HUB_RIG_ROOMS = 8, /* the lobby is 1 */
    HUB_RIG_WORKER = 3,
    HUB_RIG_PERSON = 100, /* the person of the connection 7 is 107 */
};

struct hub_rig {
    struct hub *hub;
    struct metrics metrics;
    uint64_t now_ms;
    struct event *submitted[HUB_RIG_SUBMITTED_MAX]; /* not delivered yet */
    size_t submitted_count;
    struct store_read *reads[HUB_RIG_READS_MAX]; /* not answered yet */
    size_t reads_count;
    struct {
        uint64_t first, head; /* what the log has; first 1 unless a test has it forget */
        uint64_t cap;
        char **bodies; /* [seq] */
    } logs[HUB_RIG_ROOMS + 1];
    bool in_room[HUB_RIG_ROOMS + 1]; /* where a HELLO leads to: the lobby */
    bool quiet;                      /* nobody is told who comes and goes */
    uint32_t page_events;            /* at most, in a page of the feed */
    struct {                         /* what a door was told last */
        unsigned count;
        struct client *client;
        uint8_t kind;
        int result;
        uint64_t seq;
        uint64_t places;
    } answer, personal;
    struct {
        uint64_t room, head, mid;
        bool diverged;
    } reset;
    int read_result;
};

extern struct hub_rig hub_rig;

/** A test's setup and teardown; every client must have gone. */
int hub_rig_use(void **state);
int hub_rig_take_down(void **state);

/** The limits of hub_rig_use, and a setup with others. */
extern const struct hub_limits hub_rig_limits;
void hub_rig_start(const struct hub_limits *limits);

/** Submits an event, as the hub does. */
void hub_rig_submit(struct event *event);

/**
 * Completes what was submitted as a sequencer would, as one batch. Returns the DRAINs. What has a
 * result, or dup or unchanged set, stays so.
 */
unsigned hub_rig_deliver(void);

/** The event of this room's log that bears seq has this mid. */
uint64_t hub_rig_mid(uint64_t room, uint64_t seq);

/**
 * So many more events in a room's log: "1," "2," … of another worker. Delivered at once, one batch
 * each, and flushed.
 */
void hub_rig_go_on(uint64_t room, uint64_t count);

/** One event of another worker in a room, kept or passing, to be delivered. Returned borrowed. */
struct event *hub_rig_elsewhere(enum event_kind kind, uint64_t room, const char *body);

/** Answers the oldest question that waits. */
void hub_rig_answer(void);

/** Completes its answer without handing it over; takes it out of those that wait. */
struct store_read *hub_rig_take_answer(void);

/** Answers what is asked and drains the wire until nothing is asked any more. */
void hub_rig_settle(struct wire *wire);

/** Adds a connection that has said nothing yet. */
void hub_rig_connect(struct wire *wire, uint64_t id, enum lane_number lane);

/**
 * Says hello; seqs of cursors by room, UINT64_MAX: none; NULL: none at all. Their mids are right.
 */
int hub_rig_hello(struct wire *wire, const uint64_t *seqs);

/** Connects, and says hello without cursors. */
void hub_rig_come(struct wire *wire, uint64_t id, enum lane_number lane);
void hub_rig_go(struct wire *wire);

/**
 * A door that writes down what it is told; on wires that speak, what it hears goes to the private
 * queue in <>.
 */
extern const struct client_door hub_rig_door;

/** Posts in the lobby; an empty command_id wants no reply. */
int hub_rig_say(struct wire *wire, const char *body, const char *command_id);

/** Fails unless what went out is: before, the bodies of (from, to] of a log, after. */
void hub_rig_assert_got(const struct wire *wire, const char *before, uint64_t from, uint64_t to,
                        const char *after);
