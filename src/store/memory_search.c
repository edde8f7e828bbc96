#include "base/error.h"
#include "base/memory.h"
#include "chat/search.h"
#include "store/memory_state.h"

enum {
    LOOK_MAX = 20000
}; /* events that one search passes over, since it holds the store meanwhile */

/* The rooms that are looked through, each downwards from its newest event. */
struct run {
    struct memory_reader *reader;
    struct search *search;
    const struct memory_person *person; /* from: */
    bool by_visitor;
    unsigned visitor;
    size_t rooms_count;
    const struct memory_room *rooms[SEARCH_ROOMS_MAX + 1];
    const struct kept *next[SEARCH_ROOMS_MAX + 1]; /* NULL: there is none */
    struct search_text text;
};

/* The newest event of the room before this one, in the order of all. */
static const struct kept *newest_before(const struct memory_room *room, uint64_t before)
{
    uint64_t low = room->first, high = room->record.head + 1;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (memory_kept(room, middle)->order < before)
            low = middle + 1;
        else
            high = middle;
    }
    return low > room->first ? memory_kept(room, low - 1) : NULL;
}

static void begin_rooms(struct run *run)
{
    const struct search *search = run->search;
    uint64_t before = search->before ? search->before : UINT64_MAX;
    for (size_t i = 0; i < search->rooms_count; i++) {
        const struct memory_room *room = memory_room(run->reader->memory, search->rooms[i]);
        if (!room || (search->room != 0 && search->room != search->rooms[i]))
            continue;
        run->next[run->rooms_count] = newest_before(room, before);
        run->rooms[run->rooms_count++] = room;
    }
}

/* Whether anybody can have said it. */
static bool begin_author(struct run *run)
{
    const struct name *from = &run->search->from;
    if (from->len == 0)
        return true;
    HASH_FIND(by_name, run->reader->memory->people_by_name, from->text, from->len, run->person);
    run->by_visitor = !run->person && search_is_from_visitor(run->search, &run->visitor);
    return run->person || run->by_visitor;
}

static bool is_by(const struct run *run, const struct kept *kept)
{
    if (run->person)
        return !kept->visitor && kept->key.person == run->person->record.id;
    if (run->by_visitor)
        return kept->visitor && (kept->key.person & UINT16_MAX) == run->visitor;
    return true;
}

static bool fits(struct run *run, const struct kept *kept)
{
    const struct search *search = run->search;
    /* There are no files in memory. */
    if (kept->kind != EVENT_MESSAGE || kept->deleted || search->has_file || search->has_image ||
        !is_by(run, kept) || !search_is_in_time(search, kept->ts_ms))
        return false;
    struct slice said = kept->text ? blob_slice(kept->text) : slice_of(NULL, 0);
    if (search->has_link && !search_has_link(said))
        return false;
    search_text_fold(&run->text, said);
    return search_matches(search, &run->text);
}

static void add_hit(struct run *run, const struct memory_room *room, const struct kept *kept)
{
    struct search *search = run->search;
    struct search_hit *hit = &search->hits[search->hits_count++];
    run->reader->room = room;
    run->reader->kept = kept;
    hit->room = room->record.id;
    hit->event = memory_page_event(run->reader);
    hit->marks_count = search_mark(search, hit->event->message.body, hit->marks);
}

/* The newest event of those that the rooms stand at; their count if there is none. */
static size_t newest_room(const struct run *run)
{
    size_t newest = run->rooms_count;
    for (size_t i = 0; i < run->rooms_count; i++) {
        if (run->next[i] &&
            (newest == run->rooms_count || run->next[i]->order > run->next[newest]->order))
            newest = i;
    }
    return newest;
}

static void look(struct run *run)
{
    struct search *search = run->search;
    for (unsigned looked = 0; search->hits_count < search->limit; looked++) {
        size_t at = newest_room(run);
        if (at == run->rooms_count) {
            search->next = 0;
            return;
        }
        const struct kept *kept = run->next[at];
        if (looked == LOOK_MAX) {
            search->incomplete = true;
            return;
        }
        if (fits(run, kept))
            add_hit(run, run->rooms[at], kept);
        search->next = kept->order;
        run->next[at] = memory_kept(run->rooms[at], kept->seq - 1);
    }
}

int memory_read_search(struct memory_reader *reader, struct store_read *read)
{
    struct search *search = read->search;
    struct run run = {.reader = reader, .search = search};
    if (search->limit == 0 || search->limit > SEARCH_LIMIT_MAX)
        search->limit = SEARCH_LIMIT_MAX;
    search->hits = mem_zalloc(search->limit * sizeof(search->hits[0]));
    if (begin_author(&run)) {
        begin_rooms(&run);
        look(&run);
    }
    search_text_release(&run.text);
    read->more = search->next > 0;
    return OK;
}
