#include "chat/permission.h"

#include "base/error.h"
#include "chat/welcome.h"

/* Which roles a rule lets in. */
enum {
    GUEST = 1 << ROLE_GUEST,
    MEMBER = 1 << ROLE_MEMBER,
    MODERATOR = 1 << ROLE_MODERATOR,
    ADMIN = 1 << ROLE_ADMIN,
    OWNER = 1 << ROLE_OWNER,
    BOT = 1 << ROLE_BOT,

    ADMINS = ADMIN | OWNER,
    MODERATORS = MODERATOR | ADMINS,
    MEMBERS = MEMBER | MODERATORS,
    PEOPLE = GUEST | MEMBERS,
    ALL = PEOPLE | BOT,
    NOBODY = 0,
};

/* Which kinds of room. */
enum {
    IN_PUBLIC = 1 << ROOM_PUBLIC,
    IN_PRIVATE = 1 << ROOM_PRIVATE,
    IN_DIRECT = 1 << ROOM_DIRECT,
    IN_ANNOUNCEMENT = 1 << ROOM_ANNOUNCEMENT,

    IN_NAMED = IN_PUBLIC | IN_PRIVATE | IN_ANNOUNCEMENT,
    IN_ANY = IN_NAMED | IN_DIRECT,
};

/* What else a rule demands. */
enum {
    BE_IN = 1 << 0,         /* the room */
    VISITORS_TOO = 1 << 1,  /* of the lobby, in which they are */
    NOT_LOBBY = 1 << 2,     /* or else be an admin */
    NEVER_LOBBY = 1 << 3,   /* whoever one is */
    NOT_ARCHIVED = 1 << 4,  /* the room */
    NOT_MUTED = 1 << 5,     /* oneself */
    NOT_BRAKED = 1 << 6,    /* guests, while the brake is on */
    SPEAK = 1 << 7,         /* in announcements only hosts, moderators and bots */
    IF_OPEN = 1 << 8,       /* guests: only where the room is open to them */
    OWN_OR_HIGHER = 1 << 9, /* one's own message, or as `higher` says */
    ABOVE = 1 << 10,        /* counts more than the other one */
    NOT_SELF = 1 << 11,
};

#define SPEAKING (BE_IN | NOT_ARCHIVED | NOT_MUTED | NOT_BRAKED | SPEAK)

/*
 * roles: who may, as what they are on the server. higher: who else may, or (with OWN_OR_HIGHER) whose message it
 * need not be; hosts: whether a host of the room counts as one of these. kinds: where it exists at all.
 */
