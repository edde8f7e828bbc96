/*
 * malloc, calloc and realloc that fail when plan.h says so. For programs without a sanitizer, whose
 * own they would replace.
 */

#include <errno.h>
#include <stdlib.h>

#include "interpose/plan.h"

/* The C library's own: looking for the next ones would take memory. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *ptr, size_t size);

/* All three are counted as one. */
static bool fails(void)
{
    int error = fail_now("malloc");
    if (error != 0)
        errno = ENOMEM;
    return error != 0;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *ptr, size_t size)
{
    return fails() ? NULL : __libc_realloc(ptr, size);
}
