#include "chat/sequencer_rig.h"

#include <string.h>

#include "base/memory.h"

/*
 * The store fails, at every step in turn: nothing of the batch is kept, nobody is told that it was,
 * and the next one goes well.
 */

enum { LOBBY = ROOM_LOBBY, ASKED = 18 };

static uint64_t ann, bea, garden;

static int use(void **state)
{
    int result = rig_use(state);
    rig.limits.notices = (struct rate){0, 0};
    rig_restart();
    ann = rig_guest("Ann");
    bea = rig_guest("Bea");
    rig_kept(EVENT_MESSAGE, ann, LOBBY, 1, "one");
    rig_kept(EVENT_MESSAGE, ann, LOBBY, 2, "two");
    garden = rig_room(bea, 1, "Garden");
    rig_kept(EVENT_TOPIC, ann, LOBBY, 3, "roses");
    return result;
}

/* A bit of everything that depends on the store, and of what does not. */
static void ask_all(const struct event *asked[ASKED])
{
    size_t count = 0;
    asked[count++] = ask_kept(EVENT_MESSAGE, ann, LOBBY, 10, "three");
    asked[count++] = ask_about(EVENT_EDIT, ann, LOBBY, 11, 1, "new");
    asked[count++] = ask_about(EVENT_REACT, bea, LOBBY, 12, 2, "+1");
    asked[count++] = ask_about(EVENT_PIN, bea, LOBBY, 13, 1, "");
    asked[count++] = ask_about(EVENT_DELETE, ann, LOBBY, 14, 2, "");
    asked[count++] = ask_kept(EVENT_TOPIC, bea, LOBBY, 15, "tulips");
    asked[count++] = ask_kept(EVENT_JOINED, ann, garden, 16, "");
    asked[count++] = ask_kept(EVENT_LEFT, bea, garden, 17, "");
    asked[count++] = ask_kept(EVENT_CREATED, bea, 0, 18, "Park");
    asked[count++] = ask_kept(EVENT_MESSAGE, ann, LOBBY, 1, "one"); /* said before; edited since */
    asked[count++] = ask_kept(EVENT_TOPIC, ann, LOBBY, 19, "tulips"); /* no change */
    struct event *read = ask(EVENT_READ, bea, LOBBY); /* who has said nothing there */
    read->seq = 2;
    asked[count++] = read;
    struct event *rename = ask(EVENT_RENAME, bea, 0);
    rename->name = (struct name){4, "Beat"};
    asked[count++] = rename;
    asked[count++] = ask_guest(99, "Cyn");
    assert_int_equal(count, 14);
    /* From here on the store has no part in it. */
    asked[count++] = ask(EVENT_TYPING, ann, LOBBY);
    struct event *active = ask(EVENT_ACTIVE, ann, 0);
    active->active = false;
    asked[count++] = active;
    asked[count++] = ask_visitor(EVENT_HELLO, 77, "");
    asked[count++] = ask_visitor(EVENT_BYE, 77, "");
    assert_int_equal(count, ASKED);
}

enum { DEPENDENT = 14, HELLO = 13, RETRY = 9 };

/* How many steps the store is asked for, when all goes well. */
static unsigned steps_of_all(void)
{
    const struct event *asked[ASKED];
    use(NULL);
    unsigned before = script.steps;
    ask_all(asked);
    rig_run();
    unsigned steps = script.steps - before;
    for (size_t i = 0; i < ASKED; i++)
        assert_int_equal(asked[i]->result, OK);
    rig_take_down(NULL);
    return steps;
}

