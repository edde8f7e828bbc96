#include "load_hist.h"

#include <string.h>

void hist_clear(struct hist *h)
{
    memset(h, 0, sizeof *h);
}

static uint64_t slot_end_ns(uint32_t slot)
{
    if (slot < HIST_STEPS)
        return slot;
    uint32_t shift = slot / HIST_STEPS - 1;
    return (((uint64_t)(slot % HIST_STEPS) + HIST_STEPS + 1) << shift) - 1;
}

uint64_t hist_quantile_ns(const struct hist *h, double q)
{
    uint64_t wanted = (uint64_t)((double)h->count * q);
    uint64_t seen = 0;
    for (uint32_t slot = 0; slot < HIST_SLOTS; slot++) {
        seen += h->slots[slot];
        if (seen > wanted) {
            uint64_t end = slot_end_ns(slot);
            return end < h->max_ns ? end : h->max_ns;
        }
    }
    return h->max_ns;
}
