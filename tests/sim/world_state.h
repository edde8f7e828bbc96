#pragma once
/*
 * The inside of a world, for its parts: world.c (its life), server.c (the program that is tested
 * and its network), device.c and device_check.c (the clients).
 */

#include "base/metrics.h"
#include "chat/dice.h"
#include "chat/hub.h"
#include "chat/sequencer.h"
#include "fake_store.h"
#include "frame.h"
#include "view.h"
#include "world.h"

enum {
    WORKERS_MAX = 4,
    ORDERS_MAX = 5,
    VIEWS_MAX = 24,
    CURSORS_MAX = VIEWS_MAX + 2,
    MESSAGE_BYTES_MAX = 6000,
    REQUEST_HISTORY = 200, /* beside the kinds of events */
    REQUEST_ROOMS,
};

struct world;
struct device;

/* ---- what clients ask ---- */

/* A command that is to be carried out once, however often it is sent. */
struct order {
    bool used;
    bool done; /* answered for good */
    bool kept; /* with an event: */
    uint64_t kept_room, kept_seq, kept_mid;
    unsigned sent; /* how often */
    uint64_t serial;
    uint8_t kind; /* enum event_kind */
    uint8_t cid[CID_BYTES];
    uint64_t room, target, reply_to;
    uint64_t with;     /* CREATED of a direct room: who else is in it */
    uint8_t room_kind; /* CREATED, SETTINGS: enum room_kind */
    bool archived;     /* SETTINGS */
    uint64_t number;   /* of the text; 0: none */
    uint32_t len;
};

enum { REQUEST_ALTERED = 1 }; /* in the lowest bit of an id: the content is not what it was */

/* On its way to the server. */
struct request {
    uint8_t op; /* enum event_kind, REQUEST_HISTORY or REQUEST_ROOMS */
    bool active, has_token;
    uint8_t where;
    uint64_t id;
    struct order order;
    uint64_t room, seq;
    uint8_t act, role; /* ACT */
    uint64_t person;   /* the same */
    uint8_t hash[TOKEN_HASH_BYTES];
    struct name name;
    size_t cursors_count;
    struct cursor cursors[CURSORS_MAX];
};

/* ---- the server and its network ---- */

/* One connection, as the server and the kernels know it. */
struct link {
    struct client client; /* first */
    struct link *next;    /* in the world */
    struct world *world;
    struct node *node;
    struct device *device; /* NULL: the peer has gone */
    bool visitor;
    bool added;   /* to the hub */
    bool blocked; /* the kernel has refused bytes */
    bool wants_drained;
    bool silent; /* nothing comes back from a peer that has gone: the kernel goes on taking bytes */
    bool noticed; /* the connection goes at the end of the turn */
    uint8_t lane;
    size_t kernel_cap;
    struct buffer kernel; /* taken by the kernel, not read by the peer */
    struct buffer queue;  /* the private queue */
    size_t fed_bytes;     /* put there by the domain since it was empty */
    struct request *requests;
    size_t requests_count, requests_cap;
    unsigned owed;        /* answers, to what the hub has taken, without hellos and questions */
    struct request hello; /* the one that is not answered yet */
    bool cut;             /* of a hello whose token nobody knew */
};

/* A batch on its way to a worker. */
struct parcel {
    struct parcel *next;
    struct event_batch *batch;
};

/* A question that a reader has. */
struct question {
    struct question *next;
    struct node *node;
    struct store_read *read;
    uint64_t due_ms;
    bool answered;
};

struct lane_ctx {
    struct node *node;
    bool simple;
};

struct node {
    struct world *world;
    struct hub *hub;
    struct metrics metrics;
    struct lane_ctx lanes[LANE_COUNT];
    struct event *outbox_first, *outbox_last;
    struct event *road_first, *road_last; /* on the way to the sequencer */
    struct parcel *inbox_first, *inbox_last;
    unsigned drains; /* DRAIN events that came */
    bool gathers;    /* something waits to be flushed */
};

/* ---- the clients ---- */

/* What a hello said of a room. */
struct claim {
    struct cursor cursor;
    bool honest; /* the store had it so */
};

/* A room as a connection gets it. */
struct stream {
    uint64_t room;
    uint64_t last;  /* seq */
    uint64_t head;  /* at the hello: to be reached before ready */
    bool has_claim; /* it may be reset */
    struct claim claim;
};

struct device {
    struct world *world;
    struct link *link; /* NULL: offline */
    bool visitor;
    bool slow;   /* reads little */
    bool active; /* as it wants to be */

