#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "net/rig.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"

/* --- a kernel that takes as much as the test says --------------------------------------------- */

/* These stand in front of the C library's functions of the same name. */
static struct {
    bool scripted;
    size_t room; /* bytes that it still takes */
    int error;   /* what it answers instead */
    int calls_count;
} kernel;

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    kernel.calls_count++;
    assert_int_equal(flags & (MSG_DONTWAIT | MSG_NOSIGNAL), MSG_DONTWAIT | MSG_NOSIGNAL);
    assert_true(message->msg_iovlen <= IOV_MAX);
    if (!kernel.scripted)
        return syscall(SYS_sendmsg, fd, message, flags);
    if (kernel.error || kernel.room == 0) {
        errno = kernel.error ? kernel.error : EAGAIN;
        return -1;
    }
    struct iovec cut[IOV_MAX];
    struct msghdr cut_message = {.msg_iov = cut};
    size_t total = 0;
    for (size_t i = 0; i < message->msg_iovlen && kernel.room > 0; i++) {
        cut[i] = message->msg_iov[i];
        if (cut[i].iov_len > kernel.room)
            cut[i].iov_len = kernel.room;
        kernel.room -= cut[i].iov_len;
        total += cut[i].iov_len;
        cut_message.msg_iovlen++;
    }
    ssize_t sent = syscall(SYS_sendmsg, fd, &cut_message, flags);
    assert_int_equal(sent, (ssize_t)total);
    return sent;
}

ssize_t send(int fd, const void *bytes, size_t len, int flags)
{
    struct iovec one = {(void *)(uintptr_t)bytes, len};
    struct msghdr message = {.msg_iov = &one, .msg_iovlen = 1};
    return sendmsg(fd, &message, flags);
}

/* --- the rig ---------------------------------------------------------------------------------- */

static struct rig rig;
static struct end end;
static struct buffer heard;

static int set_up(void **state)
{
    int fds[2];
    (void)state;
    memset(&kernel, 0, sizeof(kernel));
    rig_init(&rig, NULL);
    rig_socketpair(fds);
    end_init(&end, &rig, fds);
    return 0;
}

static int take_down(void **state)
{
    (void)state;
    kernel.scripted = false;
    rig_release(&rig);
    end_release(&end);
    buffer_release(&heard);
    return 0;
}

static int64_t flush_one(struct conn *conn, struct iovec *ranges, size_t count)
{
    struct flush_entry entry = {.link = conn, .count = (uint32_t)count, .taken = -7};
    struct flush flush = {&entry, 1, ranges, count};
    loop_flush(&rig.loop, &flush);
    return entry.taken;
}

static struct iovec text_range(const char *text)
{
    return (struct iovec){(void *)(uintptr_t)text, strlen(text)};
}

static void expect_heard(const char *text)
{
    end_peer_reads(&end, &heard);
    if (!slice_is(buffer_slice(&heard), text))
        fail_msg("\"%.*s\" is not \"%s\"", (int)heard.len, (const char *)heard.ptr, text);
    heard.len = 0;
}

/* --- tests ------------------------------------------------------------------------------------ */

static void each_entry_costs_one_call(void **state)
{
    (void)state;
    int fds[2];
    struct end other;
    rig_socketpair(fds);
    end_init(&other, &rig, fds);
    struct iovec ranges[] = {text_range("one "), text_range("two "), text_range("three")};
    struct flush_entry entries[] = {
        {.link = end.conn, .first = 0, .count = 3},
        {.link = other.conn, .first = 1, .count = 1},
        {.link = other.conn, .first = 1, .count = 2},
    };
    struct flush flush = {entries, 3, ranges, 3};
    loop_flush(&rig.loop, &flush);
    assert_int_equal(entries[0].taken, 13);
    assert_int_equal(entries[1].taken, 4);
    assert_int_equal(entries[2].taken, 9);
    assert_int_equal(kernel.calls_count, 3);
    assert_int_equal(rig_metric(&rig, METRIC_SENDS), 3);
    assert_int_equal(rig_metric(&rig, METRIC_BYTES_OUT), 26);
    expect_heard("one two three");
    end_peer_reads(&other, &heard);
    assert_true(slice_is(buffer_slice(&heard), "two two three"));
    conn_close(other.conn);
    rig_turns(&rig, 1);
    end_release(&other);
}

