#include "chat/room_settings.h"

#include <string.h>

#include "base/buffer.h"
#include "chat/store.h"
#include "chat/welcome.h"

/* ---- writing ---- */

/* A direct room stays one, and no other becomes one. */
static const char *const kind_words[ROOM_KIND_END] = {
    [ROOM_PUBLIC] = "public",
    [ROOM_PRIVATE] = "private",
    [ROOM_ANNOUNCEMENT] = "announcement",
};

static void write_word(struct buffer *out, size_t start, const char *key, unsigned value)
{
    buffer_printf(out, "%s%s=%u", out->len > start ? " " : "", key, value);
}

void room_change_write(const struct room_change *change, struct buffer *out)
{
    size_t start = out->len;
    if (change->has_kind && change->kind < ROOM_KIND_END && kind_words[change->kind])
        buffer_printf(out, "kind=%s", kind_words[change->kind]);
    if (change->has_guests)
        write_word(out, start, "guests", change->guests);
    if (change->has_default)
        write_word(out, start, "default", change->is_default);
    if (change->has_archived)
        write_word(out, start, "archived", change->archived);
    if (change->has_slow)
        write_word(out, start, "slow_ms", change->slow_ms);
    if (change->has_retention)
        write_word(out, start, "retention_days", change->retention_days);
}

/* ---- reading ---- */

/* Takes the next word off the front, without the spaces around it. false: there is none. */
static bool next_word(struct slice *rest, struct slice *ret_word)
{
    size_t from = 0, to;
    while (from < rest->len && rest->ptr[from] == ' ')
        from++;
    for (to = from; to < rest->len && rest->ptr[to] != ' ';)
        to++;
    if (from == to)
        return false;
    *ret_word = slice_of(rest->ptr + from, to - from);
    *rest = slice_of(rest->ptr + to, rest->len - to);
    return true;
}

/* Digits only, up to max. */
static bool read_number(struct slice digits, uint32_t max, uint32_t *ret_number)
{
    uint64_t number = 0;
    if (digits.len == 0)
        return false;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9')
            return false;
        number = number * 10 + (digits.ptr[i] - '0');
        if (number > max)
            return false;
    }
    *ret_number = (uint32_t)number;
    return true;
}

static void read_flag(struct slice value, bool *ret_has, bool *ret_flag)
{
    uint32_t number;
    if (!read_number(value, 1, &number))
        return;
    *ret_has = true;
    *ret_flag = number == 1;
}

static void read_kind(struct slice value, struct room_change *change)
{
    for (unsigned kind = 0; kind < ROOM_KIND_END; kind++) {
        if (kind_words[kind] && slice_is(value, kind_words[kind])) {
            change->has_kind = true;
            change->kind = (uint8_t)kind;
        }
    }
}

static void read_word(struct slice key, struct slice value, struct room_change *change)
{
    if (slice_is(key, "kind"))
        read_kind(value, change);
    else if (slice_is(key, "guests"))
        read_flag(value, &change->has_guests, &change->guests);
    else if (slice_is(key, "default"))
        read_flag(value, &change->has_default, &change->is_default);
    else if (slice_is(key, "archived"))
        read_flag(value, &change->has_archived, &change->archived);
    else if (slice_is(key, "slow_ms"))
        change->has_slow |= read_number(value, SLOW_MS_MAX, &change->slow_ms);
    else if (slice_is(key, "retention_days"))
        change->has_retention |= read_number(value, RETENTION_DAYS_MAX, &change->retention_days);
}

void room_change_read(struct slice body, struct room_change *ret_change)
{
    struct slice word;
    *ret_change = (struct room_change){0};
    while (next_word(&body, &word)) {
        const uint8_t *equals = memchr(word.ptr, '=', word.len);
        if (!equals)
            continue;
        size_t key_len = (size_t)(equals - word.ptr);
        read_word(slice_of(word.ptr, key_len), slice_of(equals + 1, word.len - key_len - 1),
                  ret_change);
    }
}

/* ---- what it means for a room ---- */

bool room_change_reduce(struct room_change *change, const struct room_record *room)
{
    change->has_kind = change->has_kind && change->kind != room->kind;
    change->has_guests = change->has_guests && change->guests != !!(room->flags & ROOM_FLAG_GUESTS);
    change->has_default =
        change->has_default && change->is_default != !!(room->flags & ROOM_FLAG_DEFAULT);
    change->has_archived =
        change->has_archived && change->archived != !!(room->flags & ROOM_FLAG_ARCHIVED);
    change->has_slow = change->has_slow && change->slow_ms != room->slow_ms;
    change->has_retention = change->has_retention && change->retention_days != room->retention_days;
    return change->has_kind || change->has_guests || change->has_default || change->has_archived ||
           change->has_slow || change->has_retention;
}

static void set_flag(uint32_t *flags, uint32_t flag, bool on)
{
    *flags = on ? *flags | flag : *flags & ~flag;
}

void room_change_apply(const struct room_change *change, struct room_record *room)
{
    if (change->has_kind)
        room->kind = change->kind;
    if (change->has_guests)
        set_flag(&room->flags, ROOM_FLAG_GUESTS, change->guests);
    if (change->has_default)
        set_flag(&room->flags, ROOM_FLAG_DEFAULT, change->is_default);
    if (change->has_archived)
        set_flag(&room->flags, ROOM_FLAG_ARCHIVED, change->archived);
    if (change->has_slow)
        room->slow_ms = change->slow_ms;
    if (change->has_retention)
        room->retention_days = change->retention_days;
}
