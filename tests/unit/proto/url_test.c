#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include "base/error.h"
#include "guard.h"
#include "proto/url.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static struct guard guard;     /* input */
static struct guard out_guard; /* output */

typedef int decode(struct slice, uint8_t *, size_t);

/** Decodes with both ends before guard pages; too little room by any amount has to be refused. */
static int run(decode *function, const char *text, char *ret_out)
{
    size_t len = strlen(text);
    struct slice in = slice_of(guard_put(&guard, text, len), len);
    uint8_t *out = guard_put(&out_guard, "", 0) - len;
    int result = function(in, out, len);
    if (result < 0)
        return result;
    for (size_t size = 0; size < (size_t)result; size++)
        assert_int_equal(function(in, out_guard.end - size, size), ERR_LIMIT);
    out = out_guard.end - result;
    assert_int_equal(function(in, out, (size_t)result), result);
    memcpy(ret_out, out, (size_t)result);
    ret_out[result] = '\0';
    return result;
}

static void good_paths_are_decoded(void **unused)
{
    (void)unused;
    static const char *const good[][2] = {
        {"/", "/"},
        {"/a/b.c", "/a/b.c"},
        {"/a%20b%2bc", "/a b+c"},
        {"/a+b", "/a+b"},
        {"/%41%7a", "/Az"},
        {"/caf%C3%a9", "/caf\xc3\xa9"},
        {"//a//", "//a//"},
        {"/.a/a./a..b/...", "/.a/a./a..b/..."},
        {"/%25", "/%"},
        {"/%2525", "/%25"},
        {"/!$&'()*+,;=:@-._~", "/!$&'()*+,;=:@-._~"},
        {"/%22%3c%3E%5b%7B", "/\"<>[{"},
    };
    for (size_t i = 0; i < COUNT(good); i++) {
        char out[64];
        assert_int_equal(run(url_decode_path, good[i][0], out), strlen(good[i][1]));
        assert_string_equal(out, good[i][1]);
    }
}

static void bad_paths_are_refused(void **unused)
{
    (void)unused;
    static const char *const bad[] = {
        "",           "a",         "*",       "%2f",        "/.",       "/..",
        "/./",        "/../",      "/a/.",    "/a/..",      "/a/../b",  "/%2e",
        "/%2E%2e/x",  "/.%2e",     "/a/%2e.", "/%",         "/%4",      "/%zz",
        "/%4g",       "/%g4",      "/% 41",   "/%-1",       "/%00",     "/a%00b",
        "/%0a",       "/%1f",      "/%7f",    "/a%2fb",     "/a%2Fb",   "/a%5cb",
        "/a\\b",      "/..\\x",    "/a b",    "/a\tb",      "/a\x7f",   "/caf\xc3\xa9",
        "/%c3",       "/%ff",      "/%c0%af", "/%ed%a0%80", "/%c3/%a9", "/a?b",
        "/a#b",       "/\"",       "/<",      "/>",         "/[",       "/]",
        "/^",         "/`",        "/{",      "/|",         "/}",       "/%u0041",
        "/%2e%2e%2f", "/a/%2e%2e", "/..%2f",
    };
    char out[64];
    for (size_t i = 0; i < COUNT(bad); i++) {
        if (run(url_decode_path, bad[i], out) != ERR_PROTOCOL)
            fail_msg("%s", bad[i]);
    }
}

static void components_are_decoded(void **unused)
{
    (void)unused;
    static const char *const good[][2] = {
        {"", ""},
        {"a+b%20c", "a b c"},
        {"%2B%26%3d", "+&="},
        {"%E2%82%AC", "\xe2\x82\xac"},
        {"a%0Ab", "a\nb"},
        {"../%2f", "..//"},
    };
    static const char *const bad[] = {"%", "%4", "%zz", "%00", "%ff", "%c3", "\xff"};
    char out[64];
    for (size_t i = 0; i < COUNT(good); i++) {
        assert_int_equal(run(url_decode_component, good[i][0], out), strlen(good[i][1]));
        assert_string_equal(out, good[i][1]);
    }
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_int_equal(run(url_decode_component, bad[i], out), ERR_PROTOCOL);
}

static void queries_are_cut_into_pairs(void **unused)
{
    (void)unused;
    static const char text[] = "&a=1&&b&=c&d=e=f&";
    static const char *const pairs[][2] = {{"a", "1"}, {"b", ""}, {"", "c"}, {"d", "e=f"}};
    struct slice rest = slice_of(guard_put(&guard, text, strlen(text)), strlen(text));
    struct slice name, value;
    for (size_t i = 0; i < COUNT(pairs); i++) {
        assert_true(url_query_next(&rest, &name, &value));
        assert_true(slice_is(name, pairs[i][0]));
        assert_true(slice_is(value, pairs[i][1]));
    }
    assert_false(url_query_next(&rest, &name, &value));
    rest = slice_of(NULL, 0);
    assert_false(url_query_next(&rest, &name, &value));
}

static int set_up(void **unused)
{
    (void)unused;
    guard = guard_new(4096);
    out_guard = guard_new(4096);
    return 0;
}

static int take_down(void **unused)
{
    (void)unused;
    guard_free(&guard);
    guard_free(&out_guard);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_paths_are_decoded),
        cmocka_unit_test(bad_paths_are_refused),
        cmocka_unit_test(components_are_decoded),
        cmocka_unit_test(queries_are_cut_into_pairs),
    };
    return cmocka_run_group_tests(tests, set_up, take_down);
}
