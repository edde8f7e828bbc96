/* The input is taken for the start of a file, and its first line for a claim of what it is. */
#include "fuzz.h"

#include "base/error.h"
#include "proto/media_type.h"

static void check_claim(struct slice claim, const struct media_type *seen)
{
    char type[MEDIA_TYPE_BYTES_MAX + 1], again[MEDIA_TYPE_BYTES_MAX + 1];
    if (media_type_read(claim, type) != OK)
        return;
    ASSERT(media_type_read(slice_of_string(type), again) == OK && strcmp(type, again) == 0);
    const char *kept = media_type_settle(type, seen);
    const char *served = media_type_served(kept);
    /* What is shown in place is what the bytes show, and nothing else is served as if it were. */
    if (media_type_kind(kept) != MEDIA_OTHER)
        ASSERT(seen->kind != MEDIA_OTHER);
    else
        ASSERT(strncmp(served, "application/", 12) == 0);
    ASSERT(media_type_kind(served) == media_type_kind(kept));
    ASSERT(!strstr(served, "html") && !strstr(served, "xml") && !strstr(served, "script"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *bytes = fuzz_copy(data, size);
    struct media_type seen;
    media_type_look(slice_of(bytes, size), &seen);
    ASSERT((seen.width == 0) == (seen.height == 0));
    ASSERT(seen.width == 0 || seen.kind == MEDIA_IMAGE);
    ASSERT(media_type_kind(seen.name) == seen.kind);
    const uint8_t *line = size > 0 ? memchr(bytes, '\n', size) : NULL;
    if (line) {
        size_t len = (size_t)(line - bytes);
        check_claim(slice_of(bytes, len), &seen);
        media_type_look(slice_of(line + 1, size - len - 1), &seen);
        check_claim(slice_of(bytes, len), &seen);
    }
    mem_free(bytes);
    return 0;
}