static void an_empty_flush_is_nothing(void **state)
{
    (void)state;
    struct flush flush = {0};
    loop_flush(&rig.loop, &flush);
    assert_int_equal(kernel.calls_count, 0);
}

static void what_is_private_goes_in_front_in_the_same_call(void **state)
{
    (void)state;
    struct iovec range = text_range("ring");
    conn_write(end.conn, "private ", 8);
    conn_write_static(end.conn, SLICE_LITERAL("static "));
    assert_int_equal(flush_one(end.conn, &range, 1), 4);
    assert_int_equal(kernel.calls_count, 1);
    assert_false(conn_has_queued(end.conn));
    rig_turns(&rig, 1);
    assert_int_equal(kernel.calls_count, 1);
    expect_heard("private static ring");
}

/*
 * Frames of four bytes in three ranges; what a pool does with a frame that was broken by the cut.
 */
static void every_cut_heals(void **state)
{
    (void)state;
    static const char frames[] = "abc.def.ghi.jkl.mno.";
    static const char private_text[] = "PPPPPPSSSB";
    enum { PRIVATE = sizeof(private_text) - 1, FRAMES = sizeof(frames) - 1 };
    struct iovec ranges[] = {
        {(void *)(uintptr_t)frames, 7},
        {(void *)(uintptr_t)(frames + 7), 1},
        {(void *)(uintptr_t)(frames + 8), FRAMES - 8},
    };
    for (size_t room = 0; room <= PRIVATE + FRAMES; room++) {
        struct blob *blob = blob_new("B", 1);
        conn_write(end.conn, "PPPPPP", 6);
        conn_write_static(end.conn, SLICE_LITERAL("SSS"));
        conn_write_blob(end.conn, blob);
        blob_unref(blob);
        kernel.scripted = true;
        kernel.room = room;
        int calls_count = kernel.calls_count;
        int drains_count = end.drains_count;
        size_t taken = (size_t)flush_one(end.conn, ranges, 3);
        assert_int_equal(taken, room > PRIVATE ? room - PRIVATE : 0);
        assert_int_equal(kernel.calls_count, calls_count + 1);
        assert_int_equal(conn_has_queued(end.conn), room < PRIVATE);
        if (taken == FRAMES) {
            assert_false(end.conn->blocked);
        } else {
            assert_true(end.conn->blocked);
            assert_int_equal(flush_one(end.conn, ranges, 3), 0);
            assert_int_equal(kernel.calls_count, calls_count + 1);
            size_t frame_end = (taken + 3) / 4 * 4;
            conn_write(end.conn, frames + taken, frame_end - taken);
            rig_turns(&rig, 2);
            kernel.room = SIZE_MAX;
            RIG_UNTIL(&rig, end.drains_count > drains_count);
            struct iovec left = {(void *)(uintptr_t)(frames + frame_end), FRAMES - frame_end};
            if (left.iov_len > 0)
                assert_int_equal(flush_one(end.conn, &left, 1), (int64_t)left.iov_len);
            assert_int_equal(end.drains_count, drains_count + 1);
        }
        assert_int_equal(end.conn->out_bytes, 0);
        expect_heard("PPPPPPSSSBabc.def.ghi.jkl.mno.");
    }
}

static void a_piece_that_is_partly_sent_is_filled_on(void **state)
{
    (void)state;
    for (size_t room = 1; room < 6; room++) {
        kernel.scripted = true;
        kernel.room = room;
        conn_write(end.conn, "abcdef", 6);
        rig_turns(&rig, 1);
        assert_true(end.conn->blocked);
        conn_write(end.conn, "ghi", 3);
        assert_ptr_equal(end.conn->out_first, end.conn->out_last);
        kernel.room = SIZE_MAX;
        RIG_UNTIL(&rig, !end.conn->blocked);
        expect_heard("abcdefghi");
    }
}

