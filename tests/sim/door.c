/*
 * The server's side of the simulation's dialect: it carries out what clients ask, and writes what
 * they are told, as the true doors do.
 */

#include <string.h>

#include "base/memory.h"
#include "chat/room_settings.h"
#include "chat/roster.h"
#include "world_state.h"

static struct link *link_of(struct client *client)
{
    return (struct link *)client;
}

void door_send(struct link *link, struct frame *frame, struct slice tail)
{
    frame_append(&link->queue, frame, tail);
}

static void reply(struct link *link, uint64_t id, uint8_t op, int result)
{
    struct frame frame = {.kind = FRAME_REPLY, .id = id, .op = op, .result = (int8_t)result};
    door_send(link, &frame, slice_of(NULL, 0));
}

/* ---- what it is told ---- */

static struct frame_room room_of(const struct room_info *info)
{
    struct frame_room room = {info->id, info->head, info->mid, 0, info->read};
    if (info->topic && !text_read(slice_of_string(info->topic), &room.topic))
        room.topic = UINT64_MAX;
    return room;
}

static void send_rooms(struct link *link, struct frame *frame, const struct room_info *rooms,
                       size_t count)
{
    struct frame_room *tail = mem_zalloc((count + 1) * sizeof(tail[0]));
    for (size_t i = 0; i < count; i++)
        tail[i] = room_of(&rooms[i]);
    door_send(link, frame, slice_of(tail, count * sizeof(tail[0])));
    mem_free(tail);
}

static uint64_t id_of(const struct event *event)
{
    uint64_t id = 0;
    if (event->command_id.len == sizeof(id))
        memcpy(&id, event->command_id.ptr, sizeof(id));
    return id;
}

static void say_hello(struct link *link)
{
    const struct request *hello = &link->hello;
    int result = hub_hello(&link->client, &(struct hello){
                                              .name = hello->name.len > 0 ? &hello->name : NULL,
                                              .token_hash = hello->hash,
                                              .has_token = hello->has_token,
                                              .active = hello->active,
                                              .cursors = hello->cursors,
                                              .cursors_count = hello->cursors_count,
                                              .command_id = slice_of(&hello->id, sizeof(hello->id)),
                                          });
    if (result != OK)
        reply(link, hello->id, EVENT_HELLO, result);
}

static void on_greeted(struct link *link, const struct event *event)
{
    struct world *world = link->world;
    if (event->result == ERR_NOT_FOUND && link->hello.has_token) {
        /* Nobody knows the token: whoever showed it is a new guest, with a new one. */
        link->hello.has_token = false;
        for (size_t i = 0; i < TOKEN_HASH_BYTES; i++)
            link->hello.hash[i] = (uint8_t)dice_next(&world->dice);
        say_hello(link);
        return;
    }
    if (event->result != OK) {
        reply(link, id_of(event), EVENT_HELLO, event->result);
        return;
    }
    struct frame frame = {.kind = FRAME_WELCOME, .id = id_of(event), .author = event->person};
    /* The token, as far as it is needed here: the client's end takes it from the link. */
    send_rooms(link, &frame, event->welcome->rooms, event->welcome->rooms_count);
}

static void on_answer(struct client *client, const struct event *event)
{
    struct link *link = link_of(client);
    if (event->kind == EVENT_HELLO) {
        on_greeted(link, event);
        return;
    }
    link->owed--;
    struct frame frame = {
        .kind = FRAME_REPLY,
        .op = event->kind,
        .id = id_of(event),
        .result = (int8_t)event->result,
        .flags = (uint8_t)((event->dup ? FRAME_DUP : 0) | (event->unchanged ? FRAME_UNCHANGED : 0)),
        .room = event->room,
        .seq = event->seq,
        .mid = event->mid,
    };
    if (event->roster) {
        frame.reply_to = event->roster->people;
        frame.number = event->roster->visitors;
    }
    door_send(link, &frame, slice_of(NULL, 0));
}

