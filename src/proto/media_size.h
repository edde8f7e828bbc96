#pragma once
/*
 * The size of an image in pixels, as its head says it, for PNG, GIF, JPEG and WebP. Nothing is decoded. Pure; any thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/** Of a file of that type (image/…), from its first bytes. false, and nothing changed: they do not say it. */
bool media_size(const char *type, struct slice start, uint32_t *ret_width, uint32_t *ret_height);
