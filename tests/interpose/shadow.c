#include "interpose/shadow.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Bare system calls throughout: none of these is to be counted, or to fail. */

static long copy(long from, long to)
{
    loff_t at = 0;
    long done;
    do
        done = syscall(SYS_copy_file_range, from, &at, to, NULL, (size_t)1 << 30, 0);
    while (done > 0);
    return done;
}

/* Returns the length of path, or -1. */
static long path_of(int fd, char path[PATH_MAX])
{
    char link[64];
    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    long len = syscall(SYS_readlink, link, path, PATH_MAX - 1);
    if (len > 0)
        path[len] = '\0';
    return len;
}

void shadow_keep(int fd)
{
    char path[PATH_MAX], new_path[PATH_MAX + 8], kept_path[PATH_MAX];
    struct stat status;
    const char *folder = getenv("FAIL_SHADOW");
    if (!folder || path_of(fd, path) <= 0)
        return;
    if (syscall(SYS_newfstatat, fd, "", &status, AT_EMPTY_PATH) < 0 || !S_ISREG(status.st_mode))
        return;
    const char *name = strrchr(path, '/');
    snprintf(kept_path, sizeof(kept_path), "%s%s", folder, name ? name : path);
    snprintf(new_path, sizeof(new_path), "%s.new", kept_path);
    /* From this very descriptor: closing another one of the file would drop SQLite's locks. */
    long to =
        syscall(SYS_openat, AT_FDCWD, new_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    /* Only a whole copy takes the place of the one before: the program may be killed meanwhile. */
    if (to >= 0 && copy(fd, to) == 0)
        syscall(SYS_rename, new_path, kept_path);
    if (to >= 0)
        syscall(SYS_close, to);
}

void shadow_forget(const char *path)
{
    char kept_path[PATH_MAX];
    const char *folder = getenv("FAIL_SHADOW");
    const char *name = strrchr(path, '/');
    if (!folder || !name)
        return;
    snprintf(kept_path, sizeof(kept_path), "%s%s", folder, name);
    syscall(SYS_unlinkat, AT_FDCWD, kept_path, 0);
}
