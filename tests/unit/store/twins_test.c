#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "chat/dice.h"

#include "base/memory.h"
#include "store/rig.h"

/*
 * The stores are twins: the same steps, chosen by chance and sometimes rolled back, are answered
 * the same by both, and what can be read afterwards is the same.
 */

enum { ROOMS = 3, PEOPLE = 4, NAMES = 5, CIDS = 250, TRANSACTIONS = 800, EMOJI = 4 };

static struct rig twins[2];
static struct dice dice;
static uint64_t heads[ROOMS + 1], committed[ROOMS + 1];
static uint64_t said[ROOMS + 1], committed_said[ROOMS + 1];

/*
 * Calls both, and takes what they answer, which is the same. Arguments are evaluated twice: no
 * chance in them.
 */
#define BOTH_CALL(ret, op, ...)                                                                    \
    do {                                                                                           \
        int memory_ = twins[0].store->ops->op(twins[0].store, __VA_ARGS__);                        \
        (ret) = twins[1].store->ops->op(twins[1].store, __VA_ARGS__);                              \
        assert_int_equal(memory_, ret);                                                            \
    } while (0)

static void begin_both(void)
{
    for (int i = 0; i < 2; i++)
        rig_begin(&twins[i]);
}

static void commit_both(void)
{
    for (int i = 0; i < 2; i++)
        rig_commit(&twins[i]);
}

static uint64_t some_room(void)
{
    return 1 + dice_below(&dice, ROOMS);
}

/* Half of them are negative in SQLite. */
static uint64_t person_number(uint64_t number)
{
    uint64_t person = 11 + number;
    return person % 2 ? person : UINT64_MAX - person;
}

static uint64_t some_person(void)
{
    return person_number(dice_below(&dice, PEOPLE));
}

static uint64_t some_seq(uint64_t room)
{
    return heads[room] > 20 && dice_below(&dice, 2) ? heads[room] - dice_below(&dice, 20)
                                                    : dice_below(&dice, (uint32_t)heads[room] + 2);
}

static struct name number_name(uint64_t number)
{
    struct name name = {0};
    name.len = (uint8_t)snprintf(name.text, sizeof(name.text), "n%llu", (unsigned long long)number);
    return name;
}

/* ---- steps ---- */

/*
 * The sequencer lets nobody be meant by what is a retry; here a cid that is taken would leave mentions of a message that
 * is none, so such an event has none.
 */
static void mean_somebody(struct event *event)
{
    int result;
    if (dice_below(&dice, 3))
        return;
    event->has_cid = false;
    event->mentions_all = dice_below(&dice, 3) == 0;
    if (dice_below(&dice, 4)) {
        event->people_ids = people_list_new(1);
        event->people_ids->ids[0] = some_person();
    }
    BOTH_CALL(result, mention, event->room, event->seq, event->people_ids, event->mentions_all);
    assert_int_equal(result, OK);
}

static int append(enum event_kind kind, uint64_t room, uint64_t target, struct slice body)
{
    struct event *event = event_new(kind, body, slice_of(NULL, 0));
    int result;
    event->room = room;
    event->seq = heads[room] + 1;
    event->mid = dice_next(&dice);
    event->ts_ms = 1700000000000 + dice_below(&dice, 1000);
    event->person = some_person();
    event->visitor = dice_below(&dice, 5) == 0;
    event->target = target;
    event->reply_to = dice_below(&dice, 3);
    event->message.type = 1 + dice_below(&dice, 2) % 2;
    event->has_cid = dice_below(&dice, 4) > 0;
    event->cid[0] = (uint8_t)dice_below(&dice, CIDS);
    uint64_t digest = dice_next(&dice);
    if (kind == EVENT_MESSAGE) {
        event->target = said[room] + 1;
        mean_somebody(event);
    }
    BOTH_CALL(result, append, event, digest);
    heads[room] += result == OK;
    said[room] += result == OK && kind == EVENT_MESSAGE;
    event_free(event);
    return result;
}

