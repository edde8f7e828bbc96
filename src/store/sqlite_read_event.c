#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "store/sqlite_reader.h"
#include "store/sqlite_rows.h"

/*
 * A row as it is to be shown. The current text of a message that was edited, and of an edit, stands
 * in texts. The CASE yields NULL for all others, so that nothing is looked up for them.
 */
#define EVENT_COLUMNS                                                                              \
    "SELECT e.seq, e.kind, e.flags, e.author, e.cid, e.mid, e.ts, e.target, e.reply_to, e.type,"   \
    " e.body, t.body, v.ts, p.name"                                                                \
    " FROM events e"                                                                               \
    " LEFT JOIN revised v ON v.room = e.room AND v.seq ="                                          \
    " CASE WHEN e.kind = 3 THEN e.target WHEN e.flags & 4 THEN e.seq END"                          \
    " LEFT JOIN texts t ON t.id = v.text"                                                          \
    " LEFT JOIN people p ON p.id = e.author"

const char sqlite_rows_up[] = EVENT_COLUMNS " WHERE e.room = ?1 AND e.seq >= ?2 ORDER BY e.seq";
const char sqlite_rows_down[] =
    EVENT_COLUMNS " WHERE e.room = ?1 AND e.seq <= ?2 AND e.seq >= ?3 ORDER BY e.seq DESC";

enum column {
    SEQ,
    KIND,
    FLAGS,
    AUTHOR,
    CID,
    MID,
    TS,
    TARGET,
    REPLY_TO,
    TYPE,
    BODY,
    TEXT,
    EDITED,
    NAME
};

int sqlite_row_seek(void *ctx, uint64_t seq, bool up)
{
    struct sqlite_reader *reader = ctx;
    struct db *db = &reader->db;
    db_reset(db, reader->rows);
    reader->rows = up ? SQL_ROWS_UP : SQL_ROWS_DOWN;
    sqlite3_stmt *rows = db_statement(db, reader->rows);
    bind_u64(rows, 1, reader->room);
    if (up && seq < reader->first)
        seq = reader->first;
    bind_u64(rows, 2, seq < INT64_MAX ? seq : INT64_MAX);
    if (!up)
        bind_u64(rows, 3, reader->first);
    return OK;
}

int sqlite_row_next(void *ctx, uint64_t *ret_seq, uint8_t *ret_kind)
{
    struct sqlite_reader *reader = ctx;
    int result = db_row(&reader->db, reader->rows);
    if (result != OK)
        return result == ERR_NOT_FOUND ? ERR_EOF : result;
    sqlite3_stmt *row = reader->db.statements[reader->rows];
    *ret_seq = column_u64(row, SEQ);
    *ret_kind = (uint8_t)sqlite3_column_int(row, KIND);
    return OK;
}

uint64_t sqlite_row_ts_ms(void *ctx)
{
    const struct sqlite_reader *reader = ctx;
    return column_u64(reader->db.statements[reader->rows], TS);
}

/* What the row says now: the text of an edit is its target's, and gone when that is deleted. */
static struct slice text_of(sqlite3_stmt *row, uint8_t kind, unsigned flags, bool *ret_deleted)
{
    bool revised = sqlite3_column_type(row, EDITED) != SQLITE_NULL;
    *ret_deleted = (flags & EVENT_FLAG_DELETED) != 0 || (kind == EVENT_EDIT && !revised);
    if (*ret_deleted)
        return slice_of(NULL, 0);
    return column_slice(row, revised ? TEXT : BODY);
}