static const struct rule {
    uint16_t roles, higher;
    uint8_t kinds;
    bool hosts;
    uint16_t demands;
} rules[ACTION_END] = {
    [ACTION_FOLLOW] = {ALL, NOBODY, IN_ANY, false, BE_IN | VISITORS_TOO},
    [ACTION_JOIN] = {PEOPLE, NOBODY, IN_PUBLIC | IN_ANNOUNCEMENT, false, IF_OPEN | NOT_BRAKED},
    [ACTION_LEAVE] = {ALL, NOBODY, IN_NAMED, false, BE_IN | NEVER_LOBBY},
    [ACTION_POST] = {ALL, NOBODY, IN_ANY, false, SPEAKING | VISITORS_TOO},
    [ACTION_REACT] = {ALL, NOBODY, IN_ANY, false, BE_IN | NOT_ARCHIVED | NOT_MUTED | NOT_BRAKED},
    [ACTION_MARK] = {ALL, NOBODY, IN_ANY, false, BE_IN},
    [ACTION_MENTION_ALL] = {MEMBERS | BOT, NOBODY, IN_ANY, false, SPEAKING},
    [ACTION_UPLOAD] = {MEMBERS | BOT, NOBODY, IN_ANY, false, SPEAKING},
    [ACTION_PIN] = {MEMBERS, NOBODY, IN_ANY, false, SPEAKING},
    [ACTION_TOPIC] = {MEMBERS, NOBODY, IN_ANY, false, SPEAKING},
    [ACTION_EDIT] = {ALL, NOBODY, IN_ANY, false,
                     BE_IN | NOT_ARCHIVED | NOT_MUTED | NOT_BRAKED | OWN_OR_HIGHER},
    [ACTION_DELETE] = {ALL, MODERATORS, IN_ANY, true, BE_IN | OWN_OR_HIGHER},
    [ACTION_NAME] = {ADMINS, NOBODY, IN_NAMED, true,
                     BE_IN | NOT_LOBBY | NOT_ARCHIVED | NOT_MUTED | NOT_BRAKED},
    [ACTION_ARCHIVE] = {ADMINS, NOBODY, IN_NAMED, true, BE_IN | NEVER_LOBBY | NOT_BRAKED},
    [ACTION_SETTINGS] = {ADMINS, NOBODY, IN_NAMED, true,
                         BE_IN | NOT_LOBBY | NOT_ARCHIVED | NOT_BRAKED},
    [ACTION_OPEN] = {ADMINS, NOBODY, IN_NAMED, false, BE_IN | NOT_ARCHIVED},
    [ACTION_ADD] = {MEMBERS, NOBODY, IN_NAMED, false,
                    BE_IN | NEVER_LOBBY | NOT_ARCHIVED | NOT_MUTED | NOT_BRAKED},
    [ACTION_REMOVE] = {MODERATORS, NOBODY, IN_NAMED, true,
                       BE_IN | NEVER_LOBBY | NOT_SELF | NOT_BRAKED},
    [ACTION_HOST] = {ADMINS, NOBODY, IN_NAMED, true, BE_IN | NEVER_LOBBY | NOT_BRAKED},
    [ACTION_CREATE] = {MEMBERS, NOBODY, IN_ANY, false, NOT_MUTED | NOT_BRAKED},

    [ACTION_SEARCH] = {ALL, NOBODY, IN_ANY, false, 0},
    [ACTION_REPORT] = {PEOPLE, NOBODY, IN_ANY, false, BE_IN},
    [ACTION_PEOPLE] = {MEMBERS | BOT, NOBODY, IN_ANY, false, 0},
    [ACTION_INVITE] = {MODERATORS, NOBODY, IN_ANY, false, 0},
    [ACTION_KICK] = {MODERATORS, NOBODY, IN_ANY, false, ABOVE | NOT_SELF},
    [ACTION_MUTE] = {MODERATORS, NOBODY, IN_ANY, false, ABOVE | NOT_SELF},
    [ACTION_BAN] = {MODERATORS, NOBODY, IN_ANY, false, ABOVE | NOT_SELF},
    [ACTION_PURGE] = {MODERATORS, NOBODY, IN_ANY, false, ABOVE | NOT_SELF},
    [ACTION_REPORTS] = {MODERATORS, NOBODY, IN_ANY, false, 0},
    [ACTION_BRAKE] = {MODERATORS, NOBODY, IN_ANY, false, 0},
    [ACTION_ROLE] = {ADMINS, NOBODY, IN_ANY, false, ABOVE},
    [ACTION_RESET] = {ADMINS, NOBODY, IN_ANY, false, ABOVE | NOT_SELF},
    [ACTION_BOTS] = {ADMINS, NOBODY, IN_ANY, false, 0},
    [ACTION_AUDIT] = {ADMINS, NOBODY, IN_ANY, false, 0},
    [ACTION_CONFIGURATION] = {ADMINS, NOBODY, IN_ANY, false, 0},
    [ACTION_SERVER_NAME] = {ADMINS, NOBODY, IN_ANY, false, 0},
    [ACTION_EXPORT] = {ADMINS, NOBODY, IN_NAMED, true, BE_IN},
};

/* Owners are equals: one can do to another what admins cannot do to each other. */
static bool is_above(enum action action, const struct may_query *query)
{
    bool owner = query->role == ROLE_OWNER;
    if (action == ACTION_ROLE && !owner && role_rank(query->wanted) >= role_rank(query->role))
        return false;
    if (query->self)
        return true;
    return owner || role_rank(query->other) < role_rank(query->role);
}

