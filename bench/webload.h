/*
 * The generator of the web protocol, hubbub.v1 (docs/PROTOCOL.md): clients that post, come back
 * with cursors, and check everything that they are told. One thread; it sleeps when there is
 * nothing to do, because these runs share both cores with the server.
 *
 *   webload_main.c    options, the order of things
 *   webload_client.c  one connection: opening, the upgrade, frames, the loop
 *   webload_talk.c    hello, rooms, events: what all modes say and hear alike
 *   webload_log.c     what every client must see, and what was promised
 *   webload_post.c    mode post: posters, acknowledgements, slow readers
 *   webload_audit.c   mode audit: is everything there that was acknowledged?
 *   webload_return.c  mode return: many clients come back with all their cursors
 *   webload_json.c    out of a frame what is needed
 *
 * Any failed check ends the program (die).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "load_hist.h"
#include "proc_stat.h"
#include "util.h"
#include "webload_json.h"

enum {
    ROOM_ID_BYTES = 65,
    PERSON_ID_BYTES = 65,
    TOKEN_BYTES = 65,
    CID_TEXT_BYTES = 33,
    COMMAND_BYTES_MAX = 60000,
};

#define NO_POST UINT32_MAX

struct web_opts {
    uint16_t port;
    pid_t pid; /* the server */
    const char *path;
    uint32_t clients;    /* posters, or those that come back */
    uint32_t inflight;   /* posts of one poster that wait for their acknowledgement */
    double rate;         /* posts per second of all together; 0: in flight decides */
    uint32_t rooms;      /* beside the lobby */
    uint32_t each;       /* return: rooms of each client beside the lobby */
    uint32_t behind;     /* return: messages of each room that nobody has when they come back */
    uint32_t slow;       /* post: readers of a thousand bytes a second */
    uint32_t size;       /* bytes of a message's text */
    uint32_t posts;      /* post: ends after so many; 0: after run_ms */
    uint32_t concurrent; /* handshakes at a time */
    uint64_t warm_ms, run_ms, hold_ms;
    uint32_t warm; /* come first and are not counted in the memory */
    uint32_t deadline_s;
    const char *acks; /* the file of what was promised */
};

/* A room's place in one client: the last kept event that it has. */
struct place {
    uint32_t room; /* index */
    uint64_t seq;
    uint64_t head; /* what the server last said of it */
};

enum client_state { CLIENT_CLOSED, CLIENT_CONNECTING, CLIENT_UPGRADING, CLIENT_OPEN };

struct client {
    int fd;
    enum client_state state;
    bool slow;   /* has the smallest receive buffer */
    bool held;   /* reads only when client_read is called */
    bool ready;  /* hello is answered in full */
    bool waits;  /* for the kernel to take `out` */
    uint8_t *in; /* bytes of an unfinished head or frame */
    size_t in_len, in_cap;
    uint8_t *out; /* what the kernel did not take */
    size_t out_len, out_cap;
    uint64_t began_ns;
    uint32_t step;          /* of the mode's own plan for this client */
    uint32_t open_commands; /* return: those without a reply */
    uint32_t place_count, place_cap;
    struct place *places;
    char token[TOKEN_BYTES];
    char person[PERSON_ID_BYTES];
};

/* What stands at one seq of a room, as the first client that saw it saw it. */
struct entry {
    uint64_t hash; /* of the whole frame; 0: nobody has seen it yet */
    uint64_t mid;
    uint32_t post; /* which of our posts this is, or NO_POST */
};

struct room {
    char id[ROOM_ID_BYTES]; /* empty until it is known */
    struct entry *log;      /* seq 1 is the first */
    size_t log_bytes;
    uint64_t head, mid;      /* as hello last told */
    uint64_t seen;           /* the highest seq that anybody saw */
    uint64_t base, base_mid; /* return: the event that all cursors stand on */
};

