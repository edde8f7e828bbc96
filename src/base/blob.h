#pragma once
/*
 * A blob is a piece of immutable bytes that several threads share by counting references: the only thing
 * that workers have in common. Fill it before the first blob_ref or hand-over; nobody writes afterwards.
 */

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

struct blob {
    atomic_uint refs;
    size_t len;
    uint8_t bytes[];
};

/** Returns owned (one reference), with a copy of the bytes, or uninitialised if bytes is NULL. */
struct blob *blob_new(const void *bytes, size_t len);

/** Takes another reference; returns the same blob. Any thread that holds one. */
struct blob *blob_ref(struct blob *blob);

/** Gives one reference back and frees the blob with the last; NULL is fine. Any thread. */
void blob_unref(struct blob *blob);

static inline struct slice blob_slice(const struct blob *blob)
{
    return slice_of(blob->bytes, blob->len);
}
