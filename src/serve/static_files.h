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

/**
 * For http_server.missing: the app's page with status 404 for somebody who came by a link and wants to look at HTML,
 * so that they see where they are and how to go on; a problem document for everything else, and for what a program
 * would ask for (/api/).
 */
void static_files_missing(struct http_request *request);
