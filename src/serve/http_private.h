#pragma once
/*
 * A connection while it speaks HTTP: what http_server.c (bytes and requests) and http_later.c (handles) share. For them only.
 */

#include "serve/http_later.h"

enum http_phase { PHASE_HEAD, PHASE_BODY, PHASE_STREAM, PHASE_WAIT };

struct http_later {
    struct http_request request; /* first: the handle */
    const struct http_later_handler *handler;
    void *ctx;
    bool wants_body, held;
    bool expects; /* and has to be told to send it */
    bool begun;   /* the answer's head is sent */
    bool chunked; /* its pieces are */
    bool unread;  /* the body is not complete */
};

/* conn->user */
struct http_conn {
    struct http_server *server;
    uint8_t phase; /* enum http_phase */
    bool begun;    /* bytes of a head have come */
    bool extended; /* the peer was given more time to take an answer */
    bool running;  /* a handler is */
    bool collects; /* the body that is read */
    bool close;    /* it ends with the answer that was made while the handler ran */
    size_t scanned;
    struct buffer head; /* an incomplete head, or the one whose body is being read */
    struct http_body body;
    struct buffer whole;      /* what has come of a body that is collected */
    struct http_later *later; /* owned; NULL when nothing is deferred */
    uint64_t stream_bytes;    /* that have come since the timer was set */
};

/** An answer is complete: goes on to the next request, or ends the connection. */
void http_next(struct http_conn *http, struct conn *conn, bool close);

/** The body of a handle is wanted now. */
void http_read_on(struct http_conn *http, struct conn *conn);

/** The handle's owner will not be able to answer: tells it. Fine without a handle. */
void http_lose(struct http_conn *http);

/** A handle was answered to the end. */
void http_later_done(struct http_request *later);

/** Appends the head of an answer. length -1: not known. Returns whether the pieces are to be chunked. */
bool http_write_head(struct buffer *out, struct http_request *request,
                     const struct http_response *response, int64_t length);
