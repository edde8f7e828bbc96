#include <assert.h>

#include "store/sqlite_rows.h"
#include "store/sqlite_store.h"

static_assert(UNREAD_MAX == 9999 && ROOM_FLAG_ARCHIVED == 4, "stand in the statements below");

/* The rows of messages behind seq that mean this person, or everybody in the room. */
#define MENTIONS_BEHIND(room, person, seq, max)                                                    \
    "SELECT seq FROM mentions WHERE person = " person " AND room = " room " AND seq > " seq        \
    " UNION SELECT seq FROM mentions WHERE person = 0 AND room = " room " AND seq > " seq          \
    " LIMIT " max

/*
 * Of m, one of members. What is not kept any more counts as read. 9999: UNREAD_MAX.
 */
#define SEAT_COLUMNS                                                                               \
    "SELECT m.room, coalesce(max(m.read, r.first_seq - 1), m.read),"                               \
    " coalesce(max(m.read_count, r.gone), m.read_count), m.level, m.host,"                         \
    " (SELECT count(*) FROM (" MENTIONS_BEHIND(                                                    \
        "m.room", "m.person", "m.read",                                                            \
        "9999") "))"                                                                               \
                " FROM members m LEFT JOIN rooms r ON r.id = m.room"

/*
 * In one place, so that it can be seen at a glance what the writer asks, and which index answers
 * it.
 */
