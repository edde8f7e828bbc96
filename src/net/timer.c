#include "net/timer.h"

#include <stddef.h>

#include "base/assert.h"

/*
 * Level n has slots of 256^n ms. A timer lies in the lowest level that reaches its due time;
 * whenever time comes to the beginning of a slot of a higher level, the timers in it move down. A
 * bit for each slot in use lets time jump from one such event to the next, so that a long sleep
 * costs nothing for the milliseconds in between.
 */

enum { SLOT_BITS = 8, WORD_BITS = 64, LEVEL_WORDS = TIMER_SLOTS / WORD_BITS };

_Static_assert(TIMER_SLOTS == 1 << SLOT_BITS, "a slot's index is one byte of the time");

static const uint64_t SPAN_MS = (uint64_t)1 << (SLOT_BITS * TIMER_LEVELS);

void timer_wheel_init(struct timer_wheel *wheel, uint64_t now_ms)
{
    *wheel = (struct timer_wheel){.now_ms = now_ms, .done_ms = now_ms};
}

static void slot_link(struct timer_wheel *wheel, struct timer *timer, int level, unsigned slot)
{
    struct timer **head = &wheel->slots[level][slot];
    timer->next = *head;
    timer->link = head;
    if (timer->next)
        timer->next->link = &timer->next;
    *head = timer;
    wheel->used[level][slot / WORD_BITS] |= (uint64_t)1 << (slot % WORD_BITS);
    wheel->count++;
}

static void slot_unlink(struct timer_wheel *wheel, struct timer *timer)
{
    *timer->link = timer->next;
    if (timer->next)
        timer->next->link = timer->link;
    wheel->count--;

    uintptr_t offset = (uintptr_t)timer->link - (uintptr_t)wheel->slots;
    if (!timer->next && offset < sizeof(wheel->slots)) {
        size_t index = offset / sizeof(struct timer *);
        uint64_t *word = &wheel->used[index / TIMER_SLOTS][index % TIMER_SLOTS / WORD_BITS];
        *word &= ~((uint64_t)1 << (index % WORD_BITS));
    }
    timer->link = NULL;
}

/*
 * Puts a timer (due_ms >= done_ms) where it belongs as seen from done_ms. What is farther away
 * than the wheel reaches waits in the last slot of all and is placed anew from there.
 */
static void place(struct timer_wheel *wheel, struct timer *timer)
{
    uint64_t due_ms = timer->due_ms;
    if (due_ms - wheel->done_ms >= SPAN_MS)
        due_ms = wheel->done_ms + SPAN_MS - 1;
    int level = 0;
    for (uint64_t delta = (due_ms - wheel->done_ms) >> SLOT_BITS; delta > 0; delta >>= SLOT_BITS)
        level++;
    slot_link(wheel, timer, level, due_ms >> (SLOT_BITS * level) & (TIMER_SLOTS - 1));
}

/*
 * How many slots after `slot` the next used one comes, 1 to TIMER_SLOTS; 0 if the level is empty.
 */
static unsigned next_used(const uint64_t used[LEVEL_WORDS], unsigned slot)
{
    unsigned from = (slot + 1) % TIMER_SLOTS;
    unsigned first = from / WORD_BITS;
    uint64_t word = used[first] & (~(uint64_t)0 << (from % WORD_BITS));
    for (unsigned i = 0;; word = used[(first + ++i) % LEVEL_WORDS]) {
        if (word) {
            unsigned found =
                (first + i) % LEVEL_WORDS * WORD_BITS + (unsigned)__builtin_ctzll(word);
            return (found - slot - 1) % TIMER_SLOTS + 1;
        }
        if (i == LEVEL_WORDS)
            return 0;
    }
}

/* The next time after done_ms at which a slot fires or moves down; UINT64_MAX for never. */
static uint64_t next_event_ms(const struct timer_wheel *wheel)
{
    uint64_t next = UINT64_MAX;
    if (wheel->count == 0)
        return next;
    for (int level = 0; level < TIMER_LEVELS; level++) {
        uint64_t at = wheel->done_ms >> (SLOT_BITS * level);
        unsigned ahead = next_used(wheel->used[level], at & (TIMER_SLOTS - 1));
        uint64_t event = (at + ahead) << (SLOT_BITS * level);
        if (ahead > 0 && event < next)
            next = event;
    }
    return next;
}

static void move_down(struct timer_wheel *wheel, int level, unsigned slot)
{
    /* Taken out whole first: one that is too far away even now may come back to this very slot. */
    struct timer *moving = NULL;
    for (struct timer *timer; (timer = wheel->slots[level][slot]) != NULL;) {
        slot_unlink(wheel, timer);
        timer->next = moving;
        moving = timer;
    }
    while (moving) {
        struct timer *timer = moving;
        moving = timer->next;
        place(wheel, timer);
    }
}

void timer_wheel_set_now(struct timer_wheel *wheel, uint64_t now_ms)
{
    if (now_ms > wheel->now_ms)
        wheel->now_ms = now_ms;
}

void timer_wheel_advance(struct timer_wheel *wheel, uint64_t now_ms)
{
    timer_wheel_set_now(wheel, now_ms);
    for (uint64_t at; (at = next_event_ms(wheel)) <= wheel->now_ms;) {
        wheel->done_ms = at;
        for (int level = TIMER_LEVELS - 1; level > 0; level--) {
            uint64_t slot = at >> (SLOT_BITS * level);
            if (slot << (SLOT_BITS * level) == at)
                move_down(wheel, level, slot & (TIMER_SLOTS - 1));
        }
        /* Nothing that a callback sets can come into this slot: it is due after done_ms. */
        for (struct timer *timer; (timer = wheel->slots[0][at & (TIMER_SLOTS - 1)]) != NULL;) {
            slot_unlink(wheel, timer);
            timer->fire(timer);
        }
    }
    wheel->done_ms = wheel->now_ms;
}

uint32_t timer_wheel_wait_ms(const struct timer_wheel *wheel)
{
    uint64_t next = next_event_ms(wheel);
    if (next == UINT64_MAX)
        return UINT32_MAX;
    if (next <= wheel->now_ms)
        return 0;
    uint64_t wait = next - wheel->now_ms;
    return wait < UINT32_MAX ? (uint32_t)wait : UINT32_MAX - 1;
}

void timer_set(struct timer_wheel *wheel, struct timer *timer, uint64_t delay_ms)
{
    ASSERT(timer->fire);
    timer_cancel(wheel, timer);
    uint64_t earliest = wheel->done_ms + 1;
    uint64_t due_ms = wheel->now_ms + delay_ms;
    if (due_ms < delay_ms)
        due_ms = UINT64_MAX;
    timer->due_ms = due_ms > earliest ? due_ms : earliest;
    place(wheel, timer);
}

void timer_cancel(struct timer_wheel *wheel, struct timer *timer)
{
    if (timer->link)
        slot_unlink(wheel, timer);
}

void timer_wheel_clear(struct timer_wheel *wheel)
{
    for (int level = 0; level < TIMER_LEVELS; level++) {
        for (int slot = 0; slot < TIMER_SLOTS; slot++) {
            while (wheel->slots[level][slot])
                timer_cancel(wheel, wheel->slots[level][slot]);
        }
    }
}
