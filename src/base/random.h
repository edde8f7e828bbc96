#pragma once
/*
 * Randomness from the kernel (getrandom(2)), for ids and secrets. Any thread. The domain is handed its
 * random source instead of calling this, so that a simulation can be replayed from its seed.
 */

#include <stddef.h>
#include <stdint.h>

/** Fills len bytes (len <= 256) with random bits fit for secrets. Ends the program if the kernel refuses. */
void random_bytes(void *ret_bytes, size_t len);

/** 64 random bits. */
uint64_t random_u64(void);
