#include "app/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/console_client.h"
#include "base/clock.h"

/* Commands about invitations, bans of addresses and the whole server: words of the console (app/console_client.h). */

#define DAY_MS (UINT64_C(24) * 60 * 60 * 1000)

enum { DAYS_MAX = 3650, USES_MAX = 1000000, SLOW_S_MAX = 6 * 60 * 60 };

static int print_link(const struct command_input *input, const char *path, json_t *body)
{
    json_t *answer = NULL;
    int code = console_ask(input, "POST", path, body, &answer);
    if (code == COMMAND_DONE)
        console_print("", answer, "link");
    json_decref(answer);
    return code;
}

/* ---- invitations ---- */

static int run_invite(const struct command_input *input)
{
    uint64_t uses = 0, days = 7;
    const char *role = command_value(input, "role"), *note = command_value(input, "note");
    if (!command_number(input, "uses", USES_MAX, &uses) ||
        !command_number(input, "days", DAYS_MAX, &days))
        return COMMAND_MISUSED;
    json_t *body = json_pack("{s:I}", "count", (json_int_t)uses);
    if (days > 0)
        json_object_set_new(body, "until_ms",
                            json_integer((json_int_t)(clock_wall_ms() + days * DAY_MS)));
    if (role)
        json_object_set_new(body, "role", json_string(role));
    if (note)
        json_object_set_new(body, "note", json_string(note));
    return print_link(input, "/api/v1/invites", body);
}

static int run_invites(const struct command_input *input)
{
    return console_list(input, "/api/v1/invites", "id created@ until@ uses left role note");
}

static int end(const struct command_input *input, const char *what)
{
    char path[CONSOLE_PATH_BYTES];
    snprintf(path, sizeof(path), "/api/v1/%s/", what);
    if (console_escape(path, input->words[0]))
        return console_ask(input, "DELETE", path, NULL, NULL);
    fprintf(stderr, "hubbub %s: this is no id\n", input->command->name);
    return COMMAND_MISUSED;
}

static int run_uninvite(const struct command_input *input)
{
    return end(input, "invites");
}

static int run_owner_link(const struct command_input *input)
{
    return print_link(input, "/api/v1/owner-link", NULL);
}

/* ---- order ---- */

static int run_ban(const struct command_input *input)
{
    uint64_t days = 0;
    const char *reason = command_value(input, "reason");
    json_t *answer = NULL;
    if (!command_number(input, "days", DAYS_MAX, &days))
        return COMMAND_MISUSED;
    json_t *body = json_pack("{s:s}", "address", input->words[0]);
    if (days > 0)
        json_object_set_new(body, "for_ms", json_integer((json_int_t)(days * DAY_MS)));
    if (reason)
        json_object_set_new(body, "reason", json_string(reason));
    int code = console_ask(input, "POST", "/api/v1/bans", body, &answer);
    if (code == COMMAND_DONE)
        console_print("ban ", answer, "id");
    json_decref(answer);
    return code;
}

static int run_bans(const struct command_input *input)
{
    return console_list(input, "/api/v1/bans", "id name address created@ until@ reason");
}

static int run_unban(const struct command_input *input)
{
    return end(input, "bans");
}

static int run_mutes(const struct command_input *input)
{
    return console_list(input, "/api/v1/mutes", "name person until@");
}

static int run_reports(const struct command_input *input)
{
    return console_list(input, "/api/v1/reports",
                        "id created@ room seq author by reason closed@ note");
}

static int run_audit(const struct command_input *input)
{
    return console_list(input, "/api/v1/audit", "ts@ name action person room detail");
}

static int run_brake(const struct command_input *input)
{
    uint64_t slow_s = 0;
    bool on = strcmp(input->words[0], "on") == 0;
    if (!on && strcmp(input->words[0], "off") != 0) {
        fprintf(stderr, "hubbub brake: on or off is needed, not \"%.60s\"\n", input->words[0]);
        return COMMAND_MISUSED;
    }
    if (!command_number(input, "slow-s", SLOW_S_MAX, &slow_s))
        return COMMAND_MISUSED;
    json_t *body =
        json_pack("{s:b, s:I}", "members_only", on, "slow_ms", on ? (json_int_t)slow_s * 1000 : 0);
    int code = console_ask(input, "PUT", "/api/v1/server", body, NULL);
    if (code == COMMAND_DONE)
        puts(on ? "only members can talk" : "everybody can talk again");
    return code;
}

static int run_name(const struct command_input *input)
{
    json_t *body = json_pack("{s:s}", "name", input->words[0]);
    return console_ask(input, "PATCH", "/api/v1/server", body, NULL);
}

const struct command_entry *command_server_table(size_t *ret_count)
{
    static const struct command_entry table[] = {
        {.name = "invite",
         .words = "",
         .help = "make a link with which people make accounts",
         .options = {{"uses", "N", "for so many people; 0, the default: any number"},
                     {"days", "N", "how long it can be used (7); 0: for ever"},
                     {"role", "ROLE", "what they become: member (the default), moderator or admin"},
                     {"note", "TEXT", "for whom it is"}},
         .run = run_invite},
        {.name = "invites",
         .words = "",
         .help = "invitations that can still be used",
         .run = run_invites},
        {.name = "uninvite",
         .words = "ID",
         .words_min = 1,
         .words_max = 1,
         .help = "end an invitation",
         .run = run_uninvite},
        {.name = "owner-link",
         .words = "",
         .help = "make the link that makes the first owner",
         .run = run_owner_link},
        {.name = "ban",
         .words = "ADDRESS",
         .words_min = 1,
         .words_max = 1,
         .help = "keep an address out, or a block of them (192.0.2.0/24)",
         .options = {{"days", "N", "for so long; otherwise for good"},
                     {"reason", "TEXT", "why; it is noted"}},
         .run = run_ban},
        {.name = "bans", .words = "", .help = "bans in force", .run = run_bans},
        {.name = "unban",
         .words = "ID",
         .words_min = 1,
         .words_max = 1,
         .help = "end a ban",
         .run = run_unban},
        {.name = "mutes", .words = "", .help = "who can only read", .run = run_mutes},
        {.name = "reports", .words = "", .help = "what people have reported", .run = run_reports},
        {.name = "audit",
         .words = "",
         .help = "what was done for order, newest first",
         .run = run_audit},
        {.name = "brake",
         .words = "on|off",
         .words_min = 1,
         .words_max = 1,
         .help = "let only members talk, when there is trouble",
         .options = {{"slow-s", "N", "and each only every N seconds"}},
         .run = run_brake},
        {.name = "name",
         .words = "NAME",
         .words_min = 1,
         .words_max = 1,
         .help = "say what the community is called; \"\": it has no name of its own",
         .run = run_name},
    };
    *ret_count = sizeof(table) / sizeof(table[0]);
    return table;
}
