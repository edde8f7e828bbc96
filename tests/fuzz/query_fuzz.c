/* The input is taken for a query. */
#include "fuzz.h"

#include "base/error.h"
#include "base/utf8.h"
#include "proto/query.h"

static void append(struct buffer *text, struct slice decoded)
{
    for (size_t i = 0; i < decoded.len; i++)
        buffer_printf(text, "%%%02X", decoded.ptr[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *bytes = fuzz_copy(data, size);
    struct query query, again;
    if (query_parse(slice_of(bytes, size), &query) == OK) {
        struct buffer text = {0};
        ASSERT(query.count <= QUERY_PARAMS_MAX);
        for (size_t i = 0; i < query.count; i++) {
            const struct query_param *param = &query.params[i];
            ASSERT(param->name.len > 0 && utf8_is_valid(param->name) &&
                   utf8_is_valid(param->value));
            append(&text, param->name);
            buffer_append_byte(&text, '=');
            append(&text, param->value);
            buffer_append_byte(&text, '&');
        }
        /* Escaped anew it says the same. */
        if (text.len <= QUERY_BYTES_MAX) {
            ASSERT(query_parse(buffer_slice(&text), &again) == OK && again.count == query.count);
            for (size_t i = 0; i < query.count; i++)
                ASSERT(slice_equals(query.params[i].value, again.params[i].value));
            query_release(&again);
        }
        buffer_release(&text);
        query_release(&query);
    }
    mem_free(bytes);
    return 0;
}
