#include "proto/cookie.h"

#include "base/error.h"
#include "proto/http_field.h"

/*
 * Cuts off what stands before the next semicolon, trimmed. Quotes mean nothing here (RFC 6265 4.1.1 has them within a
 * value only): were they heeded, one that somebody else has set could hide the cookies behind it.
 */
static bool next_pair(struct slice *rest, struct slice *ret_pair)
{
    if (rest->len == 0)
        return false;
    const uint8_t *mark = memchr(rest->ptr, ';', rest->len);
    size_t len = mark ? (size_t)(mark - rest->ptr) : rest->len;
    *ret_pair = http_trim(slice_of(rest->ptr, len));
    *rest = mark ? slice_of(mark + 1, rest->len - len - 1) : slice_of(NULL, 0);
    return true;
}

/* Looks through one field; counts in *found. */
static void find_in(struct slice field, const char *name, unsigned *found, struct slice *ret_value)
{
    struct slice pair;
    while (next_pair(&field, &pair)) {
        struct slice key, value;
        http_part_split(pair, &key, &value);
        if (!value.ptr || !slice_is(key, name))
            continue;
        *ret_value = value;
        ++*found;
    }
}

int cookie_find(const struct http_head *head, const char *name, struct slice *ret_value)
{
    struct slice value = {NULL, 0};
    unsigned found = 0;
    for (uint16_t i = 0; i < head->headers_count; i++) {
        if (http_header_is(&head->headers[i], SLICE_LITERAL("Cookie")))
            find_in(head->headers[i].value, name, &found, &value);
    }
    if (found == 0)
        return ERR_NOT_FOUND;
    if (found > 1)
        return ERR_PROTOCOL;
    *ret_value = value;
    return OK;
}
