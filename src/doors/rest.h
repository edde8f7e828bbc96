#pragma once
/*
 * The HTTP API, /api/v1: docs/API.md, docs/openapi.yaml. Here are the routes that say a command of the web protocol, or show what hello
 * says; those that do more have files of their own: rest_events.c, rest_export.c, rest_hook.c. The routes of accounts are in account_*.c,
 * those of files in files_*.c.
 */

#include "doors/rest_call.h"

/** Each is a table of routes; borrowed, static. */
const struct rest_entry *rest_routes(size_t *ret_count);
const struct rest_entry *rest_event_routes(size_t *ret_count);
const struct rest_entry *rest_export_routes(size_t *ret_count);
const struct rest_entry *rest_hook_routes(size_t *ret_count);
