#include "jobs/export.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "store/sqlite_db.h"

enum { PAGE_EVENTS = 1000, PAGE_BYTES = 1 << 20, SEND_BYTES = 1 << 16, DEADLINE_MS = 60000 };

struct export_job {
    const char *data;
    uint64_t room; /* 0: all */
    const struct export_ports *ports;
    struct export_report *report;
    char *fault;
    struct db db;
    struct buffer out;
};

#define ROOM(room) "CASE " room " WHEN 1 THEN 'lobby' ELSE printf('%012x', " room ") END"
#define PERSON(person) "printf('%016x', " person ")"
#define IS_SET(condition) "json(CASE WHEN " condition " THEN 'true' ELSE 'false' END)"

/* Each row is a line. ?1 is the room, or 0. */
static const struct sql sections[] = {
    {"read rooms",
     "SELECT json_object('ev', 'room', 'id', " ROOM(
         "id") ", 'name', name, 'kind',"
               " CASE kind WHEN 0 THEN 'public' WHEN 1 THEN 'private' WHEN 2 THEN 'direct'"
               " ELSE 'announcement' END, 'topic', topic, 'guests', " IS_SET(
                   "flags & 1") ","
                                " 'default', " IS_SET("flags & 2") ", 'archived', " IS_SET(
                                    "flags & 4") ","
                                                 " 'slow_ms', slow, 'retention_days', retention, 'first_seq', first_seq)"
                                                 " FROM rooms WHERE ?1 IN (0, id) ORDER BY id"},
    {"read people",
     "SELECT json_object('ev', 'person', 'id', " PERSON(
         "id") ", 'name', name, 'display', display,"
               " 'role', CASE role WHEN 0 THEN 'guest' WHEN 1 THEN 'member' WHEN 2 THEN 'moderator'"
               " WHEN 3 THEN 'admin' WHEN 4 THEN 'owner' ELSE 'bot' END, 'created', created, 'seen', seen)"
               " FROM people WHERE ?1 = 0 OR id IN (SELECT person FROM members WHERE room = ?1"
               " UNION SELECT author FROM events WHERE room = ?1) ORDER BY id"},
    {"read members",
     "SELECT json_object('ev', 'member', 'room', " ROOM("room") ", 'person', " PERSON(
         "person") ","
                   " 'host', " IS_SET(
                       "host") ", 'read', read)"
                               " FROM members WHERE ?1 IN (0, room) ORDER BY room, person"},
    {"read files",
     "SELECT json_object('ev', 'file', 'id', CAST(f.id AS TEXT), 'room', " ROOM(
         "f.room") ","
                   " 'seq', f.seq, 'person', " PERSON(
                       "f.person") ", 'name', CAST(n.body AS TEXT),"
                                   " 'type', f.type, 'bytes', f.bytes, 'sha256', lower(hex(f.hash)))"
                                   " FROM files f JOIN texts n ON n.id = f.name"
                                   " WHERE f.room > 0 AND ?1 IN (0, f.room) ORDER BY f.room, f.seq, f.place"},
};

static int send(struct export_job *job, size_t until_bytes)
{
    if (job->out.len <= until_bytes)
        return OK;
    int result = job->ports->send(job->ports->ctx, buffer_slice(&job->out));
    if (result != OK)
        snprintf(job->fault, STORE_FAULT_BYTES, "cannot write: %s", strerror(errno));
    job->out.len = 0;
    return result;
}

static int end_line(struct export_job *job)
{
    buffer_append_byte(&job->out, '\n');
    job->report->lines++;
    return send(job, SEND_BYTES);
}

/* ---- rows ---- */

static int write_section(struct export_job *job, const struct sql *section)
{
    sqlite3_stmt *rows = NULL;
    int result = OK;
    errno = 0;
    int code = sqlite3_prepare_v2(job->db.handle, section->text, -1, &rows, NULL);
    if (code == SQLITE_OK)
        bind_u64(rows, 1, job->room);
    while (result == OK && (code == SQLITE_OK || code == SQLITE_ROW)) {
        code = sqlite3_step(rows);
        if (code != SQLITE_ROW)
            break;
        struct slice line = column_slice(rows, 0);
        buffer_append(&job->out, line.ptr, line.len);
        result = end_line(job);
    }
    if (result == OK)
        result = db_error(&job->db, code, section->what);
    sqlite3_finalize(rows);
    return result;
}

