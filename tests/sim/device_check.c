/*
 * What a client receives, checked as it comes: whole frames in the order that docs/PROTOCOL.md
 * promises, and nothing that the store has not kept.
 */

#include <string.h>

#include "base/error.h"
#include "world_state.h"

struct view *device_view(struct device *device, uint64_t room)
{
    for (size_t i = 0; i < device->views_count; i++) {
        if (device->views[i].room == room)
            return &device->views[i];
    }
    return NULL;
}

struct stream *device_stream(struct device *device, uint64_t room)
{
    for (size_t i = 0; i < device->streams_count; i++) {
        if (device->streams[i].room == room)
            return &device->streams[i];
    }
    return NULL;
}

static void check(struct device *device, bool good, const char *what)
{
    if (!good)
        world_fail(device->world, what);
}

/* ---- rooms that it follows ---- */

static struct view *open_view(struct device *device, uint64_t room)
{
    struct view *view = device_view(device, room);
    if (!view && device->views_count < VIEWS_MAX) {
        view = &device->views[device->views_count++];
        *view = (struct view){.room = room};
    }
    return view;
}

static void close_view(struct device *device, uint64_t room)
{
    struct view *view = device_view(device, room);
    if (!view)
        return;
    view_release(view);
    *view = device->views[--device->views_count];
}

static struct claim *find_claim(struct device *device, uint64_t room)
{
    for (size_t i = 0; i < device->claims_count; i++) {
        if (device->claims[i].cursor.room == room)
            return &device->claims[i];
    }
    return NULL;
}

static void follow(struct device *device, const struct frame_room *room, const struct claim *claim)
{
    bool known = device_view(device, room->id) != NULL;
    struct view *view = open_view(device, room->id);
    if (!view || device->streams_count == VIEWS_MAX) {
        world_fail(device->world, "the simulation has too many rooms");
        return;
    }
    struct stream *stream = &device->streams[device->streams_count++];
    *stream = (struct stream){.room = room->id, .last = room->head, .head = room->head};
    if (claim) {
        stream->last = claim->cursor.seq;
        stream->has_claim = true;
        stream->claim = *claim;
    }
    if (!claim || !known)
        view_start(view, stream->last, claim ? claim->cursor.mid : room->mid);
    view->topic = room->topic;
    view->topic_seq = room->head;
    world_say(device->world, "%u follows %llx from %llu, head %llu, topic %llu",
              (unsigned)(device - device->world->devices), (unsigned long long)room->id,
              (unsigned long long)stream->last, (unsigned long long)room->head,
              (unsigned long long)room->topic);
}

/* ---- the answer to a hello ---- */

/*
 * A token that the store has is the same person for ever; only a restored backup can make a new one
 * of it.
 */
static void check_person(struct device *device, uint64_t person)
{
    const struct fake_store *fake = &device->world->fake;
    const uint8_t *hash = device->link->hello.hash;
    if (device->person != 0 && person != device->person) {
        check(device, fake_store_session(fake, device->hash) == 0,
              "a token stands for somebody else than before");
        while (device->views_count > 0)
            close_view(device, device->views[0].room);
        memset(device->orders, 0, sizeof(device->orders));
    }
    /* The session may have ended since. */
    uint64_t kept = fake_store_session(fake, hash);
    check(device, kept == person || (kept == 0 && device->world->offices),
          "somebody was let in who is not in the store");
    memcpy(device->hash, hash, TOKEN_HASH_BYTES);
    device->has_token = true;
    device->person = person;
}

static void take_welcome(struct device *device, const struct frame *frame, struct slice tail)
{
    const struct fake_store *fake = &device->world->fake;
    size_t count = tail.len / sizeof(struct frame_room);
    struct frame_room rooms[VIEWS_MAX];
    if (count > VIEWS_MAX) {
        world_fail(device->world, "the simulation has too many rooms");
        return;
    }
    memcpy(rooms, tail.ptr, tail.len);
    device->greeting = false;
    device->welcomed = true;
    device->ready = false;
    device->streams_count = 0;
    if (device->visitor) {
        device->visitor_seq = rooms[0].head;
        return;
    }
    check_person(device, frame->author);
    for (size_t i = 0; i < count; i++) {
        const struct fake_event *head = fake_store_event(fake, rooms[i].id, rooms[i].head);
        check(device, rooms[i].head == 0 || (head && head->mid == rooms[i].mid),
              "a hello names a head that the store has not");
        check(device,
              !device->world->silent ||
                  fake_store_read_mark(fake, rooms[i].id, device->person) == rooms[i].read,
              "in the end a read mark is told that is not kept");
        follow(device, &rooms[i], find_claim(device, rooms[i].id));
    }
    for (size_t i = device->views_count; i-- > 0;) {
        if (!device_stream(device, device->views[i].room))
            close_view(device, device->views[i].room);
    }
    for (size_t i = 0; i < ORDERS_MAX; i++) {
        if (device->orders[i].used && !device->orders[i].done)
            device_resend(device, &device->orders[i], false);
    }
}

