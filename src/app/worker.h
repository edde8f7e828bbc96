#pragma once
/*
 * A worker: one thread with its loop, its hub, its doors and its servers, wired together. It speaks with others through
 * its mailbox only: batches of events come from the bus, sockets from the worker that accepts, and orders from main.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "app/owner_link.h"
#include "app/routes.h"
#include "base/metrics.h"
#include "chat/hub.h"
#include "doors/account.h"
#include "doors/files.h"
#include "doors/frame_maker.h"
#include "doors/rest.h"
#include "doors/web.h"
#include "net/loop.h"
#include "serve/address_bans.h"
#include "serve/hasher.h"
#include "serve/http_server.h"
#include "serve/rate_table.h"
#include "serve/ws_upgrade.h"
#include "store/reader.h"
#include "store/writer.h"

/* What all workers share; immutable while they run. */
struct worker_settings {
    struct loop_limits loop;
    struct http_server_limits http;
    struct ws_limits ws;
    struct hub_limits hub;
    struct policy policy;
    struct connection_limit *connections;
    struct writer *writer;
    struct reader_pool *readers;
    uint32_t workers_count;
    uint32_t drain_ms;
    struct rate_table *rates;
    struct blob_folder *blobs; /* of files; NULL: there are none */
    struct disk_pool *disk;
    struct http_upload_limit *uploads;
    uint64_t upload_bytes_max;
    char public_url[512];  /* how people reach the server, without a slash at its end */
    uint32_t session_s;    /* for how long a browser keeps a session */
    struct hasher *hasher; /* of passwords */
    enum sign_up sign_up;
    struct server_state *server;    /* as it was at the start; one reference */
    const struct state_page *state; /* what admins see; kept */
    bool guests;                    /* people without an account are let in */
    bool echo;
};

enum { WORKER_ROUTES_MAX = API_ROUTES_MAX + 20 };

struct worker {
    const struct worker_settings *settings;
    uint32_t number;
    struct metrics metrics;
    struct loop loop;
    struct hub *hub;
    struct frame_maker makers[LANE_COUNT];
    struct ws_inflater *inflater; /* for all clients' messages: none is kept between two */
    struct ws_server ws;
    struct web_door web;
    struct rest rest;
    struct account_terms accounts;
    struct files_door files;
    struct owner_link owner_link;
    struct ws_endpoint chat_endpoint, echo_endpoint;
    struct http_route routes[WORKER_ROUTES_MAX];
    size_t routes_count;
    struct http_server http;
    struct address_bans bans;
    struct event *outbox_first, *outbox_last; /* submitted in this turn */
    struct timer gather, tick, goodbye, deadline;
    unsigned drained; /* DRAIN events seen */
    bool stopping, saying_goodbye;
    void (*on_stop)(void *ctx); /* accepting ends: for the worker that does it. May be NULL */
    void *on_stop_ctx;
    pthread_t thread;
};

/** Builds the parts. keeps settings. ERR_IO when the kernel refuses. */
int worker_init(struct worker *worker, uint32_t number, const struct worker_settings *settings);

/** Takes the parts down. The thread must have ended. */
void worker_release(struct worker *worker);

/** Starts the thread. ERR_IO when the kernel refuses. */
int worker_start(struct worker *worker);

/** Gives it a connected socket (taken) that was counted by connection_limit_take. Any thread. */
void worker_give_socket(struct worker *worker, int fd, const struct sockaddr_storage *peer);

/** Gives it the answer to a question of its hub (taken). Any thread. */
void worker_give_read(struct worker *worker, struct store_read *read);

/** Has it print a link that makes an owner, if there is none. Any thread. */
void worker_print_owner_link(struct worker *worker);

/** Tells it to stop: what was accepted is kept and shown, clients get a goodbye (1001), then the thread ends. Any thread. */
void worker_stop(struct worker *worker);

/** Waits for the thread's end. */
void worker_join(struct worker *worker);