/* A post and what the server promised. */
struct post {
    uint64_t planned_ns;
    uint64_t seq, mid; /* acknowledged as; seq 0: not yet */
    uint64_t seen_seq; /* where its event stood; 0: not seen yet */
    uint32_t client;
    uint32_t room;
};

struct web;

/* What a mode does with what happens. */
struct web_mode {
    void (*upgraded)(struct web *w, struct client *c);
    void (*reply)(struct web *w, struct client *c, struct text id, struct text reply);
    void (*ready)(struct web *w, struct client *c);
};

struct web {
    struct web_opts opts;
    const struct web_mode *mode;
    int epoll_fd;
    uint64_t now_ns; /* as of the last read; CLOCK_MONOTONIC */
    uint64_t tag;    /* tells this run's cids and rooms from another's */

    struct client *clients;
    uint32_t client_count;
    uint32_t handshakes; /* connections that wait for their 101 */
    uint32_t source;     /* which loopback address they come from */

    struct room *rooms; /* the lobby is the last one */
    uint32_t room_count;

    struct post *posts;
    size_t posts_bytes;
    uint32_t post_count;
    uint32_t acked;
    uint32_t author_count; /* clients that the posts may name */
    uint64_t events;       /* kept events that came, to all clients together */
    uint64_t passing;      /* the others */
};

/* ---- webload_client.c ---- */

/* Begins a connection; `c` has none. Its mode hears of it when it is upgraded. */
void client_begin(struct web *w, struct client *c);
/* Sends one text frame, or keeps what the kernel does not take. */
void client_say(struct web *w, struct client *c, const char *text, size_t len);
/* Reads at most `most` bytes and handles the frames that became whole. False: nothing came. */
bool client_read(struct web *w, struct client *c, size_t most);
/* From now on it reads only by client_read. */
void client_hold(struct web *w, struct client *c);
/* From now on it reads like everybody. */
void client_wake(struct web *w, struct client *c);
void client_close(struct web *w, struct client *c);
/* One turn of the loop; waits at most so long. */
void web_turn(struct web *w, uint64_t wait_ns);
/* Reads on for so long. */
void web_hold(struct web *w, uint64_t ms);

/* ---- webload_talk.c ---- */

/* What came in one text frame. */
void talk_hear(struct web *w, struct client *c, struct text frame);
/* hello with all cursors that the client has, and with its token, if it has one. */
void talk_hello(struct web *w, struct client *c);
void talk_create(struct web *w, struct client *c, uint32_t room);
void talk_join(struct web *w, struct client *c, uint32_t room);
void talk_post(struct web *w, struct client *c, uint32_t room, uint64_t planned_ns);
/* Ends the program with what the server said unless the reply is one of success. */
void talk_expect_ok(struct client *c, struct text reply);
/* The client's place in a room, or NULL. */
struct place *talk_place(struct client *c, uint32_t room);

/* ---- webload_log.c ---- */

void log_init(struct web *w, uint32_t rooms, uint32_t authors);
/* Notes a post that is about to be sent; returns its number. */
uint32_t log_post(struct web *w, uint32_t client, uint32_t room, uint64_t planned_ns);
void log_cid(const struct web *w, uint32_t post, char ret_cid[CID_TEXT_BYTES]);
/* Writes the text of a post, opts.size bytes and a NUL. */
void log_text(const struct web *w, uint32_t post, char *ret_text);
/* The acknowledgement of a post. */
void log_ack(struct web *w, uint32_t post, struct text reply);
/* A kept event, at whatever place it comes to: it must be the next one there. */
void log_event(struct web *w, struct place *place, const char *who, struct text event);
/* The same at little cost, when others have seen this very event; false: it needs a closer look. */
bool log_again(struct web *w, struct place *place, uint64_t seq, struct text event);
/* Is each acknowledged post where it was said to be, once, and in its author's order? */
void log_check(const struct web *w);
void log_save(const struct web *w);
void log_load(struct web *w);

/* ---- the modes ---- */

void mode_post(struct web *w);
void mode_audit(struct web *w);
void mode_return(struct web *w);
