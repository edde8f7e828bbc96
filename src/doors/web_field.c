#include "doors/web_field.h"

#include <stdio.h>

#include "base/error.h"
#include "base/utf8.h"
#include "doors/hex_text.h"
#include "doors/room_id.h"

/* ---- for readers ---- */

bool web_refuse_value(struct web_command *command, const char *code, const char *message)
{
    command->error = (struct web_error){code, message, 0};
    return false;
}

bool web_refuse_field(struct web_command *command, const char *key, const char *what)
{
    snprintf(command->message, sizeof(command->message), "%s: %s", key, what);
    return web_refuse_value(command, "bad_request", command->message);
}

struct slice web_string_of(const json_t *value)
{
    if (!json_is_string(value))
        return slice_of(NULL, 0);
    return slice_of(json_string_value(value), json_string_length(value));
}

bool web_integer_of(const json_t *value, uint64_t min, uint64_t max, uint64_t *ret_value)
{
    if (!json_is_integer(value))
        return false;
    json_int_t integer = json_integer_value(value);
    if (integer < 0 || (uint64_t)integer < min || (uint64_t)integer > max)
        return false;
    *ret_value = (uint64_t)integer;
    return true;
}

bool web_person_of(struct slice text, uint64_t *ret_person)
{
    uint8_t bytes[sizeof(uint64_t)];
    uint64_t person = 0;
    if (!hex_read(text, bytes, sizeof(bytes)))
        return false;
    for (unsigned i = 0; i < sizeof(bytes); i++)
        person = person << 8 | bytes[i];
    if (person == 0)
        return false;
    *ret_person = person;
    return true;
}

bool web_key_of(struct slice text, uint64_t *ret_key)
{
    uint64_t key = 0;
    if (text.len == 0 || text.ptr[0] == '0')
        return false;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t digit = text.ptr[i];
        if (digit < '0' || digit > '9' || __builtin_mul_overflow(key, 10, &key) ||
            __builtin_add_overflow(key, (uint64_t)(digit - '0'), &key))
            return false;
    }
    *ret_key = key;
    return true;
}

static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029;
}

/*
 * What turns the direction of all that follows (Unicode's Bidi_Control but for the three marks, which
 * act where they stand): a line must not reach into what is shown beside it.
 */
static bool is_turning(uint32_t c)
{
    return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

bool web_is_line(struct slice text)
{
    for (size_t at = 0; at < text.len;) {
        uint32_t c = 0;
        int len = utf8_decode(slice_of(text.ptr + at, text.len - at), &c);
        if (len <= 0 || is_control(c) || is_turning(c))
            return false;
        at += (size_t)len;
    }
    return true;
}

bool web_read_truth(struct web_command *command, const char *key, const json_t *value, bool *ret)
{
    if (!json_is_boolean(value))
        return web_refuse_field(command, key, "true or false is needed");
    *ret = json_is_true(value);
    return true;
}

bool web_read_number(struct web_command *command, const char *key, const json_t *value,
                     uint64_t min, uint64_t max, uint64_t *ret_number)
{
    char what[64];
    if (web_integer_of(value, min, max, ret_number))
        return true;
    snprintf(what, sizeof(what), "a number from %llu to %llu is needed", (unsigned long long)min,
             (unsigned long long)max);
    return web_refuse_field(command, key, what);
}

bool web_read_line(struct web_command *command, const char *key, const json_t *value,
                   unsigned characters_max, struct slice *ret_line)
{
    struct slice line = web_string_of(value);
    if (!line.ptr)
        return web_refuse_field(command, key, "a string is needed");
    if (!web_is_line(line))
        return web_refuse_field(command, key, "one line without control characters is needed");
    if (utf8_length(line) > characters_max) {
        snprintf(command->message, sizeof(command->message), "%s: at most %u characters", key,
                 characters_max);
        return web_refuse_value(command, "too_long", command->message);
    }
    *ret_line = line;
    return true;
}

static bool take_name(struct web_command *command, const char *key, int result)
{
    if (result == ERR_LIMIT)
        return web_refuse_value(command, "too_long", "a name has at most 40 characters");
    if (result != OK)
        return web_refuse_field(command, key, "one line of visible characters is needed");
    return true;
}

bool web_read_name_into(struct web_command *command, const char *key, const json_t *value,
                        struct name *ret_name)
{
    struct slice typed = web_string_of(value);
    return take_name(command, key, typed.ptr ? name_make(typed, ret_name) : ERR_PROTOCOL);
}

bool web_read_optional_name_into(struct web_command *command, const char *key, const json_t *value,
                                 struct name *ret_name)
{
    struct slice typed = web_string_of(value);
    return take_name(command, key, typed.ptr ? name_make_optional(typed, ret_name) : ERR_PROTOCOL);
}

/* ---- readers that many commands share ---- */

bool web_read_room(struct web_command *command, const char *key, const json_t *value)
{
    struct slice id = web_string_of(value);
    if (!id.ptr)
        return web_refuse_field(command, key, "a string is needed");
    if (!room_id_parse(id, &command->room)) {
        command->error = web_error_of_call(ERR_NOT_FOUND);
        return false;
    }
    return true;
}

bool web_read_cid(struct web_command *command, const char *key, const json_t *value)
{
    if (!hex_read(web_string_of(value), command->cid, CID_BYTES))
        return web_refuse_field(command, key, "32 lower-case hexadecimal digits are needed");
    return true;
}

bool web_read_name(struct web_command *command, const char *key, const json_t *value)
{
    return web_read_name_into(command, key, value, &command->name);
}

bool web_read_target(struct web_command *command, const char *key, const json_t *value)
{
    if (!web_integer_of(value, 1, WEB_INTEGER_MAX, &command->target))
        return web_refuse_field(command, key, "the seq of a message is needed");
    return true;
}

bool web_read_target_person(struct web_command *command, const char *key, const json_t *value)
{
    if (!web_person_of(web_string_of(value), &command->target))
        return web_refuse_field(command, key, "the id of a person is needed");
    return true;
}

bool web_read_seq(struct web_command *command, const char *key, const json_t *value)
{
    if (!web_integer_of(value, 0, WEB_INTEGER_MAX, &command->seq))
        return web_refuse_field(command, key, "a number from 0 is needed");
    return true;
}

bool web_read_active(struct web_command *command, const char *key, const json_t *value)
{
    return web_read_truth(command, key, value, &command->active);
}
