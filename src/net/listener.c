#include "net/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "net/conn.h"

enum {
    ACCEPTS_PER_TURN = 64,
    RETRY_MS = 250,
    HOST_BYTES = 256,
    PORT_MAX = 65535,
};

/* --- addresses -------------------------------------------------------------------------------- */

/* Splits HOST:PORT; the host comes without brackets. The port stays text for getaddrinfo(3). */
static int split(const char *host_port, char host[HOST_BYTES], const char **ret_port)
{
    const char *colon = strrchr(host_port, ':');
    if (!colon)
        return ERR_PROTOCOL;
    const char *begin = host_port;
    const char *end = colon;
    if (*begin == '[') {
        begin++;
        if (end - begin < 2 || *--end != ']')
            return ERR_PROTOCOL;
    } else if (memchr(begin, ':', (size_t)(end - begin))) {
        return ERR_PROTOCOL; /* IPv6 needs its brackets */
    }
    size_t len = (size_t)(end - begin);
    if (len >= HOST_BYTES || memchr(begin, ']', len) || memchr(begin, '[', len))
        return ERR_PROTOCOL;

    const char *port = colon + 1;
    unsigned number = 0;
    for (const char *at = port; *at; at++) {
        if (*at < '0' || *at > '9' || number > PORT_MAX)
            return ERR_PROTOCOL;
        number = number * 10 + (unsigned)(*at - '0');
    }
    if (*port == '\0' || number > PORT_MAX)
        return ERR_PROTOCOL;
    memcpy(host, begin, len);
    host[len] = '\0';
    *ret_port = port;
    return OK;
}

/* Adds what a name stands for, if anything. */
static void resolve(const char *host, const char *port, int flags, struct listen_addresses *list)
{
    struct addrinfo hints = {
        .ai_family = AF_UNSPEC,
        .ai_socktype = SOCK_STREAM,
        .ai_flags = AI_PASSIVE | AI_NUMERICSERV | flags,
    };
    struct addrinfo *found;
    if (getaddrinfo(host, port, &hints, &found) != 0)
        return;
    size_t max = sizeof(list->list) / sizeof(list->list[0]);
    for (struct addrinfo *one = found; one && list->count < max; one = one->ai_next) {
        if (one->ai_family != AF_INET && one->ai_family != AF_INET6)
            continue;
        struct sockaddr_storage address = {0};
        memcpy(&address, one->ai_addr, one->ai_addrlen);
        bool known = false;
        for (size_t i = 0; i < list->count; i++)
            known = known || memcmp(&list->list[i], &address, sizeof(address)) == 0;
        if (!known)
            list->list[list->count++] = address;
    }
    freeaddrinfo(found);
}

int listen_resolve(const char *host_port, struct listen_addresses *ret_addresses)
{
    char host[HOST_BYTES];
    const char *port;
    int error = split(host_port, host, &port);
    if (error)
        return error;

    /* Not left to /etc/hosts, which often knows only one family of localhost. */
    bool any = host[0] == '\0';
    struct listen_addresses found = {0};
    if (any || strcasecmp(host, "localhost") == 0) {
        resolve(any ? "::" : "::1", port, AI_NUMERICHOST, &found);
        resolve(any ? "0.0.0.0" : "127.0.0.1", port, AI_NUMERICHOST, &found);
    } else {
        resolve(host, port, *host_port == '[' ? AI_NUMERICHOST : 0, &found);
    }
    if (found.count == 0)
        return ERR_NOT_FOUND;
    *ret_addresses = found;
    return OK;
}

void address_format(const struct sockaddr_storage *address, char *ret_text, size_t len)
{
    char host[INET6_ADDRSTRLEN] = "?";
    if (address->ss_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, address, sizeof(v6));
        inet_ntop(AF_INET6, &v6.sin6_addr, host, sizeof(host));
        snprintf(ret_text, len, "[%s]:%u", host, ntohs(v6.sin6_port));
    } else {
        struct sockaddr_in v4;
        memcpy(&v4, address, sizeof(v4));
        if (v4.sin_family == AF_INET)
            inet_ntop(AF_INET, &v4.sin_addr, host, sizeof(host));
        snprintf(ret_text, len, "%s:%u", host, v4.sin_family == AF_INET ? ntohs(v4.sin_port) : 0u);
    }
}

static bool is_loopback(const struct sockaddr_storage *address)
{
    if (address->ss_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, address, sizeof(v6));
        return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
    }
    struct sockaddr_in v4;
    memcpy(&v4, address, sizeof(v4));
    return v4.sin_family == AF_INET && ntohl(v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
}

/* --- opening ---------------------------------------------------------------------------------- */

