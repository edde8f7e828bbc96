#include <stdlib.h>
#include <string.h>

#include "base/mix.h"
#include "base/unicode.h"
#include "store/sqlite_search.h"

/* ---- signatures ---- */

/* These numbers are on disk, as everything here: what is changed needs another form of the database. */
enum { SALT_WORD = 1, SALT_AUTHOR, SALT_VISITOR, SALT_TRAIT };

enum {
    UNSPACED_FIRST = 0x0e00, /* base/unicode.h has no such letter before this one */
    VISITOR_MASK = 0xffff,   /* what a visitor's name shows */
};

static void set(struct search_sign *sign, uint32_t hash)
{
    unsigned slice = (unsigned)((uint64_t)hash * SEARCH_SLICES >> 32);
    sign->words[slice / 64] |= UINT64_C(1) << slice % 64;
}

static void set_two(struct search_sign *sign, uint64_t hash)
{
    set(sign, (uint32_t)hash);
    set(sign, (uint32_t)(hash >> 32));
}

static uint64_t gram(uint32_t a, uint32_t b, uint32_t c)
{
    return mix64(a | (uint64_t)b << 21 | (uint64_t)c << 42);
}

static uint64_t salted(uint64_t value, unsigned salt)
{
    return mix64(mix64(value) + salt);
}

/*
 * Beginnings of words are what is asked for most, and when only one or two characters of them are known, there is
 * nothing else to go by: they have two slices.
 */
static void set_grams(struct search_sign *sign, const uint32_t *chars, size_t left)
{
    bool begins = chars[0] == ' ';
    if (begins && left > 1)
        set_two(sign, gram(' ', chars[1], 0));
    if (left > 2 && begins)
        set_two(sign, gram(' ', chars[1], chars[2]));
    else if (left > 2)
        set(sign, (uint32_t)gram(chars[0], chars[1], chars[2]));
    if (chars[0] < UNSPACED_FIRST || unicode_class_of(chars[0]) != UNICODE_UNSPACED)
        return;
    /* A word of one or two characters is usual there, and may stand in the middle. */
    set_two(sign, gram(chars[0], 0, 0));
    if (left > 1)
        set(sign, (uint32_t)gram(chars[0], chars[1], 0));
}

void search_sign_run(struct search_sign *sign, const uint32_t *chars, size_t count)
{
    uint64_t word = 0;
    bool whole = false; /* the word was seen from its beginning */
    for (size_t i = 0; i < count; i++) {
        set_grams(sign, chars + i, count - i);
        if (chars[i] != ' ') {
            word = mix64(word + chars[i]);
            continue;
        }
        if (whole)
            set_two(sign, salted(word, SALT_WORD));
        whole = true;
        word = 0;
    }
}

void search_sign_author(struct search_sign *sign, uint64_t author, bool visitor)
{
    if (visitor)
        set_two(sign, salted(author & VISITOR_MASK, SALT_VISITOR));
    else
        set_two(sign, salted(author, SALT_AUTHOR));
}

void search_sign_trait(struct search_sign *sign, enum search_trait trait)
{
    set_two(sign, salted(trait, SALT_TRAIT));
}

/* ---- rooms ---- */

void search_rooms_add(struct search_rooms *rooms, unsigned column, uint64_t room)
{
    const unsigned slots_count = 2 * SEARCH_BLOCK;
    unsigned slot = (unsigned)(mix64(room) % slots_count);
    while (rooms->slots[slot] != 0 && rooms->rooms[rooms->slots[slot] - 1] != room)
        slot = (slot + 1) % slots_count;
    if (rooms->slots[slot] == 0) {
        rooms->rooms[rooms->count++] = room;
        rooms->slots[slot] = (uint16_t)rooms->count;
    }
    rooms->of[column] = rooms->slots[slot];
}

/*
 * How many rooms (2 bytes), then each in order (8), then for each message which of them, counted from 1, in 1 byte if they are
 * few enough, otherwise in 2. All numbers are little-endian.
 */
enum { NARROW_MAX = UINT8_MAX, COUNT_BYTES = 2, ROOM_BYTES = 8 };