static void take_ready(struct device *device)
{
    check(device, device->welcomed && !device->ready, "ready came twice, or without a hello");
    device->ready = true;
    for (size_t i = 0; i < device->streams_count; i++)
        check(device, device->streams[i].last >= device->streams[i].head,
              "ready came before the events up to the head of the hello");
}

static void take_reset(struct device *device, const struct frame *frame)
{
    const struct world *world = device->world;
    struct stream *stream = device_stream(device, frame->room);
    const struct fake_room *room = fake_store_room(&world->fake, frame->room);
    const struct fake_event *head = fake_store_event(&world->fake, frame->room, frame->seq);
    if (!stream || !room) {
        world_fail(device->world, "a reset of a room that the client does not follow");
        return;
    }
    check(device, frame->seq == 0 || (head && head->mid == frame->mid),
          "a reset names a head that the store has not");
    /* What a cursor names may be forgotten, too: then nobody can tell whether it is the same. */
    bool forgotten = stream->last <= room->forgotten && room->forgotten > 0;
    bool far = stream->head > stream->claim.cursor.seq &&
               stream->head - stream->claim.cursor.seq > world->limits.replay_max;
    if (stream->has_claim && !stream->claim.honest)
        check(device, true, "");
    else if (frame->flags & FRAME_DIVERGED)
        check(device, forgotten, "an honest cursor was said to have diverged");
    else
        check(device, forgotten || (far && stream->has_claim),
              "a reset of a cursor that can be continued");
    check(device, frame->seq >= stream->head, "a reset goes back before the head of the hello");
    stream->last = frame->seq;
    stream->has_claim = false;
    struct view *view = device_view(device, frame->room);
    view_start(view, frame->seq, frame->mid);
    /* What was passed over may have been a new topic. */
    if (frame->seq != stream->head)
        view->topic = TOPIC_UNKNOWN;
}

/* ---- events ---- */

/*
 * A text must be one that this message has had, and not one that was taken back before this client
 * said hello.
 */
static void check_text(struct device *device, const struct frame *frame, uint64_t message,
                       uint64_t head)
{
    const struct fake_store *fake = &device->world->fake;
    const struct fake_event *now = fake_store_event(fake, frame->room, message);
    if (frame->flags & FRAME_DELETED) {
        check(device, now && now->deleted, "a message is shown as deleted that is not");
        return;
    }
    uint64_t number = frame->number;
    bool said = number < fake->said_cap && fake->said[number].room == frame->room &&
                fake->said[number].seq == message;
    check(device, said, "a text is damaged, or another message's");
    check(device, !said || frame->seq > head || !fake_store_is_erased(fake, number, head),
          "somebody who came later was shown a text that was taken back before");
}

/* Returns whether it is the store's. */
static bool check_truth(struct device *device, const struct frame *frame, uint64_t head)
{
    const struct fake_event *kept = fake_store_event(&device->world->fake, frame->room, frame->seq);
    if (!kept || kept->mid != frame->mid) {
        world_fail(device->world, "an event is shown that the store has not kept");
        return false;
    }
    check(device,
          kept->kind == frame->kind && kept->person == frame->author &&
              kept->target == frame->target && kept->reply_to == frame->reply_to,
          "an event is damaged");
    if (frame->kind == EVENT_MESSAGE)
        check_text(device, frame, frame->seq, head);
    else if (frame->kind == EVENT_EDIT)
        check_text(device, frame, frame->target, head);
    else if (frame->kind != EVENT_DELETE)
        check(device, frame->number == kept->number, "an event's text is damaged");
    return true;
}

static void take_visitors(struct device *device, const struct frame *frame)
{
    const struct fake_store *fake = &device->world->fake;
    if (!check_truth(device, frame, 0))
        return;
    check(device, frame->room == ROOM_LOBBY && frame->kind == EVENT_MESSAGE,
          "a visitor is shown what is not for visitors");
    check(device, frame->seq > device->visitor_seq, "a visitor got a message twice");
    for (uint64_t seq = device->visitor_seq + 1; seq < frame->seq; seq++) {
        const struct fake_event *between = fake_store_event(fake, ROOM_LOBBY, seq);
        check(device, between && between->kind != EVENT_MESSAGE, "a visitor lacks a message");
    }
    device->visitor_seq = frame->seq;
}

