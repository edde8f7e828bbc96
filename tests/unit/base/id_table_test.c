#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include "base/id_table.h"

enum { THINGS = 500 };

struct thing {
    int number;
    struct id_link link;
};

static struct thing things[THINGS];

static struct thing *thing_of(struct id_link *link)
{
    return link ? ID_TABLE_OWNER(struct thing, link, link) : NULL;
}

/* Ids that collide in their low bits as well as not. */
static uint64_t id_of(int number)
{
    return number % 2 ? (uint64_t)number << 32 : (uint64_t)number;
}

static void fill(struct id_table *table)
{
    for (int i = 0; i < THINGS; i++) {
        things[i] = (struct thing){i, {NULL, id_of(i)}};
        id_table_add(table, &things[i].link);
    }
}

static void finds_what_was_added(void **state)
{
    struct id_table table = {0};
    (void)state;
    assert_null(id_table_find(&table, 7));
    fill(&table);
    assert_int_equal(table.count, THINGS);
    for (int i = 0; i < THINGS; i++)
        assert_ptr_equal(thing_of(id_table_find(&table, id_of(i))), &things[i]);
    assert_null(id_table_find(&table, id_of(THINGS)));
    id_table_release(&table);
    assert_null(id_table_find(&table, 2));
}

static void forgets_what_was_removed(void **state)
{
    struct id_table table = {0};
    (void)state;
    fill(&table);
    for (int i = 0; i < THINGS; i += 3)
        id_table_remove(&table, &things[i].link);
    for (int i = 0; i < THINGS; i++)
        assert_ptr_equal(thing_of(id_table_find(&table, id_of(i))), i % 3 ? &things[i] : NULL);
    id_table_release(&table);
}

static void several_of_one_id(void **state)
{
    struct id_table table = {0};
    (void)state;
    fill(&table);
    struct thing more[2] = {{-1, {NULL, id_of(8)}}, {-2, {NULL, id_of(8)}}};
    id_table_add(&table, &more[0].link);
    id_table_add(&table, &more[1].link);
    int count = 0, sum = 0;
    for (struct id_link *link = id_table_find(&table, id_of(8)); link;
         link = id_table_again(link)) {
        count++;
        sum += thing_of(link)->number;
    }
    assert_int_equal(count, 3);
    assert_int_equal(sum, 8 - 1 - 2);
    id_table_release(&table);
}

static void remove_odd(void *ctx, struct id_link *link)
{
    struct id_table *table = ctx;
    if (thing_of(link)->number % 2)
        id_table_remove(table, link);
}

static void count_one(void *ctx, struct id_link *link)
{
    (void)link;
    (*(int *)ctx)++;
}

static void each_may_take_out_its_own(void **state)
{
    struct id_table table = {0};
    int count = 0;
    (void)state;
    fill(&table);
    id_table_each(&table, remove_odd, &table);
    id_table_each(&table, count_one, &count);
    assert_int_equal(count, THINGS / 2);
    assert_int_equal(table.count, THINGS / 2);
    id_table_release(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_was_added),
        cmocka_unit_test(forgets_what_was_removed),
        cmocka_unit_test(several_of_one_id),
        cmocka_unit_test(each_may_take_out_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
