#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/blob_folder.h"
#include "store/rig.h"

/* Files that nobody uses any more: their rows, and then their blobs. */

enum { PERSON = 7, QUOTA = 1000, DAY_MS = 24 * 60 * 60 * 1000 };

static struct rig rig;
static struct disk_pool disk;
static struct blob_folder blobs;
static char folder[64];

static int set_up(void **state)
{
    char fault[STORE_FAULT_BYTES];
    (void)state;
    rig_folder(folder);
    assert_int_equal(disk_pool_start(&disk, 1, 1), OK);
    assert_int_equal(blob_folder_open(&blobs, folder, 0, &disk, fault), OK);
    rig_open(&rig, RIG_SQLITE);
    rig.options.blobs = &blobs;
    rig.options.unused_ms = DAY_MS;
    rig_reopen(&rig);
    return 0;
}

static int tear_down(void **state)
{
    char command[128];
    (void)state;
    rig_close(&rig);
    disk_pool_stop(&disk);
    blob_folder_close(&blobs);
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    return system(command);
}

/* Stores a blob; it stays pinned. */
static void put(const char *text, uint8_t ret_hash[BLOB_HASH_BYTES])
{
    struct blob_writer writer;
    assert_int_equal(blob_writer_begin(&writer, &blobs, 0), OK);
    assert_int_equal(blob_writer_add(&writer, text, strlen(text)), OK);
    assert_int_equal(blob_writer_finish(&writer, ret_hash), OK);
}

