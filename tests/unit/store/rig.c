#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include "store/rig.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "store/memory.h"
#include "store/sqlite_store.h"

enum { PATH_BYTES = 512, TEXT_BYTES_MAX = 1 << 20 };

void rig_folder(char folder[64])
{
    /* In memory where there is such a place: these tests open and sync a great deal. */
    bool memory = access("/dev/shm", W_OK | X_OK) == 0;
    snprintf(folder, 64, "%s/hubbub-store-XXXXXX", memory ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(folder));
}

void rig_remove(const char *folder)
{
    char path[PATH_BYTES];
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    assert_non_null(dir);
    while ((entry = readdir(dir))) {
        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        unlink(path);
    }
    closedir(dir);
    assert_int_equal(rmdir(folder), 0);
}

bool rig_folder_has(const char *folder, const void *bytes, size_t len)
{
    char path[PATH_BYTES];
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    bool found = false;
    assert_non_null(dir);
    while ((entry = readdir(dir))) {
        struct stat status;
        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        assert_int_equal(stat(path, &status), 0);
        if (!S_ISREG(status.st_mode) || status.st_size == 0)
            continue;
        FILE *file = fopen(path, "rb");
        uint8_t *all = mem_alloc((size_t)status.st_size);
        assert_non_null(file);
        size_t read = fread(all, 1, (size_t)status.st_size, file);
        found |= memmem(all, read, bytes, len) != NULL;
        fclose(file);
        mem_free(all);
    }
    closedir(dir);
    return found;
}

void rig_start(struct rig *rig)
{
    char fault[STORE_FAULT_BYTES] = "";
    int result = sqlite_store_open(&rig->options, &rig->store, &rig->opened, fault);
    assert_string_equal(fault, "");
    assert_int_equal(result, OK);
    assert_int_equal(sqlite_reader_open(&rig->options, &rig->reader, fault), OK);
}

void rig_shut(struct rig *rig)
{
    /* Either may be missing after a test that failed. */
    if (rig->reader)
        rig->reader->ops->close(rig->reader);
    if (rig->store)
        rig->store->ops->close(rig->store);
    rig->reader = NULL;
    rig->store = NULL;
}

void rig_open(struct rig *rig, enum rig_kind kind)
{
    const struct memory_store_limits limits = {100000, 64 << 20};
    *rig = (struct rig){.kind = kind};
    if (kind == RIG_MEMORY) {
        rig->store = memory_store_new(&limits);
        rig->reader = memory_reader_new(rig->store);
        return;
    }
    rig_folder(rig->folder);
    rig->options = (struct sqlite_options){.folder = rig->folder, .deadline_ms = 20000};
    rig_start(rig);
}

void rig_close(struct rig *rig)
{
    rig_shut(rig);
    if (rig->kind == RIG_SQLITE)
        rig_remove(rig->folder);
}

void rig_reopen(struct rig *rig)
{
    rig_shut(rig);
    rig_start(rig);
}

sqlite3 *rig_writer_handle(const struct rig *rig)
{
    return ((const struct sqlite_store *)rig->store)->db.handle;
}

void rig_begin(struct rig *rig)
{
    assert_int_equal(rig->store->ops->begin(rig->store), OK);
}

void rig_commit(struct rig *rig)
{
    assert_int_equal(rig->store->ops->commit(rig->store), OK);
}

struct event *rig_event(enum event_kind kind, uint64_t room, uint64_t seq, uint64_t person,
                        uint64_t cid, const char *body)
{
    struct event *event = event_new(kind, slice_of_string(body), slice_of(NULL, 0));
    event->room = room;
    event->seq = seq;
    event->mid = UINT64_MAX - seq;
    event->ts_ms = 1700000000000 + seq;
    event->person = person;
    event->has_cid = cid != 0;
    memcpy(event->cid, &cid, sizeof(cid));
    return event;
}

int rig_append(struct rig *rig, struct event *event, uint64_t digest)
{
    int result = rig->store->ops->append(rig->store, event, digest);
    event_free(event);
    return result;
}

void rig_say(struct rig *rig, uint64_t seq, const char *text)
{
    assert_int_equal(
        rig_append(rig, rig_event(EVENT_MESSAGE, ROOM_LOBBY, seq, RIG_ANN, seq, text), seq), OK);
}

void rig_edit(struct rig *rig, uint64_t seq, uint64_t target, const char *text)
{
    assert_int_equal(rig->store->ops->message_set_text(rig->store, ROOM_LOBBY, target,
                                                       slice_of_string(text), 5000 + seq),
                     OK);
    struct event *event = rig_event(EVENT_EDIT, ROOM_LOBBY, seq, RIG_ANN, seq, text);
    event->target = target;
    assert_int_equal(rig_append(rig, event, seq), OK);
}

void rig_delete(struct rig *rig, uint64_t seq, uint64_t target)
{
    assert_int_equal(rig->store->ops->message_erase(rig->store, ROOM_LOBBY, target), OK);
    struct event *event = rig_event(EVENT_DELETE, ROOM_LOBBY, seq, RIG_ANN, seq, "");
    event->target = target;
    assert_int_equal(rig_append(rig, event, seq), OK);
}

struct name rig_name(const char *text)
{
    struct name name = {0};
    assert_int_equal(name_make(slice_of_string(text), &name), OK);
    return name;
}

void rig_person(struct rig *rig, uint64_t id, const char *name)
{
    struct person_record person = {.id = id, .name = rig_name(name), .seen_ms = 77};
    name_fold(&person.name, &person.folded);
    assert_int_equal(rig->store->ops->person_create(rig->store, &person), OK);
}

struct store_read *rig_feed(struct rig *rig, uint64_t seq, uint32_t limit, uint32_t bytes_max)
{
    struct store_read *read = mem_zalloc(sizeof(*read));
    read->kind = READ_FEED;
    read->room = ROOM_LOBBY;
    read->seq = seq;
    read->limit = limit;
    read->bytes_max = bytes_max;
    rig->reader->ops->run(rig->reader, read);
    return read;
}

struct store_read *rig_page(struct rig *rig, enum read_where where, uint64_t seq, uint32_t limit)
{
    struct store_read *read = mem_zalloc(sizeof(*read));
    read->kind = READ_HISTORY;
    read->where = where;
    read->room = ROOM_LOBBY;
    read->seq = seq;
    read->limit = limit;
    read->bytes_max = TEXT_BYTES_MAX;
    rig->reader->ops->run(rig->reader, read);
    return read;
}
