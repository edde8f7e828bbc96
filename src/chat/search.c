#include "chat/search.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/unicode.h"
#include "base/utf8.h"
#include "chat/event.h"
#include "chat/welcome.h"

/* ---- what was typed ---- */

/* Something typed: a word, a phrase or a filter. */
struct token {
    struct slice filter; /* the name of the filter; empty: none */
    struct slice text;
    bool quoted, open; /* in quotes; and the closing one is missing */
    bool part, prefix; /* a * in front, behind */
};

static bool is_white(uint8_t byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static const char *const filters[] = {"from", "in", "before", "after", "has"};

/* The length of a filter's name, with its colon, at the start of what is left; 0: there is none. */
static size_t filter_len(struct slice left)
{
    for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
        size_t len = strlen(filters[i]);
        if (left.len > len && left.ptr[len] == ':' &&
            slice_equals_nocase(slice_of(left.ptr, len), slice_of_string(filters[i])))
            return len + 1;
    }
    return 0;
}

static void skip(struct slice *left, size_t len)
{
    left->ptr += len;
    left->len -= len;
}

static bool take_if(struct slice *left, uint8_t byte)
{
    if (left->len == 0 || left->ptr[0] != byte)
        return false;
    skip(left, 1);
    return true;
}

/* What is left up to the quote that ends it, or up to white space. */
static struct slice take_text(struct slice *left, bool quoted)
{
    size_t len = 0;
    while (len < left->len && (quoted ? left->ptr[len] != '"' : !is_white(left->ptr[len])))
        len++;
    struct slice text = slice_of(left->ptr, len);
    skip(left, len);
    return text;
}

static bool next_token(struct slice *left, struct token *ret_token)
{
    struct token token = {.filter = {NULL, 0}};
    while (left->len > 0 && is_white(left->ptr[0]))
        skip(left, 1);
    if (left->len == 0)
        return false;
    size_t len = filter_len(*left);
    if (len > 0) {
        token.filter = slice_of(left->ptr, len - 1);
        skip(left, len);
    } else {
        token.part = take_if(left, '*');
    }
    token.quoted = take_if(left, '"');
    token.text = take_text(left, token.quoted);
    if (token.quoted) {
        token.open = !take_if(left, '"');
    } else if (len == 0 && token.text.len > 0 && token.text.ptr[token.text.len - 1] == '*') {
        token.text.len--;
        token.prefix = true;
    }
    *ret_token = token;
    return true;
}

/* ---- filters ---- */

static bool number(struct slice text, size_t from, size_t digits, unsigned *ret_number)
{
    *ret_number = 0;
    for (size_t i = from; i < from + digits; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
        *ret_number = 10 * *ret_number + (unsigned)(text.ptr[i] - '0');
    }
    return true;
}

/* Days since 1970-01-01, after Hinnant, "chrono-compatible low-level date algorithms". */
static uint64_t days_of(unsigned year, unsigned month, unsigned day)
{
    unsigned shifted = month <= 2 ? year - 1 : year;
    unsigned era_year = shifted % 400;
    unsigned year_day = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    unsigned era_day = era_year * 365 + era_year / 4 - era_year / 100 + year_day;
    return (uint64_t)(shifted / 400) * 146097 + era_day - 719468;
}

