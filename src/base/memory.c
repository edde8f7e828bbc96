#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"

static void *checked(void *ptr)
{
    if (ptr)
        return ptr;
    fputs("hubbub: out of memory\n", stderr);
    abort();
}

void *mem_alloc(size_t size)
{
    ASSERT(size > 0);
    return checked(malloc(size));
}

void *mem_zalloc(size_t size)
{
    ASSERT(size > 0);
    return checked(calloc(1, size));
}

void *mem_realloc(void *ptr, size_t size)
{
    ASSERT(size > 0);
    return checked(realloc(ptr, size));
}

void mem_free(void *ptr)
{
    free(ptr);
}

char *mem_copy_string(const void *bytes, size_t len)
{
    char *copy = mem_alloc(len + 1);
    memcpy(copy, bytes, len);
    copy[len] = '\0';
    return copy;
}