static void on_personal(struct client *client, const struct event *event)
{
    struct link *link = link_of(client);
    struct frame frame = {
        .kind = event->kind, .room = event->room, .author = event->person, .number = event->seq};
    if (event->kind == EVENT_ADDED)
        send_rooms(link, &frame, event->info, 1);
    else
        door_send(link, &frame, slice_of(NULL, 0));
}

static void on_reset(struct client *client, uint64_t room, uint64_t head, uint64_t mid,
                     bool diverged)
{
    struct frame frame = {
        .kind = FRAME_RESET,
        .flags = diverged ? FRAME_DIVERGED : 0,
        .room = room,
        .seq = head,
        .mid = mid,
    };
    link_of(client)->world->result.resets++;
    door_send(link_of(client), &frame, slice_of(NULL, 0));
}

static void on_ready(struct client *client)
{
    struct frame frame = {.kind = FRAME_READY};
    door_send(link_of(client), &frame, slice_of(NULL, 0));
}

static void send_page(struct link *link, struct frame *frame, const struct store_read *read)
{
    size_t count = read->events->count;
    struct frame_item *items = mem_zalloc((count + 1) * sizeof(items[0]));
    for (size_t i = 0; i < count; i++) {
        const struct event *event = read->events->events[i];
        items[i] = (struct frame_item){.seq = event->seq, .kind = event->kind};
    }
    frame->seq = read->first;
    frame->number = read->last;
    door_send(link, frame, slice_of(items, count * sizeof(items[0])));
    mem_free(items);
}

static void on_read(struct client *client, const struct store_read *read)
{
    struct link *link = link_of(client);
    struct frame frame = {
        .kind = read->kind == READ_HISTORY ? FRAME_PAGE : FRAME_ROOMS,
        .room = read->room,
        .result = (int8_t)read->result,
    };
    if (read->result != OK)
        door_send(link, &frame, slice_of(NULL, 0));
    else if (read->kind == READ_HISTORY)
        send_page(link, &frame, read);
    else
        send_rooms(link, &frame, read->rooms, read->rooms_count);
}

/* The true door says why, and closes. */
static void on_ended(struct client *client, uint8_t refusal)
{
    struct link *link = link_of(client);
    (void)refusal;
    if (world_bug_now(link->world, BUG_STAY, 50))
        return;
    link->noticed = true;
    link->world->result.ended++;
}

static void on_unbusy(struct client *client)
{
    (void)client;
}

const struct client_door sim_web_door = {
    .on_answer = on_answer,
    .on_personal = on_personal,
    .on_reset = on_reset,
    .on_ready = on_ready,
    .on_read = on_read,
    .on_ended = on_ended,
    .on_unbusy = on_unbusy,
};

static void on_visitor_answer(struct client *client, const struct event *event)
{
    struct link *link = link_of(client);
    if (event->kind != EVENT_HELLO)
        return;
    struct frame frame = {.kind = FRAME_WELCOME, .author = event->person};
    send_rooms(link, &frame, event->welcome->rooms, event->welcome->rooms_count);
}

static void on_lapped(struct client *client)
{
    struct link *link = link_of(client);
    if (!link->blocked && link->device)
        world_fail(link->world, "a visitor was lapped that the kernel took bytes for");
    if (link->cut)
        world_fail(link->world, "a visitor was told twice that it was lapped");
    link->cut = true;
    link->noticed = true;
    link->world->result.lapped++;
}

const struct client_door sim_visitor_door = {
    .on_answer = on_visitor_answer,
    .on_lapped = on_lapped,
    .on_unbusy = on_unbusy,
};

/* ---- what it asks ---- */

static void run_hello(struct link *link, const struct request *request)
{
    if (!link->added) {
        hub_add(link->node->hub, &link->client, &sim_web_door, link, dice_next(&link->world->dice),
                (enum lane_number)link->lane);
        link->added = true;
    }
    link->hello = *request;
    say_hello(link);
}

