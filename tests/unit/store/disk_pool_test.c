/* threaded */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include "base/error.h"
#include "base/memory.h"
#include "store/disk_pool.h"

enum { JOBS = 3000, LANES = 5, DONE_KIND = 77 };

struct task {
    struct disk_job job;
    unsigned number, lane;
    unsigned *last_of_lane; /* of the run before; only this lane's thread touches it */
    unsigned before;        /* what it found there */
    bool was_run, was_done;
};

static void run(struct disk_job *job)
{
    struct task *task = (struct task *)job;
    task->before = *task->last_of_lane;
    *task->last_of_lane = task->number;
    task->was_run = true;
}

static void done(struct disk_job *job)
{
    struct task *task = (struct task *)job;
    assert_true(task->was_run && !task->was_done);
    task->was_done = true;
}

static struct task *make_tasks(struct mailbox *home, unsigned last[LANES])
{
    struct task *tasks = mem_zalloc(JOBS * sizeof(*tasks));
    for (unsigned i = 0; i < JOBS; i++)
        tasks[i] = (struct task){
            .job = {.home = home, .run = run, .done = done},
            .number = i,
            .lane = i % LANES,
            .last_of_lane = &last[i % LANES],
        };
    return tasks;
}

/* Takes what has come home. Returns how many. */
static unsigned take(struct mailbox *home)
{
    unsigned count = 0;
    struct letter *next;
    for (struct letter *letter = mailbox_take(home); letter; letter = next, count++) {
        next = letter->next;
        assert_int_equal(letter->kind, DONE_KIND);
        disk_job_done(letter);
    }
    return count;
}

static void jobs_of_a_lane_are_run_in_order_and_come_home(void **unused)
{
    (void)unused;
    struct disk_pool pool;
    struct mailbox home;
    unsigned last[LANES] = {0};
    assert_int_equal(mailbox_init(&home), OK);
    assert_int_equal(disk_pool_start(&pool, 3, DONE_KIND), OK);
    struct task *tasks = make_tasks(&home, last);
    for (unsigned i = 0; i < JOBS; i++)
        disk_pool_submit(&pool, tasks[i].lane, &tasks[i].job);
    for (unsigned came = 0; came < JOBS; came += take(&home))
        mailbox_wait(&home, -1);
    for (unsigned i = LANES; i < JOBS; i++)
        assert_int_equal(tasks[i].before, i - LANES);
    disk_pool_stop(&pool);
    mailbox_release(&home);
    mem_free(tasks);
}

static void stopping_runs_what_waits(void **unused)
{
    (void)unused;
    struct disk_pool pool;
    struct mailbox home;
    unsigned last[LANES] = {0};
    assert_int_equal(mailbox_init(&home), OK);
    assert_int_equal(disk_pool_start(&pool, 2, DONE_KIND), OK);
    struct task *tasks = make_tasks(&home, last);
    for (unsigned i = 0; i < JOBS; i++)
        disk_pool_submit(&pool, tasks[i].lane, &tasks[i].job);
    disk_pool_stop(&pool);
    assert_int_equal(take(&home), JOBS);

    /* Then there are no threads, and a job is done at once. */
    struct task late = {.job = {.home = &home, .run = run, .done = done}, .last_of_lane = last};
    disk_pool_submit(&pool, disk_pool_lane(&pool), &late.job);
    assert_true(late.was_done);
    mailbox_release(&home);
    mem_free(tasks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jobs_of_a_lane_are_run_in_order_and_come_home),
        cmocka_unit_test(stopping_runs_what_waits),
    };
    return cmocka_run_group_tests_name("disk_pool", tests, NULL, NULL);
}
