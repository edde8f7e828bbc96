#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "jobs/blob_set.h"

#define NAME "7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static char data[64];

static int set_up(void **state)
{
    (void)state;
    strcpy(data, "/tmp/hubbub-set-XXXXXX");
    return mkdtemp(data) == NULL;
}

static int tear_down(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof(command), "rm -rf '%s'", data);
    return system(command); /* NOLINT(cert-env33-c) */
}

static void make(const char *name, size_t bytes)
{
    char path[512];
    snprintf(path, sizeof(path), "%s/files/%s", data, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, (off_t)bytes), 0);
    close(fd);
}

static void make_folder(const char *name)
{
    char path[512];
    snprintf(path, sizeof(path), "%s/files/%s", data, name);
    assert_int_equal(mkdir(path, 0700), 0);
}

static void no_folder_is_an_empty_set(void **state)
{
    struct blob_set set;
    const uint8_t hash[BLOB_HASH_BYTES] = {0};
    char fault[STORE_FAULT_BYTES];
    (void)state;
    assert_int_equal(blob_set_list(&set, data, fault), OK);
    assert_int_equal(set.count, 0);
    assert_false(blob_set_has(&set, hash));
    blob_set_release(&set);
}

static void only_what_is_called_like_a_blob_is_one(void **state)
{
    struct blob_set set;
    char fault[STORE_FAULT_BYTES], path[BLOB_PATH_BYTES];
    (void)state;
    make_folder("");
    make_folder("ba");
    make_folder("00");
    make_folder("tmp");
    make_folder("zz");
    make("ba/" NAME, 3);
    make("ba/" NAME "00", 3);
    make("ba/short", 3);
    make("tmp/" NAME, 3);
    make("zz/" NAME, 3);
    make("00/" NAME, 7);
    assert_int_equal(blob_set_list(&set, data, fault), OK);
    assert_int_equal(set.count, 2);
    assert_int_equal(set.blobs[0].hash[0], 0x00);
    assert_int_equal(set.blobs[0].bytes, 7);
    assert_int_equal(set.blobs[1].hash[0], 0xba);
    assert_int_equal(set.blobs[1].hash[BLOB_HASH_BYTES - 1], 0xad);
    assert_int_equal(set.blobs[1].bytes, 3);
    assert_true(blob_set_has(&set, set.blobs[1].hash));
    assert_true(blob_path(data, set.blobs[1].hash, path));
    assert_int_equal(access(path, F_OK), 0);
    set.blobs[1].hash[5] ^= 1;
    assert_false(
        blob_set_has(&(struct blob_set){.count = 1, .blobs = set.blobs}, set.blobs[1].hash));
    blob_set_release(&set);
    assert_int_equal(set.count, 0);
}

static void a_path_that_is_too_long_is_none(void **state)
{
    char folder[BLOB_PATH_BYTES], path[BLOB_PATH_BYTES];
    const uint8_t hash[BLOB_HASH_BYTES] = {1, 2, 3};
    (void)state;
    memset(folder, 'x', sizeof(folder) - 1);
    folder[sizeof(folder) - 1] = '\0';
    assert_false(blob_path(folder, hash, path));
    folder[100] = '\0';
    assert_true(blob_path(folder, hash, path));
    assert_string_equal(path + 100,
                        "/files/01/020300000000000000000000000000000000000000000000000000"
                        "00000000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_folder_is_an_empty_set, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_what_is_called_like_a_blob_is_one, set_up, tear_down),
        cmocka_unit_test(a_path_that_is_too_long_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
