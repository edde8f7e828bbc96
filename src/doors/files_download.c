/*
 * GET and HEAD of files and thumbnails.
 *
 *   prepare -> begin: whose file it is, is asked -> on_read: whether the asker may -> (a disk thread opens the blob)
 *           -> the head of the answer -> one window of bytes after the other, each when the one before is taken
 *
 * Bytes go from the page cache to the socket by sendfile(2), on the loop; those that are not in the cache are brought there
 * by a disk thread first, so that the loop does not wait for them.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/error.h"
#include "base/hex.h"
#include "base/log.h"
#include "base/memory.h"
#include "doors/file_name.h"
#include "doors/files.h"
#include "doors/web_field.h"
#include "proto/http_field.h"
#include "proto/http_range.h"

enum {
    /*
     * A window has to be taken within send_ms (60 s), so the first is what a slow line takes in that time. It doubles while
     * windows are taken at once, up to what nginx sends at once: fewer turns of the loop for each byte.
     */
    WINDOW_BYTES_MIN = 256 * 1024,
    WINDOW_BYTES_MAX = 2 * 1024 * 1024,
    WINDOW_QUICK_MS = 250,
    READ_BYTES = 64 * 1024,
    LOOK_BYTES = 64,
    ETAG_BYTES = 2 * BLOB_HASH_BYTES + 3,
};

/* A page from elsewhere cannot have it, and what it says cannot do anything, not even to itself. */
#define FILE_HEADERS                                                                               \
    "Accept-Ranges: bytes\r\n"                                                                     \
    "Cache-Control: private, no-cache\r\n"                                                         \
    "Content-Security-Policy: sandbox; default-src 'none'\r\n"                                     \
    "Cross-Origin-Resource-Policy: same-origin\r\n"                                                \
    "Referrer-Policy: no-referrer\r\n"

static const struct web_error no_file = {"no_file", "there is no such file", 0};

/* call->state */
struct sending {
    struct disk_job job; /* first; the call is held while it is with the disk */
    struct rest_call *call;
    bool is_thumbnail;
    char *none_match, *range, *if_range; /* fields, as they came, or NULL; owned */
    uint8_t hash[BLOB_HASH_BYTES];
    uint64_t bytes; /* of the whole file, as its row says */
    const char *type;
    bool in_place;
    char name[FILE_NAME_BYTES_MAX + 1];
    char etag[ETAG_BYTES];
    int fd;        /* -1: not open */
    int result;    /* of opening; */
    int error;     /* with errno */
    uint64_t size; /* and what was found */
    uint64_t at, end;
    size_t window;
    uint64_t sent_ms; /* when the window was */
};

static char *copy_field(const struct http_head *head, const char *name)
{
    struct slice value = http_header(head, name);
    return value.ptr ? mem_copy_string(value.ptr, value.len) : NULL;
}

static void prepare(struct rest_call *call, const struct http_request *request)
{
    struct sending *sending = mem_zalloc(sizeof(*sending));
    sending->call = call;
    sending->fd = -1;
    sending->none_match = copy_field(request->head, "If-None-Match");
    /* A range is asked for by GET only (RFC 9110 14.2). */
    if (request->method == HTTP_GET) {
        sending->range = copy_field(request->head, "Range");
        sending->if_range = copy_field(request->head, "If-Range");
    }
    call->state = sending;
}

static void prepare_thumbnail(struct rest_call *call, const struct http_request *request)
{
    prepare(call, request);
    ((struct sending *)call->state)->is_thumbnail = true;
}

static void begin(struct rest_call *call, const struct event *hello)
{
    uint64_t id;
    (void)hello;
    if (!call->rest->files->place.folder || !web_key_of(rest_string(call, "file"), &id)) {
        rest_refuse(call, &no_file);
        return;
    }
    struct store_read *read = mem_zalloc(sizeof(*read));
    read->kind = READ_FILE;
    read->id = id;
    if (hub_ask(&call->speaker.client, read) != OK)
        rest_refuse(call, &web_error_busy);
}

/* ---- the disk ---- */

static void submit(struct sending *sending, void (*run)(struct disk_job *job),
                   void (*done)(struct disk_job *job))
{
    const struct http_upload_place *place = &sending->call->rest->files->place;
    rest_hold(sending->call);
    sending->job = (struct disk_job){.home = &place->loop->mailbox, .run = run, .done = done};
    disk_pool_submit(place->disk, disk_pool_lane(place->disk), &sending->job);
}

/* Of what kind a thumbnail is, is written nowhere but in itself; it was looked at when it came. */
static void look(struct sending *sending)
{
    uint8_t start[LOOK_BYTES];
    struct media_type media;
    ssize_t len = pread(sending->fd, start, sizeof(start), 0);
    media_type_look(slice_of(start, len > 0 ? (size_t)len : 0), &media);
    sending->type = media_type_served(media.name);
    sending->in_place = media.kind == MEDIA_IMAGE;
}

