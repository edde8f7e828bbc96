#include "world.h"

#include <string.h>

#include "base/memory.h"
#include "base/metrics.h"
#include "chat/hub.h"
#include "chat/room.h"
#include "chat/sequencer.h"
#include "screen.h"
#include "store/memory.h"

enum { WORKERS_MAX = 8, FRAME_BYTES_MAX = 6000, QUEUE_BYTES_MAX = 64 << 10 };

enum life { LIFE_FREE, LIFE_HERE, LIFE_LAPPED };

/* One client with its half of the network. */
struct person {
    struct client client; /* first */
    struct world *world;
    struct node *node;
    enum life life;
    bool stalled; /* reads nothing for now */
    bool blocked; /* the kernel has refused bytes */
    bool reset;   /* the peer is gone; the server has not noticed yet */
    bool noticed; /* now it has: the connection goes at the end of the turn */
    struct person *next_noticed;
    bool answered;       /* the JOIN was answered */
    size_t room;         /* bytes the kernel takes before it refuses */
    struct buffer queue; /* the private queue */
    struct screen screen;
    uint64_t number;      /* of its own messages */
    uint64_t joined_head; /* the head at its place in the order */
};

/* A batch on its way to a worker. */
struct parcel {
    struct parcel *next;
    struct event_batch *batch;
};

struct node {
    struct world *world;
    struct hub *hub;
    struct metrics metrics;
    struct event *outbox_first, *outbox_last;
    struct event *road_first, *road_last; /* on the way to the sequencer */
    struct parcel *inbox_first, *inbox_last;
    struct person *noticed;
    bool gathers; /* something waits to be flushed */
};

struct world {
    uint64_t random;
    enum world_fault fault;
    bool fault_done;
    struct world_size size;
    struct store *store;
    struct sequencer *sequencer;
    struct node nodes[WORKERS_MAX];
    struct person *people;
    struct hub_limits limits;
    uint64_t now_ms;
    uint64_t head;
    struct world_result result;
};

/* ---- chance ---- */

/* splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static uint64_t below(struct world *world, uint64_t limit)
{
    return next_random(&world->random) % limit;
}

static bool chance(struct world *world, unsigned percent)
{
    return below(world, 100) < percent;
}

static uint64_t next_mid(void)
{
    static uint64_t mid;
    return ++mid;
}

static void fail(struct world *world, const char *what)
{
    if (!world->result.broken)
        world->result.broken = what;
}

static bool fault_now(struct world *world, enum world_fault fault)
{
    /* Not before there is something to break. */
    if (world->fault != fault || world->fault_done || world->head < 20 || !chance(world, 20))
        return false;
    world->fault_done = true;
    return true;
}

/* ---- the network ---- */

static void receive(struct person *person, const uint8_t *bytes, size_t len)
{
    struct world *world = person->world;
    if (len > 0 && fault_now(world, FAULT_LOSE_BYTE))
        len--;
    screen_receive(&person->screen, bytes, len);
    if (person->screen.broken)
        fail(world, person->screen.broken);
}

/* The kernel takes some of it, perhaps a part of a frame, perhaps nothing. */
static size_t kernel_takes(struct person *person, const uint8_t *bytes, size_t len)
{
    struct world *world = person->world;
    size_t taken = person->room < len ? person->room : len;
    if (!person->stalled && chance(world, 2))
        taken = below(world, taken + 1);
    if (taken < len) {
        person->blocked = true;
        world->result.partial_sends++;
    }
    person->room -= taken;
    receive(person, bytes, taken);
    return taken;
}

static void send_queue(struct person *person)
{
    if (person->queue.len == 0 || person->blocked)
        return;
    size_t taken = kernel_takes(person, person->queue.ptr, person->queue.len);
    buffer_drop_front(&person->queue, taken);
}

static void notice(struct person *person)
{
    if (person->noticed)
        return;
    person->noticed = true;
    person->next_noticed = person->node->noticed;
    person->node->noticed = person;
}

static void port_flush(void *ctx, struct flush *flush)
{
    (void)ctx;
    for (size_t i = 0; i < flush->entries_count; i++) {
        struct flush_entry *entry = &flush->entries[i];
        struct person *person = entry->link;
        entry->taken = 0;
        if (person->reset) {
            entry->taken = -1;
            notice(person);
            continue;
        }
        send_queue(person);
        for (uint32_t r = 0; r < entry->count && !person->blocked; r++) {
            const struct iovec *range = &flush->ranges[entry->first + r];
            entry->taken += (int64_t)kernel_takes(person, range->iov_base, range->iov_len);
        }
        person->world->result.deliveries++;
    }
}

