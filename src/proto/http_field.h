#pragma once
/*
 * What stands in the values of fields: comma lists, parameters, quality values, entity tags (RFC
 * 9110). Everything is read in one pass over the value and without memory of its own. Pure; any
 * thread.
 */

#include <stdbool.h>

#include "base/slice.h"
#include "proto/http_head.h"

enum { HTTP_QUALITY_MAX = 1000 };

/** Without the spaces and tabs at both ends. */
struct slice http_trim(struct slice text);

/**
 * Takes the next element of a comma list from *rest: without the blanks around it, empty ones
 * passed over, commas in quoted strings not counted (RFC 9110 5.6.1). Returns false at the end.
 */
bool http_list_next(struct slice *rest, struct slice *ret_element);

/**
 * Takes the next part up to a semicolon from *rest, blanks trimmed; first the element's own name,
 * then its parameters, which may be empty. Returns false at the end.
 */
bool http_part_next(struct slice *rest, struct slice *ret_part);

/** Cuts "name=value" at the first '=', trimming nothing. A NULL value ptr: there was no '='. */
void http_part_split(struct slice part, struct slice *ret_name, struct slice *ret_value);

/** Whether some field of that name lists the token (any case). */
bool http_has_token(const struct http_head *head, const char *name, const char *token);

/**
 * How much the client wants a content coding ("br", "gzip", "identity"), 0 (not at all) to
 * HTTP_QUALITY_MAX, by all its Accept-Encoding fields, "*" and identity's own rule included (RFC
 * 9110 12.5.3). An identity that nobody names is wanted least, 1. Without such a field only
 * identity is wanted: the RFC would allow any coding, but a client that does not ask does not
 * decode. A malformed element is passed over.
 */
int http_encoding_quality(const struct http_head *head, const char *coding);

/** Whether that quality is above 0. */
bool http_accepts_encoding(const struct http_head *head, const char *coding);

/**
 * Whether an Accept field names the media type itself ("text/html"), with a quality above 0. A wildcard
 * does not count: programs that do not care send one, and are not asking for this type.
 */
bool http_accepts_type(const struct http_head *head, const char *type);

/**
 * Whether If-None-Match names the entity tag ("\"abc\"", with its quotes, W/ allowed on both sides
 * and not compared) or is "*". False if there is no such field. True means 304 for GET and HEAD.
 */
bool http_etag_matches(const struct http_head *head, struct slice etag);
