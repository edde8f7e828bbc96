#include "chat/roster.h"

#include "base/memory.h"

struct roster_view *roster_view_new(uint32_t count)
{
    struct roster_view *view = mem_alloc(sizeof(*view) + count * sizeof(view->list[0]));
    atomic_init(&view->refs, 1);
    view->people = view->visitors = view->count = 0;
    return view;
}

struct roster_view *roster_view_ref(struct roster_view *view)
{
    atomic_fetch_add_explicit(&view->refs, 1, memory_order_relaxed);
    return view;
}

void roster_view_unref(struct roster_view *view)
{
    if (view && atomic_fetch_sub_explicit(&view->refs, 1, memory_order_acq_rel) == 1)
        mem_free(view);
}
