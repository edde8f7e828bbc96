#pragma once
/*
 * A store to be tested, of either kind, with a reader over it: the contract of chat/store.h is the
 * same for all. Include cmocka before.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "chat/store.h"
#include "store/sqlite.h"

enum rig_kind { RIG_MEMORY, RIG_SQLITE };

enum { RIG_ANN = 3 }; /* who speaks in rig_say */

struct rig {
    enum rig_kind kind;
    char folder[64]; /* the data directory of SQLite */
    struct sqlite_options options;
    struct sqlite_opened opened;
    struct store *store;
    struct store_reader *reader;
};

/** Opens a fresh store of this kind, and its reader. */
void rig_open(struct rig *rig, enum rig_kind kind);

/** Closes it and removes its data. */
void rig_close(struct rig *rig);

/** Closes a store on disk in order, and opens it anew. */
void rig_reopen(struct rig *rig);

/** Only closes, or only opens, a store on disk. */
void rig_shut(struct rig *rig);
void rig_start(struct rig *rig);

/** Makes an empty directory for data; rig_remove takes it away with its files. */
void rig_folder(char folder[64]);
void rig_remove(const char *folder);

/** Returns borrowed the connection that writes, of a store on disk. */
struct sqlite3 *rig_writer_handle(const struct rig *rig);

/* Steps that have to succeed. */
void rig_begin(struct rig *rig);
void rig_commit(struct rig *rig);

/** An event as the sequencer would have it kept; cid 0: none. mid and ts follow from seq. */
struct event *rig_event(enum event_kind kind, uint64_t room, uint64_t seq, uint64_t person,
                        uint64_t cid, const char *body);

/** Appends the event (taken) and returns what came of it. */
int rig_append(struct rig *rig, struct event *event, uint64_t digest);

/** Within a transaction: keeps a message of RIG_ANN in the lobby. */
void rig_say(struct rig *rig, uint64_t seq, const char *text);

/** As the sequencer does it: the new text, then the event. The event's seq is given. */
void rig_edit(struct rig *rig, uint64_t seq, uint64_t target, const char *text);
void rig_delete(struct rig *rig, uint64_t seq, uint64_t target);

/** Keeps a person of this id with a name, and its folded form. */
void rig_person(struct rig *rig, uint64_t id, const char *name);

/** Asks about the lobby; the question is to be freed. */
struct store_read *rig_feed(struct rig *rig, uint64_t seq, uint32_t limit, uint32_t bytes_max);
struct store_read *rig_page(struct rig *rig, enum read_where where, uint64_t seq, uint32_t limit);

/** A name as it stands. */
struct name rig_name(const char *text);

/** Whether these bytes stand in any file of the directory. */
bool rig_folder_has(const char *folder, const void *bytes, size_t len);
