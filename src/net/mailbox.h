#pragma once
/*
 * A mailbox is how a thread hears from others: any thread puts letters in, only the owner takes
 * them out, all at once and in the order they were put (per sender; a total order over senders). A
 * letter is embedded as first member in a larger message, whose kind tells the owner what it is.
 * No locks; an eventfd(2) is written only when the box was empty, so a busy owner costs its
 * senders no system call.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct letter {
    struct letter *next;
    uint32_t kind; /* meaning is between sender and owner */
};

/*
 * Letters on their way, in order: a thread gathers them over a turn and puts them with one
 * wake-up.
 */
struct letter_list {
    struct letter *first, *last;
};

struct mailbox {
    _Atomic(struct letter *) newest;
    int event_fd; /* readable when letters may be there; a loop watches it */
};

/** ERR_IO when no eventfd can be had. */
int mailbox_init(struct mailbox *mailbox);

/** Closes the eventfd. The box must be empty and no sender left. */
void mailbox_release(struct mailbox *mailbox);

/** Appends a letter to a list of the calling thread. */
void letter_list_add(struct letter_list *list, struct letter *letter);

/** Takes one letter. Any thread. */
void mailbox_put(struct mailbox *mailbox, struct letter *letter);

/**
 * Takes all letters of the list, in order, with at most one wake-up; the list is empty afterwards.
 * Any thread.
 */
void mailbox_put_list(struct mailbox *mailbox, struct letter_list *list);

/** Whether there is nothing to take at this moment. Any thread. */
static inline bool mailbox_is_empty(const struct mailbox *mailbox)
{
    return atomic_load_explicit(&mailbox->newest, memory_order_relaxed) == 0;
}

/**
 * Returns owned the letters in order (linked by next), or NULL. Owner only. Resets the eventfd
 * first.
 */
struct letter *mailbox_take(struct mailbox *mailbox);

/**
 * Sleeps until a letter is there or timeout_ms (-1: no limit) has passed. Owner only, for threads
 * without a loop.
 */
void mailbox_wait(struct mailbox *mailbox, int timeout_ms);