const struct sql writer_sql[SQL_WRITER_COUNT] = {
    [SQL_BEGIN] = {"begin", "BEGIN IMMEDIATE"},
    [SQL_COMMIT] = {"commit", "COMMIT"},

    /* The last column: of the newest message, how many there are with it. */
    [SQL_ROOM_GET] = {"read a room",
                      "SELECT r.kind, r.name, r.folded, r.topic, e.seq, e.mid, e.ts,"
                      " r.flags, r.slow, r.retention, r.first_seq,"
                      " (SELECT m.target FROM events m WHERE m.room = r.id AND m.kind = 2"
                      " ORDER BY m.seq DESC LIMIT 1)"
                      " FROM rooms r LEFT JOIN events e ON e.room = r.id"
                      " WHERE r.id = ?1 ORDER BY e.seq DESC LIMIT 1"},
    [SQL_ROOM_BY_NAME] = {"find a room", "SELECT id FROM rooms WHERE folded = ?1"},
    [SQL_ROOM_CREATE] = {"keep a room",
                         "INSERT INTO rooms(id, kind, name, folded, topic, flags, slow, retention)"
                         " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"},
    [SQL_ROOM_SET_TOPIC] = {"keep a topic", "UPDATE rooms SET topic = ?2 WHERE id = ?1"},
    [SQL_ROOM_SET_NAME] = {"keep a room's name",
                           "UPDATE rooms SET name = ?2, folded = ?3 WHERE id = ?1"},
    [SQL_ROOM_SET] = {"keep a room's settings", "UPDATE rooms SET kind = ?2, flags = ?3, slow = ?4,"
                                                " retention = ?5 WHERE id = ?1"},
    /* 4: ROOM_FLAG_ARCHIVED. The first term is that of the index, which has no direct rooms. */
    [SQL_ROOMS_WITH_FLAG] = {"find rooms", "SELECT id FROM rooms INDEXED BY rooms_by_flags"
                                           " WHERE flags > 0 AND flags & ?1 AND NOT flags & 4"
                                           " ORDER BY id"},
    [SQL_PEOPLE_OF] = {"read who is in a room", "SELECT m.person, p.name FROM members m"
                                                " LEFT JOIN people p ON p.id = m.person"
                                                " WHERE m.room = ?1 ORDER BY m.person LIMIT ?2"},

    [SQL_KEPT_BY_CID] = {"find an event", "SELECT seq, mid, ts, digest FROM events"
                                          " WHERE room = ?1 AND author = ?2 AND cid = ?3"},
    /* The target of the conflict is named: a seq that is there already is no retry, but damage. */
    [SQL_APPEND] =
        {"keep an event",
         "INSERT INTO events(room, seq, kind, flags, author, cid, mid, ts, target, reply_to,"
         " type, digest, body)"
         " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
         " ON CONFLICT(room, author, cid) WHERE cid IS NOT NULL DO NOTHING"},
    [SQL_MESSAGE_GET] = {"read a message", "SELECT author, flags FROM events"
                                           " WHERE room = ?1 AND seq = ?2 AND kind = 2"},
    /* The message at this seq or before it; how many there are with it, 0: that was not noted. */
    [SQL_MESSAGE_COUNTED] = {"count messages", "SELECT target FROM events"
                                               " WHERE room = ?1 AND seq <= ?2 AND kind = 2"
                                               " ORDER BY seq DESC LIMIT 1"},
    [SQL_MESSAGES_COUNT] = {"count messages", "SELECT count(*) FROM events"
                                              " WHERE room = ?1 AND seq <= ?2 AND kind = 2"},
    /* None of these changes the size of a row that holds a text: see sqlite_schema.c. */
    [SQL_MESSAGE_ERASE] = {"erase a text",
                           "UPDATE events SET flags = (flags & ?3) | ?4, digest = zeroblob(8),"
                           " body = zeroblob(length(body))"
                           " WHERE room = ?1 AND seq = ?2 AND kind = 2"},
    /*
     * Of all edits of a message only the newest ever has a digest: no edit makes the next one
     * dearer.
     */
    [SQL_EDIT_DIGESTS] = {"erase a digest",
                          "UPDATE events SET digest = zeroblob(8) WHERE id ="
                          " (SELECT id FROM events WHERE room = ?1 AND target = ?2 AND kind = 3"
                          " ORDER BY id DESC LIMIT 1)"},
    [SQL_TEXT_ERASE] = {"erase a text", "UPDATE texts SET body = zeroblob(length(body)) WHERE id ="
                                        " (SELECT text FROM revised WHERE room = ?1 AND seq = ?2)"},
    [SQL_TEXT_ADD] = {"keep a text", "INSERT INTO texts(body) VALUES(?1)"},
    [SQL_REVISED_SET] = {"keep a text",
                         "INSERT INTO revised(room, seq, text, ts) VALUES(?1, ?2, ?3, ?4)"
                         " ON CONFLICT DO UPDATE SET text = ?3, ts = ?4"},
    [SQL_REVISED_DELETE] = {"erase a text", "DELETE FROM revised WHERE room = ?1 AND seq = ?2"},

    [SQL_REACTION_ADD] = {"keep a reaction",
                          "INSERT INTO reactions(room, seq, emoji, person) VALUES(?1, ?2, ?3, ?4)"},
    [SQL_REACTION_DELETE] = {"take a reaction away",
                             "DELETE FROM reactions WHERE room = ?1 AND seq = ?2 AND emoji = ?3"
                             " AND person = ?4"},
    [SQL_REACTIONS_DELETE] = {"take reactions away",
                              "DELETE FROM reactions WHERE room = ?1 AND seq = ?2"},
    [SQL_KIND_COUNT] = {"count reactions",
                        "SELECT count(*) FROM reaction_counts WHERE room = ?1 AND seq = ?2"},
    [SQL_KIND_GET] =
        {"count reactions",
         "SELECT count FROM reaction_counts WHERE room = ?1 AND seq = ?2 AND emoji = ?3"},
    [SQL_KIND_ADD] = {"count a reaction",
                      "INSERT INTO reaction_counts(room, seq, emoji, count) VALUES(?1, ?2, ?3, 1)"
                      " ON CONFLICT DO UPDATE SET count = count + 1"},
    [SQL_KIND_TAKE] = {"count a reaction", "UPDATE reaction_counts SET count = count - 1"
                                           " WHERE room = ?1 AND seq = ?2 AND emoji = ?3"},
    [SQL_KIND_DELETE] = {"count a reaction",
                         "DELETE FROM reaction_counts WHERE room = ?1 AND seq = ?2 AND emoji = ?3"
                         " AND count = 0"},
    [SQL_KINDS_DELETE] = {"take reactions away",
                          "DELETE FROM reaction_counts WHERE room = ?1 AND seq = ?2"},

    [SQL_PIN_COUNT] = {"count pins", "SELECT count(*) FROM pins WHERE room = ?1"},
    [SQL_PIN_ADD] = {"keep a pin", "INSERT INTO pins(room, seq) VALUES(?1, ?2)"},
    [SQL_PIN_DELETE] = {"take a pin away", "DELETE FROM pins WHERE room = ?1 AND seq = ?2"},

    [SQL_MENTION_ADD] = {"keep a mention",
                         "INSERT OR IGNORE INTO mentions(room, seq, person) VALUES(?1, ?2, ?3)"},
    [SQL_MENTIONS_DELETE] = {"take mentions away",
                             "DELETE FROM mentions WHERE room = ?1 AND seq = ?2"},
    /* A message that means somebody and everybody counts once. */
    [SQL_MENTIONS_BEHIND] = {"count mentions",
                             "SELECT count(*) FROM (" MENTIONS_BEHIND("?1", "?2", "?3", "?4") ")"},

    [SQL_FILE_UNUSED] = {"find a file",
                         FILE_COLUMNS " WHERE f.id = ?1 AND f.person = ?2 AND f.room = 0"},
    [SQL_FILE_ATTACH] = {"keep a file of a message",
                         "UPDATE files SET room = ?1, seq = ?2, place = ?3, alt = ?4"
                         " WHERE id = ?5 AND room = 0"},
    /* room > 0: the index has no others. */
    [SQL_FILES_GARBAGE] = {"take files away",
                           "INSERT OR IGNORE INTO garbage(hash) SELECT hash FROM files"
                           " WHERE room = ?1 AND room > 0 AND seq = ?2"
                           " UNION ALL SELECT thumbnail FROM files WHERE room = ?1 AND room > 0"
                           " AND seq = ?2 AND +thumbnail IS NOT NULL"},
    [SQL_FILES_TEXTS] = {"take files away",
                         "UPDATE texts SET body = zeroblob(length(body)) WHERE id IN"
                         " (SELECT name FROM files WHERE room = ?1 AND room > 0 AND seq = ?2"
                         " UNION ALL"
                         " SELECT alt FROM files WHERE room = ?1 AND room > 0 AND seq = ?2)"},
    [SQL_FILES_DELETE] = {"take files away",
                          "DELETE FROM files WHERE room = ?1 AND room > 0 AND seq = ?2"},

    [SQL_MEMBER_ADD] = {"keep a member", "INSERT INTO members(person, room) VALUES(?1, ?2)"},
    [SQL_MEMBER_GET] = {"read a member", SEAT_COLUMNS " WHERE m.person = ?1 AND m.room = ?2"},
    [SQL_MEMBER_DELETE] = {"take a member out",
                           "DELETE FROM members WHERE person = ?1 AND room = ?2"},
    [SQL_MEMBER_SET_HOST] = {"keep a host",
                             "UPDATE members SET host = ?3 WHERE person = ?1 AND room = ?2"},
    [SQL_MEMBER_SET_LEVEL] = {"keep a level of attention",
                              "UPDATE members SET level = ?3 WHERE person = ?1 AND room = ?2"},
    [SQL_READ_SET] = {"keep a read mark", "UPDATE members SET read = ?3, read_count = ?4"
                                          " WHERE person = ?1 AND room = ?2 AND read < ?3"},
    [SQL_ROOMS_OF] = {"read somebody's rooms", SEAT_COLUMNS " WHERE m.person = ?1 ORDER BY m.room"},

    /* 86400000: a day. Time never goes back within a room. */
    [SQL_RETAIN_FIND] =
        {"look for what is too old",
         "SELECT r.id, r.first_seq, ?1 - r.retention * 86400000 FROM rooms r"
         " INDEXED BY rooms_retained CROSS JOIN events e ON e.room = r.id AND e.seq = r.first_seq"
         " WHERE r.retention > 0 AND r.id > ?2 AND e.ts < ?1 - r.retention * 86400000"
         " ORDER BY r.id LIMIT 1"},
    [SQL_RETAIN_ROW] = {"look for what is too old", "SELECT kind, flags FROM events"
                                                    " WHERE room = ?1 AND seq = ?2 AND ts < ?3"},
    [SQL_RETAIN_ERASE] = {"erase what is too old",
                          "UPDATE events SET digest = zeroblob(8), body = zeroblob(length(body))"
                          " WHERE room = ?1 AND seq = ?2"},
    [SQL_RETAIN_SET] = {"erase what is too old",
                        "UPDATE rooms SET first_seq = ?2, gone = ?3 WHERE id = ?1"},

    [SQL_PERSON_BY_SESSION] = {"find a session", PERSON_BY_SESSION},
    [SQL_PERSON_BY_NAME] = {"find a name", PERSON_BY_NAME},
    [SQL_PERSON_GET] = {"read a person", PERSON_BY_ID},
    [SQL_PERSON_CREATE] = {"keep a person",
                           "INSERT INTO people(id, name, folded, seen, role, created)"
                           " VALUES(?1, ?2, ?3, ?4, ?5, ?4)"},
    [SQL_PERSON_UPDATE] = {"keep a person",
                           "UPDATE people SET name = ?2, folded = ?3, seen = ?4 WHERE id = ?1"},
    [SQL_SESSION_CREATE] = {"keep a session",
                            "INSERT INTO sessions(hash, person, created, used, id)"
                            " VALUES(?1, ?2, ?3, ?3, ?4)"},
};
