#pragma once
/*
 * A text as it is searched: its words in folded form (base/unicode.h), in an array of code points with one space before
 * each word, and one behind the last. What is looked for has the same form, so that finding a word, the beginning of
 * one, a phrase or a part is finding a run of numbers in others: only the spaces at the ends differ. Pure.
 *
 * Punctuation parts words. A symbol, as an emoji, is a word of its own. Where a script without spaces meets another one, words
 * are parted, too ("用iPhone" is "用" and "iphone").
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

enum { SEARCH_TEXT_BYTES_MAX = 65536 }; /* what is behind them is not looked at */

struct search_text {
    uint32_t *chars; /* owned */
    uint32_t *
        from; /* owned: the byte of the source at which each begins; of a space, the end of what is before it */
    size_t count, cap;
};

/** The most that len bytes are folded to. */
static inline size_t search_text_count_max(size_t len)
{
    return 2 * len + 2;
}

/** Replaces what it holds by the folded form of source, of which nothing is kept. Bytes that are no UTF-8 part words. */
void search_text_fold(struct search_text *text, struct slice source);

void search_text_release(struct search_text *text);

/** Finds a run of code points at or behind `start`. */
bool search_text_find(const struct search_text *text, const uint32_t *chars, size_t count,
                      size_t start, size_t *ret_at);
