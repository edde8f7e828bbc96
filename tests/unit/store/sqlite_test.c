#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "chat/role.h"
#include "store/rig.h"

/* What only the store on disk promises: it is there again, and it says so when it cannot be. */

enum { ANN = RIG_ANN, PATH_BYTES = 256 };

static struct rig rig;

#define CALL(op, ...) rig.store->ops->op(rig.store, __VA_ARGS__)
#define DO(op) rig.store->ops->op(rig.store)

static int use(void **state)
{
    (void)state;
    rig_open(&rig, RIG_SQLITE);
    return 0;
}

static void limit_files(rlim_t bytes);

static int take_down(void **state)
{
    (void)state;
    limit_files(RLIM_INFINITY); /* if a test ended early */
    rig_close(&rig);
    return 0;
}

static const char *path_of(const char *name)
{
    static char path[PATH_BYTES];
    snprintf(path, sizeof(path), "%s/%s", rig.folder, name);
    return path;
}

static void say(uint64_t first, uint64_t last, const char *text)
{
    rig_begin(&rig);
    for (uint64_t seq = first; seq <= last; seq++)
        rig_say(&rig, seq, text);
    rig_commit(&rig);
}

static uint64_t head(void)
{
    struct room_record room;
    assert_int_equal(CALL(room_get, ROOM_LOBBY, &room), OK);
    mem_free(room.topic);
    return room.head;
}

static off_t size_of(const char *name)
{
    struct stat status;
    return stat(path_of(name), &status) == 0 ? status.st_size : -1;
}

