#pragma once
/*
 * Allocation that cannot fail. Running out of memory ends the program in one place, here; therefore every
 * size that comes from outside is checked against a named limit before it reaches these functions.
 */

#include <stddef.h>

/** Returns owned memory of size bytes (size > 0), not cleared. Freed with mem_free. */
void *mem_alloc(size_t size);

/** As mem_alloc, cleared to zero. */
void *mem_zalloc(size_t size);

/** Takes ptr (or NULL) and returns it owned with the new size (size > 0); contents kept. */
void *mem_realloc(void *ptr, size_t size);

/** Takes ptr; NULL is fine. */
void mem_free(void *ptr);

/** Returns an owned copy of len bytes with a NUL behind it. */
char *mem_copy_string(const void *bytes, size_t len);
