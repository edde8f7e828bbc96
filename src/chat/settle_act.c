/*
 * What people do that is no event of a room's log: see chat/act.h.
 */

#include "base/error.h"
#include "chat/refusal.h"
#include "chat/sequencer_state.h"

bool settle_act(struct sequencer *sequencer, struct event *event)
{
    (void)sequencer;
    event->result = ERR_DENIED;
    event->refusal = REFUSED_MEMORY;
    return false;
}

void follow_act(struct sequencer *sequencer, struct event *event)
{
    event_batch_add(sequencer->batch, event);
}
