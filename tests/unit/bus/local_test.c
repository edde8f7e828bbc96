#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include "base/error.h"
#include "base/memory.h"
#include "bus/local.h"

enum { WORKERS = 3, BATCHES = 5 };

static void every_mailbox_gets_every_batch_in_order(void **state)
{
    struct mailbox boxes[WORKERS];
    struct mailbox *pointers[WORKERS];
    struct event_batch *batches[BATCHES];
    (void)state;
    for (size_t i = 0; i < WORKERS; i++) {
        assert_int_equal(mailbox_init(&boxes[i]), OK);
        pointers[i] = &boxes[i];
    }
    struct local_bus bus = {pointers, WORKERS};
    for (size_t i = 0; i < BATCHES; i++) {
        batches[i] = event_batch_ref(event_batch_new(1));
        local_bus_publish(&bus, batches[i]);
        assert_int_equal(batches[i]->refs, 1 + WORKERS);
    }
    for (size_t i = 0; i < WORKERS; i++) {
        struct letter *letter = mailbox_take(&boxes[i]);
        for (size_t j = 0; j < BATCHES; j++) {
            assert_non_null(letter);
            struct local_bus_letter *batch_letter = (struct local_bus_letter *)letter;
            letter = letter->next;
            assert_int_equal(batch_letter->letter.kind, LOCAL_BUS_BATCH);
            assert_ptr_equal(batch_letter->batch, batches[j]);
            event_batch_unref(batch_letter->batch);
            mem_free(batch_letter);
        }
        assert_null(letter);
        mailbox_release(&boxes[i]);
    }
    for (size_t i = 0; i < BATCHES; i++) {
        assert_int_equal(batches[i]->refs, 1);
        event_batch_unref(batches[i]);
    }
}

static void without_workers_the_batch_goes(void **state)
{
    struct local_bus bus = {NULL, 0};
    (void)state;
    local_bus_publish(&bus, event_batch_new(1)); /* a leak is found by the sanitizer */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_mailbox_gets_every_batch_in_order),
        cmocka_unit_test(without_workers_the_batch_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
