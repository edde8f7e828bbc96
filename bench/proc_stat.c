#include "proc_stat.h"

#include <stdio.h>
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

uint64_t proc_rss_bytes(pid_t pid)
{
    /* The counters behind statm are kept per CPU and lag by some pages; the rollup walks. */
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
    FILE *f = fopen(path, "r");
    if (f == NULL)
        return statm_rss_bytes(pid);
    unsigned long long kb = 0;
    while (fgets(line, sizeof line, f) != NULL)
        if (sscanf(line, "Rss: %llu kB", &kb) == 1)
            break;
    fclose(f);
    return kb != 0 ? kb * 1024 : statm_rss_bytes(pid);
}
