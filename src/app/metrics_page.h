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

/* A sum over all threads; labels stand in the name. Borrowed, static, but the value. */
struct metric_view {
    const char *name, *type, *help; /* help is empty in all but the first of several of one name */
    int64_t value;
};

void metrics_page_read(const struct metrics_page *page, enum metric metric,
                       struct metric_view *ret_view);

/** A route's handler; ctx is the struct metrics_page. */
void metrics_page_handle(void *ctx, struct http_request *request);
