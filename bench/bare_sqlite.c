/*
 * The floor for what is kept: a loop that does nothing but insert into SQLite what a run of the
 * server has inserted, and a loop that does nothing but fdatasync.
 *
 *   bare_sqlite insert --from DATABASE --folder DIR --batch N [--skip ROWS] [--posts MAX]
 *   bare_sqlite fsync --folder DIR --run-ms T
 *
 * `insert` makes a database of the same form as the one that the server left behind (the same
 * statements, taken from it, so that it cannot drift from the program's), copies all its tables but
 * `events`, and the first --skip events, which were there before anything was measured. The other
 * events are read into memory; then the clock runs and they are inserted in their order, N in each
 * transaction on average, with the journal, the fsync and the checkpoints of the server. What the
 * server does besides (looking up each cid, reading commands, answering) is its own doing.
 */
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "load_hist.h"
#include "util.h"

enum { COLUMNS_MAX = 64, CHECKPOINT_BYTES = 4 << 20, SYNC_BYTES = 4096 };

static const char USAGE[] =
    "bare_sqlite insert --from DATABASE --folder DIR --batch N [--skip ROWS] [--posts MAX]\n"
    "                   [--cache-kb K]\n"
    "bare_sqlite fsync --folder DIR --run-ms T\n";

struct opts {
    const char *from;
    const char *folder;
    double batch;
    uint32_t skip;
    uint32_t posts;
    uint32_t cache_kb;
    uint32_t run_ms;
};

/* A value of the server's: a number, or bytes that lie in `bytes` from `number` on. */
struct cell {
    int type; /* SQLITE_INTEGER and so on */
    int len;
    int64_t number;
};

struct rows {
    int columns;
    uint32_t count;
    struct cell *cells;
    size_t cells_bytes;
    uint8_t *bytes;
    size_t bytes_len, bytes_cap;
};

static void check(sqlite3 *db, int code, const char *what)
{
    if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW)
        die("%s: %s", what, sqlite3_errmsg(db));
}

static void run_sql(sqlite3 *db, const char *sql)
{
    check(db, sqlite3_exec(db, sql, NULL, NULL, NULL), sql);
}

static int64_t number_of(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement;
    check(db, sqlite3_prepare_v2(db, sql, -1, &statement, NULL), sql);
    int64_t number = sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    sqlite3_finalize(statement);
    return number;
}

/* ---- the same form ---- */

/* Runs each text that `query` finds as a statement, on the same connection. */
static void run_found(sqlite3 *db, const char *query)
{
    sqlite3_stmt *statement;
    char **found = NULL;
    size_t cap = 0, count = 0;
    check(db, sqlite3_prepare_v2(db, query, -1, &statement, NULL), query);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        found = grow(found, &cap, (count + 1) * sizeof *found);
        found[count++] = strdup((const char *)sqlite3_column_text(statement, 0));
    }
    sqlite3_finalize(statement);
    for (size_t i = 0; i < count; i++) {
        run_sql(db, found[i]);
        free(found[i]);
    }
    free(found);
}

