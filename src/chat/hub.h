#pragma once
/*
 * The hub is one worker's part of the domain: its clients, its part of the pool, and the road to the
 * sequencer. What clients ask for is checked here and submitted as events; what comes back, in the one
 * order for all workers, is shown to the pool's members and answered to whoever asked. It is pure:
 * it reaches the outside only through hub_ports and is told the time. One thread runs it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chat/client.h"
#include "chat/dialect.h"
#include "chat/event.h"
#include "chat/pool.h"

struct hub_limits {
    struct pool_limits pool;
    struct rate posts;          /* per client; {10, 30} */
    uint32_t posts_waiting_max; /* submitted by this worker and not answered yet; 10,000 */
    size_t bytes_waiting_max;   /* and their bytes; 16 MB */
};

struct hub_ports {
    struct pool_ports pool;
    /** The time of this turn (monotonic milliseconds), kept up to date by the caller. */
    const uint64_t *now_ms;
    /** Takes an event to the sequencer; those of one hub stay in order. */
    void (*submit)(void *ctx, struct event *event);
};

struct hub;

/** Returns owned. worker is this hub's number; keeps metrics and what ports and dialects point to. */
struct hub *hub_new(uint32_t worker, const struct hub_limits *limits, const struct hub_ports *ports,
                    const struct dialect dialects[LANE_COUNT], struct metrics *metrics);

/** Takes the hub; every client must have been removed. */
void hub_free(struct hub *hub);

struct identity {
    uint64_t client; /* of the connection, random */
    uint64_t person; /* who it is; a visitor is a person of its own: the same as client */
    bool visitor;
};

/**
 * Makes a client known. keeps client (embedded in its door's session) and door; borrows identity. link is the connection as
 * the network knows it.
 */
void hub_add(struct hub *hub, struct client *client, const struct client_door *door, void *link,
             const struct identity *identity);

/** Asks to enter the lobby in a lane; the answer is on_answer with a JOIN. name may be NULL for a visitor. Once only. */
void hub_join(struct client *client, enum lane_number lane, const struct name *name, bool active,
              struct slice command_id);

/** The connection is gone: leaves the pool and is forgotten. The door frees the client afterwards. */
void hub_remove(struct client *client);

struct post {
    struct message message;  /* borrowed */
    const uint8_t *cid;      /* CID_BYTES, or NULL */
    struct slice command_id; /* empty: no reply wanted */
};

/**
 * Posts into the lobby. ERR_DENIED: the client has not joined. It is taken even while the hub is busy, since some dialects
 * cannot refuse: a door asks hub_is_busy before (and refuses) or after (and reads nothing more), so that what waits stays
 * bounded by the limits and one message for each client.
 */
int hub_post(struct client *client, const struct post *post);

/** Takes a post from the client's allowance. Returns 0, or the milliseconds it should wait (nothing was taken). */
uint32_t hub_rate(struct client *client);

/** The same, but takes it in any case and returns for how long to read nothing more from it. */
uint32_t hub_rate_debt(struct client *client);

/** Whether posts of this worker have to wait; on_ready will be called. */
bool hub_is_busy(struct client *client);

/** Both answer through on_answer. ERR_DENIED: the client has not joined. */
int hub_rename(struct client *client, const struct name *name, struct slice command_id);
int hub_set_active(struct client *client, bool active, struct slice command_id);

/** The sequencer's batch came: shows and answers it. The batch is borrowed. Returns how many DRAIN events it held. */
unsigned hub_deliver(struct hub *hub, const struct event_batch *batch);

/** Submits the DRAIN event: this worker will submit no more posts. Every hub gets one for each worker. */
void hub_drain(struct hub *hub);

/** The kernel takes bytes of this client again. */
void hub_drained(struct client *client);

/** Sends what is due. Returns milliseconds until gathering ends and hub_flush wants to be called again, UINT32_MAX: not. */
uint32_t hub_flush(struct hub *hub);

/**
 * For how long, from now, the worker had better read nothing, because a hot pool was just flushed: what comes meanwhile is
 * then read, submitted, answered and flushed together. 0: read on.
 */
uint32_t hub_pace_ms(const struct hub *hub);

/** Sends everything now, gathered or not. */
void hub_flush_all(struct hub *hub);

/** Once a second: frees what nobody needs. */
void hub_tick(struct hub *hub);
