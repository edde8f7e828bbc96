#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "store/blob_folder.h"

/* SHA-256 of "abc" (FIPS 180-4, the standard's own sample). */
#define ABC_PLACE "ba/7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define ABC_NAME "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

struct rig {
    char data[64];
    struct disk_pool disk;
    struct blob_folder folder;
};

static void start(struct rig *rig, uint64_t reserve_bytes)
{
    char fault[STORE_FAULT_BYTES];
    assert_int_equal(disk_pool_start(&rig->disk, 1, 1), OK);
    assert_int_equal(blob_folder_open(&rig->folder, rig->data, reserve_bytes, &rig->disk, fault),
                     OK);
}

static void stop(struct rig *rig)
{
    disk_pool_stop(&rig->disk);
    blob_folder_close(&rig->folder);
}

static int set_up(void **state)
{
    struct rig *rig = mem_zalloc(sizeof(*rig));
    strcpy(rig->data, "/tmp/hubbub-blobs-XXXXXX");
    assert_non_null(mkdtemp(rig->data));
    start(rig, 0);
    *state = rig;
    return 0;
}

static int tear_down(void **state)
{
    struct rig *rig = *state;
    char command[128];
    stop(rig);
    snprintf(command, sizeof(command), "rm -rf %s", rig->data);
    assert_int_equal(system(command), 0);
    mem_free(rig);
    return 0;
}

static int status_of(const struct rig *rig, const char *name, struct stat *ret_status)
{
    char path[256];
    snprintf(path, sizeof(path), "%s/files/%s", rig->data, name);
    return stat(path, ret_status);
}

static bool is_there(const struct rig *rig, const char *name)
{
    struct stat status;
    return status_of(rig, name, &status) == 0;
}

/* How many things lie in DATA/files/tmp. */
static unsigned left_over(const struct rig *rig)
{
    char path[128];
    unsigned count = 0;
    snprintf(path, sizeof(path), "%s/files/tmp", rig->data);
    DIR *entries = opendir(path);
    assert_non_null(entries);
    for (struct dirent *entry = readdir(entries); entry; entry = readdir(entries))
        count += entry->d_name[0] != '.';
    closedir(entries);
    return count;
}

static void put(struct rig *rig, const char *text, uint8_t ret_hash[BLOB_HASH_BYTES])
{
    struct blob_writer writer;
    assert_int_equal(blob_writer_begin(&writer, &rig->folder, strlen(text)), OK);
    for (const char *at = text; *at; at++)
        assert_int_equal(blob_writer_add(&writer, at, 1), OK);
    assert_int_equal(blob_writer_finish(&writer, ret_hash), OK);
}

