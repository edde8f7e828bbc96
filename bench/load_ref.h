/*
 * The reference: the one order of messages that every client must see, as the bytes in which the
 * first client saw them. All other clients are compared with it, byte by byte, so that "the same
 * messages, complete, in the same order, undamaged" costs one memcmp per read. A frame is parsed
 * only by the client that sees it first.
 *
 * The last REF_BYTES are kept in a ring that is mapped twice in a row, so any range of it is
 * contiguous. Positions are absolute and never wrap.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define REF_BYTES (UINT64_C(1) << 25)
#define REF_FRAMES (UINT64_C(1) << 18)

struct ref_frame {
    uint64_t end;        /* position after its last byte */
    uint64_t planned_ns; /* when it was meant to be sent */
    uint32_t sender;
    uint32_t seen; /* how many clients have it */
};

struct ref {
    uint8_t *bytes;
    struct ref_frame *frames;
    uint64_t end;   /* position after the last frame */
    uint64_t count; /* frames so far */
};

/* Ends the program when the memory cannot be had. */
void ref_init(struct ref *r);

/* Appends a whole frame (borrowed). `frame->end` is filled in. */
void ref_append(struct ref *r, const uint8_t *bytes, size_t len, struct ref_frame frame);

static inline const uint8_t *ref_at(const struct ref *r, uint64_t pos)
{
    return r->bytes + (pos & (REF_BYTES - 1));
}

static inline struct ref_frame *ref_frame_at(const struct ref *r, uint64_t index)
{
    return &r->frames[index & (REF_FRAMES - 1)];
}

/* The position of the first byte of frame `index`; `index` may be the count. */
static inline uint64_t ref_frame_start(const struct ref *r, uint64_t index)
{
    return index == 0 ? 0 : ref_frame_at(r, index - 1)->end;
}
