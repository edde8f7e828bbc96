#pragma once
/*
 * Writing JSON strings (RFC 8259 7) into frames. (Reading JSON is jansson's work.)
 */

#include "base/buffer.h"
#include "base/slice.h"

enum json_style {
    JSON_PLAIN, /* what must be escaped, is */
    JSON_GO,    /* as Go's encoding/json by default: also < > & U+2028 U+2029 */
};

/**
 * Appends text as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD, each one.
 */
void json_append_string(struct buffer *out, struct slice text, enum json_style style);

/** Appends "key":"16 hexadecimal digits": how ids look outside. */
void json_append_id(struct buffer *out, const char *key, uint64_t id);
