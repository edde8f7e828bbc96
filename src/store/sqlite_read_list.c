#include <assert.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "chat/role.h"
#include "store/sqlite_reader.h"

/*
 * Lists. Each is one statement that yields the columns of chat/listing.c in their order. All of them are asked with the same
 * parameters; not every one uses each of them:
 *
 *   ?1 the asker   ?2 the id of the row before, or 0   ?3 the folded name of that row, or empty
 *   ?4 how many    ?5 the room                         ?6 now    ?7 the asker's session
 *
 * Where the order is not that of ids and the row before is gone, the list begins anew: better some rows
 * twice than some left out.
 */

static_assert(ROLE_BOT == 5, "stands in the statements below");

#define FOREVER "9223372036854775807"
#define BELOW "CASE ?2 WHEN 0 THEN " FOREVER " ELSE ?2 END"
#define OLDER_THAN_ROW_OF(table)                                                                   \
    "(created, id) < (coalesce((SELECT created FROM " table " WHERE id = ?2), " FOREVER "), ?2)"
#define NEWEST_FIRST " ORDER BY created DESC, id DESC LIMIT ?4"
#define IN_FORCE "(until = 0 OR until > ?6)"

#define MEMBER_COLUMNS "SELECT p.id, p.name, p.display, p.color, p.role, m.host"

/* Of the asker, or of everybody in a room: newest first; of rooms in which the asker is, and not its own. */
#define MENTIONS_OF(who, where)                                                                    \
    "SELECT * FROM (SELECT m.id, m.room, m.seq, e.ts, e.author, p.name FROM mentions m"            \
    " JOIN events e ON e.room = m.room AND e.seq = m.seq LEFT JOIN people p ON p.id = e.author"    \
    " WHERE m.person = " who " AND m.id < " BELOW " AND e.author <> ?1" where                      \
    " AND EXISTS(SELECT 1 FROM members s WHERE s.person = ?1 AND s.room = m.room)"                 \
    " ORDER BY m.id DESC LIMIT ?4)"

const struct sql list_sql[SQL_LIST_COUNT] = {
    [LIST_PEOPLE] = {"list people",
                     "SELECT id, name, display, color, role, created, seen, muted > ?6,"
                     " EXISTS(SELECT 1 FROM bans b WHERE b.person = p.id AND " IN_FORCE ")"
                     " FROM people p WHERE role > 0 AND folded > ?3 ORDER BY folded LIMIT ?4"},
    /* Of a few they are sorted; of many, people are gone through in order of name. */
    [LIST_MEMBERS] = {"list members", MEMBER_COLUMNS " FROM members m INDEXED BY members_by_room"
                                                     " CROSS JOIN people p ON p.id = m.person"
                                                     " WHERE m.room = ?5 AND p.folded > ?3"
                                                     " ORDER BY p.folded LIMIT ?4"},
    [LIST_MEMBERS_OF_MANY] = {"list members",
                              MEMBER_COLUMNS " FROM people p CROSS JOIN members m"
                                             " ON m.person = p.id AND m.room = ?5"
                                             " WHERE p.folded > ?3 ORDER BY p.folded LIMIT ?4"},
    [LIST_SESSIONS] = {"list sessions",
                       "SELECT id, device, created, used, id = ?7 FROM sessions"
                       " WHERE person = ?1 AND " OLDER_THAN_ROW_OF("sessions") NEWEST_FIRST},
    [LIST_INVITES] = {"list invitations",
                      "SELECT id, by, created, until, used,"
                      " CASE count WHEN 0 THEN NULL ELSE count - used END, role, note FROM invites"
                      " WHERE " IN_FORCE " AND (count = 0 OR used < count)"
                      " AND " OLDER_THAN_ROW_OF("invites") NEWEST_FIRST},
    [LIST_BANS] = {"list bans", "SELECT id, person, (SELECT name FROM people p WHERE p.id ="
                                " bans.person), address, reason, by, created, until FROM bans"
                                " WHERE " IN_FORCE " AND " OLDER_THAN_ROW_OF("bans") NEWEST_FIRST},
    [LIST_MUTES] = {"list mutes", "SELECT id, name, muted FROM people"
                                  " WHERE muted > 0 AND muted > ?6 AND id > ?2"
                                  " ORDER BY id LIMIT ?4"},
    [LIST_REPORTS] = {"list reports",
                      "SELECT id, room, seq, author, by, reason, created, closed, closed_by, note"
                      " FROM reports WHERE (closed > 0, -id) > (coalesce((SELECT r.closed > 0"
                      " FROM reports r WHERE r.id = ?2), 0), CASE ?2 WHEN 0 THEN -" FOREVER
                      " ELSE -?2 END) ORDER BY closed > 0, -id LIMIT ?4"},
    [LIST_AUDIT] = {"list what was done",
                    "SELECT id, ts, by, (SELECT name FROM people p WHERE p.id = audit.by), action,"
                    " person, room, detail FROM audit WHERE id < " BELOW
                    " ORDER BY id DESC LIMIT ?4"},
    [LIST_BOTS] = {"list bots", "SELECT id, name, created, seen FROM people"
                                " WHERE role = 5 AND role > 1 AND id > ?2 ORDER BY id LIMIT ?4"},
    [LIST_HOOKS] = {"list webhooks",
                    "SELECT id, room, (SELECT name FROM people p WHERE p.id = hooks.person),"
                    " person, by, created FROM hooks"
                    " WHERE (?5 = 0 OR room = ?5) AND id > ?2 ORDER BY id LIMIT ?4"},
    [LIST_MENTIONS] = {"list mentions",
                       MENTIONS_OF("?1", "") " UNION ALL " MENTIONS_OF(
                           "0", " AND NOT EXISTS(SELECT 1 FROM mentions o WHERE o.room = m.room"
                                " AND o.seq = m.seq AND o.person = ?1)") " ORDER BY 1 DESC"
                                                                         " LIMIT ?4"},
    [LIST_PINS] = {"list pins", "SELECT seq FROM pins WHERE room = ?5 AND seq < " BELOW
                                " ORDER BY seq DESC LIMIT ?4"},
    [LIST_FILES] = {"list files",
                    "SELECT id, (SELECT t.body FROM texts t WHERE t.id = files.name), type, bytes,"
                    " created, room, seq FROM files"
                    " WHERE person = ?1 AND " OLDER_THAN_ROW_OF("files") NEWEST_FIRST},
};

