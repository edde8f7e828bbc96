#pragma once
/*
 * Arrays that grow, for the models of the simulation.
 */

#include <stddef.h>

#include "base/memory.h"

static inline void *array_grown(void *array, size_t count, size_t *cap, size_t item_bytes)
{
    if (count < *cap)
        return array;
    *cap = *cap ? *cap * 2 : 16;
    return mem_realloc(array, *cap * item_bytes);
}

/** Makes room for one more item; yields a pointer to it and counts it. */
#define ARRAY_ADD(array, count, cap)                                                               \
    ((array) = array_grown((array), (count), &(cap), sizeof((array)[0])), &(array)[(count)++])
