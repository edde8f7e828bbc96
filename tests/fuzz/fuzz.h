#pragma once
/*
 * What the fuzzers share. The first bytes of an input choose limits and how the rest is cut; the
 * rest is what a stranger would send. Inputs are copied to memory of their exact size, so that
 * reading past them is seen.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/buffer.h"
#include "base/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzz {
    const uint8_t *data;
    size_t size;
    uint32_t seed; /* of the cuts */
};

/** The next byte of the choices; 0 when there are none left. */
static inline uint8_t fuzz_choice(struct fuzz *fuzz)
{
    if (fuzz->size == 0)
        return 0;
    fuzz->size--;
    return *fuzz->data++;
}

/** A piece of 1 to len bytes, mostly short ones. */
static inline size_t fuzz_piece(struct fuzz *fuzz, size_t len)
{
    fuzz->seed = fuzz->seed * 1664525 + 1013904223;
    uint32_t random = fuzz->seed >> 8;
    size_t piece = 1 + (random & 7 ? (random >> 3) % 16 : (random >> 3) % 4096);
    return piece < len ? piece : len;
}

/** Returns owned (mem_free): a copy in memory of just that size, or of 1 byte if it is empty. */
static inline uint8_t *fuzz_copy(const void *bytes, size_t len)
{
    uint8_t *copy = mem_alloc(len > 0 ? len : 1);
    if (len > 0)
        memcpy(copy, bytes, len);
    return copy;
}
