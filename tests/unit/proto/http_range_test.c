#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include "base/error.h"
#include "guard.h"
#include "proto/http_range.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void ranges_are_read(void **unused)
{
    (void)unused;
    static const struct {
        const char *value;
        uint64_t bytes;
        int result;
        uint64_t first, last;
    } cases[] = {
        {"bytes=0-0", 10, OK, 0, 0},
        {"bytes=0-", 10, OK, 0, 9},
        {"Bytes=2-5", 10, OK, 2, 5},
        {"bytes= 2-5 ", 10, OK, 2, 5},
        {"bytes=9-9", 10, OK, 9, 9},
        {"bytes=5-100", 10, OK, 5, 9},
        {"bytes=0-99999999999999999999999999", 10, OK, 0, 9},
        {"bytes=-3", 10, OK, 7, 9},
        {"bytes=-100", 10, OK, 0, 9},
        {"bytes=-10", 10, OK, 0, 9},
        {"bytes=10-", 10, ERR_NOT_FOUND, 0, 0},
        {"bytes=10-20", 10, ERR_NOT_FOUND, 0, 0},
        {"bytes=99999999999999999999999999-", 10, ERR_NOT_FOUND, 0, 0},
        {"bytes=-0", 10, ERR_NOT_FOUND, 0, 0},
        {"bytes=0-", 0, ERR_NOT_FOUND, 0, 0},
        {"bytes=-5", 0, ERR_NOT_FOUND, 0, 0},
        {"bytes=5-2", 10, ERR_PROTOCOL, 0, 0},
        {"bytes=0-1,3-4", 10, ERR_PROTOCOL, 0, 0},
        {"bytes=0-1,", 10, ERR_PROTOCOL, 0, 0},
        {"bytes=", 10, ERR_PROTOCOL, 0, 0},
        {"bytes=-", 10, ERR_PROTOCOL, 0, 0},
        {"bytes=--1", 10, ERR_PROTOCOL, 0, 0},
        {"bytes=1", 10, ERR_PROTOCOL, 0, 0},
        {"bytes=1-2-3", 10, ERR_PROTOCOL, 0, 0},
        {"bytes=a-b", 10, ERR_PROTOCOL, 0, 0},
        {"bytes=+1-2", 10, ERR_PROTOCOL, 0, 0},
        {"bytes=0x1-2", 10, ERR_PROTOCOL, 0, 0},
        {"bytes=1 -2", 10, ERR_PROTOCOL, 0, 0},
        {"items=0-1", 10, ERR_PROTOCOL, 0, 0},
        {"bytes", 10, ERR_PROTOCOL, 0, 0},
        {"", 10, ERR_PROTOCOL, 0, 0},
    };
    struct guard guard = guard_new(64);
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint64_t first = 0, last = 0;
        size_t len = strlen(cases[i].value);
        struct slice value = slice_of(guard_put(&guard, cases[i].value, len), len);
        int result = http_range_read(value, cases[i].bytes, &first, &last);
        if (result != cases[i].result || first != cases[i].first || last != cases[i].last)
            fail_msg("%s of %d: %d, %d to %d", cases[i].value, (int)cases[i].bytes, result,
                     (int)first, (int)last);
    }
    guard_free(&guard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(ranges_are_read)};
    return cmocka_run_group_tests_name("http_range", tests, NULL, NULL);
}
