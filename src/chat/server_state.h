#pragma once
/*
 * What moderators and admins have set for the whole server, as every worker knows it: immutable and shared.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chat/directory.h"

struct server_state {
    atomic_uint refs;
    bool members_only; /* the brake: guests and visitors may read only */
    uint32_t slow_ms;  /* slow mode in every room, at least */
    struct name name;  /* of the community; empty: the program's own */
    size_t bans_count;
    /* of addresses, in force when it was made; until_ms says for how long */
    struct ban_record bans[];
};

/** Returns owned (one reference) a state with room for bans; all else is zero. */
struct server_state *server_state_new(size_t bans);
/** Takes the only reference of a state, and returns owned one with another ban. */
struct server_state *server_state_with_ban(struct server_state *state,
                                           const struct ban_record *ban);
struct server_state *server_state_ref(struct server_state *state);
/** NULL is fine. */
void server_state_unref(struct server_state *state);
