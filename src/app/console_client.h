#pragma once
/*
 * The commands' end of the console's socket, DATA/hubbub.sock: the HTTP API, as an owner. Everything here says in one line on
 * standard error what went wrong.
 */

#include <jansson.h>

#include "app/command.h"

enum { PERSON_ID_BYTES = 17, CONSOLE_PATH_BYTES = 1024 };

/**
 * Asks the running server. body: taken, or NULL. Returns COMMAND_DONE with ret_json owned (never NULL: an object, unless NULL was passed for it), or
 * COMMAND_FAILED.
 */
int console_ask(const struct command_input *input, const char *method, const char *path,
                json_t *body, json_t **ret_json);

/**
 * Prints all pages of a list as a table. columns: names of fields with blanks between them; a time has '@' behind its name.
 */
int console_list(const struct command_input *input, const char *path, const char *columns);

/** Calls visit for each page of rows of a list, until it returns false. */
int console_each_page(const struct command_input *input, const char *base,
                      bool (*visit)(void *ctx, const json_t *rows), void *ctx);

/** Finds the person of a name, or of an id of 16 digits, which is passed on as it is. */
int console_person(const struct command_input *input, const char *name,
                   char ret_id[PERSON_ID_BYTES]);

/** Appends text to a path or a query, with everything escaped that has to be. false: too long. */
bool console_escape(char path[CONSOLE_PATH_BYTES], const char *text);

/** Prints a string of an object behind a label, with control characters blanked; nothing where there is none. */
void console_print(const char *label, const json_t *object, const char *field);
