#pragma once
/*
 * What the store keeps in the data directory beside the database: a lock, so that two programs
 * never write to one log; in the lock, whether the program before stopped in order; and which event
 * was the newest a moment ago, so that a log that has lost its tail is found out. Belongs to the
 * writer's thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include "chat/store.h"

struct data_folder {
    char *path;
    int lock_fd;
    uint64_t reserve_bytes;
    uint64_t space_asked_ms; /* when is_short was found out; 0: never */
    bool is_short;
};

/* The newest event, as hubbub.tail names it. */
struct data_tail {
    uint64_t room, seq, mid; /* seq 0: none is known */
};

/**
 * Locks the folder. ERR_EXISTS: somebody else has; ERR_IO; both with a line in fault. ret_unclean:
 * whoever had it before did not release it.
 */
int data_folder_lock(struct data_folder *folder, const char *path, bool *ret_unclean,
                     char fault[STORE_FAULT_BYTES]);

/** Gives it back. clean: nothing is left to be checked by the next one. */
void data_folder_release(struct data_folder *folder, bool clean);

/** Whether less than reserve_bytes are free; asks the kernel at most once a second. */
bool data_folder_is_short(struct data_folder *folder, uint64_t now_mono_ms);

/** What hubbub.tail says; seq 0 when there is none that makes sense. */
struct data_tail data_folder_read_tail(const struct data_folder *folder);

/** Replaces hubbub.tail, whole or not at all. ERR_IO: it stays as it was. */
int data_folder_write_tail(const struct data_folder *folder, const struct data_tail *tail);
