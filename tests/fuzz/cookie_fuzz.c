/* The input is taken for the value of one Cookie field, cut into two at the first line feed. */
#include "fuzz.h"

#include "base/error.h"
#include "proto/cookie.h"

static const char name[] = "hubbub_session";

/* Whether the value stands in the field behind "name=" and ends before a semicolon. */
static void check_value(struct slice field, struct slice value)
{
    size_t at = (size_t)(value.ptr - field.ptr);
    ASSERT(value.ptr >= field.ptr && at + value.len <= field.len && at > sizeof(name) - 1);
    ASSERT(memcmp(value.ptr - sizeof(name), name, sizeof(name) - 1) == 0 && value.ptr[-1] == '=');
    ASSERT(value.len == 0 || !memchr(value.ptr, ';', value.len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *mark = size > 0 ? memchr(data, '\n', size) : NULL;
    size_t first = mark ? (size_t)(mark - data) : size;
    size_t second = mark ? size - first - 1 : 0;
    uint8_t *a = fuzz_copy(data, first);
    uint8_t *b = fuzz_copy(mark ? mark + 1 : NULL, second);
    struct http_head *head = mem_zalloc(sizeof(*head));
    struct slice value = {NULL, 0};
    head->headers[0] = (struct http_header){SLICE_LITERAL("Cookie"), slice_of(a, first)};
    head->headers[1] = (struct http_header){SLICE_LITERAL("cookie"), slice_of(b, second)};
    head->headers_count = 2;
    int result = cookie_find(head, name, &value);
    ASSERT((result == OK) == (value.ptr != NULL));
    if (result == OK)
        check_value(value.ptr >= a && value.ptr <= a + first ? slice_of(a, first)
                                                             : slice_of(b, second),
                    value);
    mem_free(head);
    mem_free(b);
    mem_free(a);
    return 0;
}
