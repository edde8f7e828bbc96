#pragma once
/*
 * What one simulated client has received, checked as it comes. A frame of the simulation's dialect is
 * length (4 bytes, of what follows), kind (1), seq (8), author (8), the author's own number (8), then filler
 * bytes that follow from seq. Little-endian as the machine.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "chat/event.h"

enum { SCREEN_HEAD_BYTES = 29 };

struct screen {
    struct buffer partial; /* an incomplete frame */
    uint64_t frames;
    uint64_t last_seq; /* 0: no message yet */
    uint64_t first_seq;
    bool wants_join_first;
    const char *broken;
};

/** Appends the frame that shows an event. */
void screen_encode(void *ctx, const struct event *event, struct buffer *out);

/** Takes received bytes; sets broken to what is wrong with them. */
void screen_receive(struct screen *screen, const uint8_t *bytes, size_t len);

void screen_release(struct screen *screen);