static uint8_t *put_number(uint8_t *to, uint64_t number, unsigned len)
{
    for (unsigned i = 0; i < len; i++)
        *to++ = (uint8_t)(number >> 8 * i);
    return to;
}

static inline unsigned get_16(const uint8_t *at)
{
    return (unsigned)at[0] | (unsigned)at[1] << 8;
}

static inline uint64_t get_64(const uint8_t *at)
{
    return (uint64_t)get_16(at) | (uint64_t)get_16(at + 2) << 16 | (uint64_t)get_16(at + 4) << 32 |
           (uint64_t)get_16(at + 6) << 48;
}

static int room_order(const void *a, const void *b)
{
    const uint64_t *first = a, *second = b;
    return (*first > *second) - (*first < *second);
}

size_t search_rooms_write(const struct search_rooms *rooms, uint8_t bytes[SEARCH_ROOMS_BYTES_MAX])
{
    uint64_t sorted[SEARCH_BLOCK];
    uint16_t places[SEARCH_BLOCK + 1] = {0};
    unsigned width = rooms->count <= NARROW_MAX ? 1 : 2;
    uint8_t *to = put_number(bytes, rooms->count, COUNT_BYTES);
    memcpy(sorted, rooms->rooms, rooms->count * sizeof(sorted[0]));
    qsort(sorted, rooms->count, sizeof(sorted[0]), room_order);
    for (unsigned i = 0; i < rooms->count; i++) {
        const uint64_t *room =
            bsearch(&rooms->rooms[i], sorted, rooms->count, sizeof(sorted[0]), room_order);
        places[i + 1] = (uint16_t)(room - sorted + 1);
        to = put_number(to, sorted[i], ROOM_BYTES);
    }
    for (unsigned i = 0; i < SEARCH_BLOCK; i++)
        to = put_number(to, places[rooms->of[i]], width);
    return (size_t)(to - bytes);
}

/* The bytes after the rooms, made a slice. */
static void select_narrow(const uint8_t *of, const uint8_t *selected,
                          uint8_t slice[SEARCH_SLICE_BYTES])
{
    for (unsigned i = 0; i < SEARCH_SLICE_BYTES; i++, of += 8) {
        unsigned bits = 0;
        for (unsigned bit = 0; bit < 8; bit++)
            bits |= (unsigned)selected[of[bit]] << bit;
        slice[i] = (uint8_t)bits;
    }
}

static void select_wide(const uint8_t *of, const uint8_t *selected,
                        uint8_t slice[SEARCH_SLICE_BYTES])
{
    memset(slice, 0, SEARCH_SLICE_BYTES);
    for (unsigned i = 0; i < SEARCH_BLOCK; i++, of += 2) {
        unsigned which = get_16(of);
        if (which <= SEARCH_BLOCK)
            slice[i / 8] |= (uint8_t)(selected[which] << i % 8);
    }
}

bool search_rooms_select(struct slice kept, const uint64_t *wanted, size_t count,
                         uint8_t ret_slice[SEARCH_SLICE_BYTES])
{
    uint8_t selected[SEARCH_BLOCK + 1] = {0};
    bool any = false;
    if (kept.len < COUNT_BYTES)
        return false;
    size_t rooms = get_16(kept.ptr);
    unsigned width = rooms <= NARROW_MAX ? 1 : 2;
    const uint8_t *at = kept.ptr + COUNT_BYTES;
    if (rooms > SEARCH_BLOCK ||
        kept.len != COUNT_BYTES + rooms * ROOM_BYTES + (size_t)SEARCH_BLOCK * width)
        return false;
    for (size_t i = 1, next = 0; i <= rooms; i++, at += ROOM_BYTES) {
        uint64_t room = get_64(at);
        while (next < count && wanted[next] < room)
            next++;
        selected[i] = next < count && wanted[next] == room;
        any |= selected[i];
    }
    if (any && width == 1)
        select_narrow(at, selected, ret_slice);
    else if (any)
        select_wide(at, selected, ret_slice);
    return any;
}
