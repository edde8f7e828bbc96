#include "serve/http_later.h"

#include "base/assert.h"
#include "base/memory.h"
#include "serve/http_private.h"

enum { BULK_BYTES = 256 * 1024 }; /* a piece of a file from which on it is a long one */

static struct http_later *later_of(struct http_request *request)
{
    ASSERT(request->later);
    return (struct http_later *)request;
}

static struct http_conn *http_of(const struct http_later *later)
{
    return later->request.conn->user;
}

struct http_request *http_defer(struct http_request *request,
                                const struct http_later_handler *handler, void *ctx)
{
    struct http_conn *http = request->conn->user;
    ASSERT(!request->answered && !request->later && !request->deferred && !http->later);
    struct http_later *later = mem_zalloc(sizeof(*later));
    later->request = *request;
    later->request.head = NULL;
    later->request.path = later->request.body = slice_of(NULL, 0);
    for (unsigned i = 0; i < HTTP_PARAMS_MAX; i++)
        later->request.params[i] = slice_of(NULL, 0);
    later->request.later = true;
    later->handler = handler;
    later->ctx = ctx;
    http->later = later;
    request->deferred = true;
    return &later->request;
}

struct http_request *http_receive(struct http_request *request,
                                  const struct http_later_handler *handler, void *ctx)
{
    ASSERT(request->route && request->route->body == HTTP_BODY_STREAM);
    bool close = !request->head->keep_alive;
    struct http_request *handle = http_defer(request, handler, ctx);
    struct http_later *later = later_of(handle);
    later->expects = request->head->expect_continue;
    later->wants_body = later->unread = true;
    handle->close = close;
    return handle;
}

void http_hold_body(struct http_request *handle)
{
    later_of(handle)->held = true;
}

void http_go_on_body(struct http_request *handle)
{
    struct http_later *later = later_of(handle);
    if (!later->held)
        return;
    later->held = false;
    /* Out of the handler it is what happens when that returns. */
    if (!http_of(later)->running)
        http_read_on(http_of(later), handle->conn);
}

bool http_begin(struct http_request *handle, const struct http_response *response, int64_t length)
{
    struct http_later *later = later_of(handle);
    struct buffer out = {0};
    ASSERT(!handle->answered);
    handle->answered = true;
    handle->close |= later->unread;
    later->begun = true;
    buffer_reserve(&out, 1024);
    later->chunked = http_write_head(&out, handle, response, length);
    conn_write(handle->conn, out.ptr, out.len);
    buffer_release(&out);
    if (handle->method == HTTP_HEAD) {
        http_later_done(handle);
        return false;
    }
    return true;
}

void http_send(struct http_request *handle, struct slice piece)
{
    struct http_later *later = later_of(handle);
    ASSERT(later->begun);
    if (piece.len > 0 && later->chunked) {
        struct buffer out = {0};
        buffer_reserve(&out, piece.len + 32);
        buffer_printf(&out, "%zx\r\n", piece.len);
        buffer_append(&out, piece.ptr, piece.len);
        buffer_append_string(&out, "\r\n");
        conn_write(handle->conn, out.ptr, out.len);
        buffer_release(&out);
    } else {
        conn_write(handle->conn, piece.ptr, piece.len);
    }
    conn_set_timer(handle->conn, handle->server->limits->send_ms);
    conn_notify_drained(handle->conn);
}

void http_send_file(struct http_request *handle, int fd, uint64_t offset, size_t len)
{
    struct http_later *later = later_of(handle);
    ASSERT(later->begun && !later->chunked);
    if (len >= BULK_BYTES)
        conn_set_bulk(handle->conn, true);
    conn_write_file(handle->conn, fd, offset, len);
    conn_set_timer(handle->conn, handle->server->limits->send_ms);
    conn_notify_drained(handle->conn);
}

void http_end(struct http_request *handle)
{
    struct http_later *later = later_of(handle);
    ASSERT(later->begun);
    if (later->chunked)
        conn_write_static(handle->conn, SLICE_LITERAL("0\r\n\r\n"));
    http_later_done(handle);
}

void http_abandon(struct http_request *handle)
{
    struct http_later *later = later_of(handle);
    struct conn *conn = handle->conn;
    http_of(later)->later = NULL;
    mem_free(later);
    conn_close(conn);
}

void http_later_done(struct http_request *handle)
{
    struct http_later *later = later_of(handle);
    struct http_conn *http = http_of(later);
    struct conn *conn = handle->conn;
    bool close = handle->close || later->unread;
    /* The next request may make a WebSocket of it. */
    conn_set_bulk(conn, false);
    http->later = NULL;
    mem_free(later);
    if (http->running)
        http->close = close;
    else
        http_next(http, conn, close);
}

void http_lose(struct http_conn *http)
{
    struct http_later *later = http->later;
    if (!later)
        return;
    http->later = NULL;
    later->handler->on_gone(later->ctx);
    mem_free(later);
}
