#include "doors/web_text.h"

#include <stdio.h>

#include "chat/role.h"
#include "chat/server_state.h"
#include "doors/json_text.h"
#include "doors/room_id.h"
#include "doors/web_command.h"
#include "doors/web_words.h"

void web_visitor_name(uint64_t id, struct name *ret_name)
{
    int len =
        snprintf(ret_name->text, sizeof(ret_name->text), "Visitor %04x", (unsigned)(id & 0xffff));
    ret_name->len = (uint8_t)len;
}

/* ---- parts ---- */

void web_write_string(struct buffer *out, const char *key, struct slice text)
{
    buffer_printf(out, ",\"%s\":", key);
    json_append_string(out, text, JSON_PLAIN);
}

void web_write_number(struct buffer *out, const char *key, uint64_t number)
{
    buffer_printf(out, ",\"%s\":%llu", key, (unsigned long long)number);
}

void web_write_time(struct buffer *out, const char *key, uint64_t ms)
{
    web_write_number(out, key, ms < WEB_TIME_MAX ? ms : WEB_TIME_MAX);
}

void web_write_truth(struct buffer *out, const char *key, bool truth)
{
    buffer_printf(out, ",\"%s\":%s", key, truth ? "true" : "false");
}

void web_write_true(struct buffer *out, const char *key)
{
    web_write_truth(out, key, true);
}

void web_write_key(struct buffer *out, const char *key, uint64_t id)
{
    buffer_printf(out, ",\"%s\":\"%llu\"", key, (unsigned long long)id);
}

void web_write_person(struct buffer *out, const char *key, uint64_t person)
{
    buffer_append_byte(out, ',');
    json_append_id(out, key, person);
}

void web_write_color(struct buffer *out, const char *key, uint32_t color)
{
    buffer_printf(out, ",\"%s\":\"#%06x\"", key, color & 0xffffff);
}

void web_write_room(struct buffer *out, uint64_t room)
{
    buffer_append_string(out, ",\"room\":\"");
    room_id_write(out, room);
    buffer_append_byte(out, '"');
}

void web_write_place(struct buffer *out, const struct event *event)
{
    buffer_printf(out, ",\"seq\":%llu,\"mid\":\"%llu\",\"ts\":%llu", (unsigned long long)event->seq,
                  (unsigned long long)event->mid, (unsigned long long)event->ts_ms);
}

static void write_counts(struct buffer *out, uint32_t people, uint32_t visitors)
{
    buffer_printf(out, ",\"count\":%u,\"visitors\":%u", people, visitors);
}

void web_write_roster(struct buffer *out, const struct roster_view *roster)
{
    write_counts(out, roster->people, roster->visitors);
    buffer_append_string(out, ",\"people\":[");
    for (uint32_t i = 0; i < roster->count; i++) {
        const struct roster_person *person = &roster->list[i];
        buffer_append_string(out, i ? ",{" : "{");
        json_append_id(out, "id", person->id);
        web_write_string(out, "name", name_slice(&person->name));
        buffer_printf(out, ",\"active\":%s}", person->active ? "true" : "false");
    }
    buffer_append_byte(out, ']');
}

void web_write_room_name(struct buffer *out, const struct room_info *info)
{
    buffer_append_string(out, "{\"id\":\"");
    room_id_write(out, info->id);
    buffer_append_byte(out, '"');
    web_write_string(out, "name", name_slice(&info->name));
    web_write_string(out, "kind", slice_of_string(web_kind_word(info->kind)));
    web_write_string(out, "topic", slice_of_string(info->topic ? info->topic : ""));
    if (info->flags & ROOM_FLAG_GUESTS)
        web_write_true(out, "guests");
    if (info->flags & ROOM_FLAG_DEFAULT)
        web_write_true(out, "default");
    if (info->flags & ROOM_FLAG_ARCHIVED)
        web_write_true(out, "archived");
    if (info->slow_ms > 0)
        web_write_number(out, "slow_ms", info->slow_ms);
    if (info->retention_days > 0)
        web_write_number(out, "retention_days", info->retention_days);
}

