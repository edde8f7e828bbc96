/*
 * The fields of pages, lists and searches.
 */

#include "base/error.h"
#include "base/memory.h"
#include "chat/store.h"
#include "doors/web_field.h"

bool web_read_limit(struct web_command *command, const char *key, const json_t *value)
{
    uint64_t limit;
    if (!web_read_number(command, key, value, 1, WEB_PAGE_MAX, &limit))
        return false;
    command->limit = (uint32_t)limit;
    return true;
}

bool web_read_where(struct web_command *command, const char *key, const json_t *value)
{
    static const struct {
        const char *key;
        enum read_where where;
    } keys[] = {
        {"before", READ_BEFORE}, {"after", READ_AFTER}, {"around", READ_AROUND}, {"at", READ_AT}};
    (void)key;
    command->where = READ_NEWEST;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        value = json_object_get(command->json, keys[i].key);
        if (!value)
            continue;
        if (command->where != READ_NEWEST)
            return web_refuse_value(command, "bad_request",
                                    "before, after, around, at: only one of them");
        if (!web_integer_of(value, 0, WEB_INTEGER_MAX, &command->seq))
            return web_refuse_field(command, keys[i].key,
                                    keys[i].where == READ_AT ? "a time in milliseconds is needed"
                                                             : "a seq is needed");
        command->where = (uint8_t)keys[i].where;
    }
    return true;
}

bool web_read_after_name(struct web_command *command, const char *key, const json_t *value)
{
    struct slice after = web_string_of(value);
    if (!after.ptr)
        return web_refuse_field(command, key, "a name is needed");
    return after.len == 0 || web_read_name(command, key, value);
}

/* ---- lists ---- */

/* Where a row's id is a person's, a seq, or a number of its own. */
static bool read_after_id(struct web_command *command, const json_t *value)
{
    struct slice after = web_string_of(value);
    switch (command->list) {
    case LIST_BOTS:
    case LIST_MUTES:
        return web_person_of(after, &command->after);
    case LIST_PINS:
        return web_integer_of(value, 1, WEB_INTEGER_MAX, &command->after);
    default:
        return web_key_of(after, &command->after);
    }
}

static bool read_after(struct web_command *command)
{
    static const char key[] = "after";
    const json_t *value = json_object_get(command->json, key);
    if (!value)
        return true;
    if (command->list == LIST_PEOPLE || command->list == LIST_MEMBERS)
        return web_read_after_name(command, key, value);
    if (!read_after_id(command, value))
        return web_refuse_field(command, key, "the id of a row is needed");
    return true;
}

bool web_read_list(struct web_command *command, const char *key, const json_t *value)
{
    enum listing_kind list;
    if (!json_is_string(value) || !listing_of_name(json_string_value(value), &list))
        return web_refuse_field(command, key, "the name of a list is needed");
    command->list = (uint8_t)list;
    const json_t *room = json_object_get(command->json, "room");
    bool needed = list == LIST_MEMBERS || list == LIST_PINS;
    if ((needed || (room && list == LIST_HOOKS)) && !web_read_room(command, "room", room))
        return false;
    return read_after(command);
}

/* ---- searches ---- */

static bool read_typed(struct web_command *command, const char *key, struct slice typed)
{
    const char *why = "that cannot be searched for";
    if (!typed.ptr)
        return web_refuse_field(command, key, "a string is needed");
    if (typed.len == 0)
        return web_refuse_value(command, "empty", "there is nothing in the text");
    if (!web_is_line(typed))
        return web_refuse_field(command, key, "one line without control characters is needed");
    command->search = mem_zalloc(sizeof(*command->search));
    int result = search_parse(typed, command->search, &why);
    if (result == ERR_LIMIT)
        return web_refuse_value(command, "too_long", "a search has at most 16 words in 500 bytes");
    return result == OK || web_refuse_field(command, key, why);
}

bool web_read_search(struct web_command *command, const char *key, const json_t *value)
{
    uint64_t limit = WEB_HITS_DEFAULT;
    const json_t *limit_value = json_object_get(command->json, "limit");
    const json_t *before = json_object_get(command->json, "before");
    if (!read_typed(command, key, web_string_of(value)))
        return false;
    if (limit_value && !web_read_number(command, "limit", limit_value, 1, SEARCH_LIMIT_MAX, &limit))
        return false;
    command->search->limit = (uint32_t)limit;
    command->limit = (uint32_t)limit;
    if (before && !web_key_of(web_string_of(before), &command->search->before))
        return web_refuse_field(command, "before", "the next of a page is needed");
    return true;
}
