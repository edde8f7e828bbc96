/*
 * The whole table of rights, written out by hand: every action, by every role, in every kind of
 * room, and once more for each thing that an answer may depend on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include "base/error.h"
#include "chat/permission.h"
#include "chat/welcome.h"

/*
 * The roles in their order: guest, member, moderator, admin, owner, bot. y: may; n: may not;
 * -: there is no such room; a dot: this is not asked.
 */
enum { ROLES = ROLE_END, KINDS = ROOM_KIND_END };

enum situation {
    IN, /* in the room; it is about a member; a role to be given is a member's */
    OUT,
    HOST,
    OWN,
    LOBBY,
    LOBBY_HOST,
    ARCHIVED,
    ARCHIVED_HOST,
    ARCHIVED_OWN,
    MUTED,
    MUTED_HOST,
    MUTED_OWN,
    BRAKE,
    BRAKE_OUT,
    BRAKE_HOST,
    BRAKE_OWN,
    OPEN, /* to guests */
    OPEN_OUT,
    OPEN_BRAKE_OUT,
    VISITOR,       /* in the lobby, where they are */
    VISITOR_BRAKE, /* the same */
    VISITOR_OUT,
    GUEST_AS_MEMBER, /* where guests have the rights of members */
    GUEST_AS_MEMBER_BRAKE,
    SITUATIONS
};

/* What is asked, and which situation's rows hold where it has none of its own. */
static const struct {
    const char *name;
    enum situation otherwise;
    struct may_query query;
} situations[SITUATIONS] = {
    [IN] = {"in", IN, {.member = true}},
    [OUT] = {"out", IN, {.member = false}},
    [HOST] = {"host", IN, {.member = true, .host = true}},
    [OWN] = {"own", IN, {.member = true, .own = true}},
    [LOBBY] = {"lobby", IN, {.member = true, .lobby = true}},
    [LOBBY_HOST] = {"host of the lobby", LOBBY, {.member = true, .lobby = true, .host = true}},
    [ARCHIVED] = {"archived", IN, {.member = true, .flags = ROOM_FLAG_ARCHIVED}},
    [ARCHIVED_HOST] = {"archived, host",
                       HOST,
                       {.member = true, .host = true, .flags = ROOM_FLAG_ARCHIVED}},
    [ARCHIVED_OWN] = {"archived, own",
                      ARCHIVED,
                      {.member = true, .own = true, .flags = ROOM_FLAG_ARCHIVED}},
    [MUTED] = {"muted", IN, {.member = true, .muted = true}},
    [MUTED_HOST] = {"muted, host", HOST, {.member = true, .host = true, .muted = true}},
    [MUTED_OWN] = {"muted, own", MUTED, {.member = true, .own = true, .muted = true}},
    [BRAKE] = {"brake", IN, {.member = true, .brake = true}},
    [BRAKE_OUT] = {"brake, out", OUT, {.brake = true}},
    [BRAKE_HOST] = {"brake, host", HOST, {.member = true, .host = true, .brake = true}},
    [BRAKE_OWN] = {"brake, own", BRAKE, {.member = true, .own = true, .brake = true}},
    [OPEN] = {"open", IN, {.member = true, .flags = ROOM_FLAG_GUESTS}},
    [OPEN_OUT] = {"open, out", OUT, {.flags = ROOM_FLAG_GUESTS}},
    [OPEN_BRAKE_OUT] = {"open, brake, out", OUT, {.brake = true, .flags = ROOM_FLAG_GUESTS}},
    [VISITOR] = {"visitor", VISITOR, {.member = true, .visitor = true, .lobby = true}},
    [VISITOR_BRAKE] = {"visitor, brake",
                       VISITOR,
                       {.member = true, .visitor = true, .lobby = true, .brake = true}},
    [VISITOR_OUT] = {"visitor, out", VISITOR, {.visitor = true}},
    [GUEST_AS_MEMBER] = {"guest as member", IN, {.member = true, .guest = true}},
    [GUEST_AS_MEMBER_BRAKE] = {"guest as member, brake",
                               IN,
                               {.member = true, .guest = true, .brake = true}},
};

