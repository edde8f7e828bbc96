#include "store/fault.h"

#ifndef HUBBUB_FAULTS

void store_fault_apply(struct store *store)
{
    (void)store;
}

#else

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/*
 * What was answered but not committed is lost when the program is killed. Only the store's table of functions is
 * exchanged.
 */
enum { COMMITS_HELD = 20 };

static struct store_ops lying_ops;
static const struct store_ops *true_ops;
static unsigned held;

static int begin(struct store *store)
{
    return held > 0 ? OK : true_ops->begin(store);
}

static int commit(struct store *store)
{
    if (++held < COMMITS_HELD)
        return OK;
    held = 0;
    return true_ops->commit(store);
}

static int rest(struct store *store, uint64_t now_mono_ms)
{
    return held > 0 ? OK : true_ops->rest(store, now_mono_ms);
}

static void close_store(struct store *store)
{
    if (held > 0)
        true_ops->commit(store);
    true_ops->close(store);
}

void store_fault_apply(struct store *store)
{
    const char *fault = getenv("HUBBUB_FAULT");
    if (!fault || strcmp(fault, "early-ack") != 0)
        return;
    true_ops = store->ops;
    lying_ops = *true_ops;
    lying_ops.begin = begin;
    lying_ops.commit = commit;
    lying_ops.rest = rest;
    lying_ops.close = close_store;
    store->ops = &lying_ops;
}

#endif