static sqlite3 *make_database(const struct opts *o)
{
    char path[4096], sql[4200];
    sqlite3 *db;
    snprintf(path, sizeof path, "%s/bare.db", o->folder);
    if (access(path, F_OK) == 0)
        die("%s is there already", path);
    check(NULL, sqlite3_open(path, &db), path);
    char *attach = sqlite3_mprintf("ATTACH %Q AS server", o->from);
    run_sql(db, attach);
    sqlite3_free(attach);
    int64_t page_bytes = number_of(db, "PRAGMA server.page_size");
    snprintf(
        sql, sizeof sql,
        "PRAGMA main.page_size = %d; PRAGMA main.journal_mode = WAL; PRAGMA synchronous = FULL;"
        "PRAGMA secure_delete = ON; PRAGMA cache_size = -%u; PRAGMA wal_autocheckpoint = %d",
        (int)page_bytes, o->cache_kb, (int)(CHECKPOINT_BYTES / page_bytes));
    run_sql(db, sql);
    run_sql(db, "BEGIN");
    run_found(db, "SELECT sql FROM server.sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE "
                  "'sqlite_%' ORDER BY type = 'index'");
    run_found(db,
              "SELECT 'INSERT INTO main.' || name || ' SELECT * FROM server.' || name "
              "FROM server.sqlite_schema WHERE type = 'table' AND name <> 'events' AND name NOT "
              "LIKE 'sqlite_%'");
    snprintf(sql, sizeof sql,
             "INSERT INTO main.events SELECT * FROM server.events ORDER BY rowid LIMIT %u",
             o->skip);
    run_sql(db, sql);
    run_sql(db, "COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
    return db;
}

/* ---- the same rows ---- */

static void keep_value(struct rows *rows, struct cell *cell, sqlite3_stmt *statement, int column)
{
    *cell = (struct cell){.type = sqlite3_column_type(statement, column)};
    if (cell->type == SQLITE_INTEGER) {
        cell->number = sqlite3_column_int64(statement, column);
    } else if (cell->type == SQLITE_BLOB || cell->type == SQLITE_TEXT) {
        const void *value = sqlite3_column_blob(statement, column);
        cell->len = sqlite3_column_bytes(statement, column);
        cell->number = (int64_t)rows->bytes_len;
        rows->bytes = grow(rows->bytes, &rows->bytes_cap, rows->bytes_len + (size_t)cell->len + 1);
        if (cell->len != 0)
            memcpy(rows->bytes + rows->bytes_len, value, (size_t)cell->len);
        rows->bytes_len += (size_t)cell->len;
    }
}

static void read_rows(sqlite3 *db, const struct opts *o, struct rows *rows)
{
    sqlite3_stmt *statement;
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT * FROM server.events ORDER BY rowid LIMIT %u OFFSET %u",
             o->posts, o->skip);
    check(db, sqlite3_prepare_v2(db, sql, -1, &statement, NULL), sql);
    rows->columns = sqlite3_column_count(statement);
    if (rows->columns > COLUMNS_MAX)
        die("%d columns", rows->columns);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        size_t first = (size_t)rows->count * (size_t)rows->columns;
        rows->cells = grow(rows->cells, &rows->cells_bytes,
                           (first + (size_t)rows->columns) * sizeof *rows->cells);
        for (int i = 0; i < rows->columns; i++)
            keep_value(rows, &rows->cells[first + (size_t)i], statement, i);
        rows->count++;
    }
    sqlite3_finalize(statement);
    if (rows->count == 0)
        die("%s holds no events behind the first %u", o->from, o->skip);
}

/* ---- the loop ---- */

static void bind_row(sqlite3_stmt *statement, const struct rows *rows, uint32_t row)
{
    const struct cell *cell = &rows->cells[(size_t)row * (size_t)rows->columns];
    for (int i = 1; i <= rows->columns; i++, cell++) {
        if (cell->type == SQLITE_INTEGER)
            sqlite3_bind_int64(statement, i, cell->number);
        else if (cell->type == SQLITE_BLOB)
            sqlite3_bind_blob(statement, i, rows->bytes + cell->number, cell->len, SQLITE_STATIC);
        else if (cell->type == SQLITE_TEXT)
            sqlite3_bind_text(statement, i, (const char *)rows->bytes + cell->number, cell->len,
                              SQLITE_STATIC);
        else
            sqlite3_bind_null(statement, i);
    }
}

static sqlite3_stmt *prepare_insert(sqlite3 *db, const struct rows *rows)
{
    sqlite3_stmt *statement;
    char sql[64 + 2 * COLUMNS_MAX] = "INSERT INTO main.events VALUES(?";
    size_t len = strlen(sql);
    for (int i = 1; i < rows->columns; i++)
        len += (size_t)snprintf(sql + len, sizeof sql - len, ",?");
    snprintf(sql + len, sizeof sql - len, ")");
    check(db, sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL), sql);
    return statement;
}

/* Returns the number of transactions. */
static uint32_t insert_all(sqlite3 *db, const struct opts *o, const struct rows *rows,
                           struct hist *commits)
{
    sqlite3_stmt *begin, *insert = prepare_insert(db, rows), *commit;
    check(db, sqlite3_prepare_v2(db, "BEGIN IMMEDIATE", -1, &begin, NULL), "BEGIN");
    check(db, sqlite3_prepare_v2(db, "COMMIT", -1, &commit, NULL), "COMMIT");
    uint32_t row = 0, batches = 0;
    while (row < rows->count) {
        double end = (double)++batches * o->batch;
        uint64_t start_ns = clock_ns();
        check(db, sqlite3_step(begin), "BEGIN");
        sqlite3_reset(begin);
        for (; row < rows->count && (double)row < end; row++) {
            bind_row(insert, rows, row);
            check(db, sqlite3_step(insert), "INSERT");
            sqlite3_reset(insert);
        }
        check(db, sqlite3_step(commit), "COMMIT");
        sqlite3_reset(commit);
        hist_record(commits, clock_ns() - start_ns);
    }
    sqlite3_finalize(begin);
    sqlite3_finalize(insert);
    sqlite3_finalize(commit);
    return batches;
}

