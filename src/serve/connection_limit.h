#pragma once
/*
 * How many connections there are, in all and from each address: an IPv4 address, or an IPv6 /64, which is
 * what one customer gets. The one table that workers share, behind a mutex: it is touched once when a connection
 * comes and once when it goes. Loopback addresses count only in the total.
 */

#include <stdint.h>

#include "serve/address.h"

struct connection_limit;

/** Returns owned. 0: no limit. */
struct connection_limit *connection_limit_new(uint32_t total, uint32_t per_address);
void connection_limit_free(struct connection_limit *limit);

/** Counts one more. ERR_BUSY: there are as many as there may be; ERR_LIMIT: the address has all it may have. Any thread. */
int connection_limit_take(struct connection_limit *limit, const struct address *address);

/** Counts one less. Any thread. */
void connection_limit_give(struct connection_limit *limit, const struct address *address);

/** A connection counted for one address counts for another from now on. ERR_LIMIT: that one is full; nothing changed. */
int connection_limit_move(struct connection_limit *limit, const struct address *from,
                          const struct address *to);
