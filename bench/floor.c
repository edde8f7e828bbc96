/*
 * The floor: a chat server that does nothing but the kernel calls that no chat server can do
 * without. Nothing is parsed, hashed, checked or limited; the answer to the upgrade is a constant
 * (the accept key of RFC 6455's sample nonce, which the load generator sends). What a real server
 * costs above this is its own doing.
 *
 *   --mode bare       each message is sent to each socket at once
 *   --mode coalesced  all readable sockets of one turn are read first; then each socket gets one
 *                     send of everything that was gathered
 *
 * One thread. Connections lie in one dense array of pointers, which is the walk of a broadcast.
 */
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    EVENTS_MAX = 1024,
    CONNS_MAX = 20000,
    READ_BYTES = 256 << 10,
    GATHER_BYTES = 4 << 20,
    BACKLOG_MAX = 8 << 20,
};

static const char BEFORE[] = "{\"type\":1,\"body\":\"";
static const char AFTER[] = "\"}\n";
enum { BEFORE_LEN = sizeof BEFORE - 1, AFTER_LEN = sizeof AFTER - 1 };

static const char UPGRADED[] = "HTTP/1.1 101 Switching Protocols\r\n"
                               "Upgrade: websocket\r\n"
                               "Connection: Upgrade\r\n"
                               "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

/* Bytes that wait: what the kernel did not take, or a frame that is not whole yet. */
struct waiting {
    uint32_t len, cap;
    uint8_t bytes[];
};

struct conn {
    int fd;
    uint32_t place : 31;   /* in the array */
    uint32_t upgraded : 1; /* its request has been answered */
    struct waiting *out, *in;
};

static struct conn *conns[CONNS_MAX];
static uint32_t conn_count;
static int epoll_fd;
static bool coalesced;
static uint8_t gathered[GATHER_BYTES];
static size_t gathered_len;

static void die(const char *what)
{
    fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
    exit(1);
}

static struct waiting *wait_more(struct waiting *w, const uint8_t *bytes, size_t len)
{
    uint32_t had = w != NULL ? w->len : 0;
    if (w == NULL || had + len > w->cap) {
        uint32_t cap = (uint32_t)(had + len) * 2;
        w = realloc(w, sizeof *w + cap);
        if (w == NULL)
            die("memory");
        w->cap = cap;
        w->len = had;
    }
    memcpy(w->bytes + had, bytes, len);
    w->len = had + (uint32_t)len;
    return w;
}

static void watch(struct conn *c, int op, uint32_t events)
{
    struct epoll_event ev = {.events = events, .data.ptr = c};
    if (epoll_ctl(epoll_fd, op, c->fd, &ev) < 0)
        die("epoll_ctl");
}

static void conn_free(struct conn *c)
{
    conns[c->place] = conns[--conn_count];
    conns[c->place]->place = c->place;
    close(c->fd);
    free(c->out);
    free(c->in);
    free(c);
}

static void send_all(struct conn *c, const uint8_t *bytes, size_t len)
{
    if (c->out == NULL) {
        ssize_t n = send(c->fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n == (ssize_t)len)
            return;
        /* An error shows up again as an event, where the connection can be freed safely. */
        if (n < 0 && errno != EAGAIN)
            return;
        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        }
        watch(c, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
    }
    /* A reader that is this far behind loses messages; the generator would notice. */
    if (c->out == NULL || c->out->len + len <= BACKLOG_MAX)
        c->out = wait_more(c->out, bytes, len);
}

static void send_waiting(struct conn *c)
{
    if (c->out == NULL)
        return;
    ssize_t n = send(c->fd, c->out->bytes, c->out->len, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n <= 0)
        return;
    c->out->len -= (uint32_t)n;
    memmove(c->out->bytes, c->out->bytes + n, c->out->len);
    if (c->out->len == 0) {
        free(c->out);
        c->out = NULL;
        watch(c, EPOLL_CTL_MOD, EPOLLIN);
    }
}

static void broadcast(void)
{
    for (uint32_t i = 0; i < conn_count; i++)
        send_all(conns[i], gathered, gathered_len);
    gathered_len = 0;
}

