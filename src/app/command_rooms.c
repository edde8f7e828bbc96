#include "app/command.h"

#include <stdio.h>
#include <string.h>

#include "app/console_client.h"

/* Commands about rooms: words of the console (app/console_client.h). */

enum { DAYS_MAX = 3650, SLOW_S_MAX = 6 * 60 * 60 };

static int run_rooms(const struct command_input *input)
{
    return console_list(input, "/api/v1/rooms/public", "name id kind topic");
}

static int run_room_create(const struct command_input *input)
{
    json_t *answer = NULL;
    const char *kind = command_value(input, "kind");
    json_t *body = json_pack("{s:s, s:s}", "name", input->words[0], "kind", kind ? kind : "public");
    if (command_value(input, "guests"))
        json_object_set_new(body, "guests", json_true());
    if (command_value(input, "default"))
        json_object_set_new(body, "default", json_true());
    int code = console_ask(input, "POST", "/api/v1/rooms", body, &answer);
    if (code == COMMAND_DONE)
        console_print("", answer, "room");
    json_decref(answer);
    return code;
}

static int change_room(const struct command_input *input, json_t *body)
{
    char path[CONSOLE_PATH_BYTES] = "/api/v1/rooms/";
    if (!console_escape(path, input->words[0])) {
        json_decref(body);
        fprintf(stderr, "hubbub %s: this is no id of a room\n", input->command->name);
        return COMMAND_MISUSED;
    }
    return console_ask(input, "PATCH", path, body, NULL);
}

static int run_room_archive(const struct command_input *input)
{
    return change_room(input, json_pack("{s:b}", "archived", 1));
}

static int run_room_unarchive(const struct command_input *input)
{
    return change_room(input, json_pack("{s:b}", "archived", 0));
}

static int run_room_rename(const struct command_input *input)
{
    return change_room(input, json_pack("{s:s}", "name", input->words[1]));
}

static bool set_truth(const struct command_input *input, json_t *body, const char *option)
{
    const char *value = command_value(input, option);
    if (!value)
        return true;
    if (strcmp(value, "on") != 0 && strcmp(value, "off") != 0) {
        fprintf(stderr, "hubbub %s: --%s: on or off is needed, not \"%.60s\"\n",
                input->command->name, option, value);
        return false;
    }
    json_object_set_new(body, option, json_boolean(strcmp(value, "on") == 0));
    return true;
}

static int run_room_set(const struct command_input *input)
{
    uint64_t slow_s = 0, days = 0;
    json_t *body = json_object();
    const char *kind = command_value(input, "kind");
    bool good = command_number(input, "slow-s", SLOW_S_MAX, &slow_s) &&
                command_number(input, "retention-days", DAYS_MAX, &days) &&
                set_truth(input, body, "guests") && set_truth(input, body, "default");
    if (kind)
        json_object_set_new(body, "kind", json_string(kind));
    if (command_value(input, "slow-s"))
        json_object_set_new(body, "slow_ms", json_integer((json_int_t)slow_s * 1000));
    if (command_value(input, "retention-days"))
        json_object_set_new(body, "retention_days", json_integer((json_int_t)days));
    if (good)
        return change_room(input, body);
    json_decref(body);
    return COMMAND_MISUSED;
}

const struct command_entry *command_rooms_table(size_t *ret_count)
{
    static const struct command_entry table[] = {
        {.name = "room list",
         .words = "",
         .help = "rooms that everybody can see",
         .run = run_rooms},
        {.name = "room create",
         .words = "NAME",
         .words_min = 1,
         .words_max = 1,
         .help = "make a room, and print its id",
         .options = {{"kind", "KIND", "public (the default), private or announcement"},
                     {"guests", NULL, "guests may come in"},
                     {"default", NULL, "newcomers are in it at once"}},
         .run = run_room_create},
        {.name = "room rename",
         .words = "ID NAME",
         .words_min = 2,
         .words_max = 2,
         .help = "give a room another name",
         .run = run_room_rename},
        {.name = "room set",
         .words = "ID",
         .words_min = 1,
         .words_max = 1,
         .help = "change what a room is set to",
         .options = {{"kind", "KIND", "public, private or announcement"},
                     {"guests", "on|off", "whether guests may come in"},
                     {"default", "on|off", "whether newcomers are in it at once"},
                     {"slow-s", "N", "seconds between two messages of one person; 0: none"},
                     {"retention-days", "N", "how long messages are kept; 0: for ever"}},
         .run = run_room_set},
        {.name = "room archive",
         .words = "ID",
         .words_min = 1,
         .words_max = 1,
         .help = "make a room one that can only be read",
         .run = run_room_archive},
        {.name = "room unarchive",
         .words = "ID",
         .words_min = 1,
         .words_max = 1,
         .help = "undo that",
         .run = run_room_unarchive},
    };
    *ret_count = sizeof(table) / sizeof(table[0]);
    return table;
}
