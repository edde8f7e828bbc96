#include "chat/server_state.h"

#include "base/memory.h"

struct server_state *server_state_new(size_t bans)
{
    struct server_state *state = mem_zalloc(sizeof(*state) + bans * sizeof(state->bans[0]));
    atomic_init(&state->refs, 1);
    return state;
}

struct server_state *server_state_with_ban(struct server_state *state, const struct ban_record *ban)
{
    size_t bytes = sizeof(*state) + (state->bans_count + 1) * sizeof(state->bans[0]);
    state = mem_realloc(state, bytes);
    state->bans[state->bans_count++] = *ban;
    return state;
}

struct server_state *server_state_ref(struct server_state *state)
{
    atomic_fetch_add_explicit(&state->refs, 1, memory_order_relaxed);
    return state;
}

void server_state_unref(struct server_state *state)
{
    if (state && atomic_fetch_sub_explicit(&state->refs, 1, memory_order_acq_rel) == 1)
        mem_free(state);
}
