#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "chat/event.h"
#include "chat/search.h"
#include "store/sqlite_reader.h"
#include "store/sqlite_search.h"

enum {
    WANTED_MAX = 96,    /* slices that one search asks for; more would not make it choose better */
    LAST_PART = 8,      /* of the deadline is kept for the answer */
    FEW_CANDIDATES = 1, /* are looked at rather than another slice */
};

enum search_sql {
    SQL_SEARCH_NEWEST,
    SQL_SEARCH_NAMED,
    SQL_SEARCH_BLOCK,
    SQL_SEARCH_ROW,
    SQL_SEARCH_MESSAGES,
    SQL_SEARCH_FILES,
    SQL_SEARCH_FIRST,
    SQL_SEARCH_COUNT,
};

enum block_column { FIRST, OLDEST, NEWEST, ROOMS };

enum message_column { ID, ROOM, SEQ, FLAGS, AUTHOR, TS, TEXT };

static const struct sql search_sql[SQL_SEARCH_COUNT] = {
    [SQL_SEARCH_NEWEST] = {"search", "SELECT ifnull(max(id), 0) FROM events"},
    [SQL_SEARCH_NAMED] = {"search", "SELECT id FROM people WHERE folded = ?1"},
    [SQL_SEARCH_BLOCK] =
        {"search", "SELECT first, oldest, newest, rooms FROM search_blocks WHERE block = ?1"},
    [SQL_SEARCH_ROW] = {"search", "SELECT bits FROM search_slices WHERE id = ?1"},
    [SQL_SEARCH_MESSAGES] =
        {"search",
         "SELECT e.id, e.room, e.seq, e.flags, e.author, e.ts,"
         " CASE WHEN v.seq IS NULL THEN e.body ELSE t.body END FROM events e"
         " LEFT JOIN revised v ON v.room = e.room AND v.seq = CASE WHEN e.flags & 4 THEN e.seq END"
         " LEFT JOIN texts t ON t.id = v.text"
         " WHERE e.id >= ?1 AND e.id < ?2 AND e.kind = 2 ORDER BY e.id DESC"},
    [SQL_SEARCH_FILES] = {"search",
                          "SELECT max(type LIKE 'image/%') FROM files"
                          " WHERE room = ?1 AND seq = ?2 AND room > 0 HAVING count(*) > 0"},
    [SQL_SEARCH_FIRST] = {"search", "SELECT first_seq FROM rooms WHERE id = ?1"},
};

/* A slice that all that is looked for has a one in. */
struct wanted {
    unsigned row, at;    /* of the block, and which slice of it */
    uint32_t ones, seen; /* in how many messages of how many it had one so far */
};

/* The search at hand. */
struct run {
    struct sqlite_reader *reader;
    struct search *search;
    unsigned sql;
    uint64_t until_ms;
    bool by_person, by_visitor; /* from: */
    uint64_t person;
    unsigned visitor;
    size_t rooms_count;
    uint64_t rooms[SEARCH_ROOMS_MAX + 1]; /* in order */
    unsigned wanted_count;
    struct wanted wanted[WANTED_MAX];
    struct search_text text;
    uint64_t below; /* all events from this id on were looked at */
};

int sqlite_search_prepare(struct sqlite_reader *reader)
{
    reader->search_sql = (unsigned)reader->db.count;
    return db_prepare(&reader->db, search_sql, SQL_SEARCH_COUNT);
}

/* ---- what is asked for ---- */

static int number_order(const void *a, const void *b)
{
    const uint64_t *first = a, *second = b;
    return (*first > *second) - (*first < *second);
}

static void set_rooms(struct run *run)
{
    const struct search *search = run->search;
    for (size_t i = 0; i < search->rooms_count; i++) {
        if (search->room == 0 || search->room == search->rooms[i])
            run->rooms[run->rooms_count++] = search->rooms[i];
    }
    qsort(run->rooms, run->rooms_count, sizeof(run->rooms[0]), number_order);
}

static bool is_in(const struct run *run, uint64_t room)
{
    return run->rooms_count > 0 &&
           bsearch(&room, run->rooms, run->rooms_count, sizeof(room), number_order) != NULL;
}

