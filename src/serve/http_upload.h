#pragma once
/*
 * A request's body on its way to the disk: bytes are gathered in two buffers, one of which a disk thread writes while the
 * other fills; when both are full the peer is not read. So an upload of any length costs two buffers, and the loop never
 * waits for the disk. One worker owns it; its jobs come back to that worker's mailbox.
 *
 *   OPENING -> FLOWING     a blob was begun; the body is read
 *   FLOWING -> STORED      on_stored(OK): the blob is in its place, and pinned
 *   OPENING, FLOWING -> FAILED   on_stored(an error)
 *   any -> GONE            http_upload_free; the memory goes when the job under way is back
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "net/loop.h"
#include "proto/media_type.h"
#include "serve/http_later.h"
#include "store/blob_folder.h"

enum { HTTP_UPLOAD_BUFFER_BYTES = 128 * 1024 };

/* Where uploads of a worker go. */
struct http_upload_place {
    struct loop *loop;
    struct blob_folder *folder;
    struct disk_pool *disk;
};

struct http_upload;

struct http_upload_handler {
    /** The disk is ready for the body: the owner lets it go on, with http_go_on_body. */
    void (*on_ready)(void *ctx);
    /** More of the body may come, after http_upload_add was false. */
    void (*on_room)(void *ctx);
    /** OK: stored, see http_upload_result. ERR_BUSY: the disk is full; ERR_IO, with what errno was. The last call. */
    void (*on_stored)(void *ctx, int result, int error);
};

struct http_upload_result {
    uint8_t hash[BLOB_HASH_BYTES]; /* pinned: blob_unpin is the owner's from here on */
    uint64_t bytes;
    struct media_type media;
};

/** Begins. Returns owned; keeps place, handler and ctx. expected_bytes: 0 when not known. */
struct http_upload *http_upload_new(const struct http_upload_place *place,
                                    const struct http_upload_handler *handler, void *ctx,
                                    uint64_t expected_bytes);

/** Adds bytes (at most HTTP_UPLOAD_BUFFER_BYTES / 2). false: no more before on_room. */
bool http_upload_add(struct http_upload *upload, struct slice bytes);

/** That was all. */
void http_upload_end(struct http_upload *upload);

/** What was stored, after on_stored(OK). Returns borrowed. */
const struct http_upload_result *http_upload_result(const struct http_upload *upload);

/** Takes it, also while it is under way: then nothing stays of it, and nothing is called any more. NULL is fine. */
void http_upload_free(struct http_upload *upload);
