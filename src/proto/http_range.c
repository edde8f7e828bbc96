#include "proto/http_range.h"

#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "proto/http_field.h"

/* Takes digits; what is too large for a file becomes the largest number. False: there are none. */
static bool take_number(struct slice *text, uint64_t *ret_number)
{
    uint64_t number = 0;
    size_t len = 0;
    for (; len < text->len && text->ptr[len] >= '0' && text->ptr[len] <= '9'; len++) {
        uint64_t digit = text->ptr[len] - (uint64_t)'0';
        number = number > (UINT64_MAX - digit) / 10 ? UINT64_MAX : number * 10 + digit;
    }
    *text = slice_of(text->ptr + len, text->len - len);
    *ret_number = number;
    return len > 0;
}

/* "-500": the last bytes. */
static int read_suffix(struct slice spec, uint64_t bytes, uint64_t *ret_first, uint64_t *ret_last)
{
    uint64_t count;
    if (!take_number(&spec, &count) || spec.len > 0)
        return ERR_PROTOCOL;
    if (count == 0 || bytes == 0)
        return ERR_NOT_FOUND;
    *ret_first = count < bytes ? bytes - count : 0;
    *ret_last = bytes - 1;
    return OK;
}

int http_range_read(struct slice value, uint64_t bytes, uint64_t *ret_first, uint64_t *ret_last)
{
    static const char unit[] = "bytes=";
    uint64_t first, last = UINT64_MAX;
    size_t unit_len = sizeof(unit) - 1;
    if (value.len < unit_len ||
        !slice_equals_nocase(slice_of(value.ptr, unit_len), slice_of(unit, unit_len)))
        return ERR_PROTOCOL;
    struct slice spec = http_trim(slice_of(value.ptr + unit_len, value.len - unit_len));
    if (spec.len > 0 && spec.ptr[0] == '-')
        return read_suffix(slice_of(spec.ptr + 1, spec.len - 1), bytes, ret_first, ret_last);
    if (!take_number(&spec, &first) || spec.len == 0 || spec.ptr[0] != '-')
        return ERR_PROTOCOL;
    spec = slice_of(spec.ptr + 1, spec.len - 1);
    if (spec.len > 0 && (!take_number(&spec, &last) || spec.len > 0 || last < first))
        return ERR_PROTOCOL;
    if (first >= bytes)
        return ERR_NOT_FOUND;
    *ret_first = first;
    *ret_last = last < bytes ? last : bytes - 1;
    return OK;
}
