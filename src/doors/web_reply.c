#include "doors/web_reply.h"

#include "doors/json_text.h"
#include "doors/web_command.h"
#include "doors/web_text.h"

/* Every field that follows begins with a comma. Returns where the reply begins. */
static size_t begin_reply(struct buffer *out, struct slice command_id, bool bare)
{
    size_t begin = out->len;
    if (!bare) {
        buffer_append_string(out, "{\"re\":");
        json_append_string(out, command_id, JSON_PLAIN);
        buffer_append_string(out, ",\"ok\":true");
    }
    return begin;
}

/* In a bare one the comma of the first field makes room for the brace. */
static void end_reply(struct buffer *out, size_t begin)
{
    if (out->len == begin)
        buffer_append_byte(out, '{');
    out->ptr[begin] = '{';
    buffer_append_byte(out, '}');
}

static void write_facts(struct buffer *out, const struct web_greeting_facts *facts)
{
    if (facts->token)
        buffer_printf(out, ",\"token\":\"%s\"", facts->token);
    buffer_printf(out,
                  ",\"limits\":{\"message_bytes\":%u,\"name_chars\":%d,\"topic_chars\":%d,"
                  "\"rooms\":%d,\"page\":%d},\"heartbeat_ms\":%u",
                  facts->message_bytes_max, NAME_CHARACTERS_MAX, TOPIC_CHARACTERS_MAX,
                  PERSON_ROOMS_MAX, WEB_PAGE_MAX, facts->heartbeat_ms);
    web_write_string(out, "build", slice_of_string(facts->build));
}

void web_write_welcome(struct buffer *out, const struct event *event,
                       const struct web_greeting_facts *facts)
{
    size_t begin = begin_reply(out, event->command_id, false);
    buffer_append_string(out, ",\"you\":{");
    json_append_id(out, "id", event->person);
    web_write_string(out, "name", name_slice(&event->name));
    buffer_append_byte(out, ',');
    json_append_id(out, "client", event->client);
    buffer_append_byte(out, '}');
    write_facts(out, facts);
    buffer_append_string(out, ",\"rooms\":[");
    for (size_t i = 0; i < event->welcome->rooms_count; i++) {
        if (i > 0)
            buffer_append_byte(out, ',');
        web_write_info(out, &event->welcome->rooms[i]);
    }
    buffer_append_byte(out, ']');
    end_reply(out, begin);
}

static void write_kept(struct buffer *out, const struct event *event)
{
    web_write_room(out, event->room);
    if (event->unchanged) {
        buffer_append_string(out, ",\"changed\":false");
        return;
    }
    web_write_place(out, event);
    buffer_printf(out, ",\"dup\":%s", event->dup ? "true" : "false");
}

void web_write_answer(struct buffer *out, const struct event *event,
                      const struct web_reply_form *form)
{
    size_t begin = begin_reply(out, event->command_id, form->bare);
    if (event_kind_is_kept(event->kind)) {
        write_kept(out, event);
    } else if (event->kind == EVENT_RENAME) {
        web_write_string(out, "name", name_slice(&event->name));
    } else if (event->kind == EVENT_READ) {
        web_write_room(out, event->room);
        buffer_printf(out, ",\"seq\":%llu", (unsigned long long)event->seq);
    } else if (event->kind == EVENT_WHO) {
        web_write_room(out, event->room);
        web_write_roster(out, event->roster);
    }
    end_reply(out, begin);
}

static void write_page(struct buffer *out, const struct store_read *read)
{
    web_write_room(out, read->room);
    buffer_printf(out, ",\"head\":%llu,\"first\":%llu,\"last\":%llu,\"events\":[",
                  (unsigned long long)read->head, (unsigned long long)read->first,
                  (unsigned long long)read->last);
    size_t begin = out->len;
    for (size_t i = 0; i < read->events->count; i++) {
        size_t before = out->len;
        if (out->len > begin)
            buffer_append_byte(out, ',');
        size_t behind_comma = out->len;
        web_write_event(out, read->events->events[i]);
        if (out->len == behind_comma)
            out->len = before; /* a kind that is not shown */
    }
    buffer_append_byte(out, ']');
}

static void write_rooms(struct buffer *out, const struct store_read *read)
{
    buffer_append_string(out, ",\"rooms\":[");
    for (size_t i = 0; i < read->rooms_count; i++) {
        if (i > 0)
            buffer_append_byte(out, ',');
        web_write_room_name(out, &read->rooms[i]);
        buffer_append_byte(out, '}');
    }
    buffer_printf(out, "],\"more\":%s", read->more ? "true" : "false");
}

void web_write_read(struct buffer *out, const struct store_read *read,
                    const struct web_reply_form *form)
{
    size_t begin = begin_reply(out, slice_of_string(read->command_id), form->bare);
    if (read->kind == READ_HISTORY)
        write_page(out, read);
    else
        write_rooms(out, read);
    end_reply(out, begin);
}

void web_write_error(struct buffer *out, struct slice command_id, const struct web_error *error)
{
    buffer_append_string(out, "{\"re\":");
    if (command_id.len > 0)
        json_append_string(out, command_id, JSON_PLAIN);
    else
        buffer_append_string(out, "null");
    buffer_printf(out, ",\"error\":{\"code\":\"%s\",\"message\":\"%s\"", error->code,
                  error->message);
    if (error->retry_ms > 0)
        buffer_printf(out, ",\"retry_ms\":%u", error->retry_ms);
    buffer_append_string(out, "}}");
}
