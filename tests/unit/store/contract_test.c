#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <string.h>

#include "base/memory.h"
#include "store/both.h"

/* The writing half of chat/store.h, against every store. */

enum { ANN = RIG_ANN, BOB = 2, GARDEN = 0x1884c };

#define CALL(op, ...) rig.store->ops->op(rig.store, __VA_ARGS__)

/* ---- rooms ---- */

static void make_garden(void)
{
    struct room_record room = {.id = GARDEN, .name = rig_name("Garden"), .topic = NULL};
    name_fold(&room.name, &room.folded);
    assert_int_equal(CALL(room_create, &room), OK);
}

static void assert_room(uint64_t id, const char *name, const char *topic, uint64_t head)
{
    struct room_record room;
    assert_int_equal(CALL(room_get, id, &room), OK);
    assert_int_equal(room.id, id);
    assert_string_equal(room.name.text, name);
    assert_int_equal(room.head, head);
    assert_int_equal(room.mid, head ? UINT64_MAX - head : 0);
    assert_int_equal(room.ts_ms, head ? 1700000000000 + head : 0);
    if (topic)
        assert_string_equal(room.topic, topic);
    else
        assert_null(room.topic);
    mem_free(room.topic);
}

static void a_fresh_store_has_the_lobby(void **state)
{
    const struct name lobby = rig_name("lobby");
    uint64_t id = 0;
    (void)state;
    assert_room(ROOM_LOBBY, ROOM_LOBBY_NAME, NULL, 0);
    assert_int_equal(CALL(room_by_name, &lobby, &id), OK);
    assert_int_equal(id, ROOM_LOBBY);
}

static void rooms_are_found_by_id_and_by_name(void **state)
{
    const struct name garden = rig_name("garden"), other = rig_name("gardens");
    struct room_record record = {.id = 5};
    uint64_t id = 7;
    (void)state;
    assert_int_equal(CALL(room_get, GARDEN, &record), ERR_NOT_FOUND);
    assert_int_equal(CALL(room_by_name, &garden, &id), ERR_NOT_FOUND);
    assert_int_equal(id, 7);
    assert_int_equal(record.id, 5);
    rig_begin(&rig);
    make_garden();
    assert_room(GARDEN, "Garden", NULL, 0); /* within the transaction, too */
    rig_commit(&rig);
    assert_room(GARDEN, "Garden", NULL, 0);
    assert_int_equal(CALL(room_by_name, &garden, &id), OK);
    assert_int_equal(id, GARDEN);
    assert_int_equal(CALL(room_by_name, &other, &id), ERR_NOT_FOUND);
}

static void a_room_is_made_once(void **state)
{
    struct room_record other = {.id = GARDEN, .name = rig_name("X"), .folded = rig_name("x")};
    (void)state;
    rig_begin(&rig);
    make_garden();
    assert_int_equal(CALL(room_create, &other), ERR_EXISTS);
    other = (struct room_record){.id = 6, .name = rig_name("GARDEN"), .folded = rig_name("garden")};
    assert_int_equal(CALL(room_create, &other), ERR_EXISTS);
    rig_commit(&rig);
    assert_room(GARDEN, "Garden", NULL, 0);
    assert_int_equal(CALL(room_get, 6, &other), ERR_NOT_FOUND);
}

static void a_topic_is_replaced_and_taken_away(void **state)
{
    (void)state;
    rig_begin(&rig);
    make_garden();
    assert_int_equal(CALL(room_set_topic, GARDEN, SLICE_LITERAL("peas")), OK);
    assert_int_equal(CALL(room_set_topic, 99, SLICE_LITERAL("peas")), ERR_NOT_FOUND);
    rig_commit(&rig);
    assert_room(GARDEN, "Garden", "peas", 0);
    rig_begin(&rig);
    assert_int_equal(CALL(room_set_topic, GARDEN, SLICE_LITERAL("")), OK);
    rig_commit(&rig);
    assert_room(GARDEN, "Garden", NULL, 0);
}

