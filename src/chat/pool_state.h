#pragma once
/*
 * The inside of the pools, for pool.c and pool_flush.c only.
 */

#include "chat/pool.h"

/** Moves a ready member behind those who are ready. Returns its new place in the lane's array. */
uint32_t pool_member_stall(struct pool *pool, struct lane *lane, uint32_t index);

/** Moves a member that lags among those who are ready. */
void pool_member_ready(struct pool *pool, struct lane *lane, uint32_t index);

/** Offers every member of a lane what it lacks. */
void pool_flush_lane(struct pool *pool, struct lane *lane);
