#include "app/routes.h"

#include <stdio.h>

#include "app/state_page.h"
#include "base/assert.h"
#include "base/memory.h"
#include "doors/account.h"
#include "doors/files.h"

size_t api_routes(struct rest *rest, struct http_route ret_routes[API_ROUTES_MAX])
{
    const struct rest_entry *(*const tables[])(size_t * ret_count) = {
        rest_routes,         rest_event_routes,     rest_export_routes, rest_hook_routes,
        files_upload_routes, files_download_routes, state_page_routes};
    size_t count = account_routes(rest, ret_routes);
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        size_t more;
        const struct rest_entry *entries = tables[i](&more);
        ASSERT(count + more <= API_ROUTES_MAX);
        rest_add_routes(rest, entries, more, ret_routes, &count);
    }
    return count;
}

void api_routes_print(void)
{
    static const char *const names[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
    struct account_terms accounts = {0};
    struct rest rest = {.accounts = &accounts};
    struct http_route *routes = mem_zalloc(API_ROUTES_MAX * sizeof(routes[0]));
    size_t count = api_routes(&rest, routes);
    for (size_t i = 0; i < count; i++) {
        for (unsigned method = 0; method < sizeof(names) / sizeof(names[0]); method++) {
            if (routes[i].methods & (1u << method))
                printf("%s %s\n", names[method], routes[i].path);
        }
    }
    mem_free(routes);
}
