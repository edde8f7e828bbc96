#include "serve/address_limit.h"

#include <pthread.h>
#include <string.h>

#include <uthash.h>

#include "base/memory.h"

struct entry {
    struct address key;
    uint32_t count;
    UT_hash_handle hh;
};

struct address_limit {
    pthread_mutex_t mutex;
    uint32_t per_address;
    struct entry *entries;
};

struct address_limit *address_limit_new(uint32_t per_address)
{
    struct address_limit *limit = mem_zalloc(sizeof(*limit));
    pthread_mutex_init(&limit->mutex, NULL);
    limit->per_address = per_address;
    return limit;
}

void address_limit_free(struct address_limit *limit)
{
    if (!limit)
        return;
    struct entry *entry, *next;
    HASH_ITER(hh, limit->entries, entry, next)
    {
        HASH_DEL(limit->entries, entry);
        mem_free(entry);
    }
    pthread_mutex_destroy(&limit->mutex);
    mem_free(limit);
}

static struct address key_of(const struct address *address)
{
    static const uint8_t v4_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    struct address key = *address;
    if (memcmp(key.bytes, v4_prefix, sizeof(v4_prefix)) != 0)
        memset(key.bytes + 8, 0, 8);
    return key;
}

static bool is_free(const struct address_limit *limit, const struct address *address)
{
    return limit->per_address == 0 || address_is_loopback(address);
}

bool address_limit_take(struct address_limit *limit, const struct address *address)
{
    if (is_free(limit, address))
        return true;
    struct address key = key_of(address);
    struct entry *entry;
    pthread_mutex_lock(&limit->mutex);
    HASH_FIND(hh, limit->entries, &key, sizeof(key), entry);
    if (!entry) {
        entry = mem_zalloc(sizeof(*entry));
        entry->key = key;
        HASH_ADD(hh, limit->entries, key, sizeof(key), entry);
    }
    bool taken = entry->count < limit->per_address;
    entry->count += taken;
    pthread_mutex_unlock(&limit->mutex);
    return taken;
}

void address_limit_give(struct address_limit *limit, const struct address *address)
{
    if (is_free(limit, address))
        return;
    struct address key = key_of(address);
    struct entry *entry;
    pthread_mutex_lock(&limit->mutex);
    HASH_FIND(hh, limit->entries, &key, sizeof(key), entry);
    if (entry && --entry->count == 0) {
        HASH_DEL(limit->entries, entry);
        mem_free(entry);
    }
    pthread_mutex_unlock(&limit->mutex);
}
