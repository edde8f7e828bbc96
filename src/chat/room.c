#include "chat/room.h"

#include "base/assert.h"
#include "base/error.h"
#include "chat/event.h"

void room_init(struct room *room, uint32_t number, const struct rate *notices, uint64_t now_ms)
{
    *room = (struct room){.number = number, .roster = roster_new()};
    rate_init(&room->notices, notices, now_ms);
}

void room_release(struct room *room)
{
    roster_free(room->roster);
    room->roster = NULL;
}

static void settle_visitor(struct room *room, struct event *event)
{
    if (event->kind == EVENT_JOIN)
        roster_visitor_came(room->roster);
    else if (event->kind == EVENT_LEAVE)
        roster_visitor_went(room->roster);
    event->turned = true;
}

static void settle_person(struct room *room, struct event *event)
{
    struct name asked = event->name;
    bool was_active = roster_is_active(room->roster, event->person);
    switch (event->kind) {
    case EVENT_JOIN:
        event->turned =
            roster_join(room->roster, event->person, &asked, event->active, &event->name);
        break;
    case EVENT_LEAVE:
        event->turned = roster_leave(room->roster, event->person, event->active, &event->name);
        break;
    case EVENT_RENAME:
        roster_rename(room->roster, event->person, &asked, &event->was, &event->name);
        event->turned = !slice_equals(name_slice(&event->was), name_slice(&event->name));
        break;
    case EVENT_ACTIVE:
        event->turned = roster_set_active(room->roster, event->person, event->active);
        roster_name(room->roster, event->person, &event->name);
        break;
    default:
        roster_name(room->roster, event->person, &event->name);
        break;
    }
    event->person_active = roster_is_active(room->roster, event->person);
    event->active_turned = event->person_active != was_active;
}

/* The tutorial's notices are per connection, the web's per person. */
static bool is_notice(const struct event *event)
{
    if (event->kind == EVENT_JOIN || event->kind == EVENT_LEAVE)
        return true;
    return event->turned && (event->kind == EVENT_RENAME || event->kind == EVENT_ACTIVE);
}

void room_settle(struct room *room, struct event *event, const struct rate *notices,
                 uint64_t now_ms)
{
    if (event->visitor)
        settle_visitor(room, event);
    else
        settle_person(room, event);
    event->people = roster_people(room->roster);
    event->visitors = roster_visitors(room->roster);
    if (is_notice(event)) {
        event->shown = rate_take(&room->notices, notices, now_ms);
        room->stale |= !event->shown;
    }
    if (event->kind == EVENT_JOIN && !event->visitor)
        event->roster = roster_view(room->roster);
}