static void say(void)
{
    uint8_t text[300];
    size_t len = dice_below(&dice, sizeof(text));
    for (size_t i = 0; i < len; i++)
        text[i] = (uint8_t)dice_next(&dice);
    append(EVENT_MESSAGE, some_room(), 0, slice_of(text, len));
}

static void change(void)
{
    char text[32];
    uint64_t room = some_room(), seq = some_seq(room);
    struct message_record messages[2] = {{0}};
    int results[2], result;
    for (int i = 0; i < 2; i++)
        results[i] = twins[i].store->ops->message_get(twins[i].store, room, seq, &messages[i]);
    assert_int_equal(results[0], results[1]);
    assert_int_equal(messages[0].author, messages[1].author);
    assert_int_equal(messages[0].deleted, messages[1].deleted);
    if (results[0] != OK || messages[0].deleted)
        return;
    if (dice_below(&dice, 3) == 0) {
        BOTH_CALL(result, message_erase, room, seq);
        append(EVENT_DELETE, room, seq, slice_of(NULL, 0));
    } else {
        size_t len = dice_below(&dice, sizeof(text));
        memset(text, 'a' + (int)dice_below(&dice, 26), len);
        uint64_t edited_ms = dice_below(&dice, 1000);
        BOTH_CALL(result, message_set_text, room, seq, slice_of(text, len), edited_ms);
        append(EVENT_EDIT, room, seq, slice_of(text, len));
    }
    assert_int_equal(result, OK);
}

static void react_or_pin(void)
{
    static const char *const emoji[EMOJI] = {"+", "++", "\xf0\x9f\x91\x8d", "-"};
    uint64_t room = some_room(), seq = some_seq(room), person = some_person();
    struct message_record message;
    bool on = dice_below(&dice, 3) > 0;
    int result;
    BOTH_CALL(result, message_get, room, seq, &message);
    if (result != OK || message.deleted)
        return;
    if (dice_below(&dice, 3)) {
        struct slice which = slice_of_string(emoji[dice_below(&dice, EMOJI)]);
        BOTH_CALL(result, reaction_set, room, seq, person, which, on, EMOJI - 1);
        if (result == OK)
            append(on ? EVENT_REACT : EVENT_UNREACT, room, seq, which);
    } else {
        BOTH_CALL(result, pin_set, room, seq, on, 5);
        if (result == OK)
            append(on ? EVENT_PIN : EVENT_UNPIN, room, seq, slice_of(NULL, 0));
    }
}

static void move(void)
{
    uint64_t room = some_room(), person = some_person();
    uint64_t seq = dice_below(&dice, (uint32_t)heads[room] + 50);
    uint8_t level = (uint8_t)dice_below(&dice, ATTENTION_END);
    bool on = dice_below(&dice, 2);
    int result;
    switch (dice_below(&dice, 4)) {
    case 0:
        BOTH_CALL(result, member_set, room, person, on);
        break;
    case 1:
        BOTH_CALL(result, read_set, room, person, seq, seq / 2);
        break;
    case 2:
        BOTH_CALL(result, member_set_host, room, person, on);
        break;
    default:
        BOTH_CALL(result, member_set_level, room, person, level);
        break;
    }
    (void)result;
}

static void set_room(void)
{
    struct room_record record = {.id = some_room(),
                                 .kind = (uint8_t)dice_below(&dice, ROOM_KIND_END),
                                 .flags = dice_below(&dice, 8),
                                 .slow_ms = dice_below(&dice, 9),
                                 .retention_days = dice_below(&dice, 9)};
    const struct name name = number_name(dice_below(&dice, ROOMS + 3));
    int result;
    if (dice_below(&dice, 2))
        BOTH_CALL(result, room_set, &record);
    else
        BOTH_CALL(result, room_set_name, record.id, &name, &name);
    (void)result;
}