    /* Kept from connection to connection. */
    bool has_token;
    uint8_t hash[TOKEN_HASH_BYTES];
    uint64_t person; /* 0: not known yet */
    struct view views[VIEWS_MAX];
    size_t views_count;
    struct order orders[ORDERS_MAX];

    /* Of this connection. */
    struct buffer partial; /* an incomplete frame */
    bool greeting;         /* a hello is not answered */
    bool welcomed, ready;
    struct claim claims[CURSORS_MAX]; /* of that hello */
    size_t claims_count;
    struct stream streams[VIEWS_MAX];
    size_t streams_count;
    uint64_t visitor_seq;     /* the last message that a visitor saw */
    uint64_t asked, answered; /* commands, without what readers are asked */
    uint64_t sign_up_id;      /* asked for; the token is to be: */
    uint8_t sign_up_hash[TOKEN_HASH_BYTES];
    uint64_t who_id, who_room;
    uint32_t who_people, who_visitors;
    bool who_answered;
};

/* What is known of a room from the batches alone. */
struct room_tale {
    uint64_t room, seq, topic;
    bool knows_topic;
};

enum { TALES_MAX = 64 };

struct world {
    struct dice dice;
    enum world_bug bug;
    bool bug_done;
    bool verbose;
    bool calm;   /* no faults any more */
    bool silent; /* nothing is done any more: what is told must be what is kept */
    struct world_size size;
    struct fake_store fake;
    struct sequencer *sequencer;
    struct sequencer_limits sequencer_limits;
    struct hub_limits limits;
    struct node nodes[WORKERS_MAX];
    struct link *links;
    struct question *questions;
    struct device *devices;
    struct room_tale tales[TALES_MAX];
    size_t tales_count;
    bool restores; /* backups are restored here */
    bool offices;  /* people have accounts, roles, and do things to each other */
    bool roomy;    /* people come into many rooms */
    uint64_t now_ms;
    uint64_t wall_ms;
    uint64_t full_until_ms; /* the disk is full */
    uint64_t next_number, next_serial;
    struct world_result result;
};

static inline uint64_t below(struct world *world, uint64_t sides)
{
    return dice_next(&world->dice) % sides;
}

static inline bool chance(struct world *world, unsigned percent)
{
    return below(world, 100) < percent;
}

/** Notes the first thing that was found wrong. */
void world_fail(struct world *world, const char *what);

/** Tells what happens, when somebody listens. */
void world_say(const struct world *world, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Whether the planted bug strikes now. Once in a world. */
bool world_bug_now(struct world *world, enum world_bug bug, unsigned percent);

/* ---- server.c ---- */

void server_start(struct world *world);
/** Everything but the store is gone; what the kernels took may still arrive. */
void server_crash(struct world *world);
/** Stops as it should: everything that was taken is answered. */
void server_drain(struct world *world);
void server_release(struct world *world);

/** A new connection of the device. */
void server_connect(struct device *device);
/** The device hangs up. */
void server_hang_up(struct device *device);
/** Sends a request on the device's connection. */
void server_send(struct device *device, const struct request *request);
/** The device reads up to so many bytes. */
void server_read(struct device *device, size_t bytes);

/** One turn of a worker. */
void server_turn(struct node *node);
/** The writer wakes up, takes what has arrived, and tells all. */
void server_write(struct world *world);
/** The readers go on. */
void server_readers(struct world *world);
/** Whether nothing is under way any more. */
bool server_is_quiet(const struct world *world);

/* ---- door.c ---- */

extern const struct client_door sim_web_door, sim_visitor_door;

/** Carries out what the link's peer asks. */
void door_run(struct link *link, struct request *request);

/** Puts a frame into the private queue. */
void door_send(struct link *link, struct frame *frame, struct slice tail);

/* ---- device.c, device_check.c ---- */

/** Does something, by chance. */
void device_act(struct device *device);
/** Says hello on a new connection, or again. honest: with its true cursors. */
void device_hello(struct device *device, bool honest);
/** Sends again what was not answered. */
void device_resend(struct device *device, struct order *order, bool altered);
/** The connection is gone. */
void device_offline(struct device *device);
void device_receive(struct device *device, const uint8_t *bytes, size_t len);
struct view *device_view(struct device *device, uint64_t room);
struct stream *device_stream(struct device *device, uint64_t room);
/** Asks who is in a room. */
void device_who(struct device *device, uint64_t room);