static void open_file(struct disk_job *job)
{
    struct sending *sending = (struct sending *)job;
    sending->result =
        blob_open(sending->call->rest->files->place.folder, sending->hash, &sending->size);
    sending->error = errno;
    sending->fd = sending->result >= 0 ? sending->result : -1;
    if (sending->is_thumbnail && sending->fd >= 0)
        look(sending);
}

/* Brings the window into the page cache. What cannot be read will not be sent, either. */
static void warm_up(struct disk_job *job)
{
    struct sending *sending = (struct sending *)job;
    uint8_t bytes[READ_BYTES];
    uint64_t end = sending->at + sending->window;
    for (uint64_t at = sending->at; at < end; at += READ_BYTES) {
        if (pread(sending->fd, bytes, READ_BYTES, (off_t)at) <= 0)
            return;
    }
}

/*
 * Whether the window is in the page cache, as its first and last bytes show: files are read in order, and read ahead. Where the
 * file system cannot say (errno EOPNOTSUPP), it is not.
 */
static bool is_cached(const struct sending *sending)
{
    uint8_t byte;
    struct iovec iov = {&byte, 1};
    uint64_t last = sending->at + sending->window - 1;
    return preadv2(sending->fd, &iov, 1, (off_t)sending->at, RWF_NOWAIT) == 1 &&
           preadv2(sending->fd, &iov, 1, (off_t)last, RWF_NOWAIT) == 1;
}

/* ---- bytes ---- */

static void send_window(struct sending *sending)
{
    struct rest_call *call = sending->call;
    uint64_t from = sending->at;
    sending->at += sending->window;
    sending->sent_ms = call->rest->loop->now_ms;
    metrics_add(call->rest->metrics, METRIC_DOWNLOADED_BYTES, (int64_t)sending->window);
    http_send_file(call->request, sending->fd, from, sending->window);
}

static void warmed_up(struct disk_job *job)
{
    struct sending *sending = (struct sending *)job;
    rest_unhold(sending->call);
    if (sending->call->request)
        send_window(sending);
}

static void send_next(struct sending *sending)
{
    uint64_t left = sending->end - sending->at;
    if (left < sending->window)
        sending->window = (size_t)left;
    if (is_cached(sending))
        send_window(sending);
    else
        submit(sending, warm_up, warmed_up);
}

static void on_drained(struct rest_call *call)
{
    struct sending *sending = call->state;
    if (sending->at == sending->end) {
        struct http_request *request = call->request;
        rest_end(call);
        http_end(request);
        return;
    }
    uint64_t took_ms = call->rest->loop->now_ms - sending->sent_ms;
    if (took_ms > WINDOW_QUICK_MS)
        sending->window = WINDOW_BYTES_MIN;
    else if (sending->window < WINDOW_BYTES_MAX)
        sending->window *= 2;
    send_next(sending);
}

/* ---- the answer's head ---- */

static void write_headers(const struct sending *sending, struct buffer *out)
{
    buffer_printf(out, "ETag: %s\r\n", sending->etag);
    file_name_write_disposition(out, slice_of_string(sending->name), sending->in_place);
    buffer_append_string(out, FILE_HEADERS);
}

/* An answer without a body of ours. */
static void reply_empty(struct sending *sending, unsigned status, const char *further)
{
    struct rest_call *call = sending->call;
    struct http_request *request = call->request;
    struct buffer headers = {0};
    write_headers(sending, &headers);
    buffer_append_string(&headers, further);
    buffer_append_byte(&headers, '\0');
    rest_end(call);
    http_respond(request, &(struct http_response){
                              .status = status,
                              .headers = (const char *)headers.ptr,
                          });
    buffer_release(&headers);
}

static bool is_not_modified(const struct sending *sending)
{
    if (!sending->none_match)
        return false;
    const struct http_head head = {
        .headers_count = 1,
        .headers = {{SLICE_LITERAL("If-None-Match"), slice_of_string(sending->none_match)}},
    };
    return http_etag_matches(&head, slice_of_string(sending->etag));
}

/*
 * Which part is to be sent: all of it, unless a range is asked for, and of this very content (RFC 9110 13.1.5: a strong
 * comparison; there are no dates to compare here). False: there is no such part.
 */
static bool choose_part(struct sending *sending, unsigned *ret_status)
{
    uint64_t first, last;
    *ret_status = 200;
    sending->at = 0;
    sending->end = sending->size;
    bool wants =
        sending->range && (!sending->if_range || strcmp(sending->if_range, sending->etag) == 0);
    int result =
        wants ? http_range_read(slice_of_string(sending->range), sending->size, &first, &last)
              : ERR_PROTOCOL;
    if (result == OK) {
        *ret_status = 206;
        sending->at = first;
        sending->end = last + 1;
    }
    return result != ERR_NOT_FOUND;
}

