#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include "base/error.h"
#include "doors/rest_cursors.h"
#include "guard.h"

enum { MAX = 3 };

static struct guard guard;
static struct cursor cursors[MAX];

static int parse(const char *text)
{
    size_t len = strlen(text);
    return rest_cursors_parse(slice_of(guard_put(&guard, text, len), len), cursors, MAX);
}

static void cursors_are_read(void **state)
{
    (void)state;
    assert_int_equal(parse(""), 0);
    assert_int_equal(parse("lobby:0"), 1);
    assert_int_equal(cursors[0].room, ROOM_LOBBY);
    assert_int_equal(cursors[0].seq, 0);
    assert_int_equal(parse("lobby:12,0123456789ab:9007199254740992"), 2);
    assert_int_equal(cursors[1].room, 0x0123456789ab);
    assert_int_equal(cursors[1].seq, 9007199254740992);
    assert_int_equal(cursors[1].mid, 0);
}

static void what_has_another_form_is_refused(void **state)
{
    static const char *const bad[] = {
        "lobby",    "lobby:",       ":1",
        ",",        "lobby:1,",     ",lobby:1",
        "lobby:x",  "lobby:-1",     "lobby: 1",
        "lobby:01", "lobby:1 ",     "Lobby:1",
        "x:1",      "lobby:1:2",    "lobby:1,lobby:2",
        "lobby:1;", "lobby:1,,x:1", "lobby:12345678901234567",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (parse(bad[i]) != ERR_PROTOCOL)
            fail_msg("%s is taken", bad[i]);
    }
}

static void there_are_at_most_so_many(void **state)
{
    (void)state;
    assert_int_equal(parse("000000000011:1,000000000012:1,000000000013:1"), 3);
    assert_int_equal(parse("000000000011:1,000000000012:1,000000000013:1,000000000014:1"),
                     ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cursors_are_read),
        cmocka_unit_test(what_has_another_form_is_refused),
        cmocka_unit_test(there_are_at_most_so_many),
    };
    guard = guard_new(4096);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