static void port_queue(void *ctx, void *link, struct slice bytes)
{
    struct person *person = link;
    (void)ctx;
    if (fault_now(person->world, FAULT_FORGET_REST))
        return;
    buffer_append(&person->queue, bytes.ptr, bytes.len);
    if (person->queue.len > QUEUE_BYTES_MAX)
        fail(person->world, "a private queue has no bound");
}

static void drain(struct person *person)
{
    struct world *world = person->world;
    person->room = 1 + below(world, 20000);
    if (!person->blocked || person->reset)
        return;
    person->blocked = false;
    send_queue(person);
    if (!person->blocked)
        hub_drained(&person->client);
}

/* ---- the door ---- */

static void on_answer(struct client *client, const struct event *event)
{
    struct person *person = (struct person *)client;
    if (event->kind != EVENT_JOIN)
        return;
    person->answered = true;
    person->joined_head = event->head;
    /* The newcomer's own notice comes privately, as the tutorial's door does it. */
    if (person->screen.wants_join_first) {
        struct event own = *event;
        struct buffer frame = {0};
        own.shown = true;
        screen_encode(NULL, &own, &frame);
        buffer_append(&person->queue, frame.ptr, frame.len);
        buffer_release(&frame);
        send_queue(person);
    }
}

static void on_lapped(struct client *client)
{
    struct person *person = (struct person *)client;
    if (!person->blocked && !person->reset)
        fail(person->world, "a member was lapped that the kernel took bytes for");
    if (person->life != LIFE_HERE)
        fail(person->world, "a member was told twice that it was lapped");
    person->life = LIFE_LAPPED;
    person->world->result.lapped++;
}

static void on_ready(struct client *client)
{
    (void)client;
}

static const struct client_door door = {on_answer, on_lapped, on_ready};

static void port_submit(void *ctx, struct event *event)
{
    struct node *node = ctx;
    if (node->outbox_last)
        node->outbox_last->next = event;
    else
        node->outbox_first = event;
    node->outbox_last = event;
}

/* ---- what people do ---- */

static void join(struct world *world, struct person *person)
{
    struct name name = {.len = 3, .text = "Ann"};
    bool visitor = chance(world, 60);
    uint64_t id = next_random(&world->random);
    memset(person, 0, sizeof(*person));
    person->world = world;
    person->node = &world->nodes[below(world, world->size.workers)];
    person->life = LIFE_HERE;
    person->room = 1 + below(world, 20000);
    enum lane_number lane = visitor ? LANE_TUTORIAL : LANE_WEB;
    person->screen.wants_join_first = visitor;
    const struct identity identity = {id, visitor ? id : 1 + below(world, 50), visitor};
    hub_add(person->node->hub, &person->client, &door, person, &identity);
    hub_join(&person->client, lane, &name, true, slice_of(NULL, 0));
    world->result.joins++;
}

static void check_at_end(struct person *person)
{
    /* Whoever was reachable to the end has everything from its place in the order on. */
    struct screen *screen = &person->screen;
    struct world *world = person->world;
    bool complete = person->life == LIFE_HERE && !person->reset && person->answered;
    if (!complete || world->head == person->joined_head)
        return;
    if (screen->first_seq != person->joined_head + 1)
        fail(world, "a client missed the first message after it joined");
    if (screen->last_seq != world->head)
        fail(world, "a client did not get the newest message");
    if (screen->partial.len > 0)
        fail(world, "a client was left with half a frame");
}

static void leave(struct person *person)
{
    hub_remove(&person->client);
    buffer_release(&person->queue);
    screen_release(&person->screen);
    person->life = LIFE_FREE;
}

static void post(struct world *world, struct person *person)
{
    static uint8_t body[FRAME_BYTES_MAX];
    size_t len = chance(world, 3) ? 1 + below(world, sizeof(body) - 8) : 1 + below(world, 200);
    person->number++;
    memcpy(body, &person->number, sizeof(person->number));
    struct post post = {.message = {MESSAGE_TEXT, slice_of(body, 8 + len)}};
    hub_post(&person->client, &post);
    world->result.messages++;
}

