#include "doors/web_reply.h"

#include <stdio.h>

#include "chat/act.h"
#include "doors/json_text.h"
#include "doors/web_command.h"
#include "doors/web_rows.h"
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
                  "\"rooms\":%d,\"page\":%d",
                  facts->message_bytes_max, NAME_CHARACTERS_MAX, TOPIC_CHARACTERS_MAX,
                  PERSON_ROOMS_MAX, WEB_PAGE_MAX);
    if (facts->upload_bytes_max > 0)
        buffer_printf(out, ",\"upload_bytes\":%llu", (unsigned long long)facts->upload_bytes_max);
    buffer_printf(out, "},\"heartbeat_ms\":%u", facts->heartbeat_ms);
    web_write_string(out, "build", slice_of_string(facts->build));
}

void web_write_you(struct buffer *out, const struct event *event)
{
    buffer_append_byte(out, '{');
    json_append_id(out, "id", event->person);
    web_write_string(out, "name", name_slice(&event->name));
    web_write_person(out, "client", event->client);
    web_write_standing(out, event);
    if (event->session != 0)
        web_write_key(out, "session", event->session);
    buffer_append_byte(out, '}');
}

void web_write_server(struct buffer *out, const struct server_state *server,
                      const struct web_server_terms *terms)
{
    size_t begin = out->len;
    web_write_set(out, server);
    web_write_string(out, "signup", slice_of_string(terms->signup));
    web_write_string(out, "guests", slice_of_string(terms->guests));
    end_reply(out, begin);
}

void web_write_rooms(struct buffer *out, const struct welcome *welcome)
{
    buffer_append_byte(out, '[');
    for (size_t i = 0; i < welcome->rooms_count; i++) {
        if (i > 0)
            buffer_append_byte(out, ',');
        web_write_info(out, &welcome->rooms[i]);
    }
    buffer_append_byte(out, ']');
}

void web_write_welcome(struct buffer *out, const struct event *event,
                       const struct web_greeting_facts *facts)
{
    size_t begin = begin_reply(out, event->command_id, false);
    buffer_append_string(out, ",\"you\":");
    web_write_you(out, event);
    write_facts(out, facts);
    buffer_append_string(out, ",\"server\":");
    web_write_server(out, event->welcome->server, &facts->terms);
    buffer_append_string(out, ",\"rooms\":");
    web_write_rooms(out, event->welcome);
    end_reply(out, begin);
}

static void write_kept(struct buffer *out, const struct event *event)
{
    web_write_room(out, event->room);
    if (event->unchanged && event->kind == EVENT_CREATED) {
        web_write_true(out, "dup"); /* these people have a room already */
    } else if (event->unchanged) {
        web_write_truth(out, "changed", false);
    } else {
        web_write_place(out, event);
        web_write_truth(out, "dup", event->dup);
    }
}

/* ---- acts ---- */

static void write_link(struct buffer *out, const char *key, const char *path,
                       const struct web_reply_form *form)
{
    struct slice site = slice_of_string(form->public_url ? form->public_url : "");
    /* People write the address of a page. */
    if (site.len > 0 && site.ptr[site.len - 1] == '/')
        site.len--;
    struct buffer link = {0};
    buffer_append(&link, site.ptr, site.len);
    buffer_append_string(&link, path);
    buffer_append_string(&link, form->token ? form->token : "");
    web_write_string(out, key, buffer_slice(&link));
    buffer_release(&link);
}

/* Behind the '#' a browser keeps it to itself: it stands in no log of a proxy, and in no Referer. */
static void write_join(struct buffer *out, const struct web_reply_form *form)
{
    write_link(out, "link", "/join#", form);
}

/* The one token that stands in a path, since those who send to a webhook know nothing but its address. */
static void write_hook(struct buffer *out, const struct act *act, const struct web_reply_form *form)
{
    char path[64];
    snprintf(path, sizeof(path), "/api/v1/hooks/%llu.", (unsigned long long)act->number);
    web_write_key(out, "id", act->number);
    write_link(out, "url", path, form);
}

static void write_act(struct buffer *out, const struct act *act, const struct web_reply_form *form)
{
    switch (act->kind) {
    case ACT_INVITE:
        web_write_key(out, "id", act->number);
        write_join(out, form);
        break;
    case ACT_RESET_MAKE:
        write_join(out, form);
        web_write_time(out, "until", act->until_ms);
        break;
    case ACT_BOT:
        web_write_person(out, "person", act->person);
        web_write_string(out, "token", slice_of_string(form->token ? form->token : ""));
        break;
    case ACT_HOOK:
        write_hook(out, act, form);
        break;
    case ACT_BAN:
    case ACT_REPORT:
        web_write_key(out, "id", act->number);
        break;
    case ACT_PURGE:
        web_write_number(out, "deleted", act->count);
        web_write_truth(out, "more", act->more);
        break;
    default:
        break;
    }
}

void web_write_answer(struct buffer *out, const struct event *event,
                      const struct web_reply_form *form)
{
    size_t begin = begin_reply(out, event->command_id, form->bare);
    if (event_kind_is_kept(event->kind)) {
        write_kept(out, event);
    } else if (event->kind == EVENT_RENAME) {
        web_write_string(out, "name", name_slice(&event->name));
    } else if (event->kind == EVENT_READ || event->kind == EVENT_LEVEL) {
        web_write_attention(out, event);
    } else if (event->kind == EVENT_WHO) {
        web_write_room(out, event->room);
        web_write_roster(out, event->roster);
    } else if (event->kind == EVENT_ACT) {
        write_act(out, event->act, form);
    }
    end_reply(out, begin);
}

/* ---- what was read ---- */

static void write_page(struct buffer *out, const struct store_read *read)
{
    web_write_room(out, read->room);
    buffer_printf(out, ",\"head\":%llu,\"first\":%llu,\"last\":%llu",
                  (unsigned long long)read->head, (unsigned long long)read->first,
                  (unsigned long long)read->last);
    if (read->at > 0)
        buffer_printf(out, ",\"at\":%llu", (unsigned long long)read->at);
    buffer_printf(out, ",\"events\":[");
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
    switch (read->kind) {
    case READ_HISTORY:
        write_page(out, read);
        break;
    case READ_LIST:
        web_write_listing(out, &read->listing);
        break;
    case READ_SEARCH:
        web_write_hits(out, read->search);
        break;
    default:
        write_rooms(out, read);
        break;
    }
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
