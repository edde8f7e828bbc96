#pragma once
/*
 * The head of an HTTP/1.1 request, parsed strictly (RFC 9112): what two parsers could read in two
 * ways is refused, because that is how requests are smuggled. All slices of a parsed head point
 * into the caller's bytes and are valid as long as these stay where they are. After an error the
 * answer is head->status and the connection must be closed: where the next request begins is not
 * known. Pure; any thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

enum http_method {
    HTTP_GET,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_PATCH,
    HTTP_DELETE,
    HTTP_OPTIONS,
};

enum { HTTP_HEADERS_MAX = 100 };

struct http_limits {
    size_t head_bytes_max;   /* request line, fields and the empty line; over it: 431 */
    size_t target_bytes_max; /* over it: 414 */
    size_t headers_max;      /* at most HTTP_HEADERS_MAX; over it: 431 */
};

/** 16384 bytes, a target of 8192, 100 fields. */
extern const struct http_limits http_limits_default;

struct http_header {
    struct slice name; /* as sent: compare without regard to case */
    /* without the blanks around it; visible ASCII, blanks and bytes from 0x80 */
    struct slice value;
};

struct http_head {
    enum http_method method;
    uint8_t minor;   /* 0 or 1; HTTP/1.2 and later are taken as 1.1 (RFC 9110 2.5) */
    bool keep_alive; /* the client wants to send another request on this connection */
    bool chunked;    /* the body is chunked; then there is no content_length */
    bool has_content_length;
    bool expect_continue; /* Expect: 100-continue */
    uint16_t status;      /* after an error: 400, 414, 417, 431, 501 or 505 */
    uint16_t headers_count;
    uint64_t content_length; /* 0 if there is none; at most 2^63 - 1 */
    struct slice method_name;
    struct slice target; /* as sent: visible ASCII without '#' */
    struct slice path;   /* of the target, still percent-encoded, begins with '/'; or "*" */
    struct slice query;  /* behind the '?', still encoded; ptr is NULL if there is no '?' */
    /* of an absolute target, else of the Host field; empty in HTTP/1.0 perhaps */
    struct slice host;
    struct http_header headers[HTTP_HEADERS_MAX];
};

/**
 * Parses the head at the start of in. *scanned (0 at first) says how many bytes of it earlier calls
 * have looked at: call again with the same bytes and more behind them, at the same address or
 * another. Returns the bytes of the head (the body, or the next request, begins there); ERR_AGAIN
 * if more is needed; ERR_PROTOCOL or ERR_LIMIT with head->status. It says no as soon as it is sure;
 * the rest of the head is undefined unless the result is positive. One empty line before the
 * request is passed over.
 */
int http_head_parse(struct http_head *head, struct slice in, size_t *scanned,
                    const struct http_limits *limits);

/** The value of the first field of that name (any case); its ptr is NULL if there is none. */
struct slice http_header(const struct http_head *head, const char *name);

/** Whether the field has that name (any case), which is not empty. */
bool http_header_is(const struct http_header *header, struct slice name);

/** How many fields have that name. */
size_t http_header_count(const struct http_head *head, const char *name);

/** Whether the text is a token: at least one byte, only tchar (RFC 9110 5.6.2). */
bool http_is_token(struct slice text);
