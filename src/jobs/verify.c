#include "jobs/verify.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/error.h"
#include "jobs/blob_set.h"
#include "jobs/verify_rules.h"
#include "store/sqlite_search.h"

enum {
    LINE_BYTES = 512,
    READ_BYTES = 1 << 16,
    /* The entries of an index are looked for in its order, in the other's pages: with SQLite's own 2 MB each is read anew. */
    CACHE_KB = 65536,
};

struct verify {
    const char *data;
    char *fault;
    const struct verify_ports *ports;
    struct verify_report *report;
    struct db db;
    uint64_t said; /* lines of this check */
};

static void find(struct verify *verify, const char *what)
{
    char line[LINE_BYTES];
    verify->report->findings++;
    if (verify->said++ >= VERIFY_LINES_MAX)
        return;
    snprintf(line, sizeof(line), "%s", what);
    /* SQLite's own findings have several lines, and a damaged file may say anything. */
    for (char *at = line; *at; at++) {
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            *at = ' ';
    }
    verify->ports->say(verify->ports->ctx, line);
}

/* Ends a check. */
static void sum_up(struct verify *verify)
{
    char line[LINE_BYTES];
    if (verify->said > VERIFY_LINES_MAX) {
        snprintf(line, sizeof(line), "and %llu more of the same kind",
                 (unsigned long long)(verify->said - VERIFY_LINES_MAX));
        verify->ports->say(verify->ports->ctx, line);
    }
    verify->said = 0;
}

/* ---- the database ---- */

/* Each row is a finding, but for one that says ok. */
static int run_rule(struct verify *verify, const struct verify_rule *rule)
{
    sqlite3_stmt *rows = NULL;
    errno = 0;
    int code = sqlite3_prepare_v2(verify->db.handle, rule->sql, -1, &rows, NULL);
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(rows);
        const char *line = code == SQLITE_ROW ? (const char *)sqlite3_column_text(rows, 0) : NULL;
        if (line && strcmp(line, "ok") != 0)
            find(verify, line);
    }
    int result = OK;
    if ((code & 0xff) == SQLITE_CORRUPT)
        find(verify, sqlite3_errmsg(verify->db.handle));
    else
        result = db_error(&verify->db, code, rule->what);
    sqlite3_finalize(rows);
    sum_up(verify);
    return result;
}

static int check_rules(struct verify *verify)
{
    size_t count;
    const struct verify_rule *rules = verify_rules(&count);
    int result = OK;
    for (size_t i = 0; i < count && result == OK; i++)
        result = run_rule(verify, &rules[i]);
    return result;
}

static void find_in_search(void *ctx, uint64_t block, const char *what, unsigned count)
{
    char line[LINE_BYTES];
    int len = snprintf(line, sizeof(line), "search: block %llu: ", (unsigned long long)block);
    if (count > 0)
        len += snprintf(line + len, sizeof(line) - (size_t)len, "%u ", count);
    snprintf(line + len, sizeof(line) - (size_t)len, "%s", what);
    find(ctx, line);
}

static int check_search(struct verify *verify)
{
    const struct search_check check = {verify, find_in_search};
    int result = sqlite_search_verify(&verify->db, &check);
    sum_up(verify);
    return result;
}

static int count_rows(struct verify *verify)
{
    struct verify_report *report = verify->report;
    const struct {
        const char *sql;
        uint64_t *count;
    } counts[] = {{"SELECT count(*) FROM rooms", &report->rooms},
                  {"SELECT count(*) FROM events", &report->events},
                  {"SELECT count(*) FROM people", &report->people}};
    int result = OK;
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]) && result == OK; i++) {
        int64_t number = 0;
        result = db_number(&verify->db, "count rows", counts[i].sql, &number);
        *counts[i].count = (uint64_t)number;
    }
    return result;
}

/* ---- files ---- */

static void find_blob(struct verify *verify, const struct blob_size *blob, const char *what)
{
    char line[LINE_BYTES];
    int len = snprintf(line, sizeof(line), "file with SHA-256 ");
    for (size_t i = 0; i < BLOB_HASH_BYTES; i++)
        len += snprintf(line + len, sizeof(line) - (size_t)len, "%02x", blob->hash[i]);
    snprintf(line + len, sizeof(line) - (size_t)len, ": %s", what);
    find(verify, line);
}

/* Asks anew, as things are by now: the server may have kept or deleted it since the check began. */
static int is_named_now(struct verify *verify, const struct blob_size *blob, bool *ret_named)
{
    const struct sqlite_options options = {.folder = verify->data};
    struct db now;
    int result = db_open(&now, &options, SQLITE_OPEN_READONLY, verify->fault);
    if (result != OK)
        return result;
    result = blob_is_named(&now, blob->hash, ret_named);
    db_close(&now);
    return result;
}

