#include "frame.h"

#include <string.h>

#include "base/assert.h"
#include "chat/welcome.h"

static uint8_t filler(uint64_t number, size_t at)
{
    return (uint8_t)('a' + (number * 31 + at * 7 + (at >> 8)) % 26);
}

void text_write(uint64_t number, size_t len, uint8_t *ret_text)
{
    static const char digits[] = "0123456789abcdef";
    ASSERT(len >= TEXT_BYTES_MIN);
    for (size_t i = 0; i < TEXT_BYTES_MIN; i++)
        ret_text[i] = (uint8_t)digits[number >> (60 - 4 * i) & 15];
    for (size_t i = TEXT_BYTES_MIN; i < len; i++)
        ret_text[i] = filler(number, i);
}

bool text_read(struct slice text, uint64_t *ret_number)
{
    uint64_t number = 0;
    if (text.len > 0 && text.len < TEXT_BYTES_MIN)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.ptr[i];
        if (i >= TEXT_BYTES_MIN) {
            if (byte != filler(number, i))
                return false;
        } else if (byte >= '0' && byte <= '9') {
            number = number << 4 | (uint64_t)(byte - '0');
        } else if (byte >= 'a' && byte <= 'f') {
            number = number << 4 | (uint64_t)(byte - 'a' + 10);
        } else {
            return false;
        }
    }
    *ret_number = number;
    return true;
}

/* Splitmix64's last step (Steele, Lea, Flood 2014): spreads bits. */
uint64_t reaction_hash(uint64_t person, uint64_t emoji)
{
    uint64_t z = person * 8 + emoji + 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

void frame_append(struct buffer *out, struct frame *frame, struct slice tail)
{
    frame->len = (uint32_t)(sizeof(*frame) + tail.len);
    buffer_append(out, frame, sizeof(*frame));
    if (tail.len > 0)
        buffer_append(out, tail.ptr, tail.len);
}

static bool is_shown(const struct event *event, bool simple)
{
    if (simple)
        return event->kind == EVENT_MESSAGE ||
               ((event->kind == EVENT_CAME || event->kind == EVENT_WENT) && event->moved);
    return true;
}

void frame_encode(const struct event *event, bool simple, struct buffer *out)
{
    if (!is_shown(event, simple))
        return;
    struct frame frame = {
        .kind = event->kind,
        .room = event->room,
        .seq = event->seq,
        .mid = event->mid,
        .author = event->person,
        .target = event->target,
        .reply_to = event->reply_to,
    };
    /* What a room is set to is said in words. */
    struct slice body = event->kind == EVENT_SETTINGS ? slice_of(NULL, 0) : event->message.body;
    struct slice tail = {0};
    if (event->deleted)
        frame.flags |= FRAME_DELETED;
    if (event->visitor)
        frame.flags |= FRAME_VISITOR;
    if (event_kind_is_kept(event->kind)) {
        /* A damaged text keeps its damage: the number then says that there is none. */
        if (!text_read(body, &frame.number))
            frame.number = UINT64_MAX;
        tail = body;
    } else {
        frame.seq = 0;
        frame.reply_to = event->people;
        frame.number = event->visitors;
    }
    frame_append(out, &frame, tail);
}
