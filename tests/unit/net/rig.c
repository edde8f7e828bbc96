#include "net/rig.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"

const struct loop_limits rig_limits = {
    .read_bytes = 65536,
    .queue_bytes_soft = 262144,
    .queue_ms = 10000,
    .queue_bytes_hard = 1048576,
    .linger_ms = 5000,
};

static void on_letter(void *ctx, struct letter *letter)
{
    struct rig *rig = ctx;
    assert_true(rig->letters_count < RIG_LETTERS);
    rig->letters[rig->letters_count++] = letter->kind;
    mem_free(letter);
}

static void on_flush(void *ctx)
{
    struct rig *rig = ctx;
    rig->flushes_count++;
    if (rig->on_flush)
        rig->on_flush(rig);
}

void rig_init(struct rig *rig, const struct loop_limits *limits)
{
    memset(rig, 0, sizeof(*rig));
    struct loop_handler handler = {.ctx = rig, .on_letter = on_letter, .on_flush = on_flush};
    int error = loop_init(&rig->loop, limits ? limits : &rig_limits, &handler, &rig->metrics);
    assert_int_equal(error, OK);
}

void rig_release(struct rig *rig)
{
    loop_release(&rig->loop);
    assert_int_equal(rig_metric(rig, METRIC_CONNECTIONS_OPEN), 0);
}

void rig_socketpair(int fds[2])
{
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), 0);
}

void rig_tcp_pair(int fds[2])
{
    struct listen_addresses addresses;
    assert_int_equal(listen_resolve("127.0.0.1:0", &addresses), OK);
    int listening = listen_open(&addresses.list[0], 16);
    assert_true(listening >= 0);
    struct sockaddr_storage address;
    socklen_t len = sizeof(address);
    assert_int_equal(getsockname(listening, (struct sockaddr *)&address, &len), 0);

    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(client >= 0);
    assert_int_equal(connect(client, (struct sockaddr *)&address, len), 0);
    int flags = SOCK_NONBLOCK | SOCK_CLOEXEC;
    uint64_t end_ms = rig_deadline_ms();
    do {
        fds[0] = accept4(listening, NULL, NULL, flags);
    } while (fds[0] < 0 && errno == EAGAIN && !rig_passed(end_ms));
    assert_true(fds[0] >= 0);
    fds[1] = client;
    close(listening);
}

static size_t on_bytes(struct conn *conn, uint8_t *bytes, size_t len)
{
    struct end *end = conn->user;
    end->reads_count++;
    if (end->on_bytes)
        return end->on_bytes(end, bytes, len);
    buffer_append(&end->got, bytes, len);
    return len;
}

static void on_eof(struct conn *conn)
{
    struct end *end = conn->user;
    end->eofs_count++;
    if (end->on_eof)
        end->on_eof(end);
    else
        conn_finish(conn);
}

static void on_drained(struct conn *conn)
{
    struct end *end = conn->user;
    end->drains_count++;
    assert_null(conn->out_first);
    if (end->on_drained)
        end->on_drained(end);
}

static void on_timer(struct conn *conn)
{
    struct end *end = conn->user;
    end->timers_count++;
    if (end->on_timer)
        end->on_timer(end);
}

static void on_closed(struct conn *conn)
{
    struct end *end = conn->user;
    assert_int_equal(conn->state, CONN_CLOSED);
    assert_int_equal(end->closes_count, 0);
    end->closes_count++;
    end->conn = NULL;
    if (end->on_closed)
        end->on_closed(end);
}

const struct conn_handler rig_handler = {on_bytes, on_eof, on_drained, on_timer, on_closed};

void end_init(struct end *end, struct rig *rig, const int fds[2])
{
    memset(end, 0, sizeof(*end));
    end->rig = rig;
    end->peer = fds[1];
    end->conn = conn_new(&rig->loop, fds[0], NULL, &rig_handler, end);
    assert_non_null(end->conn);
}

void end_release(struct end *end)
{
    assert_null(end->conn);
    end_close_peer(end);
    buffer_release(&end->got);
}

void end_close_peer(struct end *end)
{
    if (end->peer >= 0)
        close(end->peer);
    end->peer = -1;
}

void end_peer_sends(struct end *end, const void *bytes, size_t len)
{
    ssize_t sent = send(end->peer, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
    assert_int_equal(sent, (ssize_t)len);
}

bool end_peer_reads(struct end *end, struct buffer *into)
{
    for (;;) {
        uint8_t *free_bytes = buffer_reserve(into, 65536);
        ssize_t len = recv(end->peer, free_bytes, 65536, MSG_DONTWAIT);
        if (len > 0)
            into->len += (size_t)len;
        else
            return len < 0 && errno == EAGAIN;
    }
}

uint64_t rig_deadline_ms(void)
{
    return clock_mono_ms() + RIG_DEADLINE_MS;
}

bool rig_passed(uint64_t deadline_ms)
{
    return clock_mono_ms() >= deadline_ms;
}

bool rig_gets_quiet(struct rig *rig)
{
    for (uint64_t end_ms = rig_deadline_ms(); !rig_passed(end_ms);) {
        uint64_t begin_ms = clock_mono_ms();
        loop_turn(&rig->loop, 30);
        if (clock_mono_ms() - begin_ms >= 29)
            return true;
    }
    return false;
}

void rig_turns(struct rig *rig, int count)
{
    for (int i = 0; i < count; i++)
        loop_turn(&rig->loop, 0);
}

uint64_t rig_metric(struct rig *rig, enum metric metric)
{
    return metrics_read(&rig->metrics, metric);
}

uint8_t rig_pattern(size_t at)
{
    return (uint8_t)(at * 131 + (at >> 8) * 7 + (at >> 16));
}

void rig_check_pattern(const uint8_t *bytes, size_t len, size_t from)
{
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] != rig_pattern(from + i))
            fail_msg("byte %zu of the stream is wrong", from + i);
    }
}
