#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "chat/act.h"
#include "chat/dice.h"
#include "chat/search.h"
#include "store/rig.h"
#include "store/sqlite_search.h"

/* What a search finds is what looking at every message finds, with an index and without; and the index forgets. */

enum { ROOMS = 8, ROOM = 100, PERSON = 500, PEOPLE = 4, SAID_MAX = 8000, TEXT_MAX = 400 };

struct said {
    uint64_t room, seq, person;
    bool gone, visitor;
    char text[TEXT_MAX];
};

static struct rig rig;
static struct said said[SAID_MAX];
static unsigned said_count;
static uint64_t heads[ROOMS];

#define CALL(op, ...) rig.store->ops->op(rig.store, __VA_ARGS__)

static void begin_anew(void)
{
    said_count = 0;
    memset(heads, 0, sizeof(heads));
    rig_begin(&rig);
    for (uint64_t i = 0; i < PEOPLE; i++) {
        char name[10];
        snprintf(name, sizeof(name), "Ann%d", (int)i);
        rig_person(&rig, PERSON + i, name);
    }
    for (uint64_t i = 0; i < ROOMS; i++) {
        struct room_record room = {.id = ROOM + i};
        room.name.len =
            (uint8_t)snprintf(room.name.text, sizeof(room.name.text), "%d", (int)(ROOM + i));
        room.folded = room.name;
        assert_int_equal(CALL(room_create, &room), OK);
    }
    rig_commit(&rig);
}

static enum rig_kind memory = RIG_MEMORY, sqlite = RIG_SQLITE;

static int use(void **state)
{
    rig_open(&rig, *(const enum rig_kind *)*state);
    begin_anew();
    return 0;
}

static int take_down(void **state)
{
    (void)state;
    rig_close(&rig);
    return 0;
}

static void append(enum event_kind kind, struct said *which, uint64_t target, const char *text)
{
    uint64_t seq = ++heads[which->room - ROOM];
    struct event *event = rig_event(kind, which->room, seq, which->person, 0, text);
    event->visitor = which->visitor;
    event->target = target;
    if (kind == EVENT_MESSAGE)
        which->seq = seq;
    assert_int_equal(rig_append(&rig, event, 5), OK);
}

/* Within a transaction, as all of these. */
static struct said *say_as(uint64_t room, uint64_t person, bool visitor, const char *text)
{
    assert_true(said_count < SAID_MAX);
    struct said *new = &said[said_count++];
    *new = (struct said){.room = room, .person = person, .visitor = visitor};
    snprintf(new->text, sizeof(new->text), "%s", text);
    append(EVENT_MESSAGE, new, 0, text);
    return new;
}

static struct said *say(const char *text)
{
    return say_as(ROOM, PERSON, false, text);
}

static void edit(struct said *which, const char *text)
{
    assert_int_equal(CALL(message_set_text, which->room, which->seq, slice_of_string(text), 9), OK);
    append(EVENT_EDIT, which, which->seq, text);
    snprintf(which->text, sizeof(which->text), "%s", text);
}

static void erase(struct said *which)
{
    assert_int_equal(CALL(message_erase, which->room, which->seq), OK);
    append(EVENT_DELETE, which, which->seq, "");
    which->gone = true;
}

/* ---- asking ---- */

/* Somebody who is in the first `rooms` rooms. */
static struct store_read *ask_page(const char *typed, unsigned rooms, uint32_t limit,
                                   uint64_t before)
{
    struct store_read *read = mem_zalloc(sizeof(*read));
    const char *why = NULL;
    read->kind = READ_SEARCH;
    read->search = mem_zalloc(sizeof(*read->search));
    assert_int_equal(search_parse(slice_of_string(typed), read->search, &why), OK);
    for (unsigned i = 0; i < rooms; i++)
        read->search->rooms[i] = ROOM + rooms - 1 - i;
    read->search->rooms_count = rooms;
    read->search->limit = limit;
    read->search->before = before;
    rig.reader->ops->run(rig.reader, read);
    assert_int_equal(read->result, OK);
    return read;
}