static void the_head_is_the_newest_event_of_the_room(void **state)
{
    (void)state;
    rig_begin(&rig);
    make_garden();
    rig_say(&rig, 1, "a");
    assert_room(ROOM_LOBBY, ROOM_LOBBY_NAME, NULL, 1);
    rig_say(&rig, 2, "b");
    assert_int_equal(rig_append(&rig, rig_event(EVENT_TOPIC, GARDEN, 1, ANN, 9, "t"), 1), OK);
    rig_commit(&rig);
    assert_room(ROOM_LOBBY, ROOM_LOBBY_NAME, NULL, 2);
    assert_room(GARDEN, "Garden", NULL, 1);
}

/* ---- cids ---- */

static void a_cid_is_kept_once_for_each_author_and_room(void **state)
{
    (void)state;
    rig_begin(&rig);
    make_garden();
    assert_int_equal(rig_append(&rig, rig_event(EVENT_MESSAGE, 1, 1, ANN, 7, "a"), 1), OK);
    assert_int_equal(rig_append(&rig, rig_event(EVENT_MESSAGE, 1, 2, ANN, 7, "a"), 1), ERR_EXISTS);
    assert_int_equal(rig_append(&rig, rig_event(EVENT_TOPIC, 1, 2, ANN, 7, "x"), 2), ERR_EXISTS);
    assert_int_equal(rig_append(&rig, rig_event(EVENT_MESSAGE, 1, 2, BOB, 7, "a"), 1), OK);
    assert_int_equal(rig_append(&rig, rig_event(EVENT_MESSAGE, GARDEN, 1, ANN, 7, "a"), 1), OK);
    rig_commit(&rig);
    rig_begin(&rig);
    assert_int_equal(rig_append(&rig, rig_event(EVENT_MESSAGE, 1, 3, BOB, 7, "a"), 1), ERR_EXISTS);
    assert_int_equal(rig_append(&rig, rig_event(EVENT_MESSAGE, 1, 3, BOB, 8, "a"), 1), OK);
    rig_commit(&rig); /* what was refused is no hole */
    assert_room(ROOM_LOBBY, ROOM_LOBBY_NAME, NULL, 3);
}

static void every_bit_of_a_cid_counts(void **state)
{
    (void)state;
    rig_begin(&rig);
    for (unsigned bit = 0; bit < 8 * CID_BYTES; bit++) {
        struct event *event = rig_event(EVENT_MESSAGE, ROOM_LOBBY, bit + 1, ANN, 1, "a");
        memset(event->cid, 0, CID_BYTES);
        event->cid[bit / 8] = (uint8_t)(1u << bit % 8);
        assert_int_equal(rig_append(&rig, event, 1), OK);
    }
    rig_commit(&rig);
}

static void without_a_cid_everything_is_new(void **state)
{
    struct kept_record kept;
    const uint8_t zeros[CID_BYTES] = {0};
    (void)state;
    rig_begin(&rig);
    assert_int_equal(rig_append(&rig, rig_event(EVENT_MESSAGE, 1, 1, ANN, 0, "a"), 1), OK);
    assert_int_equal(rig_append(&rig, rig_event(EVENT_MESSAGE, 1, 2, ANN, 0, "a"), 1), OK);
    assert_int_equal(CALL(kept_by_cid, 1, ANN, zeros, &kept), ERR_NOT_FOUND);
    struct event *event = rig_event(EVENT_MESSAGE, 1, 3, ANN, 0, "a");
    event->has_cid = true; /* one of zeros is one all the same */
    assert_int_equal(rig_append(&rig, event, 1), OK);
    assert_int_equal(CALL(kept_by_cid, 1, ANN, zeros, &kept), OK);
    assert_int_equal(kept.seq, 3);
    rig_commit(&rig);
}

static void assert_digest(uint64_t cid, uint64_t digest)
{
    uint8_t bytes[CID_BYTES] = {0};
    struct kept_record kept;
    memcpy(bytes, &cid, sizeof(cid));
    assert_int_equal(CALL(kept_by_cid, ROOM_LOBBY, ANN, bytes, &kept), OK);
    assert_int_equal(kept.digest, digest);
}

