#pragma once
/*
 * A token bucket: so many a second on average, so many at once. Pure arithmetic in thousandths of a token;
 * the caller says what time it is (monotonic milliseconds). A rate of 0 means no limit.
 */

#include <stdbool.h>
#include <stdint.h>

struct rate {
    uint32_t per_second; /* 0: unlimited */
    uint32_t burst;      /* at least 1 where per_second is not 0 */
};

struct rate_bucket {
    uint32_t since_ms; /* low bits of the time up to which tokens were counted */
    int32_t millis;    /* thousandths of a token; below zero after rate_take_debt */
};

/** A full bucket. */
void rate_init(struct rate_bucket *bucket, const struct rate *rate, uint64_t now_ms);

/** Takes a token if there is one. */
bool rate_take(struct rate_bucket *bucket, const struct rate *rate, uint64_t now_ms);

/** Takes so many tokens if there is at least one: what is missing is owed. For costs that are at most a few bursts. */
bool rate_take_many(struct rate_bucket *bucket, const struct rate *rate, uint32_t count,
                    uint64_t now_ms);

/** Takes a token even if there is none; returns the milliseconds until the bucket is out of debt (0: it is not in debt). */
uint32_t rate_take_debt(struct rate_bucket *bucket, const struct rate *rate, uint64_t now_ms);

/** Sees to it that a token will be there in wait_ms at the latest: for what was taken from here and refused further on. */
void rate_promise(struct rate_bucket *bucket, const struct rate *rate, uint32_t wait_ms,
                  uint64_t now_ms);

/** Milliseconds until a token will be there; 0 when there is one. */
uint32_t rate_wait_ms(struct rate_bucket *bucket, const struct rate *rate, uint64_t now_ms);
