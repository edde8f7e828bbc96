#pragma once
/*
 * Deliberate lies of a store, to see that the tests notice. Only builds with -DHUBBUB_FAULTS (those with sanitizers) know any;
 * the environment variable HUBBUB_FAULT names the one that is wanted:
 *
 *   early-ack   a commit answers OK at once; what it should have kept is committed with a later one
 */

#include "chat/store.h"

/** Makes this store lie, when that is wanted. For one store of a program. */
void store_fault_apply(struct store *store);
