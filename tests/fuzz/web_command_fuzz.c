/*
 * A frame of the web protocol. Whatever it holds, it becomes a command whose fields keep what the
 * headers promise, or an error that can be answered.
 */
#include "fuzz.h"

#include "base/utf8.h"
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

static void check_fields(const struct web_command *command)
{
    uint8_t op = command->op;
    ASSERT(op > WEB_NONE && op <= WEB_HERE);
    ASSERT(command->id.len > 0 && command->id.len <= COMMAND_ID_BYTES_MAX);
    ASSERT(utf8_is_valid(command->id) && !memchr(command->id.ptr, 0, command->id.len));
    bool somewhere = op != WEB_HELLO && op != WEB_CREATE && op != WEB_ROOMS && op != WEB_ACTIVE &&
                     op != WEB_RENAME;
    ASSERT(somewhere == (command->room > 0));
    ASSERT(command->room <= ROOM_ID_MAX);
    ASSERT((op >= WEB_EDIT && op <= WEB_UNPIN) == (command->target > 0));
    ASSERT(command->target <= WEB_INTEGER_MAX && command->reply_to <= WEB_INTEGER_MAX);
    ASSERT(command->seq <= WEB_INTEGER_MAX && command->where <= READ_AROUND);
    ASSERT((op == WEB_ROOMS || op == WEB_HISTORY) == (command->limit > 0));
    ASSERT(command->limit <= WEB_PAGE_MAX);
    ASSERT(utf8_is_valid(command->text));
    if (op == WEB_POST || op == WEB_EDIT)
        ASSERT(command->text.len > 0);
    if (op == WEB_REACT || op == WEB_UNREACT)
        ASSERT(command->text.len > 0 && command->text.len <= EMOJI_BYTES_MAX);
    if (op == WEB_TOPIC)
        ASSERT(command->text.len <= TOPIC_BYTES_MAX);
    if (op == WEB_CREATE || op == WEB_RENAME)
        ASSERT(command->name.len > 0);
    check_name(&command->name);
    check_cursors(command);
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
