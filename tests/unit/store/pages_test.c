#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "chat/role.h"
#include "store/both.h"

/* The reading half of chat/store.h, against every store. */

enum { ANN = RIG_ANN, BOB = 2, LOTS = 1 << 20 };

#define CALL(op, ...) rig.store->ops->op(rig.store, __VA_ARGS__)

/* What a question is answered with, in one line: "first-last/head: seq, seq, …". */
static const char *summary(struct store_read *read)
{
    static char text[1024];
    assert_int_equal(read->result, OK);
    int len = read->kind == READ_FEED ? snprintf(text, sizeof(text), "%d:", (int)read->last)
                                      : snprintf(text, sizeof(text), "%d-%d/%d:", (int)read->first,
                                                 (int)read->last, (int)read->head);
    for (size_t i = 0; i < read->events->count; i++)
        len += snprintf(text + len, sizeof(text) - (size_t)len, " %d",
                        (int)read->events->events[i]->seq);
    store_read_free(read);
    return text;
}

static void say(uint64_t first, uint64_t last)
{
    rig_begin(&rig);
    for (uint64_t seq = first; seq <= last; seq++)
        rig_say(&rig, seq, "text");
    rig_commit(&rig);
}

/* So many folded events. */
static void react(uint64_t first, uint64_t last)
{
    rig_begin(&rig);
    for (uint64_t seq = first; seq <= last; seq++) {
        struct event *event =
            rig_event(seq % 2 ? EVENT_REACT : EVENT_UNREACT, ROOM_LOBBY, seq, ANN, seq, "+");
        event->target = 1;
        assert_int_equal(rig_append(&rig, event, seq), OK);
    }
    rig_commit(&rig);
}

/* ---- the feed ---- */

static void a_feed_follows_the_cursor(void **state)
{
    (void)state;
    assert_string_equal(summary(rig_feed(&rig, 0, 10, LOTS)), "0:");
    say(1, 5);
    assert_string_equal(summary(rig_feed(&rig, 0, 10, LOTS)), "5: 1 2 3 4 5");
    assert_string_equal(summary(rig_feed(&rig, 2, 10, LOTS)), "5: 3 4 5");
    assert_string_equal(summary(rig_feed(&rig, 2, 2, LOTS)), "4: 3 4");
    assert_string_equal(summary(rig_feed(&rig, 5, 10, LOTS)), "5:");
    assert_string_equal(summary(rig_feed(&rig, 99, 10, LOTS)), "99:");
    struct store_read *read = rig_feed(&rig, UINT64_MAX, 10, LOTS);
    assert_int_equal(read->result, OK);
    assert_int_equal(read->events->count, 0);
    store_read_free(read);
}

static void a_feed_ends_where_its_bytes_do(void **state)
{
    char text[1001];
    (void)state;
    memset(text, 'x', 1000);
    text[1000] = '\0';
    rig_begin(&rig);
    for (uint64_t seq = 1; seq <= 3; seq++)
        rig_say(&rig, seq, text);
    rig_commit(&rig);
    assert_string_equal(summary(rig_feed(&rig, 0, 10, 2 * 1256)), "2: 1 2");
    assert_string_equal(summary(rig_feed(&rig, 0, 10, 2 * 1256 - 1)), "1: 1");
    assert_string_equal(summary(rig_feed(&rig, 0, 10, 1)), "1: 1"); /* one always fits */
}

static int checked_feed(uint64_t seq, uint64_t mid)
{
    struct store_read *read = mem_zalloc(sizeof(*read));
    read->kind = READ_FEED;
    read->room = ROOM_LOBBY;
    read->seq = seq;
    read->mid = mid;
    read->check_mid = true;
    read->limit = 10;
    read->bytes_max = LOTS;
    rig.reader->ops->run(rig.reader, read);
    int result = read->result;
    assert_true((read->events != NULL) == (result == OK));
    store_read_free(read);
    return result;
}

