#include "jobs/backup.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "jobs/blob_set.h"
#include "store/sqlite_db.h"

enum {
    STEP_PAGES = 1024, /* 4 MB: what is read and written before others get a turn at the disk */
    COPY_BYTES = 1 << 20,
};

struct backup {
    const char *data;
    char *fault;
    struct backup_report *report;
    struct db db; /* the source, in a read transaction */
    char folder[4096];
    char tmp[4096 + sizeof(".tmp")];
};

static int failed(struct backup *backup, const char *path, const char *what)
{
    snprintf(backup->fault, STORE_FAULT_BYTES, "%.140s: cannot %s: %.60s", path, what,
             strerror(errno));
    return ERR_IO;
}

/* ---- where it goes ---- */

static int deny(struct backup *backup, const char *path, const char *why)
{
    snprintf(backup->fault, STORE_FAULT_BYTES, "%.140s: %s", path, why);
    return ERR_DENIED;
}

/* Whoever mistypes must not lose a live database. */
static int check_folder(struct backup *backup)
{
    char lock[sizeof(backup->folder) + sizeof("/hubbub.lock")];
    struct stat source, target;
    if (stat(backup->folder, &target) != 0)
        return failed(backup, backup->folder, "use the directory");
    snprintf(lock, sizeof(lock), "%s/hubbub.lock", backup->folder);
    if ((stat(backup->data, &source) == 0 && source.st_dev == target.st_dev &&
         source.st_ino == target.st_ino) ||
        access(lock, F_OK) == 0)
        return deny(backup, backup->folder,
                    "this is a data directory of Hubbub: name another place for the backup");
    return OK;
}

static int find_place(struct backup *backup, const char *target)
{
    struct backup_report *report = backup->report;
    struct stat status;
    size_t len = strlen(target);
    bool exists = stat(target, &status) == 0;
    report->is_directory = exists ? S_ISDIR(status.st_mode) : len > 0 && target[len - 1] == '/';
    if (exists && !report->is_directory && !S_ISREG(status.st_mode))
        return deny(backup, target, "neither a file nor a directory");
    if (len == 0 || len > sizeof(report->path) - sizeof("/hubbub.db"))
        return deny(backup, target, "this name is too long");
    if (report->is_directory) {
        if (!exists && mkdir(target, 0700) != 0)
            return failed(backup, target, "make the directory");
        while (len > 1 && target[len - 1] == '/')
            len--;
        snprintf(backup->folder, sizeof(backup->folder), "%.*s", (int)len, target);
        snprintf(report->path, sizeof(report->path), "%.*s/hubbub.db", (int)len, target);
    } else {
        const char *slash = strrchr(target, '/');
        snprintf(backup->folder, sizeof(backup->folder), "%.*s",
                 slash == target ? 1 : (int)(slash - target), slash ? target : ".");
        if (!slash)
            snprintf(backup->folder, sizeof(backup->folder), ".");
        snprintf(report->path, sizeof(report->path), "%s", target);
    }
    snprintf(backup->tmp, sizeof(backup->tmp), "%s.tmp", report->path);
    return check_folder(backup);
}

/* ---- the database ---- */

/* A read transaction holds the moment; otherwise each commit of the server would make the copy begin anew. */
static int open_source(struct backup *backup)
{
    const struct sqlite_options options = {.folder = backup->data};
    int64_t events = 0;
    int result = db_open(&backup->db, &options, SQLITE_OPEN_READONLY, backup->fault);
    if (result != OK)
        return result;
    result = db_run(&backup->db, "begin reading", "BEGIN");
    if (result == OK)
        result = db_check_form(&backup->db);
    if (result == OK)
        result = db_number(&backup->db, "count its events",
                           "SELECT coalesce(max(id), 0) FROM events", &events);
    backup->report->events = (uint64_t)events;
    if (result != OK)
        db_close(&backup->db);
    return result;
}

static int target_failed(struct backup *backup, sqlite3 *target, int code, const char *what)
{
    snprintf(backup->fault, STORE_FAULT_BYTES, "%.140s: cannot %s: %.60s (code %d)", backup->tmp,
             what, target ? sqlite3_errmsg(target) : sqlite3_errstr(code), code);
    return ERR_IO;
}

