#include "store/sqlite_store.h"

/*
 * In one place, so that it can be seen at a glance what the writer asks, and which index answers
 * it.
 */
const struct sql writer_sql[SQL_WRITER_COUNT] = {
    [SQL_BEGIN] = {"begin", "BEGIN IMMEDIATE"},
    [SQL_COMMIT] = {"commit", "COMMIT"},

    [SQL_ROOM_GET] = {"read a room", "SELECT r.kind, r.name, r.folded, r.topic, e.seq, e.mid, e.ts"
                                     " FROM rooms r LEFT JOIN events e ON e.room = r.id"
                                     " WHERE r.id = ?1 ORDER BY e.seq DESC LIMIT 1"},
    [SQL_ROOM_BY_NAME] = {"find a room", "SELECT id FROM rooms WHERE folded = ?1"},
    [SQL_ROOM_CREATE] =
        {"keep a room",
         "INSERT INTO rooms(id, kind, name, folded, topic) VALUES(?1, ?2, ?3, ?4, ?5)"},
    [SQL_ROOM_SET_TOPIC] = {"keep a topic", "UPDATE rooms SET topic = ?2 WHERE id = ?1"},

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

    [SQL_MEMBER_ADD] = {"keep a member", "INSERT INTO members(person, room) VALUES(?1, ?2)"},
    [SQL_MEMBER_DELETE] = {"take a member out",
                           "DELETE FROM members WHERE person = ?1 AND room = ?2"},
    [SQL_READ_SET] = {"keep a read mark", "UPDATE members SET read = ?3, read_count = ?4"
                                          " WHERE person = ?1 AND room = ?2 AND read < ?3"},
    [SQL_ROOMS_OF] = {"read somebody's rooms",
                      "SELECT room, read FROM members WHERE person = ?1 ORDER BY room"},

    [SQL_PERSON_BY_SESSION] = {"find a session",
                               "SELECT p.id, p.name, p.folded, p.seen FROM sessions s"
                               " JOIN people p ON p.id = s.person WHERE s.hash = ?1"},
    [SQL_PERSON_BY_NAME] = {"find a name",
                            "SELECT id, name, folded, seen FROM people WHERE folded = ?1"},
    [SQL_PERSON_CREATE] = {"keep a person",
                           "INSERT INTO people(id, name, folded, seen) VALUES(?1, ?2, ?3, ?4)"},
    [SQL_PERSON_UPDATE] = {"keep a person",
                           "UPDATE people SET name = ?2, folded = ?3, seen = ?4 WHERE id = ?1"},
    [SQL_SESSION_CREATE] = {"keep a session",
                            "INSERT INTO sessions(hash, person, created) VALUES(?1, ?2, ?3)"},
};
