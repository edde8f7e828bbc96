#pragma once
/*
 * A loop is one worker's event loop (epoll(7), level-triggered). A turn is always:
 *   wait -> read (bounded per connection) -> timers -> mailbox -> flush -> free what was closed.
 * Everything in it belongs to the one thread that runs it; other threads reach it by its mailbox
 * only.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/flush.h"
#include "base/metrics.h"
#include "net/mailbox.h"
#include "net/timer.h"

struct conn;
struct epoll_event;
struct listener;

/* In brackets what is usual. */
struct loop_limits {
    /** Most that is read from one connection in a turn (64 KB). */
    size_t read_bytes;
    /** A private queue that is over this for queue_ms ends its connection (256 KB). */
    size_t queue_bytes_soft;
    /** As above, and most that a finishing connection waits for its queue to move (10,000). */
    uint32_t queue_ms;
    /** A private queue that would be over this ends its connection at once (1 MB). */
    size_t queue_bytes_hard;
    /** Most that a finishing connection, when all is sent, waits for the peer's end (5,000). */
    uint32_t linger_ms;
};

/* What the loop calls; both on its own thread. */
struct loop_handler {
    void *ctx;
    /** Takes the letter. */
    void (*on_letter)(void *ctx, struct letter *letter);
    /**
     * The turn's end: hand over what is due (loop_flush). What on_closed makes due comes later in
     * the turn than this; another turn follows at once, without waiting.
     */
    void (*on_flush)(void *ctx);
};

/*
 * Anything else that waits in the loop: listeners, the mailbox. The first member of its owner's
 * struct.
 */
struct loop_source {
    void (*on_ready)(struct loop_source *source, uint32_t events);
};

struct loop {
    int epoll_fd;
    bool stopping;
    uint64_t pace_until_ms; /* until then only the mailbox and the timers wake it */
    bool mail_came;         /* the mailbox's eventfd is to be reset */
    bool again;      /* on_closed was called after the turn's flush: the next turn must not wait */
    uint64_t now_ms; /* monotonic, read once a turn */
    struct timer_wheel timers;
    struct mailbox mailbox;
    struct loop_source mailbox_source;
    struct loop_handler handler;
    struct loop_limits limits;
    struct metrics *metrics; /* kept; this thread's own block */
    uint8_t *read_buffer;
    struct conn *dirty;   /* connections with something queued in this turn */
    struct conn *closing; /* marked closed, freed at the end of the turn */
    struct conn *all;     /* every connection, for goodbye */
    size_t conns_count;   /* those that are not marked closed */
    struct conn *hungry;  /* asked to be read on in the next turn without waiting */
    struct conn *over;    /* private queue over the soft limit, at least a moment ago */
    struct timer over_timer;
    struct listener *listeners;
    struct epoll_event *ready; /* what the last wait found, */
    int ready_count, ready_at; /* how many, and the one being handled */
};

/** ERR_IO when the kernel refuses (errno logged). keeps metrics and what handler.ctx points to. */
int loop_init(struct loop *loop, const struct loop_limits *limits,
              const struct loop_handler *handler, struct metrics *metrics);

/**
 * Closes every connection (calling on_closed) and listener and frees everything; letters that
 * still lie in the mailbox are given to on_letter first, for they must go somewhere. Not while it
 * runs; no sender may be left.
 */
void loop_release(struct loop *loop);

/** Runs turns on the calling thread until loop_stop. */
void loop_run(struct loop *loop);

/** One turn, waiting at most max_wait_ms: for tests and for draining. */
void loop_turn(struct loop *loop, int max_wait_ms);

/**
 * Reads nothing for so long: until then only letters and timers make a turn. It saves the wake-ups for each of many
 * messages that will be handled together (as interrupt moderation does in a network card).
 */
void loop_pace(struct loop *loop, uint32_t pace_ms);

/** Ends loop_run after this turn. Loop thread only. */
void loop_stop(struct loop *loop);

/**
 * Adds, changes or removes (events 0) a source's epoll interest. ERR_IO when the kernel refuses.
 * keeps source; after the removal on_ready is not called any more, not even for what the current
 * turn had found already.
 */
int loop_watch(struct loop *loop, int fd, uint32_t events, struct loop_source *source);

/**
 * Sends everything that is due: one system call for each entry (send(2) for one range, sendmsg(2)
 * for more, with the connection's private queue in front). Fills in entry.taken, counting bytes of
 * the ranges only. A connection that takes less than all is watched for room and its on_drained
 * comes later; until then entries for it come back with taken 0 and cost no system call. Never
 * blocks, never calls back, never frees a connection.
 */
void loop_flush(struct loop *loop, struct flush *flush);
