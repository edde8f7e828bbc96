#include "store/page.h"

#include "base/error.h"

enum {
    EVENT_BYTES = 256,   /* that an event takes besides its text */
    REACTION_BYTES = 64, /* a kind of reaction */
    PERSON_BYTES = 20,   /* a person in it, or one that a message means */
    FILE_BYTES = 160,    /* a file, besides what it is called */
    EVENTS_EXPECTED = 64,
};

/* Events gathered, within limits. */
struct page {
    const struct page_rows *rows;
    struct event_batch *events;
    size_t limit, bytes_max, bytes;
};

static bool stands_for_itself(uint8_t kind)
{
    return kind != EVENT_EDIT && kind != EVENT_DELETE && kind != EVENT_REACT &&
           kind != EVENT_UNREACT;
}

static size_t size_of(const struct event *event)
{
    size_t bytes = EVENT_BYTES + event->message.body.len;
    for (uint32_t i = 0; event->reactions && i < event->reactions->count; i++)
        bytes += REACTION_BYTES + (size_t)event->reactions->list[i].people_count * PERSON_BYTES;
    if (event->people_ids)
        bytes += (size_t)event->people_ids->count * PERSON_BYTES;
    for (uint32_t i = 0; event->files && i < event->files->count; i++) {
        const struct file *file = &event->files->list[i];
        bytes += FILE_BYTES + file->name.len + file->type.len + file->alt.len;
    }
    return bytes;
}

/*
 * Adds the event of the row at which rows stands. ERR_LIMIT: it does not fit any more; the first
 * one always does.
 */
static int add(struct page *page)
{
    struct event *event = NULL;
    if (page->events->count > 0 &&
        (page->events->count >= page->limit || page->bytes >= page->bytes_max))
        return ERR_LIMIT;
    int result = page->rows->event(page->rows->ctx, &event);
    if (result != OK)
        return result;
    size_t bytes = size_of(event);
    if (page->events->count > 0 && page->bytes + bytes > page->bytes_max) {
        event_free(event);
        return ERR_LIMIT;
    }
    page->bytes += bytes;
    event_batch_add(page->events, event);
    return OK;
}

int page_feed(const struct page_rows *rows, struct store_read *read)
{
    struct page page = {rows, event_batch_new(EVENTS_EXPECTED), read->limit, read->bytes_max, 0};
    uint64_t last = read->seq, seq;
    uint8_t kind;
    int result = OK;
    if (read->seq < INT64_MAX)
        result = rows->seek(rows->ctx, read->seq + 1, true);
    else
        result = ERR_EOF;
    while (result == OK && (result = rows->next(rows->ctx, &seq, &kind)) == OK) {
        if (seq != last + 1) {
            result = ERR_NOT_FOUND;
            break;
        }
        result = add(&page);
        if (result == OK)
            last = seq;
    }
    /* Out of time with something in hand: that is a page, too, and the next question goes on behind it. */
    if (result == ERR_AGAIN && page.events->count > 0)
        result = ERR_LIMIT;
    if (result != ERR_EOF && result != ERR_LIMIT) {
        event_batch_unref(page.events);
        return result;
    }
    read->events = page.events;
    read->last = last;
    return OK;
}

/*
 * Adds events from the seq on, up or down, and says in ret_edge which seq is the last one that they
 * cover, folded ones among them. ret_done: there are no others behind it.
 */
static int walk(struct page *page, uint64_t from, bool up, uint64_t *ret_edge, bool *ret_done)
{
    uint64_t edge = up ? from - 1 : from + 1, seq;
    uint8_t kind;
    int result = page->rows->seek(page->rows->ctx, from, up);
    for (unsigned i = 0; result == OK && i < PAGE_ROWS_MAX; i++) {
        result = page->rows->next(page->rows->ctx, &seq, &kind);
        if (result == OK && stands_for_itself(kind))
            result = add(page);
        if (result == OK)
            edge = seq;
    }
    if (result != OK && result != ERR_EOF && result != ERR_LIMIT)
        return result;
    *ret_edge = edge;
    *ret_done = result == ERR_EOF;
    return OK;
}

static void reverse(struct event_batch *events, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        struct event *event = events->events[i];
        events->events[i] = events->events[count - 1 - i];
        events->events[count - 1 - i] = event;
    }
}

