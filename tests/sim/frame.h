#pragma once
/*
 * The dialect of the simulation: what a client can be told, as a head of fixed size and a tail. In
 * both directions a text is a number: 16 hexadecimal digits and then bytes that follow from it, so
 * that every byte can be checked.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "chat/event.h"

/* Beside the kinds of events. */
enum frame_kind {
    FRAME_REPLY = 100,
    FRAME_WELCOME, /* with the rooms as its tail */
    FRAME_RESET,
    FRAME_READY,
    FRAME_PAGE,  /* with the events as its tail */
    FRAME_ROOMS, /* the public rooms, as its tail */
};

enum frame_flag {
    FRAME_DELETED = 1,
    FRAME_DUP = 2,
    FRAME_UNCHANGED = 4,
    FRAME_DIVERGED = 8,
    FRAME_VISITOR = 16,
    FRAME_HAS_CID = 32,
};

/* No padding: it is sent as it lies. What a field means depends on the kind. */
struct frame {
    uint32_t len;  /* bytes of all of it */
    uint8_t kind;  /* enum event_kind or enum frame_kind */
    uint8_t flags; /* enum frame_flag */
    int8_t result;
    uint8_t op;  /* REPLY: of which kind of event */
    uint64_t id; /* REPLY, WELCOME, PAGE, ROOMS: what was asked */
    uint64_t room, seq, mid, author, target;
    uint64_t reply_to; /* also: how many people */
    uint64_t number;   /* of the text; also: how many visitors */
};

/* In the tails of WELCOME, ROOMS and ADDED. */
struct frame_room {
    uint64_t id, head, mid, topic, read;
};

/* In the tail of PAGE. */
struct frame_item {
    uint64_t seq, number, reactions;
    uint32_t kind;
    bool deleted, pinned;
    uint8_t zero[2];
};

enum { TEXT_BYTES_MIN = 16, FRAME_BYTES_MAX = 16384 };

/** Writes the text of a number, len >= TEXT_BYTES_MIN bytes. */
void text_write(uint64_t number, size_t len, uint8_t *ret_text);

/** Whether the text is one, or empty (number 0). */
bool text_read(struct slice text, uint64_t *ret_number);

/** A person's reaction as a number; several of them are xored. */
uint64_t reaction_hash(uint64_t person, uint64_t emoji);

/**
 * Appends the frame that shows an event. simple: as the tutorial's dialect would, that is messages
 * and comings only.
 */
void frame_encode(const struct event *event, bool simple, struct buffer *out);

/** Appends a frame with its tail; fills in len. */
void frame_append(struct buffer *out, struct frame *frame, struct slice tail);
