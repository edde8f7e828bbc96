#include "chat/ring.h"

#include <string.h>

#include "base/assert.h"
#include "base/memory.h"

enum { FIRST_MARKS = 32 };

static struct ring_mark *mark_at(const struct ring *ring, uint32_t index)
{
    return &ring->marks[(ring->marks_first + index) & (ring->marks_cap - 1)];
}

static void copy_in(struct ring *ring, uint64_t pos, const uint8_t *bytes, size_t len)
{
    size_t at = (size_t)(pos & (ring->cap - 1));
    size_t first = ring->cap - at < len ? ring->cap - at : len;
    memcpy(ring->bytes + at, bytes, first);
    memcpy(ring->bytes, bytes + first, len - first);
}

void ring_grow(struct ring *ring, size_t bytes)
{
    size_t cap = ring->cap ? ring->cap : 1024;
    while (cap < bytes)
        cap *= 2;
    if (cap == ring->cap)
        return;

    struct ring old = *ring;
    ring->bytes = mem_alloc(cap);
    ring->cap = cap;
    if (old.end > old.start) {
        struct iovec ranges[2];
        unsigned count = ring_ranges(&old, old.start, old.end, ranges);
        uint64_t pos = old.start;
        for (unsigned i = 0; i < count; i++) {
            copy_in(ring, pos, ranges[i].iov_base, ranges[i].iov_len);
            pos += ranges[i].iov_len;
        }
    }
    mem_free(old.bytes);
}

bool ring_make_room(struct ring *ring, size_t len, uint64_t limit)
{
    while (ring_room(ring) < len) {
        if (ring->marks_count == 0 || ring->start >= limit)
            return false;
        ring->marks_first = (ring->marks_first + 1) & (ring->marks_cap - 1);
        ring->marks_count--;
        ring->start = ring->marks_count > 0 ? mark_at(ring, 0)->pos : ring->end;
    }
    return true;
}

uint64_t ring_start_after(const struct ring *ring, size_t len, uint64_t limit)
{
    uint64_t start = ring->start;
    for (uint32_t i = 0; i < ring->marks_count && start < limit; i++) {
        if (ring->cap - (size_t)(ring->end - start) >= len)
            break;
        start = i + 1 < ring->marks_count ? mark_at(ring, i + 1)->pos : ring->end;
    }
    return start;
}

void ring_forget(struct ring *ring)
{
    ring->start = ring->end;
    ring->marks_count = 0;
}

/* The index of the first mark at or behind pos. */
static uint32_t mark_from(const struct ring *ring, uint64_t pos)
{
    uint32_t low = 0, high = ring->marks_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (mark_at(ring, middle)->pos < pos)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* From the newest on: whoever looks for a frame here was overtaken a moment ago, or lacks the last few. */
bool ring_find(const struct ring *ring, uint64_t seq, uint64_t *ret_pos)
{
    for (uint32_t i = ring->marks_count; i-- > 0;) {
        const struct ring_mark *mark = mark_at(ring, i);
        if (mark->seq == seq) {
            *ret_pos = mark->pos;
            return true;
        }
        if (mark->seq != 0 && mark->seq < seq)
            return false;
    }
    return false;
}

uint64_t ring_next_seq(const struct ring *ring, uint64_t pos)
{
    for (uint32_t i = mark_from(ring, pos); i < ring->marks_count; i++) {
        if (mark_at(ring, i)->seq != 0)
            return mark_at(ring, i)->seq;
    }
    return 0;
}

static void grow_marks(struct ring *ring)
{
    uint32_t cap = ring->marks_cap ? ring->marks_cap * 2 : FIRST_MARKS;
    struct ring_mark *marks = mem_alloc(cap * sizeof(*marks));
    for (uint32_t i = 0; i < ring->marks_count; i++)
        marks[i] = *mark_at(ring, i);
    mem_free(ring->marks);
    ring->marks = marks;
    ring->marks_cap = cap;
    ring->marks_first = 0;
}

void ring_append(struct ring *ring, struct slice frame, uint64_t seq)
{
    ASSERT(frame.len > 0 && ring_room(ring) >= frame.len);
    if (ring->marks_count == ring->marks_cap)
        grow_marks(ring);
    *mark_at(ring, ring->marks_count) = (struct ring_mark){ring->end, seq};
    ring->marks_count++;
    copy_in(ring, ring->end, frame.ptr, frame.len);
    ring->end += frame.len;
}

unsigned ring_ranges(const struct ring *ring, uint64_t from, uint64_t to,
                     struct iovec ret_ranges[2])
{
    ASSERT(ring->start <= from && from < to && to <= ring->end);
    size_t at = (size_t)(from & (ring->cap - 1));
    size_t len = (size_t)(to - from);
    size_t first = ring->cap - at;
    if (len <= first) {
        ret_ranges[0] = (struct iovec){ring->bytes + at, len};
        return 1;
    }
    ret_ranges[0] = (struct iovec){ring->bytes + at, first};
    ret_ranges[1] = (struct iovec){ring->bytes, len - first};
    return 2;
}

uint64_t ring_boundary(const struct ring *ring, uint64_t pos)
{
    ASSERT(ring->start <= pos && pos <= ring->end);
    uint32_t at = mark_from(ring, pos);
    return at < ring->marks_count ? mark_at(ring, at)->pos : ring->end;
}

void ring_release(struct ring *ring)
{
    mem_free(ring->bytes);
    mem_free(ring->marks);
    *ring = (struct ring){.start = ring->end, .end = ring->end};
}
