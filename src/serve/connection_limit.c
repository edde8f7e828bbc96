#include "serve/connection_limit.h"

#include <pthread.h>
#include <string.h>

#include <uthash.h>

#include "base/error.h"
#include "base/memory.h"

struct entry {
    struct address key;
    uint32_t count;
    UT_hash_handle hh;
};

struct connection_limit {
    pthread_mutex_t mutex;
    uint32_t total, total_max;
    uint32_t per_address;
    struct entry *entries;
};

struct connection_limit *connection_limit_new(uint32_t total, uint32_t per_address)
{
    struct connection_limit *limit = mem_zalloc(sizeof(*limit));
    pthread_mutex_init(&limit->mutex, NULL);
    limit->total_max = total;
    limit->per_address = per_address;
    return limit;
}

void connection_limit_free(struct connection_limit *limit)
{
    if (!limit)
        return;
    struct entry *entry, *next;
    HASH_ITER (hh, limit->entries, entry, next) {
        HASH_DEL(limit->entries, entry);
        mem_free(entry);
    }
    pthread_mutex_destroy(&limit->mutex);
    mem_free(limit);
}

static struct address key_of(const struct address *address)
{
    struct address key = *address;
    if (!address_is_v4(address))
        memset(key.bytes + 8, 0, 8);
    return key;
}

/* The mutex is held. */
static int count_address(struct connection_limit *limit, const struct address *address)
{
    if (limit->per_address == 0 || address_is_loopback(address))
        return OK;
    struct address key = key_of(address);
    struct entry *entry;
    HASH_FIND(hh, limit->entries, &key, sizeof(key), entry);
    if (entry && entry->count >= limit->per_address)
        return ERR_LIMIT;
    if (!entry) {
        entry = mem_zalloc(sizeof(*entry));
        entry->key = key;
        HASH_ADD(hh, limit->entries, key, sizeof(key), entry);
    }
    entry->count++;
    return OK;
}

/* The mutex is held. */
static void uncount_address(struct connection_limit *limit, const struct address *address)
{
    if (limit->per_address == 0 || address_is_loopback(address))
        return;
    struct address key = key_of(address);
    struct entry *entry;
    HASH_FIND(hh, limit->entries, &key, sizeof(key), entry);
    if (entry && --entry->count == 0) {
        HASH_DEL(limit->entries, entry);
        mem_free(entry);
    }
}

int connection_limit_take(struct connection_limit *limit, const struct address *address)
{
    pthread_mutex_lock(&limit->mutex);
    int result = limit->total_max > 0 && limit->total >= limit->total_max
                     ? ERR_BUSY
                     : count_address(limit, address);
    limit->total += result == OK;
    pthread_mutex_unlock(&limit->mutex);
    return result;
}

void connection_limit_give(struct connection_limit *limit, const struct address *address)
{
    pthread_mutex_lock(&limit->mutex);
    limit->total--;
    uncount_address(limit, address);
    pthread_mutex_unlock(&limit->mutex);
}

int connection_limit_move(struct connection_limit *limit, const struct address *from,
                          const struct address *to)
{
    struct address from_key = key_of(from), to_key = key_of(to);
    if (memcmp(&from_key, &to_key, sizeof(from_key)) == 0)
        return OK;
    pthread_mutex_lock(&limit->mutex);
    int result = count_address(limit, to);
    if (result == OK)
        uncount_address(limit, from);
    pthread_mutex_unlock(&limit->mutex);
    return result;
}