/* Reads one number; ERR_NOT_FOUND: there is no row. */
static int number(struct run *run, enum search_sql which, uint64_t *ret_number)
{
    struct db *db = &run->reader->db;
    int result = db_row(db, run->sql + which);
    if (result == OK)
        *ret_number = column_u64(db->statements[run->sql + which], 0);
    db_reset(db, run->sql + which);
    return result;
}

/* ERR_NOT_FOUND: nobody has this name. */
static int set_author(struct run *run, struct search_sign *sign)
{
    const struct name *from = &run->search->from;
    if (from->len == 0)
        return OK;
    bind_text(db_statement(&run->reader->db, run->sql + SQL_SEARCH_NAMED), 1, name_slice(from));
    int result = number(run, SQL_SEARCH_NAMED, &run->person);
    run->by_person = result == OK;
    if (result == ERR_NOT_FOUND && search_is_from_visitor(run->search, &run->visitor)) {
        run->by_visitor = true;
        result = OK;
    }
    if (result == OK)
        search_sign_author(sign, run->by_person ? run->person : run->visitor, run->by_visitor);
    return result;
}

static void set_wanted(struct run *run, const struct search_sign *sign)
{
    for (unsigned slice = 0; slice < SEARCH_SLICES && run->wanted_count < WANTED_MAX; slice++) {
        if (search_sign_has(sign, slice))
            run->wanted[run->wanted_count++] =
                (struct wanted){.row = slice / SEARCH_ROW_SLICES, .at = slice % SEARCH_ROW_SLICES};
    }
}

static int prepare_run(struct run *run)
{
    const struct search *search = run->search;
    struct search_sign sign = {{0}};
    set_rooms(run);
    for (size_t i = 0; i < search->terms_count; i++)
        search_sign_run(&sign, search->chars + search->terms[i].chars, search->terms[i].count);
    if (search->has_file)
        search_sign_trait(&sign, SEARCH_HAS_FILE);
    if (search->has_link)
        search_sign_trait(&sign, SEARCH_HAS_LINK);
    if (search->has_image)
        search_sign_trait(&sign, SEARCH_HAS_IMAGE);
    int result = set_author(run, &sign);
    set_wanted(run, &sign);
    return result;
}

/* ---- a message ---- */

static bool is_by(const struct run *run, uint64_t author, bool visitor)
{
    if (run->by_person)
        return !visitor && author == run->person;
    if (run->by_visitor)
        return visitor && (author & UINT16_MAX) == run->visitor;
    return true;
}

static int has_files(struct run *run, uint64_t room, uint64_t seq, bool *ret_has)
{
    sqlite3_stmt *files = db_statement(&run->reader->db, run->sql + SQL_SEARCH_FILES);
    uint64_t image = 0;
    bind_u64(files, 1, room);
    bind_u64(files, 2, seq);
    int result = number(run, SQL_SEARCH_FILES, &image);
    *ret_has = result == OK && (image || !run->search->has_image);
    return result == ERR_NOT_FOUND ? OK : result;
}

/* Whether the row of SQL_SEARCH_MESSAGES is what is looked for. */
static int fits(struct run *run, sqlite3_stmt *row, bool *ret_fits)
{
    const struct search *search = run->search;
    unsigned flags = (unsigned)sqlite3_column_int(row, FLAGS);
    *ret_fits = false;
    if ((flags & EVENT_FLAG_DELETED) || !is_in(run, column_u64(row, ROOM)) ||
        !is_by(run, column_u64(row, AUTHOR), (flags & EVENT_FLAG_VISITOR) != 0) ||
        !search_is_in_time(search, column_u64(row, TS)))
        return OK;
    struct slice said = column_slice(row, TEXT);
    if (search->has_link && !search_has_link(said))
        return OK;
    search_text_fold(&run->text, said);
    *ret_fits = search_matches(search, &run->text);
    if (!*ret_fits || (!search->has_file && !search->has_image))
        return OK;
    if (flags & EVENT_FLAG_FILES)
        return has_files(run, column_u64(row, ROOM), column_u64(row, SEQ), ret_fits);
    *ret_fits = false;
    return OK;
}

