#pragma once
/*
 * The reading half of the store on disk, as its files share it: sqlite_read.c (opening, feed,
 * history, export, rooms), sqlite_read_event.c (rows of a log), and one file for each other kind of
 * question. All of it belongs to one reading thread.
 */

#include "store/sqlite_db.h"

enum reader_sql {
    SQL_BEGIN,
    SQL_END,
    SQL_HEAD,
    SQL_MID,
    SQL_ROWS_UP,
    SQL_ROWS_DOWN,
    SQL_KINDS,
    SQL_PEOPLE,
    SQL_PINNED,
    SQL_NAME_OF,
    SQL_MEANT,
    SQL_FILES,
    SQL_FIRST,
    SQL_ROOMS,
    SQL_MEMBERS_MANY,
    SQL_IS_HOST,
    SQL_READER_COUNT,
};

/* The rows of a room's log from a seq on, or down from it and not before another one. */
extern const char sqlite_rows_up[], sqlite_rows_down[];

enum link_sql {
    SQL_LINK_FIRST = SQL_READER_COUNT,
    SQL_PERSON_BY_SESSION = SQL_LINK_FIRST,
    SQL_PERSON_BY_NAME,
    SQL_PERSON_GET,
    SQL_ACCOUNT_GET,
    SQL_FILE_GET,
    SQL_INVITE_GET,
    SQL_INVITE_ROOMS,
    SQL_RESET_GET,
    SQL_HOOK_GET,
    SQL_LINK_END,
};

enum { SQL_LINK_COUNT = SQL_LINK_END - SQL_LINK_FIRST };

extern const struct sql link_sql[SQL_LINK_COUNT];

/* One statement for each list, by its kind; there is no kind 0. */
enum { SQL_LIST_FIRST = SQL_LINK_END, LIST_MEMBERS_OF_MANY = 0, SQL_LIST_COUNT = LIST_END };

extern const struct sql list_sql[SQL_LIST_COUNT];

struct sqlite_reader {
    struct store_reader reader;
    struct db db;
    char fault[STORE_FAULT_BYTES];
    uint32_t deadline_ms;
    uint64_t until_ms;    /* of the question at hand */
    uint64_t room;        /* whose rows are walked over, */
    uint64_t first;       /* and what is before it is not kept any more */
    enum reader_sql rows; /* SQL_ROWS_UP or SQL_ROWS_DOWN */
    unsigned search_sql;  /* number of the first statement of sqlite_search_read.c */
};

/**
 * Reads one event as a page of history shows it. ERR_NOT_FOUND: the room has no such seq. Ends a walk over rows that is under way.
 */
int sqlite_read_event(struct sqlite_reader *reader, uint64_t room, uint64_t seq,
                      struct event **ret_event);

/* For page.h; ctx is the reader, its room and first are set. */
int sqlite_row_seek(void *ctx, uint64_t seq, bool up);
int sqlite_row_next(void *ctx, uint64_t *ret_seq, uint8_t *ret_kind);
uint64_t sqlite_row_ts_ms(void *ctx);
/** As a replay shows it. */
int sqlite_row_event(void *ctx, struct event **ret_event);
/** As a page of history shows it: with reactions, and pinned. */
int sqlite_row_page_event(void *ctx, struct event **ret_event);

/** Answers a READ_LIST. */
int sqlite_read_list(struct sqlite_reader *reader, struct store_read *read);

/** Answer questions of doors: who somebody is, what a link leads to, where a file is. ERR_NOT_FOUND. */
int sqlite_read_account(struct sqlite_reader *reader, struct store_read *read);
int sqlite_read_link(struct sqlite_reader *reader, struct store_read *read);
int sqlite_read_file(struct sqlite_reader *reader, struct store_read *read);
