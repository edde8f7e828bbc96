/*
 * System calls that fail when plan.h says so.
 */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "interpose/plan.h"
#include "interpose/shadow.h"

/* What the name stands for behind us. */
#define NEXT(name) ((__typeof__(&name))next(&name##_next, #name))
#define SLOT(name) static void *_Atomic name##_next

static void *next(void *_Atomic *slot, const char *name)
{
    void *found = atomic_load(slot);
    if (!found) {
        found = dlsym(RTLD_NEXT, name);
        if (!found)
            abort();
        atomic_store(slot, found);
    }
    return found;
}

/* The call fails with the errno that was decided on. */
#define FAILS(decided)                                                                             \
    do {                                                                                           \
        int wrong = (decided);                                                                     \
        if (wrong != 0) {                                                                          \
            errno = wrong > 0 ? wrong : EIO;                                                       \
            return -1;                                                                             \
        }                                                                                          \
    } while (0)

#define PLAIN(type, name, fails, parameters, arguments)                                            \
    SLOT(name);                                                                                    \
    type name parameters                                                                           \
    {                                                                                              \
        FAILS(fails);                                                                              \
        return NEXT(name) arguments;                                                               \
    }

/* ---- files ---- */

static void tear(void)
{
    kill(getpid(), SIGKILL);
    for (;;)
        pause();
}

#define PWRITE(name, counted, offset)                                                              \
    SLOT(name);                                                                                    \
    ssize_t name(int fd, const void *bytes, size_t len, offset at)                                 \
    {                                                                                              \
        int error = fail_now_fd(counted, fd);                                                      \
        if (error == FAIL_TEAR) {                                                                  \
            (void)!NEXT(name)(fd, bytes, len / 2, at);                                             \
            tear();                                                                                \
        }                                                                                          \
        FAILS(error);                                                                              \
        return NEXT(name)(fd, bytes, len, at);                                                     \
    }

PWRITE(pwrite, "pwrite", off_t)
PWRITE(pwrite64, "pwrite", off64_t)

SLOT(write);
ssize_t write(int fd, const void *bytes, size_t len)
{
    int error = fail_now_fd("write", fd);
    if (error == FAIL_TEAR) {
        (void)!NEXT(write)(fd, bytes, len / 2);
        tear();
    }
    FAILS(error);
    return NEXT(write)(fd, bytes, len);
}

/* A torn sync or truncation is one that never was. */
#define CHANGE(name, counted, parameters, arguments, after)                                        \
    SLOT(name);                                                                                    \
    int name parameters                                                                            \
    {                                                                                              \
        int error = fail_now_fd(counted, fd);                                                      \
        if (error == FAIL_TEAR)                                                                    \
            tear();                                                                                \
        FAILS(error);                                                                              \
        int result = NEXT(name) arguments;                                                         \
        if (result == 0)                                                                           \
            after;                                                                                 \
        return result;                                                                             \
    }

CHANGE(fsync, "fsync", (int fd), (fd), shadow_keep(fd))
CHANGE(fdatasync, "fdatasync", (int fd), (fd), shadow_keep(fd))
CHANGE(ftruncate, "ftruncate", (int fd, off_t len), (fd, len), (void)0)
CHANGE(ftruncate64, "ftruncate", (int fd, off64_t len), (fd, len), (void)0)

#define OPEN(name)                                                                                 \
    SLOT(name);                                                                                    \
    int name(const char *path, int flags, ...)                                                     \
    {                                                                                              \
        mode_t mode = 0;                                                                           \
        va_list rest;                                                                              \
        va_start(rest, flags);                                                                     \
        if (flags & (O_CREAT | O_TMPFILE))                                                         \
            mode = va_arg(rest, mode_t);                                                           \
        va_end(rest);                                                                              \
        FAILS(fail_now_path("open", path));                                                        \
        return NEXT(name)(path, flags, mode);                                                      \
    }

OPEN(open)
OPEN(open64)

#define FCNTL(name)                                                                                \
    SLOT(name);                                                                                    \
    int name(int fd, int command, ...)                                                             \
    {                                                                                              \
        va_list rest;                                                                              \
        va_start(rest, command);                                                                   \
        void *argument = va_arg(rest, void *);                                                     \
        va_end(rest);                                                                              \
        FAILS(fail_now_fd("fcntl", fd));                                                           \
        return NEXT(name)(fd, command, argument);                                                  \
    }

FCNTL(fcntl)
FCNTL(fcntl64)

