#include "app/storage.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "store/fault.h"
#include "store/memory.h"

enum {
    READ_DEADLINE_MS = 200,
    CACHE_KB = 4096,
    DISK_THREADS = 2, /* the disk is one; a second thread computes SHA-256 while the first waits */
};

static int prepare_folder(const char *folder)
{
    struct stat status;
    if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
        log_error("--data: cannot make the directory %s: %s", folder, strerror(errno));
        return ERR_IO;
    }
    if (stat(folder, &status) != 0 || !S_ISDIR(status.st_mode)) {
        log_error("--data: %s is not a directory", folder);
        return ERR_IO;
    }
    if (access(folder, R_OK | W_OK | X_OK) != 0) {
        log_error("--data: cannot use the directory %s: %s", folder, strerror(errno));
        return ERR_IO;
    }
    return OK;
}

static int open_sqlite(struct storage *storage)
{
    struct sqlite_opened opened;
    char fault[STORE_FAULT_BYTES];
    int result = sqlite_store_open(&storage->sqlite, &storage->store, &opened, fault);
    if (result != OK) {
        log_error("--data: %s", fault);
        return result;
    }
    if (opened.warning[0])
        log_error("%s", opened.warning);
    storage->checking = opened.unclean;
    return OK;
}

/* Only once the directory is locked: it clears away what another program may be writing. */
static int open_blobs(struct storage *storage, const struct config *config)
{
    char fault[STORE_FAULT_BYTES];
    if (disk_pool_start(&storage->disk, DISK_THREADS, STORAGE_DISK_LETTER) != OK) {
        log_error("cannot start the threads for files: %s", strerror(errno));
        return ERR_IO;
    }
    int result = blob_folder_open(&storage->blobs, config->data, config->disk_reserve,
                                  &storage->disk, fault);
    storage->has_blobs = result == OK;
    if (result != OK)
        log_error("--data: %s", fault);
    return result;
}

int storage_open(struct storage *storage, const struct config *config,
                 const struct storage_ports *ports)
{
    const struct memory_store_limits limits = {.events_max = 100000, .bytes_max = 64 << 20};
    *storage = (struct storage){
        .ports = *ports,
        .sqlite =
            {
                .folder = config->data,
                .reserve_bytes = config->disk_reserve,
                .deadline_ms = READ_DEADLINE_MS,
                .cache_kb = CACHE_KB,
                .blobs = &storage->blobs,
                .unused_ms = config->upload_unused_ms,
            },
    };
    storage->sqlite.stop = &storage->stop_check;
    int result = prepare_folder(config->data);
    if (result != OK)
        return result;
    if (strcmp(config->store, "memory") == 0) {
        storage->store = memory_store_new(&limits);
    } else if (strcmp(config->store, "sqlite") == 0) {
        result = open_sqlite(storage);
        if (result == OK)
            result = open_blobs(storage, config);
    } else {
        log_error("--store: \"%s\" is not known; there are: sqlite, memory", config->store);
        result = ERR_NOT_FOUND;
    }
    if (result == OK)
        store_fault_apply(storage->store);
    return result;
}

/* ---- threads ---- */

static void *check(void *arg)
{
    struct storage *storage = arg;
    char fault[STORE_FAULT_BYTES];
    log_info("the program before did not stop in order: checking the database");
    int result = sqlite_quick_check(&storage->sqlite, fault);
    if (result == OK)
        log_info("the database is sound");
    else if (result != ERR_AGAIN)
        storage->ports.broken(storage->ports.ctx, fault);
    return NULL;
}

static int open_readers(struct storage *storage, const struct config *config,
                        struct store_reader **stores, size_t *ret_count)
{
    char fault[STORE_FAULT_BYTES];
    bool memory = strcmp(config->store, "memory") == 0;
    for (*ret_count = 0; *ret_count < config->readers; (*ret_count)++) {
        struct store_reader **reader = &stores[*ret_count];
        if (memory) {
            *reader = memory_reader_new(storage->store);
        } else if (sqlite_reader_open(&storage->sqlite, reader, fault) != OK) {
            log_error("--data: %s", fault);
            return ERR_IO;
        }
    }
    return OK;
}

int storage_start(struct storage *storage, const struct config *config)
{
    struct store_reader *stores[READERS_MAX];
    size_t count;
    const struct reader_ports ports = {storage->ports.ctx, storage->ports.answer};
    int result = open_readers(storage, config, stores, &count);
    if (result != OK) {
        while (count-- > 0)
            stores[count]->ops->close(stores[count]);
        return result;
    }
    result = reader_pool_start(&storage->readers, stores, count, &ports);
    if (result != OK) {
        log_error("cannot start the reading threads: %s", strerror(errno));
        return result;
    }
    storage->readers_started = true;
    if (storage->checking)
        storage->checking = pthread_create(&storage->check, NULL, check, storage) == 0;
    return OK;
}

void storage_stop(struct storage *storage)
{
    atomic_store(&storage->stop_check, true);
    if (storage->readers_started && storage->checking)
        pthread_join(storage->check, NULL);
    if (storage->readers_started)
        reader_pool_stop(&storage->readers);
    storage->readers_started = storage->checking = false;
    disk_pool_stop(&storage->disk);
}

void storage_close(struct storage *storage)
{
    if (storage->store)
        storage->store->ops->close(storage->store);
    storage->store = NULL;
    if (storage->has_blobs)
        blob_folder_close(&storage->blobs);
    storage->has_blobs = false;
}
