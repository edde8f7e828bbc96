#pragma once
/*
 * The web client's files, from the table in serve/asset.h: conditional requests, encodings, caching for ever
 * where the name changes with the content, and the headers that keep the page safe.
 */

#include "serve/http_server.h"

/** A route's handler: the file of that path, or 404. ctx is not used. */
void static_files_handle(void *ctx, struct http_request *request);

/** A route's handler for an address of the app: its page, whose script finds out from the address what to show. ctx is not used. */
void static_files_page(void *ctx, struct http_request *request);

/** What the file of that path holds, not encoded; nothing (len 0) where there is none. Static. */
struct slice static_files_bytes(struct slice path);

/**
 * Answers with a body made for this request (borrowed) in the place of the file of its path, with that file's type and
 * headers, but for the ETag: it is asked for anew each time and is short. ASSERTs that there is such a file.
 */
void static_files_made(struct http_request *request, struct slice body);

/**
 * For http_server.missing: the app's page with status 404 for somebody who came by a link and wants to look at HTML,
 * so that they see where they are and how to go on; a problem document for everything else, and for what a program
 * would ask for (/api/).
 */
void static_files_missing(struct http_request *request);
