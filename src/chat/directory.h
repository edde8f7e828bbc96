#pragma once
/*
 * What the domain asks of a store besides the log: accounts, sessions, invitations, bans and the like. Steps of the same
 * transaction as those of chat/store.h, under the same rules (codes, threads, ownership). A store without a directory
 * (--store memory) has none of these: then there are only guests.
 *
 * Times are wall-clock milliseconds; 0 as a time means never.
 */

#include <stdbool.h>
#include <stdint.h>

#include "chat/act.h"
#include "chat/name.h"

struct store;

/* What signing in needs to know of a person. */
struct account_record {
    uint64_t person;
    char secret[ACT_SECRET_MAX + 1]; /* encoded argon2id; empty: cannot sign in with a password */
    bool has_totp;
    uint8_t totp[ACT_TOTP_BYTES];
    uint64_t totp_step; /* the last one that was used */
};

struct session_record {
    uint64_t id; /* public, random */
    uint64_t person;
    uint64_t created_ms, used_ms;
};

struct invite_record {
    uint64_t id;
    uint64_t by, until_ms;
    uint32_t count; /* uses allowed; 0: any number */
    uint32_t used;
    uint8_t role;
    size_t rooms_count;
    uint64_t rooms[ACT_ROOMS_MAX];
};

struct ban_record {
    uint64_t id, person; /* 0: of an address */
    uint64_t by, created_ms, until_ms;
    char address[ACT_ADDRESS_MAX + 1];
};

/* The server's own state: one row. */
struct server_record {
    bool members_only; /* the brake */
    uint32_t slow_ms;
    struct name name; /* of the community; empty: the program's own */
};

struct hook_record {
    uint64_t id, room, person;
};

struct directory_ops {
    /* ---- accounts ---- */

    /** ERR_NOT_FOUND. */
    int (*account_get)(struct store *store, uint64_t person, struct account_record *ret_account);
    /** Sets the secret, and with it makes an account of a person who had none. */
    int (*account_set_secret)(struct store *store, uint64_t person, const char *secret,
                              uint64_t now_ms);
    /** totp NULL: off. Recovery codes are replaced; count 0: none. */
    int (*account_set_totp)(struct store *store, uint64_t person, const uint8_t *totp,
                            const uint8_t (*codes)[ACT_HASH_BYTES], unsigned count);
    /** ERR_EXISTS: this step, or a later one, was used already. */
    int (*account_use_step)(struct store *store, uint64_t person, uint64_t step);
    /** ERR_NOT_FOUND: no such recovery code. It is gone afterwards. */
    int (*account_use_code)(struct store *store, uint64_t person,
                            const uint8_t hash[ACT_HASH_BYTES]);
    int (*person_set_profile)(struct store *store, uint64_t person, const struct name *display,
                              uint32_t color);
    int (*person_set_role)(struct store *store, uint64_t person, uint8_t role);
    /** until_ms 0: not muted, UINT64_MAX>>1: for good. */
    int (*person_set_muted)(struct store *store, uint64_t person, uint64_t until_ms);
    /** How many people have this role. */
    int (*people_with_role)(struct store *store, uint8_t role, uint64_t *ret_count);
    /** Account, sessions, seats, marks, tokens, webhooks and invitations go, and the role is a guest's; the row stays for old messages, with the name given and none taken. */
    int (*person_erase)(struct store *store, uint64_t person, const struct name *name);

    /* ---- sessions ---- */

    /** Makes one with this (random, public) id. */
    int (*session_make)(struct store *store, const struct session_record *session,
                        const uint8_t hash[ACT_HASH_BYTES], const char *device);
    /** ERR_NOT_FOUND, also when it is another person's. */
    int (*session_end)(struct store *store, uint64_t person, uint64_t id);
    /** All of a person's but the one with this id (0: all). */
    int (*sessions_end)(struct store *store, uint64_t person, uint64_t but);
    /** Notes that it was used; about once an hour. */
    int (*session_used)(struct store *store, uint64_t id, uint64_t now_ms);

