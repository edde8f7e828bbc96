#pragma once
/*
 * What a client shows of a room: the fold of the kept events that it got, from some place of the
 * log on. In the end it must be what the store has.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fake_store.h"
#include "frame.h"

struct view_entry {
    uint64_t mid, number, reactions;
    uint8_t kind;
    bool deleted, pinned;
};

#define TOPIC_UNKNOWN UINT64_MAX

struct view {
    uint64_t room;
    uint64_t from;     /* what came up to this seq is not known */
    uint64_t seq, mid; /* the cursor */
    /*
     * Up to this seq texts may be of a time that a restored backup knows nothing of: a replay had
     * shown them as they were then.
     */
    uint64_t unsure;
    uint64_t topic;             /* number */
    uint64_t topic_seq;         /* for which it is true */
    struct view_entry *entries; /* owned; of the seqs behind from */
    size_t cap;
};

/** Forgets everything and goes on behind an event. */
void view_start(struct view *view, uint64_t seq, uint64_t mid);

/** Takes the kept event that follows on the cursor. */
void view_apply(struct view *view, const struct frame *frame);

/** Returns borrowed, or NULL when that event is not known. */
const struct view_entry *view_entry(const struct view *view, uint64_t seq);

/** Says how the view differs from what the store has, or NULL. */
const char *view_compare(const struct view *view, const struct fake_store *fake);

void view_release(struct view *view);
