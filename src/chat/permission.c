#include "chat/permission.h"

#include "base/error.h"

int may(enum action action, const struct may_query *query)
{
    switch (action) {
    case ACTION_CREATE:
    case ACTION_JOIN:
        return query->visitor ? ERR_DENIED : OK;
    case ACTION_LEAVE:
        if (!query->member)
            return ERR_NOT_FOUND;
        return query->lobby || query->visitor ? ERR_DENIED : OK;
    case ACTION_FOLLOW:
    case ACTION_POST:
        return query->member ? OK : ERR_NOT_FOUND;
    case ACTION_PIN:
    case ACTION_TOPIC:
        if (!query->member)
            return ERR_NOT_FOUND;
        return query->visitor ? ERR_DENIED : OK;
    case ACTION_EDIT:
    case ACTION_DELETE:
        if (!query->member)
            return ERR_NOT_FOUND;
        return query->own && !query->visitor ? OK : ERR_DENIED;
    }
    return ERR_DENIED;
}
