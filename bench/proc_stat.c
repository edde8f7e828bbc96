#include "proc_stat.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

uint64_t proc_cpu_ns(pid_t pid)
{
    clockid_t clock;
    struct timespec ts;
    /* To the kernel, process 0 is the caller. */
    if (pid == 0 || clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &ts) != 0)
        return 0;
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static uint64_t statm_rss_bytes(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/statm", (int)pid);
    FILE *f = fopen(path, "r");
    if (f == NULL)
        return 0;
    unsigned long long pages = 0;
    if (fscanf(f, "%*u %llu", &pages) != 1)
        pages = 0;
    fclose(f);
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* A line such as "Rss:   12 kB" of a file in /proc; 0 when it cannot be read. */
static uint64_t read_kb(pid_t pid, const char *file, const char *name)
{
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
    FILE *f = fopen(path, "r");
    if (f == NULL)
        return 0;
    unsigned long long kb = 0;
    size_t len = strlen(name);
    while (fgets(line, sizeof line, f) != NULL)
        if (strncmp(line, name, len) == 0 && sscanf(line + len, "%llu kB", &kb) == 1)
            break;
    fclose(f);
    return kb * 1024;
}

uint64_t proc_rss_bytes(pid_t pid)
{
    /* The counters behind statm are kept per CPU and lag by some pages; the rollup walks. */
    uint64_t bytes = read_kb(pid, "smaps_rollup", "Rss:");
    return bytes != 0 ? bytes : statm_rss_bytes(pid);
}

uint64_t proc_peak_bytes(pid_t pid)
{
    return read_kb(pid, "status", "VmHWM:");
}