static void a_long_queue_goes_before_the_ranges(void **state)
{
    (void)state;
    struct iovec range = text_range("ring");
    struct buffer expected = {0};
    for (int i = 0; i < 150; i++) {
        conn_write_static(end.conn, SLICE_LITERAL("."));
        buffer_append_byte(&expected, '.');
    }
    buffer_append_string(&expected, "ring");
    buffer_append_byte(&expected, 0);
    assert_int_equal(flush_one(end.conn, &range, 1), 4);
    expect_heard((const char *)expected.ptr);
    buffer_release(&expected);
}

static void a_long_queue_may_be_all_that_is_taken(void **state)
{
    (void)state;
    struct iovec range = text_range("ring");
    for (size_t room = 100; room <= 154; room++) {
        struct buffer expected = {0};
        for (int i = 0; i < 150; i++)
            conn_write_static(end.conn, SLICE_LITERAL("."));
        kernel.scripted = true;
        kernel.room = room;
        int calls_count = kernel.calls_count;
        int64_t taken = flush_one(end.conn, &range, 1);
        assert_int_equal(taken, room > 150 ? room - 150 : 0);
        if (room < 150) /* after a refusal nothing more is tried */
            assert_int_equal(kernel.calls_count - calls_count, room / 64 + 1);
        kernel.room = SIZE_MAX;
        RIG_UNTIL(&rig, !end.conn->blocked);
        for (int i = 0; i < 150; i++)
            buffer_append_byte(&expected, '.');
        buffer_append(&expected, "ring", (size_t)taken);
        buffer_append_byte(&expected, 0);
        expect_heard((const char *)expected.ptr);
        buffer_release(&expected);
    }
}

static void ranges_without_number(void **state)
{
    (void)state;
    enum { MANY = 2500 };
    uint8_t *bytes = mem_alloc(MANY);
    struct iovec *ranges = mem_alloc(MANY * sizeof(struct iovec));
    for (size_t i = 0; i < MANY; i++) {
        bytes[i] = rig_pattern(i);
        ranges[i] = (struct iovec){&bytes[i], 1};
    }
    assert_int_equal(flush_one(end.conn, ranges, MANY), MANY);
    end_peer_reads(&end, &heard);
    assert_int_equal(heard.len, MANY);
    rig_check_pattern(heard.ptr, heard.len, 0);

    conn_write(end.conn, "first", 5); /* and with something in front */
    assert_int_equal(flush_one(end.conn, ranges, MANY), MANY);
    heard.len = 0;
    end_peer_reads(&end, &heard);
    assert_int_equal(heard.len, MANY + 5);
    rig_check_pattern(heard.ptr + 5, MANY, 0);

    kernel.scripted = true;
    kernel.room = 1500;
    assert_int_equal(flush_one(end.conn, ranges, MANY), 1500);
    assert_true(end.conn->blocked);
    kernel.scripted = false;
    mem_free(bytes);
    mem_free(ranges);
}

static void what_is_closing_takes_nothing(void **state)
{
    (void)state;
    struct iovec range = text_range("ring");
    conn_write(end.conn, "bye", 3);
    conn_finish(end.conn);
    assert_int_equal(flush_one(end.conn, &range, 1), -1);
    rig_turns(&rig, 1);
    expect_heard("bye");
    conn_close(end.conn);
    assert_int_equal(flush_one(end.conn, &range, 1), -1);
    rig_turns(&rig, 1);
    expect_heard("");
}

static void an_error_closes_only_its_connection(void **state)
{
    (void)state;
    static const int errors[] = {EPIPE, ECONNRESET, ETIMEDOUT, EHOSTUNREACH};
    struct iovec ranges[] = {text_range("ri"), text_range("ng")};
    kernel.scripted = true;
    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        for (size_t shape = 0; shape < 3; shape++) {
            int fds[2];
            struct end broken;
            rig_socketpair(fds);
            end_init(&broken, &rig, fds);
            broken.conn->close_metric = METRIC_DROPPED_ERRORS;
            if (shape == 2)
                conn_write(broken.conn, "private", 7);
            kernel.error = errors[i];
            assert_int_equal(flush_one(broken.conn, ranges, shape == 0 ? 1 : 2), -1);
            kernel.error = 0;
            kernel.room = SIZE_MAX;
            assert_non_null(broken.conn); /* never calls back */
            assert_int_equal(flush_one(broken.conn, ranges, 1), -1);
            assert_int_equal(flush_one(end.conn, ranges, 2), 4);
            rig_turns(&rig, 1);
            assert_null(broken.conn);
            expect_heard("ring");
            end_release(&broken);
        }
    }
    assert_int_equal(rig_metric(&rig, METRIC_DROPPED_ERRORS), 0); /* the peer's doing */
}