static void another_mid_is_another_log(void **state)
{
    (void)state;
    say(1, 3);
    assert_int_equal(checked_feed(2, UINT64_MAX - 2), OK);
    assert_int_equal(checked_feed(2, UINT64_MAX - 3), ERR_PROTOCOL);
    assert_int_equal(checked_feed(3, UINT64_MAX - 3), OK);
    assert_int_equal(checked_feed(4, UINT64_MAX - 4), ERR_PROTOCOL); /* beyond the head */
    assert_int_equal(checked_feed(UINT64_MAX, 5), ERR_PROTOCOL);
    assert_int_equal(checked_feed(0, 5), OK); /* nothing is held */
}

static void a_feed_carries_all_of_an_event(void **state)
{
    (void)state;
    rig_begin(&rig);
    rig_person(&rig, ANN, "Ann");
    struct event *event = rig_event(EVENT_MESSAGE, ROOM_LOBBY, 1, ANN, 0xabcdef, "Hello");
    event->reply_to = 7;
    assert_int_equal(rig_append(&rig, event, 1), OK);
    event = rig_event(EVENT_MESSAGE, ROOM_LOBBY, 2, UINT64_MAX - 9, 0, "");
    event->visitor = true;
    event->message.type = MESSAGE_BINARY;
    assert_int_equal(rig_append(&rig, event, 2), OK);
    event = rig_event(EVENT_REACT, ROOM_LOBBY, 3, 99, 4, "+");
    event->target = 1;
    assert_int_equal(rig_append(&rig, event, 3), OK);
    rig_commit(&rig);

    struct store_read *read = rig_feed(&rig, 0, 10, LOTS);
    assert_int_equal(read->events->count, 3);
    event = read->events->events[0];
    const uint8_t cid[CID_BYTES] = {0xef, 0xcd, 0xab};
    assert_int_equal(event->kind, EVENT_MESSAGE);
    assert_int_equal(event->room, ROOM_LOBBY);
    assert_int_equal(event->mid, UINT64_MAX - 1);
    assert_int_equal(event->ts_ms, 1700000000001);
    assert_int_equal(event->person, ANN);
    assert_string_equal(event->name.text, "Ann");
    assert_int_equal(event->reply_to, 7);
    assert_true(event->has_cid);
    assert_memory_equal(event->cid, cid, CID_BYTES);
    assert_int_equal(event->message.type, MESSAGE_TEXT);
    assert_true(slice_is(event->message.body, "Hello"));
    assert_false(event->visitor || event->deleted || event->pinned);
    assert_int_equal(event->edited_ms, 0);
    assert_null(event->reactions);
    event = read->events->events[1];
    assert_true(event->visitor);
    assert_int_equal(event->person, UINT64_MAX - 9);
    assert_int_equal(event->client, UINT64_MAX - 9);
    assert_int_equal(event->name.len, 0);
    assert_false(event->has_cid);
    assert_int_equal(event->message.type, MESSAGE_BINARY);
    assert_int_equal(event->message.body.len, 0);
    event = read->events->events[2];
    assert_int_equal(event->kind, EVENT_REACT);
    assert_int_equal(event->target, 1);
    assert_true(slice_is(event->message.body, "+"));
    assert_int_equal(event->name.len, 0); /* nobody knows that person */
    store_read_free(read);
}

static void bytes_may_be_any(void **state)
{
    uint8_t bytes[256];
    (void)state;
    for (unsigned i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)i;
    struct event *event =
        event_new(EVENT_MESSAGE, slice_of(bytes, sizeof(bytes)), slice_of(NULL, 0));
    event->room = ROOM_LOBBY;
    event->seq = event->mid = 1;
    rig_begin(&rig);
    assert_int_equal(rig_append(&rig, event, 1), OK);
    rig_say(&rig, 2, "a");
    assert_int_equal(CALL(message_set_text, 1, 2, slice_of(bytes, sizeof(bytes)), 9), OK);
    rig_commit(&rig);
    struct store_read *read = rig_feed(&rig, 0, 10, LOTS);
    for (size_t i = 0; i < 2; i++)
        assert_true(
            slice_equals(read->events->events[i]->message.body, slice_of(bytes, sizeof(bytes))));
    store_read_free(read);
}

