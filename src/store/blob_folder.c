#include "store/blob_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/error.h"
#include "base/hex.h"
#include "base/memory.h"

enum {
    /* The kernel is told to write so often: or the last fsync would have all of a long file before it. */
    PUSH_BYTES = 8 << 20,
    PATH_BYTES = 4096,
    PLACE_BYTES = BLOB_NAME_BYTES + 1, /* "ab/cdef…" */
};

/* ---- names ---- */

static void name_of(const uint8_t hash[BLOB_HASH_BYTES], char ret_name[BLOB_NAME_BYTES])
{
    for (size_t i = 0; i < BLOB_HASH_BYTES; i++)
        snprintf(ret_name + 2 * i, 3, "%02x", hash[i]);
}

static void place_of(const uint8_t hash[BLOB_HASH_BYTES], char ret_place[PLACE_BYTES])
{
    char name[BLOB_NAME_BYTES];
    name_of(hash, name);
    snprintf(ret_place, PLACE_BYTES, "%.2s/%s", name, name + 2);
}

static bool hash_of_name(const char *name, uint8_t ret_hash[BLOB_HASH_BYTES])
{
    if (strlen(name) != BLOB_NAME_BYTES - 1)
        return false;
    for (size_t i = 0; i < BLOB_HASH_BYTES; i++) {
        int high = hex_value((uint8_t)name[2 * i]), low = hex_value((uint8_t)name[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        ret_hash[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static bool is_full(int error)
{
    return error == ENOSPC || error == EDQUOT;
}

static int error_of(int error)
{
    errno = error;
    return is_full(error) ? ERR_BUSY : ERR_IO;
}

/* ---- notes; with the lock ---- */

static struct blob_note *find_note(struct blob_folder *folder, const uint8_t *hash)
{
    for (size_t i = 0; i < folder->notes_count; i++) {
        if (memcmp(folder->notes[i].hash, hash, BLOB_HASH_BYTES) == 0)
            return &folder->notes[i];
    }
    return NULL;
}

static struct blob_note *note(struct blob_folder *folder, const uint8_t *hash)
{
    struct blob_note *found = find_note(folder, hash);
    if (found)
        return found;
    if (folder->notes_count == folder->notes_cap) {
        folder->notes_cap = folder->notes_cap ? 2 * folder->notes_cap : 16;
        folder->notes = mem_realloc(folder->notes, folder->notes_cap * sizeof(folder->notes[0]));
    }
    found = &folder->notes[folder->notes_count++];
    *found = (struct blob_note){.pins = 0};
    memcpy(found->hash, hash, BLOB_HASH_BYTES);
    return found;
}

/* Forgets what is neither pinned nor suspect, with its mark. */
static void settle_note(struct blob_folder *folder, struct blob_note *at)
{
    char name[BLOB_NAME_BYTES];
    if (at->pins > 0 || at->suspect)
        return;
    name_of(at->hash, name);
    unlinkat(folder->tmp_fd, name, 0);
    *at = folder->notes[--folder->notes_count];
}

/* The mark comes before the blob: a blob without a row always has one. */
static int pin(struct blob_folder *folder, const uint8_t *hash)
{
    char name[BLOB_NAME_BYTES];
    name_of(hash, name);
    pthread_mutex_lock(&folder->lock);
    int fd = openat(folder->tmp_fd, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    int error = errno;
    if (fd >= 0) {
        close(fd);
        note(folder, hash)->pins++;
    }
    pthread_mutex_unlock(&folder->lock);
    return fd >= 0 ? OK : error_of(error);
}

void blob_unpin(struct blob_folder *folder, const uint8_t hash[BLOB_HASH_BYTES], bool kept)
{
    pthread_mutex_lock(&folder->lock);
    struct blob_note *found = find_note(folder, hash);
    ASSERT(found && found->pins > 0);
    found->pins--;
    found->suspect |= !kept;
    settle_note(folder, found);
    pthread_mutex_unlock(&folder->lock);
}

size_t blob_suspects(struct blob_folder *folder, uint8_t (*ret_hashes)[BLOB_HASH_BYTES], size_t max)
{
    size_t count = 0;
    pthread_mutex_lock(&folder->lock);
    for (size_t i = 0; i < folder->notes_count && count < max; i++) {
        if (folder->notes[i].suspect)
            memcpy(ret_hashes[count++], folder->notes[i].hash, BLOB_HASH_BYTES);
    }
    pthread_mutex_unlock(&folder->lock);
    return count;
}

static void clear(struct blob_folder *folder, const uint8_t *hash)
{
    struct blob_note *found = find_note(folder, hash);
    if (!found)
        return;
    found->suspect = false;
    settle_note(folder, found);
}

void blob_cleared(struct blob_folder *folder, const uint8_t hash[BLOB_HASH_BYTES])
{
    pthread_mutex_lock(&folder->lock);
    clear(folder, hash);
    pthread_mutex_unlock(&folder->lock);
}

/* ---- the folder ---- */

static int failed(const char *path, const char *what, char fault[STORE_FAULT_BYTES])
{
    snprintf(fault, STORE_FAULT_BYTES, "%.150s: cannot %s: %s", path, what, strerror(errno));
    return ERR_IO;
}

/* What was not finished goes; a mark says which blob has to be looked at. */
static int clear_tmp(struct blob_folder *folder)
{
    uint8_t hash[BLOB_HASH_BYTES];
    int fd = openat(folder->tmp_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = fd >= 0 ? fdopendir(fd) : NULL;
    if (!entries) {
        if (fd >= 0)
            close(fd);
        return ERR_IO;
    }
    for (struct dirent *entry = readdir(entries); entry; entry = readdir(entries)) {
        if (hash_of_name(entry->d_name, hash))
            note(folder, hash)->suspect = true;
        else if (entry->d_name[0] != '.')
            unlinkat(folder->tmp_fd, entry->d_name, 0);
    }
    closedir(entries);
    return OK;
}

static int make_folder(int at, const char *name)
{
    if (mkdirat(at, name, 0700) != 0 && errno != EEXIST)
        return -1;
    return openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int result = fd >= 0 ? fsync(fd) : -1;
    int error = errno;
    if (fd >= 0)
        close(fd);
    errno = error;
    return result;
}

int blob_folder_open(struct blob_folder *folder, const char *data, uint64_t reserve_bytes,
                     struct disk_pool *disk, char fault[STORE_FAULT_BYTES])
{
    char path[PATH_BYTES];
    *folder =
        (struct blob_folder){.fd = -1, .tmp_fd = -1, .reserve_bytes = reserve_bytes, .disk = disk};
    pthread_mutex_init(&folder->lock, NULL);
    snprintf(path, sizeof(path), "%s/files", data);
    folder->fd = make_folder(AT_FDCWD, path);
    if (folder->fd >= 0)
        folder->tmp_fd = make_folder(folder->fd, "tmp");
    /* On disk before the first blob is: the folder itself, in its own one, too. */
    if (folder->tmp_fd >= 0 && clear_tmp(folder) == OK && sync_folder(data) == 0 &&
        fsync(folder->fd) == 0)
        return OK;
    failed(path, "make or read the folder of files", fault);
    blob_folder_close(folder);
    return ERR_IO;
}

void blob_folder_close(struct blob_folder *folder)
{
    if (folder->tmp_fd >= 0)
        close(folder->tmp_fd);
    if (folder->fd >= 0)
        close(folder->fd);
    folder->fd = folder->tmp_fd = -1;
    mem_free(folder->notes);
    folder->notes = NULL;
    folder->notes_count = folder->notes_cap = 0;
    pthread_mutex_destroy(&folder->lock);
}

bool blob_folder_is_short(const struct blob_folder *folder, uint64_t more_bytes)
{
    struct statvfs space;
    if (fstatvfs(folder->fd, &space) != 0)
        return false; /* writing will show */
    uint64_t free_bytes = (uint64_t)space.f_bavail * space.f_frsize;
    return free_bytes < folder->reserve_bytes || free_bytes - folder->reserve_bytes < more_bytes;
}

/* ---- writing ---- */

int blob_writer_begin(struct blob_writer *writer, struct blob_folder *folder,
                      uint64_t expected_bytes)
{
    *writer = (struct blob_writer){.folder = folder, .fd = -1};
    if (blob_folder_is_short(folder, expected_bytes))
        return ERR_BUSY;
    snprintf(writer->name, sizeof(writer->name), "new-%u",
             atomic_fetch_add_explicit(&folder->next_name, 1, memory_order_relaxed));
    writer->fd =
        openat(folder->tmp_fd, writer->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (writer->fd < 0)
        return error_of(errno);
    writer->digest = EVP_MD_CTX_new();
    ASSERT(writer->digest && EVP_DigestInit_ex(writer->digest, EVP_sha256(), NULL) == 1);
    return OK;
}

/* Has the kernel begin to write what is there, and looks whether there is still room. */
static int push(struct blob_writer *writer)
{
    sync_file_range(writer->fd, (off_t)writer->pushed_bytes,
                    (off_t)(writer->bytes - writer->pushed_bytes), SYNC_FILE_RANGE_WRITE);
    writer->pushed_bytes = writer->bytes;
    return blob_folder_is_short(writer->folder, 0) ? ERR_BUSY : OK;
}

int blob_writer_add(struct blob_writer *writer, const void *bytes, size_t len)
{
    const uint8_t *at = bytes;
    ASSERT(writer->fd >= 0 && EVP_DigestUpdate(writer->digest, bytes, len) == 1);
    for (size_t left = len; left > 0;) {
        ssize_t written = write(writer->fd, at, left);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return error_of(errno);
        at += written;
        left -= (size_t)written;
    }
    writer->bytes += len;
    return writer->bytes - writer->pushed_bytes >= PUSH_BYTES ? push(writer) : OK;
}

/* The folder in which the blob is to stand, made and on disk. */
static int open_place(const struct blob_folder *folder, const char *place)
{
    char name[3] = {place[0], place[1], '\0'};
    int fd = openat(folder->fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0 || errno != ENOENT)
        return fd;
    fd = make_folder(folder->fd, name);
    if (fd >= 0 && fsync(folder->fd) != 0) {
        int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

/* A blob that is there already is replaced by itself: should it have been damaged, it is whole again. */
static int move_into_place(struct blob_writer *writer, const char *place)
{
    struct blob_folder *folder = writer->folder;
    int fd = open_place(folder, place);
    if (fd < 0)
        return error_of(errno);
    int result = OK;
    if (renameat(folder->tmp_fd, writer->name, fd, place + 3) != 0 || fsync(fd) != 0)
        result = error_of(errno);
    int error = errno;
    close(fd);
    errno = error;
    return result;
}

int blob_writer_finish(struct blob_writer *writer, uint8_t ret_hash[BLOB_HASH_BYTES])
{
    uint8_t hash[BLOB_HASH_BYTES];
    char place[PLACE_BYTES];
    ASSERT(EVP_DigestFinal_ex(writer->digest, hash, NULL) == 1);
    place_of(hash, place);
    /* After a failed fsync the kernel has forgotten what it could not write: the blob is given up. */
    int result = fsync(writer->fd) == 0 ? OK : error_of(errno);
    if (result == OK)
        result = pin(writer->folder, hash);
    if (result == OK) {
        result = move_into_place(writer, place);
        if (result != OK)
            blob_unpin(writer->folder, hash, false);
    }
    int error = errno;
    if (result == OK)
        memcpy(ret_hash, hash, BLOB_HASH_BYTES);
    blob_writer_drop(writer);
    errno = error;
    return result;
}

void blob_writer_drop(struct blob_writer *writer)
{
    if (writer->fd < 0)
        return;
    close(writer->fd);
    writer->fd = -1;
    unlinkat(writer->folder->tmp_fd, writer->name, 0); /* not there any more when it is done */
    EVP_MD_CTX_free(writer->digest);
    writer->digest = NULL;
}

/* ---- reading and removing ---- */

int blob_open(const struct blob_folder *folder, const uint8_t hash[BLOB_HASH_BYTES],
              uint64_t *ret_bytes)
{
    char place[PLACE_BYTES];
    struct stat status;
    place_of(hash, place);
    int fd = openat(folder->fd, place, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        close(fd);
        return ERR_IO;
    }
    *ret_bytes = (uint64_t)status.st_size;
    return fd;
}

/* The bytes of a removed blob, which take the disk time. */
struct gone {
    struct disk_job job;
    int tmp_fd;
    char name[24];
};

static void unlink_gone(struct disk_job *job)
{
    struct gone *gone = (struct gone *)job;
    unlinkat(gone->tmp_fd, gone->name, 0); /* what stays is cleared away at the next start */
}

static void free_gone(struct disk_job *job)
{
    mem_free(job);
}

int blob_remove(struct blob_folder *folder, const uint8_t hash[BLOB_HASH_BYTES])
{
    char place[PLACE_BYTES];
    place_of(hash, place);
    struct gone *gone = mem_zalloc(sizeof(*gone));
    gone->job = (struct disk_job){.run = unlink_gone, .done = free_gone};
    gone->tmp_fd = folder->tmp_fd;
    snprintf(gone->name, sizeof(gone->name), "gone-%u",
             atomic_fetch_add_explicit(&folder->next_name, 1, memory_order_relaxed));

    pthread_mutex_lock(&folder->lock);
    const struct blob_note *found = find_note(folder, hash);
    int result = found && found->pins > 0 ? ERR_BUSY : OK;
    bool moved = result == OK && renameat(folder->fd, place, folder->tmp_fd, gone->name) == 0;
    int error = errno;
    if (result == OK && !moved && error != ENOENT)
        result = ERR_IO;
    if (result == OK)
        clear(folder, hash);
    pthread_mutex_unlock(&folder->lock);

    if (moved)
        disk_pool_submit(folder->disk, disk_pool_lane(folder->disk), &gone->job);
    else
        mem_free(gone);
    errno = error;
    return result;
}
