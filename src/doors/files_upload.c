/*
 * POST /files and POST /files/{id}/thumbnail: who sends is found out first, then the body goes to the disk, and in the end an act makes
 * somebody's file of it.
 *
 *   prepare -> begin -> (the disk is ready) -> on_body … on_body_end -> (it is stored) -> act -> answer
 *
 * Whatever goes wrong on the way, or should the peer go, release takes back what there is. Only while the act is with the
 * writer the call is held: the blob has to stay pinned until it is known what became of it.
 */

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "base/memory.h"
#include "doors/file_name.h"
#include "doors/files.h"
#include "doors/json_text.h"
#include "doors/web_field.h"

enum { DISK_FULL_RETRY_MS = 5000, UPLOADS_RETRY_MS = 1000 };

/* call->state */
struct receiving {
    struct http_upload *upload; /* owned; NULL before begin */
    bool is_thumbnail;
    bool counted; /* by the limit, for person */
    bool pinned;  /* the blob is; its hash is in file */
    int claim_result;
    uint64_t person, number;
    uint64_t promised_bytes, bytes, bytes_max;
    uint32_t width, height;
    char claim[MEDIA_TYPE_BYTES_MAX + 1];
    struct act_file file;
};

static const struct web_error disk_full = {"disk_full", "there is no room for files at the moment",
                                           DISK_FULL_RETRY_MS};
static const struct web_error too_many = {"rate_limited", "you send too many files at once",
                                          UPLOADS_RETRY_MS};
static const struct web_error stopping = {"stopping", "the server stops", 3000};
static const struct web_error no_file = {"no_file", "there is no such file, or it is not yours", 0};
static const struct web_error no_folder = {"no_accounts", "this server keeps no files", 0};
static const struct web_error needs_account = {"needs_account", "that takes an account", 0};
static const struct web_error too_large = {"too_large", "the file is larger than this server takes",
                                           0};
static const struct web_error thumbnail_too_large = {"too_large",
                                                     "a thumbnail has at most 262144 bytes", 0};
static const struct web_error is_form = {
    "unsupported_type", "the body has to be the file itself, not a form with it", 0};
static const struct web_error bad_type = {"bad_request", "Content-Type is not valid", 0};
static const struct web_error bad_name = {
    "bad_request", "name: one line without a path, up to 255 bytes, is needed", 0};
static const struct web_error bad_size = {"bad_request",
                                          "width and height are not those of what was sent", 0};
static const struct web_error no_image = {"unsupported_type",
                                          "a thumbnail is a PNG, JPEG, WebP or GIF image", 0};

/* ---- what the request says ---- */

static void prepare(struct rest_call *call, const struct http_request *request)
{
    struct receiving *receiving = mem_zalloc(sizeof(*receiving));
    call->state = receiving;
    receiving->claim_result =
        media_type_read(http_header(request->head, "Content-Type"), receiving->claim);
    receiving->promised_bytes = request->head->content_length;
    receiving->bytes_max = call->rest->files->upload_bytes_max;
}

static void prepare_thumbnail(struct rest_call *call, const struct http_request *request)
{
    prepare(call, request);
    struct receiving *receiving = call->state;
    receiving->is_thumbnail = true;
    receiving->bytes_max = FILES_THUMBNAIL_BYTES_MAX;
}

static const struct web_error *read_side(const struct rest_call *call, const char *field,
                                         uint32_t *ret_side)
{
    const json_t *value = json_object_get(call->json, field);
    json_int_t side = json_integer_value(value);
    if (value && (side < 1 || side > MEDIA_SIDE_MAX))
        return &bad_size;
    *ret_side = (uint32_t)side;
    return NULL;
}

static const struct web_error *read_name(const struct rest_call *call, struct act_file *file)
{
    struct slice name = rest_string(call, "name");
    if (!name.ptr || file_name_check(name) != OK)
        return &bad_name;
    memcpy(file->name, name.ptr, name.len);
    return NULL;
}