/* The events up to and with this seq. */
static int below(struct page *page, uint64_t to, struct store_read *read)
{
    uint64_t first = 1;
    bool done = true;
    int result = to > 0 ? walk(page, to, false, &first, &done) : OK;
    if (result != OK)
        return result;
    reverse(page->events, page->events->count);
    /* What is not kept any more is no reason to go on asking. */
    read->first = done ? 1 : first;
    read->last = to;
    return OK;
}

/* The events from this seq on. */
static int above(struct page *page, uint64_t from, uint64_t head, struct store_read *read)
{
    uint64_t last = from - 1;
    bool done = true;
    int result = from <= head ? walk(page, from, true, &last, &done) : OK;
    if (result != OK)
        return result;
    read->last = done && from <= head ? head : last;
    return OK;
}

/* Half of the page up to the seq, and what room is left behind it. */
static int around(struct page *page, uint64_t seq, uint64_t head, struct store_read *read)
{
    size_t limit = page->limit, bytes_max = page->bytes_max;
    uint64_t middle = seq < head ? seq : head;
    page->limit = (limit + 1) / 2;
    page->bytes_max = bytes_max / 2;
    int result = below(page, middle, read);
    if (result != OK)
        return result;
    page->limit = page->events->count + limit / 2;
    page->bytes_max = page->bytes + bytes_max / 2;
    return above(page, middle + 1, head, read);
}

/*
 * The seq from which on events are of this moment or later, by halving. A clock that was set back makes
 * times fall here and there while seqs rise; then it is one of the places where they pass the moment,
 * which is near enough for whoever looks for a day. head + 1: all are older.
 */
static int find_moment(const struct page_rows *rows, uint64_t ms, uint64_t head, uint64_t *ret_seq)
{
    uint64_t low = 1, high = head + 1, seq;
    uint8_t kind;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        int result = rows->seek(rows->ctx, middle, true);
        if (result == OK)
            result = rows->next(rows->ctx, &seq, &kind);
        if (result != OK && result != ERR_EOF)
            return result;
        if (result == ERR_EOF || rows->ts_ms(rows->ctx) >= ms)
            high = middle;
        else
            low = seq + 1;
    }
    *ret_seq = low;
    return OK;
}

/* Sets at to the first event from this seq on that a page shows, not far behind it. */
static int find_shown(const struct page_rows *rows, uint64_t from, struct store_read *read)
{
    uint64_t seq;
    uint8_t kind;
    int result = rows->seek(rows->ctx, from, true);
    for (unsigned i = 0; result == OK && i < PAGE_ROWS_MAX && read->at == 0; i++) {
        result = rows->next(rows->ctx, &seq, &kind);
        if (result == OK && stands_for_itself(kind))
            read->at = seq;
    }
    return result == ERR_EOF ? OK : result;
}

/* Around the first event of that moment or later; the newest when there is none. */
static int at(struct page *page, uint64_t head, struct store_read *read)
{
    uint64_t from = 0;
    int result = find_moment(page->rows, read->seq, head, &from);
    if (result == OK && from <= head)
        result = find_shown(page->rows, from, read);
    if (result != OK)
        return result;
    return read->at == 0 ? below(page, head, read) : around(page, read->at, head, read);
}

static int pick(struct page *page, uint64_t head, struct store_read *read)
{
    switch ((enum read_where)read->where) {
    case READ_AROUND:
        return around(page, read->seq, head, read);
    case READ_AT:
        return at(page, head, read);
    case READ_AFTER:
        read->first = (read->seq < head ? read->seq : head) + 1;
        return above(page, read->first, head, read);
    case READ_BEFORE:
        return below(page, read->seq == 0 ? 0 : read->seq - 1 < head ? read->seq - 1 : head, read);
    case READ_NEWEST:
        break;
    }
    return below(page, head, read);
}

int page_history(const struct page_rows *rows, uint64_t head, struct store_read *read)
{
    struct page page = {rows, event_batch_new(EVENTS_EXPECTED), read->limit, read->bytes_max, 0};
    int result = pick(&page, head, read);
    if (result != OK) {
        event_batch_unref(page.events);
        return result;
    }
    read->events = page.events;
    read->head = head;
    return OK;
}
