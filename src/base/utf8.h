#pragma once
/*
 * UTF-8 as RFC 3629 defines it: no surrogates, no overlong forms, nothing above U+10FFFF. The
 * validator goes on over pieces that may be cut anywhere, and fails with the first byte that cannot
 * be right. Pure functions; any thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"

enum {
    UTF8_START = 0,        /* the state of a validator before the first byte */
    UTF8_BYTES_MAX = 4,    /* the longest encoding of one code point */
    UTF8_REPLACED_MAX = 3, /* utf8_replace_invalid makes at most this many bytes of each byte */
};

/**
 * Checks the next len bytes of a text and brings *state (UTF8_START at first) forward.
 * Returns false if some byte cannot belong to a valid text; it then stays false for good.
 */
bool utf8_check(uint8_t *state, const void *bytes, size_t len);

/** Whether the text may end here: not in the middle of a code point, and nothing was wrong. */
bool utf8_is_complete(uint8_t state);

/** Whether the whole of the text is valid. */
bool utf8_is_valid(struct slice text);

/**
 * Decodes the code point at the start of the text. Returns the bytes it takes (1 to 4), ERR_AGAIN
 * if the text ends within it (or is empty), ERR_PROTOCOL if the bytes are invalid.
 */
int utf8_decode(struct slice text, uint32_t *ret_code_point);

/** Writes the UTF-8 form of a code point (a valid one) and returns its length, 1 to 4. */
size_t utf8_encode(uint32_t code_point, uint8_t ret_bytes[UTF8_BYTES_MAX]);

/**
 * Appends the text with U+FFFD in place of each byte that is not part of a valid sequence. It is
 * one U+FFFD for each such byte, as Go's encoding/json does it, and not one for each maximal
 * subpart, as browsers do: the tutorial's clients see what the tutorial's server would have sent
 * them.
 */
void utf8_replace_invalid(struct slice text, struct buffer *out);

/** The number of code points of a valid text. */
size_t utf8_length(struct slice text);