static bool date(struct slice text, uint64_t *ret_ms)
{
    static const uint8_t lens[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    unsigned year, month, day;
    if (text.len != 10 || text.ptr[4] != '-' || text.ptr[7] != '-' || !number(text, 0, 4, &year) ||
        !number(text, 5, 2, &month) || !number(text, 8, 2, &day))
        return false;
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (year < 1971 || month < 1 || month > 12 || day < 1 || day > lens[month - 1] ||
        (month == 2 && day == 29 && !leap))
        return false;
    *ret_ms = days_of(year, month, day) * 86400000;
    return true;
}

/* Lower case, as ids are written. */
static bool hex(struct slice text, uint64_t *ret_number)
{
    *ret_number = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
        *ret_number = *ret_number << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return true;
}

/* As docs/PROTOCOL.md has it: "lobby", or 12 hexadecimal digits. */
static bool room(struct slice text, uint64_t *ret_room)
{
    if (slice_is(text, ROOM_LOBBY_ID)) {
        *ret_room = ROOM_LOBBY;
        return true;
    }
    return text.len == 12 && hex(text, ret_room) && *ret_room != 0 && *ret_room != ROOM_LOBBY;
}

static bool from(struct slice text, struct name *ret_folded)
{
    struct name name;
    take_if(&text, '@');
    if (name_make(text, &name) != OK)
        return false;
    name_fold(&name, ret_folded);
    return true;
}

static bool has(struct slice text, struct search *search)
{
    if (slice_equals_nocase(text, slice_of_string("file")))
        search->has_file = true;
    else if (slice_equals_nocase(text, slice_of_string("link")))
        search->has_link = true;
    else if (slice_equals_nocase(text, slice_of_string("image")))
        search->has_image = true;
    else
        return false;
    return true;
}

/* Returns NULL, or what the filter wants. */
static const char *set_filter(struct search *search, const struct token *token)
{
    switch (token->filter.ptr[0] | 0x20) {
    case 'f':
        return from(token->text, &search->from) ? NULL : "from: is followed by a name";
    case 'i':
        return room(token->text, &search->room) ? NULL : "in: is followed by the id of a room";
    case 'b':
        return date(token->text, &search->before_ms)
                   ? NULL
                   : "before: is followed by a day, as 2024-12-31";
    case 'a':
        return date(token->text, &search->after_ms) ? NULL
                                                    : "after: is followed by a day, as 2024-12-31";
    default:
        return has(token->text, search) ? NULL : "has: is followed by file, link or image";
    }
}

/* ---- terms ---- */

static bool is_unspaced(uint32_t character)
{
    return unicode_class_of(character) == UNICODE_UNSPACED;
}

/*
 * Takes the spaces at the ends of a folded text away where the text may go on, or begin earlier; in scripts without
 * spaces it always may.
 */
static void trim(struct search_text *text, struct token *token, uint32_t *ret_first)
{
    *ret_first = token->part || is_unspaced(text->chars[1]);
    token->prefix |= token->part || is_unspaced(text->chars[text->count - 2]);
    if (token->prefix)
        text->count--;
}

static int add_term(struct search *search, struct search_text *text, uint32_t *used,
                    struct token token)
{
    uint32_t first;
    search_text_fold(text, token.text);
    if (text->count < 3)
        return OK; /* nothing but punctuation */
    if (search->terms_count == SEARCH_TERMS_MAX)
        return ERR_LIMIT;
    trim(text, &token, &first);
    struct search_term *term = &search->terms[search->terms_count++];
    term->text = token.text;
    term->chars = *used;
    term->count = (uint32_t)text->count - first;
    memcpy(search->chars + *used, text->chars + first, term->count * sizeof(search->chars[0]));
    *used += term->count;
    if (token.quoted)
        term->kind = SEARCH_PHRASE;
    else if (first)
        term->kind = SEARCH_PART;
    else
        term->kind = token.prefix ? SEARCH_PREFIX : SEARCH_WORD;
    return OK;
}

/* Which of what was typed is the last that is no filter: it may still be being typed. */
static size_t last_word(struct slice left)
{
    struct token token;
    size_t last = 0;
    for (size_t i = 1; next_token(&left, &token); i++)
        if (token.filter.len == 0)
            last = i;
    return last;
}

static bool is_empty(const struct search *search)
{
    return search->terms_count == 0 && search->from.len == 0 && search->room == 0 &&
           search->before_ms == 0 && search->after_ms == 0 && !search->has_file &&
           !search->has_link && !search->has_image;
}

int search_parse(struct slice typed, struct search *ret_search, const char **ret_why)
{
    struct search_text text = {0};
    struct token token;
    uint32_t used = 0;
    int result = OK;
    if (typed.len > SEARCH_TEXT_MAX)
        return ERR_LIMIT;
    memset(ret_search, 0, sizeof(*ret_search));
    if (typed.len > 0)
        memcpy(ret_search->typed, typed.ptr, typed.len);
    struct slice left = slice_of(ret_search->typed, typed.len);
    size_t last = last_word(left);
    for (size_t i = 1; result == OK && next_token(&left, &token); i++) {
        if (token.filter.len > 0) {
            *ret_why = set_filter(ret_search, &token);
            result = *ret_why ? ERR_PROTOCOL : OK;
        } else {
            token.prefix |= i == last && (!token.quoted || token.open);
            result = add_term(ret_search, &text, &used, token);
        }
    }
    search_text_release(&text);
    if (result == OK && is_empty(ret_search)) {
        *ret_why = "there is nothing to look for";
        result = ERR_PROTOCOL;
    }
    return result;
}

void search_free(struct search *search)
{
    if (!search)
        return;
    for (size_t i = 0; i < search->hits_count; i++)
        event_free(search->hits[i].event);
    mem_free(search->hits);
    mem_free(search);
}

/* ---- what is found ---- */

bool search_is_from_visitor(const struct search *search, unsigned *ret_visitor)
{
    static const char visitor[] = "visitor ";
    const size_t digits = 4, len = sizeof(visitor) - 1;
    uint64_t number;
    if (search->from.len != len + digits || memcmp(search->from.text, visitor, len) != 0 ||
        !hex(slice_of(search->from.text + len, digits), &number))
        return false;
    *ret_visitor = (unsigned)number;
    return true;
}

bool search_matches(const struct search *search, const struct search_text *text)
{
    size_t at;
    for (size_t i = 0; i < search->terms_count; i++) {
        const struct search_term *term = &search->terms[i];
        if (!search_text_find(text, search->chars + term->chars, term->count, 0, &at))
            return false;
    }
    return true;
}

static bool begins_with(struct slice text, struct slice beginning)
{
    return text.len > beginning.len && memcmp(text.ptr, beginning.ptr, beginning.len) == 0;
}

bool search_has_link(struct slice text)
{
    while (text.len > 0) {
        const uint8_t *at = memchr(text.ptr, 'h', text.len);
        if (!at)
            return false;
        skip(&text, (size_t)(at - text.ptr));
        if (begins_with(text, SLICE_LITERAL("http://")) ||
            begins_with(text, SLICE_LITERAL("https://")))
            return true;
        skip(&text, 1);
    }
    return false;
}

/* The next place of any term at or behind `start`; the longest one where several begin. */
static bool next_mark(const struct search *search, const struct search_text *text, size_t start,
                      size_t *ret_first, size_t *ret_end)
{
    bool found = false;
    size_t at;
    for (size_t i = 0; i < search->terms_count; i++) {
        const struct search_term *term = &search->terms[i];
        const uint32_t *chars = search->chars + term->chars;
        size_t begins = chars[0] == ' ', ends = chars[term->count - 1] == ' ';
        /* The space before may be the one behind the last mark. */
        if (!search_text_find(text, chars, term->count, start > begins ? start - begins : 0, &at))
            continue;
        size_t first = at + begins, end = at + term->count - ends;
        if (!found || first < *ret_first || (first == *ret_first && end > *ret_end)) {
            *ret_first = first;
            *ret_end = end;
        }
        found = true;
    }
    return found;
}

uint32_t search_mark(const struct search *search, struct slice text,
                     struct search_mark ret_marks[SEARCH_MARKS_MAX])
{
    struct search_text folded = {0};
    uint32_t count = 0;
    size_t first = 0, end = 0;
    search_text_fold(&folded, text);
    while (count < SEARCH_MARKS_MAX && next_mark(search, &folded, end, &first, &end))
        ret_marks[count++] = (struct search_mark){folded.from[first], folded.from[end]};
    search_text_release(&folded);
    return count;
}
