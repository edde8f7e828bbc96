/* Choice: how much of the input is typed by somebody who searches. The rest is what was said. */
#include "fuzz.h"

#include "base/error.h"
#include "base/utf8.h"
#include "chat/search.h"
#include "store/sqlite_search.h"

/** Words with one space before each and one behind the last, and each knows where it is from. */
static void check_form(const struct search_text *text, size_t len)
{
    ASSERT(text->count > 0 && text->count <= search_text_count_max(len));
    ASSERT(text->chars[0] == ' ' && text->chars[text->count - 1] == ' ');
    for (size_t i = 1; i < text->count; i++) {
        ASSERT(text->chars[i] != ' ' || text->chars[i - 1] != ' ');
        ASSERT(text->from[i - 1] <= text->from[i] && text->from[i] <= len);
    }
}

/** What is folded stays as it is when it is folded again. */
static void check_again(const struct search_text *text)
{
    uint8_t *bytes = mem_alloc(text->count * UTF8_BYTES_MAX);
    struct search_text again = {0};
    size_t len = 0;
    for (size_t i = 0; i < text->count; i++)
        len += utf8_encode(text->chars[i], bytes + len);
    if (len <= SEARCH_TEXT_BYTES_MAX) {
        search_text_fold(&again, slice_of(bytes, len));
        ASSERT(again.count == text->count);
        ASSERT(memcmp(again.chars, text->chars, text->count * sizeof(text->chars[0])) == 0);
    }
    search_text_release(&again);
    mem_free(bytes);
}

/** A message that has the terms has every bit that they ask for. */
static void check_sign(const struct search *search, const struct search_text *text)
{
    struct search_sign asked = {{0}}, kept = {{0}};
    for (size_t i = 0; i < search->terms_count; i++)
        search_sign_run(&asked, search->chars + search->terms[i].chars, search->terms[i].count);
    search_sign_run(&kept, text->chars, text->count);
    for (size_t i = 0; i < sizeof(kept.words) / sizeof(kept.words[0]); i++)
        ASSERT((asked.words[i] & ~kept.words[i]) == 0);
}

static void check_marks(const struct search *search, struct slice said, bool matches)
{
    struct search_mark marks[SEARCH_MARKS_MAX];
    uint32_t count = search_mark(search, said, marks), end = 0;
    ASSERT(count <= SEARCH_MARKS_MAX);
    ASSERT(count > 0 || !matches || search->terms_count == 0);
    for (uint32_t i = 0; i < count; i++) {
        ASSERT(marks[i].from >= end && marks[i].from < marks[i].to && marks[i].to <= said.len);
        end = marks[i].to;
        ASSERT(!utf8_is_valid(said) || (said.ptr[marks[i].from] & 0xc0) != 0x80);
        ASSERT(!utf8_is_valid(said) || end == said.len || (said.ptr[end] & 0xc0) != 0x80);
    }
}

static void check_terms(const struct search *search, size_t typed_len)
{
    ASSERT(search->terms_count <= SEARCH_TERMS_MAX);
    for (size_t i = 0; i < search->terms_count; i++) {
        const struct search_term *term = &search->terms[i];
        ASSERT((const char *)term->text.ptr >= search->typed);
        ASSERT((const char *)term->text.ptr + term->text.len <= search->typed + typed_len);
        ASSERT(term->count > 0 && term->chars + term->count <= SEARCH_CHARS_MAX);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz fuzz = {.data = data, .size = size};
    size_t len = fuzz_choice(&fuzz) * (size_t)2;
    len = len < fuzz.size ? len : fuzz.size;
    uint8_t *typed = fuzz_copy(fuzz.data, len);
    uint8_t *said_bytes = fuzz_copy(fuzz.data + len, fuzz.size - len);
    struct slice said = slice_of(said_bytes, fuzz.size - len);
    struct search *search = mem_zalloc(sizeof(*search));
    struct search_text text = {0};
    const char *why = NULL;
    int result = search_parse(slice_of(typed, len), search, &why);
    ASSERT(result == OK || result == ERR_LIMIT || (result == ERR_PROTOCOL && why));
    search_text_fold(&text, said);
    check_form(&text, said.len);
    check_again(&text);
    if (result == OK) {
        bool matches = search_matches(search, &text);
        check_terms(search, len);
        if (matches)
            check_sign(search, &text);
        check_marks(search, said, matches);
    }
    search_text_release(&text);
    search_free(search);
    mem_free(said_bytes);
    mem_free(typed);
    return 0;
}
