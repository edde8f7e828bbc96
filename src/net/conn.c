#include "net/conn.h"

#include <limits.h>
#include <linux/tcp.h>
#include <stddef.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/memory.h"
#include "net/conn_private.h"
#include "net/listener.h"

/* malloc(3) rounds up to this anyway; a hundred thousand idle ones are 17 MB. */
_Static_assert(sizeof(struct conn) <= 168, "an idle connection stays small");

/* Legal edges lead forward only: OPEN -> FINISHING -> CLOSED, OPEN -> CLOSED. */
static void set_state(struct conn *conn, enum conn_state state)
{
    ASSERT(state > conn->state);
    conn->state = (uint8_t)state;
}

/* --- watching --------------------------------------------------------------------------------- */

static int control(struct conn *conn, int op, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = conn};
    conn->events = events;
    return epoll_ctl(conn->loop->epoll_fd, op, conn->fd, &event);
}

static void watch(struct conn *conn, uint32_t events)
{
    if (conn->unwatched) {
        conn->events = events;
        return;
    }
    if (events != conn->events && control(conn, EPOLL_CTL_MOD, events) < 0)
        conn_lost(conn);
}

/*
 * Watches for input after it may have been given up. Must not be called after the peer's end,
 * which epoll would report again and again. EPOLLRDHUP is not needed: the peer's end is input,
 * too.
 */
static void watch_input(struct conn *conn)
{
    uint32_t events = conn->events | EPOLLIN;
    if (conn->unwatched) {
        conn->unwatched = false;
        if (control(conn, EPOLL_CTL_ADD, events) < 0)
            conn_lost(conn);
        return;
    }
    watch(conn, events);
}

void conn_block(struct conn *conn)
{
    conn->blocked = true;
    watch(conn, conn->events | EPOLLOUT);
}

/* --- beginning and end ------------------------------------------------------------------------ */

static void timer_fired(struct timer *timer)
{
    struct conn *conn = (struct conn *)((char *)timer - offsetof(struct conn, timer));
    if (conn->state == CONN_FINISHING)
        conn_lost(conn);
    else if (conn->handler->on_timer)
        conn->handler->on_timer(conn);
}

static void set_peer(struct conn *conn, const struct sockaddr_storage *peer)
{
    if (peer && peer->ss_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, peer, sizeof(v6));
        memcpy(conn->peer, &v6.sin6_addr, sizeof(conn->peer));
        conn->peer_port = ntohs(v6.sin6_port);
    } else if (peer && peer->ss_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, peer, sizeof(v4));
        conn->peer[10] = conn->peer[11] = 0xff;
        memcpy(conn->peer + 12, &v4.sin_addr, 4);
        conn->peer_port = ntohs(v4.sin_port);
    }
}

struct conn *conn_new(struct loop *loop, int fd, const struct sockaddr_storage *peer,
                      const struct conn_handler *handler, void *user)
{
    struct conn *conn = mem_zalloc(sizeof(*conn));
    conn->fd = fd;
    conn->loop = loop;
    conn->handler = handler;
    conn->user = user;
    conn->timer.fire = timer_fired;
    conn->heard_ms = (uint32_t)loop->now_ms;
    if (control(conn, EPOLL_CTL_ADD, EPOLLIN) < 0) {
        int error = errno;
        close(fd);
        mem_free(conn);
        errno = error;
        return NULL;
    }
    set_peer(conn, peer);
    conn->next = loop->all;
    conn->link = &loop->all;
    if (conn->next)
        conn->next->link = &conn->next;
    loop->all = conn;
    loop->conns_count++;
    metrics_add(loop->metrics, METRIC_CONNECTIONS_OPEN, 1);
    return conn;
}

void conn_lost(struct conn *conn)
{
    if (conn->state == CONN_CLOSED)
        return;
    struct loop *loop = conn->loop;
    set_state(conn, CONN_CLOSED);
    timer_cancel(&loop->timers, &conn->timer);
    *conn->link = conn->next;
    if (conn->next)
        conn->next->link = conn->link;
    conn->link = NULL;
    conn->next = loop->closing;
    loop->closing = conn;
    loop->conns_count--;
}

/* The server ends it, unless the peer has done so before. */
static void count_end(struct conn *conn)
{
    if (conn->close_metric && !conn->eof)
        metrics_add(conn->loop->metrics, conn->close_metric, 1);
    conn->close_metric = 0;
}

void conn_close(struct conn *conn)
{
    if (conn->state == CONN_CLOSED)
        return;
    count_end(conn);
    conn_lost(conn);
}

static void drop_rest(struct conn *conn)
{
    mem_free(conn->rest);
    conn->rest = NULL;
    conn->rest_len = 0;
}

void conn_finish(struct conn *conn)
{
    if (conn->state != CONN_OPEN)
        return;
    count_end(conn);
    set_state(conn, CONN_FINISHING);
    drop_rest(conn);
    conn->paused = false;
    if (!conn->eof)
        watch_input(conn);
    if (conn->state == CONN_CLOSED)
        return;
    timer_set(&conn->loop->timers, &conn->timer, conn->loop->limits.queue_ms);
    conn_mark_dirty(conn);
}

