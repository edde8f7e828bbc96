#pragma once
/*
 * What a character is to somebody who searches, and in which form two of them count as the same. Pure functions; any
 * thread. The tables are of Unicode 14 (tools/unicode-table).
 */

#include <stdint.h>

enum unicode_class {
    UNICODE_SPACE,    /* white space, punctuation, control characters: between words */
    UNICODE_LETTER,   /* letters, digits, and marks that belong to them */
    UNICODE_UNSPACED, /* letters of scripts in which words are not found by spaces, and ideographs */
    UNICODE_SYMBOL,   /* emoji and the like: each a word of its own */
    UNICODE_NOTHING,  /* accents and other signs that are passed over */
};

/** Any number; beyond U+10FFFF it is UNICODE_SPACE. */
enum unicode_class unicode_class_of(uint32_t code_point);

/** A letter without case, accents and width; everything else as it is. Folding twice changes nothing more. */
uint32_t unicode_fold(uint32_t code_point);
