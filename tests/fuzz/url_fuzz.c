/* The input is taken for a path, a part of a query, a query, a Host and an Origin. */
#include "fuzz.h"

#include "base/error.h"
#include "base/utf8.h"
#include "proto/origin.h"
#include "proto/url.h"

typedef int decode(struct slice, uint8_t *, size_t);

/** What was decoded, with each byte escaped, decodes to the same again. */
static void check_round_trip(decode *function, struct slice decoded, bool path)
{
    struct buffer text = {0};
    for (size_t i = 0; i < decoded.len; i++)
        buffer_printf(&text, path && decoded.ptr[i] == '/' ? "/" : "%%%02X", decoded.ptr[i]);
    uint8_t *again = fuzz_copy(decoded.ptr, decoded.len);
    memset(again, 0, decoded.len);
    ASSERT(function(buffer_slice(&text), again, decoded.len) == (int)decoded.len);
    ASSERT(slice_equals(slice_of(again, decoded.len), decoded));
    mem_free(again);
    buffer_release(&text);
}

static void check_path(struct slice text, uint8_t *out)
{
    int len = url_decode_path(text, out, text.len);
    if (len < 0)
        return;
    ASSERT(out[0] == '/' && utf8_is_valid(slice_of(out, (size_t)len)));
    for (int i = 0; i < len; i++)
        ASSERT(out[i] >= ' ' && out[i] != 0x7f && out[i] != '\\');
    char *path = mem_copy_string(out, (size_t)len);
    ASSERT(!strstr(path, "/../") && !strstr(path, "/./"));
    ASSERT(len < 3 || strcmp(path + len - 3, "/..") != 0);
    ASSERT(len < 2 || strcmp(path + len - 2, "/.") != 0);
    mem_free(path);
    check_round_trip(url_decode_path, slice_of(out, (size_t)len), true);
}

static void check_query(struct slice text, uint8_t *out)
{
    int len = url_decode_component(text, out, text.len);
    if (len > 0) {
        ASSERT(utf8_is_valid(slice_of(out, (size_t)len)) && !memchr(out, 0, (size_t)len));
        check_round_trip(url_decode_component, slice_of(out, (size_t)len), false);
    }
    struct slice rest = text;
    struct slice name, value;
    size_t used = 0;
    while (url_query_next(&rest, &name, &value)) {
        used += name.len + value.len;
        ASSERT(name.len == 0 || !memchr(name.ptr, '=', name.len));
        ASSERT(value.len == 0 || !memchr(value.ptr, '&', value.len));
    }
    ASSERT(used <= text.len);
}

static void check_origin(struct slice text)
{
    struct origin origin, again;
    struct slice host;
    uint16_t port;
    if (origin_parse(text, &origin) == OK) {
        bool ip6 = memchr(origin.host.ptr, ':', origin.host.len);
        struct buffer written = {0};
        buffer_printf(&written, "%s://%s%.*s%s:%d", origin.secure ? "https" : "http",
                      ip6 ? "[" : "", (int)origin.host.len, (const char *)origin.host.ptr,
                      ip6 ? "]" : "", origin.port);
        ASSERT(origin_parse(buffer_slice(&written), &again) == OK);
        ASSERT(origin_equals(&origin, &again));
        size_t scheme_len = origin.secure ? 8 : 7;
        struct slice authority = slice_of(text.ptr + scheme_len, text.len - scheme_len);
        ASSERT(origin_is_host(&origin, authority, ORIGIN_ANY));
        buffer_release(&written);
    }
    if (origin_parse_host(text, 80, &host, &port) == OK)
        ASSERT(host.len > 0 && port > 0);
    origin_host_is_loopback(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *bytes = fuzz_copy(data, size);
    uint8_t *out = fuzz_copy(data, size);
    struct slice text = slice_of(bytes, size);
    check_path(text, out);
    check_query(text, out);
    check_origin(text);
    mem_free(out);
    mem_free(bytes);
    return 0;
}
