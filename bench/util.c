#include "util.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

uint64_t clock_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

void die(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "%s: ", program_invocation_short_name);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

void *grow(void *memory, size_t *cap, size_t wanted)
{
    if (wanted <= *cap)
        return memory;
    size_t size = *cap < 256 ? 256 : *cap;
    while (size < wanted)
        size *= 2;
    memory = realloc(memory, size);
    if (memory == NULL)
        die("no memory");
    *cap = size;
    return memory;
}

uint32_t parse_count(const char *text, uint32_t most)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || value > most)
        die("not a number from 0 to %" PRIu32 ": %s", most, text);
    return (uint32_t)value;
}

static void on_deadline(int signal)
{
    (void)signal;
    static const char text[] = ": the deadline has passed\n";
    const char *name = program_invocation_short_name;
    ssize_t ignored = write(STDERR_FILENO, name, strlen(name));
    ignored = write(STDERR_FILENO, text, sizeof text - 1);
    (void)ignored;
    _exit(1);
}

void set_deadline(uint32_t seconds)
{
    struct sigaction on_alarm = {.sa_handler = on_deadline};
    sigaction(SIGALRM, &on_alarm, NULL);
    alarm(seconds);
}

uint64_t raise_file_limit(void)
{
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    return files.rlim_max;
}
