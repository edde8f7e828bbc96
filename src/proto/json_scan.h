#pragma once
/*
 * A look at a JSON text before the real parser sees it: refuses what would make a parser work or
 * recurse too much, and the strings that C programs stumble over. One pass, no recursion, no
 * memory. It does not check the rest of the grammar; whatever it lets through still has to be
 * parsed (by jansson with JSON_REJECT_DUPLICATES). Pure; any thread.
 */

#include <stdint.h>

#include "base/slice.h"

enum { JSON_SCAN_DEPTH_MAX = 64 };

struct json_limits {
    uint32_t depth_max; /* nested arrays and objects, at most JSON_SCAN_DEPTH_MAX */
    uint32_t keys_max;  /* of each object */
};

/** Depth 32, 256 keys. */
extern const struct json_limits json_limits_default;

/**
 * Returns OK; ERR_LIMIT if it is nested too deep or an object has too many keys; ERR_PROTOCOL if
 * brackets do not match, a string does not end, has a bad escape, a control character, half of a
 * surrogate pair or \u0000, or if there is a NUL byte anywhere.
 */
int json_scan(struct slice text, const struct json_limits *limits);
