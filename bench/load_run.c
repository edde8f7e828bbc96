/*
 * The loop, and the phases that are made of it.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/epoll.h>

#include "load.h"

enum { EVENTS_MAX = 256, STALL_S = 20 };

static void say(struct load *l, uint32_t sender, uint64_t planned_ns)
{
    struct sender *s = &l->senders[sender];
    const uint8_t *payload = payload_make(l, sender, s->next_seq++, planned_ns);
    l->sent++;
    conn_send_frame(l, s->conn, WS_TEXT, payload, l->opts.size);
}

/* A sender has its own message back: with --inflight it says the next one. */
void run_own_returned(struct load *l, struct conn *c)
{
    if (l->opts.inflight != 0 && l->now_ns < l->stop_ns)
        say(l, (uint32_t)c->sender, clock_ns());
}

/* With --rate: says what is due, each with the time at which it was due. */
static void say_due(struct load *l)
{
    while (l->next_due_ns <= l->now_ns && l->next_due_ns < l->stop_ns) {
        hist_record(&l->lateness, l->now_ns - l->next_due_ns);
        say(l, l->next_sender, l->next_due_ns);
        l->next_sender = (l->next_sender + 1) % l->opts.senders;
        l->next_due_ns += l->due_step_ns;
    }
}

/* One turn. It never waits: a sleeping generator would have to be woken at the server's expense. */
void run_turn(struct load *l)
{
    struct epoll_event events[EVENTS_MAX];
    int n = epoll_wait(l->epoll_fd, events, EVENTS_MAX, 0);
    if (n < 0 && errno != EINTR)
        die("epoll_wait: %s", strerror(errno));
    l->now_ns = clock_ns();
    for (int i = 0; i < n; i++) {
        conn_event(l, events[i].data.ptr, events[i].events);
        if (l->due_step_ns != 0)
            say_due(l);
    }
    if (n <= 0 && l->due_step_ns != 0)
        say_due(l);
}

void run_open_all(struct load *l)
{
    uint64_t progress_ns = clock_ns();
    uint32_t progress = 0;
    while (l->upgraded < l->conn_count) {
        while (l->opened < l->conn_count && l->opened - l->upgraded < l->opts.concurrent)
            conn_begin(l, l->opened++);
        run_turn(l);
        if (l->upgraded != progress) {
            progress = l->upgraded;
            progress_ns = l->now_ns;
        } else if (l->now_ns - progress_ns > STALL_S * UINT64_C(1000000000)) {
            die("stalled with %" PRIu32 " of %" PRIu32 " connections", progress, l->conn_count);
        }
    }
}

/* Reads on until nothing has come for `quiet_ms`: notices of joining may still be on their way. */
void run_settle(struct load *l, uint64_t quiet_ms, uint64_t most_ms)
{
    uint64_t start = clock_ns();
    l->last_bytes_ns = start;
    do
        run_turn(l);
    while (l->now_ns - l->last_bytes_ns < quiet_ms * 1000000 &&
           l->now_ns - start < most_ms * 1000000);
}

/* Until every client has every message. */
static void drain(struct load *l)
{
    uint64_t since_ns = clock_ns();
    while (l->delivered < l->sent * l->opts.clients) {
        run_turn(l);
        uint64_t progress_ns = l->last_delivery_ns > since_ns ? l->last_delivery_ns : since_ns;
        /* The clock of a delivery may be later than the turn's: no subtraction below zero. */
        if (l->now_ns > progress_ns + STALL_S * UINT64_C(1000000000))
            die("incomplete: %" PRIu64 " of %" PRIu64 " deliveries came", l->delivered,
                l->sent * l->opts.clients);
    }
    for (uint32_t i = 0; i < l->opts.clients; i++)
        if (l->conns[i].frame != l->ref.count || l->conns[i].part_len != 0)
            die("client %" PRIu32 " has %" PRIu64 " messages of %" PRIu64, i, l->conns[i].frame,
                l->ref.count);
}

void run_phase(struct load *l, uint64_t ms)
{
    hist_clear(&l->latency);
    hist_clear(&l->last);
    hist_clear(&l->lateness);
    l->now_ns = clock_ns();
    l->stop_ns = l->now_ns + ms * 1000000;
    if (l->opts.inflight != 0) {
        for (uint32_t i = 0; i < l->opts.inflight; i++)
            say(l, i % l->opts.senders, clock_ns());
    } else {
        l->next_due_ns = l->now_ns;
        l->due_step_ns = (uint64_t)(1e9 / l->opts.rate);
    }
    while (l->now_ns < l->stop_ns)
        run_turn(l);
    if (l->due_step_ns != 0)
        say_due(l);
    l->due_step_ns = 0;
    drain(l);
}

void run_one_each(struct load *l, uint32_t senders)
{
    hist_clear(&l->latency);
    hist_clear(&l->last);
    hist_clear(&l->lateness);
    l->stop_ns = 0;
    for (uint32_t i = 0; i < senders; i++)
        say(l, i, clock_ns());
    drain(l);
}
