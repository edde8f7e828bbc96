#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include "base/buffer.h"
#include "base/error.h"
#include "guard.h"
#include "proto/query.h"

static struct guard guard;

/* expected: "name=value" in brackets for each, NULL: it is refused with the code. */
static void check(const char *text, int code, const char *expected)
{
    struct query query;
    struct buffer got = {0};
    size_t len = strlen(text);
    int result = query_parse(slice_of(guard_put(&guard, text, len), len), &query);
    if (result != code)
        fail_msg("%s: %d", text, result);
    if (result != OK)
        return;
    for (size_t i = 0; i < query.count; i++)
        buffer_printf(&got, "[%.*s=%.*s]", (int)query.params[i].name.len, query.params[i].name.ptr,
                      (int)query.params[i].value.len, query.params[i].value.ptr);
    if (!slice_is(buffer_slice(&got), expected))
        fail_msg("%s: %.*s", text, (int)got.len, (const char *)got.ptr);
    buffer_release(&got);
    query_release(&query);
}

static void names_and_values_are_decoded(void **state)
{
    (void)state;
    check("", OK, "");
    check("&&", OK, "");
    check("a=1", OK, "[a=1]");
    check("a=1&b=2", OK, "[a=1][b=2]");
    check("a&b=", OK, "[a=][b=]");
    check("q=a+b%20c%2B", OK, "[q=a b c+]");
    check("q=%C3%A4", OK, "[q=\xc3\xa4]");
    check("%61=%62", OK, "[a=b]");
    check("a=b=c", OK, "[a=b=c]");
}

static void what_is_broken_or_ambiguous_is_refused(void **state)
{
    (void)state;
    check("a=%", ERR_PROTOCOL, NULL);
    check("a=%4", ERR_PROTOCOL, NULL);
    check("a=%zz", ERR_PROTOCOL, NULL);
    check("a=%00", ERR_PROTOCOL, NULL);
    check("a=%ff", ERR_PROTOCOL, NULL);
    check("%ff=a", ERR_PROTOCOL, NULL);
    check("=a", ERR_PROTOCOL, NULL);
    check("a=1&a=2", ERR_PROTOCOL, NULL);
    check("a=1&%61=1", ERR_PROTOCOL, NULL);
}

static void it_has_limits(void **state)
{
    struct buffer text = {0};
    (void)state;
    for (unsigned i = 0; i < QUERY_PARAMS_MAX; i++)
        buffer_printf(&text, "p%u&", i);
    struct query query;
    assert_int_equal(query_parse(buffer_slice(&text), &query), OK);
    query_release(&query);
    buffer_append_string(&text, "one");
    assert_int_equal(query_parse(buffer_slice(&text), &query), ERR_LIMIT);
    text.len = 0;
    while (text.len <= QUERY_BYTES_MAX)
        buffer_append_byte(&text, 'a');
    assert_int_equal(query_parse(buffer_slice(&text), &query), ERR_LIMIT);
    text.len--;
    assert_int_equal(query_parse(buffer_slice(&text), &query), OK);
    query_release(&query);
    buffer_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_values_are_decoded),
        cmocka_unit_test(what_is_broken_or_ambiguous_is_refused),
        cmocka_unit_test(it_has_limits),
    };
    guard = guard_new(1 << 16);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
