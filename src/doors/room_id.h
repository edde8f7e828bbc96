#pragma once
/*
 * How ids of rooms look outside: "lobby", or 12 lower-case hexadecimal digits. Pure.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"

/** Appends the id of a room (1 to ROOM_ID_MAX), without quotes. */
void room_id_write(struct buffer *out, uint64_t room);

/** Whether text is the id of a room, in the one form that room_id_write gives it. */
bool room_id_parse(struct slice text, uint64_t *ret_room);
