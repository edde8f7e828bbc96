#include "serve/http_server.h"

#include <stdatomic.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/memory.h"
#include "proto/url.h"
#include "serve/address_bans.h"
#include "serve/http_answer.h"
#include "serve/http_private.h"

enum { PATH_BYTES_MAX = 8192 };

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
    http_lose(http);
    buffer_release(&http->head);
    buffer_release(&http->whole);
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

/* A request and where it leads, on the stack of whoever handles it. */
struct found {
    uint8_t path[PATH_BYTES_MAX];
    int path_len; /* below 0: not valid */
    const struct http_route *route;
    unsigned methods; /* that its path knows, if no route was found */
};

static void find(const struct http_server *server, const struct http_head *head,
                 struct found *found)
{
    found->route = NULL;
    found->methods = 0;
    found->path_len = url_decode_path(head->path, found->path, sizeof(found->path));
    if (found->path_len >= 0)
        found->route =
            http_route_find(server->routes, server->routes_count, head->method,
                            slice_of(found->path, (size_t)found->path_len), &found->methods);
}

static void dispatch(struct http_request *request, const struct found *found)
{
    if (request->server->deaf) {
        request->close = true;
        http_problem(request, 503, "The server stops.", "Retry-After: 3\r\n");
        return;
    }
    if (found->path_len < 0) {
        metrics_add(request->server->metrics, METRIC_REFUSED_HTTP, 1);
        http_problem(request, slice_is(request->head->path, "*") ? 404 : 400,
                     "The path is not valid.", NULL);
        return;
    }
    request->path = slice_of(found->path, (size_t)found->path_len);
    request->route = found->route;
    if (found->route) {
        http_route_params(found->route->path, request->path, request->params);
        found->route->handle(found->route->ctx, request);
    } else if (found->methods) {
        refuse_method(request, found->methods);
    } else if (request->server->missing) {
        request->server->missing(request);
    } else {
        http_missing(request);
    }
}

static bool is_banned(const struct http_request *request)
{
    const struct http_server *server = request->server;
    if (!server->bans || server->console ||
        !address_bans_has(server->bans, &request->source.address, clock_wall_ms()))
        return false;
    metrics_add(server->metrics, METRIC_REFUSED_BANNED, 1);
    return true;
}

/* Most likely a proxy on this machine that was not named: all its clients would count as one address, or as none. */
static void warn_of_untrusted_proxy(const struct http_request *request)
{
    static atomic_flag warned = ATOMIC_FLAG_INIT;
    if (!request->source.unasked || atomic_flag_test_and_set(&warned))
        return;
    log_warn("X-Forwarded-For came from an address that --trust-proxy does not name: not believed");
}

void http_next(struct http_conn *http, struct conn *conn, bool close)
{
    http->phase = PHASE_HEAD;
    http->begun = false;
    http->extended = false;
    http->scanned = 0;
    buffer_release(&http->head);
    buffer_release(&http->whole);
    if (close) {
        conn_finish(conn);
    } else {
        conn_set_timer(conn, http->server->limits->idle_ms);
        /* Input that came meanwhile. */
        if (conn->paused)
            conn_resume(conn);
    }
}

/* The body of a handle is complete. */
static void end_stream(struct http_conn *http, struct conn *conn)
{
    http->phase = PHASE_WAIT;
    http->later->unread = false;
    if (!http->later->begun)
        conn_set_timer(conn, http->server->limits->answer_ms);
    http->later->handler->on_body_end(http->later->ctx);
}

void http_read_on(struct http_conn *http, struct conn *conn)
{
    http->phase = PHASE_STREAM;
    if (http_body_is_done(&http->body)) {
        end_stream(http, conn);
        return;
    }
    if (http->later->expects)
        conn_write_static(conn, SLICE_LITERAL("HTTP/1.1 100 Continue\r\n\r\n"));
    http->later->expects = false;
    conn_set_timer(conn, http->server->limits->body_ms);
    if (conn->paused)
        conn_resume(conn);
}

