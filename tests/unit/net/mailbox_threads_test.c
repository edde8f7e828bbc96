/* threaded */
#include <pthread.h>
#include <string.h>

#include "net/rig.h"

#include "base/error.h"
#include "base/memory.h"

enum { SENDERS = 4, LETTERS = 100000, LIST_MAX = 7, STOP = SENDERS };

/* kind is the sender's number; numbers of one sender must come in order. */
struct note {
    struct letter letter;
    uint32_t number;
};

struct sender {
    pthread_t thread;
    struct mailbox *to;
    uint32_t kind;
    struct note *notes;
};

/* Sends single letters and lists of several lengths in turn. */
static void *send_all(void *ctx)
{
    struct sender *sender = ctx;
    struct letter_list list = {0};
    uint32_t gathered = 0;
    for (uint32_t i = 0; i < LETTERS; i++) {
        struct note *note = &sender->notes[i];
        note->letter.kind = sender->kind;
        note->number = i;
        letter_list_add(&list, &note->letter);
        if (++gathered <= i % LIST_MAX && i + 1 < LETTERS)
            continue;
        if (gathered == 1)
            mailbox_put(sender->to, list.first);
        else
            mailbox_put_list(sender->to, &list);
        list = (struct letter_list){0};
        gathered = 0;
    }
    return NULL;
}

static void start(struct sender senders[SENDERS], struct mailbox *to)
{
    for (uint32_t i = 0; i < SENDERS; i++) {
        senders[i].to = to;
        senders[i].kind = i;
        senders[i].notes = mem_alloc(LETTERS * sizeof(struct note));
        assert_int_equal(pthread_create(&senders[i].thread, NULL, send_all, &senders[i]), 0);
    }
}

static void join(struct sender senders[SENDERS])
{
    for (int i = 0; i < SENDERS; i++)
        assert_int_equal(pthread_join(senders[i].thread, NULL), 0);
}

static void free_notes(struct sender senders[SENDERS])
{
    for (int i = 0; i < SENDERS; i++)
        mem_free(senders[i].notes);
}

struct inbox {
    uint32_t next[SENDERS];
    uint32_t count;
    uint32_t wrong_count; /* counted, as a loop's thread must not fail a test */
};

static void check(struct inbox *inbox, const struct letter *letter)
{
    const struct note *note = (const struct note *)letter;
    inbox->wrong_count += note->number != inbox->next[letter->kind];
    inbox->next[letter->kind]++;
    inbox->count++;
}

static void none_is_lost_and_each_sender_is_in_order(void **state)
{
    (void)state;
    struct mailbox mailbox;
    struct sender senders[SENDERS];
    struct inbox inbox = {0};
    assert_int_equal(mailbox_init(&mailbox), OK);
    start(senders, &mailbox);
    uint64_t end_ms = rig_deadline_ms();
    while (inbox.count < SENDERS * LETTERS) {
        assert_false(rig_passed(end_ms));
        mailbox_wait(&mailbox, RIG_DEADLINE_MS);
        for (struct letter *letter = mailbox_take(&mailbox); letter; letter = letter->next)
            check(&inbox, letter);
    }
    join(senders);
    free_notes(senders);
    assert_int_equal(inbox.wrong_count, 0);
    assert_null(mailbox_take(&mailbox));
    mailbox_release(&mailbox);
}

/* --- into a running loop ---------------------------------------------------------------------- */

struct hearer {
    struct loop loop;
    struct metrics metrics;
    struct inbox inbox;
};

static void hear(void *ctx, struct letter *letter)
{
    struct hearer *hearer = ctx;
    if (letter->kind == STOP)
        loop_stop(&hearer->loop);
    else
        check(&hearer->inbox, letter);
}

static void no_flush(void *ctx)
{
    (void)ctx;
}

static void *run(void *ctx)
{
    loop_run(ctx);
    return NULL;
}

static void a_sleeping_loop_is_woken(void **state)
{
    (void)state;
    struct hearer hearer = {0};
    struct loop_handler handler = {&hearer, hear, no_flush};
    struct sender senders[SENDERS];
    pthread_t thread;
    assert_int_equal(loop_init(&hearer.loop, &rig_limits, &handler, &hearer.metrics), OK);
    assert_int_equal(pthread_create(&thread, NULL, run, &hearer.loop), 0);
    start(senders, &hearer.loop.mailbox);
    join(senders);
    struct letter stop = {.kind = STOP};
    mailbox_put(&hearer.loop.mailbox, &stop);
    assert_int_equal(pthread_join(thread, NULL), 0);
    free_notes(senders);
    assert_int_equal(hearer.inbox.count, SENDERS * LETTERS);
    assert_int_equal(hearer.inbox.wrong_count, 0);
    loop_release(&hearer.loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(none_is_lost_and_each_sender_is_in_order),
        cmocka_unit_test(a_sleeping_loop_is_woken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
