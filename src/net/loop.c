#include "net/loop.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/memory.h"
#include "net/conn_private.h"
#include "net/listener.h"

enum {
    READY_COUNT =
        512, /* most events of one turn: more is coalesced better, but lets timers wait longer */
    NS_PER_MS = 1000000,
};

/* epoll gives back a pointer: to a connection, or with the lowest bit set to a source. */
static const uintptr_t SOURCE_TAG = 1;

static struct loop_source *source_of(uint64_t data)
{
    return (struct loop_source *)((uintptr_t)data - SOURCE_TAG);
}

static void mailbox_ready(struct loop_source *source, uint32_t events)
{
    (void)events;
    struct loop *loop = (struct loop *)((char *)source - offsetof(struct loop, mailbox_source));
    loop->mail_came = true;
}

int loop_init(struct loop *loop, const struct loop_limits *limits,
              const struct loop_handler *handler, struct metrics *metrics)
{
    ASSERT(limits->read_bytes > 0 && limits->read_bytes <= UINT32_MAX);
    ASSERT(limits->queue_bytes_hard <= UINT32_MAX);
    *loop = (struct loop){
        .epoll_fd = epoll_create1(EPOLL_CLOEXEC),
        .now_ms = clock_mono_ms(),
        .mailbox_source.on_ready = mailbox_ready,
        .over_timer.fire = conn_over_fired,
        .handler = *handler,
        .limits = *limits,
        .metrics = metrics,
    };
    timer_wheel_init(&loop->timers, loop->now_ms);
    if (loop->epoll_fd < 0) {
        log_error("epoll_create1: %s", strerror(errno));
        return ERR_IO;
    }
    if (mailbox_init(&loop->mailbox) < 0) {
        log_error("eventfd: %s", strerror(errno));
        close(loop->epoll_fd);
        return ERR_IO;
    }
    if (loop_watch(loop, loop->mailbox.event_fd, EPOLLIN, &loop->mailbox_source) < 0) {
        log_error("epoll_ctl: %s", strerror(errno));
        mailbox_release(&loop->mailbox);
        close(loop->epoll_fd);
        return ERR_IO;
    }
    loop->read_buffer = mem_alloc(limits->read_bytes);
    loop->ready = mem_alloc(READY_COUNT * sizeof(struct epoll_event));
    return OK;
}

static void deliver_letters(struct loop *loop)
{
    if (!loop->mail_came && mailbox_is_empty(&loop->mailbox))
        return;
    loop->mail_came = false;
    struct letter *letter = mailbox_take(&loop->mailbox);
    while (letter) {
        struct letter *next = letter->next;
        loop->handler.on_letter(loop->handler.ctx, letter);
        letter = next;
    }
}

void loop_release(struct loop *loop)
{
    while (loop->listeners)
        listener_stop(loop->listeners);
    deliver_letters(loop);
    while (loop->all || loop->closing) {
        while (loop->all)
            conn_close(loop->all);
        conn_free_closed(loop);
        deliver_letters(loop);
    }
    timer_wheel_clear(&loop->timers);
    mailbox_release(&loop->mailbox);
    close(loop->epoll_fd);
    loop->epoll_fd = -1;
    mem_free(loop->read_buffer);
    mem_free(loop->ready);
}

int loop_watch(struct loop *loop, int fd, uint32_t events, struct loop_source *source)
{
    uint64_t data = (uintptr_t)source + SOURCE_TAG;
    struct epoll_event event = {.events = events, .data.u64 = data};
    if (events == 0) {
        for (int i = loop->ready_at + 1; i < loop->ready_count; i++) {
            if (loop->ready[i].data.u64 == data)
                loop->ready[i].data.u64 = 0;
        }
        int error = epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
        return error < 0 && errno != ENOENT ? ERR_IO : OK;
    }
    if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_MOD, fd, &event) == 0)
        return OK;
    if (errno == ENOENT && epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0)
        return OK;
    return ERR_IO;
}

