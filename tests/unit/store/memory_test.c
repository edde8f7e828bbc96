#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <string.h>

#include "chat/dice.h"

#include "base/error.h"
#include "chat/room.h"
#include "store/memory.h"

/* The contract of chat/store.h, and the limits of this store. */

enum { WALL_MS = 1700000000, BATCH_MAX = 64 };

static struct store *store;
static uint64_t last_mid;

static uint64_t next_mid(void)
{
    return last_mid += 7;
}

static void open_with(size_t events_max, size_t bytes_max)
{
    const struct memory_store_limits limits = {events_max, bytes_max};
    last_mid = 1000;
    store = memory_store_new(&limits, next_mid);
}

static int use(void **state)
{
    (void)state;
    open_with(1000, 1 << 20);
    return 0;
}

static int use_small(void **state)
{
    (void)state;
    open_with(3, 20);
    return 0;
}

static int take_down(void **state)
{
    (void)state;
    store->ops->close(store);
    return 0;
}

static struct event *post(uint64_t person, unsigned cid, const char *body)
{
    struct event *event = event_new(EVENT_POST, slice_of_string(body), slice_of(NULL, 0));
    event->room = ROOM_LOBBY;
    event->person = person;
    event->has_cid = cid != 0;
    memcpy(event->cid, &cid, sizeof(cid));
    return event;
}

static void commit(struct event **posts, size_t count, uint64_t wall_ms)
{
    assert_int_equal(store->ops->commit(store, posts, count, wall_ms), OK);
}

static uint64_t head(void)
{
    return store->ops->head(store, ROOM_LOBBY);
}

/* What is expected of a post; frees it. */
static void assert_kept(struct event *event, uint64_t seq, bool dup)
{
    assert_int_equal(event->result, OK);
    assert_int_equal(event->seq, seq);
    assert_int_equal(event->dup, dup);
    event_free(event);
}

static void commit_one(struct event *event, uint64_t seq, bool dup)
{
    commit(&event, 1, WALL_MS);
    assert_kept(event, seq, dup);
}

static void assert_reused(struct event *event)
{
    commit(&event, 1, WALL_MS);
    assert_int_equal(event->result, ERR_EXISTS);
    assert_false(event->dup);
    event_free(event);
}

static void seqs_begin_at_one_without_a_hole(void **state)
{
    (void)state;
    assert_int_equal(head(), 0);
    struct event *posts[3] = {post(1, 1, "a"), post(2, 0, "b"), post(1, 2, "")};
    commit(posts, 3, WALL_MS);
    assert_int_equal(head(), 3);
    for (uint64_t i = 0; i < 3; i++) {
        assert_int_equal(posts[i]->mid, 1007 + 7 * i);
        assert_int_equal(posts[i]->ts_ms, WALL_MS);
        assert_kept(posts[i], i + 1, false);
    }
    commit_one(post(1, 3, "d"), 4, false);
    commit(NULL, 0, WALL_MS);
    assert_int_equal(head(), 4);
}

static void a_known_cid_gets_the_first_answer_again(void **state)
{
    (void)state;
    struct event *first = post(1, 1, "a");
    commit(&first, 1, WALL_MS);
    commit_one(post(1, 2, "b"), 2, false);
    struct event *again = post(1, 1, "a");
    commit(&again, 1, WALL_MS + 500);
    assert_int_equal(again->mid, first->mid);
    assert_int_equal(again->ts_ms, first->ts_ms);
    assert_kept(again, 1, true);
    event_free(first);
    assert_int_equal(head(), 2);
    commit_one(post(1, 3, "c"), 3, false); /* no hole */
}

