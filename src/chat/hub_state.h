#pragma once
/*
 * The inside of a hub, for hub*.c only.
 */

#include "chat/feed.h"
#include "chat/hub.h"
#include "chat/welcome.h"

/* Where events find their client again. A slot is used anew with another generation. */
struct hub_slot {
    struct client *client; /* NULL while free */
    uint32_t generation;
    uint32_t next_free;
};

struct hub {
    struct hub_ports ports;
    struct hub_limits limits;
    struct pool_shared shared;
    struct feed feed;
    uint32_t worker;
    struct id_table pools; /* of rooms with clients here, by room */
    struct hub_slot *slots;
    uint32_t slots_count, slots_cap, free_slot;
    struct id_table people; /* clients by person */
    uint32_t posts_waiting, reads_waiting;
    size_t bytes_waiting;
    uint64_t paced_ms;       /* when a pool was flushed whose worker reads at a pace */
    bool was_busy;           /* somebody was told to wait */
    struct client **waiting; /* those who wait for something to be kept; owned */
    uint32_t waiting_count;
};

/** Returns borrowed the pool of a room, or NULL. */
struct pool *hub_find_pool(struct hub *hub, uint64_t room);

/** The client that an event comes from, or NULL when it is another worker's or gone. */
struct client *hub_find_client(const struct hub *hub, const struct event_origin *origin);

/** A client of a person here, and others: in no order; NULL when there are no more. */
struct client *hub_first_of(const struct hub *hub, uint64_t person);
struct client *hub_next_of(const struct client *client);

/** Notes that the client is this person's. */
void hub_know(struct client *client, uint64_t person);

/** Submits the BYE of a connection whose HELLO went well. */
struct bye {
    uint64_t client, person;
    bool visitor, active, quiet;
};

void hub_say_bye(struct hub *hub, const struct bye *bye);

/** quiet clients: the rooms they are in. */
void hub_take_rooms(struct client *client, const struct welcome *welcome);
void hub_add_room(struct client *client, uint64_t room);
void hub_drop_room(struct client *client, uint64_t room);

/** Calls on_stirred of those who wait and are in the room. */
void hub_stir(struct hub *hub, uint64_t room);

/** It waits no more. */
void hub_end_wait(struct client *client);

/** Whether posts of this worker have to wait. */
bool hub_has_too_much(const struct hub *hub);
