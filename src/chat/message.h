#pragma once
/*
 * A message is what somebody said: the tutorial's {type, body}. The body's bytes belong to whoever
 * holds the message; it is not changed once it has been posted.
 */

#include <stdint.h>

#include "base/slice.h"

enum message_type {
    MESSAGE_TEXT = 1,   /* a WebSocket text frame, or a post of the web protocol */
    MESSAGE_BINARY = 2, /* a WebSocket binary frame; its bytes may be any */
};

struct message {
    uint8_t type; /* enum message_type */
    struct slice body;
};