static struct event *event_of(sqlite3_stmt *row, uint64_t room)
{
    unsigned flags = (unsigned)sqlite3_column_int(row, FLAGS);
    uint8_t kind = (uint8_t)sqlite3_column_int(row, KIND);
    bool deleted;
    struct slice text = text_of(row, kind, flags, &deleted);
    struct event *event = event_new((enum event_kind)kind, text, slice_of(NULL, 0));
    struct slice cid = column_slice(row, CID);
    event->room = room;
    event->seq = column_u64(row, SEQ);
    event->mid = column_u64(row, MID);
    event->ts_ms = column_u64(row, TS);
    event->person = column_u64(row, AUTHOR);
    event->target = column_u64(row, TARGET);
    event->reply_to = column_u64(row, REPLY_TO);
    event->message.type = (uint8_t)sqlite3_column_int(row, TYPE);
    event->deleted = deleted;
    if (kind == EVENT_MESSAGE)
        event->edited_ms = column_u64(row, EDITED);
    event->visitor = (flags & EVENT_FLAG_VISITOR) != 0;
    if (event->visitor)
        event->client = event->person;
    else
        column_name(row, NAME, &event->name);
    event->has_cid = cid.len == CID_BYTES;
    if (event->has_cid)
        memcpy(event->cid, cid.ptr, CID_BYTES);
    return event;
}

/* ---- what belongs to an event, where its flags or its kind say that there is something ---- */

static int read_subject(struct db *db, struct event *event)
{
    sqlite3_stmt *name = db_statement(db, SQL_NAME_OF);
    bind_u64(name, 1, event->target);
    int result = db_row(db, SQL_NAME_OF);
    if (result == OK)
        column_name(name, 0, &event->subject);
    db_reset(db, SQL_NAME_OF);
    return result == ERR_NOT_FOUND ? OK : result;
}

/* People meant by one message: those named in it, or all that were here. */
enum { MEANT_MAX = 256 };

static int read_meant(struct db *db, struct event *event)
{
    sqlite3_stmt *meant = db_statement(db, SQL_MEANT);
    uint64_t people[MEANT_MAX];
    uint32_t count = 0;
    bind_u64(meant, 1, event->room);
    bind_u64(meant, 2, event->seq);
    bind_u64(meant, 3, MEANT_MAX + 1);
    int result;
    while ((result = db_row(db, SQL_MEANT)) == OK) {
        uint64_t person = column_u64(meant, 0);
        event->mentions_all |= person == 0;
        if (person != 0 && count < MEANT_MAX)
            people[count++] = person;
    }
    db_reset(db, SQL_MEANT);
    if (count > 0) {
        event->people_ids = people_list_new(count);
        memcpy(event->people_ids->ids, people, count * sizeof(people[0]));
    }
    return result == ERR_NOT_FOUND ? OK : result;
}

static int read_files(struct db *db, struct event *event)
{
    sqlite3_stmt *files = db_statement(db, SQL_FILES);
    bind_u64(files, 1, event->room);
    bind_u64(files, 2, event->seq);
    bind_u64(files, 3, MESSAGE_FILES_MAX);
    int result;
    while ((result = db_row(db, SQL_FILES)) == OK) {
        struct file file;
        column_file(files, &file);
        sqlite_file_add(&event->files, &file);
    }
    db_reset(db, SQL_FILES);
    return result == ERR_NOT_FOUND ? OK : result;
}

static int add_what_belongs(struct db *db, struct event *event, unsigned flags)
{
    if (event->kind >= EVENT_ADDED_BY && event->kind <= EVENT_UNHOST)
        return read_subject(db, event);
    int result = OK;
    if (flags & EVENT_FLAG_MENTIONS)
        result = read_meant(db, event);
    if (result == OK && (flags & EVENT_FLAG_FILES))
        result = read_files(db, event);
    return result;
}

int sqlite_row_event(void *ctx, struct event **ret_event)
{
    struct sqlite_reader *reader = ctx;
    sqlite3_stmt *row = reader->db.statements[reader->rows];
    struct event *event = event_of(row, reader->room);
    int result = add_what_belongs(&reader->db, event, (unsigned)sqlite3_column_int(row, FLAGS));
    if (result == OK)
        *ret_event = event;
    else
        event_free(event);
    return result;
}

/* ---- reactions and pins ---- */

