#include "serve/address_bans.h"

#include "base/error.h"
#include "base/memory.h"

void address_bans_set(struct address_bans *bans, const struct server_state *state)
{
    address_bans_release(bans);
    bans->list = mem_alloc((state->bans_count + 1) * sizeof(bans->list[0]));
    for (size_t i = 0; i < state->bans_count; i++) {
        const struct ban_record *ban = &state->bans[i];
        if (address_block_parse(slice_of_string(ban->address), &bans->list[bans->count].block) !=
            OK)
            continue;
        bans->list[bans->count++].until_ms = ban->until_ms;
    }
}

bool address_bans_has(const struct address_bans *bans, const struct address *address,
                      uint64_t wall_ms)
{
    for (size_t i = 0; i < bans->count; i++) {
        uint64_t until_ms = bans->list[i].until_ms;
        if ((until_ms == 0 || until_ms > wall_ms) && address_is_in(address, &bans->list[i].block))
            return true;
    }
    return false;
}

void address_bans_release(struct address_bans *bans)
{
    mem_free(bans->list);
    *bans = (struct address_bans){0};
}
