/* threaded */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <time.h>

#include "base/memory.h"
#include "store/both.h"
#include "store/memory.h"
#include "store/reader.h"

/* The reading threads, and that what they read is whole while the writer goes on. */

enum { READERS = 3, ROUNDS = 300, PAIRS = 2, QUESTIONS = 600, DEADLINE_S = 60 };

static struct {
    pthread_mutex_t mutex;
    pthread_cond_t more;
    unsigned count, torn, failed;
    uint64_t head; /* the greatest one seen */
} answers;

static struct reader_pool pool;

/*
 * A writer keeps pairs: whoever sees the first of one sees the second. Called on the reading
 * threads.
 */
static void take_answer(void *ctx, struct store_read *read)
{
    assert_ptr_equal(ctx, &answers);
    pthread_mutex_lock(&answers.mutex);
    answers.count++;
    answers.failed += read->result != OK;
    if (read->result == OK && read->kind == READ_HISTORY)
        answers.torn += read->head % PAIRS != 0 || read->last != read->head;
    if (read->result == OK && read->head > answers.head)
        answers.head = read->head;
    pthread_cond_signal(&answers.more);
    pthread_mutex_unlock(&answers.mutex);
    store_read_free(read);
}

static void start(void)
{
    const struct reader_ports ports = {&answers, take_answer};
    struct store_reader *stores[READERS];
    char fault[STORE_FAULT_BYTES];
    for (size_t i = 0; i < READERS; i++) {
        if (rig.kind == RIG_MEMORY)
            stores[i] = memory_reader_new(rig.store);
        else
            assert_int_equal(sqlite_reader_open(&rig.options, &stores[i], fault), OK);
    }
    answers.count = answers.torn = answers.failed = 0;
    answers.head = 0;
    pthread_mutex_init(&answers.mutex, NULL);
    pthread_cond_init(&answers.more, NULL);
    assert_int_equal(reader_pool_start(&pool, stores, READERS, &ports), OK);
}

static void stop(void)
{
    reader_pool_stop(&pool);
    pthread_mutex_destroy(&answers.mutex);
    pthread_cond_destroy(&answers.more);
}

/* Waits until so many were answered, with a deadline. */
static void wait_for(unsigned count)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += DEADLINE_S;
    pthread_mutex_lock(&answers.mutex);
    int result = 0;
    while (answers.count < count && result == 0)
        result = pthread_cond_timedwait(&answers.more, &answers.mutex, &until);
    pthread_mutex_unlock(&answers.mutex);
    assert_int_equal(result, 0);
}

static void ask(enum store_read_kind kind)
{
    struct store_read *read = mem_zalloc(sizeof(*read));
    read->kind = (uint8_t)kind;
    read->where = READ_NEWEST;
    read->room = ROOM_LOBBY;
    read->limit = 10;
    read->bytes_max = 1 << 16;
    reader_pool_submit(&pool, read);
}

static void *ask_much(void *arg)
{
    (void)arg;
    for (unsigned i = 0; i < QUESTIONS; i++)
        ask(i % 3 == 0 ? READ_FEED : i % 3 == 1 ? READ_HISTORY : READ_ROOMS);
    return NULL;
}

static void keep_pair(uint64_t seq)
{
    rig_begin(&rig);
    rig_say(&rig, seq, "first");
    rig_say(&rig, seq + 1, "second");
    rig_commit(&rig);
}

static void readers_see_whole_transactions(void **state)
{
    pthread_t askers[2];
    (void)state;
    start();
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&askers[i], NULL, ask_much, NULL), 0);
    for (uint64_t i = 0; i < ROUNDS; i++) {
        keep_pair(PAIRS * i + 1);
        if (i % 8 == 0) { /* what is rolled back is never seen */
            rig_begin(&rig);
            rig_say(&rig, PAIRS * i + 3, "never");
            rig.store->ops->rollback(rig.store);
        }
        if (i % 50 == 0)
            assert_int_equal(rig.store->ops->rest(rig.store, 1000 * i), OK);
    }
    for (int i = 0; i < 2; i++)
        pthread_join(askers[i], NULL);
    wait_for(2 * QUESTIONS);
    for (unsigned i = 0; i < READERS; i++)
        ask(READ_HISTORY);
    wait_for(2 * QUESTIONS + READERS);
    stop();
    assert_int_equal(answers.torn, 0);
    assert_int_equal(answers.failed, 0);
    assert_int_equal(answers.head, PAIRS * ROUNDS);
    uint64_t reads = 0;
    for (size_t i = 0; i < READERS; i++)
        reads += metrics_read(&pool.readers[i].metrics, METRIC_READS);
    assert_int_equal(reads, 2 * QUESTIONS + READERS);
}

static void questions_go_round(void **state)
{
    (void)state;
    start();
    for (unsigned i = 0; i < READERS; i++)
        ask(READ_ROOMS);
    wait_for(READERS);
    stop();
    for (size_t i = 0; i < READERS; i++)
        assert_int_equal(metrics_read(&pool.readers[i].metrics, METRIC_READS), 1);
}

/*
 * What waits when they are told to stop is answered or freed: the sanitizer would find what is
 * neither.
 */
static void stopping_frees_what_waits(void **state)
{
    (void)state;
    start();
    for (unsigned i = 0; i < 50; i++)
        ask(READ_HISTORY);
    stop();
    assert_in_range(answers.count, 0, 50);
    start();
    stop();
    assert_int_equal(answers.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(readers_see_whole_transactions),
        BOTH(questions_go_round),
        BOTH(stopping_frees_what_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
