#include "interpose/plan.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct {
    const char *call, *under;
    uint64_t at, count;
    int error;
    struct fail_shared *shared;
} plan;

static uint64_t number_of(const char *name, uint64_t fallback)
{
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 10) : fallback;
}

/* Bare system calls: open and mmap may be what is to fail. */
static struct fail_shared *map(const char *path)
{
    static struct fail_shared nowhere;
    if (!path)
        return &nowhere;
    long fd = syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return &nowhere;
    long at = syscall(SYS_mmap, NULL, sizeof(nowhere), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0L);
    syscall(SYS_close, fd);
    return at < 0 && at > -4096 ? &nowhere : (struct fail_shared *)at;
}

__attribute__((constructor)) static void read_plan(void)
{
    plan.under = getenv("FAIL_UNDER");
    plan.at = number_of("FAIL_AT", 0);
    plan.count = number_of("FAIL_COUNT", 1);
    plan.error = (int)number_of("FAIL_ERRNO", 5);
    plan.shared = map(getenv("FAIL_FILE"));
    /* Last: from here on calls are counted. */
    plan.call = getenv("FAIL_CALL");
}

static bool is_one_of(const char *call, const char *const *names)
{
    while (*names && strcmp(call, *names) != 0)
        names++;
    return *names != NULL;
}

static bool is_meant(const char *call)
{
    static const char *const space[] = {"pwrite", "write", "ftruncate", NULL};
    static const char *const disk[] = {"pwrite", "write", "ftruncate", "fsync", "fdatasync", NULL};
    if (!plan.call)
        return false;
    if (strcmp(plan.call, "disk") == 0)
        return is_one_of(call, disk);
    if (strcmp(plan.call, "space") == 0)
        return is_one_of(call, space);
    return strcmp(plan.call, call) == 0;
}

static int judge(void)
{
    uint64_t number = atomic_fetch_add(&plan.shared->seen, 1) + 1;
    int error = (int)atomic_load(&plan.shared->always);
    if (error == 0) {
        if (plan.at == 0 || number < plan.at || number - plan.at >= plan.count)
            return 0;
        error = plan.error ? plan.error : FAIL_TEAR;
    }
    atomic_fetch_add(&plan.shared->failed, 1);
    return error;
}

int fail_now(const char *call)
{
    return is_meant(call) ? judge() : 0;
}

int fail_now_path(const char *call, const char *path)
{
    if (!is_meant(call))
        return 0;
    return !plan.under || strncmp(path, plan.under, strlen(plan.under)) == 0 ? judge() : 0;
}

int fail_now_fd(const char *call, int fd)
{
    char link[64], path[PATH_MAX];
    if (!is_meant(call))
        return 0;
    if (!plan.under)
        return judge();
    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    long len = syscall(SYS_readlink, link, path, sizeof(path) - 1);
    path[len > 0 ? len : 0] = '\0';
    return fail_now_path(call, path);
}
