#pragma once
/*
 * The web app's manifest (W3C Web Application Manifest): the build's own, in which an app that is installed is called as the
 * community is, where that has a name. On its worker's thread.
 */

#include "chat/name.h"
#include "serve/http_server.h"

/** A route's handler. ctx: a const struct name *, the community's, empty where it has none (kept; the worker's own). */
void manifest_handle(void *ctx, struct http_request *request);