static void a_retry_finds_what_the_first_one_made(void **state)
{
    const uint8_t cid[CID_BYTES] = {7};
    struct kept_record kept = {.seq = 55};
    (void)state;
    rig_begin(&rig);
    rig_say(&rig, 1, "a");
    assert_int_equal(CALL(kept_by_cid, ROOM_LOBBY, UINT64_MAX, cid, &kept), ERR_NOT_FOUND);
    assert_int_equal(kept.seq, 55);
    struct event *event = rig_event(EVENT_MESSAGE, ROOM_LOBBY, 2, UINT64_MAX, 7, "b");
    event->mid = UINT64_C(1) << 63;
    assert_int_equal(rig_append(&rig, event, UINT64_MAX), OK);
    rig_commit(&rig);
    assert_int_equal(CALL(kept_by_cid, ROOM_LOBBY, UINT64_MAX, cid, &kept), OK);
    assert_int_equal(kept.seq, 2);
    assert_int_equal(kept.mid, UINT64_C(1) << 63);
    assert_int_equal(kept.ts_ms, 1700000000002);
    assert_int_equal(kept.digest, UINT64_MAX);
    assert_int_equal(CALL(kept_by_cid, GARDEN, UINT64_MAX, cid, &kept), ERR_NOT_FOUND);
}

static void a_seq_that_is_there_is_a_fault(void **state)
{
    (void)state;
    rig_begin(&rig);
    rig_say(&rig, 1, "a");
    rig_commit(&rig);
    rig_begin(&rig);
    assert_int_equal(rig_append(&rig, rig_event(EVENT_MESSAGE, 1, 1, ANN, 9, "x"), 1), ERR_IO);
    assert_true(strlen(rig.store->fault) > 0);
    rig.store->ops->rollback(rig.store);
    assert_room(ROOM_LOBBY, ROOM_LOBBY_NAME, NULL, 1);
}

/* ---- messages ---- */

static void only_messages_are_messages(void **state)
{
    struct message_record message = {.author = 55};
    (void)state;
    rig_begin(&rig);
    rig_say(&rig, 1, "a");
    assert_int_equal(rig_append(&rig, rig_event(EVENT_TOPIC, 1, 2, ANN, 2, "t"), 1), OK);
    assert_int_equal(CALL(message_get, 1, 2, &message), ERR_NOT_FOUND);
    assert_int_equal(CALL(message_get, 1, 3, &message), ERR_NOT_FOUND);
    assert_int_equal(CALL(message_get, GARDEN, 1, &message), ERR_NOT_FOUND);
    assert_int_equal(CALL(message_set_text, 1, 2, SLICE_LITERAL("x"), 1), ERR_NOT_FOUND);
    assert_int_equal(CALL(message_erase, 1, 2), ERR_NOT_FOUND);
    assert_int_equal(message.author, 55);
    assert_int_equal(CALL(message_get, 1, 1, &message), OK);
    assert_int_equal(message.author, ANN);
    assert_false(message.deleted);
    rig_commit(&rig);
}

static void an_edit_erases_the_digests_of_what_was_before(void **state)
{
    (void)state;
    rig_begin(&rig);
    rig_say(&rig, 1, "a");
    rig_say(&rig, 2, "other");
    assert_digest(1, 1);
    rig_edit(&rig, 3, 1, "b");
    assert_digest(1, 0);
    assert_digest(3, 3);
    rig_edit(&rig, 4, 1, "c");
    rig_commit(&rig);
    rig_begin(&rig);
    rig_edit(&rig, 5, 2, "d");
    rig_edit(&rig, 6, 1, "e");
    rig_commit(&rig);
    for (uint64_t seq = 1; seq <= 4; seq++)
        assert_digest(seq, 0);
    assert_digest(5, 5);
    assert_digest(6, 6);
    rig_begin(&rig);
    rig_delete(&rig, 7, 1);
    rig_commit(&rig);
    assert_digest(6, 0);
    assert_digest(5, 5);
    assert_digest(7, 7);
}

static void a_deleted_message_is_one_still(void **state)
{
    struct message_record message;
    (void)state;
    rig_begin(&rig);
    rig_say(&rig, 1, "a");
    rig_delete(&rig, 2, 1);
    rig_commit(&rig);
    assert_int_equal(CALL(message_get, 1, 1, &message), OK);
    assert_true(message.deleted);
    assert_int_equal(message.author, ANN);
    rig_begin(&rig);
    assert_int_equal(CALL(message_erase, 1, 1), OK);
    rig_commit(&rig);
}

