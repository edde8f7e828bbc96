/*
 * The fields of what is said in a room.
 */

#include "base/memory.h"
#include "base/utf8.h"
#include "doors/web_field.h"

bool web_read_text_of_edit(struct web_command *command, const char *key, const json_t *value)
{
    command->text = web_string_of(value);
    return command->text.ptr || web_refuse_field(command, key, "a string is needed");
}

bool web_read_text(struct web_command *command, const char *key, const json_t *value)
{
    if (!web_read_text_of_edit(command, key, value))
        return false;
    return command->text.len > 0 ||
           web_refuse_value(command, "empty", "there is nothing in the text");
}

bool web_read_text_of_post(struct web_command *command, const char *key, const json_t *value)
{
    if (!command->files)
        return web_read_text(command, key, value);
    command->text = web_string_of(value);
    if (value && !command->text.ptr)
        return web_refuse_field(command, key, "a string is needed");
    return true;
}

bool web_read_reply_to(struct web_command *command, const char *key, const json_t *value)
{
    if (!web_integer_of(value, 1, WEB_INTEGER_MAX, &command->reply_to))
        return web_refuse_field(command, key, "the seq of a message is needed");
    return true;
}

/* ---- files ---- */

static bool is_among(const struct file *files, size_t count, uint64_t id)
{
    for (size_t i = 0; i < count; i++) {
        if (files[i].id == id)
            return true;
    }
    return false;
}

static bool read_file(struct web_command *command, const char *key, const json_t *value,
                      struct file *files, size_t count)
{
    struct file *file = &files[count];
    const json_t *alt = json_object_get(value, "alt");
    *file = (struct file){.id = 0};
    if (!web_key_of(web_string_of(json_object_get(value, "id")), &file->id))
        return web_refuse_field(command, key, "id: the id of a file is needed");
    if (is_among(files, count, file->id))
        return web_refuse_field(command, key, "each file only once");
    return !alt || web_read_line(command, "alt", alt, WEB_ALT_MAX, &file->alt);
}

bool web_read_files(struct web_command *command, const char *key, const json_t *value)
{
    struct file files[MESSAGE_FILES_MAX];
    size_t count = json_array_size(value);
    if (!json_is_array(value))
        return web_refuse_field(command, key, "a list is needed");
    if (count > MESSAGE_FILES_MAX)
        return web_refuse_value(command, "too_many", "a message has at most 10 files");
    for (size_t i = 0; i < count; i++) {
        if (!read_file(command, key, json_array_get(value, i), files, i))
            return false;
    }
    if (count > 0)
        command->files = file_list_new(files, (uint32_t)count);
    return true;
}

/* ---- lines ---- */

bool web_read_topic(struct web_command *command, const char *key, const json_t *value)
{
    return web_read_line(command, key, value, TOPIC_CHARACTERS_MAX, &command->text);
}

bool web_read_reason_text(struct web_command *command, const char *key, const json_t *value)
{
    return web_read_line(command, key, value, ACT_TEXT_MAX, &command->text);
}

/* Unicode's White_Space, as far as it is not a control character. */
static bool is_space(uint32_t c)
{
    return c == ' ' || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f ||
           c == 0x205f || c == 0x3000;
}

static bool has_space(struct slice text)
{
    for (size_t at = 0; at < text.len;) {
        uint32_t c = 0;
        int len = utf8_decode(slice_of(text.ptr + at, text.len - at), &c);
        if (len <= 0 || is_space(c))
            return true;
        at += (size_t)len;
    }
    return false;
}

bool web_read_emoji(struct web_command *command, const char *key, const json_t *value)
{
    command->text = web_string_of(value);
    if (command->text.len == 0 || !web_is_line(command->text) || has_space(command->text))
        return web_refuse_field(command, key, "a string without white space is needed");
    if (command->text.len > EMOJI_BYTES_MAX)
        return web_refuse_value(command, "too_long", "an emoji has at most 32 bytes");
    return true;
}
