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
#include "chat/role.h"
#include "store/both.h"

/* The lists of chat/listing.h, in pages, and what doors look up: accounts, links, files. */

enum { ANN = RIG_ANN, BOB = 4, CID = 5, GARDEN = 7, SHOWN_BYTES = 4096 };

#define CALL(op, ...) rig.store->ops->op(rig.store, __VA_ARGS__)
#define ASK(op, ...) rig.store->directory->op(rig.store, __VA_ARGS__)

static const uint8_t *hash(uint8_t number)
{
    static uint8_t hashes[256][ACT_HASH_BYTES];
    memset(hashes[number], 0xab, ACT_HASH_BYTES);
    hashes[number][ACT_HASH_BYTES - 1] = number;
    return hashes[number];
}

/* ---- asking ---- */

static struct store_read *question(uint8_t kind)
{
    struct store_read *read = mem_zalloc(sizeof(*read));
    read->kind = kind;
    read->person = ANN;
    read->room = GARDEN;
    read->limit = 100;
    return read;
}

static void run(struct store_read *read, int result)
{
    rig.reader->ops->run(rig.reader, read);
    assert_int_equal(read->result, result);
}

static void show_cell(const struct listing_column *column, const struct cell *cell, char *shown)
{
    size_t len = strlen(shown);
    if (cell->is_null)
        return;
    if (column->kind == CELL_TEXT)
        snprintf(shown + len, SHOWN_BYTES - len, "%s=%s ", column->name, cell->text);
    else
        snprintf(shown + len, SHOWN_BYTES - len, "%s=%llu ", column->name,
                 (unsigned long long)cell->number);
}

/* A page as text, one line for each row, with "…" at the end when there is more. */
static const char *show(const struct store_read *read)
{
    static char shown[SHOWN_BYTES];
    size_t count;
    const struct listing_column *columns = listing_columns(read->list, &count);
    assert_int_equal(read->listing.kind, read->list);
    shown[0] = '\0';
    for (size_t i = 0; i < read->listing.rows_count * count; i++) {
        show_cell(&columns[i % count], &read->listing.cells[i], shown);
        if (i % count == count - 1)
            shown[strlen(shown) - 1] = '\n';
    }
    if (read->listing.more)
        snprintf(shown + strlen(shown), SHOWN_BYTES - strlen(shown), "more\n");
    return shown;
}

static void lists(enum listing_kind list, const char *expected)
{
    struct store_read *read = question(READ_LIST);
    read->list = (uint8_t)list;
    read->session = 1;
    run(read, OK);
    assert_string_equal(show(read), expected);
    store_read_free(read);
}

/* The first column of all pages of this size, each beginning where the one before ended. */
static void pages(enum listing_kind list, uint32_t limit, const char *expected)
{
    char all[SHOWN_BYTES] = "";
    struct name after = {0};
    uint64_t id = 0;
    bool more = true;
    for (unsigned page = 0; more && page < 50; page++) {
        struct store_read *read = question(READ_LIST);
        size_t count;
        read->list = (uint8_t)list;
        read->limit = limit;
        read->id = id;
        read->after = after;
        run(read, OK);
        listing_columns(list, &count);
        more = read->listing.more;
        assert_true(read->listing.rows_count == limit || !more);
        for (size_t i = 0; i < read->listing.rows_count; i++) {
            const struct cell *row = &read->listing.cells[i * count];
            snprintf(all + strlen(all), sizeof(all) - strlen(all), "%llu ",
                     (unsigned long long)row[0].number);
            id = row[0].number;
            if (list == LIST_PEOPLE || list == LIST_MEMBERS) {
                const struct name name = rig_name(row[1].text);
                name_fold(&name, &after);
                id = 0;
            }
        }
        snprintf(all + strlen(all), sizeof(all) - strlen(all), "| ");
        store_read_free(read);
    }
    assert_string_equal(all, expected);
}

/* ---- what is in the lists ---- */

static void make_garden(void)
{
    const struct room_record room = {
        .id = GARDEN, .name = rig_name("Garden"), .folded = rig_name("garden")};
    assert_int_equal(CALL(room_create, &room), OK);
}

