#pragma once
/*
 * A dialect is how events look on the wire to one kind of client. The doors register theirs at start; each one
 * is a lane of every pool. An event is encoded once per dialect and worker, only if the pool has a member
 * that speaks it.
 */

#include "base/buffer.h"
#include "chat/event.h"

enum lane_number {
    LANE_TUTORIAL,
    LANE_TUTORIAL_DEFLATE,
    LANE_WEB,
    LANE_WEB_DEFLATE,
    LANE_COUNT,
};

struct dialect {
    void *ctx; /* kept; belongs to the worker */
    /** Appends to out the one whole frame that shows the event, or nothing when this dialect does not show it. */
    void (*encode)(void *ctx, const struct event *event, struct buffer *out);
};
