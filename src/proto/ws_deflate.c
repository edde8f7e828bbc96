#include "proto/ws_deflate.h"

#include <stdio.h>
#include <zlib.h>

#include "base/assert.h"
#include "base/error.h"
#include "base/memory.h"

enum { STEP_BYTES = 4096 };

static const uint8_t tail[4] = {0x00, 0x00, 0xff, 0xff};

struct ws_inflater {
    z_stream stream;
    bool takeover;
};

struct ws_deflater {
    z_stream stream;
    bool takeover;
};

/* zlib's memory ends in the one place where all of it does; otherwise a lack of it would look like a client's bad data. */
static void *allocate(void *ctx, uInt count, uInt size)
{
    (void)ctx;
    return mem_alloc((size_t)count * size);
}

static void release(void *ctx, void *ptr)
{
    (void)ctx;
    mem_free(ptr);
}

struct ws_inflater *ws_inflater_new(int window_bits, bool takeover)
{
    ASSERT(window_bits >= WS_WINDOW_BITS_MIN && window_bits <= WS_WINDOW_BITS_MAX);
    struct ws_inflater *inflater = mem_zalloc(sizeof *inflater);
    inflater->takeover = takeover;
    inflater->stream.zalloc = allocate;
    inflater->stream.zfree = release;
    /* Negative: no zlib header and no checksum. */
    int result = inflateInit2(&inflater->stream, -window_bits);
    ASSERT(result == Z_OK);
    return inflater;
}

void ws_inflater_free(struct ws_inflater *inflater)
{
    if (!inflater)
        return;
    inflateEnd(&inflater->stream);
    mem_free(inflater);
}

/** Whether the stream stands between two blocks, on a byte boundary: nothing has been cut off. */
static bool is_between_blocks(const z_stream *stream)
{
    return (stream->data_type & 128) && (stream->data_type & 7) == 0;
}

/** Inflates one input. Returns OK, ERR_LIMIT, ERR_PROTOCOL; ERR_EOF if a final block ended it. */
static int inflate_input(z_stream *stream, struct slice in, size_t len_max, struct buffer *out)
{
    /* zlib's interface knows no const; it does not write there. */
    stream->next_in = (uint8_t *)(uintptr_t)in.ptr;
    stream->avail_in = (uInt)in.len;
    bool ended = false;
    for (;;) {
        if (ended) {
            if (stream->avail_in == 0)
                return ERR_EOF;
            /*
             * RFC 7692 7.2.3.4: a message may go on after a final block. The window goes on too,
             * which is why this is not inflateReset.
             */
            inflateResetKeep(stream);
        }
        size_t room = len_max + 1 - out->len;
        room = room < STEP_BYTES ? room : STEP_BYTES;
        stream->next_out = buffer_reserve(out, room);
        stream->avail_out = (uInt)room;
        int result = inflate(stream, Z_SYNC_FLUSH);
        out->len += room - stream->avail_out;
        if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
            return ERR_PROTOCOL;
        if (out->len > len_max)
            return ERR_LIMIT;
        ended = result == Z_STREAM_END;
        if (!ended && stream->avail_in == 0 && stream->avail_out > 0)
            return OK;
    }
}

int ws_inflater_run(struct ws_inflater *inflater, struct slice payload, size_t bytes_max,
                    struct buffer *out)
{
    ASSERT(payload.len <= UINT32_MAX && bytes_max < SIZE_MAX - out->len);
    z_stream *stream = &inflater->stream;
    if (!inflater->takeover)
        inflateReset(stream);
    if (payload.len == 0)
        return OK;
    size_t len_max = out->len + bytes_max;
    int error = inflate_input(stream, payload, len_max, out);
    /* ERR_EOF here: it ended with a final block and nothing behind it: whole, if not by the RFC. */
    if (error == OK) {
        error = inflate_input(stream, slice_of(tail, sizeof tail), len_max, out);
        if (error == OK && !is_between_blocks(stream))
            return ERR_PROTOCOL;
    }
    if (error == ERR_EOF) {
        inflateResetKeep(stream);
        return OK;
    }
    return error;
}

struct ws_deflater *ws_deflater_new(int level, int window_bits, bool takeover)
{
    ASSERT(window_bits >= WS_WINDOW_BITS_MIN && window_bits <= WS_WINDOW_BITS_MAX);
    struct ws_deflater *deflater = mem_zalloc(sizeof *deflater);
    deflater->takeover = takeover;
    deflater->stream.zalloc = allocate;
    deflater->stream.zfree = release;
    int result = deflateInit2(&deflater->stream, level, Z_DEFLATED, -window_bits, MAX_MEM_LEVEL - 1,
                              Z_DEFAULT_STRATEGY);
    ASSERT(result == Z_OK);
    return deflater;
}

void ws_deflater_free(struct ws_deflater *deflater)
{
    if (!deflater)
        return;
    deflateEnd(&deflater->stream);
    mem_free(deflater);
}

void ws_deflater_run(struct ws_deflater *deflater, struct slice message, struct buffer *out)
{
    ASSERT(message.len <= UINT32_MAX);
    /* RFC 7692 7.2.3.6; zlib itself makes nothing at all of two flushes in a row. */
    if (message.len == 0) {
        buffer_append_byte(out, 0x00);
        return;
    }
    z_stream *stream = &deflater->stream;
    if (!deflater->takeover)
        deflateReset(stream);
    stream->next_in = (uint8_t *)(uintptr_t)message.ptr;
    stream->avail_in = (uInt)message.len;
    do {
        size_t room = STEP_BYTES;
        stream->next_out = buffer_reserve(out, room);
        stream->avail_out = (uInt)room;
        int result = deflate(stream, Z_SYNC_FLUSH);
        ASSERT(result == Z_OK || result == Z_BUF_ERROR);
        out->len += room - stream->avail_out;
    } while (stream->avail_out == 0);
    ASSERT(out->len >= sizeof tail &&
           memcmp(out->ptr + out->len - sizeof tail, tail, sizeof tail) == 0);
    out->len -= sizeof tail;
}
