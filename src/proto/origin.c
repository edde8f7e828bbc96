#include "proto/origin.h"

#include <arpa/inet.h>

#include "base/error.h"

enum { PORT_HTTP = 80, PORT_HTTPS = 443, HOST_BYTES_MAX = 253 };

/** Copies a host so that inet_pton can read it; false if no address is that long. */
static bool to_string(struct slice host, char ret_text[INET6_ADDRSTRLEN])
{
    if (host.len == 0 || host.len >= INET6_ADDRSTRLEN)
        return false;
    memcpy(ret_text, host.ptr, host.len);
    ret_text[host.len] = '\0';
    return true;
}

static bool parse_address(int family, struct slice host, uint8_t ret_address[16])
{
    char text[INET6_ADDRSTRLEN];
    return to_string(host, text) && inet_pton(family, text, ret_address) == 1;
}

static bool is_name_byte(uint8_t byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == '_';
}

static bool is_name(struct slice host)
{
    for (size_t i = 0; i < host.len; i++) {
        if (!is_name_byte(host.ptr[i]))
            return false;
    }
    return host.len > 0 && host.len <= HOST_BYTES_MAX;
}

/** 1 to 65535 without leading zeros; 0 if it is not that. */
static uint16_t parse_port(struct slice text)
{
    uint32_t port = 0;
    if (text.len == 0 || text.len > 5 || text.ptr[0] == '0')
        return 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return 0;
        port = port * 10 + (text.ptr[i] - '0');
    }
    return port <= UINT16_MAX ? (uint16_t)port : 0;
}

/** Cuts the host off the text: "[address]" without its brackets, or what stands before a colon. */
static bool cut_host(struct slice *rest, struct slice *ret_host)
{
    if (rest->len == 0)
        return false;
    bool bracket = rest->ptr[0] == '[';
    const uint8_t *end = memchr(rest->ptr, bracket ? ']' : ':', rest->len);
    if (bracket && !end)
        return false;
    size_t used = end ? (size_t)(end - rest->ptr) + (bracket ? 1 : 0) : rest->len;
    uint8_t address[16];
    *ret_host = bracket ? slice_of(rest->ptr + 1, used - 2) : slice_of(rest->ptr, used);
    *rest = slice_of(rest->ptr + used, rest->len - used);
    return bracket ? parse_address(AF_INET6, *ret_host, address) : is_name(*ret_host);
}

int origin_parse_host(struct slice text, uint16_t port_default, struct slice *ret_host,
                      uint16_t *ret_port)
{
    struct slice host;
    uint16_t port = port_default;
    if (!cut_host(&text, &host))
        return ERR_PROTOCOL;
    if (text.len > 0) {
        port = text.ptr[0] == ':' ? parse_port(slice_of(text.ptr + 1, text.len - 1)) : 0;
        if (port == 0)
            return ERR_PROTOCOL;
    }
    *ret_host = host;
    *ret_port = port;
    return OK;
}

int origin_parse(struct slice text, struct origin *ret_origin)
{
    const struct slice http = SLICE_LITERAL("http://");
    const struct slice https = SLICE_LITERAL("https://");
    struct origin origin = {0};
    struct slice scheme = slice_of(text.ptr, text.len < https.len ? text.len : https.len);
    origin.secure = slice_equals_nocase(scheme, https);
    if (!origin.secure) {
        scheme.len = scheme.len < http.len ? scheme.len : http.len;
        if (!slice_equals_nocase(scheme, http))
            return ERR_PROTOCOL;
    }
    struct slice rest = slice_of(text.ptr + scheme.len, text.len - scheme.len);
    uint16_t port = origin.secure ? PORT_HTTPS : PORT_HTTP;
    int error = origin_parse_host(rest, port, &origin.host, &origin.port);
    if (error)
        return error;
    *ret_origin = origin;
    return OK;
}

static bool host_equals(struct slice a, struct slice b)
{
    uint8_t address_a[16], address_b[16];
    if (slice_equals_nocase(a, b))
        return true;
    return parse_address(AF_INET6, a, address_a) && parse_address(AF_INET6, b, address_b) &&
           memcmp(address_a, address_b, sizeof address_a) == 0;
}

bool origin_equals(const struct origin *a, const struct origin *b)
{
    return a->secure == b->secure && a->port == b->port && host_equals(a->host, b->host);
}

bool origin_is_host(const struct origin *origin, struct slice host, enum origin_scheme schemes)
{
    struct slice name;
    uint16_t port;
    if (!(schemes & (origin->secure ? ORIGIN_HTTPS : ORIGIN_HTTP)))
        return false;
    if (origin_parse_host(host, origin->secure ? PORT_HTTPS : PORT_HTTP, &name, &port))
        return false;
    return port == origin->port && host_equals(name, origin->host);
}

bool origin_host_is_loopback(struct slice host)
{
    const struct slice local = SLICE_LITERAL("localhost");
    static const uint8_t loopback6[16] = {[15] = 1};
    uint8_t address[16];
    if (host.len >= 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']')
        host = slice_of(host.ptr + 1, host.len - 2);
    if (parse_address(AF_INET, host, address))
        return address[0] == 127;
    if (parse_address(AF_INET6, host, address))
        return memcmp(address, loopback6, sizeof loopback6) == 0;
    if (host.len < local.len || !is_name(host))
        return false;
    struct slice end = slice_of(host.ptr + host.len - local.len, local.len);
    bool whole_label = host.len == local.len || host.ptr[host.len - local.len - 1] == '.';
    return whole_label && slice_equals_nocase(end, local);
}
