#include "base/random.h"

#include <errno.h>
#include <sys/random.h>

#include "base/assert.h"

void random_bytes(void *ret_bytes, size_t len)
{
    /* Up to 256 bytes come whole once the pool is initialised (getrandom(2)); only a signal that
     * comes while it is not can interrupt the call. */
    ssize_t got;
    ASSERT(len <= 256);
    do {
        got = getrandom(ret_bytes, len, 0);
    } while (got < 0 && errno == EINTR);
    ASSERT(got == (ssize_t)len);
}

uint64_t random_u64(void)
{
    uint64_t value;
    random_bytes(&value, sizeof(value));
    return value;
}
