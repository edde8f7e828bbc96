#pragma once
/*
 * What people do that is no event of a room's log: to accounts, sessions, invitations, roles, bots, webhooks, bans, reports.
 * A door fills in an act, the hub submits it as an ACT event, the sequencer decides (settle_act.c), has the store's
 * directory keep it in the same transaction as everything else, notes it in the audit log where it is somebody's
 * office, and the event comes back with its result. Belongs to the event, which frees it.
 *
 * Secrets never come here in the clear: tokens are SHA-256 hashes, passwords encoded argon2id hashes.
 */

#include <stdbool.h>
#include <stdint.h>

#include "chat/name.h"

enum act_kind {
    /* By whoever has no session yet, too. Answer: session made, event->person is who it is. */
    ACT_SIGN_UP =
        1, /* name, secret, hash (session), device; token: invitation's hash, if has_token. A guest keeps its person */
    ACT_SIGN_IN, /* person, number: digest of the secret that was checked (act_secret_digest), hash, device; code_step: of the TOTP code used, or recovery: hash of the recovery code; secret, if not empty: the same password hashed anew, to be kept */
    ACT_RESET_USE, /* token, secret; ends all of the person's sessions; hash, device: a new one, unless a second factor is on: then event->session is 0, and one signs in */

    /* One's own. */
    ACT_SIGN_OUT,     /* the session this is said in */
    ACT_SESSION_END,  /* number: session's id */
    ACT_SESSIONS_END, /* all but this one */
    ACT_PASSWORD, /* secret; number: digest of the old one that was checked; ends all other sessions */
    ACT_TOTP_ON, /* totp: the secret; codes: hashes of recovery codes; code_step: of the code that proved it */
    ACT_TOTP_OFF, /* number: digest of the password's secret that was checked */
    ACT_LEAVE, /* the server: account, sessions, seats go; what was said stays, without a name. number: digest of the secret that was checked; 0: there is none. person: somebody else, said by PERSON_CONSOLE only, without a secret */
    ACT_PROFILE, /* display (may be empty), color */

    /* Offices. */
    ACT_RESET_MAKE, /* person, token, until_ms */
    ACT_INVITE, /* token, until_ms (0: none), count (uses; 0: any), role (below one's own; GUEST counts as MEMBER), rooms, text: a note. Answer: number */
    ACT_INVITE_END, /* number */
    ACT_ROLE,       /* person, role */
    ACT_BOT,        /* name, token. Answer: person. Put it into rooms with ADD */
    ACT_BOT_END,    /* person */
    ACT_HOOK, /* room, name, token. Answer: number, person (a bot that speaks there, see act_hook_session) */
    ACT_HOOK_END,   /* number */
    ACT_KICK,       /* person, text: reason; all sessions end */
    ACT_MUTE,       /* person, until_ms (0: for good), text */
    ACT_UNMUTE,     /* person */
    ACT_BAN,        /* person or address, until_ms, text. Answer: number */
    ACT_BAN_END,    /* number */
    ACT_REPORT,     /* room, seq, text. Answer: number */
    ACT_REPORT_END, /* number, text: what was done */
    ACT_PURGE, /* person: deletes up to PURGE_STEP of their messages; answer: count that it deleted, more is left. The door says it again */
    ACT_BRAKE, /* members_only, slow_ms (0: none) */
    ACT_SERVER_NAME, /* name; empty: the program's own */
    ACT_OWNER_LINK, /* token, until_ms: for PERSON_CONSOLE only; ERR_EXISTS when there is an owner already */

    /* Files. */
    ACT_FILE,     /* file: a blob that is stored; answer: number, its id */
    ACT_FILE_END, /* number: a file of one's own that is in no message */
    ACT_FILE_THUMBNAIL, /* number: a file of one's own that is in no message; file: thumbnail and thumbnail_bytes only */
    ACT_END_KIND
};

enum {
    ACT_TEXT_MAX = 500, /* characters of a reason, note, device */
    ACT_TEXT_BYTES_MAX = 4 * ACT_TEXT_MAX,
    ACT_SECRET_MAX = 160, /* bytes of an encoded argon2id hash */
    ACT_ROOMS_MAX = 20,   /* of an invitation */
    ACT_CODES = 10,       /* recovery codes */
    ACT_HASH_BYTES = 32,
    ACT_TOTP_BYTES = 20,
    ACT_ADDRESS_MAX = 64, /* "192.0.2.0/24" */
    PURGE_STEP = 100,
};

/* Who may make an account. */
enum sign_up { SIGN_UP_INVITE, SIGN_UP_OPEN, SIGN_UP_CLOSED };

enum session_device { SESSION_DEVICE_MAX = 120 /* bytes */ };

/* A stored blob that is to become somebody's file. */
struct act_file {
    uint8_t hash[ACT_HASH_BYTES]; /* SHA-256 of its bytes */
    uint64_t bytes;
    uint32_t width, height; /* of an image or video, as its sender says; 0: not said */
    char type[100];         /* media type, checked against its magic bytes */
    char name[256];         /* as the sender called it; one line, no path */
    bool has_thumbnail;
    uint8_t thumbnail[ACT_HASH_BYTES];
    uint64_t thumbnail_bytes;
};

struct act {
    uint8_t kind; /* enum act_kind */
    uint8_t role;
    bool has_token;
    bool members_only;
    bool more;       /* answer of PURGE */
    bool totp_given; /* SIGN_IN: code_step or recovery says with what */
    bool has_recovery;
    uint64_t person, room, seq, number;
    uint64_t until_ms;
    uint64_t code_step;
    uint32_t count, slow_ms;
    uint32_t color; /* 0xrrggbb */
    uint8_t hash[ACT_HASH_BYTES];
    uint8_t token[ACT_HASH_BYTES];
    uint8_t recovery[ACT_HASH_BYTES];
    uint8_t totp[ACT_TOTP_BYTES];
    uint8_t codes[ACT_CODES][ACT_HASH_BYTES];
    struct name name, display;
    char secret[ACT_SECRET_MAX + 1];
    char device[SESSION_DEVICE_MAX + 1];
    char address[ACT_ADDRESS_MAX + 1];
    char *text;            /* owned; NULL: none */
    struct act_file *file; /* owned; NULL but for FILE */
    size_t rooms_count;
    uint64_t rooms[ACT_ROOMS_MAX];
};

/** Returns owned, empty. */
struct act *act_new(enum act_kind kind);

/**
 * A digest of an encoded hash, for telling whether it is still the one that was checked (ACT.number). Nothing secret depends on it;
 * never 0, which stands for an empty secret.
 */
uint64_t act_secret_digest(const char *secret);

/**
 * The hash of the session with which the bot of a webhook speaks, made of the hash of the webhook's token. Nobody can show a token
 * for it: whoever has a webhook's address can post, and not read the room as the bot could.
 */
void act_hook_session(const uint8_t token[ACT_HASH_BYTES], uint8_t ret_hash[ACT_HASH_BYTES]);

/** Frees it and wipes its secrets; NULL is fine. */
void act_free(struct act *act);
