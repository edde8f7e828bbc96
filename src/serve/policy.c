#include "serve/policy.h"

#include <string.h>

#include "base/error.h"
#include "proto/http_field.h"

struct address policy_peer(const struct conn *conn)
{
    struct address address;
    memcpy(address.bytes, conn->peer, sizeof(address.bytes));
    return address;
}

bool policy_trusts(const struct policy *policy, const struct address *peer)
{
    for (size_t i = 0; i < policy->proxies_count; i++) {
        if (address_is_in(peer, &policy->proxies[i]))
            return true;
    }
    return false;
}

static struct slice trim(struct slice text)
{
    while (text.len > 0 && (text.ptr[0] == ' ' || text.ptr[0] == '\t')) {
        text.ptr++;
        text.len--;
    }
    while (text.len > 0 && (text.ptr[text.len - 1] == ' ' || text.ptr[text.len - 1] == '\t'))
        text.len--;
    return text;
}

/*
 * Each proxy appends whom it heard from, so the list is read from its end (RFC 7239 says why). Returns whether it is settled:
 * somebody who is not trusted was found, or what cannot be read.
 */
static bool find_forwarded(const struct policy *policy, struct slice list,
                           struct request_source *source)
{
    while (list.len > 0) {
        size_t begin = list.len;
        while (begin > 0 && list.ptr[begin - 1] != ',')
            begin--;
        struct address address;
        if (address_parse(trim(slice_of(list.ptr + begin, list.len - begin)), &address) != OK)
            return true;
        source->address = address;
        source->forwarded = true;
        if (!policy_trusts(policy, &address))
            return true;
        list.len = begin > 0 ? begin - 1 : 0;
    }
    return false;
}

void policy_source(const struct policy *policy, const struct conn *conn,
                   const struct http_head *head, struct request_source *ret_source)
{
    static const char field[] = "X-Forwarded-For";
    struct request_source source = {.address = policy_peer(conn)};
    if (!policy_trusts(policy, &source.address)) {
        source.unasked = http_header_count(head, field) > 0;
        *ret_source = source;
        return;
    }
    /* Several fields of one name are one list (RFC 9110 5.3). */
    bool settled = false;
    for (size_t i = head->headers_count; i-- > 0 && !settled;) {
        if (slice_equals_nocase(head->headers[i].name, slice_of_string(field)))
            settled = find_forwarded(policy, head->headers[i].value, &source);
    }
    source.secure = source.forwarded && slice_equals_nocase(http_header(head, "X-Forwarded-Proto"),
                                                            SLICE_LITERAL("https"));
    *ret_source = source;
}

static bool read_origin(const struct http_head *head, struct origin *ret_origin)
{
    return http_header_count(head, "Origin") == 1 &&
           origin_parse(http_header(head, "Origin"), ret_origin) == OK;
}

static bool is_own(const struct policy *policy, const struct conn *conn,
                   const struct http_head *head, const struct origin *origin)
{
    for (size_t i = 0; i < policy->origins_count; i++) {
        if (origin_equals(origin, &policy->origins[i]))
            return true;
    }
    struct request_source source;
    policy_source(policy, conn, head, &source);
    struct address peer = policy_peer(conn);
    enum origin_scheme scheme = ORIGIN_HTTP;
    if (policy_trusts(policy, &peer))
        scheme = source.secure ? ORIGIN_HTTPS : ORIGIN_ANY;
    return origin_is_host(origin, head->host, scheme);
}

bool policy_is_own_origin(const struct policy *policy, const struct conn *conn,
                          const struct http_head *head)
{
    struct origin origin;
    return read_origin(head, &origin) && is_own(policy, conn, head, &origin);
}

bool policy_allows_origin(const struct policy *policy, const struct conn *conn,
                          const struct http_head *head)
{
    struct origin origin;
    if (http_header_count(head, "Origin") == 0)
        return true;
    if (!read_origin(head, &origin))
        return false;
    if (is_own(policy, conn, head, &origin))
        return true;

    struct request_source source;
    policy_source(policy, conn, head, &source);
    struct address peer = policy_peer(conn);
    struct slice host;
    uint16_t port;
    return address_is_loopback(&peer) && !source.forwarded &&
           origin_parse_host(head->host, 80, &host, &port) == OK && origin_host_is_loopback(host) &&
           origin_host_is_loopback(origin.host);
}
