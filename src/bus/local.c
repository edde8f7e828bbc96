#include "bus/local.h"

#include "base/memory.h"

void local_bus_publish(struct local_bus *bus, struct event_batch *batch)
{
    for (size_t i = 0; i < bus->count; i++) {
        struct local_bus_letter *letter = mem_zalloc(sizeof(*letter));
        letter->letter.kind = LOCAL_BUS_BATCH;
        letter->batch = event_batch_ref(batch);
        mailbox_put(bus->mailboxes[i], &letter->letter);
    }
    event_batch_unref(batch);
}
