#include "serve/serve_rig.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"

struct serve_rig serve_rig;

void serve_rig_init(const struct http_route *routes, size_t count, uint32_t total,
                    uint32_t per_address)
{
    memset(&serve_rig, 0, sizeof(serve_rig));
    rig_init(&serve_rig.net, NULL);
    serve_rig.peer = -1;
    serve_rig.connections = connection_limit_new(total, per_address);
    serve_rig.limits = (struct http_server_limits){
        .head = {1024, 256, 20},
        .body_bytes_max = 1000,
        .head_ms = 60000,
        .body_ms = 60000,
        .idle_ms = 60000,
        .send_ms = 60000,
    };
    serve_rig.server = (struct http_server){
        .loop = &serve_rig.net.loop,
        .metrics = &serve_rig.net.metrics,
        .limits = &serve_rig.limits,
        .policy = &serve_rig.policy,
        .connections = serve_rig.connections,
        .routes = routes,
        .routes_count = count,
    };
}

void serve_rig_release(void)
{
    if (serve_rig.peer >= 0)
        close(serve_rig.peer);
    rig_release(&serve_rig.net);
    connection_limit_free(serve_rig.connections);
    buffer_release(&serve_rig.got);
}

static struct sockaddr_storage socket_address(const char *text)
{
    struct sockaddr_storage storage = {0};
    struct sockaddr_in *v4 = (struct sockaddr_in *)&storage;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&storage;
    if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
    } else {
        assert_int_equal(inet_pton(AF_INET6, text, &v6->sin6_addr), 1);
        v6->sin6_family = AF_INET6;
    }
    return storage;
}

bool serve_rig_connect_from(const char *text)
{
    struct sockaddr_storage storage = socket_address(text);
    struct address address = address_of_socket(&storage);
    int fds[2];
    if (connection_limit_take(serve_rig.connections, &address) != OK)
        return false;
    rig_socketpair(fds);
    assert_int_equal(serve_rig.peer, -1);
    serve_rig.peer = fds[1];
    serve_rig.got.len = serve_rig.got_at = 0;
    serve_rig.ended = false;
    http_server_accept(&serve_rig.server, fds[0], &storage);
    return true;
}

bool serve_rig_connect(void)
{
    return serve_rig_connect_from("127.0.0.1");
}

void serve_rig_close(void)
{
    close(serve_rig.peer);
    serve_rig.peer = -1;
    RIG_UNTIL(&serve_rig.net, serve_rig.net.loop.conns_count == 0);
}

void serve_rig_send(const void *bytes, size_t len)
{
    assert_int_equal(send(serve_rig.peer, bytes, len, MSG_NOSIGNAL), (ssize_t)len);
}

void serve_rig_send_text(const char *text)
{
    serve_rig_send(text, strlen(text));
}

bool serve_rig_read(void)
{
    ssize_t len;
    do {
        uint8_t *to = buffer_reserve(&serve_rig.got, 65536);
        len = recv(serve_rig.peer, to, 65536, MSG_DONTWAIT);
        if (len > 0)
            serve_rig.got.len += (size_t)len;
    } while (len > 0);
    serve_rig.ended |= len == 0 || errno != EAGAIN;
    return true;
}

static struct slice unread(void)
{
    return slice_of(serve_rig.got.ptr + serve_rig.got_at, serve_rig.got.len - serve_rig.got_at);
}

/* Returns false when it is not all there. */
static bool parse(bool to_head, struct response *ret_response)
{
    static const char length_name[] = "\r\nContent-Length: ";
    struct slice in = unread();
    const char *end = in.len ? memmem(in.ptr, in.len, "\r\n\r\n", 4) : NULL;
    if (!end)
        return false;
    struct slice head = slice_of(in.ptr, (size_t)(end - (const char *)in.ptr) + 4);
    const char *length = memmem(head.ptr, head.len, length_name, sizeof(length_name) - 1);
    size_t body_len = length && !to_head ? strtoul(length + sizeof(length_name) - 1, NULL, 10) : 0;
    if (in.len < head.len + body_len)
        return false;
    assert_memory_equal(head.ptr, "HTTP/1.1 ", 9);
    ret_response->status = (unsigned)strtoul((const char *)head.ptr + 9, NULL, 10);
    ret_response->head = head;
    ret_response->body = slice_of(head.ptr + head.len, body_len);
    return true;
}

struct response serve_rig_response(bool to_head)
{
    struct response response = {0};
    SERVE_UNTIL(parse(to_head, &response) || serve_rig.ended);
    if (!parse(to_head, &response))
        fail_msg("ended without a whole response");
    serve_rig.got_at += response.head.len + response.body.len;
    return response;
}

bool serve_rig_has(const struct response *response, const char *line)
{
    struct buffer whole = {0};
    buffer_printf(&whole, "\r\n%s\r\n", line);
    bool has = memmem(response->head.ptr, response->head.len, whole.ptr, whole.len) != NULL;
    buffer_release(&whole);
    return has;
}

void serve_rig_assert_end(void)
{
    SERVE_UNTIL(serve_rig.ended);
    assert_int_equal(serve_rig.got.len, serve_rig.got_at);
}
