#pragma once
/*
 * Where a client of GET /events stands: "lobby:12,0123456789ab:7". Pure; any thread.
 */

#include <stddef.h>

#include "base/slice.h"
#include "chat/welcome.h"

/**
 * Reads a list (empty: none) into ret_cursors, which has room for max. Returns how many there are; ERR_PROTOCOL: it has another form, or a room
 * twice; ERR_LIMIT: more than max. The mids are 0.
 */
int rest_cursors_parse(struct slice list, struct cursor *ret_cursors, size_t max);
