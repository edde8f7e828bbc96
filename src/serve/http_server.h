#pragma once
/*
 * An HTTP/1.1 server on one loop: connections become requests, requests find their route, and a handler
 * answers at once (http_respond, http_problem), later (http_defer, http_receive), or turns the connection into a WebSocket
 * (ws_upgrade). One worker owns it. Requests on one connection are handled one after the other; input waits while an answer does.
 *
 * A connection:  HEAD -> (BODY ->) handler -> HEAD …, or -> finished;  handler -> WebSocket;
 *                HEAD -> handler -> STREAM -> WAIT -> HEAD …;  handler -> WAIT -> HEAD …
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/metrics.h"
#include "net/conn.h"
#include "proto/http_body.h"
#include "proto/http_head.h"
#include "serve/connection_limit.h"
#include "serve/http_route.h"
#include "serve/policy.h"

struct http_server;

struct http_request {
    struct http_server *server;
    struct conn *conn;
    const struct http_head *head;         /* valid while the handler runs; of one deferred: NULL */
    const struct http_route *route;       /* NULL: none was found */
    struct slice path;                    /* decoded; as long as head */
    struct slice params[HTTP_PARAMS_MAX]; /* of the route's pattern, decoded; as long as head */
    struct slice body;                    /* HTTP_BODY_WHOLE: all of it; as long as head */
    struct request_source source;
    uint8_t method; /* enum http_method */
    uint8_t minor;  /* of the version */
    bool answered;
    bool deferred; /* the answer comes by another request: the one that http_defer has returned */
    bool later;    /* this is that one */
    bool close;    /* the connection ends with this answer */
    bool upgraded;
};

struct http_server_limits {
    struct http_limits head;
    uint64_t body_bytes_max; /* 1 MB */
    uint32_t head_ms;        /* from the first byte (or the connection) to the whole head: 10,000 */
    uint32_t body_ms;        /* from the head to the end of the body: 30,000 */
    uint32_t idle_ms;        /* between requests: 15,000 */
    uint32_t send_ms;        /* for the peer to take an answer, or a piece of one: 60,000 */
    uint32_t answer_ms;      /* for a deferred answer to begin; 0: no limit; 60,000 */
    uint32_t stream_bytes_min; /* of a streamed body in each body_ms; 30,000 */
};

struct http_server {
    struct loop *loop;
    struct metrics *metrics;
    const struct http_server_limits *limits;
    const struct policy *policy;
    struct connection_limit *connections;
    const struct http_route *routes;
    size_t routes_count;
    const struct address_bans *bans; /* kept; NULL: none */
    /* Answers where no route fits; NULL: http_missing does. */
    void (*missing)(struct http_request *request);
    const char *headers; /* lines for every answer, each with CRLF, or NULL */
    bool console; /* its listener is the console's socket: whoever may open that is the owner */
    bool deaf;    /* the server stops: further requests get 503 */
};

/** Serves a connected socket (taken) that connection_limit_take has counted. server is kept. */
void http_server_accept(struct http_server *server, int fd, const struct sockaddr_storage *peer);

struct http_response {
    unsigned status;
    const char *type; /* Content-Type, or NULL for none */
    struct slice body;
    bool body_is_static; /* lives as long as the program: is not copied */
    const char *headers; /* further lines, each with CRLF, or NULL */
};

/** Answers; a HEAD request gets the same without the body. Once per request. */
void http_respond(struct http_request *request, const struct http_response *response);

/** Answers with a problem document (RFC 9457) without a code. headers as in http_response. detail is plain ASCII without quotes. */
void http_problem(struct http_request *request, unsigned status, const char *detail,
                  const char *headers);

/** Answers 404 with a problem document. */
void http_missing(struct http_request *request);

/** The reason phrase of a status. Returns borrowed, static. */
const char *http_status_text(unsigned status);

/**
 * Takes the connection away from HTTP, for ws_upgrade only: the caller sets handler and user at once. What is in the head
 * may not be used afterwards. The address stays counted; who takes over gives it back with connection_limit_give when the
 * connection closes.
 */
void http_hand_over(struct http_request *request);
