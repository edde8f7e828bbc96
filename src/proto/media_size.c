#include "proto/media_size.h"

#include <string.h>

static uint32_t big16(const uint8_t *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}

static uint32_t big32(const uint8_t *at)
{
    return big16(at) << 16 | big16(at + 2);
}

static uint32_t little16(const uint8_t *at)
{
    return (uint32_t)at[1] << 8 | at[0];
}

static uint32_t little24(const uint8_t *at)
{
    return little16(at) | (uint32_t)at[2] << 16;
}

struct size {
    uint32_t width, height;
};

/* IHDR is the first chunk (PNG 5.6, 11.2.1). */
static bool png_size(struct slice start, struct size *ret_size)
{
    if (start.len < 24)
        return false;
    *ret_size = (struct size){big32(start.ptr + 16), big32(start.ptr + 20)};
    return true;
}

/* The logical screen. */
static bool gif_size(struct slice start, struct size *ret_size)
{
    if (start.len < 10)
        return false;
    *ret_size = (struct size){little16(start.ptr + 6), little16(start.ptr + 8)};
    return true;
}

/* A frame header: SOF0 to SOF15 but DHT, JPG and DAC, which have numbers among them (ITU T.81, table B.1). */
static bool is_frame(uint8_t marker)
{
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

/* Segments up to the frame header. Each has at least its length, so this ends. */
static bool jpeg_size(struct slice start, struct size *ret_size)
{
    size_t at = 2;
    while (at + 4 <= start.len && start.ptr[at] == 0xff) {
        uint8_t marker = start.ptr[at + 1];
        if (marker == 0xff) { /* fill */
            at++;
            continue;
        }
        size_t len = big16(start.ptr + at + 2);
        if (is_frame(marker)) {
            if (len < 8 || at + 9 > start.len)
                return false;
            *ret_size = (struct size){big16(start.ptr + at + 7), big16(start.ptr + at + 5)};
            return true;
        }
        /* The scan, the end, or a marker without a segment: no frame header has come. */
        if (marker == 0xda || marker == 0xd9 || marker < 0xc0 || (marker & 0xf8) == 0xd0 || len < 2)
            return false;
        at += 2 + len;
    }
    return false;
}

/* A lossy, lossless or extended file (RFC 9649 2.5 to 2.7). */
static bool webp_size(struct slice start, struct size *ret_size)
{
    const uint8_t *bytes = start.ptr;
    if (start.len < 30)
        return false;
    if (memcmp(bytes + 12, "VP8X", 4) == 0) {
        *ret_size = (struct size){1 + little24(bytes + 24), 1 + little24(bytes + 27)};
        return true;
    }
    if (memcmp(bytes + 12, "VP8L", 4) == 0 && bytes[20] == 0x2f) {
        uint32_t bits = little24(bytes + 21) | (uint32_t)bytes[24] << 24;
        *ret_size = (struct size){1 + (bits & 0x3fff), 1 + (bits >> 14 & 0x3fff)};
        return true;
    }
    if (memcmp(bytes + 12, "VP8 ", 4) == 0 && memcmp(bytes + 23, "\x9d\x01\x2a", 3) == 0) {
        *ret_size = (struct size){little16(bytes + 26) & 0x3fff, little16(bytes + 28) & 0x3fff};
        return true;
    }
    return false;
}

bool media_size(const char *type, struct slice start, uint32_t *ret_width, uint32_t *ret_height)
{
    static const struct {
        const char *type;
        bool (*read)(struct slice start, struct size *ret_size);
    } readers[] = {{"image/png", png_size},
                   {"image/gif", gif_size},
                   {"image/jpeg", jpeg_size},
                   {"image/webp", webp_size}};
    struct size size;
    for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
        if (strcmp(readers[i].type, type) != 0)
            continue;
        if (!readers[i].read(start, &size) || size.width == 0 || size.height == 0)
            return false;
        *ret_width = size.width;
        *ret_height = size.height;
        return true;
    }
    return false;
}