/* Returns what is wrong, or NULL. */
static const struct web_error *check(struct rest_call *call, struct receiving *receiving)
{
    const struct web_error *error = NULL;
    if (!call->rest->files->place.folder)
        return &no_folder;
    if (receiving->claim_result != OK)
        return &bad_type;
    if (strcmp(receiving->claim, "multipart/form-data") == 0)
        return &is_form;
    if (receiving->is_thumbnail)
        error = web_key_of(rest_string(call, "file"), &receiving->number) ? NULL : &no_file;
    else
        error = read_name(call, &receiving->file);
    if (!error)
        error = read_side(call, "width", &receiving->width);
    if (!error)
        error = read_side(call, "height", &receiving->height);
    if (!error && receiving->promised_bytes > receiving->bytes_max)
        error = receiving->is_thumbnail ? &thumbnail_too_large : &too_large;
    return error;
}

/* ---- the body ---- */

static void on_ready(void *ctx)
{
    struct rest_call *call = ctx;
    if (call->request)
        http_go_on_body(call->request);
}

static void on_body(struct rest_call *call, struct slice bytes)
{
    struct receiving *receiving = call->state;
    receiving->bytes += bytes.len;
    if (receiving->bytes > receiving->bytes_max)
        rest_refuse(call, receiving->is_thumbnail ? &thumbnail_too_large : &too_large);
    else if (!http_upload_add(receiving->upload, bytes))
        http_hold_body(call->request);
}

static void on_body_end(struct rest_call *call)
{
    struct receiving *receiving = call->state;
    http_upload_end(receiving->upload);
}

/* ---- the act ---- */

/* What the bytes are, and whether that is what the sender says. Returns what is wrong, or NULL. */
static const struct web_error *settle_type(struct receiving *receiving,
                                           const struct media_type *media)
{
    static const char *const thumbnails[] = {"image/png", "image/jpeg", "image/webp", "image/gif"};
    struct act_file *file = &receiving->file;
    if (!media_type_fits(media, receiving->width, receiving->height))
        return &bad_size;
    if (!receiving->is_thumbnail) {
        bool is_known = receiving->width == 0 && media->width <= MEDIA_SIDE_MAX &&
                        media->height <= MEDIA_SIDE_MAX;
        file->width = is_known ? media->width : receiving->width;
        file->height = is_known ? media->height : receiving->height;
        snprintf(file->type, sizeof(file->type), "%s", media_type_settle(receiving->claim, media));
        return NULL;
    }
    for (size_t i = 0; i < sizeof(thumbnails) / sizeof(thumbnails[0]); i++) {
        if (strcmp(media->name, thumbnails[i]) == 0)
            return NULL;
    }
    return &no_image;
}

static void submit(struct rest_call *call, struct receiving *receiving)
{
    static const char id[] = "file";
    struct act *act = act_new(receiving->is_thumbnail ? ACT_FILE_THUMBNAIL : ACT_FILE);
    act->number = receiving->number;
    act->file = mem_alloc(sizeof(*act->file));
    *act->file = receiving->file;
    if (hub_act(&call->speaker.client, act, slice_of_string(id)) == OK)
        rest_hold(call);
    else
        rest_refuse(call, &web_error_busy);
}

static void on_blob(struct rest_call *call, struct receiving *receiving)
{
    const struct http_upload_result *stored = http_upload_result(receiving->upload);
    struct act_file *file = &receiving->file;
    receiving->pinned = true;
    if (receiving->is_thumbnail) {
        file->has_thumbnail = true;
        file->thumbnail_bytes = stored->bytes;
        memcpy(file->thumbnail, stored->hash, sizeof(file->thumbnail));
    } else {
        file->bytes = stored->bytes;
        memcpy(file->hash, stored->hash, sizeof(file->hash));
    }
    const struct web_error *error = settle_type(receiving, &stored->media);
    if (!call->request || call->request->server->deaf)
        rest_refuse(call, &stopping);
    else if (error)
        rest_refuse(call, error);
    else if (hub_is_busy(&call->speaker.client))
        rest_refuse(call, &web_error_busy);
    else
        submit(call, receiving);
}

static void on_stored(void *ctx, int result, int error)
{
    struct rest_call *call = ctx;
    if (result == OK) {
        on_blob(call, call->state);
    } else if (result == ERR_BUSY) {
        metrics_add(call->rest->metrics, METRIC_REFUSED_DISK, 1);
        rest_refuse(call, &disk_full);
    } else {
        log_error("a file that was sent cannot be kept: %s", strerror(error));
        rest_refuse(call, &web_error_busy);
    }
}

