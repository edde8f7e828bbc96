#include "chat/sequencer_rig.h"

#include <string.h>

#include "chat/refusal.h"

/*
 * What a command that changes a room leads to: the log, what stands in it now, and the rules.
 * Retries: settle_again_test.c.
 */

enum { LOBBY = ROOM_LOBBY };

static uint64_t ann, bea;

static int use(void **state)
{
    int result = rig_use(state);
    ann = rig_guest("Ann");
    bea = rig_guest("Bea");
    return result;
}

static void assert_kept(uint64_t room, uint64_t seq, enum event_kind kind, uint64_t author,
                        const char *text)
{
    const struct scripted_event *kept = scripted_store_event(room, seq);
    assert_non_null(kept);
    assert_int_equal(kept->kind, kind);
    assert_int_equal(kept->author, author);
    assert_true(slice_is(slice_of(kept->text.text, kept->text.len), text));
}

static void assert_refused(const struct event *event, int result)
{
    uint64_t head = scripted_store_head(LOBBY);
    rig_run();
    assert_int_equal(event->result, result);
    assert_int_equal(scripted_store_head(LOBBY), head);
}

static void messages_are_numbered_in_the_order_in_which_they_came(void **state)
{
    (void)state;
    struct event *first = ask_kept(EVENT_MESSAGE, ann, LOBBY, 1, "one");
    struct event *second =
        ask_kept(EVENT_MESSAGE, bea, LOBBY, 1, "two"); /* a cid is its author's */
    struct event *third = ask_visitor(EVENT_MESSAGE, 77, "");
    unsigned commits = script.commits;
    rig_run();
    assert_int_equal(script.commits, commits + 1);
    assert_int_equal(first->seq, 1);
    assert_int_equal(second->seq, 2);
    assert_int_equal(third->seq, 3);
    assert_true(first->mid != 0 && first->mid != second->mid);
    assert_int_equal(first->ts_ms, rig.wall_ms);
    assert_true(name_is(&first->name, "Ann"));
    assert_true(name_is(&second->name, "Bea"));
    assert_int_equal(third->name.len, 0);
    assert_kept(LOBBY, 1, EVENT_MESSAGE, ann, "one");
    assert_kept(LOBBY, 2, EVENT_MESSAGE, bea, "two");
    assert_kept(LOBBY, 3, EVENT_MESSAGE, 77, "");
    assert_true(scripted_store_event(LOBBY, 3)->visitor);
    assert_int_equal(rig_kept(EVENT_MESSAGE, ann, LOBBY, 2, "four"), 4);
}

static void time_never_goes_back_within_a_room(void **state)
{
    (void)state;
    rig_kept(EVENT_MESSAGE, ann, LOBBY, 1, "a");
    uint64_t then = rig.wall_ms;
    rig.wall_ms -= 5000; /* somebody has set the clock */
    struct event *event = ask_kept(EVENT_MESSAGE, ann, LOBBY, 2, "b");
    rig_run();
    assert_int_equal(event->ts_ms, then);
    rig.wall_ms += 10000;
    event = ask_kept(EVENT_MESSAGE, ann, LOBBY, 3, "c");
    rig_run();
    assert_int_equal(event->ts_ms, rig.wall_ms);
}

static void a_reply_is_to_a_message_that_is_there(void **state)
{
    (void)state;
    rig_kept(EVENT_MESSAGE, ann, LOBBY, 1, "a");
    struct event *reply = ask_kept(EVENT_MESSAGE, bea, LOBBY, 1, "b");
    reply->reply_to = 1;
    rig_run();
    assert_int_equal(reply->result, OK);
    assert_int_equal(scripted_store_event(LOBBY, 2)->reply_to, 1);
    rig_kept(EVENT_TOPIC, ann, LOBBY, 2, "no message");
    const uint64_t wrong[] = {3, 4, 5, UINT64_MAX}; /* not a message, itself, the future */
    for (size_t i = 0; i < 4; i++) {
        reply = ask_kept(EVENT_MESSAGE, bea, LOBBY, (uint8_t)(10 + i), "c");
        reply->reply_to = wrong[i];
        assert_refused(reply, ERR_NOT_FOUND);
    }
    struct event *gone = ask_about(EVENT_DELETE, ann, LOBBY, 3, 1, "");
    rig_run();
    assert_int_equal(gone->result, OK);
    reply = ask_kept(EVENT_MESSAGE, bea, LOBBY, 20, "d");
    reply->reply_to = 1;
    assert_refused(reply, ERR_NOT_FOUND);
}