/* The handler has asked for a handle, and not answered by it yet. */
static void wait_for_answer(struct http_conn *http, struct conn *conn)
{
    const struct http_server_limits *limits = http->server->limits;
    http->begun = false;
    http->scanned = 0;
    buffer_release(&http->head);
    buffer_release(&http->whole);
    http->stream_bytes = 0;
    if (!http->later->wants_body) {
        http->phase = PHASE_WAIT;
        if (!http->later->begun)
            conn_set_timer(conn, limits->answer_ms);
    } else if (http->later->held) {
        http->phase = PHASE_STREAM;
        conn_set_timer(conn, limits->answer_ms);
    } else {
        http_read_on(http, conn);
    }
}

/* Runs the handler. */
static void answer(struct http_conn *http, struct conn *conn, const struct http_head *head,
                   const struct found *found, bool unread_body)
{
    struct http_request request = {
        .server = http->server,
        .conn = conn,
        .head = head,
        .body = buffer_slice(&http->whole),
        .method = (uint8_t)head->method,
        .minor = head->minor,
        .close = unread_body || !head->keep_alive,
    };
    policy_source(http->server->policy, conn, head, &request.source);
    warn_of_untrusted_proxy(&request);
    metrics_add(http->server->metrics, METRIC_HTTP_REQUESTS, 1);
    http->running = true;
    if (is_banned(&request))
        http_problem(&request, 403, "This address is banned here.", NULL);
    else
        dispatch(&request, found);
    if (request.upgraded)
        return; /* http is freed */
    http->running = false;
    if (http->later) {
        wait_for_answer(http, conn);
        return;
    }
    if (!request.deferred && !request.answered)
        http_problem(&request, 500, "The server did not answer.", NULL);
    http_next(http, conn, request.deferred ? http->close : request.close);
}

/* Where the next request begins is not known after an error: the connection ends (RFC 9112 9.3, 11.2). */
static void refuse(struct http_conn *http, struct conn *conn, unsigned status)
{
    static const struct http_head none = {.minor = 1, .method = HTTP_GET};
    struct http_request request = {
        .server = http->server,
        .conn = conn,
        .head = &none,
        .method = HTTP_GET,
        .minor = 1,
        .close = true,
    };
    http_lose(http);
    metrics_add(http->server->metrics, status == 408 ? METRIC_DROPPED_TIMEOUT : METRIC_REFUSED_HTTP,
                1);
    http_problem(&request, status, http_status_detail(status), NULL);
    conn_finish(conn);
}

/* ---- bytes ---- */

/* Most that a body may have here; ret_mode says what becomes of it. */
static uint64_t body_max(const struct http_conn *http, const struct http_route *route,
                         enum http_body_mode *ret_mode)
{
    *ret_mode = route ? route->body : HTTP_BODY_NONE;
    if (*ret_mode == HTTP_BODY_WHOLE)
        return route->body_bytes_max ? route->body_bytes_max : HTTP_BODY_WHOLE_DEFAULT;
    if (*ret_mode == HTTP_BODY_STREAM)
        return route->body_bytes_max ? route->body_bytes_max : INT64_MAX;
    return http->server->limits->body_bytes_max;
}

/* A complete head: answers it, or goes on to its body. head_bytes are all of its bytes. */
static void take_head(struct http_conn *http, struct conn *conn, const struct http_head *head,
                      struct slice head_bytes)
{
    enum http_body_mode mode;
    struct found found;
    find(http->server, head, &found);
    if (http_body_init(&http->body, head, body_max(http, found.route, &mode)) != OK) {
        refuse(http, conn, 413);
        return;
    }
    bool has_body = !http_body_is_done(&http->body);
    bool wanted = found.route && found.route->methods && !http->server->deaf;
    if (!has_body || !wanted || mode == HTTP_BODY_STREAM) {
        answer(http, conn, head, &found, has_body);
        return;
    }
    if (http->head.len == 0)
        buffer_append(&http->head, head_bytes.ptr, head_bytes.len);
    if (head->expect_continue)
        conn_write_static(conn, SLICE_LITERAL("HTTP/1.1 100 Continue\r\n\r\n"));
    http->phase = PHASE_BODY;
    http->collects = mode == HTTP_BODY_WHOLE;
    conn_set_timer(conn, http->server->limits->body_ms);
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

/* The body is complete: the head is looked at again, where it was kept. */
static void take_body(struct http_conn *http, struct conn *conn)
{
    struct http_head head;
    struct found found;
    size_t scanned = 0;
    if (http_head_parse(&head, buffer_slice(&http->head), &scanned, &http->server->limits->head) <=
        0) {
        refuse(http, conn, 500); /* it was valid before */
        return;
    }
    find(http->server, &head, &found);
    answer(http, conn, &head, &found, false);
}

static size_t read_body(struct http_conn *http, struct conn *conn, uint8_t *bytes, size_t len)
{
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
        /* Of a route that takes none it is read so that the next request is found, and dropped. */
        if (http->collects)
            buffer_append(&http->whole, payload.ptr, payload.len);
    }
    if (done)
        take_body(http, conn);
    return at;
}