static bool is_there(const uint8_t hash[BLOB_HASH_BYTES])
{
    uint64_t bytes;
    int fd = blob_open(&blobs, hash, &bytes);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

/* Makes somebody's file of a blob, within a transaction. */
static int make(uint64_t id, const uint8_t hash[BLOB_HASH_BYTES], uint64_t bytes, uint64_t now_ms)
{
    struct act_file file = {.bytes = bytes, .type = "text/plain", .name = "secret.txt"};
    memcpy(file.hash, hash, BLOB_HASH_BYTES);
    return rig.store->directory->file_make(rig.store, id, PERSON, &file, QUOTA, now_ms);
}

static void make_and_unpin(uint64_t id, const uint8_t hash[BLOB_HASH_BYTES], uint64_t now_ms)
{
    rig_begin(&rig);
    assert_int_equal(make(id, hash, 3, now_ms), OK);
    rig_commit(&rig);
    blob_unpin(&blobs, hash, true);
}

/* Rests until nothing is left to do. Returns how often it had to. */
static unsigned rest(void)
{
    unsigned count = 0;
    int result;
    do {
        result = rig.store->ops->rest(rig.store, clock_mono_ms());
        assert_true(result == OK || result == ERR_AGAIN);
        assert_true(count++ < 100);
    } while (result == ERR_AGAIN);
    return count;
}

static int end_file(uint64_t id)
{
    rig_begin(&rig);
    int result = rig.store->directory->file_end(rig.store, id, PERSON);
    rig_commit(&rig);
    return result;
}

static void a_blob_goes_with_its_last_file(void **state)
{
    uint8_t hash[BLOB_HASH_BYTES];
    (void)state;
    put("abc", hash);
    make_and_unpin(1, hash, clock_wall_ms());
    rig_begin(&rig);
    assert_int_equal(make(2, hash, 3, clock_wall_ms()), OK);
    rig_commit(&rig);
    assert_int_equal(end_file(1), OK);
    rest();
    assert_true(is_there(hash));
    assert_int_equal(end_file(2), OK);
    assert_true(is_there(hash)); /* not before the commit, nor with it */
    rest();
    assert_false(is_there(hash));
    assert_int_equal(end_file(2), ERR_NOT_FOUND);
}

static void what_was_rolled_back_loses_nothing(void **state)
{
    uint8_t hash[BLOB_HASH_BYTES];
    (void)state;
    put("abc", hash);
    make_and_unpin(1, hash, clock_wall_ms());
    rig_begin(&rig);
    assert_int_equal(rig.store->directory->file_end(rig.store, 1, PERSON), OK);
    rig.store->ops->rollback(rig.store);
    rest();
    assert_true(is_there(hash));
}

/* Somebody sends the same again while it is garbage: whichever comes first, it is there in the end. */
static void the_same_content_again_is_not_lost(void **state)
{
    uint8_t hash[BLOB_HASH_BYTES];
    (void)state;
    put("abc", hash);
    make_and_unpin(1, hash, clock_wall_ms());
    assert_int_equal(end_file(1), OK);
    put("abc", hash);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(rig.store->ops->rest(rig.store, clock_mono_ms()), ERR_AGAIN);
    assert_true(is_there(hash));
    make_and_unpin(2, hash, clock_wall_ms());
    rest();
    assert_true(is_there(hash));
    assert_int_equal(end_file(2), OK);
    rest();
    assert_false(is_there(hash));
}

static void a_blob_without_a_file_goes(void **state)
{
    uint8_t hash[BLOB_HASH_BYTES], used[BLOB_HASH_BYTES];
    (void)state;
    put("nobody's", hash);
    blob_unpin(&blobs, hash, false);
    /* As if the program had died between the commit and the unpinning. */
    put("abc", used);
    rig_begin(&rig);
    assert_int_equal(make(1, used, 3, clock_wall_ms()), OK);
    rig_commit(&rig);
    blob_unpin(&blobs, used, false);
    rest();
    assert_false(is_there(hash));
    assert_true(is_there(used));
}

static void a_file_in_no_message_goes_after_its_time(void **state)
{
    uint8_t old[BLOB_HASH_BYTES], fresh[BLOB_HASH_BYTES], said[BLOB_HASH_BYTES];
    struct file wanted = {.id = 3};
    struct file_list *files = NULL, *attached = NULL;
    uint64_t now_ms = clock_wall_ms();
    (void)state;
    put("old", old);
    put("fresh", fresh);
    put("said", said);
    make_and_unpin(1, old, now_ms - DAY_MS - 1000);
    make_and_unpin(2, fresh, now_ms - DAY_MS + 3600 * 1000);
    make_and_unpin(3, said, now_ms - 2 * (uint64_t)DAY_MS);
    files = file_list_new(&wanted, 1);
    rig_begin(&rig);
    assert_int_equal(rig.store->ops->files_attach(rig.store, 1, 1, PERSON, files, &attached), OK);
    rig_commit(&rig);
    mem_free(files);
    mem_free(attached);
    rest();
    assert_false(is_there(old));
    assert_true(is_there(fresh) && is_there(said));
    assert_int_equal(end_file(1), ERR_NOT_FOUND);
    assert_int_equal(end_file(2), OK);
}

static void what_is_due_soon_is_asked_for_again(void **state)
{
    uint8_t hash[BLOB_HASH_BYTES];
    (void)state;
    put("soon", hash);
    make_and_unpin(1, hash, clock_wall_ms() - DAY_MS + 30 * 1000);
    assert_int_equal(rig.store->ops->rest(rig.store, clock_mono_ms()), ERR_AGAIN);
    assert_true(is_there(hash));
}

static void files_of_a_deleted_message_go(void **state)
{
    uint8_t hash[BLOB_HASH_BYTES], thumbnail[BLOB_HASH_BYTES];
    struct file wanted = {.id = 1};
    struct file_list *attached = NULL;
    (void)state;
    put("picture", hash);
    put("small", thumbnail);
    make_and_unpin(1, hash, clock_wall_ms());
    rig_begin(&rig);
    assert_int_equal(
        rig.store->directory->file_set_thumbnail(rig.store, 1, PERSON, thumbnail, 5, QUOTA), OK);
    rig_commit(&rig);
    blob_unpin(&blobs, thumbnail, true);
    struct file_list *files = file_list_new(&wanted, 1);
    struct event *event = rig_event(EVENT_MESSAGE, 1, 1, PERSON, 1, "look");
    rig_begin(&rig);
    assert_int_equal(rig.store->ops->files_attach(rig.store, 1, 1, PERSON, files, &attached), OK);
    assert_true(attached->list[0].has_thumbnail);
    assert_int_equal(rig_append(&rig, event, 0), OK);
    rig_commit(&rig);
    mem_free(files);
    mem_free(attached);
    rest();
    assert_true(is_there(hash) && is_there(thumbnail));
    rig_begin(&rig);
    assert_int_equal(rig.store->ops->message_erase(rig.store, 1, 1), OK);
    rig_commit(&rig);
    rest();
    assert_false(is_there(hash) || is_there(thumbnail));
}

static void a_thumbnail_is_replaced_and_counts(void **state)
{
    const struct directory_ops *directory = rig.store->directory;
    uint8_t hash[BLOB_HASH_BYTES], first[BLOB_HASH_BYTES], second[BLOB_HASH_BYTES];
    (void)state;
    put("picture", hash);
    put("first", first);
    put("second", second);
    make_and_unpin(1, hash, clock_wall_ms()); /* 3 bytes */
    rig_begin(&rig);
    assert_int_equal(directory->file_set_thumbnail(rig.store, 2, PERSON, first, 5, QUOTA),
                     ERR_NOT_FOUND);
    assert_int_equal(directory->file_set_thumbnail(rig.store, 1, PERSON + 1, first, 5, QUOTA),
                     ERR_NOT_FOUND);
    assert_int_equal(directory->file_set_thumbnail(rig.store, 1, PERSON, first, QUOTA - 2, QUOTA),
                     ERR_LIMIT);
    assert_int_equal(directory->file_set_thumbnail(rig.store, 1, PERSON, first, QUOTA - 3, QUOTA),
                     OK);
    /* The new one comes in place of the old one, also in the quota. */
    assert_int_equal(directory->file_set_thumbnail(rig.store, 1, PERSON, second, QUOTA - 3, QUOTA),
                     OK);
    rig_commit(&rig);
    blob_unpin(&blobs, first, true);
    blob_unpin(&blobs, second, true);
    rest();
    assert_false(is_there(first));
    assert_true(is_there(second) && is_there(hash));
}

static void much_garbage_goes_bit_by_bit(void **state)
{
    enum { COUNT = 230 };
    uint8_t(*hashes)[BLOB_HASH_BYTES] = mem_alloc(COUNT * sizeof(*hashes));
    char text[16];
    (void)state;
    for (unsigned i = 0; i < COUNT; i++) {
        snprintf(text, sizeof(text), "blob %u", i);
        put(text, hashes[i]);
        make_and_unpin(i + 1, hashes[i], clock_wall_ms() - 2 * (uint64_t)DAY_MS);
    }
    assert_true(rest() > 2);
    for (unsigned i = 0; i < COUNT; i++)
        assert_false(is_there(hashes[i]));
    mem_free(hashes);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_blob_goes_with_its_last_file),
        TEST(what_was_rolled_back_loses_nothing),
        TEST(the_same_content_again_is_not_lost),
        TEST(a_blob_without_a_file_goes),
        TEST(a_file_in_no_message_goes_after_its_time),
        TEST(what_is_due_soon_is_asked_for_again),
        TEST(files_of_a_deleted_message_go),
        TEST(a_thumbnail_is_replaced_and_counts),
        TEST(much_garbage_goes_bit_by_bit),
    };
    return cmocka_run_group_tests_name("collect", tests, NULL, NULL);
}
