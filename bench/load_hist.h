/*
 * A histogram of times in nanoseconds: 64 linear steps in each power of two, so a figure read from
 * it is at most 1.6 % too high. Recording is a shift and an increment, because it happens once per
 * delivery and the generator must be faster than the server it measures.
 */
#pragma once

#include <stdint.h>

enum { HIST_STEP_BITS = 6, HIST_STEPS = 1 << HIST_STEP_BITS, HIST_SLOTS = HIST_STEPS * 59 };

struct hist {
    uint64_t count;
    uint64_t max_ns;
    uint64_t slots[HIST_SLOTS];
};

void hist_clear(struct hist *h);

/* The upper edge of the step that holds quantile `q` (0..1), never above the maximum; 0 if empty. */
uint64_t hist_quantile_ns(const struct hist *h, double q);

static inline void hist_record(struct hist *h, uint64_t ns)
{
    uint32_t slot;
    if (ns < HIST_STEPS) {
        slot = (uint32_t)ns;
    } else {
        uint32_t shift = 63u - (uint32_t)__builtin_clzll(ns) - HIST_STEP_BITS;
        slot = (shift + 1) * HIST_STEPS + (uint32_t)((ns >> shift) - HIST_STEPS);
    }
    h->slots[slot]++;
    h->count++;
    if (ns > h->max_ns)
        h->max_ns = ns;
}
