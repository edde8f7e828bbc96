#include "chat/hub_rig.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"

struct hub_rig hub_rig;

/* ---- the ports ---- */

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

static void port_read(void *ctx, struct store_read *read)
{
    (void)ctx;
    assert_true(hub_rig.reads_count < HUB_RIG_READS_MAX);
    hub_rig.reads[hub_rig.reads_count++] = read;
}

static void port_notify_drained(void *ctx, void *link)
{
    (void)ctx;
    ((struct wire *)link)->awaited = true;
}

static void encode_tutorial(void *ctx, const struct event *event, struct buffer *out)
{
    (void)ctx;
    if (event->kind == EVENT_MESSAGE)
        buffer_append(out, event->message.body.ptr, event->message.body.len);
    else if (event->kind == EVENT_CAME || event->kind == EVENT_WENT)
        buffer_append_byte(out, event->kind == EVENT_CAME ? '+' : '-');
}

static void encode_web(void *ctx, const struct event *event, struct buffer *out)
{
    if (event->kind == EVENT_TYPING)
        buffer_append_byte(out, '~');
    else if (event->kind == EVENT_JOINED || event->kind == EVENT_LEFT)
        buffer_append_byte(out, event->kind == EVENT_JOINED ? 'J' : 'L');
    else if (event_kind_is_kept(event->kind))
        buffer_append(out, event->message.body.ptr, event->message.body.len);
    else
        encode_tutorial(ctx, event, out);
}

/* ---- the door ---- */

static void speak(struct wire *wire, const char *what)
{
    if (!wire->speaks)
        return;
    buffer_append_byte(&wire->queued, '<');
    buffer_append_string(&wire->queued, what);
    buffer_append_byte(&wire->queued, '>');
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
    hub_rig.answer.places = client->places_count;
    speak(wire, event->kind == EVENT_HELLO ? "hello" : "answer");
}

static void on_personal(struct client *client, const struct event *event)
{
    struct wire *wire = client->link;
    wire->personals++;
    hub_rig.personal.count++;
    hub_rig.personal.client = client;
    hub_rig.personal.kind = event->kind;
    hub_rig.personal.seq = event->seq;
    hub_rig.personal.places = client->places_count;
    speak(wire, event->kind == EVENT_ADDED ? "added" : event->kind == EVENT_GONE ? "gone" : "read");
}

static void on_reset(struct client *client, uint64_t room, uint64_t head, uint64_t mid,
                     bool diverged)
{
    ((struct wire *)client->link)->resets++;
    hub_rig.reset.room = room;
    hub_rig.reset.head = head;
    hub_rig.reset.mid = mid;
    hub_rig.reset.diverged = diverged;
    speak(client->link, diverged ? "diverged" : "truncated");
}

static void on_ready(struct client *client)
{
    ((struct wire *)client->link)->readies++;
    speak(client->link, "ready");
}

static void on_read(struct client *client, const struct store_read *read)
{
    ((struct wire *)client->link)->reads++;
    hub_rig.read_result = read->result;
}

static void on_lapped(struct client *client)
{
    ((struct wire *)client->link)->lapped++;
}

static void on_unbusy(struct client *client)
{
    ((struct wire *)client->link)->unbusied++;
}

const struct client_door hub_rig_door = {
    .on_answer = on_answer,
    .on_personal = on_personal,
    .on_reset = on_reset,
    .on_ready = on_ready,
    .on_read = on_read,
    .on_lapped = on_lapped,
    .on_unbusy = on_unbusy,
};

/* ---- the logs ---- */

uint64_t hub_rig_mid(uint64_t room, uint64_t seq)
{
    return seq ? room * 1000000 + seq : 0;
}

static void keep(struct event *event)
{
    assert_in_range(event->room, 1, HUB_RIG_ROOMS);
    uint64_t seq = ++hub_rig.logs[event->room].head;
    if (seq >= hub_rig.logs[event->room].cap) {
        uint64_t cap = hub_rig.logs[event->room].cap = 2 * seq + 64;
        hub_rig.logs[event->room].bodies =
            mem_realloc(hub_rig.logs[event->room].bodies, cap * sizeof(char *));
    }
    event->seq = seq;
    event->mid = hub_rig_mid(event->room, seq);
    hub_rig.logs[event->room].bodies[seq] =
        mem_copy_string(event->message.body.ptr, event->message.body.len);
}