/* Unmasks one message into the gathered bytes, as the frame that everyone gets. */
static void gather(const uint8_t *mask, const uint8_t *body, size_t len)
{
    size_t text_len = BEFORE_LEN + len + AFTER_LEN;
    if (gathered_len + text_len + 10 > GATHER_BYTES)
        broadcast();
    uint8_t *p = gathered + gathered_len;
    *p++ = 0x81;
    if (text_len < 126) {
        *p++ = (uint8_t)text_len;
    } else if (text_len < 65536) {
        *p++ = 126;
        *p++ = (uint8_t)(text_len >> 8);
        *p++ = (uint8_t)text_len;
    } else {
        *p++ = 127;
        for (int shift = 56; shift >= 0; shift -= 8)
            *p++ = (uint8_t)((uint64_t)text_len >> shift);
    }
    memcpy(p, BEFORE, BEFORE_LEN);
    p += BEFORE_LEN;
    uint32_t mask4;
    memcpy(&mask4, mask, 4);
    size_t i = 0;
    for (; i + 4 <= len; i += 4) {
        uint32_t word;
        memcpy(&word, body + i, 4);
        word ^= mask4;
        memcpy(p + i, &word, 4);
    }
    for (; i < len; i++)
        p[i] = body[i] ^ mask[i % 4];
    p += len;
    memcpy(p, AFTER, AFTER_LEN);
    gathered_len = (size_t)(p + AFTER_LEN - gathered);
    if (!coalesced)
        broadcast();
}

/* Takes one frame of a client; its length, or 0 while it is incomplete. */
static size_t take_frame(const uint8_t *p, size_t n)
{
    if (n < 6)
        return 0;
    size_t head = 2;
    uint64_t len = p[1] & 0x7f;
    if (len == 126) {
        head = 4;
        len = (uint64_t)p[2] << 8 | p[3];
    } else if (len == 127) {
        head = 10;
        if (n < 14)
            return 0;
        len = 0;
        for (int i = 2; i < 10; i++)
            len = len << 8 | p[i];
    }
    if (n < head + 4 || n - head - 4 < len)
        return 0;
    if ((p[0] & 0x0f) == 1)
        gather(p + head, p + head + 4, len);
    return head + 4 + len;
}

static void take_bytes(struct conn *c, const uint8_t *p, size_t n)
{
    if (!c->upgraded) {
        /* One read is one request: true for the generator, and this is not a real server. */
        c->upgraded = 1;
        send_all(c, (const uint8_t *)UPGRADED, sizeof UPGRADED - 1);
        return;
    }
    bool kept = c->in != NULL;
    if (kept) {
        c->in = wait_more(c->in, p, n);
        p = c->in->bytes;
        n = c->in->len;
    }
    size_t used = 0, len;
    while ((len = take_frame(p + used, n - used)) != 0)
        used += len;
    if (!kept && used < n) {
        c->in = wait_more(NULL, p + used, n - used);
    } else if (kept && used < n) {
        memmove(c->in->bytes, p + used, n - used);
        c->in->len = (uint32_t)(n - used);
    } else if (kept) {
        free(c->in);
        c->in = NULL;
    }
}

static void on_readable(struct conn *c)
{
    static uint8_t bytes[READ_BYTES];
    ssize_t n = recv(c->fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (n > 0)
        take_bytes(c, bytes, (size_t)n);
    else if (n == 0 || errno != EAGAIN)
        conn_free(c);
}

static void on_connect(int listen_fd)
{
    int one = 1;
    for (;;) {
        int fd = accept4(listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EAGAIN || errno == ECONNABORTED)
                return;
            die("accept");
        }
        if (conn_count == CONNS_MAX) {
            close(fd);
            continue;
        }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        struct conn *c = calloc(1, sizeof *c);
        if (c == NULL)
            die("memory");
        c->fd = fd;
        c->place = conn_count & 0x7fffffff;
        conns[conn_count++] = c;
        watch(c, EPOLL_CTL_ADD, EPOLLIN);
    }
}

static int listen_on(uint16_t port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&at, sizeof at) < 0 || listen(fd, 4096) < 0)
        die("listen");
    return fd;
}

static void serve(int listen_fd)
{
    struct epoll_event events[EVENTS_MAX], ev = {.events = EPOLLIN, .data.ptr = NULL};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listen_fd, &ev) < 0)
        die("epoll_ctl");
    for (;;) {
        int n = epoll_wait(epoll_fd, events, EVENTS_MAX, -1);
        for (int i = 0; i < n; i++) {
            struct conn *c = events[i].data.ptr;
            if (c == NULL) {
                on_connect(listen_fd);
                continue;
            }
            if (events[i].events & EPOLLOUT)
                send_waiting(c);
            if (events[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP))
                on_readable(c);
        }
        if (gathered_len != 0)
            broadcast();
    }
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"port", required_argument, NULL, 'p'},
                                            {"mode", required_argument, NULL, 'm'},
                                            {NULL, 0, NULL, 0}};
    int option, port = 0;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'p')
            port = (int)strtol(optarg, NULL, 10);
        else if (option == 'm')
            coalesced = strcmp(optarg, "coalesced") == 0;
        else
            port = 0;
    }
    if (port <= 0 || port > 65535) {
        fprintf(stderr, "floor --port PORT [--mode bare|coalesced]\n");
        return 2;
    }
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    serve(listen_on((uint16_t)port));
}
