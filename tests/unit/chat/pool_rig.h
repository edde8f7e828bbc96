#pragma once
/* A pool with small limits, dialects whose frames are an event's body, and a clock to turn. */

#include "chat/wire.h"

struct pool_rig {
    struct pool_shared shared;
    struct metrics metrics;
    uint64_t now_ms;
    struct pool *pool;
    unsigned encoded[LANE_COUNT]; /* how often each dialect was asked */
};

/**
 * LANE_TUTORIAL shows the body as it is, LANE_WEB with a W in front; the deflate lanes show
 * nothing.
 * Rings start with 1 KB and grow to 4 KB; the clock begins at a million.
 */
void pool_rig_init(struct pool_rig *rig);
void pool_rig_release(struct pool_rig *rig);

/** Broadcasts one message, the room's next event, whose body is this. */
void pool_rig_say(struct pool_rig *rig, const void *body, size_t len);
void pool_rig_say_text(struct pool_rig *rig, const char *body);

/** Broadcasts something that passes, without a seq. */
void pool_rig_hint(struct pool_rig *rig, const char *body);

/**
 * Moves the ring of the tutorial's lane on to a place; nobody is a member and nothing is held
 * afterwards.
 */
void pool_rig_move_to(struct pool_rig *rig, uint64_t pos);

int64_t pool_rig_metric(const struct pool_rig *rig, enum metric metric);
