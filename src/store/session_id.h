#pragma once
/*
 * The public id of a session that a guest came with. It is a part of the hash by which the session is
 * found, so that no second number has to be made; of the token it says nothing.
 */

#include <stdint.h>
#include <string.h>

#include "chat/event.h"

/** Nonzero and positive as SQL's integers are. */
static inline uint64_t session_id_of(const uint8_t hash[TOKEN_HASH_BYTES])
{
    uint64_t id;
    memcpy(&id, hash, sizeof(id));
    id &= INT64_MAX;
    return id + (id == 0);
}