static void make_people(void)
{
    const struct name display = rig_name("Annie");
    rig_begin(&rig);
    make_garden();
    rig_person(&rig, ANN, "Ann");
    rig_person(&rig, BOB, "bob");
    rig_person(&rig, CID, "Cid");
    if (rig.store->directory) {
        assert_int_equal(ASK(account_set_secret, ANN, "$argon", 11), OK);
        assert_int_equal(ASK(account_set_secret, CID, "$argon", 12), OK);
        assert_int_equal(ASK(person_set_role, CID, ROLE_OWNER), OK);
        assert_int_equal(ASK(person_set_profile, ANN, &display, 0xff00), OK);
    }
    rig_commit(&rig);
}

static void ban(uint64_t id, uint64_t person, const char *address, uint64_t until_ms)
{
    struct ban_record record = {
        .id = id, .person = person, .by = CID, .created_ms = 100 + id % 3, .until_ms = until_ms};
    snprintf(record.address, sizeof(record.address), "%s", address);
    assert_int_equal(ASK(ban_make, &record, id == 1 ? "spam" : NULL), OK);
}

static void people_with_accounts_are_listed(void **state)
{
    (void)state;
    make_people();
    lists(LIST_PEOPLE, "id=3 name=Ann display=Annie color=65280 role=1 created=11 seen=77\n"
                       "id=5 name=Cid role=4 created=12 seen=77\n");
    rig_begin(&rig);
    assert_int_equal(ASK(person_set_muted, ANN, UINT64_MAX >> 1), OK);
    assert_int_equal(ASK(person_set_muted, CID, 1), OK); /* over long ago */
    ban(1, ANN, "", 0);
    ban(2, CID, "", 1);
    rig_commit(&rig);
    lists(LIST_PEOPLE,
          "id=3 name=Ann display=Annie color=65280 role=1 created=11 seen=77 muted=1 banned=1\n"
          "id=5 name=Cid role=4 created=12 seen=77\n");
    lists(LIST_MUTES, "person=3 name=Ann until=9223372036854775807\n");
    pages(LIST_PEOPLE, 1, "3 | 5 | ");
}

static void members_are_listed_by_name(void **state)
{
    (void)state;
    make_people();
    rig_begin(&rig);
    assert_int_equal(CALL(member_set, GARDEN, CID, true), OK);
    assert_int_equal(CALL(member_set, GARDEN, BOB, true), OK);
    assert_int_equal(CALL(member_set_host, GARDEN, BOB, true), OK);
    assert_int_equal(CALL(member_set, ROOM_LOBBY, ANN, true), OK);
    rig_commit(&rig);
    lists(LIST_MEMBERS, rig.kind == RIG_SQLITE ? "id=4 name=bob role=0 host=1\n"
                                                 "id=5 name=Cid role=4\n"
                                               : "id=4 name=bob role=0 host=1\n"
                                                 "id=5 name=Cid role=0\n");
    pages(LIST_MEMBERS, 1, "4 | 5 | ");
    pages(LIST_MEMBERS, 2, "4 5 | ");
}

/* More of them are not sorted, but met in the order of names. */
static void many_members_are_listed_by_name(void **state)
{
    enum { MANY = 2100 };
    char name[32];
    (void)state;
    rig_begin(&rig);
    make_garden();
    for (uint64_t id = 1; id <= MANY; id++) {
        uint64_t person = 1000 + id * 7919 % MANY; /* in another order than that of ids */
        snprintf(name, sizeof(name), "N%04u", (unsigned)person);
        rig_person(&rig, person, name);
        if (person % 50 != 0)
            assert_int_equal(CALL(member_set, GARDEN, person, true), OK);
    }
    rig_commit(&rig);
    uint64_t expected = 1000, seen = 0;
    struct name after = {0};
    for (bool more = true; more;) {
        struct store_read *read = question(READ_LIST);
        read->list = LIST_MEMBERS;
        read->after = after;
        run(read, OK);
        for (size_t i = 0; i < read->listing.rows_count; i++) {
            const struct cell *row = &read->listing.cells[i * 6];
            expected += expected % 50 == 0;
            assert_int_equal(row[0].number, expected);
            expected++;
            seen++;
            const struct name last = rig_name(row[1].text);
            name_fold(&last, &after);
        }
        more = read->listing.more;
        store_read_free(read);
    }
    assert_int_equal(seen, MANY - MANY / 50);
}