static void one_edits_and_deletes_ones_own(void **state)
{
    (void)state;
    rig_kept(EVENT_MESSAGE, ann, LOBBY, 1, "a");
    struct event *edit = ask_about(EVENT_EDIT, ann, LOBBY, 2, 1, "b");
    rig_run();
    assert_int_equal(edit->result, OK);
    assert_int_equal(edit->seq, 2);
    assert_kept(LOBBY, 1, EVENT_MESSAGE, ann, "b");
    assert_kept(LOBBY, 2, EVENT_EDIT, ann, "");
    assert_int_equal(scripted_store_event(LOBBY, 2)->target, 1);
    assert_int_equal(scripted_store_event(LOBBY, 1)->edited_ms, rig.wall_ms);

    assert_refused(ask_about(EVENT_EDIT, bea, LOBBY, 1, 1, "mine"), ERR_DENIED);
    assert_refused(ask_about(EVENT_DELETE, bea, LOBBY, 2, 1, ""), ERR_DENIED);
    assert_refused(ask_about(EVENT_EDIT, ann, LOBBY, 3, 2, "an edit"), ERR_NOT_FOUND);
    assert_refused(ask_about(EVENT_EDIT, ann, LOBBY, 4, 0, "nothing"), ERR_NOT_FOUND);
    assert_refused(ask_about(EVENT_DELETE, ann, LOBBY, 5, 3, ""), ERR_NOT_FOUND);

    struct event *erase = ask_about(EVENT_DELETE, ann, LOBBY, 6, 1, "");
    rig_run();
    assert_int_equal(erase->result, OK);
    assert_kept(LOBBY, 1, EVENT_MESSAGE, ann, "");
    assert_true(scripted_store_event(LOBBY, 1)->deleted);
    assert_refused(ask_about(EVENT_EDIT, ann, LOBBY, 7, 1, "c"), ERR_NOT_FOUND);
    assert_refused(ask_about(EVENT_DELETE, ann, LOBBY, 8, 1, ""), ERR_NOT_FOUND);
    assert_refused(ask_about(EVENT_DELETE, bea, LOBBY, 9, 1, ""), ERR_NOT_FOUND);
}

/* Without words a message with files still is one. */
static void an_edit_may_take_the_words_off_files_only(void **state)
{
    (void)state;
    rig_kept(EVENT_MESSAGE, ann, LOBBY, 1, "a");
    rig_kept(EVENT_MESSAGE, ann, LOBBY, 2, "a picture");
    script.now.files[0].person = ann;
    script.now.files[0].room = LOBBY;
    script.now.files[0].seq = 2;
    script.now.files_count = 1;

    struct event *bare = ask_about(EVENT_EDIT, ann, LOBBY, 3, 1, "");
    struct event *filed = ask_about(EVENT_EDIT, ann, LOBBY, 4, 2, "");
    struct event *theirs = ask_about(EVENT_EDIT, bea, LOBBY, 5, 2, "");
    rig_run();
    assert_int_equal(bare->result, ERR_DENIED);
    assert_int_equal(bare->refusal, REFUSED_EMPTY);
    assert_kept(LOBBY, 1, EVENT_MESSAGE, ann, "a");
    assert_int_equal(filed->result, OK);
    assert_kept(LOBBY, 2, EVENT_MESSAGE, ann, "");
    assert_int_equal(theirs->result, ERR_DENIED);
    assert_int_equal(theirs->refusal, REFUSED_PLAIN);
}

/* What stands earlier in the batch is there already for what stands later. */
static void a_batch_sees_itself(void **state)
{
    (void)state;
    ask_kept(EVENT_MESSAGE, ann, LOBBY, 1, "a");
    struct event *edit = ask_about(EVENT_EDIT, ann, LOBBY, 2, 1, "b");
    struct event *react = ask_about(EVENT_REACT, bea, LOBBY, 1, 1, "+1");
    struct event *erase = ask_about(EVENT_DELETE, ann, LOBBY, 3, 1, "");
    struct event *late = ask_about(EVENT_REACT, bea, LOBBY, 2, 1, "-1");
    struct event *future = ask_about(EVENT_PIN, bea, LOBBY, 3, 5, "");
    struct event *next = ask_kept(EVENT_MESSAGE, bea, LOBBY, 4, "five");
    rig_run();
    assert_int_equal(edit->seq, 2);
    assert_int_equal(react->seq, 3);
    assert_int_equal(erase->seq, 4);
    assert_int_equal(late->result, ERR_NOT_FOUND);
    assert_int_equal(future->result, ERR_NOT_FOUND);
    assert_int_equal(next->seq, 5);
    assert_int_equal(script.now.reactions_count, 0); /* they went with the message */
}

