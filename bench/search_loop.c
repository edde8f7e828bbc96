/*
 * The search without a server around it: the store on SQLite and one of its readers.
 *
 *   search_loop fill --folder DIR --messages N [--batch N] [--no-index]
 *   search_loop ask --folder DIR [--seconds S]
 *
 * `fill` keeps N messages in the store, --batch of them (500) in each transaction: 200 rooms, some much larger than others, 2,000 people, texts
 * of 1 to 80 words (14 on average) of a vocabulary of 60,000 that is used as languages are (Zipf). It says what a post takes.
 * `ask` asks as somebody who is in 20 of the rooms, for what is said there: it types words key by key, and so on; each kind of question
 * for S seconds (5). It checks that each hit is one. With the same arguments, the same is done.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/mix.h"
#include "chat/search.h"
#include "load_hist.h"
#include "store/sqlite.h"
#include "util.h"

enum {
    ROOMS = 200,
    ASKERS_ROOMS = 20,
    PEOPLE = 2000,
    VOCABULARY = 60000,
    WORD_MAX = 16,
    WORDS_MEAN = 14,
    WORDS_MAX = 80,
    TEXT_MAX = WORDS_MAX * (WORD_MAX + 1),
    CACHE_KB = 4096,
};

static const char USAGE[] = "search_loop fill --folder DIR --messages N [--batch N] [--no-index]\n"
                            "search_loop ask --folder DIR [--seconds S]\n";

struct opts {
    const char *folder;
    uint32_t messages, batch, seconds;
    bool no_index;
};

/* ---- a language ---- */

static uint64_t chance_state;

static uint64_t chance(void)
{
    return mix64(chance_state += UINT64_C(0x9e3779b97f4a7c15));
}

static uint32_t below(uint32_t limit)
{
    return (uint32_t)((chance() >> 32) * limit >> 32);
}

static char vocabulary[VOCABULARY][WORD_MAX + 1];
static double words_up_to[VOCABULARY], rooms_up_to[ROOMS];

static const char *part(const char *const *parts, uint32_t count)
{
    /* The first ones are taken more often. */
    uint32_t a = below(count), b = below(count);
    return parts[a < b ? a : b];
}

static void make_word(char word[WORD_MAX + 1], uint32_t rank)
{
    static const char *const begins[] = {"t",  "s",  "w", "h",  "b",  "c",  "",   "m", "f", "p",
                                         "d",  "r",  "l", "g",  "n",  "th", "st", "j", "k", "v",
                                         "pr", "sh", "y", "cl", "tr", "qu", "z",  "x"};
    static const char *const vowels[] = {"e", "a", "o", "i", "u", "ea", "ou", "ie", "y", "oo"};
    static const char *const ends[] = {"",  "n",  "r", "s",  "t",  "d",
                                       "l", "ng", "m", "ck", "st", "x"};
    size_t syllables = 1 + (rank > 60) * below(2) + (rank > 600) * below(2) + (rank > 6000);
    size_t len = 0;
    word[0] = '\0';
    for (size_t i = 0; i < syllables && len + 6 < WORD_MAX; i++)
        len += (size_t)snprintf(word + len, WORD_MAX + 1 - len, "%s%s%s", part(begins, 28),
                                part(vowels, 10), part(ends, 12));
}

static void make_language(void)
{
    double sum = 0;
    chance_state = 1;
    for (uint32_t i = 0; i < VOCABULARY; i++) {
        make_word(vocabulary[i], i);
        words_up_to[i] = sum += 1 / (i + 2.7);
    }
    sum = 0;
    for (uint32_t i = 0; i < ROOMS; i++)
        rooms_up_to[i] = sum += 1 / (i + 10.0);
}

