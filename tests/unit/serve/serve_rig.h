#pragma once
/*
 * An HTTP server on a loop with small limits, and one peer that the test holds as a plain socket. What the
 * server says is gathered in got; responses are taken from it one by one.
 */

#include "net/rig.h"
#include "serve/http_server.h"
#include "serve/ws_conn.h"

struct serve_rig {
    struct rig net;
    struct http_server server;
    struct http_server_limits limits;
    struct policy policy;
    struct connection_limit *connections;
    int peer; /* -1: closed */
    struct buffer got;
    size_t got_at;
    bool ended; /* the server has ended its side */
};

struct response {
    unsigned status;
    struct slice head; /* all of it, with its empty line */
    struct slice body;
};

extern struct serve_rig serve_rig;

/** Long times, small sizes; the routes are kept. At most so many connections, and so many per address. */
void serve_rig_init(const struct http_route *routes, size_t count, uint32_t total,
                    uint32_t per_address);
void serve_rig_release(void);

/** Connects the peer, from 127.0.0.1 or another address. False when the limit does not allow it. */
bool serve_rig_connect(void);
bool serve_rig_connect_from(const char *address);

/** Closes the peer's socket and waits until the server has let go of the connection. */
void serve_rig_close(void);

void serve_rig_send(const void *bytes, size_t len);
void serve_rig_send_text(const char *text);

/** Gathers what is there. Always true, for use in SERVE_UNTIL. */
bool serve_rig_read(void);

/** Runs turns, reading, until the expression is true; fails the test at a deadline. */
#define SERVE_UNTIL(what) RIG_UNTIL(&serve_rig.net, serve_rig_read() && (what))

/** Waits for the next whole response; borrowed until the next call that reads. */
struct response serve_rig_response(bool to_head);

/** Whether the head has this line, such as "Vary: Accept-Encoding". */
bool serve_rig_has(const struct response *response, const char *line);

/** Fails unless nothing more came than what was taken, and the server ends the connection. */
void serve_rig_assert_end(void);
