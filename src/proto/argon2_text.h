#pragma once
/*
 * How a password's hash is written down: the text of the Argon2 reference library (PHC string format),
 *   $argon2id$v=19$m=19456,t=2,p=1$SALT$TAG
 * with salt and tag in base64 without padding. Only what this program itself writes is read back: argon2id, version 19,
 * one lane, a salt of 16 and a tag of 32 bytes. Pure functions; any thread.
 */

#include <stdint.h>

#include "base/slice.h"

enum {
    ARGON2_SALT_BYTES = 16,
    ARGON2_TAG_BYTES = 32,
    ARGON2_TEXT_MAX = 120, /* characters */
    /* RFC 9106 3.1 allows more; beyond this a text is broken, or somebody wants the memory. */
    ARGON2_MEMORY_KB_MIN = 8,
    ARGON2_MEMORY_KB_MAX = 1 << 20,
    ARGON2_PASSES_MAX = 100,
};

struct argon2_text {
    uint32_t memory_kb, passes;
    uint8_t salt[ARGON2_SALT_BYTES];
    uint8_t tag[ARGON2_TAG_BYTES];
};

/** Writes it, with a NUL. */
void argon2_text_write(const struct argon2_text *parts, char ret_text[ARGON2_TEXT_MAX + 1]);

/** ERR_PROTOCOL: it is none of those above. */
int argon2_text_read(struct slice text, struct argon2_text *ret_parts);