static uint32_t pick(const double *up_to, uint32_t count)
{
    double at = (double)(chance() >> 11) / (double)(1ULL << 53) * up_to[count - 1];
    uint32_t low = 0, high = count - 1;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (up_to[middle] < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const char *word(void)
{
    return vocabulary[pick(words_up_to, VOCABULARY)];
}

static size_t make_text(char text[TEXT_MAX + 1])
{
    size_t len = 0;
    /* Exponential, as good as. */
    uint32_t words = 1;
    while (words < WORDS_MAX && below(WORDS_MEAN) != 0)
        words++;
    for (uint32_t i = 0; i < words; i++)
        len += (size_t)snprintf(text + len, TEXT_MAX + 1 - len, i == 0 ? "%s" : " %s", word());
    return len;
}

/* ---- filling ---- */

static uint64_t cpu_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static struct store *open_store(const struct opts *o)
{
    char fault[STORE_FAULT_BYTES];
    struct sqlite_opened opened;
    struct store *store;
    const struct sqlite_options options = {
        .folder = o->folder, .cache_kb = CACHE_KB, .no_index = o->no_index};
    if (sqlite_store_open(&options, &store, &opened, fault) != OK)
        die("%s", fault);
    return store;
}

static void check(const struct store *store, int result, const char *what)
{
    if (result != OK)
        die("%s: %s %s", what, error_name(result), store->fault);
}

static struct event *make_event(uint64_t number, uint64_t *heads)
{
    char text[TEXT_MAX + 1];
    size_t len = make_text(text);
    struct event *event = event_new(EVENT_MESSAGE, slice_of(text, len), slice_of(NULL, 0));
    uint32_t room = pick(rooms_up_to, ROOMS);
    event->room = 1000 + room;
    event->seq = ++heads[room];
    event->person = 1000 + below(PEOPLE);
    event->mid = chance();
    event->ts_ms = UINT64_C(1700000000000) + number * 1000;
    event->message.type = MESSAGE_TEXT;
    event->has_cid = true;
    for (size_t i = 0; i < CID_BYTES; i += 8) {
        uint64_t bytes = chance();
        memcpy(event->cid + i, &bytes, 8);
    }
    return event;
}

static void fill(const struct opts *o)
{
    static struct hist times;
    static uint64_t heads[ROOMS];
    struct store *store = open_store(o);
    struct event **events = calloc(o->batch, sizeof(struct event *));
    uint64_t wall = 0, cpu = 0;
    if (events == NULL)
        die("no memory");
    for (uint32_t at = 0; at < o->messages;) {
        uint32_t count = o->batch < o->messages - at ? o->batch : o->messages - at;
        for (uint32_t i = 0; i < count; i++)
            events[i] = make_event(at + i, heads);
        uint64_t wall_from = clock_ns(), cpu_from = cpu_ns();
        check(store, store->ops->begin(store), "begin");
        for (uint32_t i = 0; i < count; i++)
            check(store, store->ops->append(store, events[i], 1), "append");
        check(store, store->ops->commit(store), "commit");
        hist_record(&times, clock_ns() - wall_from);
        wall += clock_ns() - wall_from;
        cpu += cpu_ns() - cpu_from;
        for (uint32_t i = 0; i < count; i++)
            event_free(events[i]);
        at += count;
    }
    printf(
        "{\"ok\":true,\"mode\":\"fill\",\"index\":%s,\"messages\":%" PRIu32 ",\"batch\":%" PRIu32
        ",\"posts_per_s\":%.0f,\"cpu_us\":%.2f,\"p50_us\":%.1f,\"p99_us\":%.1f,\"max_us\":%.1f}\n",
        o->no_index ? "false" : "true", o->messages, o->batch, o->messages / ((double)wall / 1e9),
        (double)cpu / 1000 / o->messages, (double)hist_quantile_ns(&times, 0.5) / 1000,
        (double)hist_quantile_ns(&times, 0.99) / 1000, (double)times.max_ns / 1000);
    free(events);
    store->ops->close(store);
}

/* ---- asking ---- */

struct asker {
    struct store_reader *reader;
    uint64_t rooms[ASKERS_ROOMS];
    struct hist times, cpu_times;
    uint64_t hits, empty, incomplete;
};

static void ask(struct asker *asker, const char *typed)
{
    const char *why = "";
    struct store_read *read = mem_zalloc(sizeof(*read));
    struct search_text text = {0};
    read->kind = READ_SEARCH;
    read->search = mem_zalloc(sizeof(*read->search));
    struct search *search = read->search;
    uint64_t from = clock_ns(), cpu_from = cpu_ns();
    if (search_parse(slice_of_string(typed), search, &why) != OK)
        die("%s: %s", typed, why);
    search->rooms_count = ASKERS_ROOMS;
    memcpy(search->rooms, asker->rooms, sizeof(asker->rooms));
    asker->reader->ops->run(asker->reader, read);
    hist_record(&asker->times, clock_ns() - from);
    hist_record(&asker->cpu_times, cpu_ns() - cpu_from);
    if (read->result != OK)
        die("%s: %s %s", typed, error_name(read->result), read->fault);
    asker->hits += search->hits_count;
    asker->empty += search->hits_count == 0;
    asker->incomplete += search->incomplete;
    for (size_t i = 0; i < search->hits_count; i++) {
        search_text_fold(&text, search->hits[i].event->message.body);
        if (!search_matches(search, &text) || search->hits[i].marks_count == 0)
            die("%s: this is no hit", typed);
    }
    search_text_release(&text);
    store_read_free(read);
}

/* Each key of a word. */
static void type_word(struct asker *asker)
{
    char typed[WORD_MAX + 1];
    const char *whole = word();
    for (size_t len = 1; len <= strlen(whole); len++) {
        snprintf(typed, sizeof typed, "%.*s", (int)len, whole);
        ask(asker, typed);
    }
}

/* Only the first one or two keys, of any word there is. */
static void type_beginning(struct asker *asker)
{
    char typed[3];
    snprintf(typed, sizeof typed, "%.*s", 1 + (int)below(2), vocabulary[below(VOCABULARY)]);
    if (typed[0] != '\0')
        ask(asker, typed);
}

/* quote: around both, or "". */
static void ask_two(struct asker *asker, const char *quote)
{
    char typed[2 * WORD_MAX + 20];
    const char *first = word(), *second = word();
    snprintf(typed, sizeof typed, "%s%s %s%s", quote, first, second, quote);
    ask(asker, typed);
}

static void ask_two_words(struct asker *asker)
{
    ask_two(asker, "");
}

static void ask_phrase(struct asker *asker)
{
    ask_two(asker, "\"");
}

static void ask_rare(struct asker *asker)
{
    char typed[2 * WORD_MAX + 2];
    snprintf(typed, sizeof typed, "%s %s", vocabulary[VOCABULARY / 2 + below(VOCABULARY / 2)],
             vocabulary[VOCABULARY / 2 + below(VOCABULARY / 2)]);
    ask(asker, typed);
}

static void ask_part(struct asker *asker)
{
    char typed[WORD_MAX + 2];
    const char *whole = word();
    if (strlen(whole) < 4)
        return;
    snprintf(typed, sizeof typed, "*%s", whole + 1);
    ask(asker, typed);
}

static void ask_nothing(struct asker *asker)
{
    char typed[32];
    snprintf(typed, sizeof typed, "zq%06xzq", below(1 << 24));
    ask(asker, typed);
}

static double ms(const struct hist *times, double q)
{
    return (double)hist_quantile_ns(times, q) / 1e6;
}

static void ask_kind(struct asker *asker, const char *name, void (*kind)(struct asker *),
                     uint32_t seconds)
{
    hist_clear(&asker->times);
    hist_clear(&asker->cpu_times);
    asker->hits = asker->empty = asker->incomplete = 0;
    uint64_t end = clock_ns() + seconds * UINT64_C(1000000000);
    while (clock_ns() < end)
        kind(asker);
    const struct hist *times = &asker->times, *cpu = &asker->cpu_times;
    double count = (double)times->count;
    printf(
        "{\"ok\":true,\"mode\":\"ask\",\"kind\":\"%s\",\"count\":%" PRIu64
        ",\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"max_ms\":%.2f,\"cpu_p50_ms\":%.2f,\"cpu_p99_ms\":%.2f"
        ",\"hits\":%.1f,\"empty\":%.3f,\"incomplete\":%.4f}\n",
        name, times->count, ms(times, 0.5), ms(times, 0.99), ms(times, 1), ms(cpu, 0.5),
        ms(cpu, 0.99), (double)asker->hits / count, (double)asker->empty / count,
        (double)asker->incomplete / count);
    fflush(stdout);
}

static void ask_all(const struct opts *o)
{
    static struct asker asker;
    char fault[STORE_FAULT_BYTES];
    struct store *store = open_store(o);
    const struct sqlite_options options = {.folder = o->folder, .cache_kb = CACHE_KB};
    if (sqlite_reader_open(&options, &asker.reader, fault) != OK)
        die("%s", fault);
    chance_state = 7;
    for (uint32_t i = 0; i < ASKERS_ROOMS; i++)
        asker.rooms[i] = 1000 + i * (ROOMS / ASKERS_ROOMS) + below(ROOMS / ASKERS_ROOMS);
    ask_kind(&asker, "each key of a word", type_word, o->seconds);
    ask_kind(&asker, "one or two keys", type_beginning, o->seconds);
    ask_kind(&asker, "two words", ask_two_words, o->seconds);
    ask_kind(&asker, "two rare words", ask_rare, o->seconds);
    ask_kind(&asker, "a phrase", ask_phrase, o->seconds);
    ask_kind(&asker, "a part", ask_part, o->seconds);
    ask_kind(&asker, "what nobody said", ask_nothing, o->seconds);
    asker.reader->ops->close(asker.reader);
    store->ops->close(store);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"folder", required_argument, NULL, 'f'}, {"messages", required_argument, NULL, 'm'},
        {"batch", required_argument, NULL, 'b'},  {"seconds", required_argument, NULL, 's'},
        {"no-index", no_argument, NULL, 'n'},     {NULL, 0, NULL, 0}};
    struct opts o = {.batch = 500, .seconds = 5};
    const char *mode = argc > 1 ? argv[1] : "";
    int option;
    while ((option = getopt_long(argc - (argc > 1), argv + (argc > 1), "", options, NULL)) != -1) {
        if (option == 'f')
            o.folder = optarg;
        else if (option == 'm')
            o.messages = parse_count(optarg, 10000000);
        else if (option == 'b')
            o.batch = parse_count(optarg, 100000);
        else if (option == 's')
            o.seconds = parse_count(optarg, 60);
        else if (option == 'n')
            o.no_index = true;
        else
            die("usage:\n%s", USAGE);
    }
    set_deadline(600);
    make_language();
    if (strcmp(mode, "fill") == 0 && o.folder != NULL && o.messages > 0 && o.batch > 0)
        fill(&o);
    else if (strcmp(mode, "ask") == 0 && o.folder != NULL && o.seconds > 0)
        ask_all(&o);
    else
        die("usage:\n%s", USAGE);
    return 0;
}
