#include "base/id_table.h"

#include <stddef.h>

#include "base/assert.h"
#include "base/memory.h"
#include "base/mix.h"

enum { FIRST_CHAINS = 16 };

void id_table_release(struct id_table *table)
{
    mem_free(table->chains);
    *table = (struct id_table){.key = table->key};
}

/* Who does not know the key cannot fill one chain. */
static struct id_link **chain_of(const struct id_table *table, uint64_t id)
{
    return &table->chains[mix64(id ^ table->key) & (table->chains_count - 1)];
}

static void put(struct id_table *table, struct id_link *link)
{
    struct id_link **chain = chain_of(table, link->id);
    link->next = *chain;
    *chain = link;
}

static void grow(struct id_table *table)
{
    struct id_table old = *table;
    table->chains_count = old.chains_count ? old.chains_count * 2 : FIRST_CHAINS;
    table->chains = mem_zalloc(table->chains_count * sizeof(table->chains[0]));
    for (uint32_t i = 0; i < old.chains_count; i++) {
        struct id_link *next;
        for (struct id_link *link = old.chains[i]; link; link = next) {
            next = link->next;
            put(table, link);
        }
    }
    mem_free(old.chains);
}

void id_table_add(struct id_table *table, struct id_link *link)
{
    if (table->count == table->chains_count)
        grow(table);
    put(table, link);
    table->count++;
}

void id_table_remove(struct id_table *table, struct id_link *link)
{
    ASSERT(table->count > 0);
    struct id_link **at = chain_of(table, link->id);
    while (*at != link) {
        ASSERT(*at);
        at = &(*at)->next;
    }
    *at = link->next;
    link->next = NULL;
    table->count--;
}

struct id_link *id_table_find(const struct id_table *table, uint64_t id)
{
    struct id_link *link = table->count > 0 ? *chain_of(table, id) : NULL;
    while (link && link->id != id)
        link = link->next;
    return link;
}

struct id_link *id_table_again(const struct id_link *link)
{
    struct id_link *other = link->next;
    while (other && other->id != link->id)
        other = other->next;
    return other;
}

void id_table_each(struct id_table *table, void (*visit)(void *ctx, struct id_link *link),
                   void *ctx)
{
    for (uint32_t i = 0; i < table->chains_count; i++) {
        struct id_link *next;
        for (struct id_link *link = table->chains[i]; link; link = next) {
            next = link->next;
            visit(ctx, link);
        }
    }
}
