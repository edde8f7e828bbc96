#pragma once
/*
 * The errors of the HTTP API: what the web protocol says as an error is here a problem document (RFC 9457) with the same code,
 * and a status of HTTP. The one table of which status belongs to which code. Pure.
 */

#include "base/buffer.h"
#include "doors/web_error.h"

/** The status of a code; 400 for one that is not in the table. */
unsigned problem_status(const char *code);

/** Appends {"type","title","status","detail","code"}, and "retry_ms" where waiting helps. */
void problem_write(struct buffer *out, const struct web_error *error);

/** Appends the field lines that belong to the status: WWW-Authenticate with 401, Retry-After where waiting helps. */
void problem_write_headers(struct buffer *out, const struct web_error *error);
