/*
 * The load generator's one state and the parts that share it. One thread; nothing here is safe to
 * call from another.
 *
 *   load_main.c    options, the order of things
 *   load_conn.c    opening connections, the upgrade, sending
 *   load_recv.c    reading and checking what the server sends
 *   load_payload.c what a message says about itself
 *   load_run.c     the loop, pacing, draining
 *   load_report.c  the two output lines
 *   load_ref.c     the order that everyone must see      load_hist.c  latencies
 *   proc_stat.c    what the server has used
 *   ws_client.c    frames and the upgrade        util.c       clock, memory, ending
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "load_hist.h"
#include "load_ref.h"
#include "util.h"
#include "ws_client.h"

enum {
    MESSAGE_BYTES_MAX = 1 << 20,
    FRAME_BYTES_MAX = MESSAGE_BYTES_MAX + 64,
    READ_BYTES = 256 << 10,
    PORTS_PER_SOURCE = 20000,
};

enum load_mode { LOAD_TALK, LOAD_CONNECT, LOAD_IDLE };

struct load_opts {
    enum load_mode mode;
    uint16_t port;
    const char *path;
    const char *label;
    uint32_t clients;
    uint32_t stuck;
    uint32_t senders;
    uint32_t size;
    double rate;       /* messages per second of all senders together; 0: in flight decides */
    uint32_t inflight; /* messages outstanding */
    uint32_t concurrent;
    uint64_t warm_ms;
    uint64_t run_ms;
    uint64_t hold_ms;
    uint32_t deadline_s;
    pid_t pid;
    bool any_accept;
    bool close_each;
    bool json;
};

enum conn_state { CONN_CLOSED, CONN_CONNECTING, CONN_UPGRADING, CONN_OPEN, CONN_STUCK };

struct conn {
    int fd;
    enum conn_state state;
    int32_t sender; /* which sender this is, -1 for none */
    uint64_t frame; /* the reference frame that it waits for */
    uint64_t pos;   /* how far its bytes agree with the reference */
    uint8_t *part;  /* bytes of an unfinished head or frame, when not a piece of the reference */
    size_t part_len, part_cap;
    uint8_t *out; /* what the kernel did not take */
    size_t out_len, out_cap;
};

struct sender {
    struct conn *conn;
    uint32_t next_seq; /* the number of its next message */
    uint32_t seen_seq; /* the number that the reference expects from it next */
};

struct load {
    struct load_opts opts;
    int epoll_fd;
    uint64_t now_ns; /* as of the last read; CLOCK_MONOTONIC */

    struct conn *conns; /* clients, then stuck ones */
    uint32_t conn_count;
    uint32_t opened;   /* connections begun */
    uint32_t upgraded; /* connections that were answered with 101 */

    struct sender *senders;
    struct ref ref;
    uint32_t run_tag; /* tells this run's messages from another's */
    uint64_t sent;
    uint64_t delivered;
    uint64_t last_delivery_ns;
    uint64_t last_bytes_ns;
    uint64_t ignored; /* frames that were not ours: notices, heartbeats */

    uint64_t stop_ns; /* nothing new is sent from then on */
    uint64_t next_due_ns;
    uint64_t due_step_ns;
    uint32_t next_sender;

    struct hist latency;  /* of each delivery */
    struct hist last;     /* of each message, until the last client had it */
    struct hist lateness; /* how late the generator itself was */
};

/* What one measured phase gave. */
struct result {
    double seconds;
    uint64_t messages, deliveries;
    uint64_t cpu_ns;
    uint64_t rss_before, rss_open, rss_after;
    uint32_t stuck_closed;
};

/* load_run.c */
void run_turn(struct load *l);
void run_open_all(struct load *l);
void run_settle(struct load *l, uint64_t quiet_ms, uint64_t most_ms);
void run_phase(struct load *l, uint64_t ms);
void run_one_each(struct load *l, uint32_t senders);
void run_own_returned(struct load *l, struct conn *c);

/* load_conn.c */
void conn_begin(struct load *l, uint32_t index);
void conn_event(struct load *l, struct conn *c, uint32_t events);
void conn_send_frame(struct load *l, struct conn *c, uint8_t opcode, const uint8_t *payload,
                     size_t len);
void conn_keep_part(struct conn *c, const uint8_t *bytes, size_t len);
uint32_t conn_count_closed_stuck(struct load *l);

/* load_recv.c */
void recv_bytes(struct load *l, struct conn *c, const uint8_t *bytes, size_t len);

/* load_payload.c */
void payload_init(const struct load *l);
const uint8_t *payload_make(const struct load *l, uint32_t sender, uint32_t seq, uint64_t ns);
bool payload_is_ours(const uint8_t *text, size_t len);
/* Checks a whole text message of ours and says what it carries; ends the program if damaged. */
struct ref_frame payload_check(struct load *l, const uint8_t *text, size_t len);

/* load_report.c */
void report(const struct load *l, const struct result *r);
