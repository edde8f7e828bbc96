#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "store/rig.h"
#include "store/sqlite_reader.h"
#include "store/sqlite_rows.h"

/*
 * How SQLite finds what it is asked for: no statement goes through a whole table that grows with what people do.
 */

/*
 * Tables that stay small, or of which a list shows all: whoever is in office, links and bans. The blocks
 * of the search's index are walked through by verify, whose task that is.
 */
static const char *const small[] = {"SCAN CONSTANT",     "SCAN hooks",   "SCAN invites",
                                    "SCAN bans",         "SCAN reports", "SCAN (subquery",
                                    "SCAN search_blocks"};

static bool is_small(const char *step)
{
    for (size_t i = 0; i < sizeof(small) / sizeof(small[0]); i++) {
        if (strncmp(step, small[i], strlen(small[i])) == 0)
            return true;
    }
    /* The first row of an index is no walk through it. */
    return strstr(step, "INDEX files_unused") != NULL;
}

static void assert_plan(sqlite3 *handle, const char *sql)
{
    char explained[8192];
    sqlite3_stmt *plan;
    snprintf(explained, sizeof(explained), "EXPLAIN QUERY PLAN %s", sql);
    assert_int_equal(sqlite3_prepare_v2(handle, explained, -1, &plan, NULL), SQLITE_OK);
    while (sqlite3_step(plan) == SQLITE_ROW) {
        const char *step = (const char *)sqlite3_column_text(plan, 3);
        bool walks = strncmp(step, "SCAN", 4) == 0 && !is_small(step);
        if (walks || strstr(step, "AUTOMATIC"))
            fail_msg("%s: %s", step, sql);
    }
    sqlite3_finalize(plan);
}

static void assert_plans(sqlite3 *handle, unsigned at_least)
{
    unsigned count = 0;
    const char *statements[512];
    for (sqlite3_stmt *at = sqlite3_next_stmt(handle, NULL); at;
         at = sqlite3_next_stmt(handle, at)) {
        assert_true(count < 512);
        statements[count++] = sqlite3_sql(at);
    }
    assert_true(count >= at_least);
    while (count-- > 0)
        assert_plan(handle, statements[count]);
}

static struct rig rig;

static int use(void **state)
{
    (void)state;
    rig_open(&rig, RIG_SQLITE);
    return 0;
}

static int take_down(void **state)
{
    (void)state;
    rig_close(&rig);
    return 0;
}

static void readers_go_through_no_table(void **state)
{
    (void)state;
    assert_plans(((const struct sqlite_reader *)rig.reader)->db.handle, 30);
}

static void the_writer_goes_through_no_table(void **state)
{
    (void)state;
    assert_plans(rig_writer_handle(&rig), 100);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, use, take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(readers_go_through_no_table),
                                       TEST(the_writer_goes_through_no_table)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