static void two_of_one_cid_in_a_batch_count_as_one_after_the_other(void **state)
{
    (void)state;
    struct event *posts[5] = {post(1, 1, "a"), post(1, 1, "a"), post(1, 1, "x"), post(1, 2, "b"),
                              post(1, 2, "b")};
    commit(posts, 5, WALL_MS);
    assert_int_equal(posts[1]->mid, posts[0]->mid);
    assert_int_equal(posts[2]->result, ERR_EXISTS);
    assert_kept(posts[0], 1, false);
    assert_kept(posts[1], 1, true);
    event_free(posts[2]);
    assert_kept(posts[3], 2, false);
    assert_kept(posts[4], 2, true);
    assert_int_equal(head(), 2);
}

static void other_content_is_a_reuse(void **state)
{
    (void)state;
    commit_one(post(1, 1, "abc"), 1, false);
    assert_reused(post(1, 1, "abd"));
    assert_reused(post(1, 1, "ab"));
    assert_reused(post(1, 1, "abcd"));
    assert_reused(post(1, 1, ""));
    assert_int_equal(head(), 1);
    commit_one(post(1, 1, "abc"), 1, true); /* the first one still holds */
}

static void a_cid_is_its_persons_own(void **state)
{
    (void)state;
    commit_one(post(1, 1, "a"), 1, false);
    commit_one(post(2, 1, "b"), 2, false);
    commit_one(post(1, 1, "a"), 1, true);
    commit_one(post(2, 1, "b"), 2, true);
}

static void without_a_cid_everything_is_new(void **state)
{
    (void)state;
    commit_one(post(1, 0, "a"), 1, false);
    commit_one(post(1, 0, "a"), 2, false);
    struct event *zeros = post(1, 0, "a"); /* a cid of zeros is one all the same */
    zeros->has_cid = true;
    commit_one(zeros, 3, false);
    zeros = post(1, 0, "a");
    zeros->has_cid = true;
    commit_one(zeros, 3, true);
    commit_one(post(1, 0, "a"), 4, false);
}

static void every_bit_of_a_cid_counts(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 8 * CID_BYTES; bit++) {
        struct event *event = post(1, 0, "a");
        event->has_cid = true;
        event->cid[bit / 8] = (uint8_t)(1u << bit % 8);
        commit_one(event, bit + 1, false);
    }
}

static void time_never_runs_backwards(void **state)
{
    const uint64_t wall_ms[] = {WALL_MS, WALL_MS + 10, WALL_MS - 5000, WALL_MS + 9, WALL_MS + 11};
    const uint64_t ts_ms[] = {WALL_MS, WALL_MS + 10, WALL_MS + 10, WALL_MS + 10, WALL_MS + 11};
    (void)state;
    for (size_t i = 0; i < 5; i++) {
        struct event *event = post(1, 0, "a");
        commit(&event, 1, wall_ms[i]);
        assert_int_equal(event->ts_ms, ts_ms[i]);
        event_free(event);
    }
}

/* At most three events: the fourth forgets the first, and its cid with it. */
static void too_many_events_forget_the_oldest(void **state)
{
    (void)state;
    for (unsigned i = 1; i <= 4; i++)
        commit_one(post(1, i, "a"), i, false);
    commit_one(post(1, 2, "a"), 2, true);
    commit_one(post(1, 4, "a"), 4, true);
    commit_one(post(1, 1, "other"), 5, false); /* forgotten: it is as new */
    commit_one(post(1, 2, "a"), 6, false);
    assert_int_equal(head(), 6);
}

/* At most twenty bytes. */
static void too_many_bytes_forget_the_oldest(void **state)
{
    (void)state;
    commit_one(post(1, 1, "0123456789"), 1, false);
    commit_one(post(1, 2, "0123456789"), 2, false);
    commit_one(post(1, 1, "0123456789"), 1, true); /* just so many */
    commit_one(post(1, 3, "x"), 3, false);
    commit_one(post(1, 2, "0123456789"), 2, true);
    commit_one(post(1, 1, "0123456789"), 4, false);
}

