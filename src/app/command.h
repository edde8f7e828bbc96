#pragma once
/*
 * What the program does besides serving: `hubbub COMMAND …`. Some commands read the data directory themselves (backup, verify,
 * export), the others speak with the running server through the console's socket. Every command is a row of a table;
 * what is common to all (--data, --config, --help) is read here.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { COMMAND_WORDS_MAX = 4, COMMAND_OPTIONS_MAX = 8 };

/* What commands exit with. */
enum command_exit { COMMAND_DONE = 0, COMMAND_FAILED = 1, COMMAND_MISUSED = 2 };

struct command_option {
    const char *name;  /* without its dashes */
    const char *value; /* what help calls the value; NULL: it takes none */
    const char *help;
};

struct command_input;

struct command_entry {
    const char *name;  /* one word or two */
    const char *words; /* what help calls those behind it */
    unsigned words_min, words_max;
    const char *help; /* in one line */
    struct command_option options[COMMAND_OPTIONS_MAX];
    int (*run)(const struct command_input *input); /* returns enum command_exit */
};

/* A command as it was typed. */
struct command_input {
    const struct command_entry *command;
    const char *data; /* the data directory */
    unsigned words_count;
    const char *words[COMMAND_WORDS_MAX];
    const char *values[COMMAND_OPTIONS_MAX]; /* of its options, in their order; NULL: not given */
};

/** The value of an option ("" for one that takes none), or NULL. Returns borrowed. */
const char *command_value(const struct command_input *input, const char *option);

/**
 * Reads a number of an option, which stays as it is when it was not given. false: it is none from 0 to max, and a line said so.
 */
bool command_number(const struct command_input *input, const char *option, uint64_t max,
                    uint64_t *ret_number);

/** Whether the arguments are a command rather than options of the server. */
bool command_is_meant(int argc, char **argv);

/** Runs it; returns the exit code of the program. */
int command_run(int argc, char **argv, char **environment);

/* The tables; borrowed, static. */
typedef const struct command_entry *table_of_entries(size_t *ret_count);
const struct command_entry *command_data_table(size_t *ret_count);
const struct command_entry *command_people_table(size_t *ret_count);
const struct command_entry *command_rooms_table(size_t *ret_count);
const struct command_entry *command_server_table(size_t *ret_count);
