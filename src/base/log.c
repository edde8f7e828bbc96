#include "base/log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/utf8.h"

enum { LINE_BYTES = 1024, TIME_BYTES = 32, ESCAPE_BYTES = sizeof("\\u0000") };

static enum log_level lowest = LOG_INFO;
static enum log_format format_now = LOG_FORMAT_TEXT;
static const char *const level_names[] = {"debug", "info", "warn", "error"};

void log_set_level(enum log_level level)
{
    lowest = level;
}

void log_set_format(enum log_format format)
{
    format_now = format;
}

/* ---- a line under construction; what does not fit is cut ---- */

struct line {
    char text[LINE_BYTES];
    size_t len, max; /* max: room for what closes the line is kept back */
    bool is_cut;
};

static void add(struct line *line, const char *text, size_t len)
{
    if (len > line->max - line->len) {
        len = line->max - line->len;
        line->is_cut = true;
    }
    memcpy(line->text + line->len, text, len);
    line->len += len;
}

static void add_string(struct line *line, const char *text)
{
    add(line, text, strlen(text));
}

/* Text from outside may be in a line; a terminal must not obey it. */
static void add_plain(struct line *line, const char *text)
{
    for (; *text && line->len < line->max; text++) {
        unsigned char c = (unsigned char)*text;
        line->text[line->len++] = c < 0x20 || c == 0x7f ? '?' : (char)c;
    }
}

/* A character as it stands within quotes. An escape or a character of several bytes is put in whole or not at all. */
static bool add_character(struct line *line, const char *text, size_t len)
{
    char escape[ESCAPE_BYTES];
    unsigned char c = (unsigned char)text[0];
    if (c == '"' || c == '\\') {
        escape[0] = '\\';
        escape[1] = (char)c;
        text = escape;
        len = 2;
    } else if (c < 0x20 || c == 0x7f) {
        len = (size_t)snprintf(escape, sizeof(escape), "\\u%04x", c);
        text = escape;
    }
    line->is_cut |= len > line->max - line->len;
    if (!line->is_cut)
        add(line, text, len);
    return !line->is_cut;
}

/* The same for both forms, so that one who reads them reads both. */
static void add_quoted(struct line *line, const char *text)
{
    struct slice rest = slice_of(text, strlen(text));
    /* The quote at the end has its place. */
    line->is_cut |= line->max - line->len < 2;
    if (line->is_cut)
        return;
    add(line, "\"", 1);
    line->max--;
    while (rest.len > 0) {
        uint32_t code_point;
        int len = utf8_decode(rest, &code_point);
        if (!add_character(line, len > 0 ? (const char *)rest.ptr : "?", len > 0 ? (size_t)len : 1))
            break;
        size_t used = len > 0 ? (size_t)len : 1;
        rest = slice_of(rest.ptr + used, rest.len - used);
    }
    line->max++;
    add(line, "\"", 1);
}

static bool is_plain_word(const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c <= 0x20 || c >= 0x7f || c == '"' || c == '\\' || c == '=')
            return false;
    }
    return true;
}

static void write_time(char ret_time[TIME_BYTES])
{
    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    size_t len = strftime(ret_time, TIME_BYTES, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(ret_time + len, TIME_BYTES - len, ".%03dZ", (int)(now.tv_nsec / 1000000 % 1000));
}

/* ---- the two forms ---- */

static void begin(struct line *line, enum log_level level, const char *component, const char *what)
{
    char time[TIME_BYTES], head[TIME_BYTES + 48];
    write_time(time);
    line->len = 0;
    line->is_cut = false;
    if (format_now == LOG_FORMAT_JSON) {
        line->max = sizeof(line->text) - sizeof("}");
        snprintf(head, sizeof(head), "{\"time\":\"%s\",\"level\":\"%s\",\"component\":", time,
                 level_names[level]);
        add_string(line, head);
        add_quoted(line, component ? component : "server");
        add_string(line, ",\"message\":");
        add_quoted(line, what);
        return;
    }
    line->max = sizeof(line->text) - 1;
    snprintf(head, sizeof(head), "%s %-5s ", time, level_names[level]);
    add_string(line, head);
    if (component) {
        add_string(line, component);
        add_string(line, ": ");
    }
    add_plain(line, what);
}

/* A field that does not fit is left out as a whole. */
static void add_field(struct line *line, const struct log_field *field)
{
    struct line before = *line;
    bool json = format_now == LOG_FORMAT_JSON;
    char number[24];
    add_string(line, json ? ",\"" : " ");
    add_string(line, field->name);
    add_string(line, json ? "\":" : "=");
    if (field->kind == LOG_FIELD_TEXT) {
        if (!json && is_plain_word(field->text))
            add_string(line, field->text);
        else
            add_quoted(line, field->text);
    } else {
        snprintf(number, sizeof(number),
                 field->kind == LOG_FIELD_ID ? (json ? "\"%016" PRIx64 "\"" : "%016" PRIx64)
                                             : "%" PRIu64,
                 field->number);
        add_string(line, number);
    }
    if (line->is_cut)
        *line = before;
}

static void end(struct line *line)
{
    if (format_now == LOG_FORMAT_JSON)
        line->text[line->len++] = '}';
    line->text[line->len++] = '\n';
    ssize_t ignored = write(STDERR_FILENO, line->text, line->len);
    (void)ignored;
}

static bool is_left_out(const struct log_field *field)
{
    if (field->kind == LOG_FIELD_TEXT)
        return !field->text || !field->text[0];
    return field->kind == LOG_FIELD_ID && field->number == 0;
}

void log_fields(enum log_level level, const char *component, const char *what,
                const struct log_field *fields, size_t count)
{
    struct line line;
    if (level < lowest)
        return;
    begin(&line, level, component, what);
    for (size_t i = 0; i < count; i++) {
        if (!is_left_out(&fields[i]))
            add_field(&line, &fields[i]);
    }
    end(&line);
}

void log_line(enum log_level level, const char *format, ...)
{
    char words[LINE_BYTES];
    struct line line;
    if (level < lowest)
        return;
    va_list args;
    va_start(args, format);
    int len = vsnprintf(words, sizeof(words), format, args);
    va_end(args);
    if (len < 0)
        return;
    begin(&line, level, NULL, words);
    end(&line);
}