static void want_of_memory_in_the_kernel_passes(void **state)
{
    (void)state;
    struct iovec range = text_range("ring");
    kernel.scripted = true;
    kernel.error = ENOBUFS;
    assert_int_equal(flush_one(end.conn, &range, 1), 0);
    assert_true(end.conn->blocked);
    kernel.error = 0;
    kernel.room = SIZE_MAX;
    RIG_UNTIL(&rig, end.drains_count == 1);
    assert_int_equal(flush_one(end.conn, &range, 1), 4);
}

static void a_reset_peer_is_found_out(void **state)
{
    (void)state;
    int fds[2];
    struct end other;
    struct iovec range = text_range("ring");
    rig_tcp_pair(fds);
    end_init(&other, &rig, fds);
    struct linger linger = {.l_onoff = 1};
    setsockopt(other.peer, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
    end_close_peer(&other);
    uint64_t end_ms = rig_deadline_ms();
    while (flush_one(other.conn, &range, 1) >= 0)
        assert_false(rig_passed(end_ms));
    assert_non_null(other.conn);
    rig_turns(&rig, 1);
    assert_null(other.conn);
    end_release(&other);
}

/* --- slow readers, the real kernel ------------------------------------------------------------ */

/*
 * A pool in small: one log of frames, members that stand somewhere in it, private replies in
 * between. Each member must hear every byte of the log once and in order, and a reply only between
 * two frames.
 */
enum { MEMBERS = 8, FRAME = 100, LOG_FRAMES = 20000, LOG = FRAME * LOG_FRAMES, REPLY = 50 };

struct member {
    struct end end;
    size_t position; /* next byte of the log to be sent: a frame's beginning */
    size_t replies_sent;
    struct buffer heard;
    size_t heard_log, heard_replies;
};

static struct member members[MEMBERS];
static uint8_t *the_log;
static size_t log_len;
static uint64_t random_state;

static uint32_t next_random(uint32_t below)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(random_state >> 33) % below;
}

/* The first byte of a frame says what it is, the next three which one. */
static void make_frame(uint8_t *to, uint8_t kind, size_t number, size_t len)
{
    to[0] = kind;
    to[1] = (uint8_t)number;
    to[2] = (uint8_t)(number >> 8);
    to[3] = (uint8_t)(number >> 16);
    for (size_t i = 4; i < len; i++)
        to[i] = rig_pattern(number + i);
}

static void flush_members(struct rig *ignored)
{
    (void)ignored;
    struct flush_entry entries[MEMBERS];
    struct iovec ranges[MEMBERS * 2];
    struct member *due[MEMBERS];
    struct flush flush = {entries, 0, ranges, 0};
    for (int i = 0; i < MEMBERS; i++) {
        struct member *member = &members[i];
        size_t lacks = log_len - member->position;
        if (lacks == 0)
            continue;
        size_t first_len = next_random(2) ? lacks : next_random((uint32_t)lacks) + 1;
        due[flush.entries_count] = member;
        entries[flush.entries_count] = (struct flush_entry){
            .link = member->end.conn,
            .first = (uint32_t)flush.ranges_count,
            .count = first_len < lacks ? 2 : 1,
        };
        ranges[flush.ranges_count++] = (struct iovec){the_log + member->position, first_len};
        if (first_len < lacks)
            ranges[flush.ranges_count++] =
                (struct iovec){the_log + member->position + first_len, lacks - first_len};
        flush.entries_count++;
    }
    loop_flush(&rig.loop, &flush);
    for (size_t i = 0; i < flush.entries_count; i++) {
        assert_true(entries[i].taken >= 0);
        size_t at = due[i]->position + (size_t)entries[i].taken;
        size_t frame_end = (at + FRAME - 1) / FRAME * FRAME;
        assert_int_equal(conn_write(due[i]->end.conn, the_log + at, frame_end - at), OK);
        due[i]->position = frame_end;
    }
}