static void sessions_are_listed_newest_first(void **state)
{
    (void)state;
    make_people();
    rig_begin(&rig);
    for (uint64_t id = 1; id <= 4; id++) {
        const struct session_record session = {
            .id = id, .person = id == 4 ? BOB : ANN, .created_ms = 50 + id % 2, .used_ms = 60 + id};
        assert_int_equal(ASK(session_make, &session, hash((uint8_t)id), "Firefox"), OK);
    }
    rig_commit(&rig);
    lists(LIST_SESSIONS, "id=3 device=Firefox created=51 used=63\n"
                         "id=1 device=Firefox created=51 used=61 current=1\n"
                         "id=2 device=Firefox created=50 used=62\n");
    pages(LIST_SESSIONS, 1, "3 | 1 | 2 | ");
    rig_begin(&rig);
    assert_int_equal(ASK(sessions_end, ANN, 2), OK);
    rig_commit(&rig);
    /* The row before is gone: the list begins anew. */
    struct store_read *read = question(READ_LIST);
    read->list = LIST_SESSIONS;
    read->id = 3;
    run(read, OK);
    assert_int_equal(read->listing.rows_count, 1);
    store_read_free(read);
}

static void invite(uint64_t id, uint32_t count, uint32_t used, uint64_t until_ms)
{
    const struct invite_record record = {
        .id = id, .by = CID, .count = count, .until_ms = until_ms, .role = ROLE_MEMBER};
    assert_int_equal(ASK(invite_make, &record, hash((uint8_t)id), 100 + id, id == 1 ? "hi" : ""),
                     OK);
    for (uint32_t i = 0; i < used; i++)
        assert_int_equal(ASK(invite_use, id), OK);
}

static void only_invitations_that_can_be_used_are_listed(void **state)
{
    (void)state;
    make_people();
    rig_begin(&rig);
    invite(1, 0, 2, 0);
    invite(2, 3, 3, 0);
    invite(3, 0, 0, 1);
    invite(4, 5, 2, UINT64_MAX >> 1);
    rig_commit(&rig);
    lists(LIST_INVITES, "id=4 by=5 created=104 until=9223372036854775807 uses=2 left=3 role=1\n"
                        "id=1 by=5 created=101 uses=2 role=1 note=hi\n");
    pages(LIST_INVITES, 1, "4 | 1 | ");
}

static void bans_in_force_are_listed(void **state)
{
    (void)state;
    make_people();
    rig_begin(&rig);
    ban(1, ANN, "", 0);
    ban(2, 0, "192.0.2.0/24", UINT64_MAX >> 1);
    ban(3, BOB, "", 1);
    ban(4, BOB, "", 0);
    rig_commit(&rig);
    lists(LIST_BANS, "id=2 address=192.0.2.0/24 by=5 created=102 until=9223372036854775807\n"
                     "id=4 person=4 name=bob by=5 created=101\n"
                     "id=1 person=3 name=Ann reason=spam by=5 created=101\n");
    pages(LIST_BANS, 2, "2 4 | 1 | ");
}

static void open_reports_come_first(void **state)
{
    uint64_t ids[4];
    (void)state;
    make_people();
    rig_begin(&rig);
    for (uint64_t i = 0; i < 4; i++)
        assert_int_equal(ASK(report_make, GARDEN, i + 1, BOB, ANN, "rude", 100 + i, &ids[i]), OK);
    assert_int_equal(ASK(report_end, ids[3], CID, "talked to", 200), OK);
    assert_int_equal(ASK(report_end, ids[1], CID, NULL, 201), OK);
    rig_commit(&rig);
    lists(LIST_REPORTS,
          "id=3 room=7 seq=3 author=4 by=3 reason=rude created=102\n"
          "id=1 room=7 seq=1 author=4 by=3 reason=rude created=100\n"
          "id=4 room=7 seq=4 author=4 by=3 reason=rude created=103 closed=200 closed_by=5"
          " note=talked to\n"
          "id=2 room=7 seq=2 author=4 by=3 reason=rude created=101 closed=201 closed_by=5\n");
    pages(LIST_REPORTS, 1, "3 | 1 | 4 | 2 | ");
    pages(LIST_REPORTS, 3, "3 1 4 | 2 | ");
}