static void begin_answer(struct sending *sending, unsigned status)
{
    struct rest_call *call = sending->call;
    struct buffer headers = {0};
    uint64_t bytes = sending->end - sending->at;
    write_headers(sending, &headers);
    if (status == 206)
        buffer_printf(&headers, "Content-Range: bytes %llu-%llu/%llu\r\n",
                      (unsigned long long)sending->at, (unsigned long long)sending->end - 1,
                      (unsigned long long)sending->size);
    buffer_append_byte(&headers, '\0');
    metrics_add(call->rest->metrics, METRIC_DOWNLOADS, 1);
    bool goes_on = http_begin(call->request,
                              &(struct http_response){
                                  .status = status,
                                  .type = sending->type,
                                  .headers = (const char *)headers.ptr,
                              },
                              (int64_t)bytes);
    buffer_release(&headers);
    sending->window = WINDOW_BYTES_MIN;
    if (!goes_on)
        rest_end(call);
    else if (bytes == 0)
        on_drained(call);
    else
        send_next(sending);
}

static void answer(struct sending *sending)
{
    char range[64];
    unsigned status;
    if (is_not_modified(sending)) {
        reply_empty(sending, 304, "");
    } else if (choose_part(sending, &status)) {
        begin_answer(sending, status);
    } else {
        snprintf(range, sizeof(range), "Content-Range: bytes */%llu\r\n",
                 (unsigned long long)sending->size);
        reply_empty(sending, 416, range);
    }
}

static void opened(struct disk_job *job)
{
    struct sending *sending = (struct sending *)job;
    struct rest_call *call = sending->call;
    rest_unhold(call);
    if (!call->request)
        return;
    if (sending->fd >= 0 && sending->size == sending->bytes) {
        answer(sending);
        return;
    }
    /* A row without its blob: it was removed by hand, or not restored with the database. */
    log_error("the file with the hash %.16s... is not on the disk as it should be: %s",
              sending->etag + 1,
              sending->fd >= 0                   ? "it has another size"
              : sending->result == ERR_NOT_FOUND ? "it is not there"
                                                 : strerror(sending->error));
    rest_refuse(call, &no_file);
}

/* ---- who may have it ---- */

static bool may_have(const struct rest_call *call, const struct file_record *record)
{
    const struct client *client = &call->speaker.client;
    if (record->room == 0)
        return record->person == client->person;
    return hub_is_in(client, record->room);
}

static void describe(struct sending *sending, const struct act_file *file)
{
    char *at = sending->etag;
    memcpy(sending->hash, sending->is_thumbnail ? file->thumbnail : file->hash, BLOB_HASH_BYTES);
    sending->bytes = sending->is_thumbnail ? file->thumbnail_bytes : file->bytes;
    sending->type = media_type_served(file->type);
    sending->in_place = media_type_kind(file->type) != MEDIA_OTHER;
    snprintf(sending->name, sizeof(sending->name), "%s",
             sending->is_thumbnail ? "thumbnail" : file->name);
    *at++ = '"';
    for (size_t i = 0; i < BLOB_HASH_BYTES; i++, at += 2)
        snprintf(at, 3, "%02x", sending->hash[i]);
    *at++ = '"';
    *at = '\0';
}

static void on_read(struct rest_call *call, const struct store_read *read)
{
    struct sending *sending = call->state;
    const struct file_record *record = read->file;
    if (!call->request)
        return;
    if (read->result != OK && read->result != ERR_NOT_FOUND) {
        rest_refuse(call, &web_error_busy);
    } else if (read->result != OK || !may_have(call, record) ||
               (sending->is_thumbnail && !record->file.has_thumbnail)) {
        rest_refuse(call, &no_file);
    } else {
        describe(sending, &record->file);
        submit(sending, open_file, opened);
    }
}

static void release(struct rest_call *call)
{
    struct sending *sending = call->state;
    if (!sending)
        return;
    if (sending->fd >= 0)
        close(sending->fd);
    mem_free(sending->none_match);
    mem_free(sending->range);
    mem_free(sending->if_range);
    mem_free(sending);
}

const struct rest_entry *files_download_routes(size_t *ret_count)
{
    static const struct rest_entry entries[] = {
        {HTTP_GET,
         "/api/v1/files/{file}/thumbnail",
         {.params = "file",
          .counted = RATE_FETCH,
          .prepare = prepare_thumbnail,
          .begin = begin,
          .on_read = on_read,
          .on_drained = on_drained,
          .release = release}},
        {HTTP_GET,
         "/api/v1/files/{file}/{name}",
         {.params = "file name",
          .counted = RATE_FETCH,
          .prepare = prepare,
          .begin = begin,
          .on_read = on_read,
          .on_drained = on_drained,
          .release = release}},
    };
    *ret_count = sizeof(entries) / sizeof(entries[0]);
    return entries;
}