/* A replay shows everything as it is now. */
static void a_replay_shows_the_text_of_now(void **state)
{
    (void)state;
    rig_begin(&rig);
    rig_say(&rig, 1, "one");
    rig_say(&rig, 2, "two");
    rig_edit(&rig, 3, 1, "uno");
    rig_edit(&rig, 4, 2, "due");
    rig_edit(&rig, 5, 1, "");
    rig_delete(&rig, 6, 2);
    rig_commit(&rig);
    struct store_read *read = rig_feed(&rig, 0, 10, LOTS);
    struct event **events = read->events->events;
    assert_int_equal(read->events->count, 6);
    assert_int_equal(events[0]->message.body.len, 0); /* an empty text is one */
    assert_int_equal(events[0]->edited_ms, 5005);
    assert_false(events[0]->deleted);
    assert_true(events[1]->deleted);
    assert_int_equal(events[1]->message.body.len, 0);
    assert_int_equal(events[1]->edited_ms, 0);
    assert_int_equal(events[1]->mid, UINT64_MAX - 2); /* a tombstone keeps what it is */
    assert_true(events[1]->has_cid);
    assert_int_equal(events[1]->person, ANN);
    assert_false(events[2]->deleted); /* the edits of the first */
    assert_int_equal(events[2]->message.body.len, 0);
    assert_false(events[4]->deleted);
    assert_true(events[3]->deleted); /* and of the second */
    assert_int_equal(events[3]->target, 2);
    assert_int_equal(events[5]->kind, EVENT_DELETE);
    assert_false(events[5]->deleted);
    store_read_free(read);
    rig_begin(&rig);
    rig_edit(&rig, 7, 1, "ein");
    rig_commit(&rig);
    read = rig_feed(&rig, 0, 10, LOTS);
    assert_true(slice_is(read->events->events[0]->message.body, "ein"));
    assert_true(slice_is(read->events->events[2]->message.body, "ein"));
    store_read_free(read);
}

/* ---- history ---- */

static void an_empty_room_has_an_empty_page(void **state)
{
    (void)state;
    assert_string_equal(summary(rig_page(&rig, READ_NEWEST, 0, 10)), "1-0/0:");
    assert_string_equal(summary(rig_page(&rig, READ_BEFORE, 5, 10)), "1-0/0:");
    assert_string_equal(summary(rig_page(&rig, READ_AFTER, 0, 10)), "1-0/0:");
    assert_string_equal(summary(rig_page(&rig, READ_AFTER, 5, 10)), "1-0/0:");
    assert_string_equal(summary(rig_page(&rig, READ_AROUND, 5, 10)), "1-0/0:");
}

static void pages_are_found_from_both_ends(void **state)
{
    (void)state;
    say(1, 9);
    assert_string_equal(summary(rig_page(&rig, READ_NEWEST, 0, 4)), "6-9/9: 6 7 8 9");
    assert_string_equal(summary(rig_page(&rig, READ_BEFORE, 6, 4)), "2-5/9: 2 3 4 5");
    assert_string_equal(summary(rig_page(&rig, READ_BEFORE, 2, 4)), "1-1/9: 1");
    assert_string_equal(summary(rig_page(&rig, READ_BEFORE, 1, 4)), "1-0/9:");
    assert_string_equal(summary(rig_page(&rig, READ_BEFORE, 0, 4)), "1-0/9:");
    assert_string_equal(summary(rig_page(&rig, READ_BEFORE, 99, 2)), "8-9/9: 8 9");
    assert_string_equal(summary(rig_page(&rig, READ_BEFORE, UINT64_MAX, 2)), "8-9/9: 8 9");
    assert_string_equal(summary(rig_page(&rig, READ_AFTER, 0, 4)), "1-4/9: 1 2 3 4");
    assert_string_equal(summary(rig_page(&rig, READ_AFTER, 7, 4)), "8-9/9: 8 9");
    assert_string_equal(summary(rig_page(&rig, READ_AFTER, 9, 4)), "10-9/9:");
    assert_string_equal(summary(rig_page(&rig, READ_AFTER, UINT64_MAX, 4)), "10-9/9:");
    assert_string_equal(summary(rig_page(&rig, READ_NEWEST, 0, 100)), "1-9/9: 1 2 3 4 5 6 7 8 9");
}

