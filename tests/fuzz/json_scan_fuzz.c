/*
 * Choice: the limits. The rest is a text, which jansson judges too: what it takes, the scan must
 * not call malformed, and what the scan lets through must be within its limits.
 */
#include "fuzz.h"

#include <jansson.h>

#include "base/error.h"
#include "proto/json_scan.h"

enum { DEPTH_MAX = 64 };

/** Whether a parsed value keeps the limits; its depth is known to be small enough to recurse. */
static bool keeps(const json_t *value, const struct json_limits *limits, uint32_t depth)
{
    const char *key;
    json_t *child;
    size_t i;
    if (!json_is_array(value) && !json_is_object(value))
        return true;
    if (depth == limits->depth_max || json_object_size(value) > limits->keys_max)
        return false;
    json_array_foreach (value, i, child) {
        if (!keeps(child, limits, depth + 1))
            return false;
    }
    /* The macro asks for what is not const, and does not change it. */
    json_object_foreach ((json_t *)(uintptr_t)value, key, child) {
        if (!keeps(child, limits, depth + 1))
            return false;
    }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz fuzz = {.data = data, .size = size};
    uint8_t choice = fuzz_choice(&fuzz);
    const struct json_limits limits = {.depth_max = choice % (DEPTH_MAX + 1),
                                       .keys_max = 1 + choice % 7};
    uint8_t *bytes = fuzz_copy(fuzz.data, fuzz.size);
    int result = json_scan(slice_of(bytes, fuzz.size), &limits);
    ASSERT(result == OK || result == ERR_LIMIT || result == ERR_PROTOCOL);
    /* The scan comes first in the program too; but whether it is too strict shows only here. */
    json_t *value =
        json_loadb((const char *)bytes, fuzz.size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
    if (value && result == OK)
        ASSERT(keeps(value, &limits, 0));
    if (value && result == ERR_LIMIT)
        ASSERT(!keeps(value, &limits, 0));
    /* jansson passes over NUL bytes between tokens. */
    ASSERT(!value || result != ERR_PROTOCOL || memchr(bytes, 0, fuzz.size));
    json_decref(value);
    mem_free(bytes);
    return 0;
}
