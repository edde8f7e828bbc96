#pragma once
/*
 * Lists of what the store's directory keeps (people, sessions, invitations, bans …) as rows of cells: one form for all,
 * so that a store fills it in and a door writes it without either knowing the other. The columns of each list are in
 * listing.c; a store yields them in that order.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum listing_kind {
    LIST_PEOPLE = 1, /* with accounts, and bots; by folded name */
    LIST_MEMBERS,    /* of a room; by folded name */
    LIST_SESSIONS,   /* of the asker; newest first */
    LIST_INVITES,    /* that can still be used; newest first */
    LIST_BANS,       /* in force */
    LIST_MUTES,      /* in force */
    LIST_REPORTS,    /* open ones first, then newest first */
    LIST_AUDIT,      /* newest first */
    LIST_BOTS,
    LIST_HOOKS,    /* of a room, or of all */
    LIST_MENTIONS, /* of the asker; newest first */
    LIST_PINS,     /* of a room; newest message first */
    LIST_FILES,    /* of the asker; newest first */
    LIST_END
};

enum cell_kind {
    CELL_NUMBER = 1, /* a JSON number */
    CELL_KEY,        /* a number as a decimal string: what `after` and commands name a row by */
    CELL_TIME,       /* milliseconds since 1970 */
    CELL_FLAG,       /* true or left out */
    CELL_PERSON,     /* an id: 16 hexadecimal digits */
    CELL_ROOM,       /* an id of a room */
    CELL_TEXT,
    CELL_ROLE,
    CELL_COLOR, /* "#rrggbb" */
};

struct listing_column {
    const char *name;
    enum cell_kind kind;
};

enum { LISTING_COLUMNS_MAX = 12 };

/** Returns borrowed, static, the columns of a list; ret_count of them. */
const struct listing_column *listing_columns(enum listing_kind kind, size_t *ret_count);

/** The name of a list in the protocol ("people", …). Returns borrowed, static. */
const char *listing_name(enum listing_kind kind);

/** The list of a name; false: there is none. */
bool listing_of_name(const char *name, enum listing_kind *ret_kind);

struct cell {
    bool is_null; /* left out */
    uint64_t number;
    char *text; /* owned; of TEXT */
};

struct listing {
    enum listing_kind kind;
    size_t rows_count;
    struct cell *cells; /* owned; rows_count times the columns */
    bool more;          /* there are others behind these */
};

/** Frees what it owns. */
void listing_release(struct listing *listing);
