/*
 * Many worlds from many seeds. Prints TAP, one line for each group of seeds and for each planted
 * bug.
 *
 *   chat_sim [--seeds N] [--from S]   so many seeds (10,000), and every bug
 *   chat_sim --seed S                 one seed, which tells its life
 *   chat_sim --bug NAME [--seed S]    seeds until the bug is found; fails if it is not
 *
 * Worlds run in a child process, so that an assertion of the domain names its seed, too.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "world.h"

enum { GROUPS = 10, BUG_SEEDS_MAX = 300, EXIT_FOUND = 3 };

static const struct {
    const char *name, *what;
} bugs[BUG_COUNT] = {
    [BUG_SKIP_TAIL] = {"skip-tail", "an event missing at the ring's tail"},
    [BUG_EARLY_CURSOR] = {"early-cursor", "a cursor moved before the send"},
    [BUG_REUSE_SEQ] = {"reuse-seq", "a seq used again after a rollback"},
    [BUG_EARLY_ACK] = {"early-ack", "an acknowledgement of what was not kept"},
    [BUG_LOSE_BYTE] = {"lose-byte", "a lost byte"},
    [BUG_LOSE_EVENT] = {"lose-event", "a lost batch"},
    [BUG_SWAP_BATCHES] = {"swap-batches", "batches in the wrong order"},
    [BUG_FORGET_REST] = {"forget-rest", "a forgotten rest of a frame"},
    [BUG_STAY] = {"stay", "a connection that outlives its session"},
};

/* What a child tells its parent; it outlives the child's end. */
struct report {
    uint64_t seed; /* the one that runs, or was found wrong */
    char broken[120];
    struct world_result sum;
};

static struct report *report;

static struct world_size size_of(uint64_t seed)
{
    /*
     * Mostly small worlds, in which chance finds corners; some with more people and a longer life.
     */
    unsigned workers = 1 + (unsigned)(seed % 4);
    if (seed % 100 == 0)
        return (struct world_size){workers, 60, 300};
    if (seed % 10 == 0)
        return (struct world_size){workers, 20, 250};
    return (struct world_size){workers, 3 + (unsigned)(seed % 8), 150};
}

static void add(struct world_result *sum, const struct world_result *result)
{
    sum->commands += result->commands;
    sum->kept += result->kept;
    sum->frames += result->frames;
    sum->partial_sends += result->partial_sends;
    sum->pages += result->pages;
    sum->resets += result->resets;
    sum->lapped += result->lapped;
    sum->hellos += result->hellos;
    sum->crashes += result->crashes;
    sum->restores += result->restores;
    sum->rollbacks += result->rollbacks;
    sum->retries += result->retries;
    sum->acts += result->acts;
    sum->ended += result->ended;
    if (result->ring_bytes_most > sum->ring_bytes_most)
        sum->ring_bytes_most = result->ring_bytes_most;
    if (result->queue_bytes_most > sum->queue_bytes_most)
        sum->queue_bytes_most = result->queue_bytes_most;
}

/* In the child. */
static void run_here(uint64_t first, uint64_t count, enum world_bug bug)
{
    report->broken[0] = '\0';
    for (uint64_t seed = first; seed < first + count; seed++) {
        report->seed = seed;
        struct world_size size = size_of(seed);
        struct world_result result = world_run(seed, &size, bug, false);
        add(&report->sum, &result);
        if (result.broken) {
            snprintf(report->broken, sizeof(report->broken), "%s", result.broken);
            exit(EXIT_FOUND);
        }
    }
    exit(0);
}