/* ---- reactions and pins ---- */

static int react(uint64_t person, const char *emoji, bool on)
{
    return CALL(reaction_set, ROOM_LOBBY, 1, person, slice_of_string(emoji), on, 2);
}

static void a_reaction_is_there_once(void **state)
{
    (void)state;
    rig_begin(&rig);
    rig_say(&rig, 1, "a");
    assert_int_equal(react(ANN, "+", false), ERR_NOT_FOUND);
    assert_int_equal(react(ANN, "+", true), OK);
    assert_int_equal(react(ANN, "+", true), ERR_EXISTS);
    assert_int_equal(react(BOB, "+", true), OK);
    rig_commit(&rig);
    rig_begin(&rig);
    assert_int_equal(react(BOB, "+", true), ERR_EXISTS);
    assert_int_equal(react(ANN, "+", false), OK);
    assert_int_equal(react(ANN, "+", false), ERR_NOT_FOUND);
    assert_int_equal(react(ANN, "-", false), ERR_NOT_FOUND);
    rig_commit(&rig);
}

static void kinds_of_reactions_are_limited(void **state)
{
    (void)state;
    rig_begin(&rig);
    rig_say(&rig, 1, "a");
    assert_int_equal(react(ANN, "+", true), OK);
    assert_int_equal(react(BOB, "+", true), OK);
    assert_int_equal(react(ANN, "-", true), OK);
    assert_int_equal(react(ANN, "*", true), ERR_LIMIT);
    assert_int_equal(react(BOB, "-", true), OK); /* no new kind */
    assert_int_equal(react(ANN, "+", false), OK);
    assert_int_equal(react(ANN, "*", true), ERR_LIMIT); /* Bob's is there */
    assert_int_equal(react(BOB, "+", false), OK);
    assert_int_equal(react(ANN, "*", true), OK);
    rig_commit(&rig);
}

static int pin(uint64_t seq, bool on)
{
    return CALL(pin_set, ROOM_LOBBY, seq, on, 2);
}

static void pins_are_there_once_and_limited(void **state)
{
    (void)state;
    rig_begin(&rig);
    for (uint64_t seq = 1; seq <= 3; seq++)
        rig_say(&rig, seq, "a");
    assert_int_equal(pin(1, false), ERR_NOT_FOUND);
    assert_int_equal(pin(1, true), OK);
    assert_int_equal(pin(1, true), ERR_EXISTS);
    assert_int_equal(pin(2, true), OK);
    assert_int_equal(pin(3, true), ERR_LIMIT);
    assert_int_equal(pin(2, true), ERR_EXISTS);
    assert_int_equal(pin(3, false), ERR_NOT_FOUND);
    assert_int_equal(pin(2, false), OK);
    assert_int_equal(pin(3, true), OK);
    rig_commit(&rig);
}

static void deleting_takes_reactions_and_pin_away(void **state)
{
    (void)state;
    rig_begin(&rig);
    rig_say(&rig, 1, "a");
    rig_say(&rig, 2, "b");
    assert_int_equal(react(ANN, "+", true), OK);
    assert_int_equal(react(BOB, "-", true), OK);
    assert_int_equal(pin(1, true), OK);
    assert_int_equal(pin(2, true), OK);
    rig_delete(&rig, 3, 1);
    assert_int_equal(react(ANN, "+", false), ERR_NOT_FOUND);
    assert_int_equal(react(BOB, "-", false), ERR_NOT_FOUND);
    assert_int_equal(pin(1, false), ERR_NOT_FOUND);
    assert_int_equal(pin(2, true), ERR_EXISTS); /* another message's stays */
    rig_commit(&rig);
}

/* ---- members ---- */

struct found {
    size_t count;
    uint64_t rooms[4], reads[4];
};

static void note_room(void *ctx, const struct seat_record *seat)
{
    struct found *found = ctx;
    assert_in_range(found->count, 0, 3);
    found->rooms[found->count] = seat->room;
    found->reads[found->count++] = seat->read;
}