static void a_blob_is_stored_by_its_hash(void **state)
{
    struct rig *rig = *state;
    struct stat status;
    uint8_t hash[BLOB_HASH_BYTES];
    uint64_t bytes;
    char text[4];
    put(rig, "abc", hash);
    assert_int_equal(status_of(rig, ABC_PLACE, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    int fd = blob_open(&rig->folder, hash, &bytes);
    assert_true(fd >= 0 && bytes == 3);
    assert_int_equal(read(fd, text, sizeof(text)), 3);
    assert_memory_equal(text, "abc", 3);
    close(fd);
    blob_unpin(&rig->folder, hash, true);
    assert_int_equal(left_over(rig), 0);
    hash[0] ^= 1;
    assert_int_equal(blob_open(&rig->folder, hash, &bytes), ERR_NOT_FOUND);
}

static void the_same_is_stored_once_and_mended(void **state)
{
    struct rig *rig = *state;
    uint8_t hash[BLOB_HASH_BYTES], again[BLOB_HASH_BYTES];
    uint64_t bytes;
    char path[256];
    put(rig, "abc", hash);
    snprintf(path, sizeof(path), "%s/files/" ABC_PLACE, rig->data);
    assert_int_equal(truncate(path, 1), 0);
    put(rig, "abc", again);
    assert_memory_equal(hash, again, BLOB_HASH_BYTES);
    int fd = blob_open(&rig->folder, hash, &bytes);
    assert_true(fd >= 0 && bytes == 3);
    close(fd);
    /* Pinned twice: the first to give it back does not make it garbage. */
    blob_unpin(&rig->folder, hash, true);
    assert_int_equal(blob_remove(&rig->folder, hash), ERR_BUSY);
    blob_unpin(&rig->folder, hash, true);
}

static void what_is_dropped_leaves_nothing(void **state)
{
    struct rig *rig = *state;
    struct blob_writer writer;
    assert_int_equal(blob_writer_begin(&writer, &rig->folder, 0), OK);
    assert_int_equal(left_over(rig), 1);
    assert_int_equal(blob_writer_add(&writer, "abc", 3), OK);
    blob_writer_drop(&writer);
    blob_writer_drop(&writer);
    assert_int_equal(left_over(rig), 0);
    assert_false(is_there(rig, ABC_PLACE));
}

static void a_pinned_blob_is_not_removed(void **state)
{
    struct rig *rig = *state;
    uint8_t hash[BLOB_HASH_BYTES];
    put(rig, "abc", hash);
    assert_int_equal(blob_remove(&rig->folder, hash), ERR_BUSY);
    assert_true(is_there(rig, ABC_PLACE));
    blob_unpin(&rig->folder, hash, true);
    assert_int_equal(blob_remove(&rig->folder, hash), OK);
    assert_false(is_there(rig, ABC_PLACE));
    assert_int_equal(blob_remove(&rig->folder, hash), OK);
    stop(rig);
    assert_int_equal(access(rig->data, F_OK), 0);
    start(rig, 0);
    assert_int_equal(left_over(rig), 0);
}

static void whoever_made_no_row_leaves_a_suspect(void **state)
{
    struct rig *rig = *state;
    uint8_t hash[BLOB_HASH_BYTES], suspects[2][BLOB_HASH_BYTES];
    put(rig, "abc", hash);
    assert_int_equal(blob_suspects(&rig->folder, suspects, 2), 0);
    blob_unpin(&rig->folder, hash, false);
    assert_int_equal(blob_suspects(&rig->folder, suspects, 2), 1);
    assert_memory_equal(suspects[0], hash, BLOB_HASH_BYTES);
    /* Somebody else sends the same: the suspect is pinned again, and stays. */
    put(rig, "abc", hash);
    assert_int_equal(blob_remove(&rig->folder, hash), ERR_BUSY);
    blob_unpin(&rig->folder, hash, true);
    assert_int_equal(blob_suspects(&rig->folder, suspects, 2), 1);
    blob_cleared(&rig->folder, hash);
    assert_int_equal(blob_suspects(&rig->folder, suspects, 2), 0);
    assert_int_equal(left_over(rig), 0);
    assert_true(is_there(rig, ABC_PLACE));
}

/* As after a crash between the blob and its row. */
static void a_start_finds_what_was_left_half_done(void **state)
{
    struct rig *rig = *state;
    uint8_t hash[BLOB_HASH_BYTES], suspects[2][BLOB_HASH_BYTES];
    struct blob_writer writer;
    put(rig, "abc", hash);
    assert_true(is_there(rig, "tmp/" ABC_NAME));
    assert_int_equal(blob_writer_begin(&writer, &rig->folder, 0), OK);
    assert_int_equal(left_over(rig), 2);
    /* The process is gone: nothing of what it holds is given back. */
    close(writer.fd);
    EVP_MD_CTX_free(writer.digest);
    stop(rig);
    start(rig, 0);
    assert_int_equal(left_over(rig), 1);
    assert_int_equal(blob_suspects(&rig->folder, suspects, 2), 1);
    assert_memory_equal(suspects[0], hash, BLOB_HASH_BYTES);
    assert_int_equal(blob_remove(&rig->folder, hash), OK);
    assert_false(is_there(rig, ABC_PLACE));
    assert_false(is_there(rig, "tmp/" ABC_NAME));
    assert_int_equal(blob_suspects(&rig->folder, suspects, 2), 0);
}

static void the_reserve_stays_free(void **state)
{
    struct rig *rig = *state;
    struct blob_writer writer;
    assert_int_equal(blob_writer_begin(&writer, &rig->folder, UINT64_MAX / 2), ERR_BUSY);
    stop(rig);
    start(rig, UINT64_MAX / 2);
    assert_int_equal(blob_writer_begin(&writer, &rig->folder, 0), ERR_BUSY);
    assert_int_equal(left_over(rig), 0);
}

/* A limit of the process stands for a write that the disk refuses. */
static void a_failed_write_leaves_nothing(void **state)
{
    struct rig *rig = *state;
    struct blob_writer writer;
    struct rlimit before, small;
    static uint8_t bytes[8192];
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    small = (struct rlimit){4096, before.rlim_max};
    assert_int_equal(blob_writer_begin(&writer, &rig->folder, 0), OK);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    int result = blob_writer_add(&writer, bytes, sizeof(bytes));
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(result, ERR_IO);
    blob_writer_drop(&writer);
    assert_int_equal(left_over(rig), 0);
}

static void a_folder_that_cannot_be_made_says_why(void **state)
{
    (void)state;
    char fault[STORE_FAULT_BYTES] = "";
    struct blob_folder folder;
    assert_int_equal(blob_folder_open(&folder, "/dev/null", 0, NULL, fault), ERR_IO);
    assert_non_null(strstr(fault, "/dev/null/files"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_blob_is_stored_by_its_hash),
        TEST(the_same_is_stored_once_and_mended),
        TEST(what_is_dropped_leaves_nothing),
        TEST(a_pinned_blob_is_not_removed),
        TEST(whoever_made_no_row_leaves_a_suspect),
        TEST(a_start_finds_what_was_left_half_done),
        TEST(the_reserve_stays_free),
        TEST(a_failed_write_leaves_nothing),
        cmocka_unit_test(a_folder_that_cannot_be_made_says_why),
    };
    return cmocka_run_group_tests_name("blob_folder", tests, NULL, NULL);
}
