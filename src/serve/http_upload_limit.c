#include "serve/http_upload_limit.h"

#include "base/assert.h"

void http_upload_limit_init(struct http_upload_limit *limit, uint32_t per_person)
{
    *limit = (struct http_upload_limit){.per_person = per_person};
    pthread_mutex_init(&limit->lock, NULL);
}

void http_upload_limit_release(struct http_upload_limit *limit)
{
    pthread_mutex_destroy(&limit->lock);
}

bool http_upload_limit_take(struct http_upload_limit *limit, uint64_t person)
{
    uint32_t own = 0;
    pthread_mutex_lock(&limit->lock);
    for (uint32_t i = 0; i < limit->count; i++)
        own += limit->people[i] == person;
    bool is_free =
        limit->count < HTTP_UPLOADS_MAX && (limit->per_person == 0 || own < limit->per_person);
    if (is_free)
        limit->people[limit->count++] = person;
    pthread_mutex_unlock(&limit->lock);
    return is_free;
}

void http_upload_limit_give(struct http_upload_limit *limit, uint64_t person)
{
    uint32_t at = 0;
    pthread_mutex_lock(&limit->lock);
    while (at < limit->count && limit->people[at] != person)
        at++;
    ASSERT(at < limit->count);
    limit->people[at] = limit->people[--limit->count];
    pthread_mutex_unlock(&limit->lock);
}
