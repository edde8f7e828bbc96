#pragma once
/*
 * Which blobs there are, on disk or in the tables, sorted by their hash: what a backup copies and a check compares. One
 * thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chat/store.h"
#include "store/blob_folder.h"
#include "store/sqlite_db.h"

enum { BLOB_PATH_BYTES = 4096 };

struct blob_size {
    uint8_t hash[BLOB_HASH_BYTES];
    uint64_t bytes;
};

struct blob_set {
    size_t count, cap;
    struct blob_size *blobs; /* owned */
};

/** What files and their thumbnails refer to. ERR_IO with db->fault. */
int blob_set_read(struct blob_set *set, struct db *db);

/** What lies in DATA/files; a folder that is not there is empty. ERR_IO with a line in fault. */
int blob_set_list(struct blob_set *set, const char *data, char fault[STORE_FAULT_BYTES]);

bool blob_set_has(const struct blob_set *set, const uint8_t hash[BLOB_HASH_BYTES]);

void blob_set_release(struct blob_set *set);

/** Writes DATA/files/ab/cdef…; false: the path is too long. */
bool blob_path(const char *data, const uint8_t hash[BLOB_HASH_BYTES],
               char ret_path[BLOB_PATH_BYTES]);

/** Whether a row of files, or the list of what is to be deleted, names the blob now. ERR_IO with db->fault. */
int blob_is_named(struct db *db, const uint8_t hash[BLOB_HASH_BYTES], bool *ret_named);
