#include "view.h"

#include "base/memory.h"

void view_start(struct view *view, uint64_t seq, uint64_t mid)
{
    view->from = view->seq = view->unsure = seq;
    view->mid = mid;
}

static struct view_entry *entry_at(const struct view *view, uint64_t seq)
{
    return seq > view->from && seq <= view->seq ? &view->entries[seq - view->from - 1] : NULL;
}

const struct view_entry *view_entry(const struct view *view, uint64_t seq)
{
    return entry_at(view, seq);
}

/*
 * A replayed change may be of a message that is a tombstone by now: there is nothing left to
 * change.
 */
static void change_message(struct view *view, const struct frame *frame)
{
    struct view_entry *message = entry_at(view, frame->target);
    if (!message || message->deleted)
        return;
    switch (frame->kind) {
    case EVENT_EDIT:
        if (!(frame->flags & FRAME_DELETED))
            message->number = frame->number;
        break;
    case EVENT_DELETE:
        *message = (struct view_entry){.mid = message->mid, .kind = message->kind, .deleted = true};
        break;
    case EVENT_REACT:
    case EVENT_UNREACT:
        message->reactions ^= reaction_hash(frame->author, frame->number);
        break;
    default:
        message->pinned = frame->kind == EVENT_PIN;
        break;
    }
}

void view_apply(struct view *view, const struct frame *frame)
{
    size_t count = (size_t)(view->seq - view->from);
    if (count == view->cap) {
        view->cap = view->cap ? view->cap * 2 : 16;
        view->entries = mem_realloc(view->entries, view->cap * sizeof(view->entries[0]));
    }
    view->seq = frame->seq;
    view->mid = frame->mid;
    view->entries[count] = (struct view_entry){
        .mid = frame->mid,
        .number = frame->number,
        .kind = frame->kind,
        .deleted = frame->flags & FRAME_DELETED,
    };
    if (frame->kind == EVENT_TOPIC && frame->seq > view->topic_seq)
        view->topic = frame->number;
    else if (frame->kind >= EVENT_EDIT && frame->kind <= EVENT_UNPIN)
        change_message(view, frame);
}

const char *view_compare(const struct view *view, const struct fake_store *fake)
{
    const struct fake_room *room = fake_store_room(fake, view->room);
    if (!room)
        return "a client shows a room that there is not";
    if (view->seq != room->count)
        return "in the end a client lacks events";
    if (view->topic != room->topic && view->topic != TOPIC_UNKNOWN)
        return "in the end a client shows another topic";
    for (uint64_t seq = view->from + 1; seq <= view->seq; seq++) {
        const struct view_entry *shown = view_entry(view, seq);
        const struct fake_event *kept = &room->events[seq - 1];
        if (shown->kind != kept->kind || shown->mid != kept->mid)
            return "in the end a client shows an event that is not the store's";
        if (kept->kind != EVENT_MESSAGE || seq <= view->unsure)
            continue;
        if (shown->deleted != kept->deleted)
            return "in the end a deleted message is shown, or one that is not deleted is not";
        if (shown->number != kept->number)
            return "in the end a client shows another text";
        if (shown->reactions != fake_store_reactions(fake, view->room, seq))
            return "in the end a client shows other reactions";
        if (shown->pinned != kept->pinned)
            return "in the end a client shows another pin";
    }
    return NULL;
}

void view_release(struct view *view)
{
    mem_free(view->entries);
    view->entries = NULL;
}
