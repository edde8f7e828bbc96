#include "chat/sequencer_rig.h"

#include <string.h>

/*
 * The same command again: it is done once, and answered as the first time; the same cid with
 * something else is refused.
 */

enum { LOBBY = ROOM_LOBBY, CID = 50 };

static uint64_t ann, bea, garden;

/* The lobby has messages 1 to 4; 3 has a reaction and a pin; Bea has a room of her own. */
static int use(void **state)
{
    int result = rig_use(state);
    ann = rig_guest("Ann");
    bea = rig_guest("Bea");
    for (uint8_t i = 1; i <= 4; i++)
        rig_kept(EVENT_MESSAGE, ann, LOBBY, i, "text");
    ask_about(EVENT_REACT, ann, LOBBY, 5, 3, "+1");
    ask_about(EVENT_PIN, ann, LOBBY, 6, 3, "");
    garden = rig_room(bea, 1, "Garden");
    return result;
}

/* Each kind, as it is said, and something else that is said with the same cid. */
static const struct {
    enum event_kind kind;
    uint64_t target;
    const char *body;
    enum event_kind other_kind;
    uint64_t other_target;
    const char *other_body;
} commands[] = {
    {EVENT_MESSAGE, 0, "hello", EVENT_MESSAGE, 0, "hullo"},
    {EVENT_MESSAGE, 0, "x", EVENT_TOPIC, 0, "x"},
    {EVENT_EDIT, 1, "new", EVENT_EDIT, 1, "newer"},
    {EVENT_EDIT, 1, "new", EVENT_EDIT, 2, "new"},
    {EVENT_DELETE, 1, "", EVENT_DELETE, 2, ""},
    {EVENT_REACT, 1, "+1", EVENT_REACT, 1, "-1"},
    {EVENT_REACT, 1, "+1", EVENT_UNREACT, 1, "+1"},
    {EVENT_UNREACT, 3, "+1", EVENT_UNREACT, 2, "+1"},
    {EVENT_PIN, 1, "", EVENT_PIN, 2, ""},
    {EVENT_UNPIN, 3, "", EVENT_PIN, 3, ""},
    {EVENT_TOPIC, 0, "roses", EVENT_TOPIC, 0, "tulips"},
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static struct event *say(size_t i)
{
    return ask_about(commands[i].kind, ann, LOBBY, CID, commands[i].target, commands[i].body);
}

static struct event *say_other(size_t i)
{
    return ask_about(commands[i].other_kind, ann, LOBBY, CID, commands[i].other_target,
                     commands[i].other_body);
}

static void assert_dup(const struct event *event, const struct event *first)
{
    assert_int_equal(event->result, OK);
    assert_true(event->dup);
    assert_int_equal(event->seq, first->seq);
    assert_int_equal(event->mid, first->mid);
    assert_int_equal(event->ts_ms, first->ts_ms);
}

static void a_retry_of_every_kind_gets_the_first_answer(void **state)
{
    (void)state;
    for (size_t i = 0; i < COMMANDS; i++) {
        rig_take_down(NULL);
        use(NULL);
        const struct event *done = say(i);
        rig_run();
        assert_int_equal(done->result, OK);
        assert_false(done->dup || done->unchanged);
        const struct event first = *done;
        unsigned appends = script.appends;
        rig_pass(1000);
        const struct event *again = say(i), *other = say_other(i);
        rig_run();
        assert_dup(again, &first);
        if (other->result != ERR_EXISTS)
            fail_msg("command %zu: %d", i, other->result);
        assert_false(other->dup);
        assert_int_equal(script.appends, appends);
    }
}

static void two_of_one_cid_in_one_batch_are_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < COMMANDS; i++) {
        rig_take_down(NULL);
        use(NULL);
        unsigned appends = script.appends;
        const struct event *first = say(i), *again = say(i), *other = say_other(i);
        const struct event *after = ask_kept(EVENT_MESSAGE, ann, LOBBY, CID + 1, "after");
        rig_run();
        assert_false(first->dup);
        assert_dup(again, first);
        assert_int_equal(other->result, ERR_EXISTS);
        assert_int_equal(after->seq, first->seq + 1);
        assert_int_equal(script.appends, appends + 2);
    }
}

