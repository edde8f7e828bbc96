#pragma once
/*
 * While a server has no owner it prints, at each start, a link that makes one: a quiet client of a hub that is whoever sits at the
 * console, asks for the link, and is gone. On the hub's worker's thread.
 */

#include "chat/hub.h"
#include "doors/guest.h"
#include "net/timer.h"

struct owner_link {
    struct client client;
    struct timer_wheel *timers;
    struct timer end; /* a client is not removed within its own answer */
    const char *url;
    bool asks; /* the hub knows the client */
    char token[GUEST_TOKEN_LEN + 1];
};

/** Begins on the caller's storage. keeps timers and url (how people reach the server, without a slash at its end). */
void owner_link_init(struct owner_link *link, struct timer_wheel *timers, const char *url);

/** Asks for the link, and prints it when it comes. Nothing is printed when there is an owner. */
void owner_link_ask(struct owner_link *link, struct hub *hub);

/** Before the hub's end. */
void owner_link_release(struct owner_link *link);
