#pragma once
/*
 * The store that the settings name, with its reading threads, and the files beside it, with the disk threads: opened and
 * taken down as one.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "app/config.h"
#include "chat/store.h"
#include "store/blob_folder.h"
#include "store/disk_pool.h"
#include "store/reader.h"
#include "store/sqlite.h"

enum { STORAGE_DISK_LETTER = 50 }; /* letter.kind of a disk job that comes home */

struct storage_ports {
    void *ctx;
    /** Takes a question with its answer. On a reading thread. */
    void (*answer)(void *ctx, struct store_read *read);
    /** The store is damaged: must end the program. Any thread. */
    void (*broken)(void *ctx, const char *fault);
};

struct storage {
    struct storage_ports ports;
    struct sqlite_options sqlite;
    struct store *store;
    struct reader_pool readers;
    struct disk_pool disk;
    struct blob_folder blobs; /* of files; see has_blobs */
    bool has_blobs;           /* a store in memory keeps no files */
    bool readers_started, checking;
    atomic_bool stop_check;
    pthread_t check;
};

/**
 * Makes the data directory where it is missing and opens the store. Returns OK, or an error after one clear line in the log.
 * keeps config.
 */
int storage_open(struct storage *storage, const struct config *config,
                 const struct storage_ports *ports);

/** Starts the reading threads and, after an unclean stop, the check. OK, or an error after a line in the log. */
int storage_start(struct storage *storage, const struct config *config);

/** Ends the threads: no question may be on its way any more. Disk jobs are done, and lie at home. */
void storage_stop(struct storage *storage);

/** Closes the store. Also after a failed storage_open. */
void storage_close(struct storage *storage);
