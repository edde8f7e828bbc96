#include "serve/rate_table.h"

#include <pthread.h>
#include <string.h>

#include <openssl/sha.h>

#include "base/memory.h"
#include "base/mix.h"
#include "base/random.h"

/* 8,192 sets of 8: 65,536 allowances in 1.5 MB. */
enum { SETS = 8192, WAYS = 8 };

struct entry {
    uint64_t high, low; /* the key mixed with the kind; both 0: free */
    uint64_t full_us;   /* when the allowance is full again */
};

struct rate_table {
    pthread_mutex_t mutex;
    struct rate_class classes[RATE_KIND_COUNT];
    uint64_t salt; /* nobody outside can choose keys that fall into one set */
    struct entry entries[SETS][WAYS];
};

struct rate_table *rate_table_new(const struct rate_class classes[RATE_KIND_COUNT])
{
    struct rate_table *table = mem_zalloc(sizeof(*table));
    pthread_mutex_init(&table->mutex, NULL);
    memcpy(table->classes, classes, sizeof(table->classes));
    table->salt = random_u64();
    return table;
}

void rate_table_free(struct rate_table *table)
{
    if (!table)
        return;
    pthread_mutex_destroy(&table->mutex);
    mem_free(table);
}

/* ---- keys ---- */

static struct rate_key key_of_bytes(const void *bytes, size_t len)
{
    uint8_t hash[SHA256_DIGEST_LENGTH];
    struct rate_key key = {0};
    SHA256(bytes, len, hash);
    memcpy(&key.high, hash, sizeof(key.high));
    memcpy(&key.low, hash + sizeof(key.high), sizeof(key.low));
    return key;
}

/* What one customer gets: an IPv4 address, or an IPv6 /64. Returns how many bytes count. */
static size_t network_bytes(const struct address *address)
{
    return address_is_v4(address) ? sizeof(address->bytes) : sizeof(address->bytes) / 2;
}

struct rate_key rate_key_of_address(const struct address *address)
{
    if (address_is_loopback(address))
        return (struct rate_key){.is_none = true};
    return key_of_bytes(address->bytes, network_bytes(address));
}

struct rate_key rate_key_of_address_and_name(const struct address *address, struct slice name)
{
    enum { NAME_MAX_BYTES = 256 };
    uint8_t bytes[sizeof(address->bytes) + NAME_MAX_BYTES];
    size_t network = network_bytes(address);
    size_t len = name.len < NAME_MAX_BYTES ? name.len : NAME_MAX_BYTES;
    memset(bytes, 0, sizeof(address->bytes));
    memcpy(bytes, address->bytes, network);
    if (len > 0)
        memcpy(bytes + sizeof(address->bytes), name.ptr, len);
    return key_of_bytes(bytes, sizeof(address->bytes) + len);
}

struct rate_key rate_key_of_person(uint64_t person)
{
    return (struct rate_key){.high = 1, .low = person};
}

/* ---- taking ---- */

/* The key's entry in its set, or a free one, or the one that is full again first. */
static struct entry *find(struct entry *set, uint64_t high, uint64_t low)
{
    struct entry *best = &set[0];
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].high == high && set[i].low == low)
            return &set[i];
        if (set[i].full_us < best->full_us)
            best = &set[i];
    }
    *best = (struct entry){high, low, 0};
    return best;
}

static uint32_t to_ms(uint64_t us)
{
    uint64_t ms = (us + 999) / 1000;
    return ms < UINT32_MAX ? (uint32_t)ms : UINT32_MAX;
}

static struct rate_verdict take(struct entry *entry, const struct rate_class *class,
                                uint64_t now_us)
{
    uint64_t each_us = (uint64_t) class->period_ms * 1000 / class->count;
    each_us = each_us > 0 ? each_us : 1;
    uint64_t whole_us = each_us * class->burst;
    uint64_t missing_us = entry->full_us > now_us ? entry->full_us - now_us : 0;
    struct rate_verdict verdict = {.limit = class->burst};
    verdict.allowed = missing_us + each_us <= whole_us;
    if (verdict.allowed)
        missing_us += each_us;
    else
        verdict.retry_ms = to_ms(missing_us + each_us - whole_us);
    entry->full_us = now_us + missing_us;
    verdict.remaining = (uint32_t)((whole_us - missing_us) / each_us);
    verdict.reset_ms = to_ms(missing_us);
    return verdict;
}

struct rate_verdict rate_table_take(struct rate_table *table, enum rate_kind kind,
                                    struct rate_key key, uint64_t now_ms)
{
    const struct rate_class *class = &table->classes[kind];
    if (class->count == 0 || key.is_none)
        return (struct rate_verdict){.allowed = true};
    uint64_t high = mix64(key.high ^ table->salt ^ (uint64_t)kind);
    uint64_t low = mix64(key.low ^ high);
    pthread_mutex_lock(&table->mutex);
    struct rate_verdict verdict =
        take(find(table->entries[low % SETS], high, low), class, now_ms * 1000);
    pthread_mutex_unlock(&table->mutex);
    return verdict;
}
