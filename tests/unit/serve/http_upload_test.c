#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "serve/http_upload.h"
#include "serve/http_upload_limit.h"

enum { DEADLINE_MS = 20000, PIECE = HTTP_UPLOAD_BUFFER_BYTES / 2, DONE = 9 };

static const struct loop_limits limits = {
    .read_bytes = 4096,
    .queue_bytes_soft = 4096,
    .queue_ms = 1000,
    .queue_bytes_hard = 8192,
    .linger_ms = 1000,
};

static struct {
    struct loop loop;
    struct metrics metrics;
    struct disk_pool disk;
    struct blob_folder folder;
    char data[64];
    struct http_upload_place place;
    struct http_upload *upload;
    unsigned ready, rooms, stored;
    int result;
} rig;

static uint8_t bytes[PIECE];

static void on_letter(void *ctx, struct letter *letter)
{
    (void)ctx;
    assert_int_equal(letter->kind, DONE);
    disk_job_done(letter);
}

static void on_flush(void *ctx)
{
    (void)ctx;
}

static void on_ready(void *ctx)
{
    assert_ptr_equal(ctx, &rig);
    rig.ready++;
}

static void on_room(void *ctx)
{
    (void)ctx;
    rig.rooms++;
}

static void on_stored(void *ctx, int result, int error)
{
    (void)ctx;
    (void)error;
    rig.stored++;
    rig.result = result;
}

static const struct http_upload_handler handler = {on_ready, on_room, on_stored};

static int set_up(void **state)
{
    const struct loop_handler loop_handler = {NULL, on_letter, on_flush};
    char fault[STORE_FAULT_BYTES];
    (void)state;
    memset(&rig, 0, sizeof(rig));
    strcpy(rig.data, "/tmp/hubbub-upload-XXXXXX");
    assert_non_null(mkdtemp(rig.data));
    assert_int_equal(loop_init(&rig.loop, &limits, &loop_handler, &rig.metrics), OK);
    assert_int_equal(disk_pool_start(&rig.disk, 2, DONE), OK);
    assert_int_equal(blob_folder_open(&rig.folder, rig.data, 0, &rig.disk, fault), OK);
    rig.place = (struct http_upload_place){&rig.loop, &rig.folder, &rig.disk};
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(i * 7 + i / 256);
    return 0;
}

static int tear_down(void **state)
{
    char command[128];
    (void)state;
    disk_pool_stop(&rig.disk);
    loop_release(&rig.loop);
    blob_folder_close(&rig.folder);
    snprintf(command, sizeof(command), "rm -rf %s", rig.data);
    return system(command);
}

#define UNTIL(what)                                                                                \
    do {                                                                                           \
        uint64_t deadline_ms = clock_mono_ms() + DEADLINE_MS;                                      \
        while (!(what)) {                                                                          \
            if (clock_mono_ms() > deadline_ms)                                                     \
                fail_msg("never became true: %s", #what);                                          \
            loop_turn(&rig.loop, 10);                                                              \
        }                                                                                          \
    } while (0)

/* How many things lie in DATA/files/tmp. */
static unsigned left_over(void)
{
    char path[128];
    unsigned count = 0;
    snprintf(path, sizeof(path), "%s/files/tmp", rig.data);
    DIR *entries = opendir(path);
    assert_non_null(entries);
    for (struct dirent *entry = readdir(entries); entry; entry = readdir(entries))
        count += entry->d_name[0] != '.';
    closedir(entries);
    return count;
}

static void begin(uint64_t expected_bytes)
{
    rig.upload = http_upload_new(&rig.place, &handler, &rig, expected_bytes);
    UNTIL(rig.ready == 1 || rig.stored == 1);
}

/* Sends whole pieces, waiting for room; the peer would do the same. */
static void send_pieces(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        unsigned rooms = rig.rooms;
        if (!http_upload_add(rig.upload, slice_of(bytes, sizeof(bytes))))
            UNTIL(rig.rooms == rooms + 1);
    }
}

static void check_blob(unsigned pieces, size_t rest)
{
    const struct http_upload_result *result = http_upload_result(rig.upload);
    uint64_t size, at = 0;
    uint8_t read_bytes[PIECE];
    assert_int_equal(result->bytes, (uint64_t)pieces * PIECE + rest);
    int fd = blob_open(&rig.folder, result->hash, &size);
    assert_true(fd >= 0 && size == result->bytes);
    for (; at + PIECE <= size; at += PIECE) {
        assert_int_equal(pread(fd, read_bytes, PIECE, (off_t)at), PIECE);
        assert_memory_equal(read_bytes, bytes, PIECE);
    }
    assert_int_equal(pread(fd, read_bytes, PIECE, (off_t)at), rest);
    assert_memory_equal(read_bytes, bytes, rest);
    close(fd);
}

static void a_body_of_any_length_is_stored(void **state)
{
    static const struct {
        unsigned pieces;
        size_t rest;
    } bodies[] = {{0, 0}, {0, 1}, {0, PIECE - 1}, {1, 0}, {1, 1}, {2, 0}, {2, 1}, {3, 5}, {50, 7}};
    (void)state;
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        rig.ready = rig.stored = 0;
        begin(0);
        send_pieces(bodies[i].pieces);
        if (bodies[i].rest > 0)
            http_upload_add(rig.upload, slice_of(bytes, bodies[i].rest));
        http_upload_end(rig.upload);
        UNTIL(rig.stored == 1);
        assert_int_equal(rig.result, OK);
        check_blob(bodies[i].pieces, bodies[i].rest);
        blob_unpin(&rig.folder, http_upload_result(rig.upload)->hash, true);
        http_upload_free(rig.upload);
        assert_int_equal(left_over(), 0);
    }
}

