#include "doors/file_name.h"

#include "base/error.h"
#include "base/utf8.h"

/* Controls, line and paragraph separators, and all that set a direction (UAX #9 2) or are not there at all. */
static bool is_bad(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == '/' || c == '\\' || c == 0x61c ||
           (c >= 0x200b && c <= 0x200f && c != 0x200c && c != 0x200d) ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
           (c >= 0xfff0 && c <= 0xffff) || (c >= 0xe0000 && c <= 0xe007f);
}

int file_name_check(struct slice name)
{
    if (name.len > FILE_NAME_BYTES_MAX)
        return ERR_LIMIT;
    if (name.len == 0 || slice_is(name, ".") || slice_is(name, ".."))
        return ERR_PROTOCOL;
    for (size_t at = 0; at < name.len;) {
        uint32_t c;
        int len = utf8_decode(slice_of(name.ptr + at, name.len - at), &c);
        if (len < 0 || is_bad(c))
            return ERR_PROTOCOL;
        at += (size_t)len;
    }
    return OK;
}

/* attr-char of RFC 8187 3.2.1. */
static bool is_plain(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("!#$&+-.^_`|~", c));
}

/* For those who do not know the other form: what cannot stand in a quoted string, or is escaped by some, is left out. */
static void write_fallback(struct buffer *out, struct slice name)
{
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.ptr[i];
        bool fits = c >= 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '%';
        /* One for each character, not for each byte. */
        if (fits || (c & 0xc0) != 0x80)
            buffer_append_byte(out, fits ? c : '_');
    }
}

void file_name_write_disposition(struct buffer *out, struct slice name, bool in_place)
{
    buffer_printf(out, "Content-Disposition: %s; filename=\"", in_place ? "inline" : "attachment");
    write_fallback(out, name);
    buffer_append_string(out, "\"; filename*=UTF-8''");
    for (size_t i = 0; i < name.len; i++) {
        if (is_plain(name.ptr[i]))
            buffer_append_byte(out, name.ptr[i]);
        else
            buffer_printf(out, "%%%02X", name.ptr[i]);
    }
    buffer_append_string(out, "\r\n");
}