    /* ---- links: invitations, resets, the owner's ---- */

    int (*invite_make)(struct store *store, const struct invite_record *invite,
                       const uint8_t token[ACT_HASH_BYTES], uint64_t now_ms, const char *note);
    /** ERR_NOT_FOUND: unknown, ended, used up or too old. */
    int (*invite_get)(struct store *store, const uint8_t token[ACT_HASH_BYTES], uint64_t now_ms,
                      struct invite_record *ret_invite);
    /** Counts one use. ERR_NOT_FOUND: it was the last one's already. */
    int (*invite_use)(struct store *store, uint64_t id);
    int (*invite_end)(struct store *store, uint64_t id);
    /** Replaces an older one of the person. */
    int (*reset_make)(struct store *store, uint64_t person, const uint8_t token[ACT_HASH_BYTES],
                      uint64_t until_ms);
    /** ERR_NOT_FOUND: unknown or too old. It is gone afterwards. */
    int (*reset_use)(struct store *store, const uint8_t token[ACT_HASH_BYTES], uint64_t now_ms,
                     uint64_t *ret_person);

    /* ---- bots and webhooks ---- */

    /** A bot's token is a session that does not end by itself. */
    int (*hook_make)(struct store *store, const struct hook_record *hook,
                     const uint8_t token[ACT_HASH_BYTES], uint64_t by, uint64_t now_ms);
    /** ERR_NOT_FOUND. */
    int (*hook_get)(struct store *store, uint64_t id, struct hook_record *ret_hook);
    /** ERR_NOT_FOUND. */
    int (*hook_end)(struct store *store, uint64_t id, struct hook_record *ret_hook);

    /* ---- order ---- */

    int (*ban_make)(struct store *store, const struct ban_record *ban, const char *reason);
    int (*ban_end)(struct store *store, uint64_t id, struct ban_record *ret_ban);
    /** ERR_NOT_FOUND: not banned. The time at which it ends, or UINT64_MAX. */
    int (*ban_of)(struct store *store, uint64_t person, uint64_t now_ms, uint64_t *ret_until_ms);
    /** Calls visit for each ban of an address that is in force. */
    int (*bans_of_addresses)(struct store *store, uint64_t now_ms,
                             void (*visit)(void *ctx, const struct ban_record *ban), void *ctx);
    /** ERR_EXISTS: this person has reported this message already; ret_id is that one's. */
    int (*report_make)(struct store *store, uint64_t room, uint64_t seq, uint64_t author,
                       uint64_t by, const char *reason, uint64_t now_ms, uint64_t *ret_id);
    int (*report_end)(struct store *store, uint64_t id, uint64_t by, const char *note,
                      uint64_t now_ms);
    int (*audit)(struct store *store, uint64_t by, const char *action, uint64_t person,
                 uint64_t room, const char *detail, uint64_t now_ms);
    /** Fills in up to max messages of a person that are not deleted, of any room. */
    int (*messages_of)(struct store *store, uint64_t person, unsigned max, uint64_t *ret_rooms,
                       uint64_t *ret_seqs, unsigned *ret_count);
    int (*server_get)(struct store *store, struct server_record *ret_server);
    int (*server_set)(struct store *store, const struct server_record *server);

    /* ---- files ---- */

    /** ERR_LIMIT: the person would have more than quota bytes in files. */
    int (*file_make)(struct store *store, uint64_t id, uint64_t person, const struct act_file *file,
                     uint64_t quota_bytes, uint64_t now_ms);
    /** ERR_NOT_FOUND, also when it is another's or in a message. Its blobs become garbage. */
    int (*file_end)(struct store *store, uint64_t id, uint64_t person);
    /** Gives it a thumbnail, instead of the one it had. ERR_NOT_FOUND as file_end; ERR_LIMIT as file_make. */
    int (*file_set_thumbnail)(struct store *store, uint64_t id, uint64_t person,
                              const uint8_t hash[ACT_HASH_BYTES], uint64_t bytes,
                              uint64_t quota_bytes);
};