static struct found rooms_of(uint64_t person)
{
    struct found found = {0};
    assert_int_equal(CALL(rooms_of, person, note_room, &found), OK);
    return found;
}

static void members_come_and_go(void **state)
{
    (void)state;
    rig_begin(&rig);
    make_garden();
    assert_int_equal(CALL(member_set, GARDEN, ANN, false), ERR_NOT_FOUND);
    assert_int_equal(CALL(member_set, GARDEN, ANN, true), OK);
    assert_int_equal(CALL(member_set, GARDEN, ANN, true), ERR_EXISTS);
    assert_int_equal(CALL(member_set, ROOM_LOBBY, ANN, true), OK);
    rig_commit(&rig);
    struct found found = rooms_of(ANN);
    assert_int_equal(found.count, 2);
    assert_int_equal(found.rooms[0], ROOM_LOBBY);
    assert_int_equal(found.rooms[1], GARDEN);
    assert_int_equal(rooms_of(BOB).count, 0);
    rig_begin(&rig);
    assert_int_equal(CALL(member_set, ROOM_LOBBY, ANN, false), OK);
    rig_commit(&rig);
    found = rooms_of(ANN);
    assert_int_equal(found.count, 1);
    assert_int_equal(found.rooms[0], GARDEN);
}

static void a_read_mark_moves_forward(void **state)
{
    (void)state;
    rig_begin(&rig);
    assert_int_equal(CALL(read_set, ROOM_LOBBY, ANN, 5, 0), OK); /* no member: nothing */
    assert_int_equal(CALL(member_set, ROOM_LOBBY, ANN, true), OK);
    assert_int_equal(rooms_of(ANN).reads[0], 0);
    assert_int_equal(CALL(read_set, ROOM_LOBBY, ANN, 5, 0), OK);
    assert_int_equal(CALL(read_set, ROOM_LOBBY, ANN, 4, 0), OK);
    rig_commit(&rig);
    assert_int_equal(rooms_of(ANN).reads[0], 5);
    rig_begin(&rig);
    assert_int_equal(CALL(read_set, ROOM_LOBBY, ANN, 6, 0), OK);
    rig_commit(&rig);
    assert_int_equal(rooms_of(ANN).reads[0], 6);
}

/* ---- people ---- */

static void a_session_stands_for_a_person(void **state)
{
    uint8_t hash[TOKEN_HASH_BYTES] = {1, 2, 3}, other[TOKEN_HASH_BYTES] = {1, 2, 4};
    struct person_record person = {.id = 5};
    (void)state;
    assert_int_equal(CALL(person_by_session, hash, &person), ERR_NOT_FOUND);
    rig_begin(&rig);
    rig_person(&rig, UINT64_MAX, "Ann");
    assert_int_equal(CALL(session_create, hash, UINT64_MAX, 99), OK);
    assert_int_equal(CALL(person_by_session, hash, &person), OK);
    rig_commit(&rig);
    assert_int_equal(CALL(person_by_session, other, &person), ERR_NOT_FOUND);
    person = (struct person_record){0};
    assert_int_equal(CALL(person_by_session, hash, &person), OK);
    assert_int_equal(person.id, UINT64_MAX);
    assert_string_equal(person.name.text, "Ann");
    assert_string_equal(person.folded.text, "ann");
    assert_int_equal(person.seen_ms, 77);
}

static void a_person_is_made_once(void **state)
{
    struct person_record person = {.id = ANN, .name = rig_name("X"), .folded = rig_name("x")};
    (void)state;
    rig_begin(&rig);
    rig_person(&rig, ANN, "Ann");
    assert_int_equal(CALL(person_create, &person), ERR_EXISTS);
    person.id = BOB;
    assert_int_equal(CALL(person_create, &person), OK);
    assert_int_equal(CALL(person_by_name, &person.folded, &person), OK);
    assert_int_equal(person.id, BOB);
    rig_commit(&rig);
}

