#pragma once
/*
 * The routes of the HTTP API: the tables of all doors, put together.
 */

#include <stddef.h>

#include "doors/rest.h"

enum { API_ROUTES_MAX = 160 };

/** Fills in the routes, whose ctx is rest (kept). Returns how many. */
size_t api_routes(struct rest *rest, struct http_route ret_routes[API_ROUTES_MAX]);

/** Prints each as a line "METHOD /path": for tests of the documentation. */
void api_routes_print(void);
