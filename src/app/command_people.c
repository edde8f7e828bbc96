#include "app/command.h"

#include <stdio.h>
#include <string.h>

#include "app/console_client.h"
#include "base/clock.h"

/* Commands about people: words of the console (app/console_client.h). */

#define DAY_MS (UINT64_C(24) * 60 * 60 * 1000)

enum { DAYS_MAX = 3650, MINUTES_MAX = DAYS_MAX * 24 * 60 };

static void set_string(json_t *body, const char *field, const char *text)
{
    if (text)
        json_object_set_new(body, field, json_string(text));
}

/* POST or so to a person's address, with a body (taken). */
static int ask_person(const struct command_input *input, const char *method, const char *what,
                      json_t *body, json_t **ret_json)
{
    char id[PERSON_ID_BYTES], path[CONSOLE_PATH_BYTES];
    int code = console_person(input, input->words[0], id);
    if (code != COMMAND_DONE) {
        json_decref(body);
        return code;
    }
    snprintf(path, sizeof(path), "/api/v1/people/%s/%s", id, what);
    return console_ask(input, method, path, body, ret_json);
}

static int do_person(const struct command_input *input, const char *what, json_t *body,
                     const char *done)
{
    set_string(body, "reason", command_value(input, "reason"));
    int code = ask_person(input, "POST", what, body, NULL);
    if (code == COMMAND_DONE)
        printf("%s %s\n", input->words[0], done);
    return code;
}

static int run_list(const struct command_input *input)
{
    return console_list(input, "/api/v1/people",
                        "name role id created@ seen@ muted banned display");
}

static int run_role(const struct command_input *input)
{
    json_t *body = json_pack("{s:s}", "role", input->words[1]);
    int code = ask_person(input, "PUT", "role", body, NULL);
    if (code == COMMAND_DONE)
        printf("%s is %s now\n", input->words[0], input->words[1]);
    return code;
}

static int run_reset(const struct command_input *input)
{
    json_t *answer = NULL;
    int code = ask_person(input, "POST", "reset", NULL, &answer);
    if (code == COMMAND_DONE) {
        printf("Give this link to %s; it sets a new password, once:\n", input->words[0]);
        console_print("", answer, "link");
    }
    json_decref(answer);
    return code;
}

static int run_kick(const struct command_input *input)
{
    return do_person(input, "kick", json_object(), "is signed out everywhere");
}

static int run_mute(const struct command_input *input)
{
    uint64_t minutes = 0;
    if (!command_number(input, "minutes", MINUTES_MAX, &minutes))
        return COMMAND_MISUSED;
    json_t *body = json_object();
    if (minutes > 0)
        json_object_set_new(body, "for_ms", json_integer((json_int_t)(minutes * 60 * 1000)));
    return do_person(input, "mute", body, "can read, and say nothing");
}

static int run_unmute(const struct command_input *input)
{
    return do_person(input, "unmute", json_object(), "can talk again");
}

static int run_ban(const struct command_input *input)
{
    uint64_t days = 0;
    if (!command_number(input, "days", DAYS_MAX, &days))
        return COMMAND_MISUSED;
    json_t *body = json_object();
    if (days > 0)
        json_object_set_new(body, "for_ms", json_integer((json_int_t)(days * DAY_MS)));
    return do_person(input, "ban", body, "is banned");
}

struct ban_wanted {
    char person[PERSON_ID_BYTES];
    char ban[24]; /* its id, once it is found */
};

static bool look_for_ban(void *ctx, const json_t *rows)
{
    struct ban_wanted *wanted = ctx;
    size_t i;
    json_t *row;
    json_array_foreach (rows, i, row) {
        const char *person = json_string_value(json_object_get(row, "person"));
        const char *ban = json_string_value(json_object_get(row, "id"));
        if (person && ban && strcmp(person, wanted->person) == 0)
            snprintf(wanted->ban, sizeof(wanted->ban), "%s", ban);
    }
    return !wanted->ban[0];
}

/* There may be several; each is found among those in force. */
static int run_unban(const struct command_input *input)
{
    struct ban_wanted wanted = {0};
    char path[CONSOLE_PATH_BYTES];
    unsigned ended = 0;
    int code = console_person(input, input->words[0], wanted.person);
    while (code == COMMAND_DONE) {
        wanted.ban[0] = '\0';
        code = console_each_page(input, "/api/v1/bans", look_for_ban, &wanted);
        if (code != COMMAND_DONE || !wanted.ban[0])
            break;
        snprintf(path, sizeof(path), "/api/v1/bans/%s", wanted.ban);
        code = console_ask(input, "DELETE", path, NULL, NULL);
        ended++;
    }
    if (code == COMMAND_DONE && ended == 0) {
        fprintf(stderr, "hubbub %s: %s is not banned\n", input->command->name, input->words[0]);
        return COMMAND_FAILED;
    }
    if (code == COMMAND_DONE)
        printf("%s is not banned any more\n", input->words[0]);
    return code;
}