static void what_was_done_is_listed(void **state)
{
    (void)state;
    make_people();
    rig_begin(&rig);
    assert_int_equal(ASK(audit, CID, "ban", BOB, 0, "spam", 100), OK);
    assert_int_equal(ASK(audit, CID, "remove", BOB, GARDEN, NULL, 101), OK);
    assert_int_equal(ASK(audit, PERSON_CONSOLE, "role", CID, 0, "owner", 102), OK);
    rig_commit(&rig);
    lists(LIST_AUDIT, "id=3 ts=102 by=1 name=Console action=role person=5 detail=owner\n"
                      "id=2 ts=101 by=5 name=Cid action=remove person=4 room=7\n"
                      "id=1 ts=100 by=5 name=Cid action=ban person=4 detail=spam\n");
    pages(LIST_AUDIT, 2, "3 2 | 1 | ");
}

static void hooks_of_garden(enum role role, int result)
{
    struct store_read *read = question(READ_LIST);
    read->list = LIST_HOOKS;
    read->role = (uint8_t)role;
    run(read, result);
    if (result == OK)
        assert_string_equal(show(read), "id=8 room=7 name=bob person=4 by=5 created=100\n");
    store_read_free(read);
}

static void bots_and_webhooks_are_listed(void **state)
{
    const struct hook_record hooks[] = {{8, GARDEN, BOB}, {9, ROOM_LOBBY, BOB}};
    (void)state;
    make_people();
    rig_begin(&rig);
    assert_int_equal(ASK(person_set_role, BOB, ROLE_BOT), OK);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(ASK(hook_make, &hooks[i], hash((uint8_t)i), CID, 100 + i), OK);
    rig_commit(&rig);
    lists(LIST_BOTS, "id=4 name=bob created=77 seen=77\n");
    /* Those of a room are for its hosts, and admins. */
    hooks_of_garden(ROLE_MEMBER, ERR_DENIED);
    hooks_of_garden(ROLE_BOT, ERR_DENIED);
    hooks_of_garden(ROLE_ADMIN, OK);
    rig_begin(&rig);
    assert_int_equal(CALL(member_set, GARDEN, ANN, true), OK);
    rig_commit(&rig);
    hooks_of_garden(ROLE_MEMBER, ERR_DENIED);
    rig_begin(&rig);
    assert_int_equal(CALL(member_set_host, GARDEN, ANN, true), OK);
    rig_commit(&rig);
    hooks_of_garden(ROLE_GUEST, ERR_DENIED);
    hooks_of_garden(ROLE_MEMBER, OK);
    struct store_read *read = question(READ_LIST);
    read->list = LIST_HOOKS;
    read->room = 0; /* of all rooms */
    run(read, OK);
    assert_string_equal(show(read), "id=8 room=7 name=bob person=4 by=5 created=100\n"
                                    "id=9 room=1 name=bob person=4 by=5 created=101\n");
    store_read_free(read);
}

static void say(uint64_t room, uint64_t seq, uint64_t author, uint64_t to, bool all)
{
    struct event *event = rig_event(EVENT_MESSAGE, room, seq, author, room * 100 + seq, "hm");
    event->target = seq;
    event->mentions_all = all;
    if (to) {
        event->people_ids = people_list_new(1);
        event->people_ids->ids[0] = to;
    }
    if (to || all)
        assert_int_equal(CALL(mention, room, seq, event->people_ids, all), OK);
    assert_int_equal(rig_append(&rig, event, seq), OK);
}

