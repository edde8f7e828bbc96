/*
 * One WebSocket client: connecting, the upgrade, sending frames (RFC 6455).
 */
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load.h"

static void watch(struct load *l, struct conn *c, int op, uint32_t events)
{
    struct epoll_event ev = {.events = events, .data.ptr = c};
    if (epoll_ctl(l->epoll_fd, op, c->fd, &ev) < 0)
        die("epoll_ctl: %s", strerror(errno));
}

static bool is_stuck_one(const struct load *l, const struct conn *c)
{
    return (uint32_t)(c - l->conns) >= l->opts.clients;
}

void conn_begin(struct load *l, uint32_t index)
{
    struct conn *c = &l->conns[index];
    *c = (struct conn){.fd = -1, .sender = -1};
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0)
        die("socket %" PRIu32 ": %s", index, strerror(errno));
    int one = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (is_stuck_one(l, c)) {
        /* The least that the kernel grants: so the stall begins within the run, not after it. */
        int least = 1;
        setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &least, sizeof least);
    }
    if (index >= PORTS_PER_SOURCE) {
        /* One address has about 28,000 ports towards one server; the next address has as many. */
        struct sockaddr_in from = {.sin_family = AF_INET};
        from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + index / PORTS_PER_SOURCE % 200);
        setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
        if (bind(c->fd, (struct sockaddr *)&from, sizeof from) < 0)
            die("bind: %s", strerror(errno));
    }
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(l->opts.port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(c->fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS)
        die("connect %" PRIu32 ": %s", index, strerror(errno));
    c->state = CONN_CONNECTING;
    watch(l, c, EPOLL_CTL_ADD, EPOLLOUT);
}

static void conn_close(struct conn *c)
{
    if (c->fd >= 0)
        close(c->fd);
    free(c->part);
    free(c->out);
    *c = (struct conn){.fd = -1, .sender = -1, .state = CONN_CLOSED};
}

static void ask_upgrade(struct load *l, struct conn *c)
{
    int error = 0;
    socklen_t error_len = sizeof error;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &error_len);
    if (error != 0)
        die("connect: %s", strerror(error));
    char request[512];
    int len = ws_client_request(request, sizeof request, l->opts.path, l->opts.port, NULL);
    if (send(c->fd, request, (size_t)len, MSG_NOSIGNAL) != len)
        die("sending the upgrade request: %s", strerror(errno));
    c->state = CONN_UPGRADING;
    watch(l, c, EPOLL_CTL_MOD, EPOLLIN);
}

void conn_keep_part(struct conn *c, const uint8_t *bytes, size_t len)
{
    c->part = grow(c->part, &c->part_cap, c->part_len + len);
    memcpy(c->part + c->part_len, bytes, len);
    c->part_len += len;
}

static void read_upgrade(struct load *l, struct conn *c)
{
    uint8_t bytes[WS_ANSWER_MAX];
    ssize_t n = recv(c->fd, bytes, sizeof bytes, 0);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0)
        die("the server closed connection %td during its upgrade", c - l->conns);
    conn_keep_part(c, bytes, (size_t)n);
    uint8_t *end = memmem(c->part, c->part_len, "\r\n\r\n", 4);
    if (end == NULL) {
        if (c->part_len >= WS_ANSWER_MAX)
            die("the answer to the upgrade has no end");
        return;
    }
    end[2] = '\0';
    ws_client_check_answer((char *)c->part, l->opts.any_accept, NULL);
    l->upgraded++;
    c->state = CONN_OPEN;
    if (l->opts.close_each) {
        conn_close(c);
        return;
    }
    if (is_stuck_one(l, c)) {
        c->state = CONN_STUCK;
        watch(l, c, EPOLL_CTL_DEL, 0);
    }
    /* The first frame may come with the head. */
    uint8_t *part = c->part;
    size_t rest = c->part_len - (size_t)(end + 4 - part);
    c->part = NULL;
    c->part_len = c->part_cap = 0;
    if (rest != 0 && c->state == CONN_OPEN)
        recv_bytes(l, c, end + 4, rest);
    free(part);
}

static void flush_out(struct load *l, struct conn *c)
{
    ssize_t n = send(c->fd, c->out, c->out_len, MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN)
        die("client %td cannot send: %s", c - l->conns, strerror(errno));
    if (n > 0) {
        memmove(c->out, c->out + n, c->out_len - (size_t)n);
        c->out_len -= (size_t)n;
    }
    if (c->out_len == 0)
        watch(l, c, EPOLL_CTL_MOD, EPOLLIN);
}

static void send_bytes(struct load *l, struct conn *c, const uint8_t *bytes, size_t len)
{
    size_t taken = 0;
    if (c->out_len == 0) {
        ssize_t n = send(c->fd, bytes, len, MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN)
            die("client %td cannot send: %s", c - l->conns, strerror(errno));
        taken = n > 0 ? (size_t)n : 0;
        if (taken == len)
            return;
        watch(l, c, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
    }
    c->out = grow(c->out, &c->out_cap, c->out_len + len - taken);
    memcpy(c->out + c->out_len, bytes + taken, len - taken);
    c->out_len += len - taken;
}

void conn_send_frame(struct load *l, struct conn *c, uint8_t opcode, const uint8_t *payload,
                     size_t len)
{
    static uint8_t frame[MESSAGE_BYTES_MAX + WS_HEAD_MAX];
    send_bytes(l, c, frame, ws_client_frame(frame, opcode, payload, len));
}

void conn_event(struct load *l, struct conn *c, uint32_t events)
{
    static uint8_t bytes[READ_BYTES];
    switch (c->state) {
    case CONN_CONNECTING:
        ask_upgrade(l, c);
        return;
    case CONN_UPGRADING:
        read_upgrade(l, c);
        return;
    case CONN_OPEN:
        break;
    case CONN_STUCK:
    case CONN_CLOSED:
        return;
    }
    if (events & EPOLLOUT)
        flush_out(l, c);
    if (!(events & (EPOLLIN | EPOLLERR | EPOLLHUP)))
        return;
    ssize_t n = recv(c->fd, bytes, sizeof bytes, 0);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0)
        die("client %td lost its connection: %s", c - l->conns,
            n == 0 ? "closed by the server" : strerror(errno));
    /* The clock after the read: the message was not here before it was read. */
    l->now_ns = l->last_bytes_ns = clock_ns();
    recv_bytes(l, c, bytes, (size_t)n);
}

uint32_t conn_count_closed_stuck(struct load *l)
{
    uint32_t closed = 0;
    for (uint32_t i = l->opts.clients; i < l->conn_count; i++) {
        struct tcp_info info;
        socklen_t len = sizeof info;
        /* A FIN behind unread bytes is not visible to recv, but it is to the TCP state. */
        if (getsockopt(l->conns[i].fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 &&
            info.tcpi_state != TCP_ESTABLISHED)
            closed++;
    }
    return closed;
}
