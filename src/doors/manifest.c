#include "doors/manifest.h"

#include <jansson.h>
#include <stdlib.h>

#include "serve/static_files.h"

/* Returns owned (free), or NULL where the program was built without its web client. */
static char *manifest_named(struct slice built, struct slice name)
{
    json_t *manifest = json_loadb((const char *)built.ptr, built.len, 0, NULL);
    if (!manifest)
        return NULL;
    /* Browsers cut the short one where their place for it ends, and know better than we where that is. */
    json_object_set_new(manifest, "name", json_stringn((const char *)name.ptr, name.len));
    json_object_set_new(manifest, "short_name", json_stringn((const char *)name.ptr, name.len));
    char *text = json_dumps(manifest, JSON_COMPACT);
    json_decref(manifest);
    return text;
}

void manifest_handle(void *ctx, struct http_request *request)
{
    struct slice name = name_slice(ctx);
    char *text = name.len > 0 ? manifest_named(static_files_bytes(request->path), name) : NULL;
    if (text)
        static_files_made(request, slice_of_string(text));
    else
        static_files_handle(NULL, request);
    free(text);
}