/* false: it could not be read to its end. */
static bool digest_of(int fd, uint64_t *ret_bytes, uint8_t ret_hash[BLOB_HASH_BYTES])
{
    uint8_t bytes[READ_BYTES];
    ssize_t got;
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    ASSERT(digest && EVP_DigestInit_ex(digest, EVP_sha256(), NULL) == 1);
    *ret_bytes = 0;
    while ((got = read(fd, bytes, sizeof(bytes))) > 0) {
        EVP_DigestUpdate(digest, bytes, (size_t)got);
        *ret_bytes += (uint64_t)got;
    }
    EVP_DigestFinal_ex(digest, ret_hash, NULL);
    EVP_MD_CTX_free(digest);
    return got == 0;
}

static int check_blob(struct verify *verify, const struct blob_size *blob)
{
    char path[BLOB_PATH_BYTES];
    uint8_t hash[BLOB_HASH_BYTES];
    uint64_t bytes;
    bool named = true;
    if (!blob_path(verify->data, blob->hash, path))
        return OK;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        int result = errno == ENOENT ? is_named_now(verify, blob, &named) : OK;
        if (result == OK && named)
            find_blob(verify, blob, "it is missing or cannot be opened");
        return result;
    }
    if (!digest_of(fd, &bytes, hash))
        find_blob(verify, blob, "it cannot be read");
    else if (bytes != blob->bytes)
        find_blob(verify, blob, "it has another size than is noted");
    else if (memcmp(hash, blob->hash, BLOB_HASH_BYTES) != 0)
        find_blob(verify, blob, "its bytes have changed");
    close(fd);
    return OK;
}

/* A mark in files/tmp says that the server is about to keep it, or has yet to look at it. */
static bool is_marked(const struct verify *verify, const struct blob_size *blob)
{
    char path[BLOB_PATH_BYTES];
    int len = snprintf(path, sizeof(path), "%s/files/tmp/", verify->data);
    for (size_t i = 0; i < BLOB_HASH_BYTES && len < (int)sizeof(path); i++)
        len += snprintf(path + len, sizeof(path) - (size_t)len, "%02x", blob->hash[i]);
    return access(path, F_OK) == 0;
}

/* In this order: whatever was kept in between has a mark when it is looked for, or a name after that. */
static int check_unknown(struct verify *verify, const struct blob_size *blob)
{
    char path[BLOB_PATH_BYTES];
    bool named = false;
    if (is_marked(verify, blob))
        return OK;
    int result = is_named_now(verify, blob, &named);
    /* Or it has been deleted by now. */
    if (result == OK && !named && blob_path(verify->data, blob->hash, path) &&
        access(path, F_OK) == 0)
        find_blob(verify, blob, "no message and nobody refers to it");
    return result;
}

static int check_files(struct verify *verify)
{
    struct blob_set there, named;
    int result = blob_set_list(&there, verify->data, verify->fault);
    int read = blob_set_read(&named, &verify->db);
    if (result == OK)
        result = read;
    verify->report->files = named.count;
    for (size_t i = 0; i < named.count && result == OK; i++)
        result = check_blob(verify, &named.blobs[i]);
    sum_up(verify);
    for (size_t i = 0; i < there.count && result == OK; i++) {
        if (!blob_set_has(&named, there.blobs[i].hash))
            result = check_unknown(verify, &there.blobs[i]);
    }
    sum_up(verify);
    blob_set_release(&there);
    blob_set_release(&named);
    return result;
}

static int check_all(struct verify *verify)
{
    int result = count_rows(verify);
    if (result == OK)
        result = check_rules(verify);
    if (result == OK)
        result = check_search(verify);
    return result == OK ? check_files(verify) : result;
}

int verify_run(const char *data, const struct verify_ports *ports, struct verify_report *ret_report,
               char ret_fault[STORE_FAULT_BYTES])
{
    static const struct verify_rule pages = {"look at its pages", "PRAGMA integrity_check(100)"};
    const struct sqlite_options options = {.folder = data, .cache_kb = CACHE_KB};
    struct verify verify = {.data = data, .fault = ret_fault, .ports = ports, .report = ret_report};
    *ret_report = (struct verify_report){0};
    int result = db_open(&verify.db, &options, SQLITE_OPEN_READONLY, ret_fault);
    if (result != OK)
        return result;
    result = db_run(&verify.db, "begin reading", "BEGIN");
    if (result == OK)
        result = db_check_form(&verify.db);
    if (result == OK)
        result = run_rule(&verify, &pages);
    /* What damaged pages say would only hide the damage. */
    if (result == OK && ret_report->findings == 0)
        result = check_all(&verify);
    db_close(&verify.db);
    return result;
}
