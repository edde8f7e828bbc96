#pragma once
/*
 * What the tests of the network share: a loop with small limits, a connection in it with a peer
 * that the test holds as a plain socket, and a handler that writes down what it is told and does
 * what it is asked.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include "base/buffer.h"
#include "net/conn.h"
#include "net/listener.h"
#include "net/loop.h"

enum { RIG_DEADLINE_MS = 20000, RIG_LETTERS = 16 };

struct rig {
    struct loop loop;
    struct metrics metrics;
    int flushes_count;
    void (*on_flush)(struct rig *rig);
    void *flush_ctx;
    int letters_count;
    uint32_t letters[RIG_LETTERS]; /* their kinds */
};

/* A connection and all that happened to it. conn is NULL after on_closed. */
struct end {
    struct rig *rig;
    struct conn *conn;
    struct buffer got;
    int peer; /* the other socket, -1 when closed */
    int reads_count, eofs_count, drains_count, timers_count, closes_count;
    /* What to do with input; NULL consumes and keeps everything. */
    size_t (*on_bytes)(struct end *end, uint8_t *bytes, size_t len);
    void (*on_eof)(struct end *end); /* NULL: conn_finish */
    void (*on_drained)(struct end *end);
    void (*on_timer)(struct end *end);
    void (*on_closed)(struct end *end);
    size_t take; /* most that a hook consumes, where it looks at it */
};

extern const struct loop_limits rig_limits;
extern const struct conn_handler rig_handler;

/** limits NULL: rig_limits. */
void rig_init(struct rig *rig, const struct loop_limits *limits);
void rig_release(struct rig *rig);

/** A connected pair, both non-blocking: stream sockets of AF_UNIX, or TCP over loopback. */
void rig_socketpair(int fds[2]);
void rig_tcp_pair(int fds[2]);

/** Makes a connection of one end of a pair. */
void end_init(struct end *end, struct rig *rig, const int fds[2]);

/**
 * Closes the peer and frees what was gathered. The connection must be gone, or its loop released.
 */
void end_release(struct end *end);

void end_close_peer(struct end *end);

/** Sends all of it from the peer; what does not fit in the socket is a failure. */
void end_peer_sends(struct end *end, const void *bytes, size_t len);

/**
 * Reads what is there for the peer and appends it; returns false at the end of the stream. Over
 * TCP it may come a moment later, also on loopback: only AF_UNIX has it there as soon as it is
 * sent.
 */
bool end_peer_reads(struct end *end, struct buffer *into);

/** Whether the loop comes to rest: a turn waits as long as it may. One that spins never does. */
bool rig_gets_quiet(struct rig *rig);

/** Runs turns until the expression is true; fails the test at the deadline. */
#define RIG_UNTIL(rig, what)                                                                       \
    do {                                                                                           \
        uint64_t rig_end_ms = rig_deadline_ms();                                                   \
        while (!(what)) {                                                                          \
            if (rig_passed(rig_end_ms))                                                            \
                fail_msg("never became true: %s", #what);                                          \
            loop_turn(&(rig)->loop, 10);                                                           \
        }                                                                                          \
    } while (0)

uint64_t rig_deadline_ms(void);
bool rig_passed(uint64_t deadline_ms);

/** A few turns that do not wait, for what must not happen. */
void rig_turns(struct rig *rig, int count);

uint64_t rig_metric(struct rig *rig, enum metric metric);

/** A byte that tells its place in a stream. */
uint8_t rig_pattern(size_t at);

/** Fails unless the bytes are the pattern from `from` on. */
void rig_check_pattern(const uint8_t *bytes, size_t len, size_t from);