static void read_feed(struct store_read *read)
{
    uint64_t first = hub_rig.logs[read->room].first, head = hub_rig.logs[read->room].head;
    if (read->check_mid && read->mid != hub_rig_mid(read->room, read->seq)) {
        read->result = ERR_PROTOCOL;
        return;
    }
    read->events = event_batch_new(1);
    uint64_t seq = read->seq + 1 < first ? first : read->seq + 1;
    for (; seq <= head && read->events->count < hub_rig.page_events; seq++) {
        const char *body = hub_rig.logs[read->room].bodies[seq];
        struct event *event = event_new(EVENT_MESSAGE, slice_of_string(body), slice_of(NULL, 0));
        event->room = read->room;
        event->seq = seq;
        event->mid = hub_rig_mid(read->room, seq);
        event_batch_add(read->events, event);
        read->last = seq;
    }
}

struct store_read *hub_rig_take_answer(void)
{
    assert_true(hub_rig.reads_count > 0);
    struct store_read *read = hub_rig.reads[0];
    hub_rig.reads_count--;
    memmove(hub_rig.reads, hub_rig.reads + 1, hub_rig.reads_count * sizeof(hub_rig.reads[0]));
    if (read->kind == READ_FEED)
        read_feed(read);
    return read;
}

void hub_rig_answer(void)
{
    hub_read_done(hub_rig.hub, hub_rig_take_answer());
}

void hub_rig_settle(struct wire *wire)
{
    do {
        while (hub_rig.reads_count > 0)
            hub_rig_answer();
        wire_turn(wire);
    } while (hub_rig.reads_count > 0);
    wire_turn(wire); /* what was said when it had drained */
}

/* ---- the sequencer ---- */

static struct event *notice(uint8_t kind, const struct event *event)
{
    struct event *made = event_new(kind, slice_of(NULL, 0), slice_of(NULL, 0));
    made->room = ROOM_LOBBY;
    made->person = event->person;
    made->visitor = event->visitor;
    made->moved = true;
    made->origin.worker = UINT32_MAX;
    return made;
}

static void welcome(struct event *event)
{
    struct welcome *answer = event->welcome;
    if (!event->visitor && event->person == 0)
        event->person = HUB_RIG_PERSON + event->client;
    answer->rooms = mem_zalloc(HUB_RIG_ROOMS * sizeof(answer->rooms[0]));
    for (uint64_t room = 1; room <= HUB_RIG_ROOMS; room++) {
        uint64_t head = hub_rig.logs[room].head;
        if (!hub_rig.in_room[room] || (event->visitor && room != ROOM_LOBBY))
            continue;
        answer->rooms[answer->rooms_count++] =
            (struct room_info){.id = room, .head = head, .mid = hub_rig_mid(room, head)};
    }
}

unsigned hub_rig_deliver(void)
{
    struct event_batch *batch = event_batch_new(hub_rig.submitted_count);
    for (size_t i = 0; i < hub_rig.submitted_count; i++) {
        struct event *event = hub_rig.submitted[i];
        bool fine = event->result == OK && !event->dup && !event->unchanged;
        if (event_kind_is_kept(event->kind) && fine)
            keep(event);
        if (event->kind == EVENT_HELLO && fine) {
            if (!event->again && !hub_rig.quiet)
                event_batch_add(batch, notice(EVENT_CAME, event));
            welcome(event);
        }
        event_batch_add(batch, event);
        if (event->kind == EVENT_BYE && !hub_rig.quiet)
            event_batch_add(batch, notice(EVENT_WENT, event));
    }
    hub_rig.submitted_count = 0;
    unsigned drained = hub_deliver(hub_rig.hub, batch);
    event_batch_unref(batch);
    return drained;
}

struct event *hub_rig_elsewhere(enum event_kind kind, uint64_t room, const char *body)
{
    struct event *event = event_new(kind, slice_of_string(body), slice_of(NULL, 0));
    event->room = room;
    event->origin.worker = HUB_RIG_WORKER + 1;
    hub_rig_submit(event);
    return event;
}

void hub_rig_go_on(uint64_t room, uint64_t count)
{
    assert_int_equal(hub_rig.submitted_count, 0);
    for (; count > 0; count--) {
        char body[24];
        (void)snprintf(body, sizeof(body), "%llu,",
                       (unsigned long long)hub_rig.logs[room].head + 1);
        hub_rig_elsewhere(EVENT_MESSAGE, room, body);
        hub_rig_deliver();
        hub_flush_all(hub_rig.hub);
    }
}

/* ---- the rig ---- */