static void mentions_are_listed_of_rooms_one_is_in(void **state)
{
    (void)state;
    make_people();
    rig_begin(&rig);
    assert_int_equal(CALL(member_set, GARDEN, ANN, true), OK);
    say(GARDEN, 1, BOB, ANN, false); /* mention 1 */
    say(GARDEN, 2, BOB, CID, false);
    say(GARDEN, 3, BOB, 0, false);
    say(ROOM_LOBBY, 1, BOB, ANN, false); /* where Ann is not */
    say(GARDEN, 4, CID, 0, true);        /* 4 */
    say(GARDEN, 5, CID, ANN, true);      /* 5 and 6: once */
    say(GARDEN, 6, ANN, 0, true);        /* her own */
    say(GARDEN, 7, BOB, ANN, false);     /* 8 */
    rig_commit(&rig);
    lists(LIST_MENTIONS, "id=8 room=7 seq=7 ts=1700000000007 from=4 name=bob\n"
                         "id=6 room=7 seq=5 ts=1700000000005 from=5 name=Cid\n"
                         "id=4 room=7 seq=4 ts=1700000000004 from=5 name=Cid\n"
                         "id=1 room=7 seq=1 ts=1700000000001 from=4 name=bob\n");
    pages(LIST_MENTIONS, 1, "8 | 6 | 4 | 1 | ");
    pages(LIST_MENTIONS, 3, "8 6 4 | 1 | ");
}

static void pins_are_listed_newest_first(void **state)
{
    (void)state;
    make_people();
    rig_begin(&rig);
    for (uint64_t seq = 1; seq < 5; seq++)
        say(GARDEN, seq, BOB, 0, false);
    assert_int_equal(CALL(pin_set, GARDEN, 1, true, 9), OK);
    assert_int_equal(CALL(pin_set, GARDEN, 4, true, 9), OK);
    assert_int_equal(CALL(pin_set, GARDEN, 2, true, 9), OK);
    rig_commit(&rig);
    lists(LIST_PINS, "seq=4\nseq=2\nseq=1\n");
    pages(LIST_PINS, 2, "4 2 | 1 | ");
}

static void make_file(uint64_t id, uint64_t person, const char *name, uint64_t created_ms)
{
    struct act_file file = {.bytes = 100, .type = "image/png", .width = 3, .height = 4};
    memcpy(file.hash, hash((uint8_t)id), ACT_HASH_BYTES);
    snprintf(file.name, sizeof(file.name), "%s", name);
    file.has_thumbnail = id == 50;
    file.thumbnail_bytes = id == 50 ? 9 : 0;
    memcpy(file.thumbnail, hash(77), ACT_HASH_BYTES);
    assert_int_equal(ASK(file_make, id, person, &file, 1000, created_ms), OK);
}

static void attach(uint64_t seq, uint64_t first, uint64_t second)
{
    const struct file files[] = {{.id = first, .alt = SLICE_LITERAL("the sea")}, {.id = second}};
    struct file_list *wanted = file_list_new(files, second ? 2 : 1);
    struct event *event = rig_event(EVENT_MESSAGE, GARDEN, seq, ANN, seq, "look");
    assert_int_equal(CALL(files_attach, GARDEN, seq, ANN, wanted, &event->files), OK);
    assert_int_equal(rig_append(&rig, event, seq), OK);
    mem_free(wanted);
}

static void files_of_oneself_are_listed(void **state)
{
    (void)state;
    make_people();
    rig_begin(&rig);
    make_file(50, ANN, "a.png", 102);
    make_file(51, ANN, "b.png", 101);
    make_file(52, BOB, "c.png", 103);
    attach(1, 51, 0);
    rig_commit(&rig);
    lists(LIST_FILES, "id=50 name=a.png type=image/png bytes=100 created=102 seq=0\n"
                      "id=51 name=b.png type=image/png bytes=100 created=101 room=7 seq=1\n");
    pages(LIST_FILES, 1, "50 | 51 | ");
}

static void what_is_no_list_is_not_found(void **state)
{
    (void)state;
    for (unsigned list = 0; list < 2; list++) {
        struct store_read *read = question(READ_LIST);
        read->list = list ? LIST_END : 0;
        run(read, ERR_NOT_FOUND);
        store_read_free(read);
    }
}