static void name_somebody(void)
{
    struct person_record record = {.id = some_person(), .seen_ms = dice_below(&dice, 100)};
    uint8_t hash[TOKEN_HASH_BYTES] = {(uint8_t)(1 + dice_below(&dice, 9))};
    int result;
    record.name = number_name(dice_below(&dice, NAMES));
    if (dice_below(&dice, 3))
        record.folded = record.name;
    switch (dice_below(&dice, 3)) {
    case 0:
        BOTH_CALL(result, person_create, &record);
        break;
    case 1:
        BOTH_CALL(result, person_update, &record);
        break;
    default:
        BOTH_CALL(result, session_create, hash, record.id, 5);
        break;
    }
    (void)result;
}

static void set_topic(void)
{
    char text[16];
    int result;
    uint64_t room = some_room();
    size_t len = (size_t)snprintf(text, sizeof(text), "%u", dice_below(&dice, 100));
    len = dice_below(&dice, 4) ? len : 0;
    BOTH_CALL(result, room_set_topic, room, slice_of(text, len));
    assert_int_equal(result, OK);
}

/* ---- what can be read ---- */

static void same_reactions(const struct reaction_list *a, const struct reaction_list *b)
{
    assert_int_equal(a == NULL, b == NULL);
    if (!a)
        return;
    assert_int_equal(a->count, b->count);
    for (uint32_t i = 0; i < a->count; i++) {
        assert_true(slice_equals(a->list[i].emoji, b->list[i].emoji));
        assert_int_equal(a->list[i].count, b->list[i].count);
        assert_int_equal(a->list[i].people_count, b->list[i].people_count);
        assert_memory_equal(a->list[i].people, b->list[i].people,
                            a->list[i].people_count * sizeof(a->list[i].people[0]));
    }
}

static void same_event(const struct event *a, const struct event *b)
{
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->room, b->room);
    assert_int_equal(a->seq, b->seq);
    assert_int_equal(a->mid, b->mid);
    assert_int_equal(a->ts_ms, b->ts_ms);
    assert_int_equal(a->person, b->person);
    assert_int_equal(a->client, b->client);
    assert_int_equal(a->visitor, b->visitor);
    assert_int_equal(a->has_cid, b->has_cid);
    assert_memory_equal(a->cid, b->cid, CID_BYTES);
    assert_int_equal(a->target, b->target);
    assert_int_equal(a->reply_to, b->reply_to);
    assert_int_equal(a->edited_ms, b->edited_ms);
    assert_int_equal(a->deleted, b->deleted);
    assert_int_equal(a->pinned, b->pinned);
    assert_int_equal(a->message.type, b->message.type);
    assert_true(slice_equals(a->message.body, b->message.body));
    assert_string_equal(a->name.text, b->name.text);
    assert_int_equal(a->mentions_all, b->mentions_all);
    assert_int_equal(a->people_ids ? a->people_ids->count : 0,
                     b->people_ids ? b->people_ids->count : 0);
    for (uint32_t i = 0; a->people_ids && i < a->people_ids->count; i++)
        assert_int_equal(a->people_ids->ids[i], b->people_ids->ids[i]);
    same_reactions(a->reactions, b->reactions);
}

static void same_events(const struct event_batch *a, const struct event_batch *b)
{
    assert_int_equal(a == NULL, b == NULL);
    if (!a)
        return;
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++)
        same_event(a->events[i], b->events[i]);
}

static void same_rooms(const struct store_read *a, const struct store_read *b)
{
    assert_int_equal(a->rooms_count, b->rooms_count);
    for (size_t i = 0; i < a->rooms_count; i++) {
        assert_int_equal(a->rooms[i].id, b->rooms[i].id);
        assert_string_equal(a->rooms[i].name.text, b->rooms[i].name.text);
        assert_int_equal(a->rooms[i].kind, b->rooms[i].kind);
        assert_int_equal(a->rooms[i].flags, b->rooms[i].flags);
        assert_string_equal(a->rooms[i].topic ? a->rooms[i].topic : "",
                            b->rooms[i].topic ? b->rooms[i].topic : "");
    }
}