/* ---- events ---- */

static int ask(struct store_reader *reader, struct store_read *read, char *fault)
{
    reader->ops->run(reader, read);
    if (read->result == OK)
        return OK;
    if (read->result == ERR_IO)
        snprintf(fault, STORE_FAULT_BYTES, "%s", read->fault);
    else
        snprintf(fault, STORE_FAULT_BYTES, "the log of a room has a gap, see hubbub verify");
    return ERR_IO;
}

static int write_events(struct export_job *job, const struct event_batch *events)
{
    int result = OK;
    for (size_t i = 0; i < events->count && result == OK; i++) {
        size_t before = job->out.len;
        job->ports->write_event(&job->out, events->events[i]);
        if (job->out.len == before)
            continue;
        job->report->events++;
        result = end_line(job);
    }
    return result;
}

static int write_log(struct export_job *job, struct store_reader *reader, uint64_t room)
{
    uint64_t seq = 0;
    bool done = false;
    int result = OK;
    while (!done && result == OK) {
        struct store_read *read = mem_zalloc(sizeof(*read));
        read->kind = READ_EXPORT;
        read->room = room;
        read->seq = seq;
        read->limit = PAGE_EVENTS;
        read->bytes_max = PAGE_BYTES;
        result = ask(reader, read, job->fault);
        if (result == OK)
            result = write_events(job, read->events);
        done = result == OK && read->events->count == 0;
        seq = read->last;
        store_read_free(read);
    }
    return result;
}

static int write_logs(struct export_job *job)
{
    const struct sqlite_options options = {.folder = job->data, .deadline_ms = DEADLINE_MS};
    struct store_reader *reader;
    sqlite3_stmt *rows = NULL;
    int result = sqlite_reader_open(&options, &reader, job->fault);
    if (result != OK)
        return result;
    errno = 0;
    int code = sqlite3_prepare_v2(
        job->db.handle, "SELECT id FROM rooms WHERE ?1 IN (0, id) ORDER BY id", -1, &rows, NULL);
    if (code == SQLITE_OK)
        bind_u64(rows, 1, job->room);
    while (result == OK && (code == SQLITE_OK || code == SQLITE_ROW)) {
        code = sqlite3_step(rows);
        if (code == SQLITE_ROW)
            result = write_log(job, reader, column_u64(rows, 0));
        else
            break;
    }
    if (result == OK)
        result = db_error(&job->db, code, "read rooms");
    sqlite3_finalize(rows);
    reader->ops->close(reader);
    return result;
}

/* ---- all of it ---- */

static int find_room(struct export_job *job)
{
    char sql[96];
    int64_t found = 0;
    if (job->room == 0)
        return OK;
    snprintf(sql, sizeof(sql), "SELECT count(*) FROM rooms WHERE id = %lld", (long long)job->room);
    int result = db_number(&job->db, "look for a room", sql, &found);
    if (result != OK || found == 1)
        return result;
    snprintf(job->fault, STORE_FAULT_BYTES, "there is no such room");
    return ERR_NOT_FOUND;
}

static int write_all(struct export_job *job)
{
    int result = find_room(job);
    if (result != OK)
        return result;
    buffer_printf(&job->out,
                  "{\"ev\":\"export\",\"program\":\"hubbub %s\",\"format\":1,\"ts\":%llu}",
                  HUBBUB_VERSION, (unsigned long long)clock_wall_ms());
    result = end_line(job);
    for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]) && result == OK; i++)
        result = write_section(job, &sections[i]);
    if (result == OK)
        result = write_logs(job);
    return result == OK ? send(job, 0) : result;
}

int export_run(const char *data, uint64_t room, const struct export_ports *ports,
               struct export_report *ret_report, char ret_fault[STORE_FAULT_BYTES])
{
    const struct sqlite_options options = {.folder = data};
    struct export_job job = {
        .data = data, .room = room, .ports = ports, .report = ret_report, .fault = ret_fault};
    *ret_report = (struct export_report){0};
    int result = db_open(&job.db, &options, SQLITE_OPEN_READONLY, ret_fault);
    if (result != OK)
        return result;
    result = db_check_form(&job.db);
    if (result == OK)
        result = write_all(&job);
    db_close(&job.db);
    buffer_release(&job.out);
    return result;
}
