#pragma once
/*
 * Answers that come later, bodies that come piece by piece, and answers that go out piece by piece. A handler asks for a
 * handle: a request of its own that lives until it was answered to the end, or until on_gone. While it lives the
 * connection handles no other request. The owner's worker's thread only.
 *
 *   http_defer or http_receive -> (on_body …, on_body_end) -> http_respond or http_problem: the handle is gone
 *                                                          -> http_begin, http_send …, http_end: the handle is gone
 *   at any time -> on_gone: the handle is gone
 */

#include "serve/http_server.h"

struct http_later_handler {
    /** Bytes of the body, borrowed. May call http_hold_body, or answer (then the connection ends after it). NULL but for http_receive. */
    void (*on_body)(void *ctx, struct slice bytes);
    /** The body is complete. NULL but for http_receive. */
    void (*on_body_end)(void *ctx);
    /** After http_send: the peer has taken what was sent; in a later turn. NULL for who never calls that. */
    void (*on_drained)(void *ctx);
    /**
     * The connection is gone, or took too long, or the body broke a rule; the last call, and the handle is gone. Not called once it was answered to the end.
     */
    void (*on_gone)(void *ctx);
};

/**
 * The answer comes later. Returns the handle, owned by the connection; keeps handler and ctx. Within a handler, once. The request that
 * the handler was given goes on to live until it returns, but is not to be answered.
 */
struct http_request *http_defer(struct http_request *request,
                                const struct http_later_handler *handler, void *ctx);

/**
 * As http_defer, in a handler of an HTTP_BODY_STREAM route: the body is wanted. It comes, also an empty one, after the handler has
 * returned; held before that, not even the peer that asks (Expect: 100-continue) is told to send it before http_go_on_body.
 */
struct http_request *http_receive(struct http_request *request,
                                  const struct http_later_handler *handler, void *ctx);

/**
 * No more of the body until http_go_on_body: the peer waits. The bytes in hand are the last ones. Called right after http_receive nothing is
 * read, nor 100 Continue sent, nor on_body_end called before: to find out first who it is that sends. At most answer_ms.
 */
void http_hold_body(struct http_request *later);
void http_go_on_body(struct http_request *later);

/**
 * Begins an answer that comes in pieces: response->body is not looked at. length: of all of them; -1 when it is not known. A HEAD request is
 * answered to the end by this: returns false, and the handle is gone.
 */
bool http_begin(struct http_request *later, const struct http_response *response, int64_t length);

/** Sends a piece (copied; at most 64 KB); on_drained says when the next one is welcome. */
void http_send(struct http_request *later, struct slice piece);

/** The same with a piece of a file; keeps fd, which must stay open until on_drained or on_gone. Not for answers of unknown length. See conn_write_file. */
void http_send_file(struct http_request *later, int fd, uint64_t offset, size_t len);

/** That was all. The handle is gone. */
void http_end(struct http_request *later);

/** Gives up an answer that was begun and cannot be ended: the connection is closed. The handle is gone, on_gone is not called. */
void http_abandon(struct http_request *later);
