#include "doors/json_text.h"

#include <stdio.h>

#include "base/utf8.h"

/* The short escape of a character, or 0. */
static char short_escape(uint8_t c)
{
    switch (c) {
    case '"':
        return '"';
    case '\\':
        return '\\';
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return 0;
    }
}

static void append_unicode_escape(struct buffer *out, uint32_t code_point)
{
    char escape[8];
    int len = snprintf(escape, sizeof(escape), "\\u%04x", code_point);
    buffer_append(out, escape, (size_t)len);
}

static bool is_literal(uint8_t c, enum json_style style)
{
    if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\')
        return false;
    return style != JSON_GO || (c != '<' && c != '>' && c != '&');
}

/* One character that may not stand as it is, or begins beyond ASCII. Returns the bytes it takes. */
static size_t append_special(struct buffer *out, struct slice text, enum json_style style)
{
    uint8_t c = text.ptr[0];
    if (c < 0x80) {
        if (short_escape(c)) {
            buffer_append_byte(out, '\\');
            buffer_append_byte(out, (uint8_t)short_escape(c));
        } else {
            append_unicode_escape(out, c);
        }
        return 1;
    }
    uint32_t code_point;
    int len = utf8_decode(text, &code_point);
    if (len <= 0) {
        append_unicode_escape(out, 0xfffd);
        return 1;
    }
    if (style == JSON_GO && (code_point == 0x2028 || code_point == 0x2029))
        append_unicode_escape(out, code_point);
    else
        buffer_append(out, text.ptr, (size_t)len);
    return (size_t)len;
}

void json_append_string(struct buffer *out, struct slice text, enum json_style style)
{
    size_t at = 0;
    buffer_append_byte(out, '"');
    while (at < text.len) {
        size_t run = at;
        while (run < text.len && is_literal(text.ptr[run], style))
            run++;
        buffer_append(out, text.ptr + at, run - at);
        at = run;
        if (at < text.len)
            at += append_special(out, slice_of(text.ptr + at, text.len - at), style);
    }
    buffer_append_byte(out, '"');
}

void json_append_id(struct buffer *out, const char *key, uint64_t id)
{
    buffer_printf(out, "\"%s\":\"%016llx\"", key, (unsigned long long)id);
}