/* Of a room that one cannot see nothing is said, not even that it is there. */
static bool is_seen(const struct rule *rule, const struct may_query *query)
{
    if (rule->demands & BE_IN)
        return query->member;
    if (query->member || !(rule->demands & IF_OPEN))
        return true;
    bool hidden = query->kind == ROOM_PRIVATE || query->kind == ROOM_DIRECT;
    bool closed = query->role == ROLE_GUEST && !(query->flags & ROOM_FLAG_GUESTS);
    return !hidden && !closed;
}

/* Whoever has lost the account, or never had one, is no host any more. */
static bool is_host(const struct may_query *query)
{
    return query->host && query->role != ROLE_GUEST && !query->visitor;
}

static bool may_speak(const struct may_query *query)
{
    return query->kind != ROOM_ANNOUNCEMENT || is_host(query) || query->role == ROLE_BOT ||
           role_rank(query->role) >= ROLE_MODERATOR;
}

static bool is_braked(const struct may_query *query)
{
    return query->brake && (query->role == ROLE_GUEST || query->guest || query->visitor);
}

static bool meets(enum action action, const struct rule *rule, const struct may_query *query)
{
    uint16_t demands = rule->demands;
    bool admin = role_rank(query->role) >= ROLE_ADMIN;
    if ((demands & NEVER_LOBBY) && query->lobby)
        return false;
    if ((demands & NOT_LOBBY) && query->lobby && !admin)
        return false;
    if ((demands & NOT_ARCHIVED) && (query->flags & ROOM_FLAG_ARCHIVED))
        return false;
    if ((demands & NOT_MUTED) && query->muted)
        return false;
    if ((demands & NOT_BRAKED) && is_braked(query))
        return false;
    if ((demands & SPEAK) && !may_speak(query))
        return false;
    if ((demands & NOT_SELF) && query->self)
        return false;
    return !(demands & ABOVE) || is_above(action, query);
}

/* Nobody becomes a guest or a bot by being told so, and neither becomes anything else. */
static bool has_account(uint8_t role)
{
    return role >= ROLE_MEMBER && role <= ROLE_OWNER;
}

/* What only some kinds of room, and some actions, ask for. */
static bool fits_kind(enum action action, const struct may_query *query)
{
    bool moderator = role_rank(query->role) >= ROLE_MODERATOR;
    switch (action) {
    case ACTION_CREATE:
        return query->kind != ROOM_ANNOUNCEMENT || moderator;
    case ACTION_ADD:
        if (query->other == ROLE_GUEST && !(query->flags & ROOM_FLAG_GUESTS))
            return false;
        return query->kind == ROOM_PUBLIC || is_host(query) || role_rank(query->role) >= ROLE_ADMIN;
    case ACTION_REMOVE:
        return is_host(query) || role_rank(query->other) <= role_rank(query->role);
    case ACTION_ROLE:
        return has_account(query->other) && has_account(query->wanted);
    default:
        return true;
    }
}

int may(enum action action, const struct may_query *query)
{
    if (action >= ACTION_END || query->role >= ROLE_END || query->kind >= ROOM_KIND_END)
        return ERR_DENIED;
    const struct rule *rule = &rules[action];
    if (!is_seen(rule, query))
        return query->visitor && action == ACTION_JOIN ? ERR_DENIED : ERR_NOT_FOUND;
    if (query->visitor && !(rule->demands & VISITORS_TOO))
        return ERR_DENIED;
    if (!(rule->kinds & (1u << query->kind)))
        return ERR_DENIED;
    bool host = rule->hosts && is_host(query);
    uint16_t role = (uint16_t)(1u << query->role);
    bool allowed = (rule->roles & role) != 0 || host;
    if ((rule->demands & OWN_OR_HIGHER) && !query->own)
        allowed = query->kind != ROOM_DIRECT && ((rule->higher & role) != 0 || host);
    return allowed && meets(action, rule, query) && fits_kind(action, query) ? OK : ERR_DENIED;
}
