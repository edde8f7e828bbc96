#pragma once
/*
 * A disk that fails when it is told to: an SQLite VFS over the ordinary one. It counts what changes
 * a file (writes, truncations, syncs) and, at a chosen one of these, does one thing of enum
 * bad_disk. Nothing really is synced: it knows itself which writes a power cut would undo. One
 * thread.
 */

#include <stdbool.h>
#include <stdint.h>

enum bad_disk {
    DISK_FINE,
    DISK_FULL,      /* this one finds no room, the next ones do */
    DISK_ERROR,     /* this one fails */
    DISK_TORN,      /* half of this write is done, then it fails, and every other one after it */
    DISK_POWER_CUT, /* what was not synced is undone or not, by chance; the process exits with 0 */
};

/** Makes this VFS the one that is used. Once in a process. */
void bad_disk_install(void);

/** Begins counting; the operation of this number (from 0) goes wrong. */
void bad_disk_arm(enum bad_disk what, unsigned at, uint64_t seed);

/** How many operations there were since. */
unsigned bad_disk_count(void);

/** Whether it has gone wrong. */
bool bad_disk_has_failed(void);
