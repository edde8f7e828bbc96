#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "chat/dice.h"

#include "base/memory.h"
#include "store/rig.h"

/*
 * What was edited away or deleted is in no file of the data directory any more, a second later:
 * read as bytes, as somebody would who finds the disk.
 */

static struct rig rig;
static uint64_t now_ms;

#define CALL(op, ...) rig.store->ops->op(rig.store, __VA_ARGS__)

static int use(void **state)
{
    (void)state;
    rig_open(&rig, RIG_SQLITE);
    now_ms = 1000000;
    return 0;
}

static int take_down(void **state)
{
    (void)state;
    rig_close(&rig);
    return 0;
}

static bool is_there(const char *text)
{
    return rig_folder_has(rig.folder, text, strlen(text));
}

static off_t wal_size(void)
{
    char path[128];
    struct stat status;
    snprintf(path, sizeof(path), "%s/hubbub.db-wal", rig.folder);
    return stat(path, &status) == 0 ? status.st_size : -1;
}

static void rest(uint64_t after_ms)
{
    now_ms += after_ms;
    assert_int_equal(CALL(rest, now_ms), OK);
}

static void an_edit_leaves_no_byte(void **state)
{
    (void)state;
    rig_begin(&rig);
    rig_say(&rig, 1, "the first secret");
    rig_say(&rig, 2, "something else");
    rig_commit(&rig);
    assert_true(is_there("the first secret"));
    rig_begin(&rig);
    rig_edit(&rig, 3, 1, "the second secret");
    rig_commit(&rig);
    rest(0);
    assert_false(is_there("the first secret"));
    assert_true(is_there("the second secret"));
    rig_begin(&rig);
    rig_edit(&rig, 4, 1, "the third text, which is a good deal longer than the others");
    rig_commit(&rig);
    rest(1000);
    assert_false(is_there("the second secret"));
    rig_begin(&rig);
    rig_delete(&rig, 5, 1);
    rig_commit(&rig);
    rest(1000);
    assert_false(is_there("the third text"));
    assert_true(is_there("something else"));
}

static void what_is_rolled_back_is_not_erased(void **state)
{
    (void)state;
    rig_begin(&rig);
    rig_say(&rig, 1, "the first text");
    rig_commit(&rig);
    rig_begin(&rig);
    rig_delete(&rig, 2, 1);
    rig.store->ops->rollback(rig.store);
    rest(1000);
    assert_true(wal_size() > 0); /* there was no reason to empty it */
    struct store_read *read = rig_page(&rig, READ_NEWEST, 0, 10);
    assert_true(slice_is(read->events->events[0]->message.body, "the first text"));
    store_read_free(read);
}

/* Texts that need pages of their own, too. */
static void a_long_text_leaves_no_byte(void **state)
{
    enum { LONG = 60000 };
    char *text = mem_alloc(LONG + 1);
    (void)state;
    for (size_t i = 0; i < LONG; i++)
        text[i] = (char)('a' + i * 7 % 23);
    text[LONG] = '\0';
    memcpy(text, "beginning", 9);
    memcpy(text + LONG / 2, "middle part", 11);
    memcpy(text + LONG - 8, "the end.", 8);
    rig_begin(&rig);
    rig_say(&rig, 1, text);
    rig_say(&rig, 2, "short");
    rig_edit(&rig, 3, 2, text);
    rig_commit(&rig);
    assert_true(is_there("middle part"));
    rig_begin(&rig);
    rig_edit(&rig, 4, 1, "x");
    rig_delete(&rig, 5, 2);
    rig_commit(&rig);
    rest(1000);
    assert_false(is_there("beginning") || is_there("middle part") || is_there("the end."));
    assert_false(is_there("fmtahovc")); /* some of what is between */
    mem_free(text);
}

/* As many as there are, the WAL is emptied once a second. */
static void the_wal_is_emptied_once_a_second(void **state)
{
    (void)state;
    rig_begin(&rig);
    for (uint64_t seq = 1; seq <= 4; seq++)
        rig_say(&rig, seq, "secret");
    rig_commit(&rig);
    for (uint64_t seq = 1; seq <= 3; seq++) {
        rig_begin(&rig);
        rig_delete(&rig, 4 + seq, seq);
        rig_commit(&rig);
        rest(seq == 1 ? 0 : 400);
        assert_true((wal_size() == 0) == (seq == 1));
    }
    rest(200);
    assert_int_equal(wal_size(), 0);
    rest(5000);
    rig_begin(&rig);
    rig_say(&rig, 8, "a");
    rig_commit(&rig);
    rest(5000);
    assert_true(wal_size() > 0); /* nothing was erased since */
}

