/*
 * What clients do: come and go, with true and with wrong cursors, and ask for all kinds of things,
 * again and again until they are answered.
 */

#include <string.h>

#include "base/error.h"
#include "world_state.h"

/* ---- sending ---- */

static void ask(struct device *device, struct request *request)
{
    bool question = request->op == REQUEST_HISTORY || request->op == REQUEST_ROOMS;
    if (!question && request->op != EVENT_HELLO && !device->visitor)
        device->asked++;
    server_send(device, request);
}

void device_offline(struct device *device)
{
    device->link = NULL;
    device->greeting = device->welcomed = device->ready = false;
    device->streams_count = device->claims_count = 0;
    device->asked = device->answered = 0;
    device->who_answered = false;
    buffer_release(&device->partial);
}

void device_resend(struct device *device, struct order *order, bool altered)
{
    struct world *world = device->world;
    struct request request = {
        .op = order->kind,
        .id = order->serial | (altered ? REQUEST_ALTERED : 0),
        .order = *order,
    };
    if (altered)
        request.order.number = ++world->next_number;
    else
        order->sent++;
    world->result.retries += order->sent > 1;
    ask(device, &request);
}

/* ---- hello ---- */

static void claim(struct device *device, struct request *request, struct cursor cursor)
{
    const struct fake_room *room = fake_store_room(&device->world->fake, cursor.room);
    const struct fake_event *at = fake_store_event(&device->world->fake, cursor.room, cursor.seq);
    bool right = cursor.seq == 0 || cursor.mid == 0 || (at && at->mid == cursor.mid);
    device->claims[device->claims_count++] =
        (struct claim){cursor, room && cursor.seq <= room->count && right};
    request->cursors[request->cursors_count++] = cursor;
    world_say(device->world, "%u says that of %llx it has %llu (%s, of %zu)",
              (unsigned)(device - device->world->devices), (unsigned long long)cursor.room,
              (unsigned long long)cursor.seq,
              device->claims[device->claims_count - 1].honest ? "true" : "wrong",
              room ? room->count : 0);
}

/* The mid that the client has of an event, or 0. */
static uint64_t mid_at(const struct view *view, uint64_t seq)
{
    const struct view_entry *entry = view_entry(view, seq);
    if (seq == view->seq)
        return view->mid;
    return entry ? entry->mid : 0;
}

/* Another cursor than the true one: an older one, one of the future, one with a foreign mid. */
static void claim_wrongly(struct device *device, struct request *request, struct view *view)
{
    struct world *world = device->world;
    struct cursor cursor = {view->room, below(world, view->seq + 1), 0};
    uint64_t kind = below(world, READ_AT + 1);
    if (kind == 0)
        cursor.seq = 0;
    else if (kind == 1)
        cursor.mid = mid_at(view, cursor.seq);
    else if (kind == 2)
        cursor = (struct cursor){view->room, view->seq + 1 + below(world, 20),
                                 chance(world, 50) ? dice_next(&world->dice) : 0};
    else
        cursor.mid = dice_next(&world->dice);
    view_start(view, cursor.seq, cursor.mid);
    claim(device, request, cursor);
}

static void claim_all(struct device *device, struct request *request, bool honest)
{
    struct world *world = device->world;
    for (size_t i = 0; i < device->views_count; i++) {
        struct view *view = &device->views[i];
        if (honest || chance(world, 60))
            claim(device, request, (struct cursor){view->room, view->seq, view->mid});
        else if (chance(world, 70))
            claim_wrongly(device, request, view);
    }
    if (honest || !chance(world, 30))
        return;
    /* Of a room that is not theirs, or that there is not at all. */
    const struct fake_room *any = &world->fake.rooms[below(world, world->fake.rooms_count)];
    uint64_t room = chance(world, 50) ? any->record.id : dice_next(&world->dice) & ROOM_ID_MAX;
    if (!device_view(device, room))
        claim(device, request, (struct cursor){room, below(world, 30), 0});
}

void device_hello(struct device *device, bool honest)
{
    struct world *world = device->world;
    struct request request = {.op = EVENT_HELLO, .id = 1, .active = device->active};
    if (!device->has_token) {
        for (size_t i = 0; i < TOKEN_HASH_BYTES; i++)
            device->hash[i] = (uint8_t)dice_next(&world->dice);
        if (chance(world, 50))
            request.name = (struct name){3, "Ann"};
    }
    request.has_token = device->has_token;
    memcpy(request.hash, device->hash, TOKEN_HASH_BYTES);
    device->claims_count = 0;
    claim_all(device, &request, honest);
    device->greeting = true;
    world->result.hellos++;
    ask(device, &request);
}

/* ---- orders ---- */

static uint64_t some_room(struct device *device)
{
    struct world *world = device->world;
    if (device->streams_count == 0 || chance(world, 4))
        return world->fake.rooms[below(world, world->fake.rooms_count)].record.id;
    return device->streams[below(world, device->streams_count)].room;
}

