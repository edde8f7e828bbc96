#include "chat/role.h"

#include <string.h>

static const char *const names[ROLE_END] = {"guest", "member", "moderator",
                                            "admin", "owner",  "bot"};

const char *role_name(uint8_t role)
{
    return role < ROLE_END ? names[role] : "guest";
}

bool role_of_name(const char *name, uint8_t *ret_role)
{
    for (unsigned role = 0; role < ROLE_END; role++) {
        if (strcmp(names[role], name) == 0) {
            *ret_role = (uint8_t)role;
            return true;
        }
    }
    return false;
}