static int copy_pages(struct backup *backup, sqlite3 *target)
{
    /* Nobody else knows the file yet, and it is synced as a whole. */
    int code = sqlite3_exec(target, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", NULL,
                            NULL, NULL);
    sqlite3_backup *pages =
        code == SQLITE_OK ? sqlite3_backup_init(target, "main", backup->db.handle, "main") : NULL;
    if (!pages)
        return target_failed(backup, target, sqlite3_errcode(target), "begin the copy");
    do {
        code = sqlite3_backup_step(pages, STEP_PAGES);
    } while (code == SQLITE_OK);
    int finished = sqlite3_backup_finish(pages);
    if (code != SQLITE_DONE || finished != SQLITE_OK)
        return target_failed(backup, target, code, "copy the database");
    return OK;
}

/* As a URI, with which SQLite makes no files beside it. */
static void write_uri(const char *path, char *ret_uri, size_t size)
{
    size_t len = (size_t)snprintf(ret_uri, size, "file:");
    for (; *path && len + sizeof("%00?immutable=1") < size; path++) {
        bool plain = isalnum((unsigned char)*path) || strchr("/-_.", *path);
        len += (size_t)snprintf(ret_uri + len, size - len, plain ? "%c" : "%%%02X",
                                (unsigned char)*path);
    }
    snprintf(ret_uri + len, size - len, "?immutable=1");
}