static double us(uint64_t ns)
{
    return (double)ns / 1000;
}

static uint64_t own_cpu_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void insert_mode(const struct opts *o)
{
    static struct hist commits;
    struct rows rows = {0};
    sqlite3 *db = make_database(o);
    read_rows(db, o, &rows);
    run_sql(db, "DETACH server");
    uint64_t start_ns = clock_ns(), cpu_ns = own_cpu_ns();
    uint32_t batches = insert_all(db, o, &rows, &commits);
    double seconds = (double)(clock_ns() - start_ns) / 1e9;
    cpu_ns = own_cpu_ns() - cpu_ns;
    printf(
        "{\"ok\":true,\"mode\":\"insert\",\"posts\":%" PRIu32 ",\"seconds\":%.4f"
        ",\"posts_per_s\":%.1f,\"cpu_us\":%.3f,\"batch\":%.2f,\"p50_us\":%.1f,\"p99_us\":%.1f}\n",
        rows.count, seconds, rows.count / seconds, us(cpu_ns) / rows.count,
        (double)rows.count / batches, us(hist_quantile_ns(&commits, 0.5)),
        us(hist_quantile_ns(&commits, 0.99)));
    sqlite3_close(db);
    free(rows.cells);
    free(rows.bytes);
}

/* ---- nothing but the disk ---- */

static void fsync_mode(const struct opts *o)
{
    static struct hist times;
    static const uint8_t page[SYNC_BYTES];
    char path[4096];
    snprintf(path, sizeof path, "%s/bare.sync", o->folder);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        die("cannot make %s", path);
    uint64_t end_ns = clock_ns() + o->run_ms * UINT64_C(1000000);
    for (uint64_t now_ns = clock_ns(); now_ns < end_ns;) {
        if (write(fd, page, sizeof page) != (ssize_t)sizeof page || fdatasync(fd) != 0)
            die("cannot write %s", path);
        uint64_t after_ns = clock_ns();
        hist_record(&times, after_ns - now_ns);
        now_ns = after_ns;
    }
    close(fd);
    unlink(path);
    printf("{\"ok\":true,\"mode\":\"fsync\",\"syncs\":%" PRIu64 ",\"p50_us\":%.1f,\"p99_us\":%.1f"
           ",\"max_us\":%.1f}\n",
           times.count, us(hist_quantile_ns(&times, 0.5)), us(hist_quantile_ns(&times, 0.99)),
           us(times.max_ns));
}

static const struct option OPTIONS[] = {
    {"from", required_argument, NULL, 'f'},     {"folder", required_argument, NULL, 'd'},
    {"batch", required_argument, NULL, 'b'},    {"skip", required_argument, NULL, 's'},
    {"posts", required_argument, NULL, 'p'},    {"run-ms", required_argument, NULL, 'r'},
    {"cache-kb", required_argument, NULL, 'c'}, {NULL, 0, NULL, 0},
};

static void set_option(struct opts *o, int option, const char *value)
{
    switch (option) {
    case 'f':
        o->from = value;
        break;
    case 'd':
        o->folder = value;
        break;
    case 'b':
        o->batch = strtod(value, NULL);
        break;
    case 's':
        o->skip = parse_count(value, 100000000);
        break;
    case 'p':
        o->posts = parse_count(value, 10000000);
        break;
    case 'r':
        o->run_ms = parse_count(value, 600000);
        break;
    case 'c':
        o->cache_kb = parse_count(value, 10000000);
        break;
    default:
        die("usage:\n%s", USAGE);
    }
}

int main(int argc, char **argv)
{
    struct opts o = {.posts = 200000, .cache_kb = 4096};
    const char *mode = argc > 1 ? argv[1] : "";
    int option;
    while ((option = getopt_long(argc - (argc > 1), argv + (argc > 1), "", OPTIONS, NULL)) != -1)
        set_option(&o, option, optarg);
    set_deadline(120);
    if (strcmp(mode, "insert") == 0 && o.from != NULL && o.folder != NULL && o.batch >= 1)
        insert_mode(&o);
    else if (strcmp(mode, "fsync") == 0 && o.folder != NULL && o.run_ms != 0)
        fsync_mode(&o);
    else
        die("usage:\n%s", USAGE);
    return 0;
}
