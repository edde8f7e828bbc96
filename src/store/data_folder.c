#include "store/data_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"

enum { PATH_BYTES = 4096, LINE_BYTES = 128, SPACE_ASKED_MS = 1000 };

static int open_in(const char *folder, const char *name, int flags)
{
    char path[PATH_BYTES];
    if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return open(path, flags | O_CLOEXEC, 0600);
}

/* Reads a small file into text, with a NUL behind it; an empty text for one that cannot be read. */
static void read_line(int fd, char text[LINE_BYTES])
{
    ssize_t len = pread(fd, text, LINE_BYTES - 1, 0);
    text[len > 0 ? len : 0] = '\0';
}

static int failed(const char *path, const char *what, char fault[STORE_FAULT_BYTES])
{
    snprintf(fault, STORE_FAULT_BYTES, "%s: cannot %s: %s", path, what, strerror(errno));
    return ERR_IO;
}

/* Who holds the lock is for the reader of the line only; the lock is the kernel's. */
static int mark(int fd, const char *path, char fault[STORE_FAULT_BYTES])
{
    char text[LINE_BYTES];
    int len = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
    /* On disk before anything else is: otherwise a power cut would leave no trace of itself. */
    if (ftruncate(fd, 0) < 0 || pwrite(fd, text, (size_t)len, 0) != len || fsync(fd) < 0)
        return failed(path, "write hubbub.lock", fault);
    int folder_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder_fd < 0 || fsync(folder_fd) < 0) {
        int result = failed(path, "write the directory to disk", fault);
        if (folder_fd >= 0)
            close(folder_fd);
        return result;
    }
    close(folder_fd);
    return OK;
}

int data_folder_lock(struct data_folder *folder, const char *path, bool *ret_unclean,
                     char fault[STORE_FAULT_BYTES])
{
    char before[LINE_BYTES];
    int fd = open_in(path, "hubbub.lock", O_RDWR | O_CREAT);
    if (fd < 0)
        return failed(path, "open hubbub.lock", fault);
    if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        int result = errno == EWOULDBLOCK ? ERR_EXISTS : failed(path, "lock hubbub.lock", fault);
        read_line(fd, before);
        before[strcspn(before, "\n")] = '\0';
        if (result == ERR_EXISTS)
            snprintf(fault, STORE_FAULT_BYTES,
                     "%s: another Hubbub has this data directory open (process %s)", path,
                     before[0] ? before : "unknown");
        close(fd);
        return result;
    }
    read_line(fd, before);
    int result = mark(fd, path, fault);
    if (result != OK) {
        close(fd);
        return result;
    }
    *folder = (struct data_folder){.path = mem_copy_string(path, strlen(path)), .lock_fd = fd};
    *ret_unclean = before[0] != '\0';
    return OK;
}

void data_folder_release(struct data_folder *folder, bool clean)
{
    /* When this fails the next one checks what needs no check. */
    if (clean && ftruncate(folder->lock_fd, 0) == 0)
        fsync(folder->lock_fd);
    close(folder->lock_fd);
    mem_free(folder->path);
}

bool data_folder_is_short(struct data_folder *folder, uint64_t now_mono_ms)
{
    struct statvfs space;
    if (folder->reserve_bytes == 0)
        return false;
    if (folder->space_asked_ms != 0 && now_mono_ms - folder->space_asked_ms < SPACE_ASKED_MS)
        return folder->is_short;
    folder->space_asked_ms = now_mono_ms;
    /* One that cannot be asked is not called full: writing to it will show. */
    folder->is_short = statvfs(folder->path, &space) == 0 &&
                       (uint64_t)space.f_bavail * space.f_frsize < folder->reserve_bytes;
    return folder->is_short;
}

struct data_tail data_folder_read_tail(const struct data_folder *folder)
{
    struct data_tail tail = {0};
    char text[LINE_BYTES];
    int fd = open_in(folder->path, "hubbub.tail", O_RDONLY);
    if (fd < 0)
        return tail;
    read_line(fd, text);
    close(fd);
    int len = 0;
    if (sscanf(text, "room %" SCNu64 " seq %" SCNu64 " mid %" SCNu64 "\n%n", &tail.room, &tail.seq,
               &tail.mid, &len) != 3 ||
        len == 0 || text[len - 1] != '\n' || text[len] != '\0')
        return (struct data_tail){0};
    return tail;
}

/*
 * Without fsync: the file is to tell on a database that went back in time, and it does that when it
 * is a few seconds old as well. After a power cut it may be missing or empty; then nothing is
 * known, and nothing is claimed.
 */
int data_folder_write_tail(const struct data_folder *folder, const struct data_tail *tail)
{
    char text[LINE_BYTES], from[PATH_BYTES], to[PATH_BYTES];
    int fd = open_in(folder->path, "hubbub.tail.new", O_WRONLY | O_CREAT | O_TRUNC);
    if (fd < 0)
        return ERR_IO;
    int len = snprintf(text, sizeof(text), "room %" PRIu64 " seq %" PRIu64 " mid %" PRIu64 "\n",
                       tail->room, tail->seq, tail->mid);
    bool written = write(fd, text, (size_t)len) == len;
    close(fd);
    snprintf(from, sizeof(from), "%s/hubbub.tail.new", folder->path);
    snprintf(to, sizeof(to), "%s/hubbub.tail", folder->path);
    return written && rename(from, to) == 0 ? OK : ERR_IO;
}
