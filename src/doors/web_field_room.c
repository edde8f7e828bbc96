/*
 * The fields of commands about rooms themselves: what they are set to, and who is in them.
 */

#include "doors/web_field.h"
#include "doors/web_words.h"

bool web_read_kind(struct web_command *command, const char *key, const json_t *value)
{
    if (!web_kind_of_word(web_string_of(value), &command->change->kind))
        return web_refuse_field(command, key, "public, private or announcement is needed");
    command->change->has_kind = true;
    return true;
}

bool web_read_guests(struct web_command *command, const char *key, const json_t *value)
{
    command->change->has_guests = true;
    return web_read_truth(command, key, value, &command->change->guests);
}

bool web_read_default(struct web_command *command, const char *key, const json_t *value)
{
    command->change->has_default = true;
    return web_read_truth(command, key, value, &command->change->is_default);
}

bool web_read_archived(struct web_command *command, const char *key, const json_t *value)
{
    command->change->has_archived = true;
    return web_read_truth(command, key, value, &command->change->archived);
}

bool web_read_slow(struct web_command *command, const char *key, const json_t *value)
{
    uint64_t number;
    if (!web_read_number(command, key, value, 0, SLOW_MS_MAX, &number))
        return false;
    command->change->has_slow = true;
    command->change->slow_ms = (uint32_t)number;
    return true;
}

bool web_read_retention(struct web_command *command, const char *key, const json_t *value)
{
    uint64_t number;
    if (!web_read_number(command, key, value, 0, RETENTION_DAYS_MAX, &number))
        return false;
    command->change->has_retention = true;
    command->change->retention_days = (uint32_t)number;
    return true;
}

bool web_read_any_change(struct web_command *command, const char *key, const json_t *value)
{
    const struct room_change *change = command->change;
    (void)key;
    (void)value;
    if (change->has_kind || change->has_guests || change->has_default || change->has_archived ||
        change->has_slow || change->has_retention)
        return true;
    return web_refuse_value(command, "bad_request",
                            "kind, guests, default, archived, slow_ms or retention_days is needed");
}

/* Whether oneself may be among them is the sequencer's to say: it knows who that is. */
bool web_read_people(struct web_command *command, const char *key, const json_t *value)
{
    size_t count = json_array_size(value);
    if (!json_is_array(value) || count == 0)
        return web_refuse_field(command, key, "a list of ids of people is needed");
    if (count > DIRECT_PEOPLE_MAX)
        return web_refuse_value(command, "needs_people", "a direct room has two to ten people");
    command->people = people_list_new((uint32_t)count);
    for (size_t i = 0; i < count; i++) {
        uint64_t *ids = command->people->ids;
        if (!web_person_of(web_string_of(json_array_get(value, i)), &ids[i]))
            return web_refuse_field(command, key, "a list of ids of people is needed");
        for (size_t j = 0; j < i; j++) {
            if (ids[j] == ids[i])
                return web_refuse_field(command, key, "each person only once");
        }
    }
    command->change->has_kind = true;
    command->change->kind = ROOM_DIRECT;
    return true;
}

bool web_read_level(struct web_command *command, const char *key, const json_t *value)
{
    if (!web_level_of_word(web_string_of(value), &command->level))
        return web_refuse_field(command, key, "all, mentions or none is needed");
    return true;
}
