#include "jobs/verify_rules.h"

#include <assert.h>

#include "chat/event.h"
#include "store/sqlite_db.h"
#include "store/sqlite_search.h"

static_assert(EVENT_MESSAGE == 2 && EVENT_EDIT == 3 && EVENT_DELETE == 4 && EVENT_REACT == 5 &&
                  EVENT_UNREACT == 6 && EVENT_PIN == 7 && EVENT_UNPIN == 8 && EVENT_ADDED_BY == 14,
              "stand in the queries below");
static_assert(EVENT_FLAG_DELETED == 2 && EVENT_FLAG_REVISED == 4 && EVENT_FLAG_MENTIONS == 8 &&
                  EVENT_FLAG_FILES == 16,
              "stand in the queries below");
static_assert(SEARCH_BLOCK == 1024, "stands in a query below");

/* A finding begins with the place that it is about, named as it is outside. */
#define ROOM(room) "CASE " room " WHEN 1 THEN 'lobby' ELSE printf('%012x', " room ") END"
#define AT(room, seq) "'room ' || " ROOM(room) " || ', event ' || " seq " || ': ' || "
#define IN(room) "'room ' || " ROOM(room) " || ': ' || "
#define OF(person) "'person ' || printf('%016x', " person ") || ': ' || "

/* Messages that can be shown: neither deleted nor older than what the room keeps. */
#define SHOWN_MESSAGE(e, room, seq)                                                                \
    "JOIN events " e " ON " e ".room = " room " AND " e ".seq = " seq " AND " e ".kind = 2"        \
    " AND NOT " e ".flags & 2"                                                                     \
    " JOIN rooms r ON r.id = " room " AND r.first_seq <= " seq
/* What refers to one, and where it stands. */
#define NEEDS_MESSAGE(table, what)                                                                 \
    "SELECT " AT(                                                                                  \
        "v.room",                                                                                  \
        "v.seq") "'" what "' FROM " table " v LEFT JOIN events e"                                  \
                 " ON e.room = v.room AND e.seq = v.seq AND e.kind = 2 AND NOT e.flags & 2"        \
                 " WHERE e.id IS NULL"
/* The last word on each reaction: SQLite takes the other columns from the row with the highest seq. */
#define REACTIONS_OF_LOG                                                                           \
    "logged AS (SELECT l.room, l.target AS seq, l.emoji, l.person FROM"                            \
    " (SELECT room, target, body AS emoji, author AS person, kind, max(seq) FROM events"           \
    " WHERE kind IN (5, 6) GROUP BY room, target, body, author) l"                                 \
    " " SHOWN_MESSAGE(                                                                             \
        "m", "l.room",                                                                             \
        "l.target") " WHERE l.kind = 5),"                                                          \
                    " kept AS (SELECT v.room, v.seq, v.emoji, v.person FROM reactions v"           \
                    " JOIN rooms r ON r.id = v.room AND v.seq >= r.first_seq)"
#define PINS_OF_LOG                                                                                \
    "logged AS (SELECT l.room, l.target AS seq FROM"                                               \
    " (SELECT room, target, kind, max(seq) FROM events WHERE kind IN (7, 8)"                       \
    " GROUP BY room, target) l " SHOWN_MESSAGE("m", "l.room", "l.target") " WHERE l.kind = 7)"
#define COUNTED_REACTIONS                                                                          \
    "counted AS (SELECT room, seq, emoji, count(*) AS count FROM reactions GROUP BY room, seq, emoji)"
#define REFERS(table, column, to, line)                                                            \
    "SELECT " line " FROM " table " v WHERE NOT EXISTS"                                            \
    " (SELECT 1 FROM " to " t WHERE t.id = v." column ")"