static void unpin(struct rest_call *call, struct receiving *receiving, bool kept)
{
    const struct act_file *file = &receiving->file;
    if (receiving->pinned)
        blob_unpin(call->rest->files->place.folder,
                   receiving->is_thumbnail ? file->thumbnail : file->hash, kept);
    receiving->pinned = false;
}

static void write_file(struct buffer *out, const struct receiving *receiving, uint64_t id)
{
    const struct act_file *file = &receiving->file;
    buffer_printf(out, "{\"file\":{\"id\":\"%llu\",\"name\":", (unsigned long long)id);
    json_append_string(out, slice_of_string(file->name), JSON_PLAIN);
    buffer_append_string(out, ",\"type\":");
    json_append_string(out, slice_of_string(file->type), JSON_PLAIN);
    buffer_printf(out, ",\"bytes\":%llu", (unsigned long long)file->bytes);
    if (file->width > 0)
        buffer_printf(out, ",\"width\":%u,\"height\":%u", file->width, file->height);
    buffer_append_string(out, "}}");
}

static void on_answer(struct rest_call *call, const struct event *event)
{
    struct receiving *receiving = call->state;
    rest_unhold(call);
    unpin(call, receiving, event->result == OK);
    if (event->result != OK) {
        struct web_error error = web_error_of_answer(event);
        rest_refuse(call, &error);
    } else if (receiving->is_thumbnail) {
        rest_reply_with(call, 204, NULL, slice_of(NULL, 0), NULL);
    } else {
        struct buffer out = {0};
        metrics_add(call->rest->metrics, METRIC_UPLOADS, 1);
        metrics_add(call->rest->metrics, METRIC_UPLOADED_BYTES, (int64_t)receiving->file.bytes);
        write_file(&out, receiving, event->act->number);
        rest_reply(call, &out, NULL);
    }
}

/* ---- beginning and end ---- */

static void on_room(void *ctx)
{
    on_ready(ctx);
}

static void begin(struct rest_call *call, const struct event *hello)
{
    static const struct http_upload_handler handler = {on_ready, on_room, on_stored};
    const struct files_door *files = call->rest->files;
    struct receiving *receiving = call->state;
    const struct web_error *error = check(call, receiving);
    if (error) {
        rest_refuse(call, error);
        return;
    }
    /* What is certain already is said before the body comes; the act asks again. */
    const struct client *client = &call->speaker.client;
    if (client->rooms_count > 0 && hub_may(client, client->rooms[0], ACTION_UPLOAD) == ERR_DENIED) {
        rest_refuse(call, &needs_account);
        return;
    }
    receiving->person = hello->person;
    receiving->counted = http_upload_limit_take(files->limit, receiving->person);
    if (receiving->counted)
        receiving->upload =
            http_upload_new(&files->place, &handler, call, receiving->promised_bytes);
    else
        rest_refuse(call, &too_many);
}

static void release(struct rest_call *call)
{
    struct receiving *receiving = call->state;
    if (!receiving)
        return;
    unpin(call, receiving, false);
    http_upload_free(receiving->upload);
    if (receiving->counted)
        http_upload_limit_give(call->rest->files->limit, receiving->person);
    mem_free(receiving);
}

const struct rest_entry *files_upload_routes(size_t *ret_count)
{
    static const struct rest_entry entries[] = {
        {HTTP_DELETE, "/api/v1/files/{file}", {.op = "file_end", .params = "file"}},
        {HTTP_POST,
         "/api/v1/files",
         {.body = REST_BODY_STREAM,
          .query = "name width# height#",
          .status = 201,
          .rate = RATE_UPLOAD,
          .prepare = prepare,
          .begin = begin,
          .on_answer = on_answer,
          .on_body = on_body,
          .on_body_end = on_body_end,
          .release = release}},
        {HTTP_POST,
         "/api/v1/files/{file}/thumbnail",
         {.body = REST_BODY_STREAM,
          .params = "file",
          .query = "width# height#",
          .rate = RATE_UPLOAD,
          .prepare = prepare_thumbnail,
          .begin = begin,
          .on_answer = on_answer,
          .on_body = on_body,
          .on_body_end = on_body_end,
          .release = release}},
    };
    *ret_count = sizeof(entries) / sizeof(entries[0]);
    return entries;
}
