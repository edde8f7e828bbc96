#pragma once
/*
 * The store on disk: one SQLite database (hubbub.db) in WAL mode with synchronous=FULL. One connection writes and checkpoints, the
 * writer's; each reading thread has a read-only one. docs/decisions/0007-sqlite.md, docs/OPERATIONS.md.
 */

#include <stdbool.h>
#include <stdint.h>

#include "chat/store.h"

struct sqlite_options {
    const char *folder;         /* the data directory, which exists */
    uint64_t (*next_mid)(void); /* unused by the store itself; random ids for a fresh database */
    uint64_t reserve_bytes;     /* free space below which begin answers ERR_BUSY; 0: never */
    uint32_t deadline_ms;       /* of each read; 200 */
    uint32_t cache_kb;          /* page cache of each connection */
};

/**
 * Opens the database, makes it when it is not there, and brings it to the newest form. ERR_IO, ERR_EXISTS (another program has it open) or ERR_DENIED (made by a
 * newer Hubbub), with one line for the person who runs it in ret_fault. ret_unclean: the program before did not stop in order: sqlite_quick_check is due.
 */
int sqlite_store_open(const struct sqlite_options *options, struct store **ret_store, bool *ret_unclean,
                      char ret_fault[STORE_FAULT_BYTES]);

/** A reading connection, after the store was opened. ERR_IO with ret_fault. */
int sqlite_reader_open(const struct sqlite_options *options, struct store_reader **ret_reader,
                       char ret_fault[STORE_FAULT_BYTES]);

/** Checks the whole database with a connection of its own; may take long. ERR_IO with ret_fault. Any thread. */
int sqlite_quick_check(const struct sqlite_options *options, char ret_fault[STORE_FAULT_BYTES]);
