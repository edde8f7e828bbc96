#pragma once
/*
 * Memory for a parser's input with a page behind it that cannot be touched: reading one byte too
 * many ends the test. One in front of it too, which catches most reads before the start.
 */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct guard {
    uint8_t *map;
    size_t map_len;
    uint8_t *end; /* the first byte that cannot be touched */
};

/** Makes room for inputs of up to len bytes. */
static inline struct guard guard_new(size_t len)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t room = (len + page - 1) / page * page;
    size_t map_len = room + 2 * page;
    uint8_t *map = mmap(NULL, map_len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED || (room > 0 && mprotect(map + page, room, PROT_READ | PROT_WRITE)))
        abort();
    return (struct guard){map, map_len, map + page + room};
}

/** Puts a copy of the bytes right before the guard page; the last copy is overwritten. */
static inline uint8_t *guard_put(const struct guard *guard, const void *bytes, size_t len)
{
    uint8_t *to = guard->end - len;
    if (len > 0)
        memcpy(to, bytes, len);
    return to;
}

static inline void guard_free(struct guard *guard)
{
    munmap(guard->map, guard->map_len);
    *guard = (struct guard){0};
}
