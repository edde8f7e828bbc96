/*
 * The reading half of the fake store.
 */

#include <string.h>

#include "base/memory.h"
#include "fake_store.h"
#include "frame.h"

enum { EVENT_BYTES = 256 };

/* The event as a reader shows it: texts as they are now. */
static struct event *show(const struct fake_store *fake, const struct fake_room *room, uint64_t seq)
{
    static uint8_t text[FRAME_BYTES_MAX];
    const struct fake_event *kept = &room->events[seq - 1];
    const struct fake_event *said = kept;
    bool deleted = kept->deleted;
    if (kept->kind == EVENT_EDIT) {
        said = &room->events[kept->target - 1];
        deleted = said->deleted;
    }
    size_t len = deleted ? 0 : said->len;
    if (len > 0)
        text_write(said->number, len, text);
    struct event *event = event_new(kept->kind, slice_of(text, len), slice_of(NULL, 0));
    (void)fake;
    event->room = room->record.id;
    event->seq = seq;
    event->mid = kept->mid;
    event->ts_ms = kept->ts_ms;
    event->person = kept->person;
    event->visitor = kept->visitor;
    event->target = kept->target;
    event->reply_to = kept->reply_to;
    event->edited_ms = kept->edited_ms;
    event->deleted = deleted;
    event->pinned = kept->pinned;
    event->has_cid = kept->has_cid;
    memcpy(event->cid, kept->cid, CID_BYTES);
    return event;
}

/* Adds what fits of [from, to]. Returns the last seq that was looked at. */
static uint64_t fill(const struct fake_store *fake, struct store_read *read,
                     const struct fake_room *room, uint64_t from, uint64_t to)
{
    size_t bytes = 0;
    read->events = event_batch_new(8);
    for (uint64_t seq = from; seq <= to; seq++) {
        struct event *event = show(fake, room, seq);
        bytes += EVENT_BYTES + event->message.body.len;
        if (read->events->count > 0 &&
            (read->events->count >= read->limit || bytes > read->bytes_max)) {
            event_free(event);
            return seq - 1;
        }
        event_batch_add(read->events, event);
    }
    return to;
}

static void read_feed(const struct fake_store *fake, struct store_read *read,
                      const struct fake_room *room)
{
    if (read->check_mid && (read->seq > room->count || read->seq <= room->forgotten ||
                            room->events[read->seq - 1].mid != read->mid)) {
        read->result = ERR_PROTOCOL;
        return;
    }
    uint64_t from = read->seq < room->forgotten ? room->forgotten + 1 : read->seq + 1;
    uint64_t last = fill(fake, read, room, from, room->count);
    read->last = read->events->count > 0 ? last : read->seq;
}

static void read_history(const struct fake_store *fake, struct store_read *read,
                         const struct fake_room *room)
{
    uint64_t from = room->count >= read->limit ? room->count - read->limit + 1 : 1;
    uint64_t to = room->count;
    if (read->where == READ_BEFORE) {
        to = read->seq > room->count ? room->count : read->seq > 0 ? read->seq - 1 : 0;
        from = to >= read->limit ? to - read->limit + 1 : 1;
    } else if (read->where != READ_NEWEST) {
        from = read->seq + 1;
    }
    if (from <= room->forgotten)
        from = room->forgotten + 1;
    read->head = room->count;
    read->first = from;
    read->last = fill(fake, read, room, from, to);
}

static void read_rooms(const struct fake_store *fake, struct store_read *read)
{
    read->rooms = mem_zalloc((fake->rooms_count + 1) * sizeof(read->rooms[0]));
    for (size_t i = 0; i < fake->rooms_count; i++)
        read->rooms[read->rooms_count++].id = fake->rooms[i].record.id;
}

void fake_store_read(struct fake_store *fake, struct store_read *read)
{
    const struct fake_room *room = fake_store_room(fake, read->room);
    if (fake->open)
        fake->wrong = "a reader saw an open transaction";
    read->result = OK;
    if (read->kind == READ_ROOMS)
        read_rooms(fake, read);
    else if (!room)
        read->result = ERR_NOT_FOUND;
    else if (read->kind == READ_FEED)
        read_feed(fake, read, room);
    else
        read_history(fake, read, room);
}
