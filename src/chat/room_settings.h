#pragma once
/*
 * What a room is set to besides its name and topic, and how a SETTINGS event says it in its body: words "key=value" with
 * a space between them, only of what it changes: kind, guests, default, archived, slow_ms, retention_days.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* A change, or what a new room begins with. */
struct room_change {
    bool has_kind, has_guests, has_default, has_archived, has_slow, has_retention;
    uint8_t kind; /* enum room_kind; PUBLIC, PRIVATE and ANNOUNCEMENT may become one another */
    bool guests, is_default, archived;
    uint32_t slow_ms, retention_days;
};

struct room_record;
struct buffer;

/** Writes the body. Appends to out. */
void room_change_write(const struct room_change *change, struct buffer *out);

/** Reads a body; words that it does not know are passed over. */
void room_change_read(struct slice body, struct room_change *ret_change);

/** Leaves of the change what differs from the room. Returns whether anything does. */
bool room_change_reduce(struct room_change *change, const struct room_record *room);

/** Sets in the record what the change says. */
void room_change_apply(const struct room_change *change, struct room_record *room);
