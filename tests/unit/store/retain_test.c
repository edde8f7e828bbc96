#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/rig.h"
#include "store/sqlite_store.h"

/* What is older than its room keeps is erased. */

enum { ANN = RIG_ANN, BOB = 4, GARDEN = 7, DAY_MS = 86400000 };

#define NOW_MS UINT64_C(1700000000000)
#define CALL(op, ...) rig.store->ops->op(rig.store, __VA_ARGS__)

static struct rig rig;

static int open_rig(void **state)
{
    const struct room_record room = {.id = GARDEN,
                                     .retention_days = 10,
                                     .name = rig_name("Garden"),
                                     .folded = rig_name("garden")};
    (void)state;
    rig_open(&rig, RIG_SQLITE);
    rig_begin(&rig);
    rig_person(&rig, ANN, "Ann");
    assert_int_equal(CALL(room_create, &room), OK);
    rig_commit(&rig);
    return 0;
}

static int close_rig(void **state)
{
    (void)state;
    rig_close(&rig);
    return 0;
}

/* Something that happened so many days ago. */
static void happen(uint64_t room, uint64_t seq, enum event_kind kind, unsigned days,
                   const char *body)
{
    struct event *event = rig_event(kind, room, seq, ANN, seq, body);
    event->ts_ms = NOW_MS - (uint64_t)days * DAY_MS - 1;
    assert_int_equal(rig_append(&rig, event, seq), OK);
}

static struct room_record room_of(uint64_t id)
{
    struct room_record room;
    assert_int_equal(CALL(room_get, id, &room), OK);
    mem_free(room.topic);
    room.topic = NULL;
    return room;
}

/* Returns how many steps it took. */
static unsigned retain(void)
{
    unsigned steps = 0;
    int result;
    while ((result = sqlite_retain((struct sqlite_store *)rig.store, NOW_MS)) == ERR_AGAIN)
        steps++;
    assert_int_equal(result, OK);
    return steps;
}

static struct store_read *ask(uint8_t kind, uint64_t seq)
{
    struct store_read *read = mem_zalloc(sizeof(*read));
    read->kind = kind;
    read->where = READ_BEFORE;
    read->room = GARDEN;
    read->seq = seq;
    read->limit = 1000;
    read->bytes_max = 1 << 20;
    rig.reader->ops->run(rig.reader, read);
    return read;
}

static void feed_answers(uint64_t seq, int result, size_t count)
{
    struct store_read *read = ask(READ_FEED, seq);
    assert_int_equal(read->result, result);
    if (result == OK)
        assert_int_equal(read->events->count, count);
    store_read_free(read);
}

/* Of a moment of which nothing is kept any more, the first that is kept. */
static void a_moment_before_what_is_kept_is_its_beginning(void **state)
{
    (void)state;
    rig_begin(&rig);
    happen(GARDEN, 1, EVENT_CREATED, 20, "Garden");
    happen(GARDEN, 2, EVENT_MESSAGE, 12, "an old word");
    happen(GARDEN, 3, EVENT_MESSAGE, 9, "a young word");
    happen(GARDEN, 4, EVENT_MESSAGE, 0, "a new word");
    rig_commit(&rig);
    assert_true(retain() > 0);
    struct store_read *read = mem_zalloc(sizeof(*read));
    read->kind = READ_HISTORY;
    read->where = READ_AT;
    read->room = GARDEN;
    read->limit = 10;
    read->bytes_max = 1 << 20;
    rig.reader->ops->run(rig.reader, read);
    assert_int_equal(read->result, OK);
    assert_int_equal(read->at, 3);
    assert_int_equal(read->events->count, 2);
    store_read_free(read);
}

