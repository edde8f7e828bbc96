#include "screen.h"

#include <string.h>

struct head {
    uint32_t len;
    uint8_t kind;
    uint64_t seq, author, number;
};

static uint8_t filler(uint64_t seq, size_t at)
{
    return (uint8_t)(seq * 31 + at * 7 + (at >> 8));
}

void screen_encode(void *ctx, const struct event *event, struct buffer *out)
{
    (void)ctx;
    bool post = event->kind == EVENT_POST;
    if (!post && !event->shown)
        return;
    /* The body of a post is the author's own number and says how long the message is. */
    uint64_t number = 0;
    size_t filler_len = 0;
    if (post) {
        memcpy(&number, event->message.body.ptr, sizeof(number));
        filler_len = event->message.body.len - sizeof(number);
    }
    uint32_t len = (uint32_t)(SCREEN_HEAD_BYTES - sizeof(len) + filler_len);
    buffer_append(out, &len, sizeof(len));
    buffer_append_byte(out, event->kind);
    buffer_append(out, &event->seq, sizeof(event->seq));
    buffer_append(out, &event->client, sizeof(event->client));
    buffer_append(out, &number, sizeof(number));
    for (size_t i = 0; i < filler_len; i++)
        buffer_append_byte(out, filler(event->seq, i));
}

static void check_post(struct screen *screen, const struct head *head, const uint8_t *body,
                       size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (body[i] != filler(head->seq, i))
            screen->broken = "a message is damaged";
    }
    if (screen->last_seq == 0)
        screen->first_seq = head->seq;
    else if (head->seq <= screen->last_seq)
        screen->broken = "a message came twice or out of order";
    else if (head->seq != screen->last_seq + 1)
        screen->broken = "a message is missing";
    screen->last_seq = head->seq;
}

static void take_frame(struct screen *screen, const uint8_t *bytes, size_t len)
{
    struct head head;
    head.kind = bytes[4];
    memcpy(&head.seq, bytes + 5, 8);
    memcpy(&head.author, bytes + 13, 8);
    memcpy(&head.number, bytes + 21, 8);
    if (screen->frames == 0 && screen->wants_join_first && head.kind != EVENT_JOIN)
        screen->broken = "the first frame is not the notice of joining";
    screen->frames++;
    if (head.kind == EVENT_POST)
        check_post(screen, &head, bytes + SCREEN_HEAD_BYTES, len - SCREEN_HEAD_BYTES);
    else if (head.kind > EVENT_DRAIN || len != SCREEN_HEAD_BYTES)
        screen->broken = "a frame is damaged";
}

void screen_receive(struct screen *screen, const uint8_t *bytes, size_t len)
{
    struct buffer *partial = &screen->partial;
    buffer_append(partial, bytes, len);
    size_t at = 0;
    while (!screen->broken && partial->len - at >= sizeof(uint32_t)) {
        uint32_t frame_len;
        memcpy(&frame_len, partial->ptr + at, sizeof(frame_len));
        size_t whole = sizeof(frame_len) + frame_len;
        if (whole < SCREEN_HEAD_BYTES || whole > 1 << 20) {
            screen->broken = "where a frame should begin there is none";
            break;
        }
        if (partial->len - at < whole)
            break;
        take_frame(screen, partial->ptr + at, whole);
        at += whole;
    }
    buffer_drop_front(partial, at);
}

void screen_release(struct screen *screen)
{
    buffer_release(&screen->partial);
}
