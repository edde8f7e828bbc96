#pragma once
/*
 * Cookies in requests (RFC 6265). Pure; any thread.
 */

#include "base/slice.h"
#include "proto/http_head.h"

/**
 * Finds the cookie of a name (compared exactly) in all Cookie fields of a request. Double quotes around a value belong to
 * it. ERR_NOT_FOUND: there is none. ERR_PROTOCOL: there are several: somebody else may have set one (for
 * another path or a parent domain), and which one is ours cannot be told.
 */
int cookie_find(const struct http_head *head, const char *name, struct slice *ret_value);
