#pragma once
/*
 * Hexadecimal digits.
 */

#include <stdint.h>

/** The value of a digit in either case, 0 to 15; -1 for any other byte. */
static inline int hex_value(uint8_t byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    if (byte >= 'a' && byte <= 'f')
        return byte - 'a' + 10;
    if (byte >= 'A' && byte <= 'F')
        return byte - 'A' + 10;
    return -1;
}
