#include "doors/frame_maker.h"

#include "proto/ws_frame.h"

enum { LEVEL = 6 };

void frame_maker_init(struct frame_maker *maker, bool deflate)
{
    *maker = (struct frame_maker){0};
    if (deflate)
        maker->deflater = ws_deflater_new(LEVEL, WS_WINDOW_BITS_MAX, false);
}

void frame_maker_release(struct frame_maker *maker)
{
    ws_deflater_free(maker->deflater);
    buffer_release(&maker->payload);
    buffer_release(&maker->packed);
}

void frame_maker_finish(struct frame_maker *maker, struct buffer *out)
{
    uint8_t header[WS_SERVER_HEADER_SIZE_MAX];
    struct slice payload = buffer_slice(&maker->payload);
    bool deflate = maker->deflater && payload.len >= FRAME_DEFLATE_BYTES_MIN;
    if (deflate) {
        maker->packed.len = 0;
        ws_deflater_run(maker->deflater, payload, &maker->packed);
        payload = buffer_slice(&maker->packed);
    }
    size_t header_len = ws_frame_header(header, WS_OP_TEXT, deflate, payload.len);
    buffer_append(out, header, header_len);
    buffer_append(out, payload.ptr, payload.len);
    maker->payload.len = 0;
}
