#pragma once
/*
 * The query of a request target, or a form, as names and values (application/x-www-form-urlencoded, WHATWG URL 5.1), read
 * strictly: what two readers could understand in two ways is refused. It owns the decoded bytes. Pure; any thread.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

enum { QUERY_PARAMS_MAX = 16, QUERY_BYTES_MAX = 8192 };

struct query_param {
    struct slice name, value; /* decoded; valid UTF-8 without NUL */
};

struct query {
    size_t count;
    struct query_param params[QUERY_PARAMS_MAX];
    uint8_t *bytes; /* owned; what the slices point into */
};

/**
 * Reads a query (ptr NULL: none). Returns OK; ERR_PROTOCOL: a bad escape, a NUL, invalid UTF-8, an empty name, or a name that is there twice; ERR_LIMIT: too many or too long. Release it only after
 * OK.
 */
int query_parse(struct slice text, struct query *ret_query);
void query_release(struct query *query);
