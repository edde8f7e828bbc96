#pragma once
/*
 * The whole server: builds the parts in order from the configuration, runs them, takes them down in reverse.
 */

#include "app/config.h"

struct server;

/**
 * Builds everything and begins to serve. Returns OK with ret_server owned, or an error after one clear line in the log
 * about what is wrong.
 */
int server_start(const struct config *config, struct server **ret_server);

/** Prints where it can be reached and where the data lies. */
void server_announce(const struct server *server);

/** Stops in order: no new connections, what was accepted is kept and shown, goodbye to the clients; frees everything. */
void server_stop(struct server *server);
