#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "chat/search.h"
#include "chat/welcome.h"

static struct search search;
static const char *why;

static int parse(const char *typed)
{
    why = NULL;
    return search_parse(slice_of_string(typed), &search, &why);
}

static bool matches(const char *typed, const char *said)
{
    struct search_text text = {0};
    assert_int_equal(parse(typed), OK);
    search_text_fold(&text, slice_of_string(said));
    bool found = search_matches(&search, &text);
    search_text_release(&text);
    return found;
}

/* The text with its marks in brackets. */
static const char *marked(const char *typed, const char *said)
{
    static char out[400];
    struct search_mark marks[SEARCH_MARKS_MAX];
    size_t len = 0, at = 0;
    assert_int_equal(parse(typed), OK);
    uint32_t count = search_mark(&search, slice_of_string(said), marks);
    for (uint32_t i = 0; i < count; i++) {
        assert_true(marks[i].from >= at && marks[i].to > marks[i].from);
        len +=
            (size_t)snprintf(out + len, sizeof(out) - len, "%.*s[%.*s]", (int)(marks[i].from - at),
                             said + at, (int)(marks[i].to - marks[i].from), said + marks[i].from);
        at = marks[i].to;
    }
    snprintf(out + len, sizeof(out) - len, "%s", said + at);
    return out;
}

static void words_and_their_beginnings(void **state)
{
    (void)state;
    assert_true(matches("hello", "Well, HELLO!"));
    assert_true(matches("hel", "Well, HELLO!"));
    assert_false(matches("ello", "Well, HELLO!"));
    assert_true(matches("well hel", "Well, HELLO!"));
    assert_true(matches("hello wel", "Well, HELLO!"));
    assert_false(matches("hel well", "Well, HELLO!")); /* only the last one goes on */
    assert_true(matches("hel* well", "Well, HELLO!"));
    assert_false(matches("hello world", "hello"));
    assert_true(matches("hel has:link", "hello"));
    assert_true(matches("a", "a"));
    assert_true(matches("2024", "in 2024-12"));
}

static void phrases(void **state)
{
    (void)state;
    assert_true(matches("\"the old house\"", "By the old, house."));
    assert_false(matches("\"the old house\"", "the old houses"));
    assert_true(matches("\"the old hou", "the old houses"));
    assert_false(matches("\"the house\"", "the old house"));
    assert_true(matches("foo-bar", "the foo bar"));
    assert_false(matches("foo-bar", "bar foo"));
    assert_true(matches("don't", "I don't know"));
}

static void parts(void **state)
{
    (void)state;
    assert_true(matches("*ell", "Hello"));
    assert_true(matches("*ello", "Hello"));
    assert_false(matches("*elo", "Hello"));
    assert_true(matches("*ell* x", "hello x"));
    assert_true(matches("東京", "私は東京に住んでいます"));
    assert_true(matches("住んで", "私は東京に住んでいます"));
    assert_false(matches("京都", "私は東京に住んでいます"));
    assert_true(matches("iphone", "用iPhone的人"));
    assert_true(matches("用iPhone", "用iPhone的人"));
    assert_true(matches("สวัสดี", "คำว่าสวัสดีครับ"));
    assert_true(matches("안녕", "여러분안녕하세요"));
}

static void letters_count_as_the_same(void **state)
{
    (void)state;
    assert_true(matches("cafe", "Café"));
    assert_true(matches("CAFÉ", "cafe\xcc\x81")); /* with the accent as a character of its own */
    assert_true(matches("ακροπολη", "Ακρόπολη"));
    assert_true(matches("ελλάς", "ΕΛΛΑΣ"));
    assert_true(matches("ёлка", "Елка"));
    assert_true(matches("tokyo", "ＴＯＫＹＯ"));
    assert_true(matches("istanbul", "İstanbul"));
    assert_true(matches("محمد", "مُحَمَّد"));
    assert_true(matches("हिन्दी", "मेरी हिन्दी"));
    assert_false(matches("हद", "हिन्दी"));
    assert_true(matches("soft", "so\xc2\xad"
                                "ft"));
}

static void symbols_are_words(void **state)
{
    (void)state;
    assert_true(matches("🎉", "hello🎉🎉"));
    assert_true(matches("hello", "hello🎉"));
    assert_true(matches("👍🏽", "👍")); /* whatever the skin */
    assert_false(matches("🎈", "🎉"));
}

static void a_text_may_be_any_bytes(void **state)
{
    (void)state;
    assert_true(matches("two", "one\xff\xfetwo\xe2\x82"));
    assert_false(matches("two", ""));
    assert_false(matches("two", "!?"));
}

static void filters(void **state)
{
    (void)state;
    assert_int_equal(parse("from:@Ann in:lobby before:2024-03-01 after:2000-02-29 has:FILE"), OK);
    assert_int_equal(search.terms_count, 0);
    assert_string_equal(search.from.text, "ann");
    assert_int_equal(search.room, ROOM_LOBBY);
    assert_true(search.before_ms == UINT64_C(1709251200000));
    assert_true(search.after_ms == UINT64_C(951782400000));
    assert_true(search.has_file && !search.has_link && !search.has_image);
    assert_int_equal(parse("From:\"Visitor 7f3a\" in:9f86d081884c has:image x HAS:link"), OK);
    assert_string_equal(search.from.text, "visitor 7f3a");
    assert_true(search.room == UINT64_C(0x9f86d081884c));
    assert_true(search.has_image && search.has_link);
    assert_int_equal(search.terms_count, 1);
    assert_int_equal(search.terms[0].kind, SEARCH_PREFIX);
    assert_true(slice_is(search.terms[0].text, "x"));
    assert_int_equal(parse("https://x.org after:1971-01-01"), OK); /* no filter is named so */
    assert_int_equal(search.terms_count, 1);
    assert_true(search.after_ms == UINT64_C(365) * 86400000);
}

