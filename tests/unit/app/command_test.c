#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <string.h>

#include "app/command.h"

static table_of_entries *const tables[] = {command_data_table, command_people_table,
                                           command_rooms_table, command_server_table};

static const struct command_entry *entry(size_t at)
{
    for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
        size_t count;
        const struct command_entry *table = tables[t](&count);
        if (at < count)
            return &table[at];
        at -= count;
    }
    return NULL;
}

static size_t words_of(const char *text)
{
    size_t count = *text != '\0';
    for (; *text; text++)
        count += *text == ' ';
    return count;
}

/* What help says of a command is what it takes, and no name hides another one's. */
static void the_tables_agree_with_themselves(void **state)
{
    (void)state;
    for (size_t i = 0; entry(i); i++) {
        const struct command_entry *one = entry(i);
        assert_true(words_of(one->name) <= 2);
        assert_int_equal(words_of(one->words), one->words_max);
        assert_true(one->words_min <= one->words_max && one->words_max <= COMMAND_WORDS_MAX);
        assert_non_null(one->run);
        assert_true(strlen(one->help) > 0);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(one->name, entry(j)->name);
        for (size_t j = 0; j < COMMAND_OPTIONS_MAX && one->options[j].name; j++)
            assert_non_null(one->options[j].help);
    }
}

static void numbers_are_numbers(void **state)
{
    static const char *const bad[] = {
        "", "-1", "+1", " 1", "1 ", "1x", "0x1", "101", "99999999999999999999999"};
    const struct command_entry one = {.name = "x", .options = {{"a", "N", ""}, {"b", "N", ""}}};
    struct command_input input = {.command = &one};
    uint64_t number = 42;
    (void)state;
    assert_true(command_number(&input, "b", 100, &number));
    assert_int_equal(number, 42);
    input.values[1] = "0100";
    assert_true(command_number(&input, "b", 100, &number));
    assert_int_equal(number, 100);
    assert_null(command_value(&input, "a"));
    assert_null(command_value(&input, "c"));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        input.values[1] = bad[i];
        assert_false(command_number(&input, "b", 100, &number));
        assert_int_equal(number, 100);
    }
}

static void options_of_the_server_are_no_command(void **state)
{
    char program[] = "hubbub", option[] = "--data", word[] = "user";
    char *serve[] = {program, option, word, NULL}, *command[] = {program, word, NULL};
    (void)state;
    assert_false(command_is_meant(1, serve));
    assert_false(command_is_meant(3, serve));
    assert_true(command_is_meant(2, command));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tables_agree_with_themselves),
        cmocka_unit_test(numbers_are_numbers),
        cmocka_unit_test(options_of_the_server_are_no_command),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