/* Returns whether nothing was found; report says what. */
static bool run(uint64_t first, uint64_t count, enum world_bug bug)
{
    int status = 0;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        run_here(first, count, bug);
    if (child < 0 || waitpid(child, &status, 0) != child) {
        snprintf(report->broken, sizeof(report->broken), "no child process");
        return false;
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    if (!report->broken[0])
        snprintf(report->broken, sizeof(report->broken), "%s",
                 WIFSIGNALED(status) ? "an assertion failed" : "a sanitizer's finding");
    return false;
}

static bool run_seeds(unsigned test, uint64_t first, uint64_t count)
{
    if (run(first, count, BUG_NONE)) {
        printf("ok %u - seeds %" PRIu64 " to %" PRIu64 "\n", test, first, first + count - 1);
        return true;
    }
    printf("not ok %u - seed %" PRIu64 ": %s\n", test, report->seed, report->broken);
    printf("# replay: chat_sim --seed %" PRIu64 "\n", report->seed);
    return false;
}

/* A world with a bug in it must be found out by one of a few hundred seeds. */
static bool run_bug(unsigned test, enum world_bug bug, uint64_t first)
{
    if (run(first, BUG_SEEDS_MAX, bug)) {
        printf("not ok %u - control: %s was not noticed\n", test, bugs[bug].what);
        return false;
    }
    printf("ok %u - control: %s is noticed (seed %" PRIu64 ": %s)\n", test, bugs[bug].what,
           report->seed, report->broken);
    return true;
}

static int run_one(uint64_t seed)
{
    struct world_size size = size_of(seed);
    struct world_result result = world_run(seed, &size, BUG_NONE, true);
    printf("1..1\n%s 1 - seed %" PRIu64 ": %s\n", result.broken ? "not ok" : "ok", seed,
           result.broken ? result.broken : "sound");
    return result.broken != NULL;
}

static void tell_sum(const struct world_result *sum)
{
    printf("# %" PRIu64 " commands (%" PRIu64 " sent again), %" PRIu64 " events kept, %" PRIu64
           " frames received, %" PRIu64 " hellos, %" PRIu64 " sends taken in part\n",
           sum->commands, sum->retries, sum->kept, sum->frames, sum->hellos, sum->partial_sends);
    printf("# %" PRIu64 " questions to the readers, %" PRIu64 " resets, %" PRIu64
           " visitors lapped, %" PRIu64 " rollbacks, %" PRIu64 " ends of the server, %" PRIu64
           " restored backups\n",
           sum->pages, sum->resets, sum->lapped, sum->rollbacks, sum->crashes, sum->restores);
    printf("# %" PRIu64 " acts, %" PRIu64 " connections whose session has ended\n", sum->acts,
           sum->ended);
    printf("# rings at most %" PRIu64 " bytes, fed at most %" PRIu64 " bytes\n",
           sum->ring_bytes_most, sum->queue_bytes_most);
}

static int run_all(uint64_t first, uint64_t seeds)
{
    bool good = true;
    unsigned test = 0;
    uint64_t each = (seeds + GROUPS - 1) / GROUPS;
    printf("1..%d\n", GROUPS + BUG_COUNT - 1);
    for (unsigned group = 0; group < GROUPS; group++)
        good &= run_seeds(++test, first + group * each, each);
    tell_sum(&report->sum);
    for (int bug = BUG_NONE + 1; bug < BUG_COUNT; bug++)
        good &= run_bug(++test, (enum world_bug)bug, 1);
    return good ? 0 : 1;
}

static int usage(void)
{
    fprintf(stderr, "usage: chat_sim [--seeds N] [--from S] | --seed S | --bug NAME [--seed S]\n");
    return 2;
}

int main(int argc, char **argv)
{
    uint64_t seeds = 10000, first = 1, one = 0;
    enum world_bug bug = BUG_NONE;
    for (int i = 1; i < argc; i += 2) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "--seeds") == 0)
            seeds = strtoull(value, NULL, 10);
        else if (strcmp(argv[i], "--from") == 0)
            first = strtoull(value, NULL, 10);
        else if (strcmp(argv[i], "--seed") == 0)
            one = strtoull(value, NULL, 10);
        else if (strcmp(argv[i], "--bug") == 0)
            for (int known = 1; known < BUG_COUNT; known++)
                bug = strcmp(bugs[known].name, value) == 0 ? (enum world_bug)known : bug;
        else
            return usage();
        if (strcmp(argv[i], "--bug") == 0 && bug == BUG_NONE)
            return usage();
    }
    report = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (report == MAP_FAILED)
        return 1;
    if (bug != BUG_NONE) {
        printf("1..1\n");
        return run_bug(1, bug, one ? one : 1) ? 0 : 1;
    }
    return one ? run_one(one) : run_all(first, seeds);
}
