#pragma once
/*
 * The index of the search: docs/decisions/0011-search.md.
 *
 * Events are taken in blocks of SEARCH_BLOCK by their ids. Of each message a block has a column of SEARCH_SLICES bits:
 * for every word, beginning and part of a word (three characters) in its text one or two of them are set, chosen by a hash. The block is
 * stored the other way round, as slices: one bit of each of its messages. So a search reads, for a block, the few
 * slices that its terms choose; messages with a one in all of them are candidates, and their texts are looked at.
 * A block is written once, when all its events are there, and never changes its size: an erased text's column becomes
 * zeros where it stands (see sqlite_schema.c). What stands behind the newest block, or in one that is not written yet, is looked
 * through without an index.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "chat/search.h"
#include "chat/search_text.h"
#include "store/sqlite_db.h"

enum {
    SEARCH_BLOCK = 1024,                    /* events */
    SEARCH_SLICE_BYTES = SEARCH_BLOCK / 8,
    SEARCH_ROW_SLICES = 31,                 /* so that a row fills a page */
    SEARCH_ROWS = 33,                       /* of a block */
    SEARCH_SLICES = SEARCH_ROWS * SEARCH_ROW_SLICES,
    SEARCH_ROW_BYTES = SEARCH_ROW_SLICES * SEARCH_SLICE_BYTES,
    SEARCH_WORDS = (SEARCH_SLICES + 63) / 64,
    SEARCH_NO_ROOM = UINT16_MAX,            /* an event that is no message, in a block's table of rooms */
    SEARCH_WANTED_MAX = 64,                 /* slices that a search asks for */
};

/* ---- signatures (sqlite_search_sign.c) ---- */

/* The column of a message: which slices have a one for it. */
struct search_sign {
    uint64_t words[SEARCH_WORDS];
};

static inline bool search_sign_has(const struct search_sign *sign, unsigned slice)
{
    return sign->words[slice / 64] >> slice % 64 & 1;
}

/* What else than words may be asked for. */
enum search_trait { SEARCH_HAS_LINK, SEARCH_HAS_FILE, SEARCH_HAS_IMAGE };

void search_sign_text(struct search_sign *sign, const struct search_text *text);
void search_sign_author(struct search_sign *sign, uint64_t author);
void search_sign_trait(struct search_sign *sign, enum search_trait trait);

/**
 * Sets what every message has that holds this run of code points, whatever stands around it. The last argument of search_sign_text.
 */
void search_sign_run(struct search_sign *sign, const uint32_t *chars, size_t count);
