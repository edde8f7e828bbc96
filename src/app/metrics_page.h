#pragma once
/*
 * /metrics: the sum of all threads' blocks in the Prometheus text format (version 0.0.4).
 */

#include <stddef.h>

#include "base/metrics.h"
#include "serve/http_server.h"

struct metrics_page {
    const struct metrics **blocks; /* kept; one for each thread */
    size_t count;
    uint64_t started_ms; /* wall clock */
};

/** A route's handler; ctx is the struct metrics_page. */
void metrics_page_handle(void *ctx, struct http_request *request);
