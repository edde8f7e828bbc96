#include "jobs/blob_set.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/hex.h"
#include "base/memory.h"

enum { FOLDER_DIGITS = 2, NAME_DIGITS = 2 * BLOB_HASH_BYTES };

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, BLOB_HASH_BYTES);
}

static void add(struct blob_set *set, const uint8_t *hash, uint64_t bytes)
{
    if (set->count == set->cap) {
        set->cap = set->cap ? 2 * set->cap : 64;
        set->blobs = mem_realloc(set->blobs, set->cap * sizeof(set->blobs[0]));
    }
    struct blob_size *blob = &set->blobs[set->count++];
    memcpy(blob->hash, hash, BLOB_HASH_BYTES);
    blob->bytes = bytes;
}

static void sort(struct blob_set *set)
{
    if (set->count > 0)
        qsort(set->blobs, set->count, sizeof(set->blobs[0]), compare);
}

bool blob_set_has(const struct blob_set *set, const uint8_t hash[BLOB_HASH_BYTES])
{
    return set->count > 0 &&
           bsearch(hash, set->blobs, set->count, sizeof(set->blobs[0]), compare) != NULL;
}

void blob_set_release(struct blob_set *set)
{
    mem_free(set->blobs);
    *set = (struct blob_set){0};
}

bool blob_path(const char *data, const uint8_t hash[BLOB_HASH_BYTES],
               char ret_path[BLOB_PATH_BYTES])
{
    char name[NAME_DIGITS + 1];
    for (size_t i = 0; i < BLOB_HASH_BYTES; i++)
        snprintf(name + 2 * i, 3, "%02x", hash[i]);
    return snprintf(ret_path, BLOB_PATH_BYTES, "%s/files/%.2s/%s", data, name,
                    name + FOLDER_DIGITS) < BLOB_PATH_BYTES;
}

/* ---- in the tables ---- */

int blob_set_read(struct blob_set *set, struct db *db)
{
    static const char sql[] = "SELECT hash, max(bytes) FROM (SELECT hash, bytes FROM files UNION"
                              " SELECT thumbnail, thumbnail_bytes FROM files"
                              " WHERE thumbnail IS NOT NULL) GROUP BY hash ORDER BY hash";
    sqlite3_stmt *rows = NULL;
    *set = (struct blob_set){0};
    errno = 0;
    int code = sqlite3_prepare_v2(db->handle, sql, -1, &rows, NULL);
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(rows);
        if (code == SQLITE_ROW && column_slice(rows, 0).len == BLOB_HASH_BYTES)
            add(set, column_slice(rows, 0).ptr, column_u64(rows, 1));
    }
    int result = db_error(db, code, "read which files there are");
    sqlite3_finalize(rows);
    return result;
}

int blob_is_named(struct db *db, const uint8_t hash[BLOB_HASH_BYTES], bool *ret_named)
{
    static const char sql[] = "SELECT EXISTS(SELECT 1 FROM files WHERE hash = ?1)"
                              " OR EXISTS(SELECT 1 FROM files WHERE thumbnail = ?1)"
                              " OR EXISTS(SELECT 1 FROM garbage WHERE hash = ?1)";
    sqlite3_stmt *row = NULL;
    errno = 0;
    int code = sqlite3_prepare_v2(db->handle, sql, -1, &row, NULL);
    if (code == SQLITE_OK) {
        bind_blob(row, 1, slice_of(hash, BLOB_HASH_BYTES));
        code = sqlite3_step(row);
    }
    int result = db_error(db, code, "look for a file");
    if (code == SQLITE_ROW)
        *ret_named = sqlite3_column_int(row, 0) != 0;
    sqlite3_finalize(row);
    return result;
}

/* ---- on disk ---- */

static bool read_digits(const char *text, size_t digits, uint8_t *bytes)
{
    if (strlen(text) != digits)
        return false;
    for (size_t i = 0; i < digits; i += 2) {
        int high = hex_value((uint8_t)text[i]), low = hex_value((uint8_t)text[i + 1]);
        if (high < 0 || low < 0)
            return false;
        bytes[i / 2] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static int failed(const char *path, char fault[STORE_FAULT_BYTES])
{
    snprintf(fault, STORE_FAULT_BYTES, "%.140s: cannot read the directory: %.60s", path,
             strerror(errno));
    return ERR_IO;
}

/* The blobs whose hash begins with this byte. */
static int list_folder(struct blob_set *set, const char *path, uint8_t first,
                       char fault[STORE_FAULT_BYTES])
{
    uint8_t hash[BLOB_HASH_BYTES] = {first};
    struct stat status;
    DIR *folder = opendir(path);
    if (!folder)
        return failed(path, fault);
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (read_digits(entry->d_name, NAME_DIGITS - FOLDER_DIGITS, hash + 1) &&
            fstatat(dirfd(folder), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0)
            add(set, hash, (uint64_t)status.st_size);
    }
    closedir(folder);
    return OK;
}

int blob_set_list(struct blob_set *set, const char *data, char fault[STORE_FAULT_BYTES])
{
    char path[BLOB_PATH_BYTES];
    uint8_t first;
    int result = OK;
    *set = (struct blob_set){0};
    snprintf(path, sizeof(path), "%s/files", data);
    DIR *folder = opendir(path);
    if (!folder)
        return errno == ENOENT ? OK : failed(path, fault);
    for (const struct dirent *entry; result == OK && (entry = readdir(folder)) != NULL;) {
        if (!read_digits(entry->d_name, FOLDER_DIGITS, &first))
            continue;
        snprintf(path, sizeof(path), "%s/files/%.2s", data, entry->d_name);
        result = list_folder(set, path, first, fault);
    }
    closedir(folder);
    sort(set);
    return result;
}
