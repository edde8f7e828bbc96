#pragma once
/*
 * The writing half of the store on disk, as its files share it: sqlite.c (opening, transactions,
 * checkpoints), sqlite_log.c (the log and what follows from it), sqlite_attach.c (mentions and files
 * of messages), sqlite_rooms.c (rooms and who is in them), sqlite_people.c (people, sessions) and
 * sqlite_sql.c (every statement of these); and the directory, whose statements are in
 * sqlite_directory.c: sqlite_accounts.c, sqlite_links.c, sqlite_order.c.
 */

#include "store/data_folder.h"
#include "store/sqlite_db.h"

/* The writer's statements; their text is in sqlite_sql.c. Those of the directory follow on them. */
enum writer_sql {
    SQL_BEGIN,
    SQL_COMMIT,
    SQL_ROOM_GET,
    SQL_ROOM_BY_NAME,
    SQL_ROOM_CREATE,
    SQL_ROOM_SET_TOPIC,
    SQL_ROOM_SET_NAME,
    SQL_ROOM_SET,
    SQL_ROOMS_WITH_FLAG,
    SQL_PEOPLE_OF,
    SQL_KEPT_BY_CID,
    SQL_APPEND,
    SQL_MESSAGE_GET,
    SQL_MESSAGE_COUNTED,
    SQL_MESSAGES_COUNT,
    SQL_MESSAGE_ERASE,
    SQL_EDIT_DIGESTS,
    SQL_TEXT_ERASE,
    SQL_TEXT_ADD,
    SQL_REVISED_SET,
    SQL_REVISED_DELETE,
    SQL_REACTION_ADD,
    SQL_REACTION_DELETE,
    SQL_REACTIONS_DELETE,
    SQL_KIND_COUNT,
    SQL_KIND_GET,
    SQL_KIND_ADD,
    SQL_KIND_TAKE,
    SQL_KIND_DELETE,
    SQL_KINDS_DELETE,
    SQL_PIN_COUNT,
    SQL_PIN_ADD,
    SQL_PIN_DELETE,
    SQL_MENTION_ADD,
    SQL_MENTIONS_DELETE,
    SQL_MENTIONS_BEHIND,
    SQL_FILE_UNUSED,
    SQL_FILE_ATTACH,
    SQL_FILES_GARBAGE,
    SQL_FILES_TEXTS,
    SQL_FILES_DELETE,
    SQL_MEMBER_ADD,
    SQL_MEMBER_GET,
    SQL_MEMBER_DELETE,
    SQL_MEMBER_SET_HOST,
    SQL_MEMBER_SET_LEVEL,
    SQL_READ_SET,
    SQL_ROOMS_OF,
    SQL_RETAIN_FIND,
    SQL_RETAIN_ROW,
    SQL_RETAIN_ERASE,
    SQL_RETAIN_SET,
    SQL_PERSON_BY_SESSION,
    SQL_PERSON_BY_NAME,
    SQL_PERSON_GET,
    SQL_PERSON_CREATE,
    SQL_PERSON_UPDATE,
    SQL_SESSION_CREATE,
    SQL_WRITER_COUNT,
};

extern const struct sql writer_sql[SQL_WRITER_COUNT];

