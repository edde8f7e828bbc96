#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include "base/clock.h"
#include "base/error.h"
#include "net/mailbox.h"

enum { COUNT = 10 };

static struct mailbox mailbox;
static struct letter letters[COUNT];

static int set_up(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < COUNT; i++)
        letters[i] = (struct letter){.kind = i};
    return mailbox_init(&mailbox);
}

static int take_down(void **state)
{
    (void)state;
    mailbox_release(&mailbox);
    return 0;
}

static bool is_signalled(void)
{
    struct pollfd pollfd = {.fd = mailbox.event_fd, .events = POLLIN};
    return poll(&pollfd, 1, 0) == 1;
}

static void expect_taken(uint32_t from, uint32_t to)
{
    struct letter *letter = mailbox_take(&mailbox);
    for (uint32_t kind = from; kind < to; kind++, letter = letter->next) {
        assert_non_null(letter);
        assert_int_equal(letter->kind, kind);
    }
    assert_null(letter);
}

static void letters_come_out_in_order(void **state)
{
    (void)state;
    assert_null(mailbox_take(&mailbox));
    mailbox_put(&mailbox, &letters[0]);
    expect_taken(0, 1);
    mailbox_put(&mailbox, &letters[1]);
    mailbox_put(&mailbox, &letters[2]);

    struct letter_list list = {0};
    for (int i = 3; i < 7; i++)
        letter_list_add(&list, &letters[i]);
    mailbox_put_list(&mailbox, &list);
    assert_null(list.first);
    assert_null(list.last);

    letter_list_add(&list, &letters[7]); /* a list can be used again */
    mailbox_put_list(&mailbox, &list);
    mailbox_put(&mailbox, &letters[8]);
    expect_taken(1, 9);
    assert_true(mailbox_is_empty(&mailbox));
}

static void an_empty_list_is_nothing(void **state)
{
    (void)state;
    struct letter_list list = {0};
    mailbox_put_list(&mailbox, &list);
    assert_true(mailbox_is_empty(&mailbox));
    assert_false(is_signalled());
}

static void only_the_first_letter_wakes(void **state)
{
    (void)state;
    assert_false(is_signalled());
    mailbox_put(&mailbox, &letters[0]);
    assert_true(is_signalled());

    /* Whoever finds letters there leaves the eventfd alone. */
    uint64_t count;
    assert_int_equal(eventfd_read(mailbox.event_fd, &count), 0);
    mailbox_put(&mailbox, &letters[1]);
    assert_false(is_signalled());
    expect_taken(0, 2);

    mailbox_put(&mailbox, &letters[2]);
    assert_true(is_signalled());
    expect_taken(2, 3);
    assert_false(is_signalled());
}

static void waiting_ends_with_a_letter_or_in_time(void **state)
{
    (void)state;
    uint64_t begin_ms = clock_mono_ms();
    mailbox_wait(&mailbox, 30);
    assert_true(clock_mono_ms() - begin_ms >= 29);
    mailbox_wait(&mailbox, 0);

    mailbox_put(&mailbox, &letters[0]);
    mailbox_wait(&mailbox, -1);
    expect_taken(0, 1);

    /* A wake-up whose letter is gone does not end the next wait. */
    assert_int_equal(eventfd_write(mailbox.event_fd, 1), 0);
    begin_ms = clock_mono_ms();
    mailbox_wait(&mailbox, 30);
    assert_true(clock_mono_ms() - begin_ms >= 29);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(letters_come_out_in_order, set_up, take_down),
        cmocka_unit_test_setup_teardown(an_empty_list_is_nothing, set_up, take_down),
        cmocka_unit_test_setup_teardown(only_the_first_letter_wakes, set_up, take_down),
        cmocka_unit_test_setup_teardown(waiting_ends_with_a_letter_or_in_time, set_up, take_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
