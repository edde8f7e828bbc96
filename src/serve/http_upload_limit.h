#pragma once
/*
 * How many uploads are under way at once, of each person and in all: one for all workers, behind a mutex that is taken twice
 * for each upload.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

enum { HTTP_UPLOADS_MAX = 64 };

struct http_upload_limit {
    pthread_mutex_t lock;
    uint32_t per_person;
    uint32_t count;
    uint64_t people[HTTP_UPLOADS_MAX]; /* of each upload, in no order */
};

/** per_person 0: no limit but the one of all, HTTP_UPLOADS_MAX. */
void http_upload_limit_init(struct http_upload_limit *limit, uint32_t per_person);
void http_upload_limit_release(struct http_upload_limit *limit);

/** Counts one more. False: that would be too many. Any thread. */
bool http_upload_limit_take(struct http_upload_limit *limit, uint64_t person);

/** One that was counted is over. Any thread. */
void http_upload_limit_give(struct http_upload_limit *limit, uint64_t person);