/* What it prepares besides, for chat/directory.h; their text is in sqlite_directory.c. */
enum directory_sql {
    SQL_DIRECTORY_FIRST = SQL_WRITER_COUNT,
    SQL_ACCOUNT_GET = SQL_DIRECTORY_FIRST,
    SQL_ACCOUNT_SET_SECRET,
    SQL_ACCOUNT_SET_TOTP,
    SQL_ACCOUNT_USE_STEP,
    SQL_CODES_DELETE,
    SQL_CODE_ADD,
    SQL_CODE_USE,
    SQL_PERSON_SET_PROFILE,
    SQL_PERSON_SET_ROLE,
    SQL_PERSON_SET_MUTED,
    SQL_PEOPLE_WITH_ROLE,
    SQL_SEATS_DELETE,
    SQL_PERSON_MENTIONS_DELETE,
    SQL_PERSON_HOOKS_DELETE,
    SQL_PERSON_INVITE_ROOMS_DELETE,
    SQL_PERSON_INVITES_DELETE,
    SQL_PERSON_ERASE,
    SQL_SESSION_MAKE,
    SQL_SESSION_END,
    SQL_SESSIONS_END,
    SQL_SESSION_USED,
    SQL_INVITE_MAKE,
    SQL_INVITE_ROOM_ADD,
    SQL_INVITE_GET,
    SQL_INVITE_ROOMS,
    SQL_INVITE_USE,
    SQL_INVITE_END,
    SQL_INVITE_ROOMS_DELETE,
    SQL_RESET_MAKE,
    SQL_RESET_GET,
    SQL_RESET_DELETE,
    SQL_HOOK_MAKE,
    SQL_HOOK_GET,
    SQL_HOOK_END,
    SQL_BAN_MAKE,
    SQL_BAN_GET,
    SQL_BAN_END,
    SQL_BAN_OF,
    SQL_BANS_OF_ADDRESSES,
    SQL_REPORT_MAKE,
    SQL_REPORT_GET,
    SQL_REPORT_END,
    SQL_AUDIT,
    SQL_MESSAGES_OF_BEHIND,
    SQL_MESSAGES_OF_BEFORE,
    SQL_SERVER_GET,
    SQL_SERVER_SET,
    SQL_FILES_BYTES,
    SQL_FILE_MAKE,
    SQL_FILE_NAME,
    SQL_FILE_GARBAGE,
    SQL_FILE_TEXT,
    SQL_FILE_END,
    SQL_UNUSED_OF,
    SQL_UNUSED_OLDEST,
    SQL_THUMBNAIL_GET,
    SQL_THUMBNAIL_GARBAGE,
    SQL_THUMBNAIL_SET,
    SQL_GARBAGE_ANY,
    SQL_GARBAGE_DELETE,
    SQL_BLOB_IS_USED,
    SQL_DIRECTORY_END,
};

enum { SQL_DIRECTORY_COUNT = SQL_DIRECTORY_END - SQL_DIRECTORY_FIRST };

extern const struct sql directory_sql[SQL_DIRECTORY_COUNT];
extern const struct directory_ops sqlite_directory;

/* How far the deletion of all that somebody said has come: every step goes on behind the one before. */
struct purge_place {
    uint64_t person, room; /* person 0: none is under way */
    uint8_t cid[CID_BYTES];
};
struct search_index;

struct sqlite_store {
    struct store store;
    struct db db;
    struct data_folder folder;
    struct data_tail newest, kept, written; /* in this transaction; committed; in hubbub.tail */
    bool erasing;                           /* this transaction erases a text */
    bool erased; /* one that was committed did, and the WAL still has it */
    bool broken; /* there was an ERR_IO */
    struct purge_place purge;
    struct blob_folder *blobs;   /* NULL: blobs are not collected */
    uint64_t unused_ms;          /* that a file may be in no message; 0: for ever */
    struct search_index *search; /* owned */
    bool no_index;
    uint32_t page_bytes;
    uint32_t wal_pages;  /* in the WAL after the last commit */
    uint32_t wal_tried;  /* when a checkpoint was tried last */
    uint64_t emptied_ms; /* when the WAL was emptied, or tried to, for what was erased */
    uint64_t tail_ms;    /* when hubbub.tail was written */
    uint64_t retain_ms;  /* when to look for what is too old, */
    uint64_t retained;   /* and up to which room that is done */
};

static inline struct sqlite_store *sqlite_of(struct store *store)
{
    return (struct sqlite_store *)store;
}

static inline struct db *sqlite_db(struct store *store)
{
    return &sqlite_of(store)->db;
}

/* A statement whose first parameter is an id. */
static inline sqlite3_stmt *db_of_id(struct db *db, unsigned number, uint64_t id)
{
    sqlite3_stmt *statement = db_statement(db, number);
    bind_u64(statement, 1, id);
    return statement;
}

/** Reads one number that a statement, bound already, yields. ERR_NOT_FOUND: it yields no row. */
int sqlite_number(struct db *db, unsigned sql, uint64_t *ret_number);

/* sqlite_log.c */
int sqlite_kept_by_cid(struct store *store, uint64_t room, uint64_t author,
                       const uint8_t cid[CID_BYTES], struct kept_record *ret_kept);
int sqlite_append(struct store *store, const struct event *event, uint64_t digest);
int sqlite_message_get(struct store *store, uint64_t room, uint64_t seq,
                       struct message_record *ret_message);
int sqlite_message_set_text(struct store *store, uint64_t room, uint64_t seq, struct slice text,
                            uint64_t edited_ms);
