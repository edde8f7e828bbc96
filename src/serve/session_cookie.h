#pragma once
/*
 * The cookie by which a browser shows its session: "hubbub_session", or "__Host-hubbub_session" where --public-url is
 * https: then the browser itself sees to it that no other host, path or plain connection has set it (RFC 6265bis 4.1.3).
 */

#include <stdint.h>

#include "base/buffer.h"
#include "proto/http_head.h"
#include "serve/policy.h"

enum { SESSION_TOKEN_LEN = 43 };

/** The token that a request's cookie carries, borrowed; its form is not looked at. ERR_NOT_FOUND, ERR_PROTOCOL: as cookie_find. */
int session_cookie_get(const struct policy *policy, const struct http_head *head,
                       struct slice *ret_token);

/** Appends a Set-Cookie line with its CRLF. age_s: for how long the browser keeps it; 0: it forgets it now (token may be empty). */
void session_cookie_write(const struct policy *policy, const char *token, uint32_t age_s,
                          struct buffer *out);
