#pragma once
/*
 * Chance for tests that can be had again: a random test prints its seed and takes it back from SEED
 * in the environment. The generator is splitmix64 (Steele, Lea, Flood 2014).
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/random.h"

struct dice {
    uint64_t state;
};

static inline struct dice dice_from(uint64_t seed)
{
    return (struct dice){seed};
}

/** Begins with SEED, or with a new one that it prints. */
static inline struct dice dice_new(const char *test)
{
    const char *given = getenv("SEED");
    uint64_t seed = given ? strtoull(given, NULL, 0) : random_u64();
    printf("# %s: SEED=%llu\n", test, (unsigned long long)seed);
    fflush(stdout);
    return dice_from(seed);
}

static inline uint64_t dice_next(struct dice *dice)
{
    uint64_t z = dice->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/** From 0 up to but not including sides. */
static inline uint32_t dice_below(struct dice *dice, uint32_t sides)
{
    return (uint32_t)(dice_next(dice) % sides);
}