int sqlite_message_erase(struct store *store, uint64_t room, uint64_t seq);
int sqlite_reaction_set(struct store *store, uint64_t room, uint64_t seq, uint64_t person,
                        struct slice emoji, bool on, unsigned kinds_max);
int sqlite_pin_set(struct store *store, uint64_t room, uint64_t seq, bool on, unsigned pins_max);
int sqlite_messages_up_to(struct store *store, uint64_t room, uint64_t seq, uint64_t *ret_count);

/* sqlite_attach.c */
int sqlite_mention(struct store *store, uint64_t room, uint64_t seq,
                   const struct people_list *people, bool all);
int sqlite_mentions_behind(struct store *store, uint64_t room, uint64_t person, uint64_t seq,
                           uint32_t *ret_count);
int sqlite_files_attach(struct store *store, uint64_t room, uint64_t seq, uint64_t person,
                        const struct file_list *wanted, struct file_list **ret_files);
/** Deletes mentions and files of a message; what the files were called is erased. */
int sqlite_detach(struct sqlite_store *sqlite, uint64_t room, uint64_t seq);
/** Keeps a text where it can be erased. */
int sqlite_text_add(struct db *db, struct slice text, uint64_t *ret_id);

/* sqlite_rooms.c */
int sqlite_room_get(struct store *store, uint64_t id, struct room_record *ret_room);
int sqlite_room_by_name(struct store *store, const struct name *folded, uint64_t *ret_id);
int sqlite_room_create(struct store *store, const struct room_record *room);
int sqlite_room_set_topic(struct store *store, uint64_t room, struct slice topic);
int sqlite_room_set_name(struct store *store, uint64_t room, const struct name *name,
                         const struct name *folded);
int sqlite_room_set(struct store *store, const struct room_record *room);
int sqlite_rooms_with_flag(struct store *store, uint32_t flag,
                           void (*visit)(void *ctx, uint64_t room), void *ctx);
int sqlite_people_of(struct store *store, uint64_t room, struct peer *ret_people, unsigned max,
                     unsigned *ret_count);
int sqlite_member_set(struct store *store, uint64_t room, uint64_t person, bool on);
int sqlite_member_get(struct store *store, uint64_t room, uint64_t person,
                      struct seat_record *ret_seat);
int sqlite_member_set_host(struct store *store, uint64_t room, uint64_t person, bool host);
int sqlite_member_set_level(struct store *store, uint64_t room, uint64_t person, uint8_t level);
int sqlite_read_set(struct store *store, uint64_t room, uint64_t person, uint64_t seq,
                    uint64_t count);
int sqlite_rooms_of(struct store *store, uint64_t person,
                    void (*visit)(void *ctx, const struct seat_record *seat), void *ctx);

/* sqlite_people.c */
int sqlite_person_by_session(struct store *store, const uint8_t hash[TOKEN_HASH_BYTES],
                             struct person_record *ret_person);
int sqlite_person_by_name(struct store *store, const struct name *folded,
                          struct person_record *ret_person);
int sqlite_person_get(struct store *store, uint64_t id, struct person_record *ret_person);
int sqlite_person_create(struct store *store, const struct person_record *person);
int sqlite_session_create(struct store *store, const uint8_t hash[TOKEN_HASH_BYTES],
                          uint64_t person, uint64_t now_ms);
int sqlite_person_update(struct store *store, const struct person_record *person);

/* sqlite_accounts.c */
int sqlite_account_get(struct store *store, uint64_t person, struct account_record *ret_account);
int sqlite_account_set_secret(struct store *store, uint64_t person, const char *secret,
                              uint64_t now_ms);
int sqlite_account_set_totp(struct store *store, uint64_t person, const uint8_t *totp,
                            const uint8_t (*codes)[ACT_HASH_BYTES], unsigned count);
int sqlite_account_use_step(struct store *store, uint64_t person, uint64_t step);
int sqlite_account_use_code(struct store *store, uint64_t person,
                            const uint8_t hash[ACT_HASH_BYTES]);
int sqlite_person_set_profile(struct store *store, uint64_t person, const struct name *display,
                              uint32_t color);
