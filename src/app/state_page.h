#pragma once
/*
 * GET /api/v1/server/state: how the server does and what it is set to, for admins: version, start, disk, counters, and every option with its
 * value in force. Called on any worker's thread.
 */

#include "app/config.h"
#include "app/metrics_page.h"
#include "doors/rest_call.h"

/* Immutable while the workers run. */
struct state_page {
    const struct metrics_page *metrics; /* kept */
    const struct config *config;        /* kept */
};

/** The route; borrowed, static. rest->state has to be set. */
const struct rest_entry *state_page_routes(size_t *ret_count);