static void ask(const struct store_read *question)
{
    struct store_read *reads[2];
    for (int i = 0; i < 2; i++) {
        reads[i] = mem_alloc(sizeof(*question));
        *reads[i] = *question;
        twins[i].reader->ops->run(twins[i].reader, reads[i]);
    }
    assert_int_equal(reads[0]->result, reads[1]->result);
    same_events(reads[0]->events, reads[1]->events);
    assert_int_equal(reads[0]->first, reads[1]->first);
    assert_int_equal(reads[0]->last, reads[1]->last);
    assert_int_equal(reads[0]->head, reads[1]->head);
    assert_int_equal(reads[0]->more, reads[1]->more);
    same_rooms(reads[0], reads[1]);
    store_read_free(reads[0]);
    store_read_free(reads[1]);
}

static void ask_something(void)
{
    struct store_read question = {
        .kind = (uint8_t)dice_below(&dice, 3),
        .where = (uint8_t)dice_below(&dice, 4),
        .check_mid = dice_below(&dice, 2),
        .role = (uint8_t)dice_below(&dice, 2),
        .room = 1 + dice_below(&dice, ROOMS + 1), /* one that does not exist, too */
        .limit = dice_below(&dice, 100),
        .bytes_max = dice_below(&dice, 20000),
    };
    question.seq = question.room <= ROOMS ? some_seq(question.room) : 0;
    if (dice_below(&dice, 2))
        question.after = number_name(dice_below(&dice, ROOMS));
    ask(&question);
}

static void same_seat(void *ctx, const struct seat_record *seat)
{
    uint64_t *sum = ctx;
    const uint64_t parts[] = {seat->room,  seat->read, seat->read_count,
                              seat->level, seat->host, seat->mentions};
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        *sum = *sum * 31 + parts[i];
}

static void same_people(void)
{
    for (uint64_t i = 0; i < PEOPLE; i++) {
        uint64_t person = person_number(i), sums[2] = {0};
        for (int j = 0; j < 2; j++)
            assert_int_equal(
                twins[j].store->ops->rooms_of(twins[j].store, person, same_seat, &sums[j]), OK);
        assert_int_equal(sums[0], sums[1]);
    }
    for (uint8_t i = 1; i < 10; i++) {
        const uint8_t hash[TOKEN_HASH_BYTES] = {i};
        struct person_record found[2] = {{0}};
        const struct name name = number_name(i);
        int result;
        for (int j = 0; j < 2; j++)
            twins[j].store->ops->person_by_session(twins[j].store, hash, &found[j]);
        assert_int_equal(found[0].id, found[1].id);
        assert_string_equal(found[0].name.text, found[1].name.text);
        assert_string_equal(found[0].folded.text, found[1].folded.text);
        assert_int_equal(found[0].seen_ms, found[1].seen_ms);
        assert_int_equal(found[0].role, found[1].role);
        assert_int_equal(found[0].session, found[1].session);
        assert_int_equal(found[0].session_used_ms, found[1].session_used_ms);
        BOTH_CALL(result, person_by_name, &name, &found[0]);
        (void)result;
    }
}

static void add_room(void *ctx, uint64_t room)
{
    uint64_t *sum = ctx;
    *sum = *sum * 31 + room;
}

static void same_record(uint64_t room)
{
    struct room_record found[2];
    for (int i = 0; i < 2; i++) {
        assert_int_equal(twins[i].store->ops->room_get(twins[i].store, room, &found[i]), OK);
        mem_free(found[i].topic);
    }
    assert_int_equal(found[0].kind, found[1].kind);
    assert_int_equal(found[0].head, found[1].head);
    assert_int_equal(found[0].messages, found[1].messages);
    assert_int_equal(found[0].messages, said[room]);
    assert_int_equal(found[0].first_seq, found[1].first_seq);
    assert_int_equal(found[0].flags, found[1].flags);
    assert_int_equal(found[0].slow_ms, found[1].slow_ms);
    assert_int_equal(found[0].retention_days, found[1].retention_days);
    assert_string_equal(found[0].name.text, found[1].name.text);
    assert_string_equal(found[0].folded.text, found[1].folded.text);
}

