#include "serve/http_upload.h"

#include <errno.h>
#include <string.h>

#include "base/assert.h"
#include "base/error.h"
#include "base/memory.h"

enum stage { OPENING, FLOWING, STORED, FAILED, GONE };

/* The next piece of a body always finds room in a buffer that has less in it than this. */
enum { FULL_BYTES = HTTP_UPLOAD_BUFFER_BYTES / 2 };

_Static_assert((int)MEDIA_START_BYTES <= (int)FULL_BYTES, "the first buffer shows what a file is");

struct http_upload {
    struct disk_job job; /* first; one at a time */
    const struct http_upload_place *place;
    const struct http_upload_handler *handler;
    void *ctx;
    uint8_t stage; /* enum stage */
    bool busy;     /* the job is with the disk, and the writer and what it writes with it */
    bool looked;   /* at the file's start */
    bool full;     /* add was false, and on_room is owed */
    bool ended;    /* the body is complete */
    bool finishes; /* the job finishes the blob */
    int result;    /* of the job; */
    int error;     /* with errno */
    uint64_t expected_bytes;
    struct blob_writer writer;
    struct http_upload_result stored;
    uint8_t *filling; /* owned */
    size_t filled;
    uint8_t *writing; /* owned; the job's while it is with the disk */
    size_t to_write;
};

/* ---- on a disk thread ---- */

static void open_blob(struct disk_job *job)
{
    struct http_upload *upload = (struct http_upload *)job;
    upload->result =
        blob_writer_begin(&upload->writer, upload->place->folder, upload->expected_bytes);
    upload->error = errno;
}

static void write_blob(struct disk_job *job)
{
    struct http_upload *upload = (struct http_upload *)job;
    upload->result = blob_writer_add(&upload->writer, upload->writing, upload->to_write);
    if (upload->result == OK && upload->finishes)
        upload->result = blob_writer_finish(&upload->writer, upload->stored.hash);
    upload->error = errno;
}

static void drop_blob(struct disk_job *job)
{
    blob_writer_drop(&((struct http_upload *)job)->writer);
}

/* ---- on the worker ---- */

static void submit(struct http_upload *upload, void (*run)(struct disk_job *job))
{
    ASSERT(!upload->busy);
    upload->busy = true;
    upload->job.run = run;
    disk_pool_submit(upload->place->disk, disk_pool_lane(upload->place->disk), &upload->job);
}

static void release(struct http_upload *upload)
{
    mem_free(upload->filling);
    mem_free(upload->writing);
    mem_free(upload);
}

/* Hands what was gathered to the disk. */
static void write_out(struct http_upload *upload)
{
    if (!upload->looked)
        media_type_look(slice_of(upload->filling, upload->filled), &upload->stored.media);
    upload->looked = true;
    uint8_t *free_buffer = upload->writing;
    upload->writing = upload->filling;
    upload->to_write = upload->filled;
    upload->filling = free_buffer;
    upload->filled = 0;
    upload->stored.bytes += upload->to_write;
    upload->finishes = upload->ended;
    submit(upload, write_blob);
}

static bool is_due(const struct http_upload *upload)
{
    return upload->filled >= FULL_BYTES || upload->ended;
}

static void fail(struct http_upload *upload)
{
    upload->stage = FAILED;
    upload->handler->on_stored(upload->ctx, upload->result, upload->error);
}

static void go_on(struct http_upload *upload)
{
    if (upload->finishes) {
        upload->stage = STORED;
        upload->handler->on_stored(upload->ctx, OK, 0);
        return;
    }
    bool was_full = upload->full;
    if (is_due(upload))
        write_out(upload);
    upload->full = false;
    if (was_full && !upload->ended)
        upload->handler->on_room(upload->ctx);
}

static void job_done(struct disk_job *job)
{
    struct http_upload *upload = (struct http_upload *)job;
    upload->busy = false;
    if (upload->stage == GONE) {
        if (upload->result == OK && upload->finishes && upload->writer.fd < 0 &&
            job->run == write_blob)
            blob_unpin(upload->place->folder, upload->stored.hash, false);
        if (upload->writer.fd >= 0)
            submit(upload, drop_blob);
        else
            release(upload);
    } else if (upload->result != OK) {
        fail(upload);
    } else if (upload->stage == OPENING) {
        upload->stage = FLOWING;
        upload->handler->on_ready(upload->ctx);
    } else {
        go_on(upload);
    }
}

struct http_upload *http_upload_new(const struct http_upload_place *place,
                                    const struct http_upload_handler *handler, void *ctx,
                                    uint64_t expected_bytes)
{
    struct http_upload *upload = mem_zalloc(sizeof(*upload));
    upload->job = (struct disk_job){.home = &place->loop->mailbox, .done = job_done};
    upload->place = place;
    upload->handler = handler;
    upload->ctx = ctx;
    upload->expected_bytes = expected_bytes;
    upload->writer.fd = -1;
    upload->filling = mem_alloc(HTTP_UPLOAD_BUFFER_BYTES);
    upload->writing = mem_alloc(HTTP_UPLOAD_BUFFER_BYTES);
    submit(upload, open_blob);
    return upload;
}

bool http_upload_add(struct http_upload *upload, struct slice bytes)
{
    ASSERT(upload->stage == FLOWING && !upload->ended);
    ASSERT(bytes.len <= HTTP_UPLOAD_BUFFER_BYTES - upload->filled);
    memcpy(upload->filling + upload->filled, bytes.ptr, bytes.len);
    upload->filled += bytes.len;
    if (is_due(upload) && !upload->busy)
        write_out(upload);
    upload->full = is_due(upload);
    return !upload->full;
}

void http_upload_end(struct http_upload *upload)
{
    ASSERT(upload->stage == FLOWING && !upload->ended);
    upload->ended = true;
    if (!upload->busy)
        write_out(upload);
}

const struct http_upload_result *http_upload_result(const struct http_upload *upload)
{
    ASSERT(upload->stage == STORED);
    return &upload->stored;
}

void http_upload_free(struct http_upload *upload)
{
    if (!upload)
        return;
    ASSERT(upload->stage != GONE);
    upload->stage = GONE;
    if (upload->busy)
        return;
    if (upload->writer.fd >= 0)
        submit(upload, drop_blob);
    else
        release(upload);
}
