#pragma once
/*
 * The feed brings clients that are behind back to the rings of their pools: those that come with a cursor, and those that a
 * ring has overtaken, are the same case. A client has one question to the store under way at a time, its rooms take turns,
 * and the next page is asked for when the last one has drained: so a slow reader costs one page of memory, and no room starves another.
 *
 * Part of the hub; the same thread.
 */

#include "chat/client.h"
#include "chat/hub.h"

#define NO_PLACE UINT16_MAX

/* What the feed needs of its hub. */
struct feed {
    struct pool_shared *shared;
    const struct hub_ports *ports;   /* keeps */
    const struct hub_limits *limits; /* keeps */
    uint32_t worker;
};

/**
 * Takes the client into a room: live when it has the head or says nothing of a cursor, behind or reset otherwise.
 * cursor may be NULL: it follows from the head. It asks nothing yet: feed_client.
 */
void feed_attach(struct feed *feed, struct client *client, struct pool *pool,
                 const struct cursor *cursor);

/** Makes room for so many places, exactly. */
void feed_reserve(struct client *client, uint16_t places);

/** The number of the client's place in a room, or NO_PLACE. */
uint16_t feed_place(const struct client *client, uint64_t room);

/** Leaves the room; the place's number is taken by another one. */
void feed_detach(struct client *client, uint16_t place);

/** Goes on: brings back who has caught up, asks for what is lacking. Cheap when nobody is behind. */
void feed_client(struct feed *feed, struct client *client);

/** The answer to a question of the feed; borrowed. */
void feed_answer(struct feed *feed, struct client *client, const struct store_read *read);

/** The client's private queue is empty and the kernel takes bytes. */
void feed_drained(struct feed *feed, struct client *client);

/** About once a second: asks again what was not answered in time. */
void feed_tick(struct feed *feed, struct client *client);

/** Tells the client's door that every room has reached the head of the hello, if that is so now. */
void feed_check_ready(struct client *client);