static void around_gives_both_sides(void **state)
{
    (void)state;
    say(1, 9);
    assert_string_equal(summary(rig_page(&rig, READ_AROUND, 5, 4)), "4-7/9: 4 5 6 7");
    assert_string_equal(summary(rig_page(&rig, READ_AROUND, 5, 5)), "3-7/9: 3 4 5 6 7");
    assert_string_equal(summary(rig_page(&rig, READ_AROUND, 5, 1)), "5-5/9: 5");
    assert_string_equal(summary(rig_page(&rig, READ_AROUND, 1, 4)), "1-3/9: 1 2 3");
    assert_string_equal(summary(rig_page(&rig, READ_AROUND, 0, 4)), "1-2/9: 1 2");
    assert_string_equal(summary(rig_page(&rig, READ_AROUND, 9, 4)), "8-9/9: 8 9");
    assert_string_equal(summary(rig_page(&rig, READ_AROUND, UINT64_MAX, 4)), "8-9/9: 8 9");
}

/* What a page around this moment is, with the seq of its event: "at=seq summary". */
static const char *summary_at(int64_t ms)
{
    static char text[1100];
    struct store_read *read = rig_page(&rig, READ_AT, (uint64_t)(1700000000000 + ms), 4);
    int len = snprintf(text, sizeof(text), "at=%d ", (int)read->at);
    snprintf(text + len, sizeof(text) - (size_t)len, "%s", summary(read));
    return text;
}

/* A message of this moment; the rig's own are each a millisecond after the one before. */
static void say_at(uint64_t seq, int64_t ms)
{
    rig_begin(&rig);
    struct event *event = rig_event(EVENT_MESSAGE, ROOM_LOBBY, seq, ANN, seq, "text");
    event->ts_ms = (uint64_t)(1700000000000 + ms);
    assert_int_equal(rig_append(&rig, event, seq), OK);
    rig_commit(&rig);
}

static void a_moment_is_found(void **state)
{
    (void)state;
    assert_string_equal(summary_at(5), "at=0 1-0/0:");
    for (uint64_t seq = 1; seq <= 9; seq++)
        say_at(seq, 10 * (int64_t)seq);
    assert_string_equal(summary_at(50), "at=5 4-7/9: 4 5 6 7");
    assert_string_equal(summary_at(41), "at=5 4-7/9: 4 5 6 7");
    assert_string_equal(summary_at(40), "at=4 3-6/9: 3 4 5 6");
    assert_string_equal(summary_at(-1700000000000), "at=1 1-3/9: 1 2 3");
    assert_string_equal(summary_at(90), "at=9 8-9/9: 8 9");
    assert_string_equal(summary_at(91), "at=0 6-9/9: 6 7 8 9");
}

static void the_first_of_one_moment_is_found(void **state)
{
    (void)state;
    for (uint64_t seq = 1; seq <= 9; seq++)
        say_at(seq, seq < 4 ? 10 : 20);
    assert_string_equal(summary_at(20), "at=4 3-6/9: 3 4 5 6");
    assert_string_equal(summary_at(10), "at=1 1-3/9: 1 2 3");
}