/* A reader in the middle of a page holds it up, but not for ever. */
static void closing_empties_it_in_any_case(void **state)
{
    (void)state;
    rig_begin(&rig);
    rig_say(&rig, 1, "the first secret");
    rig_commit(&rig);
    rig_begin(&rig);
    rig_delete(&rig, 2, 1);
    rig_commit(&rig);
    assert_true(is_there("the first secret"));
    rig_reopen(&rig);
    assert_false(is_there("the first secret"));
}

static void names_of_files_leave_no_byte(void **state)
{
    const struct file file = {.id = 50, .alt = SLICE_LITERAL("the secret view")};
    struct act_file act = {.bytes = 1, .type = "image/png", .name = "secret-plan.png"};
    struct file_list *wanted = file_list_new(&file, 1), *files = NULL;
    (void)state;
    rig_begin(&rig);
    assert_int_equal(rig.store->directory->file_make(rig.store, 50, RIG_ANN, &act, 100, 1), OK);
    assert_int_equal(CALL(files_attach, ROOM_LOBBY, 1, RIG_ANN, wanted, &files), OK);
    rig_say(&rig, 1, "look");
    snprintf(act.name, sizeof(act.name), "never-sent.png");
    assert_int_equal(rig.store->directory->file_make(rig.store, 51, RIG_ANN, &act, 100, 1), OK);
    rig_commit(&rig);
    assert_true(is_there("secret-plan.png"));
    assert_true(is_there("the secret view"));
    assert_true(is_there("never-sent.png"));
    rig_begin(&rig);
    rig_delete(&rig, 2, 1);
    assert_int_equal(rig.store->directory->file_end(rig.store, 51, RIG_ANN), OK);
    rig_commit(&rig);
    rest(1000);
    assert_false(is_there("secret-plan.png"));
    assert_false(is_there("the secret view"));
    assert_false(is_there("never-sent.png"));
    mem_free(wanted);
    mem_free(files);
}

/* ---- everything at once ---- */

enum { ROOMS = 8, EVENTS = 4000, MESSAGES_MAX = 2 * EVENTS };

static struct said {
    uint64_t room, seq;
    bool gone;
    unsigned text; /* number of the one that it has now, */
    bool has_file;
    unsigned file_name, alt; /* and of what its file is called */
} said[MESSAGES_MAX];
static unsigned said_count, texts_count;
static bool erased[8 * EVENTS];
static uint64_t heads[ROOMS + 1];

/* A text by which its number can be found, and of many lengths. Returned in a static buffer. */
static const char *text_of(struct dice *dice, unsigned number)
{
    static const unsigned lens[] = {12, 60, 60, 90, 300, 1000, 2000, 9000};
    static char text[9100];
    unsigned len = 0, wanted = lens[dice_below(dice, 8)];
    while (len < wanted)
        len += (unsigned)snprintf(text + len, sizeof(text) - len, "<%08u>", number);
    return text;
}

static void append(enum event_kind kind, uint64_t room, uint64_t target, const char *body)
{
    struct event *event = rig_event(kind, room, ++heads[room], RIG_ANN, 0, body);
    event->target = target;
    assert_int_equal(rig_append(&rig, event, 5), OK);
}

static void change(struct dice *dice, struct said *which)
{
    if (which->gone)
        return;
    erased[which->text] = true;
    if (dice_below(dice, 2)) {
        which->text = texts_count++;
        const char *text = text_of(dice, which->text);
        assert_int_equal(CALL(message_set_text, which->room, which->seq, slice_of_string(text), 9),
                         OK);
        append(EVENT_EDIT, which->room, which->seq, text);
    } else {
        which->gone = true;
        if (which->has_file)
            erased[which->file_name] = erased[which->alt] = true;
        assert_int_equal(CALL(message_erase, which->room, which->seq), OK);
        append(EVENT_DELETE, which->room, which->seq, "");
    }
}

/* A text of at most 250 bytes, as a name is. */
static const char *short_text(struct dice *dice, unsigned number)
{
    static char text[251];
    unsigned len = 0, wanted = 12 + dice_below(dice, 220);
    while (len < wanted)
        len += (unsigned)snprintf(text + len, sizeof(text) - len, "<%08u>", number);
    return text;
}

