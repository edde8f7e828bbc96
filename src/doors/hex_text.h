#pragma once
/*
 * Bytes as lower-case hexadecimal digits: how the web protocol writes cids. Pure.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"

/** Appends two digits for each byte. */
void hex_write(struct buffer *out, const uint8_t *bytes, size_t len);

/** Whether text is exactly 2 * len lower-case digits; then their bytes. Untouched otherwise. */
bool hex_read(struct slice text, uint8_t *ret_bytes, size_t len);
