#pragma once
/*
 * A search: what was typed, taken apart, and what was found. Pure; the store carries it out.
 *
 *   words      each must be there, the last one as the beginning of a word (it is still being typed), others so with a *
 *              behind them; "…" is a phrase; with a * in front, and of scripts without spaces (CJK, Thai), a part of a word
 *   from:NAME  in:ROOM-ID  before:YYYY-MM-DD  after:YYYY-MM-DD  has:file|link|image
 *
 * Days are those of UTC; before is without the day, after is with it. A value with spaces stands in quotes. Several from:
 * or in: contradict each other: the last one counts.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "chat/name.h"
#include "chat/search_text.h"

struct event_batch;

enum {
    SEARCH_TERMS_MAX = 16,
    SEARCH_TEXT_MAX = 500, /* bytes that may be typed */
    SEARCH_LIMIT_MAX = 50, /* messages of a page */
    SEARCH_MARKS_MAX = 32, /* of one message */
    SEARCH_ROOMS_MAX = 200,
    SEARCH_CHARS_MAX = 2 * SEARCH_TEXT_MAX + 2 * SEARCH_TERMS_MAX,
};

enum search_term_kind { SEARCH_WORD, SEARCH_PREFIX, SEARCH_PHRASE, SEARCH_PART };

struct search_term {
    uint8_t kind;          /* enum search_term_kind */
    struct slice text;     /* points into search->typed */
    uint32_t chars, count; /* what must stand in the text: search->chars from, and how many */
};

/* A place in a message's text that was looked for: bytes from, to (exclusive). */
struct search_mark {
    uint32_t from, to;
};

struct search_hit {
    uint64_t room;
    struct event *event; /* the message as it is now; owned */
    uint32_t marks_count;
    struct search_mark marks[SEARCH_MARKS_MAX];
};

struct search {
    char typed[SEARCH_TEXT_MAX + 1];
    size_t terms_count;
    struct search_term terms[SEARCH_TERMS_MAX];
    uint32_t chars[SEARCH_CHARS_MAX]; /* of the terms, in the form of chat/search_text.h */
    struct name from;                 /* folded; empty: anybody */
    uint64_t room;                    /* 0: all that the asker is in */
    uint64_t before_ms, after_ms;     /* 0: none; before is exclusive, after is not */
    bool has_file, has_link, has_image;

    /* Filled in by the hub: the rooms that the asker is in. */
    size_t rooms_count;
    uint64_t rooms[SEARCH_ROOMS_MAX + 1];

    /* where the next page begins: the `next` of the one before; 0: at the newest */
    uint64_t before;
    uint32_t limit;

    /* The answer: newest first. */
    struct search_hit *hits; /* owned */
    size_t hits_count;
    uint64_t next;   /* see before; 0: there is no more */
    bool incomplete; /* time was up: there may be more, older ones, behind next */
};

/**
 * Takes apart what was typed. Sets what is typed and leaves the rest zero: the caller fills in rooms, before and limit.
 * ERR_PROTOCOL: a filter has no such value, or there is nothing to look for (ret_why says which, static). ERR_LIMIT: too
 * long, or too many terms.
 */
int search_parse(struct slice typed, struct search *ret_search, const char **ret_why);

/** Frees what it owns, and itself; NULL is fine. */
void search_free(struct search *search);

/** Whether from: is the name of a visitor, in which case *ret_visitor is the number in it: the last 16 bits of its id. */
bool search_is_from_visitor(const struct search *search, unsigned *ret_visitor);

/** Whether something that was said then is asked for. */
static inline bool search_is_in_time(const struct search *search, uint64_t ts_ms)
{
    return ts_ms >= search->after_ms && (search->before_ms == 0 || ts_ms < search->before_ms);
}

/** Whether a text has all terms. Filters are not its business. */
bool search_matches(const struct search *search, const struct search_text *text);

/** Whether there is a web address in a text. */
bool search_has_link(struct slice text);

/** Finds the places of the terms in a text, as far as they can be shown: in order, not overlapping. */
uint32_t search_mark(const struct search *search, struct slice text,
                     struct search_mark ret_marks[SEARCH_MARKS_MAX]);