/* The owner of the handle hears of each piece; it may answer, or hold the body, out of any of them. */
static size_t read_stream(struct http_conn *http, struct conn *conn, uint8_t *bytes, size_t len)
{
    size_t at = 0;
    bool done = http_body_is_done(&http->body);
    struct http_later *later = http->later;
    while (at < len && !done && http->later == later && !later->held) {
        struct slice payload;
        int64_t consumed = http_body_feed(&http->body, bytes + at, len - at, &payload, &done);
        if (consumed < 0) {
            refuse(http, conn, consumed == ERR_LIMIT ? 413 : 400);
            return len;
        }
        at += (size_t)consumed;
        http->stream_bytes += (uint64_t)consumed;
        later->unread = !done;
        if (payload.len > 0)
            later->handler->on_body(later->ctx, payload);
    }
    if (http->later != later)
        return at;
    if (done) {
        end_stream(http, conn);
    } else if (later->held) {
        conn_set_timer(conn, http->server->limits->answer_ms);
        conn_pause(conn);
    }
    return at;
}

static size_t on_bytes(struct conn *conn, uint8_t *bytes, size_t len)
{
    struct http_conn *http = conn->user;
    bool waits = http->phase == PHASE_WAIT || (http->phase == PHASE_STREAM && http->later->held);
    if (waits || (conn->blocked && !http->begun && http->phase == PHASE_HEAD)) {
        /* No answer is made while the one before is not made, or the peer does not take it. */
        conn_pause(conn);
        return 0;
    }
    size_t consumed = http->phase == PHASE_HEAD   ? read_head(http, conn, bytes, len)
                      : http->phase == PHASE_BODY ? read_body(http, conn, bytes, len)
                                                  : read_stream(http, conn, bytes, len);
    if (conn->state != CONN_OPEN)
        return len;
    if (consumed < len && !conn->paused) {
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
    struct http_later *later = http->later;
    if (later) {
        bool held = http->phase == PHASE_WAIT || later->held;
        if (conn->paused && !held)
            conn_resume(conn);
        if (later->begun && later->handler->on_drained)
            later->handler->on_drained(later->ctx);
        return;
    }
    if (conn->paused)
        conn_resume(conn);
    if (!http->begun)
        conn_set_timer(conn, http->server->limits->idle_ms);
}

static void drop_slow(struct conn *conn)
{
    struct http_conn *http = conn->user;
    metrics_add(http->server->metrics, METRIC_DROPPED_TIMEOUT, 1);
    conn_close(conn);
}

/* A body may be long, but has to come at a rate that a slow line has. */
static void check_stream(struct http_conn *http, struct conn *conn)
{
    if (http->stream_bytes < http->server->limits->stream_bytes_min) {
        refuse(http, conn, 408);
        return;
    }
    http->stream_bytes = 0;
    conn_set_timer(conn, http->server->limits->body_ms);
}

/* A handle's answer or body takes too long. */
static void later_timer(struct http_conn *http, struct conn *conn)
{
    if (http->later->begun)
        drop_slow(conn);
    else if (http->phase == PHASE_STREAM && !http->later->held)
        check_stream(http, conn);
    else
        refuse(http, conn, 503);
}

/* An answer waits to be taken. */
static void queue_timer(struct http_conn *http, struct conn *conn)
{
    const struct http_server_limits *limits = http->server->limits;
    if (http->extended || limits->send_ms <= limits->idle_ms) {
        drop_slow(conn);
        return;
    }
    http->extended = true;
    conn_set_timer(conn, limits->send_ms - limits->idle_ms);
}

static void on_timer(struct conn *conn)
{
    struct http_conn *http = conn->user;
    if (http->later)
        later_timer(http, conn);
    else if (conn_has_queued(conn))
        queue_timer(http, conn);
    else if (http->begun)
        refuse(http, conn, 408);
    else
        conn_close(conn);
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