enum { MEMBERS_SORTED_MAX = 2000 };

/* 0 says nothing in these, and is left out. */
static bool is_empty(enum cell_kind kind, const struct cell *cell)
{
    switch (kind) {
    case CELL_TIME:
    case CELL_FLAG:
    case CELL_PERSON:
    case CELL_ROOM:
    case CELL_COLOR:
        return cell->number == 0;
    case CELL_TEXT:
        return !cell->text;
    default:
        return false;
    }
}

static void read_cell(sqlite3_stmt *row, int at, enum cell_kind kind, struct cell *cell)
{
    if (kind == CELL_TEXT)
        cell->text = column_string(row, at);
    else
        cell->number = column_u64(row, at);
    cell->is_null = sqlite3_column_type(row, at) == SQLITE_NULL || is_empty(kind, cell);
}

/* Which of the two ways to list members. */
static int choose_members(struct db *db, uint64_t room, unsigned *ret_sql)
{
    sqlite3_stmt *many = db_statement(db, SQL_MEMBERS_MANY);
    bind_u64(many, 1, room);
    bind_u64(many, 2, MEMBERS_SORTED_MAX);
    int result = db_row(db, SQL_MEMBERS_MANY);
    *ret_sql = SQL_LIST_FIRST + (result == OK ? LIST_MEMBERS_OF_MANY : LIST_MEMBERS);
    db_reset(db, SQL_MEMBERS_MANY);
    return result == ERR_NOT_FOUND ? OK : result;
}

/* The webhooks of a room are for its hosts, and admins; nobody else but the reader knows who they are. ERR_DENIED. */
static int check_host(struct db *db, const struct store_read *read)
{
    if (read->list != LIST_HOOKS || read->room == 0 || role_rank(read->role) >= ROLE_ADMIN)
        return OK;
    sqlite3_stmt *host = db_statement(db, SQL_IS_HOST);
    bind_u64(host, 1, read->room);
    bind_u64(host, 2, read->person);
    int result = db_row(db, SQL_IS_HOST);
    db_reset(db, SQL_IS_HOST);
    return result == ERR_NOT_FOUND || read->role == ROLE_GUEST ? ERR_DENIED : result;
}

static sqlite3_stmt *ask(struct db *db, unsigned sql, const struct store_read *read)
{
    sqlite3_stmt *statement = db_statement(db, sql);
    /* What the statement does not use is refused, and meant to be. */
    bind_u64(statement, 1, read->person);
    bind_u64(statement, 2, read->id);
    bind_text(statement, 3, name_slice(&read->after));
    bind_u64(statement, 4, (uint64_t)read->limit + 1);
    bind_u64(statement, 5, read->room);
    bind_u64(statement, 6, clock_wall_ms());
    bind_u64(statement, 7, read->session);
    return statement;
}

int sqlite_read_list(struct sqlite_reader *reader, struct store_read *read)
{
    struct db *db = &reader->db;
    unsigned sql = SQL_LIST_FIRST + read->list;
    size_t columns_count;
    if (read->list == 0 || read->list >= LIST_END)
        return ERR_NOT_FOUND;
    int result = check_host(db, read);
    if (result == OK && read->list == LIST_MEMBERS)
        result = choose_members(db, read->room, &sql);
    if (result != OK)
        return result;
    const struct listing_column *columns = listing_columns(read->list, &columns_count);
    struct listing list = {.kind = read->list};
    list.cells = mem_zalloc(((size_t)read->limit + 1) * columns_count * sizeof(list.cells[0]));
    sqlite3_stmt *row = ask(db, sql, read);
    while (!list.more && (result = db_row(db, sql)) == OK) {
        list.more = list.rows_count == read->limit;
        for (size_t i = 0; !list.more && i < columns_count; i++)
            read_cell(row, (int)i, columns[i].kind,
                      &list.cells[list.rows_count * columns_count + i]);
        list.rows_count += !list.more;
    }
    db_reset(db, sql);
    if (result != OK && result != ERR_NOT_FOUND) {
        listing_release(&list);
        return result;
    }
    read->listing = list;
    return OK;
}