/* How long to wait for events at now_ms. The wheel's clock is that of the last turn's beginning. */
static int wait_ms(const struct loop *loop, int max_wait_ms, uint64_t now_ms)
{
    if (loop->again || loop->hungry || loop->dirty || loop->closing)
        return 0;
    uint32_t wait = timer_wheel_wait_ms(&loop->timers);
    if (wait == UINT32_MAX)
        return max_wait_ms;
    uint64_t passed = now_ms - loop->timers.now_ms;
    wait = wait > passed ? wait - (uint32_t)passed : 0;
    if (wait > INT_MAX)
        wait = INT_MAX;
    return max_wait_ms >= 0 && max_wait_ms < (int)wait ? max_wait_ms : (int)wait;
}

static void go_on_with_hungry(struct loop *loop)
{
    struct conn *conn = loop->hungry;
    loop->hungry = NULL;
    while (conn) {
        struct conn *next = conn->next_hungry;
        conn->in_hungry = false; /* from here on it may ask again, for the next turn */
        conn_go_on(conn);
        conn = next;
    }
}

static void handle_ready(struct loop *loop, int count)
{
    loop->ready_count = count;
    for (loop->ready_at = 0; loop->ready_at < loop->ready_count; loop->ready_at++) {
        struct epoll_event event = loop->ready[loop->ready_at];
        if (event.data.u64 & SOURCE_TAG) {
            struct loop_source *source = source_of(event.data.u64);
            source->on_ready(source, event.events);
        } else if (event.data.ptr) {
            conn_ready(event.data.ptr, event.events);
        }
    }
    loop->ready_count = 0;
}

static void send_dirty(struct loop *loop)
{
    struct conn_sent sent = {0};
    struct conn *conn = loop->dirty;
    loop->dirty = NULL;
    while (conn) {
        struct conn *next = conn->next_dirty;
        conn->in_dirty = false;
        if (conn->state != CONN_CLOSED)
            conn_send(conn, &sent);
        conn = next;
    }
    if (sent.calls > 0)
        conn_count_sent(loop, &sent);
}

static int wait_for_events(struct loop *loop, int timeout_ms, uint64_t now_ms)
{
    if (loop->pace_until_ms > now_ms) {
        int pace_ms = (int)(loop->pace_until_ms - now_ms);
        mailbox_wait(&loop->mailbox,
                     timeout_ms >= 0 && timeout_ms < pace_ms ? timeout_ms : pace_ms);
        return 0;
    }
    int count = epoll_wait(loop->epoll_fd, loop->ready, READY_COUNT, timeout_ms);
    ASSERT(count >= 0 || errno == EINTR);
    return count;
}

/* Returns the time at its end, which is when the next one begins. */
static uint64_t turn(struct loop *loop, int max_wait_ms, uint64_t begin_ns)
{
    int timeout_ms = wait_ms(loop, max_wait_ms, begin_ns / NS_PER_MS);
    loop->again = false;
    int count = wait_for_events(loop, timeout_ms, begin_ns / NS_PER_MS);

    uint64_t woke_ns = clock_mono_ns();
    loop->now_ms = woke_ns / NS_PER_MS;
    timer_wheel_set_now(&loop->timers, loop->now_ms);
    go_on_with_hungry(loop);
    handle_ready(loop, count);
    timer_wheel_advance(&loop->timers, loop->now_ms);
    deliver_letters(loop);
    loop->handler.on_flush(loop->handler.ctx);
    send_dirty(loop);
    conn_free_closed(loop);

    uint64_t end_ns = clock_mono_ns();
    metrics_add(loop->metrics, METRIC_TURNS, 1);
    metrics_add(loop->metrics, METRIC_TURN_NS, (int64_t)(end_ns - woke_ns));
    return end_ns;
}

void loop_run(struct loop *loop)
{
    uint64_t now_ns = clock_mono_ns();
    while (!loop->stopping)
        now_ns = turn(loop, -1, now_ns);
    loop->stopping = false;
}

void loop_turn(struct loop *loop, int max_wait_ms)
{
    turn(loop, max_wait_ms, clock_mono_ns());
}

void loop_pace(struct loop *loop, uint32_t pace_ms)
{
    /* Counted from here, behind the flush, in whole milliseconds of the clock: up to one shorter. */
    loop->pace_until_ms = clock_mono_ms() + pace_ms;
}

void loop_stop(struct loop *loop)
{
    loop->stopping = true;
}