static void a_name_goes_to_somebody_else(void **state)
{
    const struct name ann = rig_name("ann"), anna = rig_name("anna");
    struct person_record first, second = {.id = BOB, .name = rig_name("Ann"), .seen_ms = 1};
    (void)state;
    rig_begin(&rig);
    rig_person(&rig, ANN, "Ann");
    assert_int_equal(CALL(person_create, &second), OK); /* without a folded name */
    rig_commit(&rig);
    assert_int_equal(CALL(person_by_name, &ann, &first), OK);
    assert_int_equal(first.id, ANN);
    rig_begin(&rig);
    first.folded = (struct name){0};
    first.seen_ms = 123;
    assert_int_equal(CALL(person_update, &first), OK);
    second.folded = ann;
    assert_int_equal(CALL(person_update, &second), OK);
    first.folded = ann;
    assert_int_equal(CALL(person_update, &first), ERR_EXISTS);
    first.name = rig_name("Anna");
    first.folded = anna;
    assert_int_equal(CALL(person_update, &first), OK);
    rig_commit(&rig);
    assert_int_equal(CALL(person_by_name, &ann, &first), OK);
    assert_int_equal(first.id, BOB);
    assert_int_equal(CALL(person_by_name, &anna, &first), OK);
    assert_int_equal(first.id, ANN);
    assert_int_equal(first.seen_ms, 123);
    first.id = 99;
    first.folded = rig_name("new");
    rig_begin(&rig);
    assert_int_equal(CALL(person_update, &first), ERR_NOT_FOUND);
    rig_commit(&rig);
}

/* ---- transactions ---- */

static void do_everything(void)
{
    const uint8_t hash[TOKEN_HASH_BYTES] = {9};
    struct person_record ann = {.id = ANN, .name = rig_name("Anna"), .folded = rig_name("anna")};
    rig_say(&rig, 3, "c");
    rig_edit(&rig, 4, 1, "edited");
    rig_edit(&rig, 5, 1, "again");
    rig_delete(&rig, 6, 2);
    make_garden();
    assert_int_equal(CALL(room_set_topic, ROOM_LOBBY, SLICE_LITERAL("topic")), OK);
    assert_int_equal(CALL(reaction_set, 1, 1, BOB, SLICE_LITERAL("+"), true, 9), OK);
    assert_int_equal(CALL(reaction_set, 1, 1, ANN, SLICE_LITERAL("+"), false, 9), OK);
    assert_int_equal(CALL(reaction_set, 1, 1, ANN, SLICE_LITERAL("*"), true, 9), OK);
    assert_int_equal(pin(1, true), OK);
    assert_int_equal(CALL(member_set, GARDEN, ANN, true), OK);
    assert_int_equal(CALL(read_set, ROOM_LOBBY, ANN, 3, 0), OK);
    assert_int_equal(CALL(member_set, ROOM_LOBBY, ANN, false), OK);
    rig_person(&rig, BOB, "Bob");
    assert_int_equal(CALL(session_create, hash, BOB, 1), OK);
    assert_int_equal(CALL(person_update, &ann), OK);
}

static void prepare(void)
{
    rig_begin(&rig);
    rig_person(&rig, ANN, "Ann");
    assert_int_equal(CALL(member_set, ROOM_LOBBY, ANN, true), OK);
    assert_int_equal(CALL(read_set, ROOM_LOBBY, ANN, 1, 0), OK);
    rig_say(&rig, 1, "a");
    rig_say(&rig, 2, "b");
    assert_int_equal(CALL(reaction_set, 1, 1, ANN, SLICE_LITERAL("+"), true, 9), OK);
    assert_int_equal(CALL(reaction_set, 1, 2, ANN, SLICE_LITERAL("+"), true, 9), OK);
    assert_int_equal(CALL(reaction_set, 1, 2, BOB, SLICE_LITERAL("-"), true, 9), OK);
    assert_int_equal(pin(2, true), OK);
    rig_commit(&rig);
}

