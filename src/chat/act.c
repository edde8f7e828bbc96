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
