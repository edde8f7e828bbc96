#include "chat/search_text.h"

#include <string.h>

#include "base/memory.h"
#include "base/unicode.h"
#include "base/utf8.h"

static void grow(struct search_text *text, size_t cap)
{
    if (cap <= text->cap)
        return;
    text->chars = mem_realloc(text->chars, cap * sizeof(text->chars[0]));
    text->from = mem_realloc(text->from, cap * sizeof(text->from[0]));
    text->cap = cap;
}

static void put(struct search_text *text, uint32_t character, size_t from)
{
    text->chars[text->count] = character;
    text->from[text->count++] = (uint32_t)from;
}

/* UNICODE_SPACE: a space stands last already. */
static enum unicode_class part(struct search_text *text, enum unicode_class last, size_t from)
{
    if (last != UNICODE_SPACE)
        put(text, ' ', from);
    return UNICODE_SPACE;
}

void search_text_fold(struct search_text *text, struct slice source)
{
    enum unicode_class last = UNICODE_SPACE;
    if (source.len > SEARCH_TEXT_BYTES_MAX)
        source.len = SEARCH_TEXT_BYTES_MAX;
    grow(text, search_text_count_max(source.len));
    text->count = 0;
    put(text, ' ', 0);
    for (size_t at = 0; at < source.len;) {
        uint32_t character = source.ptr[at];
        int len = 1;
        if (character >= 0x80) {
            len = utf8_decode(slice_of(source.ptr + at, source.len - at), &character);
            if (len < 0) {
                len = 1;
                character = ' ';
            }
        }
        enum unicode_class class_is = unicode_class_of(character);
        if (class_is == UNICODE_SPACE) {
            last = part(text, last, at);
        } else if (class_is != UNICODE_NOTHING) {
            if (class_is != last || class_is == UNICODE_SYMBOL)
                part(text, last, at);
            put(text, unicode_fold(character), at);
            last = class_is;
        }
        at += (size_t)len;
    }
    part(text, last, source.len);
}

void search_text_release(struct search_text *text)
{
    mem_free(text->chars);
    mem_free(text->from);
    *text = (struct search_text){0};
}

/* memmem takes time in proportion to the text, whatever is looked for. */
bool search_text_find(const struct search_text *text, const uint32_t *chars, size_t count,
                      size_t start, size_t *ret_at)
{
    const size_t size = sizeof(chars[0]);
    const uint8_t *base = (const uint8_t *)text->chars;
    size_t end = text->count * size, at = start * size;
    while (at < end) {
        const uint8_t *found = memmem(base + at, end - at, chars, count * size);
        if (!found)
            return false;
        at = (size_t)(found - base);
        if (at % size == 0) {
            *ret_at = at / size;
            return true;
        }
        at++; /* between two numbers */
    }
    return false;
}