/* In a public, a private, a direct room, in announcements. */
static const struct {
    uint8_t action, situation;
    const char *cells[KINDS];
} table[] = {
    {ACTION_FOLLOW, IN, {"yyyyyy", "yyyyyy", "yyyyyy", "yyyyyy"}},
    {ACTION_FOLLOW, OUT, {"------", "------", "------", "------"}},
    {ACTION_FOLLOW, VISITOR, {"y.....", "......", "......", "......"}},
    {ACTION_FOLLOW, VISITOR_OUT, {"-.....", "-.....", "-.....", "-....."}},

    {ACTION_JOIN, IN, {"yyyyyn", "nnnnnn", "nnnnnn", "yyyyyn"}},
    {ACTION_JOIN, OUT, {"-yyyyn", "------", "------", "-yyyyn"}},
    {ACTION_JOIN, BRAKE, {"nyyyyn", "nnnnnn", "nnnnnn", "nyyyyn"}},
    {ACTION_JOIN, BRAKE_HOST, {"nyyyyn", "nnnnnn", "nnnnnn", "nyyyyn"}},
    {ACTION_JOIN, OPEN_OUT, {"yyyyyn", "------", "------", "yyyyyn"}},
    {ACTION_JOIN, OPEN_BRAKE_OUT, {"nyyyyn", "------", "------", "nyyyyn"}},
    {ACTION_JOIN, VISITOR, {"n.....", "......", "......", "......"}},
    {ACTION_JOIN, VISITOR_OUT, {"n.....", "n.....", "n.....", "n....."}},
    {ACTION_JOIN, GUEST_AS_MEMBER_BRAKE, {".n....", ".n....", ".n....", ".n...."}},

    {ACTION_LEAVE, IN, {"yyyyyy", "yyyyyy", "nnnnnn", "yyyyyy"}},
    {ACTION_LEAVE, OUT, {"------", "------", "------", "------"}},
    {ACTION_LEAVE, LOBBY, {"nnnnnn", "......", "......", "......"}},
    {ACTION_LEAVE, VISITOR, {"n.....", "......", "......", "......"}},
    {ACTION_LEAVE, VISITOR_OUT, {"-.....", "-.....", "-.....", "-....."}},

    {ACTION_POST, IN, {"yyyyyy", "yyyyyy", "yyyyyy", "nnyyyy"}},
    {ACTION_POST, OUT, {"------", "------", "------", "------"}},
    {ACTION_POST, HOST, {"yyyyyy", "yyyyyy", "yyyyyy", "nyyyyy"}},
    {ACTION_POST, ARCHIVED, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_POST, ARCHIVED_HOST, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_POST, MUTED, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_POST, MUTED_HOST, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_POST, BRAKE, {"nyyyyy", "nyyyyy", "nyyyyy", "nnyyyy"}},
    {ACTION_POST, BRAKE_HOST, {"nyyyyy", "nyyyyy", "nyyyyy", "nyyyyy"}},
    {ACTION_POST, VISITOR, {"y.....", "......", "......", "......"}},
    {ACTION_POST, VISITOR_BRAKE, {"n.....", "......", "......", "......"}},
    {ACTION_POST, VISITOR_OUT, {"-.....", "-.....", "-.....", "-....."}},
    {ACTION_POST, GUEST_AS_MEMBER_BRAKE, {".n....", ".n....", ".n....", ".n...."}},

    {ACTION_REACT, IN, {"yyyyyy", "yyyyyy", "yyyyyy", "yyyyyy"}},
    {ACTION_REACT, OUT, {"------", "------", "------", "------"}},
    {ACTION_REACT, ARCHIVED, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_REACT, ARCHIVED_HOST, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_REACT, MUTED, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_REACT, MUTED_HOST, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_REACT, BRAKE, {"nyyyyy", "nyyyyy", "nyyyyy", "nyyyyy"}},
    {ACTION_REACT, BRAKE_HOST, {"nyyyyy", "nyyyyy", "nyyyyy", "nyyyyy"}},
    {ACTION_REACT, VISITOR, {"n.....", "......", "......", "......"}},
    {ACTION_REACT, VISITOR_OUT, {"-.....", "-.....", "-.....", "-....."}},
    {ACTION_REACT, GUEST_AS_MEMBER_BRAKE, {".n....", ".n....", ".n....", ".n...."}},

    {ACTION_MARK, IN, {"yyyyyy", "yyyyyy", "yyyyyy", "yyyyyy"}},
    {ACTION_MARK, OUT, {"------", "------", "------", "------"}},
    {ACTION_MARK, VISITOR, {"n.....", "......", "......", "......"}},
    {ACTION_MARK, VISITOR_OUT, {"-.....", "-.....", "-.....", "-....."}},

    {ACTION_MENTION_ALL, IN, {"nyyyyy", "nyyyyy", "nyyyyy", "nnyyyy"}},
    {ACTION_MENTION_ALL, OUT, {"------", "------", "------", "------"}},
    {ACTION_MENTION_ALL, HOST, {"nyyyyy", "nyyyyy", "nyyyyy", "nyyyyy"}},
    {ACTION_MENTION_ALL, ARCHIVED, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_MENTION_ALL, ARCHIVED_HOST, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_MENTION_ALL, MUTED, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_MENTION_ALL, MUTED_HOST, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_MENTION_ALL, VISITOR, {"n.....", "......", "......", "......"}},
    {ACTION_MENTION_ALL, VISITOR_OUT, {"-.....", "-.....", "-.....", "-....."}},
    {ACTION_MENTION_ALL, GUEST_AS_MEMBER_BRAKE, {".n....", ".n....", ".n....", ".n...."}},

    {ACTION_UPLOAD, IN, {"nyyyyy", "nyyyyy", "nyyyyy", "nnyyyy"}},
    {ACTION_UPLOAD, OUT, {"------", "------", "------", "------"}},
    {ACTION_UPLOAD, HOST, {"nyyyyy", "nyyyyy", "nyyyyy", "nyyyyy"}},
    {ACTION_UPLOAD, ARCHIVED, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_UPLOAD, ARCHIVED_HOST, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_UPLOAD, MUTED, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_UPLOAD, MUTED_HOST, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_UPLOAD, VISITOR, {"n.....", "......", "......", "......"}},
    {ACTION_UPLOAD, VISITOR_OUT, {"-.....", "-.....", "-.....", "-....."}},
    {ACTION_UPLOAD, GUEST_AS_MEMBER_BRAKE, {".n....", ".n....", ".n....", ".n...."}},

    {ACTION_PIN, IN, {"nyyyyn", "nyyyyn", "nyyyyn", "nnyyyn"}},
    {ACTION_PIN, OUT, {"------", "------", "------", "------"}},
    {ACTION_PIN, HOST, {"nyyyyn", "nyyyyn", "nyyyyn", "nyyyyn"}},
    {ACTION_PIN, ARCHIVED, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_PIN, ARCHIVED_HOST, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_PIN, MUTED, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_PIN, MUTED_HOST, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_PIN, VISITOR, {"n.....", "......", "......", "......"}},
    {ACTION_PIN, VISITOR_OUT, {"-.....", "-.....", "-.....", "-....."}},
    {ACTION_PIN, GUEST_AS_MEMBER_BRAKE, {".n....", ".n....", ".n....", ".n...."}},

    {ACTION_TOPIC, IN, {"nyyyyn", "nyyyyn", "nyyyyn", "nnyyyn"}},
    {ACTION_TOPIC, OUT, {"------", "------", "------", "------"}},
    {ACTION_TOPIC, HOST, {"nyyyyn", "nyyyyn", "nyyyyn", "nyyyyn"}},
    {ACTION_TOPIC, ARCHIVED, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_TOPIC, ARCHIVED_HOST, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_TOPIC, MUTED, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_TOPIC, MUTED_HOST, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_TOPIC, VISITOR, {"n.....", "......", "......", "......"}},
    {ACTION_TOPIC, VISITOR_OUT, {"-.....", "-.....", "-.....", "-....."}},
    {ACTION_TOPIC, GUEST_AS_MEMBER_BRAKE, {".n....", ".n....", ".n....", ".n...."}},

    {ACTION_EDIT, IN, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_EDIT, OUT, {"------", "------", "------", "------"}},
    {ACTION_EDIT, OWN, {"yyyyyy", "yyyyyy", "yyyyyy", "yyyyyy"}},
    {ACTION_EDIT, ARCHIVED_OWN, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_EDIT, MUTED_OWN, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_EDIT, BRAKE_OWN, {"nyyyyy", "nyyyyy", "nyyyyy", "nyyyyy"}},
    {ACTION_EDIT, VISITOR, {"n.....", "......", "......", "......"}},
    {ACTION_EDIT, VISITOR_OUT, {"-.....", "-.....", "-.....", "-....."}},

    {ACTION_DELETE, IN, {"nnyyyn", "nnyyyn", "nnnnnn", "nnyyyn"}},
    {ACTION_DELETE, OUT, {"------", "------", "------", "------"}},
    {ACTION_DELETE, HOST, {"nyyyyy", "nyyyyy", "nnnnnn", "nyyyyy"}},
    {ACTION_DELETE, LOBBY_HOST, {"nyyyyy", "......", "......", "......"}},
    {ACTION_DELETE, OWN, {"yyyyyy", "yyyyyy", "yyyyyy", "yyyyyy"}},
    {ACTION_DELETE, ARCHIVED_OWN, {"yyyyyy", "yyyyyy", "yyyyyy", "yyyyyy"}},
    {ACTION_DELETE, MUTED_OWN, {"yyyyyy", "yyyyyy", "yyyyyy", "yyyyyy"}},
    {ACTION_DELETE, BRAKE_OWN, {"yyyyyy", "yyyyyy", "yyyyyy", "yyyyyy"}},
    {ACTION_DELETE, VISITOR, {"n.....", "......", "......", "......"}},
    {ACTION_DELETE, VISITOR_OUT, {"-.....", "-.....", "-.....", "-....."}},

    {ACTION_NAME, IN, {"nnnyyn", "nnnyyn", "nnnnnn", "nnnyyn"}},
    {ACTION_NAME, OUT, {"------", "------", "------", "------"}},
    {ACTION_NAME, HOST, {"nyyyyy", "nyyyyy", "nnnnnn", "nyyyyy"}},
    {ACTION_NAME, ARCHIVED, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_NAME, ARCHIVED_HOST, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_NAME, MUTED, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_NAME, MUTED_HOST, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_NAME, VISITOR, {"n.....", "......", "......", "......"}},
    {ACTION_NAME, VISITOR_OUT, {"-.....", "-.....", "-.....", "-....."}},

    {ACTION_ARCHIVE, IN, {"nnnyyn", "nnnyyn", "nnnnnn", "nnnyyn"}},
    {ACTION_ARCHIVE, OUT, {"------", "------", "------", "------"}},
    {ACTION_ARCHIVE, HOST, {"nyyyyy", "nyyyyy", "nnnnnn", "nyyyyy"}},
    {ACTION_ARCHIVE, LOBBY, {"nnnnnn", "......", "......", "......"}},
    {ACTION_ARCHIVE, VISITOR, {"n.....", "......", "......", "......"}},
    {ACTION_ARCHIVE, VISITOR_OUT, {"-.....", "-.....", "-.....", "-....."}},

    {ACTION_SETTINGS, IN, {"nnnyyn", "nnnyyn", "nnnnnn", "nnnyyn"}},
    {ACTION_SETTINGS, OUT, {"------", "------", "------", "------"}},
    {ACTION_SETTINGS, HOST, {"nyyyyy", "nyyyyy", "nnnnnn", "nyyyyy"}},
    {ACTION_SETTINGS, ARCHIVED, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_SETTINGS, ARCHIVED_HOST, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_SETTINGS, VISITOR, {"n.....", "......", "......", "......"}},
    {ACTION_SETTINGS, VISITOR_OUT, {"-.....", "-.....", "-.....", "-....."}},

    {ACTION_OPEN, IN, {"nnnyyn", "nnnyyn", "nnnnnn", "nnnyyn"}},
    {ACTION_OPEN, OUT, {"------", "------", "------", "------"}},
    {ACTION_OPEN, ARCHIVED, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_OPEN, ARCHIVED_HOST, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_OPEN, VISITOR, {"n.....", "......", "......", "......"}},
    {ACTION_OPEN, VISITOR_OUT, {"-.....", "-.....", "-.....", "-....."}},

    {ACTION_ADD, IN, {"nyyyyn", "nnnyyn", "nnnnnn", "nnnyyn"}},
    {ACTION_ADD, OUT, {"------", "------", "------", "------"}},
    {ACTION_ADD, HOST, {"nyyyyn", "nyyyyn", "nnnnnn", "nyyyyn"}},
    {ACTION_ADD, LOBBY, {"nnnnnn", "......", "......", "......"}},
    {ACTION_ADD, ARCHIVED, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_ADD, ARCHIVED_HOST, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_ADD, MUTED, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_ADD, MUTED_HOST, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_ADD, VISITOR, {"n.....", "......", "......", "......"}},
    {ACTION_ADD, VISITOR_OUT, {"-.....", "-.....", "-.....", "-....."}},
    {ACTION_ADD, GUEST_AS_MEMBER_BRAKE, {".n....", ".n....", ".n....", ".n...."}},

    {ACTION_REMOVE, IN, {"nnyyyn", "nnyyyn", "nnnnnn", "nnyyyn"}},
    {ACTION_REMOVE, OUT, {"------", "------", "------", "------"}},
    {ACTION_REMOVE, HOST, {"nyyyyy", "nyyyyy", "nnnnnn", "nyyyyy"}},
    {ACTION_REMOVE, LOBBY, {"nnnnnn", "......", "......", "......"}},
    {ACTION_REMOVE, VISITOR, {"n.....", "......", "......", "......"}},
    {ACTION_REMOVE, VISITOR_OUT, {"-.....", "-.....", "-.....", "-....."}},

    {ACTION_HOST, IN, {"nnnyyn", "nnnyyn", "nnnnnn", "nnnyyn"}},
    {ACTION_HOST, OUT, {"------", "------", "------", "------"}},
    {ACTION_HOST, HOST, {"nyyyyy", "nyyyyy", "nnnnnn", "nyyyyy"}},
    {ACTION_HOST, LOBBY, {"nnnnnn", "......", "......", "......"}},
    {ACTION_HOST, VISITOR, {"n.....", "......", "......", "......"}},
    {ACTION_HOST, VISITOR_OUT, {"-.....", "-.....", "-.....", "-....."}},

    {ACTION_CREATE, IN, {"nyyyyn", "nyyyyn", "nyyyyn", "nnyyyn"}},
    {ACTION_CREATE, MUTED, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_CREATE, MUTED_HOST, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ACTION_CREATE, VISITOR, {"n.....", "......", "......", "......"}},
    {ACTION_CREATE, VISITOR_OUT, {"n.....", "n.....", "n.....", "n....."}},
    {ACTION_CREATE, GUEST_AS_MEMBER_BRAKE, {".n....", ".n....", ".n....", ".n...."}},

    {ACTION_SEARCH, IN, {"yyyyyy", "yyyyyy", "yyyyyy", "yyyyyy"}},
    {ACTION_SEARCH, VISITOR, {"n.....", "......", "......", "......"}},
    {ACTION_SEARCH, VISITOR_OUT, {"n.....", "n.....", "n.....", "n....."}},

    {ACTION_REPORT, IN, {"yyyyyn", "yyyyyn", "yyyyyn", "yyyyyn"}},
    {ACTION_REPORT, OUT, {"------", "------", "------", "------"}},
    {ACTION_REPORT, VISITOR, {"n.....", "......", "......", "......"}},
    {ACTION_REPORT, VISITOR_OUT, {"-.....", "-.....", "-.....", "-....."}},

    {ACTION_PEOPLE, IN, {"nyyyyy", "nyyyyy", "nyyyyy", "nyyyyy"}},
    {ACTION_PEOPLE, VISITOR, {"n.....", "......", "......", "......"}},
    {ACTION_PEOPLE, VISITOR_OUT, {"n.....", "n.....", "n.....", "n....."}},
    {ACTION_INVITE, IN, {"nnyyyn", "nnyyyn", "nnyyyn", "nnyyyn"}},
    {ACTION_INVITE, VISITOR, {"n.....", "......", "......", "......"}},
    {ACTION_INVITE, VISITOR_OUT, {"n.....", "n.....", "n.....", "n....."}},
    {ACTION_KICK, IN, {"nnyyyn", "nnyyyn", "nnyyyn", "nnyyyn"}},
    {ACTION_KICK, VISITOR, {"n.....", "......", "......", "......"}},
    {ACTION_KICK, VISITOR_OUT, {"n.....", "n.....", "n.....", "n....."}},
    {ACTION_MUTE, IN, {"nnyyyn", "nnyyyn", "nnyyyn", "nnyyyn"}},
    {ACTION_MUTE, VISITOR, {"n.....", "......", "......", "......"}},
    {ACTION_MUTE, VISITOR_OUT, {"n.....", "n.....", "n.....", "n....."}},
    {ACTION_BAN, IN, {"nnyyyn", "nnyyyn", "nnyyyn", "nnyyyn"}},
    {ACTION_BAN, VISITOR, {"n.....", "......", "......", "......"}},
    {ACTION_BAN, VISITOR_OUT, {"n.....", "n.....", "n.....", "n....."}},
    {ACTION_PURGE, IN, {"nnyyyn", "nnyyyn", "nnyyyn", "nnyyyn"}},
    {ACTION_PURGE, VISITOR, {"n.....", "......", "......", "......"}},
    {ACTION_PURGE, VISITOR_OUT, {"n.....", "n.....", "n.....", "n....."}},
    {ACTION_REPORTS, IN, {"nnyyyn", "nnyyyn", "nnyyyn", "nnyyyn"}},
    {ACTION_REPORTS, VISITOR, {"n.....", "......", "......", "......"}},
    {ACTION_REPORTS, VISITOR_OUT, {"n.....", "n.....", "n.....", "n....."}},
    {ACTION_BRAKE, IN, {"nnyyyn", "nnyyyn", "nnyyyn", "nnyyyn"}},
    {ACTION_BRAKE, VISITOR, {"n.....", "......", "......", "......"}},
    {ACTION_BRAKE, VISITOR_OUT, {"n.....", "n.....", "n.....", "n....."}},
    {ACTION_ROLE, IN, {"nnnyyn", "nnnyyn", "nnnyyn", "nnnyyn"}},
    {ACTION_ROLE, VISITOR, {"n.....", "......", "......", "......"}},
    {ACTION_ROLE, VISITOR_OUT, {"n.....", "n.....", "n.....", "n....."}},
    {ACTION_RESET, IN, {"nnnyyn", "nnnyyn", "nnnyyn", "nnnyyn"}},
    {ACTION_RESET, VISITOR, {"n.....", "......", "......", "......"}},
    {ACTION_RESET, VISITOR_OUT, {"n.....", "n.....", "n.....", "n....."}},
    {ACTION_BOTS, IN, {"nnnyyn", "nnnyyn", "nnnyyn", "nnnyyn"}},
    {ACTION_BOTS, VISITOR, {"n.....", "......", "......", "......"}},
    {ACTION_BOTS, VISITOR_OUT, {"n.....", "n.....", "n.....", "n....."}},
    {ACTION_AUDIT, IN, {"nnnyyn", "nnnyyn", "nnnyyn", "nnnyyn"}},
    {ACTION_AUDIT, VISITOR, {"n.....", "......", "......", "......"}},
    {ACTION_AUDIT, VISITOR_OUT, {"n.....", "n.....", "n.....", "n....."}},
    {ACTION_CONFIGURATION, IN, {"nnnyyn", "nnnyyn", "nnnyyn", "nnnyyn"}},
    {ACTION_CONFIGURATION, VISITOR, {"n.....", "......", "......", "......"}},
    {ACTION_CONFIGURATION, VISITOR_OUT, {"n.....", "n.....", "n.....", "n....."}},
    {ACTION_SERVER_NAME, IN, {"nnnyyn", "nnnyyn", "nnnyyn", "nnnyyn"}},
    {ACTION_SERVER_NAME, VISITOR, {"n.....", "......", "......", "......"}},
    {ACTION_SERVER_NAME, VISITOR_OUT, {"n.....", "n.....", "n.....", "n....."}},

    {ACTION_EXPORT, IN, {"nnnyyn", "nnnyyn", "nnnnnn", "nnnyyn"}},
    {ACTION_EXPORT, OUT, {"------", "------", "------", "------"}},
    {ACTION_EXPORT, HOST, {"nyyyyy", "nyyyyy", "nnnnnn", "nyyyyy"}},
    {ACTION_EXPORT, LOBBY_HOST, {"nyyyyy", "......", "......", "......"}},
    {ACTION_EXPORT, VISITOR, {"n.....", "......", "......", "......"}},
    {ACTION_EXPORT, VISITOR_OUT, {"-.....", "-.....", "-.....", "-....."}},
};

