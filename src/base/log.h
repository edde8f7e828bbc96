#pragma once
/*
 * The log: one line an event, on standard error, as text or as JSON. Libraries (proto, chat, store) do not log; whoever
 * decides does, once. Never put message texts, tokens, passwords or query strings into a line; where names of people are not
 * needed, ids stand for them. Control characters are escaped. Any thread; a line is written with one write(2).
 */

#include <stddef.h>
#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

enum log_format {
    LOG_FORMAT_TEXT, /* TIME LEVEL [COMPONENT: ]WHAT [NAME=VALUE …] */
    LOG_FORMAT_JSON, /* {"time","level","component","message",NAME:VALUE,…} */
};

/** Lines below this level are dropped; LOG_INFO at the start. Call before threads start. */
void log_set_level(enum log_level level);

/** LOG_FORMAT_TEXT at the start. Call before threads start. */
void log_set_format(enum log_format format);

/** A line in words; its component is the server as a whole. */
void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)
#define log_info(...) log_line(LOG_INFO, __VA_ARGS__)
#define log_warn(...) log_line(LOG_WARN, __VA_ARGS__)
#define log_error(...) log_line(LOG_ERROR, __VA_ARGS__)

/* What a program looks for in a line. */
struct log_field {
    const char *name;
    enum { LOG_FIELD_TEXT, LOG_FIELD_NUMBER, LOG_FIELD_ID } kind;
    const char *text; /* borrowed; NULL or empty: the field is left out */
    uint64_t number;
};

#define LOG_TEXT(name, text) ((struct log_field){name, LOG_FIELD_TEXT, text, 0})
#define LOG_NUMBER(name, number) ((struct log_field){name, LOG_FIELD_NUMBER, NULL, number})
/** As 16 hexadecimal digits, the form that ids of people have outside; 0 is left out. */
#define LOG_ID(name, id) ((struct log_field){name, LOG_FIELD_ID, NULL, id})

/**
 * A line with fields. component: the part of the program ("accounts"); what: what happened, always the same words for the same thing.
 */
void log_fields(enum log_level level, const char *component, const char *what,
                const struct log_field *fields, size_t count);

#define log_event(level, component, what, ...)                                                     \
    log_fields(level, component, what, (const struct log_field[]){__VA_ARGS__},                    \
               sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field))