static void assert_all_went_well(const struct event *const asked[ASKED])
{
    const uint64_t seqs[] = {4, 5, 6, 7, 8, 9, 2, 3, 1, 1};
    for (size_t i = 0; i < ASKED; i++)
        assert_int_equal(asked[i]->result, OK);
    for (size_t i = 0; i < sizeof(seqs) / sizeof(seqs[0]); i++)
        assert_int_equal(asked[i]->seq, seqs[i]);
    assert_true(asked[9]->dup);
    assert_true(asked[10]->unchanged);
    assert_true(scripted_store_member(garden, ann, NULL));
    assert_false(scripted_store_member(garden, bea, NULL));
    assert_true(name_is(&asked[HELLO]->name, "Cyn"));
    assert_int_equal(rig_count(EVENT_ADDED), 2);
    assert_int_equal(rig_count(EVENT_GONE), 1);
    assert_int_equal(rig_count(EVENT_RENAMED), 2);
}

/* Nothing of it has happened: in the store, in memory, and as far as anybody is told. */
static void assert_nothing_was_kept(const struct event *const asked[ASKED],
                                    const struct scripted_state *before, int why)
{
    assert_memory_equal(&script.now, before, sizeof(*before));
    for (size_t i = 0; i < ASKED; i++) {
        /* The retry of what was kept long before is answered all the same, when the disk is only full. */
        bool again = i == RETRY && why == ERR_BUSY && asked[i]->dup;
        assert_int_equal(asked[i]->result, i < DEPENDENT && !again ? why : OK);
        if (i < DEPENDENT && !again)
            assert_false(asked[i]->dup || asked[i]->unchanged);
    }
    assert_int_equal(rig_count(EVENT_ADDED) + rig_count(EVENT_GONE), 0);
    assert_int_equal(rig_count(EVENT_RENAMED), 0);
    /* Who is here has not changed by it, only by what the store has no part in. */
    assert_int_equal(rig_count(EVENT_TURNED), 1);
    assert_int_equal(rig_count(EVENT_CAME), 1);
    assert_int_equal(rig_count(EVENT_WENT), 1);
}

static void fail_at(unsigned step, int why)
{
    const struct event *asked[ASKED];
    struct scripted_state *before = mem_alloc(sizeof(*before));
    use(NULL);
    *before = script.now;
    ask_all(asked);
    scripted_store_fail(step, why);
    rig_run();
    assert_int_equal(sequencer_is_broken(rig.sequencer), why == ERR_IO);
    assert_nothing_was_kept(asked, before, why);
    mem_free(before);
    if (why == ERR_IO) {
        assert_true(strlen(script.store.fault) > 0);
        rig_take_down(NULL);
        return;
    }
    struct event *who = ask(EVENT_WHO, bea, LOBBY), *hello = ask_hello(2);
    rig_run();
    assert_int_equal(who->roster->people, 2);
    assert_true(name_is(&hello->name, "Bea"));
    assert_int_equal(hello->welcome->rooms_count, 2);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(hello->welcome->rooms[i].head,
                         scripted_store_head(hello->welcome->rooms[i].id));
    ask(EVENT_ACTIVE, ann, 0)->active = true;
    rig_run();

    /* The same once more, with the same cids: now it is done. */
    ask_all(asked);
    rig_run();
    assert_all_went_well(asked);
    rig_take_down(NULL);
}

static void every_step_fails_once(void **state)
{
    (void)state;
    unsigned steps = steps_of_all();
    assert_in_range(steps, 40, 200);
    for (unsigned step = 0; step < steps; step++) {
        /* The last ones belong to a newcomer's rooms, after the commit: see below. */
        bool after_commit = step == steps - 1;
        if (!after_commit)
            fail_at(step, ERR_BUSY);
        if (!after_commit)
            fail_at(step, ERR_IO);
    }
}

