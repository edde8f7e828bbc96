#include "app/command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/config.h"
#include "base/error.h"

enum { NAME_COLUMN = 34 };

static table_of_entries *const tables[] = {command_data_table, command_people_table,
                                           command_rooms_table, command_server_table};

/* What every command takes, handed on to the settings. */
static const struct command_option common[] = {
    {"data", "DIR", "the data directory of the server (or HUBBUB_DATA, or the file of --config)"},
    {"config", "FILE", "the server's file of settings"},
};

/* ---- help ---- */

static void print_left(const char *name, const char *words)
{
    char left[96];
    snprintf(left, sizeof(left), "%s%s%s", name, words[0] ? " " : "", words);
    printf("  %-*s ", NAME_COLUMN, left);
}

static void print_commands(void)
{
    puts("usage: hubbub [--option VALUE …]     serve; hubbub --help lists the options\n"
         "       hubbub COMMAND …              one of these; hubbub COMMAND --help says more\n");
    for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
        size_t count;
        const struct command_entry *table = tables[t](&count);
        for (size_t i = 0; i < count; i++) {
            print_left(table[i].name, table[i].words);
            puts(table[i].help);
        }
    }
    print_left("help", "");
    puts("print this");
}

static void print_option(const struct command_option *option)
{
    char left[64];
    snprintf(left, sizeof(left), "--%s%s%s", option->name, option->value ? " " : "",
             option->value ? option->value : "");
    printf("  %-*s %s\n", NAME_COLUMN, left, option->help);
}

static void print_command(const struct command_entry *command)
{
    printf("usage: hubbub %s %s%s[--option VALUE …]\n\n%s\n\n", command->name, command->words,
           command->words[0] ? " " : "", command->help);
    for (size_t i = 0; i < COMMAND_OPTIONS_MAX && command->options[i].name; i++)
        print_option(&command->options[i]);
    for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++)
        print_option(&common[i]);
}

/* ---- finding ---- */

/* How many arguments the name takes; 0: it is not meant. */
static int name_matches(const struct command_entry *command, int argc, char **argv)
{
    size_t first = strcspn(command->name, " ");
    if (strlen(argv[1]) != first || strncmp(argv[1], command->name, first) != 0)
        return 0;
    if (!command->name[first])
        return 1;
    return argc > 2 && strcmp(argv[2], command->name + first + 1) == 0 ? 2 : 0;
}

static const struct command_entry *find(int argc, char **argv, int *ret_used)
{
    for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
        size_t count;
        const struct command_entry *table = tables[t](&count);
        for (size_t i = 0; i < count; i++) {
            *ret_used = name_matches(&table[i], argc, argv);
            if (*ret_used > 0)
                return &table[i];
        }
    }
    return NULL;
}

/* ---- what was typed ---- */

/* As config_read wants them. */
struct settings_arguments {
    int count;
    char *list[2 * (sizeof(common) / sizeof(common[0])) + 2];
};

struct parser {
    struct command_input *input;
    struct settings_arguments settings;
};

static int misused(const struct command_entry *command, const char *what, const char *word)
{
    fprintf(stderr, "hubbub %s: %s%.60s; see hubbub %s --help\n", command->name, what, word,
            command->name);
    return COMMAND_MISUSED;
}

static const struct command_option *find_option(const struct command_option *options, size_t count,
                                                const char *name, size_t len)
{
    for (size_t i = 0; i < count && options[i].name; i++) {
        if (strlen(options[i].name) == len && strncmp(options[i].name, name, len) == 0)
            return &options[i];
    }
    return NULL;
}

