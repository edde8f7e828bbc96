#pragma once
/* Parsed requests for the tests of what reads them. */

#include "proto/http_head.h"

/**
 * Parses a good request with the given further lines, each with its CRLF. Returns borrowed, valid
 * until the next call.
 */
static inline const struct http_head *request_with(const char *first_line, const char *lines)
{
    static struct http_head head;
    static char text[32768];
    size_t scanned = 0;
    int len = snprintf(text, sizeof text, "%s\r\nHost: example.com\r\n%s\r\n", first_line, lines);
    int result =
        http_head_parse(&head, slice_of(text, (size_t)len), &scanned, &http_limits_default);
    if (result != len)
        fail_msg("a test's own request is refused with %d: %s", head.status, text);
    return &head;
}