static void take_kept(struct device *device, const struct frame *frame)
{
    if (device->visitor) {
        take_visitors(device, frame);
        return;
    }
    struct stream *stream = device_stream(device, frame->room);
    if (!stream) {
        world_fail(device->world, "an event of a room that the client does not follow");
        return;
    }
    check(device, frame->seq > stream->last, "an event came twice or out of order");
    check(device, frame->seq <= stream->last + 1, "an event is missing");
    stream->last = frame->seq;
    if (!check_truth(device, frame, stream->head))
        return;
    /* After another hello on the same connection what is known already may come again. */
    struct view *view = device_view(device, frame->room);
    const struct view_entry *held = view_entry(view, frame->seq);
    if (frame->seq == view->seq + 1)
        view_apply(view, frame);
    else if (held)
        check(device, held->mid == frame->mid, "an event has changed its place");
}

static void take_added(struct device *device, const struct frame *frame, struct slice tail)
{
    struct frame_room room;
    memcpy(&room, tail.ptr, sizeof(room));
    check(device, room.id == frame->room && !device_stream(device, frame->room),
          "a room was added twice");
    close_view(device, room.id);
    follow(device, &room, NULL);
}

static void take_gone(struct device *device, const struct frame *frame)
{
    struct stream *stream = device_stream(device, frame->room);
    if (!stream) {
        world_fail(device->world, "a room is gone that the client does not follow");
        return;
    }
    *stream = device->streams[--device->streams_count];
    close_view(device, frame->room);
}

static void take_event(struct device *device, const struct frame *frame, struct slice tail)
{
    uint64_t number = 0;
    if (!device->welcomed) {
        /* A visitor's own coming stands before the answer, as its own notice. */
        world_fail(device->world, "an event came before the answer to the hello");
        return;
    }
    if (event_kind_is_kept(frame->kind)) {
        check(device, text_read(tail, &number), "a text is damaged");
        take_kept(device, frame);
    } else if (frame->kind == EVENT_ADDED) {
        take_added(device, frame, tail);
    } else if (frame->kind == EVENT_GONE) {
        take_gone(device, frame);
    } else if (frame->kind == EVENT_YOU || frame->kind == EVENT_SERVER) {
        check(device, device->world->offices && frame->room == 0, "there is nobody to do that");
    } else {
        check(device, frame->kind < EVENT_DRAIN, "there is no such event");
        check(device, device->visitor || device_stream(device, frame->room) != NULL,
              "what passes in a room came to somebody who is not in it");
    }
}

/* ---- answers ---- */

static struct order *find_order(struct device *device, uint64_t id)
{
    for (size_t i = 0; i < ORDERS_MAX; i++) {
        if (device->orders[i].used && device->orders[i].serial == (id & ~UINT64_C(1)))
            return &device->orders[i];
    }
    return NULL;
}

static void check_kept(struct device *device, struct order *order, const struct frame *frame)
{
    const struct fake_store *fake = &device->world->fake;
    const struct fake_event *event = fake_store_event(fake, frame->room, frame->seq);
    if (!event || event->mid != frame->mid || event->person != device->person ||
        event->kind != order->kind || memcmp(event->cid, order->cid, CID_BYTES) != 0) {
        world_fail(device->world, "a command was acknowledged that was not kept");
        return;
    }
    bool dup = frame->flags & FRAME_DUP;
    if (order->kept)
        check(device,
              dup && order->kept_room == frame->room && order->kept_seq == frame->seq &&
                  order->kept_mid == frame->mid,
              "a command was answered in two ways");
    check(device, !dup || order->sent > 1, "a command that was sent once was called a retry");
    check(device, fake_store_count_cid(fake, device->person, order->cid) == 1,
          "a command was carried out twice");
    order->kept = order->done = true;
    order->kept_room = frame->room;
    order->kept_seq = frame->seq;
    order->kept_mid = frame->mid;
}

static void take_refusal(struct device *device, struct order *order, const struct frame *frame)
{
    const struct fake_store *fake = &device->world->fake;
    bool altered = frame->id & REQUEST_ALTERED;
    switch (frame->result) {
    case ERR_BUSY: /* again, later */
        return;
    case ERR_EXISTS:
        check(device, altered, "a command was taken for another one");
        return;
    case ERR_NOT_FOUND: /* also after a first try whose answer was lost, when the room was left */
    case ERR_DENIED:
    case ERR_AGAIN:
    case ERR_LIMIT:
        if (altered)
            return;
        if (order->sent == 1)
            check(device, fake_store_count_cid(fake, device->person, order->cid) == 0,
                  "a command was refused and carried out");
        order->done = true;
        return;
    default:
        world_fail(device->world, "an answer that makes no sense");
    }
}

