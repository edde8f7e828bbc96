#include "proto/http_field.h"

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

struct slice http_trim(struct slice text)
{
    while (text.len > 0 && is_blank(text.ptr[0]))
        text = slice_of(text.ptr + 1, text.len - 1);
    while (text.len > 0 && is_blank(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

/**
 * Cuts off what stands before the next separator that is not in a quoted string; trimmed. The ptr
 * of *rest becomes NULL with the last piece, so that "a;" has two.
 */
static struct slice cut(struct slice *rest, uint8_t separator)
{
    bool quoted = false;
    size_t i = 0;
    for (; i < rest->len && (quoted || rest->ptr[i] != separator); i++) {
        if (rest->ptr[i] == '"')
            quoted = !quoted;
        else if (quoted && rest->ptr[i] == '\\' && i + 1 < rest->len)
            i++;
    }
    struct slice piece = http_trim(slice_of(rest->ptr, i));
    if (i < rest->len)
        *rest = slice_of(rest->ptr + i + 1, rest->len - i - 1);
    else
        *rest = (struct slice){0};
    return piece;
}

bool http_list_next(struct slice *rest, struct slice *ret_element)
{
    while (rest->ptr) {
        struct slice element = cut(rest, ',');
        if (element.len > 0) {
            *ret_element = element;
            return true;
        }
    }
    return false;
}

bool http_part_next(struct slice *rest, struct slice *ret_part)
{
    if (!rest->ptr)
        return false;
    *ret_part = cut(rest, ';');
    return true;
}

void http_part_split(struct slice part, struct slice *ret_name, struct slice *ret_value)
{
    const uint8_t *mark = part.len > 0 ? memchr(part.ptr, '=', part.len) : NULL;
    *ret_name = mark ? slice_of(part.ptr, (size_t)(mark - part.ptr)) : part;
    *ret_value = mark ? slice_of(mark + 1, part.len - ret_name->len - 1) : (struct slice){0};
}

/** Goes through the elements of all fields of one name, as if they were one list (RFC 9110 5.3). */
struct field_walk {
    const struct http_head *head;
    struct slice name;
    struct slice rest;
    size_t index;
};

static struct field_walk walk_begin(const struct http_head *head, const char *name)
{
    return (struct field_walk){.head = head, .name = slice_of_string(name)};
}

static bool walk_next(struct field_walk *walk, struct slice *ret_element)
{
    while (!http_list_next(&walk->rest, ret_element)) {
        const struct http_head *head = walk->head;
        while (walk->index < head->headers_count &&
               !http_header_is(&head->headers[walk->index], walk->name))
            walk->index++;
        if (walk->index == head->headers_count)
            return false;
        walk->rest = head->headers[walk->index++].value;
    }
    return true;
}

bool http_has_token(const struct http_head *head, const char *name, const char *token)
{
    struct field_walk walk = walk_begin(head, name);
    struct slice wanted = slice_of_string(token);
    struct slice element;
    while (walk_next(&walk, &element)) {
        if (slice_equals_nocase(element, wanted))
            return true;
    }
    return false;
}

/** A qvalue (RFC 9110 12.4.2), 0 to 1 with at most three decimals, in thousandths; or -1. */
static int parse_quality(struct slice text)
{
    if (text.len < 1 || text.len > 5 || (text.ptr[0] != '0' && text.ptr[0] != '1'))
        return -1;
    if (text.len > 1 && text.ptr[1] != '.')
        return -1;
    int quality = (text.ptr[0] - '0') * HTTP_QUALITY_MAX;
    int scale = HTTP_QUALITY_MAX / 10;
    for (size_t i = 2; i < text.len; i++, scale /= 10) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return -1;
        quality += (text.ptr[i] - '0') * scale;
    }
    return quality <= HTTP_QUALITY_MAX ? quality : -1;
}

/** One element, "name" or "name;q=0.5"; false if its quality is malformed. */
static bool parse_weighted(struct slice element, struct slice *ret_name, int *ret_quality)
{
    struct slice part, name, value;
    int quality = HTTP_QUALITY_MAX;
    if (!http_part_next(&element, ret_name))
        return false;
    while (http_part_next(&element, &part)) {
        http_part_split(part, &name, &value);
        if (slice_equals_nocase(name, slice_of_string("q")))
            quality = parse_quality(value);
    }
    *ret_quality = quality;
    return quality >= 0;
}

int http_encoding_quality(const struct http_head *head, const char *coding)
{
    enum { UNNAMED = -1 };
    struct slice wanted = slice_of_string(coding);
    bool is_identity = slice_equals_nocase(wanted, slice_of_string("identity"));
    if (http_header_count(head, "accept-encoding") == 0)
        return is_identity ? HTTP_QUALITY_MAX : 0;

    struct field_walk walk = walk_begin(head, "accept-encoding");
    int any = UNNAMED;
    struct slice element, name;
    int quality;
    while (walk_next(&walk, &element)) {
        if (!parse_weighted(element, &name, &quality) || !http_is_token(name))
            continue;
        if (slice_equals_nocase(name, wanted))
            return quality;
        if (slice_is(name, "*"))
            any = quality;
    }
    if (any != UNNAMED)
        return any;
    return is_identity ? 1 : 0;
}

bool http_accepts_encoding(const struct http_head *head, const char *coding)
{
    return http_encoding_quality(head, coding) > 0;
}

bool http_accepts_type(const struct http_head *head, const char *type)
{
    struct field_walk walk = walk_begin(head, "accept");
    struct slice wanted = slice_of_string(type);
    struct slice element, name;
    int quality;
    while (walk_next(&walk, &element)) {
        if (parse_weighted(element, &name, &quality) && slice_equals_nocase(name, wanted))
            return quality > 0;
    }
    return false;
}

/** The opaque part of an entity tag, with its quotes: without W/ (RFC 9110 8.8.3.2). */
static struct slice strip_weak(struct slice etag)
{
    if (etag.len >= 2 && etag.ptr[0] == 'W' && etag.ptr[1] == '/')
        return slice_of(etag.ptr + 2, etag.len - 2);
    return etag;
}

/**
 * Takes the next entity tag off the list. Not http_list_next: inside a tag a backslash is a
 * character like any other (RFC 9110 8.8.3).
 */
static bool etag_next(struct slice *rest, struct slice *ret_etag)
{
    while (rest->len > 0 && (is_blank(rest->ptr[0]) || rest->ptr[0] == ','))
        *rest = slice_of(rest->ptr + 1, rest->len - 1);
    struct slice tag = strip_weak(*rest);
    if (tag.len < 2 || tag.ptr[0] != '"')
        return false;
    const uint8_t *end = memchr(tag.ptr + 1, '"', tag.len - 1);
    if (!end)
        return false;
    *ret_etag = slice_of(tag.ptr, (size_t)(end - tag.ptr) + 1);
    *rest = slice_of(end + 1, tag.len - ret_etag->len);
    return true;
}

bool http_etag_matches(const struct http_head *head, struct slice etag)
{
    struct slice wanted = strip_weak(etag);
    for (size_t i = 0; i < head->headers_count; i++) {
        if (!http_header_is(&head->headers[i], SLICE_LITERAL("if-none-match")))
            continue;
        struct slice rest = head->headers[i].value;
        struct slice tag;
        if (slice_is(rest, "*"))
            return true;
        while (etag_next(&rest, &tag)) {
            if (slice_equals(tag, wanted))
                return true;
        }
    }
    return false;
}
