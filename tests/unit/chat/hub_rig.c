#include "chat/hub_rig.h"

#include <string.h>

#include "base/error.h"

struct hub_rig hub_rig;

void hub_rig_submit(struct event *event)
{
    assert_true(hub_rig.submitted_count < HUB_RIG_SUBMITTED_MAX);
    hub_rig.submitted[hub_rig.submitted_count++] = event;
}

static void port_submit(void *ctx, struct event *event)
{
    (void)ctx;
    hub_rig_submit(event);
}

static void encode(void *ctx, const struct event *event, struct buffer *out)
{
    (void)ctx;
    if (event->kind == EVENT_POST)
        buffer_append(out, event->message.body.ptr, event->message.body.len);
    else if (event->kind == EVENT_JOIN || event->kind == EVENT_LEAVE)
        buffer_append_byte(out, event->kind == EVENT_JOIN ? '+' : '-');
}

static void on_answer(struct client *client, const struct event *event)
{
    struct wire *wire = client->link;
    wire->answers++;
    hub_rig.answer.count++;
    hub_rig.answer.client = client;
    hub_rig.answer.kind = event->kind;
    hub_rig.answer.result = event->result;
    hub_rig.answer.seq = event->seq;
    hub_rig.answer.in_pool = client->place.pool != NULL;
}

static void on_lapped(struct client *client)
{
    ((struct wire *)client->link)->lapped++;
}

static void on_ready(struct client *client)
{
    ((struct wire *)client->link)->readied++;
}

const struct client_door hub_rig_door = {on_answer, on_lapped, on_ready};

int hub_rig_use(void **state)
{
    const struct hub_limits limits = {
        .pool =
            {
                .ring_bytes_min = 1024,
                .ring_bytes_max = 4096,
                .worker_bytes_max = 65536,
                .quiet_ms = 10000,
                .gather_ms = 2,
                .notice_members = 20,
                .notice_ms = 1000,
            },
        .posts = {10, 3},
        .posts_waiting_max = 4,
        .bytes_waiting_max = 100,
    };
    const struct hub_ports ports = {wire_ports, &hub_rig.now_ms, port_submit};
    struct dialect dialects[LANE_COUNT];
    (void)state;
    for (unsigned lane = 0; lane < LANE_COUNT; lane++)
        dialects[lane] = (struct dialect){NULL, encode};
    hub_rig = (struct hub_rig){.now_ms = 1000000};
    wires = (struct wires){0};
    hub_rig.hub = hub_new(HUB_RIG_WORKER, &limits, &ports, dialects, &hub_rig.metrics);
    return 0;
}

unsigned hub_rig_deliver(void)
{
    struct event_batch *batch = event_batch_new(hub_rig.submitted_count);
    for (size_t i = 0; i < hub_rig.submitted_count; i++) {
        struct event *event = hub_rig.submitted[i];
        if (event->kind == EVENT_POST && event->result == OK && !event->dup)
            event->seq = ++hub_rig.last_seq;
        event->shown = true;
        batch->events[batch->count++] = event;
    }
    hub_rig.submitted_count = 0;
    unsigned drained = hub_deliver(hub_rig.hub, batch);
    event_batch_unref(batch);
    return drained;
}

int hub_rig_take_down(void **state)
{
    (void)state;
    hub_rig_deliver();
    hub_flush_all(hub_rig.hub);
    hub_free(hub_rig.hub);
    return 0;
}

void hub_rig_come(struct wire *wire, uint64_t id, enum lane_number lane)
{
    const struct name name = {3, "Ann"};
    bool visitor = lane < LANE_WEB;
    wire_init(wire, id);
    hub_add(hub_rig.hub, &wire->client, &hub_rig_door, wire,
            &(struct identity){id, visitor ? id : 100 + id, visitor});
    hub_join(&wire->client, lane, visitor ? NULL : &name, true, SLICE_LITERAL("j"));
}

void hub_rig_go(struct wire *wire)
{
    hub_remove(&wire->client);
    wire_release(wire);
}

int hub_rig_say(struct wire *wire, const char *body, const char *command_id)
{
    struct post post = {.message = {MESSAGE_TEXT, slice_of_string(body)},
                        .command_id = slice_of_string(command_id)};
    return hub_post(&wire->client, &post);
}