static void reactions_are_each_persons_own(void **state)
{
    (void)state;
    rig_kept(EVENT_MESSAGE, ann, LOBBY, 1, "a");
    struct event *first = ask_about(EVENT_REACT, ann, LOBBY, 2, 1, "+1");
    struct event *same = ask_about(EVENT_REACT, bea, LOBBY, 1, 1, "+1");
    struct event *twice = ask_about(EVENT_REACT, ann, LOBBY, 3, 1, "+1");
    rig_run();
    assert_int_equal(first->seq, 2);
    assert_int_equal(same->seq, 3);
    assert_int_equal(twice->result, OK);
    assert_true(twice->unchanged);
    assert_kept(LOBBY, 2, EVENT_REACT, ann, "+1");
    struct event *away = ask_about(EVENT_UNREACT, ann, LOBBY, 4, 1, "+1");
    struct event *again = ask_about(EVENT_UNREACT, ann, LOBBY, 5, 1, "+1");
    rig_run();
    assert_int_equal(away->seq, 4);
    assert_true(again->unchanged);
    assert_int_equal(scripted_store_head(LOBBY), 4);
    assert_int_equal(script.now.reactions_count, 1);
    assert_refused(ask_about(EVENT_REACT, ann, LOBBY, 6, 2, "+1"), ERR_NOT_FOUND);
    assert_refused(ask_about(EVENT_REACT, ann, LOBBY, 7, 9, "+1"), ERR_NOT_FOUND);
}

static void kinds_of_reactions_and_pins_are_limited(void **state)
{
    (void)state;
    rig_kept(EVENT_MESSAGE, ann, LOBBY, 1, "a");
    for (uint8_t i = 0; i < MESSAGE_REACTIONS_MAX; i++)
        ask_about(EVENT_REACT, ann, LOBBY, (uint8_t)(10 + i), 1,
                  (const char[]){(char)('0' + i), 0});
    rig_run();
    assert_int_equal(script.now.reactions_count, MESSAGE_REACTIONS_MAX);
    assert_refused(ask_about(EVENT_REACT, ann, LOBBY, 2, 1, "one more"), ERR_LIMIT);
    struct event *known = ask_about(EVENT_REACT, bea, LOBBY, 3, 1, "0");
    rig_run();
    assert_int_equal(known->result, OK);

    for (uint8_t i = 0; i <= ROOM_PINS_MAX; i++)
        ask_kept(EVENT_MESSAGE, ann, LOBBY, (uint8_t)(100 + i), "m");
    rig_run();
    uint64_t first = scripted_store_head(LOBBY) - ROOM_PINS_MAX;
    for (uint8_t i = 0; i < ROOM_PINS_MAX; i++)
        ask_about(EVENT_PIN, bea, LOBBY, (uint8_t)(100 + i), first + i, "");
    rig_run();
    assert_int_equal(script.now.pins_count, ROOM_PINS_MAX);
    assert_refused(ask_about(EVENT_PIN, ann, LOBBY, 4, first + ROOM_PINS_MAX, ""), ERR_LIMIT);
}

static void pins_are_the_rooms(void **state)
{
    (void)state;
    rig_kept(EVENT_MESSAGE, ann, LOBBY, 1, "a");
    struct event *pin = ask_about(EVENT_PIN, bea, LOBBY, 1, 1, "");
    struct event *twice = ask_about(EVENT_PIN, ann, LOBBY, 2, 1, "");
    rig_run();
    assert_int_equal(pin->seq, 2);
    assert_true(twice->unchanged);
    struct event *off = ask_about(EVENT_UNPIN, ann, LOBBY, 3, 1, "");
    struct event *again = ask_about(EVENT_UNPIN, ann, LOBBY, 4, 1, "");
    rig_run();
    assert_int_equal(off->seq, 3);
    assert_true(again->unchanged);
    assert_refused(ask_about(EVENT_UNPIN, ann, LOBBY, 5, 2, ""), ERR_NOT_FOUND);
}

