#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include "base/buffer.h"
#include "base/error.h"
#include "guard.h"
#include "proto/json_scan.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static struct guard guard;

static int scan(const void *text, size_t len)
{
    return json_scan(slice_of(guard_put(&guard, text, len), len), &json_limits_default);
}

static const char *const good[] = {
    "{}",
    "[]",
    "{\"op\":\"post\",\"id\":\"1\",\"text\":\"hi\"}",
    "[[],{},[{}],1,-2.5e3,true,null]",
    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\"",
    "\"\\uD83D\\uDE00 \\ud83d\\ude00\"",
    "\"\\ud7ff\\ue000\\uffff\\u0001\"",
    "\"{[:,]}\"",
    "{\"a:b\":\"c:d\"}",
    "\"caf\xc3\xa9 \x7f\"",
    " \r\n\t[ ]",
    "",
};

static const char *const bad[] = {
    "{",
    "[",
    "}",
    "]",
    "[}",
    "{]",
    "[[]",
    "{}}",
    "[\"]",
    "\"",
    "\"abc",
    "\"\\",
    "\"\\\"",
    "\"\\x\"",
    "\"\\U0041\"",
    "\"\\'\"",
    "\"\\0\"",
    "\"\\u\"",
    "\"\\u12\"",
    "\"\\u123\"",
    "\"\\u123g\"",
    "\"\\u+123\"",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"\\udbffx\"",
    "\"\\udc00\"",
    "\"\\udfff\"",
    "\"\\ud800\\ud800\"",
    "\"\\ud800\\u0041\"",
    "\"\\ud800\\ue000\"",
    "\"\\udc00\\udc00\"",
    "\"\\ud800\\n\"",
    "\"\\ud800\\",
    "\"\\ud800\\u",
    "\"\\ud800\\udc0",
    "\"a\nb\"",
    "\"a\tb\"",
    "\"\x1f\"",
    ":",
    "[1:2]",
    "\"a\":1",
};

static void good_texts_pass(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(good); i++) {
        if (scan(good[i], strlen(good[i])) != OK)
            fail_msg("%s", good[i]);
    }
}

static void bad_texts_are_refused(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(bad); i++) {
        if (scan(bad[i], strlen(bad[i])) != ERR_PROTOCOL)
            fail_msg("%s", bad[i]);
    }
}

static void nul_is_refused_anywhere(void **unused)
{
    (void)unused;
    char text[] = "{\"key\": [\"value\", 12]}";
    for (size_t at = 0; at < sizeof text - 1; at++) {
        char byte = text[at];
        text[at] = '\0';
        assert_int_equal(scan(text, sizeof text - 1), ERR_PROTOCOL);
        text[at] = byte;
    }
    assert_int_equal(scan(text, sizeof text - 1), OK);
    assert_int_equal(scan(text, sizeof text), ERR_PROTOCOL);
}

static void every_prefix_of_an_object_is_refused(void **unused)
{
    (void)unused;
    static const char text[] = "{\"a\":[{\"b\\n\":\"\\ud83d\\ude00\"}]}";
    for (size_t len = 1; len < sizeof text - 1; len++)
        assert_int_equal(scan(text, len), ERR_PROTOCOL);
    assert_int_equal(scan(text, sizeof text - 1), OK);
}

/** Text that is nested so deep, arrays and objects in turn. */
static int scan_depth(size_t depth)
{
    struct buffer text = {0};
    for (size_t i = 0; i < depth; i++)
        buffer_append_string(&text, i % 2 ? "{\"k\":" : "[");
    buffer_append_string(&text, "1");
    for (size_t i = depth; i > 0; i--)
        buffer_append_string(&text, (i - 1) % 2 ? "}" : "]");
    int result = scan(text.ptr, text.len);
    buffer_release(&text);
    return result;
}

static void depth_is_limited(void **unused)
{
    (void)unused;
    assert_int_equal(scan_depth(32), OK);
    assert_int_equal(scan_depth(33), ERR_LIMIT);
    assert_int_equal(scan_depth(10000), ERR_LIMIT);
    const struct json_limits flat = {.depth_max = 0, .keys_max = 1};
    const struct json_limits deepest = {.depth_max = JSON_SCAN_DEPTH_MAX, .keys_max = 1};
    assert_int_equal(json_scan(SLICE_LITERAL("1"), &flat), OK);
    assert_int_equal(json_scan(SLICE_LITERAL("[]"), &flat), ERR_LIMIT);
    uint8_t text[2 * JSON_SCAN_DEPTH_MAX + 2];
    memset(text, '[', sizeof text / 2);
    memset(text + sizeof text / 2, ']', sizeof text / 2);
    assert_int_equal(json_scan(slice_of(text, sizeof text), &deepest), ERR_LIMIT);
    assert_int_equal(json_scan(slice_of(text + 1, sizeof text - 2), &deepest), OK);
}

/** Two objects side by side, and one inside: their keys are not added up. */
static int scan_keys(size_t count)
{
    struct buffer text = {0};
    buffer_append_string(&text, "[");
    for (int object = 0; object < 2; object++) {
        buffer_append_string(&text, object ? ",{" : "{");
        for (size_t i = 0; i < count; i++)
            buffer_printf(&text, "%s\"%zu\":{\"in\":1}", i ? "," : "", i);
        buffer_append_string(&text, "}");
    }
    buffer_append_string(&text, "]");
    int result = scan(text.ptr, text.len);
    buffer_release(&text);
    return result;
}

static void keys_are_limited_for_each_object(void **unused)
{
    (void)unused;
    assert_int_equal(scan_keys(256), OK);
    assert_int_equal(scan_keys(257), ERR_LIMIT);
}

static int set_up(void **unused)
{
    (void)unused;
    guard = guard_new(1 << 17);
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
        cmocka_unit_test(good_texts_pass),
        cmocka_unit_test(bad_texts_are_refused),
        cmocka_unit_test(nul_is_refused_anywhere),
        cmocka_unit_test(every_prefix_of_an_object_is_refused),
        cmocka_unit_test(depth_is_limited),
        cmocka_unit_test(keys_are_limited_for_each_object),
    };
    return cmocka_run_group_tests(tests, set_up, take_down);
}
