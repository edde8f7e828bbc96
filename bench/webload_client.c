/*
 * One client's connection: opening it, the upgrade, frames in and out; and the loop over all.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "webload.h"
#include "ws_client.h"

enum {
    EVENTS_MAX = 256,
    READ_BYTES = 256 << 10,
    FRAME_BYTES_MAX = 1 << 20,
    PORTS_PER_SOURCE = 20000,
};

#define SUBPROTOCOL "hubbub.v1"

static void watch(struct web *w, struct client *c, int op, uint32_t events)
{
    struct epoll_event ev = {.events = events, .data.ptr = c};
    if (epoll_ctl(w->epoll_fd, op, c->fd, &ev) < 0)
        die("epoll_ctl: %s", strerror(errno));
}

/*
 * One address has about 28,000 ports towards one server, and those of closed connections are not
 * free at once. So each time that all come they come from addresses of their own.
 */
static void choose_source(struct web *w, const struct client *c)
{
    uint32_t index = (uint32_t)(c - w->clients);
    struct sockaddr_in from = {.sin_family = AF_INET};
    from.sin_addr.s_addr =
        htonl(INADDR_LOOPBACK + (w->source * 8 + index / PORTS_PER_SOURCE) % 200);
    int one = 1;
    setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    if (bind(c->fd, (struct sockaddr *)&from, sizeof from) < 0)
        die("bind: %s", strerror(errno));
}

void client_begin(struct web *w, struct client *c)
{
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0)
        die("socket: %s", strerror(errno));
    int one = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (c->slow) /* the least that the kernel grants: the server has to live with it at once */
        setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &one, sizeof one);
    choose_source(w, c);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(w->opts.port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    c->began_ns = clock_ns();
    if (connect(c->fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS)
        die("connect: %s", strerror(errno));
    c->state = CLIENT_CONNECTING;
    c->ready = c->waits = c->held = false;
    c->in_len = c->out_len = 0;
    w->handshakes++;
    watch(w, c, EPOLL_CTL_ADD, EPOLLOUT);
}

void client_close(struct web *w, struct client *c)
{
    (void)w;
    close(c->fd);
    free(c->in);
    free(c->out);
    c->in = c->out = NULL;
    c->in_len = c->in_cap = c->out_len = c->out_cap = 0;
    c->fd = -1;
    c->state = CLIENT_CLOSED;
}

static void watch_as_due(struct web *w, struct client *c)
{
    watch(w, c, EPOLL_CTL_MOD, (c->held ? 0 : EPOLLIN) | (c->waits ? EPOLLOUT : 0));
}

void client_hold(struct web *w, struct client *c)
{
    c->held = true;
    watch_as_due(w, c);
}

void client_wake(struct web *w, struct client *c)
{
    int bytes = 1 << 20;
    setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    c->held = false;
    watch_as_due(w, c);
}

/* ---- out ---- */

static void send_frame(struct web *w, struct client *c, uint8_t first, const void *bytes,
                       size_t len)
{
    static uint8_t frame[COMMAND_BYTES_MAX + WS_HEAD_MAX];
    if (len > COMMAND_BYTES_MAX)
        die("a command of %zu bytes", len);
    size_t size = ws_client_frame(frame, first, bytes, len), taken = 0;
    if (c->out_len == 0) {
        ssize_t n = send(c->fd, frame, size, MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN)
            die("client %td cannot send: %s", c - w->clients, strerror(errno));
        taken = n > 0 ? (size_t)n : 0;
    }
    if (taken == size)
        return;
    c->out = grow(c->out, &c->out_cap, c->out_len + size - taken);
    memcpy(c->out + c->out_len, frame + taken, size - taken);
    c->out_len += size - taken;
    if (c->waits)
        return;
    c->waits = true;
    watch_as_due(w, c);
}

void client_say(struct web *w, struct client *c, const char *text, size_t len)
{
    send_frame(w, c, WS_TEXT, text, len);
}

static void flush_out(struct web *w, struct client *c)
{
    ssize_t n = send(c->fd, c->out, c->out_len, MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN)
        die("client %td cannot send: %s", c - w->clients, strerror(errno));
    if (n > 0) {
        memmove(c->out, c->out + n, c->out_len - (size_t)n);
        c->out_len -= (size_t)n;
    }
    if (c->out_len != 0)
        return;
    c->waits = false;
    watch_as_due(w, c);
}

/* ---- in ---- */

static void ask_upgrade(struct web *w, struct client *c)
{
    int error = 0;
    socklen_t error_len = sizeof error;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &error_len);
    if (error != 0)
        die("connect: %s", strerror(error));
    char request[512];
    int len = ws_client_request(request, sizeof request, w->opts.path, w->opts.port, SUBPROTOCOL);
    if (send(c->fd, request, (size_t)len, MSG_NOSIGNAL) != len)
        die("sending the upgrade request: %s", strerror(errno));
    c->state = CLIENT_UPGRADING;
    watch(w, c, EPOLL_CTL_MOD, EPOLLIN);
}