/* Takes --name VALUE or --name=VALUE at argv[0]; returns how many arguments it was, or 0 after a line. */
static int take_option(struct parser *parser, int argc, char **argv)
{
    const struct command_entry *command = parser->input->command;
    const char *name = argv[0] + 2;
    size_t len = strcspn(name, "=");
    const struct command_option *option =
        find_option(command->options, COMMAND_OPTIONS_MAX, name, len);
    bool is_common = !option;
    if (!option)
        option = find_option(common, sizeof(common) / sizeof(common[0]), name, len);
    if (!option) {
        misused(command, "there is no option ", argv[0]);
        return 0;
    }
    int used = option->value && !name[len] ? 2 : 1;
    if (used > argc || (!option->value && name[len])) {
        misused(command, option->value ? "a value is needed: " : "no value is taken: ", argv[0]);
        return 0;
    }
    const char *value = used == 2 ? argv[1] : name[len] ? name + len + 1 : "";
    if (!is_common) {
        parser->input->values[option - command->options] = value;
        return used;
    }
    if (parser->settings.count + 2 > (int)(sizeof(parser->settings.list) / sizeof(char *)) - 1) {
        misused(command, "given twice: ", argv[0]);
        return 0;
    }
    for (int i = 0; i < used; i++)
        parser->settings.list[parser->settings.count++] = argv[i];
    return used;
}

static int parse(struct parser *parser, int argc, char **argv)
{
    struct command_input *input = parser->input;
    const struct command_entry *command = input->command;
    bool only_words = false;
    for (int i = 0; i < argc;) {
        if (!only_words && strcmp(argv[i], "--") == 0) {
            only_words = true;
            i++;
        } else if (!only_words && strncmp(argv[i], "--", 2) == 0) {
            int used = take_option(parser, argc - i, argv + i);
            if (used == 0)
                return COMMAND_MISUSED;
            i += used;
        } else {
            if (input->words_count == command->words_max)
                return misused(command, "this is too much: ", argv[i]);
            input->words[input->words_count++] = argv[i++];
        }
    }
    if (input->words_count < command->words_min)
        return misused(command, "what is needed is ", command->words);
    return COMMAND_DONE;
}

const char *command_value(const struct command_input *input, const char *option)
{
    const struct command_option *options = input->command->options;
    const struct command_option *found =
        find_option(options, COMMAND_OPTIONS_MAX, option, strlen(option));
    return found ? input->values[found - options] : NULL;
}

bool command_number(const struct command_input *input, const char *option, uint64_t max,
                    uint64_t *ret_number)
{
    const char *text = command_value(input, option);
    char *end;
    if (!text)
        return true;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || errno != 0 || number > max) {
        fprintf(stderr, "hubbub %s: --%s: a number from 0 to %llu is needed, not \"%.60s\"\n",
                input->command->name, option, (unsigned long long)max, text);
        return false;
    }
    *ret_number = number;
    return true;
}

/* ---- running ---- */

bool command_is_meant(int argc, char **argv)
{
    return argc > 1 && argv[1][0] != '-';
}

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0)
            return false;
        if (strcmp(argv[i], "--help") == 0)
            return true;
    }
    return false;
}

/* Where the data is, is said as it is to the server. */
static int run(struct parser *parser, char **argv, char **environment)
{
    struct config config;
    char error[CONFIG_ERROR_BYTES];
    char *arguments[sizeof(parser->settings.list) / sizeof(char *) + 2] = {argv[0]};
    memcpy(arguments + 1, parser->settings.list,
           (size_t)parser->settings.count * sizeof(arguments[0]));
    if (config_read(&config, parser->settings.count + 1, arguments, environment, error) != OK) {
        fprintf(stderr, "hubbub: %s\n", error);
        return COMMAND_MISUSED;
    }
    parser->input->data = config.data;
    int code = parser->input->command->run(parser->input);
    config_release(&config);
    return code;
}

int command_run(int argc, char **argv, char **environment)
{
    struct command_input input = {0};
    struct parser parser = {.input = &input};
    int used;
    if (strcmp(argv[1], "help") == 0) {
        print_commands();
        return COMMAND_DONE;
    }
    input.command = find(argc, argv, &used);
    if (!input.command) {
        fprintf(stderr, "hubbub: there is no command \"%.60s%s%.60s\"; see hubbub help\n", argv[1],
                argc > 2 ? " " : "", argc > 2 ? argv[2] : "");
        return COMMAND_MISUSED;
    }
    if (asks_for_help(argc, argv)) {
        print_command(input.command);
        return COMMAND_DONE;
    }
    int code = parse(&parser, argc - 1 - used, argv + 1 + used);
    return code == COMMAND_DONE ? run(&parser, argv, environment) : code;
}
