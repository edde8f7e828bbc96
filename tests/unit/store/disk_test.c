#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "chat/dice.h"

#include "base/memory.h"
#include "store/bad_disk.h"
#include "store/rig.h"

/*
 * The disk fails at one of its operations after the other: while a process writes, checkpoints and
 * erases, at the first write, at the second, at the first sync and so on. After each, the store is
 * opened on a disk that works: everything that was acknowledged is there, once and in order,
 * nothing else is, and the database is sound.
 */

enum {
    COMMITS = 14,
    BATCH = 3,
    /* What the child says of each commit through its pipe; then how it ended. */
    SAID_ENDED = 0xff,
    GONE = 0x7f, /* its power was cut */
    STEP = 4,
};

static struct rig rig;

#define CALL(op, ...) rig.store->ops->op(rig.store, __VA_ARGS__)
#define DO(op) rig.store->ops->op(rig.store)

static int use(void **state)
{
    (void)state;
    rig = (struct rig){.kind = RIG_SQLITE};
    rig_folder(rig.folder);
    rig.options = (struct sqlite_options){.folder = rig.folder};
    return 0;
}

static int take_down(void **state)
{
    (void)state;
    rig_remove(rig.folder);
    return 0;
}

/* ---- what the child does ---- */

/* Some need pages of their own. */
static const char *text_of(uint64_t seq)
{
    static char text[6001];
    size_t len = seq % 4 == 0 ? 6000 : 20;
    memset(text, 'a' + (int)(seq % 26), len);
    text[len] = '\0';
    return text;
}

/* One transaction: three messages; every fourth time one of them erases an earlier one. */
static int keep_batch(uint64_t *seq)
{
    uint64_t at = *seq;
    int result = DO(begin);
    for (int i = 0; i < BATCH && result == OK; i++) {
        bool erase = i == 1 && at % 4 == 1 && at > 2;
        if (erase)
            result = CALL(message_erase, ROOM_LOBBY, at - 2);
        at++;
        struct event *event = rig_event(erase ? EVENT_DELETE : EVENT_MESSAGE, ROOM_LOBBY, at, 1, at,
                                        erase ? "" : text_of(at));
        event->target = erase ? at - 3 : 0;
        if (result == OK)
            result = rig_append(&rig, event, 1);
        else
            event_free(event);
    }
    if (result == OK)
        result = DO(commit);
    if (result == OK)
        *seq = at;
    DO(rollback);
    return result;
}

static void tell(int pipe_fd, uint8_t what)
{
    if (write(pipe_fd, &what, 1) != 1)
        _exit(3);
}

/* Returns how it ended: OK, or the error after which the program would. */
static int write_until_it_fails(int pipe_fd)
{
    uint64_t seq = 0, now_ms = 1000000;
    unsigned commits = 0;
    for (unsigned tries = 0; commits < COMMITS && tries < 2 * COMMITS; tries++) {
        int result = keep_batch(&seq);
        if (result == OK)
            tell(pipe_fd, (uint8_t)++commits);
        if (result == OK || result == ERR_BUSY)
            result = CALL(rest, now_ms += 700);
        if (result != OK)
            return result;
    }
    return commits == COMMITS ? OK : ERR_BUSY;
}

/* Opens the store and writes, on the disk as it is armed. */
static void be_the_child(int pipe_fd, enum bad_disk what, unsigned at)
{
    char fault[STORE_FAULT_BYTES] = "";
    bad_disk_arm(what, at, at);
    int result = sqlite_store_open(&rig.options, &rig.store, &rig.opened, fault);
    if (result == OK) {
        result = write_until_it_fails(pipe_fd);
        memcpy(fault, rig.store->fault, sizeof(fault));
        DO(close);
    }
    const uint8_t end[] = {SAID_ENDED, (uint8_t)-result,
                           (result == ERR_IO) == (fault[0] != '\0') || result == ERR_BUSY,
                           bad_disk_has_failed()};
    if (write(pipe_fd, end, sizeof(end)) != sizeof(end))
        _exit(3);
}

/* ---- what became of it ---- */

struct outcome {
    unsigned commits; /* acknowledged */
    int result;       /* or GONE */
    bool fault_fits, has_failed;
};

