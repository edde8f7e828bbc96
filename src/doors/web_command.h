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

#include "chat/event.h"
#include "chat/welcome.h"
#include "doors/web_error.h"

enum {
    WEB_PAGE_MAX = 100, /* events of a page, rooms of a list */
    WEB_PAGE_DEFAULT = 50,
};

/* The largest integer that every JSON parser keeps (RFC 8259 6). */
#define WEB_INTEGER_MAX ((uint64_t)1 << 53)

enum web_op {
    WEB_NONE, /* what was said is no command */
    WEB_HELLO,
    WEB_POST,
    WEB_EDIT,
    WEB_DELETE,
    WEB_REACT,
    WEB_UNREACT,
    WEB_PIN,
    WEB_UNPIN,
    WEB_TOPIC,
    WEB_CREATE,
    WEB_JOIN,
    WEB_LEAVE,
    WEB_ROOMS,
    WEB_HISTORY,
    WEB_READ,
    WEB_TYPING,
    WEB_ACTIVE,
    WEB_RENAME,
    WEB_HERE,
};

struct web_command {
    uint8_t op;      /* enum web_op; WEB_NONE only with an error */
    uint8_t where;   /* HISTORY: enum read_where */
    bool active;     /* HELLO (true without one), ACTIVE */
    bool has_token;  /* HELLO: and it has the form of a token */
    uint32_t limit;  /* HISTORY, ROOMS: 1 to WEB_PAGE_MAX */
    struct slice id; /* ptr NULL: none that could be answered to */
    uint64_t room;
    uint64_t target, reply_to; /* 0: none */
    uint64_t seq;              /* READ; HISTORY: what `where` refers to */
    struct slice
        text; /* what a kept event carries: POST, EDIT and TOPIC their text, REACT its emoji */
    struct slice token; /* HELLO with has_token */
    uint8_t cid[CID_BYTES];
    struct name
        name; /* HELLO (len 0: none), CREATE, RENAME; ROOMS: those behind this one (len 0: all) */
    struct cursor *cursors; /* HELLO: owned; rooms whose ids are no ids are left out */
    size_t cursors_count;
    struct web_error error; /* code NULL: none */
    json_t *json;           /* owned; what the slices point into */
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