static void what_a_filter_wants_is_said(void **state)
{
    static const char *const bad[] = {"from:",
                                      "in:",
                                      "in:Lobby",
                                      "in:000000000001",
                                      "in:00000000000",
                                      "has:",
                                      "has:filex",
                                      "before:",
                                      "before:2024-13-01",
                                      "before:2024-00-01",
                                      "after:today",
                                      "after:2023-02-29",
                                      "after:2024-1-1",
                                      "after:1969-01-01",
                                      "x after:2100-02-29",
                                      "before:2024-04-31",
                                      "in:00000000000g"};
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(parse(bad[i]), ERR_PROTOCOL);
        assert_non_null(why);
        assert_non_null(strstr(why, ": is followed by"));
    }
    assert_int_equal(parse(""), ERR_PROTOCOL);
    assert_int_equal(parse(" \t\n"), ERR_PROTOCOL);
    assert_int_equal(parse("!? - * \"\" **"), ERR_PROTOCOL);
    assert_string_equal(why, "there is nothing to look for");
}

static void limits(void **state)
{
    char typed[SEARCH_TEXT_MAX + 2];
    (void)state;
    memset(typed, 'a', sizeof(typed));
    assert_int_equal(search_parse(slice_of(typed, SEARCH_TEXT_MAX), &search, &why), OK);
    assert_int_equal(search.terms[0].count, SEARCH_TEXT_MAX + 1);
    assert_int_equal(search_parse(slice_of(typed, SEARCH_TEXT_MAX + 1), &search, &why), ERR_LIMIT);
    for (size_t i = 0; i < 2 * SEARCH_TERMS_MAX; i++)
        typed[i] = i % 2 ? ' ' : 'a';
    assert_int_equal(search_parse(slice_of(typed, 2 * SEARCH_TERMS_MAX), &search, &why), OK);
    assert_int_equal(search.terms_count, SEARCH_TERMS_MAX);
    typed[2 * SEARCH_TERMS_MAX] = 'b';
    assert_int_equal(search_parse(slice_of(typed, 2 * SEARCH_TERMS_MAX + 1), &search, &why),
                     ERR_LIMIT);
    /* What takes most room: symbols, each a word. */
    memset(typed, '$', sizeof(typed));
    assert_int_equal(search_parse(slice_of(typed, SEARCH_TEXT_MAX), &search, &why), OK);
    assert_int_equal(search.terms[0].count, 2 * SEARCH_TEXT_MAX);
}

static void marks(void **state)
{
    (void)state;
    assert_string_equal(marked("hel", "Hello, hell; shell"), "[Hel]lo, [hel]l; shell");
    assert_string_equal(marked("one three", "three two one, three"), "[three] two [one], [three]");
    assert_string_equal(marked("a", "a a a"), "[a] [a] [a]");
    assert_string_equal(marked("cafe", "ein cafe\xcc\x81!"), "ein [cafe\xcc\x81]!");
    assert_string_equal(marked("\"old house\"", "an old - house!"), "an [old - house]!");
    assert_string_equal(marked("*b *abc", "xabcd"), "x[abc]d");
    assert_string_equal(marked("東京", "私は東京に"), "私は[東京]に");
    assert_string_equal(marked("🎉", "x🎉🎉y"), "x[🎉][🎉]y");
    assert_string_equal(marked("foo from:ann", "none"), "none");
}

static void no_more_marks_than_are_wanted(void **state)
{
    struct search_mark found[SEARCH_MARKS_MAX];
    char said[4 * SEARCH_MARKS_MAX];
    (void)state;
    for (size_t i = 0; i < sizeof(said); i++)
        said[i] = i % 2 ? ' ' : 'a';
    assert_int_equal(parse("a"), OK);
    assert_int_equal(search_mark(&search, slice_of(said, sizeof(said)), found), SEARCH_MARKS_MAX);
    assert_int_equal(found[SEARCH_MARKS_MAX - 1].from, 2 * (SEARCH_MARKS_MAX - 1));
}

static void links(void **state)
{
    (void)state;
    assert_true(search_has_link(slice_of_string("see http://a")));
    assert_true(search_has_link(slice_of_string("hhttps://a hh")));
    assert_true(search_has_link(slice_of_string("http://x")));
    assert_false(search_has_link(slice_of_string("http://")));
    assert_false(search_has_link(slice_of_string("https://")));
    assert_false(search_has_link(slice_of_string("http:/x h")));
    assert_false(search_has_link(slice_of(NULL, 0)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_and_their_beginnings),
        cmocka_unit_test(phrases),
        cmocka_unit_test(parts),
        cmocka_unit_test(letters_count_as_the_same),
        cmocka_unit_test(symbols_are_words),
        cmocka_unit_test(a_text_may_be_any_bytes),
        cmocka_unit_test(filters),
        cmocka_unit_test(what_a_filter_wants_is_said),
        cmocka_unit_test(limits),
        cmocka_unit_test(marks),
        cmocka_unit_test(no_more_marks_than_are_wanted),
        cmocka_unit_test(links),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