static int add_hit(struct run *run, uint64_t room, uint64_t seq)
{
    struct search *search = run->search;
    struct search_hit *hit = &search->hits[search->hits_count];
    uint64_t first = 1;
    bind_u64(db_statement(&run->reader->db, run->sql + SQL_SEARCH_FIRST), 1, room);
    int result = number(run, SQL_SEARCH_FIRST, &first);
    if (result == OK && seq < first)
        return OK; /* it is not kept any more */
    if (result == OK || result == ERR_NOT_FOUND)
        result = sqlite_read_event(run->reader, room, seq, &hit->event);
    if (result != OK)
        return result == ERR_NOT_FOUND ? OK : result;
    hit->room = room;
    hit->marks_count = search_mark(search, hit->event->message.body, hit->marks);
    search->hits_count++;
    return OK;
}

/* ERR_EOF: as many hits as were asked for. ERR_AGAIN: time is up. */
static int look_at_message(struct run *run, sqlite3_stmt *row)
{
    bool found = false;
    uint64_t id = column_u64(row, ID);
    if (clock_mono_ms() >= run->until_ms)
        return ERR_AGAIN;
    int result = fits(run, row, &found);
    if (result == OK && found)
        result = add_hit(run, column_u64(row, ROOM), column_u64(row, SEQ));
    if (result != OK)
        return result;
    run->below = id;
    return run->search->hits_count == run->search->limit ? ERR_EOF : OK;
}

/* Looks at the messages with ids from first to end (exclusive), newest first. */
static int look_at_messages(struct run *run, uint64_t first, uint64_t end)
{
    struct db *db = &run->reader->db;
    unsigned sql = run->sql + SQL_SEARCH_MESSAGES;
    sqlite3_stmt *messages = db_statement(db, sql);
    bind_u64(messages, 1, first);
    bind_u64(messages, 2, end);
    int result;
    while ((result = db_row(db, sql)) == OK && (result = look_at_message(run, messages)) == OK)
        ;
    db_reset(db, sql);
    return result == ERR_NOT_FOUND ? OK : result;
}

/* ---- a block ---- */

/* Messages of a block that may be what is looked for. */
struct candidates {
    uint64_t words[SEARCH_BLOCK / 64]; /* the bytes of a slice, in their order */
};

static unsigned count_ones(const struct candidates *of)
{
    unsigned count = 0;
    for (size_t i = 0; i < SEARCH_BLOCK / 64; i++)
        count += (unsigned)__builtin_popcountll(of->words[i]);
    return count;
}

/* Those that were in few messages up to now come first. */
static void sort_wanted(struct run *run)
{
    for (unsigned i = 1; i < run->wanted_count; i++) {
        struct wanted moving = run->wanted[i];
        unsigned at = i;
        for (; at > 0; at--) {
            const struct wanted *before = &run->wanted[at - 1];
            if ((uint64_t)before->ones * (moving.seen + 1) <=
                (uint64_t)moving.ones * (before->seen + 1))
                break;
            run->wanted[at] = *before;
        }
        run->wanted[at] = moving;
    }
}

/* Keeps only those candidates that have a one in the slice. */
static void narrow(struct candidates *candidates, const uint8_t *slice, struct wanted *wanted)
{
    struct candidates ones;
    memcpy(ones.words, slice, SEARCH_SLICE_BYTES);
    wanted->ones += count_ones(&ones);
    wanted->seen += SEARCH_BLOCK;
    for (size_t i = 0; i < SEARCH_BLOCK / 64; i++)
        candidates->words[i] &= ones.words[i];
}

/* Reads the slices that are wanted, one row after another, until too few candidates are left to go on. */
static int read_slices(struct run *run, uint64_t first, struct candidates *candidates)
{
    struct db *db = &run->reader->db;
    unsigned sql = run->sql + SQL_SEARCH_ROW;
    uint64_t rows_read = 0; /* a bit for each */
    int result = OK;
    _Static_assert(SEARCH_ROWS <= 64, "a bit for each row");
    sort_wanted(run);
    for (unsigned i = 0; result == OK && i < run->wanted_count; i++) {
        unsigned row = run->wanted[i].row;
        if (rows_read >> row & 1)
            continue;
        if (count_ones(candidates) <= FEW_CANDIDATES)
            break;
        rows_read |= UINT64_C(1) << row;
        bind_u64(db_statement(db, sql), 1, first + row);
        result = db_row(db, sql);
        struct slice bits = {NULL, 0};
        if (result == OK)
            bits = column_slice(db->statements[sql], 0);
        for (unsigned j = i; bits.len == SEARCH_ROW_BYTES && j < run->wanted_count; j++) {
            struct wanted *wanted = &run->wanted[j];
            if (wanted->row == row)
                narrow(candidates, bits.ptr + (size_t)wanted->at * SEARCH_SLICE_BYTES, wanted);
        }
        db_reset(db, sql);
    }
    return result;
}

