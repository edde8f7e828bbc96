#include "chat/store.h"

#include <string.h>

#include "base/memory.h"
#include "chat/search.h"

void store_read_free(struct store_read *read)
{
    if (!read)
        return;
    event_batch_unref(read->events);
    for (size_t i = 0; i < read->rooms_count; i++)
        mem_free(read->rooms[i].topic);
    mem_free(read->rooms);
    listing_release(&read->listing);
    search_free(read->search);
    mem_free(read->file);
    explicit_bzero(&read->account, sizeof(read->account));
    mem_free(read);
}
