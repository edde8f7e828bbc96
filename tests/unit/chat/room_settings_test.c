#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "chat/room_settings.h"
#include "chat/store.h"
#include "chat/welcome.h"

static struct room_change read_text(const char *text)
{
    struct room_change change;
    /* Memory of just that size, so that reading past it is seen. */
    size_t len = strlen(text);
    uint8_t *copy = mem_alloc(len + 1);
    memcpy(copy, text, len);
    copy = mem_realloc(copy, len ? len : 1);
    room_change_read(slice_of(copy, len), &change);
    mem_free(copy);
    return change;
}

static void expect_written(const struct room_change *change, const char *text)
{
    struct buffer out = {0};
    buffer_append_string(&out, "before:");
    room_change_write(change, &out);
    buffer_append_byte(&out, 0);
    assert_string_equal((const char *)out.ptr + strlen("before:"), text);
    buffer_release(&out);
}

static const char everything[] =
    "kind=private guests=0 default=1 archived=1 slow_ms=21600000 retention_days=3650";

static void what_changes_is_written_and_nothing_else(void **state)
{
    const struct room_change none = {.kind = ROOM_PRIVATE, .slow_ms = 5};
    const struct room_change some = {.has_archived = true, .has_slow = true, .slow_ms = 1500};
    const struct room_change all = {
        .has_kind = true,
        .has_guests = true,
        .has_default = true,
        .has_archived = true,
        .has_slow = true,
        .has_retention = true,
        .kind = ROOM_PRIVATE,
        .is_default = true,
        .archived = true,
        .slow_ms = SLOW_MS_MAX,
        .retention_days = RETENTION_DAYS_MAX,
    };
    const struct room_change direct = {.has_kind = true, .kind = ROOM_DIRECT, .has_guests = true};
    (void)state;
    expect_written(&none, "");
    expect_written(&some, "archived=0 slow_ms=1500");
    expect_written(&all, everything);
    expect_written(&direct, "guests=0");
}

static void what_was_written_is_read_again(void **state)
{
    (void)state;
    struct room_change all = read_text(everything);
    expect_written(&all, everything);
    struct room_change one = read_text("kind=announcement");
    assert_true(one.has_kind && one.kind == ROOM_ANNOUNCEMENT);
    assert_false(one.has_guests || one.has_default || one.has_archived || one.has_slow ||
                 one.has_retention);
    expect_written(&one, "kind=announcement");
    one = read_text("kind=public");
    assert_true(one.has_kind && one.kind == ROOM_PUBLIC);
}

static void a_body_cut_anywhere_is_read(void **state)
{
    (void)state;
    for (size_t len = 0; len < sizeof(everything); len++) {
        char cut[sizeof(everything)] = {0};
        memcpy(cut, everything, len);
        struct room_change change = read_text(cut);
        assert_int_equal(change.has_kind, len >= strlen("kind=private"));
        assert_int_equal(change.has_guests, len >= strlen("kind=private guests=0"));
        assert_int_equal(change.has_default, len >= strlen("kind=private guests=0 default=1"));
    }
}

static void what_is_not_known_or_not_valid_is_passed_over(void **state)
{
    static const char *const bad[] = {
        "",
        " ",
        "=",
        "kind",
        "kind=",
        "kind=direct",
        "kind=Private",
        "kind=0",
        "guests=2",
        "guests=",
        "guests=true",
        "guests=-1",
        "default=01x",
        "Guests=1",
        "guests =1",
        "=guests=1",
        "slow_ms=21600001",
        "slow_ms=99999999999999999999999999",
        "slow_ms=1.5",
        "slow_ms=+1",
        "retention_days=3651",
        "retention_days=4294967297",
        "color=red",
        "guests=1\tdefault=1",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct room_change change = read_text(bad[i]);
        if (change.has_kind || change.has_guests || change.has_default || change.has_archived ||
            change.has_slow || change.has_retention)
            fail_msg("\"%s\" was read", bad[i]);
    }
    struct room_change change = read_text("  later=7  guests=1 kind=nothing   slow_ms=3 ");
    expect_written(&change, "guests=1 slow_ms=3");
    /* The last word counts. */
    change = read_text("guests=1 guests=0 slow_ms=1 slow_ms=2 slow_ms=x");
    expect_written(&change, "guests=0 slow_ms=2");
}

static void only_what_differs_is_left(void **state)
{
    const struct room_record room = {
        .kind = ROOM_PRIVATE,
        .flags = ROOM_FLAG_DEFAULT | ROOM_FLAG_ARCHIVED,
        .slow_ms = SLOW_MS_MAX,
        .retention_days = RETENTION_DAYS_MAX,
    };
    (void)state;
    struct room_change same = read_text(everything);
    assert_false(room_change_reduce(&same, &room));
    expect_written(&same, "");
    struct room_change none = {0};
    assert_false(room_change_reduce(&none, &room));
    /* Each of them alone. */
    static const char *const other[] = {"kind=public", "guests=1",  "default=0",
                                        "archived=0",  "slow_ms=0", "retention_days=0"};
    for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
        struct buffer text = {0};
        buffer_printf(&text, "%s %s", everything, other[i]);
        struct room_change change;
        room_change_read(buffer_slice(&text), &change);
        assert_true(room_change_reduce(&change, &room));
        expect_written(&change, other[i]);
        buffer_release(&text);
    }
}

static void a_change_is_applied(void **state)
{
    struct room_record room = {.id = 7, .kind = ROOM_PUBLIC, .flags = ROOM_FLAG_GUESTS, .head = 3};
    (void)state;
    struct room_change all = read_text(everything);
    room_change_apply(&all, &room);
    assert_int_equal(room.kind, ROOM_PRIVATE);
    assert_int_equal(room.flags, ROOM_FLAG_DEFAULT | ROOM_FLAG_ARCHIVED);
    assert_int_equal(room.slow_ms, SLOW_MS_MAX);
    assert_int_equal(room.retention_days, RETENTION_DAYS_MAX);
    assert_false(room_change_reduce(&all, &room));
    /* What it does not say stays. */
    struct room_change one = read_text("archived=0");
    room_change_apply(&one, &room);
    assert_int_equal(room.kind, ROOM_PRIVATE);
    assert_int_equal(room.flags, ROOM_FLAG_DEFAULT);
    assert_int_equal(room.slow_ms, SLOW_MS_MAX);
    assert_int_equal(room.retention_days, RETENTION_DAYS_MAX);
    assert_int_equal(room.id, 7);
    assert_int_equal(room.head, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_changes_is_written_and_nothing_else),
        cmocka_unit_test(what_was_written_is_read_again),
        cmocka_unit_test(a_body_cut_anywhere_is_read),
        cmocka_unit_test(what_is_not_known_or_not_valid_is_passed_over),
        cmocka_unit_test(only_what_differs_is_left),
        cmocka_unit_test(a_change_is_applied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
