#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

#include "base/assert.h"
#include "base/error.h"
#include "base/memory.h"
#include "net/conn.h"
#include "net/conn_private.h"

/*
 * The private queue of a connection, and every send. What is broadcast is never copied into the
 * queue; it passes behind it, straight from the rings, in loop_flush.
 */

enum {
    PIECE_BYTES = 504, /* of a piece that gathers small writes, with its head: 512 for malloc(3) */
    SHARE_BYTES = 256, /* a blob up to this is copied: cheaper than a piece and a reference */
    IOVECS_COUNT = 64, /* most pieces that one call sends */
    SEND_FLAGS = MSG_DONTWAIT | MSG_NOSIGNAL,
};

/* --- queueing --------------------------------------------------------------------------------- */

static struct conn_piece *piece_add(struct conn *conn, size_t cap)
{
    struct conn_piece *piece = mem_alloc(sizeof(*piece) + cap);
    *piece = (struct conn_piece){.ptr = piece->bytes, .cap = cap, .fd = -1};
    if (conn->out_last)
        conn->out_last->next = piece;
    else
        conn->out_first = piece;
    conn->out_last = piece;
    return piece;
}

static void piece_free(struct conn_piece *piece)
{
    blob_unref(piece->blob);
    mem_free(piece);
}

static void drop_conn(struct conn *conn)
{
    conn->close_metric = METRIC_DROPPED_QUEUE;
    conn_close(conn);
}

static bool over_too_long(const struct conn *conn)
{
    return (uint32_t)conn->loop->now_ms - conn->out_over_ms >= conn->loop->limits.queue_ms;
}

/* From here on it must come under the soft limit within queue_ms. */
static void begin_over(struct conn *conn)
{
    struct loop *loop = conn->loop;
    uint32_t now_ms = (uint32_t)loop->now_ms;
    conn->out_over_ms = now_ms ? now_ms : UINT32_MAX;
    if (!conn->in_over) {
        conn->in_over = true;
        conn->next_over = loop->over;
        loop->over = conn;
    }
    if (!timer_is_set(&loop->over_timer))
        timer_set(&loop->timers, &loop->over_timer, loop->limits.queue_ms);
}

void conn_over_fired(struct timer *timer)
{
    struct loop *loop = (struct loop *)((char *)timer - offsetof(struct loop, over_timer));
    uint32_t next_ms = loop->limits.queue_ms;
    for (struct conn **at = &loop->over; *at;) {
        struct conn *conn = *at;
        bool over = conn->state != CONN_CLOSED && conn->out_over_ms != 0;
        if (over && !over_too_long(conn)) {
            uint32_t left_ms = loop->limits.queue_ms - ((uint32_t)loop->now_ms - conn->out_over_ms);
            if (left_ms < next_ms)
                next_ms = left_ms;
            at = &conn->next_over;
            continue;
        }
        *at = conn->next_over;
        conn->in_over = false;
        if (over)
            drop_conn(conn);
    }
    if (loop->over)
        timer_set(&loop->timers, timer, next_ms);
}

void conn_mark_dirty(struct conn *conn)
{
    if (conn->in_dirty)
        return;
    conn->in_dirty = true;
    conn->next_dirty = conn->loop->dirty;
    conn->loop->dirty = conn;
}

/* Whether len more bytes of memory may be queued. */
static int admit(struct conn *conn, size_t len)
{
    if (conn->state != CONN_OPEN)
        return ERR_EOF;
    if (conn->self_limited)
        return OK;
    bool too_much = len > conn->loop->limits.queue_bytes_hard - conn->out_bytes;
    if (too_much || (conn->out_over_ms && over_too_long(conn))) {
        drop_conn(conn);
        return ERR_LIMIT;
    }
    return OK;
}

static void queued(struct conn *conn, size_t len)
{
    conn->out_bytes += (uint32_t)len;
    if (!conn->self_limited && !conn->out_over_ms &&
        conn->out_bytes > conn->loop->limits.queue_bytes_soft)
        begin_over(conn);
    if (!conn->blocked)
        conn_mark_dirty(conn);
}

/* Fills what is free in the last piece; returns how many bytes went there. */
static size_t fill_last(struct conn *conn, const uint8_t *bytes, size_t len)
{
    struct conn_piece *last = conn->out_last;
    if (!last || last->cap == 0)
        return 0;
    size_t used = (size_t)(last->ptr - last->bytes) + last->len;
    size_t room = last->cap - used;
    if (len > room)
        len = room;
    memcpy(last->bytes + used, bytes, len);
    last->len += len;
    return len;
}

