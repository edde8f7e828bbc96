#pragma once
/*
 * A buffer is a growing array of bytes with one owner. It starts empty and holds no memory until the
 * first append. It has no maximum of its own: the caller checks sizes from outside before it appends.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

struct buffer {
    uint8_t *ptr; /* NULL while cap is 0 */
    size_t len;   /* bytes in use */
    size_t cap;   /* bytes allocated */
};

/** Makes room for at least len more bytes behind the used ones; returns borrowed the first free byte. */
uint8_t *buffer_reserve(struct buffer *buffer, size_t len);

void buffer_append(struct buffer *buffer, const void *bytes, size_t len);
void buffer_append_string(struct buffer *buffer, const char *text);
void buffer_append_byte(struct buffer *buffer, uint8_t byte);

/** Appends formatted text, as printf. */
void buffer_printf(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Drops len bytes from the front (len <= buffer->len). Moves the rest: for short rests only. */
void buffer_drop_front(struct buffer *buffer, size_t len);

/** Frees the memory; the buffer is empty and usable afterwards. */
void buffer_release(struct buffer *buffer);

static inline struct slice buffer_slice(const struct buffer *buffer)
{
    return slice_of(buffer->ptr, buffer->len);
}