static const struct verify_rule rules[] = {
    /* Rooms' logs. */
    {"look for gaps in the logs",
     "SELECT " AT(
         "room",
         "seq") "CASE WHEN before IS NULL THEN 'the log begins with it, not with 1'"
                " ELSE 'the event before it is ' || before END FROM"
                " (SELECT room, seq, lag(seq) OVER (PARTITION BY room ORDER BY seq) AS before FROM events)"
                " WHERE seq <> coalesce(before, 0) + 1"},
    {"look for events of no room",
     "SELECT DISTINCT " IN(
         "v.room") "'it has events, and does not exist' FROM events v"
                   " WHERE NOT EXISTS (SELECT 1 FROM rooms t WHERE t.id = v.room)"},
    {"look at where the logs begin",
     "SELECT " IN(
         "id") "'it keeps events from ' || first_seq || ' on, and its log ends with ' || head"
               " FROM (SELECT id, first_seq,"
               " coalesce((SELECT max(seq) FROM events e WHERE e.room = rooms.id), 0) AS head FROM rooms)"
               " WHERE first_seq < 1 OR first_seq > head + 1"},
    /* The check of the pages has looked at what they promise: no seq and no cid twice. */
    {"look for what keeps ids apart",
     "SELECT 'the index ' || n.name || ' is missing: nothing keeps ids from being used twice'"
     " FROM (SELECT 'events_by_seq' AS name UNION SELECT 'events_by_cid') n WHERE NOT EXISTS"
     " (SELECT 1 FROM sqlite_schema s WHERE s.name = n.name AND s.tbl_name = 'events'"
     " AND s.sql LIKE 'CREATE UNIQUE INDEX %')"},
    {"look for a cid of another length",
     "SELECT " AT("room", "seq") "'its cid is ' || length(cid) || ' bytes long' FROM events"
                                 " WHERE length(cid) <> 16"},
    {"count messages",
     "SELECT " AT(
         "room",
         "seq") "'it is message ' || n || ' of its room, and says ' || target FROM"
                " (SELECT room, seq, target, row_number() OVER (PARTITION BY room ORDER BY seq) AS n"
                " FROM events WHERE kind = 2) WHERE target NOT IN (0, n)"},
    {"look for what changes refer to",
     "SELECT " AT(
         "v.room",
         "v.seq") "'it refers to ' || v.target || ', which is no message before it'"
                  " FROM events v LEFT JOIN events e ON e.room = v.room AND e.seq = v.target AND e.kind = 2"
                  " WHERE v.kind BETWEEN 3 AND 8 AND (e.id IS NULL OR v.target >= v.seq)"},
    {"look for what answers refer to",
     "SELECT " AT(
         "v.room",
         "v.seq") "'it answers ' || v.reply_to || ', which is no message before it'"
                  " FROM events v LEFT JOIN events e ON e.room = v.room AND e.seq = v.reply_to AND e.kind = 2"
                  " WHERE v.kind = 2 AND v.reply_to <> 0 AND (e.id IS NULL OR v.reply_to >= v.seq)"},

    /* Messages as they are now. */
    {"look for deletions that were not carried out",
     "SELECT " AT(
         "v.room",
         "v.target") "'event ' || v.seq || ' deletes it, and it is there'"
                     " FROM events v JOIN events e ON e.room = v.room AND e.seq = v.target AND e.kind = 2"
                     " WHERE v.kind = 4 AND NOT e.flags & 2"},
    {"look for texts that should be erased",
     "SELECT " AT("room",
                  "seq") "'its text should be erased' FROM events"
                         " WHERE kind = 2 AND flags & 6 AND body <> zeroblob(length(body))"},
    {"look for edits that were not carried out",
     "SELECT DISTINCT " AT(
         "e.room", "e.seq") "'it was edited, and has its first text' FROM events v"
                            " JOIN events e ON e.room = v.room AND e.seq = v.target AND e.kind = 2"
                            " WHERE v.kind = 3 AND NOT e.flags & 6"},
    {"look for edited texts",
     "SELECT " AT(
         "e.room",
         "e.seq") "'its text is missing' FROM events e"
                  " LEFT JOIN revised v ON v.room = e.room AND v.seq = e.seq"
                  " LEFT JOIN texts t ON t.id = v.text WHERE e.kind = 2 AND e.flags & 4 AND t.id IS NULL"},
    {"look for edited texts",
     "SELECT " AT(
         "v.room",
         "v.seq") "'it has an edited text, and was not edited or is gone'"
                  " FROM revised v LEFT JOIN events e ON e.room = v.room AND e.seq = v.seq AND e.kind = 2"
                  " AND e.flags & 4 WHERE e.id IS NULL"},

    /* Reactions and pins. */
    {"compare reactions with the log",
     "WITH " REACTIONS_OF_LOG
     " SELECT " AT("room", "seq") "'a reaction of person ' ||"
                                  " printf('%016x', person) || ' is in the log, and missing'"
                                  " FROM (SELECT * FROM logged EXCEPT SELECT * FROM kept)"},
    {"compare reactions with the log",
     "WITH " REACTIONS_OF_LOG
     " SELECT " AT("room", "seq") "'a reaction of person ' ||"
                                  " printf('%016x', person) || ' is not in the log'"
                                  " FROM (SELECT * FROM kept EXCEPT SELECT * FROM logged)"},
    {"count reactions",
     "WITH " COUNTED_REACTIONS " SELECT " AT(
         "v.room",
         "v.seq") "'it counts ' || v.count ||"
                  " ' reactions of one kind, and has ' || coalesce(c.count, 0) FROM reaction_counts v"
                  " LEFT JOIN counted c USING(room, seq, emoji) WHERE v.count IS NOT c.count"},
    {"count reactions",
     "WITH " COUNTED_REACTIONS " SELECT " AT(
         "c.room",
         "c.seq") "'it has ' || c.count ||"
                  " ' reactions of one kind, and does not count them' FROM counted c"
                  " LEFT JOIN reaction_counts v USING(room, seq, emoji) WHERE v.count IS NULL"},
    {"look at pins", NEEDS_MESSAGE("pins", "it is pinned, and is no message or gone")},
    {"compare pins with the log",
     "WITH " PINS_OF_LOG
     " SELECT " AT("room", "seq") "'the log pins it, and it is not pinned'"
                                  " FROM (SELECT * FROM logged EXCEPT SELECT room, seq FROM pins)"},
    {"compare pins with the log",
     "WITH " PINS_OF_LOG " SELECT " AT(
         "room",
         "seq") "'it is pinned, and the log does not say so'"
                " FROM (SELECT v.room, v.seq FROM pins v JOIN rooms r ON r.id = v.room AND v.seq >= r.first_seq"
                " EXCEPT SELECT * FROM logged)"},

    /* Whom messages mean, and what comes with them. */
    {"look at mentions",
     "SELECT " AT(
         "v.room",
         "v.seq") "'it is noted to mean somebody, and is no such message or gone'"
                  " FROM mentions v LEFT JOIN events e ON e.room = v.room AND e.seq = v.seq AND e.kind = 2"
                  " AND e.flags & 10 = 8 WHERE e.id IS NULL"},
    {"look at mentions",
     "SELECT " AT(
         "v.room",
         "v.seq") "'it means person ' || printf('%016x', v.person) ||"
                  " ', who does not exist' FROM mentions v LEFT JOIN people p ON p.id = v.person"
                  " WHERE v.person <> 0 AND p.id IS NULL"},
    {"look at files",
     "SELECT " AT(
         "v.room",
         "v.seq") "'file ' || v.id || ' belongs to it, and it is no such message"
                  " or gone' FROM files v LEFT JOIN events e ON e.room = v.room AND e.seq = v.seq AND e.kind = 2"
                  " AND e.flags & 18 = 16 WHERE v.room <> 0 AND e.id IS NULL"},
    {"look at files",
     "SELECT " AT(
         "e.room",
         "e.seq") "'it has files, and none is there' FROM events e"
                  " WHERE e.kind = 2 AND e.flags & 16 AND NOT EXISTS"
                  " (SELECT 1 FROM files f WHERE f.room = e.room AND f.seq = e.seq AND f.room > 0)"},
    {"look at files' names",
     REFERS("files", "name", "texts", "'file ' || v.id || ': its name is missing'")},
    {"look at files' descriptions",
     REFERS("files", "alt", "texts",
            "'file ' || v.id || ': its description is missing'") " AND v.alt <> 0"},

    /* Seats. */
    {"look at members",
     REFERS("members", "room", "rooms",
            OF("v.person") "'is in room ' || " ROOM("v.room") " || ', which does not exist'")},
    {"look at members", REFERS("members", "person", "people",
                               IN("v.room") "'person ' || printf('%016x', v.person) ||"
                                            " ' is in it, and does not exist'")},
    {"look at read marks",
     "SELECT " OF("person") "'has read up to ' || read || ' of room ' || " ROOM(
         "room") " || ', which ends with ' || head FROM (SELECT v.person, v.room, v.read,"
                 " coalesce((SELECT max(seq) FROM events e WHERE e.room = v.room), 0) AS head FROM members v)"
                 " WHERE read > head"},
    {"count what was read",
     "SELECT " OF("person") "'has read ' || read_count || ' messages of room ' || " ROOM(
         "room") " || ', which has ' || messages FROM (SELECT v.person, v.room, v.read_count,"
                 " (SELECT count(*) FROM events e WHERE e.room = v.room AND e.kind = 2) AS messages"
                 " FROM members v WHERE v.read_count > 0) WHERE read_count > messages"},

    /* Accounts, and what order needs. */
    {"look at sessions",
     REFERS("sessions", "person", "people", OF("v.person") "'has a session, and does not exist'")},
    {"look at recovery codes", REFERS("codes", "person", "people",
                                      OF("v.person") "'has a recovery code, and does not exist'")},
    {"look at links",
     REFERS("resets", "person", "people", OF("v.person") "'has a link, and does not exist'")},
    {"look at invitations",
     REFERS("invite_rooms", "invite", "invites",
            "'invitation ' || v.invite || ': it has rooms, and does not exist'")},
    {"look at webhooks",
     REFERS("hooks", "room", "rooms", "'webhook ' || v.id || ': its room does not exist'")},
    {"look at webhooks",
     REFERS("hooks", "person", "people", "'webhook ' || v.id || ': its bot does not exist'")},
    {"look at bans",
     REFERS("bans", "person", "people",
            "'ban ' || v.id || ': it is of a person who does not exist'") " AND v.person <> 0"},
    {"look at people", "SELECT " OF("v.id") "'signs in with a name that is not kept' FROM people v"
                                            " WHERE v.secret IS NOT NULL AND v.folded IS NULL"},

    /* The index of the search. */
    {"look at the search's index",
     "SELECT 'search: block ' || v.block || ' is of events that are not there' FROM search_blocks v"
     " WHERE v.block * 1024 > coalesce((SELECT max(id) FROM events), 0)"},
};

const struct verify_rule *verify_rules(size_t *ret_count)
{
    *ret_count = sizeof(rules) / sizeof(rules[0]);
    return rules;
}
