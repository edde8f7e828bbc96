/* Choices: how it is cut, which limits. The rest is a head, and what may stand behind it. */
#include "fuzz.h"

#include "base/error.h"
#include "proto/http_field.h"
#include "proto/origin.h"
#include "proto/url.h"
#include "proto/ws_deflate.h"
#include "proto/ws_handshake.h"

static const struct http_limits tight = {
    .head_bytes_max = 200, .target_bytes_max = 20, .headers_max = 5};

/** Everything that the floors above ask of a head; only for what the sanitizers see. */
static void read_all(const struct http_head *head)
{
    static const char *const ours[] = {"hubbub.v1"};
    struct ws_deflate_params params;
    struct origin origin;
    char text[WS_DEFLATE_RESPONSE_SIZE];
    uint8_t path[8192];
    if (ws_handshake_check(head) == OK)
        ws_handshake_accept(http_header(head, "Sec-WebSocket-Key"), text);
    ws_handshake_subprotocol(head, ours, 1);
    if (ws_deflate_negotiate(head, &ws_deflate_policy_single, &params, text))
        ASSERT(strlen(text) < sizeof text && params.server_window_bits >= WS_WINDOW_BITS_MIN);
    int quality = http_encoding_quality(head, "br");
    ASSERT(quality >= 0 && quality <= HTTP_QUALITY_MAX);
    http_etag_matches(head, SLICE_LITERAL("\"a\""));
    if (origin_parse(http_header(head, "Origin"), &origin) == OK)
        origin_is_host(&origin, head->host, ORIGIN_ANY);
    origin_host_is_loopback(head->host);
    url_decode_path(head->path, path, sizeof path);
}

static void check_fields(const struct http_head *head, const struct http_limits *limits)
{
    ASSERT(head->headers_count <= limits->headers_max);
    ASSERT(head->target.len > 0 && head->target.len <= limits->target_bytes_max);
    for (size_t i = 0; i < head->headers_count; i++) {
        struct slice value = head->headers[i].value;
        ASSERT(http_is_token(head->headers[i].name));
        for (size_t at = 0; at < value.len; at++)
            ASSERT(value.ptr[at] >= ' ' || value.ptr[at] == '\t');
    }
    ASSERT(head->minor == 0 || http_header_count(head, "host") == 1);
    ASSERT(!(head->chunked && head->has_content_length));
}

/** Written out again from its parts, the head means the same. */
static void check_round_trip(const struct http_head *head)
{
    static struct http_head again;
    const struct http_limits wide = {65536, 65536, HTTP_HEADERS_MAX};
    struct buffer text = {0};
    size_t scanned = 0;
    buffer_printf(&text, "%.*s %.*s HTTP/1.%d\r\n", (int)head->method_name.len,
                  (const char *)head->method_name.ptr, (int)head->target.len,
                  (const char *)head->target.ptr, head->minor);
    for (size_t i = 0; i < head->headers_count; i++) {
        struct slice name = head->headers[i].name, value = head->headers[i].value;
        buffer_append(&text, name.ptr, name.len);
        buffer_append_string(&text, ": ");
        buffer_append(&text, value.ptr, value.len);
        buffer_append_string(&text, "\r\n");
    }
    buffer_append_string(&text, "\r\n");
    ASSERT(http_head_parse(&again, buffer_slice(&text), &scanned, &wide) == (int)text.len);
    ASSERT(again.method == head->method && slice_equals(again.path, head->path));
    ASSERT(slice_equals(again.query, head->query) && slice_equals(again.host, head->host));
    ASSERT(again.headers_count == head->headers_count && again.chunked == head->chunked);
    ASSERT(again.content_length == head->content_length && again.keep_alive == head->keep_alive);
    buffer_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct http_head head, pieced;
    struct fuzz fuzz = {.data = data, .size = size};
    fuzz.seed = fuzz_choice(&fuzz);
    const struct http_limits *limits = fuzz_choice(&fuzz) & 1 ? &tight : &http_limits_default;
    uint8_t *whole = fuzz_copy(fuzz.data, fuzz.size);
    size_t scanned = 0;
    int result = http_head_parse(&head, slice_of(whole, fuzz.size), &scanned, limits);

    size_t pieced_scanned = 0;
    size_t len = 0;
    int pieced_result = ERR_AGAIN;
    while (pieced_result == ERR_AGAIN && len < fuzz.size) {
        len += fuzz_piece(&fuzz, fuzz.size - len);
        uint8_t *part = fuzz_copy(fuzz.data, len);
        pieced_result = http_head_parse(&pieced, slice_of(part, len), &pieced_scanned, limits);
        ASSERT(pieced_scanned <= len);
        mem_free(part);
    }
    if (result > 0) {
        ASSERT(pieced_result == result && pieced.headers_count == head.headers_count);
        ASSERT((size_t)result <= limits->head_bytes_max);
        check_fields(&head, limits);
        check_round_trip(&head);
        read_all(&head);
    } else if (result == ERR_AGAIN) {
        ASSERT(pieced_result == ERR_AGAIN);
    } else {
        ASSERT(pieced_result < 0 && pieced_result != ERR_AGAIN);
        ASSERT(head.status >= 400 && head.status <= 505);
        ASSERT(pieced.status >= 400 && pieced.status <= 505);
    }
    mem_free(whole);
    return 0;
}
