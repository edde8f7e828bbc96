#pragma once
/*
 * Routes: which handler answers for which method and path. A pattern is a whole path ("/healthz"); with a '/' at
 * its end all that begins with it ("/assets/"; "/" itself only alone); and "{name}" in it stands for one segment that is not empty
 * ("/api/v1/rooms/{room}"). The first route of a table that fits answers. Immutable; any thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "proto/http_head.h"

struct http_request;

enum { HTTP_PARAMS_MAX = 4 };

/* What becomes of a request's body. */
enum http_body_mode {
    HTTP_BODY_NONE,   /* read and dropped, up to the server's body_bytes_max */
    HTTP_BODY_WHOLE,  /* collected: the handler runs when it is there, with request->body */
    HTTP_BODY_STREAM, /* the handler runs before it, and calls http_receive if it wants it */
};

enum { HTTP_BODY_WHOLE_DEFAULT = 256 * 1024 };

struct http_route {
    const char *path;
    unsigned
        methods; /* bits: 1 << HTTP_GET …, HEAD comes with GET; 0 for all: the handler answers for itself */
    void *ctx;
    void (*handle)(void *ctx, struct http_request *request);
    enum http_body_mode body;
    /* WHOLE: 0 for HTTP_BODY_WHOLE_DEFAULT; STREAM: 0 for no limit; over it: 413 */
    uint64_t body_bytes_max;
    const void *data; /* the handler's own */
};

/**
 * Finds the route. Returns borrowed, or NULL. ret_methods: all that the path knows (0: the path is not known), for 405.
 */
const struct http_route *http_route_find(const struct http_route *routes, size_t count,
                                         enum http_method method, struct slice path,
                                         unsigned *ret_methods);

/** Cuts the parameters of a path that fits the pattern out of it. Returns how many there are. */
unsigned http_route_params(const char *pattern, struct slice path,
                           struct slice ret_params[HTTP_PARAMS_MAX]);
