#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <stdio.h>

#include "base/buffer.h"
#include "guard.h"
#include "proto/http_field.h"
#include "request.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static struct guard guard;

/** The pieces of a value, each in angle brackets; the value stands before a guard page. */
static void check_pieces(const char *value, bool (*next)(struct slice *, struct slice *),
                         const char *expected)
{
    size_t len = strlen(value);
    struct slice rest = slice_of(guard_put(&guard, value, len), len);
    struct slice piece;
    struct buffer got = {0};
    while (next(&rest, &piece))
        buffer_printf(&got, "<%.*s>", (int)piece.len, (const char *)piece.ptr);
    if (!slice_is(buffer_slice(&got), expected))
        fail_msg("%s: %.*s", value, (int)got.len, (const char *)got.ptr);
    buffer_release(&got);
}

static void lists_are_cut_at_commas(void **unused)
{
    (void)unused;
    check_pieces("", http_list_next, "");
    check_pieces(" \t ", http_list_next, "");
    check_pieces("a", http_list_next, "<a>");
    check_pieces("a,b", http_list_next, "<a><b>");
    check_pieces(" a\t, ,,b c ,", http_list_next, "<a><b c>");
    check_pieces("a;x=\"1,2\",b", http_list_next, "<a;x=\"1,2\"><b>");
    check_pieces("\"a\\\",b\",c", http_list_next, "<\"a\\\",b\"><c>");
    check_pieces("a,\"open, b", http_list_next, "<a><\"open, b>");
    check_pieces("a,\"open\\", http_list_next, "<a><\"open\\>");
}

static void elements_are_cut_at_semicolons(void **unused)
{
    (void)unused;
    check_pieces("", http_part_next, "<>");
    check_pieces("a", http_part_next, "<a>");
    check_pieces("a;b=1 ; c", http_part_next, "<a><b=1><c>");
    check_pieces("a;", http_part_next, "<a><>");
    check_pieces(";;", http_part_next, "<><><>");
    check_pieces("a;b=\";\";c", http_part_next, "<a><b=\";\"><c>");
}

static void parts_are_split_at_the_first_mark(void **unused)
{
    (void)unused;
    struct slice name, value;
    http_part_split(SLICE_LITERAL("a=b=c"), &name, &value);
    assert_true(slice_is(name, "a") && slice_is(value, "b=c"));
    http_part_split(SLICE_LITERAL("a="), &name, &value);
    assert_true(slice_is(name, "a") && value.ptr && value.len == 0);
    http_part_split(SLICE_LITERAL("a"), &name, &value);
    assert_true(slice_is(name, "a") && !value.ptr);
    http_part_split(slice_of(NULL, 0), &name, &value);
    assert_true(name.len == 0 && !value.ptr);
}

static void tokens_are_found_in_all_fields_of_a_name(void **unused)
{
    (void)unused;
    const struct http_head *head =
        request_with("GET / HTTP/1.1", "Vary: a, B\r\nX: c\r\nvary:\r\nVARY: \"d, e\" ,f\r\n");
    assert_true(http_has_token(head, "Vary", "A"));
    assert_true(http_has_token(head, "vary", "b"));
    assert_true(http_has_token(head, "vary", "F"));
    assert_false(http_has_token(head, "vary", "c"));
    assert_false(http_has_token(head, "vary", "e"));
    assert_false(http_has_token(head, "vary", ""));
    assert_false(http_has_token(head, "missing", "a"));
}

static const struct {
    const char *fields;
    int br, gzip, identity;
} encodings[] = {
    {"", 0, 0, 1000},
    {"Accept-Encoding:\r\n", 0, 0, 1},
    {"Accept-Encoding: gzip\r\n", 0, 1000, 1},
    {"Accept-Encoding: gzip, deflate, br\r\n", 1000, 1000, 1},
    {"Accept-Encoding: GZIP;Q=0.5, br;q=0.501\r\n", 501, 500, 1},
    {"Accept-Encoding: br ; q=1.000 ,gzip ;\tq=0\r\n", 1000, 0, 1},
    {"Accept-Encoding: *\r\n", 1000, 1000, 1000},
    {"Accept-Encoding: *;q=0.25, br;q=0\r\n", 0, 250, 250},
    {"Accept-Encoding: identity;q=0\r\n", 0, 0, 0},
    {"Accept-Encoding: *;q=0\r\n", 0, 0, 0},
    {"Accept-Encoding: *;q=0, identity\r\n", 0, 0, 1000},
    {"Accept-Encoding: br\r\nAccept-Encoding: gzip;q=0.1\r\n", 1000, 100, 1},
    {"Accept-Encoding: x-br, brx\r\n", 0, 0, 1},
    /* malformed elements are passed over */
    {"Accept-Encoding: br;q=1.001, gzip\r\n", 0, 1000, 1},
    {"Accept-Encoding: br;q=2, gzip;q=-1\r\n", 0, 0, 1},
    {"Accept-Encoding: br;q=0.1234, gzip;q=\r\n", 0, 0, 1},
    {"Accept-Encoding: br;q=.5, gzip;q=0.\r\n", 0, 0, 1},
    {"Accept-Encoding: br;q=1x, gzip;q=0.5x\r\n", 0, 0, 1},
    {"Accept-Encoding: ;q=1, br\r\n", 1000, 0, 1},
};