static int set_option(int fd, int level, int option, int value)
{
    return setsockopt(fd, level, option, &value, sizeof(value));
}

static int open_error(void)
{
    switch (errno) {
    case EADDRINUSE:
        return ERR_EXISTS;
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
        return ERR_NOT_FOUND;
    case EACCES:
    case EPERM:
        return ERR_DENIED;
    default:
        return ERR_IO;
    }
}

int listen_open(const struct sockaddr_storage *address, int backlog)
{
    int family = address->ss_family;
    int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return open_error();
    socklen_t len = family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
    /*
     * Accepted sockets inherit the options of TCP, which saves two system calls for each of them.
     */
    bool fine = set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1) == 0 &&
                (family != AF_INET6 || set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1) == 0) &&
                set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1) == 0 &&
                set_option(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, CONN_NOTSENT_BYTES) == 0 &&
                bind(fd, (const struct sockaddr *)address, len) == 0 && listen(fd, backlog) == 0;
    if (fine)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return open_error();
}

/* --- accepting -------------------------------------------------------------------------------- */

static void resume(struct listener *listener)
{
    timer_cancel(&listener->loop->timers, &listener->retry);
    if (loop_watch(listener->loop, listener->fd, EPOLLIN, &listener->source) == OK)
        listener->paused = false;
    else
        timer_set(&listener->loop->timers, &listener->retry, RETRY_MS);
}

static void retry_fired(struct timer *timer)
{
    resume((struct listener *)((char *)timer - offsetof(struct listener, retry)));
}

static void pause_accepting(struct listener *listener)
{
    if (!listener->starved)
        log_warn("cannot accept: %s; waiting for a connection to end", strerror(errno));
    listener->starved = true;
    listener->paused = true;
    metrics_add(listener->loop->metrics, METRIC_ACCEPT_PAUSES, 1);
    loop_watch(listener->loop, listener->fd, 0, &listener->source);
    timer_set(&listener->loop->timers, &listener->retry, RETRY_MS);
}

/* What accept4(2) failed of concerns only the one connection that it would have given. */
static bool concerns_one_peer(int error)
{
    switch (error) {
    case EINTR:
    case ECONNABORTED:
    case EPERM:
    case EPROTO:
    case ENOPROTOOPT:
    case EOPNOTSUPP:
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENONET:
    case ETIMEDOUT:
        return true;
    default:
        return false;
    }
}

static void accept_ready(struct loop_source *source, uint32_t events)
{
    (void)events;
    struct listener *listener = (struct listener *)source;
    for (int i = 0; i < ACCEPTS_PER_TURN && listener->fd >= 0; i++) {
        struct sockaddr_storage peer = {0};
        socklen_t len = sizeof(peer);
        int fd =
            accept4(listener->fd, (struct sockaddr *)&peer, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            metrics_add(listener->loop->metrics, METRIC_CONNECTIONS_ACCEPTED, 1);
            listener->on_accept(listener->ctx, listener, fd, &peer);
        } else if (errno == EAGAIN) {
            listener->starved = false;
            return;
        } else if (!concerns_one_peer(errno)) {
            /*
             * EMFILE, ENFILE, ENOMEM, ENOBUFS; and with what nobody foresaw a pause is better than
             * a busy loop.
             */
            pause_accepting(listener);
            return;
        }
    }
}

int listener_start(struct listener *listener, struct loop *loop, int fd)
{
    struct sockaddr_storage address = {0};
    socklen_t len = sizeof(address);
    listener->source.on_ready = accept_ready;
    listener->loop = loop;
    listener->retry = (struct timer){.fire = retry_fired};
    listener->fd = fd;
    listener->paused = false;
    listener->starved = false;
    listener->local_only =
        getsockname(fd, (struct sockaddr *)&address, &len) == 0 && is_loopback(&address);
    if (loop_watch(loop, fd, EPOLLIN, &listener->source) < 0) {
        int error = errno;
        close(fd);
        listener->fd = -1;
        errno = error;
        return ERR_IO;
    }
    listener->next = loop->listeners;
    loop->listeners = listener;
    return OK;
}

void listener_stop(struct listener *listener)
{
    if (listener->fd < 0)
        return;
    struct listener **at = &listener->loop->listeners;
    while (*at != listener)
        at = &(*at)->next;
    *at = listener->next;
    timer_cancel(&listener->loop->timers, &listener->retry);
    loop_watch(listener->loop, listener->fd, 0, &listener->source);
    close(listener->fd);
    listener->fd = -1;
}

void listener_descriptor_freed(struct loop *loop)
{
    for (struct listener *listener = loop->listeners; listener; listener = listener->next) {
        if (listener->paused)
            resume(listener);
    }
}
