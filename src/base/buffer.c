#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "base/memory.h"

enum { FIRST_CAP = 64 };

uint8_t *buffer_reserve(struct buffer *buffer, size_t len)
{
    if (buffer->cap - buffer->len < len) {
        size_t cap = buffer->cap ? buffer->cap : FIRST_CAP;
        while (cap - buffer->len < len)
            cap *= 2;
        buffer->ptr = mem_realloc(buffer->ptr, cap);
        buffer->cap = cap;
    }
    return buffer->ptr + buffer->len;
}

void buffer_append(struct buffer *buffer, const void *bytes, size_t len)
{
    if (len == 0)
        return;
    memcpy(buffer_reserve(buffer, len), bytes, len);
    buffer->len += len;
}

void buffer_append_string(struct buffer *buffer, const char *text)
{
    buffer_append(buffer, text, strlen(text));
}

void buffer_append_byte(struct buffer *buffer, uint8_t byte)
{
    *buffer_reserve(buffer, 1) = byte;
    buffer->len++;
}

void buffer_printf(struct buffer *buffer, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    ASSERT(len >= 0);
    char *to = (char *)buffer_reserve(buffer, (size_t)len + 1);
    va_start(args, format);
    vsnprintf(to, (size_t)len + 1, format, args);
    va_end(args);
    buffer->len += (size_t)len;
}

void buffer_drop_front(struct buffer *buffer, size_t len)
{
    ASSERT(len <= buffer->len);
    buffer->len -= len;
    if (buffer->len > 0 && len > 0)
        memmove(buffer->ptr, buffer->ptr + len, buffer->len);
}

void buffer_release(struct buffer *buffer)
{
    mem_free(buffer->ptr);
    *buffer = (struct buffer){0};
}