static const char *find_cells(unsigned action, enum situation situation, unsigned kind)
{
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (table[i].action == action && table[i].situation == situation)
            return table[i].cells[kind];
    }
    if (situations[situation].otherwise == situation)
        return NULL;
    return find_cells(action, situations[situation].otherwise, kind);
}

static char letter_of(int result)
{
    return result == OK ? 'y' : result == ERR_DENIED ? 'n' : result == ERR_NOT_FOUND ? '-' : '?';
}

/* Which columns mean something: a visitor has no role, a guest that counts as a member one. */
static bool is_asked(enum situation situation, unsigned role)
{
    const struct may_query *query = &situations[situation].query;
    if (query->visitor)
        return role == ROLE_GUEST;
    return !query->guest || role == ROLE_MEMBER;
}

static unsigned check_row(unsigned action, enum situation situation, unsigned kind)
{
    const char *cells = find_cells(action, situation, kind);
    struct may_query query = situations[situation].query;
    unsigned asked = 0;
    if (!cells || strlen(cells) != ROLES)
        fail_msg("action %u has no row: %s", action, situations[situation].name);
    query.kind = (uint8_t)kind;
    query.other = query.wanted = ROLE_MEMBER;
    for (unsigned role = 0; role < ROLES; role++) {
        if (!is_asked(situation, role) || (cells && cells[role] == '.'))
            continue;
        query.role = (uint8_t)role;
        char letter = letter_of(may((enum action)action, &query));
        if (cells && letter != cells[role])
            fail_msg("action %u, %s, kind %u, role %s: %c instead of %c", action,
                     situations[situation].name, kind, role_name((uint8_t)role), letter,
                     cells[role]);
        asked++;
    }
    return asked;
}

