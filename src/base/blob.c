#include "base/blob.h"

#include <string.h>

#include "base/assert.h"
#include "base/memory.h"

struct blob *blob_new(const void *bytes, size_t len)
{
    struct blob *blob = mem_alloc(sizeof(*blob) + len);
    atomic_init(&blob->refs, 1);
    blob->len = len;
    if (bytes && len > 0)
        memcpy(blob->bytes, bytes, len);
    return blob;
}

struct blob *blob_ref(struct blob *blob)
{
    unsigned before = atomic_fetch_add_explicit(&blob->refs, 1, memory_order_relaxed);
    ASSERT(before > 0);
    return blob;
}

void blob_unref(struct blob *blob)
{
    if (!blob)
        return;
    if (atomic_fetch_sub_explicit(&blob->refs, 1, memory_order_acq_rel) == 1)
        mem_free(blob);
}
