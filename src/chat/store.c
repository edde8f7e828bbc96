#include "chat/store.h"

#include "base/memory.h"

void store_read_free(struct store_read *read)
{
    if (!read)
        return;
    event_batch_unref(read->events);
    for (size_t i = 0; i < read->rooms_count; i++)
        mem_free(read->rooms[i].topic);
    mem_free(read->rooms);
    mem_free(read);
}
