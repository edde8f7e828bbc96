#pragma once
/*
 * Makes the frames that a pool's ring holds: a door writes the payload, this puts the header in
 * front, and for lanes with permessage-deflate compresses it first, once for all who negotiated it.
 * One for each lane and worker.
 */

#include "base/buffer.h"
#include "proto/ws_deflate.h"

enum { FRAME_DEFLATE_BYTES_MIN = 512 }; /* below, compressing costs more than it saves */

struct frame_maker {
    struct buffer payload; /* the door writes here; emptied by frame_maker_finish */
    struct buffer packed;
    struct ws_deflater *deflater; /* NULL: frames go uncompressed */
};

void frame_maker_init(struct frame_maker *maker, bool deflate);
void frame_maker_release(struct frame_maker *maker);

/** Appends the payload as one text frame to out and empties it. */
void frame_maker_finish(struct frame_maker *maker, struct buffer *out);