/* Mostly a message, for changes mostly one's own. */
static uint64_t some_target(struct device *device, uint64_t room, bool own)
{
    struct world *world = device->world;
    const struct fake_room *in = fake_store_room(&world->fake, room);
    if (chance(world, 3))
        return dice_next(&world->dice) >> below(world, 64);
    for (unsigned attempt = 0; in->count > 0 && attempt < 8; attempt++) {
        uint64_t back = below(world, in->count < 30 ? in->count : 30);
        uint64_t seq = in->count - back;
        const struct fake_event *event = &in->events[seq - 1];
        if (event->kind == EVENT_MESSAGE && (!own || event->person == device->person))
            return seq;
    }
    return below(world, in->count + 2);
}

static uint8_t some_kind(struct world *world)
{
    static const struct {
        uint8_t kind;
        unsigned percent;
    } kinds[] = {
        {EVENT_MESSAGE, 39}, {EVENT_EDIT, 8},     {EVENT_DELETE, 6}, {EVENT_REACT, 8},
        {EVENT_UNREACT, 3},  {EVENT_PIN, 4},      {EVENT_UNPIN, 2},  {EVENT_TOPIC, 4},
        {EVENT_CREATED, 2},  {EVENT_JOINED, 6},   {EVENT_LEFT, 4},   {EVENT_ADDED_BY, 5},
        {EVENT_REMOVED, 4},  {EVENT_SETTINGS, 2}, {EVENT_HOST, 2},   {EVENT_UNHOST, 1},
    };
    uint64_t at = below(world, 100);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (at < kinds[i].percent)
            return kinds[i].kind;
        at -= kinds[i].percent;
    }
    return EVENT_MESSAGE;
}

static uint32_t some_length(struct world *world)
{
    if (chance(world, 3))
        return TEXT_BYTES_MIN + (uint32_t)below(world, MESSAGE_BYTES_MAX - TEXT_BYTES_MIN);
    return TEXT_BYTES_MIN + (uint32_t)below(world, 200);
}

/* Anybody who is known, sometimes nobody. */
static uint64_t some_person(struct world *world)
{
    uint64_t person = world->devices[below(world, world->size.devices)].person;
    return person && !chance(world, 2) ? person : dice_next(&world->dice) >> 1;
}

static void fill_new_room(struct device *device, struct order *order)
{
    struct world *world = device->world;
    order->room = 0;
    order->number = 1 + below(world, 20);
    order->len = TEXT_BYTES_MIN;
    order->room_kind = chance(world, 60)   ? ROOM_PUBLIC
                       : chance(world, 60) ? ROOM_PRIVATE
                                           : ROOM_DIRECT;
    if (order->room_kind != ROOM_DIRECT)
        return;
    order->with = some_person(world);
    order->number = order->len = 0;
}

static void fill_order(struct device *device, struct order *order)
{
    struct world *world = device->world;
    bool own = order->kind == EVENT_EDIT || order->kind == EVENT_DELETE;
    order->room = some_room(device);
    if (order->kind == EVENT_JOINED)
        order->room = world->fake.rooms[below(world, world->fake.rooms_count)].record.id;
    if (order->kind >= EVENT_EDIT && order->kind <= EVENT_UNPIN)
        order->target = some_target(device, order->room, own);
    switch (order->kind) {
    case EVENT_MESSAGE:
        if (chance(world, 10))
            order->reply_to = some_target(device, order->room, false);
        order->number = ++world->next_number;
        order->len = some_length(world);
        break;
    case EVENT_EDIT:
        order->number = ++world->next_number;
        order->len = some_length(world);
        break;
    case EVENT_REACT:
    case EVENT_UNREACT:
        order->number = 1 + below(world, 3);
        order->len = TEXT_BYTES_MIN;
        break;
    case EVENT_TOPIC:
        order->number = below(world, 4);
        order->len = order->number ? TEXT_BYTES_MIN : 0;
        break;
    case EVENT_CREATED:
        fill_new_room(device, order);
        break;
    case EVENT_ADDED_BY:
    case EVENT_REMOVED:
    case EVENT_HOST:
    case EVENT_UNHOST:
        order->target = some_person(world);
        break;
    case EVENT_SETTINGS:
        order->room_kind = chance(world, 50) ? ROOM_PUBLIC : ROOM_PRIVATE;
        order->archived = chance(world, 20);
        break;
    default:
        break;
    }
}

static void new_order(struct device *device)
{
    enum { ROOMS_MAX = 12 };
    struct world *world = device->world;
    struct order *order = &device->orders[below(world, ORDERS_MAX)];
    if (order->used && !order->done)
        return;
    *order = (struct order){.used = true, .kind = some_kind(world)};
    if (world->roomy && chance(world, 20))
        order->kind = chance(world, 30) ? EVENT_CREATED : EVENT_JOINED;
    if (order->kind == EVENT_CREATED && world->fake.rooms_count >= ROOMS_MAX)
        order->kind = EVENT_MESSAGE;
    order->serial = world->next_serial += 2;
    for (size_t i = 0; i < CID_BYTES; i++)
        order->cid[i] = (uint8_t)dice_next(&world->dice);
    fill_order(device, order);
    world->result.commands++;
    device_resend(device, order, false);
}

