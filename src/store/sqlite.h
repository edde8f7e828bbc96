#pragma once
/*
 * The store on disk: one SQLite database (hubbub.db) in WAL mode with synchronous=FULL. One
 * connection writes and checkpoints, the writer's; each reading thread has a read-only one.
 * docs/decisions/0007-sqlite.md, docs/OPERATIONS.md.
 *
 * Beside the database the data directory holds hubbub.lock (locked while a program has the store
 * open, and not empty after one that did not stop in order) and hubbub.tail (the newest event a
 * moment ago).
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "chat/store.h"
#include "store/blob_folder.h"

struct sqlite_options {
    const char *folder;        /* the data directory, which exists */
    uint64_t reserve_bytes;    /* free space below which begin answers ERR_BUSY; 0: never */
    uint32_t deadline_ms;      /* of each read; 0: 200 */
    uint32_t cache_kb;         /* page cache of each connection; 0: SQLite's own 2,000 */
    struct blob_folder *blobs; /* kept; where the bytes of files are, or NULL */
    uint64_t unused_ms;        /* a file that is in no message for so long is deleted; 0: none is */
    bool no_index; /* messages are not taken into the index of the search: for measuring */
    const atomic_bool *stop; /* for sqlite_quick_check: ends it when it becomes true; or NULL */
};

/* What opening found out. */
struct sqlite_opened {
    bool unclean;   /* the program before did not stop in order: sqlite_quick_check is due */
    bool tail_lost; /* events that were acknowledged are gone: warning says so */
    char warning[STORE_FAULT_BYTES]; /* in one line; empty: none */
};

/**
 * Opens the database, makes it when it is not there, and brings it to the newest form. keeps
 * nothing of options but blobs. ERR_IO, ERR_EXISTS (another program has it open), ERR_DENIED (made by a newer
 * Hubbub, or no database of Hubbub) or ERR_BUSY (the disk is full), with one line for the person
 * who runs it in ret_fault.
 */
int sqlite_store_open(const struct sqlite_options *options, struct store **ret_store,
                      struct sqlite_opened *ret_opened, char ret_fault[STORE_FAULT_BYTES]);

/**
 * A reading connection, after the store was opened; it is to be closed before the store, whose
 * closing empties the WAL. ERR_IO with ret_fault.
 */
int sqlite_reader_open(const struct sqlite_options *options, struct store_reader **ret_reader,
                       char ret_fault[STORE_FAULT_BYTES]);

/**
 * Checks the whole database with a connection of its own; may take long, and as long the WAL cannot
 * be emptied. ERR_IO with ret_fault: it is damaged or cannot be read. ERR_AGAIN: stopped before the
 * end. Any thread.
 */
int sqlite_quick_check(const struct sqlite_options *options, char ret_fault[STORE_FAULT_BYTES]);