static void write_unread(struct buffer *out, uint32_t unread, uint32_t mentions)
{
    buffer_printf(out, ",\"unread\":%u,\"mentions\":%u", unread, mentions);
}

static void write_peers(struct buffer *out, const struct room_info *info)
{
    buffer_append_string(out, ",\"peers\":[");
    for (size_t i = 0; i < info->peers_count; i++) {
        buffer_append_string(out, i > 0 ? ",{" : "{");
        json_append_id(out, "id", info->peers[i].id);
        web_write_string(out, "name", name_slice(&info->peers[i].name));
        buffer_append_byte(out, '}');
    }
    buffer_append_byte(out, ']');
}

void web_write_info(struct buffer *out, const struct room_info *info)
{
    web_write_room_name(out, info);
    buffer_printf(out, ",\"head\":%llu,\"mid\":\"%llu\",\"ts\":%llu,\"read\":%llu",
                  (unsigned long long)info->head, (unsigned long long)info->mid,
                  (unsigned long long)info->ts_ms, (unsigned long long)info->read);
    write_unread(out, info->unread, info->mentions);
    web_write_string(out, "level", slice_of_string(web_level_word(info->level)));
    if (info->host)
        web_write_true(out, "host");
    write_counts(out, info->people, info->visitors);
    if (info->peers)
        write_peers(out, info);
    buffer_append_byte(out, '}');
}

void web_begin_event(struct buffer *out, const char *kind, uint64_t room)
{
    buffer_printf(out, "{\"ev\":\"%s\"", kind);
    web_write_room(out, room);
}

void web_write_from(struct buffer *out, const struct event *event)
{
    struct name name = event->name;
    if (event->visitor)
        web_visitor_name(event->person, &name);
    buffer_append_string(out, ",\"from\":{");
    json_append_id(out, "id", event->person);
    web_write_string(out, "name", name_slice(&name));
    buffer_append_string(out, event->visitor ? ",\"visitor\":true}" : "}");
}

/* ---- passing events ---- */

static void write_presence(struct buffer *out, const struct event *event)
{
    const char *state = event->kind == EVENT_WENT ? "offline"
                        : event->person_active    ? "active"
                                                  : "idle";
    web_begin_event(out, "presence", event->room);
    web_write_from(out, event);
    web_write_string(out, "state", slice_of_string(state));
    write_counts(out, event->people, event->visitors);
    buffer_append_byte(out, '}');
}

static void write_renamed(struct buffer *out, const struct event *event)
{
    web_begin_event(out, "renamed", event->room);
    web_write_from(out, event);
    web_write_string(out, "was", name_slice(&event->was));
    buffer_append_byte(out, '}');
}

static void write_here(struct buffer *out, const struct event *event)
{
    web_begin_event(out, "here", event->room);
    if (event->roster)
        web_write_roster(out, event->roster);
    else
        write_counts(out, event->people, event->visitors);
    buffer_append_byte(out, '}');
}

static void write_typing(struct buffer *out, const struct event *event)
{
    web_begin_event(out, "typing", event->room);
    web_write_from(out, event);
    buffer_append_byte(out, '}');
}

static void write_passing(struct buffer *out, const struct event *event)
{
    switch (event->kind) {
    case EVENT_CAME:
    case EVENT_WENT:
        /*
         * Of a person with several connections only the first comes, and it goes a while after the
         * last.
         */
        if (event->turned)
            write_presence(out, event);
        break;
    case EVENT_TURNED:
        write_presence(out, event);
        break;
    case EVENT_RENAMED:
        write_renamed(out, event);
        break;
    case EVENT_HERE:
        write_here(out, event);
        break;
    case EVENT_TYPING:
        write_typing(out, event);
        break;
    default:
        break;
    }
}