/* What is found on the first page: "room:seq", newest first, in a static buffer. */
static const char *found_in(const char *typed, unsigned rooms)
{
    static char out[1000];
    size_t len = 0;
    struct store_read *read = ask_page(typed, rooms, SEARCH_LIMIT_MAX, 0);
    out[0] = '\0';
    for (size_t i = 0; i < read->search->hits_count; i++)
        len += (size_t)snprintf(out + len, sizeof(out) - len, "%s%d:%d", i ? " " : "",
                                (int)(read->search->hits[i].room - ROOM),
                                (int)read->search->hits[i].event->seq);
    assert_false(read->search->incomplete);
    assert_true(read->search->next == 0 && !read->more);
    store_read_free(read);
    return out;
}

static const char *found(const char *typed)
{
    return found_in(typed, ROOMS);
}

static unsigned count_rows(const char *sql)
{
    char path[128];
    sqlite3 *db;
    sqlite3_stmt *statement;
    snprintf(path, sizeof(path), "%s/hubbub.db", rig.folder);
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    unsigned count = (unsigned)sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return count;
}

static unsigned count_blocks(void)
{
    unsigned blocks = count_rows("SELECT count(*) FROM search_blocks");
    assert_int_equal(count_rows("SELECT count(*) FROM search_slices"), blocks * SEARCH_ROWS);
    return blocks;
}

/* ---- what is found ---- */

static void the_newest_comes_first(void **state)
{
    (void)state;
    rig_begin(&rig);
    say("One fine day");
    say_as(ROOM + 1, PERSON + 1, false, "another day");
    say("nothing");
    say("DAYS");
    rig_commit(&rig);
    assert_string_equal(found("day"), "0:3 1:1 0:1");
    assert_string_equal(found("day one"), "0:1");
    assert_string_equal(found("\"fine day\""), "0:1");
    assert_string_equal(found("*noth*"), "0:2 1:1");
    assert_string_equal(found("night"), "");
}

static void only_in_the_rooms_of_the_asker(void **state)
{
    (void)state;
    rig_begin(&rig);
    for (unsigned i = 0; i < ROOMS; i++)
        say_as(ROOM + i, PERSON, false, "secret");
    rig_commit(&rig);
    assert_string_equal(found_in("secret", 2), "1:1 0:1");
    assert_string_equal(found_in("secret", 0), "");
    assert_string_equal(found_in("secret in:000000000065", 8), "1:1"); /* 0x65 is ROOM + 1 */
    assert_string_equal(found_in("in:000000000065", 8), "1:1");
    assert_string_equal(found_in("secret in:000000000067", 3), "");
    assert_string_equal(found_in("secret in:lobby", 8), "");
}

static void a_hit_is_shown_as_history_shows_it(void **state)
{
    (void)state;
    rig_begin(&rig);
    struct said *which = say("first words");
    edit(which, "other words, and words");
    assert_int_equal(
        CALL(reaction_set, which->room, which->seq, PERSON, SLICE_LITERAL("+"), true, 50), OK);
    rig_commit(&rig);
    struct store_read *read = ask_page("word", ROOMS, 10, 0);
    assert_int_equal(read->search->hits_count, 1);
    const struct search_hit *hit = &read->search->hits[0];
    assert_int_equal(hit->room, ROOM);
    assert_true(slice_is(hit->event->message.body, "other words, and words"));
    assert_int_equal(hit->event->edited_ms, 9);
    assert_string_equal(hit->event->name.text, "Ann0");
    assert_int_equal(hit->event->reactions->count, 1);
    assert_int_equal(hit->marks_count, 2);
    assert_int_equal(hit->marks[1].from, 17);
    assert_int_equal(hit->marks[1].to, 21);
    store_read_free(read);
    assert_string_equal(found("first"), "");
}

static void who_said_it(void **state)
{
    (void)state;
    rig_begin(&rig);
    say_as(ROOM, PERSON, false, "one");
    say_as(ROOM, PERSON + 1, false, "two");
    say_as(ROOM, 0xabcd00007f3a, true, "three");
    rig_commit(&rig);
    assert_string_equal(found("from:ann0"), "0:1");
    assert_string_equal(found("from:@ANN1"), "0:2");
    assert_string_equal(found("from:\"visitor 7F3A\""), "0:3");
    assert_string_equal(found("t from:ann1"), "0:2");
    assert_string_equal(found("three from:ann1"), "");
    assert_string_equal(found("from:nobody"), "");
    assert_string_equal(found("from:\"visitor 7f3b\""), "");
    assert_string_equal(found("from:\"visitor 7f3\""), "");
}