static void a_topic_is_set_and_told_to_newcomers(void **state)
{
    (void)state;
    struct event *none = ask_kept(EVENT_TOPIC, ann, LOBBY, 1, "");
    struct event *topic = ask_kept(EVENT_TOPIC, ann, LOBBY, 2, "roses");
    struct event *hello = ask_guest(99, "Cyn");
    rig_run();
    assert_true(none->unchanged);
    assert_int_equal(topic->seq, 1);
    assert_string_equal(hello->welcome->rooms[0].topic, "roses");
    struct event *same = ask_kept(EVENT_TOPIC, bea, LOBBY, 1, "roses");
    rig_run();
    assert_true(same->unchanged);
    rig_kept(EVENT_TOPIC, bea, LOBBY, 2, "");
    hello = ask_guest(98, "Dan");
    rig_run();
    assert_null(hello->welcome->rooms[0].topic);
}

/*
 * The second one undoes the first, although the room still has the topic of before the batch in
 * memory.
 */
static void topics_of_one_batch_see_each_other(void **state)
{
    (void)state;
    rig_kept(EVENT_TOPIC, ann, LOBBY, 1, "roses");
    struct event *other = ask_kept(EVENT_TOPIC, ann, LOBBY, 2, "tulips");
    struct event *back = ask_kept(EVENT_TOPIC, bea, LOBBY, 1, "roses");
    struct event *same = ask_kept(EVENT_TOPIC, bea, LOBBY, 2, "roses");
    rig_run();
    assert_int_equal(other->seq, 2);
    assert_false(back->unchanged);
    assert_int_equal(back->seq, 3);
    assert_true(same->unchanged);
    struct event *hello = ask_guest(99, "Cyn");
    rig_run();
    assert_string_equal(hello->welcome->rooms[0].topic, "roses");
}

static void visitors_only_speak(void **state)
{
    const enum event_kind kinds[] = {EVENT_PIN, EVENT_TOPIC, EVENT_EDIT, EVENT_DELETE,
                                     EVENT_JOINED};
    (void)state;
    ask_visitor(EVENT_HELLO, 77, "");
    ask_visitor(EVENT_MESSAGE, 77, "hi");
    rig_run();
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct event *event = ask_visitor(kinds[i], 77, "x");
        event->target = 1;
        assert_refused(event, ERR_DENIED);
    }
    struct event *created = ask_visitor(EVENT_CREATED, 77, "x");
    created->room = 0;
    assert_refused(created, ERR_DENIED);
}

static void nobody_speaks_where_it_is_not(void **state)
{
    (void)state;
    uint64_t room = rig_room(ann, 1, "Garden");
    const enum event_kind kinds[] = {EVENT_MESSAGE, EVENT_EDIT,    EVENT_DELETE,
                                     EVENT_REACT,   EVENT_UNREACT, EVENT_PIN,
                                     EVENT_UNPIN,   EVENT_TOPIC,   EVENT_LEFT};
    rig_kept(EVENT_MESSAGE, ann, room, 2, "a");
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct event *event = ask_about(kinds[i], bea, room, (uint8_t)(10 + i), 2, "x");
        rig_run();
        assert_int_equal(event->result, ERR_NOT_FOUND);
        event = ask_about(kinds[i], ann, 123456, (uint8_t)(30 + i), 1, "x"); /* no room at all */
        rig_run();
        assert_int_equal(event->result, ERR_NOT_FOUND);
    }
    struct event *event = ask_visitor(EVENT_MESSAGE, 77, "x");
    event->room = room;
    rig_run();
    assert_int_equal(event->result, ERR_NOT_FOUND);
    assert_int_equal(scripted_store_head(room), 2);
    event = ask_kept(EVENT_MESSAGE, 4242, LOBBY, 1, "from a person that is not here");
    assert_refused(event, ERR_INTERNAL);
}

#define SETTLE_TEST(name) cmocka_unit_test_setup_teardown(name, use, rig_take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SETTLE_TEST(messages_are_numbered_in_the_order_in_which_they_came),
        SETTLE_TEST(time_never_goes_back_within_a_room),
        SETTLE_TEST(a_reply_is_to_a_message_that_is_there),
        SETTLE_TEST(one_edits_and_deletes_ones_own),
        SETTLE_TEST(an_edit_may_take_the_words_off_files_only),
        SETTLE_TEST(a_batch_sees_itself),
        SETTLE_TEST(reactions_are_each_persons_own),
        SETTLE_TEST(kinds_of_reactions_and_pins_are_limited),
        SETTLE_TEST(pins_are_the_rooms),
        SETTLE_TEST(a_topic_is_set_and_told_to_newcomers),
        SETTLE_TEST(topics_of_one_batch_see_each_other),
        SETTLE_TEST(visitors_only_speak),
        SETTLE_TEST(nobody_speaks_where_it_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
