/*
 * Many worlds from many seeds. Prints TAP, one line for each group of seeds; a failing seed is named and can
 * be replayed alone:   chat_sim --seed 1234     and more of them are run with   chat_sim --seeds 100000
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"

static struct world_size size_of(uint64_t seed)
{
    /* Mostly small worlds, in which chance finds corners; some with thousands of clients. */
    if (seed % 50 == 0)
        return (struct world_size){1 + seed / 50 % 4, 4000, 1200};
    if (seed % 5 == 0)
        return (struct world_size){1 + seed / 5 % 4, 200, 600};
    return (struct world_size){1 + seed % 4, 3 + seed % 20, 400};
}

static const char *run(uint64_t seed, enum world_fault fault, struct world_result *sum)
{
    struct world_size size = size_of(seed);
    struct world_result result = world_run(seed, &size, fault);
    sum->messages += result.messages;
    sum->deliveries += result.deliveries;
    sum->partial_sends += result.partial_sends;
    sum->lapped += result.lapped;
    sum->joins += result.joins;
    if (result.ring_bytes_most > sum->ring_bytes_most)
        sum->ring_bytes_most = result.ring_bytes_most;
    return result.broken;
}

static bool run_seeds(unsigned test, uint64_t first, uint64_t count, struct world_result *sum)
{
    for (uint64_t seed = first; seed < first + count; seed++) {
        const char *broken = run(seed, FAULT_NONE, sum);
        if (broken) {
            printf("not ok %u - seeds %" PRIu64 "..: seed %" PRIu64 ": %s\n", test, first, seed,
                   broken);
            printf("# replay: chat_sim --seed %" PRIu64 "\n", seed);
            return false;
        }
    }
    printf("ok %u - seeds %" PRIu64 " to %" PRIu64 "\n", test, first, first + count - 1);
    return true;
}

/* A world with a fault in it must be found out by at least one of a few seeds. */
static bool run_fault(unsigned test, enum world_fault fault, const char *name)
{
    struct world_result sum = {0};
    for (uint64_t seed = 1; seed <= 20; seed++) {
        const char *broken = run(seed, fault, &sum);
        if (broken) {
            printf("ok %u - control: %s is noticed: %s\n", test, name, broken);
            return true;
        }
    }
    printf("not ok %u - control: %s was not noticed\n", test, name);
    return false;
}

int main(int argc, char **argv)
{
    static const char *const faults[FAULT_COUNT] = {"", "a lost byte", "a lost batch",
                                                    "batches in the wrong order",
                                                    "a forgotten rest of a frame"};
    enum { GROUPS = 10 };
    uint64_t seeds = 500;
    struct world_result sum = {0};
    if (argc == 3 && strcmp(argv[1], "--seed") == 0) {
        const char *broken = run(strtoull(argv[2], NULL, 10), FAULT_NONE, &sum);
        printf("1..1\n%s 1 - seed %s: %s\n", broken ? "not ok" : "ok", argv[2],
               broken ? broken : "sound");
        return broken != NULL;
    }
    if (argc == 3 && strcmp(argv[1], "--seeds") == 0)
        seeds = strtoull(argv[2], NULL, 10);

    bool good = true;
    unsigned test = 0;
    printf("1..%d\n", GROUPS + FAULT_COUNT - 1);
    for (int group = 0; group < GROUPS; group++)
        good &= run_seeds(++test, 1 + (uint64_t)group * (seeds / GROUPS), seeds / GROUPS, &sum);
    for (int fault = 1; fault < FAULT_COUNT; fault++)
        good &= run_fault(++test, (enum world_fault)fault, faults[fault]);
    printf("# %" PRIu64 " joins, %" PRIu64 " messages, %" PRIu64 " deliveries, %" PRIu64
           " sends taken in part, %" PRIu64 " lapped, rings at most %" PRIu64 " bytes\n",
           sum.joins, sum.messages, sum.deliveries, sum.partial_sends, sum.lapped,
           sum.ring_bytes_most);
    return good ? 0 : 1;
}
