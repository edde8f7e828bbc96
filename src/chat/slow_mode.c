#include "chat/slow_mode.h"

#include <stddef.h>

#include "base/memory.h"
#include "base/mix.h"

struct slow_entry {
    uint64_t key; /* 0: free */
    uint64_t at_ms;
};

static uint64_t key_of(const struct slow_mode *slow, uint64_t room, uint64_t person)
{
    uint64_t key = mix64(slow->salt ^ mix64(room ^ mix64(person)));
    return key + (key == 0);
}

static struct slow_entry *bucket_of(const struct slow_mode *slow, uint64_t key)
{
    return &slow->entries[(key % SLOW_BUCKETS) * SLOW_BUCKET_ENTRIES];
}

void slow_mode_release(struct slow_mode *slow)
{
    mem_free(slow->entries);
    slow->entries = NULL;
}

uint32_t slow_mode_wait_ms(const struct slow_mode *slow, uint64_t room, uint64_t person,
                           uint32_t slow_ms, uint64_t now_ms)
{
    uint64_t key = key_of(slow, room, person);
    const struct slow_entry *bucket = slow->entries ? bucket_of(slow, key) : NULL;
    for (unsigned i = 0; bucket && i < SLOW_BUCKET_ENTRIES; i++) {
        uint64_t until_ms = bucket[i].at_ms + slow_ms;
        if (bucket[i].key == key)
            return until_ms > now_ms ? (uint32_t)(until_ms - now_ms) : 0;
    }
    return 0;
}

void slow_mode_note(struct slow_mode *slow, uint64_t room, uint64_t person, uint64_t now_ms)
{
    uint64_t key = key_of(slow, room, person);
    if (!slow->entries)
        slow->entries =
            mem_zalloc((size_t)SLOW_BUCKETS * SLOW_BUCKET_ENTRIES * sizeof(slow->entries[0]));
    struct slow_entry *bucket = bucket_of(slow, key);
    struct slow_entry *oldest = bucket;
    for (unsigned i = 0; i < SLOW_BUCKET_ENTRIES; i++) {
        if (bucket[i].key == key) {
            bucket[i].at_ms = now_ms;
            return;
        }
        if (bucket[i].at_ms < oldest->at_ms)
            oldest = &bucket[i];
    }
    *oldest = (struct slow_entry){key, now_ms};
}