static void what_is_old_goes_and_the_rest_stays(void **state)
{
    (void)state;
    rig_begin(&rig);
    happen(GARDEN, 1, EVENT_CREATED, 20, "Garden");
    happen(GARDEN, 2, EVENT_MESSAGE, 12, "an old word");
    happen(GARDEN, 3, EVENT_TOPIC, 11, "an old topic");
    happen(GARDEN, 4, EVENT_MESSAGE, 10, "old by a hair");
    happen(GARDEN, 5, EVENT_MESSAGE, 9, "a young word");
    happen(GARDEN, 6, EVENT_MESSAGE, 0, "a new word");
    happen(ROOM_LOBBY, 1, EVENT_MESSAGE, 1000, "kept for good");
    rig_commit(&rig);
    assert_true(retain() > 0);
    assert_int_equal(retain(), 0);
    struct room_record room = room_of(GARDEN);
    assert_int_equal(room.first_seq, 5);
    assert_int_equal(room.head, 6);
    assert_int_equal(room.messages, 4);
    assert_int_equal(room_of(ROOM_LOBBY).first_seq, 1);
    feed_answers(0, ERR_NOT_FOUND, 0);
    feed_answers(3, ERR_NOT_FOUND, 0);
    feed_answers(4, OK, 2);
    feed_answers(6, OK, 0);
    struct store_read *read = ask(READ_HISTORY, 6);
    assert_int_equal(read->events->count, 1);
    assert_int_equal(read->events->events[0]->seq, 5);
    assert_int_equal(read->first, 1); /* nobody needs to ask for more */
    assert_int_equal(read->last, 5);
    store_read_free(read);
    read = ask(READ_EXPORT, 0);
    assert_int_equal(read->result, OK);
    assert_int_equal(read->events->count, 2);
    store_read_free(read);
}

static void nothing_old_is_in_any_file(void **state)
{
    static const char *const gone[] = {"an old word", "an old topic", "an old edit", "old-name.png",
                                       "an old alt"};
    struct act_file file = {.bytes = 5, .type = "image/png", .name = "old-name.png"};
    const struct file picture = {.id = 50, .alt = SLICE_LITERAL("an old alt")};
    struct file_list *wanted = file_list_new(&picture, 1), *files = NULL;
    (void)state;
    rig_begin(&rig);
    assert_int_equal(rig.store->directory->file_make(rig.store, 50, ANN, &file, 100, NOW_MS), OK);
    assert_int_equal(CALL(files_attach, GARDEN, 1, ANN, wanted, &files), OK);
    happen(GARDEN, 1, EVENT_MESSAGE, 12, "an old word");
    happen(GARDEN, 2, EVENT_TOPIC, 11, "an old topic");
    assert_int_equal(CALL(message_set_text, GARDEN, 1, SLICE_LITERAL("an old edit"), NOW_MS), OK);
    happen(GARDEN, 3, EVENT_MESSAGE, 1, "a young word");
    rig_commit(&rig);
    retain();
    /* What is young here is old by the clock. */
    ((struct sqlite_store *)rig.store)->retain_ms = UINT64_MAX;
    while (CALL(rest, clock_mono_ms() + 10000) == ERR_AGAIN)
        continue;
    for (size_t i = 0; i < sizeof(gone) / sizeof(gone[0]); i++)
        assert_false(rig_folder_has(rig.folder, gone[i], strlen(gone[i])));
    assert_true(rig_folder_has(rig.folder, "a young word", strlen("a young word")));
    mem_free(wanted);
    mem_free(files);
}

static void a_room_of_which_all_is_old_is_empty(void **state)
{
    (void)state;
    rig_begin(&rig);
    happen(GARDEN, 1, EVENT_MESSAGE, 12, "a");
    happen(GARDEN, 2, EVENT_MESSAGE, 12, "b");
    rig_commit(&rig);
    retain();
    assert_int_equal(room_of(GARDEN).first_seq, 3);
    assert_int_equal(room_of(GARDEN).head, 2);
    feed_answers(1, ERR_NOT_FOUND, 0);
    feed_answers(2, OK, 0);
    struct store_read *read = ask(READ_HISTORY, 2);
    assert_int_equal(read->result, OK);
    assert_int_equal(read->events->count, 0);
    store_read_free(read);
    rig_begin(&rig); /* and goes on */
    happen(GARDEN, 3, EVENT_MESSAGE, 0, "c");
    rig_commit(&rig);
    feed_answers(2, OK, 1);
}

