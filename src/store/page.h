#pragma once
/*
 * What a page of a room's log holds, decided once for all stores: a store only walks over its rows.
 * For reading threads; docs/PROTOCOL.md, "history".
 */

#include <stdbool.h>
#include <stdint.h>

#include "chat/store.h"

enum { PAGE_ROWS_MAX = 1000 }; /* that one page passes over */

/*
 * The rows of one room, as a store walks over them. An error of theirs (not ERR_EOF) ends the page
 * with it.
 */
struct page_rows {
    void *ctx;
    /** Begins at the first kept event with a seq of at least (up) or at most (down) this one. */
    int (*seek)(void *ctx, uint64_t seq, bool up);
    /** Goes to the next row. ERR_EOF: there is none. */
    int (*next)(void *ctx, uint64_t *ret_seq, uint8_t *ret_kind);
    /** When the event of this row was kept. Only a history asks. */
    uint64_t (*ts_ms)(void *ctx);
    /** Returns owned the event of this row, as it is now. */
    int (*event)(void *ctx, struct event **ret_event);
};

/**
 * Answers a READ_FEED, whose mid was checked. Sets events and last; ERR_NOT_FOUND: the log begins
 * later.
 */
int page_feed(const struct page_rows *rows, struct store_read *read);

/**
 * Answers a READ_HISTORY of a room whose newest event is head (0: none). Sets events, first, last,
 * head and at.
 */
int page_history(const struct page_rows *rows, uint64_t head, struct store_read *read);