static void when_it_was_said(void **state)
{
    (void)state;
    rig_begin(&rig);
    say("now"); /* at 1700000000001, on 2023-11-14 */
    rig_commit(&rig);
    assert_string_equal(found("now after:2023-11-14 before:2023-11-15"), "0:1");
    assert_string_equal(found("now before:2023-11-14"), "");
    assert_string_equal(found("now after:2023-11-15"), "");
}

static uint64_t make_file(uint64_t id, const char *type)
{
    struct act_file file = {.bytes = 10};
    memset(file.hash, (int)id, sizeof(file.hash));
    snprintf(file.type, sizeof(file.type), "%s", type);
    snprintf(file.name, sizeof(file.name), "a.b");
    assert_int_equal(rig.store->directory->file_make(rig.store, id, PERSON, &file, 1000, 1), OK);
    return id;
}

static void say_with_file(uint64_t id, const char *text)
{
    const struct file one = {.id = id};
    struct file_list *wanted = file_list_new(&one, 1), *files = NULL;
    uint64_t seq = ++heads[0];
    assert_int_equal(CALL(files_attach, ROOM, seq, PERSON, wanted, &files), OK);
    struct event *event = rig_event(EVENT_MESSAGE, ROOM, seq, PERSON, 0, text);
    event->files = files;
    assert_int_equal(rig_append(&rig, event, 5), OK);
    mem_free(wanted);
}

static void fill_a_block(void)
{
    rig_begin(&rig);
    for (unsigned i = 0; i < SEARCH_BLOCK; i++)
        say_as(ROOM + 7, PERSON, false, "filler");
    rig_commit(&rig);
}

static void what_it_has(void **state)
{
    (void)state;
    rig_begin(&rig);
    say("see https://example.org/a");
    say_with_file(make_file(1, "image/png"), "picture");
    say_with_file(make_file(2, "text/plain"), "");
    say("nothing");
    rig_commit(&rig);
    /* First without the index, then with it. */
    for (unsigned i = 0; i < 2; i++) {
        assert_string_equal(found("has:link"), "0:1");
        assert_string_equal(found("has:file"), "0:3 0:2");
        assert_string_equal(found("has:image"), "0:2");
        assert_string_equal(found("has:image pict"), "0:2");
        assert_string_equal(found("has:image has:link"), "");
        assert_int_equal(count_blocks(), i);
        fill_a_block();
    }
}

/* ---- blocks ---- */

static void a_block_is_written_with_its_last_event(void **state)
{
    (void)state;
    rig_begin(&rig);
    for (unsigned i = 1; i < SEARCH_BLOCK; i++) /* ids begin with 1 */
        say("filler");
    rig_commit(&rig);
    assert_int_equal(count_blocks(), 0);
    rig_begin(&rig);
    say("one more");
    rig.store->ops->rollback(rig.store);
    said_count--;
    heads[0]--;
    assert_int_equal(count_blocks(), 0);
    rig_begin(&rig);
    say("another one");
    rig_commit(&rig);
    assert_int_equal(count_blocks(), 1);
    /* More than one in a transaction, and after a start. */
    rig_reopen(&rig);
    rig_begin(&rig);
    for (unsigned i = 0; i < 2 * SEARCH_BLOCK; i++)
        say("filler");
    rig_commit(&rig);
    assert_int_equal(count_blocks(), 3);
    assert_string_equal(found("another"), "0:1024");
    assert_string_equal(found("more"), "");
}

static void what_is_edited_or_erased_is_found_no_more(void **state)
{
    (void)state;
    rig_begin(&rig);
    struct said *first = say("apple"), *second = say("apple tree"), *third = say("pear");
    rig_commit(&rig);
    fill_a_block();
    assert_string_equal(found("apple"), "0:2 0:1");
    rig_begin(&rig);
    edit(first, "banana");
    erase(second);
    edit(third, "an apple");
    rig_commit(&rig);
    assert_string_equal(found("apple"), "0:3");
    assert_string_equal(found("banana"), "0:1");
    assert_string_equal(found("pear"), "");
    assert_string_equal(found("tree"), "");
    assert_string_equal(found("from:ann0 app"), "0:3");
}

