#pragma once
/*
 * How much people and addresses may ask for: one table for all workers, behind a mutex, of a fixed size. Each entry is the
 * allowance of somebody for one kind of request, as a virtual schedule (GCRA, ITU-T I.371): one number, and rates below one a
 * second. An entry that is not there is a full allowance. Where the table has no room the entry that has the most left gives way,
 * so whoever is short of it is remembered longest. Any thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "serve/address.h"

enum rate_kind {
    RATE_API,          /* requests of the HTTP API; by account, and by address */
    RATE_SIGN_IN,      /* by address and name, or by account */
    RATE_SIGN_IN_HERE, /* by address, whatever the names: each costs a password's computing */
    RATE_SIGN_UP,      /* by address */
    RATE_JOIN,         /* rooms joined or made; by account */
    RATE_UPLOAD,       /* by account */
    RATE_SEARCH,       /* by account */
    RATE_GUEST,        /* people without an account who come for the first time; by address */
    RATE_FETCH,        /* files, instead of RATE_API: a page shows many pictures at once */
    RATE_KIND_COUNT,
};

/* On average count in each period_ms, and burst at once. count 0: no limit. */
struct rate_class {
    uint32_t count;
    uint32_t period_ms;
    uint32_t burst; /* at least 1 */
};

/* Whose allowance. Made by the functions below; is_none: of somebody who has no limit. */
struct rate_key {
    bool is_none;
    uint64_t high, low;
};

/* What became of a request. */
struct rate_verdict {
    bool allowed;
    uint32_t limit;     /* the burst; 0: there is no limit, and the rest says nothing */
    uint32_t remaining; /* further ones that would be allowed now */
    uint32_t reset_ms;  /* until the allowance is full again */
    uint32_t retry_ms;  /* until one is allowed; 0 if allowed */
};

struct rate_table;

/** Returns owned. */
struct rate_table *rate_table_new(const struct rate_class classes[RATE_KIND_COUNT]);
void rate_table_free(struct rate_table *table);

/** An IPv4 address, or the /64 of an IPv6 one. Of a loopback address: none. */
struct rate_key rate_key_of_address(const struct address *address);

/** As that, together with a name (folded): loopback addresses count, too. */
struct rate_key rate_key_of_address_and_name(const struct address *address, struct slice name);

struct rate_key rate_key_of_person(uint64_t person);

/** Takes one if it is allowed. now_ms: monotonic, of the same clock in all threads. */
struct rate_verdict rate_table_take(struct rate_table *table, enum rate_kind kind,
                                    struct rate_key key, uint64_t now_ms);
