#pragma once
/*
 * Rows that the writing and the reading half both read: their columns, and what becomes of them.
 */

#include "store/sqlite_db.h"

/* Of p, one of people, with the id of a session, its last use and its beginning, or 0, 0, 0. A ban without an end counts as the longest. */
#define PERSON_COLUMNS(session)                                                                    \
    "SELECT p.id, p.name, p.folded, p.seen, p.role, p.muted, p.color, p.display,"                  \
    " (SELECT max(CASE b.until WHEN 0 THEN 9223372036854775807 ELSE b.until END)"                  \
    " FROM bans b WHERE b.person = p.id), " session
#define PERSON_BY_SESSION                                                                          \
    PERSON_COLUMNS("s.id, s.used, s.created")                                                      \
    " FROM sessions s JOIN people p ON p.id = s.person WHERE s.hash = ?1"
#define PERSON_BY_NAME PERSON_COLUMNS("0, 0, 0") " FROM people p WHERE p.folded = ?1"
#define PERSON_BY_ID PERSON_COLUMNS("0, 0, 0") " FROM people p WHERE p.id = ?1"

void column_person(sqlite3_stmt *row, struct person_record *ret_person);

#define ACCOUNT_BY_ID "SELECT id, secret, totp, totp_step FROM people WHERE id = ?1"

void column_account(sqlite3_stmt *row, struct account_record *ret_account);

/* Not over yet; 0: it never is. */
#define IN_FORCE(now) " (until = 0 OR until > " now ")"
#define INVITE_USABLE(now) IN_FORCE(now) " AND (count = 0 OR used < count)"
/* A link that makes the first owner (role 4) is none any more once there is one. */
#define NO_OWNER_YET "NOT EXISTS(SELECT 1 FROM people WHERE role = 4 AND role > 1 AND id <> 1)"
#define INVITE_BY_TOKEN                                                                            \
    "SELECT id, by, until, count, used, role FROM invites"                                         \
    " WHERE token = ?1 AND" INVITE_USABLE("?2") " AND (role < 4 OR " NO_OWNER_YET ")"
#define INVITE_ROOMS "SELECT room FROM invite_rooms WHERE invite = ?1 LIMIT ?2"
#define RESET_BY_TOKEN "SELECT person FROM resets WHERE token = ?1 AND" IN_FORCE("?2")

/* Without its rooms. */
void column_invite(sqlite3_stmt *row, struct invite_record *ret_invite);

/** Reads the rooms of an invitation with the statement of this number, INVITE_ROOMS. */
int sqlite_invite_rooms(struct db *db, unsigned sql, struct invite_record *invite);

/* Of f, one of files. */
#define FILE_COLUMNS                                                                               \
    "SELECT f.id, f.bytes, f.width, f.height, f.thumbnail IS NOT NULL, f.type, n.body, a.body"     \
    " FROM files f LEFT JOIN texts n ON n.id = f.name LEFT JOIN texts a ON a.id = f.alt"

/* The texts are borrowed until the next step. */
void column_file(sqlite3_stmt *row, struct file *ret_file);

/** Adds a copy of the file to the list, which is made of NULL. At most MESSAGE_FILES_MAX. */
void sqlite_file_add(struct file_list **list, const struct file *file);
