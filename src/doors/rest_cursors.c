#include "doors/rest_cursors.h"

#include "base/error.h"
#include "doors/room_id.h"

enum { SEQ_DIGITS_MAX = 16 };

static bool read_seq(struct slice text, uint64_t *ret_seq)
{
    uint64_t seq = 0;
    if (text.len == 0 || text.len > SEQ_DIGITS_MAX || (text.ptr[0] == '0' && text.len > 1))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
        seq = seq * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    *ret_seq = seq;
    return true;
}

static bool read_cursor(struct slice text, struct cursor *ret_cursor)
{
    const uint8_t *colon = text.len > 0 ? memchr(text.ptr, ':', text.len) : NULL;
    if (!colon)
        return false;
    size_t id_len = (size_t)(colon - text.ptr);
    *ret_cursor = (struct cursor){0};
    return room_id_parse(slice_of(text.ptr, id_len), &ret_cursor->room) &&
           read_seq(slice_of(colon + 1, text.len - id_len - 1), &ret_cursor->seq);
}

static bool has(const struct cursor *cursors, size_t count, uint64_t room)
{
    for (size_t i = 0; i < count; i++) {
        if (cursors[i].room == room)
            return true;
    }
    return false;
}

int rest_cursors_parse(struct slice list, struct cursor *ret_cursors, size_t max)
{
    size_t count = 0;
    bool more = list.len > 0;
    while (more) {
        struct cursor cursor;
        const uint8_t *comma = list.len > 0 ? memchr(list.ptr, ',', list.len) : NULL;
        size_t len = comma ? (size_t)(comma - list.ptr) : list.len;
        if (!read_cursor(slice_of(list.ptr, len), &cursor) || has(ret_cursors, count, cursor.room))
            return ERR_PROTOCOL;
        if (count == max)
            return ERR_LIMIT;
        ret_cursors[count++] = cursor;
        more = comma != NULL;
        if (more)
            list = slice_of(comma + 1, list.len - len - 1);
    }
    return (int)count;
}
