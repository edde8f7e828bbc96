#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "base/utf8.h"
#include "doors/json_text.h"

static void assert_written(struct slice text, enum json_style style, const char *expected)
{
    struct buffer out = {0};
    buffer_append_string(&out, "before");
    json_append_string(&out, text, style);
    buffer_append_byte(&out, '\0');
    assert_string_equal((char *)out.ptr, expected);
    buffer_release(&out);
}

/* What Go's json.Marshal makes of these strings (encoding/json, HTML escaping on as by default). */
static void as_go_writes_it(void **state)
{
    const struct {
        const char *text, *plain, *go;
    } cases[] = {
        {"", "\"\"", "\"\""},
        {"hello", "\"hello\"", "\"hello\""},
        {"say \"hi\"", "\"say \\\"hi\\\"\"", "\"say \\\"hi\\\"\""},
        {"a\\b", "\"a\\\\b\"", "\"a\\\\b\""},
        {"a/b", "\"a/b\"", "\"a/b\""},
        {"\n\r\t", "\"\\n\\r\\t\"", "\"\\n\\r\\t\""},
        {"\b\f", "\"\\b\\f\"", "\"\\b\\f\""},
        {"\x01\x1f", "\"\\u0001\\u001f\"", "\"\\u0001\\u001f\""},
        {"\x7f", "\"\x7f\"", "\"\x7f\""},
        {"<b>&amp;</b>", "\"<b>&amp;</b>\"", "\"\\u003cb\\u003e\\u0026amp;\\u003c/b\\u003e\""},
        {"\xe2\x80\xa7", "\"\xe2\x80\xa7\"", "\"\xe2\x80\xa7\""}, /* U+2027 */
        {"\xe2\x80\xa8", "\"\xe2\x80\xa8\"", "\"\\u2028\""},
        {"\xe2\x80\xa9", "\"\xe2\x80\xa9\"", "\"\\u2029\""},
        {"\xe2\x80\xaa", "\"\xe2\x80\xaa\"", "\"\xe2\x80\xaa\""}, /* U+202A */
        {"Zoë 😀", "\"Zoë 😀\"", "\"Zoë 😀\""},
        {"\xff", "\"\\ufffd\"", "\"\\ufffd\""},
        {"a\xffz", "\"a\\ufffdz\"", "\"a\\ufffdz\""},
        {"\xc0\xaf", "\"\\ufffd\\ufffd\"", "\"\\ufffd\\ufffd\""}, /* overlong */
        {"\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"",
         "\"\\ufffd\\ufffd\\ufffd\""}, /* a surrogate */
        {"\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\"",
         "\"\\ufffd\\ufffd\\ufffd\\ufffd\""},                     /* U+110000 */
        {"\xe2\x82", "\"\\ufffd\\ufffd\"", "\"\\ufffd\\ufffd\""}, /* cut off */
        {"\xe2\x82x", "\"\\ufffd\\ufffdx\"", "\"\\ufffd\\ufffdx\""},
        {"\xef\xbf\xbd", "\"\xef\xbf\xbd\"", "\"\xef\xbf\xbd\""}, /* U+FFFD itself */
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char expected[128];
        snprintf(expected, sizeof(expected), "before%s", cases[i].plain);
        assert_written(slice_of_string(cases[i].text), JSON_PLAIN, expected);
        snprintf(expected, sizeof(expected), "before%s", cases[i].go);
        assert_written(slice_of_string(cases[i].text), JSON_GO, expected);
    }
}

static void a_nul_is_escaped(void **state)
{
    (void)state;
    assert_written(slice_of("a\0b", 3), JSON_PLAIN, "before\"a\\u0000b\"");
    assert_written(slice_of("a\0b", 3), JSON_GO, "before\"a\\u0000b\"");
}

/* What comes out is read back by a parser as the text with U+FFFD for what was wrong. */
static void assert_read_back(struct slice text, enum json_style style)
{
    struct buffer out = {0}, expected = {0};
    json_append_string(&out, text, style);
    utf8_replace_invalid(text, &expected);
    for (size_t i = 0; i < out.len; i++)
        assert_true(out.ptr[i] >= 0x20);
    json_t *json = json_loadb((char *)out.ptr, out.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    assert_non_null(json);
    assert_int_equal(json_string_length(json), expected.len);
    if (expected.len > 0)
        assert_memory_equal(json_string_value(json), expected.ptr, expected.len);
    json_decref(json);
    buffer_release(&out);
    buffer_release(&expected);
}

static void every_byte_and_pair_is_read_back(void **state)
{
    (void)state;
    for (unsigned first = 0; first < 256; first++) {
        uint8_t text[4] = {(uint8_t)first, 0, 'x', (uint8_t)first};
        assert_read_back(slice_of(text, 1), JSON_PLAIN);
        for (unsigned second = 0; second < 256; second++) {
            text[1] = (uint8_t)second;
            assert_read_back(slice_of(text, 4), second % 2 ? JSON_PLAIN : JSON_GO);
        }
    }
}

static void every_code_point_is_read_back(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < 0x110000; c += c < 0x3000 ? 1 : 61) {
        uint8_t text[UTF8_BYTES_MAX];
        if (c >= 0xd800 && c <= 0xdfff)
            continue;
        assert_read_back(slice_of(text, utf8_encode(c, text)), c % 2 ? JSON_PLAIN : JSON_GO);
    }
}

static void an_id_is_sixteen_digits(void **state)
{
    struct buffer out = {0};
    (void)state;
    json_append_id(&out, "id", 0);
    json_append_id(&out, "client", UINT64_MAX);
    json_append_id(&out, "x", 0x9f86d08);
    assert_true(slice_is(buffer_slice(&out), "\"id\":\"0000000000000000\""
                                             "\"client\":\"ffffffffffffffff\""
                                             "\"x\":\"0000000009f86d08\""));
    buffer_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_go_writes_it),
        cmocka_unit_test(a_nul_is_escaped),
        cmocka_unit_test(every_byte_and_pair_is_read_back),
        cmocka_unit_test(every_code_point_is_read_back),
        cmocka_unit_test(an_id_is_sixteen_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
