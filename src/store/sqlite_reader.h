#pragma once
/*
 * The reading half of the store on disk, as its files share it: sqlite_read.c (opening, feed,
 * history, rooms) and one file for each other kind of question. All of it belongs to one reading thread.
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
    SQL_ROOMS,
    SQL_READER_COUNT,
};

struct sqlite_reader {
    struct store_reader reader;
    struct db db;
    char fault[STORE_FAULT_BYTES];
    uint32_t deadline_ms;
    uint64_t until_ms;    /* of the question at hand */
    uint64_t room;        /* whose rows are walked over */
    enum reader_sql rows; /* SQL_ROWS_UP or SQL_ROWS_DOWN */
};

/**
 * Reads one event as a page of history shows it. ERR_NOT_FOUND: the room has no such seq. Ends a walk over rows that is under way.
 */
int sqlite_read_event(struct sqlite_reader *reader, uint64_t room, uint64_t seq,
                      struct event **ret_event);
