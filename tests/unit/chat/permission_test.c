#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include "base/error.h"
#include "chat/permission.h"
#include "chat/welcome.h"

enum { NO = ERR_DENIED, GONE = ERR_NOT_FOUND };

/*
 * The whole table. A column is who asks: a person that is not in the room, one that is; a visitor
 * the same. The rows with "own" are asked about one's own message and about somebody else's, all
 * others give the same answer for both.
 */
static const struct {
    enum action action;
    bool own;
    int in_a_room[4]; /* stranger, member, visitor outside, visitor inside */
    int in_the_lobby[4];
} table[] = {
    {ACTION_FOLLOW, false, {GONE, OK, GONE, OK}, {GONE, OK, GONE, OK}},
    {ACTION_JOIN, false, {OK, OK, NO, NO}, {OK, OK, NO, NO}},
    {ACTION_LEAVE, false, {GONE, OK, GONE, NO}, {GONE, NO, GONE, NO}},
    {ACTION_POST, false, {GONE, OK, GONE, OK}, {GONE, OK, GONE, OK}},
    {ACTION_PIN, false, {GONE, OK, GONE, NO}, {GONE, OK, GONE, NO}},
    {ACTION_TOPIC, false, {GONE, OK, GONE, NO}, {GONE, OK, GONE, NO}},
    {ACTION_CREATE, false, {OK, OK, NO, NO}, {OK, OK, NO, NO}},
    {ACTION_EDIT, true, {GONE, OK, GONE, NO}, {GONE, OK, GONE, NO}},
    {ACTION_EDIT, false, {GONE, NO, GONE, NO}, {GONE, NO, GONE, NO}},
    {ACTION_DELETE, true, {GONE, OK, GONE, NO}, {GONE, OK, GONE, NO}},
    {ACTION_DELETE, false, {GONE, NO, GONE, NO}, {GONE, NO, GONE, NO}},
};

static void check_row(size_t row, bool own)
{
    for (unsigned lobby = 0; lobby < 2; lobby++) {
        for (unsigned who = 0; who < 4; who++) {
            const struct may_query query = {
                .visitor = who >= 2,
                .member = who % 2 == 1,
                .lobby = lobby,
                .kind = ROOM_PUBLIC,
                .own = own,
            };
            int wanted = lobby ? table[row].in_the_lobby[who] : table[row].in_a_room[who];
            if (may(table[row].action, &query) != wanted)
                fail_msg("row %zu, column %u of %s", row, who, lobby ? "the lobby" : "a room");
        }
    }
}

static void every_cell_of_the_table(void **state)
{
    (void)state;
    for (size_t row = 0; row < sizeof(table) / sizeof(table[0]); row++) {
        bool of_messages = table[row].action == ACTION_EDIT || table[row].action == ACTION_DELETE;
        check_row(row, table[row].own);
        if (!of_messages)
            check_row(row, !table[row].own);
    }
}

static void what_is_unknown_is_denied(void **state)
{
    const struct may_query query = {.member = true, .own = true};
    (void)state;
    assert_int_equal(may((enum action)(ACTION_DELETE + 1), &query), ERR_DENIED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_of_the_table),
        cmocka_unit_test(what_is_unknown_is_denied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
