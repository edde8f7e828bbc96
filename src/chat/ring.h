#pragma once
/*
 * A ring holds the newest frames of one pool in one dialect, ready to be sent, as one run of bytes. A place
 * in it is an absolute position (a count of bytes since the ring began), so a reader is one number.
 * Frames are never split by start or by a mark; a frame's bytes may wrap around the end of the memory.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "base/slice.h"

struct ring_mark {
    uint64_t pos; /* where a frame begins */
    uint64_t seq; /* of its event, 0 for a passing one */
};

struct ring {
    uint8_t *bytes;          /* NULL while cap is 0 */
    size_t cap;              /* a power of two, or 0 */
    uint64_t start;          /* of the oldest frame kept */
    uint64_t end;            /* behind the newest */
    struct ring_mark *marks; /* circular, in order of pos */
    uint32_t marks_first, marks_count, marks_cap;
};

/** Bytes that can be appended before something old has to go. */
static inline size_t ring_room(const struct ring *ring)
{
    return ring->cap - (size_t)(ring->end - ring->start);
}

/** Enlarges the memory so that cap >= bytes, keeping everything. Positions stay what they are. */
void ring_grow(struct ring *ring, size_t bytes);

/** Drops the oldest frames until len bytes fit or none is left that begins below limit. Returns whether they fit. */
bool ring_make_room(struct ring *ring, size_t len, uint64_t limit);

/** Where the oldest frame kept would begin after ring_make_room with the same arguments. */
uint64_t ring_start_after(const struct ring *ring, size_t len, uint64_t limit);

/** Forgets all frames; the memory stays. */
void ring_forget(struct ring *ring);

/** Whether the frame of this seq (not 0) is kept, and where it begins. */
bool ring_find(const struct ring *ring, uint64_t seq, uint64_t *ret_pos);

/** The seq of the first frame at or behind pos that has one, or 0. */
uint64_t ring_next_seq(const struct ring *ring, uint64_t pos);

/** Appends one whole frame; there must be room. */
void ring_append(struct ring *ring, struct slice frame, uint64_t seq);

/** Describes [from, to) as one or two ranges. start <= from < to <= end. Returns how many. */
unsigned ring_ranges(const struct ring *ring, uint64_t from, uint64_t to,
                     struct iovec ret_ranges[2]);

/** The first frame boundary at or after pos (start <= pos <= end). */
uint64_t ring_boundary(const struct ring *ring, uint64_t pos);

/** Frees the memory; positions go on from end. */
void ring_release(struct ring *ring);
