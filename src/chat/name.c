#include "chat/name.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/utf8.h"

static bool is_space(uint32_t c)
{
    return c == ' ' || c == '\t' || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) ||
           c == 0x202f || c == 0x205f || c == 0x3000;
}

/*
 * Controls, line separators, marks of direction, and what is not seen (Unicode's Default_Ignorable_Code_Point, Hangul
 * fillers, the blank of Braille): they serve to imitate somebody else. See UTR 36 and UTS 39.
 */
static const struct {
    uint32_t first, last;
} refused[] = {
    {0x0000, 0x001f}, {0x007f, 0x009f},   {0x00ad, 0x00ad},   {0x034f, 0x034f}, {0x061c, 0x061c},
    {0x115f, 0x1160}, {0x17b4, 0x17b5},   {0x180b, 0x180f},   {0x200b, 0x200f}, {0x2028, 0x202e},
    {0x2060, 0x206f}, {0x2800, 0x2800},   {0x3164, 0x3164},   {0xfeff, 0xfeff}, {0xffa0, 0xffa0},
    {0xfff9, 0xfffb}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
};

static bool is_refused(uint32_t c)
{
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        if (c >= refused[i].first && c <= refused[i].last)
            return true;
    }
    return (c & 0xfffe) == 0xfffe; /* no characters, on any plane */
}

int name_make_optional(struct slice typed, struct name *ret_name)
{
    size_t begin = 0, end = 0, at = 0;
    unsigned characters = 0, kept = 0;
    bool begun = false;

    while (at < typed.len) {
        uint32_t c;
        int len = utf8_decode(slice_of(typed.ptr + at, typed.len - at), &c);
        if (len <= 0 || (is_refused(c) && c != '\t'))
            return ERR_PROTOCOL;
        if (begun)
            characters++;
        if (!is_space(c)) {
            if (!begun) {
                begun = true;
                begin = at;
                characters = 1;
            }
            end = at + (size_t)len;
            kept = characters;
        }
        at += (size_t)len;
        if (kept > NAME_CHARACTERS_MAX)
            return ERR_LIMIT;
    }
    ret_name->len = (uint8_t)(end - begin);
    if (begun)
        memcpy(ret_name->text, typed.ptr + begin, end - begin);
    for (size_t i = 0; i < ret_name->len; i++) {
        if (ret_name->text[i] == '\t')
            ret_name->text[i] = ' ';
    }
    ret_name->text[ret_name->len] = '\0';
    return OK;
}

int name_make(struct slice typed, struct name *ret_name)
{
    struct name name;
    int result = name_make_optional(typed, &name);
    if (result == OK && name.len == 0)
        return ERR_PROTOCOL;
    if (result == OK)
        *ret_name = name;
    return result;
}

void name_fold(const struct name *name, struct name *ret_folded)
{
    ret_folded->len = name->len;
    for (size_t i = 0; i < name->len; i++) {
        char c = name->text[i];
        ret_folded->text[i] = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
    }
    ret_folded->text[name->len] = '\0';
}

void name_with_number(const struct name *name, unsigned number, struct name *ret_name)
{
    char suffix[16];
    size_t suffix_len = (size_t)snprintf(suffix, sizeof(suffix), " %u", number);
    size_t suffix_characters = suffix_len;

    /* Keep whole characters only, at most so many that the number fits as well. */
    size_t at = 0, characters = 0;
    while (at < name->len && characters + suffix_characters < NAME_CHARACTERS_MAX) {
        do {
            at++;
        } while (at < name->len && ((uint8_t)name->text[at] & 0xc0) == 0x80);
        characters++;
    }
    memcpy(ret_name->text, name->text, at);
    memcpy(ret_name->text + at, suffix, suffix_len + 1);
    ret_name->len = (uint8_t)(at + suffix_len);
}