/* FINISHING, and everything is sent. */
static void end_output(struct conn *conn)
{
    if (conn->shut)
        return;
    conn->shut = true;
    conn->blocked = false;
    if (shutdown(conn->fd, SHUT_WR) < 0 || conn->eof) {
        conn_lost(conn);
        return;
    }
    watch(conn, EPOLLIN); /* after the shutdown EPOLLOUT would be reported for ever */
    timer_set(&conn->loop->timers, &conn->timer, conn->loop->limits.linger_ms);
}

/* Takes what is closed out of a list; next is the offset of the list's pointer in a connection. */
static void forget_closed(struct conn **at, size_t next)
{
    while (*at) {
        struct conn **after = (struct conn **)((char *)*at + next);
        if ((*at)->state == CONN_CLOSED)
            *at = *after;
        else
            at = after;
    }
}

static void release(struct conn *conn)
{
    /*
     * Not left to close(2): another process may hold the same socket, and then epoll would go on
     * reporting it.
     */
    if (!conn->unwatched)
        epoll_ctl(conn->loop->epoll_fd, EPOLL_CTL_DEL, conn->fd, NULL);
    close(conn->fd);
    metrics_add(conn->loop->metrics, METRIC_CONNECTIONS_OPEN, -1);
    conn_queue_release(conn);
    drop_rest(conn);
    mem_free(conn);
}

void conn_free_closed(struct loop *loop)
{
    if (!loop->closing)
        return;
    while (loop->closing) {
        struct conn *batch = loop->closing;
        loop->closing = NULL;
        for (struct conn *conn = batch; conn; conn = conn->next)
            conn->handler->on_closed(conn);
        /* Only now: the callbacks may have written to, or closed, anything. */
        forget_closed(&loop->dirty, offsetof(struct conn, next_dirty));
        forget_closed(&loop->hungry, offsetof(struct conn, next_hungry));
        forget_closed(&loop->over, offsetof(struct conn, next_over));
        while (batch) {
            struct conn *conn = batch;
            batch = conn->next;
            release(conn);
        }
    }
    loop->again = true;
    listener_descriptor_freed(loop);
}

/* --- input ------------------------------------------------------------------------------------ */

/* Returns how many bytes at the end the handler wants to be given again. */
static size_t give(struct conn *conn, uint8_t *bytes, size_t len)
{
    size_t consumed = conn->handler->on_bytes(conn, bytes, len);
    ASSERT(consumed <= len);
    if (consumed == len || conn->state != CONN_OPEN)
        return 0;
    ASSERT(conn->paused || conn->in_hungry);
    return len - consumed;
}

static void give_rest(struct conn *conn)
{
    uint8_t *rest = conn->rest;
    size_t len = conn->rest_len;
    conn->rest = NULL;
    conn->rest_len = 0;
    size_t left = give(conn, rest, len);
    if (left == 0) {
        mem_free(rest);
        return;
    }
    memmove(rest, rest + len - left, left);
    conn->rest = rest;
    conn->rest_len = (uint32_t)left;
}

static void ended(struct conn *conn)
{
    conn->eof = true;
    bool open = conn->state == CONN_OPEN;
    if (open ? !conn->handler->on_eof : conn->shut) {
        conn_lost(conn);
        return;
    }
    watch(conn, conn->events & ~(uint32_t)EPOLLIN);
    if (open)
        conn->handler->on_eof(conn);
}

static void read_once(struct conn *conn)
{
    struct loop *loop = conn->loop;
    ssize_t len = recv(conn->fd, loop->read_buffer, loop->limits.read_bytes, MSG_DONTWAIT);
    if (len == 0) {
        ended(conn);
    } else if (len < 0) {
        if (!conn_error_passes(errno))
            conn_lost(conn);
    } else {
        metrics_add(loop->metrics, METRIC_BYTES_IN, len);
        conn->heard_ms = (uint32_t)loop->now_ms;
        if (conn->state == CONN_FINISHING)
            return;
        size_t left = give(conn, loop->read_buffer, (size_t)len);
        if (left > 0) {
            conn->rest = mem_alloc(left);
            memcpy(conn->rest, loop->read_buffer + len - left, left);
            conn->rest_len = (uint32_t)left;
        }
    }
}

/*
 * Input for a connection that is not read now. Interest is given up only here and not in
 * conn_pause, for most pauses end before anything comes. A hang-up cannot be masked: the socket
 * leaves the set until conn_resume, and what it holds is still read then. After an error there is
 * nothing to wait for.
 */
static void hold_input(struct conn *conn, uint32_t events)
{
    if (events & EPOLLERR) {
        conn_lost(conn);
    } else if (events & EPOLLHUP) {
        control(conn, EPOLL_CTL_DEL, conn->events);
        conn->unwatched = true;
    } else {
        watch(conn, conn->events & ~(uint32_t)EPOLLIN);
    }
}