/* The server deletes a step at a time, so that nobody waits long. */
static int run_purge(const struct command_input *input)
{
    long long deleted = 0;
    bool more = true;
    int code = COMMAND_DONE;
    while (more && code == COMMAND_DONE) {
        json_t *answer = NULL;
        code = ask_person(input, "POST", "purge", NULL, &answer);
        deleted += json_integer_value(json_object_get(answer, "deleted"));
        more = json_is_true(json_object_get(answer, "more"));
        json_decref(answer);
    }
    if (code == COMMAND_DONE)
        printf("%lld messages of %s are deleted\n", deleted, input->words[0]);
    return code;
}

static int run_delete(const struct command_input *input)
{
    char id[PERSON_ID_BYTES], path[CONSOLE_PATH_BYTES];
    int code = console_person(input, input->words[0], id);
    snprintf(path, sizeof(path), "/api/v1/people/%s", id);
    if (code == COMMAND_DONE)
        code = console_ask(input, "DELETE", path, NULL, NULL);
    if (code == COMMAND_DONE)
        printf("%s has no account any more\n", input->words[0]);
    return code;
}

/* Nobody but the person itself is to know the password: so what is made is the way to an account. */
static int run_add(const struct command_input *input)
{
    uint64_t days = 7;
    json_t *answer = NULL;
    const char *role = command_value(input, "role");
    if (!command_number(input, "days", DAYS_MAX, &days))
        return COMMAND_MISUSED;
    json_t *body = json_pack("{s:i, s:s}", "count", 1, "note", input->words[0]);
    set_string(body, "role", role);
    if (days > 0)
        json_object_set_new(body, "until_ms",
                            json_integer((json_int_t)(clock_wall_ms() + days * DAY_MS)));
    int code = console_ask(input, "POST", "/api/v1/invites", body, &answer);
    if (code == COMMAND_DONE) {
        printf("Give this link to %s, who makes an account with it, once:\n", input->words[0]);
        console_print("", answer, "link");
    }
    json_decref(answer);
    return code;
}

/* lint: long because it is a table. */
const struct command_entry *command_people_table(size_t *ret_count)
{
    static const struct command_entry table[] = {
        {.name = "user list", .words = "", .help = "who has an account", .run = run_list},
        {.name = "user add",
         .words = "NAME",
         .words_min = 1,
         .words_max = 1,
         .help = "make a link with which somebody makes an account",
         .options = {{"role", "ROLE", "member (the default), moderator or admin"},
                     {"days", "N", "how long the link can be used (7); 0: for ever"}},
         .run = run_add},
        {.name = "user role",
         .words = "NAME ROLE",
         .words_min = 2,
         .words_max = 2,
         .help = "make somebody member, moderator, admin or owner",
         .run = run_role},
        {.name = "user reset",
         .words = "NAME",
         .words_min = 1,
         .words_max = 1,
         .help = "make a link that sets a new password",
         .run = run_reset},
        {.name = "user kick",
         .words = "NAME",
         .words_min = 1,
         .words_max = 1,
         .help = "sign somebody out everywhere",
         .options = {{"reason", "TEXT", "why; it is noted, and told"}},
         .run = run_kick},
        {.name = "user mute",
         .words = "NAME",
         .words_min = 1,
         .words_max = 1,
         .help = "let somebody read only",
         .options = {{"minutes", "N", "for so long; otherwise until unmuted"},
                     {"reason", "TEXT", "why; it is noted, and told"}},
         .run = run_mute},
        {.name = "user unmute",
         .words = "NAME",
         .words_min = 1,
         .words_max = 1,
         .help = "let somebody talk again",
         .run = run_unmute},
        {.name = "user ban",
         .words = "NAME",
         .words_min = 1,
         .words_max = 1,
         .help = "put somebody out, and keep them out",
         .options = {{"days", "N", "for so long; otherwise for good"},
                     {"reason", "TEXT", "why; it is noted, and told"}},
         .run = run_ban},
        {.name = "user unban",
         .words = "NAME",
         .words_min = 1,
         .words_max = 1,
         .help = "let somebody in again",
         .run = run_unban},
        {.name = "user purge",
         .words = "NAME",
         .words_min = 1,
         .words_max = 1,
         .help = "delete all messages of somebody",
         .run = run_purge},
        {.name = "user delete",
         .words = "NAME",
         .words_min = 1,
         .words_max = 1,
         .help = "delete an account; what was said stays, without a name",
         .run = run_delete},
    };
    *ret_count = sizeof(table) / sizeof(table[0]);
    return table;
}
