#pragma once
/*
 * The hub is one worker's part of the domain: its clients, its parts of the pools, and the roads to the sequencer and to the
 * readers. What clients ask for is checked here and submitted as events; what comes back, in the one order for
 * all workers, is shown to the pools' members and answered to whoever asked. It is pure: it reaches the outside only
 * through hub_ports and is told the time. One thread runs it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chat/act.h"
#include "chat/client.h"
#include "chat/dialect.h"
#include "chat/event.h"
#include "chat/permission.h"
#include "chat/pool.h"
#include "chat/search.h"
#include "chat/server_state.h"
#include "chat/store.h"

struct hub_limits {
    uint64_t key; /* random: for the hub's tables; see base/id_table.h */
    struct pool_limits pool;
    struct rate posts;          /* per client; {10, 30} */
    uint32_t posts_waiting_max; /* submitted by this worker and not answered yet; 10,000 */
    size_t bytes_waiting_max;   /* and their bytes; 16 MB */
    uint32_t replay_max;        /* events behind at hello; beyond it the room is reset; 10,000 */
    uint32_t page_bytes;        /* of a page, fed or asked for; 64 KB */
    uint32_t client_reads_max;  /* questions under way for each client; 8 */
    uint32_t reads_max;         /* and of this worker; 2,000 */
    bool guests_may_all;        /* guests have the rights of members */
    uint32_t waits_max;         /* clients that wait for something to be kept (hub_wait); 1,000 */
    uint32_t feed_bytes;        /* that the feed gives a client before it has to drain; 16 KB */
    uint32_t feed_ms; /* a question of the feed without an answer is asked again; 30,000 */
};

struct hub_ports {
    struct pool_ports pool;
    /** The time of this turn (monotonic milliseconds), kept up to date by the caller. */
    const uint64_t *now_ms;
    /** Takes an event to the sequencer; those of one hub stay in order. */
    void (*submit)(void *ctx, struct event *event);
    /** Takes a question to a reader; hub_read_done gets it back, in any order, or never. */
    void (*read)(void *ctx, struct store_read *read);
    /** The server's state (brake, banned addresses) is now this one: borrowed. NULL: nobody wants to know. */
    void (*server_state)(void *ctx, const struct server_state *state);
    /** Asks for one hub_drained, in a later turn, as soon as the private queue of the connection is empty. */
    void (*notify_drained)(void *ctx, void *link);
};

struct hub;

/** Returns owned. worker is this hub's number; keeps metrics and what ports and dialects point to. */
struct hub *hub_new(uint32_t worker, const struct hub_limits *limits, const struct hub_ports *ports,
                    const struct dialect dialects[LANE_COUNT], struct metrics *metrics);

/** Takes the hub; every client must have been removed. */
void hub_free(struct hub *hub);

/* ---- clients ---- */

/**
 * Makes a client known. keeps client (embedded in its door's session) and door; link is the connection as the network knows it; id is random. Whoever speaks the tutorial's
 * dialect is a visitor.
 */
void hub_add(struct hub *hub, struct client *client, const struct client_door *door, void *link,
             uint64_t id, enum lane_number lane);

/** The connection is gone: leaves its rooms and is forgotten. The door frees the client afterwards. */
void hub_remove(struct client *client);

struct hello {
    /* does not make the person be here, and follows no room: the HTTP API's; see hub_is_in */
    bool quiet;
    bool console;            /* is whoever sits at the server's console; token_hash is NULL */
    const struct name *name; /* wished for by a new guest; NULL: none */
    /** Of the token that was shown, or else of a new one, for a guest to be made. Of a visitor: NULL. */
    const uint8_t *token_hash;
    bool has_token;
    bool active;
    const struct cursor *cursors; /* borrowed */
    size_t cursors_count;
    struct slice command_id; /* empty: no reply is expected (a visitor) */
};

/**
 * Says who the client is. The answer is on_answer with a HELLO: name, person, welcome. May be said again once it was answered, with new cursors.
 * ERR_BUSY: the one before is not answered yet.
 */
int hub_hello(struct client *client, const struct hello *hello);

/* ---- what changes a room ---- */

/* A command that makes a kept event. */
struct command {
    uint8_t kind;            /* enum event_kind; a kept one */
    uint64_t room;           /* CREATED: 0 */
    uint64_t target;         /* EDIT, DELETE, REACT, UNREACT, PIN, UNPIN */
    uint64_t reply_to;       /* MESSAGE; 0 for none */
    struct message message;  /* the body borrowed: text, emoji, topic; CREATED: nothing, see name */
    const struct name *name; /* CREATED */
    const uint8_t *cid;      /* CID_BYTES, or NULL: a visitor's */
    struct slice command_id; /* empty: no reply wanted */
    struct room_change *change; /* CREATED, SETTINGS; taken */
    struct people_list *people; /* CREATED of a direct room: who else is in it; taken */
    struct file_list *files;    /* MESSAGE: id and alt of each; taken */
};

