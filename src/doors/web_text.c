#include "doors/web_text.h"

#include <stdio.h>

#include "base/error.h"
#include "chat/room.h"
#include "doors/json_text.h"

static const char hex_digits[] = "0123456789abcdef";

void web_visitor_name(uint64_t id, struct name *ret_name)
{
    int len =
        snprintf(ret_name->text, sizeof(ret_name->text), "Visitor %04x", (unsigned)(id & 0xffff));
    ret_name->len = (uint8_t)len;
}

static void write_key_string(struct buffer *out, const char *key, struct slice text)
{
    buffer_printf(out, ",\"%s\":", key);
    json_append_string(out, text, JSON_PLAIN);
}

static void write_from(struct buffer *out, const struct event *event)
{
    struct name name = event->name;
    if (event->visitor)
        web_visitor_name(event->client, &name);
    buffer_append_string(out, ",\"from\":{");
    json_append_id(out, "id", event->person);
    write_key_string(out, "name", name_slice(&name));
    buffer_append_string(out, event->visitor ? ",\"visitor\":true}" : "}");
}

static void write_counts(struct buffer *out, uint32_t people, uint32_t visitors)
{
    buffer_printf(out, ",\"count\":%u,\"visitors\":%u", people, visitors);
}

static void begin_event(struct buffer *out, const char *kind)
{
    buffer_printf(out, "{\"ev\":\"%s\",\"room\":\"" ROOM_LOBBY_ID "\"", kind);
}

static void write_message(struct buffer *out, const struct event *event)
{
    begin_event(out, "message");
    buffer_printf(out, ",\"seq\":%llu,\"mid\":\"%llu\",\"ts\":%llu", (unsigned long long)event->seq,
                  (unsigned long long)event->mid, (unsigned long long)event->ts_ms);
    write_from(out, event);
    if (event->has_cid) {
        buffer_append_string(out, ",\"cid\":\"");
        for (unsigned i = 0; i < CID_BYTES; i++) {
            buffer_append_byte(out, (uint8_t)hex_digits[event->cid[i] >> 4]);
            buffer_append_byte(out, (uint8_t)hex_digits[event->cid[i] & 15]);
        }
        buffer_append_byte(out, '"');
    }
    write_key_string(out, "text", event->message.body);
    buffer_append_byte(out, '}');
}

static void write_presence(struct buffer *out, const struct event *event)
{
    bool joined = event->kind == EVENT_JOIN;
    begin_event(out, joined ? "joined" : "left");
    write_from(out, event);
    if (joined)
        buffer_printf(out, ",\"active\":%s", event->active ? "true" : "false");
    write_counts(out, event->people, event->visitors);
    buffer_append_byte(out, '}');
}

static void write_active(struct buffer *out, const struct event *event)
{
    begin_event(out, "active");
    write_from(out, event);
    buffer_printf(out, ",\"active\":%s}", event->person_active ? "true" : "false");
}

static void write_renamed(struct buffer *out, const struct event *event)
{
    begin_event(out, "renamed");
    write_from(out, event);
    write_key_string(out, "was", name_slice(&event->was));
    buffer_append_byte(out, '}');
}

/* Of a person with several connections only the first and the last come and go; each may change whether it is active. */
static void write_notice(struct buffer *out, const struct event *event)
{
    bool presence = event->kind == EVENT_JOIN || event->kind == EVENT_LEAVE;
    if (presence && event->turned)
        write_presence(out, event);
    else if (event->kind == EVENT_RENAME && event->turned)
        write_renamed(out, event);
    else if (event->active_turned)
        write_active(out, event);
}

void web_write_event(struct buffer *out, const struct event *event)
{
    if (event->kind == EVENT_POST)
        write_message(out, event);
    else if (event->kind == EVENT_HERE)
        web_write_here(out, event->roster);
    else if (event->shown)
        write_notice(out, event);
}

void web_write_here(struct buffer *out, const struct roster_view *roster)
{
    begin_event(out, "here");
    write_counts(out, roster->people, roster->visitors);
    buffer_append_string(out, ",\"people\":[");
    for (uint32_t i = 0; i < roster->count; i++) {
        const struct roster_person *person = &roster->list[i];
        buffer_append_string(out, i ? ",{" : "{");
        json_append_id(out, "id", person->id);
        write_key_string(out, "name", name_slice(&person->name));
        buffer_printf(out, ",\"active\":%s}", person->active ? "true" : "false");
    }
    buffer_append_string(out, "]}");
}

void web_write_ok(struct buffer *out, struct slice command_id)
{
    buffer_append_string(out, "{\"re\":");
    json_append_string(out, command_id, JSON_PLAIN);
    buffer_append_string(out, ",\"ok\":true");
}

void web_write_posted(struct buffer *out, const struct event *event)
{
    web_write_ok(out, event->command_id);
    buffer_printf(out,
                  ",\"room\":\"" ROOM_LOBBY_ID
                  "\",\"seq\":%llu,\"mid\":\"%llu\",\"ts\":%llu,\"dup\":%s}",
                  (unsigned long long)event->seq, (unsigned long long)event->mid,
                  (unsigned long long)event->ts_ms, event->dup ? "true" : "false");
}

void web_write_error(struct buffer *out, struct slice command_id, const char *code,
                     const char *message, uint32_t retry_ms)
{
    buffer_append_string(out, "{\"re\":");
    if (command_id.len > 0)
        json_append_string(out, command_id, JSON_PLAIN);
    else
        buffer_append_string(out, "null");
    buffer_printf(out, ",\"error\":{\"code\":\"%s\",\"message\":\"%s\"", code, message);
    if (retry_ms > 0)
        buffer_printf(out, ",\"retry_ms\":%u", retry_ms);
    buffer_append_string(out, "}}");
}
