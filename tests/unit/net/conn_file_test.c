#include <fcntl.h>
#include <limits.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/rig.h"

#include "base/error.h"
#include "base/memory.h"

/* Bytes of files in the private queue. */

enum { FILE_BYTES = 6 << 20 };

static struct rig rig;
static struct end end;
static struct buffer answer;
static int file = -1;

static int set_up(void **state)
{
    (void)state;
    int fds[2];
    char name[] = "/tmp/hubbub-conn-file-XXXXXX";
    uint8_t *bytes = mem_alloc(FILE_BYTES);
    for (size_t i = 0; i < FILE_BYTES; i++)
        bytes[i] = rig_pattern(i);
    file = mkstemp(name);
    assert_true(file >= 0);
    unlink(name);
    assert_int_equal(write(file, bytes, FILE_BYTES), FILE_BYTES);
    mem_free(bytes);
    rig_init(&rig, NULL);
    rig_tcp_pair(fds);
    end_init(&end, &rig, fds);
    return 0;
}

static int take_down(void **state)
{
    (void)state;
    rig_release(&rig);
    end_release(&end);
    buffer_release(&answer);
    close(file);
    return 0;
}

/* Runs the loop until the peer has read so many bytes. */
static void read_until(size_t len)
{
    uint64_t deadline_ms = rig_deadline_ms();
    while (answer.len < len) {
        assert_false(rig_passed(deadline_ms));
        loop_turn(&rig.loop, 0);
        end_peer_reads(&end, &answer);
    }
    assert_int_equal(answer.len, len);
}

static void a_file_goes_out_between_other_bytes(void **state)
{
    (void)state;
    assert_int_equal(conn_write(end.conn, "before", 6), OK);
    assert_int_equal(conn_write_file(end.conn, file, 1000, 5000), OK);
    assert_int_equal(conn_write(end.conn, "between", 7), OK);
    assert_int_equal(conn_write_file(end.conn, file, 0, 0), OK);
    assert_int_equal(conn_write_file(end.conn, file, FILE_BYTES - 10, 10), OK);
    assert_int_equal(conn_write_static(end.conn, SLICE_LITERAL("after")), OK);
    assert_int_equal(end.conn->out_bytes, 13);
    read_until(6 + 5000 + 7 + 10 + 5);
    assert_memory_equal(answer.ptr, "before", 6);
    rig_check_pattern(answer.ptr + 6, 5000, 1000);
    assert_memory_equal(answer.ptr + 5006, "between", 7);
    rig_check_pattern(answer.ptr + 5013, 10, FILE_BYTES - 10);
    assert_memory_equal(answer.ptr + 5023, "after", 5);
    assert_false(conn_has_queued(end.conn));
    assert_int_equal(end.conn->out_bytes, 0);
}

static void a_file_waits_for_its_reader(void **state)
{
    (void)state;
    assert_int_equal(conn_write_file(end.conn, file, 0, FILE_BYTES), OK);
    conn_notify_drained(end.conn);
    RIG_UNTIL(&rig, end.conn->blocked);
    assert_true(rig_gets_quiet(&rig));
    assert_true(conn_has_queued(end.conn));
    assert_int_equal(end.drains_count, 0);
    /* It costs no memory, so no limit of the queue ends it. */
    assert_int_equal(end.conn->out_bytes, 0);
    read_until(FILE_BYTES);
    rig_check_pattern(answer.ptr, answer.len, 0);
    RIG_UNTIL(&rig, end.drains_count == 1);
    /* Where the file stood is not touched: others may read it at the same time. */
    assert_int_equal(lseek(file, 0, SEEK_CUR), FILE_BYTES);
}

static void a_file_that_has_become_shorter_ends_the_connection(void **state)
{
    (void)state;
    assert_int_equal(ftruncate(file, 500), 0);
    assert_int_equal(conn_write_file(end.conn, file, 0, 1000), OK);
    RIG_UNTIL(&rig, end.closes_count == 1);
    /* The peer sees that it has not got all: it was promised more. */
    uint64_t deadline_ms = rig_deadline_ms();
    while (end_peer_reads(&end, &answer))
        assert_false(rig_passed(deadline_ms));
    assert_int_equal(answer.len, 500);
}

static void a_closed_connection_forgets_the_file(void **state)
{
    (void)state;
    assert_int_equal(conn_write_file(end.conn, file, 0, FILE_BYTES), OK);
    RIG_UNTIL(&rig, end.conn->blocked);
    end_close_peer(&end);
    RIG_UNTIL(&rig, end.closes_count == 1);
    assert_true(fcntl(file, F_GETFD) >= 0); /* it is the caller's */
}

static int notsent_bytes(void)
{
    int bytes = 0;
    socklen_t len = sizeof(bytes);
    assert_int_equal(getsockopt(end.conn->fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &bytes, &len), 0);
    return bytes;
}

static void the_kernel_takes_more_while_it_is_told_so(void **state)
{
    (void)state;
    conn_set_bulk(end.conn, true);
    assert_int_equal(notsent_bytes(), INT_MAX);
    conn_set_bulk(end.conn, false);
    assert_int_equal(notsent_bytes(), CONN_NOTSENT_BYTES);
}

static void finishing_sends_the_file_first(void **state)
{
    (void)state;
    assert_int_equal(conn_write_file(end.conn, file, 0, FILE_BYTES), OK);
    conn_finish(end.conn);
    read_until(FILE_BYTES);
    rig_check_pattern(answer.ptr, answer.len, 0);
    RIG_UNTIL(&rig, !end_peer_reads(&end, &answer));
    assert_int_equal(answer.len, FILE_BYTES);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_goes_out_between_other_bytes),
        TEST(a_file_waits_for_its_reader),
        TEST(a_file_that_has_become_shorter_ends_the_connection),
        TEST(a_closed_connection_forgets_the_file),
        TEST(the_kernel_takes_more_while_it_is_told_so),
        TEST(finishing_sends_the_file_first),
    };
    return cmocka_run_group_tests_name("conn_file", tests, NULL, NULL);
}