/* OK: the block is in the index, and first is its first row, 0 if there can be nothing in it. */
static int find_block(struct run *run, uint64_t block, uint64_t *ret_first,
                      struct candidates *candidates)
{
    const struct search *search = run->search;
    struct db *db = &run->reader->db;
    unsigned sql = run->sql + SQL_SEARCH_BLOCK;
    sqlite3_stmt *row = db_statement(db, sql);
    bind_u64(row, 1, block);
    int result = db_row(db, sql);
    if (result == OK) {
        bool in_time = (!search->before_ms || column_u64(row, OLDEST) < search->before_ms) &&
                       column_u64(row, NEWEST) >= search->after_ms;
        bool may = in_time && search_rooms_select(column_slice(row, ROOMS), run->rooms,
                                                  run->rooms_count, (uint8_t *)candidates->words);
        *ret_first = may ? column_u64(row, FIRST) : 0;
    }
    db_reset(db, sql);
    return result;
}

static int look_at_candidates(struct run *run, uint64_t block, uint64_t end,
                              const struct candidates *candidates)
{
    const uint8_t *bytes = (const uint8_t *)candidates->words;
    int result = OK;
    for (unsigned i = SEARCH_BLOCK; result == OK && i > 0; i--) {
        uint64_t id = block * SEARCH_BLOCK + i - 1;
        if (bytes[(i - 1) / 8] == 0)
            i -= (i - 1) % 8; /* and the others of this byte */
        else if ((bytes[(i - 1) / 8] >> (i - 1) % 8 & 1) && id < end)
            result = look_at_messages(run, id, id + 1);
    }
    return result;
}

static int look_at_block(struct run *run, uint64_t block, uint64_t end)
{
    struct candidates candidates;
    uint64_t first;
    int result = find_block(run, block, &first, &candidates);
    if (result == ERR_NOT_FOUND)
        return look_at_messages(run, block * SEARCH_BLOCK, end);
    if (result != OK || first == 0)
        return result;
    result = read_slices(run, first, &candidates);
    /* A row is missing: the file is damaged; what the search loses is not worth the program. */
    if (result == ERR_NOT_FOUND)
        return look_at_messages(run, block * SEARCH_BLOCK, end);
    return result == OK ? look_at_candidates(run, block, end, &candidates) : result;
}

/* ---- the question ---- */

static int look(struct run *run)
{
    uint64_t newest = 0, before = run->search->before;
    int result = number(run, SQL_SEARCH_NEWEST, &newest);
    run->below = before > 0 && before <= newest ? before : newest + 1;
    while (result == OK && run->below > 0) {
        uint64_t block = (run->below - 1) / SEARCH_BLOCK;
        if (clock_mono_ms() >= run->until_ms)
            return ERR_AGAIN;
        result = look_at_block(run, block, run->below);
        if (result == OK)
            run->below = block * SEARCH_BLOCK;
    }
    return result;
}

int sqlite_read_search(struct sqlite_reader *reader, struct store_read *read)
{
    struct search *search = read->search;
    struct run run = {.reader = reader, .search = search, .sql = reader->search_sql};
    run.until_ms = reader->until_ms - reader->deadline_ms / LAST_PART;
    if (search->limit == 0 || search->limit > SEARCH_LIMIT_MAX)
        search->limit = SEARCH_LIMIT_MAX;
    search->hits = mem_zalloc(search->limit * sizeof(search->hits[0]));
    int result = prepare_run(&run);
    if (result == OK && run.rooms_count > 0)
        result = look(&run);
    search_text_release(&run.text);
    if (result == ERR_NOT_FOUND)
        return OK; /* nobody has that name */
    if (result == OK)
        return OK;
    if (result != ERR_EOF && result != ERR_AGAIN)
        return result;
    search->incomplete = result == ERR_AGAIN;
    search->next = run.below;
    read->more = search->next > 0;
    return OK;
}