static void the_store_in_memory_has_no_directory_to_list(void **state)
{
    static const uint8_t kinds[] = {READ_ACCOUNT, READ_FILE, READ_LINK};
    (void)state;
    struct store_read *read = question(READ_LIST);
    read->list = LIST_PEOPLE;
    run(read, ERR_NOT_FOUND);
    store_read_free(read);
    for (size_t i = 0; i < sizeof(kinds); i++) {
        read = question(kinds[i]);
        run(read, ERR_NOT_FOUND);
        store_read_free(read);
    }
}

/* ---- files with messages ---- */

static void a_message_carries_its_files(void **state)
{
    (void)state;
    make_people();
    rig_begin(&rig);
    make_file(50, ANN, "a.png", 102);
    make_file(51, ANN, "b.png", 101);
    attach(1, 51, 50);
    rig_commit(&rig);
    for (unsigned kind = READ_FEED; kind <= READ_HISTORY; kind++) {
        struct store_read *read = question((uint8_t)kind);
        read->bytes_max = 1 << 20;
        run(read, OK);
        assert_int_equal(read->events->count, 1);
        const struct file_list *files = read->events->events[0]->files;
        assert_int_equal(files->count, 2);
        assert_int_equal(files->list[0].id, 51); /* in the order of the command */
        assert_true(slice_is(files->list[0].name, "b.png"));
        assert_true(slice_is(files->list[0].type, "image/png"));
        assert_true(slice_is(files->list[0].alt, "the sea"));
        assert_int_equal(files->list[0].bytes, 100);
        assert_int_equal(files->list[0].width, 3);
        assert_int_equal(files->list[0].height, 4);
        assert_false(files->list[0].has_thumbnail);
        assert_int_equal(files->list[1].id, 50);
        assert_true(files->list[1].has_thumbnail);
        assert_int_equal(files->list[1].alt.len, 0);
        store_read_free(read);
    }
    rig_begin(&rig);
    assert_int_equal(CALL(message_erase, GARDEN, 1), OK);
    rig_commit(&rig);
    struct store_read *read = question(READ_FEED);
    run(read, OK);
    assert_true(read->events->events[0]->deleted);
    assert_null(read->events->events[0]->files);
    store_read_free(read);
    read = question(READ_FILE);
    read->id = 50;
    run(read, ERR_NOT_FOUND);
    store_read_free(read);
}

/* Ten files say more than a short text. */
static void files_count_among_a_pages_bytes(void **state)
{
    (void)state;
    make_people();
    rig_begin(&rig);
    for (uint64_t id = 50; id < 54; id++) {
        make_file(id, ANN, "a.png", 102);
        attach(id - 49, id, 0);
    }
    rig_commit(&rig);
    struct store_read *read = question(READ_FEED);
    read->bytes_max = 4 * 300; /* room for four texts, not for their files */
    run(read, OK);
    assert_int_equal(read->events->count, 2);
    store_read_free(read);
}

static void a_file_is_found_by_its_id(void **state)
{
    (void)state;
    make_people();
    rig_begin(&rig);
    make_file(50, ANN, "a.png", 102);
    make_file(51, BOB, "b.png", 101);
    attach(1, 50, 0);
    rig_commit(&rig);
    struct store_read *read = question(READ_FILE);
    read->id = 50;
    run(read, OK);
    assert_int_equal(read->file->id, 50);
    assert_int_equal(read->file->person, ANN);
    assert_int_equal(read->file->room, GARDEN);
    assert_int_equal(read->file->seq, 1);
    assert_int_equal(read->file->created_ms, 102);
    assert_string_equal(read->file->file.name, "a.png");
    assert_string_equal(read->file->file.type, "image/png");
    assert_int_equal(read->file->file.bytes, 100);
    assert_memory_equal(read->file->file.hash, hash(50), ACT_HASH_BYTES);
    assert_true(read->file->file.has_thumbnail);
    assert_memory_equal(read->file->file.thumbnail, hash(77), ACT_HASH_BYTES);
    assert_int_equal(read->file->file.thumbnail_bytes, 9);
    store_read_free(read);
    read = question(READ_FILE);
    read->id = 51;
    run(read, OK);
    assert_int_equal(read->file->room, 0);
    assert_false(read->file->file.has_thumbnail);
    store_read_free(read);
}

