#pragma once
/*
 * Files over the HTTP API: POST /files (and its thumbnail), GET /files/{id}/{name}; docs/PROTOCOL.md. The bytes go between the socket and a
 * blob (store/blob_folder.h); who may have them is asked at each request: a file in a message belongs to those who are in its room, one
 * that is in none to whoever sent it. To anybody else it does not exist. On the worker's thread.
 */

#include "doors/rest.h"
#include "serve/http_upload.h"
#include "serve/http_upload_limit.h"

enum { FILES_THUMBNAIL_BYTES_MAX = 256 * 1024 };

/* What the requests of one worker share; call->rest->files. */
struct files_door {
    /* folder NULL: nothing is kept on disk, and there are no files */
    struct http_upload_place place;
    struct http_upload_limit *limit; /* of all workers */
    uint64_t upload_bytes_max;
};

/** The routes; borrowed, static. Those of files_upload.c and of files_download.c. */
const struct rest_entry *files_upload_routes(size_t *ret_count);
const struct rest_entry *files_download_routes(size_t *ret_count);
