#pragma once
/*
 * The bus of a single node: what the writer publishes reaches every worker of this process, in one
 * order. (A cluster's bus will carry the same batches between nodes.)
 */

#include <stddef.h>
#include <stdint.h>

#include "chat/event.h"
#include "net/mailbox.h"

enum { LOCAL_BUS_BATCH = 1 }; /* letter.kind of what it puts into the mailboxes */

struct local_bus_letter {
    struct letter letter;
    struct event_batch *batch; /* a reference, for the receiver to give back */
};

struct local_bus {
    struct mailbox **mailboxes; /* kept */
    size_t count;
};

/** Takes one reference of the batch and puts one into each mailbox. One thread at a time, or there is no order. */
void local_bus_publish(struct local_bus *bus, struct event_batch *batch);