static void input_ready(struct conn *conn, uint32_t events)
{
    if (conn->eof)
        conn_lost(conn); /* input is not watched any more: this is a hang-up or an error */
    else if (conn->paused)
        hold_input(conn, events);
    else if (!conn->rest)
        read_once(conn);
}

static void output_ready(struct conn *conn)
{
    struct conn_sent sent = {0};
    conn->blocked = false;
    conn_send(conn, &sent);
    conn_count_sent(conn->loop, &sent);
    if (conn->state == CONN_CLOSED || conn->blocked)
        return;
    watch(conn, conn->events & ~(uint32_t)EPOLLOUT);
    conn->notify_drained = false;
    if (conn->state == CONN_OPEN && conn->handler->on_drained)
        conn->handler->on_drained(conn);
}

void conn_ready(struct conn *conn, uint32_t events)
{
    /*
     * The event may be older than the end of its connection in this turn: each step looks at the
     * state.
     */
    if (conn->state != CONN_CLOSED && conn->blocked && (events & EPOLLOUT))
        output_ready(conn);
    if (conn->state != CONN_CLOSED && (events & (EPOLLIN | EPOLLERR | EPOLLHUP)))
        input_ready(conn, events);
}

void conn_go_on(struct conn *conn)
{
    if (conn->state == CONN_OPEN && conn->notify_drained && !conn->out_first && !conn->blocked) {
        conn->notify_drained = false;
        if (conn->handler->on_drained)
            conn->handler->on_drained(conn);
    }
    if (conn->state == CONN_OPEN && conn->rest && !conn->paused)
        give_rest(conn);
}

struct conn_progress conn_progress(const struct conn *conn)
{
    struct tcp_info info = {0};
    socklen_t len = sizeof(info);
    bool known = getsockopt(conn->fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0;
    return (struct conn_progress){
        .acked_bytes = (uint32_t)info.tcpi_bytes_acked,
        .in_flight = known && info.tcpi_unacked > 0,
        .waiting = conn_has_queued(conn) || (known && info.tcpi_notsent_bytes > 0),
    };
}

void conn_set_bulk(struct conn *conn, bool on)
{
    int bytes = on ? INT_MAX : CONN_NOTSENT_BYTES;
    if (conn->bulk == on)
        return;
    conn->bulk = on;
    /* Where there is no TCP it does not matter. */
    setsockopt(conn->fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &bytes, sizeof(bytes));
}

void conn_pause(struct conn *conn)
{
    if (conn->state == CONN_OPEN)
        conn->paused = true;
}

void conn_resume(struct conn *conn)
{
    if (conn->state != CONN_OPEN)
        return;
    conn->paused = false;
    if (!conn->eof)
        watch_input(conn);
    /* Also without a rest: it may be called out of on_bytes, where the rest is not known yet. */
    conn_hungry(conn);
}

void conn_hungry(struct conn *conn)
{
    if (conn->state != CONN_OPEN || conn->in_hungry)
        return;
    conn->in_hungry = true;
    conn->next_hungry = conn->loop->hungry;
    conn->loop->hungry = conn;
}

/* --- the rest --------------------------------------------------------------------------------- */

void conn_send(struct conn *conn, struct conn_sent *sent)
{
    bool moved = conn_send_queue(conn, sent);
    if (conn->state == CONN_FINISHING) {
        if (!conn->out_first)
            end_output(conn);
        else if (moved)
            timer_set(&conn->loop->timers, &conn->timer, conn->loop->limits.queue_ms);
    } else if (conn->notify_drained && !conn->out_first && !conn->blocked) {
        conn_hungry(conn);
    }
}

void conn_notify_drained(struct conn *conn)
{
    if (conn->state != CONN_OPEN)
        return;
    conn->notify_drained = true;
    if (!conn->out_first && !conn->blocked)
        conn_hungry(conn);
}

void conn_set_timer(struct conn *conn, uint64_t delay_ms)
{
    if (conn->state != CONN_OPEN)
        return;
    if (delay_ms > 0)
        timer_set(&conn->loop->timers, &conn->timer, delay_ms);
    else
        timer_cancel(&conn->loop->timers, &conn->timer);
}

void conn_each(struct loop *loop, void (*visit)(struct conn *conn, void *ctx), void *ctx)
{
    size_t count = loop->conns_count;
    if (count == 0)
        return;
    /* A copy, for visit may close any of them, which takes it out of the list. */
    struct conn **conns = mem_alloc(count * sizeof(struct conn *));
    struct conn *conn = loop->all;
    for (size_t i = 0; i < count; i++, conn = conn->next)
        conns[i] = conn;
    for (size_t i = 0; i < count; i++) {
        if (conns[i]->state != CONN_CLOSED)
            visit(conns[i], ctx);
    }
    mem_free(conns);
}
