#pragma once
/*
 * How many connections each address has: an IPv4 address, or an IPv6 /64, which is what one customer gets. The one table
 * that workers share, behind a mutex: it is touched once when a connection comes and once when it goes.
 * Loopback addresses are not counted.
 */

#include <stdbool.h>
#include <stdint.h>

#include "serve/address.h"

struct address_limit;

/** Returns owned. per_address 0: no limit. */
struct address_limit *address_limit_new(uint32_t per_address);
void address_limit_free(struct address_limit *limit);

/** Counts one more connection; false (and not counted) when the address has all it may have. Any thread. */
bool address_limit_take(struct address_limit *limit, const struct address *address);

/** Counts one less. Any thread. */
void address_limit_give(struct address_limit *limit, const struct address *address);