int sqlite_person_set_role(struct store *store, uint64_t person, uint8_t role);
int sqlite_person_set_muted(struct store *store, uint64_t person, uint64_t until_ms);
int sqlite_people_with_role(struct store *store, uint8_t role, uint64_t *ret_count);
int sqlite_person_erase(struct store *store, uint64_t person, const struct name *name);
int sqlite_session_make(struct store *store, const struct session_record *session,
                        const uint8_t hash[ACT_HASH_BYTES], const char *device);
int sqlite_session_end(struct store *store, uint64_t person, uint64_t id);
int sqlite_sessions_end(struct store *store, uint64_t person, uint64_t but);
int sqlite_session_used(struct store *store, uint64_t id, uint64_t now_ms);

/* sqlite_links.c */
int sqlite_invite_make(struct store *store, const struct invite_record *invite,
                       const uint8_t token[ACT_HASH_BYTES], uint64_t now_ms, const char *note);
int sqlite_invite_get(struct store *store, const uint8_t token[ACT_HASH_BYTES], uint64_t now_ms,
                      struct invite_record *ret_invite);
int sqlite_invite_use(struct store *store, uint64_t id);
int sqlite_invite_end(struct store *store, uint64_t id);
int sqlite_reset_make(struct store *store, uint64_t person, const uint8_t token[ACT_HASH_BYTES],
                      uint64_t until_ms);
int sqlite_reset_use(struct store *store, const uint8_t token[ACT_HASH_BYTES], uint64_t now_ms,
                     uint64_t *ret_person);
int sqlite_hook_make(struct store *store, const struct hook_record *hook,
                     const uint8_t token[ACT_HASH_BYTES], uint64_t by, uint64_t now_ms);
int sqlite_hook_get(struct store *store, uint64_t id, struct hook_record *ret_hook);
int sqlite_hook_end(struct store *store, uint64_t id, struct hook_record *ret_hook);

/* sqlite_order.c */
int sqlite_ban_make(struct store *store, const struct ban_record *ban, const char *reason);
int sqlite_ban_end(struct store *store, uint64_t id, struct ban_record *ret_ban);
int sqlite_ban_of(struct store *store, uint64_t person, uint64_t now_ms, uint64_t *ret_until_ms);
int sqlite_bans_of_addresses(struct store *store, uint64_t now_ms,
                             void (*visit)(void *ctx, const struct ban_record *ban), void *ctx);
int sqlite_report_make(struct store *store, uint64_t room, uint64_t seq, uint64_t author,
                       uint64_t by, const char *reason, uint64_t now_ms, uint64_t *ret_id);
int sqlite_report_end(struct store *store, uint64_t id, uint64_t by, const char *note,
                      uint64_t now_ms);
int sqlite_audit(struct store *store, uint64_t by, const char *action, uint64_t person,
                 uint64_t room, const char *detail, uint64_t now_ms);
int sqlite_messages_of(struct store *store, uint64_t person, unsigned max, uint64_t *ret_rooms,
                       uint64_t *ret_seqs, unsigned *ret_count);
int sqlite_server_get(struct store *store, struct server_record *ret_server);
int sqlite_server_set(struct store *store, const struct server_record *server);

/* sqlite_attach.c */
int sqlite_file_make(struct store *store, uint64_t id, uint64_t person, const struct act_file *file,
                     uint64_t quota_bytes, uint64_t now_ms);
int sqlite_file_end(struct store *store, uint64_t id, uint64_t person);
/** Deletes the files of a person that are in no message. */
int sqlite_unused_files_end(struct sqlite_store *sqlite, uint64_t person);

/* sqlite_collect.c */
int sqlite_file_set_thumbnail(struct store *store, uint64_t id, uint64_t person,
                              const uint8_t hash[ACT_HASH_BYTES], uint64_t bytes,
                              uint64_t quota_bytes);
/**
 * Between transactions: deletes files that were in no message for too long, and blobs that nobody
 * refers to any more. ERR_AGAIN: there will be something to do within a minute.
 */
int sqlite_collect(struct sqlite_store *sqlite);

/* sqlite.c */
/** As begin, also when the disk is short: for what makes room. */
int sqlite_begin_anyway(struct sqlite_store *sqlite);

/* sqlite_retain.c */
/**
 * Erases some of what is older than its room's retention allows. ERR_AGAIN: there is more, call again. ERR_IO. Between
 * transactions; now_ms is wall-clock time.
 */
int sqlite_retain(struct sqlite_store *sqlite, uint64_t now_ms);
