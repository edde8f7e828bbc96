/*
 * A frame of the web protocol. Whatever it holds, it becomes a command whose fields keep what the
 * headers promise, or an error that can be answered.
 */
#include "fuzz.h"

#include "base/utf8.h"
#include "chat/role.h"
#include "chat/store.h"
#include "doors/web_command.h"

static void check_name(const struct name *name)
{
    struct name again;
    if (name->len == 0)
        return;
    ASSERT(name->len <= NAME_BYTES_MAX && name->text[name->len] == '\0');
    ASSERT(name_make(name_slice(name), &again) == 0 && again.len == name->len);
}

static void check_cursors(const struct web_command *command)
{
    ASSERT(command->cursors_count <= 256);
    for (size_t i = 0; i < command->cursors_count; i++) {
        const struct cursor *cursor = &command->cursors[i];
        ASSERT(cursor->room > 0 && cursor->room <= ROOM_ID_MAX);
        ASSERT(cursor->seq <= WEB_INTEGER_MAX);
        for (size_t j = 0; j < i; j++)
            ASSERT(command->cursors[j].room != cursor->room);
    }
}

static void check_error(const struct web_command *command)
{
    ASSERT(command->error.code[0] && command->error.message[0]);
    ASSERT(!strpbrk(command->error.message, "\"\\\n"));
    ASSERT(command->id.len <= COMMAND_ID_BYTES_MAX);
}

static bool is_kept(uint8_t op)
{
    return op >= WEB_POST && op <= WEB_UNHOST;
}

/* In which room, about what, and how much of it. */
static void check_place(const struct web_command *command)
{
    uint8_t op = command->op;
    bool nowhere = op == WEB_HELLO || op == WEB_CREATE || op == WEB_DIRECT || op == WEB_ROOMS ||
                   op == WEB_ACTIVE || op == WEB_RENAME || op == WEB_SEARCH;
    bool either = op == WEB_LIST || op == WEB_ACT;
    ASSERT(either || nowhere == (command->room == 0));
    ASSERT(command->room <= ROOM_ID_MAX);
    bool targeted = (op >= WEB_EDIT && op <= WEB_UNPIN) || (op >= WEB_ADD && op <= WEB_UNHOST);
    ASSERT(op == WEB_ACT || targeted == (command->target > 0));
    ASSERT((op >= WEB_ADD && op <= WEB_UNHOST) || command->target <= WEB_INTEGER_MAX);
    ASSERT(command->reply_to <= WEB_INTEGER_MAX && command->seq <= WEB_INTEGER_MAX);
    ASSERT(command->where <= READ_AT);
    bool paged = op == WEB_ROOMS || op == WEB_HISTORY || op == WEB_LIST || op == WEB_SEARCH;
    ASSERT(paged == (command->limit > 0) && command->limit <= WEB_PAGE_MAX);
}

static void check_text(const struct web_command *command)
{
    uint8_t op = command->op;
    ASSERT(utf8_is_valid(command->text));
    /* Whether an edit leaves anything, only whoever keeps the message knows. */
    if (op == WEB_POST)
        ASSERT(command->text.len > 0 || command->files);
    if (op == WEB_REACT || op == WEB_UNREACT)
        ASSERT(command->text.len > 0 && command->text.len <= EMOJI_BYTES_MAX);
    if (op == WEB_TOPIC)
        ASSERT(command->text.len <= TOPIC_BYTES_MAX);
    if (op == WEB_REMOVE)
        ASSERT(command->text.len <= ACT_TEXT_BYTES_MAX);
    if (op == WEB_CREATE || op == WEB_RENAME || op == WEB_NAME)
        ASSERT(command->name.len > 0);
    ASSERT(is_kept(op) || command->text.len == 0);
    check_name(&command->name);
}

/* What is handed on with it is there exactly where it belongs. */
static void check_owned(const struct web_command *command)
{
    uint8_t op = command->op;
    const struct room_change *change = command->change;
    ASSERT((change != NULL) == (op == WEB_CREATE || op == WEB_DIRECT || op == WEB_SETTINGS));
    ASSERT(!change || (change->kind < ROOM_KIND_END && change->slow_ms <= SLOW_MS_MAX &&
                       change->retention_days <= RETENTION_DAYS_MAX));
    ASSERT((op == WEB_DIRECT) == (change && change->kind == ROOM_DIRECT));
    ASSERT((command->people != NULL) == (op == WEB_DIRECT));
    ASSERT(!command->people ||
           (command->people->count > 0 && command->people->count <= DIRECT_PEOPLE_MAX));
    ASSERT(!command->files || op == WEB_POST);
    for (uint32_t i = 0; command->files && i < command->files->count; i++) {
        ASSERT(i < MESSAGE_FILES_MAX && command->files->list[i].id > 0);
        ASSERT(utf8_is_valid(command->files->list[i].alt));
    }
    ASSERT((command->search != NULL) == (op == WEB_SEARCH));
    ASSERT((command->act != NULL) == (op == WEB_ACT));
}

/* One line that stays within its limit, and ends. */
static void check_line(const char *text)
{
    ASSERT(strlen(text) <= ACT_TEXT_BYTES_MAX && utf8_is_valid(slice_of_string(text)));
    for (const char *at = text; *at; at++)
        ASSERT((unsigned char)*at >= ' ' && *at != 0x7f);
}

static void check_act(const struct act *act)
{
    ASSERT(act->kind > 0 && act->kind < ACT_END_KIND && !act->has_token);
    ASSERT(act->role <= ROLE_OWNER && act->color <= 0xffffff && act->slow_ms <= SLOW_MS_MAX);
    ASSERT(act->rooms_count <= ACT_ROOMS_MAX && act->until_ms <= WEB_TIME_MAX);
    for (size_t i = 0; i < act->rooms_count; i++)
        ASSERT(act->rooms[i] > 0 && act->rooms[i] <= ROOM_ID_MAX);
    ASSERT(memchr(act->address, 0, sizeof(act->address)));
    ASSERT(act->kind != ACT_BAN || (act->person == 0) == (act->address[0] != 0));
    check_name(&act->name);
    check_name(&act->display);
    if (act->text)
        check_line(act->text);
    /* Secrets have no way in here. */
    ASSERT(act->kind != ACT_SIGN_UP && act->kind != ACT_SIGN_IN && act->kind != ACT_RESET_USE &&
           act->kind != ACT_PASSWORD && act->kind != ACT_TOTP_ON && act->kind != ACT_TOTP_OFF &&
           act->kind != ACT_LEAVE && act->kind != ACT_OWNER_LINK && act->secret[0] == 0);
}

static void check_fields(const struct web_command *command)
{
    ASSERT(command->op > WEB_NONE && command->op <= WEB_ACT);
    ASSERT(command->id.len > 0 && command->id.len <= COMMAND_ID_BYTES_MAX);
    ASSERT(utf8_is_valid(command->id) && !memchr(command->id.ptr, 0, command->id.len));
    check_place(command);
    check_text(command);
    check_owned(command);
    check_cursors(command);
    if (command->act)
        check_act(command->act);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* Frames that are not UTF-8 end the connection before they get here. */
    if (!utf8_is_valid(slice_of(data, size)))
        return 0;
    uint8_t *bytes = fuzz_copy(data, size);
    struct web_command command;
    web_command_parse(slice_of(bytes, size), &command);
    mem_free(bytes); /* nothing may point there */
    if (command.error.code)
        check_error(&command);
    else
        check_fields(&command);
    web_command_release(&command);
    return 0;
}
