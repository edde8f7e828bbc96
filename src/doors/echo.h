#pragma once
/*
 * /echo, for conformance suites and benchmarks (--echo; never on by default): every message comes
 * back as it was, up to 16 MiB, with permessage-deflate streams of the connection's own, as the
 * client negotiated them.
 */

#include "serve/ws_upgrade.h"

enum { ECHO_MESSAGE_BYTES_MAX = 16 << 20 };

/** A session on an accepted connection. Returns owned by the connection. */
struct ws_conn *echo_open(struct ws_server *server, struct conn *conn,
                          const struct ws_offer *offer);