int conn_write(struct conn *conn, const void *bytes, size_t len)
{
    int error = admit(conn, len);
    if (error || len == 0)
        return error;
    size_t filled = fill_last(conn, bytes, len);
    size_t left = len - filled;
    if (left > 0) {
        size_t small = PIECE_BYTES - sizeof(struct conn_piece);
        struct conn_piece *piece = piece_add(conn, left > small ? left : small);
        memcpy(piece->bytes, (const uint8_t *)bytes + filled, left);
        piece->len = left;
    }
    queued(conn, len);
    return OK;
}

int conn_write_static(struct conn *conn, struct slice bytes)
{
    int error = admit(conn, 0);
    if (error || bytes.len == 0)
        return error;
    struct conn_piece *piece = piece_add(conn, 0);
    piece->ptr = bytes.ptr;
    piece->len = bytes.len;
    queued(conn, 0);
    return OK;
}

int conn_write_blob(struct conn *conn, struct blob *blob)
{
    if (blob->len <= SHARE_BYTES)
        return conn_write(conn, blob->bytes, blob->len);
    int error = admit(conn, blob->len);
    if (error)
        return error;
    struct conn_piece *piece = piece_add(conn, 0);
    piece->blob = blob_ref(blob);
    piece->ptr = blob->bytes;
    piece->len = blob->len;
    queued(conn, blob->len);
    return OK;
}

int conn_write_file(struct conn *conn, int fd, uint64_t offset, size_t len)
{
    int error = admit(conn, 0);
    if (error || len == 0)
        return error;
    struct conn_piece *piece = piece_add(conn, 0);
    piece->ptr = NULL;
    piece->fd = fd;
    piece->offset = (int64_t)offset;
    piece->len = len;
    queued(conn, 0);
    return OK;
}

bool conn_has_queued(const struct conn *conn)
{
    return conn->out_first != NULL;
}

/* The kernel has taken len bytes of the queue. */
static void queue_drop(struct conn *conn, size_t len)
{
    while (len > 0) {
        struct conn_piece *piece = conn->out_first;
        ASSERT(piece);
        size_t taken = len < piece->len ? len : piece->len;
        if (piece->blob || piece->cap > 0)
            conn->out_bytes -= (uint32_t)taken;
        if (piece->fd < 0)
            piece->ptr += taken;
        else
            piece->offset += (int64_t)taken;
        piece->len -= taken;
        len -= taken;
        if (piece->len > 0)
            break;
        conn->out_first = piece->next;
        if (!conn->out_first)
            conn->out_last = NULL;
        piece_free(piece);
    }
    if (conn->out_bytes <= conn->loop->limits.queue_bytes_soft)
        conn->out_over_ms = 0;
}

void conn_queue_release(struct conn *conn)
{
    while (conn->out_first) {
        struct conn_piece *piece = conn->out_first;
        conn->out_first = piece->next;
        piece_free(piece);
    }
    conn->out_last = NULL;
    conn->out_bytes = 0;
}

/* --- sending ---------------------------------------------------------------------------------- */

void conn_count_sent(struct loop *loop, const struct conn_sent *sent)
{
    metrics_add(loop->metrics, METRIC_SENDS, (int64_t)sent->calls);
    metrics_add(loop->metrics, METRIC_BYTES_OUT, (int64_t)sent->bytes);
}

/* What the kernel has answered to a send of total bytes. Less than total: the connection is blocked. -1: it is closed. */
static ssize_t count_sent(struct conn *conn, ssize_t taken, size_t total, struct conn_sent *sent)
{
    sent->calls++;
    if (taken < 0) {
        if (!conn_error_passes(errno)) {
            conn_lost(conn);
            return -1;
        }
        taken = 0;
    }
    sent->bytes += (uint64_t)taken;
    if ((size_t)taken < total) {
        conn_block(conn);
        if (conn->state == CONN_CLOSED)
            return -1;
    }
    return taken;
}

/* One system call. */
static ssize_t send_once(struct conn *conn, struct iovec *iov, size_t count, size_t total,
                         int more_flag, struct conn_sent *sent)
{
    ssize_t taken;
    if (count == 1) {
        taken = send(conn->fd, iov->iov_base, iov->iov_len, SEND_FLAGS | more_flag);
    } else {
        struct msghdr message = {.msg_iov = iov, .msg_iovlen = count};
        taken = sendmsg(conn->fd, &message, SEND_FLAGS | more_flag);
    }
    return count_sent(conn, taken, total, sent);
}

