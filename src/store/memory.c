#include "store/memory.h"

#include <string.h>

#include <uthash.h>

#include "base/assert.h"
#include "base/error.h"
#include "base/memory.h"
#include "chat/room.h"

/* What makes a post the same post. No padding: it is hashed as bytes. */
struct post_key {
    uint64_t person;
    uint8_t cid[CID_BYTES];
};

struct kept {
    struct kept *next; /* in order of seq */
    uint64_t seq, mid, ts_ms;
    struct post_key key;
    bool has_cid;
    UT_hash_handle by_key;
    size_t len;
    uint8_t body[];
};

struct memory_store {
    struct store store;
    struct memory_store_limits limits;
    uint64_t (*next_mid)(void);
    uint64_t head, last_ts_ms;
    struct kept *oldest, *newest;
    struct kept *by_key;
    size_t count, bytes;
};

static struct memory_store *of(struct store *store)
{
    return (struct memory_store *)store;
}

static struct kept *find(struct memory_store *memory, const struct post_key *key)
{
    struct kept *kept;
    HASH_FIND(by_key, memory->by_key, key, sizeof(*key), kept);
    return kept;
}

static void forget_oldest(struct memory_store *memory)
{
    struct kept *kept = memory->oldest;
    memory->oldest = kept->next;
    if (!memory->oldest)
        memory->newest = NULL;
    if (kept->has_cid)
        HASH_DELETE(by_key, memory->by_key, kept);
    memory->count--;
    memory->bytes -= kept->len;
    mem_free(kept);
}

static void keep(struct memory_store *memory, const struct event *post, const struct post_key *key)
{
    struct slice body = post->message.body;
    struct kept *kept = mem_alloc(sizeof(*kept) + body.len);
    memset(kept, 0, sizeof(*kept));
    kept->seq = post->seq;
    kept->mid = post->mid;
    kept->ts_ms = post->ts_ms;
    kept->key = *key;
    kept->has_cid = post->has_cid;
    kept->len = body.len;
    if (body.len > 0)
        memcpy(kept->body, body.ptr, body.len);

    if (memory->newest)
        memory->newest->next = kept;
    else
        memory->oldest = kept;
    memory->newest = kept;
    if (kept->has_cid)
        HASH_ADD(by_key, memory->by_key, key, sizeof(kept->key), kept);
    memory->count++;
    memory->bytes += kept->len;
    while (memory->count > memory->limits.events_max || memory->bytes > memory->limits.bytes_max)
        forget_oldest(memory);
}

static bool answer_again(struct memory_store *memory, struct event *post,
                         const struct post_key *key)
{
    const struct kept *first = post->has_cid ? find(memory, key) : NULL;
    if (!first)
        return false;
    if (!slice_equals(slice_of(first->body, first->len), post->message.body)) {
        post->result = ERR_EXISTS;
        return true;
    }
    post->dup = true;
    post->seq = first->seq;
    post->mid = first->mid;
    post->ts_ms = first->ts_ms;
    return true;
}

static int commit(struct store *store, struct event **posts, size_t count, uint64_t now_wall_ms)
{
    struct memory_store *memory = of(store);
    if (memory->last_ts_ms < now_wall_ms)
        memory->last_ts_ms = now_wall_ms;
    for (size_t i = 0; i < count; i++) {
        struct event *post = posts[i];
        struct post_key key = {.person = post->person};
        memcpy(key.cid, post->cid, CID_BYTES);
        ASSERT(post->room == ROOM_LOBBY);
        if (answer_again(memory, post, &key))
            continue;
        post->seq = ++memory->head;
        post->mid = memory->next_mid();
        post->ts_ms = memory->last_ts_ms;
        keep(memory, post, &key);
    }
    return OK;
}

static uint64_t head(struct store *store, uint32_t room)
{
    ASSERT(room == ROOM_LOBBY);
    return of(store)->head;
}

static void close_store(struct store *store)
{
    struct memory_store *memory = of(store);
    while (memory->oldest)
        forget_oldest(memory);
    mem_free(memory);
}

struct store *memory_store_new(const struct memory_store_limits *limits, uint64_t (*next_mid)(void))
{
    static const struct store_ops ops = {commit, head, close_store};
    struct memory_store *memory = mem_zalloc(sizeof(*memory));
    memory->store.ops = &ops;
    memory->limits = *limits;
    memory->next_mid = next_mid;
    return &memory->store;
}