static void joining_and_leaving_again(void **state)
{
    (void)state;
    struct event *joined = ask_kept(EVENT_JOINED, ann, garden, CID, "");
    struct event *twice = ask_kept(EVENT_JOINED, ann, garden, CID, "");
    struct event *other = ask_kept(EVENT_LEFT, ann, garden, CID, "");
    rig_run();
    assert_dup(twice, joined);
    assert_int_equal(other->result, ERR_EXISTS);
    struct event *left = ask_kept(EVENT_LEFT, ann, garden, CID + 1, "");
    struct event *again = ask_kept(EVENT_LEFT, ann, garden, CID + 1, "");
    rig_run();
    assert_int_equal(left->result, OK);
    assert_dup(again, left); /* although she is not in the room any more */
    again = ask_kept(EVENT_JOINED, ann, garden, CID, "");
    rig_run();
    assert_true(again->dup); /* and does not come in again by it */
    assert_false(scripted_store_member(garden, ann, NULL));
    assert_int_equal(rig_count(EVENT_ADDED), 0);
}

static void a_cid_belongs_to_its_author_and_room(void **state)
{
    (void)state;
    rig_kept(EVENT_JOINED, ann, garden, 9, "");
    struct event *in_lobby = ask_kept(EVENT_MESSAGE, ann, LOBBY, CID, "a");
    struct event *in_garden = ask_kept(EVENT_MESSAGE, ann, garden, CID, "b");
    struct event *hers = ask_kept(EVENT_MESSAGE, bea, LOBBY, CID, "c");
    struct event *none = ask_kept(EVENT_MESSAGE, ann, LOBBY, 0, "d");
    struct event *none_again = ask_kept(EVENT_MESSAGE, ann, LOBBY, 0, "d");
    rig_run();
    assert_false(in_lobby->dup || in_garden->dup || hers->dup || none->dup || none_again->dup);
    assert_int_equal(in_lobby->seq + 3, none_again->seq);
    assert_int_equal(in_garden->result, OK);
}

static void what_a_reply_is_to_is_part_of_it(void **state)
{
    (void)state;
    struct event *first = ask_kept(EVENT_MESSAGE, ann, LOBBY, CID, "x");
    first->reply_to = 1;
    rig_run();
    const struct event done = *first;
    struct event *other = ask_kept(EVENT_MESSAGE, ann, LOBBY, CID, "x");
    other->reply_to = 2;
    struct event *plain = ask_kept(EVENT_MESSAGE, ann, LOBBY, CID, "x");
    struct event *same = ask_kept(EVENT_MESSAGE, ann, LOBBY, CID, "x");
    same->reply_to = 1;
    rig_run();
    assert_int_equal(other->result, ERR_EXISTS);
    assert_int_equal(plain->result, ERR_EXISTS);
    assert_dup(same, &done);
}

/*
 * The text is gone and its digest with it: nobody can tell any more whether it is the same, and a
 * retry must not fail.
 */
static void a_retry_after_the_text_is_gone_is_the_same(void **state)
{
    (void)state;
    for (unsigned erase = 0; erase < 2; erase++) {
        uint8_t cid = (uint8_t)(CID + 10 * erase);
        struct event *post = ask_kept(EVENT_MESSAGE, ann, LOBBY, cid, "secret");
        rig_run();
        const struct event first = *post;
        struct event *edit =
            ask_about(EVENT_EDIT, ann, LOBBY, (uint8_t)(cid + 1), first.seq, "public");
        rig_run();
        const struct event edited = *edit;
        uint64_t target = first.seq;
        if (erase)
            ask_about(EVENT_DELETE, ann, LOBBY, (uint8_t)(cid + 2), target, "");
        else
            ask_about(EVENT_EDIT, ann, LOBBY, (uint8_t)(cid + 2), target, "again");
        struct event *retry = ask_kept(EVENT_MESSAGE, ann, LOBBY, cid, "secret");
        struct event *edit_retry =
            ask_about(EVENT_EDIT, ann, LOBBY, (uint8_t)(cid + 1), target, "public");
        rig_run();
        assert_dup(retry, &first);
        assert_dup(edit_retry, &edited);
        assert_true(erase == scripted_store_event(LOBBY, target)->deleted);
    }
}

