#include "proto/url.h"

#include "base/error.h"
#include "base/hex.h"
#include "base/utf8.h"

/** The byte that the escape at the start of the text stands for; or -1 (RFC 3986 2.1). */
static int decode_escape(struct slice text)
{
    if (text.len < 3)
        return -1;
    int high = hex_value(text.ptr[1]);
    int low = hex_value(text.ptr[2]);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/** pchar and '/' (RFC 3986 3.3), without '%'. */
static bool is_path_byte(uint8_t byte)
{
    if ((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z'))
        return true;
    return byte >= '!' && byte < 0x7f && !strchr("\"#%<>?[\\]^`{|}", byte);
}

/** Whether a segment that ends at the end of the decoded text is "." or "..". */
static bool ends_in_dot_segment(const uint8_t *path, size_t len)
{
    size_t dots = 0;
    while (dots < len && path[len - 1 - dots] == '.')
        dots++;
    return (dots == 1 || dots == 2) && dots < len && path[len - 1 - dots] == '/';
}

int url_decode_path(struct slice path, uint8_t *out, size_t out_size)
{
    size_t len = 0;
    if (path.len == 0 || path.ptr[0] != '/')
        return ERR_PROTOCOL;
    for (size_t i = 0; i < path.len; i++) {
        int byte = path.ptr[i];
        if (byte == '%') {
            byte = decode_escape(slice_of(path.ptr + i, path.len - i));
            i += 2;
            if (byte < ' ' || byte == 0x7f || byte == '/' || byte == '\\')
                return ERR_PROTOCOL;
        } else if (!is_path_byte((uint8_t)byte)) {
            return ERR_PROTOCOL;
        }
        if (byte == '/' && ends_in_dot_segment(out, len))
            return ERR_PROTOCOL;
        if (len == out_size)
            return ERR_LIMIT;
        out[len++] = (uint8_t)byte;
    }
    if (ends_in_dot_segment(out, len) || !utf8_is_valid(slice_of(out, len)))
        return ERR_PROTOCOL;
    return (int)len;
}

int url_decode_component(struct slice text, uint8_t *out, size_t out_size)
{
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        int byte = text.ptr[i];
        if (byte == '%') {
            byte = decode_escape(slice_of(text.ptr + i, text.len - i));
            i += 2;
        } else if (byte == '+') {
            byte = ' ';
        }
        if (byte <= 0)
            return ERR_PROTOCOL;
        if (len == out_size)
            return ERR_LIMIT;
        out[len++] = (uint8_t)byte;
    }
    return utf8_is_valid(slice_of(out, len)) ? (int)len : ERR_PROTOCOL;
}

bool url_query_next(struct slice *rest, struct slice *ret_name, struct slice *ret_value)
{
    while (rest->len > 0) {
        const uint8_t *end = memchr(rest->ptr, '&', rest->len);
        struct slice piece = slice_of(rest->ptr, end ? (size_t)(end - rest->ptr) : rest->len);
        size_t used = end ? piece.len + 1 : piece.len;
        *rest = slice_of(rest->ptr + used, rest->len - used);
        if (piece.len == 0)
            continue;
        const uint8_t *mark = memchr(piece.ptr, '=', piece.len);
        size_t name_len = mark ? (size_t)(mark - piece.ptr) : piece.len;
        size_t skipped = mark ? name_len + 1 : name_len;
        *ret_name = slice_of(piece.ptr, name_len);
        *ret_value = slice_of(piece.ptr + skipped, piece.len - skipped);
        return true;
    }
    return false;
}
