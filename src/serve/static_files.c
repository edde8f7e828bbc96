#include "serve/static_files.h"

#include <string.h>

#include "proto/http_field.h"
#include "serve/asset.h"

/* No string of HTML is ever made by script, and nothing comes from elsewhere: the browser enforces both. */
#define PAGE_HEADERS                                                                                           \
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "                       \
    "connect-src 'self'; img-src 'self' blob:; media-src 'self' blob:; manifest-src 'self'; base-uri 'none'; " \
    "form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; "                         \
    "trusted-types 'none'\r\n"                                                                                 \
    "Referrer-Policy: no-referrer\r\n"                                                                         \
    "Cross-Origin-Opener-Policy: same-origin\r\n"                                                              \
    "Cross-Origin-Resource-Policy: same-origin\r\n"                                                            \
    "Permissions-Policy: camera=(), geolocation=(), microphone=()\r\n"

static const struct asset *find_asset(struct slice path)
{
    size_t low = 0, high = assets_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct slice name = slice_of_string(assets[middle].path);
        size_t shorter = path.len < name.len ? path.len : name.len;
        int order = memcmp(path.ptr, name.ptr, shorter);
        if (order == 0 && path.len == name.len)
            return &assets[middle];
        if (order < 0 || (order == 0 && path.len < name.len))
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* The smallest of those that the client likes best; brotli first where it likes them equally. */
static const struct asset_body *choose(const struct asset *asset, const struct http_head *head,
                                       const char **ret_coding)
{
    const struct asset_body *best = NULL;
    int best_quality = 0;
    const struct {
        const struct asset_body *body;
        const char *coding;
    } options[] = {{&asset->br, "br"}, {&asset->gzip, "gzip"}, {&asset->identity, "identity"}};
    for (size_t i = 0; i < 3; i++) {
        int quality = options[i].body->bytes ? http_encoding_quality(head, options[i].coding) : 0;
        if (quality > best_quality) {
            best = options[i].body;
            best_quality = quality;
            *ret_coding = options[i].coding;
        }
    }
    /* A client that refuses even identity is given it: better than a 406 (RFC 9110 12.5.3 allows both). */
    return best ? best : &asset->identity;
}

/* Which page it is, the script finds out from the address. */
static bool is_page(struct slice path)
{
    return slice_is(path, "/") || slice_is(path, "/join");
}

void static_files_handle(void *ctx, struct http_request *request)
{
    (void)ctx;
    struct slice path = request->path;
    const struct asset *asset = find_asset(is_page(path) ? SLICE_LITERAL("/index.html") : path);
    if (!asset) {
        http_problem(request, 404, "There is nothing at this address.", NULL);
        return;
    }

    const char *coding = "identity";
    const struct asset_body *body = choose(asset, request->head, &coding);
    struct buffer headers = {0};
    buffer_printf(&headers, "ETag: %s\r\nVary: Accept-Encoding\r\nCache-Control: %s\r\n",
                  body->etag,
                  asset->immutable ? "public, max-age=31536000, immutable" : "no-cache");
    if (strcmp(coding, "identity") != 0)
        buffer_printf(&headers, "Content-Encoding: %s\r\n", coding);
    buffer_append(&headers, PAGE_HEADERS, sizeof(PAGE_HEADERS)); /* with its NUL */

    struct http_response response = {
        .status = 200,
        .type = asset->type,
        .body = slice_of(body->bytes, body->len),
        .body_is_static = true,
        .headers = (char *)headers.ptr,
    };
    if (http_etag_matches(request->head, slice_of_string(body->etag))) {
        response.status = 304;
        response.type = NULL;
        response.body.len = 0;
    }
    http_respond(request, &response);
    buffer_release(&headers);
}