/* What changed nothing left nothing behind: the same command may change something later. */
static void what_changed_nothing_is_not_remembered(void **state)
{
    (void)state;
    struct event *react = ask_about(EVENT_REACT, ann, LOBBY, CID, 3, "+1");
    rig_run();
    assert_true(react->unchanged);
    ask_about(EVENT_UNREACT, ann, LOBBY, CID + 1, 3, "+1");
    react = ask_about(EVENT_REACT, ann, LOBBY, CID, 3, "+1");
    rig_run();
    assert_int_equal(react->result, OK);
    assert_false(react->dup || react->unchanged);
}

static void a_retry_after_a_restart(void **state)
{
    (void)state;
    struct event *post = ask_kept(EVENT_MESSAGE, ann, LOBBY, CID, "x");
    rig_run();
    const struct event first = *post;
    rig_restart();
    ask_hello(1);
    rig_run();
    struct event *again = ask_kept(EVENT_MESSAGE, ann, LOBBY, CID, "x");
    rig_run();
    assert_dup(again, &first);
    assert_int_equal(rig_kept(EVENT_MESSAGE, ann, LOBBY, CID + 1, "y"), first.seq + 1);
}

static void a_retry_after_one_has_left_the_room(void **state)
{
    (void)state;
    uint64_t room = rig_room(ann, CID, "Attic");
    struct event *post = ask_kept(EVENT_MESSAGE, ann, room, CID + 1, "x");
    rig_run();
    const struct event first = *post;
    rig_kept(EVENT_LEFT, ann, room, CID + 2, "");
    struct event *again = ask_kept(EVENT_MESSAGE, ann, room, CID + 1, "x");
    struct event *other = ask_kept(EVENT_MESSAGE, ann, room, CID + 3, "y");
    rig_run();
    assert_dup(again, &first);
    assert_int_equal(other->result, ERR_NOT_FOUND);
    assert_true(other->no_room);
}

static void a_retry_while_the_disk_is_full(void **state)
{
    (void)state;
    struct event *post = ask_kept(EVENT_MESSAGE, ann, LOBBY, CID, "x");
    rig_run();
    const struct event first = *post;
    scripted_store_fail(0, ERR_BUSY); /* it cannot even begin */
    struct event *again = ask_kept(EVENT_MESSAGE, ann, LOBBY, CID, "x");
    struct event *other = ask_kept(EVENT_MESSAGE, ann, LOBBY, CID + 1, "y");
    rig_run();
    assert_dup(again, &first);
    assert_int_equal(other->result, ERR_BUSY);
}

#define AGAIN_TEST(name) cmocka_unit_test_setup_teardown(name, use, rig_take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        AGAIN_TEST(a_retry_of_every_kind_gets_the_first_answer),
        AGAIN_TEST(two_of_one_cid_in_one_batch_are_one),
        AGAIN_TEST(joining_and_leaving_again),
        AGAIN_TEST(a_cid_belongs_to_its_author_and_room),
        AGAIN_TEST(what_a_reply_is_to_is_part_of_it),
        AGAIN_TEST(a_retry_after_the_text_is_gone_is_the_same),
        AGAIN_TEST(what_changed_nothing_is_not_remembered),
        AGAIN_TEST(a_retry_after_a_restart),
        AGAIN_TEST(a_retry_after_one_has_left_the_room),
        AGAIN_TEST(a_retry_while_the_disk_is_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