/**
 * Submits it; the answer is on_answer with the event. Without a cid, ERR_NOT_FOUND: the client is not in that room.
 * ERR_PROTOCOL: the client has not been greeted. It is taken even while the hub is busy, since some dialects cannot refuse: a door asks hub_is_busy before (and refuses) or after
 * (and reads nothing more), so that what waits stays bounded by the limits and one message for each client.
 */
int hub_command(struct client *client, const struct command *command);

/** Takes a post from the client's allowance. Returns 0, or the milliseconds it should wait (nothing was taken). */
uint32_t hub_rate(struct client *client);

/** The same, but takes it in any case and returns for how long to read nothing more from it. */
uint32_t hub_rate_debt(struct client *client);

/** Whether posts of this worker have to wait; on_unbusy will be called. */
bool hub_is_busy(struct client *client);

/* ---- what passes; all answer through on_answer; ERR_NOT_FOUND: not in that room ---- */

int hub_rename(struct client *client, const struct name *name, struct slice command_id);
int hub_set_active(struct client *client, bool active, struct slice command_id);
int hub_mark_read(struct client *client, uint64_t room, uint64_t seq, struct slice command_id);
int hub_typing(struct client *client, uint64_t room, struct slice command_id);
int hub_who(struct client *client, uint64_t room, struct slice command_id);
/** level: enum attention. */
int hub_set_level(struct client *client, uint64_t room, uint8_t level, struct slice command_id);

/**
 * What is no event of a room: chat/act.h. Takes act, in any case. ERR_PROTOCOL: the client has not been greeted and it is none of those that strangers may do
 * (SIGN_UP, SIGN_IN, RESET_USE).
 */
int hub_act(struct client *client, struct act *act, struct slice command_id);

/* ---- what is read; both answer through on_read; ERR_BUSY: too many questions are under way ---- */

/** A page of a room. ERR_NOT_FOUND: not in that room. limit: 1 to 100. */
int hub_history(struct client *client, uint64_t room, enum read_where where, uint64_t seq,
                uint32_t limit, struct slice command_id);

/** What chat/permission.h says of it, as far as this worker knows; the sequencer may know more. room 0: none. */
int hub_may(const struct client *client, uint64_t room, enum action action);

/** Whether the client's person is in the room, as far as this worker knows. */
bool hub_is_in(const struct client *client, uint64_t room);

/* Which rows of a list. */
struct list_question {
    enum listing_kind kind;
    uint64_t room;            /* of those of a room */
    const struct name *after; /* the folded name behind which they begin; NULL: behind no name */
    uint64_t after_id;        /* the same for lists that are not by name; 0: from the beginning */
    uint32_t limit;
};

/** A list. ERR_NOT_FOUND, ERR_DENIED. */
int hub_list(struct client *client, const struct list_question *question, struct slice command_id);

/** A search (taken, in any case) among the rooms that the client is in. ERR_DENIED, ERR_NOT_FOUND: not in the room it names. */
int hub_search(struct client *client, struct search *search, struct slice command_id);

/**
 * A question made by a door: READ_ACCOUNT, READ_FILE, READ_LINK, READ_EXPORT, also for a client that has not been greeted. Takes read; its answer
 * is on_read, and it is the door that decides who may see what of it.
 */
int hub_ask(struct client *client, struct store_read *read);

/** Events of a room behind seq, as a replay shows them (for the HTTP API): a READ_FEED. ERR_NOT_FOUND. */
int hub_follow(struct client *client, uint64_t room, uint64_t seq, struct slice command_id);

/**
 * Calls on_stirred once, when something was kept in a room that this quiet client is in, from now on. ERR_BUSY: too many wait for that already.
 */
int hub_wait(struct client *client);

/** The rooms that the client's role may come into, behind a folded name (may be empty). */
int hub_rooms(struct client *client, const struct name *after, uint32_t limit,
              struct slice command_id);

/* ---- what comes back ---- */

/** The sequencer's batch came: shows and answers it. The batch is borrowed. Returns how many DRAIN events it held. */
unsigned hub_deliver(struct hub *hub, const struct event_batch *batch);

/** A reader's answer came (taken). */
void hub_read_done(struct hub *hub, struct store_read *read);

/** The kernel takes bytes of this client again, and its private queue is empty. */
void hub_drained(struct client *client);

/** Submits the DRAIN event: this worker will submit no more commands. Every hub gets one for each worker. */
void hub_drain(struct hub *hub);

/* ---- the end of a turn ---- */

/** Sends what is due. Returns milliseconds until gathering ends and hub_flush wants to be called again, UINT32_MAX: not. */
uint32_t hub_flush(struct hub *hub);

/**
 * For how long, from now, the worker had better read nothing, because a hot pool was just flushed: what comes meanwhile is
 * then read, submitted, answered and flushed together. 0: read on.
 */
uint32_t hub_pace_ms(const struct hub *hub);

/** Sends everything now, gathered or not. */
void hub_flush_all(struct hub *hub);

/** Once a second: frees what nobody needs, asks again what was not answered. */
void hub_tick(struct hub *hub);
