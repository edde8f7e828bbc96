#pragma once
/*
 * Accounts over HTTP: how one comes to have one, signs in and out, and looks after it. docs/API.md, "Accounts". Passwords are said here
 * only, never over a WebSocket. Each route is a few steps of a struct rest_call: a question to the store, a job for the
 * hasher, an act, each of which may end it. On its worker's thread.
 */

#include "chat/act.h"
#include "doors/rest_call.h"
#include "serve/hasher.h"
#include "serve/policy.h"

/* How long a link is good for that makes the first owner: 7 days. */
#define OWNER_LINK_MS (UINT64_C(7) * 24 * 60 * 60 * 1000)

/* What the calls of one worker need beside struct rest; immutable but for the server's name. */
struct account_terms {
    struct hasher *hasher;
    struct mailbox *mailbox; /* the worker's, in which the hasher's answers come */
    uint32_t letter_kind;    /* of these answers */
    const struct policy *policy;
    enum sign_up sign_up;
    bool guests;
    uint32_t session_s;      /* for how long a browser keeps the cookie */
    struct name server_name; /* of the community, as whoever comes is told; empty: none */
};

enum { ACCOUNT_ROUTES_MAX = 16 };

/** Fills in the routes of accounts (ctx is rest, whose `accounts` is set). Returns how many. */
size_t account_routes(struct rest *rest, struct http_route ret_routes[ACCOUNT_ROUTES_MAX]);

/** The hasher's answer came (taken). */
void account_hashed(struct hash_job *job);