/* As a stranger's sqlite3 would. The store must be shut. */
static void run_sql(const char *sql)
{
    sqlite3 *handle;
    assert_int_equal(sqlite3_open(path_of("hubbub.db"), &handle), SQLITE_OK);
    assert_int_equal(sqlite3_exec(handle, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(handle);
}

/* Says that a newer program made it, by 9,900 forms; said again, it takes that back. */
static void seem_newer(bool newer)
{
    char sql[64];
    sqlite3 *handle;
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_open(path_of("hubbub.db"), &handle), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(handle, "PRAGMA user_version", -1, &statement, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int form = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(handle);
    snprintf(sql, sizeof(sql), "PRAGMA user_version = %d", newer ? form + 9900 : form - 9900);
    run_sql(sql);
}

/* Opens a store that was shut, which has to fail. The fault stands in a static buffer. */
static const char *refused(int expected)
{
    static char fault[STORE_FAULT_BYTES];
    struct store *store = NULL;
    struct sqlite_opened opened;
    fault[0] = '\0';
    assert_int_equal(sqlite_store_open(&rig.options, &store, &opened, fault), expected);
    assert_null(store);
    assert_null(strchr(fault, '\n'));
    assert_non_null(strstr(fault, rig.folder)); /* which one is meant */
    return fault;
}

static void write_file(const char *name, const void *bytes, size_t len)
{
    int fd = open(path_of(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_int_equal(write(fd, bytes, len), len);
    close(fd);
}

static void copy_file(const char *from, const char *to)
{
    off_t size = size_of(from);
    uint8_t *bytes = mem_alloc((size_t)size + 1);
    int fd = open(path_of(from), O_RDONLY);
    assert_int_equal(read(fd, bytes, (size_t)size), size);
    close(fd);
    write_file(to, bytes, (size_t)size);
    mem_free(bytes);
}

/* ---- opening ---- */

static void opening_again_finds_everything(void **state)
{
    const uint8_t hash[TOKEN_HASH_BYTES] = {7}, cid[CID_BYTES] = {1};
    struct person_record person;
    struct kept_record kept;
    (void)state;
    rig_begin(&rig);
    rig_say(&rig, 1, "one");
    rig_say(&rig, 2, "two");
    rig_edit(&rig, 3, 1, "uno");
    rig_delete(&rig, 4, 2);
    rig_person(&rig, ANN, "Ann");
    assert_int_equal(CALL(session_create, hash, ANN, 5), OK);
    assert_int_equal(CALL(reaction_set, 1, 1, ANN, SLICE_LITERAL("+"), true, 5), OK);
    rig_commit(&rig);
    rig_reopen(&rig);
    assert_false(rig.opened.unclean);
    assert_false(rig.opened.tail_lost);
    assert_string_equal(rig.opened.warning, "");
    assert_int_equal(head(), 4);
    assert_int_equal(CALL(person_by_session, hash, &person), OK);
    assert_int_equal(person.id, ANN);
    assert_int_equal(CALL(kept_by_cid, ROOM_LOBBY, ANN, cid, &kept), OK);
    assert_int_equal(kept.seq, 1);
    struct store_read *read = rig_page(&rig, READ_NEWEST, 0, 10);
    assert_int_equal(read->events->count, 2);
    assert_true(slice_is(read->events->events[0]->message.body, "uno"));
    assert_int_equal(read->events->events[0]->reactions->count, 1);
    assert_true(read->events->events[1]->deleted);
    store_read_free(read);
    say(5, 5, "five"); /* and it goes on from there */
}

static void a_newer_form_is_refused_and_left_alone(void **state)
{
    (void)state;
    say(1, 1, "a");
    rig_shut(&rig);
    seem_newer(true);
    off_t size = size_of("hubbub.db");
    const char *fault = refused(ERR_DENIED);
    assert_non_null(strstr(fault, "newer"));
    assert_non_null(strstr(fault, "99"));
    refused(ERR_DENIED); /* the lock was given back */
    assert_int_equal(size_of("hubbub.db"), size);
    seem_newer(false);
    rig_start(&rig);
    assert_false(rig.opened.unclean);
    assert_int_equal(head(), 1);
}

static void another_programs_database_is_refused(void **state)
{
    (void)state;
    rig_shut(&rig);
    unlink(path_of("hubbub.db"));
    run_sql("CREATE TABLE theirs(x)");
    assert_non_null(strstr(refused(ERR_DENIED), "another program"));
    unlink(path_of("hubbub.db"));
    rig_start(&rig);
}

static void what_is_no_database_is_refused(void **state)
{
    char text[8192];
    (void)state;
    rig_shut(&rig);
    memset(text, 'x', sizeof(text));
    write_file("hubbub.db", text, sizeof(text));
    assert_non_null(strstr(refused(ERR_IO), "not a database"));
    unlink(path_of("hubbub.db"));
    rig_start(&rig);
}

static void a_directory_that_is_not_there_is_an_error(void **state)
{
    struct sqlite_options options = {.folder = "/nonexistent/hubbub"};
    struct store *store;
    struct sqlite_opened opened;
    char fault[STORE_FAULT_BYTES] = "";
    (void)state;
    assert_int_equal(sqlite_store_open(&options, &store, &opened, fault), ERR_IO);
    assert_non_null(strstr(fault, "/nonexistent/hubbub"));
    assert_non_null(strstr(fault, strerror(ENOENT)));
}

static void a_second_opener_is_refused(void **state)
{
    char number[32];
    (void)state;
    const char *fault = refused(ERR_EXISTS);
    snprintf(number, sizeof(number), "%ld", (long)getpid());
    assert_non_null(strstr(fault, number));
    say(1, 1, "a"); /* the first one goes on */
}

static void only_the_owner_can_read_it(void **state)
{
    const char *const files[] = {"hubbub.db", "hubbub.db-wal", "hubbub.db-shm", "hubbub.lock",
                                 "hubbub.tail"};
    (void)state;
    say(1, 1, "a");
    assert_int_equal(CALL(rest, 1000000), OK);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        struct stat status;
        assert_int_equal(stat(path_of(files[i]), &status), 0);
        assert_int_equal(status.st_mode & 0777, 0600);
    }
}

/* ---- stopping without order ---- */

/* Another process opens the store, does something, and is gone. The store must be shut. */
static void in_a_process_that_dies(void (*work)(void))
{
    pid_t child = fork();
    if (child == 0) {
        rig_start(&rig);
        work();
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void commit_one_and_begin_another(void)
{
    say(2, 2, "kept");
    rig_begin(&rig);
    rig_say(&rig, 3, "not kept");
}

static void what_was_committed_outlives_the_process(void **state)
{
    (void)state;
    say(1, 1, "a");
    rig_shut(&rig);
    in_a_process_that_dies(commit_one_and_begin_another);
    rig_start(&rig);
    assert_true(rig.opened.unclean);
    assert_false(rig.opened.tail_lost);
    assert_int_equal(head(), 2);
    rig_reopen(&rig);
    assert_false(rig.opened.unclean); /* it was closed in order since */
}

static void nothing(void)
{
}

static void a_refused_start_leaves_an_unclean_stop_known(void **state)
{
    (void)state;
    rig_shut(&rig);
    in_a_process_that_dies(nothing);
    seem_newer(true);
    refused(ERR_DENIED);
    seem_newer(false);
    rig_start(&rig);
    assert_true(rig.opened.unclean);
}

/* ---- a lost tail ---- */

static void a_lost_tail_is_found_out(void **state)
{
    (void)state;
    say(1, 2, "a");
    rig_shut(&rig);
    copy_file("hubbub.db", "copy");
    rig_start(&rig);
    say(3, 3, "b");
    assert_int_equal(CALL(rest, 1000000), OK);
    rig_shut(&rig);
    copy_file("copy", "hubbub.db"); /* somebody restores a backup */
    rig_start(&rig);
    assert_true(rig.opened.tail_lost);
    assert_non_null(strstr(rig.opened.warning, "event 3"));
    assert_non_null(strstr(rig.opened.warning, rig.folder));
    assert_int_equal(head(), 2);
    /* The seq is used again, by another event. */
    rig_begin(&rig);
    struct event *event = rig_event(EVENT_MESSAGE, ROOM_LOBBY, 3, ANN, 33, "c");
    event->mid = 12345;
    assert_int_equal(rig_append(&rig, event, 1), OK);
    rig_commit(&rig);
    rig_reopen(&rig);
    assert_false(rig.opened.tail_lost); /* it is said once */
}

static void another_event_in_its_place_is_a_lost_tail(void **state)
{
    (void)state;
    say(1, 2, "a");
    rig_shut(&rig);
    run_sql("UPDATE events SET mid = 5 WHERE seq = 2");
    rig_start(&rig);
    assert_true(rig.opened.tail_lost);
}

static void a_tail_that_makes_no_sense_says_nothing(void **state)
{
    const char *const tails[] = {
        "", "\n", "room 1 seq 9", "room 1 seq 9 mid 9 and more\n", "x", "room 1 seq 9 mid 9"};
    (void)state;
    say(1, 1, "a");
    for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
        rig_shut(&rig);
        write_file("hubbub.tail", tails[i], strlen(tails[i]));
        rig_start(&rig);
        assert_false(rig.opened.tail_lost);
    }
}

static void the_tail_follows_each_second(void **state)
{
    char text[64] = "", expected[64];
    (void)state;
    say(1, 1, "a");
    assert_int_equal(size_of("hubbub.tail"), -1);
    assert_int_equal(CALL(rest, 1000), OK);
    say(2, 2, "a");
    assert_int_equal(CALL(rest, 1999), OK); /* not yet */
    int fd = open(path_of("hubbub.tail"), O_RDONLY);
    assert_true(read(fd, text, sizeof(text) - 1) > 0);
    snprintf(expected, sizeof(expected), "room 1 seq 1 mid %llu\n", (unsigned long long)-2);
    assert_string_equal(text, expected);
    close(fd);
    assert_int_equal(CALL(rest, 2000), OK);
    fd = open(path_of("hubbub.tail"), O_RDONLY);
    assert_true(read(fd, text, sizeof(text) - 1) > 0);
    snprintf(expected, sizeof(expected), "room 1 seq 2 mid %llu\n", (unsigned long long)-3);
    assert_string_equal(text, expected);
    close(fd);
}

/* ---- the WAL ---- */

static void the_wal_is_emptied_as_it_grows(void **state)
{
    enum { COMMITS = 400, EVENTS = 20, TEXT = 4000 };
    char text[TEXT + 1];
    off_t largest = 0;
    (void)state;
    memset(text, 'x', TEXT);
    text[TEXT] = '\0';
    for (uint64_t i = 0; i < COMMITS; i++) {
        say(EVENTS * i + 1, EVENTS * (i + 1), text);
        off_t size = size_of("hubbub.db-wal");
        largest = size > largest ? size : largest;
    }
    /* 32 MB were written; a checkpoint is due after each 4 MiB. */
    assert_in_range(size_of("hubbub.db"), 32000000, 64000000);
    assert_in_range(largest, 4 << 20, 6 << 20);
}

/* ---- a full disk ---- */

/* What a limit of file size stops looks to SQLite as a full disk does. */
static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void a_full_disk_refuses_and_recovers(void **state)
{
    char text[8001];
    int result = OK;
    (void)state;
    memset(text, 'x', 8000);
    text[8000] = '\0';
    say(1, 1, "before");
    signal(SIGXFSZ, SIG_IGN);
    limit_files((rlim_t)size_of("hubbub.db-wal") + 40000);
    uint64_t seq = 1;
    while (result == OK && seq < 100) {
        rig_begin(&rig);
        result = rig_append(&rig, rig_event(EVENT_MESSAGE, 1, seq + 1, ANN, seq + 1, text), 1);
        if (result == OK)
            result = DO(commit);
        seq += result == OK;
    }
    assert_string_equal(rig.store->fault, "");
    assert_int_equal(result, ERR_BUSY);
    assert_in_range(seq, 2, 10);
    rig.store->ops->rollback(rig.store);
    assert_int_equal(head(), seq); /* exactly what was answered with OK */
    for (int i = 0; i < 3; i++) {
        rig_begin(&rig);
        result = rig_append(&rig, rig_event(EVENT_MESSAGE, 1, seq + 1, ANN, 99, text), 1);
        assert_int_equal(result == OK ? DO(commit) : result, ERR_BUSY);
        rig.store->ops->rollback(rig.store);
    }
    assert_string_equal(rig.store->fault, "");
    struct store_read *read = rig_page(&rig, READ_NEWEST, 0, 100); /* reading goes on */
    assert_int_equal(read->result, OK);
    assert_int_equal(read->events->count, seq);
    store_read_free(read);
    limit_files(RLIM_INFINITY);
    say(seq + 1, seq + 5, text);
    assert_int_equal(head(), seq + 5);
    rig_reopen(&rig);
    assert_int_equal(head(), seq + 5);
}

static void a_reserve_is_kept_free(void **state)
{
    (void)state;
    say(1, 1, "a");
    rig_shut(&rig);
    rig.options.reserve_bytes = UINT64_MAX;
    rig_start(&rig);
    assert_int_equal(DO(begin), ERR_BUSY);
    assert_int_equal(DO(begin), ERR_BUSY); /* nothing was left open */
    assert_int_equal(head(), 1);
    struct store_read *read = rig_page(&rig, READ_NEWEST, 0, 10);
    assert_int_equal(read->events->count, 1);
    store_read_free(read);
    rig_shut(&rig);
    rig.options.reserve_bytes = 1;
    rig_start(&rig);
    say(2, 2, "b");
}

/* ---- a broken file ---- */

/* Eight pages. Opening looks for the newest event only, which stands at the end. */
static void damage_the_middle(void)
{
    uint8_t garbage[8 * 4096];
    off_t middle = size_of("hubbub.db") / 2 / 4096 * 4096;
    int fd = open(path_of("hubbub.db"), O_WRONLY);
    memset(garbage, 0xa5, sizeof(garbage));
    assert_int_equal(pwrite(fd, garbage, sizeof(garbage), middle), sizeof(garbage));
    close(fd);
}

static void a_damaged_file_is_found_by_the_check(void **state)
{
    char fault[STORE_FAULT_BYTES] = "";
    (void)state;
    say(1, 2000, "some text that fills a few pages");
    assert_int_equal(sqlite_quick_check(&rig.options, fault), OK);
    rig_shut(&rig);
    damage_the_middle();
    rig_start(&rig);
    assert_int_equal(sqlite_quick_check(&rig.options, fault), ERR_IO);
    assert_non_null(strstr(fault, rig.folder));
    assert_non_null(strstr(fault, "damaged"));
    assert_null(strchr(fault, '\n'));
}

static void a_damaged_page_is_a_fault_and_no_guess(void **state)
{
    int result = OK;
    (void)state;
    say(1, 2000, "some text that fills a few pages");
    rig_shut(&rig);
    damage_the_middle();
    rig_start(&rig);
    for (uint64_t seq = 1; seq <= 2000 && result == OK; seq++) {
        struct message_record message;
        result = CALL(message_get, ROOM_LOBBY, seq, &message);
    }
    assert_int_equal(result, ERR_IO);
    assert_non_null(strstr(rig.store->fault, "malformed"));
    assert_non_null(strstr(rig.store->fault, "hubbub.db"));
    result = OK;
    for (uint64_t seq = 0; seq < 2000 && result == OK; seq += 50) {
        struct store_read *read = rig_feed(&rig, seq, 50, 1 << 20);
        result = read->result;
        assert_true((result == ERR_IO) == (read->fault[0] != '\0'));
        store_read_free(read);
    }
    assert_int_equal(result, ERR_IO);
}

static void a_check_can_be_stopped(void **state)
{
    atomic_bool stop = true;
    char fault[STORE_FAULT_BYTES] = "";
    struct sqlite_options options = rig.options;
    (void)state;
    say(1, 5000, "some text that fills a few pages");
    options.stop = &stop;
    assert_int_equal(sqlite_quick_check(&options, fault), ERR_AGAIN);
    atomic_store(&stop, false);
    assert_int_equal(sqlite_quick_check(&options, fault), OK);
}

/* ---- deadlines ---- */

static struct store_read *ask_for_rooms(uint32_t limit)
{
    struct store_read *read = mem_zalloc(sizeof(*read));
    read->kind = READ_ROOMS;
    read->role = ROLE_MEMBER;
    read->limit = limit;
    rig.reader->ops->run(rig.reader, read);
    return read;
}

static void a_question_has_a_deadline(void **state)
{
    enum { ROOMS = 30000 };
    (void)state;
    rig_begin(&rig);
    for (uint64_t id = 2; id < ROOMS; id++) {
        struct room_record room = {.id = id};
        room.name.len = (uint8_t)snprintf(room.name.text, sizeof(room.name.text), "%d", (int)id);
        room.folded = room.name;
        assert_int_equal(CALL(room_create, &room), OK);
    }
    rig_edit(&rig, (rig_say(&rig, 1, "erased text"), 2), 1, "new");
    rig_commit(&rig);
    rig.reader->ops->close(rig.reader);
    char fault[STORE_FAULT_BYTES];
    struct sqlite_options options = rig.options;
    options.deadline_ms = 1;
    assert_int_equal(sqlite_reader_open(&options, &rig.reader, fault), OK);
    struct store_read *read = ask_for_rooms(ROOMS);
    assert_int_equal(read->result, ERR_AGAIN);
    store_read_free(read);
    read = ask_for_rooms(1);
    assert_int_equal(read->result, OK);
    assert_int_equal(read->rooms_count, 1);
    store_read_free(read);
    assert_int_equal(CALL(rest, 1000000), OK);
    assert_int_equal(size_of("hubbub.db-wal"), 0); /* it holds nothing */
}

#define SQLITE_TEST(name) cmocka_unit_test_setup_teardown(name, use, take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SQLITE_TEST(opening_again_finds_everything),
        SQLITE_TEST(a_newer_form_is_refused_and_left_alone),
        SQLITE_TEST(another_programs_database_is_refused),
        SQLITE_TEST(what_is_no_database_is_refused),
        cmocka_unit_test(a_directory_that_is_not_there_is_an_error),
        SQLITE_TEST(a_second_opener_is_refused),
        SQLITE_TEST(only_the_owner_can_read_it),
        SQLITE_TEST(what_was_committed_outlives_the_process),
        SQLITE_TEST(a_refused_start_leaves_an_unclean_stop_known),
        SQLITE_TEST(a_lost_tail_is_found_out),
        SQLITE_TEST(another_event_in_its_place_is_a_lost_tail),
        SQLITE_TEST(a_tail_that_makes_no_sense_says_nothing),
        SQLITE_TEST(the_tail_follows_each_second),
        SQLITE_TEST(the_wal_is_emptied_as_it_grows),
        SQLITE_TEST(a_full_disk_refuses_and_recovers),
        SQLITE_TEST(a_reserve_is_kept_free),
        SQLITE_TEST(a_damaged_file_is_found_by_the_check),
        SQLITE_TEST(a_damaged_page_is_a_fault_and_no_guess),
        SQLITE_TEST(a_check_can_be_stopped),
        SQLITE_TEST(a_question_has_a_deadline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
