#include "serve/static_files.h"

#include <string.h>

#include "base/assert.h"
#include "proto/http_field.h"
#include "serve/asset.h"

/*
 * No string of HTML is ever made by script, and nothing comes from elsewhere: the browser enforces both. The one
 * Trusted Types policy lets the addresses of the build's own workers through, and no HTML (docs/decisions/0016).
 */
#define PAGE_HEADERS                                                                               \
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "           \
    "connect-src 'self'; img-src 'self' blob:; media-src 'self' blob:; manifest-src 'self'; "      \
    "worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "             \
    "require-trusted-types-for 'script'; trusted-types hubbub-workers\r\n"                         \
    "Referrer-Policy: no-referrer\r\n"                                                             \
    "Cross-Origin-Opener-Policy: same-origin\r\n"                                                  \
    "Cross-Origin-Resource-Policy: same-origin\r\n"                                                \
    "Permissions-Policy: camera=(), geolocation=(), microphone=()\r\n"

/*
 * What is neither shown by itself nor runs by itself needs none of that: a script and a style sheet live by the
 * rules of the page that takes them in. Opened by itself it may do nothing. A first visit is 1.4 KB smaller.
 */
#define PART_HEADERS                                                                               \
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"                      \
    "Cross-Origin-Resource-Policy: same-origin\r\n"

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

static const struct asset *find_page(void)
{
    return find_asset(SLICE_LITERAL("/index.html"));
}

/* The page, and the service worker, whose address never changes and which has a policy of its own. */
static bool stands_alone(const struct asset *asset)
{
    return strncmp(asset->type, "text/html", 9) == 0 || strcmp(asset->path, "/sw.js") == 0;
}

/*
 * An answer that is 404 depends on Accept, too, and has no ETag: whoever asks again, because the address may
 * have come to be, must not be told that nothing has changed.
 */
static void add_headers(struct buffer *headers, const struct asset *asset,
                        const struct asset_body *body, const char *coding, unsigned status)
{
    if (status == 404)
        buffer_append_string(headers,
                             "Vary: Accept, Accept-Encoding\r\nCache-Control: no-store\r\n");
    else
        buffer_printf(headers, "ETag: %s\r\nVary: Accept-Encoding\r\nCache-Control: %s\r\n",
                      body->etag,
                      asset->immutable ? "public, max-age=31536000, immutable" : "no-cache");
    if (strcmp(coding, "identity") != 0)
        buffer_printf(headers, "Content-Encoding: %s\r\n", coding);
    buffer_append_string(headers, stands_alone(asset) ? PAGE_HEADERS : PART_HEADERS);
    buffer_append(headers, "", 1); /* its NUL */
}

static void give(struct http_request *request, const struct asset *asset, unsigned status)
{
    const char *coding = "identity";
    const struct asset_body *body = choose(asset, request->head, &coding);
    struct buffer headers = {0};
    add_headers(&headers, asset, body, coding, status);
    struct http_response response = {
        .status = status,
        .type = asset->type,
        .body = slice_of(body->bytes, body->len),
        .body_is_static = true,
        .headers = (char *)headers.ptr,
    };
    if (status == 200 && http_etag_matches(request->head, slice_of_string(body->etag))) {
        response.status = 304;
        response.type = NULL;
        response.body.len = 0;
    }
    http_respond(request, &response);
    buffer_release(&headers);
}

void static_files_handle(void *ctx, struct http_request *request)
{
    (void)ctx;
    const struct asset *asset = find_asset(request->path);
    if (asset)
        give(request, asset, 200);
    else
        http_missing(request);
}

struct slice static_files_bytes(struct slice path)
{
    const struct asset *asset = find_asset(path);
    return asset ? slice_of(asset->identity.bytes, asset->identity.len) : slice_of("", 0);
}

void static_files_made(struct http_request *request, struct slice body)
{
    const struct asset *asset = find_asset(request->path);
    ASSERT(asset && !stands_alone(asset));
    http_respond(request, &(struct http_response){
                              .status = 200,
                              .type = asset->type,
                              .body = body,
                              .headers = "Cache-Control: no-cache\r\n" PART_HEADERS,
                          });
}

void static_files_page(void *ctx, struct http_request *request)
{
    (void)ctx;
    const struct asset *page = find_page();
    if (page)
        give(request, page, 200);
    else
        http_missing(request);
}

void static_files_missing(struct http_request *request)
{
    const struct asset *page = find_page();
    bool looks = request->method == HTTP_GET || request->method == HTTP_HEAD;
    bool by_program = request->path.len >= 5 && memcmp(request->path.ptr, "/api/", 5) == 0;
    if (page && looks && !by_program && http_accepts_type(request->head, "text/html"))
        give(request, page, 404);
    else
        http_missing(request);
}