/* Reads the kinds of reactions; their emoji stand behind the list, where there is room for all. */
static int read_kinds(struct db *db, const struct event *event, struct reaction_list **ret_list)
{
    const size_t list_bytes =
        sizeof(struct reaction_list) + MESSAGE_REACTIONS_MAX * sizeof(struct reaction);
    struct reaction_list *list = NULL;
    sqlite3_stmt *kinds = db_statement(db, SQL_KINDS);
    bind_u64(kinds, 1, event->room);
    bind_u64(kinds, 2, event->seq);
    bind_u64(kinds, 3, MESSAGE_REACTIONS_MAX);
    int result;
    while ((result = db_row(db, SQL_KINDS)) == OK) {
        struct slice emoji = column_slice(kinds, 0);
        if (!list) {
            list = mem_alloc(list_bytes + (size_t)MESSAGE_REACTIONS_MAX * EMOJI_BYTES_MAX);
            list->count = 0;
        }
        if (emoji.len > EMOJI_BYTES_MAX)
            continue;
        uint8_t *to = (uint8_t *)list + list_bytes + (size_t)list->count * EMOJI_BYTES_MAX;
        memcpy(to, emoji.ptr, emoji.len);
        list->list[list->count++] = (struct reaction){.emoji = slice_of(to, emoji.len),
                                                      .count = (uint32_t)column_u64(kinds, 1)};
    }
    db_reset(db, SQL_KINDS);
    *ret_list = list;
    return result == ERR_NOT_FOUND ? OK : result;
}

static int read_people(struct db *db, const struct event *event, struct reaction *reaction)
{
    sqlite3_stmt *people = db_statement(db, SQL_PEOPLE);
    bind_u64(people, 1, event->room);
    bind_u64(people, 2, event->seq);
    bind_blob(people, 3, reaction->emoji);
    bind_u64(people, 4, REACTION_PEOPLE_MAX);
    int result;
    while ((result = db_row(db, SQL_PEOPLE)) == OK)
        reaction->people[reaction->people_count++] = column_u64(people, 0);
    db_reset(db, SQL_PEOPLE);
    return result == ERR_NOT_FOUND ? OK : result;
}

static int read_pinned(struct db *db, struct event *event)
{
    sqlite3_stmt *pinned = db_statement(db, SQL_PINNED);
    bind_u64(pinned, 1, event->room);
    bind_u64(pinned, 2, event->seq);
    int result = db_row(db, SQL_PINNED);
    event->pinned = result == OK;
    db_reset(db, SQL_PINNED);
    return result == ERR_NOT_FOUND ? OK : result;
}

int sqlite_row_page_event(void *ctx, struct event **ret_event)
{
    struct sqlite_reader *reader = ctx;
    struct db *db = &reader->db;
    struct event *event = NULL;
    int result = sqlite_row_event(ctx, &event);
    if (result != OK)
        return result;
    if (event->kind == EVENT_MESSAGE && !event->deleted) {
        result = read_kinds(db, event, &event->reactions);
        for (uint32_t i = 0; result == OK && event->reactions && i < event->reactions->count; i++)
            result = read_people(db, event, &event->reactions->list[i]);
        if (result == OK)
            result = read_pinned(db, event);
    }
    if (result != OK) {
        event_free(event);
        return result;
    }
    *ret_event = event;
    return OK;
}

int sqlite_read_event(struct sqlite_reader *reader, uint64_t room, uint64_t seq,
                      struct event **ret_event)
{
    uint64_t found = 0;
    uint8_t kind = 0;
    reader->room = room;
    reader->first = 1;
    int result = sqlite_row_seek(reader, seq, true);
    if (result == OK)
        result = sqlite_row_next(reader, &found, &kind);
    if (result == ERR_EOF || (result == OK && found != seq))
        result = ERR_NOT_FOUND;
    if (result == OK)
        result = sqlite_row_page_event(reader, ret_event);
    db_reset(&reader->db, reader->rows);
    return result;
}
