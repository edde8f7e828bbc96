#include "store/bad_disk.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chat/dice.h"

#include "base/memory.h"

/* A write that no sync has followed, and what stood there before. */
struct unsynced {
    struct unsynced *older;
    struct bad_file *file;
    sqlite3_int64 at, size_before;
    int len; /* of before */
    uint8_t before[];
};

struct bad_file {
    sqlite3_file base;
    sqlite3_file *real; /* behind this struct */
};

static struct {
    sqlite3_vfs vfs, *real;
    enum bad_disk what;
    unsigned at, count;
    bool failed;
    struct dice dice;
    struct unsynced *newest;
} disk;

static sqlite3_file *real_of(sqlite3_file *file)
{
    return ((struct bad_file *)file)->real;
}

/* ---- what a power cut leaves ---- */

static void remember(struct bad_file *file, sqlite3_int64 at, int len)
{
    struct unsynced *write = mem_zalloc(sizeof(*write) + (size_t)len);
    sqlite3_file *real = file->real;
    write->file = file;
    write->at = at;
    real->pMethods->xFileSize(real, &write->size_before);
    if (at < write->size_before) {
        write->len = write->size_before - at < len ? (int)(write->size_before - at) : len;
        real->pMethods->xRead(real, write->before, write->len, at);
    }
    write->older = disk.newest;
    disk.newest = write;
}

/* Forgets what was synced; file NULL: nothing of it is left to be synced by anybody. */
static void forget(const struct bad_file *file)
{
    struct unsynced **link = &disk.newest;
    while (*link) {
        struct unsynced *write = *link;
        if (write->file == file) {
            *link = write->older;
            mem_free(write);
        } else {
            link = &write->older;
        }
    }
}

/* The kernel may have written what was not synced, in any order, or not. */
static void cut_power(void)
{
    for (struct unsynced *write = disk.newest; write; write = write->older) {
        sqlite3_file *real = write->file->real;
        if (dice_below(&disk.dice, 2))
            continue;
        real->pMethods->xWrite(real, write->before, write->len, write->at);
        if (write->at >= write->size_before)
            real->pMethods->xTruncate(real, write->size_before);
    }
    _exit(0);
}

/* ---- operations that change a file ---- */

/* Returns whether this one is to go wrong. */
static bool is_due(void)
{
    bool due = disk.what != DISK_FINE && disk.count++ == disk.at;
    if (due && disk.what == DISK_POWER_CUT)
        cut_power();
    disk.failed |= due;
    return due || (disk.failed && disk.what == DISK_TORN);
}

static int failure(int code)
{
    return disk.what == DISK_FULL ? SQLITE_FULL : code;
}

static int write_file(sqlite3_file *file, const void *bytes, int len, sqlite3_int64 at)
{
    sqlite3_file *real = real_of(file);
    bool had_failed = disk.failed;
    if (is_due()) {
        if (disk.what == DISK_TORN && !had_failed)
            real->pMethods->xWrite(real, bytes, len / 2, at);
        return failure(SQLITE_IOERR_WRITE);
    }
    if (disk.what == DISK_POWER_CUT)
        remember((struct bad_file *)file, at, len);
    return real->pMethods->xWrite(real, bytes, len, at);
}

static int truncate_file(sqlite3_file *file, sqlite3_int64 size)
{
    if (is_due())
        return failure(SQLITE_IOERR_TRUNCATE);
    /*
     * Done at once and for good, which is the worst that can be: what it replaces must be on disk
     * before.
     */
    forget((struct bad_file *)file);
    return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int sync_file(sqlite3_file *file, int flags)
{
    (void)flags;
    if (is_due())
        return disk.what == DISK_FULL ? SQLITE_OK : SQLITE_IOERR_FSYNC;
    forget((struct bad_file *)file);
    return SQLITE_OK;
}

/* ---- the rest is passed on ---- */

static int close_file(sqlite3_file *file)
{
    forget((struct bad_file *)file);
    return real_of(file)->pMethods->xClose(real_of(file));
}

static int read_file(sqlite3_file *file, void *to, int len, sqlite3_int64 at)
{
    return real_of(file)->pMethods->xRead(real_of(file), to, len, at);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
    return real_of(file)->pMethods->xFileSize(real_of(file), ret_size);
}

static int lock(sqlite3_file *file, int how)
{
    return real_of(file)->pMethods->xLock(real_of(file), how);
}

static int unlock(sqlite3_file *file, int how)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), how);
}

static int check_lock(sqlite3_file *file, int *ret_held)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), ret_held);
}

static int control(sqlite3_file *file, int op, void *arg)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), op, arg);
}

static int sector_size(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

/* None: whatever the real disk promises, this one does not. */
static int characteristics(sqlite3_file *file)
{
    (void)file;
    return 0;
}

static int shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **ret_at)
{
    return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, ret_at);
}

static int shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}

static void shm_barrier(sqlite3_file *file)
{
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int shm_unmap(sqlite3_file *file, int delete)
{
    return real_of(file)->pMethods->xShmUnmap(real_of(file), delete);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = file_size,
    .xLock = lock,
    .xUnlock = unlock,
    .xCheckReservedLock = check_lock,
    .xFileControl = control,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
};

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                     int *ret_flags)
{
    struct bad_file *bad = (struct bad_file *)file;
    (void)vfs;
    bad->real = (sqlite3_file *)(bad + 1);
    int code = disk.real->xOpen(disk.real, name, bad->real, flags, ret_flags);
    bad->base.pMethods = code == SQLITE_OK ? &methods : NULL;
    return code;
}

void bad_disk_install(void)
{
    disk.real = sqlite3_vfs_find(NULL);
    disk.vfs = *disk.real;
    disk.vfs.zName = "bad disk";
    disk.vfs.szOsFile += (int)sizeof(struct bad_file);
    disk.vfs.xOpen = open_file;
    sqlite3_vfs_register(&disk.vfs, 1);
}

void bad_disk_arm(enum bad_disk what, unsigned at, uint64_t seed)
{
    disk.what = what;
    disk.at = at;
    disk.count = 0;
    disk.failed = false;
    disk.dice = dice_from(seed);
}

unsigned bad_disk_count(void)
{
    return disk.count;
}

bool bad_disk_has_failed(void)
{
    return disk.failed;
}