static void take_order_reply(struct device *device, const struct frame *frame)
{
    struct order *order = find_order(device, frame->id);
    if (!order)
        return; /* it was given up for another one */
    if (frame->result != OK) {
        take_refusal(device, order, frame);
        return;
    }
    if (frame->id & REQUEST_ALTERED) {
        const struct fake_event *kept =
            fake_store_event(&device->world->fake, order->kept_room, order->kept_seq);
        check(device, (frame->flags & FRAME_DUP) && kept && kept->digest == 0,
              "another command with a cid that was used was taken");
        return;
    }
    check(device, frame->op == order->kind, "an answer to something else");
    if (frame->flags & FRAME_UNCHANGED) {
        check(device, !order->kept, "a command that changed something is said not to have");
        order->done = true;
        return;
    }
    check_kept(device, order, frame);
}

static void take_reply(struct device *device, const struct frame *frame)
{
    if (frame->op == EVENT_HELLO) {
        check(device, device->greeting && frame->result != OK, "an answer to no hello");
        check(device, frame->result == ERR_BUSY, "a hello was refused for no reason");
        device->greeting = false;
        return;
    }
    device->answered++;
    check(device, device->answered <= device->asked, "more answers than questions");
    if (frame->op == EVENT_WHO && frame->id == device->who_id && frame->result == OK) {
        device->who_answered = true;
        device->who_people = (uint32_t)frame->reply_to;
        device->who_visitors = (uint32_t)frame->number;
    }
    if (frame->op == EVENT_ACT && frame->id == device->sign_up_id && frame->result == OK)
        memcpy(device->hash, device->sign_up_hash, TOKEN_HASH_BYTES);
    if (event_kind_is_kept(frame->op))
        take_order_reply(device, frame);
}

static void take_page(struct device *device, const struct frame *frame, struct slice tail)
{
    if (frame->result != OK)
        return;
    check(device, device_stream(device, frame->room) != NULL,
          "a page of a room that the client is not in");
    for (size_t at = 0; at + sizeof(struct frame_item) <= tail.len;
         at += sizeof(struct frame_item)) {
        struct frame_item item;
        memcpy(&item, tail.ptr + at, sizeof(item));
        check(device, item.seq >= frame->seq && item.seq <= frame->number, "a page is damaged");
    }
}

/* ---- frames ---- */

static void tell(const struct device *device, const struct frame *frame)
{
    const struct world *world = device->world;
    world_say(world, "%u gets %u of %llx: seq %llu target %llu number %llu flags %u result %d",
              (unsigned)(device - world->devices), frame->kind, (unsigned long long)frame->room,
              (unsigned long long)frame->seq, (unsigned long long)frame->target,
              (unsigned long long)frame->number, frame->flags, frame->result);
}

static void take_frame(struct device *device, const struct frame *frame, struct slice tail)
{
    device->world->result.frames++;
    tell(device, frame);
    switch (frame->kind) {
    case FRAME_REPLY:
        take_reply(device, frame);
        break;
    case FRAME_WELCOME:
        take_welcome(device, frame, tail);
        break;
    case FRAME_RESET:
        take_reset(device, frame);
        break;
    case FRAME_READY:
        take_ready(device);
        break;
    case FRAME_PAGE:
        take_page(device, frame, tail);
        break;
    case FRAME_ROOMS:
        break;
    default:
        take_event(device, frame, tail);
        break;
    }
}

void device_receive(struct device *device, const uint8_t *bytes, size_t len)
{
    struct buffer *partial = &device->partial;
    size_t at = 0;
    buffer_append(partial, bytes, len);
    while (!device->world->result.broken && partial->len - at >= sizeof(struct frame)) {
        struct frame frame;
        memcpy(&frame, partial->ptr + at, sizeof(frame));
        if (frame.len < sizeof(frame) || frame.len > 1 << 20 || frame.kind == 0) {
            world_fail(device->world, "where a frame should begin there is none");
            break;
        }
        if (partial->len - at < frame.len)
            break;
        take_frame(device, &frame,
                   slice_of(partial->ptr + at + sizeof(frame), frame.len - sizeof(frame)));
        at += frame.len;
    }
    buffer_drop_front(partial, at);
}