static void what_is_gone_is_not_unread(void **state)
{
    struct seat_record seat;
    (void)state;
    rig_begin(&rig);
    assert_int_equal(CALL(member_set, GARDEN, ANN, true), OK);
    assert_int_equal(CALL(member_set, GARDEN, BOB, true), OK);
    happen(GARDEN, 1, EVENT_MESSAGE, 12, "a");
    happen(GARDEN, 2, EVENT_JOINED, 12, "");
    happen(GARDEN, 3, EVENT_MESSAGE, 12, "b");
    happen(GARDEN, 4, EVENT_MESSAGE, 1, "c");
    happen(GARDEN, 5, EVENT_MESSAGE, 1, "d");
    assert_int_equal(CALL(read_set, GARDEN, BOB, 4, 3), OK);
    rig_commit(&rig);
    retain();
    assert_int_equal(CALL(member_get, GARDEN, ANN, &seat), OK);
    assert_int_equal(seat.read, 3);
    assert_int_equal(seat.read_count, 2);
    assert_int_equal(CALL(member_get, GARDEN, BOB, &seat), OK);
    assert_int_equal(seat.read, 4);
    assert_int_equal(seat.read_count, 3);
}

static void a_retry_of_what_is_gone_is_still_a_retry(void **state)
{
    uint8_t cid[CID_BYTES] = {1};
    struct kept_record kept;
    (void)state;
    rig_begin(&rig);
    happen(GARDEN, 1, EVENT_MESSAGE, 12, "a");
    rig_commit(&rig);
    retain();
    assert_int_equal(CALL(kept_by_cid, GARDEN, ANN, cid, &kept), OK);
    assert_int_equal(kept.seq, 1);
    assert_int_equal(kept.digest, 0);
}

static void it_takes_small_steps(void **state)
{
    enum { EVENTS = 1001, ROOMS = 5 };
    (void)state;
    rig_begin(&rig);
    for (uint64_t room = GARDEN + 1; room <= GARDEN + ROOMS; room++) {
        const struct room_record record = {
            .id = room, .retention_days = 1, .folded = {.len = 1, .text = {(char)room}}};
        assert_int_equal(CALL(room_create, &record), OK);
        happen(room, 1, EVENT_MESSAGE, 2, "x");
    }
    for (uint64_t seq = 1; seq <= EVENTS; seq++)
        happen(GARDEN, seq, EVENT_MESSAGE, 12, "x");
    rig_commit(&rig);
    assert_int_equal(sqlite_retain((struct sqlite_store *)rig.store, NOW_MS), ERR_AGAIN);
    uint64_t first = room_of(GARDEN).first_seq;
    assert_in_range(first, 2, 500);
    assert_in_range(retain(), EVENTS / 500, EVENTS / 100);
    assert_int_equal(room_of(GARDEN).first_seq, EVENTS + 1);
    for (uint64_t room = GARDEN + 1; room <= GARDEN + ROOMS; room++)
        assert_int_equal(room_of(room).first_seq, 2);
}

static void the_store_does_it_by_itself(void **state)
{
    (void)state;
    rig_begin(&rig);
    happen(GARDEN, 1, EVENT_MESSAGE, 12, "a");
    rig_commit(&rig);
    uint64_t now_ms = clock_mono_ms();
    for (unsigned i = 0; i < 5; i++)
        CALL(rest, now_ms + i * 1000);
    assert_int_equal(room_of(GARDEN).first_seq, 2);
    rig_begin(&rig);
    happen(GARDEN, 2, EVENT_MESSAGE, 12, "b");
    rig_commit(&rig);
    CALL(rest, now_ms + 5000); /* not yet */
    assert_int_equal(room_of(GARDEN).first_seq, 2);
    CALL(rest, now_ms + 600 * 1000);
    assert_int_equal(room_of(GARDEN).first_seq, 3);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, open_rig, close_rig)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_old_goes_and_the_rest_stays),
        TEST(a_moment_before_what_is_kept_is_its_beginning),
        TEST(nothing_old_is_in_any_file),
        TEST(a_room_of_which_all_is_old_is_empty),
        TEST(what_is_gone_is_not_unread),
        TEST(a_retry_of_what_is_gone_is_still_a_retry),
        TEST(it_takes_small_steps),
        TEST(the_store_does_it_by_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
