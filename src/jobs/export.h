#pragma once
/*
 * What the server keeps, as newline-delimited JSON for other programs: rooms, people, members, files, and the rooms' events as
 * they are now. No secrets, sessions, links or addresses. docs/OPERATIONS.md has the format. Only reads; beside a running
 * server, too.
 */

#include <stdint.h>

#include "base/buffer.h"
#include "chat/event.h"
#include "chat/store.h"

struct export_ports {
    void *ctx;
    /** Appends an event as one JSON object, or nothing. */
    void (*write_event)(struct buffer *out, const struct event *event);
    /** Takes whole lines (borrowed until return). Returns OK, or ERR_IO with errno. */
    int (*send)(void *ctx, struct slice lines);
};

struct export_report {
    uint64_t lines, events;
};

/**
 * Writes all of it, or with room not 0 only that room with its people. ERR_NOT_FOUND (there is no such room), ERR_DENIED, ERR_IO: with one line
 * in ret_fault.
 */
int export_run(const char *data, uint64_t room, const struct export_ports *ports,
               struct export_report *ret_report, char ret_fault[STORE_FAULT_BYTES]);