static void same_in_room(uint64_t room)
{
    struct peer people[2][PEOPLE];
    unsigned counts[2];
    uint64_t seq = some_seq(room), person = some_person(), up_to[2], flagged[2] = {0};
    uint32_t behind[2];
    for (int i = 0; i < 2; i++) {
        struct store *store = twins[i].store;
        const struct store_ops *ops = store->ops;
        assert_int_equal(ops->messages_up_to(store, room, seq, &up_to[i]), OK);
        assert_int_equal(ops->mentions_behind(store, room, person, seq, &behind[i]), OK);
        assert_int_equal(ops->people_of(store, room, people[i], PEOPLE, &counts[i]), OK);
        assert_int_equal(ops->rooms_with_flag(store, ROOM_FLAG_DEFAULT, add_room, &flagged[i]), OK);
    }
    assert_int_equal(up_to[0], up_to[1]);
    assert_int_equal(behind[0], behind[1]);
    assert_int_equal(flagged[0], flagged[1]);
    assert_int_equal(counts[0], counts[1]);
    for (unsigned i = 0; i < counts[0]; i++) {
        assert_int_equal(people[0][i].id, people[1][i].id);
        assert_string_equal(people[0][i].name.text, people[1][i].name.text);
    }
}

/* What a retry would be answered, of every event. */
static void same_answers(void)
{
    for (unsigned i = 0; i < 200; i++) {
        uint64_t room = some_room(), person = some_person();
        const uint8_t cid[CID_BYTES] = {(uint8_t)dice_below(&dice, CIDS)};
        struct kept_record kept[2] = {{0}};
        int results[2];
        for (int j = 0; j < 2; j++)
            results[j] =
                twins[j].store->ops->kept_by_cid(twins[j].store, room, person, cid, &kept[j]);
        assert_int_equal(results[0], results[1]);
        assert_int_equal(kept[0].seq, kept[1].seq);
        assert_int_equal(kept[0].mid, kept[1].mid);
        assert_int_equal(kept[0].digest, kept[1].digest);
    }
}

/* ---- the two ---- */

static void make_rooms(void)
{
    int result;
    begin_both();
    for (uint64_t id = 2; id <= ROOMS; id++) {
        const struct room_record room = {
            .id = id, .name = number_name(id), .folded = number_name(id)};
        BOTH_CALL(result, room_create, &room);
        assert_int_equal(result, OK);
    }
    commit_both();
}

static void one_transaction(void)
{
    static void (*const steps[])(void) = {say,          say,          say,       change,
                                          change,       move,         move,      name_somebody,
                                          react_or_pin, react_or_pin, set_topic, set_room};
    memcpy(committed, heads, sizeof(heads));
    memcpy(committed_said, said, sizeof(said));
    begin_both();
    for (unsigned i = dice_below(&dice, 30); i > 0; i--)
        steps[dice_below(&dice, sizeof(steps) / sizeof(steps[0]))]();
    if (dice_below(&dice, 4) == 0) {
        for (int i = 0; i < 2; i++)
            twins[i].store->ops->rollback(twins[i].store);
        memcpy(heads, committed, sizeof(heads));
        memcpy(said, committed_said, sizeof(said));
    } else {
        commit_both();
    }
}

static void both_do_the_same(void **state)
{
    (void)state;
    dice = dice_new("twins");
    rig_open(&twins[0], RIG_MEMORY);
    rig_open(&twins[1], RIG_SQLITE);
    make_rooms();
    for (unsigned i = 0; i < TRANSACTIONS; i++) {
        one_transaction();
        for (unsigned j = 0; j < 5; j++)
            ask_something();
        if (i % 20 == 0) {
            same_people();
            same_answers();
            for (uint64_t room = 1; room <= ROOMS; room++) {
                same_record(room);
                same_in_room(room);
            }
        }
        if (i % 100 == 99)
            rig_reopen(&twins[1]);
    }
    assert_true(heads[1] > 500);
    rig_close(&twins[0]);
    rig_close(&twins[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(both_do_the_same)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