static void encodings_are_weighed(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(encodings); i++) {
        const struct http_head *head = request_with("GET / HTTP/1.1", encodings[i].fields);
        int br = http_encoding_quality(head, "br");
        int gzip = http_encoding_quality(head, "gzip");
        int identity = http_encoding_quality(head, "identity");
        if (br != encodings[i].br || gzip != encodings[i].gzip || identity != encodings[i].identity)
            fail_msg("%s: br %d, gzip %d, identity %d", encodings[i].fields, br, gzip, identity);
        assert_int_equal(http_accepts_encoding(head, "br"), br > 0);
    }
}

static const struct {
    const char *fields;
    bool html;
} types[] = {
    {"", false},
    {"Accept:\r\n", false},
    {"Accept: text/html\r\n", true},
    {"Accept: text/html;charset=utf-8 ; q=0.1\r\n", true},
    {"Accept: image/png, TEXT/HTML\r\n", true},
    {"Accept: image/png\r\nAccept: text/html\r\n", true},
    {"Accept: */*\r\n", false},
    {"Accept: text/*\r\n", false},
    {"Accept: text/html;q=0\r\n", false},
    {"Accept: text/html;q=x\r\n", false},
    {"Accept: text/html2\r\n", false},
};

static void a_type_counts_when_it_is_named(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(types); i++) {
        const struct http_head *head = request_with("GET / HTTP/1.1", types[i].fields);
        if (http_accepts_type(head, "text/html") != types[i].html)
            fail_msg("%s", types[i].fields);
    }
}

static const struct {
    const char *fields;
    const char *etag;
    bool matches;
} etags[] = {
    {"", "\"a\"", false},
    {"If-None-Match: \"a\"\r\n", "\"a\"", true},
    {"If-None-Match: \"a\"\r\n", "\"b\"", false},
    {"If-None-Match: \"A\"\r\n", "\"a\"", false},
    {"If-None-Match: W/\"a\"\r\n", "\"a\"", true},
    {"If-None-Match: \"a\"\r\n", "W/\"a\"", true},
    {"If-None-Match: \"x\", W/\"y\" ,\"a\"\r\n", "\"a\"", true},
    {"If-None-Match: \"x,\\\",\"a\"\r\n", "\"a\"", true},
    {"If-None-Match: \"x, \"a\"\r\n", "\"a\"", false},
    {"If-None-Match: \"x\"\r\nif-none-match: \"a\"\r\n", "\"a\"", true},
    {"If-None-Match: *\r\n", "\"a\"", true},
    {"If-None-Match: a\r\n", "\"a\"", false},
    {"If-None-Match: \"a\r\n", "\"a\"", false},
    {"If-None-Match: w/\"a\"\r\n", "\"a\"", false},
    {"If-None-Match: \"\"\r\n", "\"\"", true},
    {"If-None-Match:\r\n", "\"\"", false},
};

static void entity_tags_are_compared_weakly(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(etags); i++) {
        const struct http_head *head = request_with("GET / HTTP/1.1", etags[i].fields);
        if (http_etag_matches(head, slice_of_string(etags[i].etag)) != etags[i].matches)
            fail_msg("%s and %s", etags[i].fields, etags[i].etag);
    }
}

static int set_up(void **unused)
{
    (void)unused;
    guard = guard_new(4096);
    return 0;
}

static int take_down(void **unused)
{
    (void)unused;
    guard_free(&guard);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_are_cut_at_commas),
        cmocka_unit_test(elements_are_cut_at_semicolons),
        cmocka_unit_test(parts_are_split_at_the_first_mark),
        cmocka_unit_test(tokens_are_found_in_all_fields_of_a_name),
        cmocka_unit_test(encodings_are_weighed),
        cmocka_unit_test(a_type_counts_when_it_is_named),
        cmocka_unit_test(entity_tags_are_compared_weakly),
    };
    return cmocka_run_group_tests(tests, set_up, take_down);
}
