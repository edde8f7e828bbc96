#pragma once
/*
 * Makes calls of the program under test fail. Preloaded (LD_PRELOAD), it counts the calls that are
 * meant and lets chosen ones go wrong:
 *
 *   FAIL_CALL   which one is meant: pwrite, fsync, malloc, recv, as calls.c and memory.c name them;
 *               or space, what needs room: pwrite, write, ftruncate; or disk: these and the syncs
 *   FAIL_AT     the first to fail, from 1; 0: none, they are only counted
 *   FAIL_COUNT  how many fail from there on; 1 without it
 *   FAIL_ERRNO  with what, a number. 0 tears a write: half of it is written, and the program is
 *               killed at once, as by a power cut
 *   FAIL_UNDER  how a path begins: calls on files are meant only when the file's does
 *   FAIL_FILE   a file of 24 bytes, mapped and shared with the test: see struct fail_shared
 *
 * Seen are the calls that the program and its libraries make through the dynamic linker: all but the
 * C library's own.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct fail_shared {
    atomic_uint_least64_t seen;   /* how many calls were meant so far */
    atomic_uint_least64_t failed; /* how many of them were made to fail */
    /* Written by the test: an errno with which each one fails now; 0: the rest decides. */
    atomic_uint_least64_t always;
};

enum { FAIL_TEAR = -1 };

/** Counts a call of this name. Returns the errno it is to fail with, FAIL_TEAR, or 0: make it. */
int fail_now(const char *call);

/** The same for a call on a file, by descriptor. */
int fail_now_fd(const char *call, int fd);

/** The same for a call on a file, by path. */
int fail_now_path(const char *call, const char *path);
