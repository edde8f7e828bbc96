#pragma once
/*
 * An intrusive table of things by a 64-bit id. Each thing embeds a link of 16 bytes; several may have the same id. Strangers may
 * choose ids, so where a thing stands follows from a secret key, too. One owner; no locks.
 */

#include <stdint.h>

struct id_link {
    struct id_link *next; /* in its chain */
    uint64_t id;
};

struct id_table {
    struct id_link **chains; /* owned; a power of two of them, or NULL */
    uint32_t chains_count, count;
    uint64_t key; /* random; set while the table is empty */
};

/* The thing that embeds this link as member. */
#define ID_TABLE_OWNER(type, member, link) ((type *)(void *)((char *)(link)-offsetof(type, member)))

/** Frees the table; the things stay what they are. A table that is zero but for its key is an empty one. */
void id_table_release(struct id_table *table);

/** Adds a thing; keeps link, whose id is set. */
void id_table_add(struct id_table *table, struct id_link *link);

/** Takes a thing out; it must be in the table. */
void id_table_remove(struct id_table *table, struct id_link *link);

/** Returns borrowed a thing with this id, or NULL. */
struct id_link *id_table_find(const struct id_table *table, uint64_t id);

/** Returns borrowed another thing with the same id behind this one, or NULL. */
struct id_link *id_table_again(const struct id_link *link);

/**
 * Calls visit for each thing; it may take out the one that it is given, and nothing else, and must add nothing.
 */
void id_table_each(struct id_table *table, void (*visit)(void *ctx, struct id_link *link),
                   void *ctx);