static struct outcome run_child(enum bad_disk what, unsigned at)
{
    struct outcome outcome = {.result = GONE, .fault_fits = true, .has_failed = true};
    int ends[2], status;
    uint8_t said, rest[3];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        be_the_child(ends[1], what, at);
        _exit(0);
    }
    close(ends[1]);
    while (read(ends[0], &said, 1) == 1 && said != SAID_ENDED) {
        assert_int_equal(said, outcome.commits + 1);
        outcome.commits = said;
    }
    if (read(ends[0], rest, sizeof(rest)) == (ssize_t)sizeof(rest)) {
        outcome.result = -(int)rest[0];
        outcome.fault_fits = rest[1];
        outcome.has_failed = rest[2];
    }
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    return outcome;
}

static void check_event(const struct event *event, uint64_t seq, const bool *gone)
{
    assert_int_equal(event->seq, seq);
    assert_int_equal(event->mid, UINT64_MAX - seq);
    if (event->kind != EVENT_MESSAGE)
        return;
    assert_int_equal(event->deleted, gone[seq]);
    assert_true(slice_is(event->message.body, gone[seq] ? "" : text_of(seq)));
}

/* Reads all of it. Returns how many commits it holds. */
static unsigned check_store(void)
{
    char fault[STORE_FAULT_BYTES] = "";
    bool gone[COMMITS * BATCH + 1] = {false};
    struct store_read *read;
    uint64_t last = 0;
    rig_start(&rig);
    assert_false(rig.opened.tail_lost);
    assert_int_equal(sqlite_quick_check(&rig.options, fault), OK);
    read = rig_feed(&rig, 0, 1000, 1 << 30);
    assert_int_equal(read->result, OK);
    for (size_t i = 0; i < read->events->count; i++) {
        if (read->events->events[i]->kind == EVENT_DELETE)
            gone[read->events->events[i]->target] = true;
    }
    for (size_t i = 0; i < read->events->count; i++)
        check_event(read->events->events[i], ++last, gone);
    store_read_free(read);
    assert_int_equal(last % BATCH, 0); /* all of a transaction or nothing */
    assert_int_equal(keep_batch(&last), OK);
    rig_shut(&rig);
    return (unsigned)(last / BATCH) - 1;
}

/*
 * Fails at one operation after the other; which ones of four is left to chance, and with ALL=1 in
 * the environment it is every one. Returns how many there are.
 */
static unsigned fail_everywhere(enum bad_disk what)
{
    struct dice dice = dice_new("operations");
    unsigned step = getenv("ALL") ? 1 : STEP;
    for (unsigned at = dice_below(&dice, step);; at += step) {
        rig_remove(rig.folder);
        rig_folder(rig.folder);
        struct outcome outcome = run_child(what, at);
        unsigned commits = check_store();
        /*
         * A commit whose answer did not come may have been kept: its author asks again, by its cid.
         */
        if (commits != outcome.commits && commits != outcome.commits + 1)
            fail_msg("at %u: %u commits acknowledged, %u kept", at, outcome.commits, commits);
        assert_true(outcome.fault_fits);
        if (outcome.result != GONE && what == DISK_FULL && outcome.commits > 0)
            /* It went on by itself; a checkpoint may still be owed. */
            assert_true(outcome.result == OK || outcome.result == ERR_AGAIN);
        else if (outcome.result != GONE)
            assert_true(outcome.result == OK || outcome.result == ERR_IO || what == DISK_FULL);
        if (!outcome.has_failed)
            return at;
    }
}

static void a_full_disk_loses_nothing(void **state)
{
    (void)state;
    assert_true(fail_everywhere(DISK_FULL) > 100);
}

static void an_error_loses_nothing(void **state)
{
    (void)state;
    assert_true(fail_everywhere(DISK_ERROR) > 100);
}

static void a_torn_write_loses_nothing(void **state)
{
    (void)state;
    assert_true(fail_everywhere(DISK_TORN) > 100);
}

static void a_power_cut_loses_nothing(void **state)
{
    (void)state;
    assert_true(fail_everywhere(DISK_POWER_CUT) > 100);
}

#define DISK_TEST(name) cmocka_unit_test_setup_teardown(name, use, take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DISK_TEST(a_full_disk_loses_nothing),
        DISK_TEST(an_error_loses_nothing),
        DISK_TEST(a_torn_write_loses_nothing),
        DISK_TEST(a_power_cut_loses_nothing),
    };
    bad_disk_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
