#include <assert.h>

#include "chat/role.h"
#include "store/sqlite_rows.h"
#include "store/sqlite_store.h"

/* What the directory asks, in one place: see sqlite_sql.c. */

static_assert(EVENT_MESSAGE == 2 && EVENT_FLAG_DELETED == 2 && PERSON_CONSOLE == 1,
              "stand in the statements below");

#define AT(number) [(number)-SQL_DIRECTORY_FIRST]

/* Messages of a person, not deleted, in the order of room and cid; what the tutorial's visitors said has no cid. */
#define MESSAGES_OF(where)                                                                         \
    "SELECT e.room, e.seq, e.cid FROM rooms r CROSS JOIN events e INDEXED BY events_by_cid"        \
    " ON e.room = r.id AND e.author = ?1 AND e.cid IS NOT NULL"                                    \
    " WHERE " where " AND e.kind = 2 AND NOT e.flags & 2"                                          \
    " ORDER BY r.id, e.cid LIMIT ?4"

const struct sql directory_sql[SQL_DIRECTORY_COUNT] = {
    AT(SQL_ACCOUNT_GET) = {"read an account", ACCOUNT_BY_ID},
    AT(SQL_ACCOUNT_SET_SECRET) = {"keep an account",
                                  "UPDATE people SET role = max(role, 1),"
                                  " created = CASE WHEN secret IS NULL THEN ?3 ELSE created END,"
                                  " secret = ?2 WHERE id = ?1"},
    AT(SQL_ACCOUNT_SET_TOTP) = {"keep a second factor",
                                "UPDATE people SET totp = ?2, totp_step = 0 WHERE id = ?1"},
    AT(SQL_ACCOUNT_USE_STEP) = {"use a code", "UPDATE people SET totp_step = ?2"
                                              " WHERE id = ?1 AND totp_step < ?2"},
    AT(SQL_CODES_DELETE) = {"take codes away", "DELETE FROM codes WHERE person = ?1"},
    AT(SQL_CODE_ADD) = {"keep a code", "INSERT INTO codes(person, hash) VALUES(?1, ?2)"},
    AT(SQL_CODE_USE) = {"use a code", "DELETE FROM codes WHERE person = ?1 AND hash = ?2"},
    AT(SQL_PERSON_SET_PROFILE) = {"keep a profile",
                                  "UPDATE people SET display = ?2, color = ?3 WHERE id = ?1"},
    AT(SQL_PERSON_SET_ROLE) = {"keep a role", "UPDATE people SET role = ?2 WHERE id = ?1"},
    AT(SQL_PERSON_SET_MUTED) = {"mute somebody", "UPDATE people SET muted = ?2 WHERE id = ?1"},
    /* The console is an owner whom nobody can ask. The second term is that of an index. */
    AT(SQL_PEOPLE_WITH_ROLE) = {"count people", "SELECT count(*) FROM people"
                                                " WHERE role = ?1 AND role > 1 AND id <> 1"},
    AT(SQL_SEATS_DELETE) = {"take somebody out of rooms", "DELETE FROM members WHERE person = ?1"},
    AT(SQL_PERSON_MENTIONS_DELETE) = {"take mentions away",
                                      "DELETE FROM mentions WHERE person = ?1"},
    AT(SQL_PERSON_HOOKS_DELETE) = {"take webhooks away", "DELETE FROM hooks WHERE person = ?1"},
    AT(SQL_PERSON_INVITE_ROOMS_DELETE) =
        {"take invitations away",
         "DELETE FROM invite_rooms WHERE invite IN (SELECT id FROM invites WHERE by = ?1)"},
    AT(SQL_PERSON_INVITES_DELETE) = {"take invitations away", "DELETE FROM invites WHERE by = ?1"},
    AT(SQL_PERSON_ERASE) = {"erase an account",
                            "UPDATE people SET name = ?2, folded = NULL, role = 0, muted = 0,"
                            " color = 0, display = '', secret = NULL, totp = NULL, totp_step = 0"
                            " WHERE id = ?1"},

    AT(SQL_SESSION_MAKE) = {"keep a session",
                            "INSERT INTO sessions(hash, person, created, used, id, device)"
                            " VALUES(?1, ?2, ?3, ?4, ?5, ?6)"},
    AT(SQL_SESSION_END) = {"end a session", "DELETE FROM sessions WHERE id = ?2 AND person = ?1"},
    AT(SQL_SESSIONS_END) = {"end sessions", "DELETE FROM sessions WHERE person = ?1 AND id <> ?2"},
    AT(SQL_SESSION_USED) = {"note a session", "UPDATE sessions SET used = ?2 WHERE id = ?1"},

    AT(SQL_INVITE_MAKE) = {"keep an invitation",
                           "INSERT INTO invites(id, token, by, created, until, count, role, note)"
                           " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"},
    AT(SQL_INVITE_ROOM_ADD) = {"keep an invitation",
                               "INSERT OR IGNORE INTO invite_rooms(invite, room) VALUES(?1, ?2)"},
    AT(SQL_INVITE_GET) = {"find an invitation", INVITE_BY_TOKEN},
    AT(SQL_INVITE_ROOMS) = {"read an invitation", INVITE_ROOMS},
    AT(SQL_INVITE_USE) = {"use an invitation", "UPDATE invites SET used = used + 1"
                                               " WHERE id = ?1 AND (count = 0 OR used < count)"},
    AT(SQL_INVITE_END) = {"end an invitation", "DELETE FROM invites WHERE id = ?1"},
    AT(SQL_INVITE_ROOMS_DELETE) = {"end an invitation",
                                   "DELETE FROM invite_rooms WHERE invite = ?1"},
    AT(SQL_RESET_MAKE) = {"keep a reset",
                          "INSERT INTO resets(person, token, until) VALUES(?1, ?2, ?3)"
                          " ON CONFLICT(person) DO UPDATE SET token = ?2, until = ?3"},
    AT(SQL_RESET_GET) = {"find a reset", RESET_BY_TOKEN},
    AT(SQL_RESET_DELETE) = {"use a reset", "DELETE FROM resets WHERE person = ?1"},
    AT(SQL_HOOK_MAKE) = {"keep a webhook", "INSERT INTO hooks(id, token, room, person, by, created)"
                                           " VALUES(?1, ?2, ?3, ?4, ?5, ?6)"},
    AT(SQL_HOOK_GET) = {"find a webhook", "SELECT id, room, person FROM hooks WHERE id = ?1"},
    AT(SQL_HOOK_END) = {"end a webhook", "DELETE FROM hooks WHERE id = ?1"},

    AT(SQL_BAN_MAKE) = {"keep a ban",
                        "INSERT INTO bans(id, person, address, reason, by, created, until)"
                        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"},
    AT(SQL_BAN_GET) = {"find a ban",
                       "SELECT id, person, by, created, until, address FROM bans WHERE id = ?1"},
    AT(SQL_BAN_END) = {"end a ban", "DELETE FROM bans WHERE id = ?1"},
    AT(SQL_BAN_OF) = {"find a ban",
                      "SELECT max(CASE until WHEN 0 THEN 9223372036854775807 ELSE until END)"
                      " FROM bans WHERE person = ?1 AND" IN_FORCE("?2")},
    AT(SQL_BANS_OF_ADDRESSES) = {"read bans",
                                 "SELECT id, person, by, created, until, address FROM bans"
                                 " WHERE person = 0 AND" IN_FORCE("?1") " ORDER BY id"},
    AT(SQL_REPORT_MAKE) = {"keep a report",
                           "INSERT INTO reports(room, seq, author, by, reason, created)"
                           " VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT(room, seq, by) DO NOTHING"},
    AT(SQL_REPORT_GET) = {"find a report",
                          "SELECT id FROM reports WHERE room = ?1 AND seq = ?2 AND by = ?3"},
    AT(SQL_REPORT_END) = {"close a report", "UPDATE reports SET closed = ?2, closed_by = ?3,"
                                            " note = ?4 WHERE id = ?1 AND closed = 0"},
    AT(SQL_AUDIT) = {"note what was done", "INSERT INTO audit(ts, by, action, person, room, detail)"
                                           " VALUES(?1, ?2, ?3, ?4, ?5, ?6)"},
    AT(SQL_MESSAGES_OF_BEHIND) = {"find messages",
                                  MESSAGES_OF("r.id >= ?2 AND (r.id > ?2 OR e.cid > ?3)")},
    AT(SQL_MESSAGES_OF_BEFORE) = {"find messages",
                                  MESSAGES_OF("r.id <= ?2 AND (r.id < ?2 OR e.cid <= ?3)")},
    AT(SQL_SERVER_GET) = {"read the server's state", "SELECT value FROM meta WHERE key = ?1"},
    AT(SQL_SERVER_SET) = {"keep the server's state", "INSERT INTO meta(key, value) VALUES(?1, ?2)"
                                                     " ON CONFLICT(key) DO UPDATE SET value = ?2"},

    AT(SQL_FILES_BYTES) =
        {"count files",
         "SELECT coalesce(sum(bytes + thumbnail_bytes), 0) FROM files WHERE person = ?1"},
    AT(SQL_FILE_MAKE) = {"keep a file",
                         "INSERT INTO files(id, person, created, hash, bytes, type, width, height,"
                         " thumbnail, thumbnail_bytes, name)"
                         " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0)"},
    AT(SQL_FILE_NAME) = {"keep a file", "UPDATE files SET name = ?2 WHERE id = ?1"},
    AT(SQL_FILE_GARBAGE) = {"take a file away",
                            "INSERT OR IGNORE INTO garbage(hash)"
                            " SELECT hash FROM files WHERE id = ?1 UNION SELECT thumbnail"
                            " FROM files WHERE id = ?1 AND thumbnail IS NOT NULL"},
    AT(SQL_FILE_TEXT) = {"take a file away", "UPDATE texts SET body = zeroblob(length(body))"
                                             " WHERE id = (SELECT name FROM files WHERE id = ?1)"},
    AT(SQL_FILE_END) = {"take a file away",
                        "DELETE FROM files WHERE id = ?1 AND person = ?2 AND room = 0"},
    AT(SQL_UNUSED_OF) = {"find files",
                         "SELECT id FROM files WHERE person = ?1 AND room = 0 LIMIT 1"},
    AT(SQL_UNUSED_OLDEST) = {"find files", "SELECT id, person, created FROM files WHERE room = 0"
                                           " ORDER BY created LIMIT 1"},
    AT(SQL_THUMBNAIL_GET) = {"find a file", "SELECT thumbnail_bytes FROM files"
                                            " WHERE id = ?1 AND person = ?2 AND room = 0"},
    AT(SQL_THUMBNAIL_GARBAGE) = {"keep a thumbnail",
                                 "INSERT OR IGNORE INTO garbage(hash) SELECT thumbnail FROM files"
                                 " WHERE id = ?1 AND thumbnail IS NOT NULL"},
    AT(SQL_THUMBNAIL_SET) = {"keep a thumbnail", "UPDATE files SET thumbnail = ?2,"
                                                 " thumbnail_bytes = ?3 WHERE id = ?1"},
    AT(SQL_GARBAGE_ANY) = {"look for garbage",
                           "SELECT hash FROM garbage WHERE hash > ?1 ORDER BY hash LIMIT 1"},
    AT(SQL_GARBAGE_DELETE) = {"collect garbage", "DELETE FROM garbage WHERE hash = ?1"},
    AT(SQL_BLOB_IS_USED) = {"look for a file",
                            "SELECT EXISTS(SELECT 1 FROM files WHERE hash = ?1)"
                            " OR EXISTS(SELECT 1 FROM files WHERE thumbnail = ?1)"},
};

const struct directory_ops sqlite_directory = {
    .account_get = sqlite_account_get,
    .account_set_secret = sqlite_account_set_secret,
    .account_set_totp = sqlite_account_set_totp,
    .account_use_step = sqlite_account_use_step,
    .account_use_code = sqlite_account_use_code,
    .person_set_profile = sqlite_person_set_profile,
    .person_set_role = sqlite_person_set_role,
    .person_set_muted = sqlite_person_set_muted,
    .people_with_role = sqlite_people_with_role,
    .person_erase = sqlite_person_erase,
    .session_make = sqlite_session_make,
    .session_end = sqlite_session_end,
    .sessions_end = sqlite_sessions_end,
    .session_used = sqlite_session_used,
    .invite_make = sqlite_invite_make,
    .invite_get = sqlite_invite_get,
    .invite_use = sqlite_invite_use,
    .invite_end = sqlite_invite_end,
    .reset_make = sqlite_reset_make,
    .reset_use = sqlite_reset_use,
    .hook_make = sqlite_hook_make,
    .hook_get = sqlite_hook_get,
    .hook_end = sqlite_hook_end,
    .ban_make = sqlite_ban_make,
    .ban_end = sqlite_ban_end,
    .ban_of = sqlite_ban_of,
    .bans_of_addresses = sqlite_bans_of_addresses,
    .report_make = sqlite_report_make,
    .report_end = sqlite_report_end,
    .audit = sqlite_audit,
    .messages_of = sqlite_messages_of,
    .server_get = sqlite_server_get,
    .server_set = sqlite_server_set,
    .file_make = sqlite_file_make,
    .file_end = sqlite_file_end,
    .file_set_thumbnail = sqlite_file_set_thumbnail,
};
