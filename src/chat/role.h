#pragma once
/*
 * What somebody is on this server. The numbers are on disk. What a role may do is said in chat/permission.h alone.
 */

#include <stdbool.h>
#include <stdint.h>

enum role {
    ROLE_GUEST = 0,  /* came without an account */
    ROLE_MEMBER = 1, /* has one */
    ROLE_MODERATOR = 2,
    ROLE_ADMIN = 3,
    ROLE_OWNER = 4, /* there is always one */
    ROLE_BOT = 5,   /* a program with a token, in the rooms it was put into */
    ROLE_END
};

/* The person that stands for whoever sits at the server's console: an owner without a name to sign in with. */
enum { PERSON_CONSOLE = 1 };

/** How much it counts against another one: a bot counts as little as a guest. */
static inline unsigned role_rank(uint8_t role)
{
    return role == ROLE_BOT ? 0 : role;
}

/** "guest", "member", "moderator", "admin", "owner", "bot". Returns borrowed, static. */
const char *role_name(uint8_t role);

/** The role of a name. false: there is none. */
bool role_of_name(const char *name, uint8_t *ret_role);
