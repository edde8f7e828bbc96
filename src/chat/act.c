#include "chat/act.h"

#include <string.h>

#include "base/memory.h"

struct act *act_new(enum act_kind kind)
{
    struct act *act = mem_zalloc(sizeof(*act));
    act->kind = (uint8_t)kind;
    return act;
}

void act_free(struct act *act)
{
    if (!act)
        return;
    mem_free(act->text);
    mem_free(act->file);
    explicit_bzero(act, sizeof(*act));
    mem_free(act);
}

uint64_t act_secret_digest(const char *secret)
{
    /* FNV-1a, as for retries: two hashes of one password differ in their salt already. */
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    if (!*secret)
        return 0;
    for (const char *at = secret; *at; at++)
        hash = (hash ^ (uint8_t)*at) * UINT64_C(0x100000001b3);
    return hash ? hash : 1;
}

void act_hook_session(const uint8_t token[ACT_HASH_BYTES], uint8_t ret_hash[ACT_HASH_BYTES])
{
    for (unsigned i = 0; i < ACT_HASH_BYTES; i++)
        ret_hash[i] = (uint8_t)~token[i];
}
