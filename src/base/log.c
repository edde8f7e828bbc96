#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { LINE_BYTES = 1024 };

static enum log_level lowest = LOG_INFO;

void log_set_level(enum log_level level)
{
    lowest = level;
}

/* Text from outside may be in a line; a terminal must not obey it. */
static void blank_control_characters(char *text, int len)
{
    for (int i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < 0x20 || c == 0x7f)
            text[i] = '?';
    }
}

void log_line(enum log_level level, const char *format, ...)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    if (level < lowest)
        return;

    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);

    char line[LINE_BYTES];
    int head = (int)strftime(line, sizeof(line), "%Y-%m-%dT%H:%M:%S", &utc);
    head += snprintf(line + head, sizeof(line) - (size_t)head, ".%03ldZ %-5s ",
                     now.tv_nsec / 1000000, names[level]);

    int room = LINE_BYTES - head - 1;
    va_list args;
    va_start(args, format);
    int len = vsnprintf(line + head, (size_t)room, format, args);
    va_end(args);
    if (len < 0)
        return;
    if (len >= room)
        len = room - 1;
    blank_control_characters(line + head, len);
    line[head + len] = '\n';
    ssize_t ignored = write(STDERR_FILENO, line, (size_t)(head + len + 1));
    (void)ignored;
}
