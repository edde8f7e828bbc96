#pragma once
/*
 * A person's name as the domain holds it: valid UTF-8 in one line, without white space at the ends.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

enum { NAME_CHARACTERS_MAX = 40, NAME_BYTES_MAX = 4 * NAME_CHARACTERS_MAX };

struct name {
    uint8_t len; /* bytes; 0 means that there is none */
    char text[NAME_BYTES_MAX + 1];
};

/**
 * Makes a name of what somebody typed: trims white space, refuses control characters, line breaks and the
 * characters that turn the direction of text or are invisible (they serve to imitate somebody else).
 * ERR_PROTOCOL: empty, or such a character, or invalid UTF-8. ERR_LIMIT: over NAME_CHARACTERS_MAX.
 */
int name_make(struct slice typed, struct name *ret_name);

/** As name_make, but may be empty (nothing was typed, or white space only): then there is no name, of length 0. */
int name_make_optional(struct slice typed, struct name *ret_name);

/** Writes the form by which two names count as the same: ASCII letters in lower case. */
void name_fold(const struct name *name, struct name *ret_folded);

/** Writes "NAME N" (as "Ann 2"), shortening NAME where the limit demands it. */
void name_with_number(const struct name *name, unsigned number, struct name *ret_name);

static inline struct slice name_slice(const struct name *name)
{
    return slice_of(name->text, name->len);
}
