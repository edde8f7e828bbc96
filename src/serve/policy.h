#pragma once
/*
 * Whom the server believes and lets in, as the person who runs it has said: trusted proxies, allowed origins, the
 * public address. Immutable once the workers run; shared by all.
 */

#include <stdbool.h>
#include <stddef.h>

#include "net/conn.h"
#include "proto/http_head.h"
#include "proto/origin.h"
#include "serve/address.h"

enum { POLICY_ORIGINS_MAX = 32, POLICY_PROXIES_MAX = 32 };

struct policy {
    struct origin origins[POLICY_ORIGINS_MAX]; /* --allow-origin and --public-url */
    size_t origins_count;
    bool secure;                                      /* --public-url is https */
    struct address_block proxies[POLICY_PROXIES_MAX]; /* --trust-proxy */
    size_t proxies_count;
};

/* Where a request comes from. */
struct request_source {
    struct address address; /* of the client: forwarded by a trusted proxy, or the peer's */
    bool forwarded;         /* a trusted proxy said so */
    bool secure;            /* and that the client speaks https with it */
    bool unasked;           /* somebody who is not trusted sent a forwarding header */
};

/** The peer of a connection as an address. */
struct address policy_peer(const struct conn *conn);

bool policy_trusts(const struct policy *policy, const struct address *peer);

/**
 * Finds out who sends the request. Behind trusted proxies it is the last address in X-Forwarded-For that is not
 * a trusted proxy itself; X-Forwarded-Proto is believed from them only.
 */
void policy_source(const struct policy *policy, const struct conn *conn,
                   const struct http_head *head, struct request_source *ret_source);

/**
 * Whether a page of the request's Origin may open a WebSocket: no Origin (not a browser), the server's own,
 * one that was allowed, or any loopback origin while peer and Host are loopback too.
 */
bool policy_allows_origin(const struct policy *policy, const struct conn *conn,
                          const struct http_head *head);

/**
 * Whether the request names an Origin, and it is the server's own or one that was allowed: only then may it act by a cookie,
 * which the browser adds whoever has written the page. A page of another loopback port is not enough.
 */
bool policy_is_own_origin(const struct policy *policy, const struct conn *conn,
                          const struct http_head *head);
