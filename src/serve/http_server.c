#include "serve/http_server.h"

#include <stdatomic.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "base/memory.h"
#include "proto/url.h"
#include "serve/http_answer.h"

enum http_phase { PHASE_HEAD, PHASE_BODY };

/* A connection while it speaks HTTP: conn->user. */
struct http_conn {
    struct http_server *server;
    enum http_phase phase;
    bool begun;    /* bytes of a head have come */
    bool extended; /* the peer was given more time to take an answer */
    size_t scanned;
    struct buffer head; /* an incomplete head, or the one whose body is being read */
    struct http_body body;
};

/*
 * While a crowd connects, most of these become WebSocket sessions of about this size. Of one size, each session
 * takes the place of a request that was answered, and no holes are left behind: it was a sixth of the
 * memory of 19,000 idle connections.
 */
enum { HTTP_CONN_BYTES = 192 };

_Static_assert(sizeof(struct http_conn) <= HTTP_CONN_BYTES, "a session's size");

static const struct conn_handler http_handler;

void http_server_accept(struct http_server *server, int fd, const struct sockaddr_storage *peer)
{
    struct http_conn *http = mem_zalloc(HTTP_CONN_BYTES);
    http->server = server;
    struct conn *conn = conn_new(server->loop, fd, peer, &http_handler, http);
    if (!conn) {
        struct address address = address_of_socket(peer);
        connection_limit_give(server->connections, &address);
        mem_free(http);
        return;
    }
    conn_set_timer(conn, server->limits->head_ms);
}

static void release(struct http_conn *http)
{
    buffer_release(&http->head);
    mem_free(http);
}

void http_hand_over(struct http_request *request)
{
    release(request->conn->user);
    request->conn->user = NULL;
    request->upgraded = true;
    request->answered = true;
}

/* ---- one request ---- */

static const struct http_route *find_route(const struct http_server *server, struct slice path)
{
    for (size_t i = 0; i < server->routes_count; i++) {
        const struct http_route *route = &server->routes[i];
        struct slice name = slice_of_string(route->path);
        bool is_prefix = name.len > 1 && name.ptr[name.len - 1] == '/';
        if (slice_equals(path, name) ||
            (is_prefix && path.len > name.len && memcmp(path.ptr, name.ptr, name.len) == 0))
            return route;
    }
    return NULL;
}