static void assert_as_prepared(void)
{
    const uint8_t hash[TOKEN_HASH_BYTES] = {9};
    const struct name ann = rig_name("ann"), anna = rig_name("anna");
    struct room_record room;
    struct person_record person;
    assert_room(ROOM_LOBBY, ROOM_LOBBY_NAME, NULL, 2);
    assert_int_equal(CALL(room_get, GARDEN, &room), ERR_NOT_FOUND);
    assert_int_equal(CALL(person_by_session, hash, &person), ERR_NOT_FOUND);
    assert_int_equal(CALL(person_by_name, &anna, &person), ERR_NOT_FOUND);
    assert_int_equal(CALL(person_by_name, &ann, &person), OK);
    assert_int_equal(person.id, ANN);
    assert_digest(1, 1);
    assert_digest(2, 2);
    struct found found = rooms_of(ANN);
    assert_int_equal(found.count, 1);
    assert_int_equal(found.reads[0], 1);
    struct store_read *read = rig_page(&rig, READ_NEWEST, 0, 10);
    assert_int_equal(read->result, OK);
    assert_int_equal(read->events->count, 2);
    const struct event *first = read->events->events[0], *second = read->events->events[1];
    assert_true(slice_is(first->message.body, "a"));
    assert_true(slice_is(second->message.body, "b"));
    assert_false(first->deleted || second->deleted || first->pinned);
    assert_true(second->pinned);
    assert_int_equal(first->edited_ms, 0);
    assert_int_equal(first->reactions->count, 1);
    assert_int_equal(first->reactions->list[0].count, 1);
    assert_int_equal(first->reactions->list[0].people[0], ANN);
    assert_int_equal(second->reactions->count, 2);
    store_read_free(read);
}

static void a_rollback_undoes_everything(void **state)
{
    (void)state;
    prepare();
    assert_as_prepared();
    for (int i = 0; i < 2; i++) {
        rig_begin(&rig);
        do_everything();
        rig.store->ops->rollback(rig.store);
        assert_as_prepared();
    }
    rig.store->ops->rollback(rig.store); /* without a transaction it does nothing */
    rig_begin(&rig);
    do_everything();
    rig_commit(&rig);
    assert_room(ROOM_LOBBY, ROOM_LOBBY_NAME, "topic", 6);
    assert_int_equal(rooms_of(ANN).rooms[0], GARDEN);
}

static void an_empty_transaction_is_one(void **state)
{
    (void)state;
    rig_begin(&rig);
    rig_commit(&rig);
    assert_int_equal(CALL(rest, 1000), OK);
    assert_int_equal(CALL(rest, 2000), OK);
    assert_room(ROOM_LOBBY, ROOM_LOBBY_NAME, NULL, 0);
}

static void closing_within_a_transaction_rolls_back(void **state)
{
    (void)state;
    rig_begin(&rig);
    rig_say(&rig, 1, "a");
    if (rig.kind == RIG_SQLITE) {
        rig_reopen(&rig);
        assert_room(ROOM_LOBBY, ROOM_LOBBY_NAME, NULL, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(a_fresh_store_has_the_lobby),
        BOTH(rooms_are_found_by_id_and_by_name),
        BOTH(a_room_is_made_once),
        BOTH(a_topic_is_replaced_and_taken_away),
        BOTH(the_head_is_the_newest_event_of_the_room),
        BOTH(a_cid_is_kept_once_for_each_author_and_room),
        BOTH(every_bit_of_a_cid_counts),
        BOTH(without_a_cid_everything_is_new),
        BOTH(a_retry_finds_what_the_first_one_made),
        BOTH(a_seq_that_is_there_is_a_fault),
        BOTH(only_messages_are_messages),
        BOTH(an_edit_erases_the_digests_of_what_was_before),
        BOTH(a_deleted_message_is_one_still),
        BOTH(a_reaction_is_there_once),
        BOTH(kinds_of_reactions_are_limited),
        BOTH(pins_are_there_once_and_limited),
        BOTH(deleting_takes_reactions_and_pin_away),
        BOTH(members_come_and_go),
        BOTH(a_read_mark_moves_forward),
        BOTH(a_session_stands_for_a_person),
        BOTH(a_person_is_made_once),
        BOTH(a_name_goes_to_somebody_else),
        BOTH(a_rollback_undoes_everything),
        BOTH(an_empty_transaction_is_one),
        BOTH(closing_within_a_transaction_rolls_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
