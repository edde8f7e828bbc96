#include "chat/search.h"

#include "base/memory.h"
#include "chat/event.h"

void search_free(struct search *search)
{
    if (!search)
        return;
    for (size_t i = 0; i < search->hits_count; i++)
        event_free(search->hits[i].event);
    mem_free(search->hits);
    mem_free(search);
}