/* What is kept stays kept: only the newcomer, whose rooms could not be read, is not let in. */
static void rooms_that_cannot_be_read_keep_out_a_newcomer(void **state)
{
    (void)state;
    unsigned steps = steps_of_all();
    for (unsigned broken = 0; broken < 2; broken++) {
        const struct event *asked[ASKED];
        use(NULL);
        ask_all(asked);
        scripted_store_fail(steps - 1, broken ? ERR_IO : ERR_BUSY);
        rig_run();
        assert_int_equal(sequencer_is_broken(rig.sequencer), broken);
        for (size_t i = 0; i < ASKED; i++)
            assert_int_equal(asked[i]->result, i == HELLO ? (broken ? ERR_IO : ERR_BUSY) : OK);
        struct event *who = ask(EVENT_WHO, ann, LOBBY);
        struct event *back = ask_hello(99); /* its token is kept */
        rig_run();
        assert_int_equal(who->roster->people, 2);
        assert_int_equal(back->result, OK);
        rig_take_down(NULL);
    }
}

static void a_disk_that_stays_full_refuses_again_and_again(void **state)
{
    (void)state;
    use(NULL);
    for (unsigned i = 0; i < 5; i++) {
        struct event *post = ask_kept(EVENT_MESSAGE, ann, LOBBY, 50, "x");
        struct event *typing = ask(EVENT_TYPING, ann, LOBBY);
        scripted_store_fail(0, ERR_BUSY);
        rig_run();
        assert_int_equal(post->result, ERR_BUSY);
        assert_int_equal(typing->result, OK);
    }
    assert_int_equal(rig_kept(EVENT_MESSAGE, ann, LOBBY, 50, "x"), 4);
    rig_take_down(NULL);
}

/* Nobody is held here by a disk on which it cannot be noted when they were last seen. */
static void a_full_disk_lets_people_go(void **state)
{
    (void)state;
    for (unsigned step = 0; step < 4; step++) { /* begin, one, the other, commit */
        use(NULL);
        ask_bye(ann, true);
        ask_bye(bea, true);
        rig_run();
        uint64_t seen_ms = scripted_store_person(ann)->seen_ms;
        rig_pass(RIG_AWAY_MS);
        scripted_store_fail(step, ERR_BUSY);
        assert_non_null(rig_tick());
        assert_int_equal(rig_count(EVENT_WENT), 3);
        assert_int_equal(scripted_store_person(ann)->seen_ms, seen_ms);
        assert_int_equal(sequencer_wait_ms(rig.sequencer, rig.now_ms), UINT32_MAX);
        struct event *back = ask_hello(1);
        rig_run();
        assert_int_equal(back->result, OK);
        rig_take_down(NULL);
    }
}

/* What somebody has read by speaking is told to the store some time later; a disk that is full then is asked again. */
static void a_mark_that_could_not_be_kept_is_told_again(void **state)
{
    enum { MARKS_MS = 2000, STEPS = 5 }; /* begin, one mark, commit, and none */
    unsigned failures = 0;
    (void)state;
    use(NULL);
    rig_pass(MARKS_MS);
    rig_tick();
    for (unsigned step = 0; step < STEPS; step++) {
        uint64_t read = 0;
        uint64_t seq = rig_kept(EVENT_MESSAGE, ann, LOBBY, (uint8_t)(50 + step), "again");
        rig_pass(MARKS_MS);
        scripted_store_fail(step, ERR_BUSY);
        rig_tick();
        bool failed = script.steps >= script.fail_at;
        script.fail_at = 0;
        failures += failed;
        assert_true(scripted_store_member(LOBBY, ann, &read));
        assert_int_equal(read == seq, !failed);
        rig_pass(MARKS_MS);
        rig_tick();
        assert_true(scripted_store_member(LOBBY, ann, &read));
        assert_int_equal(read, seq);
    }
    assert_int_equal(failures, 3);
    rig_take_down(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_step_fails_once),
        cmocka_unit_test(rooms_that_cannot_be_read_keep_out_a_newcomer),
        cmocka_unit_test(a_disk_that_stays_full_refuses_again_and_again),
        cmocka_unit_test(a_full_disk_lets_people_go),
        cmocka_unit_test(a_mark_that_could_not_be_kept_is_told_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