static void pages_follow_each_other(void **state)
{
    (void)state;
    rig_begin(&rig);
    for (unsigned i = 0; i < SEARCH_BLOCK + 100; i++)
        say_as(ROOM + i % 3, PERSON, false, i % 10 ? "other" : "this one");
    rig_commit(&rig);
    uint64_t before = 0;
    unsigned at = said_count, count = 0;
    do {
        struct store_read *read = ask_page("this", 3, 7, before);
        for (size_t i = 0; i < read->search->hits_count; i++, count++) {
            do
                at--;
            while (strcmp(said[at].text, "this one") != 0);
            assert_int_equal(read->search->hits[i].room, said[at].room);
            assert_int_equal(read->search->hits[i].event->seq, said[at].seq);
        }
        before = read->search->next;
        assert_true(read->more == (before > 0));
        store_read_free(read);
    } while (before > 0);
    assert_int_equal(count, (SEARCH_BLOCK + 109) / 10);
}

/* A search that has no time left says how far it came, and the next one goes on there. */
static void time_may_be_up(void **state)
{
    enum { PART = 3000 };
    char fault[STORE_FAULT_BYTES], text[TEXT_MAX];
    (void)state;
    memset(text, 'a', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    rig_begin(&rig);
    for (unsigned i = 0; i < PART; i++)
        say(i == 0 ? "the first" : text);
    rig_commit(&rig);
    rig.reader->ops->close(rig.reader);
    struct sqlite_options options = rig.options;
    options.deadline_ms = 2;
    assert_int_equal(sqlite_reader_open(&options, &rig.reader, fault), OK);
    uint64_t before = 0;
    unsigned incomplete = 0, hits = 0;
    do {
        struct store_read *read = ask_page("*f* *s* *r*", 1, 10, before);
        assert_true(before == 0 || read->search->next <= before);
        before = read->search->next;
        incomplete += read->search->incomplete;
        hits += (unsigned)read->search->hits_count;
        assert_true(read->search->incomplete == (before > 0));
        store_read_free(read);
    } while (before > 0);
    assert_int_equal(hits, 1);
    assert_true(incomplete > 0);
}

/* ---- a database from before there was an index ---- */

static void old_messages_are_taken_in_at_rest(void **state)
{
    (void)state;
    rig.options.no_index = true;
    rig_reopen(&rig);
    for (unsigned i = 0; i < 4; i++)
        fill_a_block();
    rig_begin(&rig);
    said[70].room = ROOM + 7;
    edit(&said[70], "needle");
    say("another needle");
    rig_commit(&rig);
    assert_int_equal(count_blocks(), 0);
    rig.options.no_index = false;
    rig_reopen(&rig);
    assert_string_equal(found("needle"), "0:1 7:71");
    /* One that is not taken in yet may be erased, too. */
    rig_begin(&rig);
    erase(&said[71]);
    rig_commit(&rig);
    unsigned rests = 1;
    for (uint64_t now_ms = 1000; CALL(rest, now_ms) == ERR_AGAIN; now_ms += 1000)
        assert_true(rests++ < 100);
    assert_int_equal(count_blocks(), 4);
    assert_string_equal(found("needle"), "0:1 7:71");
    assert_int_equal(CALL(rest, 1000000), OK);
    assert_int_equal(count_blocks(), 4);
    fill_a_block();
    assert_int_equal(count_blocks(), 5);
    rig_reopen(&rig);
    assert_int_equal(CALL(rest, 1000000), OK);
    assert_int_equal(count_blocks(), 5);
}

/* ---- everything at once, against looking at every message ---- */

static const char *const words[] = {
    "a",     "the",  "of",    "hello",  "help",   "helmet", "World", "naïve", "東京", "住んで",
    "Große", "x",    "xy",    "xyz",    "foobar", "bar",    "Ελλάς", "елка",  "🎉",    "http://a.b",
    "42",    "4711", "don't", "e-mail", "zebra",  "zeal",   "zed",   "qu",    "quiz", "I",
};

enum { WORDS = sizeof(words) / sizeof(words[0]) };

static const char *text_of(struct dice *dice)
{
    static char text[TEXT_MAX];
    size_t len = 0;
    text[0] = '\0';
    for (unsigned i = dice_below(dice, 10); i > 0; i--) {
        /* Some words are said much more often than others. */
        unsigned which = dice_below(dice, 1 + dice_below(dice, WORDS));
        len +=
            (size_t)snprintf(text + len, sizeof(text) - len, "%s%s", len ? " " : "", words[which]);
    }
    return text;
}

static const char *typed_of(struct dice *dice)
{
    static const char *const more[] = {"h",
                                       "he",
                                       "hel",
                                       "fo*",
                                       "*oba",
                                       "*e",
                                       "has:link",
                                       "from:ann1",
                                       "\"the of\"",
                                       "\"of a",
                                       "東",
                                       "zz",
                                       "in:000000000065",
                                       "grosse",
                                       "naive",
                                       "from:\"visitor 0005\"",
                                       "after:2023-11-14",
                                       "before:2023-11-14"};
    static char typed[200];
    size_t len = 0;
    for (unsigned i = 1 + dice_below(dice, 3); i > 0; i--) {
        unsigned which = dice_below(dice, WORDS + 18);
        len += (size_t)snprintf(typed + len, sizeof(typed) - len, "%s ",
                                which < WORDS ? words[which] : more[which - WORDS]);
    }
    return typed;
}

static bool is_hit(const struct search *search, const struct said *which, unsigned rooms)
{
    struct search_text text = {0};
    char name[20];
    snprintf(name, sizeof(name), which->visitor ? "visitor %04x" : "ann%d",
             which->visitor ? (unsigned)which->person : (unsigned)(which->person - PERSON));
    if (which->gone || which->room >= ROOM + rooms ||
        (search->room && search->room != which->room) ||
        (search->from.len && strcmp(search->from.text, name) != 0) ||
        (search->has_link && !strstr(which->text, "http://")) || search->before_ms)
        return false;
    search_text_fold(&text, slice_of_string(which->text));
    bool matches = search_matches(search, &text);
    search_text_release(&text);
    return matches;
}

/* Compares all pages with what there is. Returns the number of hits. */
static unsigned compare(const char *typed, unsigned rooms)
{
    unsigned at = said_count, count = 0;
    uint64_t before = 0;
    do {
        struct store_read *read = ask_page(typed, rooms, 20, before);
        const struct search *search = read->search;
        assert_false(search->incomplete);
        for (size_t i = 0; i < search->hits_count; i++, count++) {
            while (at > 0 && !is_hit(search, &said[at - 1], rooms))
                at--;
            assert_true(at-- > 0);
            assert_int_equal(search->hits[i].room, said[at].room);
            assert_int_equal(search->hits[i].event->seq, said[at].seq);
        }
        before = search->next;
        while (before == 0 && at > 0) {
            if (is_hit(search, &said[--at], rooms))
                fail_msg("%s: %d:%d was not found: %s", typed, (int)said[at].room,
                         (int)said[at].seq, said[at].text);
        }
        store_read_free(read);
    } while (before > 0);
    return count;
}

static void the_index_finds_what_is_there(void **state)
{
    struct dice dice = dice_new("searching");
    unsigned hits = 0;
    (void)state;
    while (said_count < 4 * SEARCH_BLOCK) {
        rig_begin(&rig);
        for (unsigned i = dice_below(&dice, 300); i > 0; i--) {
            struct said *which = &said[dice_below(&dice, said_count + 1)];
            bool visitor = dice_below(&dice, 8) == 0;
            if (which == &said[said_count] || dice_below(&dice, 8))
                say_as(ROOM + dice_below(&dice, ROOMS),
                       (visitor ? 0 : PERSON) + dice_below(&dice, visitor ? 10 : PEOPLE), visitor,
                       text_of(&dice));
            else if (which->gone)
                continue;
            else if (dice_below(&dice, 2))
                erase(which);
            else
                edit(which, text_of(&dice));
        }
        rig_commit(&rig);
    }
    assert_true(rig.kind == RIG_MEMORY || count_blocks() >= 4);
    for (unsigned i = 0; i < 300; i++)
        hits += compare(typed_of(&dice), 1 + dice_below(&dice, ROOMS));
    assert_true(hits > 1000);
}

/* ---- what was erased ---- */

/*
 * The same is done twice, and only what some messages say differs; then these are deleted, or edited to one and the same
 * text. When the files are the same byte for byte, nothing of what was said is in them.
 */
static const char *secret_of(struct dice *dice, unsigned world)
{
    static char text[TEXT_MAX];
    unsigned len = 20 + dice_below(dice, 200);
    for (unsigned i = 0; i < len; i++) {
        unsigned letter = dice_below(dice, 30);
        text[i] = letter < 26 ? (char)('a' + (letter + world * (1 + i % 24)) % 26) : ' ';
    }
    text[len] = '\0';
    return text;
}

static uint8_t *read_database(size_t *ret_len)
{
    char path[128];
    snprintf(path, sizeof(path), "%s/hubbub.db", rig.folder);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    *ret_len = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = mem_alloc(*ret_len);
    assert_int_equal(fread(bytes, 1, *ret_len, file), *ret_len);
    fclose(file);
    return bytes;
}

/* Returns owned the database as it is before anything was erased, and after. */
static void live(struct dice dice, unsigned world, uint8_t *ret_bytes[2], size_t ret_lens[2])
{
    static struct said *secrets[SAID_MAX];
    unsigned count = 0;
    uint64_t now_ms = 1000;
    rig_open(&rig, RIG_SQLITE);
    begin_anew();
    while (said_count < 3 * SEARCH_BLOCK) {
        rig_begin(&rig);
        for (unsigned i = dice_below(&dice, 200); i > 0; i--) {
            uint64_t room = ROOM + dice_below(&dice, ROOMS);
            bool secret = dice_below(&dice, 4) == 0;
            struct said *new = say_as(room, PERSON + dice_below(&dice, PEOPLE), false,
                                      secret ? secret_of(&dice, world) : text_of(&dice));
            if (secret)
                secrets[count++] = new;
            /* Some of them are erased while they are new, or when their block has just been written. */
            if (count > 0 && dice_below(&dice, 10) == 0) {
                struct said *which = secrets[dice_below(&dice, count)];
                if (!which->gone)
                    edit(which, secret_of(&dice, world));
            }
        }
        rig_commit(&rig);
        if (dice_below(&dice, 8) == 0)
            assert_int_equal(CALL(rest, now_ms += 1000), OK);
    }
    assert_int_equal(CALL(rest, now_ms += 1000), OK);
    assert_true(count_blocks() >= 3);
    rig_shut(&rig);
    ret_bytes[0] = read_database(&ret_lens[0]);
    rig_start(&rig);
    for (unsigned i = 0; i < count; i++) {
        rig_begin(&rig);
        if (i % 3)
            erase(secrets[i]);
        else
            edit(secrets[i], "a text that all may know");
        rig_commit(&rig);
    }
    assert_int_equal(CALL(rest, now_ms += 1000), OK);
    ret_bytes[1] = read_database(&ret_lens[1]);
    rig_close(&rig);
}

static void nothing_is_left_of_what_was_erased(void **state)
{
    struct dice dice = dice_new("forgetting");
    uint8_t *bytes[2][2];
    size_t lens[2][2];
    (void)state;
    for (unsigned world = 0; world < 2; world++)
        live(dice, world, bytes[world], lens[world]);
    for (unsigned time = 0; time < 2; time++) {
        size_t different = 0;
        assert_int_equal(lens[0][time], lens[1][time]);
        for (size_t i = 0; i < lens[0][time]; i++)
            different += bytes[0][time][i] != bytes[1][time][i];
        if (time == 0)
            assert_true(different > 10000);
        else
            assert_int_equal(different, 0);
        mem_free(bytes[0][time]);
        mem_free(bytes[1][time]);
    }
}

#define SQLITE_TEST(test)                                                                          \
    {                                                                                              \
        "sqlite: " #test, test, use, take_down, &sqlite                                            \
    }
#define BOTH_TEST(test) {"memory: " #test, test, use, take_down, &memory}, SQLITE_TEST(test)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_TEST(the_newest_comes_first),
        BOTH_TEST(only_in_the_rooms_of_the_asker),
        BOTH_TEST(a_hit_is_shown_as_history_shows_it),
        BOTH_TEST(who_said_it),
        BOTH_TEST(when_it_was_said),
        SQLITE_TEST(what_it_has),
        SQLITE_TEST(a_block_is_written_with_its_last_event),
        BOTH_TEST(what_is_edited_or_erased_is_found_no_more),
        BOTH_TEST(pages_follow_each_other),
        SQLITE_TEST(time_may_be_up),
        SQLITE_TEST(old_messages_are_taken_in_at_rest),
        BOTH_TEST(the_index_finds_what_is_there),
        cmocka_unit_test(nothing_is_left_of_what_was_erased),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
