#include "app/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "doors/room_id.h"
#include "doors/web_text.h"
#include "jobs/backup.h"
#include "jobs/export.h"
#include "jobs/verify.h"

/* Commands that read the data directory themselves, whether the server runs or not. */

#define U(number) ((unsigned long long)(number))

static int fail(const struct command_input *input, const char *fault)
{
    fprintf(stderr, "hubbub %s: %s\n", input->command->name, fault);
    return COMMAND_FAILED;
}

/* ---- backup ---- */

static int run_backup(const struct command_input *input)
{
    struct backup_report report;
    char fault[STORE_FAULT_BYTES];
    if (backup_make(input->data, input->words[0], &report, fault) != OK)
        return fail(input, fault);
    printf("%s: %llu events, %llu bytes, checked\n", report.path, U(report.events),
           U(report.bytes));
    if (report.is_directory)
        printf("files: %llu linked, %llu copied, %llu were there, %llu old ones deleted\n",
               U(report.linked), U(report.copied), U(report.kept), U(report.dropped));
    else if (report.left_out > 0)
        printf("%llu files are not in it: name a directory to have them, too\n",
               U(report.left_out));
    return COMMAND_DONE;
}

/* ---- verify ---- */

static void say(void *ctx, const char *line)
{
    (void)ctx;
    puts(line);
}

static int run_verify(const struct command_input *input)
{
    const struct verify_ports ports = {NULL, say};
    struct verify_report report;
    char fault[STORE_FAULT_BYTES];
    if (verify_run(input->data, &ports, &report, fault) != OK)
        return fail(input, fault);
    printf("%llu rooms, %llu events, %llu people, %llu files: ", U(report.rooms), U(report.events),
           U(report.people), U(report.files));
    if (report.findings == 0)
        puts("all is well");
    else
        printf("%llu findings\n", U(report.findings));
    return report.findings == 0 ? COMMAND_DONE : COMMAND_FAILED;
}

/* ---- export ---- */

static int send_lines(void *ctx, struct slice lines)
{
    (void)ctx;
    while (lines.len > 0) {
        ssize_t written = write(STDOUT_FILENO, lines.ptr, lines.len);
        if (written < 0)
            return ERR_IO;
        lines = slice_of(lines.ptr + written, lines.len - (size_t)written);
    }
    return OK;
}

static int run_export(const struct command_input *input)
{
    const struct export_ports ports = {NULL, web_write_event, send_lines};
    struct export_report report;
    char fault[STORE_FAULT_BYTES];
    const char *id = command_value(input, "room");
    uint64_t room = 0;
    if (id && !room_id_parse(slice_of_string(id), &room)) {
        fprintf(stderr, "hubbub export: --room: the id of a room is needed, not \"%.60s\"\n", id);
        return COMMAND_MISUSED;
    }
    if (export_run(input->data, room, &ports, &report, fault) != OK)
        return fail(input, fault);
    return COMMAND_DONE;
}

const struct command_entry *command_data_table(size_t *ret_count)
{
    static const struct command_entry table[] = {
        {.name = "backup",
         .words = "FILE_OR_DIR",
         .words_min = 1,
         .words_max = 1,
         .help = "copy the data, also while the server runs; a directory gets the files, too",
         .run = run_backup},
        {.name = "verify",
         .words = "",
         .help = "check all data, or a copy; exits 1 when something is wrong",
         .run = run_verify},
        {.name = "export",
         .words = "",
         .help = "print rooms, people and events as lines of JSON",
         .options = {{"room", "ID", "only this room"}},
         .run = run_export},
    };
    *ret_count = sizeof(table) / sizeof(table[0]);
    return table;
}
