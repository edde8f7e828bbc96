#pragma once
/*
 * A network for the tests of the domain: a client whose wire takes as many bytes as the test says,
 * with the private queue in front of what is flushed, as net/ does it.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include "base/buffer.h"
#include "chat/client.h"
#include "chat/pool.h"

enum { WIRE_POOLS_MAX = 25 }; /* whose bytes go out in one send */

struct wire {
    struct client client;
    struct buffer got;    /* what went out */
    struct buffer queued; /* the private queue */
    size_t room;          /* what the kernel takes until wire_open */
    bool blocked;         /* it has refused something */
    bool closing;         /* takes nothing any more */
    bool awaited;         /* notify_drained was asked for */
    bool speaks;          /* its door puts what it hears into the private queue (chat/hub_rig.h) */
    unsigned lapped, unbusied, answers, personals, resets, readies, reads;
};

/* What was seen of all flushes. */
struct wires {
    unsigned calls;
    size_t entries, entries_max;
    unsigned two_ranges; /* entries that had two */
};

extern struct wires wires;

/** Its ports; ctx is not used. */
extern const struct pool_ports wire_ports;

/** A door that counts. */
extern const struct client_door wire_door;

/** Begins with all room there is. */
void wire_init(struct wire *wire, uint64_t id);
void wire_release(struct wire *wire);

/**
 * For tests without a hub: the client's one place is in this pool, live; as a visitor in the
 * tutorial's lanes.
 */
void wire_enter(struct wire *wire, struct pool *pool, enum lane_number lane);
void wire_leave(struct wire *wire);

/**
 * The kernel takes so many bytes more: sends the private queue, then resumes, as on_drained does.
 */
void wire_open(struct wire *wire, size_t room);

/**
 * The end of a turn: sends what is in the private queue; tells who asked to be told when it is
 * empty.
 */
void wire_turn(struct wire *wire);

/** Puts bytes into the private queue and sends at once what the kernel takes. */
void wire_write(struct wire *wire, const void *bytes, size_t len);

/** Fails unless what went out is just this. */
void wire_assert_got(const struct wire *wire, struct slice expected);
