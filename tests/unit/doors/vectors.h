#pragma once
/*
 * Reading tests/vectors: what the server and its web client must agree on. Tests run in the
 * repository's root.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "chat/name.h"
#include "doors/room_id.h"

static inline const char *string_in(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static inline uint64_t number_in(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_string(value) ? strtoull(json_string_value(value), NULL, 10)
                                 : (uint64_t)json_integer_value(value);
}

static inline bool is_in(const json_t *object, const char *key)
{
    return json_object_get(object, key) != NULL;
}

static inline bool truth_in(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

static inline uint64_t id_of(const char *text)
{
    assert_int_equal(strlen(text), 16);
    return strtoull(text, NULL, 16);
}

static inline uint64_t room_of(const char *text)
{
    uint64_t room;
    assert_true(room_id_parse(slice_of_string(text), &room));
    return room;
}

static inline struct name name_in(const json_t *object, const char *key)
{
    const char *text = string_in(object, key);
    struct name name = {.len = (uint8_t)strlen(text)};
    memcpy(name.text, text, strlen(text) + 1);
    return name;
}

static inline json_t *load(const char *path)
{
    json_error_t error;
    json_t *vectors = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_array(vectors) || json_array_size(vectors) == 0)
        fail_msg("%s: %s", path, vectors ? "not a list" : error.text);
    return vectors;
}
