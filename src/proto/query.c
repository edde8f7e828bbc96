#include "proto/query.h"

#include "base/error.h"
#include "base/memory.h"
#include "proto/url.h"

static int decode(struct query *query, size_t *at, struct slice text, struct slice *ret_decoded)
{
    int len = url_decode_component(text, query->bytes + *at, text.len);
    if (len < 0)
        return ERR_PROTOCOL;
    *ret_decoded = slice_of(query->bytes + *at, (size_t)len);
    *at += (size_t)len;
    return OK;
}

static bool has(const struct query *query, struct slice name)
{
    for (size_t i = 0; i < query->count; i++) {
        if (slice_equals(query->params[i].name, name))
            return true;
    }
    return false;
}

static int read_all(struct query *query, struct slice text)
{
    size_t at = 0;
    struct slice name, value;
    while (url_query_next(&text, &name, &value)) {
        struct query_param param;
        if (query->count == QUERY_PARAMS_MAX)
            return ERR_LIMIT;
        if (decode(query, &at, name, &param.name) != OK ||
            decode(query, &at, value, &param.value) != OK || param.name.len == 0 ||
            has(query, param.name))
            return ERR_PROTOCOL;
        query->params[query->count++] = param;
    }
    return OK;
}

int query_parse(struct slice text, struct query *ret_query)
{
    struct query query = {0};
    if (text.len > QUERY_BYTES_MAX)
        return ERR_LIMIT;
    if (text.len > 0) {
        query.bytes = mem_alloc(text.len);
        int result = read_all(&query, text);
        if (result != OK) {
            query_release(&query);
            return result;
        }
    }
    *ret_query = query;
    return OK;
}

void query_release(struct query *query)
{
    mem_free(query->bytes);
    query->bytes = NULL;
    query->count = 0;
}