/* The lobby is public. */
static bool has_kind(enum situation situation, unsigned kind)
{
    return kind == ROOM_PUBLIC || !situations[situation].query.lobby;
}

static void every_cell_of_the_table(void **state)
{
    (void)state;
    for (unsigned action = 0; action < ACTION_END; action++) {
        for (unsigned situation = 0; situation < SITUATIONS; situation++) {
            for (unsigned kind = 0; kind < KINDS; kind++) {
                if (!has_kind((enum situation)situation, kind))
                    continue;
                unsigned asked = check_row(action, (enum situation)situation, kind);
                if (asked == 0)
                    fail_msg("action %u, %s, kind %u: nothing was asked", action,
                             situations[situation].name, kind);
            }
        }
    }
}

/* ---- whom it is done to ---- */

/* A row for each asker, a column for each role of the other one; in a public room. */
struct other_rows {
    uint8_t action;
    bool self, host, open;
    const char *cells[ROLES];
};

static const struct other_rows others[] = {
    {ACTION_KICK,
     false,
     false,
     false,
     {"nnnnnn", "nnnnnn", "yynnny", "yyynny", "yyyyyy", "nnnnnn"}},
    {ACTION_MUTE,
     false,
     false,
     false,
     {"nnnnnn", "nnnnnn", "yynnny", "yyynny", "yyyyyy", "nnnnnn"}},
    {ACTION_BAN, false, false, false, {"nnnnnn", "nnnnnn", "yynnny", "yyynny", "yyyyyy", "nnnnnn"}},
    {ACTION_PURGE,
     false,
     false,
     false,
     {"nnnnnn", "nnnnnn", "yynnny", "yyynny", "yyyyyy", "nnnnnn"}},
    {ACTION_RESET,
     false,
     false,
     false,
     {"nnnnnn", "nnnnnn", "nnnnnn", "yyynny", "yyyyyy", "nnnnnn"}},
    {ACTION_REMOVE,
     false,
     false,
     false,
     {"nnnnnn", "nnnnnn", "yyynny", "yyyyny", "yyyyyy", "nnnnnn"}},
    {ACTION_REMOVE,
     false,
     true,
     false,
     {"nnnnnn", "yyyyyy", "yyyyyy", "yyyyyy", "yyyyyy", "yyyyyy"}},
    {ACTION_ADD, false, false, false, {"nnnnnn", "nyyyyy", "nyyyyy", "nyyyyy", "nyyyyy", "nnnnnn"}},
    {ACTION_ADD, false, false, true, {"nnnnnn", "yyyyyy", "yyyyyy", "yyyyyy", "yyyyyy", "nnnnnn"}},
    {ACTION_HOST,
     false,
     false,
     false,
     {"nnnnnn", "nnnnnn", "nnnnnn", "yyyyyy", "yyyyyy", "nnnnnn"}},
    /* Nobody does these to oneself, whatever one is. */
    {ACTION_KICK, true, false, false, {"n.....", ".n....", "..n...", "...n..", "....n.", ".....n"}},
    {ACTION_MUTE, true, false, false, {"n.....", ".n....", "..n...", "...n..", "....n.", ".....n"}},
    {ACTION_BAN, true, false, false, {"n.....", ".n....", "..n...", "...n..", "....n.", ".....n"}},
    {ACTION_PURGE,
     true,
     false,
     false,
     {"n.....", ".n....", "..n...", "...n..", "....n.", ".....n"}},
    {ACTION_RESET,
     true,
     false,
     false,
     {"n.....", ".n....", "..n...", "...n..", "....n.", ".....n"}},
    {ACTION_REMOVE,
     true,
     true,
     false,
     {"n.....", ".n....", "..n...", "...n..", "....n.", ".....n"}},
};

