#pragma once
/*
 * The directory of the scripted store: accounts, sessions, links, order and files in fixed arrays,
 * within the same transactions. A test switches it on with scripted_directory_use.
 */

#include "chat/directory.h"

enum {
    SCRIPTED_ACCOUNTS_MAX = 32,
    SCRIPTED_SESSIONS_MAX = 64,
    SCRIPTED_CODES_MAX = 32,
    SCRIPTED_LINKS_MAX = 16,
    SCRIPTED_BANS_MAX = 16,
    SCRIPTED_REPORTS_MAX = 16,
    SCRIPTED_AUDIT_MAX = 64,
    SCRIPTED_OWNED_MAX = 16,
    SCRIPTED_DETAIL_MAX = 100,
};

struct scripted_session {
    struct session_record record;
    uint8_t hash[ACT_HASH_BYTES];
    char device[SESSION_DEVICE_MAX + 1];
};

struct scripted_invite {
    struct invite_record record;
    uint8_t token[ACT_HASH_BYTES];
    char note[SCRIPTED_DETAIL_MAX];
    bool ended;
};

struct scripted_audit {
    uint64_t by, person, room;
    char action[SCRIPTED_DETAIL_MAX], detail[SCRIPTED_DETAIL_MAX];
};

/* Part of scripted_state. */
struct scripted_directory {
    size_t accounts_count, sessions_count, codes_count, invites_count, resets_count, hooks_count;
    size_t bans_count, reports_count, audit_count, owned_count;
    struct account_record accounts[SCRIPTED_ACCOUNTS_MAX];
    struct scripted_session sessions[SCRIPTED_SESSIONS_MAX];
    struct {
        uint64_t person;
        uint8_t hash[ACT_HASH_BYTES];
    } codes[SCRIPTED_CODES_MAX];
    struct scripted_invite invites[SCRIPTED_LINKS_MAX];
    struct {
        uint64_t person, until_ms;
        uint8_t token[ACT_HASH_BYTES];
    } resets[SCRIPTED_LINKS_MAX];
    struct {
        struct hook_record record;
        uint8_t token[ACT_HASH_BYTES];
    } hooks[SCRIPTED_LINKS_MAX];
    struct ban_record bans[SCRIPTED_BANS_MAX];
    struct {
        uint64_t id, room, seq, author, by, closed_by;
        bool closed;
    } reports[SCRIPTED_REPORTS_MAX];
    struct scripted_audit audit[SCRIPTED_AUDIT_MAX];
    struct {
        uint64_t id, person, bytes, thumbnail_bytes;
    } owned[SCRIPTED_OWNED_MAX]; /* files, as far as the quota needs them */
    struct server_record server;
};

/** Switches it on: the console's person and an empty directory. */
void scripted_directory_use(void);

/** How many sessions a person has; the one with the hash is looked for if hash is not NULL. */
unsigned scripted_directory_sessions(uint64_t person);

/** The session with a hash of these bytes, or NULL. */
const struct scripted_session *scripted_directory_session(uint8_t byte);

/** The account of a person, or NULL. */
const struct account_record *scripted_directory_account(uint64_t person);

/** The last line of the audit log, or NULL. */
const struct scripted_audit *scripted_directory_audit(void);

/** The first invitation, as it is now. */
struct scripted_invite *scripted_directory_invite(uint64_t id);

/* ---- for scripted_store*.c only ---- */

struct person_record;

/** ERR_NOT_FOUND: no session has that hash. Fills in the person's id, and session and its time. */
int scripted_directory_find(const uint8_t hash[ACT_HASH_BYTES], struct person_record *ret_person);

/** Until when the person is banned; 0: it is not. */
uint64_t scripted_directory_banned_ms(uint64_t person);