/* Returns how many of the bytes were the answer's head; 0 while it is incomplete. */
static size_t take_answer(struct web *w, struct client *c, const uint8_t *p, size_t n)
{
    const uint8_t *end = memmem(p, n, "\r\n\r\n", 4);
    if (end == NULL) {
        if (n >= WS_ANSWER_MAX)
            die("the answer to the upgrade has no end");
        return 0;
    }
    size_t len = (size_t)(end + 4 - p);
    char head[WS_ANSWER_MAX + 1];
    if (len > WS_ANSWER_MAX)
        die("the answer to the upgrade is too long");
    memcpy(head, p, len - 2);
    head[len - 2] = '\0';
    ws_client_check_answer(head, false, SUBPROTOCOL);
    c->state = CLIENT_OPEN;
    w->handshakes--;
    w->mode->upgraded(w, c);
    return len;
}

static size_t take_frame(struct web *w, struct client *c, const uint8_t *p, size_t n)
{
    struct ws_view view;
    if (!ws_client_view(p, n, FRAME_BYTES_MAX, &view))
        return 0;
    switch (view.first) {
    case WS_TEXT:
        talk_hear(w, c, (struct text){(const char *)view.payload, view.len});
        break;
    case WS_CLOSE:
        die("the server closed client %td with code %d", c - w->clients,
            ws_client_close_code(&view));
    case WS_PING:
        send_frame(w, c, WS_PONG, view.payload, view.len);
        break;
    case WS_PONG:
        break;
    default:
        die("the server sent a frame that starts with %02x", view.first);
    }
    return view.size;
}

static void take_bytes(struct web *w, struct client *c, const uint8_t *p, size_t n)
{
    bool kept = c->in_len != 0;
    if (kept) {
        c->in = grow(c->in, &c->in_cap, c->in_len + n);
        memcpy(c->in + c->in_len, p, n);
        n += c->in_len;
        p = c->in;
        c->in_len = 0;
    }
    size_t used = 0, took = 1;
    /* The mode may close the client because of what it heard: then nothing of it is left. */
    while (took != 0 && c->state != CLIENT_CLOSED) {
        took = c->state == CLIENT_UPGRADING ? take_answer(w, c, p + used, n - used)
                                            : take_frame(w, c, p + used, n - used);
        used += took;
    }
    if (c->state == CLIENT_CLOSED)
        return;
    if (used == n && c->in_cap != 0) {
        free(c->in);
        c->in = NULL;
        c->in_cap = 0;
    } else if (used < n) {
        c->in = grow(c->in, &c->in_cap, n - used);
        memmove(c->in, p + used, n - used);
        c->in_len = n - used;
    }
}

bool client_read(struct web *w, struct client *c, size_t most)
{
    static uint8_t bytes[READ_BYTES];
    ssize_t n = recv(c->fd, bytes, most < sizeof bytes ? most : sizeof bytes, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN)
        return false;
    if (n <= 0)
        die("client %td lost its connection: %s", c - w->clients,
            n == 0 ? "closed by the server" : strerror(errno));
    /* The clock after the read: what came was not here before it was read. */
    w->now_ns = clock_ns();
    take_bytes(w, c, bytes, (size_t)n);
    return true;
}

/* ---- the loop ---- */

static void on_event(struct web *w, struct client *c, uint32_t events)
{
    /* Closed by what another client heard in this turn. */
    if (c->state == CLIENT_CLOSED)
        return;
    if (c->state == CLIENT_CONNECTING) {
        ask_upgrade(w, c);
        return;
    }
    if ((events & EPOLLOUT) && c->out_len != 0)
        flush_out(w, c);
    if (events & (EPOLLIN | EPOLLERR | EPOLLHUP))
        client_read(w, c, READ_BYTES);
}

void web_turn(struct web *w, uint64_t wait_ns)
{
    struct epoll_event events[EVENTS_MAX];
    struct timespec wait = {.tv_sec = (time_t)(wait_ns / 1000000000),
                            .tv_nsec = (long)(wait_ns % 1000000000)};
    int n = epoll_pwait2(w->epoll_fd, events, EVENTS_MAX, &wait, NULL);
    if (n < 0 && errno != EINTR)
        die("epoll_pwait2: %s", strerror(errno));
    w->now_ns = clock_ns();
    for (int i = 0; i < n; i++)
        on_event(w, events[i].data.ptr, events[i].events);
}

void web_hold(struct web *w, uint64_t ms)
{
    uint64_t end_ns = clock_ns() + ms * 1000000;
    for (w->now_ns = clock_ns(); w->now_ns < end_ns;)
        web_turn(w, end_ns - w->now_ns);
}