static void act(struct world *world)
{
    struct person *person = &world->people[below(world, world->size.clients)];
    if (person->life == LIFE_FREE) {
        join(world, person);
        return;
    }
    if (person->life == LIFE_LAPPED && !person->noticed) {
        leave(person);
        return;
    }
    uint64_t what = below(world, 100);
    if (what < 60)
        post(world, person);
    else if (what < 70)
        person->stalled = chance(world, 50);
    else if (what < 72)
        person->reset = true;
    else if ((what < 75 || person->reset) && !person->noticed)
        leave(person);
    else if (!person->client.visitor && what < 80)
        hub_set_active(&person->client, chance(world, 50), slice_of(NULL, 0));
}

static void drain_some(struct world *world)
{
    for (unsigned i = 0; i < world->size.clients; i++) {
        struct person *person = &world->people[i];
        if (person->life == LIFE_HERE && !person->stalled && chance(world, 50))
            drain(person);
    }
}

/* ---- mail ---- */

static void hand_outbox_over(struct node *node)
{
    if (!node->outbox_first)
        return;
    if (node->road_last)
        node->road_last->next = node->outbox_first;
    else
        node->road_first = node->outbox_first;
    node->road_last = node->outbox_last;
    node->outbox_first = node->outbox_last = NULL;
}

static void put_parcel(struct node *node, struct event_batch *batch)
{
    struct world *world = node->world;
    if (fault_now(world, FAULT_LOSE_EVENT))
        return;
    struct parcel *parcel = mem_zalloc(sizeof(*parcel));
    parcel->batch = event_batch_ref(batch);
    if (node->inbox_last && fault_now(world, FAULT_SWAP_BATCHES)) {
        parcel->next = node->inbox_first;
        node->inbox_first = parcel;
        return;
    }
    if (node->inbox_last)
        node->inbox_last->next = parcel;
    else
        node->inbox_first = parcel;
    node->inbox_last = parcel;
}

static void publish(struct world *world, struct event_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        if (batch->events[i]->kind == EVENT_POST && batch->events[i]->seq > world->head)
            world->head = batch->events[i]->seq;
    }
    for (unsigned i = 0; i < world->size.workers; i++)
        put_parcel(&world->nodes[i], batch);
    event_batch_unref(batch);
}

/* The writer wakes up and takes what has arrived, from the workers in any order. */
static void run_writer(struct world *world)
{
    struct event *events[64];
    size_t count = 0;
    unsigned from = (unsigned)below(world, world->size.workers);
    for (unsigned i = 0; i < world->size.workers; i++) {
        struct node *node = &world->nodes[(from + i) % world->size.workers];
        size_t some = below(world, 32);
        while (some-- > 0 && node->road_first && count < 64) {
            struct event *event = node->road_first;
            node->road_first = event->next;
            if (!node->road_first)
                node->road_last = NULL;
            event->next = NULL;
            events[count++] = event;
        }
    }
    if (count > 0)
        publish(world,
                sequencer_run(world->sequencer, events, count, world->now_ms, world->now_ms));
    struct event_batch *here = sequencer_tick(world->sequencer, world->now_ms);
    if (here)
        publish(world, here);
}

/* One turn of a worker, as app/worker.c has it: mailbox, outbox, flush. */
static void run_worker(struct world *world, struct node *node, size_t parcels)
{
    while (parcels-- > 0 && node->inbox_first) {
        struct parcel *parcel = node->inbox_first;
        node->inbox_first = parcel->next;
        if (!node->inbox_first)
            node->inbox_last = NULL;
        hub_deliver(node->hub, parcel->batch);
        event_batch_unref(parcel->batch);
        mem_free(parcel);
    }
    hand_outbox_over(node);
    node->gathers = hub_flush(node->hub) != UINT32_MAX;
    if (chance(world, 2))
        hub_tick(node->hub);
    while (node->noticed) {
        struct person *person = node->noticed;
        node->noticed = person->next_noticed;
        leave(person);
    }

    uint64_t ring_bytes = metrics_read(&node->metrics, METRIC_RING_BYTES);
    if (ring_bytes > world->result.ring_bytes_most)
        world->result.ring_bytes_most = ring_bytes;
    /* Beyond the cap a lane may still hold what one frame needs. */
    if (ring_bytes > world->limits.pool.worker_bytes_max + (size_t)LANE_COUNT * 2 * 8192)
        fail(world, "the rings take more memory than they may");
}

