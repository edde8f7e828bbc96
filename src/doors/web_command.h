#pragma once
/*
 * A command of the web protocol as plain, checked fields: JSON in, a struct or an error out. It
 * knows no session, no hub and no clock, so whatever a stranger may say can be tried on it alone.
 * Pure; any thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "chat/act.h"
#include "chat/event.h"
#include "chat/room_settings.h"
#include "chat/search.h"
#include "chat/welcome.h"
#include "doors/web_error.h"

enum {
    WEB_PAGE_MAX = 100, /* events of a page, rows of a list */
    WEB_PAGE_DEFAULT = 50,
    WEB_HITS_DEFAULT = 20,   /* of a search */
    WEB_ALT_MAX = 500,       /* characters that describe a file */
    WEB_MESSAGE_BYTES = 128, /* of what a refusal says */
};

/* The largest integer that every JSON parser keeps (RFC 8259 6). */
#define WEB_INTEGER_MAX ((uint64_t)1 << 53)

/* The latest moment that a date can be (ECMA-262 21.4.1.1); what never ends is shown as ending then. */
#define WEB_TIME_MAX UINT64_C(8640000000000000)

enum web_op {
    WEB_NONE, /* what was said is no command */
    WEB_HELLO,
    /* What makes a kept event. */
    WEB_POST,
    WEB_EDIT,
    WEB_DELETE,
    WEB_REACT,
    WEB_UNREACT,
    WEB_PIN,
    WEB_UNPIN,
    WEB_TOPIC,
    WEB_CREATE,
    WEB_DIRECT,
    WEB_JOIN,
    WEB_LEAVE,
    WEB_NAME,
    WEB_SETTINGS,
    WEB_ADD,
    WEB_REMOVE,
    WEB_HOST,
    WEB_UNHOST,
    /* What passes. */
    WEB_READ,
    WEB_LEVEL,
    WEB_TYPING,
    WEB_ACTIVE,
    WEB_RENAME,
    /* Questions. */
    WEB_HERE,
    WEB_ROOMS,
    WEB_HISTORY,
    WEB_LIST,
    WEB_SEARCH,
    /* What is no room's: the act says what. */
    WEB_ACT,
};

struct web_command {
    uint8_t op;                /* enum web_op; WEB_NONE only with an error */
    uint8_t where;             /* HISTORY: enum read_where */
    uint8_t level;             /* LEVEL: enum attention */
    uint8_t list;              /* LIST: enum listing_kind */
    bool active;               /* HELLO (true without one), ACTIVE */
    bool has_token;            /* HELLO: and it has the form of a token */
    uint32_t limit;            /* HISTORY, ROOMS, LIST, SEARCH: 1 to WEB_PAGE_MAX */
    struct slice id;           /* ptr NULL: none that could be answered to */
    uint64_t room;             /* LIST: 0: of no room */
    uint64_t target, reply_to; /* seqs, 0: none; ADD, REMOVE, HOST, UNHOST: target is a person */
    uint64_t seq;              /* READ; HISTORY: what `where` refers to, AT: in ms */
    uint64_t after;            /* LIST by id: those behind it; 0: all */
    uint64_t for_ms;           /* ACT: until then from now; 0: the act's own until_ms */
    /* what a kept event carries: POST, EDIT, TOPIC their text, REACT its emoji, REMOVE its reason */
    struct slice text;
    struct slice token; /* HELLO; ptr NULL: none was shown */
    uint8_t cid[CID_BYTES];
    /* HELLO (len 0: none), CREATE, NAME, RENAME; ROOMS, LIST by name: those behind it (len 0: all) */
    struct name name;
    struct cursor *cursors; /* HELLO: owned; rooms whose ids are no ids are left out */
    size_t cursors_count;
    struct room_change *change; /* CREATE, DIRECT, SETTINGS: owned */
    struct people_list *people; /* DIRECT: owned */
    struct file_list *files;    /* POST: owned; id and alt of each; NULL: none */
    struct search *search;      /* SEARCH: owned */
    struct act *act; /* ACT: owned; without its tokens, which are made when it is carried out */
    /* code NULL: none; its message may stand in this struct: not to be copied */
    struct web_error error;
    char message[WEB_MESSAGE_BYTES]; /* where a message that names a field stands */
    json_t *json;                    /* owned; what the slices point into */
};

/**
 * Reads a command. If error.code is set, only op (when it is known) and id may be used besides.
 * Release it in any case.
 */
void web_command_parse(struct slice text, struct web_command *ret_command);

/** The same of an object that was parsed already (and scanned: proto/json_scan.h). Takes it. */
void web_command_read(json_t *object, struct web_command *ret_command);

/** Frees what it owns; slices end. */
void web_command_release(struct web_command *command);