const struct hub_limits hub_rig_limits = {
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
    .replay_max = 50,
    .page_bytes = 65536,
    .feed_bytes = 1,
    .client_reads_max = 3,
    .reads_max = 5,
    .feed_ms = 5000,
};

void hub_rig_start(const struct hub_limits *limits)
{
    const struct hub_ports ports = {
        .pool = wire_ports,
        .now_ms = &hub_rig.now_ms,
        .submit = port_submit,
        .read = port_read,
        .notify_drained = port_notify_drained,
    };
    const struct dialect tutorial = {NULL, encode_tutorial}, web = {NULL, encode_web};
    const struct dialect dialects[LANE_COUNT] = {tutorial, tutorial, web, web};
    hub_rig = (struct hub_rig){.now_ms = 1000000, .page_events = 1000};
    hub_rig.in_room[ROOM_LOBBY] = true;
    for (unsigned room = 1; room <= HUB_RIG_ROOMS; room++)
        hub_rig.logs[room].first = 1;
    wires = (struct wires){0};
    hub_rig.hub = hub_new(HUB_RIG_WORKER, limits, &ports, dialects, &hub_rig.metrics);
}

int hub_rig_use(void **state)
{
    (void)state;
    hub_rig_start(&hub_rig_limits);
    return 0;
}

int hub_rig_take_down(void **state)
{
    (void)state;
    while (hub_rig.submitted_count > 0)
        hub_rig_deliver();
    hub_flush_all(hub_rig.hub);
    while (hub_rig.reads_count > 0)
        hub_rig_answer();
    assert_int_equal(metrics_read(&hub_rig.metrics, METRIC_CLIENTS), 0);
    assert_int_equal(metrics_read(&hub_rig.metrics, METRIC_BEHIND), 0);
    hub_free(hub_rig.hub);
    for (unsigned room = 1; room <= HUB_RIG_ROOMS; room++) {
        for (uint64_t seq = 1; seq <= hub_rig.logs[room].head; seq++)
            mem_free(hub_rig.logs[room].bodies[seq]);
        mem_free(hub_rig.logs[room].bodies);
    }
    return 0;
}

void hub_rig_connect(struct wire *wire, uint64_t id, enum lane_number lane)
{
    wire_init(wire, id);
    hub_add(hub_rig.hub, &wire->client, &hub_rig_door, wire, id, lane);
}

int hub_rig_hello(struct wire *wire, const uint64_t *seqs)
{
    const struct name name = {3, "Ann"};
    const uint8_t hash[TOKEN_HASH_BYTES] = {1};
    struct cursor cursors[HUB_RIG_ROOMS];
    struct hello hello = {.active = true, .cursors = cursors};
    for (uint64_t room = 1; seqs && room <= HUB_RIG_ROOMS; room++) {
        if (seqs[room] != UINT64_MAX)
            cursors[hello.cursors_count++] =
                (struct cursor){room, seqs[room], hub_rig_mid(room, seqs[room])};
    }
    if (!wire->client.visitor) {
        hello.name = &name;
        hello.token_hash = hash;
        hello.command_id = SLICE_LITERAL("h");
    }
    return hub_hello(&wire->client, &hello);
}

void hub_rig_come(struct wire *wire, uint64_t id, enum lane_number lane)
{
    hub_rig_connect(wire, id, lane);
    assert_int_equal(hub_rig_hello(wire, NULL), OK);
}

void hub_rig_go(struct wire *wire)
{
    hub_remove(&wire->client);
    wire_release(wire);
}

int hub_rig_say(struct wire *wire, const char *body, const char *command_id)
{
    return hub_command(&wire->client, &(struct command){
                                          .kind = EVENT_MESSAGE,
                                          .room = ROOM_LOBBY,
                                          .message = {MESSAGE_TEXT, slice_of_string(body)},
                                          .command_id = slice_of_string(command_id),
                                      });
}

void hub_rig_assert_got(const struct wire *wire, const char *before, uint64_t from, uint64_t to,
                        const char *after)
{
    struct buffer expected = {0};
    buffer_append_string(&expected, before);
    for (uint64_t seq = from + 1; seq <= to; seq++) {
        char body[24];
        (void)snprintf(body, sizeof(body), "%llu,", (unsigned long long)seq);
        buffer_append_string(&expected, body);
    }
    buffer_append_string(&expected, after);
    wire_assert_got(wire, buffer_slice(&expected));
    buffer_release(&expected);
}
