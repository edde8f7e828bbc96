#pragma once
/*
 * From an HTTP request to a WebSocket: the checks of the handshake (RFC 6455 4.2), the origin, the address's
 * limit, the subprotocol and permessage-deflate (RFC 7692), and the answer 101 or why not.
 */

#include <stdbool.h>
#include <stddef.h>

#include "proto/ws_deflate.h"
#include "serve/http_server.h"
#include "serve/session_cookie.h"
#include "serve/ws_conn.h"

struct ws_offer {
    /*
     * The token of the session cookie that came with the handshake, if its Origin was checked, too; empty: none. Its form is
     * not looked at.
     */
    char session[SESSION_TOKEN_LEN + 1];
    int subprotocol; /* index into the endpoint's list, or ERR_NOT_FOUND for none */
    bool deflate;
    struct ws_deflate_params params;
};

struct ws_endpoint {
    struct ws_server *server;
    const char *const *subprotocols;
    size_t subprotocols_count;
    bool subprotocol_required;               /* whoever offers none of them is refused with 403 */
    const struct ws_deflate_policy *deflate; /* NULL: never */
    void *ctx;
    /**
     * Makes the session of an accepted handshake: returns owned a ws_conn as the first member of it, initialised with
     * ws_conn_init. Called after the 101 has been queued.
     */
    struct ws_conn *(*open)(void *ctx, struct conn *conn, const struct ws_offer *offer);
};

/** A route's handler; ctx is the struct ws_endpoint (kept). */
void ws_upgrade_handle(void *ctx, struct http_request *request);