/* What a room is to be, for the domain to own; or NULL. */
static struct room_change *change_of(const struct order *order)
{
    if (order->kind != EVENT_CREATED && order->kind != EVENT_SETTINGS)
        return NULL;
    struct room_change *change = mem_zalloc(sizeof(*change));
    change->has_kind = true;
    change->kind = order->room_kind;
    change->has_archived = order->kind == EVENT_SETTINGS;
    change->archived = order->archived;
    return change;
}

static struct people_list *people_of(const struct link *link, const struct order *order)
{
    if (order->kind != EVENT_CREATED || order->room_kind != ROOM_DIRECT)
        return NULL;
    struct people_list *people = people_list_new(2);
    people->ids[0] = link->client.person;
    people->ids[1] = order->with;
    return people;
}

static int run_kept(struct link *link, const struct request *request, struct slice id)
{
    static uint8_t text[MESSAGE_BYTES_MAX];
    const struct order *order = &request->order;
    struct name name = {0};
    if (order->number != 0)
        text_write(order->number, order->len, text);
    if (order->kind == EVENT_CREATED && order->number != 0) {
        name.len = TEXT_BYTES_MIN;
        memcpy(name.text, text, TEXT_BYTES_MIN);
    }
    return hub_command(&link->client, &(struct command){
                                          .kind = order->kind,
                                          .room = order->room,
                                          .target = order->target,
                                          .reply_to = order->reply_to,
                                          .message = {MESSAGE_TEXT, slice_of(text, order->len)},
                                          .name = name.len > 0 ? &name : NULL,
                                          .change = change_of(order),
                                          .people = people_of(link, order),
                                          .cid = link->visitor ? NULL : order->cid,
                                          .command_id = id,
                                      });
}

static int run_act(struct link *link, const struct request *request, struct slice id)
{
    struct act *act = act_new((enum act_kind)request->act);
    act->person = request->person;
    act->role = request->role;
    act->members_only = request->active;
    act->name = request->name;
    act->has_token = true;
    act->token[0] = request->role;
    act->secret[0] = 'x';
    memcpy(act->hash, request->hash, TOKEN_HASH_BYTES);
    return hub_act(&link->client, act, id);
}

static int run_passing(struct link *link, const struct request *request, struct slice id)
{
    struct client *client = &link->client;
    switch (request->op) {
    case EVENT_READ:
        return hub_mark_read(client, request->room, request->seq, id);
    case EVENT_TYPING:
        return hub_typing(client, request->room, id);
    case EVENT_ACTIVE:
        return hub_set_active(client, request->active, id);
    case EVENT_WHO:
        return hub_who(client, request->room, id);
    case EVENT_ACT:
        return run_act(link, request, id);
    case REQUEST_HISTORY:
        return hub_history(client, request->room, (enum read_where)request->where, request->seq,
                           1 + (uint32_t)below(link->world, 20), id);
    case REQUEST_ROOMS:
        return hub_rooms(client, &request->name, 50, id);
    default:
        return hub_rename(client, &request->name, id);
    }
}

/* A page or list that is refused is answered by no reply here: nobody counts on it. */
static bool is_question(const struct request *request)
{
    return request->op == REQUEST_HISTORY || request->op == REQUEST_ROOMS;
}

void door_run(struct link *link, struct request *request)
{
    struct slice id = slice_of(&request->id, sizeof(request->id));
    int result = OK;
    if (link->visitor) {
        run_kept(link, request, slice_of(NULL, 0));
        hub_rate_debt(&link->client);
        return;
    }
    if (request->op == EVENT_HELLO) {
        run_hello(link, request);
        return;
    }
    if (!is_question(request) && (hub_is_busy(&link->client) || hub_rate(&link->client) > 0))
        result = ERR_BUSY;
    else if (event_kind_is_kept(request->op))
        result = run_kept(link, request, id);
    else
        result = run_passing(link, request, id);
    if (is_question(request))
        return;
    if (result == OK)
        link->owed++;
    else
        reply(link, request->id, request->op, result);
}
