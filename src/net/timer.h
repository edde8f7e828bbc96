#pragma once
/*
 * A timer wheel: timers are embedded in what they belong to, setting and cancelling one is O(1),
 * and none allocates. Resolution is 1 ms; a timer never fires early. One wheel per loop, only its
 * thread may touch it. After Varghese & Lauck 1987, "Hashed and Hierarchical Timing Wheels"
 * (hierarchical variant).
 */

#include <stdbool.h>
#include <stdint.h>

struct timer {
    struct timer *next;
    struct timer **link;               /* what points to this one; NULL while it is not set */
    void (*fire)(struct timer *timer); /* may set or cancel any timer, this one too */
    uint64_t due_ms;
};

enum { TIMER_LEVELS = 4, TIMER_SLOTS = 256 };

struct timer_wheel {
    uint64_t now_ms;  /* what delays count from */
    uint64_t done_ms; /* every slot up to this time has fired; <= now_ms */
    uint32_t count;   /* timers set */
    uint64_t used[TIMER_LEVELS][TIMER_SLOTS / 64]; /* one bit for each slot that is not empty */
    struct timer *slots[TIMER_LEVELS][TIMER_SLOTS];
};

/** Starts an empty wheel at now_ms (any origin, monotonic). */
void timer_wheel_init(struct timer_wheel *wheel, uint64_t now_ms);

/**
 * Tells the wheel the time without firing anything: a loop that has slept does this before it calls
 * whoever may set timers, or their delays would count from before the sleep. Never goes backwards.
 */
void timer_wheel_set_now(struct timer_wheel *wheel, uint64_t now_ms);

/** Moves time forward and fires what is due, in order of due time up to a slot. */
void timer_wheel_advance(struct timer_wheel *wheel, uint64_t now_ms);

/**
 * Milliseconds until something may be due: 0 for now, UINT32_MAX for never. May be too short,
 * never too long.
 */
uint32_t timer_wheel_wait_ms(const struct timer_wheel *wheel);

/**
 * Sets (or moves) a timer to fire after delay_ms; timer->fire must be set. The wheel keeps the
 * timer. With delay 0 inside of a callback it fires in the next millisecond, so that an advance
 * always ends.
 */
void timer_set(struct timer_wheel *wheel, struct timer *timer, uint64_t delay_ms);

/** Cancels a timer; fine when it is not set. */
void timer_cancel(struct timer_wheel *wheel, struct timer *timer);

/** Cancels all of them, for the end of a wheel whose timers live longer. */
void timer_wheel_clear(struct timer_wheel *wheel);

static inline bool timer_is_set(const struct timer *timer)
{
    return timer->link != 0;
}
