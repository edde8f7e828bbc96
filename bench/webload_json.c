#include "webload_json.h"

#include <string.h>

#include "util.h"

static void __attribute__((noreturn)) not_json(struct text text)
{
    die("this is not JSON: %.*s", (int)(text.len < 200 ? text.len : 200), text.at);
}

static const char *skip_space(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r'))
        p++;
    return p;
}

/* Behind the string that begins at `p`, or NULL. */
static const char *skip_string(const char *p, const char *end)
{
    for (p++; p < end; p++) {
        if (*p == '\\')
            p++;
        else if (*p == '"')
            return p + 1;
    }
    return NULL;
}

/* Behind the value that begins at `p`, or NULL. */
static const char *skip_value(const char *p, const char *end)
{
    if (p < end && *p == '"')
        return skip_string(p, end);
    int depth = 0;
    while (p != NULL && p < end) {
        if (*p == '"') {
            p = skip_string(p, end);
            continue;
        }
        if (depth == 0 && (*p == ',' || *p == '}' || *p == ']'))
            return p;
        if (*p == '{' || *p == '[')
            depth++;
        if ((*p == '}' || *p == ']') && --depth == 0)
            return p + 1;
        p++;
    }
    return NULL;
}

bool json_get(struct text object, const char *key, struct text *ret_value)
{
    size_t key_len = strlen(key);
    const char *p = object.at, *end = p + object.len;
    if (p == end || *p != '{')
        not_json(object);
    p = skip_space(p + 1, end);
    while (p < end && *p == '"') {
        const char *name = p + 1;
        p = skip_string(p, end);
        if (p == NULL)
            not_json(object);
        size_t name_len = (size_t)(p - 1 - name);
        p = skip_space(p, end);
        if (p == end || *p != ':')
            not_json(object);
        const char *value = skip_space(p + 1, end);
        p = skip_value(value, end);
        if (p == NULL)
            not_json(object);
        if (name_len == key_len && memcmp(name, key, key_len) == 0) {
            *ret_value = (struct text){value, (size_t)(p - value)};
            return true;
        }
        p = skip_space(p, end);
        if (p < end && *p == ',')
            p = skip_space(p + 1, end);
    }
    if (p == end || *p != '}')
        not_json(object);
    return false;
}

bool json_string(struct text object, const char *key, struct text *ret_string)
{
    struct text value;
    if (!json_get(object, key, &value))
        return false;
    if (value.len < 2 || value.at[0] != '"')
        die("\"%s\" is no string: %.*s", key, (int)object.len, object.at);
    *ret_string = (struct text){value.at + 1, value.len - 2};
    return true;
}

bool json_number(struct text object, const char *key, uint64_t *ret_number)
{
    struct text value;
    if (!json_get(object, key, &value))
        return false;
    if (value.at[0] == '"')
        value = (struct text){value.at + 1, value.len - 2};
    uint64_t number = 0;
    for (size_t i = 0; i < value.len; i++) {
        if (value.at[i] < '0' || value.at[i] > '9')
            die("\"%s\" is no number: %.*s", key, (int)object.len, object.at);
        number = 10 * number + (uint64_t)(value.at[i] - '0');
    }
    *ret_number = number;
    return value.len != 0;
}

bool json_is(struct text object, const char *key, const char *value)
{
    struct text got;
    return json_get(object, key, &got) && text_is(got, value);
}

bool json_next(struct text *rest, struct text *ret_element)
{
    const char *p = rest->at, *end = p + rest->len;
    p = skip_space(p, end);
    if (p < end && (*p == '[' || *p == ','))
        p = skip_space(p + 1, end);
    if (p == end || *p == ']')
        return false;
    const char *behind = skip_value(p, end);
    if (behind == NULL)
        not_json(*rest);
    *ret_element = (struct text){p, (size_t)(behind - p)};
    *rest = (struct text){behind, (size_t)(end - behind)};
    return true;
}

bool text_is(struct text text, const char *string)
{
    return strlen(string) == text.len && memcmp(text.at, string, text.len) == 0;
}