#define MMAP(name, offset)                                                                         \
    SLOT(name);                                                                                    \
    void *name(void *at, size_t len, int protection, int flags, int fd, offset from)               \
    {                                                                                              \
        int error = fd >= 0 ? fail_now_fd("mmap", fd) : 0;                                         \
        if (error != 0) {                                                                          \
            errno = error > 0 ? error : ENOMEM;                                                    \
            return MAP_FAILED;                                                                     \
        }                                                                                          \
        return NEXT(name)(at, len, protection, flags, fd, from);                                   \
    }

MMAP(mmap, off_t)
MMAP(mmap64, off64_t)

PLAIN(ssize_t, pread, fail_now_fd("pread", fd), (int fd, void *to, size_t len, off_t at),
      (fd, to, len, at))
PLAIN(ssize_t, pread64, fail_now_fd("pread", fd), (int fd, void *to, size_t len, off64_t at),
      (fd, to, len, at))
PLAIN(ssize_t, read, fail_now_fd("read", fd), (int fd, void *to, size_t len), (fd, to, len))
PLAIN(int, fstat, fail_now_fd("fstat", fd), (int fd, struct stat *ret), (fd, ret))
PLAIN(int, fstat64, fail_now_fd("fstat", fd), (int fd, struct stat64 *ret), (fd, ret))
PLAIN(int, stat, fail_now_path("stat", path), (const char *path, struct stat *ret), (path, ret))
PLAIN(int, stat64, fail_now_path("stat", path), (const char *path, struct stat64 *ret), (path, ret))
PLAIN(int, lstat, fail_now_path("stat", path), (const char *path, struct stat *ret), (path, ret))
PLAIN(int, lstat64, fail_now_path("stat", path), (const char *path, struct stat64 *ret),
      (path, ret))
PLAIN(int, access, fail_now_path("access", path), (const char *path, int mode), (path, mode))
SLOT(unlink);
int unlink(const char *path)
{
    FAILS(fail_now_path("unlink", path));
    shadow_forget(path);
    return NEXT(unlink)(path);
}

PLAIN(int, rename, fail_now_path("rename", from), (const char *from, const char *to), (from, to))
PLAIN(int, mkdir, fail_now_path("mkdir", path), (const char *path, mode_t mode), (path, mode))
PLAIN(int, flock, fail_now_fd("flock", fd), (int fd, int how), (fd, how))
PLAIN(int, statvfs, fail_now_path("statvfs", path), (const char *path, struct statvfs *ret),
      (path, ret))

/* ---- sockets, waiting, threads ---- */

PLAIN(int, socket, fail_now("socket"), (int domain, int type, int protocol),
      (domain, type, protocol))
PLAIN(int, bind, fail_now("bind"), (int fd, const struct sockaddr *at, socklen_t len),
      (fd, at, len))
PLAIN(int, listen, fail_now("listen"), (int fd, int backlog), (fd, backlog))
PLAIN(int, accept4, fail_now("accept4"), (int fd, struct sockaddr *peer, socklen_t *len, int flags),
      (fd, peer, len, flags))
PLAIN(int, setsockopt, fail_now("setsockopt"),
      (int fd, int level, int name, const void *value, socklen_t len),
      (fd, level, name, value, len))
PLAIN(int, getsockname, fail_now("getsockname"), (int fd, struct sockaddr *ret, socklen_t *len),
      (fd, ret, len))
PLAIN(int, shutdown, fail_now("shutdown"), (int fd, int how), (fd, how))
PLAIN(ssize_t, recv, fail_now("recv"), (int fd, void *to, size_t len, int flags),
      (fd, to, len, flags))
PLAIN(ssize_t, send, fail_now("send"), (int fd, const void *bytes, size_t len, int flags),
      (fd, bytes, len, flags))
PLAIN(ssize_t, sendmsg, fail_now("sendmsg"), (int fd, const struct msghdr *message, int flags),
      (fd, message, flags))
PLAIN(int, epoll_create1, fail_now("epoll_create1"), (int flags), (flags))
PLAIN(int, epoll_ctl, fail_now("epoll_ctl"), (int epoll, int op, int fd, struct epoll_event *event),
      (epoll, op, fd, event))
PLAIN(int, epoll_wait, fail_now("epoll_wait"),
      (int epoll, struct epoll_event *ret, int max, int wait_ms), (epoll, ret, max, wait_ms))
PLAIN(int, eventfd, fail_now("eventfd"), (unsigned value, int flags), (value, flags))
PLAIN(ssize_t, getrandom, fail_now("getrandom"), (void *to, size_t len, unsigned flags),
      (to, len, flags))

SLOT(pthread_create);
int pthread_create(pthread_t *ret_thread, const pthread_attr_t *how, void *(*run)(void *),
                   void *argument)
{
    int error = fail_now("pthread_create");
    return error > 0 ? error : NEXT(pthread_create)(ret_thread, how, run, argument);
}