static void hear(struct member *member)
{
    uint8_t *to = buffer_reserve(&member->heard, 65536);
    ssize_t len = recv(member->end.peer, to, next_random(65536) + 1, MSG_DONTWAIT);
    assert_true(len > 0 || errno == EAGAIN);
    member->heard.len += len > 0 ? (size_t)len : 0;
    size_t at = 0;
    for (;;) {
        const uint8_t *frame = member->heard.ptr + at;
        size_t left = member->heard.len - at;
        size_t frame_len = left > 0 && *frame == 'r' ? REPLY : FRAME;
        if (left < frame_len)
            break;
        uint8_t expected[FRAME];
        bool is_reply = *frame == 'r';
        size_t number = is_reply ? member->heard_replies++ : member->heard_log++;
        make_frame(expected, is_reply ? 'r' : 'l', number, frame_len);
        assert_memory_equal(frame, expected, frame_len);
        at += frame_len;
    }
    buffer_drop_front(&member->heard, at);
}

static void talk(void)
{
    uint8_t reply[REPLY];
    log_len += (size_t)next_random(200) * FRAME;
    if (log_len > LOG)
        log_len = LOG;
    for (int i = 0; i < MEMBERS; i++) {
        struct member *member = &members[i];
        if (next_random(4) == 0 && member->replies_sent < 1000) {
            make_frame(reply, 'r', member->replies_sent++, REPLY);
            assert_int_equal(conn_write(member->end.conn, reply, REPLY), OK);
        }
        if (next_random((uint32_t)i + 1) == 0)
            hear(member);
    }
}

static bool all_have_heard_all(void)
{
    for (int i = 0; i < MEMBERS; i++) {
        if (members[i].heard_log < LOG_FRAMES || members[i].heard_replies < members[i].replies_sent)
            return false;
    }
    return true;
}

static void slow_readers_miss_nothing(void **state)
{
    (void)state;
    const char *given = getenv("SEED");
    random_state = given ? strtoull(given, NULL, 0) : random_u64();
    printf("# SEED=%" PRIu64 "\n", random_state);
    the_log = mem_alloc(LOG);
    for (size_t i = 0; i < LOG_FRAMES; i++)
        make_frame(the_log + i * FRAME, 'l', i, FRAME);
    for (int i = 0; i < MEMBERS; i++) {
        int fds[2];
        int small = i % 2 ? 4096 : 32768; /* TCP would creep with less */
        if (i % 2)
            rig_socketpair(fds);
        else
            rig_tcp_pair(fds);
        setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
        setsockopt(fds[1], SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
        end_init(&members[i].end, &rig, fds);
    }
    rig.on_flush = flush_members;
    uint64_t end_ms = rig_deadline_ms();
    while (!all_have_heard_all()) {
        assert_false(rig_passed(end_ms));
        talk();
        loop_turn(&rig.loop, 0);
    }
    rig.on_flush = NULL;
    int drains_count = 0;
    for (int i = 0; i < MEMBERS; i++) {
        drains_count += members[i].end.drains_count;
        conn_close(members[i].end.conn);
    }
    assert_true(drains_count > MEMBERS); /* or it was no test of slow readers */
    rig_turns(&rig, 1);
    for (int i = 0; i < MEMBERS; i++) {
        buffer_release(&members[i].heard);
        end_release(&members[i].end);
    }
    mem_free(the_log);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, set_up, take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(each_entry_costs_one_call),
        WITH(an_empty_flush_is_nothing),
        WITH(what_is_private_goes_in_front_in_the_same_call),
        WITH(every_cut_heals),
        WITH(a_piece_that_is_partly_sent_is_filled_on),
        WITH(a_long_queue_goes_before_the_ranges),
        WITH(a_long_queue_may_be_all_that_is_taken),
        WITH(ranges_without_number),
        WITH(what_is_closing_takes_nothing),
        WITH(an_error_closes_only_its_connection),
        WITH(want_of_memory_in_the_kernel_passes),
        WITH(a_reset_peer_is_found_out),
        WITH(slow_readers_miss_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