/* The first piece is of a file. */
static ssize_t send_file_once(struct conn *conn, struct conn_sent *sent)
{
    const struct conn_piece *piece = conn->out_first;
    off_t offset = piece->offset;
    ssize_t taken = sendfile(conn->fd, piece->fd, &offset, piece->len);
    if (taken == 0) {
        conn_lost(conn); /* the file has become shorter: what was promised cannot come */
        return -1;
    }
    return count_sent(conn, taken, piece->len, sent);
}

/* Describes the first pieces of the queue, at most max and up to a file; *ret_whole says whether these are all. */
static size_t describe_queue(const struct conn *conn, struct iovec *iov, size_t max,
                             size_t *ret_total, bool *ret_whole)
{
    const struct conn_piece *piece = conn->out_first;
    size_t count = 0;
    size_t total = 0;
    for (; piece && piece->fd < 0 && count < max; piece = piece->next) {
        iov[count++] = (struct iovec){(void *)(uintptr_t)piece->ptr, piece->len};
        total += piece->len;
    }
    *ret_total = total;
    *ret_whole = !piece;
    return count;
}

/* One system call for the first pieces of the queue. */
static ssize_t send_first(struct conn *conn, struct conn_sent *sent)
{
    struct iovec iov[IOVECS_COUNT];
    size_t total;
    bool whole;
    if (conn->out_first->fd >= 0)
        return send_file_once(conn, sent);
    size_t count = describe_queue(conn, iov, IOVECS_COUNT, &total, &whole);
    /* More follows at once: the kernel need not send a short segment before it. */
    return send_once(conn, iov, count, total, whole ? 0 : MSG_MORE, sent);
}

bool conn_send_queue(struct conn *conn, struct conn_sent *sent)
{
    bool moved = false;
    while (conn->out_first && !conn->blocked && conn->state != CONN_CLOSED) {
        ssize_t taken = send_first(conn, sent);
        if (taken > 0) {
            moved = true;
            queue_drop(conn, (size_t)taken);
        }
    }
    return moved;
}

static int64_t send_ranges(struct conn *conn, struct iovec *ranges, size_t count,
                           struct conn_sent *sent)
{
    int64_t taken = 0;
    while (count > 0) {
        size_t some = count < IOV_MAX ? count : IOV_MAX;
        size_t total = 0;
        for (size_t i = 0; i < some; i++)
            total += ranges[i].iov_len;
        ssize_t now = send_once(conn, ranges, some, total, 0, sent);
        if (now < 0)
            return -1;
        taken += now;
        if ((size_t)now < total)
            break;
        ranges += some;
        count -= some;
    }
    return taken;
}

/* A member with something private to say first, or with more than one range. */
static int64_t send_entry(struct conn *conn, struct iovec *ranges, size_t count,
                          struct conn_sent *sent)
{
    if (conn->out_first && count < IOVECS_COUNT) {
        struct iovec iov[IOVECS_COUNT];
        size_t private_len;
        bool whole;
        size_t pieces = describe_queue(conn, iov, IOVECS_COUNT - count, &private_len, &whole);
        if (whole) {
            size_t total = private_len;
            for (size_t i = 0; i < count; i++) {
                iov[pieces + i] = ranges[i];
                total += ranges[i].iov_len;
            }
            ssize_t taken = send_once(conn, iov, pieces + count, total, 0, sent);
            if (taken < 0)
                return -1;
            size_t of_queue = (size_t)taken < private_len ? (size_t)taken : private_len;
            queue_drop(conn, of_queue);
            return taken - (int64_t)of_queue;
        }
    }
    conn_send_queue(conn, sent);
    if (conn->state == CONN_CLOSED)
        return -1;
    return conn->blocked ? 0 : send_ranges(conn, ranges, count, sent);
}

void loop_flush(struct loop *loop, struct flush *flush)
{
    struct conn_sent sent = {0};
    struct flush_entry *entry = flush->entries;
    struct flush_entry *end = entry + flush->entries_count;
    for (; entry < end; entry++) {
        struct conn *conn = entry->link;
        if (entry + 1 < end)
            __builtin_prefetch(entry[1].link);
        if (conn->state != CONN_OPEN) {
            entry->taken = -1;
        } else if (conn->blocked) {
            entry->taken = 0;
        } else if (!conn->out_first && entry->count == 1) {
            struct iovec *range = &flush->ranges[entry->first];
            entry->taken = send_once(conn, range, 1, range->iov_len, 0, &sent);
        } else {
            entry->taken = send_entry(conn, &flush->ranges[entry->first], entry->count, &sent);
        }
    }
    conn_count_sent(loop, &sent);
}
