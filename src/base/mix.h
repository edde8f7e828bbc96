#pragma once
/*
 * Spreading the bits of a number: the last step of splitmix64 (Steele, Lea, Flood 2014). Invertible, and no secret by itself.
 */

#include <stdint.h>

static inline uint64_t mix64(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}