static int check_copy(struct backup *backup)
{
    char uri[3 * sizeof(backup->tmp) + 32];
    sqlite3 *copy = NULL;
    sqlite3_stmt *row = NULL;
    int result = OK;
    write_uri(backup->tmp, uri, sizeof(uri));
    int code = sqlite3_open_v2(uri, &copy, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_prepare_v2(copy, "PRAGMA quick_check(1)", -1, &row, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(row);
    if (code != SQLITE_ROW) {
        result = target_failed(backup, copy, code, "check the copy");
    } else if (strcmp((const char *)sqlite3_column_text(row, 0), "ok") != 0) {
        snprintf(backup->fault, STORE_FAULT_BYTES, "the copy of the database is damaged: %.200s",
                 (const char *)sqlite3_column_text(row, 0));
        result = ERR_IO;
    }
    sqlite3_finalize(row);
    sqlite3_close(copy);
    return result;
}

static int sync_path(struct backup *backup, const char *path, bool whole_system)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool good = fd >= 0 && (whole_system ? syncfs(fd) : fsync(fd)) == 0;
    int result = good ? OK : failed(backup, path, "write it to disk");
    if (fd >= 0)
        close(fd);
    return result;
}

static int copy_database(struct backup *backup)
{
    sqlite3 *target = NULL;
    struct stat status;
    unlink(backup->tmp);
    int fd = open(backup->tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return failed(backup, backup->tmp, "make the file");
    close(fd);
    int code = sqlite3_open_v2(backup->tmp, &target, SQLITE_OPEN_READWRITE, NULL);
    int result = code == SQLITE_OK ? copy_pages(backup, target)
                                   : target_failed(backup, target, code, "open it");
    sqlite3_close(target);
    if (result == OK)
        result = check_copy(backup);
    if (result == OK)
        result = sync_path(backup, backup->tmp, false);
    if (result == OK && stat(backup->tmp, &status) == 0)
        backup->report->bytes = (uint64_t)status.st_size;
    return result;
}

/* ---- blobs ---- */

static int copy_bytes(struct backup *backup, int from, const char *path)
{
    int result = OK;
    int to = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (to < 0)
        return failed(backup, path, "make the file");
    ssize_t got;
    while ((got = copy_file_range(from, NULL, to, NULL, COPY_BYTES, 0)) > 0)
        continue;
    /* Not between these file systems. */
    static char bytes[1 << 16];
    while (got != 0 && (got = read(from, bytes, sizeof(bytes))) > 0) {
        if (write(to, bytes, (size_t)got) != got) {
            got = -1;
            break;
        }
    }
    if (got < 0)
        result = failed(backup, path, "copy the file");
    if (close(to) != 0 && result == OK)
        result = failed(backup, path, "copy the file");
    return result;
}

static int copy_blob(struct backup *backup, const char *from, const char *to)
{
    char tmp[BLOB_PATH_BYTES + sizeof(".tmp")];
    int fd = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return failed(backup, from, "read the file");
    snprintf(tmp, sizeof(tmp), "%s.tmp", to);
    int result = copy_bytes(backup, fd, tmp);
    close(fd);
    if (result == OK && rename(tmp, to) != 0)
        result = failed(backup, to, "put the file in place");
    if (result != OK)
        unlink(tmp);
    backup->report->copied += result == OK;
    return result;
}

/* A file that the server has deleted since is not missing. */
static int check_missing(struct backup *backup, const struct blob_size *blob, const char *path)
{
    const struct sqlite_options options = {.folder = backup->data};
    struct db now;
    bool named = true;
    int result = db_open(&now, &options, SQLITE_OPEN_READONLY, backup->fault);
    if (result != OK)
        return result;
    result = blob_is_named(&now, blob->hash, &named);
    db_close(&now);
    if (result != OK || !named)
        return result;
    errno = ENOENT;
    return failed(backup, path, "back up a file of a message");
}

static int back_up_blob(struct backup *backup, const struct blob_size *blob)
{
    char from[BLOB_PATH_BYTES], to[BLOB_PATH_BYTES];
    struct stat status;
    if (!blob_path(backup->data, blob->hash, from) || !blob_path(backup->folder, blob->hash, to))
        return deny(backup, backup->folder, "this name is too long");
    if (stat(to, &status) == 0 && (uint64_t)status.st_size == blob->bytes) {
        backup->report->kept++;
        return OK;
    }
    char *slash = strrchr(to, '/');
    *slash = '\0';
    if (mkdir(to, 0700) != 0 && errno != EEXIST)
        return failed(backup, to, "make the directory");
    *slash = '/';
    unlink(to);
    if (link(from, to) == 0) {
        backup->report->linked++;
        return OK;
    }
    return errno == ENOENT ? check_missing(backup, blob, from) : copy_blob(backup, from, to);
}

static int back_up_blobs(struct backup *backup, const struct blob_set *wanted)
{
    char path[sizeof(backup->folder) + sizeof("/files")];
    int result = OK;
    snprintf(path, sizeof(path), "%s/files", backup->folder);
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return failed(backup, path, "make the directory");
    for (size_t i = 0; i < wanted->count && result == OK; i++)
        result = back_up_blob(backup, &wanted->blobs[i]);
    return result == OK ? sync_path(backup, path, true) : result;
}

/* What was deleted on the server is not to live on in its backup. After the database has taken its place. */
static int drop_others(struct backup *backup, const struct blob_set *wanted)
{
    char path[BLOB_PATH_BYTES];
    struct blob_set there;
    int result = blob_set_list(&there, backup->folder, backup->fault);
    for (size_t i = 0; i < there.count && result == OK; i++) {
        if (blob_set_has(wanted, there.blobs[i].hash) ||
            !blob_path(backup->folder, there.blobs[i].hash, path))
            continue;
        if (unlink(path) != 0)
            result = failed(backup, path, "delete the file");
        backup->report->dropped += result == OK;
    }
    blob_set_release(&there);
    return result;
}

/* ---- all of it ---- */

/* Journals of whoever looked at the copy before would spoil the new one. */
static int put_in_place(struct backup *backup)
{
    static const char *const beside[] = {"-wal", "-shm", "-journal"};
    char path[sizeof(backup->report->path) + sizeof("-journal")];
    for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
        snprintf(path, sizeof(path), "%s%s", backup->report->path, beside[i]);
        if (unlink(path) != 0 && errno != ENOENT)
            return failed(backup, path, "delete the file");
    }
    if (rename(backup->tmp, backup->report->path) != 0)
        return failed(backup, backup->report->path, "put the copy in place");
    return sync_path(backup, backup->folder, false);
}

static int make(struct backup *backup)
{
    struct blob_set wanted;
    int result = blob_set_read(&wanted, &backup->db);
    if (result == OK && backup->report->is_directory)
        result = back_up_blobs(backup, &wanted);
    if (result == OK)
        result = copy_database(backup);
    if (result == OK)
        result = put_in_place(backup);
    if (result == OK && backup->report->is_directory)
        result = drop_others(backup, &wanted);
    if (!backup->report->is_directory)
        backup->report->left_out = wanted.count;
    if (result != OK)
        unlink(backup->tmp);
    blob_set_release(&wanted);
    return result;
}

int backup_make(const char *data, const char *target, struct backup_report *ret_report,
                char ret_fault[STORE_FAULT_BYTES])
{
    struct backup backup = {.data = data, .fault = ret_fault, .report = ret_report};
    *ret_report = (struct backup_report){0};
    /* The source comes first: what cannot be read leaves no empty folder behind. */
    int result = open_source(&backup);
    if (result != OK)
        return result;
    result = find_place(&backup, target);
    if (result == OK)
        result = make(&backup);
    db_close(&backup.db);
    return result;
}