static void refuse_method(struct http_request *request, unsigned methods)
{
    static const char *const names[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
    struct buffer allow = {0};
    buffer_append_string(&allow, "Allow: ");
    for (unsigned method = 0; method < sizeof(names) / sizeof(names[0]); method++) {
        if (methods & (1u << method))
            buffer_printf(&allow, "%s%s", allow.len > strlen("Allow: ") ? ", " : "", names[method]);
    }
    buffer_append(&allow, "\r\n", 3); /* with its NUL */
    http_problem(request, 405, "This address does not know that method.", (char *)allow.ptr);
    buffer_release(&allow);
}

static void dispatch(struct http_request *request)
{
    const struct http_head *head = request->head;
    uint8_t path[8192];
    int len = url_decode_path(head->path, path, sizeof(path));
    if (len < 0) {
        metrics_add(request->server->metrics, METRIC_REFUSED_HTTP, 1);
        http_problem(request, slice_is(head->path, "*") ? 404 : 400, "The path is not valid.",
                     NULL);
        return;
    }
    request->path = slice_of(path, (size_t)len);
    const struct http_route *route = find_route(request->server, request->path);
    if (!route)
        http_problem(request, 404, "There is nothing at this address.", NULL);
    else if (route->methods && !(route->methods & (1u << head->method)))
        refuse_method(request, route->methods);
    else
        route->handle(route->ctx, request);
}

static bool may_have_body(const struct http_request *request)
{
    uint8_t path[8192];
    int len = url_decode_path(request->head->path, path, sizeof(path));
    if (len < 0)
        return false;
    const struct http_route *route = find_route(request->server, slice_of(path, (size_t)len));
    return route && route->methods && (route->methods & (1u << request->head->method));
}

/* Most likely a proxy on this machine that was not named: all its clients would count as one address, or as none. */
static void warn_of_untrusted_proxy(const struct http_request *request)
{
    static atomic_flag warned = ATOMIC_FLAG_INIT;
    if (!request->source.unasked || atomic_flag_test_and_set(&warned))
        return;
    log_warn("X-Forwarded-For came from an address that --trust-proxy does not name: not believed");
}

/* Runs the handler. Returns false when the connection does not go on with HTTP. */
static bool answer(struct http_conn *http, struct conn *conn, const struct http_head *head,
                   bool unread_body)
{
    struct http_request request = {
        .server = http->server,
        .conn = conn,
        .head = head,
        .close = unread_body || !head->keep_alive,
    };
    policy_source(http->server->policy, conn, head, &request.source);
    warn_of_untrusted_proxy(&request);
    metrics_add(http->server->metrics, METRIC_HTTP_REQUESTS, 1);
    dispatch(&request);
    if (!request.answered)
        http_problem(&request, 500, "The server did not answer.", NULL);
    if (request.upgraded)
        return false;
    http->phase = PHASE_HEAD;
    http->begun = false;
    http->extended = false;
    http->scanned = 0;
    buffer_release(&http->head);
    if (request.close)
        conn_finish(conn);
    else
        conn_set_timer(conn, http->server->limits->idle_ms);
    return !request.close;
}

/* Where the next request begins is not known after an error: the connection ends (RFC 9112 9.3, 11.2). */
static void refuse(struct http_conn *http, struct conn *conn, unsigned status)
{
    static const struct http_head none = {.minor = 1, .method = HTTP_GET};
    struct http_request request = {
        .server = http->server,
        .conn = conn,
        .head = &none,
        .close = true,
    };
    metrics_add(http->server->metrics, status == 408 ? METRIC_DROPPED_TIMEOUT : METRIC_REFUSED_HTTP,
                1);
    http_problem(&request, status, http_status_detail(status), NULL);
    conn_finish(conn);
}

/* ---- bytes ---- */

/* A complete head: answers it, or goes on to its body. head_bytes are all of its bytes. */
static void take_head(struct http_conn *http, struct conn *conn, const struct http_head *head,
                      struct slice head_bytes)
{
    const struct http_server_limits *limits = http->server->limits;
    struct http_request probe = {.server = http->server, .conn = conn, .head = head};
    if (http_body_init(&http->body, head, limits->body_bytes_max) != OK) {
        refuse(http, conn, 413);
        return;
    }
    bool has_body = !http_body_is_done(&http->body);
    if (!has_body || !may_have_body(&probe)) {
        answer(http, conn, head, has_body);
        return;
    }
    if (http->head.len == 0)
        buffer_append(&http->head, head_bytes.ptr, head_bytes.len);
    if (head->expect_continue)
        conn_write_static(conn, SLICE_LITERAL("HTTP/1.1 100 Continue\r\n\r\n"));
    http->phase = PHASE_BODY;
    conn_set_timer(conn, limits->body_ms);
}

static size_t read_head(struct http_conn *http, struct conn *conn, uint8_t *bytes, size_t len)
{
    const struct http_server_limits *limits = http->server->limits;
    struct http_head head;
    size_t before = http->head.len;
    if (!http->begun) {
        http->begun = true;
        conn_set_timer(conn, limits->head_ms);
    }

    /* A head that came whole is parsed where it lies; one in pieces is gathered. */
    struct slice in = slice_of(bytes, len);
    if (before > 0) {
        buffer_append(&http->head, bytes, len);
        in = buffer_slice(&http->head);
    }
    int result = http_head_parse(&head, in, &http->scanned, &limits->head);
    if (result == ERR_AGAIN) {
        if (before == 0)
            buffer_append(&http->head, bytes, len);
        return len;
    }
    if (result < 0) {
        refuse(http, conn, head.status);
        return len;
    }
    if (before > 0)
        http->head.len = (size_t)result;
    take_head(http, conn, &head, slice_of(in.ptr, (size_t)result));
    return (size_t)result - before;
}

static size_t read_body(struct http_conn *http, struct conn *conn, uint8_t *bytes, size_t len)
{
    /* No route takes a body yet: it is read so that the next request is found, and dropped. */
    size_t at = 0;
    bool done = http_body_is_done(&http->body);
    while (at < len && !done) {
        struct slice payload;
        int64_t consumed = http_body_feed(&http->body, bytes + at, len - at, &payload, &done);
        if (consumed < 0) {
            refuse(http, conn, consumed == ERR_LIMIT ? 413 : 400);
            return len;
        }
        at += (size_t)consumed;
    }
    if (done) {
        struct http_head head;
        size_t scanned = 0;
        if (http_head_parse(&head, buffer_slice(&http->head), &scanned,
                            &http->server->limits->head) > 0)
            answer(http, conn, &head, false);
    }
    return at;
}

static size_t on_bytes(struct conn *conn, uint8_t *bytes, size_t len)
{
    struct http_conn *http = conn->user;
    if (conn->blocked && !http->begun) {
        /* No answer is made while the peer does not take the one before. */
        conn_pause(conn);
        return 0;
    }
    size_t consumed = http->phase == PHASE_HEAD ? read_head(http, conn, bytes, len)
                                                : read_body(http, conn, bytes, len);
    if (conn->state != CONN_OPEN)
        return len;
    if (consumed < len) {
        /* One request a turn; and none while the peer does not take the answers. */
        if (conn->blocked)
            conn_pause(conn);
        else
            conn_hungry(conn);
    }
    return consumed;
}

static void on_drained(struct conn *conn)
{
    struct http_conn *http = conn->user;
    if (conn->paused)
        conn_resume(conn);
    if (!http->begun)
        conn_set_timer(conn, http->server->limits->idle_ms);
}

static void on_timer(struct conn *conn)
{
    struct http_conn *http = conn->user;
    const struct http_server_limits *limits = http->server->limits;
    if (conn_has_queued(conn) && !http->extended && limits->send_ms > limits->idle_ms) {
        http->extended = true;
        conn_set_timer(conn, limits->send_ms - limits->idle_ms);
    } else if (conn_has_queued(conn)) {
        metrics_add(http->server->metrics, METRIC_DROPPED_TIMEOUT, 1);
        conn_close(conn);
    } else if (http->begun) {
        refuse(http, conn, 408);
    } else {
        conn_close(conn);
    }
}

static void on_closed(struct conn *conn)
{
    struct http_conn *http = conn->user;
    struct address address = policy_peer(conn);
    connection_limit_give(http->server->connections, &address);
    release(http);
}

static const struct conn_handler http_handler = {
    .on_bytes = on_bytes,
    .on_drained = on_drained,
    .on_timer = on_timer,
    .on_closed = on_closed,
};
