/*
 * The program's own way to the disk and nothing else: the sequencer and the store on SQLite as the
 * writer's thread runs them, without workers, sockets and clients.
 *
 *   writer_loop --folder DIR --batch N --posts COUNT
 *
 * COUNT posts of 64 people in two rooms, made before the clock runs, go through sequencer_run in
 * batches of N on average: who may, looking up the cid, seq and mid, the insert, the commit. Beside
 * bare_sqlite it says what the program adds to what SQLite and the disk take.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "chat/sequencer.h"
#include "load_hist.h"
#include "store/sqlite.h"
#include "util.h"

enum { PEOPLE = 64, ROOMS = 2, BODY_BYTES = 100, CACHE_KB = 4096, BATCH_MAX = 100000 };

struct loop {
    struct store *store;
    struct sequencer *sequencer;
    uint64_t people[PEOPLE];
    uint64_t rooms[ROOMS];
    struct event **posts;
    struct event_batch **batches; /* kept until the end: freeing them is the workers' */
    uint32_t batch_count;
};

/* SplitMix64. */
static uint64_t chance(void)
{
    static uint64_t state;
    uint64_t x = state += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

static struct event *new_event(enum event_kind kind, uint64_t person, uint64_t room,
                               const char *body)
{
    struct event *event = event_new(kind, slice_of(body, strlen(body)), slice_of(NULL, 0));
    event->person = event->client = person;
    event->room = room;
    event->has_command = event->has_cid = true;
    for (size_t i = 0; i < CID_BYTES; i += 8) {
        uint64_t word = chance();
        memcpy(event->cid + i, &word, 8);
    }
    return event;
}

static struct event_batch *run_batch(struct loop *loop, struct event **events, size_t count)
{
    struct timespec wall;
    clock_gettime(CLOCK_REALTIME, &wall);
    struct event_batch *batch =
        sequencer_run(loop->sequencer, events, count, clock_ns() / 1000000,
                      (uint64_t)wall.tv_sec * 1000 + (uint64_t)wall.tv_nsec / 1000000);
    if (sequencer_is_broken(loop->sequencer))
        die("the store is broken: %s", loop->store->fault);
    return batch;
}

/* Has one event settled, and says what became of it. */
static struct event settle_one(struct loop *loop, struct event *event)
{
    struct event_batch *batch = run_batch(loop, &event, 1);
    struct event done = *event;
    if (done.result != OK)
        die("event %d was answered with %d", done.kind, done.result);
    event_batch_unref(batch);
    return done;
}

static void come(struct loop *loop)
{
    for (int i = 0; i < PEOPLE; i++) {
        struct event *event = new_event(EVENT_HELLO, 0, 0, "");
        memset(event->token_hash, i, TOKEN_HASH_BYTES);
        event->has_cid = false;
        event->welcome = welcome_new();
        loop->people[i] = settle_one(loop, event).person;
    }
    for (int i = 0; i < ROOMS; i++) {
        struct event *event =
            new_event(EVENT_CREATED, loop->people[0], 0, i == 0 ? "Garden" : "Kitchen");
        loop->rooms[i] = settle_one(loop, event).room;
    }
    for (int i = 1; i < PEOPLE; i++)
        settle_one(loop, new_event(EVENT_JOINED, loop->people[i], loop->rooms[i % ROOMS], ""));
}

static void make_posts(struct loop *loop, uint32_t count)
{
    char body[BODY_BYTES + 1];
    loop->posts = calloc(count, sizeof(struct event *));
    loop->batches = calloc(count, sizeof(struct event_batch *));
    if (loop->posts == NULL || loop->batches == NULL)
        die("no memory");
    memset(body, 'a', BODY_BYTES);
    body[BODY_BYTES] = '\0';
    for (uint32_t i = 0; i < count; i++) {
        snprintf(body, 9, "%08" PRIx32, i);
        body[8] = ' ';
        /* The first of them is in both rooms. */
        loop->posts[i] =
            new_event(EVENT_MESSAGE, loop->people[i % PEOPLE], loop->rooms[i % ROOMS], body);
    }
}

static double us(uint64_t ns)
{
    return (double)ns / 1000;
}

static uint64_t own_cpu_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void measure(struct loop *loop, uint32_t count, double batch)
{
    static struct hist times;
    uint64_t start_ns = clock_ns(), cpu_ns = own_cpu_ns();
    for (uint32_t at = 0; at < count;) {
        double end = (double)(loop->batch_count + 1) * batch;
        uint32_t next = end < count ? (uint32_t)end : count;
        uint64_t before_ns = clock_ns();
        loop->batches[loop->batch_count++] = run_batch(loop, loop->posts + at, next - at);
        hist_record(&times, clock_ns() - before_ns);
        at = next;
    }
    double seconds = (double)(clock_ns() - start_ns) / 1e9;
    cpu_ns = own_cpu_ns() - cpu_ns;
    for (uint32_t i = 0; i < count; i++)
        if (loop->posts[i]->result != OK || loop->posts[i]->seq == 0)
            die("post %" PRIu32 " was answered with %d", i, loop->posts[i]->result);
    printf(
        "{\"ok\":true,\"mode\":\"writer\",\"posts\":%" PRIu32 ",\"seconds\":%.4f"
        ",\"posts_per_s\":%.1f,\"cpu_us\":%.3f,\"batch\":%.2f,\"p50_us\":%.1f,\"p99_us\":%.1f}\n",
        count, seconds, count / seconds, us(cpu_ns) / count, (double)count / loop->batch_count,
        us(hist_quantile_ns(&times, 0.5)), us(hist_quantile_ns(&times, 0.99)));
}

static void open_store(struct loop *loop, const char *folder)
{
    char fault[STORE_FAULT_BYTES];
    struct sqlite_opened opened;
    const struct sqlite_options options = {.folder = folder, .cache_kb = CACHE_KB};
    const struct sequencer_limits limits = {.notices = {50, 50},
                                            .here_ms = 1000,
                                            .away_ms = 30000,
                                            .name_ms = UINT64_C(30) * 86400 * 1000,
                                            .guests = true,
                                            .guests_may_all = true,
                                            .chance = chance};
    if (sqlite_store_open(&options, &loop->store, &opened, fault) != OK)
        die("%s", fault);
    struct timespec wall;
    clock_gettime(CLOCK_REALTIME, &wall);
    if (sequencer_new(loop->store, &limits, clock_ns() / 1000000,
                      (uint64_t)wall.tv_sec * 1000 + (uint64_t)wall.tv_nsec / 1000000,
                      &loop->sequencer) != OK)
        die("no sequencer");
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"folder", required_argument, NULL, 'f'},
                                            {"batch", required_argument, NULL, 'b'},
                                            {"posts", required_argument, NULL, 'p'},
                                            {NULL, 0, NULL, 0}};
    const char *folder = NULL;
    double batch = 0;
    uint32_t posts = 0;
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'f')
            folder = optarg;
        else if (option == 'b')
            batch = strtod(optarg, NULL);
        else if (option == 'p')
            posts = parse_count(optarg, 10000000);
    }
    if (folder == NULL || posts == 0 || batch < 1 || batch > BATCH_MAX)
        die("usage: writer_loop --folder DIR --batch N --posts COUNT");
    set_deadline(120);
    struct loop loop = {0};
    open_store(&loop, folder);
    come(&loop);
    make_posts(&loop, posts);
    measure(&loop, posts, batch);
    for (uint32_t i = 0; i < loop.batch_count; i++)
        event_batch_unref(loop.batches[i]);
    sequencer_free(loop.sequencer);
    loop.store->ops->close(loop.store);
    free(loop.posts);
    free(loop.batches);
    return 0;
}
