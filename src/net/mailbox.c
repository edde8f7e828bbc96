#include "net/mailbox.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/clock.h"
#include "base/error.h"

/*
 * Senders push onto a stack (R. K. Treiber 1986), the owner takes the whole stack with one
 * exchange and turns it round. As nobody ever pops a single letter there is no ABA problem. A list
 * is turned round before it is pushed, so that after the owner's turn it is in its own order
 * again.
 */

int mailbox_init(struct mailbox *mailbox)
{
    int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (fd < 0)
        return ERR_IO;
    atomic_init(&mailbox->newest, NULL);
    mailbox->event_fd = fd;
    return OK;
}

void mailbox_release(struct mailbox *mailbox)
{
    ASSERT(atomic_load_explicit(&mailbox->newest, memory_order_relaxed) == NULL);
    close(mailbox->event_fd);
    mailbox->event_fd = -1;
}

void letter_list_add(struct letter_list *list, struct letter *letter)
{
    letter->next = NULL;
    if (list->last)
        list->last->next = letter;
    else
        list->first = letter;
    list->last = letter;
}

static struct letter *turned_round(struct letter *letter)
{
    struct letter *before = NULL;
    while (letter) {
        struct letter *next = letter->next;
        letter->next = before;
        before = letter;
        letter = next;
    }
    return before;
}

/* Puts a chain from newest to oldest on the stack. Whoever finds it empty wakes the owner. */
static void push(struct mailbox *mailbox, struct letter *newest, struct letter *oldest)
{
    struct letter *before = atomic_load_explicit(&mailbox->newest, memory_order_relaxed);
    do {
        oldest->next = before;
    } while (!atomic_compare_exchange_weak_explicit(&mailbox->newest, &before, newest,
                                                    memory_order_release, memory_order_relaxed));
    if (before)
        return;
    uint64_t one = 1;
    ssize_t written = write(mailbox->event_fd, &one, sizeof(one));
    ASSERT(written == (ssize_t)sizeof(one) || errno == EAGAIN);
}

void mailbox_put(struct mailbox *mailbox, struct letter *letter)
{
    push(mailbox, letter, letter);
}

void mailbox_put_list(struct mailbox *mailbox, struct letter_list *list)
{
    if (!list->first)
        return;
    struct letter *oldest = list->first;
    struct letter *newest = turned_round(list->first);
    *list = (struct letter_list){0};
    push(mailbox, newest, oldest);
}

static void reset(struct mailbox *mailbox)
{
    uint64_t count;
    ssize_t ignored = read(mailbox->event_fd, &count, sizeof(count));
    (void)ignored;
}

struct letter *mailbox_take(struct mailbox *mailbox)
{
    /* Reset before taking: a letter that comes in between finds the box empty and sets it again. */
    reset(mailbox);
    return turned_round(atomic_exchange_explicit(&mailbox->newest, NULL, memory_order_acquire));
}

void mailbox_wait(struct mailbox *mailbox, int timeout_ms)
{
    struct pollfd pollfd = {.fd = mailbox->event_fd, .events = POLLIN};
    uint64_t until_ms = clock_mono_ms() + (uint64_t)(timeout_ms > 0 ? timeout_ms : 0);
    int left_ms = timeout_ms;
    while (mailbox_is_empty(mailbox)) {
        int ready = poll(&pollfd, 1, left_ms);
        ASSERT(ready >= 0 || errno == EINTR);
        /* A wake-up for letters that the owner had taken already may be left over. */
        if (ready == 1 && mailbox_is_empty(mailbox))
            reset(mailbox);
        if (timeout_ms < 0)
            continue;
        uint64_t now_ms = clock_mono_ms();
        if (now_ms >= until_ms)
            return;
        left_ms = (int)(until_ms - now_ms);
    }
}
