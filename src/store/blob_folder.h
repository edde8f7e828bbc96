#pragma once
/*
 * Blobs on disk: the bytes of files, each once, named by their SHA-256, under DATA/files/ab/cdef…. A blob is written under
 * DATA/files/tmp, synced, and renamed to its place, so that whatever stands there is whole. Who refers to a blob is known by the
 * store's tables only. Any thread; one at a time for each writer.
 *
 * A blob without a row that refers to it is garbage. Between its arrival and the commit of that row it is pinned; only the thread that makes
 * such rows removes blobs, so that a removal cannot overtake a new reference: it sees the row, or the pin. A pin has a
 * mark in DATA/files/tmp, from which blobs are found whose row was never made because the program died.
 */

#include <openssl/evp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chat/store.h"
#include "store/disk_pool.h"

enum {
    BLOB_HASH_BYTES = 32,
    BLOB_NAME_BYTES = 2 * BLOB_HASH_BYTES + 1, /* with its NUL */
};

/* Blobs that are being stored, or may be useless. */
struct blob_note {
    uint8_t hash[BLOB_HASH_BYTES];
    uint32_t pins;
    bool suspect; /* nobody may refer to it */
};

struct blob_folder {
    int fd, tmp_fd;
    uint64_t reserve_bytes;
    struct disk_pool *disk; /* kept */
    atomic_uint next_name;
    pthread_mutex_t lock; /* of the notes and their marks */
    struct blob_note *notes;
    size_t notes_count, notes_cap;
};

/**
 * Makes the folders where they are missing, and clears away what the program before left half done. keeps disk. reserve_bytes: free space
 * that stays. ERR_IO with a line in fault.
 */
int blob_folder_open(struct blob_folder *folder, const char *data, uint64_t reserve_bytes,
                     struct disk_pool *disk, char fault[STORE_FAULT_BYTES]);

/** No writer may be left. */
void blob_folder_close(struct blob_folder *folder);

/** Whether so many more bytes leave less than the reserve. */
bool blob_folder_is_short(const struct blob_folder *folder, uint64_t more_bytes);

/* A blob on its way to the disk. */
struct blob_writer {
    struct blob_folder *folder;
    int fd; /* -1: there is none (any more) */
    uint64_t bytes, pushed_bytes;
    EVP_MD_CTX *digest; /* owned */
    char name[24];
};

/** Begins one. ERR_BUSY: the disk is full; ERR_IO with errno. expected_bytes: 0 when it is not known. */
int blob_writer_begin(struct blob_writer *writer, struct blob_folder *folder,
                      uint64_t expected_bytes);

/** Adds bytes. Errors as above; after one only drop is left. */
int blob_writer_add(struct blob_writer *writer, const void *bytes, size_t len);

/**
 * Puts the blob in its place, on disk for good, and pins it: blob_unpin is owed. The writer is done; after an error (as above), too.
 */
int blob_writer_finish(struct blob_writer *writer, uint8_t ret_hash[BLOB_HASH_BYTES]);

/** Gives up; nothing stays. Fine when it is done. */
void blob_writer_drop(struct blob_writer *writer);

/** Gives a pin back. kept: a row that refers to the blob was committed; otherwise somebody has to look. */
void blob_unpin(struct blob_folder *folder, const uint8_t hash[BLOB_HASH_BYTES], bool kept);

/** Opens a blob for reading. Returns the descriptor (owned) and its size; ERR_NOT_FOUND; ERR_IO with errno. */
int blob_open(const struct blob_folder *folder, const uint8_t hash[BLOB_HASH_BYTES],
              uint64_t *ret_bytes);

/* ---- for the thread that makes the rows ---- */

/** Up to max blobs to which perhaps nobody refers. They stay suspects until blob_cleared or blob_remove. */
size_t blob_suspects(struct blob_folder *folder, uint8_t (*ret_hashes)[BLOB_HASH_BYTES],
                     size_t max);

/** Somebody refers to the suspect, or it is noted as garbage elsewhere. */
void blob_cleared(struct blob_folder *folder, const uint8_t hash[BLOB_HASH_BYTES]);

/** Removes a blob that nobody refers to. ERR_BUSY: it is pinned, ask again later; ERR_IO with errno. OK also when there is none. */
int blob_remove(struct blob_folder *folder, const uint8_t hash[BLOB_HASH_BYTES]);
