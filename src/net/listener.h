#pragma once
/*
 * A listener accepts connections on one address for one loop and hands each socket to a function.
 * When descriptors run out it stops watching its socket (no busy loop; waiting peers stay in the
 * kernel's backlog), logs once, and tries again when a connection has closed or after a quarter of
 * a second.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "net/loop.h"
#include "net/timer.h"

struct listener {
    struct loop_source source;
    struct loop *loop;
    struct timer retry;
    int fd;
    bool paused;
    bool starved;    /* has logged that descriptors ran out; until the backlog is empty again */
    bool local_only; /* bound to a loopback address */
    struct listener *next; /* in loop->listeners */
    void *ctx;
    /** Takes fd (non-blocking, close-on-exec). */
    void (*on_accept)(void *ctx, struct listener *listener, int fd,
                      const struct sockaddr_storage *peer);
};

/* The addresses that a HOST:PORT stands for. */
struct listen_addresses {
    struct sockaddr_storage list[8];
    size_t count;
};

/**
 * Resolves HOST:PORT, [V6]:PORT or :PORT (all addresses). "localhost" gives both loopback families.
 * ERR_PROTOCOL: not of that form. ERR_NOT_FOUND: the name does not resolve.
 */
int listen_resolve(const char *host_port, struct listen_addresses *ret_addresses);

/**
 * Opens a listening socket (SO_REUSEADDR, IPV6_V6ONLY, TCP_NODELAY and TCP_NOTSENT_LOWAT, which
 * accepted sockets inherit). Returns its descriptor; ERR_EXISTS: the port is in use;
 * ERR_NOT_FOUND: this machine does not have the address or family; ERR_DENIED: not allowed; ERR_IO
 * otherwise. errno stays set.
 */
int listen_open(const struct sockaddr_storage *address, int backlog);

/**
 * Starts accepting on fd (taken). Loop thread, or before it runs. on_accept and ctx are set by the
 * caller before.
 */
int listener_start(struct listener *listener, struct loop *loop, int fd);

/** Stops accepting and closes the socket. Fine when it was never started (fd -1). */
void listener_stop(struct listener *listener);

/**
 * Tells every listener of the loop that a descriptor became free: called by conn when one closes.
 */
void listener_descriptor_freed(struct loop *loop);

/** Writes ADDRESS:PORT (IPv6 in brackets) into ret_text. */
void address_format(const struct sockaddr_storage *address, char *ret_text, size_t len);
