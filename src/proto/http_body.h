#pragma once
/*
 * The body of a request, by Content-Length or chunked (RFC 9112 6 and 7), taken out of the bytes as
 * they come, however they are cut. It copies and keeps nothing: payloads point into the caller's
 * bytes. After an error the connection must be closed. Pure; any thread.
 *
 *   LENGTH (Content-Length) -> DONE
 *   SIZE -> EXTENSION -> SIZE_LF -> DATA -> DATA_CR -> DATA_LF -> SIZE …, and from a size of 0 to
 *   TRAILER… -> DONE.   Every state -> FAILED.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "proto/http_head.h"

enum {
    HTTP_CHUNK_SIZE_DIGITS_MAX = 16,
    HTTP_CHUNK_EXTENSION_BYTES_MAX = 256, /* of each chunk; they are ignored */
    HTTP_TRAILER_BYTES_MAX = 4096,        /* of all trailer fields; they are checked and ignored */
};

struct http_body {
    uint64_t left;  /* bytes left of the body, or of this chunk */
    uint64_t total; /* payload bytes promised so far */
    uint64_t bytes_max;
    uint16_t side_bytes; /* of this chunk's extension, or of the trailers */
    uint8_t digits;      /* of this chunk's size */
    uint8_t state;
};

/**
 * Begins the body that a parsed head promises (perhaps none: then http_body_is_done at once).
 * Returns OK, or ERR_LIMIT if the head promises more than bytes_max (413).
 */
int http_body_init(struct http_body *body, const struct http_head *head, uint64_t bytes_max);

/**
 * Takes the next piece. Returns the bytes consumed, with the payload among them (perhaps empty) in
 * *ret_payload, *ret_done once the body is complete. Less than len may be consumed: call again with
 * the rest unless done; what lies behind the body is never touched. ERR_PROTOCOL (400); ERR_LIMIT
 * (413) if the chunks, an extension or the trailers are too long.
 */
int64_t http_body_feed(struct http_body *body, const uint8_t *bytes, size_t len,
                       struct slice *ret_payload, bool *ret_done);

bool http_body_is_done(const struct http_body *body);
