#pragma once
/*
 * A copy of the data that is whole, made beside a running server (SQLite's online backup) or from data that nobody has open. The database is
 * copied as it is at one moment; the server goes on writing, and cannot empty its WAL before the copy is done.
 *
 * A directory as the target becomes like a data directory: hubbub.db and files/. Blobs never change, so they are linked where
 * the file system can, otherwise copied; those of an earlier backup that are still needed stay, the others go. A
 * file as the target holds the database alone.
 */

#include <stdbool.h>
#include <stdint.h>

#include "chat/store.h"

struct backup_report {
    char path[4096]; /* of the database's copy */
    bool is_directory;
    uint64_t bytes, events;                 /* of the database */
    uint64_t linked, copied, kept, dropped; /* blobs */
    uint64_t left_out;                      /* blobs, of a target that is a file */
};

/**
 * Makes one. The copy takes its place (rename) only when it is whole, checked and on disk; what was there before stays until then. ERR_IO or
 * ERR_DENIED with one line in ret_fault.
 */
int backup_make(const char *data, const char *target, struct backup_report *ret_report,
                char ret_fault[STORE_FAULT_BYTES]);