void web_write_event(struct buffer *out, const struct event *event)
{
    if (event_kind_is_kept(event->kind))
        web_write_kept(out, event);
    else
        write_passing(out, event);
}

/* ---- what one person or connection sees ---- */

void web_write_standing(struct buffer *out, const struct event *event)
{
    web_write_string(out, "role", slice_of_string(role_name(event->role)));
    if (event->display.len > 0)
        web_write_string(out, "display", name_slice(&event->display));
    if (event->color != 0)
        web_write_color(out, "color", event->color);
    if (event->muted_ms > 0)
        web_write_time(out, "muted_until", event->muted_ms);
}

void web_write_attention(struct buffer *out, const struct event *event)
{
    web_write_room(out, event->room);
    if (event->kind == EVENT_LEVEL)
        web_write_string(out, "level", slice_of_string(web_level_word((uint8_t)event->seq)));
    else
        web_write_number(out, "seq", event->seq);
    write_unread(out, event->unread, event->mentions);
}

void web_write_set(struct buffer *out, const struct server_state *server)
{
    web_write_truth(out, "members_only", server && server->members_only);
    web_write_number(out, "slow_ms", server ? server->slow_ms : 0);
    web_write_string(out, "name", server ? name_slice(&server->name) : slice_of("", 0));
}

/* By whom, and why, if it was somebody else's doing. */
static void write_taken_out(struct buffer *out, const struct event *event)
{
    if (event->target == 0)
        return;
    buffer_append_string(out, ",\"by\":{");
    json_append_id(out, "id", event->target);
    web_write_string(out, "name", name_slice(&event->name));
    buffer_append_byte(out, '}');
    if (event->message.body.len > 0)
        web_write_string(out, "reason", event->message.body);
}

void web_write_personal(struct buffer *out, const struct event *event)
{
    switch (event->kind) {
    case EVENT_ADDED:
        web_begin_event(out, "room", event->room);
        buffer_append_string(out, ",\"info\":");
        web_write_info(out, event->info);
        break;
    case EVENT_GONE:
        web_begin_event(out, "gone", event->room);
        write_taken_out(out, event);
        break;
    case EVENT_HERE:
        write_here(out, event);
        return;
    case EVENT_READ:
    case EVENT_LEVEL:
        buffer_printf(out, "{\"ev\":\"%s\"", event->kind == EVENT_READ ? "read" : "level");
        web_write_attention(out, event);
        break;
    case EVENT_YOU:
        buffer_append_string(out, "{\"ev\":\"you\"");
        web_write_standing(out, event);
        break;
    case EVENT_SERVER:
        buffer_append_string(out, "{\"ev\":\"server\"");
        web_write_set(out, event->server);
        break;
    default:
        return;
    }
    buffer_append_byte(out, '}');
}

void web_write_reset(struct buffer *out, uint64_t room, uint64_t head, uint64_t mid, bool diverged)
{
    web_begin_event(out, "reset", room);
    buffer_printf(out, ",\"head\":%llu,\"mid\":\"%llu\",\"reason\":\"%s\"}",
                  (unsigned long long)head, (unsigned long long)mid,
                  diverged ? "diverged" : "truncated");
}

void web_write_ended(struct buffer *out, const char *reason)
{
    buffer_printf(out, "{\"ev\":\"ended\",\"reason\":\"%s\"}", reason);
}

void web_write_ready(struct buffer *out)
{
    buffer_append_string(out, "{\"ev\":\"ready\"}");
}

void web_write_heartbeat(struct buffer *out, uint64_t ts_ms)
{
    buffer_printf(out, "{\"ev\":\"heartbeat\",\"ts\":%llu}", (unsigned long long)ts_ms);
}

void web_write_goodbye(struct buffer *out, uint32_t retry_ms)
{
    buffer_printf(out, "{\"ev\":\"goodbye\",\"retry_ms\":%u}", retry_ms);
}
