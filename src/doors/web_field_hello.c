/*
 * The fields of hello.
 */

#include "base/memory.h"
#include "doors/guest.h"
#include "doors/room_id.h"
#include "doors/web_field.h"

/* What has not the form of a token is treated as one that the server does not know. */
bool web_read_token(struct web_command *command, const char *key, const json_t *value)
{
    command->token = web_string_of(value);
    if (!command->token.ptr)
        return web_refuse_field(command, key, "a string is needed");
    command->has_token = guest_token_is_valid(command->token);
    return true;
}

/* A mid is a key that may be 0: nothing is known of the event. */
static bool mid_of(struct slice text, uint64_t *ret_mid)
{
    if (slice_is(text, "0")) {
        *ret_mid = 0;
        return true;
    }
    return web_key_of(text, ret_mid);
}

static bool read_cursor(struct web_command *command, const char *key, const json_t *value)
{
    struct cursor *cursor = &command->cursors[command->cursors_count];
    const json_t *mid = json_object_get(value, "mid");
    if (!web_integer_of(json_object_get(value, "seq"), 0, WEB_INTEGER_MAX, &cursor->seq))
        return web_refuse_field(command, key, "seq: a number from 0 is needed");
    cursor->mid = 0;
    if (mid && !mid_of(web_string_of(mid), &cursor->mid))
        return web_refuse_field(command, key, "mid: a string of decimal digits is needed");
    return true;
}

bool web_read_cursors(struct web_command *command, const char *key, const json_t *value)
{
    const char *room;
    json_t *cursor;
    if (!json_is_object(value))
        return web_refuse_field(command, key, "an object is needed");
    if (json_object_size(value) == 0)
        return true;
    command->cursors = mem_alloc(json_object_size(value) * sizeof(command->cursors[0]));
    json_object_foreach (json_object_get(command->json, key), room, cursor) {
        if (!read_cursor(command, key, cursor))
            return false;
        /* A room of another server, perhaps: passed over like one that somebody is not in. */
        if (room_id_parse(slice_of_string(room), &command->cursors[command->cursors_count].room))
            command->cursors_count++;
    }
    return true;
}
