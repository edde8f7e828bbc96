#pragma once
/*
 * The index of the search; docs/decisions/0011-search.md has the reasons.
 *
 * Events are taken in blocks of SEARCH_BLOCK by their ids. Each message of a block has a column of SEARCH_SLICES bits: for
 * every word, every beginning and every three characters of its text one or two of them are set, chosen by a hash. It is kept the
 * other way round, in slices: one bit of each message of the block. So a search reads of a block the few slices that
 * its terms choose; the messages with a one in all of them are candidates, and their texts are looked at.
 *
 * A block is written once, in the transaction that keeps the last of its events, by appending rows of one size; an erased
 * text's column becomes zeros where it stands (see sqlite_schema.c). What is in no block yet, as the newest events, and
 * all those of a database from before there was an index, is looked at message by message.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "chat/search_text.h"

enum {
    SEARCH_BLOCK = 1024, /* events */
    SEARCH_SLICE_BYTES = SEARCH_BLOCK / 8,
    SEARCH_ROW_SLICES = 31, /* so that a row fills a page */
    SEARCH_ROWS = 33,       /* of a block */
    SEARCH_ROW_BYTES = SEARCH_ROW_SLICES * SEARCH_SLICE_BYTES,
    SEARCH_SLICES = SEARCH_ROWS * SEARCH_ROW_SLICES,
};

/* ---- signatures (sqlite_search_sign.c) ---- */

/* The column of a message. */
struct search_sign {
    uint64_t words[(SEARCH_SLICES + 63) / 64];
};

static inline bool search_sign_has(const struct search_sign *sign, unsigned slice)
{
    return sign->words[slice / 64] >> slice % 64 & 1;
}

/**
 * Sets what every message has whose folded text holds this run, whatever stands around it: so it is asked for in the same
 * way as it is kept.
 */
void search_sign_run(struct search_sign *sign, const uint32_t *chars, size_t count);

/** Sets what every message of this author has. */
void search_sign_author(struct search_sign *sign, uint64_t author, bool visitor);

enum search_trait { SEARCH_HAS_FILE = 1, SEARCH_HAS_LINK, SEARCH_HAS_IMAGE };

void search_sign_trait(struct search_sign *sign, enum search_trait trait);

/* ---- which rooms the messages of a block are in (sqlite_search_sign.c) ---- */

struct search_rooms {
    unsigned count;
    uint64_t rooms[SEARCH_BLOCK];
    uint16_t of[SEARCH_BLOCK];        /* index in rooms, + 1; 0: no message */
    uint16_t slots[2 * SEARCH_BLOCK]; /* a table of what is in rooms: index + 1 */
};

enum { SEARCH_ROOMS_BYTES_MAX = 2 + 10 * SEARCH_BLOCK };

/** Notes the room of a message. All zero at first. */
void search_rooms_add(struct search_rooms *rooms, unsigned column, uint64_t room);

/** Writes it as it is kept; returns its length. */
size_t search_rooms_write(const struct search_rooms *rooms, uint8_t bytes[SEARCH_ROOMS_BYTES_MAX]);

/**
 * Sets the bits of the messages that are in one of the wanted rooms (sorted) in a slice. Returns false when there are none, or the bytes make no sense.
 */
bool search_rooms_select(struct slice kept, const uint64_t *wanted, size_t count,
                         uint8_t ret_slice[SEARCH_SLICE_BYTES]);

/* ---- the writer's half (sqlite_search_write.c) ---- */

struct sqlite_store;
struct db;

/** ERR_IO with fault; sqlite_search_close is needed in any case. */
int sqlite_search_open(struct sqlite_store *sqlite);

void sqlite_search_close(struct sqlite_store *sqlite);

/** Right after an event was inserted. */
void sqlite_search_appended(struct sqlite_store *sqlite);

/** Within the transaction, as its last step. */
int sqlite_search_before_commit(struct sqlite_store *sqlite);

/** After a commit, or a rollback. */
void sqlite_search_after(struct sqlite_store *sqlite, bool committed);

/** After the text of a message, or what else it has, was changed or erased. */
int sqlite_search_change(struct sqlite_store *sqlite, uint64_t room, uint64_t seq);

/** Between transactions: takes some older events into the index. ERR_AGAIN: there are more. */
int sqlite_search_rest(struct sqlite_store *sqlite);

struct search_check {
    void *ctx;
    /** What is wrong with a block, and with how many of its messages; 0: with all of it. */
    void (*found)(void *ctx, uint64_t block, const char *what, unsigned count);
};

/**
 * Makes each block anew of its messages and compares, as the connection sees them: within its transaction. Leaves statements in db, for
 * db_close. ERR_IO with fault.
 */
int sqlite_search_verify(struct db *db, const struct search_check *check);

/* ---- the reader's half (sqlite_search_read.c) ---- */

struct sqlite_reader;
struct store_read;

/** Prepares its statements, behind the others. ERR_IO with fault. */
int sqlite_search_prepare(struct sqlite_reader *reader);

/** Answers a READ_SEARCH. */
int sqlite_read_search(struct sqlite_reader *reader, struct store_read *read);