static void check_other(const struct other_rows *rows, unsigned asker, unsigned other)
{
    const struct may_query query = {
        .role = (uint8_t)asker,
        .other = (uint8_t)other,
        .member = true,
        .host = rows->host,
        .self = rows->self,
        .flags = rows->open ? ROOM_FLAG_GUESTS : 0,
    };
    char wanted = rows->cells[asker][other];
    char letter = letter_of(may((enum action)rows->action, &query));
    if (wanted != '.' && letter != wanted)
        fail_msg("action %u, %s to %s%s: %c instead of %c", rows->action, role_name((uint8_t)asker),
                 role_name((uint8_t)other), rows->self ? ", self" : "", letter, wanted);
}

static void whom_it_is_done_to(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        for (unsigned asker = 0; asker < ROLES; asker++) {
            for (unsigned other = 0; other < ROLES; other++)
                check_other(&others[i], asker, other);
        }
    }
}

/* Roles to be given: a row for each role of the other one, a column for each that is wanted. */
struct role_rows {
    uint8_t asker;
    bool self;
    const char *cells[ROLES];
};

static const struct role_rows given[] = {
    {ROLE_GUEST, false, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ROLE_MEMBER, false, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ROLE_MODERATOR, false, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ROLE_ADMIN, false, {"nnnnnn", "nyynnn", "nyynnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    {ROLE_OWNER, false, {"nnnnnn", "nyyyyn", "nyyyyn", "nyyyyn", "nyyyyn", "nnnnnn"}},
    {ROLE_BOT, false, {"nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn", "nnnnnn"}},
    /* Oneself: down only. */
    {ROLE_MEMBER, true, {"......", "nnnnnn", "......", "......", "......", "......"}},
    {ROLE_MODERATOR, true, {"......", "......", "nnnnnn", "......", "......", "......"}},
    {ROLE_ADMIN, true, {"......", "......", "......", "nyynnn", "......", "......"}},
    {ROLE_OWNER, true, {"......", "......", "......", "......", "nyyyyn", "......"}},
};

static void check_given(const struct role_rows *rows, unsigned other, unsigned wanted)
{
    const struct may_query query = {
        .role = rows->asker,
        .other = (uint8_t)other,
        .wanted = (uint8_t)wanted,
        .self = rows->self,
    };
    char cell = rows->cells[other][wanted];
    char letter = letter_of(may(ACTION_ROLE, &query));
    if (cell != '.' && letter != cell)
        fail_msg("%s makes %s %s%s: %c instead of %c", role_name(rows->asker),
                 role_name((uint8_t)other), role_name((uint8_t)wanted), rows->self ? ", self" : "",
                 letter, cell);
}

static void which_role_is_given(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++) {
        for (unsigned other = 0; other < ROLES; other++) {
            for (unsigned wanted = 0; wanted < ROLES; wanted++)
                check_given(&given[i], other, wanted);
        }
    }
}

static void what_is_unknown_is_denied(void **state)
{
    const struct may_query owner = {.role = ROLE_OWNER, .member = true, .own = true};
    struct may_query unknown = owner;
    (void)state;
    assert_int_equal(may(ACTION_POST, &owner), OK);
    assert_int_equal(may(ACTION_END, &owner), ERR_DENIED);
    assert_int_equal(may((enum action)(ACTION_END + 100), &owner), ERR_DENIED);
    unknown.role = ROLE_END;
    assert_int_equal(may(ACTION_POST, &unknown), ERR_DENIED);
    unknown = owner;
    unknown.kind = ROOM_KIND_END;
    assert_int_equal(may(ACTION_POST, &unknown), ERR_DENIED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_of_the_table),
        cmocka_unit_test(whom_it_is_done_to),
        cmocka_unit_test(which_role_is_given),
        cmocka_unit_test(what_is_unknown_is_denied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
