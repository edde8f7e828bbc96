/*
 * What the web protocol's kept events look like.
 */

#include "chat/room_settings.h"
#include "doors/hex_text.h"
#include "doors/json_text.h"
#include "doors/web_text.h"
#include "doors/web_words.h"

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

static void write_files(struct buffer *out, const struct file_list *files)
{
    buffer_append_string(out, ",\"files\":[");
    for (uint32_t i = 0; i < files->count; i++) {
        const struct file *file = &files->list[i];
        buffer_printf(out, "%s{\"id\":\"%llu\"", i > 0 ? "," : "", (unsigned long long)file->id);
        web_write_string(out, "name", file->name);
        web_write_string(out, "type", file->type);
        web_write_number(out, "bytes", file->bytes);
        if (file->width > 0 && file->height > 0) {
            web_write_number(out, "width", file->width);
            web_write_number(out, "height", file->height);
        }
        if (file->has_thumbnail)
            web_write_true(out, "thumbnail");
        if (file->alt.len > 0)
            web_write_string(out, "alt", file->alt);
        buffer_append_byte(out, '}');
    }
    buffer_append_byte(out, ']');
}

static void write_mentions(struct buffer *out, const struct people_list *people)
{
    buffer_append_string(out, ",\"mentions\":[");
    for (uint32_t i = 0; i < people->count; i++)
        buffer_printf(out, "%s\"%016llx\"", i > 0 ? "," : "", (unsigned long long)people->ids[i]);
    buffer_append_byte(out, ']');
}

/* What comes with a message besides its text. */
static void write_company(struct buffer *out, const struct event *event)
{
    if (event->files && event->files->count > 0)
        write_files(out, event->files);
    if (event->people_ids && event->people_ids->count > 0)
        write_mentions(out, event->people_ids);
    if (event->mentions_all)
        web_write_true(out, "mentions_all");
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
    if (!event->deleted)
        write_company(out, event);
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

static void write_settings(struct buffer *out, const struct event *event)
{
    struct room_change change;
    room_change_read(event->message.body, &change);
    if (change.has_kind)
        web_write_string(out, "kind", slice_of_string(web_kind_word(change.kind)));
    if (change.has_guests)
        web_write_truth(out, "guests", change.guests);
    if (change.has_default)
        web_write_truth(out, "default", change.is_default);
    if (change.has_archived)
        web_write_truth(out, "archived", change.archived);
    if (change.has_slow)
        web_write_number(out, "slow_ms", change.slow_ms);
    if (change.has_retention)
        web_write_number(out, "retention_days", change.retention_days);
}

/* Whom the author put into the room, took out, or made a host. */
static void write_person(struct buffer *out, const struct event *event)
{
    buffer_append_string(out, ",\"person\":{");
    json_append_id(out, "id", event->target);
    web_write_string(out, "name", name_slice(&event->subject));
    buffer_append_byte(out, '}');
}

static void write_removed(struct buffer *out, const struct event *event)
{
    write_person(out, event);
    if (event->message.body.len > 0)
        web_write_string(out, "reason", event->message.body);
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
    [EVENT_NAMED] = {"named", write_name},
    [EVENT_SETTINGS] = {"settings", write_settings},
    [EVENT_ADDED_BY] = {"added", write_person},
    [EVENT_REMOVED] = {"removed", write_removed},
    [EVENT_HOST] = {"host", write_person},
    [EVENT_UNHOST] = {"unhost", write_person},
};

void web_write_kept(struct buffer *out, const struct event *event)
{
    /* A kind of a later version may stand in the log already. */
    if (event->kind >= sizeof(kept) / sizeof(kept[0]) || !kept[event->kind].ev)
        return;
    web_begin_event(out, kept[event->kind].ev, event->room);
    web_write_place(out, event);
    web_write_from(out, event);
    if (event->has_cid) {
        buffer_append_string(out, ",\"cid\":\"");
        hex_write(out, event->cid, CID_BYTES);
        buffer_append_byte(out, '"');
    }
    if (kept[event->kind].write)
        kept[event->kind].write(out, event);
    buffer_append_byte(out, '}');
}
