#pragma once
/*
 * Whether the data is whole: the database's pages, each room's log, every view against the log, the search's index, and the
 * bytes of files. Only reads, in one read transaction; beside a running server, or on a copy.
 */

#include <stdint.h>

#include "chat/store.h"

enum { VERIFY_LINES_MAX = 100 /* of each check; what is beyond is counted */ };

struct verify_report {
    uint64_t findings;
    uint64_t rooms, events, people, files;
};

struct verify_ports {
    void *ctx;
    /** Takes one finding as a line of text, without a line feed (borrowed until return). */
    void (*say)(void *ctx, const char *line);
};

/**
 * Looks at everything. OK with the report, whatever was found; ERR_IO or ERR_DENIED with one line in ret_fault: it could not be looked at.
 */
int verify_run(const char *data, const struct verify_ports *ports, struct verify_report *ret_report,
               char ret_fault[STORE_FAULT_BYTES]);