/* ---- a world's life ---- */

static void begin(struct world *world)
{
    const struct memory_store_limits store_limits = {.events_max = 500, .bytes_max = 1 << 20};
    const struct sequencer_limits order = {.notices = {50, 50}, .here_ms = 1000};
    world->store = memory_store_new(&store_limits, next_mid);
    world->sequencer = sequencer_new(world->store, &order, 0);
    world->limits = (struct hub_limits){
        .pool =
            {
                .ring_bytes_min = 1024u << below(world, 3),
                .ring_bytes_max = 8192u << below(world, 4),
                .worker_bytes_max = 65536u << below(world, 3),
                .quiet_ms = 50,
                .gather_ms = chance(world, 50) ? (uint32_t)below(world, 4) : 0,
                .notice_members = 1 + (uint32_t)below(world, 20),
                .notice_ms = (uint32_t)below(world, 20),
                .hold_ms = (uint32_t)below(world, 2),
            },
        .posts_waiting_max = 100,
        .bytes_waiting_max = 1 << 20,
    };
    world->people = mem_zalloc(world->size.clients * sizeof(world->people[0]));
    for (unsigned i = 0; i < world->size.workers; i++) {
        struct node *node = &world->nodes[i];
        struct dialect dialects[LANE_COUNT];
        for (unsigned lane = 0; lane < LANE_COUNT; lane++)
            dialects[lane] = (struct dialect){NULL, screen_encode};
        struct hub_ports ports = {
            .pool = {.ctx = node, .flush = port_flush, .queue = port_queue},
            .now_ms = &world->now_ms,
            .submit = port_submit,
        };
        node->world = world;
        node->hub = hub_new(i, &world->limits, &ports, dialects, &node->metrics);
    }
}

/* Everybody reads again and all mail arrives: now nothing may be missing. */
static void settle(struct world *world)
{
    for (unsigned round = 0; round < 2000; round++) {
        world->now_ms += 5;
        bool busy = false;
        for (unsigned i = 0; i < world->size.workers; i++) {
            struct node *node = &world->nodes[i];
            run_worker(world, node, SIZE_MAX);
            busy |= node->road_first || node->inbox_first || node->outbox_first || node->gathers;
        }
        run_writer(world);
        for (unsigned i = 0; i < world->size.clients; i++) {
            struct person *person = &world->people[i];
            person->stalled = false;
            if (person->life == LIFE_HERE) {
                drain(person);
                busy |= person->blocked && !person->reset;
            }
        }
        if (!busy && round > 3)
            return;
    }
    fail(world, "it does not come to rest");
}

static void end(struct world *world)
{
    for (unsigned i = 0; i < world->size.clients; i++) {
        if (world->people[i].life != LIFE_FREE)
            leave(&world->people[i]);
    }
    for (unsigned i = 0; i < world->size.workers; i++) {
        struct node *node = &world->nodes[i];
        run_worker(world, node, SIZE_MAX);
        while (node->road_first) {
            struct event *event = node->road_first;
            node->road_first = event->next;
            event_free(event);
        }
        hub_free(node->hub);
    }
    mem_free(world->people);
    sequencer_free(world->sequencer);
    world->store->ops->close(world->store);
}

struct world_result world_run(uint64_t seed, const struct world_size *size, enum world_fault fault)
{
    struct world *world = mem_zalloc(sizeof(*world));
    world->random = seed;
    world->fault = fault;
    world->size = *size;
    begin(world);
    for (unsigned step = 0; step < size->steps && !world->result.broken; step++) {
        unsigned burst = (unsigned)below(world, 40);
        for (unsigned i = 0; i < burst; i++)
            act(world);
        for (unsigned i = 0; i < size->workers; i++) {
            if (chance(world, 60))
                run_worker(world, &world->nodes[i], below(world, 4));
        }
        if (chance(world, 60))
            run_writer(world);
        if (chance(world, 30))
            drain_some(world);
        world->now_ms += below(world, 5);
    }
    settle(world);
    for (unsigned i = 0; i < size->clients; i++)
        check_at_end(&world->people[i]);
    end(world);
    struct world_result result = world->result;
    mem_free(world);
    return result;
}
