#pragma once
/*
 * The log: one line an event, on standard error. Libraries (proto, chat, store) do not log; whoever
 * decides does, once. Never put message texts or secrets into a line. Control characters are escaped.
 * Any thread; a line is written with one write(2).
 */

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/** Lines below this level are dropped; LOG_INFO at the start. Call before threads start. */
void log_set_level(enum log_level level);

void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)
#define log_info(...) log_line(LOG_INFO, __VA_ARGS__)
#define log_warn(...) log_line(LOG_WARN, __VA_ARGS__)
#define log_error(...) log_line(LOG_ERROR, __VA_ARGS__)
