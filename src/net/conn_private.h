#pragma once
/*
 * What the parts of a connection (conn.c, conn_out.c) and its loop tell each other. Not for
 * anybody else.
 */

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

#include "net/conn.h"

/* What went out; added to the metrics once for many sends. */
struct conn_sent {
    uint64_t calls;
    uint64_t bytes;
};

/** Handles what epoll(7) found. Calls back. */
void conn_ready(struct conn *conn, uint32_t events);

/** What was put off by conn_hungry or conn_notify_drained. Calls back. */
void conn_go_on(struct conn *conn);

/** Sends the private queue as far as the kernel takes it and does what is due when it is empty. */
void conn_send(struct conn *conn, struct conn_sent *sent);

/** Marks it closed without counting it as ended by the server. */
void conn_lost(struct conn *conn);

/** The kernel takes nothing more: watches for room. */
void conn_block(struct conn *conn);

/** Calls on_closed for everything that is marked closed and frees it. */
void conn_free_closed(struct loop *loop);

/** Sends the private queue as far as the kernel takes it; returns whether it took anything. */
bool conn_send_queue(struct conn *conn, struct conn_sent *sent);

/** Frees the private queue. */
void conn_queue_release(struct conn *conn);

/** Puts it on the list of those whose queue is sent at the end of the turn. */
void conn_mark_dirty(struct conn *conn);

/** The loop's over_timer: ends connections whose queue was over the soft limit for too long. */
void conn_over_fired(struct timer *timer);

void conn_count_sent(struct loop *loop, const struct conn_sent *sent);

/** Whether a failed send or receive is worth another try when epoll(7) says so. */
static inline bool conn_error_passes(int error)
{
    return error == EAGAIN || error == EINTR || error == ENOBUFS || error == ENOMEM;
}
