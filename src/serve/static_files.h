#pragma once
/*
 * The web client's files, from the table in serve/asset.h: conditional requests, encodings, caching for ever
 * where the name changes with the content, and the headers that keep the page safe.
 */

#include "serve/http_server.h"

/** A route's handler: "/" and "/join" are /index.html, everything else the file of that path, or 404. ctx is not used. */
void static_files_handle(void *ctx, struct http_request *request);
