#pragma once
/*
 * When people said something last in rooms that are in slow mode: a table of fixed size, made when it is first needed. Where a
 * bucket is full, whoever spoke longest ago is forgotten, and may speak earlier than the room says. It knows
 * nobody after a restart. Belongs to the sequencer.
 */

#include <stdbool.h>
#include <stdint.h>

struct slow_mode {
    uint64_t salt;              /* random */
    struct slow_entry *entries; /* owned; NULL until the first */
};

enum { SLOW_BUCKETS = 2048, SLOW_BUCKET_ENTRIES = 8 };

void slow_mode_release(struct slow_mode *slow);

/** Milliseconds that the person still has to wait in the room; 0: it may speak. */
uint32_t slow_mode_wait_ms(const struct slow_mode *slow, uint64_t room, uint64_t person,
                           uint32_t slow_ms, uint64_t now_ms);

/** It speaks now. */
void slow_mode_note(struct slow_mode *slow, uint64_t room, uint64_t person, uint64_t now_ms);
