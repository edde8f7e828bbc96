#pragma once
/*
 * A connection: one socket, owned by one loop; only that thread may call anything here. It knows
 * no protocol: bytes come in through its handler, bytes go out through its private queue and
 * loop_flush. An idle one holds no buffer. Closing is never immediate: it is marked, on_closed
 * comes once at the end of the loop's turn, then the memory goes. A handler may be exchanged at
 * any time (HTTP becomes WebSocket).
 *
 *   OPEN -> FINISHING   conn_finish: the queue is sent, then shutdown(SHUT_WR); input is discarded
 *   OPEN -> CLOSED      conn_close, an error, or the peer's end
 *   FINISHING -> CLOSED the peer's end, linger_ms, an error, or conn_close
 */

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/blob.h"
#include "base/slice.h"
#include "net/loop.h"
#include "net/timer.h"

enum {
    CONN_NOTSENT_BYTES = 131072
}; /* that the kernel takes before they are sent: what waits with us is still coalesced */

enum conn_state { CONN_OPEN, CONN_FINISHING, CONN_CLOSED };

struct conn_handler {
    /**
     * Bytes came. They lie in the loop's read buffer and may be changed in place (unmasking) but
     * not kept. Returns how many were consumed; the rest (at most one read) is kept and given
     * again, first, after conn_resume or in the next turn after conn_hungry: one of both must have
     * been called, or conn_pause.
     */
    size_t (*on_bytes)(struct conn *conn, uint8_t *bytes, size_t len);
    /**
     * The peer ended its side. The connection is closed unless this is given and does something
     * else. May be NULL.
     */
    void (*on_eof)(struct conn *conn);
    /**
     * After the kernel had refused bytes: it takes again and the private queue is empty. May be
     * NULL.
     */
    void (*on_drained)(struct conn *conn);
    /** The timer set by conn_set_timer. May be NULL. */
    void (*on_timer)(struct conn *conn);
    /**
     * Once, at the end of the turn in which it closed; conn->user is to be freed. Must not use the
     * conn otherwise.
     */
    void (*on_closed)(struct conn *conn);
};

/* One piece of the private queue. */
struct conn_piece {
    struct conn_piece *next;
    struct blob *blob;  /* a reference, or NULL when the bytes are inline or static */
    const uint8_t *ptr; /* NULL when they are in a file */
    size_t len;         /* bytes not yet sent, from ptr or offset */
    size_t cap;         /* of bytes[]; 0 for a blob, static bytes or a file */
    int fd;             /* a file, or -1 */
    int64_t offset;     /* in the file */
    uint8_t bytes[];    /* inline copy; small writes are gathered in the last piece */
};

/* The first 16 bytes are what a broadcast looks at; they never straddle cache lines. */
struct conn {
    int fd;
    uint8_t state;         /* enum conn_state */
    bool blocked : 1;      /* the kernel refused bytes; waits for room */
    bool paused : 1;       /* not read */
    bool eof : 1;          /* the peer has ended its side */
    bool self_limited : 1; /* set by a user who bounds the queue itself: no limits here */
    bool unwatched : 1;    /* not in the epoll set: hung up while it was paused */
    bool shut : 1;         /* our side is ended: FINISHING, and the queue is sent */
    bool notify_drained : 1;
    bool bulk : 1; /* see conn_set_bulk */
    bool in_dirty : 1, in_hungry : 1, in_over : 1;
    struct conn_piece *out_first, *out_last;
    const struct conn_handler *handler;
    void *user;
    struct loop *loop;
    struct timer timer;
    uint32_t out_bytes;   /* inline and shared; static pieces count nothing */
    uint32_t out_over_ms; /* low bits of the time since which it is over the soft limit, or 0 */
    uint8_t *rest;        /* input that the handler did not consume, or NULL */
    uint32_t rest_len;
    uint32_t heard_ms; /* low 32 bits of loop->now_ms when bytes last came */
    struct conn *next_dirty, *next_hungry, *next_over;
    struct conn *next, **link; /* in loop->all; next is reused while closing */
    uint32_t events;           /* what epoll watches for */
    uint16_t close_metric;     /* enum metric to count if this is closed by the server, or 0 */
    uint16_t peer_port;
    uint8_t peer[16]; /* IPv6, or IPv4 as ::ffff:a.b.c.d; zeros for any other family */
};

/**
 * Makes a connection of a connected non-blocking socket and begins to read. Takes fd (closes it
 * also on error). Returns owned by the loop, or NULL when the kernel refuses to watch it. keeps
 * handler and user. peer may be NULL.
 */
struct conn *conn_new(struct loop *loop, int fd, const struct sockaddr_storage *peer,
                      const struct conn_handler *handler, void *user);

/**
 * Queues a copy of the bytes. Over the hard limit the connection is closed (DROPPED_QUEUE) and
 * ERR_LIMIT returned; ERR_EOF when it is not open any more. What is queued goes out at the end of
 * the turn.
 */
int conn_write(struct conn *conn, const void *bytes, size_t len);

/** The same without a copy: bytes that live as long as the program (embedded files). */
int conn_write_static(struct conn *conn, struct slice bytes);

/** The same for shared bytes; takes a reference of its own. */
int conn_write_blob(struct conn *conn, struct blob *blob);

/**
 * Queues bytes of a file, which go from the page cache to the kernel (sendfile(2)) and count nothing in the queue. Sending waits for
 * the disk where they are not cached. keeps fd: it must stay open until the queue has drained or the connection is
 * closed. A file that is shorter than that ends the connection.
 */
int conn_write_file(struct conn *conn, int fd, uint64_t offset, size_t len);

/**
 * on: from now on the kernel takes as much as its buffer holds, for a long file, of which nothing is coalesced: it is woken for less often
 * (TCP_NOTSENT_LOWAT; docs/decisions/0012). off: CONN_NOTSENT_BYTES again.
 */
void conn_set_bulk(struct conn *conn, bool on);

/**
 * Asks for one on_drained, in a later turn, as soon as the private queue is empty, even if the
 * kernel never refuses: to send something long page by page.
 */
void conn_notify_drained(struct conn *conn);

/** Bytes of every kind that wait in the private queue. */
bool conn_has_queued(const struct conn *conn);

/* How far the peer's TCP has come with what it is sent (tcp(7), TCP_INFO). */
struct conn_progress {
    uint32_t acked_bytes; /* low bits of how many it has acknowledged so far */
    bool in_flight;       /* something is on its way to it, unacknowledged */
    bool waiting;         /* something waits here until it takes more */
};

/** A system call. Where there is no TCP, only waiting is known. */
struct conn_progress conn_progress(const struct conn *conn);

/** Stops reading; nothing is lost. */
void conn_pause(struct conn *conn);

/** Reads again; a kept rest of input is given to the handler first, in the next turn. */
void conn_resume(struct conn *conn);

/**
 * Asks for on_bytes with the kept rest in the next turn, before anything is read: bounded work per
 * turn.
 */
void conn_hungry(struct conn *conn);

/** (Re)sets the connection's one timer; 0 cancels. Does nothing when it is not open any more. */
void conn_set_timer(struct conn *conn, uint64_t delay_ms);

/** Ends it at the end of this turn; what is queued is lost. */
void conn_close(struct conn *conn);

/**
 * Ends it in order: queue, then FIN, then the peer's end or the time limit. on_closed comes at the
 * very end.
 */
void conn_finish(struct conn *conn);

/** Calls visit for each connection of the loop that is not closed. It may close or finish them. */
void conn_each(struct loop *loop, void (*visit)(struct conn *conn, void *ctx), void *ctx);
