#pragma once
/*
 * Paths and queries of request targets (RFC 3986). The policy is that a path has one spelling of
 * each thing that a router or a file name could be fooled with: dot segments, encoded slashes,
 * backslashes, control characters and invalid UTF-8 are refused instead of being normalised. Pure;
 * any thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/**
 * Decodes an absolute path ("/a%20b") into out. Returns its length (at most path.len, no NUL behind
 * it); ERR_PROTOCOL if it does not begin with '/', has a bad escape, a byte that must be escaped,
 * an encoded '/' or '\', a control character, "." or ".." as a segment (encoded or not), or is not
 * UTF-8; ERR_LIMIT if it does not fit. Empty segments ("//") stay: they are names that no route
 * has.
 */
int url_decode_path(struct slice path, uint8_t *out, size_t out_size);

/**
 * Decodes one name or value of a query, '+' as a blank (the form encoding of browsers). Returns its
 * length; ERR_PROTOCOL on a bad escape, a NUL or invalid UTF-8; ERR_LIMIT if it does not fit.
 */
int url_decode_component(struct slice text, uint8_t *out, size_t out_size);

/**
 * Takes the next "name=value" from *rest, which was a query; both are still encoded, empty pieces
 * are passed over, the value is empty if there is no '='. Returns false at the end.
 */
bool url_query_next(struct slice *rest, struct slice *ret_name, struct slice *ret_value);
