/*
 * What the server sends, checked at the speed of memcmp.
 *
 * The fast way: bytes that continue the reference where this client stands in it are right, whole
 * frames or not. Everything else (the first sight of a message, a notice, a ping) goes the slow
 * way, frame by frame. A frame that began on the fast way and turns out to be another is put
 * together again from the reference: the bytes that agreed are there.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"

/* The client has the whole of the reference frame that it was waiting for. */
static inline void deliver(struct load *l, struct conn *c)
{
    struct ref_frame *frame = ref_frame_at(&l->ref, c->frame);
    hist_record(&l->latency, l->now_ns - frame->planned_ns);
    if (++frame->seen == l->opts.clients)
        hist_record(&l->last, l->now_ns - frame->planned_ns);
    c->frame++;
    l->delivered++;
    if ((int32_t)frame->sender == c->sender)
        run_own_returned(l, c);
}

static void message(struct load *l, struct conn *c, const uint8_t *frame, size_t frame_len,
                    size_t head_len)
{
    struct ref *ref = &l->ref;
    if (c->frame == ref->count) {
        struct ref_frame what = payload_check(l, frame + head_len, frame_len - head_len);
        ref_append(ref, frame, frame_len, what);
    } else {
        uint64_t start = ref_frame_start(ref, c->frame);
        uint64_t len = ref_frame_at(ref, c->frame)->end - start;
        if (len != frame_len || memcmp(ref_at(ref, start), frame, frame_len) != 0)
            die("order: client %td has another message at place %" PRIu64 " than the others",
                c - l->conns, c->frame);
    }
    c->pos = ref_frame_at(ref, c->frame)->end;
    deliver(l, c);
}

/* Takes one frame from `p`; returns its length, or 0 while it is incomplete. */
static size_t take_frame(struct load *l, struct conn *c, const uint8_t *p, size_t n)
{
    struct ws_view view;
    if (!ws_client_view(p, n, FRAME_BYTES_MAX, &view))
        return 0;
    switch (view.first) {
    case WS_TEXT:
        if (payload_is_ours(view.payload, view.len))
            message(l, c, p, view.size, view.size - view.len);
        else
            l->ignored++;
        break;
    case WS_CLOSE:
        die("the server closed client %td with code %d", c - l->conns, ws_client_close_code(&view));
    case WS_PING:
        conn_send_frame(l, c, WS_PONG, view.payload, view.len);
        break;
    case WS_BINARY:
    case WS_PONG:
        l->ignored++;
        break;
    default:
        die("the server sent a frame that starts with %02x", view.first);
    }
    return view.size;
}

static void slow_way(struct load *l, struct conn *c, const uint8_t *p, size_t n)
{
    uint64_t start = ref_frame_start(&l->ref, c->frame);
    if (c->part_len == 0 && c->pos > start)
        conn_keep_part(c, ref_at(&l->ref, start), c->pos - start);
    c->pos = start;

    bool kept = c->part_len != 0;
    if (kept) {
        conn_keep_part(c, p, n);
        p = c->part;
        n = c->part_len;
    }
    size_t used = 0, frame_len;
    while ((frame_len = take_frame(l, c, p + used, n - used)) != 0)
        used += frame_len;

    if (kept) {
        memmove(c->part, c->part + used, n - used);
        c->part_len = n - used;
    } else if (used < n) {
        conn_keep_part(c, p + used, n - used);
    }
    if (c->part_len == 0 && c->part_cap > READ_BYTES) {
        free(c->part);
        c->part = NULL;
        c->part_cap = 0;
    }
}

void recv_bytes(struct load *l, struct conn *c, const uint8_t *p, size_t n)
{
    struct ref *ref = &l->ref;
    if (ref->end - c->pos > REF_BYTES - 2 * FRAME_BYTES_MAX || ref->count - c->frame >= REF_FRAMES)
        die("client %td is too far behind the others to be compared", c - l->conns);

    uint64_t before = l->delivered;
    if (c->part_len == 0) {
        uint64_t known = ref->end - c->pos;
        size_t same = n < known ? n : (size_t)known;
        if (same != 0 && memcmp(p, ref_at(ref, c->pos), same) == 0) {
            c->pos += same;
            while (c->frame < ref->count && ref_frame_at(ref, c->frame)->end <= c->pos)
                deliver(l, c);
            p += same;
            n -= same;
        }
    }
    if (n != 0)
        slow_way(l, c, p, n);
    if (l->delivered != before)
        l->last_delivery_ns = l->now_ns;
}