/* Ids of files are random, so that their rows stand, and move, between others. */
static void attach(struct dice *dice, struct said *new)
{
    struct act_file act = {.bytes = 1, .type = "image/png"};
    struct file file = {.id = dice_next(dice) >> 1};
    struct file_list *files = NULL;
    new->has_file = true;
    new->file_name = texts_count++;
    new->alt = texts_count++;
    snprintf(act.name, sizeof(act.name), "%s", short_text(dice, new->file_name));
    assert_int_equal(rig.store->directory->file_make(rig.store, file.id, RIG_ANN, &act, 1 << 20, 1),
                     OK);
    file.alt = slice_of_string(short_text(dice, new->alt));
    struct file_list *wanted = file_list_new(&file, 1);
    assert_int_equal(CALL(files_attach, new->room, new->seq, RIG_ANN, wanted, &files), OK);
    mem_free(wanted);
    mem_free(files);
}

static void mention(struct dice *dice, const struct said *new)
{
    struct people_list *people = people_list_new(1 + dice_below(dice, 5));
    for (uint32_t i = 0; i < people->count; i++)
        people->ids[i] = 1 + dice_below(dice, 50);
    assert_int_equal(CALL(mention, new->room, new->seq, people, dice_below(dice, 2)), OK);
    mem_free(people);
}

static void say_one(struct dice *dice)
{
    uint64_t room = 1 + dice_below(dice, ROOMS);
    struct said *new = &said[said_count++];
    *new = (struct said){.room = room, .seq = heads[room] + 1, .text = texts_count++};
    if (dice_below(dice, 3) == 0)
        attach(dice, new);
    if (dice_below(dice, 3) == 0)
        mention(dice, new);
    append(EVENT_MESSAGE, room, 0, text_of(dice, new->text));
}

static void make_rooms(void)
{
    rig_begin(&rig);
    for (uint64_t id = 2; id <= ROOMS; id++) {
        struct room_record room = {.id = id};
        room.name.len = (uint8_t)snprintf(room.name.text, sizeof(room.name.text), "%d", (int)id);
        room.folded = room.name;
        assert_int_equal(CALL(room_create, &room), OK);
    }
    rig_commit(&rig);
}

/*
 * The number of a text that begins here; -1 for something else, as one that is cut by the end of a
 * page.
 */
static int number_at(const char *at, size_t len)
{
    unsigned number = 0;
    if (len < 10 || at[0] != '<' || at[9] != '>')
        return -1;
    for (size_t i = 1; i <= 8; i++) {
        if (at[i] < '0' || at[i] > '9')
            return -1;
        number = 10 * number + (unsigned)(at[i] - '0');
    }
    return (int)number;
}

/*
 * Reads the database as bytes; none of the texts in it may be an erased one. Returns how many there
 * are.
 */
static unsigned count_texts(void)
{
    char path[128];
    struct stat status;
    snprintf(path, sizeof(path), "%s/hubbub.db", rig.folder);
    assert_int_equal(stat(path, &status), 0);
    size_t len = (size_t)status.st_size;
    char *all = mem_alloc(len);
    FILE *file = fopen(path, "rb");
    assert_int_equal(fread(all, 1, len, file), len);
    fclose(file);
    unsigned found = 0, leaked = 0;
    for (size_t i = 0; i < len; i++) {
        int number = number_at(all + i, len - i);
        found += number >= 0;
        leaked += number >= 0 && erased[number];
    }
    mem_free(all);
    assert_int_equal(leaked, 0);
    return found;
}

static void no_text_outlives_its_message(void **state)
{
    struct dice dice = dice_new("erasing");
    (void)state;
    make_rooms();
    while (heads[1] < EVENTS / ROOMS) {
        rig_begin(&rig);
        for (unsigned i = dice_below(&dice, 40); i > 0; i--) {
            if (said_count == 0 || dice_below(&dice, 3))
                say_one(&dice);
            else
                change(&dice, &said[dice_below(&dice, said_count)]);
        }
        rig_commit(&rig);
        if (dice_below(&dice, 10) == 0)
            rest(1000);
    }
    /*
     * Few are left in the end: this is when SQLite would bring pages together, had they become
     * empty.
     */
    for (unsigned i = 0; i < said_count; i++) {
        rig_begin(&rig);
        if (dice_below(&dice, 10))
            change(&dice, &said[i]);
        rig_commit(&rig);
    }
    rest(1000);
    rest(1000);
    assert_int_equal(wal_size(), 0);
    assert_true(count_texts() > 1000);
}

#define ERASE_TEST(name) cmocka_unit_test_setup_teardown(name, use, take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ERASE_TEST(an_edit_leaves_no_byte),         ERASE_TEST(what_is_rolled_back_is_not_erased),
        ERASE_TEST(a_long_text_leaves_no_byte),     ERASE_TEST(the_wal_is_emptied_once_a_second),
        ERASE_TEST(closing_empties_it_in_any_case), ERASE_TEST(names_of_files_leave_no_byte),
        ERASE_TEST(no_text_outlives_its_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
