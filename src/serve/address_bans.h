#pragma once
/*
 * Which addresses are banned, as one worker knows it. Belongs to the worker; asked for each request.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chat/server_state.h"
#include "serve/address.h"

struct address_bans {
    size_t count;
    struct {
        struct address_block block;
        uint64_t until_ms; /* wall clock; 0: for good */
    } * list;              /* owned */
};

/** Takes over what the state says; what cannot be read as a block of addresses is passed over. */
void address_bans_set(struct address_bans *bans, const struct server_state *state);

bool address_bans_has(const struct address_bans *bans, const struct address *address,
                      uint64_t wall_ms);

void address_bans_release(struct address_bans *bans);