static void a_moment_of_what_is_not_shown_is_that_of_the_next(void **state)
{
    (void)state;
    say(1, 2);
    react(3, 6);
    say(7, 7);
    react(8, 9);
    assert_string_equal(summary_at(4), "at=7 2-9/9: 2 7");
    assert_string_equal(summary_at(8), "at=0 1-9/9: 1 2 7");
}

/* The clock was set back in the middle: a moment is found all the same, and the search ends. */
static void a_moment_is_found_though_the_clock_was_set_back(void **state)
{
    (void)state;
    for (uint64_t seq = 1; seq <= 9; seq++)
        say_at(seq, seq < 5 ? 10 * (int64_t)seq : 10 * (int64_t)seq - 30);
    assert_string_equal(summary_at(60), "at=9 8-9/9: 8 9");
    assert_string_equal(summary_at(10), "at=1 1-3/9: 1 2 3");
    assert_string_equal(summary_at(61), "at=0 6-9/9: 6 7 8 9");
}

static void folded_events_are_covered_but_not_shown(void **state)
{
    (void)state;
    say(1, 2);
    react(3, 6);
    say(7, 7);
    react(8, 9);
    assert_string_equal(summary(rig_page(&rig, READ_NEWEST, 0, 10)), "1-9/9: 1 2 7");
    assert_string_equal(summary(rig_page(&rig, READ_NEWEST, 0, 1)), "3-9/9: 7");
    assert_string_equal(summary(rig_page(&rig, READ_NEWEST, 0, 2)), "2-9/9: 2 7");
    assert_string_equal(summary(rig_page(&rig, READ_BEFORE, 5, 1)), "2-4/9: 2");
    assert_string_equal(summary(rig_page(&rig, READ_AFTER, 0, 2)), "1-6/9: 1 2");
    assert_string_equal(summary(rig_page(&rig, READ_AFTER, 6, 2)), "7-9/9: 7");
    assert_string_equal(summary(rig_page(&rig, READ_AROUND, 5, 2)), "2-9/9: 2 7");
    assert_string_equal(summary(rig_feed(&rig, 2, 3, LOTS)), "5: 3 4 5"); /* not folded here */
}

static void a_page_passes_over_a_thousand_rows(void **state)
{
    (void)state;
    say(1, 1);
    react(2, 2500);
    assert_string_equal(summary(rig_page(&rig, READ_NEWEST, 0, 10)), "1501-2500/2500:");
    assert_string_equal(summary(rig_page(&rig, READ_BEFORE, 1501, 10)), "501-1500/2500:");
    assert_string_equal(summary(rig_page(&rig, READ_BEFORE, 501, 10)), "1-500/2500: 1");
    assert_string_equal(summary(rig_page(&rig, READ_AFTER, 1, 10)), "2-1001/2500:");
    assert_string_equal(summary(rig_page(&rig, READ_AFTER, 1600, 10)), "1601-2500/2500:");
}

