#pragma once
/*
 * Names of files, as their senders call them: one line without a path, shown to people and offered when they save it. Never used for a
 * file on the server's disk. Pure; any thread.
 */

#include <stdbool.h>

#include "base/buffer.h"
#include "base/slice.h"

enum { FILE_NAME_BYTES_MAX = 255 };

/**
 * OK; ERR_LIMIT: longer than FILE_NAME_BYTES_MAX; ERR_PROTOCOL: empty, "." or "..", not UTF-8, with a slash or backslash, or with a
 * control character or one that turns the direction of what is written (a name ending in "gpj.exe" could look like a picture).
 */
int file_name_check(struct slice name);

/** Appends a Content-Disposition line (RFC 6266, RFC 8187) with its CRLF: shown in place, or saved under that name. */
void file_name_write_disposition(struct buffer *out, struct slice name, bool in_place);
