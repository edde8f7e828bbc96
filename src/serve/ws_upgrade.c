#include "serve/ws_upgrade.h"

#include <string.h>

#include "base/error.h"
#include "proto/ws_handshake.h"

static void refuse(struct http_request *request, enum metric metric, unsigned status,
                   const char *detail, const char *headers)
{
    metrics_add(request->server->metrics, metric, 1);
    request->close = true;
    http_problem(request, status, detail, headers);
}

/* Behind a proxy the address that counts is the one it speaks for; it takes the peer's place. */
static bool count_forwarded(struct http_request *request)
{
    struct address peer = policy_peer(request->conn);
    if (!request->source.forwarded)
        return true;
    if (connection_limit_move(request->server->connections, &peer, &request->source.address) != OK)
        return false;
    memcpy(request->conn->peer, request->source.address.bytes, sizeof(request->conn->peer));
    return true;
}

/*
 * The browser sends its cookies whoever has written the page; only Origin says that it was one of ours (cross-site WebSocket
 * hijacking). Without an Origin there is no browser, and who is none can show its token itself.
 */
static void take_session(const struct http_request *request, struct ws_offer *offer)
{
    const struct policy *policy = request->server->policy;
    struct slice token;
    if (policy_is_own_origin(policy, request->conn, request->head) &&
        session_cookie_get(policy, request->head, &token) == OK && token.len == SESSION_TOKEN_LEN)
        memcpy(offer->session, token.ptr, token.len);
}

static bool check(const struct ws_endpoint *endpoint, struct http_request *request,
                  struct ws_offer *ret_offer)
{
    const struct http_head *head = request->head;
    int status = ws_handshake_check(head);
    if (status == 426) {
        refuse(request, METRIC_REFUSED_HANDSHAKE, 426, "This address speaks WebSocket, version 13.",
               WS_UPGRADE_REQUIRED_HEADERS);
        return false;
    }
    if (status == 405) {
        refuse(request, METRIC_REFUSED_HANDSHAKE, 405, "A WebSocket is opened with GET.",
               "Allow: GET\r\n");
        return false;
    }
    if (status != OK) {
        refuse(request, METRIC_REFUSED_HANDSHAKE, (unsigned)status,
               "The WebSocket handshake is not valid.", NULL);
        return false;
    }
    if (!policy_allows_origin(request->server->policy, request->conn, head)) {
        refuse(request, METRIC_REFUSED_ORIGIN, 403,
               "Pages of this origin may not connect; see --allow-origin.", NULL);
        return false;
    }
    ret_offer->subprotocol =
        ws_handshake_subprotocol(head, endpoint->subprotocols, endpoint->subprotocols_count);
    if (ret_offer->subprotocol == ERR_PROTOCOL) {
        refuse(request, METRIC_REFUSED_HANDSHAKE, 400, "Sec-WebSocket-Protocol is not valid.",
               NULL);
        return false;
    }
    if (endpoint->subprotocol_required && ret_offer->subprotocol < 0) {
        refuse(
            request, METRIC_REFUSED_GUESTS, 403,
            "This server takes no guests, and this address without a subprotocol is for guests only.",
            NULL);
        return false;
    }
    if (!count_forwarded(request)) {
        refuse(request, METRIC_DROPPED_ADDRESS, 429, "Too many connections from this address.",
               NULL);
        return false;
    }
    return true;
}

void ws_upgrade_handle(void *ctx, struct http_request *request)
{
    const struct ws_endpoint *endpoint = ctx;
    const struct http_head *head = request->head;
    struct ws_offer offer = {.subprotocol = ERR_NOT_FOUND};
    if (!check(endpoint, request, &offer))
        return;
    take_session(request, &offer);

    char extension[WS_DEFLATE_RESPONSE_SIZE];
    offer.deflate = endpoint->deflate &&
                    ws_deflate_negotiate(head, endpoint->deflate, &offer.params, extension);

    char accept[WS_ACCEPT_SIZE];
    ws_handshake_accept(http_header(head, "Sec-WebSocket-Key"), accept);
    struct buffer out = {0};
    buffer_reserve(&out, 256);
    buffer_append_string(&out, "HTTP/1.1 101 Switching Protocols\r\n"
                               "Upgrade: websocket\r\n"
                               "Connection: Upgrade\r\n"
                               "Sec-WebSocket-Accept: ");
    buffer_append_string(&out, accept);
    buffer_append_string(&out, "\r\n");
    if (offer.subprotocol >= 0)
        buffer_printf(&out, "Sec-WebSocket-Protocol: %s\r\n",
                      endpoint->subprotocols[offer.subprotocol]);
    if (offer.deflate)
        buffer_printf(&out, "Sec-WebSocket-Extensions: %s\r\n", extension);
    buffer_append_string(&out, "\r\n");
    conn_write(request->conn, out.ptr, out.len);
    buffer_release(&out);

    http_hand_over(request);
    request->conn->handler = &ws_conn_handler;
    request->conn->user = endpoint->open(endpoint->ctx, request->conn, &offer);
}