/* ---- accounts ---- */

static void an_account_is_found_by_name_id_and_session(void **state)
{
    const uint8_t totp[ACT_TOTP_BYTES] = {1, 2};
    const struct session_record session = {.id = 6, .person = ANN, .created_ms = 5, .used_ms = 8};
    (void)state;
    make_people();
    rig_begin(&rig);
    assert_int_equal(ASK(account_set_totp, ANN, totp, NULL, 0), OK);
    assert_int_equal(ASK(account_use_step, ANN, 44), OK);
    assert_int_equal(ASK(session_make, &session, hash(1), NULL), OK);
    ban(1, ANN, "", 0);
    rig_commit(&rig);
    for (unsigned way = 0; way < 3; way++) {
        struct store_read *read = question(READ_ACCOUNT);
        read->person = 0;
        read->id = way == 1 ? ANN : 0;
        read->has_token = way == 2;
        memcpy(read->token, hash(1), TOKEN_HASH_BYTES);
        if (way == 0)
            read->after = rig_name("ann");
        run(read, OK);
        assert_int_equal(read->account_person.id, ANN);
        assert_string_equal(read->account_person.name.text, "Ann");
        assert_string_equal(read->account_person.display.text, "Annie");
        assert_int_equal(read->account_person.role, ROLE_MEMBER);
        assert_true(read->account_person.banned_ms == UINT64_MAX);
        assert_int_equal(read->account_person.session, way == 2 ? 6 : 0);
        assert_int_equal(read->account_person.session_used_ms, way == 2 ? 8 : 0);
        assert_int_equal(read->account.person, ANN);
        assert_string_equal(read->account.secret, "$argon");
        assert_true(read->account.has_totp);
        assert_memory_equal(read->account.totp, totp, ACT_TOTP_BYTES);
        assert_int_equal(read->account.totp_step, 44);
        store_read_free(read);
    }
}

static void who_is_nobody_has_no_account(void **state)
{
    (void)state;
    make_people();
    for (unsigned way = 0; way < 4; way++) {
        struct store_read *read = question(READ_ACCOUNT);
        read->id = way == 1 ? 99 : 0;
        read->has_token = way == 2;
        if (way == 0)
            read->after = rig_name("nobody");
        run(read, ERR_NOT_FOUND);
        store_read_free(read);
    }
    struct store_read *read = question(READ_ACCOUNT); /* a guest has no password */
    read->after = rig_name("bob");
    run(read, OK);
    assert_string_equal(read->account.secret, "");
    store_read_free(read);
}

/* ---- links ---- */

static struct link_record link_of(uint8_t token, int result)
{
    struct store_read *read = question(READ_LINK);
    memcpy(read->token, hash(token), TOKEN_HASH_BYTES);
    run(read, result);
    struct link_record link = read->link;
    store_read_free(read);
    return link;
}

