#include "serve/http_route.h"

#include <string.h>

#include "base/assert.h"
#include "serve/http_server.h"

/* The segment at the start of the text, up to the next slash. */
static struct slice segment_of(struct slice text)
{
    const uint8_t *slash = text.len > 0 ? memchr(text.ptr, '/', text.len) : NULL;
    return slice_of(text.ptr, slash ? (size_t)(slash - text.ptr) : text.len);
}

static struct slice behind(struct slice text, size_t len)
{
    return slice_of(text.ptr + len, text.len - len);
}

/* Goes along both, segment by segment; params may be NULL. Returns whether the path fits. */
static bool fits(struct slice pattern, struct slice path, struct slice *params, unsigned *ret_count)
{
    unsigned count = 0;
    bool is_prefix = pattern.len > 1 && pattern.ptr[pattern.len - 1] == '/';
    while (pattern.len > 0 && path.len > 0) {
        if (pattern.ptr[0] != path.ptr[0])
            return false;
        if (pattern.ptr[0] != '/')
            return false;
        pattern = behind(pattern, 1);
        path = behind(path, 1);
        if (is_prefix && pattern.len == 0)
            break;
        struct slice want = segment_of(pattern);
        struct slice have = segment_of(path);
        if (want.len > 0 && want.ptr[0] == '{') {
            if (have.len == 0)
                return false;
            ASSERT(count < HTTP_PARAMS_MAX);
            if (params)
                params[count] = have;
            count++;
        } else if (!slice_equals(want, have)) {
            return false;
        }
        pattern = behind(pattern, want.len);
        path = behind(path, have.len);
    }
    *ret_count = count;
    return pattern.len == 0 && (path.len == 0 || is_prefix);
}

const struct http_route *http_route_find(const struct http_route *routes, size_t count,
                                         enum http_method method, struct slice path,
                                         unsigned *ret_methods)
{
    unsigned methods = 0, params;
    *ret_methods = 0;
    for (size_t i = 0; i < count; i++) {
        const struct http_route *route = &routes[i];
        if (!fits(slice_of_string(route->path), path, NULL, &params))
            continue;
        unsigned own = route->methods;
        if (own & (1u << HTTP_GET))
            own |= 1u << HTTP_HEAD;
        if (own == 0 || (own & (1u << method)))
            return route;
        methods |= own;
    }
    *ret_methods = methods;
    return NULL;
}

unsigned http_route_params(const char *pattern, struct slice path,
                           struct slice ret_params[HTTP_PARAMS_MAX])
{
    unsigned count = 0;
    return fits(slice_of_string(pattern), path, ret_params, &count) ? count : 0;
}
