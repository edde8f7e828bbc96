#pragma once
/*
 * What is done to accounts and for order, in the log: a line for each act that was carried out, with who did it and to whom. Who
 * signs in, from where, is logged by the door that saw it.
 */

#include "chat/event.h"

/** Looks through a batch before it is published. The writer's thread. */
void act_log_batch(const struct event_batch *batch);