static void links_lead_to_what_they_were_made_for(void **state)
{
    const struct invite_record invite = {
        .id = 1, .by = CID, .role = ROLE_MEMBER, .rooms_count = 1, .rooms = {GARDEN}};
    const struct invite_record owner = {
        .id = 2, .by = PERSON_CONSOLE, .role = ROLE_OWNER, .count = 1};
    const struct invite_record old = {.id = 3, .by = CID, .until_ms = 5};
    const struct hook_record hook = {8, GARDEN, BOB};
    uint64_t now_ms = clock_wall_ms();
    (void)state;
    make_people();
    rig_begin(&rig);
    assert_int_equal(ASK(invite_make, &invite, hash(1), 100, "hi"), OK);
    assert_int_equal(ASK(invite_make, &owner, hash(2), 100, ""), OK);
    assert_int_equal(ASK(invite_make, &old, hash(3), 1, ""), OK);
    assert_int_equal(ASK(reset_make, ANN, hash(4), now_ms + 100000), OK);
    assert_int_equal(ASK(reset_make, BOB, hash(5), now_ms - 1), OK);
    assert_int_equal(ASK(hook_make, &hook, hash(6), CID, 100), OK);
    rig_commit(&rig);
    struct link_record link = link_of(1, OK);
    assert_int_equal(link.kind, LINK_INVITE);
    assert_string_equal(link.by.text, "Cid");
    assert_int_equal(link.invite.role, ROLE_MEMBER);
    assert_int_equal(link.invite.rooms_count, 1);
    assert_int_equal(link.invite.rooms[0], GARDEN);
    link_of(2, ERR_NOT_FOUND); /* there is an owner already */
    rig_begin(&rig);
    assert_int_equal(ASK(person_set_role, CID, ROLE_ADMIN), OK);
    rig_commit(&rig);
    assert_int_equal(link_of(2, OK).kind, LINK_OWNER);
    link_of(3, ERR_NOT_FOUND);
    link = link_of(4, OK);
    assert_int_equal(link.kind, LINK_RESET);
    assert_int_equal(link.person, ANN);
    assert_string_equal(link.name.text, "Ann");
    link_of(5, ERR_NOT_FOUND);
    link = link_of(6, OK);
    assert_int_equal(link.kind, LINK_HOOK);
    assert_int_equal(link.person, BOB);
    assert_int_equal(link.room, GARDEN);
    assert_string_equal(link.name.text, "bob");
    link_of(7, ERR_NOT_FOUND);
    rig_begin(&rig);
    assert_int_equal(ASK(invite_use, 2), OK); /* the owner's link works once */
    rig_commit(&rig);
    link_of(2, ERR_NOT_FOUND);
}

/* ---- export ---- */

static void an_export_has_all_that_is_kept(void **state)
{
    (void)state;
    make_people();
    rig_begin(&rig);
    assert_int_equal(rig_append(&rig, rig_event(EVENT_CREATED, GARDEN, 1, ANN, 1, "Garden"), 1),
                     OK);
    say(GARDEN, 2, BOB, ANN, false);
    assert_int_equal(rig_append(&rig, rig_event(EVENT_TOPIC, GARDEN, 3, CID, 3, "peas"), 1), OK);
    rig_commit(&rig);
    struct store_read *read = question(READ_EXPORT);
    read->bytes_max = 1 << 20;
    read->limit = 2;
    run(read, OK);
    assert_int_equal(read->events->count, 2);
    assert_int_equal(read->last, 2);
    assert_string_equal(read->events->events[1]->name.text, "bob");
    assert_int_equal(read->events->events[1]->people_ids->ids[0], ANN);
    store_read_free(read);
    read = question(READ_EXPORT);
    read->seq = 2;
    read->bytes_max = 1 << 20;
    run(read, OK);
    assert_int_equal(read->events->count, 1);
    assert_int_equal(read->events->events[0]->kind, EVENT_TOPIC);
    store_read_free(read);
}

#define DISK(test)                                                                                 \
    {                                                                                              \
        "sqlite: " #test, test, both_open, both_close, &both_sqlite                                \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        DISK(people_with_accounts_are_listed),
        BOTH(members_are_listed_by_name),
        BOTH(many_members_are_listed_by_name),
        DISK(sessions_are_listed_newest_first),
        DISK(only_invitations_that_can_be_used_are_listed),
        DISK(bans_in_force_are_listed),
        DISK(open_reports_come_first),
        DISK(what_was_done_is_listed),
        DISK(bots_and_webhooks_are_listed),
        DISK(mentions_are_listed_of_rooms_one_is_in),
        DISK(pins_are_listed_newest_first),
        DISK(files_of_oneself_are_listed),
        BOTH(what_is_no_list_is_not_found),
        {"memory: the_store_in_memory_has_no_directory_to_list",
         the_store_in_memory_has_no_directory_to_list, both_open, both_close, &both_memory},
        DISK(a_message_carries_its_files),
        DISK(files_count_among_a_pages_bytes),
        DISK(a_file_is_found_by_its_id),
        DISK(an_account_is_found_by_name_id_and_session),
        DISK(who_is_nobody_has_no_account),
        DISK(links_lead_to_what_they_were_made_for),
        BOTH(an_export_has_all_that_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