static void small_pieces_are_gathered(void **state)
{
    (void)state;
    begin(0);
    for (size_t at = 0; at < sizeof(bytes); at += 100) {
        size_t len = sizeof(bytes) - at < 100 ? sizeof(bytes) - at : 100;
        unsigned rooms = rig.rooms;
        if (!http_upload_add(rig.upload, slice_of(bytes + at, len)))
            UNTIL(rig.rooms > rooms);
    }
    http_upload_end(rig.upload);
    UNTIL(rig.stored == 1);
    check_blob(1, 0);
    blob_unpin(&rig.folder, http_upload_result(rig.upload)->hash, true);
    http_upload_free(rig.upload);
}

/* No turn of the loop is made: what the disk has done is not known, so a second buffer is all that there is. */
static void who_sends_faster_than_the_disk_has_to_wait(void **state)
{
    (void)state;
    begin(0);
    assert_true(http_upload_add(rig.upload, slice_of(bytes, PIECE)));
    assert_false(http_upload_add(rig.upload, slice_of(bytes, PIECE)));
    UNTIL(rig.rooms == 1);
    http_upload_end(rig.upload);
    UNTIL(rig.stored == 1);
    check_blob(2, 0);
    blob_unpin(&rig.folder, http_upload_result(rig.upload)->hash, true);
    http_upload_free(rig.upload);
}

static void the_start_shows_what_it_is(void **state)
{
    (void)state;
    static const char gif[] = "GIF89a\2\0\3\0\0\0\0";
    begin(0);
    for (size_t i = 0; i < sizeof(gif) - 1; i++)
        http_upload_add(rig.upload, slice_of(gif + i, 1));
    http_upload_end(rig.upload);
    UNTIL(rig.stored == 1);
    const struct media_type *media = &http_upload_result(rig.upload)->media;
    assert_string_equal(media->name, "image/gif");
    assert_true(media->width == 2 && media->height == 3);
    blob_unpin(&rig.folder, http_upload_result(rig.upload)->hash, true);
    http_upload_free(rig.upload);
}

/* At every moment, and whether the disk has it or not. */
static void an_upload_that_is_given_up_leaves_nothing(void **state)
{
    uint8_t suspects[8][BLOB_HASH_BYTES];
    (void)state;
    for (unsigned stage = 0; stage < 6; stage++) {
        rig.ready = rig.stored = 0;
        rig.upload = http_upload_new(&rig.place, &handler, &rig, 0);
        if (stage >= 1)
            UNTIL(rig.ready == 1);
        if (stage >= 2 && stage < 5)
            http_upload_add(rig.upload, slice_of(bytes, PIECE));
        if (stage >= 3 && stage < 5)
            http_upload_add(rig.upload, slice_of(bytes, 100));
        if (stage >= 4)
            http_upload_end(rig.upload);
        http_upload_free(rig.upload);
        if (stage < 5)
            UNTIL(left_over() == 0);
        assert_int_equal(rig.stored, 0);
    }
    /* The last one was with the disk as a whole: it is stored, and found by its mark. */
    UNTIL(blob_suspects(&rig.folder, suspects, 8) == 1);
    assert_int_equal(blob_remove(&rig.folder, suspects[0]), OK);
    UNTIL(left_over() == 0);
    http_upload_free(NULL);
}

static void a_full_disk_is_said_before_the_body(void **state)
{
    (void)state;
    begin(UINT64_MAX / 2);
    assert_int_equal(rig.ready, 0);
    assert_int_equal(rig.result, ERR_BUSY);
    http_upload_free(rig.upload);
    assert_int_equal(left_over(), 0);
}

/* The folder for new blobs is gone: each step may fail. */
static void an_error_of_the_disk_is_said_once(void **state)
{
    char path[128];
    (void)state;
    begin(0);
    /* Where the blob would have to go, something else stands. */
    snprintf(path, sizeof(path), "rm -rf %s/files/tmp", rig.data);
    assert_int_equal(system(path), 0);
    http_upload_add(rig.upload, slice_of(bytes, 10));
    http_upload_end(rig.upload);
    UNTIL(rig.stored == 1);
    assert_int_equal(rig.result, ERR_IO);
    http_upload_free(rig.upload);
}

static void uploads_are_counted(void **state)
{
    struct http_upload_limit limit;
    (void)state;
    http_upload_limit_init(&limit, 2);
    assert_true(http_upload_limit_take(&limit, 1) && http_upload_limit_take(&limit, 1));
    assert_false(http_upload_limit_take(&limit, 1));
    assert_true(http_upload_limit_take(&limit, 2));
    http_upload_limit_give(&limit, 1);
    assert_true(http_upload_limit_take(&limit, 1));
    for (unsigned i = 0; i < HTTP_UPLOADS_MAX - 3; i++)
        assert_true(http_upload_limit_take(&limit, 100 + i));
    assert_false(http_upload_limit_take(&limit, 7));
    http_upload_limit_give(&limit, 2);
    assert_true(http_upload_limit_take(&limit, 7));
    http_upload_limit_release(&limit);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_body_of_any_length_is_stored),
        TEST(small_pieces_are_gathered),
        TEST(who_sends_faster_than_the_disk_has_to_wait),
        TEST(the_start_shows_what_it_is),
        TEST(an_upload_that_is_given_up_leaves_nothing),
        TEST(a_full_disk_is_said_before_the_body),
        TEST(an_error_of_the_disk_is_said_once),
        cmocka_unit_test(uploads_are_counted),
    };
    return cmocka_run_group_tests_name("http_upload", tests, NULL, NULL);
}
