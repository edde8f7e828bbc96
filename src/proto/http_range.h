#pragma once
/*
 * One range of bytes (RFC 9110 14.1.2, 14.2). Several ranges at once are not served: a server may ignore them. Pure; any
 * thread.
 */

#include <stdint.h>

#include "base/slice.h"

/**
 * Reads the value of a Range field for a content of so many bytes. OK: ret_first to ret_last, both included, are wanted and
 * there; ERR_NOT_FOUND: none of them is there (416); ERR_PROTOCOL: no single range of bytes, which is to be ignored (200).
 */
int http_range_read(struct slice value, uint64_t bytes, uint64_t *ret_first, uint64_t *ret_last);
