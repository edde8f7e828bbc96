/*
 * The fields of what is no room's: of acts.
 */

#include <string.h>

#include "base/error.h"
#include "base/hex.h"
#include "base/memory.h"
#include "doors/room_id.h"
#include "doors/web_field.h"
#include "doors/web_words.h"
#include "serve/address.h"

enum {
    INVITE_USES_MAX = 1000000,
    /* What a provider has in one place. A wider ban would be one of everybody, whoever counts more than the moderator too. */
    BAN_BITS_MIN_V4 = 96 + 16,
    BAN_BITS_MIN_V6 = 32,
};

#define FOR_MS_MAX (UINT64_C(3650) * 24 * 60 * 60 * 1000)

/* ---- who and what is meant ---- */

bool web_read_act_person(struct web_command *command, const char *key, const json_t *value)
{
    if (!web_person_of(web_string_of(value), &command->act->person))
        return web_refuse_field(command, key, "the id of a person is needed");
    return true;
}

static bool read_address(struct web_command *command, const json_t *value)
{
    struct slice text = web_string_of(value);
    struct address_block block;
    if (text.len == 0 || text.len > ACT_ADDRESS_MAX || address_block_parse(text, &block) != OK)
        return web_refuse_field(command, "address", "an address or a block of them is needed");
    if (block.bits < (address_is_v4(&block.address) ? BAN_BITS_MIN_V4 : BAN_BITS_MIN_V6))
        return web_refuse_field(command, "address", "that is too many: /16 at most, of IPv6 /32");
    memcpy(command->act->address, text.ptr, text.len);
    return true;
}

bool web_read_act_person_or_address(struct web_command *command, const char *key,
                                    const json_t *value)
{
    const json_t *address = json_object_get(command->json, "address");
    if (value && address)
        return web_refuse_value(command, "bad_request", "person, address: only one of them");
    return address ? read_address(command, address) : web_read_act_person(command, key, value);
}

bool web_read_act_number(struct web_command *command, const char *key, const json_t *value)
{
    if (!web_key_of(web_string_of(value), &command->act->number))
        return web_refuse_field(command, key, "an id is needed: a string of decimal digits");
    return true;
}

bool web_read_act_room(struct web_command *command, const char *key, const json_t *value)
{
    if (!web_read_room(command, key, value))
        return false;
    command->act->room = command->room;
    return true;
}

bool web_read_act_rooms(struct web_command *command, const char *key, const json_t *value)
{
    struct act *act = command->act;
    size_t count = json_array_size(value);
    if (!json_is_array(value))
        return web_refuse_field(command, key, "a list of ids of rooms is needed");
    if (count > ACT_ROOMS_MAX)
        return web_refuse_value(command, "too_many", "an invitation leads to at most 20 rooms");
    for (size_t i = 0; i < count; i++) {
        if (!room_id_parse(web_string_of(json_array_get(value, i)), &act->rooms[i]))
            return web_refuse_field(command, key, "a list of ids of rooms is needed");
    }
    act->rooms_count = count;
    return true;
}

bool web_read_act_target(struct web_command *command, const char *key, const json_t *value)
{
    if (!web_read_target(command, key, value))
        return false;
    command->act->seq = command->target;
    return true;
}

/* ---- what they become ---- */

bool web_read_act_name(struct web_command *command, const char *key, const json_t *value)
{
    return web_read_name_into(command, key, value, &command->act->name);
}

bool web_read_act_display(struct web_command *command, const char *key, const json_t *value)
{
    struct slice display = web_string_of(value);
    return (display.ptr && display.len == 0) ||
           web_read_name_into(command, key, value, &command->act->display);
}

bool web_read_act_color(struct web_command *command, const char *key, const json_t *value)
{
    enum { DIGITS = 6 };
    struct slice text = web_string_of(value);
    uint32_t color = 0;
    if (text.ptr && text.len == 0)
        return true;
    if (!text.ptr || text.len != DIGITS + 1 || text.ptr[0] != '#')
        return web_refuse_field(command, key, "#rrggbb is needed");
    for (size_t i = 1; i < text.len; i++) {
        int digit = hex_value(text.ptr[i]);
        if (digit < 0)
            return web_refuse_field(command, key, "#rrggbb is needed");
        color = color << 4 | (uint32_t)digit;
    }
    command->act->color = color;
    return true;
}

bool web_read_act_role(struct web_command *command, const char *key, const json_t *value)
{
    if (!web_role_of_word(web_string_of(value), &command->act->role))
        return web_refuse_field(command, key, "member, moderator, admin or owner is needed");
    return true;
}

/* ---- how often, how long, why ---- */

bool web_read_act_count(struct web_command *command, const char *key, const json_t *value)
{
    uint64_t count;
    if (!web_read_number(command, key, value, 0, INVITE_USES_MAX, &count))
        return false;
    command->act->count = (uint32_t)count;
    return true;
}

bool web_read_act_until(struct web_command *command, const char *key, const json_t *value)
{
    return web_read_number(command, key, value, 0, WEB_TIME_MAX, &command->act->until_ms);
}

bool web_read_act_for(struct web_command *command, const char *key, const json_t *value)
{
    return web_read_number(command, key, value, 1, FOR_MS_MAX, &command->for_ms);
}

bool web_read_act_text(struct web_command *command, const char *key, const json_t *value)
{
    struct slice line;
    if (!web_read_line(command, key, value, ACT_TEXT_MAX, &line))
        return false;
    if (line.len > 0)
        command->act->text = mem_copy_string(line.ptr, line.len);
    return true;
}

bool web_read_act_words(struct web_command *command, const char *key, const json_t *value)
{
    if (!web_read_act_text(command, key, value))
        return false;
    if (!command->act->text)
        return web_refuse_value(command, "empty", "there is nothing in the text");
    return true;
}

bool web_read_act_members_only(struct web_command *command, const char *key, const json_t *value)
{
    return web_read_truth(command, key, value, &command->act->members_only);
}

bool web_read_act_slow(struct web_command *command, const char *key, const json_t *value)
{
    uint64_t slow_ms;
    if (!web_read_number(command, key, value, 0, SLOW_MS_MAX, &slow_ms))
        return false;
    command->act->slow_ms = (uint32_t)slow_ms;
    return true;
}

bool web_read_act_server_name(struct web_command *command, const char *key, const json_t *value)
{
    return web_read_optional_name_into(command, key, value, &command->act->name);
}
