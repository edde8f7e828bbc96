#pragma once
/*
 * Web origins (RFC 6454): who may open a WebSocket from a browser is decided by comparing scheme,
 * host and port exactly; prefixes and wildcards are how such checks have been fooled. Only http and
 * https have origins here. Slices point into the caller's text. Pure; any thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

struct origin {
    bool secure;       /* https */
    uint16_t port;     /* the scheme's default if none was given */
    struct slice host; /* a name, an IPv4 address, or an IPv6 address without its brackets */
};

/** How a server that is asked by a Host field may itself have been reached. */
enum origin_scheme { ORIGIN_HTTP = 1, ORIGIN_HTTPS = 2, ORIGIN_ANY = 3 };

/**
 * Parses "http://host", "https://host:port", "http://[::1]:3000": nothing before, nothing behind,
 * not even a slash. Returns OK or ERR_PROTOCOL (null, another scheme, user-info, path, several,
 * empty or bad host or port).
 */
int origin_parse(struct slice text, struct origin *ret_origin);

/**
 * Parses a Host field, "host" or "host:port". Returns OK or ERR_PROTOCOL.
 */
int origin_parse_host(struct slice text, uint16_t port_default, struct slice *ret_host,
                      uint16_t *ret_port);

/** The same scheme, host (any case; IPv6 by value) and port. */
bool origin_equals(const struct origin *a, const struct origin *b);

/**
 * Whether the origin is the server's own, reached as host (the request's Host). Behind a proxy that
 * ends TLS the scheme is not known: then ORIGIN_ANY, and Host has the default port of the origin's
 * scheme.
 */
bool origin_is_host(const struct origin *origin, struct slice host, enum origin_scheme schemes);

/**
 * Whether the host is this machine: 127.0.0.0/8, ::1 (brackets allowed), localhost and names under
 * .localhost, which browsers never ask the DNS for (RFC 6761 6.3).
 */
bool origin_host_is_loopback(struct slice host);
