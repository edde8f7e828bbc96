/* threaded */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <dirent.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "serve/hasher.h"

enum { LETTER_ANSWER = 7, DEADLINE_MS = 60000 };

static const struct hasher_settings usual = {
    .cost = {.memory_kb = 64, .passes = 1},
    .threads = 2,
    .waiting_max = 256,
};

static struct mailbox box;

static int open_box(void **state)
{
    (void)state;
    return mailbox_init(&box);
}

static int close_box(void **state)
{
    (void)state;
    mailbox_release(&box);
    return 0;
}

static struct hash_job *job_for(enum hash_job_kind kind, const char *password, const char *secret)
{
    struct hash_job *job = hash_job_new(kind, slice_of_string(password));
    job->letter.kind = LETTER_ANSWER;
    job->answer_to = &box;
    snprintf(job->secret, sizeof(job->secret), "%s", secret);
    return job;
}

/* The answers, in the order they came; at least one. */
static struct hash_job *answers(void)
{
    mailbox_wait(&box, DEADLINE_MS);
    struct letter *letter = mailbox_take(&box);
    assert_non_null(letter);
    assert_int_equal(letter->kind, LETTER_ANSWER);
    return (struct hash_job *)letter;
}

/* Asks one thing, and returns owned the answer. */
static struct hash_job *ask(struct hasher *hasher, struct hash_job *job)
{
    assert_int_equal(hasher_submit(hasher, job), OK);
    struct hash_job *answer = answers();
    assert_null(answer->letter.next);
    return answer;
}

static void a_password_is_made_and_verified(void **state)
{
    struct hasher *hasher = hasher_new(&usual);
    char secret[ARGON2_TEXT_MAX + 1];
    (void)state;
    struct hash_job *job = ask(hasher, job_for(HASH_MAKE, "correct horse", ""));
    assert_int_equal(job->result, OK);
    memcpy(secret, job->secret, sizeof(secret));
    hash_job_free(job);

    job = ask(hasher, job_for(HASH_VERIFY, "correct horse", secret));
    assert_int_equal(job->result, OK);
    assert_string_equal(job->renewed, "");
    hash_job_free(job);
    job = ask(hasher, job_for(HASH_VERIFY, "correct hors", secret));
    assert_int_equal(job->result, ERR_DENIED);
    assert_string_equal(job->renewed, "");
    hash_job_free(job);
    job = ask(hasher, job_for(HASH_VERIFY, "correct horse", ""));
    assert_int_equal(job->result, ERR_DENIED);
    hash_job_free(job);
    hasher_free(hasher);
}

static void a_hash_of_another_cost_is_renewed(void **state)
{
    struct hasher_settings dearer = usual;
    char secret[ARGON2_TEXT_MAX + 1];
    (void)state;
    dearer.cost.passes = 2;
    struct hasher *hasher = hasher_new(&dearer);
    assert_int_equal(password_hash(&usual.cost, SLICE_LITERAL("correct horse"), secret), OK);
    struct hash_job *job = ask(hasher, job_for(HASH_VERIFY, "correct horse", secret));
    assert_int_equal(job->result, OK);
    memcpy(secret, job->renewed, sizeof(secret));
    hash_job_free(job);
    assert_non_null(strstr(secret, ",t=2,"));
    job = ask(hasher, job_for(HASH_VERIFY, "correct horse", secret));
    assert_int_equal(job->result, OK);
    assert_string_equal(job->renewed, "");
    hash_job_free(job);
    hasher_free(hasher);
    password_release_memory();
}

/* What comes back holds no password any more. */
static void the_password_is_wiped(void **state)
{
    struct hasher *hasher = hasher_new(&usual);
    (void)state;
    struct hash_job *job = ask(hasher, job_for(HASH_MAKE, "correct horse", ""));
    for (size_t i = 0; i < sizeof(job->password); i++)
        assert_int_equal(job->password[i], 0);
    hash_job_free(job);
    hasher_free(hasher);
}

/* One thread is kept busy by a dear job; what waits beyond the queue is refused, and all else is answered. */
static void the_queue_is_bounded(void **state)
{
    enum { WAITING = 8, SUBMITTED = 200 };
    struct hasher_settings small = usual;
    unsigned taken = 0, refused = 0, answered = 0;
    (void)state;
    small.threads = 1;
    small.waiting_max = WAITING;
    small.cost.memory_kb = 16384;
    struct hasher *hasher = hasher_new(&small);
    for (unsigned i = 0; i < SUBMITTED; i++) {
        int result = hasher_submit(hasher, job_for(HASH_VERIFY, "password", ""));
        assert_true(result == OK || result == ERR_BUSY);
        taken += result == OK;
        refused += result == ERR_BUSY;
    }
    assert_true(taken >= WAITING);
    assert_true(refused > 0);
    assert_true(hasher_wait_ms(hasher) > 0);
    while (answered < taken) {
        struct hash_job *job = answers(), *next;
        for (; job; job = next) {
            next = (struct hash_job *)job->letter.next;
            hash_job_free(job);
            answered++;
        }
    }
    assert_int_equal(answered, taken);
    assert_int_equal(metrics_read(hasher_metrics(hasher, 0), METRIC_PASSWORDS), taken);
    assert_null(hasher_metrics(hasher, 1));
    hasher_free(hasher);
}

/* Ends in the middle of its work: whatever was not answered is freed (the sanitizer would see it). */
static void it_ends_while_jobs_wait(void **state)
{
    struct hasher *hasher = hasher_new(&usual);
    struct letter *next;
    (void)state;
    for (unsigned i = 0; i < 100; i++)
        hasher_submit(hasher, job_for(HASH_VERIFY, "password", ""));
    hasher_free(hasher);
    for (struct letter *letter = mailbox_take(&box); letter; letter = next) {
        next = letter->next;
        hash_job_free((struct hash_job *)letter);
    }
    hasher_free(NULL);
    hash_job_free(NULL);
}

/* Of the threads of this process, as the kernel tells it. */
static unsigned idle_threads(void)
{
    unsigned count = 0;
    DIR *tasks = opendir("/proc/self/task");
    assert_non_null(tasks);
    for (struct dirent *entry = readdir(tasks); entry; entry = readdir(tasks)) {
        long thread = strtol(entry->d_name, NULL, 10);
        count += thread > 0 && sched_getscheduler((pid_t)thread) == SCHED_IDLE;
    }
    closedir(tasks);
    return count;
}

static void its_threads_have_the_lowest_priority(void **state)
{
    int ours = sched_getscheduler(0);
    unsigned before = idle_threads();
    struct hasher_settings single = usual;
    (void)state;
    single.threads = 1;
    struct hasher *hasher = hasher_new(&single);
    hash_job_free(ask(hasher, job_for(HASH_VERIFY, "password", "")));
    assert_int_equal(idle_threads(), before + 1);
    assert_int_equal(sched_getscheduler(0), ours);
    hasher_free(hasher);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_password_is_made_and_verified),
        cmocka_unit_test(a_hash_of_another_cost_is_renewed),
        cmocka_unit_test(the_password_is_wiped),
        cmocka_unit_test(the_queue_is_bounded),
        cmocka_unit_test(it_ends_while_jobs_wait),
        cmocka_unit_test(its_threads_have_the_lowest_priority),
    };
    return cmocka_run_group_tests(tests, open_box, close_box);
}