static void only_what_stands_for_itself_is_shown(void **state)
{
    const enum event_kind kinds[] = {EVENT_CREATED, EVENT_MESSAGE, EVENT_EDIT, EVENT_DELETE,
                                     EVENT_REACT,   EVENT_UNREACT, EVENT_PIN,  EVENT_UNPIN,
                                     EVENT_TOPIC,   EVENT_JOINED,  EVENT_LEFT};
    (void)state;
    rig_begin(&rig);
    for (uint64_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        assert_int_equal(
            rig_append(&rig, rig_event(kinds[i], ROOM_LOBBY, i + 1, ANN, i + 1, "x"), 1), OK);
    rig_commit(&rig);
    assert_string_equal(summary(rig_page(&rig, READ_NEWEST, 0, 20)), "1-11/11: 1 2 7 8 9 10 11");
}

static void a_message_carries_what_was_folded_into_it(void **state)
{
    (void)state;
    rig_begin(&rig);
    rig_say(&rig, 1, "a");
    rig_say(&rig, 2, "b");
    rig_edit(&rig, 3, 1, "c");
    for (uint64_t person = 1; person <= 25; person++)
        assert_int_equal(CALL(reaction_set, 1, 1, person, SLICE_LITERAL("+"), true, 50), OK);
    assert_int_equal(CALL(reaction_set, 1, 1, UINT64_MAX, SLICE_LITERAL("+"), true, 50), OK);
    assert_int_equal(CALL(reaction_set, 1, 1, BOB, SLICE_LITERAL("**"), true, 50), OK);
    assert_int_equal(CALL(pin_set, 1, 2, true, 100), OK);
    rig_commit(&rig);
    struct store_read *read = rig_page(&rig, READ_NEWEST, 0, 10);
    assert_int_equal(read->events->count, 2);
    const struct event *first = read->events->events[0], *second = read->events->events[1];
    assert_true(slice_is(first->message.body, "c"));
    assert_int_equal(first->edited_ms, 5003);
    assert_false(first->pinned);
    assert_int_equal(first->reactions->count, 2);
    const struct reaction *stars = &first->reactions->list[0], *pluses = &first->reactions->list[1];
    assert_true(slice_is(stars->emoji, "**"));
    assert_int_equal(stars->count, 1);
    assert_int_equal(stars->people_count, 1);
    assert_int_equal(stars->people[0], BOB);
    assert_true(slice_is(pluses->emoji, "+"));
    assert_int_equal(pluses->count, 26);
    assert_int_equal(pluses->people_count, REACTION_PEOPLE_MAX);
    assert_int_equal(pluses->people[0], UINT64_MAX);
    assert_int_equal(pluses->people[1], 1);
    assert_true(second->pinned);
    assert_null(second->reactions);
    store_read_free(read);
}

static void reactions_count_among_a_pages_bytes(void **state)
{
    (void)state;
    rig_begin(&rig);
    rig_say(&rig, 1, "a");
    rig_say(&rig, 2, "b");
    for (uint64_t person = 1; person <= 20; person++)
        assert_int_equal(CALL(reaction_set, 1, 1, person, SLICE_LITERAL("+"), true, 50), OK);
    rig_commit(&rig);
    struct store_read *read = mem_zalloc(sizeof(*read));
    read->kind = READ_HISTORY;
    read->where = READ_NEWEST;
    read->room = ROOM_LOBBY;
    read->limit = 10;
    read->bytes_max = 600; /* two messages, but not so many reactions */
    rig.reader->ops->run(rig.reader, read);
    assert_string_equal(summary(read), "2-2/2: 2");
}

static void a_deleted_message_carries_nothing(void **state)
{
    (void)state;
    rig_begin(&rig);
    rig_say(&rig, 1, "a");
    assert_int_equal(CALL(reaction_set, 1, 1, BOB, SLICE_LITERAL("+"), true, 50), OK);
    assert_int_equal(CALL(pin_set, 1, 1, true, 100), OK);
    rig_edit(&rig, 2, 1, "b");
    rig_delete(&rig, 3, 1);
    rig_commit(&rig);
    struct store_read *read = rig_page(&rig, READ_NEWEST, 0, 10);
    assert_int_equal(read->events->count, 1);
    const struct event *event = read->events->events[0];
    assert_true(event->deleted);
    assert_false(event->pinned);
    assert_null(event->reactions);
    assert_int_equal(event->message.body.len, 0);
    assert_int_equal(event->edited_ms, 0);
    store_read_free(read);
}

static void another_room_is_not_in_it(void **state)
{
    struct room_record room = {.id = 77, .name = rig_name("X"), .folded = rig_name("x")};
    (void)state;
    say(1, 3);
    rig_begin(&rig);
    assert_int_equal(CALL(room_create, &room), OK);
    assert_int_equal(rig_append(&rig, rig_event(EVENT_MESSAGE, 77, 1, ANN, 1, "x"), 1), OK);
    rig_commit(&rig);
    struct store_read *read = mem_zalloc(sizeof(*read));
    read->kind = READ_HISTORY;
    read->room = 77;
    read->limit = 10;
    read->bytes_max = LOTS;
    rig.reader->ops->run(rig.reader, read);
    assert_string_equal(summary(read), "1-1/1: 1");
    assert_string_equal(summary(rig_page(&rig, READ_NEWEST, 0, 10)), "1-3/3: 1 2 3");
}

static void what_is_not_committed_is_not_read(void **state)
{
    (void)state;
    say(1, 1);
    if (rig.kind == RIG_MEMORY)
        return; /* there a reader waits: reader_test.c */
    rig_begin(&rig);
    rig_say(&rig, 2, "b");
    assert_string_equal(summary(rig_feed(&rig, 0, 10, LOTS)), "1: 1");
    assert_string_equal(summary(rig_page(&rig, READ_NEWEST, 0, 10)), "1-1/1: 1");
    rig_commit(&rig);
    assert_string_equal(summary(rig_feed(&rig, 0, 10, LOTS)), "2: 1 2");
}

/* ---- rooms ---- */

static void assert_rooms_for(uint8_t role, const char *after, uint32_t limit, const char *expected,
                             bool more)
{
    char names[256] = "";
    struct store_read *read = mem_zalloc(sizeof(*read));
    read->kind = READ_ROOMS;
    read->role = role;
    read->limit = limit;
    if (after[0])
        read->after = rig_name(after);
    rig.reader->ops->run(rig.reader, read);
    assert_int_equal(read->result, OK);
    size_t len = 0;
    for (size_t i = 0; i < read->rooms_count; i++) {
        const struct room_info *room = &read->rooms[i];
        len += (size_t)snprintf(names + len, sizeof(names) - len, "%d:%s(%s) ", (int)room->id,
                                room->name.text, room->topic ? room->topic : "");
    }
    assert_string_equal(names, expected);
    assert_int_equal(read->more, more);
    store_read_free(read);
}

static void assert_rooms(const char *after, uint32_t limit, const char *expected, bool more)
{
    assert_rooms_for(ROLE_MEMBER, after, limit, expected, more);
}

static void rooms_are_listed_in_order_of_name(void **state)
{
    static const struct {
        uint64_t id;
        const char *name, *folded, *topic;
    } rooms[] = {
        {5, "pond", "pond", NULL}, {6, "Attic", "attic", "old things"}, {7, "Pon", "pon", NULL}};
    (void)state;
    rig_begin(&rig);
    for (size_t i = 0; i < 3; i++) {
        char topic[32] = "";
        if (rooms[i].topic)
            snprintf(topic, sizeof(topic), "%s", rooms[i].topic);
        const struct room_record room = {.id = rooms[i].id,
                                         .name = rig_name(rooms[i].name),
                                         .folded = rig_name(rooms[i].folded),
                                         .topic = rooms[i].topic ? topic : NULL};
        assert_int_equal(CALL(room_create, &room), OK);
    }
    rig_commit(&rig);
    assert_rooms("", 10, "6:Attic(old things) 1:Lobby() 7:Pon() 5:pond() ", false);
    assert_rooms("", 4, "6:Attic(old things) 1:Lobby() 7:Pon() 5:pond() ", false);
    assert_rooms("", 2, "6:Attic(old things) 1:Lobby() ", true);
    assert_rooms("lobby", 2, "7:Pon() 5:pond() ", false);
    assert_rooms("pon", 2, "5:pond() ", false);
    assert_rooms("pond", 2, "", false);
    assert_rooms("", 0, "", true);
}

static void make_room(uint64_t id, const char *name, uint8_t kind, uint32_t flags)
{
    struct room_record room = {.id = id, .kind = kind, .flags = flags};
    if (kind == ROOM_DIRECT)
        room.folded = (struct name){.len = 3, .text = "\x01xy"};
    else
        room.name = room.folded = rig_name(name);
    assert_int_equal(CALL(room_create, &room), OK);
}

static void only_rooms_are_listed_that_one_may_come_into(void **state)
{
    (void)state;
    rig_begin(&rig);
    make_room(5, "a", ROOM_PUBLIC, 0);
    make_room(6, "b", ROOM_PUBLIC, ROOM_FLAG_GUESTS);
    make_room(7, "c", ROOM_PRIVATE, ROOM_FLAG_GUESTS);
    make_room(8, "", ROOM_DIRECT, 0);
    make_room(9, "d", ROOM_ANNOUNCEMENT, ROOM_FLAG_DEFAULT);
    make_room(10, "e", ROOM_PUBLIC, ROOM_FLAG_GUESTS | ROOM_FLAG_ARCHIVED);
    rig_commit(&rig);
    assert_rooms_for(ROLE_MEMBER, "", 10, "5:a() 6:b() 9:d() 1:Lobby() ", false);
    assert_rooms_for(ROLE_OWNER, "a", 10, "6:b() 9:d() 1:Lobby() ", false);
    assert_rooms_for(ROLE_GUEST, "", 10, "6:b() 1:Lobby() ", false);
    assert_rooms_for(ROLE_GUEST, "", 1, "6:b() ", true);
}

static void a_listed_room_says_what_it_is(void **state)
{
    const struct room_record room = {.id = 5,
                                     .kind = ROOM_ANNOUNCEMENT,
                                     .flags = ROOM_FLAG_GUESTS | ROOM_FLAG_DEFAULT,
                                     .slow_ms = 7000,
                                     .retention_days = 30,
                                     .name = rig_name("A"),
                                     .folded = rig_name("a")};
    struct store_read *read = mem_zalloc(sizeof(*read));
    (void)state;
    rig_begin(&rig);
    assert_int_equal(CALL(room_create, &room), OK);
    rig_commit(&rig);
    read->kind = READ_ROOMS;
    read->limit = 1;
    rig.reader->ops->run(rig.reader, read);
    assert_int_equal(read->rooms_count, 1);
    assert_int_equal(read->rooms[0].kind, ROOM_ANNOUNCEMENT);
    assert_int_equal(read->rooms[0].flags, ROOM_FLAG_GUESTS | ROOM_FLAG_DEFAULT);
    assert_int_equal(read->rooms[0].slow_ms, 7000);
    assert_int_equal(read->rooms[0].retention_days, 30);
    store_read_free(read);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(a_feed_follows_the_cursor),
        BOTH(a_feed_ends_where_its_bytes_do),
        BOTH(another_mid_is_another_log),
        BOTH(a_feed_carries_all_of_an_event),
        BOTH(bytes_may_be_any),
        BOTH(a_replay_shows_the_text_of_now),
        BOTH(an_empty_room_has_an_empty_page),
        BOTH(pages_are_found_from_both_ends),
        BOTH(around_gives_both_sides),
        BOTH(a_moment_is_found),
        BOTH(the_first_of_one_moment_is_found),
        BOTH(a_moment_of_what_is_not_shown_is_that_of_the_next),
        BOTH(a_moment_is_found_though_the_clock_was_set_back),
        BOTH(folded_events_are_covered_but_not_shown),
        BOTH(a_page_passes_over_a_thousand_rows),
        BOTH(only_what_stands_for_itself_is_shown),
        BOTH(a_message_carries_what_was_folded_into_it),
        BOTH(reactions_count_among_a_pages_bytes),
        BOTH(a_deleted_message_carries_nothing),
        BOTH(another_room_is_not_in_it),
        BOTH(what_is_not_committed_is_not_read),
        BOTH(rooms_are_listed_in_order_of_name),
        BOTH(only_rooms_are_listed_that_one_may_come_into),
        BOTH(a_listed_room_says_what_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