static void one_that_is_larger_than_all_is_answered_all_the_same(void **state)
{
    (void)state;
    commit_one(post(1, 1, "a"), 1, false);
    commit_one(post(1, 2, "a body of more than twenty bytes"), 2, false);
    assert_int_equal(head(), 2);
    commit_one(post(1, 1, "a"), 3, false); /* everything was forgotten */
    commit_one(post(1, 1, "a"), 3, true);
}

/* ---- against a model ---- */

enum { MODEL_MAX = 20000, PEOPLE = 3, CIDS = 400, KEPT_MAX = 100 };

struct said {
    uint64_t seq, mid, ts_ms;
    char letter;
};

static struct said model[PEOPLE][CIDS]; /* seq 0: never */

static void check(const struct event *event, unsigned person, unsigned cid, uint64_t *head_seq,
                  uint64_t *last_ts_ms)
{
    struct said *said = &model[person][cid];
    char letter = (char)event->message.body.ptr[0];
    /* Kept are the newest events up to the place of this one in the order. */
    bool known = said->seq > 0 && said->seq + KEPT_MAX > *head_seq;
    if (known && said->letter != letter) {
        assert_int_equal(event->result, ERR_EXISTS);
    } else if (known) {
        assert_true(event->dup);
        assert_int_equal(event->seq, said->seq);
        assert_int_equal(event->mid, said->mid);
        assert_int_equal(event->ts_ms, said->ts_ms);
    } else {
        assert_false(event->dup);
        assert_int_equal(event->result, OK);
        assert_int_equal(event->seq, ++*head_seq);
        assert_true(event->ts_ms >= *last_ts_ms);
        *last_ts_ms = event->ts_ms;
        *said = (struct said){event->seq, event->mid, event->ts_ms, letter};
    }
}

static void does_what_the_model_does(void **state)
{
    struct dice dice = dice_new("memory store");
    uint64_t head_seq = 0, last_ts_ms = 0, wall_ms = WALL_MS;
    (void)state;
    open_with(KEPT_MAX, 1 << 20);
    for (unsigned done = 0; done < MODEL_MAX;) {
        struct event *posts[BATCH_MAX];
        unsigned people[BATCH_MAX], cids[BATCH_MAX];
        unsigned count = 1 + dice_below(&dice, BATCH_MAX);
        for (unsigned i = 0; i < count; i++) {
            people[i] = dice_below(&dice, PEOPLE);
            cids[i] = dice_below(&dice, dice_below(&dice, 2) ? CIDS : 20);
            posts[i] = post(people[i] + 1, cids[i] + 1, dice_below(&dice, 5) ? "a" : "b");
        }
        wall_ms += dice_below(&dice, 100);
        wall_ms -= dice_below(&dice, 90);
        commit(posts, count, wall_ms);
        for (unsigned i = 0; i < count; i++) {
            check(posts[i], people[i], cids[i], &head_seq, &last_ts_ms);
            event_free(posts[i]);
        }
        assert_int_equal(head(), head_seq);
        done += count;
    }
    store->ops->close(store);
}

#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, use, take_down)
#define SMALL_TEST(name) cmocka_unit_test_setup_teardown(name, use_small, take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(seqs_begin_at_one_without_a_hole),
        STORE_TEST(a_known_cid_gets_the_first_answer_again),
        STORE_TEST(two_of_one_cid_in_a_batch_count_as_one_after_the_other),
        STORE_TEST(other_content_is_a_reuse),
        STORE_TEST(a_cid_is_its_persons_own),
        STORE_TEST(without_a_cid_everything_is_new),
        STORE_TEST(every_bit_of_a_cid_counts),
        STORE_TEST(time_never_runs_backwards),
        SMALL_TEST(too_many_events_forget_the_oldest),
        SMALL_TEST(too_many_bytes_forget_the_oldest),
        SMALL_TEST(one_that_is_larger_than_all_is_answered_all_the_same),
        cmocka_unit_test(does_what_the_model_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
