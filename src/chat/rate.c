#include "chat/rate.h"

enum { TOKEN = 1000 };

static void refill(struct rate_bucket *bucket, const struct rate *rate, uint64_t now_ms)
{
    uint32_t passed = (uint32_t)now_ms - bucket->since_ms;
    bucket->since_ms = (uint32_t)now_ms;
    /* One token a second is one thousandth a millisecond. */
    int64_t full = (int64_t)rate->burst * TOKEN;
    int64_t millis = bucket->millis + (int64_t)passed * rate->per_second;
    bucket->millis = (int32_t)(millis > full ? full : millis);
}

void rate_init(struct rate_bucket *bucket, const struct rate *rate, uint64_t now_ms)
{
    bucket->since_ms = (uint32_t)now_ms;
    bucket->millis = (int32_t)(rate->burst * TOKEN);
}

bool rate_take(struct rate_bucket *bucket, const struct rate *rate, uint64_t now_ms)
{
    return rate_take_many(bucket, rate, 1, now_ms);
}

bool rate_take_many(struct rate_bucket *bucket, const struct rate *rate, uint32_t count,
                    uint64_t now_ms)
{
    if (rate->per_second == 0)
        return true;
    refill(bucket, rate, now_ms);
    if (bucket->millis < TOKEN)
        return false;
    int64_t left = bucket->millis - (int64_t)count * TOKEN;
    bucket->millis = left > INT32_MIN ? (int32_t)left : INT32_MIN;
    return true;
}

static uint32_t wait_for(const struct rate_bucket *bucket, const struct rate *rate, int32_t level)
{
    if (bucket->millis >= level)
        return 0;
    uint32_t missing = (uint32_t)(level - bucket->millis);
    return (missing + rate->per_second - 1) / rate->per_second;
}

uint32_t rate_take_debt(struct rate_bucket *bucket, const struct rate *rate, uint64_t now_ms)
{
    if (rate->per_second == 0)
        return 0;
    refill(bucket, rate, now_ms);
    bucket->millis -= TOKEN;
    return wait_for(bucket, rate, 0);
}

uint32_t rate_wait_ms(struct rate_bucket *bucket, const struct rate *rate, uint64_t now_ms)
{
    if (rate->per_second == 0)
        return 0;
    refill(bucket, rate, now_ms);
    return wait_for(bucket, rate, TOKEN);
}

void rate_promise(struct rate_bucket *bucket, const struct rate *rate, uint32_t wait_ms,
                  uint64_t now_ms)
{
    if (rate->per_second == 0)
        return;
    refill(bucket, rate, now_ms);
    int64_t due = TOKEN - (int64_t)wait_ms * rate->per_second;
    if (bucket->millis < due)
        bucket->millis = (int32_t)due;
}