static void old_order(struct device *device)
{
    struct world *world = device->world;
    struct order *order = &device->orders[below(world, ORDERS_MAX)];
    bool has_text = order->kind == EVENT_MESSAGE || order->kind == EVENT_EDIT;
    if (!order->used)
        return;
    device_resend(device, order, order->kept && has_text && chance(world, 30));
}

/* ---- the rest ---- */

void device_who(struct device *device, uint64_t room)
{
    device->who_id = device->world->next_serial += 2;
    device->who_room = room;
    device->who_answered = false;
    ask(device, &(struct request){.op = EVENT_WHO, .id = device->who_id, .room = room});
}

/* ---- acts: asked for once; what became of them is seen by what follows ---- */

static uint8_t some_role(struct world *world)
{
    static const uint8_t roles[] = {ROLE_MEMBER, ROLE_MEMBER, ROLE_MODERATOR, ROLE_ADMIN,
                                    ROLE_OWNER};
    return roles[below(world, sizeof(roles))];
}

static uint8_t some_act(struct world *world)
{
    static const uint8_t acts[] = {
        ACT_SIGN_UP, ACT_SIGN_UP, ACT_SIGN_UP,  ACT_ROLE,         ACT_ROLE,       ACT_KICK,
        ACT_KICK,    ACT_MUTE,    ACT_UNMUTE,   ACT_UNMUTE,       ACT_BRAKE,      ACT_BRAKE,
        ACT_PURGE,   ACT_LEAVE,   ACT_SIGN_OUT, ACT_SESSIONS_END, ACT_SERVER_NAME};
    return acts[below(world, sizeof(acts))];
}

static void ask_act(struct device *device)
{
    struct world *world = device->world;
    struct request request = {.op = EVENT_ACT, .act = some_act(world), .role = some_role(world)};
    request.id = world->next_serial += 2;
    request.person = some_person(world);
    request.active = chance(world, 20);
    request.name = (struct name){4, {'E', 'v', 'e', (char)('0' + below(world, 8))}};
    for (size_t i = 0; i < TOKEN_HASH_BYTES; i++)
        request.hash[i] = (uint8_t)dice_next(&world->dice);
    if (request.act == ACT_SIGN_UP) {
        device->sign_up_id = request.id;
        memcpy(device->sign_up_hash, request.hash, TOKEN_HASH_BYTES);
    }
    world->result.acts++;
    ask(device, &request);
}

static void ask_something(struct device *device)
{
    static const uint8_t ops[] = {EVENT_READ,      EVENT_READ,   EVENT_TYPING,    EVENT_ACTIVE,
                                  EVENT_ACTIVE,    EVENT_RENAME, REQUEST_HISTORY, EVENT_WHO,
                                  REQUEST_HISTORY, REQUEST_ROOMS};
    struct world *world = device->world;
    struct request request = {.op = ops[below(world, sizeof(ops))]};
    request.id = world->next_serial += 2;
    request.room = some_room(device);
    request.where = (uint8_t)below(world, 4);
    request.seq = below(world, 100);
    if (request.op == EVENT_ACTIVE)
        device->active = request.active = chance(world, 50);
    if (request.op == EVENT_RENAME)
        request.name = (struct name){4, {'B', 'o', 'b', (char)('0' + below(world, 4))}};
    if (request.op != REQUEST_HISTORY || device_stream(device, request.room))
        ask(device, &request);
}

/* Another window of the same browser. */
static void become_like(struct device *device, const struct device *other)
{
    if (!other->has_token || other->visitor || device->has_token)
        return;
    device->has_token = true;
    device->person = other->person;
    memcpy(device->hash, other->hash, TOKEN_HASH_BYTES);
}

static void come(struct device *device)
{
    struct world *world = device->world;
    if (!device->visitor && chance(world, 50))
        become_like(device, &world->devices[below(world, world->size.devices)]);
    server_connect(device);
    if (device->visitor)
        device->greeting = true;
    else
        device_hello(device, chance(world, 80));
}

static void say_as_visitor(struct device *device)
{
    struct world *world = device->world;
    struct request request = {.op = EVENT_MESSAGE};
    request.order.kind = EVENT_MESSAGE;
    request.order.room = ROOM_LOBBY;
    request.order.number = ++world->next_number;
    request.order.len = some_length(world);
    ask(device, &request);
    world->result.commands++;
}

void device_act(struct device *device)
{
    struct world *world = device->world;
    uint64_t what = below(world, 100);
    if (!device->link) {
        if (what < 30)
            come(device);
    } else if (what < 3) {
        server_hang_up(device);
    } else if (what < 7) {
        device->slow = chance(world, 40);
    } else if (device->visitor) {
        if (what < 40)
            say_as_visitor(device);
    } else if (!device->welcomed) {
        if (!device->greeting)
            device_hello(device, chance(world, 80));
    } else if (what < 11) {
        if (!device->greeting)
            device_hello(device, chance(world, 50));
    } else if (what < 60) {
        new_order(device);
    } else if (what < 66) {
        old_order(device);
    } else if (what < 80) {
        ask_something(device);
    } else if (what < 84 && world->offices) {
        ask_act(device);
    }
}
