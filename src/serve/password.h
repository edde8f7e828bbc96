#pragma once
/*
 * Passwords: which ones are taken, and how they are hashed (argon2id, RFC 9106). A hash costs tens of megabytes and of milliseconds:
 * only serve/hasher.h calls password_hash and password_verify, on its own threads.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "proto/argon2_text.h"

enum {
    PASSWORD_CHARACTERS_MIN = 8,
    PASSWORD_CHARACTERS_MAX = 128,
    PASSWORD_BYTES_MAX = 4 * PASSWORD_CHARACTERS_MAX,
};

struct password_cost {
    uint32_t memory_kb, passes;
};

/**
 * Whether it can be somebody's password. ERR_PROTOCOL: not UTF-8, or with a NUL in it. ERR_LIMIT: fewer or more
 * characters (code points) than the limits above. Nothing is trimmed, folded or cut: what was typed is the password.
 */
int password_check(struct slice password);

/** Hashes it with a new salt. ERR_BUSY: there is no memory for it. */
int password_hash(const struct password_cost *cost, struct slice password,
                  char ret_secret[ARGON2_TEXT_MAX + 1]);

/**
 * OK: it is the password of which secret was made (by password_hash). ERR_DENIED: it is not. ERR_BUSY: there is no memory for finding out.
 * Of a secret that is not to be read (such as an empty one: somebody who is unknown, or has no password) it is ERR_DENIED, after the time
 * that a hash of this cost takes. ret_outdated: it was made at another cost than this one.
 */
int password_verify(const struct password_cost *cost, const char *secret, struct slice password,
                    bool *ret_outdated);

/** Gives back the memory that the calling thread keeps from one hash to the next. */
void password_release_memory(void);
