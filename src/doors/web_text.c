#include "doors/web_text.h"

#include <stdio.h>

#include "doors/hex_text.h"
#include "doors/json_text.h"
#include "doors/room_id.h"

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
    buffer_append_string(out, ",\"kind\":\"public\"");
    web_write_string(out, "topic", slice_of_string(info->topic ? info->topic : ""));
}

void web_write_info(struct buffer *out, const struct room_info *info)
{
    web_write_room_name(out, info);
    buffer_printf(out, ",\"head\":%llu,\"mid\":\"%llu\",\"ts\":%llu,\"read\":%llu",
                  (unsigned long long)info->head, (unsigned long long)info->mid,
                  (unsigned long long)info->ts_ms, (unsigned long long)info->read);
    write_counts(out, info->people, info->visitors);
    buffer_append_byte(out, '}');
}

static void begin_event(struct buffer *out, const char *kind, uint64_t room)
{
    buffer_printf(out, "{\"ev\":\"%s\"", kind);
    web_write_room(out, room);
}

static void write_from(struct buffer *out, const struct event *event)
{
    struct name name = event->name;
    if (event->visitor)
        web_visitor_name(event->person, &name);
    buffer_append_string(out, ",\"from\":{");
    json_append_id(out, "id", event->person);
    web_write_string(out, "name", name_slice(&name));
    buffer_append_string(out, event->visitor ? ",\"visitor\":true}" : "}");
}

/* ---- kept events ---- */

/* The text as it is now, or that there is none any more. */
static void write_text(struct buffer *out, const struct event *event)
{
    if (event->deleted)
        buffer_append_string(out, ",\"deleted\":true");
    else
        web_write_string(out, "text", event->message.body);
}

static void write_reactions(struct buffer *out, const struct reaction_list *reactions)
{
    buffer_append_string(out, ",\"reactions\":[");
    for (uint32_t i = 0; i < reactions->count; i++) {
        const struct reaction *reaction = &reactions->list[i];
        buffer_append_string(out, i ? ",{\"emoji\":" : "{\"emoji\":");
        json_append_string(out, reaction->emoji, JSON_PLAIN);
        buffer_printf(out, ",\"count\":%u,\"people\":[", reaction->count);
        for (uint32_t j = 0; j < reaction->people_count; j++)
            buffer_printf(out, "%s\"%016llx\"", j ? "," : "",
                          (unsigned long long)reaction->people[j]);
        buffer_append_string(out, "]}");
    }
    buffer_append_byte(out, ']');
}

/* A live one has none of what readings of the log and pages add. */
static void write_message(struct buffer *out, const struct event *event)
{
    write_text(out, event);
    if (event->reply_to > 0)
        buffer_printf(out, ",\"reply_to\":%llu", (unsigned long long)event->reply_to);
    if (event->edited_ms > 0 && !event->deleted)
        buffer_printf(out, ",\"edited\":%llu", (unsigned long long)event->edited_ms);
    if (event->pinned)
        buffer_append_string(out, ",\"pinned\":true");
    if (event->reactions && event->reactions->count > 0)
        write_reactions(out, event->reactions);
}

static void write_target(struct buffer *out, const struct event *event)
{
    buffer_printf(out, ",\"target\":%llu", (unsigned long long)event->target);
}

static void write_change(struct buffer *out, const struct event *event)
{
    write_target(out, event);
    write_text(out, event);
}

static void write_emoji(struct buffer *out, const struct event *event)
{
    write_target(out, event);
    web_write_string(out, "emoji", event->message.body);
}

static void write_name(struct buffer *out, const struct event *event)
{
    web_write_string(out, "name", event->message.body);
}

static const struct {
    const char *ev;
    void (*write)(struct buffer *out,
                  const struct event *event); /* what only this kind has; or NULL */
} kept[] = {
    [EVENT_CREATED] = {"created", write_name},
    [EVENT_MESSAGE] = {"message", write_message},
    [EVENT_EDIT] = {"edit", write_change},
    [EVENT_DELETE] = {"delete", write_target},
    [EVENT_REACT] = {"react", write_emoji},
    [EVENT_UNREACT] = {"unreact", write_emoji},
    [EVENT_PIN] = {"pin", write_target},
    [EVENT_UNPIN] = {"unpin", write_target},
    [EVENT_TOPIC] = {"topic", write_text},
    [EVENT_JOINED] = {"joined", NULL},
    [EVENT_LEFT] = {"left", NULL},
};

static void write_kept(struct buffer *out, const struct event *event)
{
    /* A kind of a later version may stand in the log already. */
    if (event->kind >= sizeof(kept) / sizeof(kept[0]) || !kept[event->kind].ev)
        return;
    begin_event(out, kept[event->kind].ev, event->room);
    web_write_place(out, event);
    write_from(out, event);
    if (event->has_cid) {
        buffer_append_string(out, ",\"cid\":\"");
        hex_write(out, event->cid, CID_BYTES);
        buffer_append_byte(out, '"');
    }
    if (kept[event->kind].write)
        kept[event->kind].write(out, event);
    buffer_append_byte(out, '}');
}

/* ---- passing events ---- */

static void write_presence(struct buffer *out, const struct event *event)
{
    const char *state = event->kind == EVENT_WENT ? "offline"
                        : event->person_active    ? "active"
                                                  : "idle";
    begin_event(out, "presence", event->room);
    write_from(out, event);
    web_write_string(out, "state", slice_of_string(state));
    write_counts(out, event->people, event->visitors);
    buffer_append_byte(out, '}');
}

static void write_renamed(struct buffer *out, const struct event *event)
{
    begin_event(out, "renamed", event->room);
    write_from(out, event);
    web_write_string(out, "was", name_slice(&event->was));
    buffer_append_byte(out, '}');
}

static void write_here(struct buffer *out, const struct event *event)
{
    begin_event(out, "here", event->room);
    if (event->roster)
        web_write_roster(out, event->roster);
    else
        write_counts(out, event->people, event->visitors);
    buffer_append_byte(out, '}');
}

static void write_typing(struct buffer *out, const struct event *event)
{
    begin_event(out, "typing", event->room);
    write_from(out, event);
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
        if (event->shown && event->turned)
            write_presence(out, event);
        break;
    case EVENT_TURNED:
        if (event->shown)
            write_presence(out, event);
        break;
    case EVENT_RENAMED:
        if (event->shown)
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
        write_kept(out, event);
    else
        write_passing(out, event);
}

/* ---- what one person or connection sees ---- */

void web_write_personal(struct buffer *out, const struct event *event)
{
    switch (event->kind) {
    case EVENT_ADDED:
        begin_event(out, "room", event->room);
        buffer_append_string(out, ",\"info\":");
        web_write_info(out, event->info);
        break;
    case EVENT_GONE:
        begin_event(out, "gone", event->room);
        break;
    case EVENT_HERE:
        write_here(out, event);
        return;
    case EVENT_READ:
        begin_event(out, "read", event->room);
        buffer_printf(out, ",\"seq\":%llu", (unsigned long long)event->seq);
        break;
    default:
        return;
    }
    buffer_append_byte(out, '}');
}

void web_write_reset(struct buffer *out, uint64_t room, uint64_t head, uint64_t mid, bool diverged)
{
    begin_event(out, "reset", room);
    buffer_printf(out, ",\"head\":%llu,\"mid\":\"%llu\",\"reason\":\"%s\"}",
                  (unsigned long long)head, (unsigned long long)mid,
                  diverged ? "diverged" : "truncated");
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
